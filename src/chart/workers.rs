//! Workers of endpoints against their queues, over time.

use super::ChartKind;
use super::axis::Axis;
use super::columns::{Columns, Means, number};
use super::drawing::Drawing;
use super::layout;
use super::palette::{BLUE, Dash, Fill, GREEN, GREY, IDLE, INK, ORANGE, Stroke};
use super::plot;
use super::plot::{Item, Key, Plot, between, simplified, stairs};
use super::quantity::Quantity;
use super::words::{About, listed};
use crate::ids::{EndpointId, Id};
use crate::journal::Fact;
use crate::journal::fact::{RequestEnded, WorkerAt, WorkerId};
use crate::scenario::Scenario;
use crate::units::SimTime;
use std::collections::BTreeMap;

/// So many endpoints are shown: those with the most requests.
const ENDPOINTS: usize = 3;

const STATES: usize = 4;
const NAMES: [&str; STATES] = ["busy", "idle", "starting", "waiting for GPUs"];
const FILLS: [Fill; STATES] =
    [Fill::plain(BLUE), Fill::plain(GREEN), Fill::plain(ORANGE), Fill::hatched(IDLE, GREY)];

/// A worker that there is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Waits,
    Starts,
    /// Ready, with so many jobs in hand.
    Ready(u32),
}

impl State {
    const fn place(self) -> usize {
        match self {
            Self::Ready(0) => 1,
            Self::Ready(_) => 0,
            Self::Starts => 2,
            Self::Waits => 3,
        }
    }
}

/// One endpoint.
#[derive(Clone, Debug)]
struct Line {
    workers: Means<STATES>,
    queue: Means<1>,
    submitted: u64,
}

/// What was gathered.
#[derive(Clone, Debug)]
pub(super) struct Workers {
    endpoints: Vec<Option<Box<Line>>>,
    states: BTreeMap<WorkerId, State>,
    columns: Columns,
}

impl Workers {
    pub(super) fn new(scenario: &Scenario) -> Self {
        Self {
            endpoints: vec![None; scenario.endpoints.len()],
            states: BTreeMap::new(),
            columns: Columns::of(scenario.horizon),
        }
    }
    fn line(&mut self, endpoint: EndpointId) -> &mut Line {
        let columns = self.columns;
        self.endpoints[endpoint.index()].get_or_insert_with(|| {
            let (workers, queue) = (Means::new(columns), Means::new(columns));
            Box::new(Line { workers, queue, submitted: 0 })
        })
    }
    /// Takes in what `fact` says of workers and requests.
    #[expect(clippy::wildcard_enum_match_arm, reason = "all other facts leave them as they are")]
    pub(super) fn hear(&mut self, at: SimTime, fact: &Fact) {
        match *fact {
            Fact::WorkerAsked(ref asked) => self.go(at, asked.worker, Some(State::Waits)),
            Fact::WorkerThrottled(worker) => self.go(at, worker, Some(State::Waits)),
            Fact::WorkerReserved(WorkerAt { worker, .. }) => {
                self.go(at, worker, Some(State::Starts));
            }
            Fact::WorkerWoken(ref woken) => self.go(at, woken.worker, Some(State::Starts)),
            Fact::WorkerReady(ref ready) => self.go(at, ready.worker, Some(State::Ready(0))),
            Fact::WorkerStopped(ref stopped) => self.go(at, stopped.worker, None),
            Fact::WorkerWithdrawn(worker) => self.go(at, worker, None),
            Fact::RequestSubmitted(ref submitted) => {
                self.line(submitted.endpoint).submitted += 1;
                self.queue(at, submitted.endpoint, 1);
            }
            Fact::RequestStarted(ref taken) => {
                self.queue(at, taken.worker.endpoint, -1);
                self.jobs(at, taken.worker, 1);
            }
            Fact::RequestRequeued(ref back) => {
                self.queue(at, back.worker.endpoint, 1);
                self.jobs(at, back.worker, -1);
            }
            Fact::RequestEnded(ref ended) if ended.status.is_final() => self.end_request(at, ended),
            _ => {}
        }
    }
    fn end_request(&mut self, at: SimTime, ended: &RequestEnded) {
        match ended.worker.filter(|_| ended.started.is_some()) {
            Some(worker) => self.jobs(at, worker, -1),
            None => self.queue(at, ended.endpoint, -1),
        }
    }
    fn queue(&mut self, at: SimTime, endpoint: EndpointId, by: i32) {
        let [waiting] = self.line(endpoint).queue.at(at);
        *waiting = waiting.saturating_add_signed(by);
    }
    fn jobs(&mut self, at: SimTime, worker: WorkerId, by: i32) {
        if let Some(State::Ready(jobs)) = self.states.get(&worker).copied() {
            self.go(at, worker, Some(State::Ready(jobs.saturating_add_signed(by))));
        }
    }
    fn go(&mut self, at: SimTime, worker: WorkerId, state: Option<State>) {
        let before = match state {
            Some(state) => self.states.insert(worker, state),
            None => self.states.remove(&worker),
        };
        let (before, after) = (before.map(State::place), state.map(State::place));
        if before != after {
            let counts = self.line(worker.endpoint).workers.at(at);
            before.into_iter().for_each(|place| counts[place] -= 1);
            after.into_iter().for_each(|place| counts[place] += 1);
        }
    }
    /// The run has ended.
    pub(super) fn end(&mut self, at: SimTime) {
        for line in self.endpoints.iter_mut().flatten() {
            line.workers.pass(at);
            line.queue.pass(at);
        }
    }

