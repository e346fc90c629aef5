//! The charts: pictures made of facts, or of a study's results.
//!
//! - Of a run: [`Gathering`] hears the facts, keeps of each what its chart can show (columns of time as wide as a
//!   pixel, histograms, a few accounts and hosts), and gives a [`Drawing`] for each kind in the end.
//! - Of a study: [`forest::Forest`], [`capacity::CapacityCurve`] and [`heat_map::HeatMap`] are plain tables that
//!   draw themselves.
//!
//! A drawing is made once, of shapes at places in pixels, and shown as SVG or PNG by the backends of plotters. Axes,
//! legends and ticks are ours: days and dollars want other ticks than plain numbers, legends stand beside the data,
//! and a page that shows values beside the pointer needs to know where each value lies. Colours are safe for the
//! colour-blind and differ in lightness; lines differ in their dashes, areas that say that something is not there
//! are hatched. The font is inside. The same facts give the same bytes, in both formats.

mod axis;
mod balance;
mod columns;
mod drawing;
mod font;
mod gathering;
mod hosts;
mod layout;
mod occupancy;
mod palette;
mod picture;
mod pixels;
mod plot;
mod preemptions;
mod prices;
mod quantity;
mod revenue;
mod sample;
mod svg;
mod usage;
mod waits;
mod words;
mod workers;

pub mod capacity;
pub mod forest;
pub mod heat_map;

pub use axis::{Axis, Scale, Tick};
pub use drawing::{Area, Drawing, Panel, style_sheet};
pub use gathering::Gathering;
pub use plot::Series;
pub use quantity::Quantity;

/// How a chart is written to a file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Format {
    /// Scalable, with text as text.
    #[default]
    Svg,
    /// Pixels: twice as many in each direction as the SVG says.
    Png,
}

impl Format {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Svg, Self::Png];
    /// Its name, and the ending of its files.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Svg => "svg",
            Self::Png => "png",
        }
    }
}

/// What a chart shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ChartKind {
    /// GPUs in use over time, stacked by the kind of use.
    Occupancy,
    /// List price, spot price, floor, least winning bid, and the bids themselves.
    Prices,
    /// How many requests for pods got their GPUs within which time.
    Waits,
    /// The same of requests to endpoints: in the queue, and until they were served.
    Latency,
    /// Spot pods that got SIGTERM, over time, by what displaced them.
    Preemptions,
    /// What a few accounts have left, between postings, too, and where they are stopped.
    Balance,
    /// Workers of endpoints against their queues.
    Workers,
    /// What each host did when.
    Hosts,
    /// Where revenue comes from, and where it goes.
    Revenue,
    /// Paired differences of a comparison, with intervals.
    Forest,
    /// What is attained at which capacity, and at what cost.
    Capacity,
    /// A metric over two axes of a sweep.
    HeatMap,
}

impl ChartKind {
    /// Those of a run.
    pub const OF_RUN: [Self; 9] = *Self::ALL.first_chunk().expect("studies' stand last");
    /// All, those of studies last.
    pub const ALL: [Self; 12] = [
        Self::Occupancy,
        Self::Prices,
        Self::Waits,
        Self::Latency,
        Self::Preemptions,
        Self::Balance,
        Self::Workers,
        Self::Hosts,
        Self::Revenue,
        Self::Forest,
        Self::Capacity,
        Self::HeatMap,
    ];

    /// Its name on the command line, and its file's without the ending.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Occupancy => "occupancy",
            Self::Prices => "prices",
            Self::Waits => "waits",
            Self::Latency => "latency",
            Self::Preemptions => "preemptions",
            Self::Balance => "balance",
            Self::Workers => "workers",
            Self::Hosts => "hosts",
            Self::Revenue => "revenue",
            Self::Forest => "forest",
            Self::Capacity => "capacity",
            Self::HeatMap => "heat_map",
        }
    }
    /// What a run or a study is like that has nothing to show of it.
    pub const fn nothing(self) -> &'static str {
        match self {
            Self::Occupancy | Self::Hosts => "there was no host",
            Self::Prices => "no price moved, and nobody bid",
            Self::Waits => "no pod that was asked for after the warm-up had to wait for its GPUs",
            Self::Latency => "no request to an endpoint was served after the warm-up",
            Self::Preemptions => "no pod was preempted",
            Self::Balance => "no account paid for anything",
            Self::Workers => "no endpoint was called or had a worker",
            Self::Revenue => "nothing was sold after the warm-up",
            Self::Forest => "nothing was compared",
            Self::Capacity => "no capacity was tried",
            Self::HeatMap => "no cell has a value",
        }
    }
    /// Whether a file of this name is one of our charts.
    pub fn is_file(name: &str) -> bool {
        let Some((stem, ending)) = name.split_once('.') else { return false };
        Self::ALL.iter().any(|kind| kind.word() == stem)
            && Format::ALL.iter().any(|format| format.word() == ending)
    }
}
