//! Traces of requests: read row by row in any known format, and checked whole before a run.
//!
//! Each format turns its rows into a [`Row`], which says exactly what the file says; what the file
//! leaves open stays open, for the segment to say. Rows have to be sorted by arrival.

pub mod cell;
pub mod error;
pub mod table;

pub use error::{FileKind, TraceError};
pub use table::{digest, line};

use super::{openb, plain};
use crate::scenario::demand::{Clouds, GpuShares, NoGpu, Replay, TraceFormat};
use crate::units::{Gb, GpuTime, Money, SimTime, Span};
use error::Cell;
use std::collections::BTreeSet;
use std::path::Path;
use table::Table;

/// How many GPUs a request of a trace asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gpus {
    /// Whole ones, or none.
    Whole(u32),
    /// A share of one GPU, in thousandths.
    Thousandths(u32),
}

impl Gpus {
    /// How many pods' GPUs it becomes; none: the request is left out.
    pub fn asked(self, shares: GpuShares, no_gpu: NoGpu) -> Option<u32> {
        match (self, shares, no_gpu) {
            (Self::Whole(0), _, NoGpu::Skip) | (Self::Thousandths(_), GpuShares::Skip, _) => None,
            (Self::Whole(gpus), _, _) => Some(gpus),
            (Self::Thousandths(_), GpuShares::Whole, _) => Some(1),
        }
    }
    /// The GPU-time of `span`, shares as shares.
    pub fn for_span(self, span: Span) -> GpuTime {
        match self {
            Self::Whole(gpus) => GpuTime::new(gpus, span),
            Self::Thousandths(share) => {
                let gpu_micros = GpuTime::new(share, span).gpu_micros().div_euclid(1_000);
                GpuTime::from_gpu_micros(gpu_micros)
            }
        }
    }
}

/// How a request of a trace buys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RowKind {
    /// On demand.
    OnDemand,
    /// Spot, at this bid per GPU-hour; none: the segment's.
    Spot(Option<Money>),
}

/// One request as a trace states it. What is none or empty is not stated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Row<'a> {
    /// When it arrives, from the trace's zero.
    pub arrival: SimTime,
    /// How long it needs its GPUs; none: until told.
    pub duration: Option<Span>,
    /// The GPUs.
    pub gpus: Gpus,
    /// Names of acceptable GPU types joined by `|`, preferred first.
    pub gpu_type: &'a str,
    /// How it buys.
    pub kind: Option<RowKind>,
    /// Acceptable clouds.
    pub cloud: Option<Clouds>,
    /// Least vCPUs.
    pub min_vcpus: Option<u32>,
    /// Least memory.
    pub min_memory: Option<Gb>,
    /// Container disk.
    pub container_disk: Option<Gb>,
    /// Volume.
    pub volume: Option<Gb>,
    /// Size of the image.
    pub image: Option<Gb>,
    /// API-02. The most that compute may cost per hour.
    pub deploy_cost: Option<Money>,
    /// How long it waits.
    pub patience: Option<Span>,
    /// What the work is worth.
    pub value: Option<Money>,
    /// Who pays.
    pub account: &'a str,
    /// The state in which the record leaves it, in the trace's own word.
    pub phase: &'a str,
    /// Whether it ever got its GPUs in the system that was recorded.
    pub was_placed: bool,
}

impl Row<'_> {
    /// A request at `arrival` of which nothing else is stated.
    pub const fn at(arrival: SimTime) -> Self {
        Self {
            arrival,
            duration: None,
            gpus: Gpus::Whole(0),
            gpu_type: "",
            kind: None,
            cloud: None,
            min_vcpus: None,
            min_memory: None,
            container_disk: None,
            volume: None,
            image: None,
            deploy_cost: None,
            patience: None,
            value: None,
            account: "",
            phase: "",
            was_placed: true,
        }
    }
}

#[derive(Debug)]
enum Columns {
    Plain(plain::Columns),
    OpenbPods(openb::PodColumns),
}

