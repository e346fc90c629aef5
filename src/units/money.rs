//! Money in whole nano-dollars, prices, and shares of money (GEN-04, GEN-05).
//!
//! No float touches money. Text with more than nine decimals is refused; products are rounded down
//! once, by name (`div_euclid`), never in passing.

use super::{Span, Unreadable};
use std::fmt;
use std::iter::Sum;
use std::ops::{Add, AddAssign, Neg, Sub, SubAssign};

/// An amount in nano-dollars: positive or negative, too wide to overflow in any run.
#[derive(
    Clone,
    Copy,
    Debug,
    Default,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    serde::Serialize,
    serde::Deserialize,
)]
#[repr(Rust, packed(8))] // not the 16 of an i128: rows are full of amounts that may be missing
pub struct Money(i128);

const NANOS_PER_DOLLAR: i128 = 1_000_000_000;
/// The largest amount that a scenario may state: a million million dollars.
const LARGEST_STATED: i128 = 1_000_000_000_000 * NANOS_PER_DOLLAR;

impl Money {
    /// Nothing.
    pub const ZERO: Self = Self(0);

    /// An amount in nano-dollars.
    pub const fn from_nanos(nanos: i128) -> Self {
        Self(nanos)
    }
    /// An amount in whole dollars.
    pub const fn from_dollars(dollars: i64) -> Self {
        Self(dollars as i128 * NANOS_PER_DOLLAR)
    }
    /// The amount in nano-dollars.
    pub const fn nanos(self) -> i128 {
        self.0
    }
    /// Whether the amount is below zero.
    pub const fn is_negative(self) -> bool {
        self.0 < 0
    }
    /// Whether the amount is exactly zero.
    pub const fn is_zero(self) -> bool {
        self.0 == 0
    }
    /// `self × factor`.
    #[must_use]
    pub const fn times(self, factor: u32) -> Self {
        Self(self.0 * factor as i128)
    }
    /// The least multiple of `tick`, which is positive, that is not below this amount.
    #[must_use]
    pub const fn up_to_multiple(self, tick: Self) -> Self {
        Self(self.0 + (-self.0).rem_euclid(tick.0))
    }
    /// Dollars as a floating-point number, for statistics and charts only.
    #[expect(clippy::cast_precision_loss, reason = "statistics need no more than 53 bits")]
    pub fn as_dollars_f64(self) -> f64 {
        self.0 as f64 / 1e9
    }
    /// The amount nearest below a drawn number of dollars (a random deposit or value; the only place
    /// where a float becomes money, and it does so once, before anything is computed with it).
    #[expect(clippy::cast_possible_truncation, reason = "the cast saturates, which is meant")]
    pub fn from_drawn_dollars(dollars: f64) -> Self {
        Self((libm::floor(dollars * 1e9) as i128).clamp(-LARGEST_STATED, LARGEST_STATED))
    }

    /// Reads a decimal amount in USD such as `0.79`, `10`, `-3.5`.
    ///
    /// # Errors
    /// Anything but digits with at most nine decimals, or an amount past a million million dollars.
    pub fn parse(text: &str) -> Result<Self, Unreadable> {
        const EXPECTED: Unreadable = Unreadable {
            expected: "an amount in USD with at most nine decimals, such as 0.79 or 10, \
                       and below 1000000000000",
        };
        let text = text.trim();
        let (sign, digits) = text.strip_prefix('-').map_or((1, text), |rest| (-1, rest));
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
        let plain = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
        if !plain(whole) || !plain(fraction) || fraction.len() > 9 || whole.len() > 13 {
            return Err(EXPECTED);
        }
        let whole: i128 = whole.parse().map_err(|_| EXPECTED)?;
        let nanos: i128 = format!("{fraction:0<9}").parse().map_err(|_| EXPECTED)?;
        let total = whole * NANOS_PER_DOLLAR + nanos;
        if LARGEST_STATED < total {
            return Err(EXPECTED);
        }
        Ok(Self(sign * total))
    }
}

/// `floor(numerator / denominator)`. Most fit into 64 bits, where dividing is several times as fast.
fn floor_ratio(numerator: i128, denominator: i128) -> i128 {
    match (i64::try_from(numerator), i64::try_from(denominator)) {
        (Ok(numerator), Ok(denominator)) => i128::from(numerator.div_euclid(denominator)),
        _ => wide_floor_ratio(numerator, denominator),
    }
}

/// Apart, for its code is long and hardly ever needed: 64 bits hold nine billion dollars.
#[cold]
fn wide_floor_ratio(numerator: i128, denominator: i128) -> i128 {
    numerator.div_euclid(denominator)
}

