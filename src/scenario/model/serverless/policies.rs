//! The policies that an endpoint may choose: how many workers, and how long they are kept.

use crate::units::Span;
use std::sync::Arc;

/// How many workers an endpoint wants (SLS-32 to SLS-35): its scaling policy.
#[derive(Clone, Debug, PartialEq)]
pub enum ScalerChoice {
    /// SLS-33. A worker for each job that has waited so long.
    QueueDelay(Span),
    /// SLS-34. A worker for so many jobs.
    RequestCount(u32),
    /// Knative's: a worker for so many jobs at a time on average, with a panic window.
    Concurrency(ConcurrencyTarget),
    /// By the rate of arrivals, with a safety factor.
    Predictive(Predictive),
    /// Always so many.
    Fixed(u32),
    /// So many from these instants of each day on, ascending; before the first those of the last.
    Scheduled(Arc<[(Span, u32)]>),
    /// A policy of the program's own: its place among those that the scenario names.
    Own(u32),
}

/// The terms of a concurrency target.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ConcurrencyTarget {
    /// Jobs in hand and in the queue, per worker.
    pub target: f64,
    /// Over which they are averaged.
    pub window: Span,
    /// The same in a panic.
    pub panic_window: Span,
    /// Panic begins where the short average asks for so many times the workers that are there.
    pub panic_threshold: f64,
}

/// The terms of a prediction.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Predictive {
    /// Over which arrivals are counted.
    pub window: Span,
    /// So many times the workers that the rate needs.
    pub safety: f64,
}

/// How long an idle worker is kept: its keep-alive policy.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum KeepAliveChoice {
    /// SLS-23. For the idle timeout.
    IdleTimeout,
    /// Shahrad et al., ATC'20: by a histogram of the times between requests.
    Hybrid(Hybrid),
    /// So many times the mean time between requests, within bounds.
    Adaptive(Adaptive),
    /// A policy of the program's own: its place among those that the scenario names.
    Own(u32),
}

/// The terms of the hybrid histogram.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Hybrid {
    /// The range of the histogram.
    pub range: Span,
    /// The width of a cell.
    pub cell: Span,
    /// The share of idle times that are to be shorter than the keep-alive time.
    pub tail: f64,
    /// The same of the time after which a worker is woken ahead; zero: none ever is.
    pub head: f64,
    /// How much both are widened.
    pub margin: f64,
}

/// The terms of an adaptive timeout.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Adaptive {
    /// So many times the mean.
    pub factor: f64,
    /// The least.
    pub least: Span,
    /// The most.
    pub most: Span,
}
