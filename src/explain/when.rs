//! When, how long, how much: times, spans and amounts as a person reads them.
//!
//! All of it is integer arithmetic, so a story is the same text everywhere. What is exact elsewhere is rounded here, but
//! for prices and bills, which show every digit.

use crate::units::{GpuTime, Money, SimTime, Span};

const SECOND: u64 = 1_000_000;
const MINUTE: u64 = 60 * SECOND;
const HOUR: u64 = 60 * MINUTE;
const DAY: u64 = 24 * HOUR;

/// `1 d 02:13:05`: time since the start; to the millisecond if it is `fine`.
pub(super) fn since_start(at: SimTime, fine: bool) -> String {
    let micros = at.micros();
    let (days, rest) = (micros / DAY, micros % DAY);
    let (hours, minutes, seconds) = (rest / HOUR, rest / MINUTE % 60, rest / SECOND % 60);
    let mut text = format!("{days} d {hours:02}:{minutes:02}:{seconds:02}");
    if fine {
        text.push_str(&format!(".{:03}", rest / 1_000 % 1_000));
    }
    text
}

/// `Mon 2024-03-04`: the date (UTC), where time 0 is so many seconds after 1970; with the time of day where that is not the
/// time since the start.
pub(super) fn date(at: SimTime, start_unix_s: i64) -> String {
    let seconds = i64::try_from(at.micros() / SECOND).unwrap_or(i64::MAX);
    let instant = jiff::Timestamp::from_second(start_unix_s.saturating_add(seconds));
    let zoned = instant.map(|instant| instant.to_zoned(jiff::tz::TimeZone::UTC));
    let begins_a_day = start_unix_s.rem_euclid(86_400) == 0;
    let form = if begins_a_day { "%a %Y-%m-%d" } else { "%a %Y-%m-%d %H:%M:%S" };
    zoned.map_or(String::new(), |zoned| zoned.strftime(form).to_string())
}

/// Tenths of a unit, rounded to the nearest: `1.5`, `12`.
fn tenths(amount: u128, unit: u128) -> String {
    let tenths = (amount * 10 + unit / 2) / unit;
    match tenths % 10 {
        0 => format!("{}", tenths / 10),
        rest => format!("{}.{rest}", tenths / 10),
    }
}

/// `482 ms`, `5.3 s`, `12.5 min`, `36.2 h`, `3 days`.
pub(super) fn lasting(span: Span) -> String {
    let micros = span.micros();
    let whole = |unit: u64| unit <= micros && micros.is_multiple_of(unit);
    let (unit, name) = match micros {
        0 => return "no time".to_owned(),
        _ if whole(2 * DAY) || 2 * DAY < micros => (DAY, "days"),
        _ if whole(HOUR) || 2 * HOUR < micros => (HOUR, "h"),
        _ if whole(MINUTE) || 2 * MINUTE < micros => (MINUTE, "min"),
        _ if SECOND <= micros => (SECOND, "s"),
        _ => (1_000, "ms"),
    };
    format!("{} {name}", tenths(micros.into(), unit.into()))
}

/// `312 GPU-s`, `2.5 GPU-h`: work.
pub(super) fn work(work: GpuTime) -> String {
    let micros = work.gpu_micros();
    if micros < u128::from(HOUR) {
        format!("{} GPU-s", tenths(micros, SECOND.into()))
    } else {
        format!("{} GPU-h", tenths(micros, HOUR.into()))
    }
}

/// `1499.98`: dollars to the cent, rounded down, so that no account seems to afford what it does not.
pub(super) fn cents(money: Money) -> String {
    let cents = money.nanos().div_euclid(10_000_000);
    let sign = if cents < 0 { "-" } else { "" };
    let cents = cents.unsigned_abs();
    format!("{sign}{}.{:02}", cents / 100, cents % 100)
}

/// `1 GPU`, `2 GPUs`.
pub(super) fn gpus(count: u32) -> String {
    counted(count.into(), "GPU")
}

/// `1 pod`, `2 pods`.
pub(super) fn counted(count: u64, what: &str) -> String {
    if count == 1 { format!("1 {what}") } else { format!("{count} {what}s") }
}

/// `a`, `a and b`, `a, b and c`.
pub(super) fn listed(items: &[String], joint: &str) -> String {
    match items {
        [] => String::new(),
        [only] => only.clone(),
        [first @ .., last] => format!("{} {joint} {last}", first.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_and_amounts_read_well() {
        let at = SimTime::from_micros(94_385_250_900);
        assert_eq!(since_start(at, false), "1 d 02:13:05");
        assert_eq!(since_start(at, true), "1 d 02:13:05.250");
        assert_eq!(date(at, 1_709_510_400), "Tue 2024-03-05");
        assert_eq!(date(at, 1_709_510_401), "Tue 2024-03-05 02:13:06");
        let spans = [
            0,
            482_000,
            5_300_000,
            60_000_000,
            3_600_000_000,
            750_000_000,
            130_320_000_000,
            259_200_000_000,
        ];
        let said: Vec<_> = spans.map(|micros| lasting(Span::from_micros(micros))).into();
        assert_eq!(
            said,
            ["no time", "482 ms", "5.3 s", "1 min", "1 h", "12.5 min", "36.2 h", "3 days"]
        );
        assert_eq!(work(GpuTime::new(2, Span::from_seconds(4_500))), "2.5 GPU-h");
        assert_eq!(cents(Money::parse("12.349").unwrap()), "12.34");
        assert_eq!(cents(Money::parse("-0.001").unwrap()), "-0.01");
        assert_eq!(listed(&["a", "b", "c"].map(str::to_owned), "or"), "a, b or c");
    }
}
