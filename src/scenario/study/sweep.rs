//! `Sweep(…)`: one scenario at the points of a design.

use super::design::{self, Point};
use super::file::{Common, at_least};
use crate::scenario::text::{Field, Place, Reader};
use serde::Deserialize;

/// Points, and how often each is run.
#[derive(Clone, Debug, PartialEq)]
pub struct Sweep {
    /// What the axes are called.
    pub axes: Vec<String>,
    /// The points, in order.
    pub points: Vec<Point>,
    /// How often each is run, the same random numbers at all of them.
    pub replications: u32,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields, rename = "Sweep")]
pub(super) struct SweepText {
    /// Text. Default: the file's name.
    title: Field,
    /// The path of the scenario, from this file. Mandatory.
    scenario: Field,
    /// Map of paths and values: what is set in the scenario at all points. Default: none.
    set: Field,
    /// Whole number. Default: the scenario's.
    seed: Field,
    /// List of metrics. Mandatory.
    metrics: Field,
    /// List of [`AxisText`](design::AxisText). Mandatory, at least one.
    axes: Field,
    /// `grid`, or `latin_hypercube(points: 20)`. Default: `grid`.
    design: Field,
    /// Whole number. Default: 5.
    replications: Field,
}

impl SweepText {
    pub(super) const fn common(&self) -> Common {
        let Self { title, scenario, set, seed, metrics, .. } = *self;
        Common { title, scenario, set, seed, metrics }
    }
}

pub(super) fn read(reader: &mut Reader, place: &Place, text: &SweepText) -> Sweep {
    let seed = reader.quietly(|reader| reader.or(place, ("seed", text.seed), 0));
    let (axes, points) = design::read(reader, place, (text.axes, text.design), seed);
    let named = ("replications", text.replications);
    let replications = at_least(reader, place, named, (1, 5));
    Sweep { axes, points, replications }
}
