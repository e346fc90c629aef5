//! Tables of counts over time: arrivals per ten minutes of Helios, GPUs and hosts in use per minute.
//!
//! Source: Hu et al., "Characterization and Prediction of Deep Learning Workloads in Large-Scale GPU
//! Datacenters", SC 2021 (Helios), as its artifacts publish the tables; the table of hosts in use of
//! Philly comes from the same. A row holds for the time from its `time` to the next row's; every other
//! column is a whole number.

use super::calendar::Moment;
use super::import::error::TraceError;
use super::import::table::{Table, digest};
use crate::scenario::demand::TraceFormat;
use crate::units::Span;
use std::path::Path;

/// The rows of a table of counts, in order of time.
pub(super) struct Timeline {
    table: Table,
    time: usize,
    /// The instants of the first row and of the present one.
    first: Option<Moment>,
    present: Option<Moment>,
}

const TIME: &str = "time";
const LIKE: &str = "a date and time such as 2020-04-01 00:10:00";

impl Timeline {
    /// The rows of an open table.
    pub(super) fn of(table: Table) -> Result<Self, TraceError> {
        let time = table.column(TIME)?;
        Ok(Self { table, time, first: None, present: None })
    }
    /// The columns that are counts, in the file's order: their places and names.
    pub(super) fn columns(&self) -> Vec<(usize, String)> {
        let columns = self.table.header().iter().cloned().enumerate();
        columns.filter(|(place, _)| *place != self.time).collect()
    }
    /// The place of a column of counts.
    pub(super) fn column(&self, name: &str) -> Result<usize, TraceError> {
        match self.table.column(name)? {
            place if place == self.time => {
                let problem = "holds the time, not a count".to_owned();
                Err(self.table.bad_column(name, problem))
            }
            place => Ok(place),
        }
    }
    /// Rows read.
    pub(super) const fn rows(&self) -> u64 {
        self.table.rows()
    }
    /// The instant of the next row.
    pub(super) fn next(&mut self) -> Result<Option<Moment>, TraceError> {
        let Some(record) = self.table.next()? else { return Ok(None) };
        let text = record.get(self.time).unwrap_or_default();
        let Some(at) = Moment::parse(text) else { return Err(self.malformed_time(LIKE)) };
        if self.present.is_some_and(|present| at <= present) {
            return Err(self.malformed_time("an instant after the row above's"));
        }
        self.first.get_or_insert(at);
        self.present = Some(at);
        Ok(Some(at))
    }
    /// A count of the present row.
    pub(super) fn count(&self, place: usize) -> Result<u32, TraceError> {
        let text = self.table.record().get(place).unwrap_or_default();
        let expected = "a whole number, not negative";
        text.parse().map_err(|_| self.table.malformed_at(place, expected))
    }
    /// The error of the present row's time.
    pub(super) fn malformed_time(&self, expected: &str) -> TraceError {
        self.table.malformed_at(self.time, expected)
    }
}

/// Counts of arrivals, each for a time of the same width.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bins {
    /// BLAKE3 of the file, in hexadecimal.
    pub digest: String,
    /// When the first of these times begins, on the trace's clock.
    pub first: Moment,
    /// How long each is.
    pub width: Span,
    /// The counts.
    pub counts: Vec<u32>,
}

/// Reads a column of a table of arrivals.
///
/// # Errors
/// A file that is missing, unreadable, of another kind or malformed, a column that it lacks, a row that
/// does not begin where the one above ends.
pub fn read_bins(path: &Path, format: TraceFormat, column: &str) -> Result<Bins, TraceError> {
    let table = Table::open(path)?;
    table.must_be(format)?;
    let mut rows = Timeline::of(table)?;
    let place = rows.column(column)?;
    let (mut counts, mut first, mut width) = (Vec::new(), None, None);
    let mut above: Option<Moment> = None;
    while let Some(at) = rows.next()? {
        first.get_or_insert(at);
        if let Some(gap) = above.and_then(|above| at.since(above))
            && *width.get_or_insert(gap) != gap
        {
            return Err(rows.malformed_time("as long after the row above as that after its own"));
        }
        above = Some(at);
        counts.push(rows.count(place)?);
    }
    let Some((first, width)) = first.zip(width) else {
        let problem = "has fewer than two rows: how long does a count hold?".to_owned();
        return Err(rows.table.bad_column(TIME, problem));
    };
    Ok(Bins { digest: digest(path)?, first, width, counts })
}
