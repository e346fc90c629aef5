//! `posted`: a price that utilization moves, towards where it meets its target (SPOT-13).
//!
//! p ← clamp(floor(p × (1 + gain × (u − target))), floor, cap), all in whole nano-dollars and millionths.

use super::{Clearing, Use};
use crate::units::Money;

/// The member.
pub struct Posted {
    /// The utilization at which the price stays, in millionths.
    pub target: u32,
    /// How much of the distance to it the price moves by, in millionths.
    pub gain: u32,
}

/// A whole, in millionths of millionths.
const ONE: i128 = 1_000_000_000_000;

impl Clearing for Posted {
    fn of_use(&self, seen: &Use) -> Option<Money> {
        let distance = i128::from(seen.utilization) - i128::from(self.target);
        let factor = ONE + i128::from(self.gain) * distance;
        let moved = (seen.price.nanos() * factor).div_euclid(ONE);
        let cap = seen.cap.max(seen.floor);
        Some(Money::from_nanos(moved).clamp(seen.floor, cap))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Case 40.
    #[test]
    fn spot_13_the_posted_price_follows_utilization() {
        let cents = |cents: i128| Money::from_nanos(cents * 10_000_000);
        let next = |price, utilization, floor| {
            let seen =
                Use { price: cents(price), utilization, floor: cents(floor), cap: cents(79) };
            let posted = Posted { target: 800_000, gain: 500_000 };
            posted.of_use(&seen).map(|price| price.to_string())
        };
        assert_eq!(next(40, 950_000, 30).as_deref(), Some("0.43"));
        assert_eq!(next(40, 500_000, 30).as_deref(), Some("0.34"));
        assert_eq!(next(40, 500_000, 36).as_deref(), Some("0.36"));
        assert_eq!(next(70, 1_000_000, 30).as_deref(), Some("0.77"));
        assert_eq!(next(79, 1_000_000, 30).as_deref(), Some("0.79"));
        assert_eq!(next(79, 1_000_000, 90).as_deref(), Some("0.9"), "a floor above the cap");
    }
}
