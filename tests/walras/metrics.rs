//! The figures, whole, as the hand-made story makes them, with and without a warm-up.

use crate::story;
use expect_test::{ExpectFile, expect_file};
use walras::metrics::{Metrics, Subject, Summary};
use walras::scenario::Scenario;
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
