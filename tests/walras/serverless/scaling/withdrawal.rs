//! SLS-35: throttled demands are withdrawn, the last asked first, before workers stop; beside case S36. Cold starts take
//! 3 s, idle timeouts 5 s.

use crate::serverless::play::Play;
use walras::units::Span;

/// One GPU; three jobs of 10 s at 0. At 4 two are late, none is coming: two more are asked for, and throttled. At 13
/// s1 takes j2: coming 2 > ⌈1 / 1⌉, one demand goes; at 23 it takes j3: coming 1 > 0, the other.
#[test]
fn sls_33_sls_35_under_queue_delay_what_the_queue_does_not_need() {
    let play = Play::new("").hosts(1, 1).jobs("0 10s; 0 10s; 0 10s");
    play.workers(
        "0 1/0; 3 1/1; 4 3/1; 12.999999 3/1; 13 2/1; 22.999999 2/1; 23 1/1; 37.999999 1/1; 38 0/0",
    );
    play.told()
        .runs("s1 0/3/38 38 s 0.00608")
        .jobs("j1 3–13 s1 cold; j2 13–23 s1; j3 23–33 s1")
        .steps_of("withdrawn", "13 s3 withdrawn; 23 s2 withdrawn");
}

/// One GPU, two jobs to a worker: at 3 s1 takes j1 and j2. At 4 three are late: ⌈3 / 2⌉ = 2 demands. At 13 it takes j3:
/// coming 2 > ⌈2 / 2⌉, one goes; then j4: coming 1 = ⌈1 / 2⌉. At 23 it takes j5: coming 1 > 0.
#[test]
fn sls_30_sls_35_a_worker_on_its_way_answers_for_as_many_as_it_holds() {
    let jobs = ["0 10s"; 5].join("; ");
    let play = Play::new("concurrency: 2").hosts(1, 1).jobs(&jobs);
    play.workers("3 1/1; 4 3/1; 12.999999 3/1; 13 2/1; 22.999999 2/1; 23 1/1");
    play.told().steps_of("withdrawn", "13 s3 withdrawn; 23 s2 withdrawn");
}

/// Two GPUs for the four of a schedule: two are throttled. At 10 three are wanted, at 20 one: a demand goes, then the
/// other before s1, the first of those that idle. At 30 none is, and s2 goes.
#[test]
fn sls_35_sls_37_under_a_schedule_demands_go_before_workers() {
    let steps = r#"[("0s", 4), ("10s", 3), ("20s", 1), ("30s", 0)]"#;
    let play = Play::new(&format!("scaler: Scheduled({steps}), workers_max: 8")).hosts(1, 2);
    play.workers(
        "0 4/0; 3 4/2; 9.999999 4/2; 10 3/2; 19.999999 3/2; 20 1/1; 29.999999 1/1; 30 0/0; 7199 0/0",
    );
    play.told()
        .runs("s1 0/3/20 20 s 0.0032; s2 0/3/30 30 s 0.0048")
        .steps("0 s1 reserved; 0 s2 reserved; 0 s3 throttled; 0 s4 throttled; 10 s4 withdrawn; 20 s3 withdrawn");
}

/// Two GPUs for the four that are fixed. While two wait, an idle one stays: as many are wanted as there are. With one
/// fixed from 20 on the demands go, then s1.
#[test]
fn sls_35_sls_37_idle_workers_stay_while_all_are_wanted() {
    let play =
        Play::new("scaler: Fixed(4), workers_max: 4").hosts(1, 2).update("20", "scaler: Fixed(1)");
    play.workers("0 4/0; 3 4/2; 8 4/2; 19.999999 4/2; 20 1/1; 7199 1/1");
    play.told().steps_of("withdrawn", "20 s4 withdrawn; 20 s3 withdrawn");
}

/// One GPU, a worker for each of three jobs at 0: two are throttled. At 6 a waiting job is cancelled, two are wanted:
/// the one that asked last goes. At 8 j1 ends, and one is wanted.
#[test]
fn sls_34_sls_35_a_cancelled_job_withdraws_a_demand() {
    let play = Play::new("scaler: RequestCount(1)")
        .hosts(1, 1)
        .jobs("0 5s; 0 5s; 0 5s")
        .act("6", r#"CancelJob(endpoint: "e", id: "j2")"#);
    play.workers("0 3/0; 3 3/1; 5.999999 3/1; 6 2/1; 7.999999 2/1; 8 1/1; 17.999999 1/1; 18 0/0");
    play.told()
        .jobs("j1 3–8 s1 cold; j2 CANCELLED at 6 (cancel_job); j3 8–13 s1")
        .steps_of("withdrawn", "6 s3 withdrawn; 8 s2 withdrawn");
}

/// SLS-35. Both are looked at after each event, also where the scaler has a period: at 70 the host of s1 is lost, its
/// jobs end with it, and s2, idle since 3, is not wanted any more.
#[test]
fn sls_35_who_is_too_many_goes_as_soon_as_jobs_are_lost() {
    Play::new("scaler: RequestCount(1), concurrency: 2, workers_max: 2, max_attempts: 1")
        .hosts(2, 1)
        .rule(|rules| rules.serverless.scaler_period = Span::from_seconds(60))
        .jobs("0 100s; 0 100s")
        .platform("70", r#"HostDown(host: "h1")"#)
        .told()
        .runs("s1@h1 0/3/70 70 s 0.0112 host_down; s2@h2 0/3/70 70 s 0.0112");
}

/// SLS-35. The longest idle first: s2 has been since 4, s3 since 5, though s2 counts as flex from 20 on only, and its
/// timeout from then.
#[test]
fn sls_35_the_longest_idle_goes_first() {
    Play::new("scaler: RequestCount(1), concurrency: 4")
        .jobs("0 30s; 1 47s; 2 80s")
        .update("6", "workers_min: 2")
        .update("20", "workers_min: 0")
        .told()
        .runs("s1 0/3/88 88 s 0.01338; s2 1/4/33 32 s 0.00442; s3 2/5/50 48 s 0.00768");
}
