//! What a trace file holds, for a person who has just got it: recognised by its header alone.
//!
//! Load is counted as if every request got its GPUs on arrival and kept them for its duration, with
//! no market in between. *Busy* GPUs count a share of a GPU as that share, *whole* ones as a whole
//! GPU, as a replay does by default. Oversubscription is load over the GPUs of a fleet that may serve
//! it.

pub mod load;
pub mod measured;
pub mod outages;
pub mod series;

use super::calendar::Moment;
use super::import::table::Table;
use super::import::{FileKind, Gpus, Requests, Row, TraceError, digest};
use super::openb::{self, Nodes};
use super::requests::rows::{Rows, Services};
use super::requests::survey::Survey;
use crate::scenario::demand::TraceFormat;
use crate::scenario::model::serverless::RequestTraceFormat;
use crate::units::{Gb, SimTime};
use load::Load;
use measured::{DurationsDescription, MeasuredDescription};
use outages::{AvailabilityDescription, FaultsDescription};
use series::{CountsDescription, PricesDescription};
use std::collections::BTreeMap;
use std::path::Path;

/// What a file holds.
#[derive(Clone, Debug, PartialEq)]
pub struct Description {
    /// What it is.
    pub kind: FileKind,
    /// Whether it is gzipped.
    pub compressed: bool,
    /// BLAKE3 of its bytes, in hexadecimal.
    pub digest: String,
    /// Its rows.
    pub rows: u64,
    /// What they say.
    pub content: Content,
}

/// What the rows of a file say.
#[derive(Clone, Debug, PartialEq)]
pub enum Content {
    /// Requests.
    Requests(Box<Requested>),
    /// Machines.
    Fleet(FleetDescription),
    /// Counts over time.
    Counts(CountsDescription),
    /// Prices.
    Prices(PricesDescription),
    /// Faults of hosts.
    Faults(FaultsDescription),
    /// Capacity.
    Availability(AvailabilityDescription),
    /// Requests to endpoints.
    Submissions(Box<Survey>),
    /// Run times of functions.
    Durations(DurationsDescription),
    /// Measured values.
    Measured(MeasuredDescription),
}

/// The requests of a trace.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Requested {
    /// The instant of the calendar that is the trace's zero; none where it counts seconds.
    pub zero: Option<Moment>,
    /// The first arrival.
    pub first_arrival: SimTime,
    /// The last arrival.
    pub last_arrival: SimTime,
    /// When the last request would end, each served on arrival.
    pub last_end: SimTime,
    /// Arrivals in each day from the trace's zero.
    pub per_day: Vec<u64>,
    /// Requests for whole GPUs.
    pub whole: u64,
    /// Requests for a share of one GPU.
    pub shares: u64,
    /// Requests without a GPU.
    pub without_gpu: u64,
    /// Requests that run until told.
    pub endless: u64,
    /// Requests that were never placed in the system that was recorded.
    pub never_placed: u64,
    /// Requests by the state in which the record leaves them; empty where the format has none.
    pub phases: BTreeMap<String, u64>,
    /// Requests for GPUs by how many they ask for, a share counting as 1.
    pub sizes: BTreeMap<u32, u64>,
    /// Requests that say to buy on demand, and those that say spot; the rest leave it open.
    pub kinds: (u64, u64),
    /// How many different accounts are named.
    pub accounts: u64,
    /// The load of all requests.
    pub load: Load,
    /// The load by the GPU types that are named, joined by `|`; the empty name is any type.
    pub by_type: Vec<(String, Load)>,
}

/// The machines of a fleet.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FleetDescription {
    /// Hosts with GPUs.
    pub hosts: u64,
    /// Machines without, which are left out.
    pub without_gpu: u64,
    /// GPUs of all hosts.
    pub gpus: u64,
    /// vCPUs of all hosts.
    pub vcpus: u64,
    /// Memory of all hosts in GB.
    pub memory_gb: u64,
    /// The hosts by GPU type, in order of name.
    pub models: Vec<ModelDescription>,
}

/// The hosts with GPUs of one type.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ModelDescription {
    /// The type's name.
    pub name: String,
    /// Hosts.
    pub hosts: u64,
    /// GPUs.
    pub gpus: u64,
    /// Hosts by their number of GPUs.
    pub sizes: BTreeMap<u32, u64>,
}

