//! What accounts have: the ledger balance, less what open meters owe and have not posted (GEN-10), and what they burn an
//! hour (ACCT-06).
//!
//! Postings are rare, so a balance of the ledger may be days old. What was refused for want of money is only understood
//! with what was really there; so meters are counted here from the facts that open, reprice, pause and close them. Units
//! are those that began before the instant. Savings plans' own books are left out: they are paid at once.

use super::names::Names;
use crate::ids::{AccountId, Id};
use crate::journal::Fact;
use crate::journal::fact::{Item, Posting, Subject};
use crate::journal::meters::{Change, Meter, Meters, Rate};
use crate::journal::rentals::Rentals;
use crate::journal::volumes::NetworkVolumes;
use crate::journal::workers::Workers;
use crate::scenario::model::serverless::EndpointSpec;
use crate::scenario::rules::{Rounding, Rules};
use crate::units::{Money, Price, SimTime, Span};
use std::collections::BTreeMap;

/// What one meter has counted.
#[derive(Clone, Copy, Debug)]
struct Counting {
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

impl Counting {
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
    meters: BTreeMap<Meter, Counting>,
}

/// Those of all accounts.
pub(super) struct Purses<'a> {
    rules: &'a Rules,
    meters: Meters,
    purses: Vec<Purse>,
    endpoints: &'a [EndpointSpec],
    /// Meters that closed at this instant: their last postings follow.
    closing: (SimTime, Vec<(AccountId, Meter)>),
}

impl<'a> Purses<'a> {
    pub(super) fn new(names: &Names<'a>) -> Self {
        let purses = vec![Purse::default(); names.scenario.accounts.len()];
        let closing = (SimTime::ZERO, Vec::new());
        let scenario = names.scenario;
        let meters = Meters::new(scenario.rules.month(), scenario.followed_scopes());
        Self { rules: &scenario.rules, meters, endpoints: &scenario.endpoints, purses, closing }
    }
    /// GEN-10. What an account has at an instant.
    pub(super) fn balance(&self, account: AccountId, at: SimTime) -> Money {
        let purse = &self.purses[account.index()];
        let unposted = purse.meters.values().map(|meter| meter.owed(at) - meter.posted);
        purse.ledger - unposted.sum::<Money>()
    }
    /// ACCT-06. What its meters burn an hour.
    pub(super) fn burn(&self, account: AccountId) -> Money {
        self.purses[account.index()].meters.values().map(Counting::per_hour).sum()
    }
    /// ACCT-07. What it has paid in so far.
    pub(super) fn paid_in(&self, account: AccountId) -> Money {
        self.purses[account.index()].paid_in
    }

    /// Takes in what `fact` says of meters and money.
    pub(super) fn hear(
        &mut self,
        at: SimTime,
        fact: &Fact,
        (rentals, volumes, workers): (&Rentals, &NetworkVolumes, &Workers),
    ) {
        if self.closing.0 != at {
            self.forget_closed(at);
        }
        if let Fact::Posted(posting) = fact {
            self.posted(posting);
        }
        let mut changes = Vec::new();
        let mut note = |key, change| changes.push((key, change));
        self.meters.hear(fact, (rentals, workers), &mut note);
        for (key, change) in changes {
            let account = match key.0 {
                Subject::Pod(pod) => rentals.of(pod).asked.account,
                Subject::NetworkVolume(volume) => volumes.of(volume).account,
                Subject::Worker(worker) => self.endpoints[worker.endpoint.index()].account,
                Subject::Plan(_) | Subject::Endpoint(_) => continue,
            };
            self.change(at, account, (key, change));
        }
    }
    fn change(&mut self, at: SimTime, account: AccountId, (key, change): (Meter, Change)) {
        if let Change::Opens(rate) = change {
            let meter = self.opened(at, key, rate);
            self.purses[account.index()].meters.insert(key, meter);
        }
        let Some(meter) = self.purses[account.index()].meters.get_mut(&key) else { return };
        match change {
            Change::Opens(_) => {}
            Change::Costs((price, quantity)) => meter.reprice(at, price, quantity),
            Change::Pauses => meter.pause(at),
            Change::GoesOn => meter.since = Some(at),
            Change::Closes => {
                meter.pause(at);
                self.closing.1.push((account, key));
            }
        }
    }
    fn opened(&self, at: SimTime, (subject, item): Meter, (price, quantity): Rate) -> Counting {
        let unit = match subject {
            Subject::NetworkVolume(_) => self.rules.network_volume_unit,
            Subject::Worker(_) => self.rules.serverless.serverless_unit,
            _ if item == Item::Compute => self.rules.compute_unit,
            Subject::Pod(_) | Subject::Plan(_) | Subject::Endpoint(_) => self.rules.storage_unit,
        };
        let completed = self.rules.minute_rounding == Rounding::Completed;
        let since = Some(at);
        let (open, earlier, posted) = (Span::ZERO, (0, Money::ZERO), Money::ZERO);
        Counting { price, quantity, unit, completed, since, open, earlier, posted }
    }
    fn forget_closed(&mut self, at: SimTime) {
        self.closing.0 = at;
        for (account, key) in self.closing.1.drain(..) {
            let meters = &mut self.purses[account.index()].meters;
            // One that was opened again in the same instant stays.
            if meters.get(&key).is_some_and(|meter| meter.since.is_none()) {
                meters.remove(&key);
            }
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
}
