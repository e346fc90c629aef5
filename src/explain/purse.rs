//! What accounts have: the ledger balance, less what open meters owe and have not posted (GEN-10), and what they burn an
//! hour (ACCT-06).
//!
//! Postings are rare, so a balance of the ledger may be days old. What was refused for want of money is only understood
//! with what was really there; so meters are counted here from the facts that open, reprice, pause and close them. Units
//! are those that began before the instant. Savings plans' own books are left out: they are paid at once.

use super::names::Names;
use crate::ids::{AccountId, Id};
use crate::journal::Fact;
use crate::journal::fact::{
    EndpointCreated, Item, MeterOf, MeterTerms, NetworkVolumeCreated, Posting, Subject,
    WorkerStopped, WorkerWoken,
};
use crate::journal::rentals::Rentals;
use crate::journal::workers::Workers;
use crate::scenario::rules::{Rounding, Rules};
use crate::units::{Money, Price, SimTime, Span};
use std::collections::BTreeMap;

type Key = (Subject, Item);

/// One meter.
#[derive(Clone, Copy, Debug)]
struct Meter {
    price: Price,
    quantity: u32,
    unit: Span,
    /// Whether units are owed once they are over, not once they begin (GEN-07).
    completed: bool,
    /// Since when it counts; none while it is paused or closed.
    since: Option<SimTime>,
    /// How long it counted before.
    open: Span,
    /// Units at earlier prices, and what they came to.
    earlier: (u64, Money),
    posted: Money,
}

impl Meter {
    fn units(&self, at: SimTime) -> u64 {
        let running = self.since.map_or(Span::ZERO, |since| at - since);
        let (open, unit) = ((self.open + running).micros(), self.unit.micros());
        if self.completed { open / unit } else { open.div_ceil(unit) }
    }
    /// GEN-05. What it owes: the sum of its stretches.
    fn owed(&self, at: SimTime) -> Money {
        let units = self.units(at).saturating_sub(self.earlier.0);
        self.earlier.1 + self.price.owed(self.quantity, self.unit, units)
    }
    fn reprice(&mut self, at: SimTime, price: Price, quantity: u32) {
        self.earlier = (self.units(at), self.owed(at));
        (self.price, self.quantity) = (price, quantity);
    }
    fn pause(&mut self, at: SimTime) {
        if let Some(since) = self.since.take() {
            self.open += at - since;
        }
    }
    fn per_hour(&self) -> Money {
        self.price.for_span(self.quantity, Span::HOUR)
    }
}

/// What one account has.
#[derive(Clone, Debug, Default)]
struct Purse {
    ledger: Money,
    /// All payments so far (ACCT-07).
    paid_in: Money,
    meters: BTreeMap<Key, Meter>,
}

/// Those of all accounts.
pub(super) struct Purses<'a> {
    rules: &'a Rules,
    purses: Vec<Purse>,
    /// Whose endpoint is whose.
    owners: BTreeMap<crate::ids::EndpointId, AccountId>,
    /// Meters that closed at this instant: their last postings follow.
    closing: (SimTime, Vec<(AccountId, Key)>),
}

impl<'a> Purses<'a> {
    pub(super) fn new(names: &Names<'a>) -> Self {
        let purses = vec![Purse::default(); names.scenario.accounts.len()];
        let closing = (SimTime::ZERO, Vec::new());
        Self { rules: &names.scenario.rules, purses, owners: BTreeMap::new(), closing }
    }
    /// GEN-10. What an account has at an instant.
    pub(super) fn balance(&self, account: AccountId, at: SimTime) -> Money {
        let purse = &self.purses[account.index()];
        let unposted = purse.meters.values().map(|meter| meter.owed(at) - meter.posted);
        purse.ledger - unposted.sum::<Money>()
    }
    /// ACCT-06. What its meters burn an hour.
    pub(super) fn burn(&self, account: AccountId) -> Money {
        self.purses[account.index()].meters.values().map(Meter::per_hour).sum()
    }
    /// ACCT-07. What it has paid in so far.
    pub(super) fn paid_in(&self, account: AccountId) -> Money {
        self.purses[account.index()].paid_in
    }

