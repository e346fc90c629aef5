//! What is known of spot where all of a scope pay one price (SPOT-12 to SPOT-15, SPOT-17).
//!
//! Each scope has a *book*: who wins, who waits and with which bid, and the path of its price. A pod's
//! compute meter follows that path: it is brought up to date when somebody reads it, so that a price
//! that moves costs nothing for each pod that pays it (SPOT-15).

pub mod path;

use super::World;
use super::pod::Pod;
use super::usage::TimeInUse;
use crate::billing::{Meter, Side};
use crate::ids::{AccountId, HostId, PodId, ScopeId};
use crate::journal::fact::Item;
use crate::rng::{Purpose, Stream};
use crate::scenario::Scenario;
use crate::scenario::rules::SpotClearing;
use crate::units::{Money, SimTime};
use path::PricePath;
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

/// HOST-01. The GPUs of the largest host.
const MOST_GPUS: usize = 16;

/// Bids, each with how many are of it.
type Bids = BTreeMap<Money, u32>;

/// The spot market of a run in which spot pods don't pay as they bid.
#[derive(Clone, Debug)]
pub struct Spot {
    /// By scope.
    books: Vec<Book>,
    /// How the price is found.
    pub clearing: SpotClearing,
    /// By scope: its use up to when a price was last posted.
    pub last_use: Vec<TimeInUse>,
    /// By scope: how its reserve wanders (SPOT-17).
    pub walks: Vec<Wandering>,
    /// By pod slot: which path the pod's compute meter follows, and up to which step it has.
    following: Vec<Option<(ScopeId, u64)>>,
    /// For tests: whether funds are worked out exactly at every look.
    pub look_closely: bool,
    /// Accounts whose funds were last found near a line, if prices stay as they are.
    pub near: BTreeSet<AccountId>,
}

/// SPOT-17. What the next step of a reserve hangs on.
#[derive(Clone, Debug)]
pub struct Wandering {
    /// The noise of its steps.
    pub noise: Stream,
    /// The last step, in nano-dollars.
    pub last_step: f64,
}

/// The spot market of a scope.
#[derive(Clone, Debug)]
struct Book {
    /// Spot pods in I, R or V on available hosts, by bid.
    winners: BTreeSet<(Money, PodId)>,
    /// Of the waiting new requests that name the scope, by how many GPUs they ask for.
    waiting: [Bids; MOST_GPUS + 1],
    /// Of those who wait for a host of the scope: host, GPUs asked for.
    resuming: BTreeMap<(HostId, u32), Bids>,
    /// Of these, those who ask for more GPUs than their host had free when it was last looked at.
    held_back: Bids,
    /// How many that were.
    had_free: BTreeMap<HostId, u32>,
    /// Hosts that are to be looked at again.
    stale: BTreeSet<HostId>,
    path: PricePath,
}

impl Book {
    fn new(price: Money) -> Self {
        Self {
            winners: BTreeSet::new(),
            waiting: Default::default(),
            resuming: BTreeMap::new(),
            held_back: Bids::new(),
            had_free: BTreeMap::new(),
            stale: BTreeSet::new(),
            path: PricePath::begin(price),
        }
    }
}

fn add(bids: &mut Bids, bid: Money, many: u32) {
    *bids.entry(bid).or_default() += many;
}

fn take(bids: &mut Bids, bid: Money, many: u32) {
    let count = bids.get_mut(&bid).expect("only what was added is taken away");
    *count -= many;
    if *count == 0 {
        bids.remove(&bid);
    }
}

fn greatest_up_to(bids: &Bids, most: Money) -> Option<Money> {
    bids.range(..=most).next_back().map(|(bid, _)| *bid)
}

