//! The read-only face of the fleet that placement policies see.
//!
//! [`Candidates`] are the hosts of one tier (equal GPU type rank, equal price) that could take a
//! request now. A policy asks for the host that its rule names; where the rule allows, the answer comes
//! from an index: disk, floors and requested vCPU and memory filter in the index's order. What such an
//! answer costs does not grow with the fleet, unless many hosts fail the filter. Ties go to the lower
//! host id.

mod evictable;

use super::World;
use super::fleet::{Class, Fleet};
pub use super::index::Sizes;
use crate::ids::{ClassId, HostId, Id};
use crate::rng::Stream;
use crate::units::{Bundle, Money};
use crate::world::heartbeats::Reliability;
pub use evictable::Evictable;
use std::cmp::Reverse;

/// A host as a rule sees it, or all hosts that are alike in this. Disk is left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Room {
    /// All that it has.
    pub total: Bundle,
    /// What is free, or will be by the time that the request gets it.
    pub free: Bundle,
    /// What of it the request takes.
    pub taken: Bundle,
}

impl Room {
    /// Whether none of its GPUs is taken.
    pub const fn is_whole(&self) -> bool {
        self.free.gpus == self.total.gpus
    }
}

/// The hosts among which a policy chooses.
#[derive(Clone, Copy)]
pub struct Candidates<'a> {
    world: &'a World,
    fleet: &'a Fleet,
    need: Bundle,
    bid: Option<Money>,
    source: Source<'a>,
}

