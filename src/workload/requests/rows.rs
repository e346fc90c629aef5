//! Traces of requests, row by row in any known format, in order of arrival.
//!
//! Each format turns its rows into a [`Row`], which says exactly what the file says; what the file leaves
//! open stays open, for the source to say. Files of one request a row that are published in order are
//! streamed (`listed`: `plain`, `azure_llm_2023`); others are read whole, a few numbers a request, and
//! sorted (`recorded`: `azure_functions_2021`, `alibaba_genai_2026`); tables of counts are spread
//! ([`super::functions`]: `azure_functions_2019`).

use super::functions::{Functions, placed::Placed};
use super::listed::Listed;
use super::recorded::Recorded;
use crate::rng::Stream;
use crate::scenario::model::serverless::{RequestTrace, RequestTraceFormat, Work};
use crate::units::{SimTime, Span};
use crate::workload::import::table::Table;
use crate::workload::import::{FileKind, TraceError};
use std::collections::BTreeMap;

/// One request as a trace states it. What is none is not stated.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Row {
    /// When it arrives, from the trace's zero.
    pub arrival: SimTime,
    /// Its application, function or service: a place in the list of names.
    pub service: u32,
    /// How long it takes.
    pub work: Option<Work>,
    /// Whether it is made by runsync.
    pub sync: Option<bool>,
    /// Whether it is of low priority.
    pub low_priority: Option<bool>,
    /// Whether its handler fails.
    pub handler_error: Option<bool>,
    /// Bytes of input.
    pub input_bytes: Option<u64>,
    /// Bytes of output.
    pub output_bytes: Option<u64>,
    /// Millionths of a unit of output.
    pub output_units: Option<u64>,
    /// Time to live.
    pub ttl: Option<Span>,
    /// The longest that it may take.
    pub execution_timeout: Option<Span>,
}

impl Row {
    /// A request of `service` at `arrival` of which nothing else is stated.
    pub const fn at(arrival: SimTime, service: u32) -> Self {
        Self {
            arrival,
            service,
            work: None,
            sync: None,
            low_priority: None,
            handler_error: None,
            input_bytes: None,
            output_bytes: None,
            output_units: None,
            ttl: None,
            execution_timeout: None,
        }
    }
}

/// The services that a trace names, as far as they are wanted.
#[derive(Clone, Debug, Default)]
pub struct Services {
    only: Option<String>,
    known: BTreeMap<String, u32>,
}

impl Services {
    /// None yet; only rows of `only` are wanted, or all.
    pub fn new(only: Option<&str>) -> Self {
        Self { only: only.map(str::to_owned), known: BTreeMap::new() }
    }
    /// Whether the service `name`, or the application `of`, is wanted.
    pub fn wants(&self, name: &str, of: &str) -> bool {
        self.only.as_deref().is_none_or(|only| only == name || only == of)
    }
    /// The place of the service `name`; none if neither it nor the application `of` is wanted.
    pub fn place(&mut self, name: &str, of: &str) -> Option<u32> {
        if !self.wants(name, of) {
            return None;
        }
        if let Some(place) = self.known.get(name) {
            return Some(*place);
        }
        let place = u32::try_from(self.known.len()).expect("fewer than 2^32 services");
        self.known.insert(name.to_owned(), place);
        Some(place)
    }
    /// The names, by place.
    pub fn names(&self) -> Vec<String> {
        let mut names = vec![String::new(); self.known.len()];
        for (name, place) in &self.known {
            names[*place as usize].clone_from(name);
        }
        names
    }
    /// Refuses a wish for one service of a file that names none.
    pub(super) fn must_be_all(&self, table: &Table) -> Result<(), TraceError> {
        match &self.only {
            None => Ok(()),
            Some(only) => {
                let problem =
                    format!("is missing: the file does not tell which rows are of `{only}`");
                Err(table.bad_column("service", problem))
            }
        }
    }
}

/// The requests of a trace, one by one in order of arrival.
pub struct Rows(Reader);

enum Reader {
    Listed(Box<Listed>),
    Recorded(Box<Recorded>),
    Placed(Box<Placed>),
}

impl Rows {
    /// Opens a trace. `with_work`: whether it has to say how long requests take. `stream` gives a stream
    /// by part, for formats that leave something to chance.
    ///
    /// # Errors
    /// A file that is missing or unreadable, is of another kind, lacks a column, or knows no services
    /// where one is wanted; of a format that is read whole, also a malformed row.
    pub fn open(
        trace: &RequestTrace,
        with_work: bool,
        stream: &dyn Fn(u64) -> Stream,
    ) -> Result<Self, TraceError> {
        let services = Services::new(trace.only.as_deref());
        if trace.format == RequestTraceFormat::AzureFunctions2019 {
            let functions = Functions::open(&trace.path, with_work, services)?;
            return Ok(Self(Reader::Placed(Box::new(Placed::new(functions, stream)))));
        }
        Self::of(Table::open(&trace.path)?, trace.format, services)
    }
    /// The requests of an open file of one request a row.
    pub(in crate::workload) fn of(
        table: Table,
        format: RequestTraceFormat,
        services: Services,
    ) -> Result<Self, TraceError> {
        table.must_be_kind(&FileKind::Requests(format))?;
        Ok(Self(match format {
            RequestTraceFormat::Plain | RequestTraceFormat::AzureLlm2023 => {
                Reader::Listed(Box::new(Listed::open(table, format, services)?))
            }
            RequestTraceFormat::AzureFunctions2021
            | RequestTraceFormat::AlibabaGenai2026
            | RequestTraceFormat::AzureFunctions2019 => {
                Reader::Recorded(Box::new(Recorded::read(table, format, services)?))
            }
        }))
    }
    /// The next request.
    ///
    /// # Errors
    /// A row that can't be read, or arrives before the one above it in a file that has to be sorted.
    #[expect(clippy::should_implement_trait, reason = "it may fail, and then is not to go on")]
    pub fn next(&mut self) -> Result<Option<Row>, TraceError> {
        match &mut self.0 {
            Reader::Listed(listed) => listed.next(),
            Reader::Recorded(recorded) => Ok(recorded.next()),
            Reader::Placed(placed) => Ok(placed.next()),
        }
    }
    /// How many requests are yet to come; they are not there to be asked for afterwards.
    ///
    /// # Errors
    /// As [`next`](Self::next).
    pub fn count_left(&mut self) -> Result<u64, TraceError> {
        if let Reader::Placed(placed) = &self.0 {
            return Ok(placed.left());
        }
        let mut left = 0;
        while self.next()?.is_some() {
            left += 1;
        }
        Ok(left)
    }
    /// Rows of the file that were read, and how many requests in them are left out as they never ran.
    pub fn counted(&self) -> (u64, u64) {
        match &self.0 {
            Reader::Listed(listed) => (listed.rows(), 0),
            Reader::Recorded(recorded) => recorded.counted(),
            Reader::Placed(placed) => placed.counted(),
        }
    }
    /// The names of services, by place; of a file that is streamed, those so far.
    pub fn services(&self) -> Vec<String> {
        match &self.0 {
            Reader::Listed(listed) => listed.services().names(),
            Reader::Recorded(recorded) => recorded.services().names(),
            Reader::Placed(placed) => placed.services().names(),
        }
    }
}
