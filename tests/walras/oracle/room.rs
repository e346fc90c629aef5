//! Room on hosts, and which host a request gets (POD-02 to POD-06, SPOT-04 to SPOT-06). Everything is
//! counted afresh from the pods.

use super::biller::Biller;
use super::plans::Offer;
use super::state::{Part, Pod, State};
use std::cmp::Reverse;
use std::ops::Add;
use walras::scenario::model::EvictionChoice;
use walras::scenario::rules::{VcpuMemory, WaitingOrder};

/// What a pod takes from its host, or a host has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Amount {
    pub(crate) gpus: u32,
    pub(crate) vcpus: u32,
    pub(crate) disk: u32,
    /// CPU slots (POD-14).
    pub(crate) slots: u32,
}

impl Add for Amount {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self {
            gpus: self.gpus + other.gpus,
            vcpus: self.vcpus + other.vcpus,
            disk: self.disk + other.disk,
            slots: self.slots + other.slots,
        }
    }
}

impl std::iter::Sum for Amount {
    fn sum<I: Iterator<Item = Self>>(amounts: I) -> Self {
        amounts.fold(Self::default(), Self::add)
    }
}

impl Amount {
    /// Nobody takes more than there is.
    pub(crate) fn less(self, other: Self) -> Self {
        let less = |from: u32, what: u32| from.checked_sub(what).expect("no more than there is");
        Self {
            gpus: less(self.gpus, other.gpus),
            vcpus: less(self.vcpus, other.vcpus),
            disk: less(self.disk, other.disk),
            slots: less(self.slots, other.slots),
        }
    }
    pub(crate) fn covers(self, need: Self) -> bool {
        let few = need.gpus <= self.gpus && need.vcpus <= self.vcpus && need.disk <= self.disk;
        few && need.slots <= self.slots
    }
    /// What is in both.
    pub(crate) fn common(self, other: Self) -> Self {
        Self {
            gpus: self.gpus.min(other.gpus),
            vcpus: self.vcpus.min(other.vcpus),
            disk: self.disk.min(other.disk),
            slots: self.slots.min(other.slots),
        }
    }
    pub(crate) fn is_nothing(self) -> bool {
        self == Self::default()
    }
}

/// A host where a request finds room, and whom it displaces there.
pub(crate) struct Room {
    /// What comes first is taken: the step, the GPU type's place in the request's list, the price to
    /// pay, then what the step looks at.
    rank: (u8, usize, i128, i128, i128),
    pub(crate) host: usize,
    pub(crate) victims: Vec<usize>,
}

/// What of a host is looked at to know whether something came free (POD-06).
pub(crate) struct Seen {
    hosts: Vec<SeenHost>,
    /// Who waits, with the GPU types named.
    waiting: Vec<(usize, Vec<usize>)>,
}

#[derive(Clone, Copy)]
struct SeenHost {
    available: bool,
    free: Amount,
    within_reach: Amount,
    price: i128,
    floor: i128,
}

impl SeenHost {
    /// Whether something came free since `before`, or cheaper.
    fn better_than(&self, before: &Self) -> bool {
        self.available
            && (!before.available
                || !before.free.covers(self.free)
                || !before.within_reach.covers(self.within_reach)
                || self.price < before.price
                || self.floor < before.floor)
    }
}

