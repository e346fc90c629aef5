//! What became of the requests to an endpoint, after how long (JOB-07, JOB-11, SLS-50).
//!
//! One pass over the end of each request: sums of whole numbers, and one sketch for a request that did not
//! wait, three for one that did. So those who did not wait stand in the sketch of their execution alone,
//! which is their latency, too.

use crate::journal::fact::{RequestEnded, RequestStatus};
use crate::metrics::sketch::{Quantiles, Sketch};
use crate::units::{SimTime, Span};

/// What was gathered about the requests of one endpoint, or of all.
#[derive(Clone, Debug, Default)]
pub(super) struct Requests {
    pub(super) counts: Counts,
    /// Executions of completed requests that did not wait, and of those that did.
    at_once: Sketch,
    waited: Sketch,
    /// Delays and latencies of those that did.
    delays: Sketch,
    latencies: Sketch,
}

/// Counts and sums.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Counts {
    pub(super) accepted: u64,
    pub(super) taken: u64,
    pub(super) completed: u64,
    pub(super) failed: u64,
    pub(super) timed_out: u64,
    pub(super) cancelled: u64,
    pub(super) retried: u64,
    pub(super) cold_starts: u64,
    /// Of completed ones: those without a cold start, and those who did not wait at all.
    pub(super) warm: u64,
    at_once: u64,
    /// Microseconds, over completed ones; `queued` over those without a cold start.
    pub(super) delay: u128,
    pub(super) execution: u128,
    pub(super) queued: u128,
}

/// The quantiles of one sample of requests.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Times {
    pub(super) delay: Quantiles,
    pub(super) execution: Quantiles,
    pub(super) latency: Quantiles,
}

impl Counts {
    fn add(&mut self, other: &Self) {
        self.accepted += other.accepted;
        self.taken += other.taken;
        self.completed += other.completed;
        self.failed += other.failed;
        self.timed_out += other.timed_out;
        self.cancelled += other.cancelled;
        self.retried += other.retried;
        self.cold_starts += other.cold_starts;
        self.warm += other.warm;
        self.at_once += other.at_once;
        self.delay += other.delay;
        self.execution += other.execution;
        self.queued += other.queued;
    }
    /// Those alive at the end.
    pub(super) const fn unfinished(&self) -> u64 {
        self.accepted - self.completed - self.failed - self.timed_out - self.cancelled
    }
}

impl Requests {
    /// A request that counts has ended, or stands at the horizon.
    #[inline]
    pub(super) fn end(&mut self, at: SimTime, end: &RequestEnded) {
        let counts = &mut self.counts;
        counts.accepted += 1;
        counts.taken += u64::from(0 < end.attempts);
        counts.retried += u64::from(end.requeues());
        counts.cold_starts += u64::from(end.cold_start);
        match end.status {
            RequestStatus::Completed => self.complete(at, end),
            RequestStatus::Failed => counts.failed += 1,
            RequestStatus::TimedOut => counts.timed_out += 1,
            RequestStatus::Cancelled => counts.cancelled += 1,
            RequestStatus::InQueue | RequestStatus::InProgress => {}
        }
    }
    #[inline]
    fn complete(&mut self, at: SimTime, end: &RequestEnded) {
        let started = end.started.expect("what is completed was taken");
        let (delay, execution) = (started - end.submitted, at - started);
        let counts = &mut self.counts;
        counts.completed += 1;
        counts.execution += u128::from(execution.micros());
        counts.warm += u64::from(!end.cold_start);
        if delay.is_zero() {
            counts.at_once += 1;
            self.at_once.record(execution);
            return;
        }
        let micros = u128::from(delay.micros());
        counts.delay += micros;
        counts.queued += if end.cold_start { 0 } else { micros };
        self.waited.record(execution);
        self.delays.record(delay);
        self.latencies.record(delay + execution);
    }
    /// Takes in those of another endpoint.
    pub(super) fn add(&mut self, other: &Self) {
        self.counts.add(&other.counts);
        self.at_once.add(&other.at_once);
        self.waited.add(&other.waited);
        self.delays.add(&other.delays);
        self.latencies.add(&other.latencies);
    }
    /// The quantiles over completed ones.
    pub(super) fn times(&self) -> Times {
        let (mut delays, mut executions) = (self.delays.clone(), self.waited.clone());
        if 0 < self.counts.at_once {
            let at_once = u32::try_from(self.counts.at_once).unwrap_or(u32::MAX);
            delays.record_many(Span::ZERO, at_once);
        }
        executions.add(&self.at_once);
        let mut latencies = self.latencies.clone();
        latencies.add(&self.at_once);
        Times {
            delay: delays.quantiles(),
            execution: executions.quantiles(),
            latency: latencies.quantiles(),
        }
    }
}
