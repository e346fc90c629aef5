//! The books as postings tell them, and what may not be charged (GEN-12, HOST-12, BILL-15).

use super::Witness;
use std::collections::{BTreeMap, BTreeSet};
use walras::ids::{Id, PodId};
use walras::journal::Fact;
use walras::journal::fact::{Book, Item, Posting};
use walras::scenario::rules::{OutageStorage, Rounding};
use walras::units::{Money, SimTime};

/// What each book came to.
#[derive(Debug, Default)]
pub(super) struct Books {
    sums: BTreeMap<Book, Money>,
    /// Meters that posted during an outage the unit that had ended with its beginning.
    late: BTreeSet<(PodId, Item, SimTime)>,
}

impl Books {
    fn of(&self, book: Book) -> Money {
        self.sums.get(&book).copied().unwrap_or_default()
    }
}

impl Witness<'_> {
    pub(super) fn hear_money(&mut self, fact: &Fact) {
        let Fact::Posted(posting) = *fact else { return };
        let books = &mut self.money.sums;
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
        let earns = match (posting.usage.and_then(|usage| usage.pod()), credit) {
            (Some(pod), Book::Host(host)) => self.may_earn(pod, host),
            _ => false,
        };
        let fair = match posting.item {
            Item::Deposit | Item::AutoPay => debit == Book::Cash && Some(credit) == customer,
            Item::Compute
            | Item::ContainerDisk
            | Item::Volume
            | Item::NetworkVolume
            | Item::ServerlessCompute
            | Item::ServerlessDisk
            | Item::PublicEndpoint => Some(debit) == customer && credit == Book::Revenue,
            // PLAN-02, PLAN-08. Paid once, then earned, and never more than was paid.
            Item::SavingsPlan => match (debit, credit) {
                (_, Book::Prepaid(_)) => Some(debit) == customer,
                (Book::Prepaid(_), Book::Revenue) => {
                    account.is_none() && !self.money.of(debit).is_negative()
                }
                _ => false,
            },
            Item::HostPayout => debit == Book::Revenue && earns,
            Item::Adjustment => {
                let sides = [Some(debit), Some(credit)];
                sides.contains(&customer) && sides.contains(&Some(Book::Adjustments))
            }
        };
        self.ensure(fair, || format!("GEN-12: {posting:?}"));
    }

    /// BILL-15. Once a host is away, nothing is charged for what lies on it, until it is back; but that
    /// under `completed` a unit that ended in the very instant of the outage may have waited for money
    /// (class 11), and is posted when the meter posts next, once.
    fn check_outage(&mut self, posting: &Posting) {
        // A payout goes with its posting.
        let is_charge = Money::ZERO < posting.amount && posting.item != Item::HostPayout;
        let goes_on = posting.item == Item::Volume
            && self.scenario.rules.outage_storage == OutageStorage::Charged;
        let Some(usage) = posting.usage.filter(|_| is_charge && !goes_on) else { return };
        // NVOL-10. Network volumes know no outage.
        let Some(pod) = usage.pod() else { return };
        // POD-16. What it owed where it was is posted as it leaves.
        let former = self.pods.get(&pod).and_then(|seen| seen.former);
        if former.is_some_and(|(_, at)| at == self.now) {
            return;
        }
        let away_since = self.sites[self.host_of(pod).index()].away_since;
        let Some(since) = away_since.filter(|since| *since < self.now) else { return };
        let waited = self.scenario.rules.minute_rounding == Rounding::Completed
            && usage.periods == 1
            && self.money.late.insert((pod, posting.item, since));
        self.ensure(waited, || format!("BILL-15: away since {away_since:?}: {posting:?}"));
    }
}
