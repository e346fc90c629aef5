//! Instants and spans in whole microseconds (GEN-01).
//!
//! Integers compare exactly and add up associatively, so an event's instant never depends on the
//! order of additions. A scenario writes spans as text (`"90s"`, `"1h30m"`, `"36h"`, `"30d"`).

use super::Unreadable;
use std::fmt;
use std::num::NonZeroU64;
use std::ops::{Add, AddAssign, Div, Mul, Sub};

/// An instant: whole microseconds since the scenario's start. One that may be missing takes no more room.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize,
)]
#[serde(from = "u64", into = "u64")]
pub struct SimTime(
    /// One more than the microseconds, so that an `Option` has a number for none.
    NonZeroU64,
);

/// A length of time: whole microseconds.
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
pub struct Span(u64);

const MICROS_PER_SECOND: u64 = 1_000_000;

impl SimTime {
    /// The scenario's start.
    pub const ZERO: Self = Self(NonZeroU64::MIN);
    /// Later than every horizon.
    pub const NEVER: Self = Self(NonZeroU64::MAX);

    /// The instant this many microseconds after the start.
    pub const fn from_micros(micros: u64) -> Self {
        Self(NonZeroU64::MIN.saturating_add(micros))
    }
    /// The instant this many seconds after the start.
    pub const fn from_seconds(seconds: u64) -> Self {
        Self::from_micros(seconds * MICROS_PER_SECOND)
    }
    /// Microseconds since the start.
    #[inline]
    pub const fn micros(self) -> u64 {
        self.0.get() - 1
    }
    /// The instant `span` later, or [`SimTime::NEVER`] past the end of representable time.
    #[inline]
    pub const fn saturating_add(self, span: Span) -> Self {
        Self(self.0.saturating_add(span.0))
    }
    /// Time since `earlier`, zero if `earlier` is later.
    pub const fn saturating_since(self, earlier: Self) -> Span {
        Span(self.0.get().saturating_sub(earlier.0.get()))
    }
}
impl Default for SimTime {
    fn default() -> Self {
        Self::ZERO
    }
}
/// As facts are written down: [`SimTime::NEVER`] is the largest number.
impl From<SimTime> for u64 {
    fn from(at: SimTime) -> Self {
        if at == SimTime::NEVER { Self::MAX } else { at.micros() }
    }
}
impl From<u64> for SimTime {
    fn from(micros: u64) -> Self {
        Self::from_micros(micros)
    }
}

impl Span {
    /// No time at all.
    pub const ZERO: Self = Self(0);
    /// One second.
    pub const SECOND: Self = Self::from_seconds(1);
    /// One minute.
    pub const MINUTE: Self = Self::from_seconds(60);
    /// One hour.
    pub const HOUR: Self = Self::from_seconds(3_600);
    /// One day of 24 hours.
    pub const DAY: Self = Self::from_seconds(86_400);
    /// Longer than every horizon.
    pub const FOREVER: Self = Self(u64::MAX);

    /// This many microseconds.
    pub const fn from_micros(micros: u64) -> Self {
        Self(micros)
    }
    /// This many seconds.
    pub const fn from_seconds(seconds: u64) -> Self {
        Self(seconds * MICROS_PER_SECOND)
    }
    /// The length in microseconds.
    pub const fn micros(self) -> u64 {
        self.0
    }
    /// Whether nothing passes.
    pub const fn is_zero(self) -> bool {
        self.0 == 0
    }
    /// How often `other` fits, or nothing if it does not fit a whole number of times.
    pub const fn whole_multiple_of(self, other: Self) -> Option<u64> {
        if other.0 != 0 && self.0.is_multiple_of(other.0) { Some(self.0 / other.0) } else { None }
    }
    /// Seconds as a floating-point number, for statistics only.
    #[expect(clippy::cast_precision_loss, reason = "statistics need no more than 53 bits")]
    pub fn as_seconds_f64(self) -> f64 {
        self.0 as f64 / MICROS_PER_SECOND as f64
    }
    /// The span of so many seconds, rounded to the nearest microsecond; negative becomes zero.
    #[inline]
    #[expect(clippy::cast_possible_truncation, reason = "the cast is within its range")]
    #[expect(clippy::cast_precision_loss, reason = "the difference below is exact")]
    pub fn from_seconds_f64(seconds: f64) -> Self {
        /// 2^63: what is less is a signed number, which a machine makes of it in one step.
        const SIGNED_END: f64 = (1_u64 << 63) as f64;
        let micros = seconds * 1e6;
        if !(0.0..SIGNED_END).contains(&micros) {
            return Self::saturated(micros);
        }
        // What `libm::round` gives for all that is not negative, without a call.
        let whole = micros as i64;
        let rounds_up = 0.5 <= micros - whole as f64;
        Self(whole.cast_unsigned() + u64::from(rounds_up))
    }
    #[cold]
    #[expect(clippy::cast_possible_truncation, reason = "the cast saturates, which is meant")]
    #[expect(clippy::cast_sign_loss, reason = "the cast saturates at zero, which is meant")]
    fn saturated(micros: f64) -> Self {
        Self(micros as u64)
    }

