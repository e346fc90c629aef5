//! `Plan(…)`: which value of a field meets a target.

use super::Measure;
use super::file::{Common, at_least, level, measure, refuse_seed};
use crate::scenario::load::Override;
use crate::scenario::problem::Fault;
use crate::scenario::text::{Field, Origin, Place, Reader};
use crate::units::{Money, Span};
use serde::Deserialize;

/// What is varied, and what it is to reach.
#[derive(Clone, Debug, PartialEq)]
pub struct Plan {
    /// The path of the field that is varied.
    pub path: String,
    /// Where the file says so.
    origin: Option<Origin>,
    /// Its values.
    pub scale: Scale,
    /// Which of the values that meet the target is wanted.
    pub seek: Seek,
    /// What is to be met.
    pub target: Target,
    /// How sure the verdict about a value has to be, each by itself.
    pub confidence: f64,
    /// The least replications of a value.
    pub least: u32,
    /// The most replications of a value.
    pub most: u32,
    /// How many values over the whole range the curve has besides those of the search.
    pub curve: u32,
}

impl Plan {
    /// What sets the field to the value of this index.
    pub fn set(&self, index: u64) -> Override {
        let set = Override::new(self.path.as_str(), self.scale.stated(index));
        match &self.origin {
            Some(origin) => set.stated_at(origin.clone()),
            None => set,
        }
    }
}

/// Evenly spaced values, exact decimals of nine digits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scale {
    from: Money,
    step: Money,
    count: u64,
    /// What stands behind the number, where the value is a text.
    unit: Option<String>,
}

impl Scale {
    /// How many values there are; at least two.
    pub const fn count(&self) -> u64 {
        self.count
    }
    fn at(&self, index: u64) -> Money {
        Money::from_nanos(self.from.nanos() + self.step.nanos() * i128::from(index))
    }
    /// The value of this index as a scenario writes it.
    pub fn stated(&self, index: u64) -> String {
        match &self.unit {
            Some(_) => format!("\"{}\"", self.shown(index)),
            None => self.shown(index),
        }
    }
    /// The value of this index as a table shows it.
    pub fn shown(&self, index: u64) -> String {
        format!("{}{}", self.at(index), self.unit.as_deref().unwrap_or_default())
    }
    /// The number of this index.
    pub fn number(&self, index: u64) -> f64 {
        self.at(index).as_dollars_f64()
    }
}

/// Which of the values that meet a target.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Seek {
    /// The smallest: more of it helps.
    Smallest,
    /// The largest: more of it hurts.
    Largest,
}

impl Seek {
    /// As an experiment writes it.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Smallest => "smallest",
            Self::Largest => "largest",
        }
    }
}

/// What is to be met by the mean over replications.
#[derive(Clone, Debug, PartialEq)]
pub struct Target {
    /// Of what.
    pub kind: TargetKind,
    /// Whether it is to be at least, not at most, the bound.
    pub at_least: bool,
    /// The bound.
    pub bound: f64,
    /// The line of the file on which it says whose requests.
    pub line: usize,
}

/// What a target is about.
#[derive(Clone, Debug, PartialEq)]
pub enum TargetKind {
    /// The share of requests that run within so long, of a subject.
    StartedWithin(Span, String),
    /// A figure of the summary.
    Metric(Measure),
}

impl TargetKind {
    /// The metric that it is, and its unit where that is no metric of the summary.
    pub fn metric(&self) -> (&str, Option<&'static str>) {
        match self {
            Self::StartedWithin(..) => ("started_in_time_share", Some("1")),
            Self::Metric(measure) => (&measure.metric, None),
        }
    }
}

impl std::fmt::Display for TargetKind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::StartedWithin(span, of) => {
                write!(f, "share of requests of {of} that start within {span} s")
            }
            Self::Metric(measure) => measure.fmt(f),
        }
    }
}

impl std::fmt::Display for Target {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.kind.fmt(f)?;
        let relation = if self.at_least { "at least" } else { "at most" };
        write!(f, " {relation} {}", self.bound)
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields, rename = "Plan")]
pub(super) struct PlanText {
    /// Text. Default: the file's name.
    title: Field,
    /// The path of the scenario, from this file. Mandatory.
    scenario: Field,
    /// Map of paths and values: what is set in the scenario at all values. Default: none.
    set: Field,
    /// Whole number. Default: the scenario's.
    seed: Field,
    /// List of metrics that the curve shows besides. Default: none.
    metrics: Field,
    /// [`VaryText`]. Mandatory.
    vary: Field,
    /// [`TargetText`]. Mandatory.
    target: Field,
    /// Between 0.5 and 1. Default: 0.95.
    confidence: Field,
    /// Whole number, at least 2: replications of each value. Default: 10.
    least: Field,
    /// Whole number: replications of a value that is hard to judge. Default: 160.
    most: Field,
    /// Whole number: further values over the range that are run for the curve. Default: 8.
    curve: Field,
}

/// What is varied.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct VaryText {
    /// Text: the path of a field, such as `"fleet[0].count"`. Mandatory.
    path: Field,
    /// Number: the least value. Mandatory.
    from: Field,
    /// Number: the greatest value. Mandatory.
    to: Field,
    /// Number above 0. Default: 1.
    step: Field,
    /// Text behind the number, as `"/h"`: the value is a text then. Default: none, a number.
    unit: Field,
    /// `smallest` or `largest`: which of the values that meet the target. Default: `smallest`.
    seek: Field,
}

