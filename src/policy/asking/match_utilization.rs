//! `match_utilization`: more where its host is rented for longer than a target, less where it is so for less.
//!
//! At each review, as a posted spot price moves (SPOT-13):
//!
//! ```text
//! p ← clamp(floor(p × (10^12 + gain × (u − target)) / 10^12), floor, cap)
//! ```
//!
//! u is the part of the GPU-time up since the last review that was held, in whole millionths; floor and cap
//! are shares of the list price. It begins with what others ask in the middle. A price that its host was never up
//! to be rented at stays.

use super::{Asking, Provider};
use crate::scenario::model::MarketPrice;
use crate::scenario::prices::UtilizationTerms;
use crate::units::Money;

/// The member.
pub struct MatchUtilization(pub UtilizationTerms);

impl Asking for MatchUtilization {
    fn ask(&self, provider: &Provider) -> Money {
        let UtilizationTerms { rule, floor, cap } = self.0;
        let bounds = (floor.of(provider.list), cap.of(provider.list));
        match (provider.price, provider.utilization) {
            (Some(price), Some(utilization)) => rule.next(price, utilization, bounds),
            // A host that was never up tells nothing.
            (Some(price), None) => price,
            (None, _) => {
                provider.market(MarketPrice::Median).clamp(bounds.0, bounds.1.max(bounds.0))
            }
        }
    }
}
