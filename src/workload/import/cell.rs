//! Fields of a trace, read exactly: no float comes near a time or an amount.

use super::error::Cell;
use crate::units::{Gb, Money, SimTime, Span};

type Read<T> = Result<T, Cell>;

fn bad<T>(column: &'static str, found: &str, expected: &'static str) -> Read<T> {
    Err(Cell { column, found: found.to_owned(), expected })
}

/// Decimal seconds as whole microseconds, or nothing if they are no such number. Six decimals at
/// most, apart from zeros at the end.
fn micros(text: &str) -> Option<u64> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
    let is_number = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    if !is_number(whole) || !is_number(fraction) {
        return None;
    }
    let fraction = fraction.trim_end_matches('0');
    let scale = 10_u64.pow(6_u32.checked_sub(u32::try_from(fraction.len()).ok()?)?);
    let part = if fraction.is_empty() { 0 } else { fraction.parse::<u64>().ok()? * scale };
    whole.parse::<u64>().ok()?.checked_mul(1_000_000)?.checked_add(part)
}

const SECONDS: &str = "seconds, not negative, with at most six decimals, such as 90 or 90.5";

/// An instant of the trace.
pub(in crate::workload) fn instant(column: &'static str, text: &str) -> Read<SimTime> {
    micros(text).map_or_else(|| bad(column, text, SECONDS), |at| Ok(SimTime::from_micros(at)))
}

/// A span, or nothing where the field is empty.
pub(in crate::workload) fn span(column: &'static str, text: &str) -> Read<Option<Span>> {
    if text.is_empty() {
        return Ok(None);
    }
    micros(text)
        .map_or_else(|| bad(column, text, SECONDS), |span| Ok(Some(Span::from_micros(span))))
}

/// A whole number.
pub(in crate::workload) fn whole(column: &'static str, text: &str) -> Read<u32> {
    text.parse().or_else(|_| bad(column, text, "a whole number, not negative"))
}

/// A whole number, or nothing where the field is empty.
pub(in crate::workload) fn whole_or_none(column: &'static str, text: &str) -> Read<Option<u32>> {
    if text.is_empty() { Ok(None) } else { whole(column, text).map(Some) }
}

/// Whole GB, or nothing where the field is empty.
pub(in crate::workload) fn gb_or_none(column: &'static str, text: &str) -> Read<Option<Gb>> {
    match whole_or_none(column, text)?.map(Gb::new) {
        Some(size) if Gb::LARGEST_STATED < size => bad(column, text, "at most 100000000 GB"),
        size => Ok(size),
    }
}

/// An amount that is not negative, or nothing where the field is empty.
pub(in crate::workload) fn money_or_none(column: &'static str, text: &str) -> Read<Option<Money>> {
    if text.is_empty() {
        return Ok(None);
    }
    match Money::parse(text) {
        Ok(amount) if !amount.is_negative() => Ok(Some(amount)),
        _ => bad(column, text, "an amount in USD, not negative, with at most nine decimals"),
    }
}

/// One of some words, or nothing where the field is empty.
pub(in crate::workload) fn word_or_none<T: Copy>(
    column: &'static str,
    text: &str,
    words: &[(&str, T)],
    expected: &'static str,
) -> Read<Option<T>> {
    if text.is_empty() {
        return Ok(None);
    }
    match words.iter().find(|(word, _)| *word == text) {
        Some((_, meaning)) => Ok(Some(*meaning)),
        None => bad(column, text, expected),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seconds_are_read_to_the_microsecond_and_no_further() {
        for (text, expected) in [
            ("0", 0),
            ("90", 90_000_000),
            ("90.5", 90_500_000),
            ("0.000001", 1),
            ("1.1000000000", 1_100_000),
            // As a float this would be 8999999999999.999999: two microseconds off.
            ("9000000000000.000001", 9_000_000_000_000_000_001),
        ] {
            assert_eq!(micros(text), Some(expected), "{text}");
        }
        for text in ["", "-1", "1e3", ".5", "5.", "0.0000001", "1.5s", "+1", "99999999999999"] {
            assert_eq!(micros(text), None, "{text}");
        }
    }
}
