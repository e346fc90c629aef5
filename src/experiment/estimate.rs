//! What a figure is on average over replications, and how it is printed.
//!
//! The same columns as one run's, `value` the mean; to the right what is known of it. Means and bounds are
//! printed with the fewest digits that give the same number back.

use super::interval::{LEVEL, Sample};
use super::quantile::Quantile;
use super::table::{MEAN, mean, text_of};
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
    /// Quantiles over these replications: the median, and the value that nine of ten stay below.
    pub quantiles: [Option<Quantile>; 2],
}

/// Which quantiles are told.
const QUANTILES: [f64; 2] = [0.5, 0.9];

impl Estimate {
    /// The estimates of all figures of these runs of one scenario, in the order of the summary.
    pub fn of(summaries: &[Summary]) -> Vec<Self> {
        let Some(first) = summaries.first() else { return Vec::new() };
        let estimate = |(row, figure): (usize, &Figure)| {
            let values = summaries.iter().map(|summary| summary.figures()[row].value);
            let alike = summaries.iter().all(|summary| summary.figures()[row].is_of(figure));
            assert!(alike, "the figures of one scenario are the same in every run");
            let defined = values.clone().find(|value| *value != Value::Undefined);
            let values: Vec<f64> = values.filter_map(Value::as_f64).collect();
            Self {
                metric: figure.metric,
                subject: figure.subject,
                like: defined.unwrap_or(Value::Undefined),
                sample: values.iter().copied().collect(),
                quantiles: QUANTILES.map(|share| Quantile::of(&values, share)),
            }
        };
        first.figures().iter().enumerate().map(estimate).collect()
    }
}

/// What stands on the right of a mean.
const BESIDE: [&str; 6] =
    ["median", "median_low_95", "median_high_95", "p90", "p90_low_95", "p90_high_95"];

/// `summary.csv` of replications.
pub(super) fn to_csv(estimates: &[Estimate], scenario: &Scenario) -> String {
    let columns = MEAN;
    let header = columns.iter().map(|column| &*column.name).chain(BESIDE);
    let row = |estimate: &Estimate| {
        let Estimate { metric, subject, sample, quantiles, .. } = estimate;
        let beside = quantiles.iter().flat_map(|quantile| {
            let bounds = quantile.and_then(|quantile| quantile.bounds);
            [quantile.map(|quantile| quantile.value), bounds.map(|of| of.0), bounds.map(|of| of.1)]
        });
        let mean = mean([metric.name, &subject.label(scenario), metric.unit], sample);
        mean.into_iter().chain(beside.map(text_of)).collect::<Vec<_>>()
    };
    csv_text(header, estimates.iter().map(row))
}

/// `summary.json` of replications: the same rows as a list of objects, what is not defined as null.
pub(super) fn to_json(estimates: &[Estimate], scenario: &Scenario) -> String {
    let row = |estimate: &Estimate| {
        let Estimate { metric, subject, sample, quantiles, .. } = estimate;
        let bounds = sample.bounds(LEVEL);
        let value = |index: usize| quantiles[index].map(|quantile| quantile.value);
        let within = |index: usize| quantiles[index].and_then(|quantile| quantile.bounds);
        json!({
            "metric": metric.name,
            "subject": subject.label(scenario),
            "value": sample.mean(),
            "unit": metric.unit,
            "low_95": bounds.map(|(low, _)| low),
            "high_95": bounds.map(|(_, high)| high),
            "deviation": sample.deviation(),
            "replications": sample.count(),
            "median": value(0),
            "median_low_95": within(0).map(|(low, _)| low),
            "median_high_95": within(0).map(|(_, high)| high),
            "p90": value(1),
            "p90_low_95": within(1).map(|(low, _)| low),
            "p90_high_95": within(1).map(|(_, high)| high),
        })
    };
    let rows: Vec<_> = estimates.iter().map(row).collect();
    let mut text = serde_json::to_string_pretty(&rows).expect("a list of plain rows");
    text.push('\n');
    text
}
