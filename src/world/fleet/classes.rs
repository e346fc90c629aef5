//! Classes: hosts alike in all that is fixed, with indexes of their own (POD-05).
//!
//! A class has vacant places among its hosts once any came or left: who joins, or sets its price, takes one
//! between those of lower and of higher ids, so that members stay in order of id. Only where there is none, or
//! where most places are vacant, is the class made anew, with more vacant places than hosts, many of them where
//! the last one came. So what a change costs hardly grows with the class, and of a fleet that stays as it is all
//! places are taken.

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
    /// By member: its hosts in order of id; in a vacant place one that is not out of this order.
    pub hosts: Vec<HostId>,
    /// Which places are vacant.
    vacant: BitSet,
    /// How many members there is room for.
    room: u32,
    /// Their disks, each with how many have so much.
    disks: BTreeMap<u32, u32>,
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
    /// A class without hosts so far, and room for so many.
    fn new(alike: Alike, scope: ScopeId, room: u32, by_sizes: bool) -> Self {
        Self {
            alike,
            scope,
            disks: BTreeMap::new(),
            sizes: by_sizes.then(|| SizeIndex::new(room)),
            free: FreeIndex::new(room, alike.gpus),
            bids: BidIndex::new(room, alike.gpus),
            stale: BitSet::new(room),
            open: BTreeSet::new(),
            hosts: Vec::new(),
            vacant: BitSet::new(room),
            room,
        }
    }
    /// Its hosts in order of id, each with its place.
    pub fn members(&self) -> impl Iterator<Item = (u32, HostId)> {
        let places = (0..).zip(self.hosts.iter().copied());
        places.filter(|(member, _)| !self.vacant.contains(*member))
    }
    /// The disk of the one that has most.
    pub fn largest_disk(&self) -> u32 {
        self.disks.last_key_value().map_or(0, |(disk, _)| *disk)
    }
    /// A vacant place for `host`, if there is one between its neighbours.
    fn place_for(&self, host: HostId) -> Option<u32> {
        let next = self.hosts.partition_point(|other| *other < host);
        let next = u32::try_from(next).expect("fewer than 2^32 hosts");
        let before = next.checked_sub(1).filter(|place| self.vacant.contains(*place));
        let is_free = if (next as usize) < self.hosts.len() {
            self.vacant.contains(next)
        } else {
            next < self.room
        };
        before.or(is_free.then_some(next))
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
            let class = self.classes.push(Class::new(alike, scope, 0, self.by_sizes));
            self.scopes[scope].classes.push(class);
            self.make_class(class, &hosts, None, rules);
        }
        for scope in self.scopes.ids() {
            self.prices_moved(scope);
        }
    }
    /// HOST-13. A host's own price has changed, and with it its class.
    pub fn classify(&mut self, host: HostId, rules: &Rules) {
        self.leave_class(host, rules);
        self.enter_class(host, rules);
    }
    /// The host belongs to the class of those like it, from now on.
    pub(super) fn enter_class(&mut self, host: HostId, rules: &Rules) {
        const LEAST_ROOM: u32 = 8;
        let scope = self.hosts[host].scope;
        self.prices_moved(scope);
        let alike = self.alike(host, rules);
        let class = match self.find_class(scope, &alike) {
            Ok(place) => self.scopes[scope].classes[place],
            Err(place) => {
                let empty = Class::new(alike, scope, LEAST_ROOM, self.by_sizes);
                let class = match self.vacant.pop() {
                    Some(class) => {
                        self.classes[class] = empty;
                        class
                    }
                    None => self.classes.push(empty),
                };
                self.scopes[scope].classes.insert(place, class);
                class
            }
        };
        if let Some(place) = self.classes[class].place_for(host) {
            self.put(class, (place, host), rules);
            return;
        }
        let mut hosts: Vec<HostId> = self.classes[class].members().map(|(_, host)| host).collect();
        let place = hosts.partition_point(|other| *other < host);
        hosts.insert(place, host);
        self.make_class(class, &hosts, Some(place + 1), rules);
    }
    /// Where the class of hosts like these is, or would be, among those of its scope.
    fn find_class(&self, scope: ScopeId, alike: &Alike) -> Result<usize, usize> {
        let classes = &self.scopes[scope].classes;
        classes.binary_search_by(|class| self.classes[*class].alike.cmp(alike))
    }
    /// The host belongs to its class no longer.
    pub(super) fn leave_class(&mut self, host: HostId, rules: &Rules) {
        let Host { scope, class, member, total, .. } = self.hosts[host];
        self.hide(host);
        let row = &mut self.classes[class];
        row.vacant.insert(member);
        if let Some(count) = row.disks.get_mut(&total.disk) {
            *count -= 1;
            if *count == 0 {
                row.disks.remove(&total.disk);
            }
        }
        let (places, vacant) = (row.hosts.len(), row.vacant.len() as usize);
        if vacant == places {
            self.scopes[scope].classes.retain(|other| *other != class);
            self.vacant.push(class);
        } else if 4 * (places - vacant) < places {
            let hosts: Vec<HostId> = row.members().map(|(_, host)| host).collect();
            self.make_class(class, &hosts, Some(hosts.len()), rules);
        }
    }
    /// `class` consists of these hosts, in order: without a vacant place, or, if `loose` says before which of them
    /// more are likely to come, with one between any two, as many as hosts before that one, and room at the end.
    fn make_class(
        &mut self,
        class: ClassId,
        hosts: &[HostId],
        loose: Option<usize>,
        rules: &Rules,
    ) {
        let Class { alike, scope, .. } = self.classes[class];
        let count = u32::try_from(hosts.len()).expect("fewer than 2^32 hosts");
        let (every, room) = if loose.is_some() { (2, 4 * count) } else { (1, count) };
        self.classes[class] = Class::new(alike, scope, room, self.by_sizes);
        let mut member = 0;
        for (index, host) in hosts.iter().enumerate() {
            let gap = if loose == Some(index) { count } else { 0 };
            let group = &mut self.classes[class];
            let places = u32::try_from(group.hosts.len()).expect("fewer than 2^32 places");
            for vacant in places..member + gap {
                group.hosts.push(*host);
                group.vacant.insert(vacant);
            }
            self.put(class, (member + gap, *host), rules);
            member += gap + every;
        }
    }
    /// The host takes a place of its class.
    fn put(&mut self, class: ClassId, (member, host): (u32, HostId), rules: &Rules) {
        let group = &mut self.classes[class];
        let row = &mut self.hosts[host];
        if (member as usize) < group.hosts.len() {
            group.hosts[member as usize] = host;
            group.vacant.remove(member);
        } else {
            group.hosts.push(host);
        }
        *group.disks.entry(row.total.disk).or_default() += 1;
        (row.class, row.member, row.listed_open) = (class, member, None);
        self.refresh(host, rules);
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
