//! Where everything stands in the picture: heading, plots over one another, axes, legends.
//!
//! Plots are as wide as the widest label and the widest legend leave, all alike, so that what they have in common
//! lies in one line. A legend stands to the right of its plot and covers nothing.

mod marks;

use super::axis::Axis;
use super::drawing::{Area, Drawing, Panel};
use super::font;
use super::palette::{Fill, GRID, INK, PALE_INK, Stroke};
use super::picture::{Anchor, Picture, Role, Text};
use super::plot::{Entry, Item, Note, Plot};

/// Of every chart, in pixels.
const WIDTH: u32 = 900;
const MARGIN: f64 = 16.0;
const TITLE: f64 = 17.0;
/// From one line of the title to the next.
const TITLE_LINE: f64 = 22.0;
const SUBTITLE: f64 = 12.5;
/// Everything else.
pub(super) const SMALL: f64 = 12.0;
/// The longest label of a row.
const LONGEST: f64 = 190.0;
const KEY: f64 = 22.0;
const ENTRY: f64 = 18.0;

/// What a chart is called.
#[derive(Clone, Debug)]
pub(super) struct Heading {
    /// The file that it is written to, without its ending.
    pub(super) name: &'static str,
    /// What it shows of what.
    pub(super) title: String,
    /// The run or the study.
    pub(super) subtitle: String,
    /// What must be known to read it, below everything; may be empty.
    pub(super) note: String,
}

/// Lays a chart out.
pub(super) fn drawing(heading: &Heading, plots: Vec<Plot>) -> Drawing {
    let left = MARGIN + plots.iter().map(|plot| labels_width(&plot.y)).fold(0.0, f64::max) + 10.0;
    let gap = legend_gap(&plots);
    let right = f64::from(WIDTH) - right_margin(&plots, gap);
    let picture = Picture { width: WIDTH, height: 0, shapes: Vec::new(), roles: Vec::new() };
    let mut sheet = Sheet { picture, left, right, gap, below: 0.0 };
    sheet.heading(heading);
    let panels = plots.iter().enumerate().map(|(index, plot)| sheet.plot(index, plot)).collect();
    sheet.note_below(&heading.note);
    sheet.picture.height = whole(sheet.below + 2.0);
    let title = format!("{}. {}", heading.title, heading.subtitle);
    Drawing { name: heading.name, title, panels, picture: sheet.picture }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a height in pixels")]
fn whole(pixels: f64) -> u32 {
    pixels.ceil() as u32
}

fn labels_width(axis: &Axis) -> f64 {
    let widths = axis.ticks.iter().map(|tick| font::width(&tick.label, SMALL).min(LONGEST));
    widths.fold(0.0, f64::max)
}

/// How many entries a legend has.
fn entries(plot: &Plot) -> f64 {
    f64::from(u32::try_from(plot.legend.len()).expect("few entries"))
}

/// How much of the last label below the plot lies to the right of it.
fn overhang(plot: &Plot) -> f64 {
    plot.x.ticks.last().map_or(0.0, |tick| font::width(&tick.label, SMALL) / 2.0)
}

/// How far legends stand from plots: where one is longer than its plot is high, beside the last label, too.
fn legend_gap(plots: &[Plot]) -> f64 {
    let is_long = |plot: &&Plot| plot.shows_x && plot.height < entries(plot) * ENTRY + 4.0;
    let longest = plots.iter().filter(is_long).map(overhang).fold(0.0, f64::max);
    (longest + 8.0).max(14.0)
}

fn right_margin(plots: &[Plot], gap: f64) -> f64 {
    let legends = plots.iter().flat_map(|plot| &plot.legend);
    let widths = legends.map(|entry| font::width(&entry.label, SMALL).min(LONGEST));
    let legend = widths.fold(0.0, f64::max);
    let overhang = plots.iter().map(overhang).fold(0.0, f64::max) + 4.0;
    let legend = if legend < 1.0 { 0.0 } else { KEY + 8.0 + legend + gap };
    (MARGIN + legend).max(overhang)
}

/// The picture on its way, with the plots' common sides.
pub(super) struct Sheet {
    picture: Picture,
    left: f64,
    right: f64,
    /// How far legends stand from them.
    gap: f64,
    /// Where the next thing begins.
    below: f64,
}

/// A plot's place, and its axes.
pub(super) struct Frame<'a> {
    area: Area,
    x: &'a Axis,
    y: &'a Axis,
}

