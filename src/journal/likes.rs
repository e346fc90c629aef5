//! Which host of the scenario each host is like: itself, or, if a provider brought it during the run, the
//! pattern of its supply.

use super::Fact;
use super::fact::Supplied;
use crate::ids::{HostId, Id};

/// For each host of a run, in order, whom it is like.
#[derive(Clone, Debug)]
pub struct Likes(Vec<HostId>);

impl Likes {
    /// Those of a scenario with so many hosts, before anybody brought another.
    pub fn new(hosts: usize) -> Self {
        Self((0..hosts).map(HostId::from_index).collect())
    }
    /// A provider's host that `fact` says is new, if it says so.
    pub fn hear(&mut self, fact: &Fact) -> Option<Supplied> {
        let Fact::HostSupplied(supplied) = *fact else { return None };
        self.0.push(supplied.like);
        Some(supplied)
    }
    /// The host of the scenario that `host` is like in all but its name.
    pub fn of(&self, host: HostId) -> HostId {
        self.0[host.index()]
    }
}
