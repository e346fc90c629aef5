//! What is read of endpoints: each metric, in the order of the summary.

use super::EndpointSums;
use crate::metrics::sketch::Quantiles;
use crate::metrics::subject::Breakdown::{Endpoint, Market};
use crate::metrics::summary::{Reading, Value};
use crate::units::Span;

#[expect(clippy::cast_precision_loss, reason = "statistics need no more than 53 bits")]
const fn float(sum: u128) -> f64 {
    sum as f64
}

impl EndpointSums {
    /// Mean of so many microseconds over so many.
    fn mean_seconds(micros: u128, count: u64) -> Value {
        Value::ratio(float(micros) / 1e6, float(count.into()))
    }
    fn share(part: u64, whole: u64) -> Value {
        Value::ratio(float(part.into()), float(whole.into()))
    }
    /// Mean number over the time measured.
    fn mean(&self, micros: u128) -> Value {
        Value::ratio(float(micros), float(self.measured.micros().into()))
    }
    fn per_thousand(&self) -> Value {
        let cost = self.figures.workers.charged.as_dollars_f64();
        Value::ratio(cost * 1_000.0, float(self.figures.counts.completed.into()))
    }
    fn latency_mean(&self) -> Value {
        let counts = &self.figures.counts;
        Self::mean_seconds(counts.delay + counts.execution, counts.completed)
    }
    fn busy_share(&self) -> Value {
        let workers = &self.figures.workers;
        Value::ratio(float(workers.busy), float(workers.awake()))
    }
}

fn at(quantiles: &Quantiles, index: usize) -> Value {
    quantiles[index].map_or(Value::Undefined, Value::Seconds)
}

/// The six quantiles of one sample.
macro_rules! quantiles {
    ($index:literal, $name:literal, $($sample:ident).+) => {
        Reading::new($name, "s", Endpoint, |e| at(&e.figures.$($sample).+, $index))
    };
}

/// Seconds of so many microseconds.
fn seconds(micros: i128) -> Value {
    u64::try_from(micros)
        .map_or(Value::Undefined, |micros| Value::Seconds(Span::from_micros(micros)))
}

