//! The figures of one run, and how they are printed: `summary.csv` and `summary.json`.
//!
//! Counts, amounts, times and GPU-time are exact. Means and shares are floating-point numbers made
//! of exact sums by one division, printed with the fewest digits that give the same number back.

use super::subject::{Breakdown, Subject};
use crate::scenario::Scenario;
use crate::units::{GpuTime, Money, Span};
use std::fmt;

/// The value of a figure.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Value {
    /// Not defined in this run: a mean of nothing, say. An empty field.
    Undefined,
    /// How many.
    Count(u64),
    /// USD.
    Money(Money),
    /// Seconds.
    Seconds(Span),
    /// GPU-seconds.
    GpuSeconds(GpuTime),
    /// A mean, a rate, a share.
    Number(f64),
}

impl Value {
    /// `part / whole`, undefined if there is no whole.
    pub(super) fn ratio(part: f64, whole: f64) -> Self {
        if whole == 0.0 { Self::Undefined } else { Self::Number(part / whole) }
    }
    /// A value of the same unit; a mean of counts is a number.
    #[must_use]
    pub fn like(self, number: f64) -> Self {
        match self {
            Self::Money(_) => Self::Money(Money::from_drawn_dollars(number)),
            Self::Seconds(_) => Self::Seconds(Span::from_seconds_f64(number)),
            Self::GpuSeconds(_) => {
                Self::GpuSeconds(GpuTime::new(1, Span::from_seconds_f64(number)))
            }
            Self::Undefined | Self::Count(_) | Self::Number(_) => Self::Number(number),
        }
    }
    /// The value as a floating-point number, if it is defined.
    #[expect(clippy::cast_precision_loss, reason = "statistics need no more than 53 bits")]
    pub fn as_f64(self) -> Option<f64> {
        match self {
            Self::Undefined => None,
            Self::Count(count) => Some(count as f64),
            Self::Money(money) => Some(money.as_dollars_f64()),
            Self::Seconds(span) => Some(span.as_seconds_f64()),
            Self::GpuSeconds(time) => Some(time.as_gpu_seconds_f64()),
            Self::Number(number) => Some(number),
        }
    }
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Undefined => Ok(()),
            Self::Count(count) => count.fmt(f),
            Self::Money(money) => money.fmt(f),
            Self::Seconds(span) => span.fmt(f),
            Self::GpuSeconds(time) => time.fmt(f),
            Self::Number(number) => number.fmt(f),
        }
    }
}

/// A metric as the outputs name it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Metric {
    /// Column `metric`.
    pub name: &'static str,
    /// Column `unit`.
    pub unit: &'static str,
    /// Which subjects it has figures for.
    pub breakdown: Breakdown,
}

/// A metric and how it is read from what was gathered about one subject.
pub(super) struct Reading<T> {
    pub(super) metric: Metric,
    pub(super) value: fn(&T) -> Value,
}

impl<T> Reading<T> {
    pub(super) const fn new(
        name: &'static str,
        unit: &'static str,
        breakdown: Breakdown,
        value: fn(&T) -> Value,
    ) -> Self {
        Self { metric: Metric { name, unit, breakdown }, value }
    }
}

/// One figure: a row of the summary.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Figure {
    /// Which metric.
    pub metric: Metric,
    /// About what.
    pub subject: Subject,
    /// What it came to.
    pub value: Value,
}

impl Figure {
    /// Whether both are the same metric about the same.
    pub fn is_of(&self, other: &Self) -> bool {
        self.metric.name == other.metric.name && self.subject == other.subject
    }
}

/// Metrics that are shares of something, as those are whose names end so.
const SHARES: [&str; 2] = ["utilization", "availability"];

/// Whether values of a metric with this unit are shares, 0 to 1.
pub fn is_share(metric: &str, unit: &str) -> bool {
    unit == "1" && (metric.ends_with("_share") || SHARES.contains(&metric))
}

/// A small table as CSV, made whole in memory.
pub(crate) fn csv_text<H, R>(header: H, rows: impl Iterator<Item = R>) -> String
where
    H: IntoIterator<Item: AsRef<[u8]>>,
    R: IntoIterator<Item: AsRef<[u8]>>,
{
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(header).expect("memory takes every write");
    for row in rows {
        writer.write_record(row).expect("memory takes every write");
    }
    let bytes = writer.into_inner().expect("memory takes every write");
    String::from_utf8(bytes).expect("names and numbers are text")
}

/// All figures of one run, metric by metric, each over its subjects.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Summary {
    figures: Vec<Figure>,
}

#[derive(serde::Serialize)]
struct JsonRow<'a> {
    metric: &'a str,
    subject: String,
    value: Option<Box<serde_json::value::RawValue>>,
    unit: &'a str,
}

impl Summary {
    /// The figures, in the order in which they are printed.
    pub fn figures(&self) -> &[Figure] {
        &self.figures
    }
    /// The same figures with other values, in their order.
    #[must_use]
    pub fn with_values(&self, values: impl IntoIterator<Item = Value>) -> Self {
        let figures = self.figures.iter().zip(values);
        Self { figures: figures.map(|(figure, value)| Figure { value, ..*figure }).collect() }
    }
    /// The value of metric `name` about `subject`; undefined if there is no such figure.
    pub fn value(&self, name: &str, subject: Subject) -> Value {
        let wanted = |figure: &&Figure| figure.metric.name == name && figure.subject == subject;
        self.figures.iter().find(wanted).map_or(Value::Undefined, |figure| figure.value)
    }
    /// Adds the figures of `readings` over `subjects`, each with what was gathered about it.
    pub(super) fn add<'t, T: 't>(
        &mut self,
        readings: &[Reading<T>],
        gathered: impl Iterator<Item = (Subject, &'t T)> + Clone,
    ) {
        for reading in readings {
            for (subject, about) in gathered.clone() {
                if reading.metric.breakdown.includes(subject) {
                    let value = (reading.value)(about);
                    self.figures.push(Figure { metric: reading.metric, subject, value });
                }
            }
        }
    }

    /// `summary.csv`.
    pub fn to_csv(&self, scenario: &Scenario) -> String {
        let row = |Figure { metric, subject, value }: &Figure| {
            let (subject, value) = (subject.label(scenario), value.to_string());
            [metric.name.to_owned(), subject, value, metric.unit.to_owned()]
        };
        csv_text(["metric", "subject", "value", "unit"], self.figures.iter().map(row))
    }

    /// `summary.json`: the same rows as a list of objects, numbers with the same digits, undefined
    /// values as null.
    pub fn to_json(&self, scenario: &Scenario) -> String {
        let row = |figure: &Figure| JsonRow {
            metric: figure.metric.name,
            subject: figure.subject.label(scenario),
            value: serde_json::value::RawValue::from_string(figure.value.to_string()).ok(),
            unit: figure.metric.unit,
        };
        let rows: Vec<_> = self.figures.iter().map(row).collect();
        let mut text = serde_json::to_string_pretty(&rows).expect("a list of plain rows");
        text.push('\n');
        text
    }
}
