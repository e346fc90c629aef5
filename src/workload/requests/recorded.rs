//! Files of one request a row that need not be in order of arrival: they are read whole, and sorted. So
//! much as two times, a place and a mark is kept of each request that is wanted. Those of one instant keep
//! the order of the file.
//!
//! *Azure Functions 2021* (`AzureFunctionsInvocationTraceForTwoWeeksJan2021.txt` of
//! `Azure/AzurePublicDataset`; Zhang et al., "Faster and Cheaper Serverless Computing on Harvested
//! Resources", SOSP 2021): `app`, `func`, `end_timestamp` (seconds from the trace's zero) and `duration`
//! (seconds), both to the nearest microsecond. An invocation arrives at its end less its duration, one that
//! began before the trace at its zero. A service is a function; `only` may also name an application.
//!
//! *Alibaba GenAI 2026* (`lora_request_trace.csv` of `cluster-trace-v2026-GenAI` of `alibaba/clusterdata`;
//! Lin et al., "Understanding Diffusion Model Serving in Production", SoCC 2025): `gmt_create` (arrival, to
//! the second), `exec_time_seconds`, `predict_status` (SUCCEED, or FAILED: its handler fails after that
//! time; any other, such as PENDING, never ran and is left out), `checkpoint_model_version_id`, the base
//! model: the service. The trace's zero is the earliest row, of whatever service, so that sources that
//! replay one service each keep step.

use super::rows::{Row, Services};
use crate::scenario::model::serverless::{RequestTraceFormat, Work};
use crate::units::{SimTime, Span};
use crate::workload::import::TraceError;
use crate::workload::import::cell;
use crate::workload::import::error::Cell;
use crate::workload::import::table::Table;
use csv::StringRecord;

/// What is kept of a request.
struct Kept {
    /// Microseconds, on the file's own clock.
    arrival: i64,
    execution: Span,
    service: u32,
    failed: Option<bool>,
}

/// What a row comes to.
struct Read<'a> {
    arrival: i64,
    execution: Span,
    /// Its service, and the application that this belongs to.
    service: [&'a str; 2],
    failed: Option<bool>,
    /// Whether it ever ran.
    ran: bool,
}

enum Columns {
    Functions { app: usize, func: usize, end: usize, duration: usize },
    GenAi { created: usize, execution: usize, model: usize, status: Option<usize> },
}

impl Columns {
    fn find(table: &Table, format: RequestTraceFormat) -> Result<Self, TraceError> {
        if format == RequestTraceFormat::AlibabaGenai2026 {
            return Ok(Self::GenAi {
                created: table.column("gmt_create")?,
                execution: table.column("exec_time_seconds")?,
                model: table.column("checkpoint_model_version_id")?,
                status: table.column_or_none("predict_status"),
            });
        }
        Ok(Self::Functions {
            app: table.column("app")?,
            func: table.column("func")?,
            end: table.column("end_timestamp")?,
            duration: table.column("duration")?,
        })
    }
    fn row<'a>(&self, record: &'a StringRecord) -> Result<Read<'a>, Cell> {
        let field = |place: usize| record.get(place).unwrap_or_default();
        match *self {
            Self::Functions { app, func, end, duration } => {
                let end = cell::nearest_span("end_timestamp", field(end))?;
                let execution = cell::nearest_span("duration", field(duration))?;
                let begin = end.micros().saturating_sub(execution.micros());
                let arrival = i64::try_from(begin).unwrap_or(i64::MAX);
                let service = [field(func), field(app)];
                Ok(Read { arrival, execution, service, failed: None, ran: true })
            }
            Self::GenAi { created, execution, model, status } => {
                let arrival = cell::nearest_micros("gmt_create", field(created))?;
                let execution = cell::nearest_span("exec_time_seconds", field(execution))?;
                let status = status.map(field);
                let ran = status.is_none_or(|status| matches!(status, "SUCCEED" | "FAILED"));
                let failed = status.map(|status| status == "FAILED");
                Ok(Read { arrival, execution, service: [field(model); 2], failed, ran })
            }
        }
    }
    /// Whether the file counts from a zero of its own.
    const fn has_zero(&self) -> bool {
        matches!(self, Self::Functions { .. })
    }
}

/// The requests of such a file.
pub(super) struct Recorded {
    kept: std::vec::IntoIter<Kept>,
    zero: i64,
    services: Services,
    rows: u64,
    left_out: u64,
}

impl Recorded {
    /// Reads the whole file.
    pub(super) fn read(
        mut table: Table,
        format: RequestTraceFormat,
        mut services: Services,
    ) -> Result<Self, TraceError> {
        let columns = Columns::find(&table, format)?;
        let (mut kept, mut zero, mut left_out) = (Vec::new(), None::<i64>, 0);
        while table.next()?.is_some() {
            let read = columns.row(table.record()).map_err(|cell| table.malformed(cell))?;
            zero = Some(zero.map_or(read.arrival, |zero| zero.min(read.arrival)));
            let [name, of] = read.service;
            if !read.ran {
                left_out += 1;
            } else if let Some(service) = services.place(name, of) {
                let Read { arrival, execution, failed, .. } = read;
                kept.push(Kept { arrival, execution, service, failed });
            }
        }
        kept.sort_by_key(|kept| kept.arrival);
        let zero = zero.filter(|_| !columns.has_zero()).unwrap_or(0);
        Ok(Self { kept: kept.into_iter(), zero, services, rows: table.rows(), left_out })
    }
    pub(super) fn next(&mut self) -> Option<Row> {
        let Kept { arrival, execution, service, failed } = self.kept.next()?;
        let since_zero = u64::try_from(arrival - self.zero).expect("the zero is the earliest");
        let work = Some(Work::Takes(execution));
        Some(Row {
            work,
            handler_error: failed,
            ..Row::at(SimTime::from_micros(since_zero), service)
        })
    }
    pub(super) const fn counted(&self) -> (u64, u64) {
        (self.rows, self.left_out)
    }
    pub(super) const fn services(&self) -> &Services {
        &self.services
    }
}