impl Frame<'_> {
    /// Where a point is.
    fn place(&self, (x, y): (f64, f64)) -> (f64, f64) {
        let Area { left, top, right, bottom } = self.area;
        let (across, up) = (self.x.share_at(x), self.y.share_at(y));
        (left + (right - left) * across, bottom - (bottom - top) * up)
    }
}

impl Sheet {
    fn text(&mut self, at: (f64, f64), text: &str, (size, anchor): (f64, Anchor)) {
        let colour = if size < TITLE { PALE_INK } else { INK };
        let text = text.to_owned();
        self.picture.text(Text { at, text, size, colour, anchor });
    }

    fn heading(&mut self, heading: &Heading) {
        let room = f64::from(WIDTH) - 2.0 * MARGIN;
        let mut baseline = 27.0;
        for line in font::lines(&heading.title, TITLE, room) {
            self.text((MARGIN, baseline), &line, (TITLE, Anchor::Start));
            baseline += TITLE_LINE;
        }
        // At its end stands which run it is.
        let subtitle = font::fitted_name(&heading.subtitle, SUBTITLE, room);
        self.text((MARGIN, baseline - 3.0), &subtitle, (SUBTITLE, Anchor::Start));
        self.below = baseline + 9.0;
    }

    fn note_below(&mut self, note: &str) {
        if note.is_empty() {
            return;
        }
        self.picture.play(Role::Fixed);
        let note = font::fitted(note, SMALL, f64::from(WIDTH) - 2.0 * MARGIN);
        self.text((MARGIN, self.below + 14.0), &note, (SMALL, Anchor::Start));
        self.below += 22.0;
    }

    /// Draws a plot below what there is.
    fn plot(&mut self, index: usize, plot: &Plot) -> Panel {
        self.picture.play(Role::Fixed);
        self.above(plot);
        let (left, right, top) = (self.left, self.right, self.below);
        let area = Area { left, top, right, bottom: top + plot.height };
        let frame = Frame { area, x: &plot.x, y: &plot.y };
        self.picture.play(Role::Axes(index));
        self.grid(&frame);
        for item in &plot.items {
            let keeps_form = matches!(item, Item::Marks(..) | Item::Note(_));
            self.picture.play(if keeps_form { Role::Marks(index) } else { Role::Data(index) });
            self.item(&frame, item);
        }
        self.picture.play(Role::Axes(index));
        self.axes(&frame, plot.shows_x);
        self.picture.play(Role::Fixed);
        if plot.shows_x {
            let at = (right, area.bottom + 34.0);
            self.text(at, &plot.x.label, (SMALL, Anchor::End));
        }
        self.legend(&plot.legend, (right + self.gap, top + 4.0));
        let below_axis = match (plot.shows_x, plot.x.label.is_empty()) {
            (true, false) => 42.0,
            (true, true) => 26.0,
            (false, _) => 8.0,
        };
        self.below = (area.bottom + below_axis).max(top + entries(plot) * ENTRY + 8.0);
        let (x, y, series) = (plot.x.clone(), plot.y.clone(), plot.series.clone());
        Panel { title: plot.title.clone(), area, x, y, series }
    }

    /// What stands above a plot: what it is about, and what its vertical axis shows.
    fn above(&mut self, plot: &Plot) {
        if plot.title.is_empty() && plot.y.label.is_empty() {
            self.below += 4.0;
            return;
        }
        let baseline = self.below + 14.0;
        let room = f64::from(WIDTH) - self.left - MARGIN;
        let title = font::fitted(&plot.title, SMALL + 1.0, room);
        let (at, text) = ((self.left, baseline), title.clone());
        let (size, anchor) = (SMALL + 1.0, Anchor::Start);
        self.picture.text(Text { at, text, size, colour: INK, anchor });
        let after = if title.is_empty() { 0.0 } else { font::width(&title, size) + 10.0 };
        let label = font::fitted(&plot.y.label, SMALL, room - after);
        self.text((self.left + after, baseline), &label, (SMALL, Anchor::Start));
        self.below += 22.0;
    }

