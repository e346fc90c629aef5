//! The heat map of a sweep: one metric over the values of two fields, each cell with its number.

use super::axis::Axis;
use super::drawing::Drawing;
use super::layout::{self, Heading};
use super::palette::{Dash, Fill, GREY, INK, PALE_INK, PAPER, Stroke, shade};
use super::picture::Anchor;
use super::plot::{Item, Key, Note, Plot};
use super::{ChartKind, Quantity};

/// The heat map of a sweep.
#[derive(Clone, Debug, PartialEq)]
pub struct HeatMap {
    /// The sweep's name and size, for the line below the title.
    pub subtitle: String,
    /// The metric.
    pub metric: String,
    /// What its values are.
    pub quantity: Quantity,
    /// Its unit in words; may be empty.
    pub unit: String,
    /// The field along the lower edge, and its values.
    pub columns: (String, Vec<String>),
    /// The field along the left edge, and its values, from the top.
    pub rows: (String, Vec<String>),
    /// Row by row; none where nothing was run, or the metric is not defined.
    pub cells: Vec<Vec<Option<f64>>>,
}

const ROW: f64 = 34.0;
/// Entries of the legend, from most to least.
const STEPS: u32 = 5;

impl HeatMap {
    /// The chart; none without a value.
    pub fn drawing(&self) -> Option<Drawing> {
        Self::drawing_of(std::slice::from_ref(self))
    }
    /// Maps of several metrics over the same fields, one below the other; those without a value are left out, and there
    /// is none of none.
    pub fn drawing_of(maps: &[Self]) -> Option<Drawing> {
        let label = |map: &Self| match maps.len() {
            1 => map.rows.0.clone(),
            _ if map.rows.0.is_empty() => map.named(),
            _ => format!("{}, by {}", map.named(), map.rows.0),
        };
        let plots: Vec<Plot> = maps.iter().filter_map(|map| map.plot(&label(map))).collect();
        let first = maps.first().filter(|_| !plots.is_empty())?;
        let what = if maps.len() == 1 { first.named() } else { first.subtitle.clone() };
        let (rows, columns) = (&first.rows.0, &first.columns.0);
        let by = if rows.is_empty() { columns.clone() } else { format!("{rows} and {columns}") };
        let heading = Heading {
            name: ChartKind::HeatMap.word(),
            title: format!("{what}, by {by}"),
            subtitle: if maps.len() == 1 { first.subtitle.clone() } else { String::new() },
        };
        Some(layout::drawing(&heading, plots))
    }
    /// The metric with its unit.
    fn named(&self) -> String {
        if self.unit.is_empty() {
            return self.metric.clone();
        }
        format!("{}, {}", self.metric, self.unit)
    }
    fn plot(&self, label: &str) -> Option<Plot> {
        let values = || self.cells.iter().flatten().flatten();
        let least = values().copied().min_by(f64::total_cmp)?;
        let most = values().copied().max_by(f64::total_cmp)?;
        let rows = f64::from(u32::try_from(self.rows.1.len()).ok()?);
        let x = Axis::places(&self.columns.0, &self.columns.1, false);
        let y = Axis::places(label, &self.rows.1, true);
        let mut plot = Plot::new("", x, y, rows * ROW);
        for (row, cells) in (0_u32..).zip(&self.cells) {
            for (column, cell) in (0_u32..).zip(cells) {
                self.cell(
                    &mut plot,
                    (column, row),
                    cell.map(|value| (value, share(value, (least, most)))),
                );
            }
            let points = (0_u32..).zip(cells);
            let points = points.filter_map(|(n, cell)| Some((f64::from(n) + 0.5, (*cell)?)));
            let name = &self.rows.1[row as usize];
            plot.tell(name, INK, (&points.collect::<Vec<_>>(), false));
        }
        let between = Stroke::new(PAPER, 1.5, Dash::Solid);
        for column in 1..plot.x.ticks.len() {
            plot.upright(f64::from(u32::try_from(column).ok()?), between);
        }
        for row in 1..plot.y.ticks.len() {
            plot.level(f64::from(u32::try_from(row).ok()?), between);
        }
        self.scale(&mut plot, (least, most));
        Some(plot)
    }

    fn cell(&self, plot: &mut Plot, (column, row): (u32, u32), value: Option<(f64, f64)>) {
        let (left, top) = (f64::from(column), f64::from(row));
        let (fill, text, colour) = match value {
            Some((value, share)) => {
                let colour = if shade(share).lightness() < 0.5 { PAPER } else { INK };
                (Fill::plain(shade(share)), self.quantity.written(value), colour)
            }
            None => (Fill::hatched(PAPER, GREY), String::new(), PALE_INK),
        };
        plot.items.push(Item::Box((left, top), (left + 1.0, top + 1.0), fill));
        let at = (left + 0.5, top + 0.5);
        let (shift, anchor) = ((0.0, 4.2), Anchor::Middle);
        plot.items.push(Item::Note(Note { at, shift, text, anchor, colour }));
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
        if self.cells.iter().flatten().any(Option::is_none) {
            plot.entry(Key::Fill(Fill::hatched(PAPER, GREY)), "no value");
        }
    }
}

/// Where a value lies between the least and the most.
fn share(value: f64, (least, most): (f64, f64)) -> f64 {
    if most - least < 1e-12 { 0.5 } else { (value - least) / (most - least) }
}
