//! `posted`: a price that utilization moves, towards where it meets its target (SPOT-13).
//!
//! p ← clamp(floor(p × (1 + gain × (u − target))), floor, cap), all in whole nano-dollars and millionths, as
//! list prices that utilization moves do; where p stays, demand meets the target.

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
