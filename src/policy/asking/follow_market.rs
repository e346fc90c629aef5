//! `follow_market`: so many times what others ask, or the platform.
//!
//! With a factor of 0.95 and others at 0.40, 0.50 and 0.60 it asks 0.475 (`median`) or 0.38 (`lowest`). Where
//! nobody else is on offer it goes by the list price.

use super::{Asking, Provider};
use crate::scenario::model::MarketPrice;
use crate::units::{Money, Share};

/// The member.
pub struct FollowMarket {
    /// What it looks at.
    pub of: MarketPrice,
    /// How many times that it asks.
    pub factor: Share,
}

impl Asking for FollowMarket {
    fn ask(&self, provider: &Provider) -> Money {
        self.factor.of(provider.market(self.of))
    }
}
