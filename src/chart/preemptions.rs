//! SIGTERMs to spot pods over time, by what displaced them.

use super::ChartKind;
use super::axis::Axis;
use super::columns::number;
use super::drawing::Drawing;
use super::layout;
use super::palette::{BLUE, Fill, GREEN, IDLE, INK, ORANGE, VERMILLION};
use super::plot::{Item, Key, Plot};
use super::quantity::Quantity;
use super::words::About;
use crate::ids::PodId;
use crate::journal::fact::EndReason;
use crate::scenario::Scenario;
use crate::units::{SimTime, Span};

/// What can end a spot pod's run, from the bottom of a bar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Cause {
    OnDemand,
    Worker,
    Bid,
    /// Spot costs more than it bids, and nobody took its place.
    Price,
    LongestRun,
}

impl Cause {
    const ALL: [Self; CAUSES] =
        [Self::OnDemand, Self::Worker, Self::Bid, Self::Price, Self::LongestRun];
    /// Of a displacement for `reason`, by whom if it was a pod, of one that has held its GPUs for `held`. Who gives way to
    /// nobody (SPOT-14) is told from who has held them as long as it may (POD-24) by that alone.
    fn of((reason, by): (EndReason, Option<PodId>), (held, longest): (Span, Option<Span>)) -> Self {
        match (reason == EndReason::Outbid, by) {
            (true, Some(_)) => Self::Bid,
            (true, None) if longest.is_some_and(|longest| longest <= held) => Self::LongestRun,
            (true, None) => Self::Price,
            (false, Some(_)) => Self::OnDemand,
            (false, None) => Self::Worker,
        }
    }
    const fn name(self) -> &'static str {
        match self {
            Self::OnDemand => "by on demand",
            Self::Worker => "by a serverless worker",
            Self::Bid => "by a higher bid",
            Self::Price => "price above its bid",
            Self::LongestRun => "after its longest run",
        }
    }
    const fn fill(self) -> Fill {
        match self {
            Self::OnDemand => Fill::plain(BLUE),
            Self::Worker => Fill::plain(GREEN),
            Self::Bid => Fill::plain(ORANGE),
            Self::Price => Fill::plain(VERMILLION),
            Self::LongestRun => Fill::hatched(IDLE, INK),
        }
    }
}

const CAUSES: usize = 5;

/// How long a bar is, in seconds: the least of which a run has no more than [`BARS`].
const LENGTHS: [u64; 16] = [
    1, 10, 60, 300, 600, 1_800, 3_600, 7_200, 14_400, 21_600, 43_200, 86_400, 172_800, 604_800,
    2_592_000, 31_536_000,
];
const BARS: u64 = 84;

/// What was gathered: how many in each bar, by cause.
#[derive(Clone, Debug)]
pub(super) struct Preemptions {
    bar: u64,
    longest_run: Option<Span>,
    counts: Vec<[u64; CAUSES]>,
}

impl Preemptions {
    pub(super) fn new(scenario: &Scenario) -> Self {
        let horizon = scenario.horizon.micros();
        let micros = |seconds: u64| seconds * Span::SECOND.micros();
        let fits = |seconds: &u64| horizon.div_ceil(micros(*seconds)) <= BARS;
        let bar = LENGTHS.into_iter().find(fits).map_or(horizon.div_ceil(BARS), micros);
        let bars = usize::try_from(horizon.div_ceil(bar)).expect("few bars");
        let longest_run = scenario.rules.longest_run;
        Self { bar, longest_run, counts: vec![[0; CAUSES]; bars.max(1)] }
    }
    fn count(&mut self, at: SimTime) -> &mut [u64; CAUSES] {
        let last = self.counts.len() - 1;
        let bar = usize::try_from(at.micros() / self.bar).map_or(last, |bar| bar.min(last));
        &mut self.counts[bar]
    }
    /// A pod got SIGTERM that holds its GPUs since `placed`.
    pub(super) fn displace(
        &mut self,
        (at, placed): (SimTime, SimTime),
        (reason, by): (EndReason, Option<PodId>),
    ) {
        let held = (at.saturating_since(placed), self.longest_run);
        self.count(at)[Cause::of((reason, by), held) as usize] += 1;
    }
    /// How many there were.
    pub(super) fn total(&self) -> u64 {
        self.counts.iter().flatten().sum()
    }

    /// The chart; none if there were none.
    pub(super) fn drawing(&self, about: &About<'_>) -> Option<Drawing> {
        if self.total() == 0 {
            return None;
        }
        let most = self.counts.iter().map(|bar| bar.iter().sum()).max().unwrap_or(0);
        let long = super::axis::length(Span::from_micros(self.bar));
        let long = long.strip_prefix("1 ").unwrap_or(&long);
        let y = Axis::from_zero(
            &format!("SIGTERMs per {long}"),
            Quantity::Count,
            (0.0, number(most)),
            5,
        );
        let mut plot = Plot::new("", Axis::of_run(about.scenario), y, 240.0);
        self.draw(&mut plot);
        let total = Quantity::Count.written(number(self.total()));
        let s = if self.total() == 1 { "" } else { "s" };
        let title = format!("{total} preemption{s} by cause, {}", about.length());
        Some(layout::drawing(&about.heading(ChartKind::Preemptions, title), vec![plot]))
    }

    fn draw(&self, plot: &mut Plot) {
        let start = |bar: usize| {
            let micros = self.bar * u64::try_from(bar).expect("few bars");
            Span::from_micros(micros).as_seconds_f64()
        };
        let width = start(1);
        let mut below = vec![0_u64; self.counts.len()];
        for cause in Cause::ALL {
            let (name, fill, cause) = (cause.name(), cause.fill(), cause as usize);
            let counts: Vec<(f64, f64)> = self
                .counts
                .iter()
                .enumerate()
                .map(|(bar, counts)| (start(bar), number(counts[cause])))
                .collect();
            if counts.iter().all(|(_, count)| *count < 0.5) {
                continue;
            }
            for (bar, counts) in self.counts.iter().enumerate() {
                let (from, to) = (below[bar], below[bar] + counts[cause]);
                if from < to {
                    let (left, right) = (start(bar) + width * 0.08, start(bar) + width * 0.92);
                    let (low, high) = ((left, number(from)), (right, number(to)));
                    plot.items.push(Item::Box(low, high, fill));
                }
                below[bar] = to;
            }
            plot.tell(name, fill.colour, (&counts, true));
            plot.legend
                .insert(0, super::plot::Entry { key: Key::Fill(fill), label: name.to_owned() });
        }
    }
}
