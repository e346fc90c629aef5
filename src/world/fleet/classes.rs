//! Classes: hosts alike in all that is fixed, with indexes of their own (POD-05).
//!
//! Where one host comes, goes or sets its price, its class and no other is made anew.

use super::super::bits::BitSet;
use super::super::host::Host;
use super::super::index::{BidIndex, FreeIndex, SizeIndex};
use super::{Fleet, StandingId};
use crate::ids::{ClassId, HostId, PoolId, ScopeId};
use crate::scenario::rules::{CommunityPricing, Rules};
use crate::units::{Bundle, Money};
use std::collections::{BTreeMap, BTreeSet};

/// What hosts of a class have in common: all that is fixed and that a request can ask for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Alike {
    /// Their pool, hence scope and data center.
    pub pool: PoolId,
    /// Their GPUs.
    pub gpus: u32,
    /// Their vCPUs.
    pub vcpus: u32,
    /// Their memory in GB.
    pub memory: u32,
    /// Their CPU slots (POD-14).
    pub cpu_slots: u32,
    /// Their own price (HOST-13).
    pub own_price: Option<Money>,
    /// What of all that requests demand of places and lines they satisfy (CLD-05).
    pub standing: StandingId,
}

/// A class of hosts alike.
#[derive(Clone, Debug)]
pub struct Class {
    /// What they share.
    pub alike: Alike,
    /// Their scope.
    pub scope: ScopeId,
    /// Its hosts, in order of id.
    pub hosts: Vec<HostId>,
    /// The disk of the one that has most.
    pub largest_disk: u32,
    /// Offered hosts by free GPUs.
    pub free: FreeIndex,
    /// Offered hosts by whom a displacement would hit.
    pub bids: BidIndex,
    /// Offered hosts by the sizes of their pods, where the placement policy asks for them.
    pub sizes: Option<SizeIndex>,
    /// Members whose place in `bids` is out of date.
    pub stale: BitSet,
    /// Offered hosts with something in grace that is promised to nobody, each behind the GPUs that are
    /// free there or open in grace.
    pub open: BTreeSet<(u32, HostId)>,
}

impl Class {
    /// A class of these hosts, none of them offered yet.
    fn new(alike: Alike, scope: ScopeId, hosts: Vec<HostId>, disks: u32, by_sizes: bool) -> Self {
        let members = u32::try_from(hosts.len()).expect("fewer than 2^32 hosts");
        Self {
            alike,
            scope,
            largest_disk: disks,
            sizes: by_sizes.then(|| SizeIndex::new(members)),
            free: FreeIndex::new(members, alike.gpus),
            bids: BidIndex::new(members, alike.gpus),
            stale: BitSet::new(members),
            open: BTreeSet::new(),
            hosts,
        }
    }
    fn empty(alike: Alike, scope: ScopeId) -> Self {
        Self::new(alike, scope, Vec::new(), 0, false)
    }
    /// A host is listed by what is open on it and free, if anything is in grace there.
    #[cold] // most changes are none of a displacement
    pub(super) fn list_open(&mut self, host: HostId, former: Option<u32>, reach: Option<u32>) {
        if let Some(former) = former {
            self.open.remove(&(former, host));
        }
        self.open.extend(reach.map(|gpus| (gpus, host)));
    }
}

impl Class {
    /// What each of its hosts has, disk left out.
    pub fn total(&self) -> Bundle {
        let Alike { gpus, vcpus, memory, .. } = self.alike;
        Bundle { gpus, vcpus, memory, disk: 0 }
    }
}

impl Fleet {
    /// Sorts the hosts of the start into classes.
    pub(super) fn begin(&mut self, hosts: Vec<HostId>, rules: &Rules) {
        let mut groups: BTreeMap<(ScopeId, Alike), Vec<HostId>> = BTreeMap::new();
        for host in hosts {
            let Host { scope, own_min_bid, .. } = self.hosts[host];
            self.scopes[scope].hosts.push(host);
            self.scopes[scope].add_own_floor(own_min_bid);
            groups.entry((scope, self.alike(host, rules))).or_default().push(host);
        }
        for ((scope, alike), hosts) in groups {
            let class = self.classes.push(Class::empty(alike, scope));
            self.scopes[scope].classes.push(class);
            self.make_class((scope, class), alike, hosts, rules);
        }
        for scope in self.scopes.ids() {
            self.prices_moved(scope);
        }
    }
    /// HOST-13. A host's own price has changed, and with it its class: the former one and the new one are made
    /// anew, the others stay as they are.
    pub fn classify(&mut self, host: HostId, rules: &Rules) {
        self.leave_class(host, rules);
        self.enter_class(host, rules);
    }
    /// The host belongs to the class of those like it, from now on.
    pub(super) fn enter_class(&mut self, host: HostId, rules: &Rules) {
        let scope = self.hosts[host].scope;
        self.prices_moved(scope);
        let alike = self.alike(host, rules);
        match self.find_class(scope, &alike) {
            Ok(place) => {
                let class = self.scopes[scope].classes[place];
                let mut hosts = self.classes[class].hosts.clone();
                let place = hosts.partition_point(|other| *other < host);
                hosts.insert(place, host);
                self.make_class((scope, class), alike, hosts, rules);
            }
            Err(place) => {
                let class = self.vacant.pop();
                let class = class.unwrap_or_else(|| self.classes.push(Class::empty(alike, scope)));
                self.scopes[scope].classes.insert(place, class);
                self.make_class((scope, class), alike, vec![host], rules);
            }
        }
    }
    /// Where the class of hosts like these is, or would be, among those of its scope.
    fn find_class(&self, scope: ScopeId, alike: &Alike) -> Result<usize, usize> {
        let classes = &self.scopes[scope].classes;
        classes.binary_search_by(|class| self.classes[*class].alike.cmp(alike))
    }
    /// The host belongs to its class no longer.
    pub(super) fn leave_class(&mut self, host: HostId, rules: &Rules) {
        let Host { scope, class, .. } = self.hosts[host];
        let mut hosts = self.classes[class].hosts.clone();
        let Ok(place) = hosts.binary_search(&host) else { return };
        hosts.remove(place);
        let is_empty = hosts.is_empty();
        let alike = self.classes[class].alike;
        self.make_class((scope, class), alike, hosts, rules);
        if is_empty {
            self.scopes[scope].classes.retain(|other| *other != class);
            self.vacant.push(class);
        }
    }
    /// `class` consists of these hosts, in order.
    fn make_class(
        &mut self,
        (scope, class): (ScopeId, ClassId),
        alike: Alike,
        hosts: Vec<HostId>,
        rules: &Rules,
    ) {
        let disks = hosts.iter().map(|host| self.hosts[*host].total.disk);
        let disk = disks.max().unwrap_or(0);
        self.classes[class] = Class::new(alike, scope, hosts.clone(), disk, self.by_sizes);
        for (member, host) in (0..).zip(hosts) {
            let row = &mut self.hosts[host];
            (row.class, row.member, row.listed_open) = (class, member, None);
            self.refresh(host, rules);
        }
    }
    fn alike(&self, host: HostId, rules: &Rules) -> Alike {
        let row = &self.hosts[host];
        let own_price = match rules.community_pricing {
            CommunityPricing::Platform => None,
            CommunityPricing::Host => row.own_price,
        };
        let Bundle { gpus, vcpus, memory, .. } = row.total;
        let standing = self.standings.of(host);
        let cpu_slots = self.cpu.as_ref().map_or(0, |cpu| cpu.total(host));
        Alike { pool: row.pool, gpus, vcpus, memory, cpu_slots, own_price, standing }
    }
}
