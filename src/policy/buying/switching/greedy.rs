//! `greedy`: spot until the slack is used up, then on demand to the end (Wu et al., NSDI 2024, 3.4).
//!
//! 1. Stays on spot GPUs until it is displaced (exploitation), and waits for them while there are none.
//! 2. Safety net: idle with R(t) < C(t) + 2d, it goes on demand and stays there to the end.
//!
//! Example: 5 hours left, the deadline 8 hours away, changeovers of 10 minutes: it waits for spot for 2
//! hours and 40 minutes.

use super::{Answer, Job, Move, Standing, Switching};
use crate::units::Span;

/// The member.
pub struct Greedy {
    /// d.
    pub changeover: Span,
}

impl Switching for Greedy {
    fn next(&self, job: &Job) -> Answer {
        match job.on {
            Standing::Spot | Standing::OnDemand { .. } => Answer::of(Move::Stay),
            Standing::Idle { .. } => match job.safe_until(self.changeover) {
                Some(until) if until <= job.now => Answer::of(Move::OnDemand { to_the_end: true }),
                again => Answer { go: Move::Spot, again },
            },
        }
    }
    fn runs_by_deadline(&self) -> bool {
        true
    }
}
