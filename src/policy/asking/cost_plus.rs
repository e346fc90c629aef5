//! `cost_plus`: the provider's cost, and a share of it on top, however much it is rented.
//!
//! With a cost of 0.20 and a margin of 0.25 it asks 0.25.

use super::{Asking, Provider};
use crate::units::{Money, Share};

/// The member.
pub struct CostPlus {
    /// How much on top.
    pub margin: Share,
}

impl Asking for CostPlus {
    fn ask(&self, provider: &Provider) -> Money {
        provider.cost + self.margin.of(provider.cost)
    }
}
