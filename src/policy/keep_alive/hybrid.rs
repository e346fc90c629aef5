//! `hybrid`: by a histogram of the times between jobs (Shahrad et al., *Serverless in the Wild*, USENIX ATC'20).
//!
//! The histogram has cells of one minute over four hours. Its head (5th percentile, rounded down to a cell, less a
//! margin of 10 %) is how long the endpoint may be without a worker before one is woken ahead of the next job; its
//! tail (99th, rounded up, and the margin more) is until when a worker is kept. While the head lies within the first
//! cell nothing is stopped early. Where fewer than half of the times fall into the range, or their spread says
//! nothing (the coefficient of variation of the cells' counts is at most 2), a worker is kept for the whole range.
//!
//! The paper's third part, a time-series forecast for functions that come less often than the range, is left out:
//! their workers are kept for the range.

#![expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    reason = "times and counts are far below 2^53"
)]

use super::KeepAlive;
use crate::scenario::model::serverless;
use crate::units::{SimTime, Span};

/// Below this coefficient of variation of the cells' counts a histogram says nothing.
const REPRESENTATIVE: f64 = 2.0;

/// The policy.
pub(super) struct Hybrid {
    terms: serverless::Hybrid,
    cells: Vec<u32>,
    inside: u64,
    outside: u64,
    last: Option<SimTime>,
}

impl Hybrid {
    pub(super) fn new(terms: serverless::Hybrid) -> Self {
        let cells = terms.range.micros().div_ceil(terms.cell.micros().max(1));
        let cells = usize::try_from(cells).unwrap_or(usize::MAX).min(1 << 20);
        Self { terms, cells: vec![0; cells], inside: 0, outside: 0, last: None }
    }
    fn is_representative(&self) -> bool {
        if self.inside == 0 || self.inside < self.outside {
            return false;
        }
        let cells = self.cells.len() as f64;
        let mean = self.inside as f64 / cells;
        let square = |count: &u32| (f64::from(*count) - mean).powi(2);
        let variance = self.cells.iter().map(square).sum::<f64>() / cells;
        REPRESENTATIVE < variance.sqrt() / mean
    }
    /// The cell in which this share of the times is reached.
    fn cell(&self, share: f64) -> u64 {
        let wanted = (share * self.inside as f64).ceil().max(1.0) as u64;
        let mut sum = 0;
        let reached = self.cells.iter().position(|count| {
            sum += u64::from(*count);
            wanted <= sum
        });
        reached.unwrap_or(self.cells.len()) as u64
    }
    /// How long nothing comes, as good as surely; zero within the first cell.
    fn head(&self) -> Span {
        let edge = self.terms.cell * self.cell(self.terms.head);
        Span::from_micros((edge.micros() as f64 * (1.0 - self.terms.margin)) as u64)
    }
    /// Until when the next job comes, as good as surely.
    fn tail(&self) -> Span {
        let edge = self.terms.cell * (self.cell(self.terms.tail) + 1);
        let wide = Span::from_micros((edge.micros() as f64 * (1.0 + self.terms.margin)) as u64);
        wide.min(self.terms.range)
    }
}

impl KeepAlive for Hybrid {
    fn timeout(&mut self, _now: SimTime, stated: Span) -> Span {
        if !self.is_representative() {
            return self.terms.range;
        }
        // Where it is woken ahead it may go at once, but not before its own least timeout.
        if self.head().is_zero() { self.tail() } else { stated }
    }
    fn note_arrival(&mut self, now: SimTime) {
        let Some(last) = self.last.replace(now) else { return };
        let cell = (now - last).micros() / self.terms.cell.micros().max(1);
        match usize::try_from(cell).ok().and_then(|cell| self.cells.get_mut(cell)) {
            Some(count) => {
                *count += 1;
                self.inside += 1;
            }
            None => self.outside += 1,
        }
    }
    fn wake_ahead(&mut self, now: SimTime) -> Option<SimTime> {
        let last = self.last.filter(|_| self.is_representative())?;
        let at = last + self.head();
        (now < at).then_some(at)
    }
}
