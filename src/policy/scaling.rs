//! How many workers an endpoint wants (SLS-32 to SLS-35).

mod concurrency;
mod fixed;
mod own;
mod predictive;
mod queue_delay;
mod request_count;
mod scheduled;

use super::registry::{NotRegistered, Registry};
use crate::scenario::model::serverless::ScalerChoice;
use crate::units::{SimTime, Span};

/// How an endpoint stands, in the words of SLS-32.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Load {
    /// The present instant.
    pub now: SimTime,
    /// *Q*: queued jobs of normal priority, unbound.
    pub queued: u32,
    /// SLS-33. How many of them are late.
    pub late: u32,
    /// SLS-33. How many became late in this instant and were not answered for.
    pub newly_late: u32,
    /// *P*: jobs in hand of undrained workers.
    pub in_hand: u32,
    /// *W*: live workers that do not drain.
    pub workers: u32,
    /// *Coming*: those of them that are not ready.
    pub coming: u32,
    /// *c*: jobs that a worker holds at a time.
    pub concurrency: u32,
    /// Active workers.
    pub workers_min: u32,
    /// The most workers.
    pub workers_max: u32,
    /// Jobs submitted since the endpoint's creation.
    pub arrivals: u64,
    /// Jobs completed, and how long they took together, in microseconds.
    pub served: (u64, u128),
}

impl Load {
    /// So many workers, at least `workers_min` and at most `workers_max`.
    pub fn clamp(&self, workers: u32) -> u32 {
        workers.min(self.workers_max).max(self.workers_min)
    }
}

/// A scaling policy. It is asked whenever SLS-32 says so, and whether its workers are too many after each event
/// of its endpoint; it may keep what it remembers.
pub trait Scaling {
    /// How many workers there are to be, within the endpoint's bounds ([`Load::clamp`]).
    fn desired(&mut self, load: &Load) -> u32;
    /// SLS-32. How many workers to add.
    fn add(&mut self, load: &Load) -> u32 {
        self.desired(load).saturating_sub(load.workers)
    }
    /// SLS-35. Idle flex workers may stop while there are more workers than this.
    fn floor(&mut self, load: &Load) -> u32 {
        self.desired(load)
    }
    /// SLS-35. Whether a throttled flex demand is to be withdrawn.
    fn withdraws(&mut self, load: &Load) -> bool {
        self.desired(load) < load.workers
    }
    /// Whether every idle flex worker counts as idle for long enough, where the rules say `at_once`.
    fn stops_at_once(&self) -> bool {
        false
    }
    /// When it wants to be asked again whatever happens, after `load.now`; none: never.
    fn look_again(&mut self, load: &Load) -> Option<SimTime> {
        let _ = load;
        None
    }
    /// SLS-33. After how long in the queue a job counts as late, which [`Load`] then tells; none: none ever does.
    fn lateness(&self) -> Option<Span> {
        None
    }
    /// Whether it has to be asked after each job that ends, though nobody waits. Asked once, when an endpoint
    /// chooses it.
    fn follows_ends(&self) -> bool {
        true
    }
}

/// The policy that an endpoint chose; `count_coming` is SLS-33's, time 0 is `start_unix_s` seconds after 1970 (UTC).
/// One of the program's own is made by its `registry`, anew for each endpoint.
///
/// # Errors
/// A policy of the program's own that is not in the registry.
pub fn scaling(
    choice: &ScalerChoice,
    (count_coming, start_unix_s): (bool, i64),
    registry: &Registry,
) -> Result<Box<dyn Scaling>, NotRegistered> {
    Ok(match choice {
        ScalerChoice::QueueDelay(delay) => {
            Box::new(queue_delay::QueueDelay { delay: *delay, count_coming })
        }
        ScalerChoice::RequestCount(jobs) => {
            Box::new(request_count::RequestCount { jobs: (*jobs).max(1) })
        }
        ScalerChoice::Concurrency(terms) => Box::new(concurrency::Concurrency::new(*terms)),
        ScalerChoice::Predictive(terms) => Box::new(predictive::Predictive::new(*terms)),
        ScalerChoice::Fixed(workers) => Box::new(fixed::Fixed { workers: *workers }),
        ScalerChoice::Scheduled(steps) => {
            Box::new(scheduled::Scheduled::new(steps.clone(), start_unix_s))
        }
        ScalerChoice::Own(own) => Box::new(own::Own::new(registry.scaling.make(*own)?)),
    })
}

/// The first instant after `now` that lies a whole number of `every` after time 0.
fn next_multiple(now: SimTime, every: Span) -> SimTime {
    let every = every.micros().max(1);
    SimTime::from_micros((now.micros() / every + 1) * every)
}
