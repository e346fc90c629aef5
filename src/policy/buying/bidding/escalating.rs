//! `escalating`: more after each loss, up to a cap.
//!
//! A loss is a displacement, a refusal or a wait in vain on spot. The bid is the first one multiplied once
//! for each loss, rounded down each time, but no more than the cap, a share of the on-demand price in force.
//! A first bid above the cap stands.
//!
//! Example: `kind: spot(bid: 0.50, escalating: (times: 1.2))` bids 0.50, 0.60, 0.72, 0.79, 0.79, …
//! where on demand costs 0.79.

use super::{Bidding, Offer};
use crate::scenario::demand::FirstBid;
use crate::units::{Money, Share};

/// The member.
pub struct Escalating {
    /// What is bid before the first loss; a fixed amount is per GPU-hour.
    pub first: FirstBid,
    /// By which each loss multiplies it.
    pub times: Share,
    /// The most, of the on-demand price.
    pub cap: Share,
}

impl Bidding for Escalating {
    fn bid(&self, offer: &Offer) -> Money {
        let mut bid = match self.first {
            FirstBid::Fixed(amount) => amount,
            FirstBid::ShareOfOnDemand(share) => share.of(offer.on_demand),
        };
        let cap = self.cap.of(offer.on_demand);
        for _ in 0..offer.losses {
            let next = self.times.of(bid).min(cap);
            if next <= bid {
                break;
            }
            bid = next;
        }
        bid
    }
}
