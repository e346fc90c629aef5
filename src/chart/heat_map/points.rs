//! The points of a design in which hardly two have a value in common: each where its two values are, in the colour
//! of the metric there.

use super::{MapMetric, Sweep, range, share};
use crate::chart::Quantity;
use crate::chart::axis::Axis;
use crate::chart::palette::{INK, PALE_INK, shade};
use crate::chart::picture::Anchor;
use crate::chart::plot::{Form, Item, Mark, Note, Plot};

/// A point, and the metric there.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct DesignPoint {
    /// Its value of the field along the lower edge.
    pub across: f64,
    /// Its value of the field along the left edge.
    pub up: f64,
    /// The mean of the metric.
    pub value: f64,
}

/// The points of one metric.
#[derive(Clone, Debug, PartialEq)]
pub struct PointMap {
    /// The metric.
    pub metric: MapMetric,
    /// What stands behind the values of the field along the lower edge, and of that along the left one; may be empty.
    pub units: [String; 2],
    /// The points.
    pub points: Vec<DesignPoint>,
}

/// So many points have their number beside them.
const NUMBERED: usize = 30;
/// What a number needs, in pixels.
const LINE: f64 = 15.0;
const RADIUS: f64 = 6.0;

impl PointMap {
    pub(super) fn plot(&self, sweep: &Sweep, maps: usize) -> Option<Plot> {
        let bounds = range(self.points.iter().map(|point| point.value))?;
        let axis = |label: &str, unit: &str, of: fn(&DesignPoint) -> f64| {
            let label = if unit.is_empty() { label.to_owned() } else { format!("{label}, {unit}") };
            let values = self.points.iter().map(of);
            let is_whole = values.clone().all(|value| value.fract() == 0.0);
            let quantity = if is_whole { Quantity::Count } else { Quantity::Number };
            Some(Axis::around(&label, quantity, range(values)?, 8).widened())
        };
        let x = axis(&sweep.across, &self.units[0], |point| point.across)?;
        let y = axis(&sweep.label(&self.metric, maps), &self.units[1], |point| point.up)?;
        let many = f64::from(u32::try_from(self.points.len().min(NUMBERED)).ok()?);
        let mut plot = Plot::new("", x, y, (many * LINE).max(200.0));
        let mut places: Vec<(f64, f64)> = Vec::new();
        for point in &self.points {
            let at = (point.across, point.up);
            let colour = shade(share(point.value, bounds));
            for (radius, colour) in [(RADIUS + 1.0, INK), (RADIUS, colour)] {
                let mark = Mark { form: Form::Disc, radius, colour };
                plot.items.push(Item::Marks(vec![at], mark));
            }
            if self.points.len() <= NUMBERED {
                plot.items.push(self.number(&plot, (at, point.value)));
            }
            places.push(at);
        }
        places.sort_by(|one, other| one.0.total_cmp(&other.0));
        plot.tell(&self.metric.name, INK, (&places, false));
        self.metric.scale(&mut plot, bounds);
        Some(plot)
    }
    /// The number of a point, on the side where there is room.
    fn number(&self, plot: &Plot, (at, value): ((f64, f64), f64)) -> Item {
        let text = self.metric.quantity.written(value);
        let (across, anchor) = if plot.x.share_at(at.0) < 0.8 {
            (RADIUS + 4.0, Anchor::Start)
        } else {
            (-RADIUS - 4.0, Anchor::End)
        };
        Item::Note(Note { at, shift: (across, 4.2), text, anchor, colour: PALE_INK })
    }
}
