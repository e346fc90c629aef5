//! What an account's open meters have come to owe since each last posted, as a straight line between facts.
//!
//! A meter owes whole units of time, a minute mostly; the line goes through them. What a posting takes from the
//! ledger's balance, it takes from the line, so that neither counts it twice.

use crate::journal::meters::{Change, Meter, Rate};
use crate::units::SimTime;
use std::collections::BTreeMap;

/// What one meter has come to owe, in USD.
#[derive(Clone, Copy, Debug)]
struct Open {
    /// Per second while it runs.
    rate: f64,
    runs: bool,
    owed: f64,
    since: SimTime,
}

impl Open {
    fn pass(&mut self, at: SimTime) {
        if self.runs {
            self.owed += self.rate * (at - self.since).as_seconds_f64();
        }
        self.since = at;
    }
    const fn running(&self) -> f64 {
        if self.runs { self.rate } else { 0.0 }
    }
}

/// What a meter costs per second, in USD.
fn per_second((price, quantity): Rate) -> f64 {
    price.amount().as_dollars_f64() * f64::from(quantity) / price.period().as_seconds_f64()
}

/// What one account has and owes.
#[derive(Clone, Debug, Default)]
pub(super) struct Accrual {
    balance: f64,
    owed: f64,
    /// Of all meters that run, per second.
    rate: f64,
    since: SimTime,
    meters: BTreeMap<Meter, Open>,
    /// Meters that have closed now, and may post what they owe before the instant is over.
    closed: Vec<Meter>,
    /// What was paid for use.
    spent: f64,
}

impl Accrual {
    /// What is left.
    pub(super) const fn left(&self) -> f64 {
        self.balance - self.owed
    }
    /// What it spends per second.
    pub(super) const fn rate(&self) -> f64 {
        self.rate
    }
    /// What it paid for use.
    pub(super) const fn spent(&self) -> f64 {
        self.spent
    }
    /// Time passes until this instant.
    pub(super) fn pass(&mut self, at: SimTime) {
        if self.since < at {
            self.forget_closed();
        }
        self.owed += self.rate * (at - self.since).as_seconds_f64();
        self.since = at;
    }
    /// A posting leaves this balance; what its meter owed is paid.
    pub(super) fn post(&mut self, at: SimTime, balance: f64, of: Option<Meter>) {
        self.pass(at);
        if of.is_some() {
            self.spent += self.balance - balance;
        }
        self.balance = balance;
        let paid = of.and_then(|meter| self.meters.get_mut(&meter)).map(|open| {
            open.pass(at);
            std::mem::take(&mut open.owed)
        });
        self.owed -= paid.unwrap_or(0.0);
        self.settle();
    }
    /// Something becomes of a meter. What one that closes owes is posted at this instant, or never will be.
    pub(super) fn change(&mut self, at: SimTime, meter: Meter, change: Change) {
        self.pass(at);
        let fresh = Open { rate: 0.0, runs: false, owed: 0.0, since: at };
        let open = match change {
            Change::Opens(_) => Some(self.meters.entry(meter).or_insert(fresh)),
            Change::Costs(_) | Change::Pauses | Change::GoesOn | Change::Closes => {
                self.meters.get_mut(&meter)
            }
        };
        let Some(open) = open else { return };
        open.pass(at);
        self.rate -= open.running();
        match change {
            Change::Opens(rate) => (open.rate, open.runs) = (per_second(rate), true),
            Change::Costs(rate) => open.rate = per_second(rate),
            Change::Pauses => open.runs = false,
            Change::GoesOn => open.runs = true,
            Change::Closes => {
                open.runs = false;
                self.closed.push(meter);
            }
        }
        self.rate += open.running();
        self.settle();
    }
    fn forget_closed(&mut self) {
        for meter in std::mem::take(&mut self.closed) {
            // One that was opened again in the same instant stays.
            if self.meters.get(&meter).is_some_and(|open| !open.runs) {
                let open = self.meters.remove(&meter);
                self.owed -= open.map_or(0.0, |open| open.owed);
            }
        }
        self.settle();
    }
    /// Nothing is left of sums that should be nothing.
    fn settle(&mut self) {
        if !self.meters.values().any(|open| open.runs) {
            self.rate = 0.0;
        }
        if self.meters.is_empty() {
            self.owed = 0.0;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::PodId;
    use crate::journal::fact::{Item, Subject};
    use crate::units::{Money, Price, Span};

    #[test]
    fn what_is_left_falls_while_meters_run_and_is_the_balance_once_they_are_closed() {
        let at = SimTime::from_seconds;
        let meter = (Subject::Pod(PodId { number: 0, slot: 0 }), Item::Compute);
        let rate = (Price::per(Money::parse("0.005").unwrap(), Span::SECOND), 2);
        let mut accrual = Accrual::default();
        accrual.post(at(0), 10.0, None);
        accrual.change(at(100), meter, Change::Opens(rate));
        accrual.pass(at(200));
        assert!((accrual.left() - 9.0).abs() < 1e-9 && (accrual.rate() - 0.01).abs() < 1e-12);
        accrual.change(at(200), meter, Change::Pauses);
        accrual.pass(at(300));
        assert!((accrual.left() - 9.0).abs() < 1e-9, "a paused meter owes nothing more");
        accrual.change(at(300), meter, Change::GoesOn);
        accrual.pass(at(400));
        accrual.post(at(400), 7.9, Some(meter));
        assert!((accrual.left() - 7.9).abs() < 1e-9, "what is posted is owed no more");
        accrual.pass(at(500));
        accrual.change(at(500), meter, Change::Closes);
        assert!((accrual.left() - 6.9).abs() < 1e-9, "it may yet post");
        accrual.post(at(500), 6.8, Some(meter));
        assert!((accrual.left() - 6.8).abs() < 1e-9 && (accrual.spent() - 3.2).abs() < 1e-9);
        accrual.pass(at(600));
        assert!((accrual.left() - 6.8).abs() < 1e-12 && accrual.rate().abs() < 1e-12);
    }
    #[test]
    fn a_meter_that_opens_in_the_instant_of_its_closing_goes_on() {
        let at = SimTime::from_seconds;
        let meter = (Subject::Pod(PodId { number: 0, slot: 0 }), Item::Compute);
        let rate = (Price::per(Money::parse("0.01").unwrap(), Span::SECOND), 1);
        let mut accrual = Accrual::default();
        accrual.change(at(0), meter, Change::Opens(rate));
        accrual.change(at(100), meter, Change::Closes);
        accrual.post(at(100), -1.0, Some(meter));
        accrual.change(at(100), meter, Change::Opens(rate));
        accrual.pass(at(200));
        assert!((accrual.left() + 2.0).abs() < 1e-9, "{}", accrual.left());
        accrual.change(at(200), meter, Change::Pauses);
        accrual.change(at(200), meter, Change::Costs((rate.0, 2)));
        accrual.pass(at(300));
        assert!((accrual.left() + 2.0).abs() < 1e-9, "another price does not end a pause");
    }
}
