//! The price path of each of a few scopes: list price, floor, spot price, least winning bid, and the bids made.

use super::ChartKind;
use super::axis::Axis;
use super::columns::trail::{Band, Trail};
use super::columns::{Columns, seconds};
use super::drawing::Drawing;
use super::layout;
use super::palette::{BLUE, Dash, Fill, INK, SKY, Stroke, VERMILLION};
use super::plot::{Form, Item, Key, Mark, Plot, Point, between, simplified, stairs};
use super::quantity::Quantity;
use super::words::{About, listed};
use crate::ids::Id;
use crate::journal::fact::Quote;
use crate::scenario::Scenario;
use crate::units::{Money, SimTime, Span};

/// So many scopes are shown: those that were bid for most, then those whose prices moved most.
const SCOPES: usize = 3;
/// So many bids of a scope are shown at most, evenly chosen.
const BIDS: usize = 800;

/// Less bids than these are drawn larger.
const FEW: usize = 100;

/// What was gathered of one scope.
#[derive(Clone, Debug)]
struct Path {
    on_demand: Trail,
    floor: Trail,
    spot: Trail,
    winning: Trail,
    bids: Bids,
}

/// Bids, each or every second, fourth, eighth, so that there are few.
#[derive(Clone, Debug)]
struct Bids {
    kept: Vec<Point>,
    /// Every how-manieth is kept.
    every: u64,
    count: u64,
}

impl Bids {
    fn add(&mut self, bid: Point) {
        if self.count.is_multiple_of(self.every) {
            self.kept.push(bid);
        }
        self.count += 1;
        if BIDS < self.kept.len() {
            let mut index = 0_u32;
            self.kept.retain(|_| {
                index += 1;
                !index.is_multiple_of(2)
            });
            self.every *= 2;
        }
    }
}

/// What was gathered.
#[derive(Clone, Debug)]
pub(super) struct Prices(Vec<Path>);

impl Prices {
    pub(super) fn new(scenario: &Scenario) -> Self {
        let trail = Trail::new(Columns::of(scenario.horizon));
        let path = Path {
            on_demand: trail.clone(),
            floor: trail.clone(),
            spot: trail.clone(),
            winning: trail,
            bids: Bids { kept: Vec::new(), every: 1, count: 0 },
        };
        Self(vec![path; scenario.scopes.len()])
    }
    /// A scope's published prices.
    pub(super) fn publish(&mut self, at: SimTime, scope: usize, quote: &Quote) {
        let path = &mut self.0[scope];
        path.on_demand.set(at, Some(quote.on_demand.as_dollars_f64()));
        path.floor.set(at, Some(quote.spot_floor.as_dollars_f64()));
        path.spot.set(at, quote.spot_price.map(Money::as_dollars_f64));
        path.winning.set(at, quote.min_winning_bid.map(Money::as_dollars_f64));
    }
    /// Somebody bids so much per GPU-hour.
    pub(super) fn bid(&mut self, at: SimTime, scope: usize, bid: Money) {
        self.0[scope].bids.add((seconds(at), bid.as_dollars_f64()));
    }

    /// The chart; none where no price ever moved and nobody bid.
    pub(super) fn drawing(&self, about: &About<'_>) -> Option<Drawing> {
        let moves = |path: &Path| path.on_demand.moves() + path.spot.moves() + path.floor.moves();
        let mut order: Vec<usize> = (0..self.0.len()).collect();
        let of_interest = |scope: &usize| {
            let path = &self.0[*scope];
            0 < path.bids.count || 1 < path.on_demand.moves() || 1 < path.floor.moves()
        };
        order.retain(|scope| about.scenario.scopes[*scope].has_hosts && of_interest(scope));
        order.sort_by_key(|scope| {
            let path = &self.0[*scope];
            std::cmp::Reverse((path.bids.count, moves(path)))
        });
        order.truncate(SCOPES);
        order.sort_unstable();
        if order.is_empty() {
            return None;
        }
        let names: Vec<String> = order.iter().map(|scope| name(about.scenario, *scope)).collect();
        let height = if order.len() == 1 { 270.0 } else { 170.0 };
        let mut plots: Vec<Plot> = Vec::new();
        for (scope, name) in order.iter().zip(&names) {
            let mut plot = self.0[*scope].plot(about.scenario, (name, height));
            plot.shows_x = plots.len() + 1 == order.len();
            plots.push(plot);
        }
        let what = if self.0.iter().any(|path| 0 < path.bids.count) {
            "Prices and bids"
        } else {
            "Prices"
        };
        let title = format!("{what} per GPU-hour, {}, {}", listed(&names), about.length());
        Some(layout::drawing(&about.heading(ChartKind::Prices, title), plots))
    }
}

