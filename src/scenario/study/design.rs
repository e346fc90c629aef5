//! The points of a sweep: a full grid, or a Latin hypercube.
//!
//! A *Latin hypercube* of `n` points cuts the range of each axis into `n` parts of equal probability and has exactly one
//! point in each of them, at a random place, the parts of different axes matched at random (McKay, Beckman and Conover,
//! "A Comparison of Three Methods for Selecting Values of Input Variables", Technometrics 21, 1979).

mod values;

use crate::rng::{Purpose, Stream};
use crate::scenario::load::Override;
use crate::scenario::problem::Fault;
use crate::scenario::text::{Field, Origin, Place, Reader};
use serde::Deserialize;
use values::Values;

/// A point: the values of the axes, in their order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Point {
    /// What it sets in the scenario, one override an axis.
    pub set: Vec<Override>,
    /// The values as a table shows them, without quotation marks.
    pub shown: Vec<String>,
}

/// An axis of a sweep.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct AxisText {
    /// Text: the column's name. Default: the path.
    name: Field,
    /// Text: the path of a field, such as `"rules.grace"`. Mandatory.
    path: Field,
    /// List of values of that field. This, or `from` and `to`.
    values: Field,
    /// Number: the first value.
    from: Field,
    /// Number: the last value.
    to: Field,
    /// Whole number: how many values of a grid, both ends among them. Default: 5.
    steps: Field,
    /// Text behind the number, as `"/h"` or `"s"`: the value is a text then. Default: none, a number.
    unit: Field,
    /// Whether values are whole numbers. Default: false.
    whole: Field,
    /// Whether values grow by factors rather than by steps; both ends above 0. Default: false.
    logarithmic: Field,
}

/// `latin_hypercube(points: 20)`.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields, rename = "latin_hypercube")]
struct HypercubeText {
    /// Whole number, at least 2. Mandatory.
    points: Field,
}

/// One axis.
#[derive(Clone, Debug, PartialEq)]
struct Axis {
    name: String,
    path: String,
    values: Values,
    /// Where the values of this axis are stated; of a list, that of each.
    origins: Vec<Origin>,
}

impl Axis {
    /// What sets the field to the value that is so written.
    fn set(&self, value: String) -> Override {
        let listed = match &self.values {
            Values::Listed(values) => values.iter().position(|one| *one == value),
            Values::Range { .. } => None,
        };
        let origin = self.origins.get(listed.unwrap_or_default()).cloned();
        let set = Override::new(self.path.as_str(), value);
        match origin {
            Some(origin) => set.stated_at(origin),
            None => set,
        }
    }
}

/// The columns of a sweep's tables beside its axes.
pub const TAKEN: [&str; 10] = [
    "point",
    "replication",
    "metric",
    "subject",
    "value",
    "unit",
    "low_95",
    "high_95",
    "deviation",
    "replications",
];

/// The most points of a design.
const MOST_POINTS: usize = 1_000_000;

/// The names of the axes, and the points.
pub(super) fn read(
    reader: &mut Reader,
    place: &Place,
    (axes, design): (Field, Field),
    seed: u64,
) -> (Vec<String>, Vec<Point>) {
    let items = reader.items(&place.field("axes"), axes);
    if items.is_empty() {
        reader.report(place, Fault::new("nothing is varied", "at least one of `axes`"));
    }
    let mut read: Vec<Axis> = Vec::new();
    for item in &items {
        let Some(axis) = axis(reader, item) else { continue };
        super::file::refuse_seed(reader, &item.field("path"), &axis.path);
        if read.iter().any(|other| other.path == axis.path) {
            let message = format!("two axes set `{}`", axis.path);
            reader.report(&item.field("path"), Fault::new(message, "a field of its own"));
        }
        let taken = if read.iter().any(|other| other.name == axis.name) {
            Some(format!("two axes are called `{}`", axis.name))
        } else if TAKEN.contains(&&*axis.name) {
            Some(format!("the tables of a sweep have a column `{}` already", axis.name))
        } else {
            None
        };
        if let Some(message) = taken {
            reader.report(item, Fault::new(message, "a `name` of its own"));
        }
        read.push(axis);
    }
    let points = points(reader, &place.field("design"), design, (&read, seed));
    (read.into_iter().map(|axis| axis.name).collect(), points)
}

