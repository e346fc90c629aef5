//! What each of a number of hosts did when: its GPUs by the kind of their use, and when it was not available.

use super::ChartKind;
use super::axis::Axis;
use super::columns::{Columns, Means, number, seconds};
use super::drawing::Drawing;
use super::layout;
use super::palette::{Fill, INK, PAPER};
use super::plot::{Item, Key, Plot, between};
use super::quantity::Quantity;
use super::usage::{FILLS, NAMES, SOLD, USES, Uses};
use super::words::About;
use crate::ids::{HostId, Id};
use crate::journal::fact::Supplied;
use crate::scenario::Scenario;
use crate::units::SimTime;

/// So many hosts are shown: those whose use changed most often, in the order of the scenario.
const SHOWN: usize = 20;
/// So many are watched: the first.
const WATCHED: usize = 256;
/// Columns of their time: less than pixels, as there are many rows.
const COLUMNS: u32 = 360;
/// So many outages of a host are remembered.
const OUTAGES: usize = 400;
/// In pixels.
const ROW: f64 = 19.0;

const AWAY: usize = USES - 1;
const OUTAGE: Fill = Fill::hatched(PAPER, INK);

/// What one host did.
#[derive(Clone, Debug)]
struct Life {
    name: String,
    gpus: u32,
    uses: Means<USES>,
    changes: u64,
    outages: Vec<(SimTime, SimTime)>,
    out_since: Option<SimTime>,
}

impl Life {
    fn occupy(&mut self, at: SimTime, uses: Uses) {
        if *self.uses.now() == uses {
            return;
        }
        *self.uses.at(at) = uses;
        self.changes += 1;
        match (self.out_since, 0 < uses[AWAY]) {
            (None, true) => self.out_since = Some(at),
            (Some(since), false) => {
                if self.outages.len() < OUTAGES {
                    self.outages.push((since, at));
                }
                self.out_since = None;
            }
            _ => {}
        }
    }
}

/// What was gathered.
#[derive(Clone, Debug)]
pub(super) struct Hosts {
    lives: Vec<Life>,
    all: u64,
    columns: Columns,
}

impl Hosts {
    pub(super) fn new(scenario: &Scenario) -> Self {
        let columns = Columns::few(scenario.horizon, COLUMNS);
        let mut hosts = Self { lives: Vec::new(), all: 0, columns };
        for host in &scenario.hosts {
            hosts.add(host.name.clone(), host.gpus);
        }
        hosts
    }
    fn add(&mut self, name: String, gpus: u32) {
        self.all += 1;
        if self.lives.len() < WATCHED {
            let uses = Means::new(self.columns);
            let (outages, out_since) = (Vec::new(), None);
            self.lives.push(Life { name, gpus, uses, changes: 0, outages, out_since });
        }
    }
    /// A provider's host that was not there so far.
    pub(super) fn supply(&mut self, scenario: &Scenario, supplied: &Supplied) {
        let gpus = scenario.hosts[supplied.like.index()].gpus;
        self.add(scenario.supplied_name(supplied.supply, supplied.number), gpus);
    }
    /// A host's GPUs are used otherwise from now on.
    pub(super) fn occupy(&mut self, at: SimTime, host: HostId, uses: Uses) {
        if let Some(life) = self.lives.get_mut(host.index()) {
            life.occupy(at, uses);
        }
    }
    /// The run has ended.
    pub(super) fn end(&mut self, at: SimTime) {
        for life in &mut self.lives {
            life.uses.pass(at);
            if let Some(since) = life.out_since.take() {
                life.outages.push((since, at));
            }
        }
    }

    /// The chart; none if no host was ever there.
    pub(super) fn drawing(&self, about: &About<'_>) -> Option<Drawing> {
        let mut shown: Vec<usize> = (0..self.lives.len()).collect();
        shown.retain(|index| 0 < self.lives[*index].changes);
        let there = shown.len();
        shown.sort_by_key(|index| std::cmp::Reverse(self.lives[*index].changes));
        shown.truncate(SHOWN);
        shown.sort_unstable();
        if shown.is_empty() {
            return None;
        }
        let lives: Vec<&Life> = shown.iter().map(|index| &self.lives[*index]).collect();
        let plot = plot(about.scenario, &lives);
        let count = Quantity::Count.written(number(self.all));
        let which = if shown.len() < there {
            format!("the {} busiest of {count} hosts", shown.len())
        } else {
            format!("{} host{}", shown.len(), if shown.len() == 1 { "" } else { "s" })
        };
        let title = format!("What {which} did, {}", about.length());
        Some(layout::drawing(&about.heading(ChartKind::Hosts, title), vec![plot]))
    }
}

fn plot(scenario: &Scenario, lives: &[&Life]) -> Plot {
    let name = |life: &&Life| format!("{} × {}", life.name, life.gpus);
    let names: Vec<String> = lives.iter().map(name).collect();
    let rows = f64::from(u32::try_from(lives.len()).expect("few rows"));
    let y = Axis::places("host × GPUs; a row is as high as all of them", &names, true);
    let mut plot = Plot::new("", Axis::of_run(scenario), y, rows * ROW);
    let mut seen = [false; USES];
    for (row, life) in (0_u32..).zip(lives) {
        add_row(&mut plot, (f64::from(row), life), &mut seen);
    }
    for kind in (0..AWAY).rev().filter(|kind| seen[*kind]) {
        plot.entry(Key::Fill(FILLS[kind]), NAMES[kind]);
    }
    if lives.iter().any(|life| !life.outages.is_empty()) {
        plot.entry(Key::Fill(OUTAGE), NAMES[AWAY]);
    }
    plot
}

/// The share of a row that is left free above it.
const GAP: f64 = 0.14;

fn add_row(plot: &mut Plot, (row, life): (f64, &Life), seen: &mut [bool; USES]) {
    let means = life.uses.means();
    let bottom = row + 1.0 - GAP / 2.0;
    let per_gpu = (1.0 - GAP) / f64::from(life.gpus.max(1));
    let mut lower: Vec<(f64, f64)> = means.iter().map(|(at, _)| (*at, bottom)).collect();
    for kind in 0..AWAY {
        let own = means.iter().map(|(_, uses)| uses[kind]);
        if own.clone().all(|mean| mean <= 0.0) {
            continue;
        }
        seen[kind] |= means.iter().any(|(_, uses)| f64::from(life.gpus) < uses[kind] * 30.0);
        let upper = lower.iter().zip(own).map(|(below, mean)| (below.0, below.1 - mean * per_gpu));
        let upper: Vec<(f64, f64)> = upper.collect();
        plot.items.push(Item::Area(between(&upper, &lower), FILLS[kind]));
        lower = upper;
    }
    for (from, to) in &life.outages {
        // A short one is shown as a column wide, so that it is seen.
        let least = plot.x.to / f64::from(COLUMNS);
        let left = seconds(*from);
        let right = seconds(*to).max(left + least).min(plot.x.to);
        plot.items.push(Item::Box((left, row + GAP / 2.0), (right, bottom), OUTAGE));
    }
    let sold = means.iter().map(|(at, uses)| (*at, uses[..SOLD].iter().sum()));
    plot.tell(&format!("{}, GPUs sold", life.name), INK, (&sold.collect::<Vec<_>>(), true));
}
