//! `hybrid`: by a histogram of idle times (Shahrad et al., *Serverless in the Wild*, USENIX ATC'20, section 4.2).
//!
//! An idle time goes from the end of an execution to the next arrival; a job that comes while another is there ends
//! one of zero. The histogram has cells of one minute over four hours. Its head (the lower edge of the 5th
//! percentile's cell, less a margin of 10 %) and its tail (the upper edge of the 99th's, and the margin more, at most
//! the range) count from the end of the last execution. A worker goes at once when its work ends; one is woken ahead
//! at the head and kept to the tail. If no job comes by then it stops, and nobody is woken ahead of the next. While
//! the head lies in the first cell nobody goes before the tail.
//!
//! With a job of 5 s every 30 min all idle times lie in the 30th cell: the head is 29 min × 0.9 = 26 min 6 s, the
//! tail 30 min × 1.1 = 33 min. So a worker is awake for the last 4 min of 30.
//!
//! Where the histogram says nothing the paper's standard keep-alive holds: a worker is kept for the whole range, and
//! none is woken ahead. It says nothing before the first idle time, and while the coefficient of variation of the
//! cells' counts is at most 2, as it is where they are alike over a fifth of the range or more. No least number of
//! times is asked for besides: the first is believed.
//!
//! What differs from the paper: its third part, a time-series forecast (ARIMA) where too many times exceed the range,
//! is left out. Where more than half of them do, the standard keep-alive holds, too. And the paper's unit, one
//! application, is an endpoint here: where several of its workers are awake, idle times are those of all together.

#![expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    reason = "times and counts are far below 2^53"
)]

use super::KeepAlive;
use crate::scenario::model::serverless;
use crate::units::{SimTime, Span};

/// Up to this coefficient of variation of the cells' counts a histogram says nothing.
const REPRESENTATIVE: f64 = 2.0;

/// Whether the endpoint has a job.
enum Jobs {
    /// None came yet, as far as the policy knows.
    NoneYet,
    /// It has.
    There,
    /// The last ended then.
    Ended(SimTime),
}

/// The policy.
pub(super) struct Hybrid {
    terms: serverless::Hybrid,
    cells: Vec<u32>,
    inside: u64,
    outside: u64,
    jobs: Jobs,
}

impl Hybrid {
    pub(super) fn new(terms: serverless::Hybrid) -> Self {
        let cells = terms.range.micros().div_ceil(terms.cell.micros().max(1));
        let cells = usize::try_from(cells).unwrap_or(usize::MAX).min(1 << 20);
        Self { terms, cells: vec![0; cells], inside: 0, outside: 0, jobs: Jobs::NoneYet }
    }
    fn count(&mut self, idle: Span) {
        let cell = idle.micros() / self.terms.cell.micros().max(1);
        match usize::try_from(cell).ok().and_then(|cell| self.cells.get_mut(cell)) {
            Some(count) => {
                *count += 1;
                self.inside += 1;
            }
            None => self.outside += 1,
        }
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
    /// How long nothing comes, as good as surely: the pre-warming window. Zero within the first cell, and for a head
    /// of nothing.
    fn head(&self) -> Span {
        if self.terms.head <= 0.0 {
            return Span::ZERO;
        }
        let edge = self.terms.cell * self.cell(self.terms.head);
        Span::from_micros((edge.micros() as f64 * (1.0 - self.terms.margin)) as u64)
    }
    /// Until when the next job comes, as good as surely: the end of the keep-alive window.
    fn tail(&self) -> Span {
        let edge = self.terms.cell * (self.cell(self.terms.tail) + 1);
        let wide = Span::from_micros((edge.micros() as f64 * (1.0 + self.terms.margin)) as u64);
        wide.min(self.terms.range)
    }
    /// From and until when after the end of an execution a worker is there.
    fn window(&self) -> (Span, Span) {
        if self.is_representative() {
            (self.head(), self.tail())
        } else {
            (Span::ZERO, self.terms.range)
        }
    }
}

impl KeepAlive for Hybrid {
    /// A worker whose work ends goes until the head; who was woken ahead is past it, and stays to the tail.
    fn timeout(&mut self, now: SimTime, _stated: Span) -> Span {
        let ended = if let Jobs::Ended(at) = self.jobs { at } else { now };
        let (head, tail) = self.window();
        let idle = now.saturating_since(ended);
        if (head..tail).contains(&idle) { tail - idle } else { Span::ZERO }
    }
    fn note_arrival(&mut self, now: SimTime) {
        match std::mem::replace(&mut self.jobs, Jobs::There) {
            Jobs::NoneYet => {}
            Jobs::There => self.count(Span::ZERO),
            Jobs::Ended(at) => self.count(now - at),
        }
    }
    fn note_idle(&mut self, now: SimTime) {
        if matches!(self.jobs, Jobs::There) {
            self.jobs = Jobs::Ended(now);
        }
    }
    fn wake_ahead(&mut self, now: SimTime) -> Option<SimTime> {
        let Jobs::Ended(ended) = self.jobs else { return None };
        let at = ended.saturating_add(self.window().0);
        (now < at).then_some(at)
    }
}