    /// The chart; none if no endpoint was ever called or had a worker.
    pub(super) fn drawing(&self, about: &About<'_>) -> Option<Drawing> {
        let mut shown: Vec<(usize, &Line)> = Vec::new();
        for (index, line) in self.endpoints.iter().enumerate() {
            shown.extend(line.as_deref().map(|line| (index, line)));
        }
        shown.sort_by_key(|(_, line)| std::cmp::Reverse(line.submitted));
        shown.truncate(ENDPOINTS);
        if shown.is_empty() {
            return None;
        }
        let name = |(index, _): &(usize, &Line)| about.scenario.endpoints[*index].name.clone();
        let names: Vec<String> = shown.iter().map(name).collect();
        let heights = if shown.len() == 1 { (190.0, 100.0) } else { (105.0, 60.0) };
        let mut plots: Vec<Plot> = Vec::new();
        for ((_, line), name) in shown.iter().zip(&names) {
            plots.extend(line.plots(about.scenario, name, heights));
        }
        plot::share_legend(&mut plots);
        if let Some(last) = plots.last_mut() {
            last.shows_x = true;
        }
        let title = format!("Workers and queue, {}, {}", listed(&names), about.length());
        Some(layout::drawing(&about.heading(ChartKind::Workers, title), plots))
    }
}

impl Line {
    fn plots(&self, scenario: &Scenario, name: &str, (high, low): (f64, f64)) -> [Plot; 2] {
        let means = self.workers.means();
        let most = means.iter().map(|(_, of)| of.iter().sum::<f64>()).fold(0.0, f64::max);
        let y = Axis::from_zero("workers", Quantity::Count, (0.0, most), 4);
        let calls = Quantity::Count.written(number(self.submitted));
        let title = format!("{name}, {calls} requests");
        let mut plot = Plot::new(&title, Axis::of_run(scenario), y, high);
        let mut lower: Vec<(f64, f64)> = means.iter().map(|(at, _)| (*at, 0.0)).collect();
        for state in 0..STATES {
            let own: Vec<(f64, f64)> = means.iter().map(|(at, of)| (*at, of[state])).collect();
            plot.tell(NAMES[state], FILLS[state].colour, (&own, true));
            let upper: Vec<(f64, f64)> =
                lower.iter().zip(&own).map(|(below, own)| (below.0, below.1 + own.1)).collect();
            if own.iter().any(|(_, mean)| 0.0 < *mean) {
                plot.items.push(Item::Area(between(&upper, &lower), FILLS[state]));
            }
            lower = upper;
        }
        let seen = |state: &usize| means.iter().any(|(_, of)| 0.02 < of[*state]);
        for state in (0..STATES).rev().filter(seen) {
            plot.entry(Key::Fill(FILLS[state]), NAMES[state]);
        }
        plot.shows_x = false;
        [plot, self.queue_plot(scenario, low)]
    }

    fn queue_plot(&self, scenario: &Scenario, height: f64) -> Plot {
        let waiting: Vec<(f64, f64)> =
            self.queue.means().into_iter().map(|(at, [mean])| (at, mean)).collect();
        let most = waiting.iter().map(|point| point.1).fold(0.0, f64::max);
        let quantity = if most < 1.0 { Quantity::Number } else { Quantity::Count };
        let y = Axis::from_zero("requests in the queue", quantity, (0.0, most), 3);
        let mut plot = Plot::new("", Axis::of_run(scenario), y, height);
        plot.tell("in the queue", INK, (&waiting, true));
        plot.line(simplified(stairs(&waiting)), Stroke::new(INK, 1.2, Dash::Solid));
        plot.shows_x = false;
        plot
    }
}
