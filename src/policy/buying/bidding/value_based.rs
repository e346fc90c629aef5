//! `value_share`: a share of what the work that is left is worth per GPU-hour.
//!
//! With `value_share: 1` a bidder is truthful: it bids what it would gain. Work without a value, or
//! without an end, bids the lowest floor.
//!
//! Example: 2 GPU-hours left of a job worth 1.30 USD: 0.65 per GPU-hour; `value_share: 0.9` bids 0.585.

use super::{Bidding, Offer};
use crate::units::{Money, Share, Span};

/// The member.
pub struct ValueBased {
    /// Of the value per GPU-hour.
    pub share: Share,
}

impl Bidding for ValueBased {
    fn bid(&self, offer: &Offer) -> Money {
        let left = offer.work_left.map_or(0, |left| left.gpu_micros());
        let left = i128::try_from(left).unwrap_or(i128::MAX);
        match offer.value {
            Some(value) if 0 < left => {
                let nanos = value.nanos() * i128::from(Span::HOUR.micros());
                self.share.of(Money::from_nanos(nanos.div_euclid(left)))
            }
            _ => offer.floor.unwrap_or_default(),
        }
    }
}
