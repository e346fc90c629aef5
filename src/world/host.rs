//! A host: what is free on it, in grace, promised, and to whom (HOST-01, HOST-02, GEN-13, SPOT-07).
//!
//! The resources of a host are at each instant split exactly into: free; held by pods; in grace; and
//! the volumes of stopped pods. What is in grace is either open (promised to nobody) or part of a
//! newcomer's promise. A promise is a list of parts, each free already or waiting for one victim;
//! when no part waits, it can be handed over. All of that moves in here and nowhere else.

use super::index::Sizes;
use super::standing::Standing;
use super::waiting::lanes::Queues;
use crate::ids::{ClassId, PodId, PoolId, ScopeId};
use crate::journal::fact::{Kind, Occupancy, Step};
use crate::units::{Bundle, Money, SimTime};
use std::collections::BTreeSet;

/// A victim in grace.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Grace {
    /// The victim.
    pub pod: PodId,
    /// When it is gone at the latest.
    pub kill_at: SimTime,
    /// All that it holds.
    pub held: Bundle,
    /// What of it is promised to nobody.
    pub open: Bundle,
}

/// A part of a promise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Part {
    /// The victim that it waits for; none: it is free already.
    pub from: Option<PodId>,
    /// What it is.
    pub bundle: Bundle,
}

/// What is promised to a Reserved pod.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Promise {
    /// The newcomer.
    pub pod: PodId,
    /// How the newcomer is rented.
    pub kind: Kind,
    /// By which step of POD-05 it was made.
    pub step: Step,
    /// When its last victim is gone at the latest.
    pub due: SimTime,
    /// Its parts.
    pub parts: Vec<Part>,
}

impl Promise {
    /// Whether nothing is waited for any more.
    pub fn is_ready(&self) -> bool {
        self.parts.iter().all(|part| part.from.is_none())
    }
}

/// Resuming pods that wait for a host, by rank; those without GPUs apart, for they may find room where
/// GPUs are gone.
#[derive(Clone, Debug, Default)]
pub struct Resuming([Queues<PodId>; 2]);

impl Resuming {
    /// Those who wait for GPUs too, or those `without`.
    pub fn queues(&self, without: bool) -> &Queues<PodId> {
        &self.0[usize::from(without)]
    }
    /// The same, to change.
    pub fn queues_mut(&mut self, without: bool) -> &mut Queues<PodId> {
        &mut self.0[usize::from(without)]
    }
    /// Whether nobody waits.
    pub fn is_empty(&self) -> bool {
        self.0.iter().all(Queues::is_empty)
    }
    /// All of them.
    pub fn pods(&self) -> impl Iterator<Item = PodId> {
        self.0.iter().flat_map(Queues::items)
    }
}

/// A host.
#[derive(Clone, Debug)]
pub struct Host {
    /// Its scope.
    pub scope: ScopeId,
    /// Its pool.
    pub pool: PoolId,
    /// The class of hosts alike.
    pub class: ClassId,
    /// Its number in its class.
    pub member: u32,
    /// All that it has.
    pub total: Bundle,
    /// Download speed in bit/s.
    pub download: u64,
    /// Its own minimum bid per GPU-hour, if it states one.
    pub own_min_bid: Option<Money>,
    /// Its own on-demand price, if it states one (HOST-13).
    pub own_price: Option<Money>,
    /// When its own price was last changed.
    pub priced_at: Option<SimTime>,
    /// What keeps it from being available, or offered.
    pub standing: Standing,
    /// How often it has lost its power, and its network.
    pub losses: [u32; 2],
    /// Neither held nor promised.
    pub free: Bundle,
    /// Victims in grace, the earliest end first, then the lower id.
    pub graces: Vec<Grace>,
    /// Promises.
    pub promises: Vec<Promise>,
    /// Pods that hold something or are promised something here, in no order: V, I, R, G, D.
    pub guests: Vec<PodId>,
    /// How many GPUs they have each; known only where hosts are indexed by it.
    pub sizes: Sizes,
    /// Stopped and Resuming pods whose volume lies here.
    pub dormant: BTreeSet<PodId>,
    /// Resuming pods that wait for it.
    pub resuming: Resuming,
    /// How its GPUs are used.
    pub occupancy: Occupancy,
    /// With how many GPUs its class lists it as open, if it does.
    pub listed_open: Option<u32>,
    /// What was last stated of it: whether it is available, and its occupancy.
    pub stated: Option<(bool, Occupancy)>,
}

