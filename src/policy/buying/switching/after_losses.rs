//! `after_losses`: on demand from so many losses on, for good.
//!
//! A loss is a displacement, a refusal or a wait in vain on spot. Example: `after_losses(losses: 2)` buys
//! on demand once it was outbid twice.

use super::{Answer, Job, Move, Switching};

/// The member.
pub struct AfterLosses {
    /// How many losses.
    pub losses: u32,
}

impl Switching for AfterLosses {
    fn next(&self, job: &Job) -> Answer {
        let lost = self.losses <= job.losses;
        Answer::of(if lost { Move::OnDemand { to_the_end: true } } else { Move::Stay })
    }
}
