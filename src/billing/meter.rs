//! Meters: what runs, what it owes, what it has posted (GEN-05 to GEN-09).
//!
//! A meter never adds up rounded pieces. It knows how many units of time have begun or ended since
//! its anchor, and which *stretches* of equal price and quantity they fall into; a stretch of n units
//! owes `floor(p × q × n / U)` in all, and a posting is what it owes now less what it posted before.
//! Hence no drift, however a stay is cut, and no work for a unit that merely passes.
//!
//! Two clocks may hold a meter: an outage of its host (BILL-15) and the draining of its account
//! (BILL-12). After an outage it goes on with the open time that it had, or, where a profile forfeits
//! the cut unit, from a new anchor; after a draining always from a new anchor (BILL-14). A new anchor
//! moves the origin of time so that unit numbers go on, and with them the stretches.

use crate::scenario::rules::Rounding;
use crate::units::{Money, Price, SimTime, Span};

/// From where within an instant units are counted (GEN-10).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// Units that began (completed: ended) before the instant.
    Before,
    /// Class Limit: units that began before it (completed: ended by it).
    Limit,
    /// Class Charge and later: units that began (completed: ended) by it.
    After,
}

/// How a meter counts: its unit, its rounding, and what its first unit brings with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Terms {
    /// GEN-06. The billed slice of time.
    pub unit: Span,
    /// GEN-07. When a unit is owed.
    pub rounding: Rounding,
    /// BILL-17. Units that the first one brings with it, itself included; 0 or 1: none.
    pub least_units: u64,
    /// BILL-05. Whether all may be given back, so that nothing may be forgotten.
    pub refundable: bool,
}

/// Consecutive units of one price and quantity (GEN-08).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Stretch {
    price: Price,
    quantity: u32,
    /// Number of its first unit; it lasts until the next stretch's first.
    first: u64,
    posted_units: u64,
    posted: Money,
}

impl Stretch {
    fn begin(price: Price, quantity: u32, first: u64) -> Self {
        Self { price, quantity, first, posted_units: 0, posted: Money::ZERO }
    }
    fn same_terms(&self, price: Price, quantity: u32) -> bool {
        self.price == price && self.quantity == quantity
    }
}

/// What one stretch posts: a row of the ledger.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Row {
    /// GPUs or GB.
    pub quantity: u32,
    /// Units that this row posts; negative where BILL-05 gives back.
    pub periods: i64,
    /// The amount; never zero.
    pub amount: Money,
}

/// A meter.
#[derive(Clone, Debug)]
pub struct Meter {
    terms: Terms,
    /// The instant at which the open time was 0, if it were never held, in microseconds.
    origin: i64,
    /// Open time while held, or at the close.
    held: Option<Span>,
    outage: bool,
    drained: bool,
    /// Units that had ended when it was last released: none of them ends again (`completed`).
    ended: u64,
    /// Whether the next release takes a new anchor.
    anchor_anew: bool,
    current: Stretch,
    earlier: Vec<Stretch>,
    /// What stretches that are no longer kept owed, all of it posted.
    forgotten: Money,
    /// HOST-12. What its postings paid to the host.
    paid_out: Money,
}

fn micros(at: SimTime) -> i64 {
    i64::try_from(at.micros()).expect("horizons are checked to fit")
}

impl Meter {
    /// A meter that opens at `anchor`.
    pub fn open(terms: Terms, price: Price, quantity: u32, anchor: SimTime) -> Self {
        Self {
            terms,
            origin: micros(anchor),
            held: None,
            outage: false,
            drained: false,
            ended: 0,
            anchor_anew: false,
            current: Stretch::begin(price, quantity, 0),
            earlier: Vec::new(),
            forgotten: Money::ZERO,
            paid_out: Money::ZERO,
        }
    }
    /// The billed slice of time.
    pub fn unit(&self) -> Span {
        self.terms.unit
    }
    /// The price in force for units yet to begin.
    pub fn price(&self) -> Price {
        self.current.price
    }
    /// GPUs or GB.
    pub fn quantity(&self) -> u32 {
        self.current.quantity
    }
    /// Whether it is held by an outage or a draining.
    pub fn is_held(&self) -> bool {
        self.held.is_some()
    }
    /// Whether the draining of its account holds it.
    pub fn is_drained(&self) -> bool {
        self.drained
    }

