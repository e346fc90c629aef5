//! What charts say in words: their headings, and lists of names.

use super::ChartKind;
use super::axis::length;
use super::layout::Heading;
use crate::scenario::Scenario;
use crate::units::{SimTime, Span};

/// Which run a chart is about.
pub(super) struct About<'a> {
    pub(super) scenario: &'a Scenario,
    /// Its numbers, as `seed 1, replication 0`.
    pub(super) run: String,
}

impl About<'_> {
    /// How long it is, of what is drawn over time: `7 days`, `7 days, warm-up included`.
    pub(super) fn length(&self) -> String {
        format!("{}{}", length(self.until_end(SimTime::ZERO)), self.warm_up_included())
    }
    /// Over how long it counts, of what leaves the warm-up out: `7 days`, `6 days after the warm-up`.
    pub(super) fn counted(&self) -> String {
        let warm_up = self.scenario.warm_up;
        let after = if warm_up == SimTime::ZERO { "" } else { " after the warm-up" };
        format!("{}{after}", length(self.until_end(warm_up)))
    }
    /// What is said of a figure beside those that leave the warm-up out.
    pub(super) fn warm_up_included(&self) -> &'static str {
        if self.scenario.warm_up == SimTime::ZERO { "" } else { ", warm-up included" }
    }
    fn until_end(&self, from: SimTime) -> Span {
        self.scenario.horizon.saturating_since(from)
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
