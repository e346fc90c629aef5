//! How many GPUs a trace would keep busy, were every request served on arrival.

use crate::units::{GpuTime, SimTime, Span};
use crate::workload::import::{Gpus, Row};
use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// The load of some requests. Those that run until told count in the peaks alone, those without a GPU
/// not at all.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Load {
    /// Requests with GPUs or a share of one.
    pub requests: u64,
    /// GPU-time, shares as shares.
    pub gpu_time: GpuTime,
    /// GPU-time, shares as whole GPUs.
    pub whole_gpu_time: GpuTime,
    /// Mean busy GPUs from the trace's first arrival to its last end, shares as shares.
    pub mean_busy: f64,
    /// Mean whole GPUs in that time.
    pub mean_whole: f64,
    /// The most busy GPUs at an instant, shares as shares.
    pub peak_busy: f64,
    /// The most whole GPUs at an instant.
    pub peak_whole: u64,
    /// When `peak_whole` was first reached.
    pub peak_at: SimTime,
}

/// Counts a load while requests arrive, in order; memory grows with those that overlap.
#[derive(Debug, Default)]
pub(super) struct Counter {
    load: Load,
    /// When each present request ends, with its thousandths of GPUs and its whole GPUs.
    ends: BinaryHeap<Reverse<(SimTime, u64, u64)>>,
    busy_thousandths: u64,
    busy_whole: u64,
    peak_thousandths: u64,
}

impl Counter {
    pub(super) fn add(&mut self, row: &Row<'_>) {
        let (thousandths, whole) = match row.gpus {
            Gpus::Whole(0) => return,
            Gpus::Whole(gpus) => (u64::from(gpus) * 1_000, gpus),
            Gpus::Thousandths(share) => (u64::from(share), 1),
        };
        // An interval does not hold at its end (GEN-01): who ends now makes room first.
        while let Some(Reverse((_, thousandths, whole))) =
            self.ends.peek().filter(|Reverse((end, ..))| *end <= row.arrival)
        {
            self.busy_thousandths -= thousandths;
            self.busy_whole -= whole;
            self.ends.pop();
        }
        let span = row.duration.unwrap_or(Span::ZERO);
        self.load.requests += 1;
        self.load.gpu_time += row.gpus.for_span(span);
        self.load.whole_gpu_time += GpuTime::new(whole, span);
        if row.duration == Some(Span::ZERO) {
            return;
        }
        let end = row.duration.map_or(SimTime::NEVER, |span| row.arrival.saturating_add(span));
        let whole = u64::from(whole);
        self.ends.push(Reverse((end, thousandths, whole)));
        self.busy_thousandths += thousandths;
        self.busy_whole += whole;
        self.peak_thousandths = self.peak_thousandths.max(self.busy_thousandths);
        if self.load.peak_whole < self.busy_whole {
            (self.load.peak_whole, self.load.peak_at) = (self.busy_whole, row.arrival);
        }
    }
    /// The load over the time from the first of these instants to the second.
    pub(super) fn finish(self, (first, last): (SimTime, SimTime)) -> Load {
        let seconds = last.saturating_since(first).as_seconds_f64();
        let mean = |time: GpuTime| {
            if seconds <= 0.0 { 0.0 } else { time.as_gpu_seconds_f64() / seconds }
        };
        Load {
            mean_busy: mean(self.load.gpu_time),
            mean_whole: mean(self.load.whole_gpu_time),
            peak_busy: super::as_f64(self.peak_thousandths) / 1_000.0,
            ..self.load
        }
    }
}
