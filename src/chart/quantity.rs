//! What stands on an axis, and how its values are written for people.

use serde::Serialize;

/// What a number on an axis is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Quantity {
    /// An instant, in seconds since the start of the run.
    Time,
    /// A length of time, in seconds.
    Duration,
    /// An amount, in USD.
    Dollars,
    /// A part of a whole, 0 to 1.
    Share,
    /// How many: whole numbers, but for means of them.
    Count,
    /// Any other number.
    Number,
    /// The place of a row or column among others: its middle is a half further on.
    Place,
}

impl Quantity {
    /// A value by itself, as beside a bar or in a cell: with about three digits that count.
    pub fn written(self, value: f64) -> String {
        match self {
            Self::Time | Self::Duration => duration(value),
            Self::Share => {
                format!("{} %", plain(value * 100.0, decimals_of_percent(value * 100.0)))
            }
            Self::Dollars => dollars(value, decimals_of_dollars(value)),
            Self::Count | Self::Number | Self::Place => plain(value, digits_that_count(value)),
        }
    }
    /// A value and half of the width of its interval: in one unit, with as many decimals as show two digits of the latter.
    pub(super) fn with_width(self, value: f64, width: f64) -> [String; 2] {
        if width.abs() < 1e-9 * value.abs().max(1e-3) {
            return [value, 0.0].map(|of| self.written(of));
        }
        let (factor, unit) = match self {
            Self::Time | Self::Duration => unit_of_length(value.abs().max(width)),
            Self::Share => (100.0, " %"),
            Self::Dollars | Self::Count | Self::Number | Self::Place => (1.0, ""),
        };
        let digits = decimals_of_width(width * factor);
        [value, width].map(|of| match self {
            Self::Dollars => dollars(of, if digits == 1 { 2 } else { digits }),
            Self::Time
            | Self::Duration
            | Self::Share
            | Self::Count
            | Self::Number
            | Self::Place => format!("{}{unit}", signed(of * factor, digits)),
        })
    }
    /// A difference, with its sign and as many decimals as suit `largest`, that of the differences beside it.
    pub(super) fn difference(self, value: f64, largest: f64) -> String {
        let digits = digits_that_count(largest);
        let text = match self {
            Self::Dollars => dollars(value, if digits == 0 { 0 } else { digits.max(2) }),
            Self::Time
            | Self::Duration
            | Self::Share
            | Self::Count
            | Self::Number
            | Self::Place => signed(value, digits),
        };
        if 0.0 < value { format!("+{text}") } else { text }
    }
    /// A value as a label of an axis whose labels lie `step` apart.
    pub(super) fn label(self, value: f64, step: f64) -> String {
        match self {
            Self::Share => format!("{} %", plain(value * 100.0, decimals(step * 100.0))),
            Self::Dollars => dollars(value, if decimals(step) == 1 { 2 } else { decimals(step) }),
            Self::Duration => duration(value),
            Self::Time | Self::Count | Self::Number | Self::Place => plain(value, decimals(step)),
        }
    }
}

/// `$1,234`, `−$0.43`.
fn dollars(value: f64, digits: usize) -> String {
    let text = fixed(value.abs(), digits);
    let is_zero = text.chars().all(|c| !c.is_ascii_digit() || c == '0');
    let sign = if value < 0.0 && !is_zero { "−" } else { "" };
    format!("{sign}${text}")
}

/// `1.25 s`, `12.5 min`, `36.2 h`, `30 d`: in the unit that suits it.
fn duration(seconds: f64) -> String {
    let (factor, unit) = unit_of_length(seconds.abs());
    let digits = if unit == " s" { 2 } else { 1 };
    format!("{}{unit}", plain(seconds * factor, digits))
}

/// The unit that suits a length of time: what seconds are multiplied by, and its name.
pub(super) fn unit_of_length(seconds: f64) -> (f64, &'static str) {
    match seconds {
        none if none < 5e-7 => (1.0, " s"),
        short if short < 1.0 => (1e3, " ms"),
        short if short < 120.0 => (1.0, " s"),
        long if long < 7_200.0 => (1.0 / 60.0, " min"),
        long if long < 172_800.0 => (1.0 / 3_600.0, " h"),
        _ => (1.0 / 86_400.0, " d"),
    }
}

/// How many decimals an amount has: cents, of less than half of one more, of much none.
fn decimals_of_dollars(value: f64) -> usize {
    match value.abs() {
        nothing if nothing < 1e-9 => 2,
        tiny if tiny < 5e-5 => 6,
        small if small < 5e-3 => 4,
        some if some < 100.0 => 2,
        _ => 0,
    }
}

/// How many decimals a percentage has: more where one would make it nothing, or the whole.
fn decimals_of_percent(value: f64) -> usize {
    let apart = value.abs().min((100.0 - value).abs());
    match apart {
        nothing if nothing < 1e-9 => 1,
        tiny if tiny < 0.01 => 4,
        small if small < 0.1 => 3,
        _ if value.abs() < 1.0 => 2,
        _ => 1,
    }
}

