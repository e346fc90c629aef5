//! What charts say in words: their headings, and lists of names.

use super::ChartKind;
use super::axis::length;
use super::layout::Heading;
use crate::scenario::Scenario;
use crate::units::SimTime;

/// Which run a chart is about.
pub(super) struct About<'a> {
    pub(super) scenario: &'a Scenario,
    /// Its numbers, as `seed 1, replication 0`.
    pub(super) run: String,
}

impl About<'_> {
    /// How long it is: `7 days`.
    pub(super) fn length(&self) -> String {
        length(self.scenario.horizon.saturating_since(SimTime::ZERO))
    }
    /// The heading of one of its charts.
    pub(super) fn heading(&self, kind: ChartKind, title: String) -> Heading {
        let subtitle = format!("{}, {}", self.scenario.title, self.run);
        Heading { name: kind.word(), title, subtitle, note: String::new() }
    }
}

/// `one`, `one and two`, `one, two and three`, `one, two, three and 5 more`.
pub(super) fn listed(names: &[String]) -> String {
    match names {
        [] => String::new(),
        [only] => only.clone(),
        [all @ .., last] if names.len() <= 4 => format!("{} and {last}", all.join(", ")),
        some => format!("{} and {} more", some[..3].join(", "), some.len() - 3),
    }
}
