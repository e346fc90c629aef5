//! Numbers for people: amounts with their thousands apart, times in the unit that suits them. Exact values stand
//! in the files that a run writes.

use crate::units::{Money, Span};
use indicatif::{HumanCount, HumanFloatCount};

/// `1,234`.
pub fn count(count: u64) -> String {
    HumanCount(count).to_string()
}

/// `1,234.5`, with so many digits at most after the point.
pub fn number(number: f64, digits: usize) -> String {
    let text = format!("{:.digits$}", HumanFloatCount(number));
    let text = if text.contains('.') {
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    } else {
        text
    };
    // What is rounded to nothing is neither more nor less.
    if text == "-0" { "0".to_owned() } else { text }
}

/// `81.3 %`.
pub fn percent(share: f64) -> String {
    let text = format!("{:.1} %", share * 100.0);
    text.strip_prefix('-').filter(|rest| *rest == "0.0 %").map_or(text.clone(), str::to_owned)
}

/// `1,234.56`, rounded to the cent.
pub fn dollars(money: Money) -> String {
    let cents = (money.nanos().abs() + 5_000_000) / 10_000_000;
    let sign = if money.is_negative() && cents != 0 { "-" } else { "" };
    let whole = u64::try_from(cents / 100).unwrap_or(u64::MAX);
    format!("{sign}{}.{:02}", HumanCount(whole), cents % 100)
}

/// `1.25 s`, `12.5 min`, `36.2 h`, `30 days`.
pub fn duration(span: Span) -> String {
    let seconds = span.as_seconds_f64();
    match seconds {
        _ if seconds < 120.0 => format!("{} s", number(seconds, 2)),
        _ if seconds < 7_200.0 => format!("{} min", number(seconds / 60.0, 1)),
        _ if seconds < 172_800.0 => format!("{} h", number(seconds / 3_600.0, 1)),
        _ => format!("{} days", number(seconds / 86_400.0, 1)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_printed_for_people() {
        let money = |text: &str| dollars(Money::parse(text).unwrap());
        assert_eq!(money("1234567.895"), "1,234,567.90");
        assert_eq!(money("-0.004999999"), "0.00");
        assert_eq!(money("-12.005"), "-12.01");
        assert_eq!(number(1234.5, 2), "1,234.5");
        assert_eq!(number(100.0, 2), "100");
        assert_eq!(number(0.126, 2), "0.13");
        assert_eq!((number(-0.004, 2), number(-0.006, 2)), ("0".into(), "-0.01".into()));
        assert_eq!(percent(0.8125), "81.2 %");
        assert_eq!((percent(-0.000_4), percent(-0.000_6)), ("0.0 %".into(), "-0.1 %".into()));
        let spans =
            [(1_250_000, "1.25 s"), (7_199_000_000, "120 min"), (604_800_000_000, "7 days")];
        for (micros, expected) in spans {
            assert_eq!(duration(Span::from_micros(micros)), expected);
        }
    }
}