impl Biller<'_> {
    /// POD-02, POD-03. What a pod holds of its host while it is on it, its volume apart.
    fn holds(&self, pod: &Pod) -> Amount {
        let requested = self.rules.vcpu_memory == VcpuMemory::Requested && pod.gpus > 0;
        let vcpus = if requested { pod.vcpus } else { 0 };
        Amount { gpus: pod.gpus, vcpus, disk: pod.disk_gb, slots: pod.slots() }
    }
    /// What a pod needs to be placed: its volume too, unless that lies there already.
    pub(crate) fn needs(&self, pod: usize) -> Amount {
        let pod = self.pod(pod);
        let volume = if pod.tied && !pod.goes { 0 } else { pod.volume_gb };
        self.holds(pod) + Amount { disk: volume, ..Amount::default() }
    }

    /// What of a host is nobody's, and promised to nobody.
    pub(crate) fn free(&self, host: usize) -> Amount {
        let taken = self.pods.iter().enumerate().filter_map(|(index, pod)| {
            let pod = pod.as_ref()?;
            // STOR-02, STOR-05. From first placement to termination.
            let volume = if self.volume_lies_on(index, host) { pod.volume_gb } else { 0 };
            let volume = Amount { disk: volume, ..Amount::default() };
            if pod.host != host {
                return Some(volume);
            }
            let promised = pod.promise.iter().filter(|part| part.victim.is_none());
            let promised: Amount = promised.map(|part| part.what).sum();
            let held = if pod.holds() { self.holds(pod) } else { Amount::default() };
            Some(promised + held + volume)
        });
        self.hosts[host].all.less(taken.sum())
    }

    /// What is in grace on a host and promised to nobody, earliest end first, then lower id. A volume
    /// is none of it: its pod may yet be stopped by its owner, and keep it.
    pub(crate) fn unpromised(&self, host: usize) -> Vec<Part> {
        let mut parts = Vec::new();
        for (victim, pod) in self.pods.iter().enumerate() {
            let Some(pod) = pod.as_ref().filter(|pod| pod.host == host) else { continue };
            let Some(over) = pod.grace_over else { continue };
            let all = self.pods.iter().flatten().flat_map(|newcomer| &newcomer.promise);
            let promised = all.filter(|part| part.victim == Some(victim)).map(|part| part.what);
            let what = self.holds(pod).less(promised.sum());
            parts.push(((over.at, pod.id), Part { what, victim: Some(victim) }));
        }
        parts.sort_by_key(|(end, _)| *end);
        parts.into_iter().map(|(_, part)| part).filter(|part| !part.what.is_nothing()).collect()
    }
    /// Free, or in grace and promised to nobody.
    fn within_reach(&self, host: usize) -> Amount {
        self.free(host) + self.unpromised(host).iter().map(|part| part.what).sum()
    }

    /// SPOT-05. Whom a request displaces under a policy of eviction; none: not even all would do.
    /// Who needs no GPU finds none missing, and displaces nobody (SPOT-04).
    pub(crate) fn victims(
        &self,
        (pod, host): (usize, usize),
        eviction: EvictionChoice,
    ) -> Option<Vec<usize>> {
        let (asks, needs) = (self.pod(pod), self.needs(pod));
        if asks.gpus == 0 {
            return None;
        }
        let there = self.within_reach(host);
        let with = |pods: &[usize]| there + pods.iter().map(|pod| self.needs(*pod)).sum();
        let mut admissible: Vec<_> = self.pods_by_id();
        admissible.retain(|victim| {
            let victim = self.pod(*victim);
            let holds = victim.runs() || victim.state == State::Reserved;
            let weaker =
                victim.bid.is_some_and(|bid| asks.bid.is_none_or(|stronger| bid < stronger));
            victim.host == host && holds && weaker && victim.gpus > 0
        });
        self.sort_for_eviction(&mut admissible, eviction);
        let mut taken = Vec::new();
        for victim in admissible {
            if !with(&taken).covers(needs) {
                taken.push(victim);
            }
        }
        if !with(&taken).covers(needs) {
            return None;
        }
        for victim in taken.clone().into_iter().rev() {
            let spared: Vec<_> = taken.iter().copied().filter(|other| *other != victim).collect();
            if with(&spared).covers(needs) {
                taken = spared;
            }
        }
        Some(taken)
    }

    /// The GPU types that a request names, preferred first: its host's once it is tied (POD-09).
    pub(crate) fn kinds(&self, pod: usize) -> Vec<usize> {
        let asks = self.pod(pod);
        let own = asks.tied && !asks.goes;
        if own { vec![self.hosts[asks.host].kind] } else { asks.kinds.clone() }
    }
    /// The hosts that a request names: its own once it is tied, else those of its GPU types, with a network
    /// volume in the data center of that alone (NVOL-05).
    pub(crate) fn named(&self, pod: usize) -> Vec<usize> {
        let (asks, kinds) = (self.pod(pod), self.kinds(pod));
        if asks.tied && !asks.goes {
            return vec![asks.host];
        }
        let of_kinds = (0..self.hosts.len()).filter(|host| kinds.contains(&self.hosts[*host].kind));
        of_kinds
            .filter(|host| asks.network.is_none() || self.script.hosts[*host].center == 0)
            .collect()
    }
    /// POD-02, POD-04, POD-13. Whether a host is big enough for a request, whoever is on it. A resume's
    /// is, if it has the GPUs (POD-11).
    fn is_big_enough(&self, pod: usize, host: usize) -> bool {
        let (asks, all) = (self.pod(pod), self.hosts[host].all);
        let vcpus = match self.rules.vcpu_memory {
            _ if asks.gpus == 0 => self.rules.zero_gpu_vcpu.max(asks.slots()),
            VcpuMemory::Requested => all.vcpus,
            VcpuMemory::Proportional => all.vcpus * asks.gpus / all.gpus,
        };
        let disk = asks.disk_gb + asks.volume_gb;
        let own = asks.tied && !asks.goes;
        let fits = asks.vcpus <= vcpus && disk <= all.disk && asks.slots() <= all.slots;
        asks.gpus <= all.gpus && (own || fits)
    }
    /// The hosts named that are big enough.
    pub(crate) fn suitable(&self, pod: usize) -> Vec<usize> {
        let mut hosts = self.named(pod);
        hosts.retain(|host| self.is_big_enough(pod, *host));
        hosts
    }

    /// POD-06, `block`. The GPU types in which one of its class before it waits.
    pub(crate) fn blocked(&self, pod: usize) -> Vec<usize> {
        if self.rules.waiting_order == WaitingOrder::Skip {
            return Vec::new();
        }
        let before = self.pods_by_id().into_iter();
        let before = before.filter(|other| self.pod(*other).waits() && self.is_behind(pod, *other));
        before.flat_map(|other| self.kinds(other)).collect()
    }
    /// Whether a request stands behind another of its class (GEN-11).
    fn is_behind(&self, pod: usize, other: usize) -> bool {
        let rank = |pod: &Pod| (Reverse(pod.bid), pod.requested);
        let (asks, other) = (self.pod(pod), self.pod(other));
        other.bid.is_some() == asks.bid.is_some() && rank(other) < rank(asks)
    }

    /// POD-05. Where a request finds room, whatever it costs.
    pub(crate) fn rooms(&self, pod: usize) -> Vec<Room> {
        let (asks, needs, kinds) = (self.pod(pod), self.needs(pod), self.kinds(pod));
        let blocked = self.blocked(pod);
        let mut hosts = self.suitable(pod);
        // POD-16. A move goes to another.
        hosts.retain(|host| !asks.goes || *host != asks.host);
        hosts.retain(|host| {
            let host = &self.hosts[*host];
            let takes = asks.bid.is_none_or(|bid| host.floor <= bid);
            host.available() && takes && !blocked.contains(&host.kind)
        });
        let room = |host: usize| {
            let free = self.free(host);
            // POD-14. A CPU pod goes where the fewest slots are left.
            let left = match asks.slots() {
                0 => free.gpus.saturating_sub(needs.gpus),
                slots => free.slots.saturating_sub(slots),
            };
            let left = i128::from(left);
            let (step, first, second, victims) = if free.covers(needs) {
                (0, left, 0, Vec::new())
            } else if let Some(end) = self.end_of_grace(pod, host) {
                (1, i128::from(end), left, Vec::new())
            } else {
                // SPOT-06. Hosts are compared by their lowest bids, whoever gives way there.
                let victims = self.victims((pod, host), EvictionChoice::LowestBid)?;
                let bids = victims.iter().map(|victim| {
                    let victim = self.pod(*victim);
                    (victim.bid.unwrap_or_default(), i128::from(victim.gpus))
                });
                let highest = bids.clone().map(|(bid, _)| bid).max().unwrap_or_default();
                let sum: i128 = bids.map(|(bid, gpus)| bid * gpus).sum();
                (2, highest, sum, self.victims((pod, host), self.script.eviction)?)
            };
            let kind = kinds.iter().position(|kind| *kind == self.hosts[host].kind)?;
            let offer = self.offer_on(pod, host);
            // Without GPUs the list price tells them apart.
            let pays = if asks.gpus > 0 { self.cost(pod, offer) } else { offer.0 };
            let rank = (step, kind, pays, first, second);
            Some(Room { rank, host, victims })
        };
        hosts.into_iter().filter_map(room).collect()
    }

    /// What a pod would pay on a host per GPU-hour, and for how many GPUs it would not (PLAN-05).
    pub(crate) fn offer_on(&self, pod: usize, host: usize) -> Offer {
        let asks = self.pod(pod);
        let price = match asks.slots() {
            0 => asks.bid.unwrap_or(self.hosts[host].price),
            _ => self.rules.cpu_price.nanos(),
        };
        (price, self.would_cover(pod, self.hosts[host].kind))
    }

    /// POD-05. The room that a request gets: among those whose price it can pay.
    pub(crate) fn choose(&self, pod: usize) -> Option<Room> {
        let rooms = self.rooms(pod).into_iter();
        let paid = rooms.filter(|room| self.may_rent(pod, self.offer_on(pod, room.host)).is_ok());
        paid.min_by_key(|room| (room.rank, room.host))
    }

    /// When what is free on a host and what is in grace and promised to nobody come to enough.
    fn end_of_grace(&self, pod: usize, host: usize) -> Option<u64> {
        let mut there = self.free(host);
        for part in self.unpromised(host) {
            there = there + part.what;
            if there.covers(self.needs(pod)) {
                let over = part.victim.and_then(|victim| self.pod(victim).grace_over);
                return over.map(|over| over.at);
            }
        }
        None
    }

    pub(crate) fn look(&self) -> Seen {
        let waiting = self.pods_by_id().into_iter().filter(|pod| self.pod(*pod).waits());
        Seen {
            hosts: (0..self.hosts.len()).map(|host| self.look_at(host)).collect(),
            waiting: waiting.map(|pod| (pod, self.kinds(pod))).collect(),
        }
    }
    fn look_at(&self, index: usize) -> SeenHost {
        let host = &self.hosts[index];
        SeenHost {
            available: host.available(),
            free: self.free(index),
            within_reach: self.within_reach(index),
            price: host.price,
            floor: host.floor,
        }
    }
    /// POD-06. Where something came free or cheaper since `before`, those who wait for it are tried.
    pub(crate) fn spread_news(&mut self, before: &Seen) {
        self.spread_news_of_leavers(before);
        let came_free = (0..self.hosts.len()).filter(|host| self.came_free(before, *host));
        let came_free: Vec<_> = came_free.collect();
        for pod in self.pods_by_id() {
            let named = self.named(pod);
            if self.pod(pod).waits() && came_free.iter().any(|host| named.contains(host)) {
                self.pod_mut(pod).has_news = true;
            }
        }
    }
    pub(crate) fn came_free(&self, before: &Seen, host: usize) -> bool {
        self.look_at(host).better_than(&before.hosts[host])
    }
    /// POD-06, `block`. What one who waits no more has held back is there for those behind it.
    fn spread_news_of_leavers(&mut self, before: &Seen) {
        if self.rules.waiting_order == WaitingOrder::Skip {
            return;
        }
        let gone = before.waiting.iter().filter(|(pod, _)| !self.pod(*pod).waits());
        let gone: Vec<_> = gone.cloned().collect();
        for (left, kinds) in gone {
            for pod in self.pods_by_id() {
                let concerned = self.kinds(pod).iter().any(|kind| kinds.contains(kind));
                if self.pod(pod).waits() && concerned && self.is_behind(pod, left) {
                    self.pod_mut(pod).has_news = true;
                }
            }
        }
    }
}