/// A scope's GPU type, with its cloud where both clouds have hosts of it.
fn name(scenario: &Scenario, scope: usize) -> String {
    let of = &scenario.scopes[scope];
    let same =
        scenario.scopes.iter().filter(|other| other.gpu_type == of.gpu_type && other.has_hosts);
    let display = &scenario.gpu_types[of.gpu_type.index()].display_name;
    if same.count() < 2 {
        display.clone()
    } else {
        format!("{display} ({})", of.cloud.word().to_lowercase())
    }
}

const LIST: Stroke = Stroke::new(INK, 1.6, Dash::Long);
const SPOT: Stroke = Stroke::new(BLUE, 2.8, Dash::Solid);
const FLOOR: Stroke = Stroke::new(INK, 1.4, Dash::Dotted);
const WINNING: Stroke = Stroke::new(VERMILLION, 1.2, Dash::Solid);
const BID: Mark = Mark { form: Form::Disc, radius: 1.3, colour: SKY };

impl Path {
    fn plot(&self, scenario: &Scenario, (name, height): (&str, f64)) -> Plot {
        let trails = [&self.on_demand, &self.floor, &self.spot, &self.winning];
        let tops = trails.into_iter().filter_map(|trail| Some(trail.extremes()?.1));
        let bids = self.bids.kept.iter().map(|bid| bid.1);
        let most = tops.chain(bids).fold(0.0, f64::max);
        let y = Axis::from_zero("USD per GPU-hour", Quantity::Dollars, (0.0, most), 5);
        let mut plot = Plot::new(name, Axis::of_run(scenario), y, height);
        // What is thinner lies above: it is seen where prices are equal, too.
        for (trail, name, stroke) in [
            (&self.on_demand, "on demand", LIST),
            (&self.spot, "spot price", SPOT),
            (&self.winning, "least winning bid", WINNING),
            (&self.floor, "floor", FLOOR),
        ] {
            if trail.is_dense() {
                add_dense(&mut plot, (name, trail), stroke);
            } else {
                add(&mut plot, (name, &trail.stretches(scenario.horizon)), stroke);
            }
        }
        if !self.bids.kept.is_empty() {
            let many = match self.bids.every {
                1 => "bids".to_owned(),
                every => format!("bids, 1 of {every}"),
            };
            plot.tell("bids", BID.colour, (&self.bids.kept, false));
            let radius = if self.bids.kept.len() < FEW { 3.0 } else { BID.radius };
            plot.items.push(Item::Marks(self.bids.kept.clone(), Mark { radius, ..BID }));
            plot.entry(Key::Mark(Mark { radius: 3.0, ..BID }), &many);
        }
        plot
    }
}

/// A line that is broken where there is no value.
fn add(plot: &mut Plot, (name, stretches): (&str, &[Vec<Point>]), stroke: Stroke) {
    let Some((first, others)) = stretches.split_first() else { return };
    plot.named_line(name, (first, true), stroke);
    for stretch in others {
        plot.line(simplified(stairs(stretch)), stroke);
        // What a page shows holds until the next point: a gap is not told apart.
        if let Some(series) = plot.series.last_mut() {
            series.points.extend(stretch);
        }
    }
}

/// Of what moves within a pixel, its mean, and paler the range in which it moves.
fn add_dense(plot: &mut Plot, (name, trail): (&str, &Trail), stroke: Stroke) {
    let until = SimTime::from_micros(Span::from_seconds_f64(plot.x.to).micros());
    let rows = trail.bands(until);
    let of = |row: &[Band], value: fn(&Band) -> f64| -> Vec<Point> {
        row.iter().map(|band| (band.at, value(band))).collect()
    };
    // The range of the spot price alone: two would cover one another.
    let ranges = if name == "spot price" { &rows[..] } else { &[] };
    let name = format!("{name}, mean");
    let fill = Fill::plain(stroke.colour.paler());
    let areas = ranges.iter().map(|row| {
        Item::Area(between(&of(row, |band| band.most), &of(row, |band| band.least)), fill)
    });
    // Behind all that is drawn so far.
    plot.items.splice(0..0, areas);
    let means: Vec<Vec<Point>> = rows.iter().map(|row| of(row, |band| band.mean)).collect();
    add(plot, (&name, &means), stroke);
    if !ranges.is_empty() {
        plot.entry(Key::Fill(fill), "its range");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_many_bids_some_are_kept_evenly() {
        let mut bids = Bids { kept: Vec::new(), every: 1, count: 0 };
        for n in 0..100_000_u32 {
            bids.add((f64::from(n), 1.0));
        }
        assert!(BIDS / 2 <= bids.kept.len() && bids.kept.len() <= BIDS);
        let every = f64::from(u32::try_from(bids.every).unwrap());
        assert!(bids.kept.windows(2).all(|pair| (pair[1].0 - pair[0].0 - every).abs() < 1e-9));
    }
}
