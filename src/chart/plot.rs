//! A plot: a pair of axes, what lies between them, and the legend beside it. All in the values of the axes;
//! [`super::layout`] says where in the picture that is.

use super::axis::Axis;
use super::palette::{Colour, Fill, Stroke};
use super::picture::Anchor;
use serde::Serialize;

/// A point: values on the axes.
pub(super) type Point = (f64, f64);

/// Named data of a plot, as it was drawn: what a page can show beside the pointer.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Series {
    /// What it is called in the legend.
    pub name: String,
    /// Its colour, as style sheets write it.
    pub colour: String,
    /// Whether each value holds until the next point.
    pub steps: bool,
    /// Values on both axes, in order of the first. Of a heat map, whose rows are a series each, the second is the
    /// value of the cell.
    pub points: Vec<(f64, f64)>,
}

/// A mark at a point.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Mark {
    pub(super) form: Form,
    /// Half its width, in pixels.
    pub(super) radius: f64,
    pub(super) colour: Colour,
}

/// The form of a mark, by which it is told apart in black and white.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    Disc,
    Square,
    Diamond,
    /// On its base.
    Triangle,
    /// On its tip.
    Wedge,
}

/// What lies between the axes.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Item {
    /// A line through points.
    Line(Vec<Point>, Stroke),
    /// An area within points.
    Area(Vec<Point>, Fill),
    /// A rectangle between two corners, half a pixel wide at least.
    Box(Point, Point, Fill),
    /// Marks.
    Marks(Vec<Point>, Mark),
    /// A note at a point.
    Note(Note),
}

/// A text at a point.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Note {
    pub(super) at: Point,
    /// How far its baseline begins from there: pixels to the right, and down.
    pub(super) shift: (f64, f64),
    pub(super) text: String,
    pub(super) anchor: Anchor,
    pub(super) colour: Colour,
}

/// How an entry of the legend shows what it is about.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Key {
    Line(Stroke),
    Fill(Fill),
    Mark(Mark),
}

/// An entry of the legend.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Entry {
    pub(super) key: Key,
    pub(super) label: String,
}

/// A plot.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Plot {
    /// What it is about, above it; may be empty.
    pub(super) title: String,
    pub(super) x: Axis,
    pub(super) y: Axis,
    /// Of the area between the axes, in pixels.
    pub(super) height: f64,
    /// Whether the labels of the horizontal axis are below it: of plots over one another with one axis, the last's.
    pub(super) shows_x: bool,
    pub(super) items: Vec<Item>,
    pub(super) legend: Vec<Entry>,
    pub(super) series: Vec<Series>,
}

impl Plot {
    /// An empty plot.
    pub(super) fn new(title: &str, x: Axis, y: Axis, height: f64) -> Self {
        let (items, legend, series) = Default::default();
        Self { title: title.to_owned(), x, y, height, shows_x: true, items, legend, series }
    }
    /// Notes data under its name.
    pub(super) fn tell(&mut self, name: &str, colour: Colour, (points, steps): (&[Point], bool)) {
        let (name, colour) = (name.to_owned(), colour.hex());
        self.series.push(Series { name, colour, steps, points: points.to_vec() });
    }
    /// An entry of the legend.
    pub(super) fn entry(&mut self, key: Key, label: &str) {
        self.legend.push(Entry { key, label: label.to_owned() });
    }
    /// A line with a name: through the points, or, where each value holds until the next point, in steps.
    pub(super) fn named_line(
        &mut self,
        name: &str,
        (points, steps): (&[Point], bool),
        stroke: Stroke,
    ) {
        self.tell(name, stroke.colour, (points, steps));
        self.entry(Key::Line(stroke), name);
        let places = if steps { simplified(stairs(points)) } else { points.to_vec() };
        self.items.push(Item::Line(places, stroke));
    }
    /// A line without a name.
    pub(super) fn line(&mut self, points: Vec<Point>, stroke: Stroke) {
        self.items.push(Item::Line(points, stroke));
    }
    /// A line across the plot at a value of the horizontal axis.
    pub(super) fn upright(&mut self, at: f64, stroke: Stroke) {
        let points = vec![(at, self.y.from), (at, self.y.to)];
        self.items.push(Item::Line(points, stroke));
    }
    /// A line across the plot at a value of the vertical axis.
    pub(super) fn level(&mut self, at: f64, stroke: Stroke) {
        let points = vec![(self.x.from, at), (self.x.to, at)];
        self.items.push(Item::Line(points, stroke));
    }
}

/// Gives the first plot the legend of all, each entry once.
pub(super) fn share_legend(plots: &mut [Plot]) {
    let mut all: Vec<Entry> = Vec::new();
    for entry in plots.iter_mut().flat_map(|plot| std::mem::take(&mut plot.legend)) {
        if all.iter().all(|other| other.label != entry.label) {
            all.push(entry);
        }
    }
    if let Some(first) = plots.first_mut() {
        first.legend = all;
    }
}

/// The corners of a line whose values hold until the next point.
pub(super) fn stairs(points: &[Point]) -> Vec<Point> {
    let mut corners: Vec<Point> = Vec::with_capacity(points.len() * 2);
    for &(x, y) in points {
        if let Some(&(_, before)) = corners.last() {
            corners.push((x, before));
        }
        corners.push((x, y));
    }
    corners
}

/// The area between two lines in steps over the same values of x.
pub(super) fn between(upper: &[Point], lower: &[Point]) -> Vec<Point> {
    let mut outline = stairs(upper);
    outline.extend(stairs(lower).into_iter().rev());
    simplified(outline)
}

/// The same outline or line without points in the middle of a level or upright stretch.
pub(super) fn simplified(points: Vec<Point>) -> Vec<Point> {
    let same = |one: f64, other: f64| (one - other).abs() < 1e-12;
    let mut kept: Vec<Point> = Vec::with_capacity(points.len());
    for point in points {
        if let [.., before, last] = kept[..] {
            let level = same(before.1, last.1) && same(last.1, point.1);
            let upright = same(before.0, last.0) && same(last.0, point.0);
            if level || upright {
                kept.pop();
            }
        }
        kept.push(point);
    }
    kept
}
