//! The clock of a meter: which units have begun, which are owed, and what holds it (GEN-07, GEN-10,
//! BILL-12, BILL-14, BILL-15).
//!
//! Two things may hold a clock: an outage of its host and the draining of its account. After an outage
//! it goes on with the open time that it had, or, where a profile forfeits the cut unit, from a new
//! anchor; after a draining always from a new anchor. A new anchor moves the origin of time, so that
//! unit numbers go on.
//!
//! Under `completed` a unit that ends at this very instant is *undecided* until class Charge, where the
//! units of an account that end together are charged together or not at all (BILL-12), unless the meter
//! posts it before. It stays so if the clock is held in the same instant: a pause does not pay a unit.

use super::Side;
use crate::scenario::rules::Rounding;
use crate::units::{SimTime, Span};

/// Open time, in units.
///
/// Most meters are never held, and there are many: what they went through lies apart.
#[derive(Clone, Debug)]
pub(super) struct Clock {
    rounding: Rounding,
    /// The billed slice of time, in microseconds.
    unit: u64,
    /// The instant at which the open time was 0, if it were never held, in microseconds.
    origin: i64,
    past: Option<Box<Past>>,
}

/// What a clock went through; of one that was never held, nothing.
#[derive(Clone, Copy, Debug, Default)]
struct Past {
    held: Option<Held>,
    outage: bool,
    drained: bool,
    /// Whether the next release takes a new anchor.
    anchor_anew: bool,
    /// Units that lie before its anchor.
    before_anchor: u64,
    /// Units that a new anchor cut short: begun, never complete.
    cut: u64,
    /// Units that had ended when it was last released: none of them ends again.
    ended_before: u64,
    /// Units that ended and were charged or left out.
    decided: u64,
}

/// Where it stands still.
#[derive(Clone, Copy, Debug)]
struct Held {
    open: u64,
    since: SimTime,
}

fn micros(at: SimTime) -> i64 {
    i64::try_from(at.micros()).expect("horizons are checked to fit")
}

impl Clock {
    /// Starts at `anchor`.
    pub(super) fn start(unit: Span, rounding: Rounding, anchor: SimTime) -> Self {
        Self { rounding, unit: unit.micros(), origin: micros(anchor), past: None }
    }
    fn held(&self) -> Option<Held> {
        self.past.as_ref()?.held
    }
    fn past(&self) -> Past {
        self.past.as_deref().copied().unwrap_or_default()
    }
    fn past_mut(&mut self) -> &mut Past {
        self.past.get_or_insert_default()
    }
    pub(super) fn unit(&self) -> Span {
        Span::from_micros(self.unit)
    }
    pub(super) fn origin(&self) -> i64 {
        self.origin
    }
    pub(super) fn is_held(&self) -> bool {
        self.held().is_some()
    }
    pub(super) fn is_drained(&self) -> bool {
        self.past.as_ref().is_some_and(|past| past.drained)
    }
    pub(super) fn is_out(&self) -> bool {
        self.past.as_ref().is_some_and(|past| past.outage)
    }

    /// Open time since the anchor, outages left out.
    fn open_time(&self, at: SimTime) -> u64 {
        match self.held() {
            Some(held) => held.open,
            None => u64::try_from(micros(at) - self.origin).expect("meters open before they count"),
        }
    }
    /// Units that have begun, whatever the rounding.
    pub(super) fn begun(&self, at: SimTime, side: Side) -> u64 {
        let open = self.open_time(at);
        let begins_now = side == Side::After && self.held().is_none();
        if begins_now { open / self.unit + 1 } else { open.div_ceil(self.unit) }
    }
    /// Units that are complete.
    pub(super) fn completed(&self, at: SimTime) -> u64 {
        self.open_time(at) / self.unit - self.past.as_ref().map_or(0, |past| past.cut)
    }
    /// GEN-07, GEN-10. Units that are owed.
    pub(super) fn owed(&self, at: SimTime, side: Side) -> u64 {
        match self.rounding {
            Rounding::Started => self.begun(at, side),
            Rounding::Completed => {
                let undecided = side == Side::Before && self.ends_undecided(at);
                self.completed(at) - u64::from(undecided)
            }
        }
    }

    /// Whether, under `completed`, a unit ends now and is neither charged nor left out.
    fn ends_undecided(&self, at: SimTime) -> bool {
        if self.rounding == Rounding::Started {
            return false;
        }
        let open = self.open_time(at);
        self.held().is_none_or(|held| held.since == at)
            && open.is_multiple_of(self.unit)
            && self.past().decided < open / self.unit
    }
    /// The unit that ends now, if one does, is charged.
    pub(super) fn charge_ending(&mut self, at: SimTime) {
        if self.ends_undecided(at) {
            self.past_mut().decided = self.completed(at);
        }
    }
    /// BILL-12. The unit that ends now, if one does, is left out for good: the clock stands still a
    /// microsecond short of its end.
    pub(super) fn leave_out_ending(&mut self, at: SimTime) {
        if self.ends_undecided(at) {
            let since = self.held().map_or(at, |held| held.since);
            self.past_mut().held = Some(Held { open: self.open_time(at) - 1, since });
        }
    }

