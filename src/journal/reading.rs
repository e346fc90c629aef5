//! What readers of facts compute alike: sums inside one fact, done once.

use super::fact::{Book, EndReason, Occupancy, Posting, RentalEnd};
use crate::units::Money;

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

impl EndReason {
    /// Whether this ends a rental that goes on living in no other: all but [`EndReason::Alive`].
    pub const fn is_end(self) -> bool {
        !matches!(self, Self::Alive)
    }
}
