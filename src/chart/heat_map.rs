//! The heat map of a sweep: one metric over the values of two fields, each cell with its number; of a design that
//! leaves most cells empty, such as a Latin hypercube, its points with their numbers instead.

mod points;

pub use points::{DesignPoint, PointMap};

use super::axis::Axis;
use super::drawing::Drawing;
use super::layout::{self, Heading};
use super::palette::{Dash, Fill, GREY, INK, PAPER, Stroke, shade};
use super::picture::Anchor;
use super::plot::{Item, Key, Note, Plot};
use super::{ChartKind, Quantity};

/// What all maps of a sweep are called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sweep {
    /// Its name.
    pub title: String,
    /// Its size, for the line below the title.
    pub size: String,
    /// The field along the lower edge.
    pub across: String,
    /// The field along the left edge; empty if there is none.
    pub down: String,
}

/// The metric of a map.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MapMetric {
    /// Its name.
    pub name: String,
    /// What its values are.
    pub quantity: Quantity,
    /// Its unit in words; may be empty.
    pub unit: String,
    /// Which value of a further field the map is of; may be empty.
    pub given: String,
}

/// The value of a cell.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Cell {
    /// The mean.
    pub value: f64,
    /// Half of the width of its interval, if it has one.
    pub half_width: Option<f64>,
}

/// The heat map of one metric.
#[derive(Clone, Debug, PartialEq)]
pub struct HeatMap {
    /// The metric.
    pub metric: MapMetric,
    /// The values of the field along the lower edge.
    pub columns: Vec<String>,
    /// The values of the field along the left edge, from the top.
    pub rows: Vec<String>,
    /// Row by row; none where nothing was run, or the metric is not defined.
    pub cells: Vec<Vec<Option<Cell>>>,
}

const ROW: f64 = 34.0;
/// Entries of the legend, from most to least.
const STEPS: u32 = 5;

/// Rows whose cells say how sure they are.
const HIGH_ROW: f64 = 42.0;
/// Cells of so many columns at most have room for that.
const FEW: usize = 8;

impl Sweep {
    /// Maps of several metrics, one below the other; those without a value are left out, and there is none of none.
    pub fn heat_maps(&self, maps: &[HeatMap]) -> Option<Drawing> {
        // Maps of one metric have its colours in common.
        let of_metric = |map: &HeatMap| {
            let alike = maps.iter().filter(|other| other.metric.name == map.metric.name);
            range(alike.flat_map(HeatMap::values))
        };
        let plots = maps.iter().filter_map(|map| map.plot(self, (maps.len(), of_metric(map)?)));
        let is_sure = maps.iter().any(HeatMap::shows_widths);
        let note = if is_sure { "± is half of the width of a 95 % interval." } else { "" };
        let only = maps.first().map(|map| &map.metric).filter(|_| maps.len() == 1);
        self.drawing(plots.collect(), (only, note))
    }
    /// The same of maps of points.
    pub fn point_maps(&self, maps: &[PointMap]) -> Option<Drawing> {
        let plots = maps.iter().filter_map(|map| map.plot(self, maps.len()));
        let only = maps.first().map(|map| &map.metric).filter(|_| maps.len() == 1);
        self.drawing(plots.collect(), (only, ""))
    }
    fn drawing(
        &self,
        plots: Vec<Plot>,
        (only, note): (Option<&MapMetric>, &str),
    ) -> Option<Drawing> {
        if plots.is_empty() {
            return None;
        }
        let by = if self.down.is_empty() {
            self.across.clone()
        } else {
            format!("{} and {}", self.down, self.across)
        };
        let (what, subtitle) = match only {
            Some(metric) => (metric.named(), format!("{}: {}", self.title, self.size)),
            None => (self.title.clone(), self.size.clone()),
        };
        let (name, title) = (ChartKind::HeatMap.word(), format!("{what}, by {by}"));
        Some(layout::drawing(&Heading { name, title, subtitle, note: note.to_owned() }, plots))
    }
    /// What stands above a map: the metric, if there are several, and the field of its rows.
    fn label(&self, metric: &MapMetric, maps: usize) -> String {
        match maps {
            1 => self.down.clone(),
            _ if self.down.is_empty() => metric.named(),
            _ => format!("{}, by {}", metric.named(), self.down),
        }
    }
}

