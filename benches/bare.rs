//! The bare skeleton of a market of pods: what an engineer writes for the demand of a scenario when
//! nothing is asked for but speed.
//!
//! Arrival, best fit by bit sets per free count, exact money with a threshold check, departure. It draws
//! the same arrivals as Walras does, from the same streams, for the same fleet: types in the order in
//! which they are preferred, the cheaper cloud first, the fewest free GPUs left. All rent at the list
//! price and nobody waits: who finds no room, or cannot afford an hour, is gone. An account whose money
//! lasts for ten minutes more pays in what it opened with. No spot, no disks, no images, no ledger, no
//! facts.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use walras::ids::{AccountId, GpuTypeId, Id};
use walras::scenario::Scenario;
use walras::scenario::demand::{Arrival, Segment};
use walras::workload::Source;
use walras::workload::deposits::opening_balance;

/// Microseconds.
const MINUTE: u64 = 60_000_000;
const HOUR: i128 = 3_600_000_000;
const NEVER: u64 = u64::MAX;

/// What the loop waits for.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Due {
    /// The next customer of this segment.
    Arrival(u32),
    /// This pod is done.
    Departure(u32),
    /// This account's money is looked at.
    Check(u32),
}

/// The hosts of one GPU type in one cloud.
struct Scope {
    gpu_type: GpuTypeId,
    /// Nano-dollars per GPU-hour.
    price: i128,
    /// Its hosts, numbered from the first.
    hosts: Vec<u32>,
    /// By number of free GPUs: a bit for each of its hosts.
    by_free: Vec<Vec<u64>>,
}

impl Scope {
    /// The first of its hosts with the fewest free GPUs that are enough.
    fn best_fit(&self, gpus: usize) -> Option<u32> {
        self.by_free.get(gpus..)?.iter().find_map(|set| {
            let (index, word) = set.iter().enumerate().find(|(_, word)| **word != 0)?;
            Some(self.hosts[index * 64 + word.trailing_zeros() as usize])
        })
    }
}

/// A host: its scope, its place there, its free GPUs.
#[derive(Clone, Copy)]
struct Host {
    scope: u32,
    place: u32,
    free: u32,
}

/// A pod that runs.
#[derive(Clone, Copy)]
struct Pod {
    account: u32,
    host: u32,
    gpus: u32,
    since: u64,
    /// Nano-dollars per hour, for all of its GPUs.
    rate: i128,
}

/// An account: what it holds, and the straight line along which that falls.
#[derive(Clone, Copy)]
struct Account {
    /// Nano-dollars, less what ended pods came to.
    balance: i128,
    /// What it pays in when its money ends.
    payment: i128,
    /// Nano-dollars per hour of all that runs.
    rate: i128,
    /// The sum of rate times start over all that runs.
    weighted: i128,
    /// When it is looked at next.
    next_check: u64,
}

impl Account {
    /// What is left at `now`, in nano-dollars times microseconds per hour: exact, without a division.
    fn left(&self, now: u64) -> i128 {
        self.balance * HOUR - (self.rate * i128::from(now) - self.weighted)
    }
}

/// What a run came to.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Counts {
    pub(crate) arrived: u64,
    pub(crate) placed: u64,
    pub(crate) unaffordable: u64,
    pub(crate) events: u64,
    pub(crate) payments: u64,
    /// Nano-dollars.
    pub(crate) paid: i128,
    /// GPUs times microseconds that pods held.
    pub(crate) gpu_micros: u128,
}

/// The loop and all that it holds.
pub(crate) struct Bare {
    heap: BinaryHeap<Reverse<(u64, u64, Due)>>,
    scheduled: u64,
    horizon: u64,
    sources: Vec<Source>,
    /// By segment: scopes in the order in which they are tried.
    tried: Vec<Vec<u32>>,
    scopes: Vec<Scope>,
    hosts: Vec<Host>,
    accounts: Vec<Account>,
    pods: Vec<Pod>,
    empty_slots: Vec<u32>,
    pub(crate) counts: Counts,
}

