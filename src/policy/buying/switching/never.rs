//! `never`: only as the steps of a customer's lists say.
//!
//! The default. Example: `conduct: (on_outbid: [retry(), on_demand])` tries spot once more when it is outbid,
//! and buys on demand the next time.

use super::{Answer, Job, Move, Switching};

/// The member.
pub struct Never;

impl Switching for Never {
    fn next(&self, _: &Job) -> Answer {
        Answer::of(Move::Stay)
    }
}
