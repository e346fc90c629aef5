//! Meters: what runs, what it owes, what it has posted (GEN-05 to GEN-09, BILL-17).
//!
//! A meter never adds up rounded pieces. Its `Clock` knows how many units of time have begun or
//! ended since its anchor, its `Stretches` what so many units owe and what of it was posted. Hence
//! no drift, however a stay is cut, and no work for a unit that merely passes.

use super::clock::Clock;
use super::stretch::{Row, Stretches};
use super::{Line, Side};
use crate::scenario::rules::Rounding;
use crate::units::{Money, Price, Share, SimTime, Span};

/// How a meter counts: its unit, its rounding, and what its first unit brings with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Terms {
    /// GEN-06. The billed slice of time.
    pub unit: Span,
    /// GEN-07. When a unit is owed.
    pub rounding: Rounding,
    /// BILL-17. Units that the first one brings with it, itself included; 0 or 1: none.
    pub least_units: u32,
    /// BILL-05. Whether all may be given back, so that nothing may be forgotten.
    pub refundable: bool,
}

/// A meter.
#[derive(Clone, Debug)]
pub struct Meter {
    least_units: u32,
    /// BILL-05. All may be given back, so nothing may be forgotten.
    refundable: bool,
    clock: Clock,
    stretches: Stretches,
    /// HOST-12. What its postings paid to the host.
    paid_out: Money,
}

impl Meter {
    /// A meter that opens at `anchor`.
    pub fn open(terms: Terms, price: Price, quantity: u32, anchor: SimTime) -> Self {
        let Terms { unit, rounding, least_units, refundable } = terms;
        Self {
            least_units,
            refundable,
            clock: Clock::start(unit, rounding, anchor),
            stretches: Stretches::begin(price, quantity),
            paid_out: Money::ZERO,
        }
    }
    /// Something from each cache line that it lies in, to fetch it ahead.
    pub fn touched(&self) -> bool {
        let clock = self.clock.origin() == 0;
        clock ^ (self.stretches.first() == 0) ^ self.paid_out.is_zero() ^ self.refundable
    }
    /// The billed slice of time.
    pub fn unit(&self) -> Span {
        self.clock.unit()
    }
    /// The price in force for units yet to begin.
    pub fn price(&self) -> Price {
        self.stretches.price()
    }
    /// GPUs or GB.
    pub fn quantity(&self) -> u32 {
        self.stretches.quantity()
    }
    /// Whether it is held by an outage or a draining.
    pub fn is_held(&self) -> bool {
        self.clock.is_held()
    }
    /// Whether the draining of its account holds it.
    pub fn is_drained(&self) -> bool {
        self.clock.is_drained()
    }

    /// BILL-15. Whether an outage of its host holds it, or would if nothing else did.
    pub fn is_out(&self) -> bool {
        self.clock.is_out()
    }

    fn with_least(&self, units: u64) -> u64 {
        if units == 0 { 0 } else { units.max(u64::from(self.least_units)) }
    }
    /// Units that have begun, whatever the rounding: where a change of price cuts (GEN-08).
    pub fn begun(&self, at: SimTime, side: Side) -> u64 {
        self.with_least(self.clock.begun(at, side))
    }
    /// GEN-07, GEN-10. Units that are owed.
    pub fn units(&self, at: SimTime, side: Side) -> u64 {
        self.with_least(self.clock.owed(at, side))
    }
    /// BILL-05. Units that are complete, without what the first one brings.
    pub fn completed_units(&self, at: SimTime, side: Side) -> u64 {
        self.clock.completed(at).min(self.clock.owed(at, side))
    }
    /// GEN-05, GEN-08. All that it came to owe once `units` are owed, posted or not.
    pub fn owed(&self, units: u64) -> Money {
        self.stretches.owed(self.unit(), units)
    }
    /// What it owes and has not posted, seen from `side` of the instant.
    pub fn unposted(&self, at: SimTime, side: Side) -> Money {
        self.stretches.unposted(self.unit(), self.units(at, side))
    }
    /// All that it has posted.
    pub fn posted(&self) -> Money {
        self.stretches.posted()
    }

