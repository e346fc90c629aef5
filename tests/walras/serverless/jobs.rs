//! Cases S25 to S29 and S34: how jobs end, priorities, concurrency.

use super::play::Play;
use walras::scenario::rules::serverless::Binding;

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

/// Of the workers that h1 takes along s2 has j4, submitted at 20, and s1, whose rental is the older one, none; h2's s3
/// is idle. Of j3 and j4, which go back together, it takes the one submitted first, whichever worker had it.
#[test]
fn sls_38_job_09_jobs_lost_together_go_back_by_submission() {
    let told = Play::new(r#"scaler: RequestCount(1), idle_timeout: "10m""#)
        .fleet(
            r#"(names: ["h1"], gpu_type: "NVIDIA RTX A4000", gpus: 2, datacenter: "EU-RO-1"),
            (names: ["h2"], gpu_type: "NVIDIA RTX A4000", gpus: 1, datacenter: "EU-RO-1"),"#,
        )
        .horizon("20m")
        .jobs("0 5s; 0 1s; 0 100s; 20 100s")
        .platform("30", r#"HostDown(host: "h1")"#)
        .told();
    let taken = |request: u64| {
        let end = told.ended.iter().find(|(_, end)| end.request.0 == request);
        end.and_then(|(_, end)| end.started).expect("it was taken")
    };
    assert!(taken(3) <= taken(4), "j3 is taken at {}, j4 at {}", taken(3), taken(4));
}

#[test]
fn job_16_an_ended_job_is_known_to_its_endpoint_alone() {
    let told = Play::new("")
        .endpoint("f", "")
        .jobs("0 5s")
        .act("20", r#"CancelJob(endpoint: "f", id: "j1")"#)
        .act("21", r#"CancelJob(endpoint: "e", id: "j1")"#)
        .told();
    told.refused("20 CancelJob j1 unknown; 21 CancelJob j1 illegal_state");
}

/// AIE-02. And to its caller: anybody may submit to an endpoint of the platform's.
#[test]
fn job_16_aie_02_an_ended_job_is_known_to_its_caller_alone() {
    let told = Play::new("")
        .without_endpoint()
        .fleet(r#"(names: ["h1"], gpu_type: "NVIDIA L4", gpus: 4, datacenter: "EU-RO-1"),"#)
        .accounts(r#"(name: "a", balance: 100), (name: "b", balance: 100),"#)
        .jobs_on("stable-diffusion-v1", "10 5s")
        .act_as("b", "30", r#"CancelJob(endpoint: "stable-diffusion-v1", id: "j1")"#)
        .act_as("a", "31", r#"CancelJob(endpoint: "stable-diffusion-v1", id: "j1")"#)
        .told();
    told.refused("30 CancelJob j1 unknown; 31 CancelJob j1 illegal_state");
}

/// Of a low priority it wakes nobody, whoever else would be woken for each job.
#[test]
fn job_10_sls_31_under_early_binding_a_job_of_low_priority_wakes_nobody() {
    let told = Play::new("")
        .horizon("100s")
        .rule(|rules| rules.serverless.binding = Binding::Early)
        .jobs("0 5s lowPriority: true; 10 5s")
        .told();
    told.jobs("j1 18–23 s1; j2 13–18 s1 cold");
}

/// JOB-13. j1 goes back to the queue at 105, before j2, whose time to live ends first all the same, at 121.
#[test]
fn job_13_a_time_to_live_ends_in_time_behind_a_job_that_went_back() {
    Play::new("workers_min: 1, workers_max: 1")
        .hosts(1, 1)
        .horizon("10m")
        .jobs(r#"100 60s; 101 5s ttl: "20s"; 102 5s"#)
        .platform("105", r#"HostDown(host: "h1")"#)
        .platform("200", r#"HostUp(host: "h1")"#)
        .told()
        .jobs("j1 203–263 s1 cold; j2 TIMED_OUT at 121 (ttl); j3 263–268 s1");
}

/// SLS-29. At 16 the failed j2 goes to the worker that it has just left, which has no other job in hand.
#[test]
fn sls_29_a_job_that_is_tried_again_goes_to_the_worker_with_the_fewest() {
    let told = Play::new("workers_min: 2, workers_max: 2, concurrency: 2")
        .rule(|rules| rules.serverless.retry_handler_error = true)
        .horizon("3m")
        .jobs("10 100s; 11 5s handler_error: true")
        .told();
    told.jobs("j1 10–110 s2; j2 21–26 s1 FAILED (handler_error)");
}