    /// Open time since the anchor, outages left out.
    fn open_time(&self, at: SimTime) -> u64 {
        match self.held {
            Some(open) => open.micros(),
            None => u64::try_from(micros(at) - self.origin).expect("meters open before they count"),
        }
    }
    fn with_least(&self, units: u64) -> u64 {
        if units == 0 { 0 } else { units.max(self.terms.least_units) }
    }
    /// Units that have begun, whatever the rounding: where a change of price cuts (GEN-08).
    fn begun(&self, at: SimTime, side: Side) -> u64 {
        let (open, unit) = (self.open_time(at), self.terms.unit.micros());
        let begins_now = side == Side::After && self.held.is_none();
        self.with_least(if begins_now { open / unit + 1 } else { open.div_ceil(unit) })
    }
    /// GEN-07, GEN-10. Units that are owed.
    pub fn units(&self, at: SimTime, side: Side) -> u64 {
        let (open, unit) = (self.open_time(at), self.terms.unit.micros());
        match (self.terms.rounding, side) {
            (Rounding::Started, _) => self.begun(at, side),
            (Rounding::Completed, Side::Before) if self.held.is_none() => {
                self.with_least(open.div_ceil(unit).saturating_sub(1).max(self.ended))
            }
            (Rounding::Completed, _) => self.with_least(open / unit),
        }
    }
    /// BILL-05. Units that are complete, without what the first one brings.
    pub fn completed_units(&self, at: SimTime) -> u64 {
        self.open_time(at) / self.terms.unit.micros()
    }
    /// GEN-05, GEN-08. All that it came to owe once `units` are owed, posted or not.
    pub fn owed(&self, units: u64) -> Money {
        self.forgotten + self.stretches(units).map(|(_, owed, _)| owed).sum()
    }
    /// What it owes and has not posted, seen from `side` of the instant.
    pub fn unposted(&self, at: SimTime, side: Side) -> Money {
        let units = self.units(at, side);
        self.stretches(units).map(|(stretch, owed, _)| owed - stretch.posted).sum()
    }
    /// Each stretch with what it owes, and for how many units, once `units` are owed in all.
    fn stretches(&self, units: u64) -> impl Iterator<Item = (&Stretch, Money, u64)> {
        let ends = self.earlier.iter().chain([&self.current]).skip(1).map(|next| next.first);
        let ends = ends.chain([u64::MAX]);
        let all = self.earlier.iter().chain([&self.current]);
        all.zip(ends).map(move |(stretch, end)| {
            let count = units.min(end).saturating_sub(stretch.first);
            (stretch, stretch.price.owed(stretch.quantity, self.terms.unit, count), count)
        })
    }

    /// GEN-08. From the next unit on it costs `price` for each of `quantity`.
    pub fn reprice(&mut self, price: Price, quantity: u32, at: SimTime, side: Side) {
        let begun = self.begun(at, side);
        self.forget_past(begun);
        if self.current.first < begun {
            if self.current.same_terms(price, quantity) {
                return;
            }
            self.earlier.push(self.current);
            self.current = Stretch::begin(price, quantity, begun);
            return;
        }
        // No unit of the present stretch has begun: it never was, and the one before may go on.
        match self.earlier.last() {
            Some(last) if last.same_terms(price, quantity) => {
                self.current = self.earlier.pop().expect("just seen");
            }
            _ => self.current = Stretch::begin(price, quantity, self.current.first),
        }
    }
    /// Drops stretches that are over and posted in full. The last one stays until the present one
    /// has begun, for it may yet go on.
    fn forget_past(&mut self, begun: u64) {
        if self.terms.refundable {
            return;
        }
        while let Some(stretch) = self.earlier.first() {
            let next = self.earlier.get(1).map_or(self.current.first, |next| next.first);
            let over = self.earlier.len() > 1 || self.current.first < begun;
            let owed = stretch.price.owed(stretch.quantity, self.terms.unit, next - stretch.first);
            if !over || stretch.posted != owed {
                return;
            }
            self.forgotten += stretch.posted;
            self.earlier.remove(0);
        }
    }