    /// GEN-08. From the next unit on it costs `price` for each of `quantity`.
    pub fn reprice(&mut self, price: Price, quantity: u32, at: SimTime, side: Side) {
        let begun = self.begun(at, side);
        self.forget_past(begun);
        self.stretches.reprice(price, quantity, begun);
    }
    /// GEN-09. Posts all that is owed, seen from `side` of the instant; `row` hears each stretch's row,
    /// never a zero, with the payout that it brings the host at this `share`. What is posted is charged.
    pub fn post(&mut self, at: SimTime, side: Side, share: Share, row: impl FnMut(Row, Money)) {
        self.post_up_to(self.units(at, side), share, row);
        self.charge_ending(at, side);
    }
    /// What ends at the instant is charged, once what is owed there, seen from `side` of it, is posted.
    pub fn charge_ending(&mut self, at: SimTime, side: Side) {
        if side != Side::Before {
            self.clock.charge_ending(at);
        }
        if self.stretches.has_past() {
            self.forget_past(self.begun(at, side));
        }
    }
    fn forget_past(&mut self, begun: u64) {
        if !self.refundable {
            self.stretches.forget_past(self.unit(), begun);
        }
    }
    /// Posts what `units` owe in all, less what was posted: negative where less is owed (BILL-05). After
    /// cumulative postings `A` the host has been paid `floor(A × share)` (HOST-12).
    #[inline(always)] // on the way of every pod
    pub fn post_up_to(&mut self, units: u64, share: Share, mut row: impl FnMut(Row, Money)) {
        let Self { clock, stretches, paid_out, .. } = self;
        let mut posted = stretches.posted();
        stretches.post(clock.unit(), units, |posting| {
            posted += posting.amount;
            let due = share.of(posted);
            row(posting, due - *paid_out);
            *paid_out = due;
        });
    }

    /// BILL-15. Its host becomes unavailable: the open time stands still.
    pub fn outage_begins(&mut self, at: SimTime) {
        self.clock.outage_begins(at);
    }
    /// BILL-15. Its host is back. With `forfeited` the cut unit is gone and the return the new anchor. Gives
    /// the units that lie before a new anchor, if it takes one.
    pub fn outage_ends(&mut self, at: SimTime, forfeited: bool) -> Option<u64> {
        let anchored = self.clock.outage_ends(at, forfeited);
        self.anchor(anchored)
    }
    /// BILL-12. The unit that ends now, if one does and is not charged, is left out.
    pub fn leave_out_ending(&mut self, at: SimTime) {
        self.clock.leave_out_ending(at);
    }
    /// BILL-12. Its account is drained.
    pub fn drain(&mut self, at: SimTime) {
        self.clock.drain(at);
    }
    /// BILL-14. The hold of its account ends: it takes this instant, or its host's return, as anchor. Gives
    /// the units before it.
    pub fn refill(&mut self, at: SimTime) -> Option<u64> {
        let anchored = self.clock.refill(at);
        self.anchor(anchored)
    }
    /// BILL-14. What its next unit costs if it takes a new anchor now.
    pub fn cost_of_next(&self, at: SimTime) -> Money {
        let ended = self.clock.owed(at, Side::Limit);
        let mut stretches = self.stretches.clone();
        stretches.anchor(self.with_least(ended));
        let owed = |units| stretches.owed(self.unit(), self.with_least(units));
        owed(ended + 1) - owed(ended)
    }
    fn anchor(&mut self, units: Option<u64>) -> Option<u64> {
        let units = self.with_least(units?);
        self.stretches.anchor(units);
        Some(units)
    }

