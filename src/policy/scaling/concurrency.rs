//! `Concurrency`: Knative's autoscaler. Jobs in hand and in the queue, averaged over a stable window, are shared out
//! so that each worker has `target` of them. Panic is where the short panic window, a tenth of the stable one, asks
//! for `panic_threshold` times the workers that are *ready*, of whom one at least is counted; it ends when a stable
//! window has passed since that was so last. In a panic the greater of both averages rules, and the workers only
//! become more.
//!
//! ```text
//! desired = ceil(average / target), at least floor(ready / 2)
//! ```
//!
//! Half of those that are ready stay for two seconds more (`max-scale-down-rate` 2); that many more than there are
//! is never asked for. A window reaches back to where there was something to see first: after a silence of its own
//! length, in which no worker was ready and no job there, it begins anew, so a burst from zero counts in full.
//!
//! Source: knative.dev, *Configuring scale bounds*, *Additional autoscaling configuration*, and knative/serving
//! 98e5ef90, `pkg/autoscaler/scaling/autoscaler.go` and `pkg/autoscaler/aggregation/bucketing.go`, with the defaults
//! of `config/core/configmaps/autoscaler.yaml`: `stable-window` 60 s, `panic-window-percentage` 10,
//! `panic-threshold-percentage` 200.
//!
//! Otherwise than there:
//!
//! - The averages are exact, the integral of the number of jobs over the window; Knative samples each second.
//! - It looks whenever SLS-32 says so, beside every two seconds while there is anything to see.
//! - `max-scale-up-rate` 1000 binds no endpoint, which has 100 workers at the most (SLS-03).
//! - `target` is what is aimed at: Knative takes 70 % of what a container holds.
//! - What is asked for is what stays: idle workers beyond it go by SLS-35, which stands for
//!   `scale-to-zero-grace-period`. Scale-down delay, initial and activation scale are not there (Knative's default:
//!   none), nor the panic in which an autoscaler begins that finds pods.

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
/// `max-scale-down-rate`.
const DOWN: u32 = 2;

/// The policy.
pub(super) struct Concurrency {
    stable: Window,
    short: Window,
    target: f64,
    panic_threshold: f64,
    /// Oldest first; what lies before the stable window is dropped.
    levels: VecDeque<Level>,
    panic: Option<Panic>,
    /// In which two seconds it looked last, and how many workers were ready when it first did.
    look: (SimTime, u32),
}

/// A time of this length before now, as far as it lies after `from`.
struct Window {
    length: Span,
    from: SimTime,
}

/// It holds until then, with so many workers at least.
#[derive(Clone, Copy)]
struct Panic {
    until: SimTime,
    most: u32,
}

/// From an instant on there were so many jobs.
#[derive(Clone, Copy)]
struct Level {
    at: SimTime,
    jobs: u32,
    /// Neither a job nor a ready worker is there.
    silent: bool,
    /// Job-microseconds before it: so an average costs two look-ups, however much happened in its window.
    before: u128,
}

impl Level {
    /// Job-microseconds up to an instant that lies in it.
    fn area(&self, until: SimTime) -> u128 {
        self.before + u128::from(self.jobs) * u128::from((until - self.at).micros())
    }
}

impl Window {
    const fn new(length: Span) -> Self {
        Self { length, from: SimTime::ZERO }
    }
    fn begin(&self, now: SimTime) -> SimTime {
        SimTime::from_micros(now.micros().saturating_sub(self.length.micros())).max(self.from)
    }
}

impl Concurrency {
    pub(super) fn new(terms: ConcurrencyTarget) -> Self {
        Self {
            stable: Window::new(terms.window),
            short: Window::new(terms.panic_window),
            target: terms.target,
            panic_threshold: terms.panic_threshold,
            levels: VecDeque::new(),
            panic: None,
            look: (SimTime::ZERO, 0),
        }
    }
    fn note(&mut self, load: &Load, ready: u32) {
        let (at, jobs) = (load.now, load.queued + load.in_hand);
        let silent = jobs == 0 && ready == 0;
        match self.levels.back_mut() {
            None if silent => return,
            Some(last) if last.at == at => (last.jobs, last.silent) = (jobs, silent),
            Some(last) if (last.jobs, last.silent) == (jobs, silent) => {}
            last => {
                let last = last.copied();
                let before = last.map_or(0, |last| last.area(at));
                self.levels.push_back(Level { at, jobs, silent, before });
                self.break_silence(last, at);
            }
        }
        let begin = self.stable.begin(at);
        while self.levels.get(1).is_some_and(|next| next.at <= begin) {
            self.levels.pop_front();
        }
    }
    /// A window in which nothing was to be seen begins anew.
    fn break_silence(&mut self, before: Option<Level>, now: SimTime) {
        for window in [&mut self.stable, &mut self.short] {
            if before.is_none_or(|level| level.silent && window.length <= now - level.at) {
                window.from = now;
            }
        }
    }
    /// Job-microseconds up to an instant of the window.
    fn area(&self, until: SimTime) -> u128 {
        let later = self.levels.partition_point(|level| level.at <= until);
        later.checked_sub(1).map_or(0, |last| self.levels[last].area(until))
    }
    /// How many workers the mean number of jobs in a window asks for.
    fn asked(&self, now: SimTime, window: &Window) -> u32 {
        let begin = window.begin(now);
        let area = self.area(now) - self.area(begin);
        let length = (now - begin).micros().max(1);
        (area as f64 / length as f64 / self.target).ceil() as u32
    }
    /// So many stay at the least, of those that there are: half of the ready ones, for two seconds.
    fn slowest(&mut self, load: &Load, ready: u32) -> u32 {
        let next = next_multiple(load.now, LOOKS);
        if self.look.0 != next {
            self.look = (next, ready);
        }
        (self.look.1 / DOWN).min(load.workers)
    }
    /// Panic begins, goes on or ends; how many workers it holds, of `asked` by both averages now.
    fn hold(&mut self, now: SimTime, panics: bool, asked: u32) -> u32 {
        if panics {
            let most = self.panic.map_or(0, |panic| panic.most);
            self.panic = Some(Panic { until: now + self.stable.length, most });
        }
        self.panic = self.panic.filter(|panic| now <= panic.until);
        self.panic.as_mut().map_or(0, |panic| {
            panic.most = panic.most.max(asked);
            panic.most
        })
    }
}

impl Scaling for Concurrency {
    fn desired(&mut self, load: &Load) -> u32 {
        let ready = load.workers.saturating_sub(load.coming);
        self.note(load, ready);
        let short = self.asked(load.now, &self.short);
        // Nobody is there to take what came just now.
        let first = u32::from(0 < load.queued + load.in_hand);
        let slowest = self.slowest(load, ready).max(first);
        let stable = self.asked(load.now, &self.stable).max(slowest);
        let panics = f64::from(ready.max(1)) * self.panic_threshold <= f64::from(short);
        load.clamp(self.hold(load.now, panics, stable.max(short)).max(stable))
    }
    fn look_again(&mut self, load: &Load) -> Option<SimTime> {
        let quiet = load.queued + load.in_hand == 0
            && load.workers <= load.workers_min
            && self.panic.is_none()
            && self.levels.iter().all(|level| level.jobs == 0);
        (!quiet).then(|| next_multiple(load.now, LOOKS))
    }
}