    /// Takes in what `fact` says of meters and money.
    #[expect(clippy::wildcard_enum_match_arm, reason = "all other facts cost nothing")]
    pub(super) fn hear(
        &mut self,
        at: SimTime,
        fact: &Fact,
        (rentals, workers): (&Rentals, &Workers),
    ) {
        if self.closing.0 != at {
            self.forget_closed(at);
        }
        let of = |meter: MeterOf| {
            (rentals.of(meter.pod).asked.account, (Subject::Pod(meter.pod), meter.item))
        };
        match *fact {
            Fact::Posted(posting) => self.posted(&posting),
            Fact::MeterOpened(terms) => {
                let account = rentals.of(terms.pod).asked.account;
                let unit = match terms.item {
                    Item::Compute => self.rules.compute_unit,
                    _ => self.rules.storage_unit,
                };
                let meter = self.meter(at, (terms.price, terms.quantity), unit);
                self.open(account, (Subject::Pod(terms.pod), terms.item), meter);
            }
            Fact::MeterRepriced(MeterTerms { pod, item, price, quantity }) => {
                let (account, key) = of(MeterOf { pod, item });
                self.change(account, key, |meter| meter.reprice(at, price, quantity));
            }
            Fact::MeterPaused(meter) => {
                let (account, key) = of(meter);
                self.change(account, key, |meter| meter.pause(at));
            }
            Fact::MeterResumed(meter) => {
                let (account, key) = of(meter);
                self.change(account, key, |meter| meter.since = Some(at));
            }
            Fact::MeterClosed(meter) => {
                let (account, key) = of(meter);
                self.close(account, key, at);
            }
            Fact::NetworkVolumeCreated(created) => self.volume(at, &created),
            Fact::EndpointCreated(EndpointCreated { endpoint, account, .. }) => {
                self.owners.insert(endpoint, account);
            }
            Fact::WorkerWoken(ref woken) => {
                let gpus = workers.find(woken.worker).map_or(1, |place| place.gpus);
                self.woken(at, woken, gpus);
            }
            Fact::WorkerStopped(WorkerStopped { worker, .. }) => {
                if let Some(account) = self.owners.get(&worker.endpoint).copied() {
                    self.close(account, (Subject::Worker(worker), Item::ServerlessCompute), at);
                }
            }
            _ => {}
        }
    }

    fn meter(&self, at: SimTime, (price, quantity): (Price, u32), unit: Span) -> Meter {
        let completed = self.rules.minute_rounding == Rounding::Completed;
        let since = Some(at);
        let (open, earlier, posted) = (Span::ZERO, (0, Money::ZERO), Money::ZERO);
        Meter { price, quantity, unit, completed, since, open, earlier, posted }
    }
    fn open(&mut self, account: AccountId, key: Key, meter: Meter) {
        self.purses[account.index()].meters.insert(key, meter);
    }
    fn change(&mut self, account: AccountId, key: Key, change: impl FnOnce(&mut Meter)) {
        if let Some(meter) = self.purses[account.index()].meters.get_mut(&key) {
            change(meter);
        }
    }
    fn close(&mut self, account: AccountId, key: Key, at: SimTime) {
        self.change(account, key, |meter| meter.pause(at));
        self.closing.1.push((account, key));
    }
    fn forget_closed(&mut self, at: SimTime) {
        self.closing.0 = at;
        for (account, key) in self.closing.1.drain(..) {
            self.purses[account.index()].meters.remove(&key);
        }
    }
    fn posted(&mut self, posting: &Posting) {
        let Some(account) = posting.account else { return };
        let purse = &mut self.purses[account.index()];
        purse.ledger = posting.balance.unwrap_or(purse.ledger);
        if matches!(posting.item, Item::Deposit | Item::AutoPay) {
            purse.paid_in += posting.amount;
        }
        if let Some(usage) = posting.usage
            && let Some(meter) = purse.meters.get_mut(&(usage.subject, posting.item))
        {
            meter.posted += posting.amount;
        }
    }
    /// NVOL-03. A network volume is billed by the hour.
    fn volume(&mut self, at: SimTime, created: &NetworkVolumeCreated) {
        let price = Price::per(created.monthly, self.rules.month());
        let meter = self.meter(at, (price, 1), self.rules.network_volume_unit);
        let key = (Subject::NetworkVolume(created.volume), Item::NetworkVolume);
        self.open(created.account, key, meter);
    }
    /// SLS-40. A worker is billed by the second.
    fn woken(&mut self, at: SimTime, woken: &WorkerWoken, gpus: u32) {
        let Some(account) = self.owners.get(&woken.worker.endpoint).copied() else { return };
        if woken.charged {
            let price = Price::per(woken.price, Span::SECOND);
            let meter = self.meter(at, (price, gpus), self.rules.serverless.serverless_unit);
            let key = (Subject::Worker(woken.worker), Item::ServerlessCompute);
            self.open(account, key, meter);
        }
    }
}
