//! What a market came to, by its figures: of one run, or means over replications with their intervals.

use super::parts::{Cell, Column, Group, Line, Part, Section, Table};
use crate::figures::tables::Parts;
use crate::figures::written::{count, percent};
use crate::figures::{GONE, in_column, lines, shown_as};
use crate::metrics::Subject;
use crate::metrics::summary::{Metric, Value, is_share};
use crate::scenario::Scenario;

/// A figure as a report has it.
#[derive(Clone, Debug, PartialEq)]
pub struct Reading {
    /// Which metric.
    pub metric: Metric,
    /// About what.
    pub subject: Subject,
    /// Its value, or the mean over replications; none where it is not defined.
    pub value: Option<f64>,
    /// As the summary has it, to the last digit.
    pub exact: String,
    /// Of replications: what they say of the mean.
    pub spread: Option<Spread>,
}

/// How far replications lie apart.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Spread {
    /// Half of the width of the mean's 95 % interval; none of fewer than two.
    pub half_width: Option<f64>,
    /// Their standard deviation.
    pub deviation: Option<f64>,
    /// How many there are in which the figure is defined.
    pub count: u32,
}

impl Reading {
    fn half_width(&self) -> Option<f64> {
        self.spread?.half_width
    }
    /// In words, with its unit; and the half-width of its interval.
    fn words(&self) -> (String, String) {
        let text = |value: f64| {
            let (text, unit) = told(&self.metric, value);
            if unit.is_empty() { text } else { format!("{text} {unit}") }
        };
        let value = self.value.map_or_else(|| "–".to_owned(), text);
        (value, self.half_width().map(text).map(plus_minus).unwrap_or_default())
    }
}

/// A value, and its unit.
fn told(metric: &Metric, value: f64) -> (String, &'static str) {
    if is_share(metric.name, metric.unit) {
        return (percent(value), "");
    }
    in_column(metric.name, metric.unit, value)
}

/// So many figures stand in a page at most.
const MOST: usize = 3_000;

fn plus_minus(width: String) -> String {
    format!("± {width}")
}

/// The figures of a market, ready to be looked up.
struct Market<'a> {
    scenario: &'a Scenario,
    readings: &'a [Reading],
}

