//! `time_of_day`: the price that was stated, times a factor of the hour.
//!
//! ```text
//! p = floor(stated × factor of the latest hour that began)
//! ```
//!
//! Hours are those of UTC, which knows no summer time: every day has the same boundaries. The last factor
//! of a day holds over midnight until the first of the next. The price moves at boundaries alone.
//!
//! 0.79 stated, `{8: 1.25, 22: 0.8}`, a run that starts at 06:00: 0.632 from time 0 on (the night before's
//! factor), 0.9875 two hours later, 0.632 again after 16 hours.

use super::{ListPrice, Priced};
use crate::scenario::prices::DayFactors;
use crate::units::{Money, Share, SimTime, Span};

/// The member.
pub struct TimeOfDay(pub DayFactors);

impl TimeOfDay {
    /// The time of day (UTC) at an instant of the run.
    fn clock(&self, at: SimTime) -> Span {
        const DAY: u64 = Span::DAY.micros();
        Span::from_micros((at.micros() % DAY + self.0.clock.micros()) % DAY)
    }
    /// How many of the day's boundaries have been reached at that time of day.
    fn reached(&self, clock: Span) -> usize {
        self.0.from.partition_point(|(from, _)| *from <= clock)
    }
    /// The factor in force at an instant.
    fn factor(&self, at: SimTime) -> Share {
        let reached = self.reached(self.clock(at)).checked_sub(1);
        self.0.from[reached.unwrap_or(self.0.from.len() - 1)].1
    }
}

impl ListPrice for TimeOfDay {
    fn due(&self, after: Option<SimTime>) -> Option<SimTime> {
        let Some(after) = after else { return Some(SimTime::ZERO) };
        let clock = self.clock(after);
        let next = match self.0.from.get(self.reached(clock)) {
            Some((from, _)) => *from,
            None => self.0.from[0].0 + Span::DAY,
        };
        Some(after + (next - clock))
    }
    fn price(&self, scope: &Priced) -> Money {
        self.factor(scope.now).of(scope.stated)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Tenths by the hour.
    fn factors(start_hour: u64, tenths: &[(u64, i128)]) -> TimeOfDay {
        let from = tenths.iter().map(|(hour, tenths)| {
            (Span::HOUR * *hour, Share::from_billionths(tenths * 100_000_000))
        });
        TimeOfDay(DayFactors { clock: Span::HOUR * start_hour, from: from.collect() })
    }
    fn priced(now: SimTime) -> Priced {
        let stated = Money::parse("0.79").unwrap();
        Priced { now, stated, price: Money::ZERO, utilization: 0 }
    }
    /// Hours of the run at which the price moves, and to what.
    fn moves(policy: &TimeOfDay, until: u64) -> Vec<(u64, String)> {
        let mut found = Vec::new();
        let mut due = policy.due(None);
        while let Some(at) = due.filter(|at| *at <= SimTime::ZERO + Span::HOUR * until) {
            found.push((at.micros() / Span::HOUR.micros(), policy.price(&priced(at)).to_string()));
            due = policy.due(Some(at));
        }
        found
    }
    fn told(moves: &[(u64, &str)]) -> Vec<(u64, String)> {
        moves.iter().map(|(hour, price)| (*hour, (*price).to_owned())).collect()
    }

    #[test]
    fn the_last_factor_holds_over_midnight() {
        let policy = factors(6, &[(8, 12), (22, 8)]);
        let expected = [(0, "0.632"), (2, "0.948"), (16, "0.632"), (26, "0.948"), (40, "0.632")];
        assert_eq!(moves(&policy, 48), told(&expected));
    }

    #[test]
    fn time_0_on_a_boundary_begins_with_its_factor() {
        let policy = factors(22, &[(0, 10), (22, 8)]);
        let expected = [(0, "0.632"), (2, "0.79"), (24, "0.632"), (26, "0.79")];
        assert_eq!(moves(&policy, 26), told(&expected));
        // One factor alone is asked once a day, and moves nothing.
        assert_eq!(
            moves(&factors(0, &[(5, 11)]), 30),
            told(&[(0, "0.869"), (5, "0.869"), (29, "0.869")])
        );
    }

    /// 2024-03-31, when clocks in Europe went forward, and 2024-11-03, when those of America went
    /// back, are days of 24 hours like any other: only the time of day at time 0 is known here.
    #[test]
    fn every_day_has_24_hours() {
        let policy = factors(0, &[(2, 5), (3, 10)]);
        let hours: Vec<u64> = moves(&policy, 400 * 24).into_iter().map(|(hour, _)| hour).collect();
        assert_eq!(hours.len(), 1 + 2 * 400);
        assert!(hours[1..].iter().all(|hour| matches!(hour % 24, 2 | 3)));
    }
}