/// Load over the GPUs that may serve it; above 1 it can't all be served at once.
#[derive(Clone, Debug, PartialEq)]
pub struct Oversubscription {
    /// The GPU types that requests name, joined by `|`; empty: any. The whole trace comes first, with
    /// the name `*`.
    pub name: String,
    /// GPUs of the fleet that may serve them.
    pub gpus: u64,
    /// Mean busy GPUs over these.
    pub mean: f64,
    /// Most busy GPUs over these.
    pub peak: f64,
}

/// Says what the file at `path` holds.
///
/// # Errors
/// A file that is missing or unreadable, is of no known kind, or has a bad row.
pub fn describe(path: &Path) -> Result<Description, TraceError> {
    let table = Table::open(path)?;
    let (kind, compressed) = (table.kind(), table.is_compressed());
    let (content, rows) = match &kind {
        FileKind::Known(format) => read(table, *format)?,
        FileKind::Requests(format) => {
            let survey = if *format == RequestTraceFormat::AzureFunctions2019 {
                Survey::of_day(path)?
            } else {
                Survey::of(Rows::of(table, *format, Services::default())?)?
            };
            let rows = survey.rows;
            (Content::Submissions(Box::new(survey)), rows)
        }
        FileKind::Durations => {
            let (times, rows) = DurationsDescription::read(table)?;
            (Content::Durations(times), rows)
        }
        FileKind::Measured => {
            let (values, rows) = MeasuredDescription::read(table)?;
            (Content::Measured(values), rows)
        }
        FileKind::OtherTable(_) | FileKind::Empty | FileKind::Binary => {
            return Err(table.other_kind(kind, known_kinds()));
        }
    };
    Ok(Description { kind, compressed, digest: digest(path)?, rows, content })
}

/// All kinds of files that can be described.
fn known_kinds() -> String {
    let traces = TraceFormat::ALL.map(FileKind::Known).into_iter();
    let requests = RequestTraceFormat::ALL.map(FileKind::Requests).into_iter();
    let all = traces.chain(requests).chain([FileKind::Durations, FileKind::Measured]);
    all.map(|kind| kind.to_string()).collect::<Vec<_>>().join(", or ")
}

/// What the rows of an open file say, and how many they are.
fn read(table: Table, format: TraceFormat) -> Result<(Content, u64), TraceError> {
    Ok(match format {
        TraceFormat::OpenbNodes => {
            let nodes = openb::nodes_of(table)?;
            let rows = nodes.without_gpu + count(nodes.nodes.len());
            (Content::Fleet(FleetDescription::of(&nodes)), rows)
        }
        TraceFormat::Plain
        | TraceFormat::OpenbPods
        | TraceFormat::PhillyJobs
        | TraceFormat::DlrmInstances => {
            let mut requests = Requests::of(table, format)?;
            let requested = Requested::read(&mut requests)?;
            (Content::Requests(Box::new(requested)), requests.rows())
        }
        TraceFormat::PhillyNodes | TraceFormat::HeliosThroughput | TraceFormat::HeliosOccupancy => {
            let (counts, rows) = CountsDescription::read(table)?;
            (Content::Counts(counts), rows)
        }
        TraceFormat::AwsSpot2015
        | TraceFormat::AwsSpot2020
        | TraceFormat::AzureSpot2020
        | TraceFormat::PlainPrices => {
            let (prices, rows) = PricesDescription::read(table, format)?;
            (Content::Prices(prices), rows)
        }
        TraceFormat::GpuHostFaults => {
            let mut table = table;
            let faults = FaultsDescription::read(&mut table)?;
            (Content::Faults(faults), table.rows())
        }
        TraceFormat::SpotAvailability => {
            let (series, rows) = AvailabilityDescription::read(table)?;
            (Content::Availability(series), rows)
        }
    })
}

fn count(length: usize) -> u64 {
    u64::try_from(length).expect("a length fits in 64 bits")
}

