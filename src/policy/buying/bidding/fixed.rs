//! `bid`: the same amount, whatever happens.
//!
//! Example: `kind: spot(bid: 0.50)` bids 0.50 USD per GPU-hour each time.

use super::{Bidding, Offer};
use crate::units::Money;

/// The member.
pub struct Fixed {
    /// Per GPU-hour.
    pub amount: Money,
}

impl Bidding for Fixed {
    fn bid(&self, _: &Offer) -> Money {
        self.amount
    }
}