    /// The first instant at or after `from` at which a unit begins (completed: ends), counting the
    /// unit `least` as the first that may. While held: the instant of the pause, if a unit ended then
    /// that is neither charged nor left out.
    pub fn boundary_at_or_after(&self, from: SimTime, least: u64) -> Option<SimTime> {
        self.clock.boundary_at_or_after(from, least)
    }
    /// BILL-09. The first instant at or after `from` at which a unit k ≥ 1 begins.
    pub fn later_unit_at_or_after(&self, from: SimTime) -> Option<SimTime> {
        self.clock.later_unit_at_or_after(from)
    }
    /// The line above what it will owe at its price; see [`Line`].
    pub fn line(&self, month: Span) -> Line {
        self.line_up_to(self.price(), month)
    }
    /// The same of a meter whose price moves and is at most `most` (SPOT-15).
    #[inline(always)] // on the way of every pod
    pub fn line_up_to(&self, most: Price, month: Span) -> Line {
        // Of the present stretch nothing has begun yet; of those before it, all.
        let begun_all = self.stretches.unposted_before_present(self.unit());
        if let Some(units) = self.clock.most_while_held() {
            let owed = self.stretches.unposted(self.unit(), self.with_least(units));
            return Line::level(owed.max(begun_all));
        }
        let first = i64::try_from(self.stretches.first()).expect("few units");
        let unit = i64::try_from(self.unit().micros()).expect("units are short");
        let extra = i64::from(self.least_units.saturating_sub(1));
        // Units owed at t are at most (t − origin) / unit + 1, and as many as the first one brings.
        let zero = self.clock.origin() + (first - 1 - extra) * unit;
        Line::rising(begun_all, most, self.quantity(), zero, month)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: u64) -> SimTime {
        SimTime::from_seconds(seconds)
    }
    fn monthly(cents: i128) -> Price {
        Price::per(Money::from_nanos(cents * 10_000_000), Span::DAY * 30)
    }
    fn terms(rounding: Rounding) -> Terms {
        Terms { unit: Span::MINUTE, rounding, least_units: 0, refundable: false }
    }

    /// Case 1: what is owed and not posted is what a close would post.
    #[test]
    fn gen_10_what_is_owed_and_not_posted_counts() {
        let price = Price::per_hour(Money::from_nanos(790_000_000));
        let mut meter = Meter::open(terms(Rounding::Started), price, 1, at(0));
        assert_eq!(meter.unposted(at(90), Side::Limit).to_string(), "0.026333333");
        meter.post(at(90), Side::Limit, Share::ONE, |_, _| {});
        assert!(meter.unposted(at(90), Side::Limit).is_zero());
    }

    /// A unit that ends now counts as owed once it is posted, wherever one looks from (GEN-10).
    #[test]
    fn gen_10_a_unit_that_is_posted_is_owed_before_class_charge() {
        let price = Price::per_hour(Money::from_nanos(600_000_000));
        let mut meter = Meter::open(terms(Rounding::Completed), price, 1, at(0));
        meter.post(at(120), Side::Before, Share::ONE, |_, _| {});
        assert_eq!(meter.posted().to_string(), "0.01");
        meter.post(at(120), Side::Limit, Share::ONE, |_, _| {});
        assert_eq!(meter.posted().to_string(), "0.02");
        assert!(meter.unposted(at(120), Side::Before).is_zero());
    }

    /// Cases 6 and 8: a volume's one meter, running and stopped, each stretch rounded by itself.
    #[test]
    fn stor_04_a_volume_has_one_meter_for_life() {
        let mut meter = Meter::open(terms(Rounding::Started), monthly(10), 40, at(0));
        let mut rows = Vec::new();
        meter.post(at(600), Side::Limit, Share::ONE, |row, _| rows.push(row));
        meter.reprice(monthly(20), 40, at(600), Side::Limit);
        meter.post(at(890), Side::Limit, Share::ONE, |row, _| rows.push(row));
        meter.reprice(monthly(10), 40, at(890), Side::Limit);
        meter.post(at(1000), Side::Limit, Share::ONE, |row, _| rows.push(row));
        let amounts: Vec<String> = rows.iter().map(|row| row.amount.to_string()).collect();
        assert_eq!(amounts, ["0.000925925", "0.000925925", "0.000185185"]);
        let periods: Vec<i64> = rows.iter().map(|row| row.periods).collect();
        assert_eq!(periods, [10, 5, 2]);
    }
}
