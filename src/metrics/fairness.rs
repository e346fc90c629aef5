//! How evenly the market serves its customers: Jain's index.
//!
//! Each account, and each segment, is served the share x = useful GPU-time / GPU-time asked for, over
//! pods that were first requested after the warm-up and stated their work. Jain's index
//! (Σx)² / (n·Σx²) is 1 when all get the same share and 1/n when one gets all.
//! R. Jain, D. Chiu, W. Hawe: A Quantitative Measure of Fairness, DEC-TR-301, 1984.

use super::subject::Breakdown::Market;
use super::summary::{Reading, Value};
use crate::ids::Id;
use crate::journal::fact::{RentalEnd, Requested};
use crate::scenario::Scenario;
use crate::units::GpuTime;

/// Work asked for and work done of one customer.
#[derive(Clone, Copy, Debug, Default)]
struct Served {
    asked: GpuTime,
    useful: GpuTime,
}

/// Work asked for and work done of all accounts and segments.
#[derive(Clone, Debug)]
pub(super) struct Fairness {
    accounts: Vec<Served>,
    segments: Vec<Served>,
    /// By slot: whether the pod there was first requested after the warm-up and stated its work.
    counted: Vec<bool>,
}

impl Fairness {
    pub(super) fn new(scenario: &Scenario) -> Self {
        Self {
            accounts: vec![Served::default(); scenario.accounts.len()],
            segments: vec![Served::default(); scenario.segments.len()],
            counted: Vec::new(),
        }
    }

    /// A rental was requested; `counting`: after the warm-up.
    pub(super) fn request(&mut self, asked: &Requested, counting: bool) {
        if asked.rental != 1 {
            return;
        }
        let slot = asked.pod.slot as usize;
        if self.counted.len() <= slot {
            self.counted.resize(slot + 1, false);
        }
        self.counted[slot] = counting && asked.work.is_some();
        if self.counted[slot] {
            let work = asked.work.unwrap_or_default();
            self.of(asked, |served| served.asked += work);
        }
    }
    /// A rental ended, or stands at the horizon.
    pub(super) fn end_rental(&mut self, asked: &Requested, end: &RentalEnd) {
        if self.counted.get(asked.pod.slot as usize).copied().unwrap_or(false) {
            self.of(asked, |served| served.useful += end.useful);
        }
    }
    fn of(&mut self, asked: &Requested, change: impl Fn(&mut Served)) {
        change(&mut self.accounts[asked.account.index()]);
        if let Some(segment) = asked.segment {
            change(&mut self.segments[segment.index()]);
        }
    }
    /// The indexes of what was served so far.
    pub(super) fn indexes(&self) -> JainIndexes {
        JainIndexes { accounts: jain(&self.accounts), segments: jain(&self.segments) }
    }
}

/// Jain's index over those who asked for any work.
fn jain(customers: &[Served]) -> Value {
    let (mut count, mut sum, mut squares) = (0.0, 0.0, 0.0);
    for served in customers.iter().filter(|served| served.asked != GpuTime::ZERO) {
        let share = served.useful.as_gpu_seconds_f64() / served.asked.as_gpu_seconds_f64();
        count += 1.0;
        sum += share;
        squares += share * share;
    }
    Value::ratio(sum * sum, count * squares)
}

/// Fairness among accounts and among segments.
#[derive(Clone, Copy, Debug)]
pub(super) struct JainIndexes {
    accounts: Value,
    segments: Value,
}

/// The metrics of fairness, in the order of the summary.
pub(super) const READINGS: &[Reading<JainIndexes>] = &[
    Reading::new("fairness_accounts", "1", Market, |jain| jain.accounts),
    Reading::new("fairness_segments", "1", Market, |jain| jain.segments),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::units::Span;

    #[test]
    fn jains_index_is_one_for_equals_and_one_nth_for_a_single_winner() {
        let work = |seconds| GpuTime::new(1, Span::from_seconds(seconds));
        let served = |useful| Served { asked: work(100), useful: work(useful) };
        assert_eq!(jain(&[served(50), served(50)]), Value::Number(1.0));
        assert_eq!(jain(&[served(100), served(0), served(0), served(0)]), Value::Number(0.25));
        assert_eq!(jain(&[served(0)]), Value::Undefined);
        assert_eq!(jain(&[Served::default(), served(7)]), Value::Number(1.0));
    }
}
