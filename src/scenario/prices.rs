//! How prices move by themselves: replayed paths, and the policies of list prices that a scenario chose.

use super::own::OwnPolicy;
use crate::units::{Money, Share, SimTime, Span};

/// A price per GPU-hour that moves in steps.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PricePath {
    /// From when on which price holds: the first from time 0, each later than the one before and at
    /// another price; never empty.
    pub rows: Vec<(SimTime, Money)>,
}

impl PricePath {
    /// The price in force at an instant.
    pub fn at(&self, at: SimTime) -> Money {
        let after = self.rows.partition_point(|(from, _)| *from <= at);
        after.checked_sub(1).map_or(Money::ZERO, |last| self.rows[last].1)
    }
    /// When the price moves next after an instant, if it ever does.
    pub fn next_after(&self, at: SimTime) -> Option<SimTime> {
        let after = self.rows.partition_point(|(from, _)| *from <= at);
        self.rows.get(after).map(|(from, _)| *from)
    }
}

/// A price that rises where more than the target is in use, and falls where less is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UtilizationRule {
    /// How often it moves; positive.
    pub interval: Span,
    /// At which use it stays, in millionths of what is up.
    pub target: u32,
    /// By which part of itself it moves for each part that the use is off, in millionths.
    pub gain: u32,
}

impl UtilizationRule {
    /// As posted spot prices do by default.
    pub const DEFAULT: Self =
        Self { interval: Span::from_seconds(300), target: 800_000, gain: 500_000 };
    /// SPOT-13. The price after `price`, where `utilization` millionths were in use since it was set:
    /// `clamp(floor(p × (10^12 + gain × (u − target)) / 10^12), floor, cap)`, the cap at least the floor.
    pub fn next(&self, price: Money, utilization: u32, (floor, cap): (Money, Money)) -> Money {
        const WHOLE: i128 = 1_000_000_000_000;
        let off = i128::from(utilization) - i128::from(self.target);
        let factor = WHOLE + i128::from(self.gain) * off;
        // What is too much to be reckoned is beyond the bounds.
        let moved = Money::from_nanos(price.nanos().saturating_mul(factor).div_euclid(WHOLE));
        moved.clamp(floor, cap.max(floor))
    }
}

/// Factors over the day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DayFactors {
    /// The time of day (UTC) at time 0 of the run.
    pub clock: Span,
    /// From which time of day on which factor holds, in order; the last one holds over midnight until the
    /// first. Never empty.
    pub from: Vec<(Span, Share)>,
}

/// A list price that utilisation moves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UtilizationTerms {
    /// How it moves.
    pub rule: UtilizationRule,
    /// The least, as a share of the price that was stated.
    pub floor: Share,
    /// The most, likewise.
    pub cap: Share,
}

/// What moves the list price of a scope, beside SetPrice.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum ListPriceChoice {
    /// Nothing.
    #[default]
    Fixed,
    /// The hour.
    TimeOfDay(DayFactors),
    /// How much is in use.
    Utilization(UtilizationTerms),
    /// What was recorded.
    Replayed(PricePath),
    /// A policy of the program's own.
    Own(OwnPolicy),
}

impl ListPriceChoice {
    /// The name of each built-in member.
    pub const ALL: [&'static str; 4] = ["fixed", "time_of_day", "utilization", "replayed"];
    /// The name of this one.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Fixed => Self::ALL[0],
            Self::TimeOfDay(_) => Self::ALL[1],
            Self::Utilization(_) => Self::ALL[2],
            Self::Replayed(_) => Self::ALL[3],
            Self::Own(own) => own.name,
        }
    }
    /// Whether it asks how much is in use: sums that are kept for those alone.
    pub const fn asks_for_usage(&self) -> bool {
        match self {
            Self::Utilization(_) => true,
            Self::Own(own) => own.needs.usage,
            Self::Fixed | Self::TimeOfDay(_) | Self::Replayed(_) => false,
        }
    }
    /// The policy of the program's own that it is, if it is one.
    pub const fn own(&self) -> Option<OwnPolicy> {
        if let Self::Own(policy) = self { Some(*policy) } else { None }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Case 40. As for the posted spot price, by SPOT-13's own numbers.
    #[test]
    fn utilization_moves_a_price_by_its_gain() {
        let usd = |text: &str| Money::parse(text).unwrap();
        let next = |price, utilization, floor, cap| {
            UtilizationRule::DEFAULT.next(usd(price), utilization, (usd(floor), usd(cap)))
        };
        assert_eq!(next("0.40", 950_000, "0.3", "0.79"), usd("0.43"));
        assert_eq!(next("0.40", 500_000, "0.3", "0.79"), usd("0.34"));
        assert_eq!(next("0.40", 500_000, "0.35", "0.79"), usd("0.35"), "the floor, if higher");
        assert_eq!(next("0.70", 1_000_000, "0.49", "0.79"), usd("0.77"));
        assert_eq!(next("0.77", 1_000_000, "0.49", "0.79"), usd("0.79"), "the cap");
        assert_eq!(next("0.77", 1_000_000, "0.85", "0.79"), usd("0.85"), "a cap below the floor");
        assert_eq!(next("0.40", 800_000, "0", "1"), usd("0.40"), "on target it stays");
        // 0.000000007 × 1.1 is rounded down.
        assert_eq!(next("0.000000007", 1_000_000, "0", "1"), usd("0.000000007"));
        let steep = UtilizationRule { gain: 2_000_000, ..UtilizationRule::DEFAULT };
        assert_eq!(steep.next(usd("1"), 0, (Money::ZERO, usd("2"))), Money::ZERO, "never below 0");
        let steepest = UtilizationRule { gain: 1_000_000_000, ..UtilizationRule::DEFAULT };
        let (dear, cap) =
            (Money::from_nanos(10_i128.pow(24)), Money::from_nanos(2 * 10_i128.pow(24)));
        assert_eq!(steepest.next(dear, 1_000_000, (Money::ZERO, cap)), cap, "beyond any number");
        assert_eq!(steepest.next(dear, 0, (Money::ZERO, cap)), Money::ZERO);
    }

    #[test]
    fn a_path_holds_each_price_until_the_next() {
        let at = SimTime::from_seconds;
        let usd = Money::from_dollars;
        let path = PricePath { rows: vec![(at(0), usd(1)), (at(10), usd(3)), (at(20), usd(2))] };
        let found = [0, 9, 10, 19, 20, 1_000].map(|second| path.at(at(second)));
        assert_eq!(found, [1, 1, 3, 3, 2, 2].map(usd));
        let next = [0, 10, 19, 20].map(|second| path.next_after(at(second)));
        assert_eq!(next, [Some(at(10)), Some(at(20)), Some(at(20)), None]);
    }
}
