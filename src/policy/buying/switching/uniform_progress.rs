//! `uniform_progress`: progress is kept to a straight line (Wu et al., NSDI 2024, 5.2.2).
//!
//! With the present progress cp(t) = C(0) − C(t) and the expected one ep(t) = t · C(0) / R(0):
//!
//! 1. Uniform progress: idle with cp(t) < ep(t), it goes on demand to catch up.
//! 2. Taking risks: it takes spot GPUs whenever there are some, also when it is behind, and stays on them
//!    until it is displaced (exploitation).
//! 3. Hysteresis: once on demand, it stays until cp(t) ≥ ep(t + 2d); then it takes spot GPUs, or is idle.
//! 4. Safety net: idle with R(t) < C(t) + 2d, it goes on demand and stays there to the end.
//!
//! On demand with work that checkpoints keep, rule 3 is looked at whenever one is whole, when leaving costs
//! least; with work that nothing keeps, it stays: leaving would cost all that was done.
//!
//! Example: 6 hours of work, 10 hours for it, 1 hour done at 2:00: behind (1.2), so on demand; with
//! changeovers of 10 minutes until 3:00, when 2 hours are done and ep(3:20) = 2.

use super::{Answer, Job, Move, Standing, Switching};
use crate::units::{SimTime, Span};

/// The member.
pub struct UniformProgress {
    /// d.
    pub changeover: Span,
}

impl Switching for UniformProgress {
    fn next(&self, job: &Job) -> Answer {
        let Some(deadline) = job.deadline else { return Answer::of(Move::Stay) };
        let line = Line {
            whole: u128::from(job.whole.micros()),
            time: u128::from((deadline - job.begun).micros()),
        };
        match job.on {
            Standing::Spot => Answer::of(Move::Stay),
            Standing::OnDemand { works } => self.on_demand(job, &line, works),
            Standing::Idle { tried } => self.idle(job, &line, tried),
        }
    }
    fn runs_by_deadline(&self) -> bool {
        true
    }
}

/// ep(t).
struct Line {
    whole: u128,
    time: u128,
}

impl UniformProgress {
    fn idle(&self, job: &Job, line: &Line, tried: bool) -> Answer {
        let safe = job.safe_until(self.changeover).unwrap_or(SimTime::NEVER);
        if safe <= job.now {
            return Answer::of(Move::OnDemand { to_the_end: true });
        }
        let met = job.begun.saturating_add(line.reaches(progress(job)));
        if tried && met <= job.now {
            return Answer::of(Move::OnDemand { to_the_end: false });
        }
        Answer { go: Move::Spot, again: Some(met.max(job.now).min(safe)) }
    }

    fn on_demand(&self, job: &Job, line: &Line, works: bool) -> Answer {
        if !works || !job.kept && job.saves_at.is_none() {
            return Answer::of(Move::Stay);
        }
        let ahead = (job.now - job.begun) + self.changeover + self.changeover;
        if !job.kept && line.catches_up(progress(job), ahead) != Some(Span::ZERO) {
            return Answer { go: Move::Stay, again: job.saves_at };
        }
        match line.catches_up(progress(job), ahead) {
            Some(Span::ZERO) => Answer { go: Move::Spot, again: None },
            // Past its end there is nothing to leave.
            Some(wait) if wait < job.left => {
                Answer { go: Move::Stay, again: Some(job.now.saturating_add(wait)) }
            }
            _ => Answer::of(Move::Stay),
        }
    }
}

/// cp(t), in microseconds.
fn progress(job: &Job) -> u128 {
    u128::from(job.whole.micros().saturating_sub(job.left.micros()))
}

impl Line {
    /// How long after the beginning it has come to `progress`.
    fn reaches(&self, progress: u128) -> Span {
        match self.whole {
            0 => Span::FOREVER,
            whole => span((progress * self.time).div_euclid(whole)),
        }
    }
    /// How long work must proceed from `progress` on until it is where the line is expected `ahead` after
    /// the beginning, and as much longer; none if it never is.
    fn catches_up(&self, progress: u128, ahead: Span) -> Option<Span> {
        let expected = self.whole * u128::from(ahead.micros());
        let behind = expected.saturating_sub(progress * self.time);
        if behind == 0 {
            return Some(Span::ZERO);
        }
        let gained = self.time.checked_sub(self.whole).filter(|gained| 0 < *gained)?;
        Some(span(behind.div_ceil(gained)))
    }
}

fn span(micros: u128) -> Span {
    Span::from_micros(u64::try_from(micros).unwrap_or(u64::MAX))
}
