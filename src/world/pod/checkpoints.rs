//! How far work has come that is interrupted by checkpoints and restarts, in closed form (POD-20).
//!
//! From the instant at which a pod begins to work, its course is fixed: what a restart takes, then again
//! and again an interval τ of work and a checkpoint of the cost δ, in which no work proceeds, until the
//! work is done; no checkpoint is written after the last of it. So what has been worked by an instant,
//! what of it is on the volume, and when all is done follow from the time since then: whole cycles of
//! τ + δ and a rest. Nothing happens at a checkpoint, so a pod costs as few events as any other.
//!
//! A checkpoint is on the volume at the instant at which it is whole, and not before. SIGTERM may begin a
//! new course, which opens with a checkpoint.

use crate::scenario::checkpointing::{Checkpointing, checkpoints_in};
use crate::units::{GpuTime, SimTime, Span};

/// What an owner does beside the work itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Plan {
    /// Work between two checkpoints, above zero; none: no checkpoint but on SIGTERM.
    pub interval: Option<Span>,
    /// What a checkpoint takes.
    pub cost: Span,
    /// What passes before work goes on when the container is up again.
    pub restart: Span,
    /// Whether a checkpoint is begun at SIGTERM, if it is whole by SIGKILL.
    pub on_sigterm: bool,
}

impl Plan {
    /// What an owner who states these terms does, with checkpoints at this interval.
    pub const fn new(terms: &Checkpointing, interval: Option<Span>) -> Self {
        let Checkpointing { cost, restart, on_sigterm, .. } = *terms;
        Self { interval, cost, restart, on_sigterm }
    }
    /// Whether anything comes to be on a volume.
    pub const fn saves(&self) -> bool {
        self.interval.is_some() || self.on_sigterm
    }
    /// How long work takes that takes `work` by itself, with the checkpoints in its course.
    pub fn time(&self, work: Span) -> Span {
        let writing = self.interval.map_or(0, |interval| {
            self.cost.micros().saturating_mul(checkpoints_in(work, interval))
        });
        Span::from_micros(work.micros().saturating_add(writing))
    }
    /// The same without a volume, which is all that would survive (STOR-07): no checkpoint is written.
    #[must_use]
    pub const fn without_volume(self) -> Self {
        Self { interval: None, on_sigterm: false, ..self }
    }
}

/// The course of work from an instant on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Course {
    /// The instant.
    since: SimTime,
    /// What passes before work goes on: a restart, or a checkpoint.
    lead: Span,
    /// How long the work that is left takes by itself.
    left: Span,
    /// GPUs that work.
    gpus: u32,
    /// Work done by that instant.
    done: GpuTime,
    /// What of it was on the volume then; all of it is once the lead is over.
    saved: GpuTime,
}

impl Course {
    /// When the work is done.
    fn end(&self, plan: &Plan) -> SimTime {
        self.since.saturating_add(self.lead).saturating_add(plan.time(self.left))
    }
    /// When the next checkpoint is whole, if another is written.
    fn next_whole(&self, plan: &Plan, now: SimTime) -> Option<SimTime> {
        let interval = plan.interval?;
        let (whole, _, _) = self.at(plan, now);
        let cycle = interval.micros().saturating_add(plan.cost.micros());
        let after = Span::from_micros(cycle.saturating_mul(whole + 1));
        let begins = self.since.saturating_add(self.lead);
        (whole < checkpoints_in(self.left, interval)).then(|| begins.saturating_add(after))
    }
    /// Checkpoints that are whole by `now`, what has been worked since the last of them or the start, and
    /// whether the next is being written.
    fn at(&self, plan: &Plan, now: SimTime) -> (u64, Span, bool) {
        let passed = now.saturating_since(self.since.saturating_add(self.lead));
        let Some(interval) = plan.interval else { return (0, passed, false) };
        let all = checkpoints_in(self.left, interval);
        let cycle = interval.micros().saturating_add(plan.cost.micros());
        let whole = passed.micros().div_euclid(cycle);
        if all <= whole {
            // The last stretch of work. Where its end is out of reach (HOST-04) it goes on beyond it.
            return (all, passed - Span::from_micros(cycle.saturating_mul(all)), false);
        }
        let rest = Span::from_micros(passed.micros().rem_euclid(cycle));
        (whole, rest.min(interval), interval <= rest)
    }
    /// Work done by `now`.
    fn done(&self, plan: &Plan, now: SimTime) -> GpuTime {
        let (whole, rest, _) = self.at(plan, now);
        self.done + self.of_checkpoints(plan, whole) + GpuTime::new(self.gpus, rest)
    }
    /// Work on the volume by `now`.
    fn saved(&self, plan: &Plan, now: SimTime) -> GpuTime {
        if now < self.since.saturating_add(self.lead) {
            return self.saved;
        }
        let (whole, _, _) = self.at(plan, now);
        self.done + self.of_checkpoints(plan, whole)
    }
    /// Work that so many checkpoints save.
    fn of_checkpoints(&self, plan: &Plan, whole: u64) -> GpuTime {
        let interval = plan.interval.unwrap_or(Span::ZERO);
        GpuTime::new(self.gpus, Span::from_micros(interval.micros().saturating_mul(whole)))
    }
}

