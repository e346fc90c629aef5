//! `replayed`: the prices that were recorded, each from its instant until the next.
//!
//! What was stated holds until time 0 alone, or, stated later, until the next recorded price. Prices of
//! before time 0 tell the one in force then; only the next one is ever scheduled.

use super::{ListPrice, Priced};
use crate::scenario::prices::PricePath;
use crate::units::{Money, SimTime};

/// The member.
pub struct Replayed(pub PricePath);

impl ListPrice for Replayed {
    fn due(&self, after: Option<SimTime>) -> Option<SimTime> {
        match after {
            None => Some(SimTime::ZERO),
            Some(after) => self.0.next_after(after),
        }
    }
    fn price(&self, scope: &Priced) -> Money {
        self.0.at(scope.now)
    }
}