impl Spot {
    /// The market of a scenario; none where spot pods pay as they bid.
    pub fn new(scenario: &Scenario, seed: u64, replication: u64) -> Option<Box<Self>> {
        let pays_as_bid = scenario.rules.spot_clearing == SpotClearing::PayAsBid;
        if pays_as_bid || !scenario.rules.spot {
            return None;
        }
        let books = scenario.scopes.iter().map(|scope| Book::new(scope.min_bid)).collect();
        let wandering = |scope: usize| Wandering {
            noise: Stream::open(seed, replication, Purpose::Reserve, scope as u64),
            last_step: 0.0,
        };
        Some(Box::new(Self {
            books,
            clearing: scenario.rules.spot_clearing,
            last_use: vec![TimeInUse::default(); scenario.scopes.len()],
            walks: (0..scenario.scopes.len()).map(wandering).collect(),
            following: Vec::new(),
            look_closely: false,
            near: BTreeSet::new(),
        }))
    }
    /// The price in force in `scope`.
    pub fn price(&self, scope: ScopeId) -> Money {
        self.book(scope).path.present()
    }
    /// It is `price` from this side of this instant on.
    pub fn set_price(&mut self, scope: ScopeId, at: SimTime, side: Side, price: Money) {
        self.book_mut(scope).path.set(at, side, price);
    }
    /// SPOT-12. The lowest bid of a winner.
    pub fn lowest_winning(&self, scope: ScopeId) -> Option<Money> {
        self.book(scope).winners.first().map(|(bid, _)| *bid)
    }
    /// SPOT-14. The winners that bid less than `price`, the lowest bid first.
    pub fn winners_below(&self, scope: ScopeId, price: Money) -> Vec<PodId> {
        let winners = self.book(scope).winners.iter();
        winners.take_while(|(bid, _)| *bid < price).map(|(_, pod)| *pod).collect()
    }
    /// SPOT-12. The highest losing bid up to `most`, where no host on offer has more than `most_free` GPUs
    /// free. The hosts that are waited for must have been looked at.
    fn highest_losing(&self, scope: ScopeId, most_free: u32, most: Money) -> Option<Money> {
        let book = self.book(scope);
        let asked = book.waiting.iter().skip(most_free as usize + 1);
        asked.chain([&book.held_back]).filter_map(|bids| greatest_up_to(bids, most)).max()
    }
    fn book(&self, scope: ScopeId) -> &Book {
        &self.books[crate::ids::Id::index(scope)]
    }
    fn book_mut(&mut self, scope: ScopeId) -> &mut Book {
        &mut self.books[crate::ids::Id::index(scope)]
    }
    fn followed(&self, pod: PodId) -> Option<(ScopeId, u64)> {
        self.following.get(pod.slot as usize).copied().flatten()
    }
    /// For the audit: who wins in `scope`.
    pub(super) fn winners(&self, scope: ScopeId) -> &BTreeSet<(Money, PodId)> {
        &self.book(scope).winners
    }
    /// For the audit: how many new requests wait there, by GPUs and bid.
    pub(super) fn waiting(&self, scope: ScopeId) -> BTreeMap<(u32, Money), u32> {
        let by_gpus = (0..).zip(&self.book(scope).waiting);
        let each = by_gpus.flat_map(|(gpus, bids)| bids.iter().map(move |(bid, n)| (gpus, bid, n)));
        each.map(|(gpus, bid, many)| ((gpus, *bid), *many)).collect()
    }
    /// For the audit: how many wait for hosts there, by host, GPUs and bid.
    pub(super) fn resuming(&self, scope: ScopeId) -> BTreeMap<(HostId, u32, Money), u32> {
        let by_host = self.book(scope).resuming.iter();
        let each = by_host.flat_map(|(key, bids)| bids.iter().map(move |(bid, n)| (key, bid, n)));
        each.map(|((host, gpus), bid, many)| ((*host, *gpus, *bid), *many)).collect()
    }
}

/// Whether a pod bids for GPUs, and with what.
fn bid_for_gpus(pod: &Pod) -> Option<Money> {
    pod.bid().filter(|_| 0 < pod.gpus)
}

