//! Our own plain format of requests: when each comes and how long it takes, the rest at will.
//!
//! A row has `execution_s`, or both `prompt_tokens` and `answer_tokens`. What an empty field or a missing
//! column leaves open, the source says. Unknown columns are refused, since a misspelt name would otherwise
//! be passed over in silence.

use super::rows::{Row, Services};
use crate::scenario::model::serverless::Work;
use crate::units::SimTime;
use crate::workload::import::TraceError;
use crate::workload::import::cell;
use crate::workload::import::error::Cell;
use crate::workload::import::table::Table;
use crate::workload::plain::places;
use csv::StringRecord;

/// The columns, the mandatory one first. `scenarios/traces/README.md` says what each means.
pub(super) const COLUMNS: [&str; 14] = [
    "arrival_s",
    "execution_s",
    "prompt_tokens",
    "answer_tokens",
    "low_priority",
    "operation",
    "input_bytes",
    "output_bytes",
    "output_units",
    "handler_error",
    "ttl_s",
    "execution_timeout_s",
    "service",
    "note",
];
const SERVICE: usize = 12;

/// Where the columns stand, in the order of [`COLUMNS`].
pub(super) struct Columns([Option<usize>; COLUMNS.len()]);

impl Columns {
    /// Finds the columns in a header.
    pub(super) fn find(table: &Table) -> Result<Self, TraceError> {
        places(table, &COLUMNS, 1).map(Self)
    }
    /// Whether rows tell which service they are of.
    pub(super) const fn has_services(&self) -> bool {
        self.0[SERVICE].is_some()
    }
    /// Reads a row: its arrival, and the rest if its service is wanted.
    pub(super) fn row(
        &self,
        record: &StringRecord,
        services: &mut Services,
    ) -> Result<(SimTime, Option<Row>), Cell> {
        let [
            arrival,
            execution,
            prompt,
            answer,
            low_priority,
            operation,
            input_bytes,
            output_bytes,
            output_units,
            handler_error,
            ttl,
            execution_timeout,
            service,
            _note,
        ] = self.0.map(|place| place.and_then(|place| record.get(place)).unwrap_or_default());
        let arrival = cell::instant("arrival_s", arrival)?;
        let work = work(execution, prompt, answer)?;
        let row = Row {
            work: Some(work),
            sync: cell::word_or_none(
                "operation",
                operation,
                &OPERATIONS,
                "run, runsync or nothing",
            )?,
            low_priority: yes_or_no("low_priority", low_priority)?,
            handler_error: yes_or_no("handler_error", handler_error)?,
            input_bytes: cell::large_or_none("input_bytes", input_bytes)?,
            output_bytes: cell::large_or_none("output_bytes", output_bytes)?,
            output_units: cell::millionths_or_none("output_units", output_units)?,
            ttl: cell::span("ttl_s", ttl)?,
            execution_timeout: cell::span("execution_timeout_s", execution_timeout)?,
            ..Row::at(arrival, 0)
        };
        // A row is checked whoever it belongs to.
        let place = services.place(service, service);
        Ok((arrival, place.map(|service| Row { service, ..row })))
    }
}

const OPERATIONS: [(&str, bool); 2] = [("run", false), ("runsync", true)];

fn yes_or_no(column: &'static str, text: &str) -> Result<Option<bool>, Cell> {
    let words = [("true", true), ("false", false), ("1", true), ("0", false)];
    cell::word_or_none(column, text, &words, "true, false, 1, 0 or nothing")
}

fn work(execution: &str, prompt: &str, answer: &str) -> Result<Work, Cell> {
    let span = cell::span("execution_s", execution)?;
    let prompt = cell::whole_or_none("prompt_tokens", prompt)?;
    let tokens = (prompt, cell::whole_or_none("answer_tokens", answer)?);
    match (span, tokens) {
        (Some(span), (None, None)) => Ok(Work::Takes(span)),
        (None, (Some(prompt), Some(answer))) => Ok(Work::Tokens(prompt, answer)),
        (Some(_), _) => cell::bad(
            "execution_s",
            execution,
            "nothing in a row that has prompt_tokens or answer_tokens",
        ),
        (None, (Some(_), None)) => {
            cell::bad("answer_tokens", "", "a whole number beside prompt_tokens")
        }
        (None, (None, Some(_))) => {
            cell::bad("prompt_tokens", "", "a whole number beside answer_tokens")
        }
        (None, (None, None)) => {
            cell::bad("execution_s", "", "seconds, or else prompt_tokens and answer_tokens")
        }
    }
}
