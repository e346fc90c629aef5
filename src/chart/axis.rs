//! Axes: a range, its ticks and their labels.
//!
//! Time has ticks at whole days, hours or minutes since the start, or, where the scenario states its start, at
//! midnights of the calendar; amounts and counts at multiples of 1, 2, 2.5 or 5; lengths of time that lie orders
//! of magnitude apart, at round ones on a logarithmic axis.

mod time;

pub(super) use time::length;

use super::quantity::Quantity;
use serde::Serialize;

/// How values lie along an axis.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Scale {
    /// Evenly.
    Linear,
    /// By their logarithm.
    Logarithmic,
}

/// A mark on an axis.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Tick {
    /// The value.
    pub at: f64,
    /// What is written at it.
    pub label: String,
}

/// An axis.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Axis {
    /// What it shows, with its unit.
    pub label: String,
    /// What the values are.
    pub quantity: Quantity,
    /// How they lie.
    pub scale: Scale,
    /// The value at its left or lower end.
    pub from: f64,
    /// The value at its right or upper end; less than `from` where rows run downwards.
    pub to: f64,
    /// Its marks.
    pub ticks: Vec<Tick>,
}

impl Axis {
    /// The axis from 0, or from `least` if that is less, up to `most` at least, with `marks` steps or fewer.
    pub(super) fn from_zero(
        label: &str,
        quantity: Quantity,
        (least, most): (f64, f64),
        marks: u32,
    ) -> Self {
        Self::around(label, quantity, (least.min(0.0), most.max(0.0)), marks)
    }
    /// The axis that holds `least` to `most`, from tick to tick, with `marks` steps or fewer.
    pub(super) fn around(
        label: &str,
        quantity: Quantity,
        (least, most): (f64, f64),
        marks: u32,
    ) -> Self {
        let most = if most - least < 1e-9 { least + default_length(quantity, most) } else { most };
        let least_step = (most - least) / f64::from(marks);
        let step = if quantity == Quantity::Duration && 1.0 < least_step {
            time::round_step(least_step)
        } else {
            nice_step(least_step, quantity)
        };
        let (from, to) = ((least / step + 1e-9).floor() * step, (most / step - 1e-9).ceil() * step);
        let ticks = multiples(from, to, step);
        let ticks = ticks.map(|at| Tick { at, label: quantity.label(at, step) }).collect();
        Self { label: label.to_owned(), quantity, scale: Scale::Linear, from, to, ticks }
    }
    /// The same axis, ended at `most`, be it between ticks.
    pub(super) fn ended_at(mut self, most: f64) -> Self {
        if self.from < most {
            self.to = most;
            self.ticks.retain(|tick| tick.at <= most * (1.0 + 1e-9));
        }
        self
    }
    /// The same axis with room beyond both of its ends, for what lies around points.
    pub(super) fn widened(mut self) -> Self {
        let room = (self.to - self.from) * 0.05;
        self.from -= room;
        self.to += room;
        self
    }
    /// The axis of a part of a whole.
    pub(super) fn share(label: &str) -> Self {
        Self::around(label, Quantity::Share, (0.0, 1.0), 4)
    }
    /// The logarithmic axis of lengths of time in seconds, from a round one on.
    pub(super) fn durations(label: &str, (least, most): (f64, f64)) -> Self {
        let least = least.max(1e-3);
        let most = most.max(least * 10.0);
        let from =
            ROUND.iter().rev().find(|(round, _)| *round <= least).map_or(1e-3, |(at, _)| *at);
        let inside = ROUND.iter().filter(|(round, _)| from <= *round && *round <= most).count();
        let rounded = ROUND.iter().find(|(round, _)| most <= *round).map_or(most, |(at, _)| *at);
        let to = if inside < 3 { rounded } else { most };
        let ticks = ROUND.iter().filter(|(round, _)| from <= *round && *round <= to);
        let ticks = ticks.map(|&(at, label)| Tick { at, label: label.to_owned() }).collect();
        let (label, quantity) = (label.to_owned(), Quantity::Duration);
        Self { label, quantity, scale: Scale::Logarithmic, from, to, ticks }
    }
    /// The axis of named rows, from the top down, or of named columns, from left to right.
    pub(super) fn places(label: &str, names: &[String], downwards: bool) -> Self {
        let length = f64::from(u32::try_from(names.len()).expect("a chart has few rows"));
        let (from, to) = if downwards { (length, 0.0) } else { (0.0, length) };
        let ticks = (0_u32..).zip(names);
        let ticks = ticks.map(|(n, name)| Tick { at: f64::from(n) + 0.5, label: name.clone() });
        Self {
            label: label.to_owned(),
            quantity: Quantity::Place,
            scale: Scale::Linear,
            from,
            to,
            ticks: ticks.collect(),
        }
    }

