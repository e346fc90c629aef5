//! What `walras check` says of serverless endpoints and of the requests to them.

use crate::cli::print::{duration, number, table};
use crate::ids::{EndpointId, Id};
use crate::scenario::Scenario;
use crate::scenario::model::serverless::{
    EndpointSpec, RequestArrivals, RequestSource, Resolved, ScalerChoice, ServiceTime,
};
use crate::units::Span;
use crate::workload::arrivals::mean_rate;

/// A row for each endpoint, or for several alike that follow each other; none if there is none.
pub(super) fn endpoints(scenario: &Scenario) -> Option<String> {
    let header = [
        "endpoint",
        "owner",
        "GPU types",
        "workers",
        "scaler",
        "requests/h",
        "execution, mean",
        "busy workers, mean",
    ];
    let mut rows: Vec<[String; 8]> = Vec::new();
    let mut first = String::new();
    for (index, endpoint) in scenario.endpoints.iter().enumerate() {
        let row = row(scenario, (EndpointId::from_index(index), endpoint));
        match rows.last_mut() {
            Some(last) if last[1..] == row[1..] => {
                last[0] = format!("{first} to {}", endpoint.name);
            }
            _ => {
                first.clone_from(&endpoint.name);
                rows.push(row);
            }
        }
    }
    (!rows.is_empty()).then(|| table(header, rows))
}

fn row(scenario: &Scenario, (id, endpoint): (EndpointId, &EndpointSpec)) -> [String; 8] {
    let resolved = endpoint.at_start.as_deref();
    let sources = scenario.request_sources.iter().filter(|source| source.endpoint == id);
    let sources: Vec<&RequestSource> = sources.collect();
    let [rate, execution, busy] = load(&sources, resolved);
    let owner = scenario.accounts.get(endpoint.account.index());
    let [types, workers, scaler] = resolved.map_or_else(
        || ["made by the script".to_owned(), String::new(), String::new()],
        |resolved| of_settings(scenario, resolved),
    );
    [
        endpoint.name.clone(),
        owner.map(|owner| owner.name.clone()).unwrap_or_default(),
        types,
        workers,
        scaler,
        rate,
        execution,
        busy,
    ]
}

/// GPU types, bounds of workers, scaler.
fn of_settings(scenario: &Scenario, resolved: &Resolved) -> [String; 3] {
    let settings = &resolved.settings;
    let types = scenario.type_lists[resolved.types as usize].iter();
    let names: Vec<&str> =
        types.map(|id| scenario.gpu_types[id.index()].display_name.as_str()).collect();
    let each = match settings.gpus_per_worker {
        1 => String::new(),
        several => format!("{several} × "),
    };
    [
        format!("{each}{}", names.join(" | ")),
        format!("{} to {}", settings.workers_min, settings.workers_max),
        scaler(&settings.scaler),
    ]
}

fn scaler(choice: &ScalerChoice) -> String {
    match choice {
        ScalerChoice::QueueDelay(delay) => format!("queue delay {}", duration(*delay)),
        ScalerChoice::RequestCount(jobs) => format!("request count {jobs}"),
        ScalerChoice::Concurrency(terms) => format!("concurrency {}", number(terms.target, 3)),
        ScalerChoice::Predictive(terms) => format!("predictive × {}", number(terms.safety, 3)),
        ScalerChoice::Fixed(count) => format!("fixed {count}"),
        ScalerChoice::Scheduled(times) => format!("scheduled, {} a day", times.len()),
        ScalerChoice::Own(policy) => policy.name.to_owned(),
    }
}

/// Requests per hour while they come, how long they take, and how many workers that keeps busy.
fn load(sources: &[&RequestSource], resolved: Option<&Resolved>) -> [String; 3] {
    if sources.is_empty() {
        return Default::default();
    }
    let rates: Option<Vec<f64>> = sources.iter().map(|source| rate(source)).collect();
    let Some(rates) = rates else {
        return ["by a trace".to_owned(), String::new(), String::new()];
    };
    let all: f64 = rates.iter().sum();
    let hourly = number(all * 3_600.0, 1);
    let times: Option<Vec<f64>> = sources.iter().map(|source| time(source, resolved)).collect();
    let Some(times) = times else { return [hourly, String::new(), String::new()] };
    let work: f64 = rates.iter().zip(&times).map(|(rate, time)| rate * time).sum();
    if !work.is_finite() {
        return [hourly, "unbounded".to_owned(), String::new()];
    }
    let mean = if 0.0 < all { work / all } else { 0.0 };
    let jobs = resolved.map_or(1, |resolved| resolved.settings.concurrency).max(1);
    let busy = number(work / f64::from(jobs), 3);
    [hourly, duration(Span::from_seconds_f64(mean)), busy]
}

/// Requests per second, if that is known beforehand.
fn rate(source: &RequestSource) -> Option<f64> {
    match &source.arrivals {
        RequestArrivals::Process(process) => mean_rate(process),
        RequestArrivals::Trace(_) => None,
    }
}

/// The mean of their execution in seconds, if that is known beforehand; of tokens on the first GPU type that
/// works any off.
fn time(source: &RequestSource, resolved: Option<&Resolved>) -> Option<f64> {
    match &source.service {
        ServiceTime::Drawn(time) => Some(time.mean()),
        ServiceTime::Tokens { prompt, answer } => {
            let rate = resolved?.token_rates.first()?;
            Some(prompt.mean() / rate.prefill + answer.mean() / rate.decode)
        }
        ServiceTime::Traced => None,
    }
}
