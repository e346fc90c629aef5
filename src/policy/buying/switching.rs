//! The seam of switching: when a customer goes from spot to on demand, and back.
//!
//! Wu et al., *Can't Be Late: Optimizing Spot Instance Savings under Deadlines* (NSDI 2024), state their
//! rules for a job that needs C(t) more of computation and has R(t) until its deadline, where every change
//! to another instance costs a changeover d. A policy there is asked at every moment; here it is asked when
//! something happens to the job, and says itself when it is to be asked again: at the instant at which its
//! rule may next speak, in closed form. Where a rule holds from just after an instant on (a strict
//! inequality), it is taken to hold at the instant.
//!
//! A job that is *idle* waits for spot GPUs with a standing request, so it takes them in the instant in
//! which they come. It is asked after the bids of that instant have been tried (class 9).

pub mod after_losses;
pub mod greedy;
pub mod never;
pub mod uniform_progress;

use crate::policy::registry::Own;
use crate::scenario::demand::conduct::Switching as Choice;
use crate::units::{SimTime, Span};

/// On what a job stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// On nothing; `tried`: its request for spot GPUs stands, and was tried.
    Idle {
        /// Whether it was.
        tried: bool,
    },
    /// On spot GPUs, or promised some.
    Spot,
    /// On demand, or waiting for that.
    OnDemand {
        /// Whether work proceeds.
        works: bool,
    },
}

/// A job as a policy sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Job {
    /// The present instant.
    pub now: SimTime,
    /// When it came.
    pub begun: SimTime,
    /// By when it is to be done; none: it has time.
    pub deadline: Option<SimTime>,
    /// C(0): the whole work, on the GPUs that it asks for, with the checkpoints in its course.
    pub whole: Span,
    /// C(t): what would be left of it, likewise, if it lost its GPUs now: of work that is saved by
    /// checkpoints, what is not on a volume within reach.
    pub left: Span,
    /// Whether all that it does is kept: C(t) falls while it works.
    pub kept: bool,
    /// If not, when C(t) falls next: when the next checkpoint is whole, while it works.
    pub saves_at: Option<SimTime>,
    /// On what it stands.
    pub on: Standing,
    /// Displacements, refusals and waits in vain on spot so far.
    pub losses: u32,
}

impl Job {
    /// The latest instant at which R(t) ≥ C(t) + 2d, if nothing is done until then; none without a deadline.
    fn safe_until(&self, changeover: Span) -> Option<SimTime> {
        let needed = changeover.micros().saturating_mul(2).saturating_add(self.left.micros());
        Some(SimTime::from_micros(self.deadline?.micros().saturating_sub(needed)))
    }
}

/// What a customer does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Move {
    /// Goes on as it is.
    Stay,
    /// Leaves what it is on, and waits for spot GPUs.
    Spot,
    /// Buys on demand; `to_the_end`: whatever happens.
    OnDemand {
        /// Whether it is not asked again.
        to_the_end: bool,
    },
}

/// A policy's answer: what to do, and when to ask again if nothing happens before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Answer {
    /// What to do.
    pub go: Move,
    /// When to ask again.
    pub again: Option<SimTime>,
}

impl Answer {
    /// To do this, and to be asked when something happens.
    pub const fn of(go: Move) -> Self {
        Self { go, again: None }
    }
}

/// When to switch.
pub trait Switching {
    /// What the job does now.
    fn next(&self, job: &Job) -> Answer;
    /// Whether it runs by the deadline: then it is asked whenever something happens to the job, and at the
    /// instants that it names, its requests wait without end, and it decides what follows a displacement.
    /// If not, it is asked after each loss, and only [`Move::OnDemand`] counts. It is the same for ever.
    fn runs_by_deadline(&self) -> bool {
        false
    }
}

