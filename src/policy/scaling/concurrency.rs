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
    /// Oldest first; what lies before the window is dropped.
    levels: VecDeque<Level>,
    /// Until when it panics, and the most workers that it asked for meanwhile.
    panic: Option<(SimTime, u32)>,
}

/// From an instant on there were so many jobs.
#[derive(Clone, Copy)]
struct Level {
    at: SimTime,
    jobs: u32,
    /// Job-microseconds before it: so an average costs two look-ups, however much happened in its window.
    before: u128,
}

impl Level {
    /// Job-microseconds up to an instant that lies in it.
    fn area(&self, until: SimTime) -> u128 {
        self.before + u128::from(self.jobs) * u128::from((until - self.at).micros())
    }
}

impl Concurrency {
    pub(super) fn new(terms: ConcurrencyTarget) -> Self {
        Self { terms, levels: VecDeque::new(), panic: None }
    }
    fn note(&mut self, load: &Load) {
        let jobs = load.queued + load.in_hand;
        let at = load.now;
        match self.levels.back_mut() {
            Some(last) if last.at == at => last.jobs = jobs,
            Some(last) if last.jobs == jobs => {}
            last => {
                let before = last.map_or(0, |last| last.area(at));
                self.levels.push_back(Level { at, jobs, before });
            }
        }
        let begin = before(at, self.terms.window);
        while self.levels.get(1).is_some_and(|next| next.at <= begin) {
            self.levels.pop_front();
        }
    }
    /// Job-microseconds up to an instant of the window.
    fn area(&self, until: SimTime) -> u128 {
        let later = self.levels.partition_point(|level| level.at <= until);
        later.checked_sub(1).map_or(0, |last| self.levels[last].area(until))
    }
    /// The mean number of jobs in the time of this length before `now`.
    fn average(&self, now: SimTime, window: Span) -> f64 {
        let begin = before(now, window);
        let area = self.area(now) - self.area(begin);
        let length = (now - begin).micros();
        if length == 0 { 0.0 } else { area as f64 / length as f64 }
    }
}

/// So long before an instant, but not before the start.
fn before(now: SimTime, span: Span) -> SimTime {
    SimTime::from_micros(now.micros().saturating_sub(span.micros()))
}

impl Scaling for Concurrency {
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
    fn look_again(&mut self, load: &Load) -> Option<SimTime> {
        let quiet = load.queued + load.in_hand == 0
            && load.workers <= load.workers_min
            && self.panic.is_none()
            && self.levels.iter().all(|level| level.jobs == 0);
        (!quiet).then(|| next_multiple(load.now, LOOKS))
    }
}