    /// GEN-09. Posts all that is owed now; `row` hears each stretch's row, never a zero.
    pub fn post(&mut self, at: SimTime, side: Side, row: impl FnMut(Row)) {
        let side = if side == Side::Before { Side::Limit } else { side };
        let units = self.units(at, side);
        self.post_up_to(units, row);
        self.forget_past(self.begun(at, side));
    }
    /// Posts what `units` owe in all, less what was posted: negative where less is owed (BILL-05).
    pub fn post_up_to(&mut self, units: u64, mut row: impl FnMut(Row)) {
        let owed: Vec<(Money, u64)> = if self.earlier.is_empty() {
            return post_stretch(&mut self.current, self.terms.unit, units, &mut row);
        } else {
            self.stretches(units).map(|(_, owed, count)| (owed, count)).collect()
        };
        let all = self.earlier.iter_mut().chain([&mut self.current]);
        for (stretch, (owed, count)) in all.zip(owed) {
            post_difference(stretch, owed, count, &mut row);
        }
    }
    /// HOST-12. After cumulative postings `A` the host has been paid `floor(A × share)`: the payout
    /// that a posting of `amount` brings.
    pub fn payout(
        &mut self,
        share: crate::units::Share,
        posted_before: Money,
        amount: Money,
    ) -> Money {
        let due = share.of(posted_before + amount);
        let payout = due - self.paid_out;
        self.paid_out = due;
        payout
    }
    /// All that it has posted.
    pub fn posted(&self) -> Money {
        let kept = self.earlier.iter().chain([&self.current]).map(|stretch| stretch.posted);
        self.forgotten + kept.sum()
    }

    /// BILL-12. Under `completed`, a unit that ends now and cannot be paid: the open time stands a
    /// microsecond short of it.
    fn leave_unpaid(&mut self, at: SimTime) {
        if self.held.is_none() && self.terms.rounding == Rounding::Completed {
            let (open, unit) = (self.open_time(at), self.terms.unit.micros());
            let ends_now = self.ended < open / unit && open.is_multiple_of(unit);
            self.held = Some(Span::from_micros(open - u64::from(ends_now)));
        }
    }
    /// BILL-15. Its host becomes unavailable: the open time stands still. `unpaid`: its account does
    /// not cover the units that end now.
    pub fn outage_begins(&mut self, at: SimTime, unpaid: bool) {
        if unpaid {
            self.leave_unpaid(at);
        }
        self.hold(at);
        self.outage = true;
    }
    /// BILL-15. Its host is back. With `forfeited` the cut unit is gone and the return the new anchor.
    pub fn outage_ends(&mut self, at: SimTime, forfeited: bool) {
        self.outage = false;
        self.anchor_anew |= forfeited;
        self.release(at);
    }
    /// BILL-12. Its account is drained.
    pub fn drain(&mut self, at: SimTime) {
        self.leave_unpaid(at);
        self.hold(at);
        self.drained = true;
    }
    /// BILL-14. The hold of its account ends: it takes this instant, or its host's return, as anchor.
    pub fn refill(&mut self, at: SimTime) {
        self.drained = false;
        self.anchor_anew = true;
        self.release(at);
    }
    fn hold(&mut self, at: SimTime) {
        if self.held.is_none() {
            self.held = Some(Span::from_micros(self.open_time(at)));
        }
    }
    fn release(&mut self, at: SimTime) {
        let Some(open) = self.held else { return };
        if self.outage || self.drained {
            return;
        }
        let mut open = open.micros();
        if std::mem::take(&mut self.anchor_anew) {
            let unit = self.terms.unit.micros();
            let units = match self.terms.rounding {
                Rounding::Started => open.div_ceil(unit),
                Rounding::Completed => open / unit,
            };
            // A price that was set for the unit after a forfeited one holds for its successor.
            let begun = self.with_least(units).max(self.last_first());
            self.current.first = self.current.first.min(begun);
            open = units * unit;
        }
        self.held = None;
        self.ended = open / self.terms.unit.micros();
        self.origin = micros(at) - i64::try_from(open).expect("open time fits");
    }
    fn last_first(&self) -> u64 {
        self.earlier.last().map_or(0, |stretch| stretch.first)
    }

    /// The first instant at or after `from` at which a unit begins (completed: ends), counting the
    /// unit `least` as the first that may; none while held.
    pub fn boundary_at_or_after(&self, from: SimTime, least: u64) -> Option<SimTime> {
        if self.held.is_some() {
            return None;
        }
        let unit = i64::try_from(self.terms.unit.micros()).expect("units are short");
        let open = (micros(from) - self.origin).max(0);
        let unit_number = (open + unit - 1).div_euclid(unit);
        let least = match self.terms.rounding {
            Rounding::Started => least,
            Rounding::Completed => least.max(self.ended + 1),
        };
        let unit_number = unit_number.max(i64::try_from(least).expect("few"));
        let at = self.origin + unit_number * unit;
        Some(SimTime::from_micros(u64::try_from(at).expect("anchors are past the start")))
    }
    /// The line above what it will owe; see [`super::Line`].
    pub fn line(&self, month: Span) -> super::Line {
        use super::Line;
        // Of the present stretch nothing has begun yet; of those before it, all.
        let mut begun_all = -self.current.posted;
        if !self.earlier.is_empty() {
            let earlier = self.stretches(self.current.first).take(self.earlier.len());
            begun_all += earlier.map(|(stretch, owed, _)| owed - stretch.posted).sum();
        }
        if let Some(open) = self.held {
            let units = self.with_least(open.micros().div_ceil(self.terms.unit.micros()));
            let owed: Money =
                self.stretches(units).map(|(stretch, owed, _)| owed - stretch.posted).sum();
            return Line::level(owed.max(begun_all));
        }
        let first = i64::try_from(self.current.first).expect("few units");
        let unit = i64::try_from(self.terms.unit.micros()).expect("units are short");
        let extra = i64::try_from(self.terms.least_units.saturating_sub(1)).expect("few units");
        // Units owed at t are at most (t − origin) / unit + 1, and as many as the first one brings.
        let zero = self.origin + (first - 1 - extra) * unit;
        Line::rising(begun_all, self.current.price, self.current.quantity, zero, month)
    }
}