    /// Reads `"5s"`, `"36h"`, `"1d12h"`, `"250ms"`, `"0s"`: whole or decimal amounts with a unit,
    /// one after another, largest first by custom. Units: `us`, `ms`, `s`, `m`, `h`, `d`, `w`.
    ///
    /// # Errors
    /// A missing or unknown unit, an empty text, more precision than a microsecond, an overflow.
    pub fn parse(text: &str) -> Result<Self, Unreadable> {
        const EXPECTED: Unreadable = Unreadable {
            expected: "a duration such as \"5s\", \"90m\", \"1h30m\", \"36h\" or \"30d\" \
                       (units: us, ms, s, m, h, d, w)",
        };
        let mut rest = text.trim();
        if rest.is_empty() {
            return Err(EXPECTED);
        }
        let mut total: u64 = 0;
        while !rest.is_empty() {
            let digits = rest.find(|c: char| !c.is_ascii_digit() && c != '.').ok_or(EXPECTED)?;
            let (number, tail) = rest.split_at(digits);
            let letters = tail.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(tail.len());
            let (unit, tail) = tail.split_at(letters);
            let micros = match unit {
                "us" => 1,
                "ms" => 1_000,
                "s" => MICROS_PER_SECOND,
                "m" | "min" => 60 * MICROS_PER_SECOND,
                "h" => 3_600 * MICROS_PER_SECOND,
                "d" => 86_400 * MICROS_PER_SECOND,
                "w" => 7 * 86_400 * MICROS_PER_SECOND,
                _ => return Err(EXPECTED),
            };
            let part = exact_product(number, micros).ok_or(EXPECTED)?;
            total = total.checked_add(part).ok_or(EXPECTED)?;
            rest = tail.trim_start();
        }
        Ok(Self(total))
    }
}

/// `number × scale` where the decimal `number` leaves no remainder; nothing otherwise.
fn exact_product(number: &str, scale: u64) -> Option<u64> {
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    if whole.is_empty() || (number.contains('.') && fraction.is_empty()) || fraction.len() > 15 {
        return None;
    }
    let whole: u64 = whole.parse().ok()?;
    let denominator = 10_u128.pow(u32::try_from(fraction.len()).ok()?);
    let numerator: u128 = if fraction.is_empty() { 0 } else { fraction.parse().ok()? };
    let scaled = numerator * u128::from(scale);
    if !scaled.is_multiple_of(denominator) {
        return None;
    }
    let part = u64::try_from(scaled / denominator).ok()?;
    whole.checked_mul(scale)?.checked_add(part)
}

impl Sub for SimTime {
    type Output = Span;
    /// Time from `earlier` to `self`. Going backwards is our bug, so it panics in every build.
    fn sub(self, earlier: Self) -> Span {
        let passed = self.0.get().checked_sub(earlier.0.get());
        Span(passed.expect("time runs forwards"))
    }
}
impl Add<Span> for SimTime {
    type Output = Self;
    fn add(self, span: Span) -> Self {
        Self(self.0.checked_add(span.0).expect("an instant within representable time"))
    }
}
impl Add for Span {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self(self.0.checked_add(other.0).expect("a span within representable time"))
    }
}
impl AddAssign for Span {
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}
impl Sub for Span {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Self(self.0.checked_sub(other.0).expect("a shorter span is taken from a longer one"))
    }
}
impl Mul<u64> for Span {
    type Output = Self;
    fn mul(self, factor: u64) -> Self {
        Self(self.0.checked_mul(factor).expect("a span within representable time"))
    }
}
impl Div<u64> for Span {
    type Output = Self;
    fn div(self, divisor: u64) -> Self {
        Self(self.0.div_euclid(divisor))
    }
}

/// Seconds, decimal, at most six fractional digits, no trailing zeros: the form of every `_s` column.
fn write_seconds(micros: u64, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let (whole, mut rest) = (micros / MICROS_PER_SECOND, micros % MICROS_PER_SECOND);
    if rest == 0 {
        return write!(f, "{whole}");
    }
    let mut width = 6;
    while rest.is_multiple_of(10) {
        rest /= 10;
        width -= 1;
    }
    write!(f, "{whole}.{rest:0width$}")
}
impl fmt::Display for SimTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_seconds(self.micros(), f)
    }
}
impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_seconds(self.0, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_are_read_from_text() {
        let cases = [
            ("0s", 0),
            ("5s", 5_000_000),
            ("1h30m", 5_400_000_000),
            ("36h", 129_600_000_000),
            ("0.4s", 400_000),
            ("120.000001s", 120_000_001),
            ("250ms", 250_000),
            ("1d 12h", 129_600_000_000),
        ];
        for (text, micros) in cases {
            assert_eq!(Span::parse(text), Ok(Span::from_micros(micros)), "{text}");
        }
        for text in
            ["", "5", "s", "5 s s", "-5s", "1.s", ".5s", "0.0000001s", "5y", "9999999999999w"]
        {
            assert!(Span::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "saturation is meant"
    )]
    fn drawn_seconds_are_rounded_to_the_nearest_microsecond() {
        let cases =
            [0.0, 4e-7, 5e-7, 1.5e-6, 2.5e-6, 1e-9, 1.0, 1_234.567_890_4, 9e9, 3e12, 2e13, 1e300];
        for seconds in cases.into_iter().flat_map(|case| [case, -case]) {
            let expected = libm::round(seconds * 1e6) as u64;
            assert_eq!(Span::from_seconds_f64(seconds).micros(), expected, "{seconds}");
        }
        assert_eq!(Span::from_seconds_f64(f64::INFINITY), Span::FOREVER);
        assert_eq!(Span::from_seconds_f64(f64::NAN), Span::ZERO);
    }

    #[test]
    fn seconds_are_printed_without_trailing_zeros() {
        assert_eq!(SimTime::from_micros(90_000_000).to_string(), "90");
        assert_eq!(SimTime::from_micros(90_500_000).to_string(), "90.5");
        assert_eq!(SimTime::from_micros(1).to_string(), "0.000001");
    }
}
