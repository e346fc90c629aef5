//! Policies: what is decided, apart from what then happens.
//!
//! The seams, each a small trait with its members, chosen by the scenario:
//!
//! | seam | trait | members | chosen by |
//! |---|---|---|---|
//! | where a request goes | [`placement::Placement`] | a file each in `policy/placement` | `policies.placement` |
//!
//! A policy sees a read-only view and returns a decision. It cannot change the world or schedule
//! anything, and it draws from a stream of its own, so swapping it changes no customer.

pub mod placement;
pub mod registry;

// What a policy is written with, and what a program registers it in.
pub use crate::ids::HostId;
pub use crate::rng::Stream;
pub use crate::world::view::{Candidates, Room};
pub use placement::{Needs, Placement};
pub use registry::Registry;

use crate::rng::Purpose;
use crate::scenario::model::Policies as Choice;
use registry::NotRegistered;

/// The policies of a run.
pub struct Policies {
    /// Where requests go.
    pub placement: Box<dyn Placement>,
    /// The placement policy's own stream.
    pub placement_stream: Stream,
}

impl Policies {
    /// The policies that a scenario chose, built in or of `registry`.
    ///
    /// # Errors
    /// A policy of the program's own that is not in the registry.
    pub fn new(
        choice: Choice,
        registry: &Registry,
        (seed, replication): (u64, u64),
    ) -> Result<Self, NotRegistered> {
        Ok(Self {
            placement: placement::placement(choice.placement, registry)?,
            placement_stream: Stream::open(seed, replication, Purpose::Placement, 0),
        })
    }
}
