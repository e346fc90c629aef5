//! `Predictive`: by the rate at which jobs come and how long they take (Little's law), with a safety factor.
//!
//! ```text
//! desired = ceil(safety × rate × mean execution / c)
//! ```
//!
//! The rate is that of the last whole window, windows being laid end to end from the instant on in which the endpoint
//! chose the policy; the mean execution is that of all jobs so far. Before the first window is over the rate is zero.
//! While jobs wait or are in hand, there is one worker at least.

#![expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    reason = "a number of workers needs no more digits"
)]

use super::{Load, Scaling};
use crate::scenario::model::serverless;
use crate::units::SimTime;

/// The policy.
pub(super) struct Predictive {
    terms: serverless::Predictive,
    /// The present window; none before it is asked first.
    window: Option<Window>,
    /// Jobs per second in the last whole window.
    rate: f64,
}

/// When a window began, how many jobs had come by then, and how many by the last look.
#[derive(Clone, Copy)]
struct Window {
    began: SimTime,
    before: u64,
    noted: u64,
}

impl Predictive {
    pub(super) fn new(terms: serverless::Predictive) -> Self {
        Self { terms, window: None, rate: 0.0 }
    }
    /// A window that is over gives the rate. What comes as it ends is of the next.
    fn note(&mut self, load: &Load) {
        // Who chooses it later had jobs before, which are none of its windows'.
        let before = if load.now == SimTime::ZERO { 0 } else { load.arrivals };
        let first = Window { began: load.now, before, noted: before };
        let window = self.window.get_or_insert(first);
        let length = self.terms.window;
        let over = (load.now - window.began).micros() / length.micros().max(1);
        if 0 < over {
            // It looks at the end of each window that had a job: of several that are over, the last had none.
            let jobs = if over == 1 { window.noted - window.before } else { 0 };
            self.rate = jobs as f64 / length.as_seconds_f64();
            window.began = window.began + length * over;
            window.before = window.noted;
        }
        window.noted = load.arrivals;
    }
}

impl Scaling for Predictive {
    fn desired(&mut self, load: &Load) -> u32 {
        self.note(load);
        let (jobs, micros) = load.served;
        let mean = if jobs == 0 { 0.0 } else { micros as f64 / 1e6 / jobs as f64 };
        let needed = self.terms.safety * self.rate * mean / f64::from(load.concurrency);
        let first = u32::from(0 < load.queued + load.in_hand);
        load.clamp((needed.ceil() as u32).max(first))
    }
    fn look_again(&mut self, load: &Load) -> Option<SimTime> {
        let window = self.window?;
        let quiet = load.arrivals == window.before && self.rate == 0.0;
        (!quiet).then(|| window.began + self.terms.window)
    }
}
