//! The double entry (GEN-12): every posting moves one amount between two books.
//!
//! A book's value is what was credited to it less what was debited, so all books always sum to zero;
//! [`Ledger::imbalance`] lets an audit say so after every event.

use crate::ids::{AccountId, HostId, Id, PlanId};
use crate::journal::fact::Book;
use crate::units::Money;
use std::collections::BTreeMap;

/// The books and their values.
#[derive(Clone, Debug, Default)]
pub struct Ledger {
    cash: Money,
    revenue: Money,
    adjustments: Money,
    customers: Vec<Money>,
    hosts: Vec<Money>,
    /// PLAN-08. Plans whose price is not all earned.
    prepaid: BTreeMap<PlanId, Money>,
}

impl Ledger {
    /// Empty books for so many accounts and hosts.
    pub fn new(accounts: usize, hosts: usize) -> Self {
        Self {
            customers: vec![Money::ZERO; accounts],
            hosts: vec![Money::ZERO; hosts],
            ..Self::default()
        }
    }
    /// One more host has a book.
    pub fn open_host(&mut self) {
        self.hosts.push(Money::ZERO);
    }
    /// Moves `amount` from the book `debit` to the book `credit`.
    #[inline(always)] // twice a posting, whose books are known where it is made
    pub fn post(&mut self, debit: Book, credit: Book, amount: Money) {
        *self.book(debit) -= amount;
        *self.book(credit) += amount;
    }
    /// The ledger balance of an account: unposted charges do not touch it (GEN-10).
    pub fn balance(&self, account: AccountId) -> Money {
        self.customers[account.index()]
    }
    /// What a host has earned.
    pub fn earned(&self, host: HostId) -> Money {
        self.hosts[host.index()]
    }
    /// PLAN-08. What of a plan's price is not earned yet.
    pub fn prepaid(&self, plan: PlanId) -> Money {
        self.prepaid.get(&plan).copied().unwrap_or_default()
    }
    /// A plan's price is all earned: nothing more is booked on it.
    pub fn close_prepaid(&mut self, plan: PlanId) {
        let left = self.prepaid.remove(&plan);
        debug_assert!(left.unwrap_or_default().is_zero(), "all is earned at the end (PLAN-08)");
    }
    /// The sum of all books: zero, or our bug.
    pub fn imbalance(&self) -> Money {
        self.cash
            + self.revenue
            + self.adjustments
            + self.customers.iter().copied().sum()
            + self.hosts.iter().copied().sum()
            + self.prepaid.values().copied().sum()
    }

    fn book(&mut self, book: Book) -> &mut Money {
        match book {
            Book::Cash => &mut self.cash,
            Book::Revenue => &mut self.revenue,
            Book::Adjustments => &mut self.adjustments,
            Book::Customer(account) => &mut self.customers[account.index()],
            Book::Host(host) => &mut self.hosts[host.index()],
            Book::Prepaid(plan) => self.prepaid.entry(plan).or_default(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gen_12_books_sum_to_zero_whatever_is_posted() {
        let (account, host) = (AccountId::from_index(0), HostId::from_index(0));
        let mut ledger = Ledger::new(1, 1);
        ledger.post(Book::Cash, Book::Customer(account), Money::from_dollars(10));
        ledger.post(Book::Customer(account), Book::Revenue, Money::from_nanos(26_333_333));
        ledger.post(Book::Revenue, Book::Host(host), Money::from_nanos(20_013_333));
        assert_eq!(ledger.balance(account).to_string(), "9.973666667");
        assert_eq!(ledger.earned(host).to_string(), "0.020013333");
        assert!(ledger.imbalance().is_zero());
    }
}
