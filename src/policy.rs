//! Policies: what is decided, apart from what then happens.
//!
//! The seams, each a small trait with its members, chosen by the scenario:
//!
//! | seam | trait | members | chosen by |
//! |---|---|---|---|
//! | what spot pods pay | [`clearing::Clearing`] | a file each in `policy/clearing` | the rule `spot_clearing` |
//! | where a request goes | [`placement::Placement`] | a file each in `policy/placement` | `policies.placement` |
//! | how often an owner writes checkpoints | [`checkpoint::Checkpoint`] | a file each in `policy/checkpoint` | `checkpoint` of a segment or of a scripted pod |
//!
//! A policy sees a read-only view and returns a decision. It cannot change the world or schedule
//! anything, and it draws from a stream of its own, so swapping it changes no customer.

pub mod checkpoint;
pub mod clearing;
pub mod placement;

use crate::rng::{Purpose, Stream};
use crate::scenario::model::Policies as Choice;
use crate::scenario::rules::Rules;
use clearing::Clearing;
use placement::Placement;

/// The policies of a run.
pub struct Policies {
    /// How the price of spot pods is found.
    pub clearing: Box<dyn Clearing>,
    /// Where requests go.
    pub placement: Box<dyn Placement>,
    /// The placement policy's own stream.
    pub placement_stream: Stream,
}

impl Policies {
    /// The policies that a scenario chose.
    pub fn new(choice: Choice, rules: &Rules, seed: u64, replication: u64) -> Self {
        Self {
            clearing: clearing::clearing(rules),
            placement: placement::placement(choice.placement),
            placement_stream: Stream::open(seed, replication, Purpose::Placement, 0),
        }
    }
}