/// The metrics of endpoints, in the order of the summary.
pub(in crate::metrics) const READINGS: &[Reading<EndpointSums>] = &[
    Reading::new("endpoint_requests", "1", Endpoint, |e| Value::Count(e.figures.counts.accepted)),
    Reading::new("endpoint_requests_refused", "1", Endpoint, |e| {
        Value::Count(e.figures.workers.refused)
    }),
    Reading::new("endpoint_requests_completed", "1", Endpoint, |e| {
        Value::Count(e.figures.counts.completed)
    }),
    Reading::new("endpoint_requests_completed_share", "1", Endpoint, |e| {
        EndpointSums::share(e.figures.counts.completed, e.figures.counts.accepted)
    }),
    Reading::new("endpoint_requests_failed", "1", Endpoint, |e| {
        Value::Count(e.figures.counts.failed)
    }),
    Reading::new("endpoint_requests_timed_out", "1", Endpoint, |e| {
        Value::Count(e.figures.counts.timed_out)
    }),
    Reading::new("endpoint_requests_cancelled", "1", Endpoint, |e| {
        Value::Count(e.figures.counts.cancelled)
    }),
    Reading::new("endpoint_requests_unfinished", "1", Endpoint, |e| {
        Value::Count(e.figures.counts.unfinished())
    }),
    Reading::new("endpoint_requests_retried", "1", Endpoint, |e| {
        Value::Count(e.figures.counts.retried)
    }),
    Reading::new("request_delay_mean", "s", Endpoint, |e| {
        EndpointSums::mean_seconds(e.figures.counts.delay, e.figures.counts.completed)
    }),
    quantiles!(0, "request_delay_p50", times.delay),
    quantiles!(1, "request_delay_p70", times.delay),
    quantiles!(2, "request_delay_p90", times.delay),
    quantiles!(3, "request_delay_p95", times.delay),
    quantiles!(4, "request_delay_p98", times.delay),
    quantiles!(5, "request_delay_p99", times.delay),
    Reading::new("request_queue_delay_mean", "s", Endpoint, |e| {
        EndpointSums::mean_seconds(e.figures.counts.queued, e.figures.counts.warm)
    }),
    Reading::new("request_execution_mean", "s", Endpoint, |e| {
        EndpointSums::mean_seconds(e.figures.counts.execution, e.figures.counts.completed)
    }),
    quantiles!(0, "request_execution_p50", times.execution),
    quantiles!(1, "request_execution_p70", times.execution),
    quantiles!(2, "request_execution_p90", times.execution),
    quantiles!(3, "request_execution_p95", times.execution),
    quantiles!(4, "request_execution_p98", times.execution),
    quantiles!(5, "request_execution_p99", times.execution),
    Reading::new("request_latency_mean", "s", Endpoint, EndpointSums::latency_mean),
    quantiles!(0, "request_latency_p50", times.latency),
    quantiles!(1, "request_latency_p70", times.latency),
    quantiles!(2, "request_latency_p90", times.latency),
    quantiles!(3, "request_latency_p95", times.latency),
    quantiles!(4, "request_latency_p98", times.latency),
    quantiles!(5, "request_latency_p99", times.latency),
    Reading::new("request_cold_starts", "1", Endpoint, |e| {
        Value::Count(e.figures.counts.cold_starts)
    }),
    Reading::new("request_cold_start_share", "1", Endpoint, |e| {
        EndpointSums::share(e.figures.counts.cold_starts, e.figures.counts.taken)
    }),
    Reading::new("worker_starts", "1", Endpoint, |e| Value::Count(e.figures.workers.woken)),
    Reading::new("worker_cold_start_mean", "s", Endpoint, |e| {
        EndpointSums::mean_seconds(e.figures.workers.cold_start, e.figures.workers.ready)
    }),
    quantiles!(0, "worker_cold_start_p50", cold_start),
    quantiles!(1, "worker_cold_start_p70", cold_start),
    quantiles!(2, "worker_cold_start_p90", cold_start),
    quantiles!(3, "worker_cold_start_p95", cold_start),
    quantiles!(4, "worker_cold_start_p98", cold_start),
    quantiles!(5, "worker_cold_start_p99", cold_start),
    Reading::new("workers_awake_mean", "1", Endpoint, |e| e.mean(e.figures.workers.awake())),
    Reading::new("workers_starting_mean", "1", Endpoint, |e| e.mean(e.figures.workers.starting)),
    Reading::new("workers_busy_mean", "1", Endpoint, |e| e.mean(e.figures.workers.busy)),
    Reading::new("workers_idle_mean", "1", Endpoint, |e| e.mean(e.figures.workers.idle)),
    Reading::new("worker_busy_share", "1", Endpoint, EndpointSums::busy_share),
    Reading::new("worker_time_throttled", "s", Endpoint, |e| seconds(e.figures.throttled)),
    Reading::new("worker_time_billed", "s", Endpoint, |e| seconds(e.figures.workers.billed)),
    Reading::new("worker_gpu_time", "GPU-s", Endpoint, |e| {
        Value::GpuSeconds(e.figures.workers.gpu_awake)
    }),
    Reading::new("worker_gpu_time_idle", "GPU-s", Endpoint, |e| {
        Value::GpuSeconds(e.figures.workers.gpu_idle)
    }),
    Reading::new("endpoint_cost", "USD", Endpoint, |e| Value::Money(e.figures.workers.charged)),
    Reading::new("endpoint_cost_per_thousand", "USD", Endpoint, EndpointSums::per_thousand),
    Reading::new("webhook_calls", "1", Endpoint, |e| Value::Count(e.figures.workers.webhooks)),
    Reading::new("webhook_failures", "1", Endpoint, |e| {
        Value::Count(e.figures.workers.webhook_failures)
    }),
    Reading::new("fairness_endpoints", "1", Market, |e| e.fairness),
];
