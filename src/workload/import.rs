//! Traces of requests: read row by row in any known format, and checked whole before a run.
//!
//! Each format turns its rows into a [`Row`], which says exactly what the file says; what the file
//! leaves open stays open, for the segment to say. Rows have to be sorted by arrival; where a format is
//! published in another order, they are read whole and sorted here.

pub mod cell;
pub mod error;
pub mod facts;
pub mod table;

pub use error::{FileKind, TraceError};
pub use facts::{TraceFacts, TypeFacts, check_trace};
pub use table::{digest, line};

use super::calendar::Moment;
use super::{dlrm, openb, philly, plain};
use crate::scenario::demand::{Clouds, GpuShares, Larger, NoGpu, Replay, TraceFormat};
use crate::units::{Gb, GpuTime, Money, SimTime, Span};
use csv::StringRecord;
use error::Cell;
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
    /// How many GPUs its pods get; none: the request is left out.
    pub fn asked(self, replay: &Replay) -> Option<u32> {
        let gpus = match (self, replay.gpu_shares, replay.no_gpu) {
            (Self::Whole(0), _, NoGpu::Skip) | (Self::Thousandths(_), GpuShares::Skip, _) => None,
            (Self::Whole(gpus), _, _) => Some(gpus),
            (Self::Thousandths(_), GpuShares::Whole, _) => Some(1),
        }?;
        let is_larger = replay.largest_pod.is_some_and(|largest| largest < gpus);
        (!is_larger || replay.larger == Larger::Split).then_some(gpus)
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

/// The GPUs of each pod that a request for `gpus` becomes: full ones first, then the rest.
pub fn pods(gpus: u32, largest: Option<u32>) -> impl Iterator<Item = u32> {
    let most = largest.unwrap_or(gpus).max(1);
    let rest = gpus % most;
    let full = std::iter::repeat_n(most, usize::try_from(gpus / most).unwrap_or(usize::MAX));
    full.chain((0 < rest || gpus == 0).then_some(rest))
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
    /// What one of the pods states that this request becomes: so many of its GPUs, and as much of what
    /// the whole of it asks for and is worth.
    pub fn part(self, gpus: u32, of: u32) -> Self {
        let least = |whole: u32| {
            let share = (u64::from(whole) * u64::from(gpus)).div_ceil(u64::from(of.max(1)));
            u32::try_from(share).expect("a part is not more than the whole")
        };
        Self {
            min_vcpus: self.min_vcpus.map(least),
            min_memory: self.min_memory.map(|memory| Gb::new(least(memory.get()))),
            deploy_cost: self.deploy_cost.map(|cost| part_of(cost, gpus, of)),
            value: self.value.map(|value| part_of(value, gpus, of)),
            ..self
        }
    }
}

/// The part of an amount for so many GPUs of a request, rounded down.
pub(in crate::workload) fn part_of(amount: Money, gpus: u32, of: u32) -> Money {
    Money::from_nanos((amount.nanos() * i128::from(gpus)).div_euclid(i128::from(of.max(1))))
}

#[derive(Debug)]
enum Columns {
    Plain(plain::Columns),
    OpenbPods(openb::PodColumns),
    PhillyJobs(philly::JobColumns),
    DlrmInstances(dlrm::InstanceColumns),
}

impl Columns {
    fn find(table: &Table, format: TraceFormat) -> Result<Self, TraceError> {
        match format {
            TraceFormat::Plain => plain::Columns::find(table).map(Self::Plain),
            TraceFormat::OpenbPods => openb::PodColumns::find(table).map(Self::OpenbPods),
            TraceFormat::PhillyJobs => philly::JobColumns::find(table).map(Self::PhillyJobs),
            TraceFormat::DlrmInstances => {
                dlrm::InstanceColumns::find(table).map(Self::DlrmInstances)
            }
            TraceFormat::OpenbNodes
            | TraceFormat::PhillyNodes
            | TraceFormat::HeliosThroughput
            | TraceFormat::HeliosOccupancy
            | TraceFormat::AwsSpot2015
            | TraceFormat::AwsSpot2020
            | TraceFormat::AzureSpot2020
            | TraceFormat::PlainPrices
            | TraceFormat::GpuHostFaults
            | TraceFormat::SpotAvailability => {
                let expected = "a trace of requests".to_owned();
                Err(table.other_kind(FileKind::Known(format), expected))
            }
        }
    }
    fn row<'a>(&mut self, record: &'a StringRecord) -> Result<Row<'a>, Cell> {
        match self {
            Self::Plain(columns) => columns.row(record),
            Self::OpenbPods(columns) => columns.row(record),
            Self::PhillyJobs(columns) => columns.row(record),
            Self::DlrmInstances(columns) => columns.row(record),
        }
    }
    /// The column of the arrival.
    const fn arrival(&self) -> &'static str {
        match self {
            Self::Plain(_) => "arrival_s",
            Self::OpenbPods(_) | Self::DlrmInstances(_) => "creation_time",
            Self::PhillyJobs(_) => "timestamp",
        }
    }
}

