//! `Predictive`: by the rate at which jobs come and how long they take (Little's law), with a safety factor.
//!
//! ```text
//! desired = ceil(safety × rate × mean execution / c)
//! ```
//!
//! The rate is that of the last whole window, the mean execution that of all jobs so far; before the first window
//! is over, and whenever jobs wait and there is no worker, there is one at least.

#![expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    reason = "a number of workers needs no more digits"
)]

use super::{Load, Scaling, next_multiple};
use crate::scenario::model::serverless;
use crate::units::SimTime;

/// The policy.
pub(super) struct Predictive {
    terms: serverless::Predictive,
    /// When the present window began, and how many jobs had come by then.
    window: (SimTime, u64),
    /// Jobs per second in the last whole window.
    rate: f64,
}

impl Predictive {
    pub(super) fn new(terms: serverless::Predictive) -> Self {
        Self { terms, window: (SimTime::ZERO, 0), rate: 0.0 }
    }
}

impl Scaling for Predictive {
    fn desired(&mut self, load: &Load) -> u32 {
        let (began, before) = self.window;
        if self.terms.window <= load.now.saturating_since(began) {
            let seconds = (load.now - began).micros() as f64 / 1e6;
            self.rate = (load.arrivals - before) as f64 / seconds;
            self.window = (load.now, load.arrivals);
        }
        let (jobs, micros) = load.served;
        let mean = if jobs == 0 { 0.0 } else { micros as f64 / 1e6 / jobs as f64 };
        let needed = self.terms.safety * self.rate * mean / f64::from(load.concurrency);
        let first = u32::from(0 < load.queued + load.in_hand);
        load.clamp((needed.ceil() as u32).max(first))
    }
    fn look_again(&mut self, load: &Load) -> Option<SimTime> {
        let quiet = load.arrivals == self.window.1 && self.rate == 0.0;
        (!quiet).then(|| next_multiple(load.now, self.terms.window))
    }
}