/// What a pod keeps whose owner writes checkpoints, or whose restarts take time.
#[derive(Clone, Debug)]
pub struct Checkpoints {
    plan: Plan,
    /// Whether its container has been up before.
    started: bool,
    /// Work on its volume when it last stopped working.
    saved: GpuTime,
    /// Work on its volume when the present rental began.
    saved_before: GpuTime,
    /// GPU-time that went into checkpoints and restarts in the present rental.
    overhead: GpuTime,
    /// Its work since it last began, or got SIGTERM.
    course: Course,
}

impl Checkpoints {
    /// Of a pod that has not begun.
    pub fn new(plan: Plan) -> Self {
        Self {
            plan,
            started: false,
            saved: GpuTime::ZERO,
            saved_before: GpuTime::ZERO,
            overhead: GpuTime::ZERO,
            course: Course::default(),
        }
    }
    /// Work on its volume, of a pod that does not work now.
    pub fn saved(&self) -> GpuTime {
        self.saved
    }
    /// Its container is up: of `work` so much is `done`, and the rest is ahead.
    pub fn begin(&mut self, now: SimTime, gpus: u32, (done, work): (GpuTime, GpuTime)) {
        let lead = if self.started { self.plan.restart } else { Span::ZERO };
        let left = work.saturating_sub(done).time_on(gpus);
        self.started = true;
        self.course = Course { since: now, lead, left, gpus, done, saved: self.saved };
    }
    /// Until when a pod that works now does, if nothing interrupts it.
    pub fn end(&self) -> SimTime {
        self.course.end(&self.plan)
    }
    /// Work done by `now`, of a pod that works.
    pub fn done(&self, now: SimTime) -> GpuTime {
        self.course.done(&self.plan, now)
    }
    /// When more of it will be on its volume, of a pod that works and is not interrupted.
    pub fn next_whole(&self, now: SimTime) -> Option<SimTime> {
        self.course.next_whole(&self.plan, now)
    }
    /// Work that would be lost if the memory of a pod that works were lost now.
    pub fn unsaved(&self, now: SimTime) -> GpuTime {
        self.done(now) - self.course.saved(&self.plan, now)
    }
    /// Work stops here, or is looked at: of the GPU-time `held` since it was last, so much was work as has
    /// been `done` since `before`. Gives the work done.
    pub fn pause(&mut self, now: SimTime, held: GpuTime, before: GpuTime) -> GpuTime {
        let done = self.done(now);
        self.saved = self.course.saved(&self.plan, now);
        self.overhead += held - (done - before);
        done
    }
    /// SPOT-07. SIGTERM came, and its work was looked at. If the plan says so, it begins a checkpoint: if
    /// that is whole by SIGKILL and keeps anything, no other is being written, and the work would not be
    /// done by then without it. Gives when it is whole, and what it keeps.
    pub fn signal(&mut self, now: SimTime, kill_at: SimTime) -> Option<(SimTime, GpuTime)> {
        let Self { plan, course, .. } = self;
        let whole_at = now.saturating_add(plan.cost);
        let (_, _, writes) = course.at(plan, now);
        let done = course.done(plan, now);
        let is_due = plan.on_sigterm && whole_at <= kill_at && self.saved < done;
        if !is_due || writes || course.end(plan) <= kill_at {
            return None;
        }
        let worked = (done - course.done).time_on(course.gpus);
        let left = course.left - worked;
        let (lead, saved) = (plan.cost, self.saved);
        *course = Course { since: now, lead, left, done, saved, ..*course };
        Some((whole_at, done))
    }
    /// All that is `done` is kept: the result of work that is complete, or memory that was written down.
    pub fn keep_all(&mut self, done: GpuTime) {
        self.saved = done;
    }
    /// Its volume is lost, and what this rental saved on it. What an earlier one did stands in its row.
    pub fn lose_volume(&mut self) {
        self.saved = self.saved_before;
    }
    /// POD-16, POD-25. What was worked counts otherwise from now on, of a pod that does not work.
    pub fn rescale(&mut self, anew: impl Fn(GpuTime) -> GpuTime) {
        self.saved = anew(self.saved);
        self.saved_before = anew(self.saved_before);
    }
    /// The present rental ends. Gives what went into checkpoints and restarts.
    pub fn end_rental(&mut self) -> GpuTime {
        self.saved_before = self.saved;
        std::mem::take(&mut self.overhead)
    }
    /// The same at the horizon, which finds it alive.
    pub fn overhead(&self) -> GpuTime {
        self.overhead
    }
}
