//! Cases S16 to S19, S32 and S33: images, FlashBoot, models, starts that fail.

use super::play::Play;
use walras::rng::draw::Distribution;
use walras::scenario::rules::serverless::Rollout;
use walras::serverless::answer;
use walras::units::{Money, Share, Span};

#[test]
fn sls_18_sls_19_sls_22_case_s16_image_still_coming() {
    let create = r#"CreateEndpoint(name: "e", gpus: "RTX A4000", image_gb: 5)"#;
    let told = Play::new("").without_endpoint().act("0", create).jobs("10 5s; 60 5s").told();
    told.runs("s1 40/43/53 13 s 0.00208; s1 60/63/73 13 s 0.00208")
        .jobs("j1 43–48 s1 cold; j2 63–68 s1 cold")
        .steps("10 s1 reserved; 60 s1 reserved");
}

#[test]
fn sls_27_case_s17_flashboot_curve() {
    let rules = walras::scenario::rules::serverless::ServerlessRules::default();
    let span = |text: &str| Span::parse(&format!("{text}s")).expect("seconds");
    let cold = |whole: &str, since: &str| answer::flash(&rules, span(whole), (span(since), 0.0));
    for (since, left) in [
        ("5", "0.5"),
        ("60", "0.5"),
        ("61", "0.500706"),
        ("600", "0.881355"),
        ("1800", "1.728813"),
        ("3599.999999", "2.999999"),
        ("3600", "3"),
    ] {
        assert_eq!(cold("3", since), span(left), "{since} s after the last stop");
    }
    assert_eq!(cold("42", "187"), span("1.988841"));
    assert_eq!(cold("42", "213"), span("2.293644"));
    assert_eq!(cold("0.3", "5"), span("0.3"), "no more than without");
}

#[test]
fn sls_19_sls_27_case_s18_flashboot_in_a_run() {
    let told = Play::new("flashboot: true").jobs("0 5s; 13 5s; 1000 5s").told();
    told.runs(
        "s1 0/3/13 13 s 0.00208; s1 13/13.5/23.5 11 s 0.00176;
        s1 1000/1001.147245/1011.147245 12 s 0.00192",
    );
}

#[test]
fn sls_26_case_s19_model_on_a_network_volume() {
    let volume = r#"CreateNetworkVolume(name: "v", size: 10, dataCenterId: "EU-RO-1")"#;
    let create = r#"CreateEndpoint(name: "e", gpus: "RTX A4000", image_gb: 0, network_volume: "v",
        model_source: NetworkVolume)"#;
    let told =
        Play::new("").without_endpoint().act("0", volume).act("1", create).jobs("100 5s").told();
    told.runs("s1 100/104.28/114.28 15 s 0.0024");
}

#[test]
fn sls_25_case_s32_unhealthy() {
    // The first waking of this seed crashes, the second does not.
    let told = Play::new("")
        .more("seed: 3,")
        .rule(|rules| rules.serverless.crash_probability = Share::from_billionths(500_000_000))
        .jobs("0 5s")
        .told();
    told.runs("s1 0/–/3 3 s 0.00048 unhealthy; s2 3/6/16 13 s 0.00208").jobs("j1 6–11 s2 cold");
}

#[test]
fn sls_25_case_s33_start_too_long() {
    let told = Play::new("model_gb: 0")
        .rule(|rules| rules.serverless.worker_container_start = Distribution::Constant(500.0))
        .horizon("840.5s")
        .jobs("0 5s")
        .told();
    told.runs(
        "s1 0/–/420 420 s 0.0672 unhealthy; s2 420/–/840 420 s 0.0672 unhealthy;
        s3 840/–/840.5 1 s 0.00016 alive",
    );
}

/// SLS-27. s1 has left a snapshot at 13, and crashes at 20.5. The revision at 60 voids it, though the slot is unhealthy
/// then: the next start, at 120.5, takes all of 3 s (and fails, too).
#[test]
fn sls_27_a_revision_voids_the_snapshot_of_an_unhealthy_slot() {
    let told = Play::new("flashboot: true, workers_max: 1")
        .more("seed: 4,")
        .rule(|rules| {
            let serverless = &mut rules.serverless;
            serverless.crash_probability = Share::from_billionths(500_000_000);
            serverless.unhealthy_retry = Span::from_seconds(100);
            serverless.extra_workers = 0;
        })
        .horizon("5m")
        .jobs("0 5s; 20 5s")
        .update("60", "concurrency: 2")
        .told();
    told.runs(
        "s1 0/3/13 13 s 0.00208; s1 20/–/20.5 1 s 0.00016 unhealthy;
        s1 120.5/–/123.5 3 s 0.00048 unhealthy",
    );
}

/// SLS-27, `lazy`. s1 has left a snapshot at 13, and waits for a GPU at 30; the revision at 35 voids what it left, though
/// it is wanted then. So the start at 50 takes all of 3 s.
#[test]
fn sls_27_a_revision_voids_the_snapshot_of_a_slot_that_waits_for_a_gpu() {
    let pod =
        r#"CreatePod(name: "p", gpuTypeId: "NVIDIA RTX A4000", gpuCount: 1, containerDiskInGb: 1)"#;
    Play::new("flashboot: true, workers_max: 1")
        .hosts(1, 1)
        .rule(|rules| rules.serverless.rollout = Rollout::Lazy)
        .jobs("0 5s; 30 5s; 50 5s")
        .act("20", pod)
        .update("35", "concurrency: 2")
        .act("36", r#"CancelJob(endpoint: "e", id: "j2")"#)
        .act("40", r#"TerminatePod(podId: "p")"#)
        .told()
        .runs("s1 0/3/13 13 s 0.00208; s1 50/53/63 13 s 0.00208");
}

/// SLS-27, `lazy`. A start of the old revision, from its snapshot, ends at the line before it is ready; the next, of the
/// new one, takes all of 12 s.
#[test]
fn sls_27_a_start_that_is_broken_off_leaves_no_older_snapshot() {
    Play::new("flashboot: true, workers_max: 1, scaler: RequestCount(1)")
        .balance("0.1")
        .rule(|rules| {
            let serverless = &mut rules.serverless;
            serverless.rollout = Rollout::Lazy;
            serverless.serverless_disk_price = Money::ZERO;
            serverless.worker_container_start = Distribution::Constant(10.0);
            serverless.flash_restore = Span::from_seconds(5);
        })
        .jobs("0 1s; 21 5s")
        .update("22", "concurrency: 2")
        .act("23", "Adjust(amount: -0.05)")
        .act("24", "Deposit(amount: 10)")
        .told()
        .runs("s1 0/12/18 18 s 0.00288; s1 21/–/23 2 s 0.00032 no_funds; s1 24/36/46 22 s 0.00352");
}

/// SLS-27, `lazy`. The same where it gets one after all: it was asked for before the revision, and starts after it.
#[test]
fn sls_27_a_start_after_a_revision_takes_all_of_it() {
    let pod =
        r#"CreatePod(name: "p", gpuTypeId: "NVIDIA RTX A4000", gpuCount: 1, containerDiskInGb: 1)"#;
    Play::new("flashboot: true, workers_max: 1")
        .hosts(1, 1)
        .rule(|rules| rules.serverless.rollout = Rollout::Lazy)
        .jobs("0 5s; 30 5s")
        .act("20", pod)
        .update("35", "concurrency: 2")
        .act("40", r#"TerminatePod(podId: "p")"#)
        .told()
        .runs("s1 0/3/13 13 s 0.00208; s1 40/43/53 13 s 0.00208");
}
