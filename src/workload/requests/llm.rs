//! Azure LLM inference 2023: requests to a language model, by their tokens.
//!
//! Source: Patel et al., "Splitwise: Efficient Generative LLM Inference Using Phase Splitting", ISCA 2024;
//! `AzureLLMInferenceTrace_*.csv` of `Azure/AzurePublicDataset`. A row is a request: `TIMESTAMP` (UTC, in
//! ticks of 100 ns, taken to the nearest microsecond), `ContextTokens` of its prompt, `GeneratedTokens` of
//! its answer. There is no service time: the endpoint's prefill and decode rates make one of the tokens.
//! The trace's zero is its first row. The file is sorted.

use super::rows::{Row, Services};
use crate::scenario::model::serverless::Work;
use crate::units::SimTime;
use crate::workload::import::TraceError;
use crate::workload::import::cell;
use crate::workload::import::error::Cell;
use crate::workload::import::table::Table;
use csv::StringRecord;

pub(super) const TIMESTAMP: &str = "TIMESTAMP";

/// Where the columns stand; others are passed over.
pub(super) struct Columns {
    timestamp: usize,
    context: usize,
    generated: usize,
    /// The trace's zero in microseconds since 1970, once a row was read.
    zero: Option<i64>,
}

impl Columns {
    /// Finds the columns in a header.
    pub(super) fn find(table: &Table) -> Result<Self, TraceError> {
        Ok(Self {
            timestamp: table.column(TIMESTAMP)?,
            context: table.column("ContextTokens")?,
            generated: table.column("GeneratedTokens")?,
            zero: None,
        })
    }
    /// Reads a row.
    pub(super) fn row(
        &mut self,
        record: &StringRecord,
        services: &mut Services,
    ) -> Result<(SimTime, Option<Row>), Cell> {
        let field = |place: usize| record.get(place).unwrap_or_default();
        let at = cell::nearest_micros(TIMESTAMP, field(self.timestamp))?;
        let zero = *self.zero.get_or_insert(at);
        let Ok(arrival) = u64::try_from(at - zero) else {
            const EXPECTED: &str = "no instant before the first row's: rows are sorted by it";
            return cell::bad(TIMESTAMP, field(self.timestamp), EXPECTED);
        };
        let arrival = SimTime::from_micros(arrival);
        let prompt = cell::whole("ContextTokens", field(self.context))?;
        let answer = cell::whole("GeneratedTokens", field(self.generated))?;
        let row = services.place("", "").map(|service| Row {
            work: Some(Work::Tokens(prompt, answer)),
            ..Row::at(arrival, service)
        });
        Ok((arrival, row))
    }
}