impl MapMetric {
    /// With its unit, and what is given.
    fn named(&self) -> String {
        let parts = [&self.name, &self.unit, &self.given].map(String::as_str);
        let parts: Vec<&str> = parts.into_iter().filter(|part| !part.is_empty()).collect();
        parts.join(", ")
    }
    /// What the colours mean, from most to least.
    fn scale(&self, plot: &mut Plot, (least, most): (f64, f64)) {
        let steps = if most - least < 1e-12 { 0 } else { STEPS - 1 };
        for step in (0..=steps).rev() {
            let part = f64::from(step) / f64::from(steps.max(1));
            let value = least + (most - least) * part;
            let fill = Fill::plain(shade(share(value, (least, most))));
            plot.entry(Key::Fill(fill), &self.quantity.written(value));
        }
    }
}

/// The least and the most of values; none of none.
fn range(values: impl Iterator<Item = f64> + Clone) -> Option<(f64, f64)> {
    Some((values.clone().min_by(f64::total_cmp)?, values.max_by(f64::total_cmp)?))
}

impl HeatMap {
    fn values(&self) -> impl Iterator<Item = f64> + Clone {
        self.cells.iter().flatten().flatten().map(|cell| cell.value)
    }
    /// The map; none without a value.
    fn plot(&self, sweep: &Sweep, (maps, (least, most)): (usize, (f64, f64))) -> Option<Plot> {
        self.values().next()?;
        let count = f64::from(u32::try_from(self.rows.len()).ok()?);
        let x = Axis::places(&sweep.across, &self.columns, false);
        let y = Axis::places(&sweep.label(&self.metric, maps), &self.rows, true);
        let row_height = if self.shows_widths() { HIGH_ROW } else { ROW };
        let mut plot = Plot::new("", x, y, count * row_height);
        for (row, cells) in (0_u32..).zip(&self.cells) {
            for (column, cell) in (0_u32..).zip(cells) {
                let cell = cell.map(|cell| (cell, share(cell.value, (least, most))));
                self.cell(&mut plot, (column, row), cell);
            }
            let points = (0_u32..).zip(cells);
            let points = points.filter_map(|(n, cell)| Some((f64::from(n) + 0.5, (*cell)?.value)));
            let name = &self.rows[row as usize];
            plot.tell(name, INK, (&points.collect::<Vec<_>>(), false));
        }
        let between = Stroke::new(PAPER, 1.5, Dash::Solid);
        for column in 1..plot.x.ticks.len() {
            plot.upright(f64::from(u32::try_from(column).ok()?), between);
        }
        for row in 1..plot.y.ticks.len() {
            plot.level(f64::from(u32::try_from(row).ok()?), between);
        }
        self.metric.scale(&mut plot, (least, most));
        if self.cells.iter().flatten().any(Option::is_none) {
            plot.entry(Key::Fill(Fill::hatched(PAPER, GREY)), "no value");
        }
        Some(plot)
    }
    /// Whether there is room in cells to say how sure they are.
    fn shows_widths(&self) -> bool {
        let has_one = |cell: &Cell| cell.half_width.is_some();
        self.columns.len() <= FEW && self.cells.iter().flatten().flatten().any(has_one)
    }

    fn cell(&self, plot: &mut Plot, (column, row): (u32, u32), cell: Option<(Cell, f64)>) {
        let (left, top) = (f64::from(column), f64::from(row));
        let fill = match cell {
            Some((_, share)) => Fill::plain(shade(share)),
            None => Fill::hatched(PAPER, GREY),
        };
        plot.items.push(Item::Box((left, top), (left + 1.0, top + 1.0), fill));
        let Some((cell, share)) = cell else { return };
        let colour = if shade(share).lightness() < 0.5 { PAPER } else { INK };
        let width = cell.half_width.filter(|_| self.shows_widths());
        let mut note = |text: String, down: f64| {
            let at = (left + 0.5, top + 0.5);
            let (shift, anchor) = ((0.0, down), Anchor::Middle);
            plot.items.push(Item::Note(Note { at, shift, text, anchor, colour }));
        };
        let quantity = self.metric.quantity;
        match width.map(|width| quantity.with_width(cell.value, width)) {
            None => note(quantity.written(cell.value), 4.2),
            Some([value, width]) => {
                note(value, -3.8);
                note(format!("± {width}"), 12.2);
            }
        }
    }
}

/// Where a value lies between the least and the most.
fn share(value: f64, (least, most): (f64, f64)) -> f64 {
    if most - least < 1e-12 { 0.5 } else { (value - least) / (most - least) }
}
