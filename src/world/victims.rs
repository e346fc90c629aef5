//! Whom a displacement would hit on a host (SPOT-04, SPOT-05, SPOT-06, SPOT-11).
//!
//! On one host: the spot pods in I, R or V whose bid is below the newcomer's are taken in the order of
//! the eviction policy until what is free, open in grace and theirs suffices; then, in the reverse of
//! that order, each whose removal was not needed is spared.
//!
//! On which host is decided by the lowest bids, whatever the policy. Of those the last one taken is never
//! spared, so a bid wins there iff it is above the highest victim's: one ordered index per GPU count
//! serves every bid and on demand alike. Where they suffice, so do all that may be displaced, in whatever
//! order: so there are victims under every policy, or under none.

use super::World;
use super::fleet::Fleet;
use super::index::Key;
use super::pod::{Pod, PodState};
use super::table::Pods;
use crate::ids::{ClassId, HostId, Id, PodId, ScopeId};
use crate::units::{Bundle, Money, SimTime};
use std::cmp::Reverse;

/// A spot pod that may be displaced.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Victim {
    /// The pod.
    pub pod: PodId,
    /// Its bid per GPU.
    pub bid: Money,
    /// What its removal brings: what it holds, or is promised.
    pub bundle: Bundle,
}

/// SPOT-05. The displaceable pods of a host, lowest bid first; ties: the youngest placement (a
/// Reserved pod being the youngest), then the higher id.
pub fn displaceable(fleet: &Fleet, pods: &Pods<Pod>, host: HostId) -> Vec<Victim> {
    let guests = fleet.hosts[host].guests.iter();
    let mut list: Vec<_> = guests
        .filter_map(|&id| {
            let pod = &pods[id];
            let bid = pod.bid().filter(|_| pod.state.displaceable() && 0 < pod.gpus)?;
            let reserved = matches!(pod.state, PodState::Reserved { .. });
            let bundle = if reserved { pod.need() } else { pod.bundle };
            Some(((bid, age(id, pod)), Victim { pod: id, bid, bundle }))
        })
        .collect();
    list.sort_by_key(|(key, _)| *key);
    list.into_iter().map(|(_, victim)| victim).collect()
}

/// SPOT-05. The order among equals: a Reserved pod, then the youngest placement, then the higher id.
type Age = (bool, Reverse<Option<SimTime>>, Reverse<PodId>);

fn age(id: PodId, pod: &Pod) -> Age {
    let reserved = matches!(pod.state, PodState::Reserved { .. });
    (!reserved, Reverse(pod.rental().placed_at), Reverse(id))
}

/// SPOT-05. The victims among `candidates` (in the order of eviction) that make `base` cover `need`,
/// in that order; none if all together do not suffice.
pub fn select(candidates: &[Victim], base: Bundle, need: &Bundle) -> Option<Vec<Victim>> {
    let mut sum = base;
    let mut taken = Vec::new();
    for victim in candidates {
        if sum.covers(need) {
            break;
        }
        sum += victim.bundle;
        taken.push(*victim);
    }
    if !sum.covers(need) {
        return None;
    }
    for index in (0..taken.len()).rev() {
        let without = sum - taken[index].bundle;
        if without.covers(need) {
            sum = without;
            taken.remove(index);
        }
    }
    Some(taken)
}

/// SPOT-06. How hard a set of victims is hit: the highest bid, then the sum of bid × GPUs.
pub fn key(victims: &[Victim]) -> Key {
    Key {
        highest: victims.iter().map(|victim| victim.bid).max().unwrap_or_default(),
        sum: victims.iter().map(|victim| victim.bid.times(victim.bundle.gpus)).sum(),
    }
}

/// The least sum of bid × GPUs with which at least so many GPUs can be had, for each number of GPUs, in
/// nano-dollars; [`NONE`] where they cannot be had.
struct LeastSums([i128; MOST_GPUS + 1]);

/// Above every sum.
const NONE: i128 = i128::MAX;

/// HOST-01. The GPUs of the largest host.
const MOST_GPUS: usize = 16;

impl LeastSums {
    /// Of nobody.
    fn nobody() -> Self {
        let mut sums = Self::impossible();
        sums.0[0] = 0;
        sums
    }
    /// Of no set at all.
    fn impossible() -> Self {
        Self([NONE; MOST_GPUS + 1])
    }
    fn of(&self, gpus: u32) -> Option<Money> {
        self.0.get(gpus as usize).filter(|sum| **sum != NONE).map(|sum| Money::from_nanos(*sum))
    }
    /// Adds the sets that have `victim`, and else members of these sets or of those of `below`. Nobody
    /// asks for more than `most` GPUs.
    fn add(&mut self, below: &Self, victim: &Victim, most: usize) {
        let cost = victim.bid.times(victim.bundle.gpus).nanos();
        for gpus in (0..=most).rev() {
            let rest = gpus.saturating_sub(victim.bundle.gpus as usize);
            let others = self.0[rest].min(below.0[rest]);
            self.0[gpus] = self.0[gpus].min(others.saturating_add(cost));
        }
    }
    /// Adds the sets of `other`.
    fn join(&mut self, other: &Self, most: usize) {
        for (mine, theirs) in self.0[..=most].iter_mut().zip(other.0) {
            *mine = theirs.min(*mine);
        }
    }
}