#[derive(Clone, Copy)]
enum Source<'a> {
    /// Offered hosts of these classes with enough free now.
    Free(&'a [ClassId]),
    /// These hosts, already known to fit.
    Listed(&'a [HostId]),
}

impl<'a> Candidates<'a> {
    /// Offered hosts of `classes` whose free capacity covers `need`, and whose floor `bid`, if any.
    pub fn free(
        world: &'a World,
        classes: &'a [ClassId],
        need: Bundle,
        bid: Option<Money>,
    ) -> Self {
        Self { world, fleet: &world.fleet, need, bid, source: Source::Free(classes) }
    }
    /// Hosts that are known to fit.
    pub fn listed(world: &'a World, hosts: &'a [HostId], need: Bundle, bid: Option<Money>) -> Self {
        Self { world, fleet: &world.fleet, need, bid, source: Source::Listed(hosts) }
    }
    /// What the request takes.
    pub fn need(&self) -> Bundle {
        self.need
    }
    /// Every candidate, in no order that a rule should rest on. Where an index answers, ask that: this is
    /// a walk over all of them.
    pub fn iter(&self) -> impl Iterator<Item = HostId> {
        let classes: &[ClassId] = match self.source {
            Source::Free(classes) => classes,
            Source::Listed(_) => &[],
        };
        let free = self.within_reach(classes).flat_map(|group| {
            let members = group.free.lowest(self.need.gpus);
            members.map(|member| group.hosts[member as usize])
        });
        let free = free.filter(|host| self.fits(*host));
        self.listed_hosts().iter().copied().chain(free)
    }
    /// HOST-09. How reliable a candidate was at its last return.
    pub fn reliability(&self, host: HostId) -> Reliability {
        self.world.records[host].score
    }
    /// What has been asked for so far by requests that accept the GPU type of these hosts, this one
    /// included, each with how often; vCPUs and memory only where they are requested exactly.
    pub fn typical(&self) -> impl Iterator<Item = (Bundle, u64)> {
        let scope = match self.source {
            Source::Free(classes) => classes.first().map(|class| self.fleet.classes[*class].scope),
            Source::Listed(hosts) => hosts.first().map(|host| self.fleet.hosts[*host].scope),
        };
        let gpu_type = scope.map(|scope| self.fleet.scope_keys[scope.index()].0);
        gpu_type.into_iter().flat_map(|gpu_type| self.world.typical.shapes(gpu_type))
    }
    /// The most of everything that any of these hosts has, or one alike in its class.
    pub fn largest(&self) -> Bundle {
        let most = |all: Bundle, one: Bundle| Bundle {
            gpus: all.gpus.max(one.gpus),
            vcpus: all.vcpus.max(one.vcpus),
            memory: all.memory.max(one.memory),
            disk: 0,
        };
        match self.source {
            Source::Free(classes) => {
                let totals = classes.iter().map(|class| self.fleet.classes[*class].total());
                totals.fold(Bundle::NONE, most)
            }
            Source::Listed(hosts) => {
                let totals = hosts.iter().map(|host| self.fleet.hosts[*host].total);
                totals.fold(Bundle::NONE, most)
            }
        }
    }
    /// Those of the classes in which some host may ask for no more than the bid: where the floor of every
    /// host with a GPU to give is above it, no host is looked at.
    fn within_reach(&self, classes: &'a [ClassId]) -> impl Iterator<Item = &'a Class> {
        let groups = classes.iter().map(|class| &self.fleet.classes[*class]);
        groups.filter(move |group| self.reaches(group))
    }
    /// Whether one of these classes is among them.
    #[inline]
    fn reaches(&self, group: &Class) -> bool {
        let bid = self.bid.filter(|_| 0 < self.need.gpus);
        let lowest = || self.fleet.scopes[group.scope].free_floors.least();
        bid.is_none_or(|bid| lowest().is_some_and(|lowest| lowest <= bid))
    }
    /// The host on which the fewest free GPUs are left; ties: the lower id.
    pub fn tightest(&self) -> Option<HostId> {
        match self.source {
            Source::Listed(hosts) => {
                // Of those in grace it takes only what is not free.
                let left =
                    |host: HostId| self.fleet.hosts[host].free.gpus.saturating_sub(self.need.gpus);
                hosts.iter().copied().min_by_key(|host| (left(*host), *host))
            }
            Source::Free(classes) => {
                let mut best: Option<(u32, HostId)> = None;
                for class in classes {
                    let group = &self.fleet.classes[*class];
                    if !self.reaches(group) {
                        continue;
                    }
                    let suits = |member: u32| self.fits(group.hosts[member as usize]);
                    if let Some((free, member)) = group.free.tightest_that(self.need.gpus, suits) {
                        let found = (free, group.hosts[member as usize]);
                        best = Some(best.map_or(found, |best| best.min(found)));
                    }
                }
                best.map(|(_, host)| host)
            }
        }
    }
    /// The host with the most free GPUs.
    pub fn roomiest(&self) -> Option<HostId> {
        let order = |(free, host): &(u32, HostId)| (Reverse(*free), *host);
        match self.source {
            Source::Listed(_) => self.least_listed(|room, _| Reverse(room.free.gpus)),
            Source::Free(classes) => {
                let best_of = |group: &Class| {
                    let suits = |member: u32| self.fits(group.hosts[member as usize]);
                    let (free, member) = group.free.roomiest_that(self.need.gpus, suits)?;
                    Some((free, group.hosts[member as usize]))
                };
                self.within_reach(classes)
                    .filter_map(best_of)
                    .min_by_key(order)
                    .map(|(_, host)| host)
            }
        }
    }
    /// The host with the least `key`, which hangs on its GPUs, all and free, alone. Found by looking at
    /// one host for each number of free GPUs.
    pub fn least_by_gpus<K: Ord>(&self, key: impl Fn(&Room) -> K) -> Option<HostId> {
        match self.source {
            Source::Listed(_) => self.least_listed(|room, _| key(room)),
            Source::Free(classes) => {
                let mut least = Least::default();
                for group in self.within_reach(classes) {
                    for (free, members) in group.free.levels(self.need.gpus) {
                        let key = key(&self.room_by_share(group.total(), free));
                        if least.may_be(&key) {
                            let hosts = members.iter().map(|member| group.hosts[member as usize]);
                            least.offer(key, hosts.filter(|host| self.fits(*host)));
                        }
                    }
                }
                least.host()
            }
        }
    }
    /// The host with the least `key`, which hangs on vCPUs and memory, too. Where these come by share
    /// they follow the GPUs, and the host is found like [`least_by_gpus`](Self::least_by_gpus); where
    /// they are requested exactly, every candidate is looked at.
    pub fn least<K: Ord>(&self, key: impl Fn(&Room) -> K) -> Option<HostId> {
        match self.source {
            Source::Free(classes) if !self.fleet.by_share => {
                let mut least = Least::default();
                for group in self.within_reach(classes) {
                    for member in group.free.lowest(self.need.gpus) {
                        let host = group.hosts[member as usize];
                        if self.fits(host) {
                            least.offer(key(&self.room(host)), std::iter::once(host));
                        }
                    }
                }
                least.host()
            }
            Source::Free(_) | Source::Listed(_) => self.least_by_gpus(key),
        }
    }
    /// The host with the least `key`, which hangs on its GPUs and on the sizes of the pods there. Found
    /// by looking at one host for each group of hosts alike in this.
    pub fn least_by_sizes<K: Ord>(&self, key: impl Fn(&Room, Sizes) -> K) -> Option<HostId> {
        let Source::Free(classes) = self.source else { return self.least_listed(key) };
        let mut least = Least::default();
        for group in self.within_reach(classes) {
            let index = group.sizes.as_ref().expect("kept for policies that ask for sizes");
            for ((sizes, free), members) in index.groups() {
                if free < self.need.gpus {
                    continue;
                }
                let key = key(&self.room_by_share(group.total(), free), sizes);
                if least.may_be(&key) {
                    let hosts = members.iter().map(|member| group.hosts[*member as usize]);
                    least.offer(key, hosts.filter(|host| self.fits(*host)));
                }
            }
        }
        least.host()
    }
    /// The host at which the request pays least: on demand all candidates cost the same; a bid is paid
    /// as it is, and the host with the least floor asks least for it. Hosts are looked at in order of id,
    /// up to the first whose floor is the least that its scope offers.
    pub fn cheapest(&self) -> Option<HostId> {
        if self.bid.is_none() {
            return self.first();
        }
        let Source::Free(classes) = self.source else {
            let hosts = self.listed_hosts().iter().copied();
            return hosts.min_by_key(|host| (self.fleet.floor(*host), *host));
        };
        let mut least = Least::default();
        for group in self.within_reach(classes) {
            // Who needs no GPU may go where none is free, at a floor that is not counted there.
            let lowest = self.fleet.scopes[group.scope].free_floors.least();
            let lowest = lowest.filter(|_| 0 < self.need.gpus);
            for member in group.free.lowest(self.need.gpus) {
                let host = group.hosts[member as usize];
                let floor = self.fleet.floor(host);
                if self.fits(host) {
                    least.offer(floor, std::iter::once(host));
                    if lowest.is_some_and(|lowest| floor <= lowest) {
                        break;
                    }
                }
            }
        }
        least.host()
    }
    fn listed_hosts(&self) -> &'a [HostId] {
        match self.source {
            Source::Listed(hosts) => hosts,
            Source::Free(_) => &[],
        }
    }
    fn least_listed<K: Ord>(&self, key: impl Fn(&Room, Sizes) -> K) -> Option<HostId> {
        let key = |host: &HostId| (key(&self.room(*host), self.fleet.hosts[*host].sizes), *host);
        self.listed_hosts().iter().copied().min_by_key(key)
    }
    /// One of the candidates as it is: where free hosts are chosen from, without what is in grace there.
    pub fn room(&self, host: HostId) -> Room {
        let row = &self.fleet.hosts[host];
        let total = Bundle { disk: 0, ..row.total };
        let free = match self.source {
            Source::Free(_) => row.free,
            Source::Listed(_) => row.free + row.open(),
        };
        if self.fleet.by_share {
            return self.room_by_share(total, free.gpus);
        }
        Room { total, free: Bundle { disk: 0, ..free }, taken: Bundle { disk: 0, ..self.need } }
    }
    /// Hosts alike with so many GPUs free, and their share of the rest.
    fn room_by_share(&self, total: Bundle, free: u32) -> Room {
        let share = |gpus: u32| Bundle {
            gpus,
            vcpus: total.vcpus * gpus / total.gpus.max(1),
            memory: total.memory * gpus / total.gpus.max(1),
            disk: 0,
        };
        Room { total, free: share(free), taken: share(self.need.gpus) }
    }
    /// The host with the lowest id.
    pub fn first(&self) -> Option<HostId> {
        match self.source {
            Source::Listed(hosts) => hosts.iter().copied().min(),
            Source::Free(classes) => {
                let first_of = |group: &Class| {
                    let in_order = group.free.lowest(self.need.gpus);
                    let mut hosts = in_order.map(|member| group.hosts[member as usize]);
                    hosts.find(|host| self.fits(*host))
                };
                self.within_reach(classes).filter_map(first_of).min()
            }
        }
    }
    /// Any of the hosts, with equal probability.
    pub fn any(&self, stream: &mut Stream) -> Option<HostId> {
        match self.source {
            Source::Listed(hosts) => pick(hosts, stream),
            Source::Free(classes) => {
                // The index counts GPUs alone. Where a draw fails on disk or floor, one among those
                // that fit is drawn: either way each fitting host is equally likely.
                let drawn = self.draw_by_gpus(classes, stream)?;
                if self.fits(drawn) {
                    return Some(drawn);
                }
                let fitting: Vec<HostId> = self.iter().collect();
                pick(&fitting, stream)
            }
        }
    }
    fn draw_by_gpus(&self, classes: &[ClassId], stream: &mut Stream) -> Option<HostId> {
        let count = |class: &ClassId| self.fleet.classes[*class].free.count(self.need.gpus);
        let all: u32 = classes.iter().map(count).sum();
        if all == 0 {
            return None;
        }
        let mut rank = u32::try_from(stream.below(u64::from(all))).ok()?;
        for class in classes {
            let here = count(class);
            if rank < here {
                let group = &self.fleet.classes[*class];
                let member = group.free.nth(self.need.gpus, rank)?;
                return Some(group.hosts[member as usize]);
            }
            rank -= here;
        }
        None
    }
    fn fits(&self, host: HostId) -> bool {
        self.fleet.hosts[host].free.covers(&self.need)
            && self.bid.is_none_or(|bid| self.fleet.floor(host) <= bid)
    }
}

/// The host with the least key so far; ties: the lower id.
struct Least<K>(Option<(K, HostId)>);

impl<K> Default for Least<K> {
    fn default() -> Self {
        Self(None)
    }
}

impl<K: Ord> Least<K> {
    /// Whether a host with this key may be it.
    fn may_be(&self, key: &K) -> bool {
        self.0.as_ref().is_none_or(|(least, _)| key <= least)
    }
    /// The first of some `hosts`, in order of id, all with this key.
    fn offer(&mut self, key: K, mut hosts: impl Iterator<Item = HostId>) {
        if let Some(host) = hosts.next() {
            let offered = Some((key, host));
            if self.0.is_none() || offered < self.0 {
                self.0 = offered;
            }
        }
    }
    fn host(self) -> Option<HostId> {
        self.0.map(|(_, host)| host)
    }
}

fn pick(hosts: &[HostId], stream: &mut Stream) -> Option<HostId> {
    let count = u64::try_from(hosts.len()).ok().filter(|count| 0 < *count)?;
    hosts.get(usize::try_from(stream.below(count)).ok()?).copied()
}