/// The requests of a trace, one by one in order of arrival.
pub struct Requests {
    table: Table,
    columns: Columns,
    previous: SimTime,
    /// All rows that are still to come, of a format whose files are not in order of arrival.
    sorted: Option<Sorted>,
}

/// Rows in another order than the file's.
struct Sorted {
    /// Those that are still to come, each with its number in the file.
    rows: std::vec::IntoIter<(u64, StringRecord)>,
    /// How many there are in all.
    all: u64,
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
        let columns = Columns::find(&table, format)?;
        let mut requests = Self { table, columns, previous: SimTime::ZERO, sorted: None };
        if format == TraceFormat::DlrmInstances {
            requests.sort()?;
        }
        Ok(requests)
    }
    /// Reads all rows and puts them in order of arrival; those of one instant keep theirs.
    fn sort(&mut self) -> Result<(), TraceError> {
        let mut rows: Vec<(SimTime, (u64, StringRecord))> = Vec::new();
        while self.table.next()?.is_some() {
            match self.columns.row(self.table.record()) {
                Ok(row) => {
                    rows.push((row.arrival, (self.table.rows(), self.table.record().clone())));
                }
                Err(cell) => return Err(self.table.malformed(cell)),
            }
        }
        rows.sort_by_key(|(arrival, _)| *arrival);
        let rows: Vec<_> = rows.into_iter().map(|(_, row)| row).collect();
        self.sorted = Some(Sorted { rows: rows.into_iter(), all: self.table.rows() });
        Ok(())
    }
    /// The instant of the calendar that is the trace's time 0, once a row was read; none for traces
    /// that count seconds.
    pub const fn zero(&self) -> Option<Moment> {
        match &self.columns {
            Columns::PhillyJobs(columns) => columns.zero(),
            Columns::Plain(_) | Columns::OpenbPods(_) | Columns::DlrmInstances(_) => None,
        }
    }
    /// The number of the present row in the file; after the last, how many there are.
    pub const fn rows(&self) -> u64 {
        self.table.rows()
    }
    /// The next request.
    ///
    /// # Errors
    /// A row that can't be read, or arrives before the one above it.
    #[expect(clippy::should_implement_trait, reason = "a row borrows what it was read from")]
    pub fn next(&mut self) -> Result<Option<Row<'_>>, TraceError> {
        if !self.advance()? {
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
    /// Goes to the next row, if there is one.
    fn advance(&mut self) -> Result<bool, TraceError> {
        let Some(sorted) = &mut self.sorted else { return Ok(self.table.next()?.is_some()) };
        let next = sorted.rows.next();
        let is_one = next.is_some();
        let (number, record) = next.unwrap_or_else(|| (sorted.all, StringRecord::new()));
        self.table.put(number, record);
        Ok(is_one)
    }
    /// The error of a field of the present row, found by whoever gives it its meaning.
    pub(in crate::workload) fn malformed(&self, cell: Cell) -> TraceError {
        self.table.malformed(cell)
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
