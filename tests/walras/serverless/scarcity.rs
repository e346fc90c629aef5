//! Cases S20 to S24 and S36: who gets GPUs, and what becomes of workers whose host is lost.

use super::play::Play;
use walras::scenario::rules::Rules;
use walras::scenario::rules::serverless::{WakePlacement, WorkerRank};

#[test]
fn sls_22_sls_37_case_s20_throttled() {
    let told = Play::new("").endpoint("f", "").hosts(1, 1).jobs("0 5s").jobs_on("f", "1 5s").told();
    told.runs("e s1 0/3/13 13 s 0.00208; f s1 13/16/26 13 s 0.00208")
        .jobs("j1 3–8 e s1 cold; j2 16–21 f s1 cold")
        .steps("0 e s1 reserved; 1 f s1 throttled; 13 f s1 reserved");
}

/// A request for a pod of one GPU.
fn pod(name: &str, more: &str) -> String {
    format!(
        r#"CreatePod(name: "{name}", gpuTypeId: "NVIDIA RTX A4000", cloudType: SECURE, {more})"#
    )
}

fn spot(name: &str, bid: &str, more: &str) -> String {
    format!(
        r#"CreateSpotPod(name: "{name}", gpuTypeId: "NVIDIA RTX A4000", cloudType: SECURE, bidPerGpu: {bid}, {more})"#
    )
}

#[test]
fn sls_22_sls_36_case_s21_a_flex_worker_displaces_a_spot_pod() {
    let told = Play::new("").hosts(1, 1).act("0", &spot("v", "0.34", "")).jobs("10 5s").told();
    told.runs("s1 15/18/28 13 s 0.00208")
        .jobs("j1 18–23 s1 cold")
        .steps("10 s1 reserved; 15 s1 reserved");
    let of_pod: Vec<&str> = told.pods.iter().map(|(_, line)| line.as_str()).collect();
    assert_eq!(of_pod[..3], ["0 v placed", "10 v SIGTERM", "15 v SIGKILL"]);
}

