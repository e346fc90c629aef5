//! The seam of providers' prices: what a provider of the community cloud asks for a GPU-hour (HOST-13).
//!
//! The market asks a member when the provider joins, and at each of its reviews. Where hosts price, the
//! answer is the host's on-demand price, and its minimum bid a share of that; elsewhere it is the host's
//! minimum bid, which is never above the list price. It is rounded to the nearest of the supply's steps, up
//! where two are as near; what was answered is kept as it was.

pub mod cost_plus;
pub mod fixed;
pub mod follow_market;
pub mod match_utilization;

use super::registry::{NotRegistered, Registry};
use crate::scenario::model::{AskingChoice, MarketPrice};
use crate::units::{Money, SimTime};

/// What a member may know of a provider and its market. Prices are per GPU-hour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Provider {
    /// The present instant.
    pub now: SimTime,
    /// What it has to earn per GPU-hour.
    pub cost: Money,
    /// What was drawn for it once and for all; zero unless the choice is `fixed`.
    pub drawn: Money,
    /// What it answered last, before that was rounded to the supply's step; none: it is about to join.
    pub price: Option<Money>,
    /// How much of the GPU-time up since its last review was held, in millionths; none, if none was up.
    pub utilization: Option<u32>,
    /// The platform's list price.
    pub list: Money,
    /// The lowest of what all others on offer in its scope ask, if there are any.
    pub lowest: Option<Money>,
    /// The one in the middle of what they ask; the lower one of two.
    pub median: Option<Money>,
}

impl Provider {
    /// One of these prices; the list price, where nobody else is on offer.
    pub fn market(&self, of: MarketPrice) -> Money {
        let others = match of {
            MarketPrice::Median => self.median,
            MarketPrice::Lowest => self.lowest,
            MarketPrice::List => None,
        };
        others.unwrap_or(self.list)
    }
}

/// What a provider asks.
pub trait Asking {
    /// The price from now on, not below zero.
    fn ask(&self, provider: &Provider) -> Money;
}

/// The member of that choice; one of the program's own is made by its `registry`, anew for each supply.
///
/// # Errors
/// A policy of the program's own that is not in the registry.
pub fn asking(
    choice: &AskingChoice,
    registry: &Registry,
) -> Result<Box<dyn Asking>, NotRegistered> {
    Ok(match *choice {
        AskingChoice::Fixed(_) => Box::new(fixed::Fixed),
        AskingChoice::FollowMarket { of, factor } => {
            Box::new(follow_market::FollowMarket { of, factor })
        }
        AskingChoice::MatchUtilization(terms) => {
            Box::new(match_utilization::MatchUtilization(terms))
        }
        AskingChoice::CostPlus { margin } => Box::new(cost_plus::CostPlus { margin }),
        AskingChoice::Own(own) => registry.asking.make(own)?,
    })
}
