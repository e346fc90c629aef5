//! What a whole trace of requests comes to, before a run: for checks, and for a person to read.

use super::functions::{Functions, durations_beside};
use super::replay::stretched;
use super::rows::{Row, Rows, Services};
use super::spread::Spread;
use crate::rng::{Purpose, Stream};
use crate::scenario::model::serverless::{RequestTrace, RequestTraceFormat, Work};
use crate::units::{SimTime, Span};
use crate::workload::import::{TraceError, digest};
use std::path::PathBuf;

/// What a trace of requests comes to. Times are the trace's own, not stretched.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Survey {
    /// Rows of the file.
    pub rows: u64,
    /// Requests.
    pub requests: u64,
    /// Requests in the file that are left out: they never ran, or their run times are not told.
    pub left_out: u64,
    /// The first and the last arrival from the trace's zero; of counts, the begin of the first minute that
    /// has any and the end of the last.
    pub arrivals: Option<(SimTime, SimTime)>,
    /// The first of the busiest minutes from the trace's zero, and its requests.
    pub busiest: (u64, u64),
    /// Requests by service, the busiest first. One without a name: the file tells none.
    pub services: Vec<(String, u64)>,
    /// Seconds of the requests that state how long they take.
    pub executions: Option<Spread>,
    /// Tokens of prompt and of answer of those that state tokens.
    pub tokens: Option<(Spread, Spread)>,
    /// Requests whose handler fails.
    pub failed: u64,
    /// Requests of low priority.
    pub low_priority: u64,
    /// Requests made by runsync.
    pub sync: u64,
}

/// What a trace comes to as a source replays it.
#[derive(Clone, Debug, PartialEq)]
pub struct RequestFacts {
    /// The files that are read: their paths and BLAKE3 in hexadecimal; the one that the scenario names
    /// first.
    pub files: Vec<(PathBuf, String)>,
    /// Rows of the first of them.
    pub rows: u64,
    /// Requests that will be replayed; of counts in a minute that the window cuts, as many as come before
    /// that on average, rounded down.
    pub requests: u64,
    /// Requests that come too late.
    pub late: u64,
    /// Requests in the file that are left out: they never ran, or their run times are not told.
    pub left_out: u64,
    /// How many of those that will be replayed are made of tokens: their endpoint needs rates.
    pub tokens: u64,
}

/// The files that a replay of `trace` reads, the one that it names first. `with_work`: whether the trace has
/// to say how long requests take.
pub fn files(trace: &RequestTrace, with_work: bool) -> Vec<PathBuf> {
    let has_second = with_work && trace.format == RequestTraceFormat::AzureFunctions2019;
    let second = has_second.then(|| durations_beside(&trace.path));
    std::iter::once(trace.path.clone()).chain(second).collect()
}

/// Reads a whole trace and says what its replay comes to. `window` is how long requests are taken, in the
/// time of the run; rows outside are checked all the same. Counts of minutes are added up, not spread: a day
/// of all functions has a billion invocations, in fifty thousand rows.
///
/// # Errors
/// The first error of its files.
pub fn check_requests(
    trace: &RequestTrace,
    with_work: bool,
    window: Span,
) -> Result<RequestFacts, TraceError> {
    if trace.format == RequestTraceFormat::AzureFunctions2019 {
        return check_counts(trace, with_work, window);
    }
    let mut rows = Rows::open(trace, with_work, &any_stream)?;
    let (mut requests, mut late, mut tokens) = (0, 0, 0);
    while let Some(row) = rows.next()? {
        let after = stretched(row.arrival.saturating_since(SimTime::ZERO), trace.stretch);
        if after < window {
            requests += 1;
            tokens += u64::from(matches!(row.work, Some(Work::Tokens(..))));
        } else {
            late += 1;
        }
    }
    let (rows, left_out) = rows.counted();
    let files = with_digests(trace, with_work)?;
    Ok(RequestFacts { files, rows, requests, late, left_out, tokens })
}

/// The same of counts of minutes.
fn check_counts(
    trace: &RequestTrace,
    with_work: bool,
    window: Span,
) -> Result<RequestFacts, TraceError> {
    let services = Services::new(trace.only.as_deref());
    let day = Functions::open(&trace.path, with_work, services)?;
    let (mut requests, mut late) = (0, 0);
    for (minute, many) in (0..).zip(day.per_minute()) {
        let at = |minute| stretched(Span::MINUTE * minute, trace.stretch);
        let (begins, ends) = (at(minute), at(minute + 1));
        let taken = if ends <= window && begins < window {
            many
        } else {
            let part = u128::from((window.max(begins) - begins).micros());
            let whole = u128::from((ends - begins).micros()).max(1);
            u64::try_from(u128::from(many) * part / whole).expect("no more than there are")
        };
        requests += taken;
        late += many - taken;
    }
    let (files, rows) = (with_digests(trace, with_work)?, day.rows);
    Ok(RequestFacts { files, rows, requests, late, left_out: day.left_out, tokens: 0 })
}

/// The files that a replay reads, with their digests.
fn with_digests(
    trace: &RequestTrace,
    with_work: bool,
) -> Result<Vec<(PathBuf, String)>, TraceError> {
    let digests = files(trace, with_work).into_iter().map(|path| {
        let digest = digest(&path)?;
        Ok((path, digest))
    });
    digests.collect()
}

/// What is only counted does not depend on chance.
fn any_stream(part: u64) -> Stream {
    Stream::open(0, 0, Purpose::Requests, part << 32)
}

