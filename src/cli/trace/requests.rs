//! What `walras describe` shows of requests to endpoints, of run times and of measured values.

use super::{as_f64, plain, since_zero};
use crate::cli::print::{count, duration, number, table};
use crate::scenario::model::serverless::RequestTraceFormat;
use crate::units::{SimTime, Span};
use crate::workload::describe::measured::{DurationsDescription, MeasuredDescription};
use crate::workload::import::FileKind;
use crate::workload::requests::spread::Spread;
use crate::workload::requests::survey::Survey;
use std::path::Path;

/// So many services are shown, the busiest.
const SHOWN: usize = 8;

/// Requests to endpoints.
pub(super) fn survey(found: &Survey, kind: &FileKind) -> String {
    let left_out = match found.left_out {
        0 => String::new(),
        some => format!("; {} that never ran or do not tell how long are left out", count(some)),
    };
    let first = found.arrivals.map_or(SimTime::ZERO, |(first, _)| first);
    let (minute, most) = found.busiest;
    let minute = duration(Span::from_micros(minute * Span::MINUTE.micros()));
    let rate = found.rate().map_or_else(|| "-".to_owned(), |rate| number(rate, 4));
    let mut rows = vec![
        ["requests".to_owned(), format!("{}{left_out}", count(found.requests))],
        [
            "over".to_owned(),
            format!("{}, the first at {}", duration(found.span()), since_zero(first)),
        ],
        ["a second".to_owned(), rate],
        ["busiest minute".to_owned(), format!("{}, at {minute}", count(most))],
        ["handler fails".to_owned(), count(found.failed)],
        ["low priority".to_owned(), count(found.low_priority)],
        ["by runsync".to_owned(), count(found.sync)],
    ];
    // What a format can't say is not shown as zero.
    if *kind != FileKind::Requests(RequestTraceFormat::Plain) {
        rows.truncate(if found.failed == 0 { 4 } else { 5 });
    }
    let parts = [
        format!("\n{}", plain(rows)),
        spreads(found),
        services(found),
        drives(kind, found).to_owned(),
    ];
    parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("\n")
}

fn spread(name: &str, found: &Spread) -> [String; 8] {
    let values = [found.mean, found.least, found.median, found.p90, found.p99, found.most];
    let [mean, least, median, p90, p99, most] = values.map(|value| number(value, 3));
    [name.to_owned(), count(found.count), mean, least, median, p90, p99, most]
}

const SPREAD: [&str; 8] = ["", "count", "mean", "least", "median", "90 %", "99 %", "most"];

fn spreads(found: &Survey) -> String {
    let mut rows: Vec<_> =
        found.executions.iter().map(|seconds| spread("execution, s", seconds)).collect();
    if let Some((prompt, answer)) = &found.tokens {
        rows.extend([spread("prompt, tokens", prompt), spread("answer, tokens", answer)]);
    }
    if rows.is_empty() { String::new() } else { format!("\n{}", table(SPREAD, rows)) }
}

fn services(found: &Survey) -> String {
    if found.services.iter().all(|(name, _)| name.is_empty()) {
        return String::new();
    }
    let row = |(name, many): &(String, u64)| {
        let share = as_f64(*many) / as_f64(found.requests).max(1.0);
        let name = if name.is_empty() { "(none)" } else { name };
        [name.to_owned(), count(*many), crate::cli::print::percent(share)]
    };
    let rows = found.services.iter().take(SHOWN).map(row).collect();
    let all = found.services.len();
    let more = if SHOWN < all { format!(", the busiest {SHOWN}") } else { String::new() };
    let header = ["service", "requests", "of all"];
    format!("\n{} services{more}\n{}", count(u64::try_from(all).unwrap_or(0)), table(header, rows))
}

fn drives(kind: &FileKind, found: &Survey) -> &'static str {
    let is = |format| *kind == FileKind::Requests(format);
    if is(RequestTraceFormat::AzureLlm2023) {
        "\nCan drive one endpoint with rates of prefill and decode; or, with execution times of the \
         scenario's own, any"
    } else if is(RequestTraceFormat::AzureFunctions2019) && found.executions.is_none() {
        "\nCan drive endpoints with execution times of the scenario's own; with the file of run times \
         beside it (`durations` for `invocations` in its name) also with these"
    } else if found.services.iter().all(|(name, _)| name.is_empty()) {
        "\nCan drive one endpoint"
    } else {
        "\nCan drive an endpoint by all of its requests, or several by a service each (`only`)"
    }
}

/// Run times of functions.
pub(super) fn durations(found: &DurationsDescription) -> String {
    let rows = found.means.iter().map(|means| spread("mean run time, s", means)).collect();
    format!(
        "\n{} functions\n\n{}\n\nBelongs beside a table of invocations (`invocations` for `durations` in its \
         name), whose requests it gives their run times",
        count(found.functions),
        table(SPREAD, rows)
    )
}

/// Measured values.
pub(super) fn measured(found: &MeasuredDescription, path: &Path) -> String {
    let rows = found.values.iter().map(|values| spread("value", values)).collect();
    format!(
        "\nover {}\n\n{}\n\nCan drive any time that is drawn, such as a worker's start: \
         Empirical(path: \"{}\", column: \"value\", times: 0.001) takes milliseconds as seconds",
        duration(found.span),
        table(SPREAD, rows),
        path.display()
    )
}
