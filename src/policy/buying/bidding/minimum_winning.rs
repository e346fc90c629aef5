//! `minimum_winning`: the least bid that would win now (SPOT-11), and a margin.
//!
//! Where none would win, it bids the lowest floor: the least that is not refused, and may wait.
//!
//! Example: with one spot pod at 0.60 on a full host, `kind: spot(minimum_winning: 0.01)` bids
//! 0.610000001: 0.60, a tick, and the margin.

use super::{Bidding, Offer};
use crate::units::Money;

/// The member.
pub struct MinimumWinning {
    /// Per GPU-hour, on top.
    pub margin: Money,
}

impl Bidding for MinimumWinning {
    fn bid(&self, offer: &Offer) -> Money {
        match offer.minimum_winning {
            Some(least) => least + self.margin,
            None => offer.floor.unwrap_or_default(),
        }
    }
    fn looks_at_market(&self) -> bool {
        true
    }
}
