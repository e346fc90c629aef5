//! A naive biller: it hears what becomes of endpoints, workers and requests, knows what the plan says of prices, and
//! counts every second of every worker apart, at the price that the rules give for that second (SLS-20, SLS-21,
//! SLS-40 to SLS-42). No meter, price or kind is asked of the simulator.

use std::collections::BTreeMap;
use walras::journal::fact::{
    Item, RequestStatus, StopReason, Subject, WorkerAsked, WorkerId, WorkerKind, WorkerStopped,
};
use walras::journal::{Fact, Sink};
use walras::units::{Money, SimTime};

const SECOND: u64 = 1_000_000;

/// What the plan says of prices. Instants in microseconds, prices in units of 0.00001 USD.
#[derive(Clone, Debug, Default)]
pub(super) struct Tariff {
    /// SLS-41. From when on, flex and active; by time.
    pub(super) prices: Vec<(u64, (u32, u32))>,
    /// SLS-42. So many millionths less, until then.
    pub(super) discount: Option<(u32, u64)>,
    /// SLS-41. Whether an active worker's seconds that begin with a job cost the flex price.
    pub(super) not_working: bool,
    /// SLS-42. Whether a run keeps the prices of its waking.
    pub(super) new_runs: bool,
}

impl Tariff {
    /// What a second costs in nano-dollars at the prices in force at an instant.
    fn price(&self, at: u64, kind: WorkerKind) -> i128 {
        let set = self.prices.iter().rev().find(|(from, _)| *from <= at);
        let (flex, active) = set.map_or((16, 11), |(_, prices)| *prices);
        let price = i128::from(if kind == WorkerKind::Flex { flex } else { active }) * 10_000;
        match self.discount {
            Some((less, until)) if at < until => price * (1_000_000 - i128::from(less)) / 1_000_000,
            _ => price,
        }
    }
}

/// A worker that has not ended.
struct Run {
    slot: u32,
    /// At its waking, and now.
    kinds: (WorkerKind, WorkerKind),
    /// When it was woken, and when its next second begins.
    awake: Option<(u64, u64)>,
    /// Jobs in hand.
    jobs: u32,
    draining: Option<StopReason>,
    seconds: u64,
    owed: i128,
}

/// What a worker came to by the count, and by its own row.
pub(super) struct Bill {
    /// What it was at its waking, how many seconds it was awake for, and what they cost.
    pub(super) counted: (WorkerKind, u64, Option<Money>),
    /// What its row says.
    pub(super) row: WorkerStopped,
}

/// Hears one endpoint, and counts.
#[derive(Default)]
pub(super) struct Biller {
    tariff: Tariff,
    now: u64,
    workers_min: u32,
    /// Whether kinds are to follow a minimum that an update just said.
    kinds_follow: bool,
    live: BTreeMap<WorkerId, Run>,
    /// Bills of those that have ended.
    pub(super) bills: Vec<Bill>,
    /// What was posted of each worker's compute.
    pub(super) posted: BTreeMap<WorkerId, Money>,
}

impl Biller {
    pub(super) fn new(tariff: Tariff) -> Self {
        Self { tariff, ..Self::default() }
    }

    /// All seconds that begin before `until`, at what holds since the last instant.
    fn count(&mut self, until: u64) {
        let Self { tariff, live, .. } = self;
        for run in live.values_mut() {
            let Some((woken, next)) = &mut run.awake else { continue };
            while *next < until {
                let works = tariff.not_working && 0 < run.jobs;
                let kind = if works { WorkerKind::Flex } else { run.kinds.1 };
                run.owed += tariff.price(if tariff.new_runs { *woken } else { *next }, kind);
                run.seconds += 1;
                *next += SECOND;
            }
        }
    }

    /// How many of those that do not drain are active.
    fn active(&self) -> usize {
        let undrained = self.live.values().filter(|run| run.draining.is_none());
        undrained.filter(|run| run.kinds.1 == WorkerKind::Active).count()
    }