/// What is gathered row by row.
#[derive(Default)]
struct Gathered {
    survey: Survey,
    /// The present minute and its requests.
    present: (u64, u64),
    by_service: Vec<u64>,
    executions: Vec<f64>,
    prompts: Vec<f64>,
    answers: Vec<f64>,
}

impl Gathered {
    fn add(&mut self, row: &Row) {
        let survey = &mut self.survey;
        survey.requests += 1;
        let first = survey.arrivals.map_or(row.arrival, |(first, _)| first);
        survey.arrivals = Some((first, row.arrival));
        let minute = row.arrival.micros() / Span::MINUTE.micros();
        let many = if minute == self.present.0 { self.present.1 + 1 } else { 1 };
        self.present = (minute, many);
        if survey.busiest.1 < many {
            survey.busiest = self.present;
        }
        let service = row.service as usize;
        if self.by_service.len() <= service {
            self.by_service.resize(service + 1, 0);
        }
        self.by_service[service] += 1;
        match row.work {
            None => {}
            Some(Work::Takes(span)) => self.executions.push(span.as_seconds_f64()),
            Some(Work::Tokens(prompt, answer)) => {
                self.prompts.push(prompt.into());
                self.answers.push(answer.into());
            }
        }
        survey.failed += u64::from(row.handler_error == Some(true));
        survey.low_priority += u64::from(row.low_priority == Some(true));
        survey.sync += u64::from(row.sync == Some(true));
    }
}

/// Names and their requests, the busiest first; of equals in order of name.
fn busiest_first(names: Vec<String>, requests: Vec<u64>) -> Vec<(String, u64)> {
    let mut services: Vec<_> = names.into_iter().zip(requests).collect();
    services.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    services
}

impl Survey {
    /// Of a file of one request a row.
    pub(in crate::workload) fn of(mut rows: Rows) -> Result<Self, TraceError> {
        let mut gathered = Gathered::default();
        while let Some(row) = rows.next()? {
            gathered.add(&row);
        }
        let Gathered { mut survey, by_service, executions, prompts, answers, .. } = gathered;
        (survey.rows, survey.left_out) = rows.counted();
        survey.services = busiest_first(rows.services(), by_service);
        survey.executions = Spread::of(executions);
        survey.tokens = Spread::of(prompts).zip(Spread::of(answers));
        Ok(survey)
    }
    /// Of a day's counts. Run times are those of the percentiles, each function's as often as it is invoked.
    pub(in crate::workload) fn of_functions(day: &Functions) -> Self {
        let per_function = day.per_function();
        let mut survey = Self { rows: day.rows, left_out: day.left_out, ..Self::default() };
        for (minute, many) in (0..).zip(day.per_minute()).filter(|(_, many)| 0 < *many) {
            survey.requests += many;
            let at = |minute: u64| SimTime::from_micros(minute * Span::MINUTE.micros());
            let first = survey.arrivals.map_or(at(minute), |(first, _)| first);
            survey.arrivals = Some((first, at(minute + 1)));
            if survey.busiest.1 < many {
                survey.busiest = (minute, many);
            }
        }
        let names = day.services.names();
        let mut by_service = vec![0; names.len()];
        for (function, many) in day.functions.iter().zip(&per_function) {
            by_service[function.service as usize] += many;
        }
        survey.services = busiest_first(names, by_service);
        survey.executions = mixture(day, &per_function);
        survey
    }
    /// What a file of requests holds, whatever it says of run times beside it: with these if they are there.
    pub(in crate::workload) fn of_day(path: &std::path::Path) -> Result<Self, TraceError> {
        let with_times = durations_beside(path).exists();
        Functions::open(path, with_times, Services::default()).map(|day| Self::of_functions(&day))
    }
    /// From the first arrival to the last.
    pub fn span(&self) -> Span {
        self.arrivals.map_or(Span::ZERO, |(first, last)| last.saturating_since(first))
    }
    /// Requests per second from the first to the last; none of an instant.
    #[expect(clippy::cast_precision_loss, reason = "fewer than 2^53 requests")]
    pub fn rate(&self) -> Option<f64> {
        let span = self.span();
        (!span.is_zero()).then(|| self.requests as f64 / span.as_seconds_f64())
    }
}

/// How the run times of functions are spread, each weighted by its invocations.
#[expect(clippy::cast_precision_loss, reason = "fewer than 2^53 invocations")]
fn mixture(day: &Functions, per_function: &[u64]) -> Option<Spread> {
    let functions = day.functions.iter().zip(per_function).filter(|(_, many)| 0 < **many);
    let functions: Vec<_> =
        functions.filter_map(|(function, many)| Some((function.times?, *many as f64))).collect();
    let all: f64 = functions.iter().map(|(_, many)| many).sum();
    let least = functions.iter().map(|(times, _)| times.at(0.0).as_seconds_f64());
    let least = least.min_by(f64::total_cmp)?;
    let most = functions.iter().map(|(times, _)| times.longest()).max_by(f64::total_cmp)?;
    let quantile = |share: f64| {
        let (mut low, mut high) = (least, most);
        for _ in 0..60 {
            let middle = low + (high - low) / 2.0;
            let below: f64 =
                functions.iter().map(|(times, many)| times.share_up_to(middle) * many).sum();
            if below < share * all { low = middle } else { high = middle }
        }
        high
    };
    let mean = functions.iter().map(|(times, many)| times.mean() * many).sum::<f64>() / all;
    Some(Spread {
        count: per_function.iter().sum(),
        mean,
        least,
        median: quantile(0.5),
        p90: quantile(0.9),
        p99: quantile(0.99),
        most,
    })
}