    /// BILL-15. Its host becomes unavailable.
    pub(super) fn outage_begins(&mut self, at: SimTime) {
        self.hold(at);
        self.past_mut().outage = true;
    }
    /// BILL-15. Its host is back. Gives how many units lie before a new anchor, if it takes one.
    pub(super) fn outage_ends(&mut self, at: SimTime, forfeited: bool) -> Option<u64> {
        let past = self.past_mut();
        past.outage = false;
        past.anchor_anew |= forfeited;
        self.release(at)
    }
    /// BILL-12. Its account is drained.
    pub(super) fn drain(&mut self, at: SimTime) {
        self.leave_out_ending(at);
        self.hold(at);
        self.past_mut().drained = true;
    }
    /// BILL-14. The hold of its account ends: this instant, or its host's return, is its new anchor.
    pub(super) fn refill(&mut self, at: SimTime) -> Option<u64> {
        let past = self.past_mut();
        past.drained = false;
        past.anchor_anew = true;
        self.release(at)
    }
    fn hold(&mut self, at: SimTime) {
        if self.held().is_none() {
            self.past_mut().held = Some(Held { open: self.open_time(at), since: at });
        }
    }
    fn release(&mut self, at: SimTime) -> Option<u64> {
        let Self { rounding, unit, .. } = *self;
        let past = self.past.as_mut()?;
        let Held { mut open, since } = past.held?;
        if past.outage || past.drained {
            return None;
        }
        let ends_now = since == at && open.is_multiple_of(unit);
        let anchored = std::mem::take(&mut past.anchor_anew).then(|| match rounding {
            Rounding::Started => open.div_ceil(unit),
            Rounding::Completed => open / unit,
        });
        if let Some(units) = anchored {
            past.cut += units - open / unit;
            open = units * unit;
            past.before_anchor = units;
        }
        past.held = None;
        if !ends_now {
            past.ended_before = open / unit;
            past.decided = past.ended_before;
        }
        self.origin = micros(at) - i64::try_from(open).expect("open time fits");
        anchored
    }

    /// The first instant at or after `from` at which a unit begins (completed: ends), counting the
    /// unit `least` as the first that may. While held: the instant of the pause, if a unit ended then
    /// and is not left out.
    pub(super) fn boundary_at_or_after(&self, from: SimTime, least: u64) -> Option<SimTime> {
        if let Some(Held { open, since }) = self.held() {
            let ended = self.rounding == Rounding::Completed
                && open.is_multiple_of(self.unit)
                && self.past().ended_before < open / self.unit;
            return (ended && from <= since).then_some(since);
        }
        let unit = i64::try_from(self.unit).expect("units are short");
        let open = (micros(from) - self.origin).max(0);
        let unit_number = (open + unit - 1).div_euclid(unit);
        let least = match self.rounding {
            Rounding::Started => least,
            Rounding::Completed => least.max(self.past().ended_before + 1),
        };
        let unit_number = unit_number.max(i64::try_from(least).expect("few"));
        let at = self.origin + unit_number * unit;
        Some(SimTime::from_micros(u64::try_from(at).expect("anchors are past the start")))
    }
    /// BILL-09. The first instant at or after `from` at which a unit begins that is not the first of its
    /// anchor.
    pub(super) fn later_unit_at_or_after(&self, from: SimTime) -> Option<SimTime> {
        self.boundary_at_or_after(from, self.past().before_anchor + 1)
    }
    /// The most units that it may come to owe while it is held; none while it runs.
    pub(super) fn most_while_held(&self) -> Option<u64> {
        self.held().map(|held| held.open.div_ceil(self.unit))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: u64) -> SimTime {
        SimTime::from_seconds(seconds)
    }
    fn clock(rounding: Rounding) -> Clock {
        Clock::start(Span::MINUTE, rounding, at(0))
    }

    /// Case 2: closing on a boundary begins no unit; under `completed` the unit is there.
    #[test]
    fn gen_07_units_are_counted_from_the_anchor() {
        let started = clock(Rounding::Started);
        assert_eq!(started.owed(at(120), Side::Limit), 2);
        assert_eq!(started.owed(at(120), Side::After), 3);
        let completed = clock(Rounding::Completed);
        assert_eq!(completed.owed(at(90), Side::Limit), 1);
        assert_eq!(completed.owed(at(120), Side::Before), 1);
        assert_eq!(completed.owed(at(120), Side::Limit), 2);
    }

    /// Case 27: an outage leaves the open time as it was, or with `forfeited` moves the anchor.
    #[test]
    fn bill_15_an_outage_is_not_charged() {
        for (forfeited, units) in [(false, 4), (true, 4)] {
            let mut clock = clock(Rounding::Started);
            clock.outage_begins(at(90));
            clock.outage_ends(at(400), forfeited);
            assert_eq!(clock.owed(at(500), Side::Limit), units);
        }
    }

    /// A unit that ends as its clock is held stays undecided in that instant, and only in it.
    #[test]
    fn bill_12_a_pause_does_not_pay_the_unit_that_ends_with_it() {
        let mut clock = clock(Rounding::Completed);
        clock.outage_begins(at(120));
        assert_eq!(clock.owed(at(120), Side::Before), 1);
        assert_eq!(clock.boundary_at_or_after(at(120), 1), Some(at(120)));
        assert_eq!(clock.owed(at(121), Side::Before), 2);
        clock.leave_out_ending(at(120));
        assert_eq!(clock.owed(at(121), Side::After), 1);
    }
}
