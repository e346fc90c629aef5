//! `share`: a share of the on-demand price in force when it is bid.
//!
//! Example: `kind: spot(share: 0.8)` bids 0.632 where on demand costs 0.79. At 1 it is what a common
//! advice says: never to pay more than on demand costs, and to lose as rarely as that allows.

use super::{Bidding, Offer};
use crate::units::{Money, Share};

/// The member.
pub struct ShareOfOnDemand {
    /// Of the on-demand price.
    pub share: Share,
}

impl Bidding for ShareOfOnDemand {
    fn bid(&self, offer: &Offer) -> Money {
        self.share.of(offer.on_demand)
    }
}