/// One GPU, held by an on-demand pod until 20, and four who wait for it.
fn four_wait(rule: fn(&mut Rules)) -> Play {
    let waits = "patience: None,";
    Play::new("")
        .endpoint("k", "")
        .hosts(1, 1)
        .horizon("99.5s")
        .rule(rule)
        .act("0", &pod("first", ""))
        .act("20", r#"TerminatePod(podId: "first")"#)
        .jobs("1 5s")
        .act("2", &spot("spot", "0.34", waits))
        .act("3", &pod("pod", waits))
        .act("50", r#"TerminatePod(podId: "pod")"#)
        .act("4", r#"UpdateEndpoint(endpoint: "k", workers_min: 1)"#)
}

#[test]
fn sls_37_case_s22_who_waits_in_what_order() {
    let placed = |play: Play| {
        let told = play.told();
        let placed = told.pods.iter().filter(|(_, line)| line.ends_with("placed"));
        (placed.map(|(_, line)| line.clone()).collect::<Vec<_>>().join("; "), told)
    };
    let (pods, told) = placed(four_wait(|_| {}));
    assert_eq!(pods, "0 first placed; 33 pod placed");
    told.runs("e s1 20/23/33 13 s 0.00208; k s1 50/53/99.5 50 s 0.0055 active alive");
    let (pods, told) =
        placed(four_wait(|rules| rules.serverless.worker_rank = WorkerRank::PodsFirst));
    assert_eq!(pods, "0 first placed; 20 pod placed");
    told.runs("k s1 50/53/99.5 50 s 0.0055 active alive");
    let (pods, told) =
        placed(four_wait(|rules| rules.serverless.worker_rank = WorkerRank::ActiveFirst));
    assert_eq!(pods, "0 first placed");
    told.runs("k s1 20/23/99.5 80 s 0.0088 active alive");
}

/// POD-06, SLS-22. Workers that ask for their bound hosts alone do not fit or fail together: s1 waits for h1, and s2
/// behind it gets what comes free on h2.
#[test]
fn sls_22_sls_37_each_waits_for_its_own_host() {
    let play = || {
        Play::new("scaler: RequestCount(1), workers_max: 2")
            .hosts(2, 1)
            .act("0", &pod("p", ""))
            .act("0", &pod("q", ""))
            .act("20", r#"TerminatePod(podId: "q")"#)
            .act("50", r#"TerminatePod(podId: "p")"#)
            .jobs("1 5s; 2 5s")
    };
    let told = play().rule(|rules| rules.serverless.wake_placement = WakePlacement::BoundOnly);
    told.told()
        .runs("s2@h2 20/23/38 18 s 0.00288")
        .jobs("j1 23–28 s2 cold; j2 28–33 s2")
        .steps("1 s1 throttled; 2 s2 throttled; 20 s2 reserved; 28 s1 withdrawn");
    // Elsewhere, too: the first who asked is served.
    play().told().runs("s1@h2 20/23/38 18 s 0.00288").jobs("j1 23–28 s1 cold; j2 28–33 s1");
}

/// POD-06, SLS-36. Where active workers alone displace spot pods, one behind a flex worker of the same demand may do
/// what that may not.
#[test]
fn sls_36_sls_37_an_active_worker_behind_a_flex_one_displaces() {
    let a6000 = r#"gpus: "RTX A6000", gpus_per_worker: 2"#;
    let ask = |what: &str, more: &str| {
        format!(r#"{what}, gpuTypeId: "NVIDIA RTX A6000", cloudType: SECURE, {more})"#)
    };
    let play = || {
        Play::new(a6000)
            .endpoint("k", a6000)
            .fleet(
                r#"(names: ["h1"], gpu_type: "NVIDIA RTX A6000", gpus: 2, datacenter: "EU-RO-1"),"#,
            )
            .horizon("59.5s")
            .act("0", &ask(r#"CreatePod(name: "p""#, ""))
            .act("0", &ask(r#"CreatePod(name: "q""#, ""))
            .jobs("1 5s")
            .act("2", r#"UpdateEndpoint(endpoint: "k", workers_min: 1)"#)
            .act("3", &ask(r#"CreateSpotPod(name: "s""#, "bidPerGpu: 0.6, patience: None"))
            .act("10", r#"TerminatePod(podId: "p")"#)
            .act("20", r#"TerminatePod(podId: "q")"#)
    };
    let told = play().rule(|rules| rules.serverless.workers_displace_spot = (true, false)).told();
    told.runs("k s1 25/28/59.5 35 s 0.0168 active alive")
        .steps("1 e s1 throttled; 2 k s1 throttled; 20 k s1 reserved; 25 k s1 reserved");
    let told = play().told();
    told.runs("e s1 25/28/38 13 s 0.00884; k s1 38/41/59.5 22 s 0.01056 active alive");
}

#[test]
fn job_14_sls_38_case_s23_host_lost_during_a_job() {
    let told = Play::new("workers_max: 1")
        .hosts(2, 1)
        .jobs("0 10s")
        .platform("7.4", r#"HostDown(host: "h1")"#)
        .told();
    told.runs("s1@h1 0/3/7.4 8 s 0.00128 host_down; s1@h2 7.4/10.4/25.4 18 s 0.00288")
        .jobs("j1 10.4–20.4 s1 cold")
        .steps_of("requeued", "7.4 j1 requeued");
    assert_eq!(told.ended[0].1.attempts, 2);
}

#[test]
fn job_14_sls_38_case_s24_attempts_spent() {
    let told = Play::new("workers_max: 1")
        .hosts(3, 1)
        .jobs("0 100s")
        .platform("10", r#"HostDown(host: "h1")"#)
        .platform("20", r#"HostDown(host: "h2")"#)
        .platform("30", r#"HostDown(host: "h3")"#)
        .told();
    told.runs(
        "s1@h1 0/3/10 10 s 0.0016 host_down; s1@h2 10/13/20 10 s 0.0016 host_down;
        s1@h3 20/23/30 10 s 0.0016 host_down",
    )
    .jobs("j1 23–30 s1 cold FAILED (worker_lost)")
    .steps_of("requeued", "10 j1 requeued; 20 j1 requeued");
}

#[test]
fn sls_35_sls_37_case_s36_throttled_demand_is_withdrawn() {
    let play = Play::new("scaler: RequestCount(1), workers_max: 5")
        .hosts(1, 2)
        .jobs("0 5s; 1 5s; 2 5s; 3 5s");
    let counts = play.seen(&["2.5", "3"], &mut |turn, _| {
        let counts = turn.world.endpoints.iter().next().expect("e").1.counts();
        (counts.initializing, counts.throttled)
    });
    assert_eq!(counts, [(2, 1), (1, 2)]);
    let told = play.told();
    told.runs("s1 0/3/18 18 s 0.00288; s2 1/4/19 18 s 0.00288")
        .jobs("j1 3–8 s1 cold; j2 4–9 s2 cold; j3 8–13 s1; j4 9–14 s2")
        .steps_of("withdrawn", "8 s4 withdrawn; 9 s3 withdrawn");
}

/// SLS-21, SLS-37. A throttled worker that becomes active stands where active ones do.
#[test]
fn sls_21_sls_37_a_worker_that_becomes_active_moves_up() {
    let play = || {
        Play::new("")
            .endpoint("k", "")
            .hosts(1, 1)
            .horizon("59.5s")
            .act("0", &pod("first", ""))
            .act("20", r#"TerminatePod(podId: "first")"#)
            .jobs("1 5s")
            .jobs_on("k", "2 5s")
            .act("3", r#"UpdateEndpoint(endpoint: "k", workers_min: 1)"#)
    };
    let first = play().rule(|rules| rules.serverless.worker_rank = WorkerRank::ActiveFirst);
    first.told().runs("k s1 20/23/59.5 40 s 0.0044 alive");
    play().told().runs("e s1 20/23/33 13 s 0.00208; k s1 33/36/59.5 27 s 0.00297 alive");
}

/// SLS-21, SLS-36. Where active workers alone displace spot pods, it does once it is active, and no longer once it is
/// flex again.
#[test]
fn sls_21_sls_36_a_worker_that_becomes_active_displaces() {
    let play = || {
        Play::new("")
            .hosts(1, 1)
            .horizon("99.5s")
            .rule(|rules| rules.serverless.workers_displace_spot = (true, false))
            .act("0", &spot("v", "0.34", ""))
            .jobs("1 5s")
    };
    play().told().runs("");
    let told = play().update("3", "workers_min: 1").update("50", "workers_min: 0").told();
    told.steps("1 s1 throttled; 3 s1 reserved; 8 s1 reserved").runs("s1 8/11/55 47 s 0.00542");
}

/// SLS-16, SLS-35. s1 is promised the GPU of a spot pod at 10; its job is cancelled at 11, the host is lost at 12. So it
/// is asleep again, and as nobody wants it, nothing is woken when the host is back.
#[test]
fn sls_16_a_promise_that_is_lost_with_its_host_is_asked_for_no_more() {
    Play::new("")
        .hosts(1, 1)
        .act("0", r#"CreateSpotPod(name: "p", gpuTypeId: "NVIDIA RTX A4000", bidPerGpu: 0.3)"#)
        .jobs("10 5s")
        .act("11", r#"CancelJob(endpoint: "e", id: "j1")"#)
        .platform("12", r#"HostDown(host: "h1")"#)
        .platform("100", r#"HostUp(host: "h1")"#)
        .told()
        .runs("")
        .steps_of(" s1 ", "10 s1 reserved; 12 s1 withdrawn");
}

/// SLS-22. The pod on h2 bids less, but h1 has the image: the pod there gives way, and no image is pulled.
#[test]
fn sls_22_hosts_with_the_image_come_first_where_pods_are_displaced() {
    Play::new("workers_max: 1")
        .hosts(2, 1)
        .rule(|rules| rules.serverless.extra_workers = 0)
        .act("1", r#"CreateSpotPod(name: "p", gpuTypeId: "NVIDIA RTX A4000", bidPerGpu: 0.3)"#)
        .act("2", r#"CreateSpotPod(name: "q", gpuTypeId: "NVIDIA RTX A4000", bidPerGpu: 0.2)"#)
        .jobs("10 5s")
        .told()
        .runs("s1@h1 15/18/28 13 s 0.00208");
}
