//! Fields of a trace, read exactly: no float comes near a time or an amount.

use super::Gpus;
use super::error::Cell;
use crate::units::{Gb, Money, SimTime, Span};
use crate::workload::calendar::Moment;

type Read<T> = Result<T, Cell>;

/// A field that is none of what has to stand there.
pub(in crate::workload) fn bad<T>(
    column: &'static str,
    found: &str,
    expected: &'static str,
) -> Read<T> {
    Err(Cell { column, found: found.to_owned(), expected })
}

/// A decimal number in millionths (of seconds: microseconds), or nothing if it is no such number. Six
/// decimals at most, apart from zeros at the end.
fn millionths(text: &str) -> Option<u64> {
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

/// A decimal number in millionths, rounded to the nearest one (a half up); nothing if it is no such number.
/// What is written with an exponent, as programs write very small numbers, is read as a float.
fn nearest_millionths(text: &str) -> Option<u64> {
    if text.contains(['e', 'E']) {
        let number = text.parse::<f64>().ok().filter(|number| 0.0 <= *number)?;
        return number.is_finite().then(|| Span::from_seconds_f64(number).micros());
    }
    let Some((whole, fraction)) = text.split_once('.') else { return millionths(text) };
    let Some((kept, rest)) = fraction.split_at_checked(6) else { return millionths(text) };
    if !rest.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let rounds_up = rest.bytes().next().is_some_and(|digit| b'5' <= digit);
    millionths(&format!("{whole}.{kept}"))?.checked_add(u64::from(rounds_up))
}

/// An instant that a file counts in days; nothing if that is no number with at most six decimals.
pub(in crate::workload) fn instant_of_days(text: &str) -> Option<SimTime> {
    const MICROS_IN_A_MILLIONTH_DAY: u64 = 86_400;
    let micros = millionths(text)?.checked_mul(MICROS_IN_A_MILLIONTH_DAY)?;
    Some(SimTime::from_micros(micros))
}

/// What a number of seconds looks like.
pub(in crate::workload) const SECONDS: &str =
    "seconds, not negative, with at most six decimals, such as 90 or 90.5";

/// An instant of the trace.
pub(in crate::workload) fn instant(column: &'static str, text: &str) -> Read<SimTime> {
    millionths(text).map_or_else(|| bad(column, text, SECONDS), |at| Ok(SimTime::from_micros(at)))
}

/// An instant of the trace, or nothing where the field is empty.
pub(in crate::workload) fn instant_or_none(
    column: &'static str,
    text: &str,
) -> Read<Option<SimTime>> {
    if text.is_empty() { Ok(None) } else { instant(column, text).map(Some) }
}

/// A span of seconds with any number of decimals, to the nearest microsecond.
pub(in crate::workload) fn nearest_span(column: &'static str, text: &str) -> Read<Span> {
    let micros = nearest_millionths(text);
    micros.map_or_else(
        || bad(column, text, "seconds, not negative, such as 90 or 0.25"),
        |micros| Ok(Span::from_micros(micros)),
    )
}

/// An instant of the calendar with any number of decimals of a second, to the nearest microsecond: so
/// many of them after 1970.
pub(in crate::workload) fn nearest_micros(column: &'static str, text: &str) -> Read<i64> {
    let bare = text.strip_suffix("+00:00").unwrap_or(text);
    let bare = bare.strip_suffix('Z').unwrap_or(bare);
    let (whole, fraction) = bare.split_once('.').unwrap_or((bare, "0"));
    let at = Moment::parse(whole).zip(nearest_millionths(&format!("0.{fraction}")));
    let micros = at.and_then(|(at, part)| {
        at.unix_seconds().checked_mul(1_000_000)?.checked_add(i64::try_from(part).ok()?)
    });
    const EXPECTED: &str = "a date and time such as 2023-11-16 18:15:46.68";
    micros.map_or_else(|| bad(column, text, EXPECTED), Ok)
}

/// Millionths of a decimal number, or nothing where the field is empty.
pub(in crate::workload) fn millionths_or_none(
    column: &'static str,
    text: &str,
) -> Read<Option<u64>> {
    if text.is_empty() {
        return Ok(None);
    }
    millionths(text).map_or_else(|| bad(column, text, DECIMAL), |number| Ok(Some(number)))
}

/// A whole number of 64 bits, or nothing where the field is empty.
pub(in crate::workload) fn large_or_none(column: &'static str, text: &str) -> Read<Option<u64>> {
    if text.is_empty() {
        return Ok(None);
    }
    text.parse().map_or_else(|_| bad(column, text, "a whole number, not negative"), |n| Ok(Some(n)))
}

/// A number that is measured and may be rounded.
pub(in crate::workload) fn number(column: &'static str, text: &str) -> Read<f64> {
    let number = text.parse::<f64>().ok();
    let number = number.filter(|number| 0.0 <= *number && number.is_finite());
    number.map_or_else(|| bad(column, text, "a number, not negative"), Ok)
}

/// An instant of the calendar.
pub(in crate::workload) fn moment(column: &'static str, text: &str) -> Read<Moment> {
    const EXPECTED: &str = "a date and time such as 2017-09-04 10:30:41";
    Moment::parse(text).map_or_else(|| bad(column, text, EXPECTED), Ok)
}

/// A span, or nothing where the field is empty.
pub(in crate::workload) fn span(column: &'static str, text: &str) -> Read<Option<Span>> {
    if text.is_empty() {
        return Ok(None);
    }
    millionths(text)
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

const DECIMAL: &str = "a number, not negative, with at most six decimals";

/// A demand of vCPUs, rounded up to whole ones.
pub(in crate::workload) fn vcpus_up(column: &'static str, text: &str) -> Read<u32> {
    let vcpus = millionths(text).and_then(|vcpus| u32::try_from(vcpus.div_ceil(1_000_000)).ok());
    vcpus.map_or_else(|| bad(column, text, DECIMAL), Ok)
}

/// GEN-03. A demand in GiB as GB, rounded up.
pub(in crate::workload) fn gib_up(column: &'static str, text: &str) -> Read<Gb> {
    const BYTES_PER_GIB: u128 = 1 << 30;
    const MILLIONTH_BYTES_PER_GB: u128 = 1_000_000_000_000_000;
    let Some(millionths) = millionths(text) else { return bad(column, text, DECIMAL) };
    let gb = (u128::from(millionths) * BYTES_PER_GIB).div_ceil(MILLIONTH_BYTES_PER_GB);
    match u32::try_from(gb).map(Gb::new) {
        Ok(size) if size <= Gb::LARGEST_STATED => Ok(size),
        _ => bad(column, text, "at most 100000000 GB"),
    }
}

/// GPUs: `4`, `0`, or a share of one GPU such as `0.25`, exact to the thousandth.
pub(in crate::workload) fn gpus(column: &'static str, text: &str) -> Read<Gpus> {
    const EXPECTED: &str =
        "a whole number of GPUs, or a share of one such as 0.25 (at most three decimals)";
    let Some((whole, fraction)) = text.split_once('.') else {
        return text.parse().map(Gpus::Whole).or_else(|_| bad(column, text, EXPECTED));
    };
    let fraction = fraction.trim_end_matches('0');
    match (whole.parse(), fraction.len()) {
        (Ok(whole), 0) if text.ends_with('0') => Ok(Gpus::Whole(whole)),
        (Ok(0), 1..=3) if fraction.bytes().all(|byte| byte.is_ascii_digit()) => {
            let share = format!("{fraction:0<3}").parse();
            share.map(Gpus::Thousandths).or_else(|_| bad(column, text, EXPECTED))
        }
        _ => bad(column, text, EXPECTED),
    }
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
            assert_eq!(millionths(text), Some(expected), "{text}");
        }
        for text in ["", "-1", "1e3", ".5", "5.", "0.0000001", "1.5s", "+1", "99999999999999"] {
            assert_eq!(millionths(text), None, "{text}");
        }
    }

    #[test]
    fn what_programs_print_is_read_to_the_nearest_microsecond() {
        for (text, expected) in [
            ("0", 0),
            ("32.0", 32_000_000),
            ("0.07949090003967285", 79_491),
            ("57.15786", 57_157_860),
            ("0.9999995", 1_000_000),
            ("0.9999994999", 999_999),
            ("9.5367431640625e-07", 1),
            ("1.5E0", 1_500_000),
        ] {
            assert_eq!(nearest_millionths(text), Some(expected), "{text}");
        }
        for text in ["", "-1", "1.", "0.0000001x", "0.1234567-", "nan", "inf", "-1e3", "1e999"] {
            assert_eq!(nearest_millionths(text), None, "{text}");
        }
        let at = |text| nearest_micros("TIMESTAMP", text).ok();
        let expected = Some(1_700_158_546_680_590);
        assert_eq!(at("2023-11-16 18:15:46.6805900"), expected);
        assert_eq!(at("2023-11-16T18:15:46.68059+00:00"), expected);
        assert_eq!(at("2023-11-16 18:15:46"), Some(1_700_158_546_000_000));
        assert!(at("18:15:46.68").is_none() && at("2023-11-16 18:15:46.").is_none());
    }

    #[test]
    fn gpus_are_whole_or_a_share_of_one() {
        let cases = [
            ("0", Gpus::Whole(0)),
            ("8", Gpus::Whole(8)),
            ("2.0", Gpus::Whole(2)),
            ("0.25", Gpus::Thousandths(250)),
            ("0.460", Gpus::Thousandths(460)),
            ("0.001", Gpus::Thousandths(1)),
        ];
        for (text, expected) in cases {
            assert_eq!(gpus("gpus", text).ok(), Some(expected), "{text}");
        }
        for text in ["", "-1", "1.5", "0.0001", ".5", "1.", "0.", "0.2x", "a"] {
            assert!(gpus("gpus", text).is_err(), "{text}");
        }
    }

    #[test]
    fn demands_are_rounded_up() {
        for (text, gb) in [("0", 0), ("0.000001", 1), ("1", 2), ("120.0", 129), ("93.1", 100)] {
            assert_eq!(gib_up("memory", text).ok(), Some(Gb::new(gb)), "{text}");
        }
        assert!(gib_up("memory", "100000000").is_err() && gib_up("memory", "").is_err());
        for (text, vcpus) in [("0", 0), ("0.5", 1), ("12", 12), ("12.000001", 13)] {
            assert_eq!(vcpus_up("cpu", text).ok(), Some(vcpus), "{text}");
        }
        assert!(vcpus_up("cpu", "5000000000").is_err() && vcpus_up("cpu", "-1").is_err());
    }
}
