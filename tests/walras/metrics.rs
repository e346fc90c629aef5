//! The figures, whole, as the hand-made story makes them, with and without a warm-up.

use crate::storm::{Weather, storms};
use crate::story;
use expect_test::{ExpectFile, expect_file};
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::TestRunner;
use walras::engine::{self, RunId};
use walras::journal::{Fact, Journal, Sink};
use walras::metrics::summary::Value;
use walras::metrics::{Metrics, Subject, Summary};
use walras::scenario::Scenario;
use walras::scenario::load::from_text;
use walras::scenario::model::Cloud;
use walras::units::SimTime;

fn figures(scenario: &Scenario, warm_up_ends: Option<u64>) -> Summary {
    let mut metrics = Metrics::new(scenario);
    story::tell(&mut metrics, warm_up_ends);
    metrics.summary()
}

fn check(warm_up_ends: Option<u64>, expected: &ExpectFile) {
    let mut scenario = story::scenario();
    scenario.warm_up = SimTime::from_seconds(warm_up_ends.unwrap_or(0));
    expected.assert_eq(&figures(&scenario, warm_up_ends).to_csv(&scenario));
}

#[test]
fn whole_run() {
    check(None, &expect_file!["snapshots/summary_whole_run.csv"]);
}

#[test]
fn after_the_warm_up() {
    check(Some(123), &expect_file!["snapshots/summary_after_warm_up.csv"]);
}

/// A row of `summary.json`, its number as the text that stands there.
#[derive(serde::Deserialize)]
struct JsonRow {
    metric: String,
    subject: String,
    value: Box<serde_json::value::RawValue>,
    unit: String,
}

#[test]
fn json_holds_the_same_figures_digit_for_digit() {
    let scenario = story::scenario();
    let summary = figures(&scenario, None);
    let json: Vec<JsonRow> = serde_json::from_str(&summary.to_json(&scenario)).unwrap();
    let mut csv = String::from("metric,subject,value,unit\n");
    for JsonRow { metric, subject, value, unit } in json {
        let value = if value.get() == "null" { "" } else { value.get() };
        csv.push_str(&format!("{metric},{subject},{value},{unit}\n"));
    }
    assert_eq!(csv, summary.to_csv(&scenario));
}

#[test]
fn a_segment_named_like_a_kind_is_told_apart() {
    let mut scenario = story::scenario();
    scenario.segments[0].name = "spot".into();
    assert_eq!(Subject::Segment(scenario.segments[0].id).label(&scenario), "segment/spot");
    assert_eq!(Subject::Spot.label(&scenario), "kind/spot");
    assert_eq!(Subject::Cloud(Cloud::Secure).label(&scenario), "cloud/SECURE");
}

/// The figures of a run.
fn of_run(scenario: &Scenario) -> Summary {
    let mut metrics = Metrics::new(scenario);
    let run = RunId { seed: 0, replication: 0 };
    engine::run(scenario, run, &mut Journal::new(vec![&mut metrics]), &mut |_| {}).unwrap();
    metrics.summary()
}

/// One who hears every fact, whether the figures want it or not.
struct All<'a, 'b>(&'a mut Metrics<'b>);

impl Sink for All<'_, '_> {
    fn hear(&mut self, at: SimTime, fact: &Fact) {
        self.0.hear(at, fact);
    }
}

/// The figures make nothing of the facts that they don't want to hear.
#[test]
fn facts_that_are_not_wanted_change_no_figure() {
    let mut runner = TestRunner::deterministic();
    for _ in 0..40 {
        let scenario = storms(Weather::ODD).new_tree(&mut runner).unwrap().current().scenario();
        let mut metrics = Metrics::new(&scenario);
        let mut all = All(&mut metrics);
        let run = RunId { seed: 0, replication: 0 };
        engine::run(&scenario, run, &mut Journal::new(vec![&mut all]), &mut |_| {}).unwrap();
        let heard_all = metrics.summary().to_csv(&scenario);
        assert_eq!(of_run(&scenario).to_csv(&scenario), heard_all);
    }
}

/// GEN-14, POD-22. Every request is placed, refused for a stated reason, abandoned, or waits at the end;
/// those refused outright stand beside.
#[test]
fn every_request_is_accounted_for() {
    let text = r#"(
        horizon: "1h",
        fleet: [(gpu_type: "NVIDIA RTX A6000", gpus: 2, datacenter: "EU-RO-1")],
        accounts: [(name: "ada", balance: 100), (name: "poor", balance: 0.1)],
        script: [
            (at: "0s", account: "ada", do: CreatePod(name: "a", gpuTypeId: "NVIDIA RTX A6000", gpuCount: 2)),
            (at: "1s", account: "ada", do: CreatePod(name: "b", gpuTypeId: "NVIDIA RTX A6000")),
            (at: "2s", account: "ada", do: CreateSpotPod(name: "c", gpuTypeId: "NVIDIA RTX A6000", bidPerGpu: 0.1)),
            (at: "3s", account: "poor", do: CreatePod(name: "d", gpuTypeId: "NVIDIA RTX A6000")),
            (at: "5s", account: "ada", do: CreatePod(name: "e", gpuTypeId: "NVIDIA RTX A6000", patience: "10s")),
            (at: "6s", account: "ada", do: CreatePod(name: "f", gpuTypeId: "NVIDIA RTX A6000", patience: "1d")),
            (at: "7s", account: "ada", do: ResumePod(podId: "a")),
        ],
    )"#;
    let scenario = from_text("all.ron", text).unwrap_or_else(|problems| panic!("{problems}"));
    let summary = of_run(&scenario);
    let of = |metric| summary.value(metric, Subject::Market);
    for (metric, count) in [
        ("requests", 6),
        ("placed", 1),
        ("rejected", 3),
        ("rejected_no_capacity", 1),
        ("rejected_bid_below_floor", 1),
        ("rejected_no_funds", 1),
        ("rejected_too_large", 0),
        ("abandoned", 1),
        ("waiting_at_end", 1),
        ("refused_outright", 1),
    ] {
        assert_eq!(of(metric), Value::Count(count), "{metric}");
    }
}

/// BILL-10. A victim that waits for its host and is stopped for funds was not refused.
#[test]
fn who_waits_for_its_host_and_is_stopped_for_funds_is_not_rejected() {
    let text = r#"(
        horizon: "3h",
        rules: (displaced: resume),
        fleet: [(gpu_type: "NVIDIA RTX A6000", names: ["h", "k"], gpus: 1, datacenter: "EU-RO-1")],
        accounts: [(name: "ada", balance: 1.2), (name: "rich", balance: 100)],
        script: [
            (at: "0s", account: "ada", do: CreateSpotPod(name: "v", gpuTypeId: "NVIDIA RTX A6000", bidPerGpu: 0.5)),
            (at: "1s", account: "ada", do: CreateSpotPod(name: "k", gpuTypeId: "NVIDIA RTX A6000", bidPerGpu: 0.6)),
            (at: "2s", account: "rich", do: CreatePod(name: "d", gpuTypeId: "NVIDIA RTX A6000")),
        ],
    )"#;
    let scenario = from_text("resuming.ron", text).unwrap_or_else(|problems| panic!("{problems}"));
    let summary = of_run(&scenario);
    let of = |metric| summary.value(metric, Subject::Market);
    assert_eq!(of("stops_for_funds"), Value::Count(1));
    assert_eq!(of("requests"), Value::Count(4), "three, and the victim's resume");
    assert_eq!(of("rejected"), Value::Count(0));
}
