//! The tables: facts written as CSV or Parquet, row by row, while the run goes on.
//!
//! Columns and conventions are those of the output contract; `output/README.md` describes each one.
//! [`Traces`] is the one sink: it remembers the live pods' rentals once for all tables and hands
//! every fact to each table that was asked for. What is not asked for costs nothing. Tables are made
//! of facts and of the scenario's names alone.

mod accounts;
mod column;
mod endpoints;
mod events;
mod file;
mod hosts;
mod ledger;
mod names;
mod parquet;
mod pods;
mod prices;
mod requests;
mod row;
mod utilization;
mod workers;

pub use column::{Column, Kind};
pub use file::{DiskError, FileRecord, write_parquet};

use crate::journal::fact::Subject;
use crate::journal::rentals::Rentals;
use crate::journal::volumes::NetworkVolumes;
use crate::journal::workers::Workers;
use crate::journal::{Fact, Sink, Wanted};
use crate::scenario::Scenario;
use crate::units::SimTime;
use file::TableFile;
use names::Names;
use row::Row;
use std::path::Path;

/// A table that a run can write.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum TableName {
    /// One row per fact.
    Events,
    /// One row per rental.
    Pods,
    /// One row per posting.
    Ledger,
    /// One row per change of a published price.
    Prices,
    /// One row per sample and pool.
    Utilization,
    /// One row per host.
    Hosts,
    /// One row per account.
    Accounts,
    /// One row per sample and endpoint.
    Endpoints,
    /// One row per request to an endpoint.
    Requests,
    /// One row per worker that was awake.
    Workers,
}

impl TableName {
    /// Every table, in the order of the output contract.
    pub const ALL: [Self; 10] = [
        Self::Events,
        Self::Pods,
        Self::Ledger,
        Self::Prices,
        Self::Utilization,
        Self::Hosts,
        Self::Accounts,
        Self::Endpoints,
        Self::Requests,
        Self::Workers,
    ];

    /// The name by which the command line asks for it: its file without what says its format.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Events => "events",
            Self::Pods => "pods",
            Self::Ledger => "ledger",
            Self::Prices => "prices",
            Self::Utilization => "utilization",
            Self::Hosts => "hosts",
            Self::Accounts => "accounts",
            Self::Endpoints => "endpoints",
            Self::Requests => "requests",
            Self::Workers => "workers",
        }
    }

    /// Its columns, in order.
    pub const fn columns(self) -> &'static [Column] {
        match self {
            Self::Events => events::COLUMNS,
            Self::Pods => pods::COLUMNS,
            Self::Ledger => ledger::COLUMNS,
            Self::Prices => prices::COLUMNS,
            Self::Utilization => utilization::COLUMNS,
            Self::Hosts => hosts::COLUMNS,
            Self::Accounts => accounts::COLUMNS,
            Self::Endpoints => endpoints::COLUMNS,
            Self::Requests => requests::COLUMNS,
            Self::Workers => workers::COLUMNS,
        }
    }

    fn open(self, scenario: &Scenario) -> Box<dyn Table> {
        match self {
            Self::Events => Box::new(events::Events::default()),
            Self::Pods => Box::new(pods::Pods),
            Self::Ledger => Box::new(ledger::Ledger),
            Self::Prices => Box::new(prices::Prices),
            Self::Utilization => Box::new(utilization::Utilization::new(scenario)),
            Self::Hosts => Box::new(hosts::Hosts::new(scenario)),
            Self::Accounts => Box::new(accounts::Accounts::new(scenario)),
            Self::Endpoints => Box::new(endpoints::Endpoints),
            Self::Requests => Box::new(requests::Requests),
            Self::Workers => Box::new(workers::Workers),
        }
    }
}

/// How tables are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Format {
    /// Text, a line a row (RFC 4180).
    #[default]
    Csv,
    /// Apache Parquet: columns with types, compressed.
    Parquet,
}

impl Format {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Csv, Self::Parquet];
    /// Its name, which is what its files' names end with.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Parquet => "parquet",
        }
    }
}

