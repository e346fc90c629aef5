//! Policies: what is decided, apart from what then happens.
//!
//! The seams, each a small trait with its members, chosen by the scenario:
//!
//! | seam | trait | members | chosen by |
//! |---|---|---|---|
//! | what a customer bids | [`buying::bidding::Bidding`] | a file each in `policy/buying/bidding` | a segment's `kind: spot(…)` |
//! | when it goes on demand | [`buying::switching::Switching`] | a file each in `policy/buying/switching` | a segment's `conduct.switching` |
//! | where a request goes | [`placement::Placement`] | a file each in `policy/placement` | `policies.placement` |
//!
//! A policy sees a read-only view and returns a decision. It cannot change the world or schedule
//! anything, and it draws from a stream of its own, so swapping it changes no customer.

pub mod buying;
pub mod placement;

use crate::rng::{Purpose, Stream};
use crate::scenario::model::Policies as Choice;
use placement::Placement;

/// The policies of a run.
pub struct Policies {
    /// Where requests go.
    pub placement: Box<dyn Placement>,
    /// The placement policy's own stream.
    pub placement_stream: Stream,
}

impl Policies {
    /// The policies that a scenario chose.
    pub fn new(choice: Choice, seed: u64, replication: u64) -> Self {
        Self {
            placement: placement::placement(choice.placement),
            placement_stream: Stream::open(seed, replication, Purpose::Placement, 0),
        }
    }
}
