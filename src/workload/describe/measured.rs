//! What a list of measured values, or of functions' run times, holds.

use crate::units::{SimTime, Span};
use crate::workload::import::TraceError;
use crate::workload::import::cell;
use crate::workload::import::table::Table;
use crate::workload::requests::functions::run_times;
use crate::workload::requests::spread::Spread;

/// Values measured at a service of Alibaba GenAI 2026: `timestamp_anon` (seconds), `value`.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct MeasuredDescription {
    /// From the earliest sample to the latest.
    pub span: Span,
    /// The values, in the file's own unit.
    pub values: Option<Spread>,
}

impl MeasuredDescription {
    /// Reads a whole list.
    pub(super) fn read(mut table: Table) -> Result<(Self, u64), TraceError> {
        let (time, value) = (table.column("timestamp_anon")?, table.column("value")?);
        let (mut values, mut ends) = (Vec::new(), None::<(SimTime, SimTime)>);
        while let Some(record) = table.next()? {
            let field = |place: usize| record.get(place).unwrap_or_default();
            let read = cell::instant("timestamp_anon", field(time))
                .and_then(|at| Ok((at, cell::number("value", field(value))?)));
            let (at, value) = read.map_err(|cell| table.malformed(cell))?;
            let (first, last) = ends.unwrap_or((at, at));
            ends = Some((first.min(at), last.max(at)));
            values.push(value);
        }
        let span = ends.map_or(Span::ZERO, |(first, last)| last.saturating_since(first));
        Ok((Self { span, values: Spread::of(values) }, table.rows()))
    }
}

/// Run times of functions of Azure Functions 2019.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct DurationsDescription {
    /// Functions.
    pub functions: u64,
    /// How their mean run times are spread, in seconds, each function once.
    pub means: Option<Spread>,
}

impl DurationsDescription {
    /// Reads a whole table.
    pub(super) fn read(table: Table) -> Result<(Self, u64), TraceError> {
        let times = run_times(table)?;
        let functions = super::count(times.len());
        let means = Spread::of(times.values().map(|times| times.mean()).collect());
        Ok((Self { functions, means }, functions))
    }
}
