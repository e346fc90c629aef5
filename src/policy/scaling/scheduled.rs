//! `Scheduled`: so many workers from these instants of each day on, within the endpoint's bounds. Before the first
//! of a day those of the last of the day before. Days are those of UTC: the scenario's `start` says at what time of
//! the day time 0 is.

use super::{Load, Scaling};
use crate::units::{SimTime, Span};
use std::sync::Arc;

/// The policy.
pub(super) struct Scheduled {
    /// Instants of the day, ascending, and how many workers from then on.
    steps: Arc<[(Span, u32)]>,
    /// What of its day was over at time 0.
    begun: Span,
}

impl Scheduled {
    /// Time 0 is `start_unix_s` seconds after 1970 (UTC).
    pub(super) fn new(steps: Arc<[(Span, u32)]>, start_unix_s: i64) -> Self {
        let of_day = start_unix_s.rem_euclid(86_400).unsigned_abs();
        Self { steps, begun: Span::from_seconds(of_day) }
    }
    /// How long ago the present day began.
    fn of_day(&self, now: SimTime) -> Span {
        Span::from_micros((now + self.begun).micros() % Span::DAY.micros())
    }
}

impl Scaling for Scheduled {
    fn desired(&mut self, load: &Load) -> u32 {
        let of_day = self.of_day(load.now);
        let before = self.steps.partition_point(|(from, _)| *from <= of_day);
        let step = before.checked_sub(1).map_or(self.steps.last(), |last| self.steps.get(last));
        load.clamp(step.map_or(0, |(_, workers)| *workers))
    }
    fn look_again(&mut self, load: &Load) -> Option<SimTime> {
        let of_day = self.of_day(load.now);
        let first = self.steps.first().map(|(from, _)| *from + Span::DAY);
        let today = self.steps.iter().map(|(from, _)| *from).find(|from| of_day < *from);
        today.or(first).map(|next| load.now + (next - of_day))
    }
    fn follows_ends(&self) -> bool {
        false
    }
}