fn axis(reader: &mut Reader, place: &Place) -> Option<Axis> {
    let text: AxisText = reader.shape(place)?;
    let path: String = reader.required(place, ("path", text.path))?;
    let name = reader.or(place, ("name", text.name), path.clone());
    let key = reader.sources.range(&place.field("path"));
    if text.values.is_stated() {
        alone(reader, place, &text);
        let items = reader.items(&place.field("values"), text.values);
        if items.is_empty() {
            reader.report(&place.field("values"), Fault::new("no values", "at least one value"));
            return None;
        }
        let values = items.iter().map(|item| reader.sources.text(item).to_owned()).collect();
        let origin = |item: &Place| reader.sources.stated(key.clone(), item);
        let origins = items.iter().map(origin).collect();
        return Some(Axis { name, path, values: Values::Listed(values), origins });
    }
    let from: f64 = reader.required(place, ("from", text.from))?;
    let to: f64 = reader.required(place, ("to", text.to))?;
    let logarithmic = reader.or(place, ("logarithmic", text.logarithmic), false);
    if logarithmic && (from <= 0.0 || to <= 0.0) {
        reader.report(place, Fault::new("no factors lead there", "both ends above 0"));
    }
    let steps = super::file::at_least(reader, place, ("steps", text.steps), (2, 5));
    let whole = reader.or(place, ("whole", text.whole), false);
    if whole && (to - from).abs() + 1.0 < f64::from(steps) {
        let message = format!("{steps} values where there are fewer whole numbers");
        let place = if text.steps.is_stated() { place.field("steps") } else { place.clone() };
        reader.report(&place, Fault::new(message, "no more `steps` than numbers, or `values`"));
    }
    let values = Values::Range {
        from,
        to,
        steps,
        unit: reader.optional(place, ("unit", text.unit)),
        whole,
        logarithmic,
    };
    let origins = vec![reader.sources.stated(key, place)];
    Some(Axis { name, path, values, origins })
}

/// Refuses what makes a range beside a list of values.
fn alone(reader: &mut Reader, place: &Place, text: &AxisText) {
    let of_range = [
        ("from", text.from),
        ("to", text.to),
        ("steps", text.steps),
        ("unit", text.unit),
        ("whole", text.whole),
        ("logarithmic", text.logarithmic),
    ];
    for (name, _) in of_range.into_iter().filter(|(_, field)| field.is_stated()) {
        let message = format!("`{name}` beside `values`");
        let fault =
            Fault::new(message, "either `values`, or `from` and `to` and what goes with them");
        reader.report(&place.field(name), fault);
    }
}

fn points(
    reader: &mut Reader,
    place: &Place,
    design: Field,
    (axes, seed): (&[Axis], u64),
) -> Vec<Point> {
    if axes.is_empty() {
        return Vec::new();
    }
    let text =
        if design.is_stated() { reader.sources.text(place).to_owned() } else { "grid".to_owned() };
    if text == "grid" {
        let whole = axes.iter().try_fold(1_usize, |all, axis| all.checked_mul(axis.values.count()));
        if whole.is_none_or(|whole| MOST_POINTS < whole) {
            let message = format!("a grid of more than {MOST_POINTS} points");
            reader
                .report(&place.clone(), Fault::new(message, "fewer values, or a latin_hypercube"));
            return Vec::new();
        }
        return grid(axes, whole.unwrap_or_default());
    }
    if !text.starts_with("latin_hypercube") {
        let fault = Fault::new("unknown design", "grid or latin_hypercube(points: 20)");
        reader.report(place, fault.near(&text, ["grid", "latin_hypercube"]));
        return Vec::new();
    }
    let Some(hypercube) = reader.shape::<HypercubeText>(place) else { return Vec::new() };
    let count: u32 = reader.required(place, ("points", hypercube.points)).unwrap_or(2);
    if count < 2 {
        reader.report(&place.field("points"), Fault::new("too few", "at least 2 points"));
    }
    latin_hypercube(axes, count.max(2), seed)
}

fn point<'a>(axes: &[Axis], values: impl Iterator<Item = String> + 'a) -> Point {
    let (mut set, mut shown) = (Vec::new(), Vec::new());
    for (axis, value) in axes.iter().zip(values) {
        shown.push(ron::from_str::<String>(&value).unwrap_or_else(|_| value.clone()));
        set.push(axis.set(value));
    }
    Point { set, shown }
}