/// What is to be met: a share of requests that start in time, or a metric; at least or at most.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct TargetText {
    /// Duration: the share of requests that run within it, refused and abandoned ones counted as late.
    started_within: Field,
    /// Text: whose requests; `"market"`, `"kind/on_demand"`, `"segment/labs"`, `"endpoint/llm"`. Default:
    /// `"market"`.
    of: Field,
    /// A metric.
    metric: Field,
    /// Number.
    at_least: Field,
    /// Number.
    at_most: Field,
}

impl PlanText {
    pub(super) const fn common(&self) -> Common {
        let Self { title, scenario, set, seed, metrics, .. } = *self;
        Common { title, scenario, set, seed, metrics }
    }
}

pub(super) fn read(reader: &mut Reader, place: &Place, text: &PlanText, metrics: &[&str]) -> Plan {
    let (path, scale, seek) = vary(reader, place, text.vary);
    let least = at_least(reader, place, ("least", text.least), (2, 10));
    let at = place.field("vary");
    let key = reader.sources.range(&at.field("path"));
    Plan {
        path,
        origin: text.vary.is_stated().then(|| reader.sources.stated(key, &at)),
        scale,
        seek,
        target: target(reader, place, text.target, metrics),
        confidence: level(reader, place, ("confidence", text.confidence), 0.95),
        least,
        most: at_least(reader, place, ("most", text.most), (least, 160.max(least))),
        curve: reader.or(place, ("curve", text.curve), 8),
    }
}

fn vary(reader: &mut Reader, place: &Place, field: Field) -> (String, Scale, Seek) {
    let one = Money::from_nanos(1_000_000_000);
    let scale = Scale { from: Money::ZERO, step: one, count: 2, unit: None };
    let nothing = (String::new(), scale, Seek::Smallest);
    if !field.is_stated() {
        reader.missing(place, "vary");
        return nothing;
    }
    let at = place.field("vary");
    let Some(text) = reader.shape::<VaryText>(&at) else { return nothing };
    let path: Option<String> = reader.required(&at, ("path", text.path));
    refuse_seed(reader, &at.field("path"), path.as_deref().unwrap_or_default());
    let from: Option<Money> = reader.required(&at, ("from", text.from));
    let to: Option<Money> = reader.required(&at, ("to", text.to));
    let step: Money = reader.or(&at, ("step", text.step), one);
    let unit = reader.optional(&at, ("unit", text.unit));
    let seek = seek(reader, &at, text.seek);
    let (Some(path), Some(from), Some(to)) = (path, from, to) else { return nothing };
    if step.nanos() <= 0 {
        reader.report(&at.field("step"), Fault::new("no step", "a number above 0"));
        return nothing;
    }
    let steps = (to.nanos() - from.nanos()).div_euclid(step.nanos());
    let count = u64::try_from(steps).ok().filter(|steps| 0 < *steps && *steps < 1 << 40);
    let Some(steps) = count else {
        let expected = "a greatest value at least one step above the least";
        reader.report(&at.field("to"), Fault::new("no range", expected));
        return nothing;
    };
    (path, Scale { from, step, count: steps + 1, unit }, seek)
}

fn seek(reader: &mut Reader, place: &Place, field: Field) -> Seek {
    if !field.is_stated() {
        return Seek::Smallest;
    }
    let at = place.field("seek");
    let stated = reader.sources.text(&at).to_owned();
    match stated.as_str() {
        "smallest" => Seek::Smallest,
        "largest" => Seek::Largest,
        _ => {
            let fault = Fault::new("unknown choice", "smallest or largest");
            reader.report(&at, fault.near(&stated, ["smallest", "largest"]));
            Seek::Smallest
        }
    }
}

fn target(reader: &mut Reader, place: &Place, field: Field, metrics: &[&str]) -> Target {
    let of = "market".to_owned();
    let nothing = || Target {
        kind: TargetKind::StartedWithin(Span::ZERO, of.clone()),
        at_least: true,
        bound: 0.0,
        line: 0,
    };
    if !field.is_stated() {
        reader.missing(place, "target");
        return nothing();
    }
    let at = place.field("target");
    let Some(text) = reader.shape::<TargetText>(&at) else { return nothing() };
    let kind = if text.metric.is_stated() == text.started_within.is_stated() {
        reader.report(&at, Fault::new("no single target", "either `metric` or `started_within`"));
        None
    } else if text.metric.is_stated() {
        measure(reader, &at.field("metric"), metrics).map(TargetKind::Metric)
    } else {
        let span = reader.optional(&at, ("started_within", text.started_within));
        let of = reader.or(&at, ("of", text.of), of.clone());
        span.map(|span| TargetKind::StartedWithin(span, of))
    };
    if text.at_least.is_stated() == text.at_most.is_stated() {
        reader.report(&at, Fault::new("no bound", "either `at_least` or `at_most`"));
    }
    let named = if text.at_least.is_stated() {
        ("at_least", text.at_least)
    } else {
        ("at_most", text.at_most)
    };
    let bound: f64 = reader.or(&at, named, 0.0);
    if let Some(TargetKind::StartedWithin(..)) = kind
        && !(0.0..=1.0).contains(&bound)
    {
        reader.report(&at.field(named.0), Fault::new("no share", "a number from 0 to 1"));
    }
    let whose = if text.of.is_stated() { at.field("of") } else { at };
    let line = reader.sources.line(&whose);
    let at_least = text.at_least.is_stated();
    kind.map_or_else(nothing, |kind| Target { kind, at_least, bound, line })
}