    /// How far along the axis a value lies, 0 to 1; values outside lie at its ends.
    pub(super) fn share_at(&self, value: f64) -> f64 {
        let share = match self.scale {
            Scale::Linear => (value - self.from) / (self.to - self.from),
            Scale::Logarithmic => {
                let log = |value: f64| libm::log10(value.max(self.from * 1e-3));
                (log(value) - log(self.from)) / (log(self.to) - log(self.from))
            }
        };
        share.clamp(0.0, 1.0)
    }
}

/// Round lengths of time, in seconds, and their labels.
const ROUND: [(f64, &str); 14] = [
    (0.001, "1 ms"),
    (0.01, "10 ms"),
    (0.1, "0.1 s"),
    (1.0, "1 s"),
    (10.0, "10 s"),
    (60.0, "1 min"),
    (600.0, "10 min"),
    (3_600.0, "1 h"),
    (21_600.0, "6 h"),
    (86_400.0, "1 d"),
    (604_800.0, "7 d"),
    (2_592_000.0, "30 d"),
    (31_536_000.0, "1 year"),
    (315_360_000.0, "10 years"),
];

/// How long an axis is that has one value alone, `only`.
fn default_length(quantity: Quantity, only: f64) -> f64 {
    match quantity {
        Quantity::Dollars | Quantity::Number if 1e-9 < only.abs() => only.abs() * 0.5,
        Quantity::Share => 0.1,
        Quantity::Time
        | Quantity::Duration
        | Quantity::Dollars
        | Quantity::Count
        | Quantity::Number
        | Quantity::Place => 1.0,
    }
}

/// The least round step that is no less than `least`: 1, 2, 2.5 or 5 times a power of ten; of counts, a whole
/// number.
fn nice_step(least: f64, quantity: Quantity) -> f64 {
    let counts = quantity == Quantity::Count;
    let mut power = 1e-9_f64;
    loop {
        for factor in [1.0, 2.0, 2.5, 5.0] {
            let step: f64 = power * factor;
            let whole = 0.999 <= step && (step - step.round()).abs() < 1e-6;
            if least <= step * (1.0 + 1e-9) && (!counts || whole) {
                return step;
            }
        }
        power *= 10.0;
    }
}

/// The multiples of `step` from `from`, which is one, to `to`.
fn multiples(from: f64, to: f64, step: f64) -> impl Iterator<Item = f64> {
    let first = (from / step).round();
    let ticks = (0_u32..).map(move |n| (first + f64::from(n)) * step);
    // Free of what a multiplication leaves behind the last digit that counts.
    let clean = |at: f64| (at * 1e9).round() / 1e9;
    ticks.take_while(move |at| *at <= to + step * 1e-6).map(clean)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(axis: &Axis) -> Vec<&str> {
        axis.ticks.iter().map(|tick| tick.label.as_str()).collect()
    }

    #[test]
    fn amounts_and_counts_have_round_ticks() {
        let axis = Axis::from_zero("USD", Quantity::Dollars, (0.0, 1_234.0), 5);
        assert_eq!(labels(&axis), ["$0", "$250", "$500", "$750", "$1,000", "$1,250"]);
        let axis = Axis::from_zero("GPUs", Quantity::Count, (0.0, 3.0), 5);
        assert_eq!(labels(&axis), ["0", "1", "2", "3"]);
        let axis = Axis::around("difference", Quantity::Number, (-0.31, 0.12), 4);
        assert_eq!(labels(&axis), ["−0.4", "−0.2", "0", "0.2"]);
        let axis = Axis::from_zero("nothing", Quantity::Count, (0.0, 0.0), 5);
        assert_eq!(labels(&axis), ["0", "1"]);
    }

    #[test]
    fn lengths_of_time_lie_by_their_logarithm() {
        let axis = Axis::durations("wait", (0.4, 50_000.0));
        let all = ["0.1 s", "1 s", "10 s", "1 min", "10 min", "1 h", "6 h"];
        assert_eq!(labels(&axis), all);
        assert!((axis.share_at(0.1)).abs() < 1e-9 && (axis.share_at(1e9) - 1.0).abs() < 1e-9);
        assert!(axis.share_at(0.0).abs() < 1e-9, "zero lies at the left end");
    }

    #[test]
    fn rows_run_downwards() {
        let names = ["a".to_owned(), "b".to_owned()];
        let axis = Axis::places("", &names, true);
        assert!(axis.share_at(0.5) > axis.share_at(1.5));
    }
}