/// A host and the victims that a newcomer would displace there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Displacement {
    /// Where.
    pub host: HostId,
    /// Whom.
    pub victims: Vec<Victim>,
    rank: (Key, HostId),
}

impl World {
    /// SPOT-05, `lowest_bid`. The victims on `host` for a newcomer that needs `need` and may displace
    /// bids below `below` (none: any).
    pub fn victims_on(
        &self,
        host: HostId,
        need: &Bundle,
        below: Option<Money>,
    ) -> Option<Vec<Victim>> {
        self.select_on(host, &self.admissible(host, below), need)
    }
    /// SPOT-05. The same in another order of eviction: whose `key` is the least goes first.
    #[cold] // most scenarios evict by the lowest bid
    pub fn victims_by(
        &self,
        host: HostId,
        need: &Bundle,
        below: Option<Money>,
        key: impl Fn(&Victim) -> i128,
    ) -> Option<Vec<Victim>> {
        let mut candidates = self.admissible(host, below);
        candidates
            .sort_by_cached_key(|victim| (key(victim), age(victim.pod, &self.pods[victim.pod])));
        self.select_on(host, &candidates, need)
    }
    /// SPOT-04. Whom a bid of `below` (none: on demand) may displace on `host`, lowest bid first.
    fn admissible(&self, host: HostId, below: Option<Money>) -> Vec<Victim> {
        let mut candidates = displaceable(&self.fleet, &self.pods, host);
        candidates.retain(|victim| below.is_none_or(|below| victim.bid < below));
        candidates
    }
    fn select_on(&self, host: HostId, candidates: &[Victim], need: &Bundle) -> Option<Vec<Victim>> {
        let row = &self.fleet.hosts[host];
        select(candidates, row.free + row.open(), need).filter(|victims| !victims.is_empty())
    }
    /// SPOT-06. The best displacement among the offered hosts of `classes`: the least highest bid,
    /// then the least sum, then the lower host id.
    ///
    /// The index knows GPUs alone: its key is a lower bound of the true one, which counts disk, too, and
    /// comes of sparing in SPOT-05's order. The walk ends at the first entry that cannot beat the best one
    /// found.
    pub fn best_displacement(
        &mut self,
        classes: &[ClassId],
        need: &Bundle,
        below: Option<Money>,
    ) -> Option<Displacement> {
        self.best_displacement_among(classes, need, below, |_, _| true)
    }
    /// The same among those of the hosts that suit.
    pub fn best_displacement_among(
        &mut self,
        classes: &[ClassId],
        need: &Bundle,
        below: Option<Money>,
        suits: impl Fn(&Self, HostId) -> bool,
    ) -> Option<Displacement> {
        let mut best: Option<Displacement> = None;
        for &class in classes {
            let scope = &self.fleet.scopes[self.fleet.classes[class].scope];
            let lowest = || scope.floors.least();
            let too_low = |bid| lowest().is_none_or(|lowest| bid < lowest);
            if scope.bids.is_empty() || below.is_some_and(too_low) {
                continue;
            }
            self.freshen(class);
            let group = &self.fleet.classes[class];
            for (bound, member) in group.bids.best(need.gpus.max(1)) {
                let host = group.hosts[member as usize];
                let beaten = best.as_ref().is_some_and(|best| best.rank <= (bound, host));
                if beaten || below.is_some_and(|below| below <= bound.highest) {
                    break;
                }
                let too_low = below.is_some_and(|bid| bid < self.fleet.floor(host));
                if too_low || !suits(self, host) {
                    continue;
                }
                let Some(victims) = self.victims_on(host, need, below) else { continue };
                let rank = (key(&victims), host);
                if best.as_ref().is_none_or(|best| rank < best.rank) {
                    best = Some(Displacement { host, victims, rank });
                }
            }
        }
        best
    }
    /// Brings the displacement index of `class` up to date.
    pub fn freshen(&mut self, class: ClassId) {
        while let Some(member) = self.fleet.classes[class].stale.first() {
            self.fleet.classes[class].stale.remove(member);
            let host = self.fleet.classes[class].hosts[member as usize];
            let entries = self.entries(host);
            let group = &mut self.fleet.classes[class];
            match entries {
                Some(entries) => group.bids.set(member, &entries),
                None => group.bids.remove(member),
            }
        }
    }
    /// For each GPU count a lower bound of the key of the victims on `host`, whatever else than GPUs a
    /// newcomer needs; where GPUs alone matter it is mostly that key itself.
    ///
    /// The highest bid is that of the last one taken for the GPUs alone. The sum is the least with
    /// which so many GPUs can be had from bids up to that one, one of that height among them: who needs
    /// disk, too, may spare others than who needs GPUs alone, but can't do with less than this.
    pub(super) fn entries(&self, host: HostId) -> Option<Vec<Option<Key>>> {
        let row = &self.fleet.hosts[host];
        let candidates = displaceable(&self.fleet, &self.pods, host);
        let weakest = candidates.first().filter(|_| row.offered())?;
        let base = row.free.gpus + row.open().gpus;
        let mut entries = vec![None; row.total.gpus as usize + 1];
        for entry in entries.iter_mut().take(base as usize + 1) {
            *entry = Some(Key { highest: weakest.bid, sum: weakest.bid });
        }
        let most = row.total.gpus.saturating_sub(base) as usize;
        let mut below = LeastSums::nobody();
        let mut found = base;
        for equal in candidates.chunk_by(|one, other| one.bid == other.bid) {
            let mut with = LeastSums::impossible();
            for victim in equal {
                with.add(&below, victim, most);
                found += victim.bundle.gpus;
            }
            for gpus in base + 1..=found.min(row.total.gpus) {
                let entry = &mut entries[gpus as usize];
                let sum = with.of(gpus - base);
                *entry = entry.or(sum.map(|sum| Key { highest: equal[0].bid, sum }));
            }
            below.join(&with, most);
        }
        Some(entries)
    }

