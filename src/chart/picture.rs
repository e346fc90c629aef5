//! A picture: shapes at places in pixels, drawn once and shown as SVG or as pixels.
//!
//! Everything that the two formats have in common is decided before, so that they show the same. Places are
//! rounded to a tenth of a pixel, which is what both are drawn from: so bytes do not depend on the last digits of
//! a floating-point number.

use super::palette::{Colour, Fill, Stroke};

/// A place: pixels from the left and from the top.
pub(super) type Place = (f64, f64);

/// Where a text stands beside its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Anchor {
    /// It begins there.
    Start,
    /// Its middle is there.
    Middle,
    /// It ends there.
    End,
}

/// A text.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Text {
    /// Its place: that of its baseline.
    pub(super) at: Place,
    pub(super) text: String,
    /// An em, in pixels.
    pub(super) size: f64,
    pub(super) colour: Colour,
    pub(super) anchor: Anchor,
}

/// A shape.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Shape {
    /// A line through places.
    Line(Vec<Place>, Stroke),
    /// An area within places.
    Area(Vec<Place>, Colour),
    /// A disc around a place, of this radius.
    Disc(Place, f64, Colour),
    /// A text.
    Text(Text),
}

/// What shapes are to a page that zooms into a plot, which it names by its place among the plots.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    /// They stay where they are.
    Fixed,
    /// Grid, ticks and labels: they are made anew.
    Axes(usize),
    /// They move and stretch with the values that they show.
    Data(usize),
    /// They move, and keep their form.
    Marks(usize),
}

/// A picture of a size.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Picture {
    pub(super) width: u32,
    pub(super) height: u32,
    /// What is further behind comes first.
    pub(super) shapes: Vec<Shape>,
    /// From which shape on which role is played, in order; the first ones are fixed.
    pub(super) roles: Vec<(usize, Role)>,
}

impl Picture {
    /// What is added from now on plays this role.
    pub(super) fn play(&mut self, role: Role) {
        let last = self.roles.last().map_or(Role::Fixed, |(_, last)| *last);
        if last != role {
            self.roles.push((self.shapes.len(), role));
        }
    }
    /// Adds a filled area, with the lines across it.
    pub(super) fn fill(&mut self, outline: Vec<Place>, fill: Fill) {
        let lines = fill.hatch.map(|colour| (hatching(&outline), Stroke::thin(colour)));
        self.shapes.push(Shape::Area(outline, fill.colour));
        if let Some((lines, stroke)) = lines {
            self.shapes
                .extend(lines.into_iter().map(|[from, to]| Shape::Line(vec![from, to], stroke)));
        }
    }
    /// Adds a rectangle between two corners.
    pub(super) fn rectangle(&mut self, (left, top): Place, (right, bottom): Place, fill: Fill) {
        self.fill(vec![(left, top), (right, top), (right, bottom), (left, bottom)], fill);
    }
    /// Adds a line.
    pub(super) fn line(&mut self, places: Vec<Place>, stroke: Stroke) {
        if 1 < places.len() {
            self.shapes.push(Shape::Line(places, stroke));
        }
    }
    /// Adds a text.
    pub(super) fn text(&mut self, text: Text) {
        if !text.text.is_empty() {
            self.shapes.push(Shape::Text(text));
        }
    }
}

/// How far lines across an area lie apart, in pixels along the edge of the picture.
const APART: f64 = 6.0;

/// The lines across an area, from lower left to upper right: where x + y is a multiple of [`APART`].
fn hatching(outline: &[Place]) -> Vec<[Place; 2]> {
    let sums = || outline.iter().map(|(x, y)| x + y);
    let least = sums().fold(f64::INFINITY, f64::min);
    let most = sums().fold(f64::NEG_INFINITY, f64::max);
    let mut lines = Vec::new();
    let mut sum = (least / APART).floor() * APART + APART / 2.0;
    while sum < most {
        let mut crossings = crossings(outline, sum);
        crossings.sort_by(|one, other| one.0.total_cmp(&other.0));
        // What is shorter than a pixel would not be seen.
        let pairs = crossings.chunks_exact(2).filter(|pair| 1.0 < pair[1].0 - pair[0].0);
        lines.extend(pairs.map(|pair| [pair[0], pair[1]]));
        sum += APART;
    }
    lines
}

/// Where the line x + y = `sum` crosses an outline.
fn crossings(outline: &[Place], sum: f64) -> Vec<Place> {
    let ends = outline.iter().cycle().skip(1);
    let edges = outline.iter().zip(ends).take(outline.len());
    let crossing = |(from, to): (&Place, &Place)| {
        let (begin, end) = (from.0 + from.1 - sum, to.0 + to.1 - sum);
        if (begin < 0.0) == (end < 0.0) {
            return None;
        }
        let part = begin / (begin - end);
        Some((from.0 + (to.0 - from.0) * part, from.1 + (to.1 - from.1) * part))
    };
    edges.filter_map(crossing).collect()
}

/// A number of tenths of a pixel.
#[expect(clippy::cast_possible_truncation, reason = "pictures are small, and the cast saturates")]
pub(super) fn tenths(pixels: f64) -> i32 {
    (pixels * 10.0).round() as i32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hatching_stays_within_its_area() {
        let square = [(10.0, 10.0), (40.0, 10.0), (40.0, 30.0), (10.0, 30.0)];
        let lines = hatching(&square);
        assert_eq!(
            lines.len(),
            7,
            "one for each sum of 27, 33, … 63; at the corners they are short"
        );
        for (x, y) in lines.into_iter().flatten() {
            assert!((9.999..=40.001).contains(&x) && (9.999..=30.001).contains(&y), "{x} {y}");
        }
    }
}
