//! GPUs over time, stacked by the kind of their use: a plot for each of a few GPU types, or one for all.

use super::ChartKind;
use super::axis::Axis;
use super::columns::{Columns, Means};
use super::drawing::Drawing;
use super::layout;
use super::plot::{Item, Key, Plot, between};
use super::quantity::Quantity;
use super::usage::{FILLS, NAMES, SOLD, USES, Uses};
use super::words::{About, listed};
use crate::ids::{GpuTypeId, HostId, Id};
use crate::scenario::Scenario;
use crate::units::SimTime;

/// More GPU types than this are shown as one.
const TYPES: usize = 4;

/// What was gathered.
#[derive(Clone, Debug)]
pub(super) struct Occupied {
    types: Vec<Means<USES>>,
    /// The GPU type of each host, and how it is used.
    hosts: Vec<(GpuTypeId, Uses)>,
}

impl Occupied {
    pub(super) fn new(scenario: &Scenario) -> Self {
        let columns = Columns::of(scenario.horizon);
        let type_of = |host: HostId| {
            let pool = scenario.hosts[host.index()].pool;
            scenario.scopes[scenario.pools[pool.index()].scope.index()].gpu_type
        };
        let hosts = (0..scenario.hosts.len()).map(HostId::from_index);
        Self {
            types: vec![Means::new(columns); scenario.gpu_types.len()],
            hosts: hosts.map(|host| (type_of(host), [0; USES])).collect(),
        }
    }
    /// A provider's host that was not there so far.
    pub(super) fn supply(&mut self, like: HostId) {
        let (gpu_type, _) = self.hosts[like.index()];
        self.hosts.push((gpu_type, [0; USES]));
    }
    /// A host's GPUs are used otherwise from now on.
    pub(super) fn occupy(&mut self, at: SimTime, host: HostId, after: Uses) {
        let (gpu_type, uses) = &mut self.hosts[host.index()];
        let before = std::mem::replace(uses, after);
        if before != after {
            let sums = self.types[gpu_type.index()].at(at);
            for ((sum, before), after) in sums.iter_mut().zip(before).zip(after) {
                *sum = *sum + after - before;
            }
        }
    }
    /// The run has ended.
    pub(super) fn end(&mut self, at: SimTime) {
        self.types.iter_mut().for_each(|means| means.pass(at));
    }

    /// The chart; none if there never was a GPU.
    pub(super) fn drawing(&self, about: &About<'_>) -> Option<Drawing> {
        let scenario = about.scenario;
        let mut types: Vec<(String, Stack)> = Vec::new();
        for (index, means) in self.types.iter().enumerate() {
            if 0 < means.totals().iter().sum::<u128>() {
                let name = scenario.gpu_types[index].display_name.clone();
                types.push((name, Stack::of(means)));
            }
        }
        let names: Vec<String> = types.iter().map(|(name, _)| name.clone()).collect();
        if TYPES < types.len() {
            let all = types.into_iter().map(|(_, stack)| stack).reduce(Stack::add)?;
            types = vec![(format!("all {} GPU types", names.len()), all)];
        } else if types.is_empty() {
            return None;
        }
        let height = if types.len() == 1 { 270.0 } else { 165.0 };
        let used = all_uses(&types);
        let mut plots: Vec<Plot> = Vec::new();
        for (name, stack) in &types {
            let mut plot = stack.plot(about, (name, height));
            plot.legend.retain(|entry| plots.is_empty() && used.contains(&entry.label.as_str()));
            plot.shows_x = plots.len() + 1 == types.len();
            plots.push(plot);
        }
        let title = format!("GPUs in use by kind, {}, {}", listed(&names), about.length());
        Some(layout::drawing(&about.heading(ChartKind::Occupancy, title), plots))
    }
}

/// The kinds of use that can be seen at all: some column has as much of it as half a pixel is high.
fn all_uses(types: &[(String, Stack)]) -> Vec<&'static str> {
    let in_column =
        |means: &[f64; USES], kind: usize| means.iter().sum::<f64>() < means[kind] * 300.0;
    let occurs = |kind: &usize| {
        types
            .iter()
            .any(|(_, stack)| stack.columns.iter().any(|(_, means)| in_column(means, *kind)))
    };
    (0..USES).filter(occurs).map(|kind| NAMES[kind]).collect()
}

/// Means of each kind in each column.
struct Stack {
    columns: Vec<(f64, [f64; USES])>,
    sold: u128,
    up: u128,
}

impl Stack {
    fn of(means: &Means<USES>) -> Self {
        let totals = means.totals();
        let sum = |kinds: &[u128]| kinds.iter().sum();
        Self { columns: means.means(), sold: sum(&totals[..SOLD]), up: sum(&totals[..USES - 1]) }
    }
    fn add(mut self, other: Self) -> Self {
        for ((_, ours), (_, theirs)) in self.columns.iter_mut().zip(other.columns) {
            ours.iter_mut().zip(theirs).for_each(|(our, their)| *our += their);
        }
        self.sold += other.sold;
        self.up += other.up;
        self
    }
    fn plot(&self, about: &About<'_>, (name, height): (&str, f64)) -> Plot {
        let most = self.columns.iter().map(|(_, means)| means.iter().sum::<f64>());
        let most = most.fold(0.0, f64::max);
        let y = Axis::from_zero("GPUs", Quantity::Count, (0.0, most), 5).ended_at(most);
        let share = percent(self.sold, self.up);
        let included = about.warm_up_included();
        let title = format!("{name}: {share} in use on average{included}");
        let mut plot = Plot::new(&title, Axis::of_run(about.scenario), y, height);
        let mut lower: Vec<(f64, f64)> = self.columns.iter().map(|(at, _)| (*at, 0.0)).collect();
        for kind in 0..USES {
            let means = self.columns.iter().map(|(at, means)| (*at, means[kind]));
            let means: Vec<(f64, f64)> = means.collect();
            plot.tell(NAMES[kind], FILLS[kind].colour, (&means, true));
            if means.iter().all(|(_, mean)| *mean <= 0.0) {
                continue;
            }
            let upper: Vec<(f64, f64)> =
                lower.iter().zip(&means).map(|(below, mean)| (below.0, below.1 + mean.1)).collect();
            plot.items.push(Item::Area(between(&upper, &lower), FILLS[kind]));
            lower = upper;
        }
        for kind in (0..USES).rev() {
            plot.entry(Key::Fill(FILLS[kind]), NAMES[kind]);
        }
        plot
    }
}

/// A part of a whole, as text.
#[expect(clippy::cast_precision_loss, reason = "a share of a percent needs fewer bits")]
fn percent(part: u128, whole: u128) -> String {
    Quantity::Share.written(part as f64 / whole.max(1) as f64)
}
