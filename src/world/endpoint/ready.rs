//! Ready workers with room, the one that takes the next job on top (SLS-29).

use crate::scenario::rules::serverless::Dispatch;
use crate::units::SimTime;

/// Where a worker stands among them. Greater is better: fewer jobs in hand, then by the rule, then by slot.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Standing {
    /// The fewer jobs in hand the greater.
    room: u32,
    /// By the rule.
    key: u64,
    /// By the slot's number.
    tie: u32,
    /// The slot's row.
    pub row: u32,
}

impl Standing {
    /// That of a worker.
    #[inline]
    pub fn of(
        dispatch: Dispatch,
        (in_hand, idle_since, woken): (u32, SimTime, SimTime),
        (number, row): (u32, u32),
    ) -> Self {
        let room = u32::MAX - in_hand;
        let (key, tie) = match dispatch {
            Dispatch::MostRecentlyIdle => (idle_since.micros(), number),
            Dispatch::LongestIdle => (u64::MAX - idle_since.micros(), u32::MAX - number),
            Dispatch::Newest => (woken.micros(), number),
            Dispatch::LowestId => (0, u32::MAX - number),
        };
        Self { room, key, tie, row }
    }
}

/// The workers, in order of standing.
#[derive(Clone, Debug, Default)]
pub struct Ready(Vec<Standing>);

impl Ready {
    /// A worker has room from now on.
    #[inline]
    pub fn enter(&mut self, standing: Standing) {
        if self.0.last().is_none_or(|best| *best < standing) {
            self.0.push(standing);
            return;
        }
        let place = self.0.partition_point(|other| *other < standing);
        self.0.insert(place, standing);
    }
    /// The row of the slot that takes the next job.
    #[inline]
    pub fn best(&self) -> Option<u32> {
        self.0.last().map(|best| best.row)
    }
    /// Takes it out.
    #[inline]
    pub fn take(&mut self) -> Option<u32> {
        self.0.pop().map(|best| best.row)
    }
    /// A worker has no room any more, or is not ready: its standing was this.
    #[inline]
    pub fn leave(&mut self, standing: Standing) {
        if let Ok(place) = self.0.binary_search(&standing) {
            self.0.remove(place);
        }
    }
    /// Whether there is none.
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
    /// Rows of all, for the audit.
    pub fn rows(&self) -> impl Iterator<Item = u32> + '_ {
        self.0.iter().map(|standing| standing.row)
    }
}
