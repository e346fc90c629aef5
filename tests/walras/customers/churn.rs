//! Customers who turn away when treated badly, and come back.

use crate::build;
use std::collections::BTreeMap;
use walras::engine::{RunId, run};
use walras::ids::Id;
use walras::journal::fact::Churned;
use walras::journal::{Fact, Journal, Sink};
use walras::metrics::{Metrics, Subject};
use walras::scenario::Scenario;
use walras::scenario::load::from_text;
use walras::units::SimTime;

/// One GPU, one account whose pods are asked for every hour and wait for nothing; a script.
fn market(segment: &str, script: &str) -> Scenario {
    let text = format!(
        r#"(
            horizon: "12h30m", sample_every: None, rules: (container_start: "0s", grace: "0s"),
            fleet: [(name: "h", gpu_type: "NVIDIA A40", cloud: COMMUNITY, gpus: 1)],
            accounts: [(name: "a", balance: 100)],
            customers: [(
                name: "c", balance: 1000, arrivals: Renewal(gap: "1h"), gpu_type: "NVIDIA A40",
                container_disk_gb: 0, {segment}
            )],
            script: [{script}],
        )"#
    );
    from_text("churn", &text).unwrap_or_else(|faults| panic!("{faults:?}"))
}

/// What becomes of the customers, with the hour.
fn told(scenario: &Scenario) -> Vec<String> {
    let facts = build::run_audited(scenario, 0).into_iter();
    let lines = facts.filter_map(|(at, fact)| {
        let word = match fact {
            Fact::PodRequested(asked) if asked.segment.is_some() => "asks",
            Fact::RentalEnded(end) if end.reason.word() != "rejected" => end.reason.word(),
            Fact::Churn(_, Churned::Left) => "leaves",
            Fact::Churn(_, Churned::Returned) => "returns",
            Fact::Churn(_, Churned::ArrivalLost) => "lost",
            _ => return None,
        };
        Some(format!("{} {word}", at.micros() / 60_000_000))
    });
    lines.collect()
}

fn check(segment: &str, script: &str, expected: &str) {
    let told = told(&market(segment, script)).join(", ");
    assert_eq!(told, expected, "\n{told}\n");
}

/// Pods of 150 minutes: of three arrivals two are refused in a row. Then the customer leaves, for three hours.
#[test]
fn who_is_refused_twice_in_a_row_leaves_and_comes_back() {
    check(
        r#"duration: "150m", churn: (tolerance: 2, returns_after: "3h")"#,
        "",
        "60 asks, 120 asks, 180 asks, 180 leaves, 210 completed, 240 lost, 300 lost, 360 returns, 360 asks, \
         420 asks, 480 asks, 480 leaves, 510 completed, 540 lost, 600 lost, 660 returns, 660 asks, 720 asks, \
         750 alive",
    );
}