/// Every combination, the last axis the fastest.
fn grid(axes: &[Axis], count: usize) -> Vec<Point> {
    let combination = |mut index: usize| {
        let mut values = Vec::new();
        for axis in axes.iter().rev() {
            values.push(axis.values.at(index % axis.values.count()));
            index /= axis.values.count();
        }
        point(axes, values.into_iter().rev())
    };
    (0..count).map(combination).collect()
}

fn latin_hypercube(axes: &[Axis], count: u32, seed: u64) -> Vec<Point> {
    let columns: Vec<Vec<String>> = (0_u64..)
        .zip(axes)
        .map(|(index, axis)| {
            let mut stream = Stream::open(seed, 0, Purpose::Design, index);
            let mut parts: Vec<u32> = (0..count).collect();
            // Fisher and Yates.
            for last in (1..parts.len()).rev() {
                parts.swap(last, stream.below_index(last + 1));
            }
            let within = |part: u32| (f64::from(part) + stream.uniform()) / f64::from(count);
            let shares: Vec<f64> = parts.into_iter().map(within).collect();
            shares.into_iter().map(|share| axis.values.within(share)).collect()
        })
        .collect();
    let row = |index: usize| point(axes, columns.iter().map(move |column| column[index].clone()));
    (0..count as usize).map(row).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn range(from: f64, to: f64, logarithmic: bool) -> Axis {
        let values = Values::Range { from, to, steps: 5, unit: None, whole: false, logarithmic };
        Axis { name: "x".to_owned(), path: "x".to_owned(), values, origins: Vec::new() }
    }
    #[test]
    fn a_grid_has_every_combination_the_last_axis_the_fastest() {
        let listed = Values::Listed(vec!["best_fit".to_owned(), "\"5s\"".to_owned()]);
        let axes = [range(0.0, 1.0, false), Axis { values: listed, ..range(0.0, 0.0, false) }];
        let shown: Vec<String> =
            grid(&axes, 10).iter().map(|point| point.shown.join(" ")).collect();
        let expected = [
            "0 best_fit",
            "0 5s",
            "0.25 best_fit",
            "0.25 5s",
            "0.5 best_fit",
            "0.5 5s",
            "0.75 best_fit",
            "0.75 5s",
            "1 best_fit",
            "1 5s",
        ];
        assert_eq!(shown, expected);
        assert_eq!(grid(&axes, 10)[1].set[1].value, "\"5s\"", "a text stays one");
    }
    #[test]
    fn values_grow_by_factors_where_that_is_said() {
        let axis = range(1.0, 16.0, true);
        let values: Vec<String> = (0..5).map(|index| axis.values.at(index)).collect();
        assert_eq!(values, ["1", "2", "4", "8", "16"]);
    }
    #[test]
    fn whole_values_of_a_hypercube_are_as_likely_at_the_ends() {
        let values = Values::Range {
            from: 2.0,
            to: 4.0,
            steps: 3,
            unit: None,
            whole: true,
            logarithmic: false,
        };
        let axis = Axis { values, ..range(0.0, 0.0, false) };
        let points = latin_hypercube(&[axis], 30, 7);
        for value in ["2", "3", "4"] {
            assert_eq!(
                points.iter().filter(|point| point.shown[0] == value).count(),
                10,
                "{value}"
            );
        }
    }
    #[test]
    fn a_latin_hypercube_has_one_point_in_each_part_of_each_axis() {
        let axes = [range(0.0, 1.0, false), range(10.0, 20.0, false), range(5.0, 6.0, false)];
        let points = latin_hypercube(&axes, 20, 7);
        for (axis, (from, width)) in [(0.0, 1.0), (10.0, 10.0), (5.0, 1.0)].into_iter().enumerate()
        {
            let part = |point: &Point| {
                let value: f64 = point.shown[axis].parse().unwrap();
                (0..20_u32)
                    .find(|part| (value - from) / width * 20.0 < f64::from(part + 1))
                    .unwrap()
            };
            let mut parts: Vec<u32> = points.iter().map(part).collect();
            assert_ne!(parts, (0..20).collect::<Vec<_>>(), "they are matched at random");
            parts.sort_unstable();
            assert_eq!(parts, (0..20).collect::<Vec<_>>());
        }
        assert_ne!(points, latin_hypercube(&axes, 20, 8), "by the seed");
    }
}
