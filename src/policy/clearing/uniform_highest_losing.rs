//! `uniform_highest_losing`: all pay the highest losing bid, or the reserve, if that is more (SPOT-12).
//!
//! With bids for single GPUs this is the (k+1)st-price auction of k GPUs, W. Vickrey, "Counterspeculation,
//! Auctions, and Competitive Sealed Tenders", Journal of Finance 16(1), 1961: what one pays does not hang
//! on one's own bid, so that it is best to bid what a GPU is worth.
//!
//! Four GPUs held at 0.90, 0.80, 0.70 and 0.60 while 0.55 and 0.50 wait: all pay 0.55; nobody waiting, the
//! reserve of 0.49 (case 39). A bid that waits for more GPUs than are free loses only if it is no higher than
//! the lowest that has some: what bids more and yet waits, for it is too large, makes no price.

use super::{Bids, Clearing};
use crate::units::Money;

/// The member.
pub struct UniformHighestLosing;

impl Clearing for UniformHighestLosing {
    fn of_bids(&self, bids: &Bids) -> Option<Money> {
        let price = bids.reserve.max(bids.highest_losing.unwrap_or_default());
        // A floor may have risen since the lowest winner bid.
        Some(price.min(bids.lowest_winning))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Cases 39 and 60.
    #[test]
    fn spot_12_no_winner_pays_more_than_its_bid() {
        let price = |reserve, lowest_winning, highest_losing: Option<i128>| {
            let cents = |cents: i128| Money::from_nanos(cents * 10_000_000);
            let highest_losing = highest_losing.map(cents);
            let bids = Bids {
                reserve: cents(reserve),
                lowest_winning: cents(lowest_winning),
                highest_losing,
            };
            UniformHighestLosing.of_bids(&bids).map(|price| price.to_string())
        };
        assert_eq!(price(49, 60, Some(55)).as_deref(), Some("0.55"));
        assert_eq!(price(49, 60, None).as_deref(), Some("0.49"));
        assert_eq!(price(60, 35, None).as_deref(), Some("0.35"));
    }
}