impl Host {
    /// HOST-02. Powered, online, and there.
    pub fn available(&self) -> bool {
        self.standing.available()
    }
    /// HOST-02. Available, and listed: requests see it.
    pub fn offered(&self) -> bool {
        self.standing.offered()
    }
    /// What is in grace and promised to nobody.
    pub fn open(&self) -> Bundle {
        self.graces.iter().fold(Bundle::NONE, |sum, grace| sum + grace.open)
    }
    /// What is free, and the same with what is open in grace.
    pub fn within_reach(&self) -> [Bundle; 2] {
        [self.free, self.free + self.open()]
    }
    /// POD-06. Whether anything came free since it was `before`.
    pub fn reaches_further_than(&self, before: &[Bundle; 2]) -> bool {
        before.iter().zip(&self.within_reach()).any(|(before, now)| !before.covers(now))
    }
    /// The earliest instant at which free and open resources together cover `need`, if they do.
    pub fn covered_at(&self, need: &Bundle) -> Option<SimTime> {
        let mut sum = self.free;
        let mut at = SimTime::ZERO;
        for grace in &self.graces {
            if sum.covers(need) {
                break;
            }
            if !grace.open.is_empty() {
                sum += grace.open;
                at = grace.kill_at;
            }
        }
        sum.covers(need).then_some(at)
    }
    /// Its guests, the lowest id first.
    pub fn guests_in_order(&self) -> Vec<PodId> {
        let mut pods = self.guests.clone();
        pods.sort_unstable();
        pods
    }
    /// A pod holds nothing here any more.
    pub fn dismiss(&mut self, pod: PodId) {
        if let Some(place) = self.guests.iter().position(|guest| *guest == pod) {
            self.guests.swap_remove(place);
        }
    }
    /// A pod takes free resources.
    #[inline(always)] // on the way of every pod
    pub fn take(&mut self, bundle: Bundle, kind: Kind) {
        self.free -= bundle;
        self.count(kind, bundle.gpus);
    }
    /// A pod gives back what it held, at once.
    pub fn give(&mut self, bundle: Bundle, kind: Kind) {
        self.free += bundle;
        self.uncount(kind, bundle.gpus);
    }
    /// SPOT-07. A pod gets SIGTERM and keeps what it holds until `kill_at`.
    pub fn begin_grace(&mut self, pod: PodId, held: Bundle, kind: Kind, kill_at: SimTime) {
        self.uncount(kind, held.gpus);
        self.occupancy.free -= narrow(held.gpus);
        self.occupancy.grace += narrow(held.gpus);
        let place =
            self.graces.partition_point(|other| (other.kill_at, other.pod) < (kill_at, pod));
        self.graces.insert(place, Grace { pod, kill_at, held, open: held });
    }
    /// SPOT-07. A victim is gone: what was open of it is free, parts promised of it are ready. Gives
    /// the newcomers whose promise is now whole.
    pub fn end_grace(&mut self, victim: PodId) -> Vec<PodId> {
        let index = self.graces.iter().position(|grace| grace.pod == victim);
        let grace = self.graces.remove(index.expect("the victim is in grace"));
        self.occupancy.grace -= narrow(grace.held.gpus);
        self.occupancy.free += narrow(grace.open.gpus);
        self.free += grace.open;
        let mut ready = Vec::new();
        for promise in &mut self.promises {
            let mut met = false;
            for part in promise.parts.iter_mut().filter(|part| part.from == Some(victim)) {
                part.from = None;
                met = true;
                *use_by(&mut self.occupancy, promise.kind) += narrow(part.bundle.gpus);
            }
            if met && promise.is_ready() {
                ready.push(promise.pod);
            }
        }
        ready
    }
    /// POD-05. Promises `need` to `pod`: free resources first, then what is open in grace, earliest
    /// end first; of which kind the newcomer is, and by which step, is kept with it. Gives the instant at
    /// which the last part is there at the latest; `now` if nothing is waited for.
    pub fn promise(
        &mut self,
        pod: PodId,
        need: Bundle,
        (kind, step): (Kind, Step),
        now: SimTime,
    ) -> SimTime {
        let first = self.free.common(&need);
        self.take(first, kind);
        let mut parts = Vec::new();
        if !first.is_empty() {
            parts.push(Part { from: None, bundle: first });
        }
        let mut left = need - first;
        let mut due = now;
        for grace in &mut self.graces {
            let bundle = grace.open.common(&left);
            if bundle.is_empty() {
                continue;
            }
            grace.open -= bundle;
            left -= bundle;
            due = due.max(grace.kill_at);
            parts.push(Part { from: Some(grace.pod), bundle });
        }
        assert!(left.is_empty(), "a promise is made of what is there");
        self.promises.push(Promise { pod, kind, step, due, parts });
        due
    }
    /// The promise to `pod`, if there is one.
    pub fn promise_to(&self, pod: PodId) -> Option<&Promise> {
        self.promises.iter().find(|promise| promise.pod == pod)
    }
    /// The promise is kept: its parts, all there, are now held by the newcomer.
    /// Gives the step by which it was made.
    pub fn hand_over(&mut self, pod: PodId) -> Step {
        let promise = self.take_promise(pod);
        assert!(promise.is_ready(), "a promise is handed over when its last victim is gone");
        promise.step
    }
    /// The promise is void: what was free of it is free, the rest is promised to nobody.
    pub fn void_promise(&mut self, pod: PodId, kind: Kind) {
        for part in self.take_promise(pod).parts {
            match part.from {
                None => self.give(part.bundle, kind),
                Some(victim) => {
                    let grace = self.graces.iter_mut().find(|grace| grace.pod == victim);
                    grace.expect("parts wait for victims in grace").open += part.bundle;
                }
            }
        }
    }
    fn take_promise(&mut self, pod: PodId) -> Promise {
        let index = self.promises.iter().position(|promise| promise.pod == pod);
        self.promises.remove(index.expect("a Reserved pod has a promise"))
    }
    fn count(&mut self, kind: Kind, gpus: u32) {
        self.occupancy.free -= narrow(gpus);
        *use_by(&mut self.occupancy, kind) += narrow(gpus);
    }
    fn uncount(&mut self, kind: Kind, gpus: u32) {
        *use_by(&mut self.occupancy, kind) -= narrow(gpus);
        self.occupancy.free += narrow(gpus);
    }
}

/// The GPUs of an occupancy that rentals of a kind hold.
#[inline(always)] // on the way of every pod
fn use_by(occupancy: &mut Occupancy, kind: Kind) -> &mut u8 {
    match kind {
        Kind::OnDemand => &mut occupancy.on_demand,
        Kind::Spot { .. } => &mut occupancy.spot,
        Kind::Serverless => &mut occupancy.serverless,
    }
}

fn narrow(gpus: u32) -> u8 {
    u8::try_from(gpus).expect("a host has at most 16 GPUs")
}