    /// SLS-21. Flex workers become active, the lowest slot first; active ones flex, the highest first.
    fn set_kinds(&mut self) {
        if !std::mem::take(&mut self.kinds_follow) {
            return;
        }
        let (mut active, wanted) = (self.active(), self.workers_min as usize);
        let mut runs: Vec<&mut Run> =
            self.live.values_mut().filter(|run| run.draining.is_none()).collect();
        runs.sort_by_key(|run| run.slot);
        for run in &mut runs {
            if active < wanted && run.kinds.1 == WorkerKind::Flex {
                run.kinds.1 = WorkerKind::Active;
                active += 1;
            }
        }
        for run in runs.iter_mut().rev() {
            if wanted < active && run.kinds.1 == WorkerKind::Active {
                run.kinds.1 = WorkerKind::Flex;
                active -= 1;
            }
        }
    }

    /// SLS-20. It is active if fewer than the minimum are.
    fn asked(&mut self, asked: WorkerAsked) {
        let few = self.active() < self.workers_min as usize;
        let kind = if few { WorkerKind::Active } else { WorkerKind::Flex };
        let run = Run {
            slot: asked.slot,
            kinds: (kind, kind),
            awake: None,
            jobs: 0,
            draining: None,
            seconds: 0,
            owed: 0,
        };
        self.live.insert(asked.worker, run);
    }

    /// SLS-10, SLS-13. An update revokes marks; whom it sheds is told before kinds follow.
    fn updated(&mut self, workers_min: u32) {
        self.workers_min = workers_min;
        self.kinds_follow = true;
        for run in self.live.values_mut() {
            run.draining = run.draining.filter(|reason| *reason != StopReason::MaxLowered);
        }
    }

    /// A second that begins at the horizon counts, one that begins as a worker stops does not (GEN-07).
    fn stopped(&mut self, row: WorkerStopped) {
        if row.reason == StopReason::Alive {
            self.count(self.now + 1);
        }
        let Some(run) = self.live.remove(&row.worker) else { return };
        let owed = Some(Money::from_nanos(run.owed));
        self.bills.push(Bill { counted: (run.kinds.0, run.seconds, owed), row });
    }

    /// A job is in a worker's hands no longer.
    fn let_go(&mut self, worker: WorkerId) {
        if let Some(run) = self.live.get_mut(&worker) {
            run.jobs -= 1;
        }
    }
}

/// Whether it hangs on kinds what a fact comes to. Until then an update may still tell whom it sheds (SLS-13).
fn hangs_on_kinds(fact: &Fact) -> bool {
    matches!(fact, Fact::WorkerAsked(_) | Fact::EndpointUpdated(_))
}

impl Sink for Biller {
    fn hear(&mut self, at: SimTime, fact: &Fact) {
        if self.now < at.micros() || hangs_on_kinds(fact) {
            self.set_kinds();
        }
        self.count(at.micros());
        self.now = at.micros();
        match *fact {
            Fact::EndpointCreated(created) => self.workers_min = created.workers.0,
            Fact::EndpointUpdated(updated) => self.updated(updated.workers.0),
            Fact::WorkerAsked(asked) => self.asked(asked),
            Fact::WorkerWoken(woken) => {
                if let Some(run) = self.live.get_mut(&woken.worker) {
                    run.awake = Some((at.micros(), at.micros()));
                }
            }
            Fact::WorkerDrains(drains) => {
                if let Some(run) = self.live.get_mut(&drains.worker) {
                    run.draining = Some(drains.reason);
                }
            }
            Fact::RequestStarted(handled) => {
                if let Some(run) = self.live.get_mut(&handled.worker) {
                    run.jobs += 1;
                }
            }
            Fact::RequestRequeued(handled) => self.let_go(handled.worker),
            // At the horizon it stays in hand.
            Fact::RequestEnded(ended) if ended.status != RequestStatus::InProgress => {
                if let Some(worker) = ended.worker.filter(|_| ended.started.is_some()) {
                    self.let_go(worker);
                }
            }
            Fact::WorkerWithdrawn(worker) => {
                self.live.remove(&worker);
            }
            Fact::WorkerStopped(stopped) => self.stopped(stopped),
            Fact::Posted(posting) => {
                let subject = posting.usage.map(|usage| usage.subject);
                let of_compute = posting.item == Item::ServerlessCompute;
                if let Some(Subject::Worker(worker)) = subject.filter(|_| of_compute) {
                    let sum = self.posted.entry(worker).or_insert(Money::ZERO);
                    *sum += posting.amount;
                }
            }
            _ => {}
        }
    }
}