/// What the policy of that name answers; one of the program's own is among `own`.
pub fn next(choice: Choice, own: &Own<dyn Switching>, job: &Job) -> Answer {
    match choice {
        Choice::Never => never::Never.next(job),
        Choice::AfterLosses(losses) => after_losses::AfterLosses { losses }.next(job),
        Choice::Greedy { changeover } => greedy::Greedy { changeover }.next(job),
        Choice::UniformProgress { changeover } => {
            uniform_progress::UniformProgress { changeover }.next(job)
        }
        Choice::Own(policy) => own.get(policy).next(job),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn next(choice: Choice, job: &Job) -> Answer {
        super::next(choice, &Own::default(), job)
    }
    fn at(hours: u64) -> SimTime {
        SimTime::ZERO + Span::HOUR * hours
    }
    /// 6 hours of work and 10 until the deadline, 2 of them passed; one hour is done, and two losses.
    fn job(on: Standing) -> Job {
        Job {
            now: at(2),
            begun: at(0),
            deadline: Some(at(10)),
            whole: Span::HOUR * 6,
            left: Span::HOUR * 5,
            kept: true,
            saves_at: None,
            on,
            losses: 2,
        }
    }
    const IDLE: Standing = Standing::Idle { tried: true };
    const D: Span = Span::from_seconds(600);
    /// 10:00 less five hours and two changeovers.
    const SAFE: SimTime = SimTime::from_seconds(4 * 3_600 + 40 * 60);

    /// One job, displaced at two hours, one hour of its work done, and each member does another thing.
    #[test]
    fn each_rule_decides_differently() {
        let answer = |choice| next(choice, &job(IDLE));
        let on_demand = |to_the_end| Move::OnDemand { to_the_end };
        assert_eq!(answer(Choice::Never), Answer::of(Move::Stay));
        assert_eq!(answer(Choice::AfterLosses(2)), Answer::of(on_demand(true)));
        assert_eq!(answer(Choice::AfterLosses(3)), Answer::of(Move::Stay));
        // Greedy: 8 hours are left for 5 and two changeovers, so it waits until 4:40.
        assert_eq!(
            answer(Choice::Greedy { changeover: D }),
            Answer { go: Move::Spot, again: Some(SAFE) }
        );
        // Uniform progress: 2 of 10 hours have passed, and less than 1.2 of 6 is done.
        let uniform = answer(Choice::UniformProgress { changeover: D });
        assert_eq!(uniform, Answer::of(on_demand(false)));
    }

    /// The safety net holds from the instant at which only the work and two changeovers fit.
    #[test]
    fn the_safety_net_holds_to_the_microsecond() {
        for choice in [Choice::Greedy { changeover: D }, Choice::UniformProgress { changeover: D }]
        {
            let waits = Standing::Idle { tried: false };
            let last = Job { now: SimTime::from_micros(SAFE.micros() - 1), ..job(waits) };
            assert_eq!(next(choice, &last).go, Move::Spot, "{choice:?}");
            let over = Job { now: SAFE, ..last };
            assert_eq!(next(choice, &over).go, Move::OnDemand { to_the_end: true }, "{choice:?}");
            // Who is on spot GPUs stays there (the rule of exploitation).
            let lucky = Job { on: Standing::Spot, ..over };
            assert_eq!(next(choice, &lucky), Answer::of(Move::Stay));
        }
    }

    /// Hysteresis: on demand until cp(t) = ep(t + 2d). From 1 of 6 hours done at 2:00, progress gains 0.4
    /// hours an hour on a line that asks for 1.2 + 0.2 at 2:20: an hour.
    #[test]
    fn uniform_progress_stays_on_demand_until_it_is_two_changeovers_ahead() {
        let choice = Choice::UniformProgress { changeover: D };
        let works = job(Standing::OnDemand { works: true });
        assert_eq!(next(choice, &works), Answer { go: Move::Stay, again: Some(at(3)) });
        let ahead = Job { now: at(3), left: Span::HOUR * 4, ..works };
        assert_eq!(next(choice, &ahead).go, Move::Spot);
        let not_yet = Job { left: Span::HOUR * 4 + Span::from_micros(1), ..ahead };
        assert_eq!(next(choice, &not_yet).go, Move::Stay);
        // Where nothing is kept, it would never be.
        let lost = Job { kept: false, ..works };
        assert_eq!(next(choice, &lost), Answer::of(Move::Stay));
        // Where checkpoints keep it, that is looked at whenever one is whole.
        let saves = Job { saves_at: Some(at(4)), ..lost };
        assert_eq!(next(choice, &saves), Answer { go: Move::Stay, again: Some(at(4)) });
        let ahead = Job { now: at(4), left: Span::HOUR * 3, saves_at: Some(at(6)), ..saves };
        assert_eq!(next(choice, &ahead).go, Move::Spot);
    }

    /// Rule 2, taking risks: behind or not, spot GPUs are asked for first.
    #[test]
    fn uniform_progress_tries_spot_before_it_catches_up() {
        let choice = Choice::UniformProgress { changeover: D };
        let new = Job { now: at(0), left: Span::HOUR * 6, ..job(Standing::Idle { tried: false }) };
        assert_eq!(next(choice, &new), Answer { go: Move::Spot, again: Some(at(0)) });
        let in_vain = Job { on: IDLE, ..new };
        assert_eq!(next(choice, &in_vain).go, Move::OnDemand { to_the_end: false });
        // 3 of 6 hours done at 2:00: it may wait until the line is there, at 5:00; the safety net, at
        // 6:40, is later.
        let ahead = Job { now: at(2), left: Span::HOUR * 3, ..in_vain };
        assert_eq!(next(choice, &ahead), Answer { go: Move::Spot, again: Some(at(5)) });
    }
}
