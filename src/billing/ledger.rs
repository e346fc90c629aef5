//! The double entry (GEN-12): every posting moves one amount between two books.
//!
//! A book's value is what was credited to it less what was debited, so all books always sum to zero;
//! [`Ledger::imbalance`] lets an audit say so after every event.

use crate::ids::{AccountId, HostId, Id};
use crate::journal::fact::Book;
use crate::units::Money;

/// The books and their values.
#[derive(Clone, Debug, Default)]
pub struct Ledger {
    cash: Money,
    revenue: Money,
    adjustments: Money,
    customers: Vec<Money>,
    hosts: Vec<Money>,
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
    /// The sum of all books: zero, or our bug.
    pub fn imbalance(&self) -> Money {
        self.cash
            + self.revenue
            + self.adjustments
            + self.customers.iter().copied().sum()
            + self.hosts.iter().copied().sum()
    }

    fn book(&mut self, book: Book) -> &mut Money {
        match book {
            Book::Cash => &mut self.cash,
            Book::Revenue => &mut self.revenue,
            Book::Adjustments => &mut self.adjustments,
            Book::Customer(account) => &mut self.customers[account.index()],
            Book::Host(host) => &mut self.hosts[host.index()],
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
