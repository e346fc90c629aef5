//! Cases S01 to S11: from zero, the scalers, idle timeouts, who takes a job, active and flex. Then cases of our own,
//! of the scalers that the rules leave out: how many workers there are at each instant, by hand.

mod concurrency;
mod predictive;
mod steady;
mod withdrawal;

use super::play::Play;

#[test]
fn sls_24_sls_40_sls_43_sls_44_case_s01_scale_from_zero() {
    let told = Play::new("").jobs("0 5s").told();
    told.runs("s1 0/3/13 13 s 0.00208").jobs("j1 3–8 s1 cold").postings(
        "13 serverless_compute e-w1 1 × 13 × 1 s 0.00208; 13 host_payout e-w1 1 × 13 × 1 s 0.0015808;
        13 serverless_disk e-w1 5 × 1 × 300 s 0.00005787; 13 host_payout e-w1 5 × 1 × 300 s 0.000043981",
    );
}

#[test]
fn sls_40_case_s02_one_rounding_per_run() {
    let told = Play::new("").jobs("0 5.2s; 9 0.3s").told();
    told.runs("s1 0/3/14.3 15 s 0.0024").jobs("j1 3–8.2 s1 cold; j2 9–9.3 s1");
}

#[test]
fn sls_28_sls_33_case_s03_queue_delay_second_job() {
    let told = Play::new("").jobs("0 5s; 1 5s").told();
    told.runs("s1 0/3/18 18 s 0.00288; s2 5/8/13 8 s 0.00128").jobs("j1 3–8 s1 cold; j2 8–13 s1");
}

#[test]
fn sls_33_case_s04_queue_delay_a_batch() {
    let ten = ["0 5s"; 10].join("; ");
    let told = Play::new("").jobs(&ten).told();
    told.runs("s1 0/3/28 28 s 0.00448; s2 4/7/27 23 s 0.00368; s3 4/7/27 23 s 0.00368");
    let last = told.ended.iter().find(|(_, end)| end.request.0 == 10).expect("the tenth");
    assert_eq!(
        (last.0.to_string(), last.1.started.unwrap().to_string()),
        ("23".into(), "18".into())
    );
    assert_eq!(last.1.worker.unwrap().run, 1);
}

#[test]
fn sls_33_case_s05_workers_on_their_way_count() {
    let play = || {
        Play::new("model_gb: 0").rule(|rules| {
            rules.serverless.worker_container_start =
                walras::rng::draw::Distribution::Constant(60.0);
        })
    };
    let woken = |play: Play| {
        let told = play.jobs("0 5s; 1 5s").told();
        told.stopped
            .iter()
            .map(|row| row.woken.unwrap().to_string())
            .collect::<std::collections::BTreeSet<_>>()
    };
    let at = |instants: &[&str]| instants.iter().map(|at| (*at).to_owned()).collect();
    assert_eq!(woken(play()), at(&["0", "5"]));
    let alone = play().rule(|rules| rules.serverless.count_coming = false);
    assert_eq!(woken(alone), at(&["0", "4", "5"]));
}

#[test]
fn sls_34_sls_35_case_s06_request_count() {
    let told =
        Play::new("scaler: RequestCount(2)").jobs("0 10s; 1 10s; 2 10s; 3 10s; 4 10s").told();
    told.runs("s1 0/3/28 28 s 0.00448; s2 2/5/30 28 s 0.00448; s3 4/7/22 18 s 0.00288")
        .jobs("j1 3–13 s1 cold; j2 5–15 s2 cold; j3 7–17 s3 cold; j4 13–23 s1; j5 15–25 s2");
}

#[test]
fn sls_35_case_s07_the_formula_outlives_the_idle_timeout() {
    let told =
        Play::new("scaler: RequestCount(1), concurrency: 4").jobs("0 20s; 1 5s; 2 30s").told();
    told.runs("s1 0/3/38 38 s 0.00608; s2 1/4/9 8 s 0.00128; s3 2/5/23 21 s 0.00336")
        .jobs("j1 3–23 s1 cold; j2 3–8 s1; j3 3–33 s1");
}

#[test]
fn sls_23_sls_28_case_s08_arrival_as_the_idle_timeout_ends() {
    let told = Play::new("").jobs("0 5s; 13 5s").told();
    told.runs("s1 0/3/13 13 s 0.00208; s1 13/16/26 13 s 0.00208")
        .jobs("j1 3–8 s1 cold; j2 16–21 s1 cold");
    let told = Play::new("").jobs("0 5s; 12.999999 5s").told();
    told.runs("s1 0/3/22.999999 23 s 0.00368").jobs("j1 3–8 s1 cold; j2 12.999999–17.999999 s1");
}

#[test]
fn sls_29_case_s09_which_idle_worker() {
    use walras::scenario::rules::Rules;
    use walras::scenario::rules::serverless::Dispatch;
    type Case = (fn(&mut Rules), &'static str);
    let cases: [Case; 4] = [
        (|_| {}, "s2"),
        (|rules| rules.serverless.dispatch = Dispatch::LongestIdle, "s1"),
        (|rules| rules.serverless.dispatch = Dispatch::Newest, "s3"),
        (|rules| rules.serverless.dispatch = Dispatch::LowestId, "s1"),
    ];
    for (rule, slot) in cases {
        let play = Play::new(r#"scaler: RequestCount(1), idle_timeout: "60s""#).rule(rule);
        let told = play.jobs("0 10s; 0 12s; 0 11s; 20 5s").told();
        told.jobs(&format!("j1 3–13 s1 cold; j2 3–15 s2 cold; j3 3–14 s3 cold; j4 20–25 {slot}"));
    }
}

#[test]
fn sls_20_sls_41_case_s10_active_and_flex() {
    // At the very horizon one more second would begin (GEN-07).
    let play = Play::new("workers_min: 1").horizon("3599.999999s");
    let told = play.jobs("100 10s; 101 10s").told();
    told.runs("s1 0/3/3599.999999 3600 s 0.396 active alive; s2 105/108/123 18 s 0.00288")
        .jobs("j1 100–110 s1; j2 108–118 s2 cold");
}

#[test]
fn sls_21_sls_42_case_s11_kind_changes_inside_a_run() {
    let told = Play::new("")
        .jobs("0 100s")
        .update("10.5", "workers_min: 1")
        .update("20.5", "workers_min: 0")
        .told();
    told.runs("s1 0/3/108 108 s 0.01678");
}
