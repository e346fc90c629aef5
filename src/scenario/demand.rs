//! What customers want: demands, segments of customers, and how they arrive.

mod buying;
mod churn;
pub mod conduct;
mod trace_format;

pub use buying::{BidRule, Buying, FirstBid, PlanKept};
pub use churn::{Churn, Treatment};
pub use trace_format::TraceFormat;

use super::checkpointing::Checkpointing;
use super::model::{Cloud, FromTemplate, Image};
use crate::ids::{AccountId, SegmentId};
use crate::rng::draw::Distribution;
use crate::units::{Gb, Money, SimTime, Span};
use std::path::PathBuf;

/// The clouds that a request names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Clouds {
    /// Only secure hosts.
    Secure,
    /// Only community hosts.
    Community,
    /// Both.
    All,
}

impl Clouds {
    /// Whether `cloud` is among them.
    pub fn include(self, cloud: Cloud) -> bool {
        match self {
            Self::Secure => cloud == Cloud::Secure,
            Self::Community => cloud == Cloud::Community,
            Self::All => true,
        }
    }
}

/// What a request needs of a host. Requests of equal demands fit or fail together (POD-06).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Demand {
    /// Index into [`super::model::Scenario::type_lists`]: acceptable GPU types, preferred first.
    pub types: u32,
    /// Acceptable clouds.
    pub clouds: Clouds,
    /// GPUs; zero: access to the data alone (POD-13).
    pub gpus: u32,
    /// POD-14. vCPUs of a CPU pod, while it has no GPU; none: it is none.
    pub vcpus: u16,
    /// Least vCPUs (POD-02).
    pub min_vcpus: u32,
    /// Least memory (POD-02).
    pub min_memory: Gb,
    /// Container disk.
    pub container_disk: Gb,
    /// Volume.
    pub volume: Gb,
    /// API-02. The most that compute may cost per hour.
    pub deploy_cost: Option<Money>,
    /// CLD-05. Index into [`super::model::Scenario::sites`]: what it demands of the host's place.
    pub site: u32,
}

impl Demand {
    /// GPUs of one list of types, wherever they are, and nothing else.
    pub const fn of_gpus(types: u32, gpus: u32) -> Self {
        Self {
            types,
            clouds: Clouds::All,
            gpus,
            vcpus: 0,
            min_vcpus: 0,
            min_memory: Gb::ZERO,
            container_disk: Gb::ZERO,
            volume: Gb::ZERO,
            deploy_cost: None,
            site: 0,
        }
    }
    /// POD-14. CPU slots that it takes: none with GPUs, which bring their own vCPUs.
    pub const fn slots(&self) -> u16 {
        if self.gpus == 0 { self.vcpus } else { 0 }
    }
}

/// What becomes of a pod when its work is done (POD-20).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OnDone {
    /// It is terminated.
    #[default]
    Terminate,
    /// It is stopped.
    Stop,
}

/// POD-12. What a resume does on a full host.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WhenFull {
    /// It is refused.
    #[default]
    Refuse,
    /// It waits.
    Wait,
    /// It starts with zero GPUs.
    ZeroGpu,
    /// It goes to another host (POD-16).
    Move,
}

/// How the arrival rate moves over the day or week. Multiplies the mean rate; continuous in time.
#[derive(Clone, Debug, PartialEq)]
pub enum RateProfile {
    /// `1 + amplitude × cos(2π (hour − peak) / 24)`, amplitude 0 to 1.
    Daily {
        /// How far the rate swings about its mean.
        amplitude: f64,
        /// The hour of day (UTC) of the peak.
        peak_hour: f64,
    },
    /// Equally spaced multipliers over one day (UTC), joined by straight lines.
    Day(Vec<f64>),
    /// Equally spaced multipliers over one week from Monday 00:00 UTC, joined by straight lines.
    Week(Vec<f64>),
}

/// When customers arrive.
#[derive(Clone, Debug, PartialEq)]
pub enum ArrivalProcess {
    /// Independent arrivals at a mean rate.
    Poisson {
        /// Mean arrivals per second.
        per_second: f64,
        /// How the rate moves, by exact thinning.
        profile: Option<RateProfile>,
    },
    /// Independent gaps of one distribution, in seconds.
    Renewal {
        /// The gap.
        gap: Distribution,
    },
    /// A Markov-modulated Poisson process that cycles through its states.
    Bursts {
        /// (arrivals per second, mean stay in seconds), the first state first.
        states: Vec<(f64, f64)>,
    },
    /// Independent arrivals at the rates that a table counted.
    Counts(Counts),
    /// The rows of a trace, each an arrival with its own size, length, type, kind and bid.
    Replay(Replay),
}

/// Recorded counts of arrivals, as the rates of a Poisson process: within each of these times of equal
/// width the rate is constant, and as many come on average as were counted.
#[derive(Clone, Debug, PartialEq)]
pub struct Counts {
    /// How long each count holds.
    pub width: Span,
    /// Arrivals counted, one after another; beyond the last nobody comes.
    pub counts: Vec<u32>,
    /// How far into the counts the arrivals begin.
    pub from: Span,
    /// How many times as many come as were counted.
    pub times: f64,
}

/// What becomes of a trace's requests for a share of one GPU.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GpuShares {
    /// A whole GPU each.
    #[default]
    Whole,
    /// They are left out.
    Skip,
}

