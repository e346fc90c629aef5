//! The books as postings tell them, and what may not be charged (GEN-12, HOST-12, BILL-15).

use super::Witness;
use std::collections::BTreeMap;
use walras::ids::Id;
use walras::journal::Fact;
use walras::journal::fact::{Book, Item, Posting};
use walras::units::Money;

/// What each book came to.
#[derive(Debug, Default)]
pub(super) struct Books(BTreeMap<Book, Money>);

impl Books {
    fn of(&self, book: Book) -> Money {
        self.0.get(&book).copied().unwrap_or_default()
    }
}

impl Witness<'_> {
    pub(super) fn hear_money(&mut self, fact: &Fact) {
        let Fact::Posted(posting) = *fact else { return };
        let books = &mut self.money.0;
        *books.entry(posting.debit).or_default() -= posting.amount;
        *books.entry(posting.credit).or_default() += posting.amount;
        let sum: Money = books.values().copied().sum();
        self.ensure(sum.is_zero(), || format!("GEN-12: books sum to {sum}"));
        self.ensure(!posting.amount.is_zero(), || format!("GEN-09: a zero row: {posting:?}"));
        let known = posting.account.map(|account| self.money.of(Book::Customer(account)));
        self.ensure(posting.balance == known, || format!("GEN-12: {known:?}, yet {posting:?}"));
        self.check_books(&posting);
        self.check_outage(&posting);
    }

    /// Which two books an item moves money between.
    fn check_books(&mut self, posting: &Posting) {
        let Posting { debit, credit, account, .. } = *posting;
        let customer = account.map(Book::Customer);
        let host = posting.usage.map(|usage| Book::Host(self.host_of(usage.pod)));
        let fair = match posting.item {
            Item::Deposit | Item::AutoPay => debit == Book::Cash && Some(credit) == customer,
            Item::Compute | Item::ContainerDisk | Item::Volume => {
                Some(debit) == customer && credit == Book::Revenue
            }
            Item::HostPayout => debit == Book::Revenue && Some(credit) == host,
            Item::Adjustment => {
                let sides = [Some(debit), Some(credit)];
                sides.contains(&customer) && sides.contains(&Some(Book::Adjustments))
            }
        };
        self.ensure(fair, || format!("GEN-12: {posting:?}"));
    }

    /// BILL-15. Once a host is away, nothing is charged for what lies on it, until it is back.
    fn check_outage(&mut self, posting: &Posting) {
        let Some(usage) = posting.usage.filter(|_| Money::ZERO < posting.amount) else { return };
        let away_since = self.sites[self.host_of(usage.pod).index()].away_since;
        let charged = away_since.is_some_and(|since| since < self.now);
        self.ensure(!charged, || format!("BILL-15: away since {away_since:?}: {posting:?}"));
    }
}