impl Columns {
    fn row<'a>(&self, record: &'a csv::StringRecord) -> Result<Row<'a>, Cell> {
        match self {
            Self::Plain(columns) => columns.row(record),
            Self::OpenbPods(columns) => columns.row(record),
        }
    }
    /// The column of the arrival.
    const fn arrival(&self) -> &'static str {
        match self {
            Self::Plain(_) => "arrival_s",
            Self::OpenbPods(_) => "creation_time",
        }
    }
}

/// The requests of a trace, one by one.
pub struct Requests {
    table: Table,
    columns: Columns,
    previous: SimTime,
}

impl Requests {
    /// Opens a trace of this format.
    ///
    /// # Errors
    /// A file that is missing or unreadable, is of another kind, or lacks a column.
    pub fn open(path: &Path, format: TraceFormat) -> Result<Self, TraceError> {
        Self::of(Table::open(path)?, format)
    }
    /// The requests of an open file.
    pub(in crate::workload) fn of(table: Table, format: TraceFormat) -> Result<Self, TraceError> {
        table.must_be(format)?;
        let columns = match format {
            TraceFormat::Plain => Columns::Plain(plain::Columns::find(&table)?),
            TraceFormat::OpenbPods => Columns::OpenbPods(openb::PodColumns::find(&table)?),
            TraceFormat::OpenbNodes => {
                let expected = "a trace of requests: a list of nodes is a fleet".to_owned();
                return Err(table.other_kind(FileKind::Known(format), expected));
            }
        };
        Ok(Self { table, columns, previous: SimTime::ZERO })
    }
    /// How many rows have been read.
    pub const fn rows(&self) -> u64 {
        self.table.rows()
    }
    /// The next request.
    ///
    /// # Errors
    /// A row that can't be read, or arrives before the one above it.
    #[expect(clippy::should_implement_trait, reason = "a row borrows what it was read from")]
    pub fn next(&mut self) -> Result<Option<Row<'_>>, TraceError> {
        if self.table.next()?.is_none() {
            return Ok(None);
        }
        let row = match self.columns.row(self.table.record()) {
            Ok(row) => row,
            Err(cell) => return Err(self.table.malformed(cell)),
        };
        if row.arrival < self.previous {
            return Err(TraceError::Unsorted {
                path: self.table.path().to_owned(),
                row: self.table.rows(),
                line: self.table.line(),
                column: self.columns.arrival(),
                found: row.arrival.to_string(),
                previous: self.previous.to_string(),
            });
        }
        self.previous = row.arrival;
        Ok(Some(row))
    }
    /// The line of the present row. The file is read again for it.
    pub fn line(&self) -> u64 {
        self.table.line()
    }
    /// What stands in a column of the present row; nothing if the file lacks the column.
    pub fn cell(&self, column: &str) -> &str {
        let place = self.table.column_or_none(column);
        place.and_then(|place| self.table.record().get(place)).unwrap_or_default()
    }
    /// The error of a field of the present row, found by whoever gives it its meaning.
    pub(in crate::workload) fn malformed(&self, cell: Cell) -> TraceError {
        self.table.malformed(cell)
    }
}

/// What the requests that name one GPU type, or one list of them, ask for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TypeFacts {
    /// The name as the trace spells it: types joined by `|`, or empty for any.
    pub name: String,
    /// Requests.
    pub requests: u64,
    /// The most GPUs that one of them asks for.
    pub largest: u32,
    /// The work of those that end by themselves, after shares of a GPU became whole.
    pub work: GpuTime,
}

/// What a whole trace comes to, as it will be replayed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TraceFacts {
    /// BLAKE3 of the file, in hexadecimal.
    pub digest: String,
    /// Rows of the file.
    pub rows: u64,
    /// Requests that will be replayed.
    pub requests: u64,
    /// The first and the last arrival that will be replayed, from the trace's zero.
    pub arrivals: Option<(SimTime, SimTime)>,
    /// Per name of GPU types, in order of first mention.
    pub types: Vec<TypeFacts>,
    /// How many different accounts are named.
    pub accounts: u32,
    /// Requests for a share of one GPU among those that will be replayed.
    pub shares: u64,
    /// Requests with zero GPUs among those that will be replayed.
    pub zero_gpu: u64,
    /// Requests that run until told.
    pub endless: u64,
    /// The first row that buys spot without stating a bid; its segment has to state one.
    pub spot_without_bid: Option<u64>,
}

