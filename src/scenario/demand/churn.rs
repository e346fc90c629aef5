//! Customers who turn away when treated badly.

use crate::rng::draw::Distribution;

/// How a customer may be treated badly.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Treatment {
    /// A request was refused for want of capacity.
    Refused,
    /// A request's patience ended.
    WaitedInVain,
    /// A pod was displaced.
    Displaced,
    /// A pod's host lost its power, or left for good.
    HostFailed,
}

impl Treatment {
    /// All of them.
    pub const ALL: [Self; 4] =
        [Self::Refused, Self::WaitedInVain, Self::Displaced, Self::HostFailed];
}

/// When the customers of a segment turn away, each account by itself.
#[derive(Clone, Debug, PartialEq)]
pub struct Churn {
    /// So much bad treatment in a row, no pod's work done in between, that it leaves: drawn for each account
    /// once, rounded, at least 1.
    pub tolerance: Distribution,
    /// What counts as bad.
    pub counts: Vec<Treatment>,
    /// Seconds after which it comes back; none: never.
    pub returns_after: Option<Distribution>,
}