/// Pods of 90 minutes: one is refused, the next is done, and all is forgotten.
#[test]
fn a_pod_whose_work_is_done_makes_them_forget() {
    let told = told(&market(r#"duration: "90m", churn: (tolerance: 2)"#, ""));
    assert!(told.iter().all(|line| !line.ends_with("leaves")), "{told:?}");
    assert_eq!(told.iter().filter(|line| line.ends_with("completed")).count(), 6, "{told:?}");
    check(
        r#"duration: "90m", churn: (tolerance: 1)"#,
        "",
        "60 asks, 120 asks, 120 leaves, 150 completed, 180 lost, 240 lost, 300 lost, 360 lost, 420 lost, \
         480 lost, 540 lost, 600 lost, 660 lost, 720 lost",
    );
}

/// Only what counts does: here nothing that happens, then waits in vain.
#[test]
fn what_does_not_count_is_borne() {
    let left = |segment: &str| {
        let told = told(&market(segment, ""));
        told.into_iter().find(|line| line.ends_with("leaves"))
    };
    assert_eq!(left(r#"duration: "3h", churn: (tolerance: 1, counts: [displaced])"#), None);
    let vain = r#"duration: "3h", patience: "30m", churn: (tolerance: 2, counts: waited_in_vain)"#;
    assert_eq!(left(vain).as_deref(), Some("210 leaves"));
    let refused = r#"duration: "3h", patience: "30m", churn: (tolerance: 1, counts: [refused])"#;
    assert_eq!(left(refused), None);
}

/// A power loss counts once, at once, though the pod starts again; so does a departure, and a displacement at
/// SIGKILL.
#[test]
fn failures_and_displacements_count() {
    let left = |segment: &str, script: &str| {
        let told = told(&market(segment, script));
        let of = |line: &&String| line.ends_with("leaves");
        told.iter().find(of).cloned().unwrap_or_default()
    };
    let down = r#"(at: "90m", do: HostDown(host: "h")), (at: "100m", do: HostUp(host: "h")),
        (at: "110m", do: HostDown(host: "h")), (at: "115m", do: HostUp(host: "h")),"#;
    let of = |tolerance: u32, counts: &str| {
        format!(r#"duration: "50h", churn: (tolerance: {tolerance}, counts: [{counts}])"#)
    };
    assert_eq!(left(&of(1, "host_failed"), down), "90 leaves");
    assert_eq!(left(&of(2, "host_failed"), down), "110 leaves");
    assert_eq!(left(&of(3, "host_failed"), down), "");
    let leave = r#"(at: "95m", do: HostLeave(host: "h"))"#;
    assert_eq!(left(&of(1, "host_failed"), leave), "95 leaves");
    // One blow: the host has no power, and never comes back.
    let both = r#"(at: "90m", do: HostDown(host: "h")), (at: "95m", do: HostLeave(host: "h"))"#;
    assert_eq!(left(&of(2, "host_failed"), both), "");
    // Of a stopped pod the volume is lost: customers who stop theirs when the work is done.
    let stopped = r#"duration: "10m", on_done: stop, volume_gb: 10, until: "90m",
        churn: (tolerance: 1, counts: [host_failed])"#;
    assert_eq!(left(stopped, leave), "95 leaves");
    let newcomer =
        r#"(at: "77m", account: "a", do: CreatePod(name: "p", gpuTypeId: "NVIDIA A40"))"#;
    let spot =
        r#"duration: "50h", kind: spot(share: 0.9), churn: (tolerance: 1, counts: [displaced])"#;
    assert_eq!(left(spot, newcomer), "77 leaves");
}

/// What the summary says: of the market of the first test.
#[test]
fn figures_tell_of_who_turned_away() {
    let scenario = market(r#"duration: "150m", churn: (tolerance: 2, returns_after: "3h")"#, "");
    let mut metrics = Metrics::new(&scenario);
    let mut journal = Journal::new(vec![&mut metrics as &mut dyn Sink]);
    run(&scenario, RunId { seed: 0, replication: 0 }, &mut journal, &mut |_| {}).unwrap();
    let summary = metrics.summary();
    for subject in [Subject::Market, Subject::Segment(Id::from_index(0))] {
        let of = |name: &str| summary.value(name, subject).as_f64().unwrap();
        let counts = [of("customers_left"), of("customers_returned"), of("arrivals_lost")];
        assert_eq!(counts.map(|count| count.round()), [2.0, 2.0, 4.0]);
        // Away from 180 to 360 and from 480 to 660, of 750 minutes.
        assert!((of("customers_away_mean") - 360.0 / 750.0).abs() < 1e-12);
    }
}

/// A customer who decides carries on with the job that is under way, though nobody new comes.
#[test]
fn a_job_under_way_goes_on() {
    check(
        r#"duration: "90m", churn: (tolerance: 2),
        conduct: (on_no_capacity: [retry(after: "20m", times: 9)])"#,
        "",
        "60 asks, 120 asks, 140 asks, 140 leaves, 150 completed, 160 asks, 180 lost, 240 lost, 250 completed, \
         300 lost, 360 lost, 420 lost, 480 lost, 540 lost, 600 lost, 660 lost, 720 lost",
    );
}

/// Common random numbers: who would have come is the same with churn and without.
#[test]
fn arrivals_are_the_same_whoever_turns_away() {
    let of = |churn: &str, hosts: u32| {
        let text = format!(
            r#"(
                horizon: "20d", sample_every: None,
                fleet: [(gpu_type: "NVIDIA A40", cloud: COMMUNITY, gpus: 1, count: {hosts})],
                customers: [(
                    name: "c", accounts: 10, balance: 100000, arrivals: Poisson(rate: "1/h"),
                    gpu_type: "NVIDIA A40", duration: Exponential(mean: "4h"), {churn}
                )],
            )"#
        );
        let scenario = from_text("arrivals", &text).unwrap();
        let mut arrivals: Vec<(SimTime, walras::ids::AccountId)> = Vec::new();
        let mut words: BTreeMap<&str, u64> = BTreeMap::new();
        for (at, fact) in build::run_audited(&scenario, 0) {
            match fact {
                Fact::PodRequested(asked) => arrivals.push((at, asked.account)),
                Fact::Churn(account, Churned::ArrivalLost) => arrivals.push((at, account)),
                _ => {}
            }
            if let Fact::Churn(_, what) = fact {
                *words.entry(what.word()).or_default() += 1;
            }
        }
        (arrivals, words)
    };
    let (all, none_left) = of("", 3);
    let churn =
        r#"churn: (tolerance: Choice({2: 0.5, 4: 0.5}), returns_after: Exponential(mean: "2d"))"#;
    let (few, some_left) = of(churn, 3);
    let (more, others_left) = of(churn, 4);
    assert_eq!(all, few);
    assert_eq!(all, more);
    let count = |words: &BTreeMap<&str, u64>, word| words.get(word).copied().unwrap_or(0);
    assert_eq!(count(&none_left, "left"), 0);
    assert!(10 < count(&some_left, "left"), "{some_left:?}");
    assert!(5 < count(&some_left, "returned"), "{some_left:?}");
    assert!(count(&others_left, "arrival_lost") < count(&some_left, "arrival_lost"));
}