fn number(index: usize) -> u32 {
    u32::try_from(index).expect("a few thousand")
}

impl Bare {
    pub(crate) fn new(scenario: &Scenario, seed: u64) -> Self {
        let mut bare = Self {
            heap: BinaryHeap::new(),
            scheduled: 0,
            horizon: scenario.horizon.micros(),
            sources: Vec::new(),
            tried: Vec::new(),
            scopes: Vec::new(),
            hosts: Vec::new(),
            accounts: Vec::new(),
            pods: Vec::new(),
            empty_slots: Vec::new(),
            counts: Counts::default(),
        };
        bare.add_fleet(scenario);
        for index in 0..scenario.accounts.len() {
            let segment = scenario.accounts[index].segment.expect("all accounts are drawn");
            let drawn = &scenario.segments[segment.index()].opening_balance;
            let balance = opening_balance(drawn, seed, 0, AccountId::from_index(index)).nanos();
            let payment = balance;
            bare.accounts.push(Account {
                balance,
                payment,
                rate: 0,
                weighted: 0,
                next_check: NEVER,
            });
        }
        for (index, segment) in scenario.segments.iter().enumerate() {
            bare.tried.push(bare.order(scenario, segment));
            bare.sources.push(Source::open(scenario, segment, seed, 0).expect("no traces"));
            bare.expect_next(number(index));
        }
        bare
    }
    fn add_fleet(&mut self, scenario: &Scenario) {
        for scope in &scenario.scopes {
            let (gpu_type, price) = (scope.gpu_type, scope.on_demand.nanos());
            self.scopes.push(Scope { gpu_type, price, hosts: Vec::new(), by_free: Vec::new() });
        }
        for (index, spec) in scenario.hosts.iter().enumerate() {
            let scope = scenario.pools[spec.pool.index()].scope.index();
            let there = &mut self.scopes[scope];
            let place = number(there.hosts.len());
            self.hosts.push(Host { scope: number(scope), place, free: spec.gpus });
            there.hosts.push(number(index));
        }
        for scope in &mut self.scopes {
            let sizes = scope.hosts.iter().map(|host| self.hosts[*host as usize].free);
            let words = scope.hosts.len().div_ceil(64);
            scope.by_free = vec![vec![0; words]; sizes.max().map_or(0, |most| most as usize + 1)];
        }
        for host in 0..self.hosts.len() {
            self.note(host);
        }
    }
    /// The scopes that a segment accepts: as it prefers their types, the cheaper first.
    fn order(&self, scenario: &Scenario, segment: &Segment) -> Vec<u32> {
        let mut order = Vec::new();
        for gpu_type in &scenario.type_lists[segment.demand.types as usize] {
            let accepted = |index: &usize| {
                let scope = &self.scopes[*index];
                let cloud = scenario.scopes[*index].cloud;
                scope.gpu_type == *gpu_type && segment.demand.clouds.include(cloud)
            };
            let mut scopes: Vec<usize> = (0..self.scopes.len()).filter(accepted).collect();
            scopes.sort_by_key(|scope| self.scopes[*scope].price);
            order.extend(scopes.into_iter().map(number));
        }
        order
    }

    /// Turns the bit of `host` in the set of its present number of free GPUs.
    fn note(&mut self, host: usize) {
        let Host { scope, place, free } = self.hosts[host];
        let set = &mut self.scopes[scope as usize].by_free[free as usize];
        set[(place / 64) as usize] ^= 1 << (place % 64);
    }
    fn schedule(&mut self, at: u64, due: Due) {
        if at <= self.horizon {
            self.heap.push(Reverse((at, self.scheduled, due)));
            self.scheduled += 1;
        }
    }
    fn expect_next(&mut self, segment: u32) {
        if let Some(arrival) = self.sources[segment as usize].next() {
            let at = arrival.at.micros();
            self.schedule(at, Due::Arrival(segment));
        }
    }

