//! `posted`: a price that utilization moves, towards where it meets its target (SPOT-13).
//!
//! p ← clamp(floor(p × (1 + gain × (u − target))), floor, cap), all in whole nano-dollars and millionths, as
//! list prices that utilization moves do; where p stays, demand meets the target.
//!
//! With the target at 0.8 and a gain of 0.5, 0.40 becomes 0.43 where 95 % were held: a pod that bids 0.42
//! gives way then, one at 0.43 stays (case 40). Bids are ceilings: all pay 0.43, and nobody displaces
//! another by a higher bid. The smoothed prices of a large cloud since 2017 are of this kind.

use super::{Clearing, Use};
use crate::scenario::prices::UtilizationRule;
use crate::units::Money;

/// The member.
pub struct Posted(pub UtilizationRule);

impl Clearing for Posted {
    fn is_posted(&self) -> bool {
        true
    }
    fn of_use(&self, seen: &Use) -> Option<Money> {
        Some(self.0.next(seen.price, seen.utilization, (seen.floor, seen.cap)))
    }
}
