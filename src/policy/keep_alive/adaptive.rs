//! `adaptive`: so many times the mean time between jobs, as an exponential average over the last ones (weight 1/8 for
//! the newest), within bounds. Before two jobs have come, the endpoint's idle timeout.

#![expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    reason = "times are far below 2^53 microseconds"
)]

use super::KeepAlive;
use crate::scenario::model::serverless;
use crate::units::{SimTime, Span};

const WEIGHT: f64 = 0.125;

/// The policy.
pub(super) struct Adaptive {
    terms: serverless::Adaptive,
    last: Option<SimTime>,
    /// The mean gap, in microseconds.
    mean: Option<f64>,
}

impl Adaptive {
    pub(super) fn new(terms: serverless::Adaptive) -> Self {
        Self { terms, last: None, mean: None }
    }
}

impl KeepAlive for Adaptive {
    fn timeout(&mut self, _now: SimTime, stated: Span) -> Span {
        let kept = |mean: f64| Span::from_micros((mean * self.terms.factor) as u64);
        self.mean.map_or(stated, kept).max(self.terms.least).min(self.terms.most)
    }
    fn note_arrival(&mut self, now: SimTime) {
        if let Some(last) = self.last.replace(now) {
            let gap = (now - last).micros() as f64;
            self.mean = Some(self.mean.map_or(gap, |mean| mean + WEIGHT * (gap - mean)));
        }
    }
}