fn post_stretch(stretch: &mut Stretch, unit: Span, units: u64, row: &mut impl FnMut(Row)) {
    let count = units.saturating_sub(stretch.first);
    let owed = stretch.price.owed(stretch.quantity, unit, count);
    post_difference(stretch, owed, count, row);
}

fn post_difference(stretch: &mut Stretch, owed: Money, count: u64, row: &mut impl FnMut(Row)) {
    let amount = owed - stretch.posted;
    let signed = |count: u64| i64::try_from(count).expect("few units");
    let periods = signed(count) - signed(stretch.posted_units);
    // Units of rows that came to nothing are in the next row.
    if !amount.is_zero() {
        stretch.posted = owed;
        stretch.posted_units = count;
        row(Row { quantity: stretch.quantity, periods, amount });
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

    /// Cases 1 and 2: what is owed and not posted is what a close would post.
    #[test]
    fn gen_07_units_are_counted_from_the_anchor() {
        let price = Price::per_hour(Money::from_nanos(790_000_000));
        let meter = Meter::open(terms(Rounding::Started), price, 1, at(0));
        assert_eq!(meter.unposted(at(90), Side::Limit).to_string(), "0.026333333");
        assert_eq!(meter.units(at(120), Side::Limit), 2);
        assert_eq!(meter.units(at(120), Side::After), 3);
        let completed = Meter::open(terms(Rounding::Completed), price, 1, at(0));
        assert_eq!(completed.units(at(90), Side::Limit), 1);
        assert_eq!(completed.units(at(120), Side::Before), 1);
    }

    /// Cases 6 and 8: a volume's one meter, running and stopped, each stretch rounded by itself.
    #[test]
    fn stor_04_a_volume_has_one_meter_for_life() {
        let mut meter = Meter::open(terms(Rounding::Started), monthly(10), 40, at(0));
        let mut rows = Vec::new();
        meter.post(at(600), Side::Limit, |row| rows.push(row));
        meter.reprice(monthly(20), 40, at(600), Side::Limit);
        meter.post(at(890), Side::Limit, |row| rows.push(row));
        meter.reprice(monthly(10), 40, at(890), Side::Limit);
        meter.post(at(1000), Side::Limit, |row| rows.push(row));
        let amounts: Vec<String> = rows.iter().map(|row| row.amount.to_string()).collect();
        assert_eq!(amounts, ["0.000925925", "0.000925925", "0.000185185"]);
        let periods: Vec<i64> = rows.iter().map(|row| row.periods).collect();
        assert_eq!(periods, [10, 5, 2]);
    }

    /// A price that comes and goes within a unit never was: the stretch goes on.
    #[test]
    fn gen_08_a_change_within_a_unit_counts_from_the_next() {
        let mut meter = Meter::open(terms(Rounding::Started), monthly(10), 40, at(0));
        meter.reprice(monthly(20), 40, at(70), Side::Limit);
        meter.reprice(monthly(10), 40, at(80), Side::Limit);
        assert_eq!(meter.owed(43_200).to_string(), "4");
    }

    /// Case 27: an outage leaves the open time as it was, or with `forfeited` moves the anchor.
    #[test]
    fn bill_15_an_outage_is_not_charged() {
        let price = Price::per_hour(Money::from_nanos(790_000_000));
        for (forfeited, units) in [(false, 4), (true, 4)] {
            let mut meter = Meter::open(terms(Rounding::Started), price, 1, at(0));
            meter.outage_begins(at(90), false);
            meter.outage_ends(at(400), forfeited);
            assert_eq!(meter.units(at(500), Side::Limit), units);
        }
    }
}
