//! The choices of the spot market: how prices are found, and what a price is reckoned against (SPOT-10
//! to SPOT-15, SPOT-17).

use crate::scenario::own::{Needs, OwnPolicy};
use crate::units::{Money, Share, Span};

/// SPOT-10. How the price of spot pods is found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SpotClearing {
    /// Each pod pays its own bid.
    PayAsBid,
    /// All of a scope pay the highest losing bid (SPOT-12).
    UniformHighestLosing,
    /// All of a scope pay the lowest winning bid (SPOT-12).
    UniformLowestWinning,
    /// All of a scope pay a price that utilization moves (SPOT-13).
    Posted,
    /// All of a scope pay a price that was recorded (SPOT-13).
    Trace,
    /// A policy of the program's own: a price made of bids, or, if it needs the use, of that.
    #[serde(skip)]
    Own(OwnPolicy),
}

impl SpotClearing {
    /// Every built-in member.
    pub const ALL: [Self; 5] = [
        Self::PayAsBid,
        Self::UniformHighestLosing,
        Self::UniformLowestWinning,
        Self::Posted,
        Self::Trace,
    ];
    /// SPOT-12. Whether bids make one price for a scope.
    pub const fn is_uniform(self) -> bool {
        matches!(
            self,
            Self::UniformHighestLosing
                | Self::UniformLowestWinning
                | Self::Own(OwnPolicy { needs: Needs { usage: false, .. }, .. })
        )
    }
    /// SPOT-13. Whether a price is posted at each `posted_interval`, made of how much is in use.
    pub const fn is_made_of_use(self) -> bool {
        matches!(self, Self::Posted | Self::Own(OwnPolicy { needs: Needs { usage: true, .. }, .. }))
    }
    /// SPOT-14. Whether a price stands that bids must reach, and spot never displaces spot.
    pub const fn is_posted(self) -> bool {
        self.is_made_of_use() || matches!(self, Self::Trace)
    }
    /// The policy of the program's own that it is, if it is one.
    pub const fn own(self) -> Option<OwnPolicy> {
        if let Self::Own(policy) = self { Some(policy) } else { None }
    }
}

/// SPOT-17. The price below which nothing is sold under a uniform price.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum SpotReserve {
    /// The spot floor.
    SpotFloor,
    /// So much per GPU-hour.
    Amount(Money),
    /// A price that wanders by itself.
    Walk(Walk),
}

/// SPOT-17. How a reserve wanders: what was inferred of the auction cloud of 2009 to 2017 (Agmon
/// Ben-Yehuda et al., "Deconstructing Amazon EC2 Spot Instance Pricing", ACM TEAC 1(3), 2013).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Walk {
    /// Where it starts.
    pub start: Level,
    /// What it never exceeds.
    pub ceiling: Level,
    /// The deviation of a step's noise, as a share of the way from the floor to the ceiling.
    pub sigma: f64,
    /// The time between two steps.
    pub every: Span,
}

/// SPOT-17. A price of a scope.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// So much per GPU-hour, whatever the GPU type.
    Amount(Money),
    /// This share of the on-demand price that is stated.
    Share(Share),
}

impl Level {
    /// What it comes to where `on_demand` is the price stated.
    pub fn of(self, on_demand: Money) -> Money {
        match self {
            Self::Amount(amount) => amount,
            Self::Share(share) => share.of(on_demand),
        }
    }
}