impl Market<'_> {
    fn find(&self, metric: &str, subject: Subject) -> Option<&Reading> {
        let is_it = |one: &&Reading| one.metric.name == metric && one.subject == subject;
        self.readings.iter().find(is_it)
    }
    fn of_all(&self, metric: &str) -> Option<&Reading> {
        self.find(metric, Subject::Market)
    }
    fn is_replicated(&self) -> bool {
        self.readings.iter().any(|reading| reading.spread.is_some())
    }
    /// As [`lines`] asks for it.
    fn value(&self, metric: &str) -> Value {
        let number = |metric: &str| self.of_all(metric).and_then(|reading| reading.value);
        let found = match metric {
            GONE => self.gone(),
            metric => number(metric),
        };
        found.map_or(Value::Undefined, Value::Number)
    }
    /// What stands in no figure of its own: requests that neither waited to the end nor were answered. Of
    /// replications it has no interval, and is not told.
    fn gone(&self) -> Option<f64> {
        if self.is_replicated() {
            return Some(0.0);
        }
        let number = |metric: &str| self.of_all(metric)?.value;
        let known = ["placed", "rejected", "abandoned", "waiting_at_end"];
        let known: f64 = known.into_iter().filter_map(number).sum();
        Some((number("requests")? - known).max(0.0))
    }

    /// The figures that a run closes with.
    fn groups(&self) -> Vec<Group> {
        let mut groups: Vec<Group> = Vec::new();
        for [group, label, metric, share] in lines(&|metric| self.value(metric)) {
            if !group.is_empty() {
                groups.push(Group { title: group.to_owned(), lines: Vec::new() });
            }
            let Some(last) = groups.last_mut() else { continue };
            last.lines.push(self.line(label, metric, share));
        }
        groups
    }
    fn line(&self, label: &str, metric: &str, share: &str) -> Line {
        let (value, width) = match self.of_all(metric) {
            Some(reading) => reading.words(),
            None => {
                let value = self.value(metric).as_f64().unwrap_or_default();
                (shown_as(metric, "1", value), String::new())
            }
        };
        let (share, share_width) = self.of_all(share).map(Reading::words).unwrap_or_default();
        Line { label: label.to_owned(), value, width, share, share_width }
    }

    /// A table of the parts that have anything to tell, with the columns that tell anything of any.
    fn table(&self, parts: Parts) -> Option<Table> {
        let subjects: Vec<(String, Subject)> = parts.subjects(self.scenario);
        let tells = |subject: Subject, metric: &str| {
            self.find(metric, subject).is_some_and(|reading| reading.value.is_some())
        };
        let is_something = |subject: Subject, metric: &str| {
            let value = self.find(metric, subject).and_then(|reading| reading.value);
            value.is_some_and(|value| value != 0.0)
        };
        let mut headings = parts.headings();
        let subjects: Vec<(String, Subject)> = subjects
            .into_iter()
            .filter(|(_, subject)| headings.iter().any(|(_, name)| is_something(*subject, name)))
            .collect();
        headings.retain(|(_, metric)| subjects.iter().any(|(_, subject)| tells(*subject, metric)));
        if subjects.is_empty() || headings.is_empty() {
            return None;
        }
        let [title, first] = parts.words();
        let mut columns = vec![Column::words(first)];
        columns.extend(headings.iter().map(|(name, metric)| {
            let found = self.readings.iter().find(|reading| reading.metric.name == *metric);
            let unit = found.map_or("", |one| in_column(metric, one.metric.unit, 0.0).1);
            Column::numbers(name, unit)
        }));
        let row = |(name, subject): &(String, Subject)| {
            let cell = |(_, metric): &(&str, &str)| self.cell(metric, *subject);
            std::iter::once(Cell::words(name.as_str())).chain(headings.iter().map(cell)).collect()
        };
        let rows = subjects.iter().map(row).collect();
        let (title, note) = (title.to_owned(), String::new());
        Some(Table { title, note, columns, rows, filters: false })
    }
    fn cell(&self, metric: &str, subject: Subject) -> Cell {
        let Some(reading) = self.find(metric, subject) else { return Cell::default() };
        let text = |value: f64| told(&reading.metric, value).0;
        let cell = Cell::number(reading.value, reading.value.map(text).unwrap_or_default());
        cell.beside(reading.half_width().map(text).map(plus_minus).unwrap_or_default())
    }

    /// Every figure of the summary.
    fn all(&self) -> Table {
        let mut columns = vec![
            Column::words("metric"),
            Column::words("about"),
            Column::numbers(if self.is_replicated() { "mean" } else { "value" }, ""),
            Column::words("unit"),
        ];
        if self.is_replicated() {
            let more = ["95 % from", "to", "deviation", "replications"];
            columns.extend(more.map(|name| Column::numbers(name, "")));
        }
        let row = |reading: &Reading| {
            let mut row = vec![
                Cell::words(reading.metric.name),
                Cell::words(reading.subject.label(self.scenario)),
                Cell::number(reading.value, reading.exact.as_str()),
                Cell::words(reading.metric.unit),
            ];
            if let Some(spread) = reading.spread {
                let bound = |sign: f64| Some(reading.value? + sign * spread.half_width?);
                let count = f64::from(spread.count);
                for number in [bound(-1.0), bound(1.0), spread.deviation, Some(count)] {
                    row.push(Cell::number(number, number.map(digits).unwrap_or_default()));
                }
            }
            row
        };
        let rows = self.readings.iter().take(MOST).map(row).collect();
        let mut note = "output/README.md says what each means, with its formula.".to_owned();
        if MOST < self.readings.len() {
            let (shown, all) = (count(MOST as u64), count(self.readings.len() as u64));
            note.push_str(&format!(" These are the first {shown} of {all}: summary.csv has all."));
        }
        Table { title: "Every figure".to_owned(), note, columns, rows, filters: true }
    }
}

/// A number to six digits that count.
pub(super) fn digits(value: f64) -> String {
    let size = value.abs();
    let whole = [1e5, 1e4, 1e3, 1e2, 1e1, 1e0].iter().position(|least| *least <= size);
    let places = match whole {
        Some(places) => places,
        None if size < 1e-12 => 0,
        None if size < 1e-3 => 9,
        None => 6,
    };
    let text = format!("{value:.places$}");
    if text.contains('.') {
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    } else {
        text
    }
}

/// The sections about what a market came to: main figures, tables of its parts, every figure.
pub fn of_market(scenario: &Scenario, readings: &[Reading], about: Vec<String>) -> [Section; 3] {
    let market = Market { scenario, readings };
    let tables = Parts::ALL.into_iter().filter_map(|parts| market.table(parts));
    let section = |id, title, parts| Section { id, title, about: Vec::new(), parts };
    [
        Section {
            about,
            ..section("figures", "Main figures", vec![Part::Groups(market.groups())])
        },
        section("parts", "By part of the market", tables.map(Part::Table).collect()),
        section("all", "All figures", vec![Part::Table(market.all())]),
    ]
}
