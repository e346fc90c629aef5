//! Time-weighted sums, exact: a quantity times the time for which it had each value.

use crate::units::SimTime;

/// A quantity that moves in steps, and its integral over time in whole microseconds.
///
/// A step of d at the instant t adds d × (T − t) to the integral up to T. So value and Σ d·t are enough,
/// and a step need not know when the one before it was.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Gauge {
    value: i128,
    /// Σ d·t over all steps, in microseconds.
    moment: i128,
}

impl Gauge {
    /// The quantity is `value` from now on.
    pub(super) fn set(&mut self, at: SimTime, value: i128) {
        self.moment += (value - self.value) * i128::from(at.micros());
        self.value = value;
    }
    /// The quantity goes from now on by as much as a part of it goes, which was `before` and is `now`.
    pub(super) fn step(&mut self, at: SimTime, before: u32, now: u32) {
        if before == now {
            // Of what a host's use is made of, most stays as it is.
            return;
        }
        // Products of 64 bits take an instruction each.
        let (by, micros) = (i64::from(now) - i64::from(before), at.micros());
        self.moment += i128::from(by) * i128::from(micros);
        self.value += i128::from(by);
    }
    /// The quantity is larger by so much from now on.
    pub(super) fn add(&mut self, at: SimTime, by: i128) {
        self.moment += by * i128::from(at.micros());
        self.value += by;
    }
    /// Forgets the past: statistics begin now, with the quantity as it is.
    pub(super) fn restart(&mut self, at: SimTime) {
        self.moment = self.value * i128::from(at.micros());
    }
    /// Quantity × microseconds up to now.
    pub(super) fn sum(&self, at: SimTime) -> i128 {
        self.value * i128::from(at.micros()) - self.moment
    }
}

/// A quantity that at times there is none of: the sum, and the time for which there was one.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct MaybeGauge {
    quantity: Gauge,
    present: Gauge,
}

impl MaybeGauge {
    /// The quantity is `value` from now on, or there is none.
    pub(super) fn set(&mut self, at: SimTime, value: Option<i128>) {
        self.quantity.set(at, value.unwrap_or(0));
        self.present.set(at, i128::from(value.is_some()));
    }
    /// Forgets the past.
    pub(super) fn restart(&mut self, at: SimTime) {
        self.quantity.restart(at);
        self.present.restart(at);
    }
    /// (quantity × microseconds, microseconds with a quantity) up to now.
    pub(super) fn sums(&self, at: SimTime) -> (i128, i128) {
        (self.quantity.sum(at), self.present.sum(at))
    }
}

/// A sum as statistics reckon with it.
#[expect(clippy::cast_precision_loss, reason = "statistics need no more than 53 bits")]
pub(super) const fn number(sum: i128) -> f64 {
    sum as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_gauge_is_its_exact_integral_since_the_restart() {
        let at = SimTime::from_micros;
        let mut gauge = Gauge::default();
        gauge.set(at(3), 5);
        gauge.step(at(10), 6, 4);
        assert_eq!(gauge.sum(at(11)), 5 * 7 + 3);
        gauge.restart(at(12));
        assert_eq!(gauge.sum(at(20)), 3 * 8);
        let mut maybe = MaybeGauge::default();
        maybe.set(at(2), Some(7));
        maybe.set(at(5), None);
        assert_eq!(maybe.sums(at(9)), (21, 3));
    }
}
