//! Files of one request a row in order of arrival, which are streamed.

use super::llm;
use super::plain;
use super::rows::{Row, Services};
use crate::scenario::model::serverless::RequestTraceFormat;
use crate::units::SimTime;
use crate::workload::import::TraceError;
use crate::workload::import::error::Cell;
use crate::workload::import::table::Table;
use csv::StringRecord;

enum Columns {
    Plain(plain::Columns),
    Llm(llm::Columns),
}

impl Columns {
    /// Reads a row; none if it is of a service that is not wanted.
    fn row(
        &mut self,
        record: &StringRecord,
        services: &mut Services,
    ) -> Result<(SimTime, Option<Row>), Cell> {
        match self {
            Self::Plain(columns) => columns.row(record, services),
            Self::Llm(columns) => columns.row(record, services),
        }
    }
    /// The column of the arrival.
    const fn arrival(&self) -> &'static str {
        match self {
            Self::Plain(_) => plain::COLUMNS[0],
            Self::Llm(_) => llm::TIMESTAMP,
        }
    }
}

/// The requests of such a file.
pub(super) struct Listed {
    table: Table,
    columns: Columns,
    services: Services,
    previous: SimTime,
}

impl Listed {
    pub(super) fn open(
        table: Table,
        format: RequestTraceFormat,
        services: Services,
    ) -> Result<Self, TraceError> {
        let columns = if format == RequestTraceFormat::AzureLlm2023 {
            services.must_be_all(&table)?;
            Columns::Llm(llm::Columns::find(&table)?)
        } else {
            let columns = plain::Columns::find(&table)?;
            if !columns.has_services() {
                services.must_be_all(&table)?;
            }
            Columns::Plain(columns)
        };
        Ok(Self { table, columns, services, previous: SimTime::ZERO })
    }
    pub(super) fn next(&mut self) -> Result<Option<Row>, TraceError> {
        while self.table.next()?.is_some() {
            let read = self.columns.row(self.table.record(), &mut self.services);
            let (arrival, row) = read.map_err(|cell| self.table.malformed(cell))?;
            if arrival < self.previous {
                return Err(TraceError::Unsorted {
                    path: self.table.path().to_owned(),
                    row: self.table.rows(),
                    line: self.table.line(),
                    column: self.columns.arrival(),
                    found: arrival.to_string(),
                    previous: self.previous.to_string(),
                });
            }
            self.previous = arrival;
            if row.is_some() {
                return Ok(row);
            }
        }
        Ok(None)
    }
    pub(super) const fn rows(&self) -> u64 {
        self.table.rows()
    }
    pub(super) const fn services(&self) -> &Services {
        &self.services
    }
}
