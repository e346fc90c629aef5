//! Corners of the rules between the worked examples.

use super::play::Play;
use walras::ids::{EndpointId, Id};
use walras::scenario::rules::Rounding;
use walras::scenario::rules::serverless::{HealthIdle, Rollout};
use walras::serverless::answer;

/// SLS-38, SLS-39. A job whose host is gone, with no other there, waits until the host is back; its image is there.
#[test]
fn sls_38_the_only_host_comes_back() {
    for (down, up, reason) in
        [("HostDown", "HostUp", "host_down"), ("NetworkDown", "NetworkUp", "network_down")]
    {
        let told = Play::new("")
            .jobs("0 10s")
            .platform("5", &format!(r#"{down}(host: "h1")"#))
            .platform("20", &format!(r#"{up}(host: "h1")"#))
            .told();
        told.runs(&format!("s1 0/3/5 5 s 0.0008 {reason}; s1 20/23/38 18 s 0.00288"))
            .jobs("j1 23–33 s1 cold")
            .steps_of("throttled", "5 s1 throttled");
    }
}

/// SLS-40. Completed seconds alone, where the rules say so.
#[test]
fn sls_40_completed_seconds() {
    let told = Play::new("")
        .rule(|rules| rules.serverless.serverless_rounding = Rounding::Completed)
        .jobs("0 5.2s; 9 0.3s")
        .told();
    told.runs("s1 0/3/14.3 14 s 0.00224");
}

/// SLS-45, ACCT-06. A waking beyond what the account may burn per hour is refused.
#[test]
fn sls_45_a_waking_beyond_the_spending_limit() {
    // A worker burns 0.576 USD an hour, and some disk.
    let told = Play::new("")
        .accounts(r#"(name: "a", balance: 1000, spending_limit: 1),"#)
        .jobs("0 10s; 1 10s")
        .told();
    told.runs("s1 0/3/28 28 s 0.00448").steps_of("no waking", "5 e no waking (spending_limit)");
}

/// SLS-46, SLS-20. At the line active workers stop, too; with credit as many as the minimum says are woken again.
#[test]
fn sls_46_active_workers_at_the_line() {
    let told = Play::new("workers_min: 1")
        .rule(|rules| rules.serverless.serverless_disk_price = walras::units::Money::ZERO)
        .balance("0.1")
        .horizon("999.5s")
        .act("900", "Deposit(amount: 10)")
        .told();
    // R10 is 0.066: 0.1 − 310 × 0.00011 = 0.0659 is below it.
    told.runs("s1 0/3/310 310 s 0.0341 active no_funds; s1 900/903/999.5 100 s 0.011 active alive")
        .steps_of("no waking", "310 e no waking (no_funds)");
}

/// JOB-13. Times to live end in their own order, whatever the order of the queue.
#[test]
fn job_13_times_to_live_in_any_order() {
    let told = Play::new("workers_max: 1")
        .jobs(r#"0 100s; 0 5s ttl: "60s"; 0 5s ttl: "20s"; 0 5s ttl: "40s"; 1 5s ttl: "20s"; 2 5s"#)
        .told();
    told.jobs(
        "j1 3–103 s1 cold; j2 TIMED_OUT at 60 (ttl); j3 TIMED_OUT at 20 (ttl);
        j4 TIMED_OUT at 40 (ttl); j5 TIMED_OUT at 21 (ttl); j6 103–108 s1",
    );
}

/// JOB-17. Purging ends requeued and low ones, too.
#[test]
fn job_17_all_that_is_queued_is_purged() {
    let told = Play::new("workers_max: 1")
        .hosts(2, 1)
        .jobs("0 50s; 1 5s lowPriority: true; 2 5s")
        .platform("10", r#"HostDown(host: "h1")"#)
        .act("11", r#"PurgeQueue(endpoint: "e")"#)
        .told();
    told.jobs(
        "j1 CANCELLED at 11 (purge_queue); j2 CANCELLED at 11 (purge_queue);
        j3 CANCELLED at 11 (purge_queue)",
    );
}

/// SLS-12. A maximum of zero makes idle workers go at once, under every rollout.
#[test]
fn sls_12_a_maximum_of_zero_under_every_rollout() {
    for rule in [Rollout::Drain, Rollout::Batch, Rollout::Lazy] {
        let play = Play::new("").jobs("0 5s").update("10", "workers_max: 0");
        let play = match rule {
            Rollout::Drain => play,
            Rollout::Batch => play.rule(|rules| rules.serverless.rollout = Rollout::Batch),
            Rollout::Lazy => play.rule(|rules| rules.serverless.rollout = Rollout::Lazy),
        };
        play.told().runs("s1 0/3/10 10 s 0.0016 outdated");
    }
}

/// SLS-13, SLS-20, SLS-21. Who is shed first: throttled, starting, idle, and then busy ones.
#[test]
fn sls_13_the_least_useful_are_shed_first() {
    let told = Play::new(r#"scaler: RequestCount(1), workers_max: 4, idle_timeout: "60s""#)
        .hosts(1, 3)
        .jobs("0 30s; 0 1s")
        .update("5", "workers_min: 4")
        .update("6", "workers_min: 0, workers_max: 2")
        .update("7", "workers_max: 1")
        .told();
    // All are active in the second from 5 on.
    told.runs(
        "s1 0/3/93 93 s 0.01483; s2 0/3/7 7 s 0.00107 max_lowered;
        s3 5/–/6 1 s 0.00011 active max_lowered",
    )
    .steps_of("s4", "5 s4 throttled; 6 s4 withdrawn");
}

/// SLS-18. Without `prewarm` a slot pulls when it is first woken, and has its image from then on.
#[test]
fn sls_18_slots_that_are_not_prepared() {
    let create = r#"CreateEndpoint(name: "e", gpus: "RTX A4000", image_gb: 5)"#;
    let told = Play::new("")
        .without_endpoint()
        .rule(|rules| rules.serverless.prewarm = false)
        .act("0", create)
        .jobs("10 5s; 100 5s")
        .told();
    told.runs("s1 50/53/63 13 s 0.00208; s1 100/103/113 13 s 0.00208");
}

/// SLS-48, SLS-16. What `/health` calls idle.
#[test]
fn sls_48_what_health_calls_idle() {
    let e = EndpointId::from_index(0);
    let idle = |play: Play| {
        play.jobs("0 5s").seen(&["1", "5", "10"], &mut |turn, _| {
            let health = answer::health(turn, e).expect("it is there");
            (health.idle, health.running, health.initializing)
        })
    };
    assert_eq!(idle(Play::new("")), [(0, 0, 1), (0, 1, 0), (1, 0, 0)]);
    let standby = Play::new("").rule(|rules| rules.serverless.health_idle = HealthIdle::Standby);
    assert_eq!(idle(standby), [(4, 0, 1), (4, 1, 0), (4, 0, 0)]);
}

/// SLS-33. A job that was put back is late once it has waited so long since.
#[test]
fn sls_33_lateness_counts_from_the_last_joining() {
    let told = Play::new("workers_max: 2")
        .hosts(2, 1)
        .jobs("0 50s; 0 50s")
        .platform("20", r#"HostDown(host: "h2")"#)
        .platform("22", r#"HostUp(host: "h2")"#)
        .told();
    // s2, woken at 4, is lost with j2 at 20; j2 is late at 24.
    told.jobs("j1 3–53 s1 cold; j2 27–77 s2 cold").steps_of("requeued", "20 j2 requeued");
}

/// SLS-37, POD-06. Demands of several endpoints wait in the order of asking, whatever the endpoint.
#[test]
fn sls_37_demands_wait_in_the_order_of_asking() {
    let told = Play::new("")
        .endpoint("f", "")
        .endpoint("g", "")
        .hosts(1, 1)
        .jobs("0 5s")
        .jobs_on("g", "1 5s")
        .jobs_on("f", "2 5s")
        .told();
    told.runs("e s1 0/3/13 13 s 0.00208; f s1 26/29/39 13 s 0.00208; g s1 13/16/26 13 s 0.00208");
}

/// SLS-11, SLS-12. Where an update ends several, the first may take others along: a storm showed it.
#[test]
fn sls_12_several_go_at_once() {
    let told = Play::new("workers_min: 2")
        .rule(|rules| rules.serverless.rollout = Rollout::Batch)
        .update("10", "workers_min: 0, workers_max: 0")
        .told();
    told.runs("s1 0/3/10 10 s 0.0011 active outdated; s2 0/3/10 10 s 0.0011 active outdated");
}

/// SLS-38, SLS-39. A host leaves, its images with it, and nobody notices for a while: its slots stay bound to it until
/// then, and the job that it had goes on elsewhere.
#[test]
fn sls_38_sls_39_a_host_leaves_unnoticed() {
    let told = Play::new("workers_max: 1")
        .hosts(2, 1)
        .rule(|rules| rules.serverless.worker_loss_detection = walras::units::Span::from_seconds(7))
        .jobs("0 10s")
        .platform("5", r#"HostLeave(host: "h1")"#)
        .told();
    told.runs("s1@h1 0/3/5 5 s 0.0008 host_left; s1@h2 12/15/30 18 s 0.00288")
        .jobs("j1 15–25 s1 cold")
        .steps_of("requeued", "12 j1 requeued");
}

/// SLS-11, JOB-14. The market ends three workers in one event: the job of the first is not given to the others, and
/// what is rolled out in batches leaves alone who has ended.
#[test]
fn sls_11_job_14_several_workers_are_lost_at_once() {
    for rollout in [Rollout::Drain, Rollout::Batch] {
        let mut play = Play::new(r#"scaler: RequestCount(1), idle_timeout: "60s""#)
            .jobs("0 100s; 0 1s; 0 1s")
            .platform("20", r#"HostDown(host: "h1")"#)
            .platform("30", r#"HostUp(host: "h1")"#);
        if rollout == Rollout::Batch {
            play = play.rule(|rules| rules.serverless.rollout = Rollout::Batch);
            play = play.update("10", "concurrency: 2");
        }
        let told = play.told();
        let lost = |slot| format!("{slot} 0/3/20 20 s 0.0032 host_down;");
        let lost: String = ["s1", "s2", "s3"].map(lost).concat();
        told.runs(&format!("{lost} s1 30/33/193 163 s 0.02608"))
            .jobs("j1 33–133 s1 cold; j2 3–4 s2 cold; j3 3–4 s3 cold")
            .steps_of("requeued", "20 j1 requeued");
        let first = told.ended.iter().find(|(_, end)| end.request.0 == 1).expect("j1");
        assert_eq!(first.1.attempts, 2, "{rollout:?}");
    }
}

/// SLS-18, SLS-38. A throttled slot's pull goes with its host, too, where that is noticed later.
#[test]
fn sls_18_sls_38_a_throttled_slot_was_pulling() {
    let pod = r#"CreatePod(name: "p", gpuTypeId: "NVIDIA RTX A4000", cloudType: SECURE)"#;
    let told = Play::new("")
        .without_endpoint()
        .hosts(1, 1)
        .rule(|rules| rules.serverless.worker_loss_detection = walras::units::Span::from_seconds(7))
        .act("0", pod)
        .act("0", r#"CreateEndpoint(name: "e", gpus: "RTX A4000", image_gb: 5)"#)
        .jobs("10 5s")
        .platform("20", r#"HostDown(host: "h1")"#)
        .platform("60", r#"HostUp(host: "h1")"#)
        .act("70", r#"TerminatePod(podId: "p")"#)
        .told();
    // The other slots pull anew from 60 to 100.
    told.runs("s1 100/103/113 13 s 0.00208").jobs("j1 103–108 s1 cold");
}
