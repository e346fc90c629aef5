//! What readers of facts compute alike: sums inside one fact, done once.

use super::fact::{
    Book, EndReason, Occupancy, Posting, RentalEnd, RequestEnded, RequestStatus, WorkerStopped,
};
use crate::units::{Money, SimTime, Span};

impl Posting {
    /// What the posting adds to an account's balance: negative for what the account pays.
    pub const fn received(&self) -> Money {
        match (self.debit, self.credit) {
            (_, Book::Customer(_)) => self.amount,
            (Book::Customer(_), _) => Money::from_nanos(-self.amount.nanos()),
            _ => Money::ZERO,
        }
    }
}

impl Occupancy {
    /// GPUs sold: held by, or promised to, pods of either kind or workers, or in grace.
    pub const fn held(&self) -> u32 {
        self.on_demand as u32 + self.spot as u32 + self.grace as u32 + self.serverless as u32
    }
    /// All of the host's GPUs.
    pub const fn total(&self) -> u32 {
        self.held() + self.free as u32
    }
}

impl RentalEnd {
    /// What the rental came to owe in all.
    pub fn paid(&self) -> Money {
        self.compute + self.storage
    }
}

impl RequestStatus {
    /// Whether nothing becomes of the request any more (JOB-07).
    pub const fn is_final(self) -> bool {
        !matches!(self, Self::InQueue | Self::InProgress)
    }
}

impl RequestEnded {
    /// JOB-11. From its submission to its last taking; none of one that is or ended in the queue.
    #[inline]
    pub fn delay(&self) -> Option<Span> {
        self.started.map(|started| started - self.submitted)
    }
    /// JOB-11. From its last taking to its end, which was now; none of one that has not ended.
    #[inline]
    pub fn execution(&self, at: SimTime) -> Option<Span> {
        self.started.filter(|_| self.status.is_final()).map(|started| at - started)
    }
    /// JOB-14. How often it went back to the queue: each taking but one that it ended or stands with.
    #[inline]
    pub const fn requeues(&self) -> u32 {
        self.attempts.saturating_sub(self.started.is_some() as u32)
    }
}

/// What a run consists of, from waking to stop (SLS-49).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Awake {
    /// From woken to ready, or to the stop of one that never was.
    pub starting: Span,
    /// With a job in hand.
    pub busy: Span,
    /// Ready, without any.
    pub idle: Span,
}

impl WorkerStopped {
    /// What the run that ends now consisted of; none of one that was never woken.
    pub fn awake(&self, at: SimTime) -> Option<Awake> {
        let woken = self.woken?;
        let starting = self.ready.unwrap_or(at) - woken;
        Some(Awake { starting, busy: self.busy, idle: (at - woken) - starting - self.busy })
    }
    /// What it came to owe in all; none where the endpoint is the platform's.
    pub fn paid(&self) -> Option<Money> {
        self.compute.map(|compute| compute + self.disk.unwrap_or_default())
    }
}

impl EndReason {
    /// Whether this ends a rental that goes on living in no other: all but [`EndReason::Alive`].
    pub const fn is_end(self) -> bool {
        !matches!(self, Self::Alive)
    }
}