    fn grid(&mut self, frame: &Frame<'_>) {
        let Area { left, top, right, bottom } = frame.area;
        if frame.y.quantity != super::quantity::Quantity::Place {
            for tick in &frame.y.ticks {
                let (_, y) = frame.place((frame.x.from, tick.at));
                self.picture.line(vec![(left, y), (right, y)], Stroke::thin(GRID));
            }
        }
        if frame.x.quantity != super::quantity::Quantity::Place {
            for tick in &frame.x.ticks {
                let (x, _) = frame.place((tick.at, frame.y.from));
                self.picture.line(vec![(x, top), (x, bottom)], Stroke::thin(GRID));
            }
        }
    }

    /// The lower line, the labels of both axes, and what the lower one shows.
    fn axes(&mut self, frame: &Frame<'_>, shows_x: bool) {
        let Area { left, top: _, right, bottom } = frame.area;
        self.picture.line(vec![(left, bottom), (right, bottom)], Stroke::thin(INK));
        let mut last = f64::INFINITY;
        let downwards = frame.y.to < frame.y.from;
        for tick in &frame.y.ticks {
            let (_, y) = frame.place((frame.x.from, tick.at));
            if downwards || SMALL + 1.0 <= last - y {
                let label = font::fitted_name(&tick.label, SMALL, LONGEST);
                self.text((left - 8.0, y + 4.2), &label, (SMALL, Anchor::End));
                last = y;
            }
        }
        if shows_x {
            self.lower_labels(frame);
        }
    }

    fn lower_labels(&mut self, frame: &Frame<'_>) {
        let bottom = frame.area.bottom;
        let many = f64::from(u32::try_from(frame.x.ticks.len().max(1)).expect("few ticks"));
        let is_named = frame.x.quantity == super::quantity::Quantity::Place;
        let room = if is_named { (self.right - self.left) / many - 4.0 } else { LONGEST };
        let mut free_from = f64::NEG_INFINITY;
        for tick in &frame.x.ticks {
            let (x, _) = frame.place((tick.at, frame.y.from));
            if !is_named {
                self.picture.line(vec![(x, bottom), (x, bottom + 4.0)], Stroke::thin(INK));
            }
            let label = font::fitted_name(&tick.label, SMALL, room);
            let half = font::width(&label, SMALL) / 2.0;
            if free_from <= x - half {
                self.text((x, bottom + 17.0), &label, (SMALL, Anchor::Middle));
                free_from = x + half + 8.0;
            }
        }
    }

    fn legend(&mut self, entries: &[Entry], (left, mut top): (f64, f64)) {
        for entry in entries {
            self.key(entry.key, (left, top + ENTRY / 2.0));
            let label = font::fitted_name(&entry.label, SMALL, LONGEST);
            let at = (left + KEY + 8.0, top + ENTRY / 2.0 + 4.2);
            let (size, anchor) = (SMALL, Anchor::Start);
            self.picture.text(Text { at, text: label, size, colour: INK, anchor });
            top += ENTRY;
        }
    }

    fn item(&mut self, frame: &Frame<'_>, item: &Item) {
        let places = |points: &[(f64, f64)]| points.iter().map(|at| frame.place(*at)).collect();
        match item {
            Item::Line(points, stroke) => self.picture.line(places(points), *stroke),
            Item::Area(points, fill) => self.picture.fill(places(points), *fill),
            Item::Box(from, to, fill) => self.rectangle(frame, (*from, *to), *fill),
            Item::Marks(points, mark) => {
                for point in points {
                    self.mark(*mark, frame.place(*point));
                }
            }
            Item::Note(note) => self.note(frame, note),
        }
    }

    fn rectangle(&mut self, frame: &Frame<'_>, (from, to): ((f64, f64), (f64, f64)), fill: Fill) {
        let ((left, one), (right, other)) = (frame.place(from), frame.place(to));
        let (top, bottom) = (one.min(other), one.max(other));
        let (left, right) = (left.min(right), left.max(right).max(left.min(right) + 0.6));
        self.picture.rectangle((left, top), (right, bottom), fill);
    }

    fn note(&mut self, frame: &Frame<'_>, note: &Note) {
        let (x, y) = frame.place(note.at);
        let at = (x + note.shift.0, y + note.shift.1);
        let Note { text, colour, anchor, .. } = note.clone();
        self.picture.text(Text { at, text, size: SMALL, colour, anchor });
    }
}
