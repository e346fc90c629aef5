//! CPU slots of hosts, for pods without a GPU (POD-14).
//!
//! A CPU pod takes so many slots as it asks for vCPUs. They stand apart from what all other pods take of a
//! host, for most hosts have none, and most markets no such host: then there is no table.

use crate::ids::{ClassId, HostId, Id};
use std::collections::BTreeSet;

/// The slots of a host.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Slots {
    total: u32,
    free: u32,
    /// The class in which it is listed, and by how many free slots.
    listed: Option<(ClassId, u32)>,
}

/// The slots of all hosts, and the hosts that are on offer by free slots.
#[derive(Clone, Debug, Default)]
pub struct CpuSlots {
    hosts: Vec<Slots>,
    offered: BTreeSet<(ClassId, u32, HostId)>,
}

impl CpuSlots {
    /// Hosts of so many slots each, in order of id; none if no host has any.
    pub fn new(totals: impl Iterator<Item = u32>) -> Option<Box<Self>> {
        let hosts: Vec<Slots> =
            totals.map(|total| Slots { total, free: total, listed: None }).collect();
        let any = hosts.iter().any(|slots| 0 < slots.total);
        any.then(|| Box::new(Self { hosts, offered: BTreeSet::new() }))
    }
    /// One more host.
    pub fn add(&mut self, total: u32) {
        self.hosts.push(Slots { total, free: total, listed: None });
    }
    /// All slots of a host.
    pub fn total(&self, host: HostId) -> u32 {
        self.hosts[host.index()].total
    }
    /// Its free ones.
    pub fn free(&self, host: HostId) -> u32 {
        self.hosts[host.index()].free
    }
    /// A pod takes some.
    pub fn take(&mut self, host: HostId, slots: u32) {
        let row = &mut self.hosts[host.index()];
        row.free = row.free.checked_sub(slots).expect("no more slots are taken than there are");
    }
    /// A pod gives them back.
    pub fn give(&mut self, host: HostId, slots: u32) {
        self.hosts[host.index()].free += slots;
    }
    /// A host is on offer in a class, or not at all.
    pub fn list(&mut self, host: HostId, class: Option<ClassId>) {
        let row = &mut self.hosts[host.index()];
        let place = class.filter(|_| 0 < row.total).map(|class| (class, row.free));
        let former = std::mem::replace(&mut row.listed, place);
        if former == place {
            return;
        }
        if let Some((class, free)) = former {
            self.offered.remove(&(class, free, host));
        }
        self.offered.extend(place.map(|(class, free)| (class, free, host)));
    }
    /// Hosts of a class on offer with at least so many free slots, the fewest first, then the lower id.
    pub fn with(&self, class: ClassId, slots: u32) -> impl Iterator<Item = HostId> + '_ {
        let first = (class, slots, HostId::from_index(0));
        let listed = self.offered.range(first..).take_while(move |(of, ..)| *of == class);
        listed.map(|(_, _, host)| *host)
    }
    /// Where a host is listed, for the audit.
    pub fn listed(&self, host: HostId) -> Option<(ClassId, u32)> {
        let row = self.hosts[host.index()];
        let is_found =
            |(class, free): &(ClassId, u32)| self.offered.contains(&(*class, *free, host));
        row.listed.filter(is_found)
    }
    /// How many hosts are listed.
    pub fn count(&self) -> usize {
        self.offered.len()
    }
}