/// Bids that hold GPUs, and bids that wait for some.
impl World {
    /// A spot pod in I, R or V has GPUs on `host`, or is promised some.
    #[cold] // apart from the way of on-demand pods
    pub fn count_bid(&mut self, pod: PodId, host: HostId) {
        let Some(bid) = bid_for_gpus(&self.pods[pod]) else { return };
        let row = &self.fleet.hosts[host];
        let (scope, available) = (row.scope, row.available());
        self.fleet.scopes[scope].add_bid(bid);
        if available && let Some(spot) = &mut self.spot {
            spot.book_mut(scope).winners.insert((bid, pod));
        }
    }
    /// It no longer has.
    #[cold] // likewise
    pub fn uncount_bid(&mut self, pod: PodId, host: HostId) {
        let Some(bid) = bid_for_gpus(&self.pods[pod]) else { return };
        let scope = self.fleet.hosts[host].scope;
        self.fleet.scopes[scope].take_bid(bid);
        if let Some(spot) = &mut self.spot {
            spot.book_mut(scope).winners.remove(&(bid, pod));
        }
    }
    /// HOST-02. `host` has become available, or is no longer: so are the winners on it.
    pub fn note_availability(&mut self, host: HostId) {
        let Some(spot) = &mut self.spot else { return };
        let row = &self.fleet.hosts[host];
        let book = &mut spot.books[crate::ids::Id::index(row.scope)];
        for pod in &row.guests {
            let guest = &self.pods[*pod];
            let Some(bid) = bid_for_gpus(guest).filter(|_| guest.state.displaceable()) else {
                continue;
            };
            if row.available() {
                book.winners.insert((bid, *pod));
            } else {
                book.winners.remove(&(bid, *pod));
            }
        }
        book.stale.insert(host);
        self.fleet.scopes[row.scope].touched = true;
    }
    /// Something changed on `host`: it is looked at again if anybody waits for it.
    pub fn note_free(&mut self, host: HostId) {
        let Some(spot) = &mut self.spot else { return };
        let book = &mut spot.books[crate::ids::Id::index(self.fleet.hosts[host].scope)];
        if book.had_free.contains_key(&host) {
            book.stale.insert(host);
        }
    }
    /// A spot request waits from now on, or no longer does.
    pub fn note_waiting(&mut self, pod: PodId, waits: bool) {
        let Some(spot) = &mut self.spot else { return };
        let row = &self.pods[pod];
        let Some(bid) = bid_for_gpus(row) else { return };
        let change = if waits { add } else { take };
        if let Some(host) = row.waits_for() {
            let scope = self.fleet.hosts[host].scope;
            spot.book_mut(scope).note_resuming((host, row.gpus), bid, change);
            self.fleet.scopes[scope].touched = true;
            return;
        }
        for scope in &self.shapes.get(row.shape).scopes {
            change(&mut spot.book_mut(*scope).waiting[row.gpus as usize], bid, 1);
            self.fleet.scopes[*scope].touched = true;
        }
    }
    /// SPOT-12. The lowest bid of a winner in `scope`, and the highest losing bid that is no higher; none
    /// without winners.
    pub fn marginal_bids(&mut self, scope: ScopeId) -> Option<(Money, Option<Money>)> {
        let spot = self.spot.as_mut()?;
        let fleet = &self.fleet;
        spot.book_mut(scope).look_at_hosts(|host| {
            let row = &fleet.hosts[host];
            if row.available() { row.free.gpus } else { 0 }
        });
        let lowest = spot.lowest_winning(scope)?;
        let classes = fleet.scopes[scope].classes.iter();
        let most_free = classes.filter_map(|class| fleet.classes[*class].free.most_free()).max();
        Some((lowest, spot.highest_losing(scope, most_free.unwrap_or(0), lowest)))
    }
}

impl Book {
    /// One more waits for a host, or one less.
    fn note_resuming(&mut self, key: (HostId, u32), bid: Money, change: fn(&mut Bids, Money, u32)) {
        let bids = self.resuming.entry(key).or_default();
        change(bids, bid, 1);
        let gone = bids.is_empty();
        let (host, gpus) = key;
        // Who waits for a host that was not looked at yet is held back by nothing known of it.
        let free = *self.had_free.entry(host).or_insert_with(|| {
            self.stale.insert(host);
            u32::MAX
        });
        if free < gpus {
            change(&mut self.held_back, bid, 1);
        }
        if gone {
            self.resuming.remove(&key);
            if self.resuming.range((host, 0)..=(host, u32::MAX)).next().is_none() {
                self.had_free.remove(&host);
            }
        }
    }
    /// Brings up to date who is held back by a host that has too few GPUs free.
    fn look_at_hosts(&mut self, free_on: impl Fn(HostId) -> u32) {
        while let Some(host) = self.stale.pop_first() {
            let Some(had) = self.had_free.get_mut(&host) else { continue };
            let free = free_on(host);
            let (before, now) = (std::mem::replace(had, free), free);
            let (least, most) = (before.min(now).saturating_add(1), before.max(now));
            if most < least {
                continue;
            }
            let moved = self.resuming.range((host, least)..=(host, most));
            for (bid, many) in moved.flat_map(|(_, bids)| bids) {
                let change = if now < before { add } else { take };
                change(&mut self.held_back, *bid, *many);
            }
        }
    }
}