/// How many decimals a number has that is `value` to three digits.
fn digits_that_count(value: f64) -> usize {
    match value.abs() {
        nothing if nothing < 1e-9 => 0,
        tiny if tiny < 0.1 => 4,
        small if small < 1.0 => 3,
        one if one < 10.0 => 2,
        some if some < 100.0 => 1,
        _ => 0,
    }
}

/// How many decimals show two digits of a width, six at most.
fn decimals_of_width(width: f64) -> usize {
    let mut least = 9.95;
    for digits in 0..6 {
        if least <= width.abs() {
            return digits;
        }
        least /= 10.0;
    }
    6
}

/// How many decimals the multiples of `step` have, six at most.
fn decimals(step: f64) -> usize {
    let mut scaled = step.abs();
    for digits in 0..6 {
        if (scaled - scaled.round()).abs() < 1e-6 * scaled.max(1e-3) {
            return digits;
        }
        scaled *= 10.0;
    }
    6
}

/// `1,234.5`, with so many decimals at most.
fn plain(value: f64, digits: usize) -> String {
    let text = fixed(value.abs(), digits);
    let text = if text.contains('.') {
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    } else {
        text
    };
    if value < 0.0 && text != "0" { format!("−{text}") } else { text }
}

/// `−1,234.50`, with so many decimals.
fn signed(value: f64, digits: usize) -> String {
    let text = fixed(value.abs(), digits);
    let is_zero = text.chars().all(|c| !c.is_ascii_digit() || c == '0');
    if value < 0.0 && !is_zero { format!("−{text}") } else { text }
}

/// `1,234.50`, of a number that is not negative.
fn fixed(value: f64, digits: usize) -> String {
    let text = format!("{value:.digits$}");
    let (whole, rest) = text.split_once('.').unwrap_or((&text, ""));
    let mut grouped = String::new();
    for (index, digit) in whole.chars().enumerate() {
        if 0 < index && (whole.len() - index).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    if rest.is_empty() { grouped } else { format!("{grouped}.{rest}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_written_for_people() {
        let cases = [
            (Quantity::Dollars, 1234.4, "$1,234"),
            (Quantity::Dollars, -0.434, "−$0.43"),
            (Quantity::Dollars, -0.001, "−$0.0010"),
            (Quantity::Dollars, 0.000_012, "$0.000012"),
            (Quantity::Dollars, 0.0, "$0.00"),
            (Quantity::Share, 0.5988, "59.9 %"),
            (Quantity::Share, 0.000_598, "0.06 %"),
            (Quantity::Share, 0.005, "0.5 %"),
            (Quantity::Share, 0.9998, "99.98 %"),
            (Quantity::Share, 1.0, "100 %"),
            (Quantity::Count, 1_234_567.0, "1,234,567"),
            (Quantity::Count, 0.0, "0"),
            (Quantity::Number, 12.345, "12.3"),
            (Quantity::Number, -0.0126, "−0.0126"),
            (Quantity::Duration, 0.25, "250 ms"),
            (Quantity::Duration, 5_400.0, "90 min"),
            (Quantity::Duration, 604_800.0, "7 d"),
        ];
        for (quantity, value, text) in cases {
            assert_eq!(quantity.written(value), text);
        }
    }

    #[test]
    fn values_have_the_unit_and_the_decimals_of_their_widths() {
        let cases = [
            (Quantity::Share, 0.000_63, 0.000_101, ["0.063 %", "0.010 %"]),
            (Quantity::Duration, 17.58, 0.522_3, ["17.58 s", "0.52 s"]),
            (Quantity::Duration, 9_876.0, 1_500.0, ["2.74 h", "0.42 h"]),
            (Quantity::Dollars, 1.4, 0.002_7, ["$1.4000", "$0.0027"]),
            (Quantity::Dollars, 1_234.4, 3.21, ["$1,234.40", "$3.21"]),
            (Quantity::Dollars, 1_234.4, 56.0, ["$1,234", "$56"]),
            (Quantity::Count, 96.6, 12.0, ["97", "12"]),
            (Quantity::Number, -0.01, 0.5, ["−0.01", "0.50"]),
            (Quantity::Share, 0.598_8, 0.0, ["59.9 %", "0 %"]),
        ];
        for (quantity, value, width, texts) in cases {
            assert_eq!(quantity.with_width(value, width), texts);
        }
    }

    #[test]
    fn labels_have_the_decimals_of_their_step() {
        assert_eq!(Quantity::Dollars.label(0.5, 0.25), "$0.50");
        assert_eq!(Quantity::Dollars.label(0.5, 0.1), "$0.50");
        assert_eq!(Quantity::Dollars.label(5_000.0, 2_500.0), "$5,000");
        assert_eq!(Quantity::Share.label(0.75, 0.25), "75 %");
        assert_eq!(Quantity::Share.label(0.025, 0.005), "2.5 %");
        assert_eq!(Quantity::Count.label(12.0, 4.0), "12");
        assert_eq!(Quantity::Number.label(0.3, 0.1), "0.3");
    }
}
