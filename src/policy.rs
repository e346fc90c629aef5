//! Policies: what is decided, apart from what then happens.
//!
//! The seams, each a small trait with its members, chosen by the scenario:
//!
//! | seam | trait | members | chosen by |
//! |---|---|---|---|
//! | where a request goes | [`placement::Placement`] | a file each in `policy/placement` | `policies.placement` |
//! | who gives way there | [`eviction::Eviction`] | a file each in `policy/eviction` | `policies.eviction` |
//!
//! A policy sees a read-only view and returns a decision. It cannot change the world or schedule
//! anything, and it draws from a stream of its own, so swapping it changes no customer.

pub mod eviction;
pub mod placement;

use crate::rng::{Purpose, Stream};
use crate::scenario::model::Policies as Choice;
use eviction::Eviction;
use placement::Placement;

/// The policies of a run.
pub struct Policies {
    /// Who gives way to them.
    pub eviction: Box<dyn Eviction>,
    /// Where requests go.
    pub placement: Box<dyn Placement>,
    /// The placement policy's own stream.
    pub placement_stream: Stream,
}

impl Policies {
    /// The policies that a scenario chose.
    pub fn new(choice: Choice, seed: u64, replication: u64) -> Self {
        Self {
            eviction: eviction::eviction(choice.eviction),
            placement: placement::placement(choice.placement),
            placement_stream: Stream::open(seed, replication, Purpose::Placement, 0),
        }
    }
}
