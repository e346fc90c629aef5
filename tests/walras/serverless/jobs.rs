//! Cases S25 to S29 and S34: how jobs end, priorities, concurrency.

use super::play::Play;

#[test]
fn job_12_sls_28_case_s25_execution_timeout() {
    let told = Play::new("").jobs("0 700s; 0 600s").told();
    told.runs("s1 0/3/603 603 s 0.09648 execution_timeout; s2 4/7/612 608 s 0.09728")
        .jobs("j1 3–603 s1 cold TIMED_OUT (execution_timeout); j2 7–607 s2 cold");
}

#[test]
fn job_13_case_s26_ttl_ends_at_pick_up() {
    // A job may carry 10 s at least (SLS-02): all is 5 s longer than in the example.
    let told =
        Play::new("workers_max: 1").jobs(r#"0 7s; 0 5s ttl: "10s"; 0 5s ttl: "10.000001s""#).told();
    told.jobs("j1 3–10 s1 cold; j2 TIMED_OUT at 10 (ttl); j3 10–15 s1");
}

#[test]
fn job_16_case_s27_cancelling() {
    let cancel = |id: &str| format!(r#"CancelJob(endpoint: "e", id: "{id}")"#);
    let told = Play::new("workers_max: 1")
        .jobs("0 20s; 1 20s; 2 20s")
        .act("4", &cancel("j2"))
        .act("10", &cancel("j1"))
        .act("30", &cancel("j3"))
        .told();
    told.runs("s1 0/3/35 35 s 0.0056")
        .jobs("j1 3–10 s1 cold CANCELLED (cancel_job); j2 CANCELLED at 4 (cancel_job); j3 10–30 s1")
        .refused("30 CancelJob j3 illegal_state");
}

#[test]
fn job_17_case_s28_purge_while_a_worker_starts() {
    let purge = r#"PurgeQueue(endpoint: "e")"#;
    let told = Play::new("").jobs("0 5s; 1 5s").act("2", purge).told();
    told.runs("s1 0/3/8 8 s 0.00128")
        .jobs("j1 CANCELLED at 2 (purge_queue); j2 CANCELLED at 2 (purge_queue)");
    let told = Play::new("").jobs("0 5s; 3 5s; 3.5 5s").act("3.5", purge).told();
    told.jobs("j1 3–8 s1 cold; j2 CANCELLED at 3.5 (purge_queue); j3 8–13 s1");
}

#[test]
fn job_10_case_s29_low_priority() {
    let told = Play::new("workers_max: 1")
        .jobs("0 5s lowPriority: true; 10 5s; 11 5s lowPriority: true; 12 5s")
        .told();
    told.jobs("j1 23–28 s1; j2 13–18 s1 cold; j3 28–33 s1; j4 18–23 s1");
}

#[test]
fn sls_30_sls_33_case_s34_concurrency() {
    let told = Play::new("concurrency: 2, workers_max: 2")
        .jobs("0 10s; 0 10s; 0 10s; 0 10s; 1 10s")
        .told();
    told.runs("s1 0/3/28 28 s 0.00448; s2 4/7/22 18 s 0.00288")
        .jobs("j1 3–13 s1 cold; j2 3–13 s1; j3 7–17 s2 cold; j4 7–17 s2; j5 13–23 s1");
}
