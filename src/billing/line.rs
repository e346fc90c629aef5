//! The line below a balance, which says when to look (market rules, *How to compute it*).
//!
//! Between changes a balance only falls. What a running meter will owe at t is never above the
//! straight line `p × q × (t − zero) / period`, `zero` one unit before its stretch began; what a held
//! meter owes is a level. The sums over an account's meters therefore give, with its ledger balance,
//! a line that is never above its balance: one event where that line meets a threshold is enough, and
//! every change is an addition and a subtraction. All of it in integers, over one common denominator,
//! the month.

use crate::units::{Money, Price, SimTime, Span};

/// An upper bound, linear in time, of what meters owe and have not posted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(Rust, packed(8))] // as Money
pub struct Line {
    /// Owed whatever the time.
    level: Money,
    /// Nano-dollars per month.
    slope: i128,
    /// `slope × zero`, summed: nano-dollars per month × microseconds.
    offset: i128,
}

impl Line {
    /// Nothing.
    pub const NONE: Self = Self { level: Money::ZERO, slope: 0, offset: 0 };

    /// A constant amount.
    pub const fn level(level: Money) -> Self {
        Self { level, slope: 0, offset: 0 }
    }
    /// `level` and, from the microsecond `zero` on, `price × quantity` of time.
    pub fn rising(level: Money, price: Price, quantity: u32, zero: i64, month: Span) -> Self {
        let amount = price.amount().nanos() * i128::from(quantity);
        let slope = match month.whole_multiple_of(price.period()) {
            Some(periods) => amount * i128::from(periods),
            // NVOL-02. A price for several months: rounded up, the line stays below the balance.
            None => {
                let (month, period) = (month.micros(), price.period().micros());
                -(-amount * i128::from(month)).div_euclid(i128::from(period))
            }
        };
        Self { level, slope, offset: slope * i128::from(zero) }
    }
    /// Adds another meter's line.
    pub fn add(&mut self, other: &Self) {
        self.level += other.level;
        self.slope += other.slope;
        self.offset += other.offset;
    }
    /// Takes `before` away again and adds `now` in its place.
    pub fn replace(&mut self, before: &Self, now: &Self) {
        self.level += now.level - before.level;
        self.slope += now.slope - before.slope;
        self.offset += now.offset - before.offset;
    }
    /// Whether a ledger balance `balance` surely covers all that is owed and not posted at `at` and
    /// leaves `threshold`.
    ///
    /// The same as `at <= surely_covered_until(…)`, without a division: nearly every account is far
    /// from its thresholds nearly all the time, and this is asked after every change.
    pub fn surely_covers(
        &self,
        at: SimTime,
        balance: Money,
        threshold: Money,
        month: Span,
    ) -> bool {
        let spare = (balance - self.level - threshold).nanos();
        self.slope * i128::from(at.micros()) <= spare * i128::from(month.micros()) + self.offset
    }
    /// The latest instant up to which a ledger balance `balance` surely covers all that is owed and
    /// leaves `threshold`; [`SimTime::NEVER`] if nothing runs.
    pub fn surely_covered_until(&self, balance: Money, threshold: Money, month: Span) -> SimTime {
        let spare = (balance - self.level - threshold).nanos();
        if self.slope <= 0 {
            return if 0 <= spare { SimTime::NEVER } else { SimTime::ZERO };
        }
        let numerator = spare * i128::from(month.micros()) + self.offset;
        let micros = numerator.div_euclid(self.slope);
        SimTime::from_micros(u64::try_from(micros.max(0)).unwrap_or(u64::MAX))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        /// Asked either way, the line says the same.
        #[test]
        fn the_line_covers_exactly_until_it_says(
            (cents, quantity) in (0..10_000_i128, 1..17_u32),
            zero in -60_000_000..1_000_000_000_000_i64,
            (level, balance, threshold) in (-1_000..1_000_i128, -1_000..20_000_i128, 0..500_i128),
            off in -3..=3_i64,
        ) {
            let month = Span::DAY * 30;
            let dollars = |amount: i128| Money::from_nanos(amount * 1_000_000_007);
            let price = Price::per_hour(Money::from_nanos(cents * 10_000_000));
            let line = Line::rising(dollars(level), price, quantity, zero, month);
            let (balance, threshold) = (dollars(balance), dollars(threshold));
            let until = line.surely_covered_until(balance, threshold, month);
            let at = until.micros().checked_add_signed(off).unwrap_or(u64::MAX);
            let at = SimTime::from_micros(at.min(1 << 60));
            // At 0 the instant alone does not tell "just now" from "never".
            if 0 < at.micros() {
                let covers = line.surely_covers(at, balance, threshold, month);
                prop_assert_eq!(covers, at <= until);
            }
        }
    }
}
