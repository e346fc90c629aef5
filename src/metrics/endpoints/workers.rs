//! How the workers of an endpoint spent their time, and what they cost (SLS-17, SLS-40, SLS-50).
//!
//! All is told from the end of each run, which says when it was woken and ready and how long it was busy. Of a
//! run that was awake when the warm-up ended only the time since counts: starting, ready and billed time
//! exactly, and of its busy time the part that falls to its ready time since, as if it had been spread
//! evenly.

use crate::journal::fact::{Item, Posting, WorkerStopped};
use crate::metrics::gauge::Gauge;
use crate::metrics::sketch::Sketch;
use crate::units::{GpuTime, Money, SimTime, Span};

/// What was gathered about the workers of one endpoint, or of all.
#[derive(Clone, Debug, Default)]
pub(super) struct Workers {
    pub(super) sums: WorkerSums,
    pub(super) throttled: Gauge,
    pub(super) cold_starts: Sketch,
}

/// Sums; times in microseconds.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct WorkerSums {
    pub(super) woken: u64,
    pub(super) ready: u64,
    pub(super) cold_start: u128,
    pub(super) starting: u128,
    pub(super) busy: u128,
    pub(super) idle: u128,
    pub(super) gpu_awake: GpuTime,
    pub(super) gpu_idle: GpuTime,
    /// Units of compute in microseconds, as they were posted.
    pub(super) billed: i128,
    /// What customers were charged: compute, disk, calls of the platform's endpoints.
    pub(super) charged: Money,
    pub(super) webhooks: u64,
    pub(super) webhook_failures: u64,
    pub(super) refused: u64,
}

impl WorkerSums {
    /// A run has ended now, of which the time from `since` on counts.
    pub(super) fn stop(&mut self, at: SimTime, since: SimTime, end: &WorkerStopped) {
        let (Some(woken), Some(whole)) = (end.woken, end.awake(at)) else { return };
        self.woken += u64::from(super::is_after(since, woken));
        let ready = end.ready.unwrap_or(at);
        let starting = ready.max(since) - woken.max(since);
        let usable = at - ready.max(since);
        let busy = part(whole.busy, usable, at - ready);
        let idle = usable - busy;
        self.starting += u128::from(starting.micros());
        self.busy += u128::from(busy.micros());
        self.idle += u128::from(idle.micros());
        self.gpu_awake += GpuTime::new(end.gpus, starting + usable);
        self.gpu_idle += GpuTime::new(end.gpus, idle);
    }
    /// A posting of use (SLS-44, AIE-06).
    pub(super) fn post(&mut self, posting: &Posting) {
        if posting.item == Item::HostPayout {
            return;
        }
        self.charged += posting.amount;
        if let (Item::ServerlessCompute, Some(usage)) = (posting.item, posting.usage) {
            self.billed += i128::from(usage.periods) * i128::from(usage.unit.micros());
        }
    }
    /// Time awake.
    pub(super) const fn awake(&self) -> u128 {
        self.starting + self.busy + self.idle
    }
    /// Takes in those of another endpoint.
    pub(super) fn add(&mut self, other: &Self) {
        self.woken += other.woken;
        self.ready += other.ready;
        self.cold_start += other.cold_start;
        self.starting += other.starting;
        self.busy += other.busy;
        self.idle += other.idle;
        self.gpu_awake += other.gpu_awake;
        self.gpu_idle += other.gpu_idle;
        self.billed += other.billed;
        self.charged += other.charged;
        self.webhooks += other.webhooks;
        self.webhook_failures += other.webhook_failures;
        self.refused += other.refused;
    }
}

impl Workers {
    /// A worker became ready.
    pub(super) fn be_ready(&mut self, cold_start: Span) {
        self.sums.ready += 1;
        self.sums.cold_start += u128::from(cold_start.micros());
        self.cold_starts.record(cold_start);
    }
}

/// `of × share / whole`, rounded down; nothing of nothing.
fn part(of: Span, share: Span, whole: Span) -> Span {
    let product = u128::from(of.micros()) * u128::from(share.micros());
    let part = product.checked_div(u128::from(whole.micros())).unwrap_or(0);
    Span::from_micros(u64::try_from(part).expect("no more than the whole"))
}
