//! What facts say about hosts and their scopes: how GPUs are used, what they cost (GEN-13, GPU-05).

use crate::ids::{HostId, ScopeId, SupplyId};
use crate::units::{Money, SimTime};
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
    /// Held by, or promised while free to, serverless workers.
    pub serverless: u8,
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

/// Maintenance that was announced (HOST-05).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Announced {
    /// Of which host.
    pub host: HostId,
    /// Its start.
    pub from: SimTime,
    /// Its end.
    pub until: SimTime,
}

/// A list price or a floor was set (GPU-03, GPU-04, HOST-13).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PriceSet {
    /// The scope.
    pub scope: ScopeId,
    /// The host, where only its own price or floor was set.
    pub host: Option<HostId>,
    /// The new on-demand price per GPU-hour, if set.
    pub on_demand: Option<Money>,
    /// The new minimum bid per GPU-hour, if set.
    pub min_bid: Option<Money>,
}

/// A provider's host.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Supplied {
    /// The host: one more than the last so far.
    pub host: HostId,
    /// The host of the scenario that it is like in all but its name: one that is not there itself.
    pub like: HostId,
    /// Of which supply.
    pub supply: SupplyId,
    /// The how-manieth provider of it, from 1: those of the start, then everybody who was invited.
    pub number: u32,
    /// What the provider has to earn per GPU-hour.
    pub cost: Money,
}

/// A provider that was invited and stays away.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Declined {
    /// Of which supply.
    pub supply: SupplyId,
    /// The how-manieth provider of it, from 1.
    pub number: u32,
}

/// Why a provider leaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Leaving {
    /// Its time is over, whatever it earned.
    Lifetime,
    /// It earned less than its cost for too long.
    Unprofitable,
}

/// A host's departure was announced (HOST-06).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DepartureAnnounced {
    /// The host.
    pub host: HostId,
    /// When it leaves.
    pub at: SimTime,
}
