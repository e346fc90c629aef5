//! The seam of spot prices: what all spot pods of a scope pay (SPOT-10 to SPOT-15, SPOT-17).
//!
//! Who wins is decided apart from it (SPOT-04): a member makes a price of the bids that won and lost, or of
//! how much of the scope is in use, or leaves the price to whoever else makes one.

pub mod pay_as_bid;
pub mod posted;
pub mod trace;
pub mod uniform_highest_losing;
pub mod uniform_lowest_winning;

use super::registry::{NotRegistered, Registry};
use crate::scenario::prices::UtilizationRule;
use crate::scenario::rules::{Rules, SpotClearing};
use crate::units::Money;

/// The bids of a scope, as a price is made of them (SPOT-12). All are per GPU-hour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bids {
    /// What a pod pays at least, if its bid allows.
    pub reserve: Money,
    /// The lowest bid that holds GPUs.
    pub lowest_winning: Money,
    /// The highest bid that waits for want of GPUs and is no higher than that.
    pub highest_losing: Option<Money>,
}

/// The use of a scope, as a posted price is made of it (SPOT-13).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Use {
    /// The price in force, per GPU-hour.
    pub price: Money,
    /// Held GPU-time over GPU-time up since the last price, in millionths.
    pub utilization: u32,
    /// The least that may be posted.
    pub floor: Money,
    /// The most, if it is not below the floor.
    pub cap: Money,
}

/// How the price of a scope's spot pods is found.
///
/// A price is either made of bids, and then made anew whenever they change (SPOT-12): it may be what any
/// winner pays, so who bids highest wins, and spot may displace spot. Or it is posted at each
/// `posted_interval` (SPOT-13), and then bids must reach it, and who bids less gives way (SPOT-14).
pub trait Clearing {
    /// Whether a price is posted that bids must reach; if not, bids make it. It is the same for ever.
    fn is_posted(&self) -> bool {
        false
    }
    /// The price that bids make; none where bids make none. What is above the lowest winning bid is cut to
    /// that, what is below the reserve is raised to it as far as that bid allows.
    fn of_bids(&self, _: &Bids) -> Option<Money> {
        None
    }
    /// The price that is posted next; none: as it was. It is kept between the floor and the cap.
    fn of_use(&self, _: &Use) -> Option<Money> {
        None
    }
}

/// The member that the rules name; one of the program's own is made by its `registry`.
///
/// # Errors
/// A policy of the program's own that is not in the registry.
pub fn clearing(rules: &Rules, registry: &Registry) -> Result<Box<dyn Clearing>, NotRegistered> {
    Ok(match rules.spot_clearing {
        SpotClearing::PayAsBid => Box::new(pay_as_bid::PayAsBid),
        SpotClearing::UniformHighestLosing => {
            Box::new(uniform_highest_losing::UniformHighestLosing)
        }
        SpotClearing::UniformLowestWinning => {
            Box::new(uniform_lowest_winning::UniformLowestWinning)
        }
        SpotClearing::Posted => {
            let interval = rules.posted_interval;
            let (target, gain) = (rules.posted_target, rules.posted_gain);
            Box::new(posted::Posted(UtilizationRule { interval, target, gain }))
        }
        SpotClearing::Trace => Box::new(trace::Trace),
        SpotClearing::Own(own) => registry.clearing.make(own)?,
    })
}