/// Reads a whole trace and says what its replay comes to. `window` is how long arrivals are taken, from
/// the instant `replay.from` of the trace on; rows outside are checked all the same. `replay.types` is
/// not looked at: [`TraceFacts::types`] are the names that it has to resolve.
///
/// # Errors
/// The first error of the file.
pub fn check_trace(replay: &Replay, window: Span) -> Result<TraceFacts, TraceError> {
    let mut requests = Requests::open(&replay.path, replay.format)?;
    let mut accounts = BTreeSet::new();
    let mut facts = TraceFacts {
        digest: digest(&replay.path)?,
        rows: 0,
        requests: 0,
        arrivals: None,
        types: Vec::new(),
        accounts: 0,
        shares: 0,
        zero_gpu: 0,
        endless: 0,
        spot_without_bid: None,
    };
    let end = replay.from.saturating_add(window);
    loop {
        let row_number = requests.rows() + 1;
        let Some(row) = requests.next()? else { break };
        let asked = row.gpus.asked(replay.gpu_shares, replay.no_gpu);
        let Some(gpus) = asked.filter(|_| replay.from <= row.arrival && row.arrival < end) else {
            continue;
        };
        facts.count(&row, gpus, row_number);
        if !accounts.contains(row.account) {
            accounts.insert(row.account.to_owned());
        }
    }
    accounts.remove("");
    facts.rows = requests.rows();
    facts.accounts = u32::try_from(accounts.len()).unwrap_or(u32::MAX);
    Ok(facts)
}

impl TraceFacts {
    fn count(&mut self, row: &Row<'_>, gpus: u32, row_number: u64) {
        self.requests += 1;
        let first = self.arrivals.map_or(row.arrival, |(first, _)| first);
        self.arrivals = Some((first, row.arrival));
        self.shares += u64::from(matches!(row.gpus, Gpus::Thousandths(_)));
        self.zero_gpu += u64::from(gpus == 0);
        self.endless += u64::from(row.duration.is_none());
        if row.kind == Some(RowKind::Spot(None)) && self.spot_without_bid.is_none() {
            self.spot_without_bid = Some(row_number);
        }
        let index = self.types.iter().position(|facts| facts.name == row.gpu_type);
        let index = index.unwrap_or_else(|| {
            let name = row.gpu_type.to_owned();
            self.types.push(TypeFacts { name, requests: 0, largest: 0, work: GpuTime::ZERO });
            self.types.len() - 1
        });
        let facts = &mut self.types[index];
        facts.requests += 1;
        facts.largest = facts.largest.max(gpus);
        facts.work += GpuTime::new(gpus, row.duration.unwrap_or(Span::ZERO));
    }
}

/// The numbers of one column of a CSV file, plain or gzipped, such as measured durations.
///
/// # Errors
/// A file that is missing or unreadable, a column that it lacks, a field that is no finite number.
pub fn numbers(path: &Path, column: &str) -> Result<Vec<f64>, TraceError> {
    let mut table = Table::open(path)?;
    let place = table.column(column)?;
    let mut numbers = Vec::new();
    while let Some(record) = table.next()? {
        let text = record.get(place).unwrap_or_default();
        match text.parse::<f64>() {
            Ok(number) if number.is_finite() => numbers.push(number),
            _ => {
                let (path, row, line) = (path.to_owned(), table.rows(), table.line());
                let (column, found) = (column.to_owned(), table.record()[place].to_owned());
                let expected = "a number".to_owned();
                return Err(TraceError::Malformed { path, row, line, column, found, expected });
            }
        }
    }
    Ok(numbers)
}
