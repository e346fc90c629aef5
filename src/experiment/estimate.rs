//! What a figure is on average over replications, and how it is printed.
//!
//! The same columns as one run's, `value` the mean; to the right what is known of it. Means and bounds are
//! printed with the fewest digits that give the same number back.

use super::interval::{LEVEL, Sample};
use crate::metrics::Subject;
use crate::metrics::summary::{Figure, Metric, Summary, Value, csv_text};
use crate::scenario::Scenario;
use serde_json::json;

/// A figure over all replications.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Estimate {
    /// Which metric.
    pub metric: Metric,
    /// About what.
    pub subject: Subject,
    /// A value of it, for its unit; undefined if it is in every replication.
    pub like: Value,
    /// Its values in those replications in which it is defined.
    pub sample: Sample,
}

impl Estimate {
    /// The estimates of all figures of these runs of one scenario, in the order of the summary.
    pub fn of(summaries: &[Summary]) -> Vec<Self> {
        let Some(first) = summaries.first() else { return Vec::new() };
        let estimate = |(row, figure): (usize, &Figure)| {
            let values = summaries.iter().map(|summary| summary.figures()[row].value);
            let alike = summaries.iter().all(|summary| summary.figures()[row].is_of(figure));
            assert!(alike, "the figures of one scenario are the same in every run");
            let defined = values.clone().find(|value| *value != Value::Undefined);
            Self {
                metric: figure.metric,
                subject: figure.subject,
                like: defined.unwrap_or(Value::Undefined),
                sample: values.filter_map(Value::as_f64).collect(),
            }
        };
        first.figures().iter().enumerate().map(estimate).collect()
    }
}

const COLUMNS: [&str; 8] =
    ["metric", "subject", "value", "unit", "low_95", "high_95", "deviation", "replications"];

/// `summary.csv` of replications.
pub(super) fn to_csv(estimates: &[Estimate], scenario: &Scenario) -> String {
    let text = |number: Option<f64>| number.map(|number| number.to_string()).unwrap_or_default();
    let row = |estimate: &Estimate| {
        let Estimate { metric, subject, sample, .. } = estimate;
        let bounds = sample.bounds(LEVEL);
        [
            metric.name.to_owned(),
            subject.label(scenario),
            text(sample.mean()),
            metric.unit.to_owned(),
            text(bounds.map(|(low, _)| low)),
            text(bounds.map(|(_, high)| high)),
            text(sample.deviation()),
            sample.count().to_string(),
        ]
    };
    csv_text(COLUMNS, estimates.iter().map(row))
}

/// `summary.json` of replications: the same rows as a list of objects, what is not defined as null.
pub(super) fn to_json(estimates: &[Estimate], scenario: &Scenario) -> String {
    let row = |estimate: &Estimate| {
        let Estimate { metric, subject, sample, .. } = estimate;
        let bounds = sample.bounds(LEVEL);
        json!({
            "metric": metric.name,
            "subject": subject.label(scenario),
            "value": sample.mean(),
            "unit": metric.unit,
            "low_95": bounds.map(|(low, _)| low),
            "high_95": bounds.map(|(_, high)| high),
            "deviation": sample.deviation(),
            "replications": sample.count(),
        })
    };
    let rows: Vec<_> = estimates.iter().map(row).collect();
    let mut text = serde_json::to_string_pretty(&rows).expect("a list of plain rows");
    text.push('\n');
    text
}
