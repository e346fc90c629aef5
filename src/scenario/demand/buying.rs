//! How customers buy, and what they bid.

use crate::scenario::own::OwnPolicy;
use crate::units::{Money, Share, Span};

/// How a segment's customers buy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Buying {
    /// On demand.
    OnDemand,
    /// Spot, at a bid.
    Spot(BidRule),
}

/// PLAN-01. The savings plan that each account of a segment keeps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PlanKept {
    /// Its term.
    pub term: Span,
    /// How many GPUs it covers.
    pub gpus: u32,
}

/// How a bid is made: a member of the seam `policy::buying::bidding` each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BidRule {
    /// A fixed amount per GPU-hour (or per pod-hour under `bid_per: pod`).
    Fixed(Money),
    /// A share of the on-demand price, in force at the request, of the first type and cheapest cloud
    /// that it names.
    ShareOfOnDemand(Share),
    /// SPOT-11. The least bid that would win now, and this much per GPU-hour more.
    MinimumWinning {
        /// Per GPU-hour.
        margin: Money,
    },
    /// This share of what the work that is left is worth per GPU-hour.
    ValueBased(Share),
    /// More after each loss, up to a cap.
    Escalating {
        /// What is bid before the first loss.
        first: FirstBid,
        /// By which each loss multiplies it.
        times: Share,
        /// The most, as a share of the on-demand price in force.
        cap: Share,
    },
    /// A policy of the program's own.
    Own(OwnPolicy),
}

impl BidRule {
    /// The names of the built-in members: a program's own has another.
    pub const NAMES: [&'static str; 5] =
        ["bid", "share", "minimum_winning", "value_share", "escalating"];
    /// The policy of the program's own that it is, if it is one.
    pub const fn own(self) -> Option<OwnPolicy> {
        if let Self::Own(policy) = self { Some(policy) } else { None }
    }
}

/// A bid that depends on nothing that happened to its customer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FirstBid {
    /// As [`BidRule::Fixed`].
    Fixed(Money),
    /// As [`BidRule::ShareOfOnDemand`].
    ShareOfOnDemand(Share),
}
