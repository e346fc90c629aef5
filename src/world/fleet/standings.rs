//! Which hosts satisfy what requests demand of places and lines (CLD-05).
//!
//! All that any request of a scenario demands is known at its start. Hosts that satisfy the same of it
//! share a class if they are else alike, so a search leaves out whole classes, and where nobody demands
//! anything there are no more classes than before.

use crate::ids::{HostId, Id, PoolId};
use crate::scenario::Scenario;
use crate::scenario::model::{HostSpec, Standing};
use std::collections::BTreeMap;

/// A set of sites, as hosts satisfy them.
pub type StandingId = u32;

/// What each host satisfies.
#[derive(Clone, Debug, Default)]
pub struct Standings {
    /// The distinct sets: for each site whether it is in it.
    sets: Vec<Vec<bool>>,
    /// By host.
    of_host: Vec<StandingId>,
    /// For each site the pools with a host that satisfies it, in order.
    pools: Vec<Vec<PoolId>>,
}

/// CLD-05. Where a host stands, and how it is connected.
fn standing<'a>(scenario: &Scenario, host: &'a HostSpec) -> Standing<'a> {
    Standing {
        datacenter: scenario.pools[host.pool.index()].datacenter,
        country: host.country.as_deref(),
        public_ip: host.public_ip,
        download: host.download,
        upload: host.upload,
    }
}

impl Standings {
    /// Those of a scenario's hosts.
    pub fn new(scenario: &Scenario) -> Self {
        let mut known: BTreeMap<Vec<bool>, StandingId> = BTreeMap::new();
        let mut all = Self { pools: vec![Vec::new(); scenario.sites.len()], ..Self::default() };
        for host in &scenario.hosts {
            let standing = standing(scenario, host);
            let set: Vec<bool> = scenario.sites.iter().map(|site| site.admits(&standing)).collect();
            for (pools, _) in all.pools.iter_mut().zip(&set).filter(|(_, admits)| **admits) {
                if let Err(place) = pools.binary_search(&host.pool) {
                    pools.insert(place, host.pool);
                }
            }
            let next = StandingId::try_from(all.sets.len()).expect("no more than hosts");
            let id = *known.entry(set.clone()).or_insert(next);
            if id == next {
                all.sets.push(set);
            }
            all.of_host.push(id);
        }
        all
    }
    /// One more host, which satisfies what `like` does.
    pub(super) fn add(&mut self, like: HostId) {
        self.of_host.push(self.of(like));
    }
    /// What a host satisfies.
    pub fn of(&self, host: HostId) -> StandingId {
        self.of_host.get(host.index()).copied().unwrap_or_default()
    }
    /// Whether hosts of this standing are candidates for requests that demand `site`. Whoever demands
    /// nothing is always served.
    #[inline]
    pub fn admits(&self, standing: StandingId, site: u32) -> bool {
        site == 0 || self.sets[standing as usize][site as usize]
    }
    /// The pools with a host that satisfies `site`, in order.
    pub fn pools(&self, site: u32) -> &[PoolId] {
        self.pools.get(site as usize).map_or(&[], Vec::as_slice)
    }
}