/// What every table may ask about a fact: the scenario's names, and the rentals, network volumes and
/// workers as they stand after the fact.
struct Known<'a> {
    names: Names<'a>,
    rentals: Rentals,
    volumes: NetworkVolumes,
    workers: Workers,
}

impl Known<'_> {
    /// Adds the name of whose meter a posting is of to `row`.
    fn subject<'r>(&self, row: Row<'r>, subject: Subject) -> Row<'r> {
        match subject {
            Subject::Pod(pod) => self.names.pod(row, self.rentals.of(pod).asked.name),
            Subject::Plan(plan) => self.names.plan(row, plan),
            Subject::Worker(worker) => self.names.worker(row, worker),
            Subject::Endpoint(endpoint) => row.name(self.names.endpoint(endpoint)),
            Subject::NetworkVolume(volume) => {
                self.names.network_volume(row, self.volumes.of(volume).name)
            }
        }
    }
}

/// One table: hears a fact and writes the rows that it makes.
trait Table {
    /// Hears `fact` and adds its rows, if any, to `out`.
    fn hear(&mut self, at: SimTime, fact: &Fact, known: &Known<'_>, out: &mut TableFile);
}

/// What has to be heard for these tables. Requests come by the million: where nothing but tables of endpoints is
/// wanted, what else happens to them is not even said.
fn wanted_by(tables: &[TableName]) -> Wanted {
    let of_endpoints = |table: &TableName| {
        matches!(table, TableName::Endpoints | TableName::Requests | TableName::Workers)
    };
    if !tables.iter().all(of_endpoints) {
        return Wanted::ALL;
    }
    Wanted::these(&["endpoint_sampled", "request_ended", "worker_stopped", "host_supplied"])
}

/// The tables of one run, being written.
pub struct Traces<'a> {
    known: Known<'a>,
    tables: Vec<(Box<dyn Table>, TableFile)>,
    wanted: Wanted,
}

impl<'a> Traces<'a> {
    /// Creates the files of `tables` in `directory` as CSV, each with its header.
    ///
    /// # Errors
    /// A file can't be created.
    pub fn create(
        directory: &Path,
        tables: &[TableName],
        scenario: &'a Scenario,
    ) -> Result<Self, DiskError> {
        Self::create_as(Format::Csv, directory, tables, scenario)
    }

    /// The same in a format.
    ///
    /// # Errors
    /// A file can't be created.
    pub fn create_as(
        format: Format,
        directory: &Path,
        tables: &[TableName],
        scenario: &'a Scenario,
    ) -> Result<Self, DiskError> {
        let (names, rentals) = (Names::new(scenario), Rentals::new());
        let (volumes, workers) = (NetworkVolumes::default(), Workers::default());
        let known = Known { names, rentals, volumes, workers };
        let open = |&table: &TableName| {
            let path = directory.join(format!("{}.{}", table.word(), format.word()));
            Ok((table.open(scenario), TableFile::create(path, table.columns(), format)?))
        };
        let wanted = wanted_by(tables);
        let tables = tables.iter().map(open).collect::<Result<_, _>>()?;
        Ok(Self { known, tables, wanted })
    }

    /// Writes out what is left and says what became of each file.
    ///
    /// # Errors
    /// The first error that any of the files met.
    pub fn finish(self) -> Result<Vec<FileRecord>, DiskError> {
        self.tables.into_iter().map(|(_, file)| file.finish()).collect()
    }
}

impl Sink for Traces<'_> {
    /// All that happens, but where only tables of endpoints are written.
    fn wants(&self) -> Wanted {
        self.wanted
    }
    fn hear(&mut self, at: SimTime, fact: &Fact) {
        self.known.rentals.hear(at, fact);
        self.known.volumes.hear(fact);
        self.known.workers.hear(at, fact);
        self.known.names.hear(fact);
        for (table, file) in &mut self.tables {
            table.hear(at, fact, &self.known, file);
        }
    }
}