    /// SPOT-11. The least bid that would win `gpus` GPUs now on `host`, looking at GPUs alone.
    pub fn winning_bid_on(&self, host: HostId, gpus: u32, tick: Money) -> Option<Money> {
        let row = &self.fleet.hosts[host];
        if !row.offered() {
            return None;
        }
        let floor = self.fleet.floor(host).up_to_multiple(tick);
        let mut found = row.free.gpus + row.open().gpus;
        if self.spot.as_ref().is_some_and(|spot| spot.clearing.is_posted()) {
            let price = self.fleet.scopes[row.scope].spot_price;
            return (gpus <= found).then_some(price.up_to_multiple(tick).max(floor));
        }
        let mut bid = floor;
        for victim in displaceable(&self.fleet, &self.pods, host) {
            if gpus <= found {
                break;
            }
            found += victim.bundle.gpus;
            bid = floor.max(victim.bid + tick);
        }
        (gpus <= found).then_some(bid)
    }
    /// SPOT-11. The least bid that would win one GPU now in `scope`: published on every change.
    pub fn winning_bid(&mut self, scope: ScopeId, tick: Money) -> Option<Money> {
        let state = &self.fleet.scopes[scope];
        let free = state.free_floors.least();
        let least = state.floors.least()?;
        // Bids are multiples of the tick, floors need not be.
        let reserve = state.reserve.unwrap_or_default();
        let mut best = free.map(|floor| floor.max(reserve).up_to_multiple(tick));
        if self.spot.as_ref().is_some_and(|spot| spot.clearing.is_posted()) {
            return best.map(|floor| floor.max(state.spot_price.up_to_multiple(tick)));
        }
        if free == Some(least) || state.bids.is_empty() {
            return best;
        }
        for class in state.classes.clone() {
            self.freshen(class);
            let group = &self.fleet.classes[class];
            for (bound, member) in group.bids.best(1) {
                if best.is_some_and(|best| best <= bound.highest + tick) {
                    break;
                }
                let host = group.hosts[member as usize];
                let bid = self.winning_bid_on(host, 1, tick);
                best = best.into_iter().chain(bid).min();
            }
        }
        best
    }
    /// SPOT-11. The least bid that would win `gpus` GPUs now in `scope`: for who asks, by the indexes.
    #[cold]
    pub fn winning_bid_for(&mut self, scope: ScopeId, gpus: u32, tick: Money) -> Option<Money> {
        let state = &self.fleet.scopes[scope];
        let least = state.floors.least()?.up_to_multiple(tick);
        let mut best: Option<Money> = None;
        for class in state.classes.clone() {
            self.freshen(class);
            let group = &self.fleet.classes[class];
            let free = group.free.lowest(gpus).map(|member| group.hosts[member as usize]);
            let open = group.open.range((gpus, HostId::from_index(0))..).map(|(_, host)| *host);
            for host in free.chain(open) {
                // Where floors are alike, the first host settles it.
                if best == Some(least) {
                    return best;
                }
                let bid = self.winning_bid_on(host, gpus, tick);
                best = best.into_iter().chain(bid).min();
            }
            for (bound, member) in group.bids.best(gpus) {
                if best.is_some_and(|best| best <= bound.highest + tick) {
                    break;
                }
                let bid = self.winning_bid_on(group.hosts[member as usize], gpus, tick);
                best = best.into_iter().chain(bid).min();
            }
        }
        best
    }
}