impl Requested {
    fn read(requests: &mut Requests) -> Result<Self, TraceError> {
        let mut found = Self::default();
        let mut all = load::Counter::default();
        let mut types: Vec<(String, load::Counter)> = Vec::new();
        let mut accounts = std::collections::BTreeSet::new();
        while let Some(row) = requests.next()? {
            found.count(&row);
            if !accounts.contains(row.account) {
                accounts.insert(row.account.to_owned());
            }
            all.add(&row);
            let index = types.iter().position(|(name, _)| name == row.gpu_type);
            let index = index.unwrap_or_else(|| {
                types.push((row.gpu_type.to_owned(), load::Counter::default()));
                types.len() - 1
            });
            types[index].1.add(&row);
        }
        accounts.remove("");
        found.zero = requests.zero();
        found.accounts = count(accounts.len());
        let window = (found.first_arrival, found.last_end);
        found.load = all.finish(window);
        types.sort_by(|a, b| a.0.cmp(&b.0));
        found.by_type =
            types.into_iter().map(|(name, counter)| (name, counter.finish(window))).collect();
        Ok(found)
    }
    fn count(&mut self, row: &Row<'_>) {
        use super::import::RowKind::{OnDemand, Spot};
        if self.whole + self.shares + self.without_gpu == 0 {
            self.first_arrival = row.arrival;
        }
        self.last_arrival = row.arrival;
        let end = row.duration.map_or(row.arrival, |span| row.arrival.saturating_add(span));
        self.last_end = self.last_end.max(end);
        let day = row.arrival.micros() / crate::units::Span::DAY.micros();
        let day = usize::try_from(day).unwrap_or(usize::MAX).min(LONGEST_TRACE_DAYS);
        if self.per_day.len() <= day {
            self.per_day.resize(day + 1, 0);
        }
        self.per_day[day] += 1;
        let size = match row.gpus {
            Gpus::Whole(0) => None,
            Gpus::Whole(gpus) => Some(gpus),
            Gpus::Thousandths(_) => Some(1),
        };
        self.without_gpu += u64::from(size.is_none());
        self.shares += u64::from(matches!(row.gpus, Gpus::Thousandths(_)));
        self.whole += u64::from(matches!(row.gpus, Gpus::Whole(1..)));
        if let Some(size) = size {
            *self.sizes.entry(size).or_default() += 1;
        }
        self.endless += u64::from(row.duration.is_none());
        self.never_placed += u64::from(!row.was_placed);
        if !row.phase.is_empty() {
            if let Some(count) = self.phases.get_mut(row.phase) {
                *count += 1;
            } else {
                self.phases.insert(row.phase.to_owned(), 1);
            }
        }
        match row.kind {
            Some(OnDemand) => self.kinds.0 += 1,
            Some(Spot(_)) => self.kinds.1 += 1,
            None => {}
        }
    }
    /// This load over the GPUs of `fleet`: of all requests, then by the GPU types that they name.
    pub fn oversubscription(&self, fleet: &FleetDescription) -> Vec<Oversubscription> {
        let of = |name: &str, gpus: u64, load: &Load| {
            let over = |busy: f64| if gpus == 0 { f64::INFINITY } else { busy / as_f64(gpus) };
            let (mean, peak) = (over(load.mean_busy), over(load.peak_busy));
            Oversubscription { name: name.to_owned(), gpus, mean, peak }
        };
        let mut rows = vec![of("*", fleet.gpus, &self.load)];
        rows.extend(self.by_type.iter().map(|(name, load)| of(name, fleet.able(name), load)));
        rows
    }
}

/// Later arrivals are counted in this day: a trace of some three thousand years.
const LONGEST_TRACE_DAYS: usize = 1_000_000;

impl FleetDescription {
    /// Describes a list of nodes.
    pub fn of(nodes: &Nodes) -> Self {
        let mut models: BTreeMap<&str, ModelDescription> = BTreeMap::new();
        for node in &nodes.nodes {
            let model = models.entry(&node.model).or_default();
            model.hosts += 1;
            model.gpus += u64::from(node.gpus);
            *model.sizes.entry(node.gpus).or_default() += 1;
        }
        let sum = |amount: fn(&openb::Node) -> u32| {
            nodes.nodes.iter().map(|node| u64::from(amount(node))).sum()
        };
        Self {
            hosts: count(nodes.nodes.len()),
            without_gpu: nodes.without_gpu,
            gpus: sum(|node| node.gpus),
            vcpus: sum(|node| node.vcpus),
            memory_gb: sum(|node| Gb::get(node.memory)),
            models: models
                .into_iter()
                .map(|(name, model)| ModelDescription { name: name.to_owned(), ..model })
                .collect(),
        }
    }
    /// GPUs of the types whose names are joined by `|` in `names`; all if it is empty.
    pub fn able(&self, names: &str) -> u64 {
        let named = |model: &&ModelDescription| {
            names.is_empty() || names.split('|').any(|name| name.trim() == model.name)
        };
        self.models.iter().filter(named).map(|model| model.gpus).sum()
    }
}

#[expect(clippy::cast_precision_loss, reason = "fleets have fewer than 2^53 GPUs")]
fn as_f64(count: u64) -> f64 {
    count as f64
}
