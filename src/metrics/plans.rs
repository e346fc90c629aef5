//! Savings plans: what was paid for them, and what of it has been earned (PLAN-02, PLAN-08).

use super::subject::Breakdown::Rental as OfRental;
use super::summary::{Reading, Value};
use super::tally::Tally;
use crate::journal::fact::{Book, Posting};
use crate::units::Money;

/// What was gathered of the plans of one subject.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Plans {
    bought: u64,
    paid: Money,
    /// What was posted as revenue.
    pub(super) earned: Money,
    /// What is paid and not earned, whenever it was paid.
    prepaid: Money,
}

impl Plans {
    /// A purchase, or what is earned, after the warm-up.
    pub(super) fn post(&mut self, posting: &Posting) {
        if posting.credit == Book::Revenue {
            self.earned += posting.amount;
        } else {
            self.bought += 1;
            self.paid += posting.amount;
        }
    }
    /// The same, be it in the warm-up: what is prepaid at the end.
    pub(super) fn move_prepaid(&mut self, posting: &Posting) {
        if posting.credit == Book::Revenue {
            self.prepaid -= posting.amount;
        } else {
            self.prepaid += posting.amount;
        }
    }
    /// Adds what was gathered about others.
    pub(super) fn add(&mut self, other: &Self) {
        self.bought += other.bought;
        self.paid += other.paid;
        self.earned += other.earned;
        self.prepaid += other.prepaid;
    }
}

/// The metrics of a scenario in which plans may be bought, in the order of the summary.
pub(super) const READINGS: &[Reading<Tally>] = &[
    Reading::new("plans_bought", "1", OfRental, |t| Value::Count(t.plans.bought)),
    Reading::new("plans_paid", "USD", OfRental, |t| Value::Money(t.plans.paid)),
    Reading::new("plans_revenue", "USD", OfRental, |t| Value::Money(t.plans.earned)),
    Reading::new("plans_prepaid", "USD", OfRental, |t| Value::Money(t.plans.prepaid)),
];
