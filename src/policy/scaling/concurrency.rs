//! `Concurrency`: Knative's autoscaler. Jobs in hand and in the queue, averaged over a stable window, are shared out
//! so that each worker has `target` of them; where the average of the short panic window asks for more than
//! `panic_threshold` times the workers that are there, that average rules, and until a stable window has passed
//! without a reason to panic the workers only become more.
//!
//! ```text
//! desired = ceil(average / target)
//! ```
//!
//! The averages are exact: the integral of the number of jobs over the window, over its length. The policy looks
//! again every two seconds while there is anything to see, as Knative does (knative.dev, *Configuring the
//! autoscaler*; `stable-window` 60 s, `panic-window-percentage` 10, `panic-threshold-percentage` 200).

#![expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    reason = "a number of workers needs no more digits"
)]

use super::{Load, Scaling, next_multiple};
use crate::scenario::model::serverless::ConcurrencyTarget;
use crate::units::{SimTime, Span};
use std::collections::VecDeque;

const LOOKS: Span = Span::from_seconds(2);

/// The policy.
pub(super) struct Concurrency {
    terms: ConcurrencyTarget,
    /// From when on there were so many jobs, oldest first; what lies before the window is dropped.
    levels: VecDeque<(SimTime, u32)>,
    /// Until when it panics, and the most workers that it asked for meanwhile.
    panic: Option<(SimTime, u32)>,
}

impl Concurrency {
    pub(super) fn new(terms: ConcurrencyTarget) -> Self {
        Self { terms, levels: VecDeque::new(), panic: None }
    }
    fn note(&mut self, load: &Load) {
        let jobs = load.queued + load.in_hand;
        match self.levels.back_mut() {
            Some((at, level)) if *at == load.now => *level = jobs,
            Some((_, level)) if *level == jobs => {}
            _ => self.levels.push_back((load.now, jobs)),
        }
        let begin = before(load.now, self.terms.window);
        while self.levels.get(1).is_some_and(|(next, _)| *next <= begin) {
            self.levels.pop_front();
        }
    }
    /// The mean number of jobs in the time of this length before `now`.
    fn average(&self, now: SimTime, window: Span) -> f64 {
        let begin = before(now, window);
        let ends = self.levels.iter().skip(1).map(|(at, _)| *at).chain([now]);
        let area: u128 = self
            .levels
            .iter()
            .zip(ends)
            .filter(|(_, end)| begin < *end)
            .map(|((at, jobs), end)| {
                u128::from(*jobs) * u128::from((end - (*at).max(begin)).micros())
            })
            .sum();
        let length = (now - begin).micros();
        if length == 0 { 0.0 } else { area as f64 / length as f64 }
    }
    fn desired(&mut self, load: &Load) -> u32 {
        self.note(load);
        let share = |average: f64| (average / self.terms.target).ceil() as u32;
        let stable = share(self.average(load.now, self.terms.window));
        let short = share(self.average(load.now, self.terms.panic_window));
        // Nobody is there to take what came just now.
        let first = u32::from(0 < load.queued + load.in_hand);
        if f64::from(load.workers.max(1)) * self.terms.panic_threshold <= f64::from(short) {
            let most = self.panic.map_or(0, |(_, most)| most).max(short);
            self.panic = Some((load.now + self.terms.window, most));
        }
        if self.panic.is_some_and(|(until, _)| until <= load.now) {
            self.panic = None;
        }
        let panic = self.panic.map_or(0, |(_, most)| most.max(short));
        load.clamp(stable.max(panic).max(first))
    }
}

/// So long before an instant, but not before the start.
fn before(now: SimTime, span: Span) -> SimTime {
    SimTime::from_micros(now.micros().saturating_sub(span.micros()))
}

impl Scaling for Concurrency {
    fn add(&mut self, load: &Load) -> u32 {
        self.desired(load).saturating_sub(load.workers)
    }
    fn floor(&mut self, load: &Load) -> u32 {
        self.desired(load)
    }
    fn withdraws(&mut self, load: &Load) -> bool {
        self.desired(load) < load.workers
    }
    fn look_again(&mut self, load: &Load) -> Option<SimTime> {
        let quiet = load.queued + load.in_hand == 0
            && load.workers <= load.workers_min
            && self.panic.is_none()
            && self.levels.iter().all(|(_, jobs)| *jobs == 0);
        (!quiet).then(|| next_multiple(load.now, LOOKS))
    }
}