/// SPOT-15. Meters that follow a price.
impl World {
    /// The compute meter of `pod` follows the price of `scope` from now on.
    pub fn follow(&mut self, pod: PodId, scope: ScopeId) {
        let Some(spot) = &mut self.spot else { return };
        let seen = spot.book_mut(scope).path.open_reader();
        let slot = pod.slot as usize;
        if spot.following.len() <= slot {
            spot.following.resize(slot + 1, None);
        }
        spot.following[slot] = Some((scope, seen));
    }
    /// It keeps the price that it has.
    #[inline]
    pub fn stop_following(&mut self, pod: PodId) {
        if self.spot.is_some() {
            self.stop_following_now(pod);
        }
    }
    #[cold]
    fn stop_following_now(&mut self, pod: PodId) {
        self.catch_up(pod);
        let Some(spot) = &mut self.spot else { return };
        let Some(entry) = spot.following.get_mut(pod.slot as usize) else { return };
        if let Some((scope, seen)) = entry.take() {
            spot.book_mut(scope).path.close_reader(seen);
        }
    }
    /// Whether the compute meter of `pod` follows the price of `scope`.
    pub fn follows_in(&self, pod: PodId, scope: ScopeId) -> bool {
        let spot = self.spot.as_ref();
        spot.and_then(|spot| spot.followed(pod)).is_some_and(|(followed, _)| followed == scope)
    }
    /// Whether the compute meter of `pod` follows a price.
    pub fn follows(&self, pod: PodId) -> bool {
        self.spot.as_ref().is_some_and(|spot| spot.followed(pod).is_some())
    }
    /// Brings the compute meter of `pod` up to date, if it follows a price: before it posts, or its clock
    /// changes.
    #[inline]
    pub fn catch_up(&mut self, pod: PodId) {
        if self.spot.is_some() {
            self.catch_up_now(pod);
        }
    }
    #[cold]
    fn catch_up_now(&mut self, pod: PodId) {
        let Some(spot) = &mut self.spot else { return };
        let Some((scope, seen)) = spot.followed(pod) else { return };
        let path = &mut spot.books[crate::ids::Id::index(scope)].path;
        if path.is_news(seen)
            && let Some(meter) = self.meters.get_mut(pod, Item::Compute)
        {
            path.replay(seen, meter, self.pods[pod].bid().unwrap_or_default());
            path.close_reader(seen);
            spot.following[pod.slot as usize] = Some((scope, path.open_reader()));
        }
    }
    /// The open meters of `pod` as they stand at today's prices.
    pub fn meters_now(&self, pod: PodId) -> impl Iterator<Item = Cow<'_, Meter>> {
        let behind = self.spot.as_ref().and_then(|spot| {
            let (scope, seen) = spot.followed(pod)?;
            let path = &spot.book(scope).path;
            path.is_news(seen).then_some((path, seen))
        });
        self.meters.of(pod).enumerate().map(move |(index, meter)| match behind {
            // The compute meter is the first.
            Some((path, seen)) if index == 0 => {
                let mut meter = meter.clone();
                path.replay(seen, &mut meter, self.pods[pod].bid().unwrap_or_default());
                Cow::Owned(meter)
            }
            _ => Cow::Borrowed(meter),
        })
    }
    /// The price per GPU-hour that `pod` pays today on a host of `scope`, if it bids there for one price:
    /// never more than its bid.
    #[inline]
    pub fn price_of_bid(&self, pod: PodId, scope: ScopeId) -> Option<Money> {
        let spot = self.spot.as_ref()?;
        let bid = self.pods[pod].bid()?;
        Some(bid.min(spot.price(scope)))
    }
}