/// What becomes of a trace's requests without a GPU.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NoGpu {
    /// They are left out.
    #[default]
    Skip,
    /// They become pods with zero GPUs (POD-13).
    ZeroGpu,
}

/// What becomes of a trace's requests for more GPUs than [`Replay::largest_pod`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Larger {
    /// They become several pods, which ask at the same instant and go their own ways.
    #[default]
    Split,
    /// They are left out.
    Skip,
}

/// What becomes of the vCPUs and the memory that a trace's requests ask for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CpuMemory {
    /// They are the request's minima (POD-02), but for requests with zero GPUs (POD-13).
    #[default]
    Asked,
    /// They are left out; the segment's demand holds.
    Ignored,
}

/// What becomes of a trace's requests that no host could ever hold, be it empty.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Oversized {
    /// They are a problem of the scenario.
    #[default]
    Problem,
    /// They come, and the market refuses them.
    Refused,
}

/// A trace to replay.
#[derive(Clone, Debug, PartialEq)]
pub struct Replay {
    /// The file.
    pub path: PathBuf,
    /// What it is.
    pub format: TraceFormat,
    /// Arrivals before this instant of the trace are left out; it becomes time 0.
    pub from: SimTime,
    /// What becomes of shares of a GPU.
    pub gpu_shares: GpuShares,
    /// What becomes of requests without a GPU.
    pub no_gpu: NoGpu,
    /// The most GPUs of one pod (a pod lives on one host, HOST-01); none: as many as asked for.
    pub largest_pod: Option<u32>,
    /// What becomes of requests for more.
    pub larger: Larger,
    /// What becomes of vCPUs and memory.
    pub cpu_memory: CpuMemory,
    /// The trace's GPU type names and the `type_lists` index that each means; looked up in order.
    pub types: Vec<(String, u32)>,
}

/// How long the work of an arrival is.
#[derive(Clone, Debug, PartialEq)]
pub enum WorkLength {
    /// It runs so many seconds on the GPUs that it asks for.
    Duration(Distribution),
    /// So many GPU-seconds.
    GpuSeconds(Distribution),
    /// It runs until something else ends it.
    Endless,
}

/// Later deposits of each account of a segment.
#[derive(Clone, Debug, PartialEq)]
pub struct LaterDeposits {
    /// Seconds between them.
    pub every: Distribution,
    /// USD.
    pub amount: Distribution,
}

/// A segment: customers who behave alike.
#[derive(Clone, Debug, PartialEq)]
pub struct Segment {
    /// Its name.
    pub name: String,
    /// Its id.
    pub id: SegmentId,
    /// The first of its accounts; they are consecutive.
    pub first_account: AccountId,
    /// How many accounts it has; each arrival belongs to one of them, drawn uniformly.
    pub population: u32,
    /// When its customers arrive.
    pub arrivals: ArrivalProcess,
    /// How many arrive together; none: one.
    pub batch: Option<Distribution>,
    /// Its arrivals begin at this instant.
    pub from: SimTime,
    /// No arrival comes at or after this instant.
    pub until: SimTime,
    /// GPUs per pod (a discrete distribution of whole numbers), unless the trace says it.
    pub gpus: Distribution,
    /// What a pod needs beside its GPUs; `gpus` in it is replaced by the draw.
    pub demand: Demand,
    /// Their image.
    pub image: Image,
    /// TMPL-01. What their requests take from a template.
    pub template: Option<FromTemplate>,
    /// Work to do.
    pub work: WorkLength,
    /// USD that the work is worth; none: not stated.
    pub value: Option<Distribution>,
    /// Seconds that a request waits; none: for ever.
    pub patience: Option<Distribution>,
    /// How it buys.
    pub buying: Buying,
    /// PLAN-01. The savings plan that each of its accounts keeps.
    pub plan: Option<PlanKept>,
    /// What its customers decide for themselves; none: each asks once.
    pub conduct: Option<Box<conduct::Conduct>>,
    /// When its customers turn away; none: never.
    pub churn: Option<Box<Churn>>,
    /// What becomes of a pod when its work is done.
    pub on_done: OnDone,
    /// How its pods write checkpoints, if they do or their restarts take time.
    pub checkpoint: Option<Checkpointing>,
    /// USD that each account opens with.
    pub opening_balance: Distribution,
    /// Later deposits of each account.
    pub deposits: Option<LaterDeposits>,
    /// NVOL-05. The size of the network volume that each account makes and all of its pods have.
    pub network_volume: Option<Gb>,
}

/// One arrival with all of its attributes, drawn before anything in the market is asked.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Arrival {
    /// When.
    pub at: SimTime,
    /// Who pays.
    pub account: AccountId,
    /// What it needs.
    pub demand: Demand,
    /// How it buys.
    pub buying: Buying,
    /// Work to do; none: until told.
    pub work: Option<crate::units::GpuTime>,
    /// POD-13. How long after container up a pod is done that was asked for without a GPU, on which no GPU
    /// work can end; none: it stays until told, or has GPUs.
    pub stay: Option<Span>,
    /// What the work is worth.
    pub value: Option<Money>,
    /// How long it waits; [`Span::FOREVER`]: without end.
    pub patience: Span,
    /// Its image.
    pub image: Image,
    /// TMPL-01. What it takes from a template.
    pub template: Option<FromTemplate>,
    /// How long after it the job is to be done.
    pub deadline: Option<Span>,
    /// What the job may cost.
    pub budget: Option<Money>,
}
