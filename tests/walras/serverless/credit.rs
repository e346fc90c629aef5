//! What a waking must be able to cost (SLS-45): what is reserved counts, and who waited for GPUs is judged anew when they
//! come free (POD-06).

use super::play::Play;
use walras::scenario::rules::serverless::ActivePriceWhen;
use walras::units::Money;

/// R10 of one worker is 0.096.
fn play(balance: &str, settings: &str) -> Play {
    Play::new(settings)
        .accounts(&format!(
            r#"(name: "a", balance: {balance}), (name: "b", balance: {balance}), (name: "c", balance: 100),"#
        ))
        .rule(|rules| rules.serverless.serverless_disk_price = Money::ZERO)
}

fn pod(kind: &str, name: &str, gpus: u32, more: &str) -> String {
    format!(
        r#"{kind}(name: "{name}", gpuTypeId: "NVIDIA RTX A4000", gpuCount: {gpus}, containerDiskInGb: 1, {more})"#
    )
}

/// GPUs come free at 100; 0.15 covers one of the two who wait, not both: the second is refused, and asked for no more.
#[test]
fn sls_37_sls_45_who_waited_is_judged_anew_when_a_gpu_comes_free() {
    let told = play("0.15", "scaler: RequestCount(1), workers_max: 2")
        .hosts(1, 2)
        .act_as("c", "0", &pod("CreatePod", "p", 2, ""))
        .jobs("1 5s; 2 5s")
        .act_as("c", "100", r#"TerminatePod(podId: "p")"#)
        .told();
    told.runs("s1 100/103/118 18 s 0.00288")
        .jobs("j1 103–108 s1 cold; j2 108–113 s1")
        .steps("1 s1 throttled; 2 s2 throttled; 100 s1 reserved; 100 s2 withdrawn; 100 e no waking (no_funds)");
    assert_eq!(told.stops_for_funds(0), 0);
}

/// Two accounts of this kind do not stop each other second by second: each gets one of the two GPUs.
#[test]
fn sls_45_accounts_that_wait_for_the_same_gpus_do_not_stop_each_other() {
    let told = play("0.15", "scaler: RequestCount(1), workers_max: 2")
        .hosts(1, 2)
        .act_as("c", "0", &pod("CreatePod", "p", 2, ""))
        .act_as("b", "1", r#"CreateEndpoint(name: "f", gpus: "RTX A4000", image_gb: 5, scaler: RequestCount(1), workers_max: 2)"#)
        .jobs("1 5s; 2 5s")
        .act_as("b", "3", r#"SubmitJob(endpoint: "f", id: "k1", execution: "5s")"#)
        .act_as("b", "4", r#"SubmitJob(endpoint: "f", id: "k2", execution: "5s")"#)
        .act_as("c", "100", r#"TerminatePod(podId: "p")"#)
        .told();
    told.runs("e s1 100/103/118 18 s 0.00288; f s1 100/103/118 18 s 0.00288");
    assert_eq!((told.stops_for_funds(0), told.stops_for_funds(1)), (0, 0));
}

/// A GPU comes free at 3810 for the worker that waits since 1. By then 64 minutes of the account's pod have cost
/// 0.362666…; what is left covers the pod's ten minutes, but not the worker's with them, and the pod runs on.
#[test]
fn sls_45_a_worker_that_waited_does_not_stop_its_accounts_pod() {
    let told = play("0.5", "workers_max: 1")
        .hosts(1, 2)
        .horizon("3820s")
        .act_as("c", "0", &pod("CreatePod", "q", 1, ""))
        .act("0", &pod("CreatePod", "p", 1, ""))
        .jobs("1 5s")
        .act_as("c", "3810", r#"TerminatePod(podId: "q")"#)
        .told();
    told.runs("");
    assert_eq!(told.stops_for_funds(0), 0);
}

/// BILL-06. s1 is promised a GPU at 10, and counts with it: at 11 a second needs 0.192, and displaces nobody.
#[test]
fn sls_45_a_promised_worker_counts() {
    play("0.15", "scaler: RequestCount(1), workers_max: 2")
        .hosts(1, 2)
        .act_as("c", "0", &pod("CreateSpotPod", "q", 1, "bidPerGpu: 0.3"))
        .act_as("c", "0", &pod("CreateSpotPod", "r", 1, "bidPerGpu: 0.3"))
        .jobs("10 5s; 11 5s")
        .told()
        .runs("s1 15/18/33 18 s 0.00288")
        .steps("10 s1 reserved; 11 e no waking (no_funds); 15 s1 reserved");
}

/// So does one whose image is pulled until 40.
#[test]
fn sls_45_a_worker_that_waits_for_its_image_counts() {
    let create = r#"CreateEndpoint(name: "e", gpus: "RTX A4000", scaler: RequestCount(1), workers_max: 2, image_gb: 5)"#;
    play("0.15", "")
        .without_endpoint()
        .act("0", create)
        .jobs("1 5s; 2 5s")
        .told()
        .runs("s1 40/43/58 18 s 0.00288")
        .steps("1 s1 reserved; 2 e no waking (no_funds)");
}

/// SLS-41, `not_working`. A job makes an active worker as dear as a flex one: 0.09 covers ten idle minutes, not that.
#[test]
fn sls_45_an_active_worker_is_judged_by_what_its_jobs_cost() {
    play("0.09", "workers_min: 1, workers_max: 1")
        .rule(|rules| rules.serverless.active_price_when = ActivePriceWhen::NotWorking)
        .jobs("10 2s")
        .told()
        .runs("")
        .steps("0 e no waking (no_funds)");
}

/// SLS-42. A worker is promised a GPU at 10; from 11 on it will cost twice as much, and so would a second: 0.384.
#[test]
fn sls_42_sls_45_a_promised_worker_counts_at_the_price_of_now() {
    play("0.3", "scaler: RequestCount(1), workers_max: 2")
        .hosts(1, 2)
        .act_as("c", "0", &pod("CreateSpotPod", "q", 1, "bidPerGpu: 0.3"))
        .act_as("c", "0", &pod("CreateSpotPod", "r", 1, "bidPerGpu: 0.3"))
        .jobs("10 5s; 12 5s")
        .platform("11", r#"SetPrice(workerClass: "AMPERE_16", flex: 0.00032)"#)
        .told()
        .runs("s1 15/18/33 18 s 0.00576")
        .steps("10 s1 reserved; 12 e no waking (no_funds); 15 s1 reserved");
}

/// SLS-41, `not_working`. Who waited is judged by what its jobs will cost, too: 0.09 is left when a GPU comes free.
#[test]
fn sls_45_an_active_worker_that_waited_is_judged_by_what_its_jobs_cost() {
    play("0.1", "workers_max: 1")
        .hosts(1, 1)
        .rule(|rules| rules.serverless.active_price_when = ActivePriceWhen::NotWorking)
        .act_as("c", "0", &pod("CreatePod", "p", 1, ""))
        .update("1", "workers_min: 1")
        .act("50", "Adjust(amount: -0.01)")
        .act_as("c", "100", r#"TerminatePod(podId: "p")"#)
        .told()
        .runs("")
        .steps("1 s1 throttled; 100 s1 withdrawn; 100 e no waking (no_funds)");
}

/// POD-05, POD-06. An A5000 is free at 100, too dear with 0.1 left (R10 0.114); the worker waits on, and gets the A4000 at
/// 150.
#[test]
fn sls_37_a_worker_waits_on_where_what_is_free_is_too_dear() {
    let hosts = r#"
        (name: "h1", gpu_type: "NVIDIA RTX A4000", gpus: 1, datacenter: "EU-RO-1"),
        (name: "h2", gpu_type: "NVIDIA RTX A5000", gpus: 1, datacenter: "EU-RO-1"),"#;
    let other = pod("CreatePod", "o", 1, "").replace("A4000", "A5000");
    play("0.12", r#"gpus: ["RTX A4000", "RTX A5000"], workers_max: 1"#)
        .fleet(hosts)
        .act_as("c", "0", &pod("CreatePod", "p", 1, ""))
        .act_as("c", "0", &other)
        .jobs("1 5s")
        .act("50", "Adjust(amount: -0.02)")
        .act_as("c", "100", r#"TerminatePod(podId: "o")"#)
        .act_as("c", "150", r#"TerminatePod(podId: "p")"#)
        .told()
        .runs("s1@h1 150/153/163 13 s 0.00208");
}

/// SLS-22, `bound_only`. The worker's own host is too dear by now, and it goes nowhere else: it is refused, and wanted
/// again as soon as money comes in.
#[test]
fn sls_22_sls_45_a_worker_that_goes_nowhere_else_is_refused() {
    play("0.12", "workers_max: 1")
        .hosts(1, 1)
        .rule(|rules| {
            rules.serverless.wake_placement =
                walras::scenario::rules::serverless::WakePlacement::BoundOnly;
        })
        .act_as("c", "0", &pod("CreatePod", "p", 1, ""))
        .jobs("1 5s")
        .act("50", "Adjust(amount: -0.05)")
        .act_as("c", "100", r#"TerminatePod(podId: "p")"#)
        .act("120", "Deposit(amount: 10)")
        .told()
        .runs("s1 120/123/133 13 s 0.00208")
        .steps("1 s1 throttled; 100 s1 withdrawn; 100 e no waking (no_funds); 120 s1 reserved");
}