    pub(crate) fn run(&mut self) {
        while let Some(Reverse((now, _, due))) = self.heap.pop() {
            self.counts.events += 1;
            match due {
                Due::Arrival(segment) => {
                    let arrival = *self.sources[segment as usize].latest();
                    self.arrive(now, segment, &arrival);
                    self.expect_next(segment);
                }
                Due::Departure(pod) => self.depart(now, pod),
                Due::Check(account) => self.check(now, account),
            }
        }
        // Pods that still run pay up to the end.
        for slot in 0..number(self.pods.len()) {
            if self.pods[slot as usize].gpus != 0 {
                self.settle(self.horizon, slot);
            }
        }
    }
    fn arrive(&mut self, now: u64, segment: u32, arrival: &Arrival) {
        self.counts.arrived += 1;
        let gpus = arrival.demand.gpus;
        let scopes = &self.tried[segment as usize];
        let found = scopes.iter().find_map(|scope| {
            let scope = &self.scopes[*scope as usize];
            scope.best_fit(gpus as usize).map(|host| (host, scope.price * i128::from(gpus)))
        });
        let Some((host, rate)) = found else { return };
        let account = number(arrival.account.index());
        let payer = &mut self.accounts[account as usize];
        if payer.left(now) < rate * HOUR {
            self.counts.unaffordable += 1;
            return;
        }
        payer.rate += rate;
        payer.weighted += rate * i128::from(now);
        self.counts.placed += 1;
        self.note(host as usize);
        self.hosts[host as usize].free -= gpus;
        self.note(host as usize);
        let pod = Pod { account, host, gpus, since: now, rate };
        let slot = match self.empty_slots.pop() {
            Some(slot) => {
                self.pods[slot as usize] = pod;
                slot
            }
            None => {
                self.pods.push(pod);
                number(self.pods.len() - 1)
            }
        };
        let work = arrival.work.expect("all have work").time_on(gpus).micros();
        self.schedule(now + work, Due::Departure(slot));
        self.plan(now, account);
    }
    fn depart(&mut self, now: u64, slot: u32) {
        let Pod { account, host, gpus, .. } = self.pods[slot as usize];
        self.note(host as usize);
        self.hosts[host as usize].free += gpus;
        self.note(host as usize);
        self.settle(now, slot);
        self.pods[slot as usize].gpus = 0;
        self.empty_slots.push(slot);
        self.plan(now, account);
    }
    /// A pod pays for all that it has held.
    fn settle(&mut self, now: u64, slot: u32) {
        let Pod { account, gpus, since, rate, .. } = self.pods[slot as usize];
        // Each minute that has begun is owed; fractions of a nano-dollar are not.
        let owed = rate * i128::from((now - since).div_ceil(MINUTE)) / 60;
        let payer = &mut self.accounts[account as usize];
        payer.balance -= owed;
        payer.rate -= rate;
        payer.weighted -= rate * i128::from(since);
        self.counts.paid += owed;
        self.counts.gpu_micros += u128::from(now - since) * u128::from(gpus);
    }
    /// Ten minutes before its money ends an account pays in; until then it is looked at again when half
    /// of the time has passed, or exactly, where minutes are left.
    fn plan(&mut self, now: u64, account: u32) {
        let payer = &mut self.accounts[account as usize];
        if payer.rate == 0 {
            payer.next_check = NEVER;
            return;
        }
        let mut left = payer.left(now) / payer.rate - i128::from(10 * MINUTE);
        while left <= 0 {
            payer.balance += payer.payment;
            self.counts.payments += 1;
            left = payer.left(now) / payer.rate - i128::from(10 * MINUTE);
        }
        let left = u64::try_from(left).unwrap_or(NEVER);
        let at = now.saturating_add(if left < 20 * MINUTE { left } else { left / 2 });
        if at < payer.next_check {
            payer.next_check = at;
            self.schedule(at, Due::Check(account));
        }
    }
    /// A check that was overtaken dies.
    fn check(&mut self, now: u64, account: u32) {
        if self.accounts[account as usize].next_check == now {
            self.accounts[account as usize].next_check = NEVER;
            self.plan(now, account);
        }
    }
}
