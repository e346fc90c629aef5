//! `lowest_bid`: the lowest bid per GPU gives way first, however many GPUs it has.
//!
//! The default of the market rules (SPOT-05): whoever bids more is served for longer. Full of 1 GPU at
//! 0.50, 4 at 0.55 and 3 at 0.60, a host of which 4 are wanted takes the first two and then spares the
//! first (case 33).

use super::Eviction;
use crate::world::view::Evictable;

/// The member.
pub struct LowestBid;

impl Eviction for LowestBid {
    fn key(&self, candidate: &Evictable<'_>) -> i128 {
        candidate.bid().nanos()
    }
    fn is_by_bid(&self) -> bool {
        true
    }
}
