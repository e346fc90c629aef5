//! Microsoft Philly 2017: a list of deep-learning jobs as demand.
//!
//! Source: Jeon et al., "Analysis of Large-Scale Multi-Tenant GPU Clusters for DNN Training
//! Workloads", USENIX ATC 2019 (`msr-fiddle/philly-traces`); the columns are those of the table that
//! the artifacts of Sia (Jayaram Subramanya et al., SOSP 2023) made from it.
//!
//! A job arrives at `timestamp`, asks for `num_gpus` GPUs and keeps them for `duration` seconds; its
//! virtual cluster `cluster` pays. Attempts are not told apart, nor how a job ended, nor how long it
//! queued, nor on which machines it ran: waiting and placing is what the market decides anew. Philly
//! spread large jobs over machines: see [`crate::scenario::demand::Replay::largest_pod`].

use super::calendar::Moment;
use super::import::cell;
use super::import::error::{Cell, TraceError};
use super::import::table::Table;
use super::import::{Gpus, Row};
use crate::units::SimTime;
use csv::StringRecord;

/// Where the columns of a list of jobs stand; other columns are passed over.
#[derive(Debug)]
pub(super) struct JobColumns {
    timestamp: usize,
    duration: usize,
    num_gpus: usize,
    cluster: usize,
    /// The trace's time 0, once a row was read: the midnight before the first job.
    zero: Option<Moment>,
}

impl JobColumns {
    /// Finds the columns in a header.
    pub(super) fn find(table: &Table) -> Result<Self, TraceError> {
        Ok(Self {
            timestamp: table.column("timestamp")?,
            duration: table.column("duration")?,
            num_gpus: table.column("num_gpus")?,
            cluster: table.column("cluster")?,
            zero: None,
        })
    }
    /// The trace's time 0, once a row was read.
    pub(super) const fn zero(&self) -> Option<Moment> {
        self.zero
    }
    /// Reads a row.
    pub(super) fn row<'a>(&mut self, record: &'a StringRecord) -> Result<Row<'a>, Cell> {
        let field = |place: usize| record.get(place).unwrap_or_default();
        let submitted = cell::moment("timestamp", field(self.timestamp))?;
        let zero = *self.zero.get_or_insert(submitted.midnight());
        let Some(arrival) = submitted.since(zero) else {
            return Err(Cell {
                column: "timestamp",
                found: field(self.timestamp).to_owned(),
                expected: "no day before the first row's: rows are sorted by it",
            });
        };
        let duration = field(self.duration);
        let Some(span) = cell::span("duration", duration)? else {
            return cell::bad("duration", duration, cell::SECONDS);
        };
        Ok(Row {
            duration: Some(span),
            gpus: Gpus::Whole(cell::whole("num_gpus", field(self.num_gpus))?),
            account: field(self.cluster),
            ..Row::at(SimTime::from_micros(arrival.micros()))
        })
    }
}
