//! `utilization`: the price rises where more than a target is in use, and falls where less is.
//!
//! Every interval, as a posted spot price moves (SPOT-13):
//!
//! ```text
//! p ← clamp(floor(p × (10^12 + gain × (u − target)) / 10^12), floor, cap)
//! ```
//!
//! u is the part of the GPU-time up in the last interval that was held, in whole millionths; floor and cap
//! are shares of the price that was stated. With the target at 0.8 and a gain of 0.5, 0.40 becomes 0.43
//! where 95 % were held, and 0.34 where half were (case 40).
//!
//! A price that was stated within an interval is moved at its end by the use over all of it.

use super::{ListPrice, Priced};
use crate::scenario::prices::UtilizationTerms;
use crate::units::{Money, SimTime};

/// The member.
pub struct Utilization(pub UtilizationTerms);

impl ListPrice for Utilization {
    fn due(&self, after: Option<SimTime>) -> Option<SimTime> {
        Some(after.unwrap_or(SimTime::ZERO).saturating_add(self.0.rule.interval))
    }
    fn price(&self, scope: &Priced) -> Money {
        let UtilizationTerms { rule, floor, cap } = self.0;
        let bounds = (floor.of(scope.stated), cap.of(scope.stated));
        rule.next(scope.price, scope.utilization, bounds)
    }
    fn asks_for_usage(&self) -> bool {
        true
    }
}
