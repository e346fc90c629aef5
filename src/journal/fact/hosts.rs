//! What facts say about hosts and their scopes: how GPUs are used, what they cost (GEN-13, GPU-05).

use crate::units::Money;
use serde::{Deserialize, Serialize};

/// How a host's GPUs are used (GEN-13): they add up to its GPUs while it is available.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Occupancy {
    /// Held by, or promised while free to, on-demand pods.
    pub on_demand: u8,
    /// Held by, or promised while free to, spot pods.
    pub spot: u8,
    /// Held by displaced pods until their grace is over.
    pub grace: u8,
    /// Free.
    pub free: u8,
}

/// A published price row of a scope (GPU-05); all per GPU-hour.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Quote {
    /// The on-demand price.
    pub on_demand: Money,
    /// The least floor among offered hosts.
    pub spot_floor: Money,
    /// The clearing price; under pay as bid the lowest bid that holds GPUs.
    pub spot_price: Option<Money>,
    /// The least bid that would win one GPU now.
    pub min_winning_bid: Option<Money>,
}

/// Why requests do not see a host (HOST-02).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Delisted {
    /// It is being vetted (CLD-04).
    Vetting,
    /// Its reliability is below the listing minimum (HOST-10).
    Reliability,
    /// Its maintenance or departure is near (HOST-05, HOST-06).
    Notice,
}
