//! How long requests waited: the share of each group that had what it asked for within a time.

use super::ChartKind;
use super::axis::Axis;
use super::columns::number;
use super::drawing::Drawing;
use super::layout;
use super::palette::{self, DISTINCT};
use super::plot::{Item, Plot, stairs};
use super::quantity::Quantity;
use super::sample::Sample;
use super::words::About;
use crate::ids::Id;
use crate::journal::fact::{Kind, RequestEnded, RequestStatus};
use crate::journal::rentals::Rental;
use crate::scenario::Scenario;
use crate::units::SimTime;

/// Waits of pods, by segment, and, where there are none or too many, by kind.
#[derive(Clone, Debug)]
pub(super) struct Waits {
    /// By segment, the script's last; then on demand and spot.
    groups: Vec<Sample>,
    segments: usize,
}

impl Waits {
    pub(super) fn new(scenario: &Scenario) -> Self {
        let segments = scenario.segments.len();
        Self { groups: vec![Sample::default(); segments + 3], segments }
    }
    /// A rental has ended, or stands at the horizon. It counts if it got GPUs.
    pub(super) fn end(&mut self, rental: &Rental) {
        let Some(placed) = rental.placed else { return };
        let wait = placed - rental.requested;
        let segment = rental.asked.segment.map_or(self.segments, Id::index);
        let kind = match rental.asked.kind {
            Kind::OnDemand | Kind::Serverless => 1,
            Kind::Spot { .. } => 2,
        };
        self.groups[segment].record(wait);
        self.groups[self.segments + kind].record(wait);
    }
    /// The chart; none if no pod had to wait.
    pub(super) fn drawing(&self, about: &About<'_>) -> Option<Drawing> {
        let names = about.scenario.segments.iter().map(|segment| segment.name.clone());
        let names: Vec<String> = names.chain(["the script".to_owned()]).collect();
        let filled = |groups: &[Sample], names: Vec<String>| -> Vec<(String, Sample)> {
            let all = names.into_iter().zip(groups.iter().cloned());
            all.filter(|(_, sample)| 0 < sample.count()).collect()
        };
        let mut groups = filled(&self.groups[..=self.segments], names);
        let by_segment = (2..=DISTINCT).contains(&groups.len());
        if !by_segment {
            let kinds = ["on demand", "spot"].map(str::to_owned).to_vec();
            groups = filled(&self.groups[self.segments + 1..], kinds);
        }
        if groups.iter().all(|(_, sample)| sample.range().is_none()) {
            return None;
        }
        let y = "pods that had their GPUs within this time";
        let plot = shares(("", y), (X, &groups), 270.0)?;
        let by = if by_segment { "who asked" } else { "kind" };
        let placed = groups.iter().map(|(_, sample)| sample.count()).sum();
        let placed = Quantity::Count.written(number(placed));
        let title = format!("Waits of {placed} placed pods, by {by}, {}", about.counted());
        Some(layout::drawing(&about.heading(ChartKind::Waits, title), vec![plot]))
    }
}

/// Delay and latency of requests to endpoints.
#[derive(Clone, Debug)]
pub(super) struct Latency(Vec<(Sample, Sample)>);

impl Latency {
    pub(super) fn new(scenario: &Scenario) -> Self {
        Self(vec![Default::default(); scenario.endpoints.len()])
    }
    /// A request has ended. It counts if it was served.
    pub(super) fn end(&mut self, at: SimTime, ended: &RequestEnded) {
        if ended.status == RequestStatus::Completed {
            let (delay, whole) = &mut self.0[ended.endpoint.index()];
            if let Some(in_queue) = ended.delay() {
                delay.record(in_queue);
            }
            whole.record(at - ended.submitted);
        }
    }
    /// The chart; none if no request was served.
    pub(super) fn drawing(&self, about: &About<'_>) -> Option<Drawing> {
        let mut order: Vec<usize> = (0..self.0.len()).collect();
        order.retain(|index| 0 < self.0[*index].1.count());
        order.sort_by_key(|index| std::cmp::Reverse(self.0[*index].1.count()));
        let all: u64 = order.iter().map(|index| self.0[*index].1.count()).sum();
        let hidden = order.split_off(order.len().min(DISTINCT));
        order.sort_unstable();
        let of = |part: fn(&(Sample, Sample)) -> &Sample| -> Vec<(String, Sample)> {
            let name = |index: &usize| about.scenario.endpoints[*index].name.clone();
            order.iter().map(|index| (name(index), part(&self.0[*index]).clone())).collect()
        };
        let (delays, wholes) = (of(|both| &both.0), of(|both| &both.1));
        let y = "requests within this time";
        let mut first = shares(("In the queue", y), (X, &delays), 170.0)?;
        let mut second =
            shares(("From submission to the end of the work", y), (X, &wholes), 170.0)?;
        (first.shows_x, second.legend) = (false, Vec::new());
        common_axis(&mut first, &mut second);
        let count = Quantity::Count.written(number(all));
        let busiest = if hidden.is_empty() {
            String::new()
        } else {
            format!(", the {} busiest endpoints", order.len())
        };
        let title = format!("Latency of {count} requests served{busiest}, {}", about.counted());
        Some(layout::drawing(&about.heading(ChartKind::Latency, title), vec![first, second]))
    }
}

/// Who did not wait at all has no place on such an axis.
const X: &str = "time (none at all: at the left end)";

/// A plot of the shares of each group.
fn shares(
    (title, y): (&str, &str),
    (x, groups): (&str, &[(String, Sample)]),
    height: f64,
) -> Option<Plot> {
    if groups.is_empty() {
        return None;
    }
    let ranges = || groups.iter().filter_map(|(_, sample)| sample.range());
    let least = ranges().map(|range| range.0).fold(f64::INFINITY, f64::min);
    let most = ranges().map(|range| range.1).fold(0.0, f64::max);
    let range = if least.is_finite() { (least.max(most * 1e-7), most) } else { (1.0, 60.0) };
    let x = Axis::durations(x, range);
    let mut plot = Plot::new(title, x, Axis::share(y), height);
    draw(&mut plot, groups);
    Some(plot)
}

fn draw(plot: &mut Plot, groups: &[(String, Sample)]) {
    for (index, (name, sample)) in groups.iter().enumerate() {
        let points = sample.shares((plot.x.from, plot.x.to));
        plot.named_line(name, (&points, true), palette::line(index));
    }
}

/// Both plots get the axis that holds what either shows.
fn common_axis(one: &mut Plot, other: &mut Plot) {
    let range = (one.x.from.min(other.x.from), one.x.to.max(other.x.to));
    let axis = Axis::durations(&one.x.label, range);
    for plot in [one, other] {
        for series in &mut plot.series {
            // The share of those that took no time holds from the left end on, the last to the right end.
            if let Some(first) = series.points.first_mut() {
                first.0 = axis.from;
            }
            let last = series.points.last().map_or(1.0, |point| point.1);
            series.points.push((axis.to, last));
        }
        let lines = plot.series.iter().enumerate().map(|(index, series)| {
            let corners = stairs(&series.points);
            Item::Line(corners, palette::line(index))
        });
        plot.items = lines.collect();
        plot.x = axis.clone();
    }
}
