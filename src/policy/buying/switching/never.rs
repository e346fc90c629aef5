//! `never`: only as the steps of a customer's lists say.

use super::{Answer, Job, Move, Switching};

/// The member.
pub struct Never;

impl Switching for Never {
    fn next(&self, _: &Job) -> Answer {
        Answer::of(Move::Stay)
    }
}
