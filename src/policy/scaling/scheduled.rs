//! `Scheduled`: so many workers from these instants of each day on, within the endpoint's bounds. Before the first
//! of a day those of the last of the day before. Days are counted from time 0.

use super::{Load, Scaling};
use crate::units::{SimTime, Span};
use std::sync::Arc;

/// The policy.
pub(super) struct Scheduled {
    /// Instants of the day, ascending, and how many workers from then on.
    pub(super) steps: Arc<[(Span, u32)]>,
}

impl Scaling for Scheduled {
    fn desired(&mut self, load: &Load) -> u32 {
        let of_day = Span::from_micros(load.now.micros() % Span::DAY.micros());
        let before = self.steps.partition_point(|(from, _)| *from <= of_day);
        let step = before.checked_sub(1).map_or(self.steps.last(), |last| self.steps.get(last));
        load.clamp(step.map_or(0, |(_, workers)| *workers))
    }
    fn look_again(&mut self, load: &Load) -> Option<SimTime> {
        let day = load.now.micros() / Span::DAY.micros() * Span::DAY.micros();
        let of_day = Span::from_micros(load.now.micros() - day);
        let next = self.steps.iter().map(|(from, _)| *from).find(|from| of_day < *from);
        let midnight = SimTime::from_micros(day);
        match (next, self.steps.first()) {
            (Some(next), _) => Some(midnight + next),
            (None, Some((first, _))) => Some(midnight + Span::DAY + *first),
            (None, None) => None,
        }
    }
    fn follows_ends(&self) -> bool {
        false
    }
}