impl Add for Money {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self(self.0 + other.0)
    }
}
impl Sub for Money {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Self(self.0 - other.0)
    }
}
impl Neg for Money {
    type Output = Self;
    fn neg(self) -> Self {
        Self(-self.0)
    }
}
impl AddAssign for Money {
    fn add_assign(&mut self, other: Self) {
        self.0 += other.0;
    }
}
impl SubAssign for Money {
    fn sub_assign(&mut self, other: Self) {
        self.0 -= other.0;
    }
}
impl Sum for Money {
    fn sum<I: Iterator<Item = Self>>(amounts: I) -> Self {
        amounts.fold(Self::ZERO, Add::add)
    }
}
impl fmt::Display for Money {
    /// Decimal USD, exact, at most nine fractional digits, no trailing zeros.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        let (whole, mut rest) =
            (self.0.unsigned_abs() / 1_000_000_000, self.0.unsigned_abs() % 1_000_000_000);
        if rest == 0 {
            return write!(f, "{sign}{whole}");
        }
        let mut width = 9;
        while rest.is_multiple_of(10) {
            rest /= 10;
            width -= 1;
        }
        write!(f, "{sign}{whole}.{rest:0width$}")
    }
}

/// Money per period and per unit of quantity (a GPU, a GB): `0.79 USD per hour`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
pub struct Price {
    amount: Money,
    period: Span,
}

impl Price {
    /// A price per hour.
    pub const fn per_hour(amount: Money) -> Self {
        Self { amount, period: Span::HOUR }
    }
    /// A price per `period`, such as the profile's month.
    pub const fn per(amount: Money, period: Span) -> Self {
        Self { amount, period }
    }
    /// The money in it.
    pub const fn amount(self) -> Money {
        self.amount
    }
    /// The period in it.
    pub const fn period(self) -> Span {
        self.period
    }
    /// GEN-05. All that `quantity` owes after `units` billed units of `unit` each:
    /// `floor(p × q × n / U)`, U the number of units in the period.
    ///
    /// The scenario check has refused a unit that the period is no whole multiple of.
    pub fn owed(self, quantity: u32, unit: Span, units: u64) -> Money {
        let gross = self.amount.0 * i128::from(quantity) * i128::from(units);
        let per_period = self.period.micros() / unit.micros();
        Money(floor_ratio(gross, i128::from(per_period)))
    }
    /// BILL-07, BILL-08. What `quantity` costs for a whole `span`: `floor(p × q × span / period)`.
    pub fn for_span(self, quantity: u32, span: Span) -> Money {
        if span == self.period || quantity == 0 {
            return self.amount.times(quantity);
        }
        let gross = self.amount.0 * i128::from(quantity) * i128::from(span.micros());
        Money(floor_ratio(gross, i128::from(self.period.micros())))
    }
}

/// A share in billionths: `0.76`, `0.5`, read exactly.
#[derive(
    Clone,
    Copy,
    Debug,
    Default,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    serde::Serialize,
    serde::Deserialize,
)]
pub struct Share(i128);

impl Share {
    /// The whole.
    pub const ONE: Self = Self(NANOS_PER_DOLLAR);
    /// So many billionths.
    pub const fn from_billionths(billionths: i128) -> Self {
        Self(billionths)
    }
    /// What is left of the whole.
    #[must_use]
    pub const fn rest(self) -> Self {
        Self(1_000_000_000 - self.0)
    }
    /// The number of billionths.
    pub const fn billionths(self) -> i128 {
        self.0
    }
    /// Reads `0.76`; at most nine decimals. What is allowed above 1 or below 0 is the reader's check.
    ///
    /// # Errors
    /// Anything but a decimal number with at most nine decimals.
    pub fn parse(text: &str) -> Result<Self, Unreadable> {
        Money::parse(text).map(|money| Self(money.0)).map_err(|_| Unreadable {
            expected: "a share with at most nine decimals, such as 0.76",
        })
    }
    /// `floor(amount × share)`.
    pub fn of(self, amount: Money) -> Money {
        Money(floor_ratio(amount.0 * self.0, NANOS_PER_DOLLAR))
    }
    /// The share as a floating-point number, for probabilities.
    pub fn as_f64(self) -> f64 {
        Money(self.0).as_dollars_f64()
    }
}
impl fmt::Display for Share {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Money(self.0).fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn money_is_read_and_printed_exactly() {
        for text in ["0", "0.79", "10", "-3.5", "0.000000001", "540.359999999", "999999999999"] {
            assert_eq!(Money::parse(text).unwrap().to_string(), text);
        }
        for text in ["", ".5", "1.", "0.0000000001", "1e3", "10000000000000", "--1", "1,5"] {
            assert!(Money::parse(text).is_err(), "{text}");
        }
    }

    /// GEN-05, cases 1, 4 and 5.
    #[test]
    fn gen_05_rounds_the_cumulative_sum_down_once() {
        let hour = |text: &str| Price::per_hour(Money::parse(text).unwrap());
        let owed = |price: Price, q, n| price.owed(q, Span::MINUTE, n).to_string();
        assert_eq!(owed(hour("0.79"), 1, 2), "0.026333333");
        assert_eq!(owed(hour("0.79"), 4, 60), "3.16");
        let month = Price::per(Money::parse("0.10").unwrap(), Span::DAY * 30);
        assert_eq!(owed(month, 40, 1), "0.000092592");
        assert_eq!(owed(month, 40, 3), "0.000277777");
        assert_eq!(owed(month, 40, 43_200), "4");
    }
}
