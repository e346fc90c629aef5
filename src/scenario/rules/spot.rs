//! The choices of the spot market: how prices are found, and what a price is reckoned against (SPOT-10
//! to SPOT-15, SPOT-17).

use crate::units::{Money, Span};

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
}

impl SpotClearing {
    /// Every member.
    pub const ALL: [Self; 5] = [
        Self::PayAsBid,
        Self::UniformHighestLosing,
        Self::UniformLowestWinning,
        Self::Posted,
        Self::Trace,
    ];
    /// SPOT-12. Whether bids make one price for a scope.
    pub const fn is_uniform(self) -> bool {
        matches!(self, Self::UniformHighestLosing | Self::UniformLowestWinning)
    }
    /// SPOT-14. Whether a price stands that bids must reach, and spot never displaces spot.
    pub const fn is_posted(self) -> bool {
        matches!(self, Self::Posted | Self::Trace)
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
    /// Where it starts, per GPU-hour.
    pub start: Money,
    /// What it never exceeds.
    pub ceiling: Money,
    /// The deviation of a step's noise, as a share of the way from the floor to the ceiling.
    pub sigma: f64,
    /// The time between two steps.
    pub every: Span,
}
