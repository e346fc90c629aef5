//! The figures that a person sees when a run, or replications of it, are over: which, in which groups, and in
//! which units.

pub mod tables;
pub mod written;

use crate::ids::{GpuTypeId, Id};
use crate::metrics::Subject;
use crate::metrics::summary::{Summary, Value, is_share};
use crate::scenario::Scenario;
use crate::units::Money;
use written::{count, dollars, duration, number, percent};

/// One figure: its name, its value, and what share of something it is.
/// Of counts in [`ONLY_IF_ANY`] only those that are not zero are shown.
type Line = (&'static str, &'static str, &'static str);

/// The figures of the whole market, group by group.
const GROUPS: &[(&str, &[Line])] = &[
    (
        "Demand",
        &[
            ("requests", "requests", ""),
            ("placed", "placed", ""),
            ("rejected", "rejected", "rejected_share"),
            ("  for want of capacity", "rejected_no_capacity", ""),
            ("  for want of credit", "rejected_no_funds", ""),
            ("  beyond their spending limit", "rejected_spending_limit", ""),
            ("  for too low a bid", "rejected_bid_below_floor", ""),
            ("  for their size", "rejected_too_large", ""),
            ("abandoned", "abandoned", "abandoned_share"),
            ("gone while waiting", GONE, ""),
            ("waiting at the end", "waiting_at_end", ""),
            ("completed", "completed", ""),
            ("refused outright", "refused_outright", ""),
        ],
    ),
    (
        "Waiting",
        &[("mean", "wait_mean", ""), ("median", "wait_p50", ""), ("95 % below", "wait_p95", "")],
    ),
    (
        "Work",
        &[
            ("useful", "useful_work", ""),
            ("lost", "lost_work", "lost_work_share"),
            ("preemptions", "preemptions", ""),
            ("cost per useful GPU-hour", "cost_per_useful_gpu_hour", ""),
        ],
    ),
    (
        "GPUs",
        &[
            ("in the fleet", "gpus_total", ""),
            ("sold, mean", "gpus_sold_mean", "utilization"),
            ("available", "gpus_up_mean", "availability"),
        ],
    ),
    (
        "Money",
        &[
            ("paid in", "deposits", ""),
            ("revenue", "revenue", ""),
            ("of it to hosts", "host_earnings", ""),
            ("of it to the platform", "platform_income", ""),
        ],
    ),
    (
        "Jobs",
        &[
            ("of customers who decide", "jobs", ""),
            ("in time", "jobs_in_time", "jobs_in_time_share"),
            ("late", "jobs_late", ""),
            ("given up", "jobs_left", ""),
            ("unfinished", "jobs_unfinished", ""),
            ("from coming to done, mean", "job_makespan_mean", ""),
            ("requests each", "job_requests_mean", ""),
            ("paid for them", "jobs_paid", ""),
            ("cost per job done", "jobs_paid_per_job_done", ""),
        ],
    ),
    (
        "Endpoints",
        &[
            ("requests", "endpoint_requests", ""),
            ("completed", "endpoint_requests_completed", "endpoint_requests_completed_share"),
            ("failed", "endpoint_requests_failed", ""),
            ("timed out", "endpoint_requests_timed_out", ""),
            ("refused", "endpoint_requests_refused", ""),
            ("unfinished", "endpoint_requests_unfinished", ""),
            ("cold starts", "request_cold_starts", "request_cold_start_share"),
            ("latency, median", "request_latency_p50", ""),
            ("  90 % below", "request_latency_p90", ""),
            ("  99 % below", "request_latency_p99", ""),
            ("workers awake, mean", "workers_awake_mean", ""),
            ("  busy", "workers_busy_mean", "worker_busy_share"),
            ("cost", "endpoint_cost", ""),
            ("  of 1,000 completed", "endpoint_cost_per_thousand", ""),
        ],
    ),
    (
        "Providers",
        &[
            ("there, mean", "providers_mean", ""),
            ("joined", "providers_joined", ""),
            ("left", "providers_left", ""),
            ("invited and stayed away", "providers_declined", ""),
            ("ask for a GPU-hour", "provider_price_mean", ""),
            ("earn in a GPU-hour", "provider_earnings_per_gpu_hour", ""),
            ("which costs them", "provider_cost_mean", ""),
        ],
    ),
    (
        "Customers",
        &[
            ("turned away", "customers_left", ""),
            ("came back", "customers_returned", ""),
            ("away, mean", "customers_away_mean", ""),
            ("arrivals that did not come", "arrivals_lost", ""),
        ],
    ),
    (
        "Out of credit",
        &[("stops", "stops_for_funds", ""), ("pods removed", "removals_for_funds", "")],
    ),
];

/// Requests that were neither placed nor refused nor abandoned, and wait no more: they were taken back, or
/// ended with their account's credit. No figure of its own in the summary.
pub const GONE: &str = "gone_while_waiting";

/// What [`GONE`] stands for.
fn gone(summary: &Summary) -> Value {
    let count = |metric: &str| {
        let Value::Count(count) = summary.value(metric, Subject::Market) else { return 0 };
        count
    };
    let known = ["placed", "rejected", "abandoned", "waiting_at_end"].map(count);
    Value::Count(count("requests").saturating_sub(known.iter().sum()))
}

/// Groups of what most scenarios do not have.
const ONLY_IF_THERE: [&str; 4] = ["Jobs", "Endpoints", "Providers", "Customers"];

/// Counts that are nothing in most runs.
const ONLY_IF_ANY: [&str; 15] = [
    GONE,
    "rejected_no_capacity",
    "rejected_no_funds",
    "rejected_spending_limit",
    "rejected_bid_below_floor",
    "rejected_too_large",
    "waiting_at_end",
    "refused_outright",
    "jobs_late",
    "jobs_left",
    "jobs_unfinished",
    "endpoint_requests_failed",
    "endpoint_requests_timed_out",
    "endpoint_requests_refused",
    "endpoint_requests_unfinished",
];

/// The figures of one run.
pub fn figures(summary: &Summary) -> Vec<[String; 4]> {
    let value = |metric: &str| match metric {
        GONE => gone(summary),
        metric => summary.value(metric, Subject::Market),
    };
    let row = |[group, label, metric, share]: [&str; 4]| {
        let share = summary.value(share, Subject::Market).as_f64();
        let share = share.map(percent).unwrap_or_default();
        [group.to_owned(), label.to_owned(), shown(metric, value(metric)), share]
    };
    lines(&value).into_iter().map(row).collect()
}

/// The lines of [`GROUPS`] that have something to say, by the value of a metric: group, where it begins, words,
/// metric, share.
pub fn lines(value: &dyn Fn(&str) -> Value) -> Vec<[&'static str; 4]> {
    let mut found = Vec::new();
    for (group, lines) in GROUPS {
        for (index, &(label, metric, share)) in lines.iter().enumerate() {
            let value = value(metric);
            let is_absent = value == Value::Undefined && ONLY_IF_THERE.contains(group);
            if !is_absent && (value.as_f64() != Some(0.0) || !ONLY_IF_ANY.contains(&metric)) {
                found.push([if index == 0 { *group } else { "" }, label, metric, share]);
            }
        }
    }
    found
}

/// A value in the unit that suits a person.
pub fn shown(metric: &str, value: Value) -> String {
    match value {
        Value::Undefined => "-".to_owned(),
        Value::Count(value) => count(value),
        Value::Money(money) => format!("{} USD", dollars(money)),
        Value::Seconds(span) => duration(span),
        Value::GpuSeconds(time) => {
            format!("{} GPU-h", number(time.as_gpu_seconds_f64() / 3_600.0, 1))
        }
        Value::Number(seconds) if ["wait_mean", "job_makespan_mean"].contains(&metric) => {
            duration(crate::units::Span::from_seconds_f64(seconds))
        }
        Value::Number(amount) if metric == "endpoint_cost_per_thousand" => {
            format!("{amount:.4} USD")
        }
        Value::Number(amount) if metric.starts_with("cost") => format!("{amount:.4} USD"),
        Value::Number(amount) if metric.starts_with("provider_") => format!("{amount:.4} USD"),
        Value::Number(amount) if metric == "jobs_paid_per_job_done" => {
            format!("{} USD", dollars(Money::from_drawn_dollars(amount)))
        }
        Value::Number(value) => number(value, 2),
    }
}

/// A mean or a difference of values of a metric with this unit, in the unit that suits a person.
pub fn shown_as(metric: &str, unit: &str, value: f64) -> String {
    let size = value.abs();
    let text = match unit {
        "s" => duration(crate::units::Span::from_seconds_f64(size)),
        "USD" => format!("{} USD", dollars(Money::from_drawn_dollars(size))),
        "GPU-s" => format!("{} GPU-h", number(size / 3_600.0, 1)),
        "1" if is_share(metric, unit) => format!("{:.2} %", 100.0 * size),
        "1" => number(size, 2),
        unit => format!("{} {unit}", number(size, 4)),
    };
    // What is rounded to nothing is neither more nor less.
    let is_nothing = !text.chars().any(|c| ('1'..='9').contains(&c));
    let sign = if value < 0.0 && !is_nothing { "-" } else { "" };
    format!("{sign}{text}")
}

/// A difference of two values of a metric with this unit: of shares in percentage points, which are no percentage of
/// either.
pub fn difference_as(metric: &str, unit: &str, value: f64) -> String {
    let text = shown_as(metric, unit, value);
    if is_share(metric, unit) { text.replace('%', "pp") } else { text }
}

/// A value or a mean of a metric with this unit, apart from its unit where a column can have that in its heading.
pub fn in_column(metric: &str, unit: &str, value: f64) -> (String, &'static str) {
    let plain = |value: f64, digits: usize| {
        let text = number(value.abs(), digits);
        let sign = if value < 0.0 && text != "0" { "-" } else { "" };
        format!("{sign}{text}")
    };
    match unit {
        "GPU" => (plain(value, 2), ""),
        "USD" if metric == "endpoint_cost_per_thousand" => (plain(value, 4), "USD"),
        "USD" => (dollars(Money::from_drawn_dollars(value)), "USD"),
        "USD/GPU-h" => (format!("{value:.4}"), "USD/GPU-h"),
        "GPU-s" => (plain(value / 3_600.0, 1), "GPU-h"),
        "GB" => (plain(value, 1), "GB"),
        _ => (shown_as(metric, unit, value), ""),
    }
}

/// A line per GPU type that the scenario has any of, or any request for.
pub fn gpu_types(scenario: &Scenario, summary: &Summary) -> Vec<[String; 7]> {
    let row = |index: usize| {
        let subject = Subject::GpuType(GpuTypeId::from_index(index));
        let value = |metric: &str| shown(metric, summary.value(metric, subject));
        let share =
            |metric: &str| summary.value(metric, subject).as_f64().map_or("-".to_owned(), percent);
        let value_of = summary.value("revenue", subject);
        let revenue = match value_of {
            Value::Money(money) => dollars(money),
            Value::Undefined
            | Value::Count(_)
            | Value::Seconds(_)
            | Value::GpuSeconds(_)
            | Value::Number(_) => value_of.to_string(),
        };
        [
            scenario.gpu_types[index].display_name.clone(),
            value("gpus_total"),
            share("utilization"),
            value("requests"),
            share("rejected_share"),
            value("wait_p95"),
            revenue,
        ]
    };
    let in_use = |index: &usize| {
        let count = |metric| summary.value(metric, Subject::GpuType(GpuTypeId::from_index(*index)));
        [count("gpus_total"), count("requests")] != [Value::Count(0), Value::Count(0)]
    };
    (0..scenario.gpu_types.len()).filter(in_use).map(row).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::journal::fact::{RequestCause, RequestEnded, RequestId, RequestStatus};
    use crate::journal::{Fact, Sink};
    use crate::metrics::Metrics;
    use crate::scenario::model::serverless::EndpointSpec;
    use crate::units::SimTime;

    /// An endpoint on which one request had a cold start and one is waiting.
    #[test]
    fn endpoints_have_a_block_where_there_are_any() {
        let text = r#"(
            horizon: "1h",
            fleet: [(gpu_type: "NVIDIA RTX A6000", gpus: 1, datacenter: "EU-RO-1")],
            accounts: [(name: "ada", balance: 10)],
        )"#;
        let plain = crate::scenario::from_text("plain.ron", text).expect("a sound scenario");
        let mut scenario = plain.clone();
        let account = Id::from_index(0);
        let own = EndpointSpec { name: "llm".into(), account, model: None, at_start: None };
        scenario.endpoints.push(own);
        let block = |scenario: &Scenario, facts: &[RequestEnded]| -> String {
            let mut metrics = Metrics::new(scenario);
            let at = SimTime::from_seconds(10);
            facts.iter().for_each(|end| metrics.hear(at, &Fact::RequestEnded(*end)));
            metrics.hear(scenario.horizon, &Fact::RunEnded);
            let rows = figures(&metrics.summary());
            let of_block = rows.iter().skip_while(|row| row[0] != "Endpoints");
            let rows = of_block.take_while(|row| row[0].is_empty() || row[0] == "Endpoints");
            let lines: Vec<String> = rows
                .map(|[group, label, value, share]| {
                    format!("{group:9}  {label:20}  {value:>10}  {share:>7}").trim_end().to_owned()
                })
                .collect();
            lines.join("\n")
        };
        let waiting = RequestEnded {
            request: RequestId(1),
            name: None,
            endpoint: Id::from_index(0),
            submitted: SimTime::ZERO,
            started: None,
            status: RequestStatus::InQueue,
            cause: RequestCause::None,
            cold_start: false,
            worker: None,
            attempts: 0,
        };
        let served = RequestEnded {
            started: Some(SimTime::from_seconds(3)),
            status: RequestStatus::Completed,
            cold_start: true,
            attempts: 1,
            ..waiting
        };
        assert_eq!(block(&plain, &[]), "");
        expect_test::expect![[r#"
             Endpoints  requests                       2
                        completed                      1   50.0 %
                        unfinished                     1
                        cold starts                    1  100.0 %
                        latency, median             10 s
                          90 % below                10 s
                          99 % below                10 s
                        workers awake, mean            0
                          busy                         0
                        cost                    0.00 USD
                          of 1,000 completed  0.0000 USD"#]]
        .assert_eq(&block(&scenario, &[served, waiting]));
    }
}
