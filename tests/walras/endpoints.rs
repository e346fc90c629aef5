//! Tables and figures of endpoints, whole, as a hand-made story makes them (SLS-50, JOB-11).

mod told;

use expect_test::{Expect, expect, expect_file};
use proptest::prelude::*;
use std::collections::BTreeSet;
use told::{LLM, PAINT, at};
use walras::ids::Id;
use walras::journal::fact::RequestStatus;
use walras::journal::{Fact, Journal, Sink, Wanted};
use walras::metrics::summary::Value;
use walras::metrics::{Metrics, Subject, Summary};
use walras::trace::{TableName, Traces};
use walras::units::{GpuTime, Money, SimTime, Span};

fn check(table: TableName, expected: &Expect) {
    let scenario = told::scenario();
    let directory = tempfile::tempdir().unwrap();
    let mut traces = Traces::create(directory.path(), &[table], &scenario).unwrap();
    told::tell(&mut traces, None);
    let records = traces.finish().unwrap();
    let text = std::fs::read_to_string(directory.path().join(&records[0].name)).unwrap();
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let rows: Vec<_> = reader.records().collect::<Result<_, _>>().expect("rows of equal length");
    assert_eq!(records[0].rows, Some(rows.len() as u64));
    expected.assert_eq(&text);
}

#[test]
fn events() {
    check(
        TableName::Events,
        &expect![[r#"
        time_s,event,account,pod,host,gpu_type,endpoint,worker,request,volume,gpus,amount_usd,detail
        0,endpoint_created,"alice, ""inc""",,,,"llm, big",,,,,,workers_min=0; workers_max=3
        10,request_submitted,"alice, ""inc""",,,,"llm, big",,req-1,,,,
        10,worker_asked,"alice, ""inc""",,,,"llm, big","llm, big-w1",,,2,,slot=1; kind=flex
        10,worker_reserved,"alice, ""inc""",,host-a,NVIDIA RTX A6000,"llm, big","llm, big-w1",,,2,,
        12,worker_woken,"alice, ""inc""",,host-a,NVIDIA RTX A6000,"llm, big","llm, big-w1",,,2,,price_usd_per_gpu_s=0.00034; disk_usd_per_gb_month=0.1; charged=true
        15,worker_ready,"alice, ""inc""",,host-a,NVIDIA RTX A6000,"llm, big","llm, big-w1",,,2,,cold_start_s=3
        15,request_started,"alice, ""inc""",,host-a,NVIDIA RTX A6000,"llm, big","llm, big-w1",req-1,,2,,
        20,request_ended,"alice, ""inc""",,host-a,NVIDIA RTX A6000,"llm, big","llm, big-w1",req-1,,2,,status=COMPLETED
        30,request_submitted,"alice, ""inc""",,,,"llm, big",,job,,,,
        30,request_started,"alice, ""inc""",,host-a,NVIDIA RTX A6000,"llm, big","llm, big-w1",job,,2,,
        34,request_ended,"alice, ""inc""",,host-a,NVIDIA RTX A6000,"llm, big","llm, big-w1",job,,2,,status=COMPLETED
        40,request_submitted,"alice, ""inc""",,,,"llm, big",,req-3,,,,
        41,request_ended,"alice, ""inc""",,,,"llm, big",,req-3,,,,status=CANCELLED; cause=cancelled
        45,posted,"alice, ""inc""",,host-a,NVIDIA RTX A6000,"llm, big","llm, big-w1",,,2,0.02244,item=serverless_compute
        45,posted,,,host-a,NVIDIA RTX A6000,"llm, big","llm, big-w1",,,2,0.0170544,item=host_payout
        45,posted,"alice, ""inc""",,host-a,NVIDIA RTX A6000,"llm, big","llm, big-w1",,,2,0.00001157,item=serverless_disk
        45,posted,,,host-a,NVIDIA RTX A6000,"llm, big","llm, big-w1",,,2,0.00000879,item=host_payout
        45,worker_stopped,"alice, ""inc""",,host-a,NVIDIA RTX A6000,"llm, big","llm, big-w1",,,2,0.02245157,reason=idle_timeout
        50,worker_asked,"alice, ""inc""",,,,"llm, big","llm, big-w2",,,2,,slot=2; kind=flex
        50,worker_throttled,"alice, ""inc""",,,,"llm, big","llm, big-w2",,,2,,
        60,worker_withdrawn,"alice, ""inc""",,,,"llm, big","llm, big-w2",,,2,,
        60,worker_stopped,"alice, ""inc""",,,,"llm, big","llm, big-w2",,,2,,reason=no_funds
        60,request_submitted,labs-1,,,,paint,,req-4,,,,
        60,worker_asked,,,,,paint,paint-w1,,,2,,slot=1; kind=flex
        62,worker_woken,,,host-a,NVIDIA RTX A6000,paint,paint-w1,,,2,,price_usd_per_gpu_s=0.00034; disk_usd_per_gb_month=0.1; charged=false
        64,worker_ready,,,host-a,NVIDIA RTX A6000,paint,paint-w1,,,2,,cold_start_s=2
        64,request_started,,,host-a,NVIDIA RTX A6000,paint,paint-w1,req-4,,2,,
        70,request_requeued,,,host-a,NVIDIA RTX A6000,paint,paint-w1,req-4,,2,,
        70,worker_stopped,,,host-a,NVIDIA RTX A6000,paint,paint-w1,,,2,,reason=host_down
        80,worker_refused,"alice, ""inc""",,,,"llm, big",,,,,,reason=no_funds
        81,rejected,"alice, ""inc""",,,,"llm, big",,,,,,reason=queue_full; operation=SubmitJob
        82,rejected,"alice, ""inc""",,,,,,job,,,,reason=illegal_state; operation=CancelJob
        83,worker_price_set,,,,,,,,,,,class=AMPERE_48; flex_usd_per_gpu_s=0.0005
        84,webhook_called,,,,,paint,,req-4,,,,answered=false
        94,webhook_called,,,,,paint,,req-4,,,,answered=true
        95,posted,labs-1,,,,paint,,,,,0.0015,item=public_endpoint
        598,endpoint_updated,"alice, ""inc""",,,,"llm, big",,,,,,revision=2; workers_min=1; workers_max=3
        598,request_submitted,"alice, ""inc""",,,,"llm, big",,req-5,,,,
        598,worker_asked,"alice, ""inc""",,,,"llm, big","llm, big-w3",,,2,,slot=3; kind=active
        600,worker_woken,"alice, ""inc""",,host-a,NVIDIA RTX A6000,"llm, big","llm, big-w3",,,2,,price_usd_per_gpu_s=0.00034; disk_usd_per_gb_month=0.1; charged=true
        602,worker_ready,"alice, ""inc""",,host-a,NVIDIA RTX A6000,"llm, big","llm, big-w3",,,2,,cold_start_s=2
        602,request_started,"alice, ""inc""",,host-a,NVIDIA RTX A6000,"llm, big","llm, big-w3",req-5,,2,,
        700,worker_repriced,"alice, ""inc""",,host-a,NVIDIA RTX A6000,"llm, big","llm, big-w3",,,2,,price_usd_per_gpu_s=0.00024
        800,worker_drains,"alice, ""inc""",,host-a,NVIDIA RTX A6000,"llm, big","llm, big-w3",,,2,,reason=max_lowered
        900,endpoint_deleted,,,,,paint,,,,,,
        1000,posted,"alice, ""inc""",,host-a,NVIDIA RTX A6000,"llm, big","llm, big-w3",,,2,0.272,item=serverless_compute
        1000,posted,,,host-a,NVIDIA RTX A6000,"llm, big","llm, big-w3",,,2,0.20672,item=host_payout
        1000,request_ended,,,,,paint,paint-w1,req-4,,,,status=IN_QUEUE
        1000,request_ended,"alice, ""inc""",,host-a,NVIDIA RTX A6000,"llm, big","llm, big-w3",req-5,,2,,status=IN_PROGRESS
        1000,worker_stopped,"alice, ""inc""",,host-a,NVIDIA RTX A6000,"llm, big","llm, big-w3",,,2,0.272,reason=alive
        1000,run_ended,,,,,,,,,,,
    "#]],
    );
}

#[test]
fn ledger() {
    check(
        TableName::Ledger,
        &expect![[r#"
        time_s,account,item,subject,quantity,unit,periods,debit,credit,amount_usd,balance_usd
        45,"alice, ""inc""",serverless_compute,"llm, big-w1",2,1 s,33,"customer/alice, ""inc""",revenue,0.02244,0
        45,,host_payout,"llm, big-w1",2,1 s,33,revenue,host/host-a,0.0170544,
        45,"alice, ""inc""",serverless_disk,"llm, big-w1",2,300 s,1,"customer/alice, ""inc""",revenue,0.00001157,0
        45,,host_payout,"llm, big-w1",2,300 s,1,revenue,host/host-a,0.00000879,
        95,labs-1,public_endpoint,paint,1,0.001 s,1500,customer/labs-1,revenue,0.0015,0
        1000,"alice, ""inc""",serverless_compute,"llm, big-w3",2,1 s,400,"customer/alice, ""inc""",revenue,0.272,0
        1000,,host_payout,"llm, big-w3",2,1 s,400,revenue,host/host-a,0.20672,
    "#]],
    );
}

#[test]
fn endpoints() {
    check(
        TableName::Endpoints,
        &expect![[r#"
        time_s,endpoint,in_queue,in_progress,workers_initializing,workers_idle,workers_running,workers_throttled,completed,failed,retried,timed_out,cancelled,workers_standby,workers_unhealthy,workers_draining
        500,"llm, big",0,0,0,0,0,0,2,0,0,0,1,0,0,0
        500,paint,1,0,0,0,0,0,0,0,1,0,0,0,0,0
    "#]],
    );
}

#[test]
fn requests() {
    check(
        TableName::Requests,
        &expect![[r#"
        request,endpoint,submitted_s,started_s,finished_s,delay_s,execution_s,status,cold_start,worker,attempts
        req-1,"llm, big",10,15,20,5,5,COMPLETED,true,"llm, big-w1",1
        job,"llm, big",30,30,34,0,4,COMPLETED,false,"llm, big-w1",1
        req-3,"llm, big",40,,41,,,CANCELLED,false,,0
        req-4,paint,60,,,,,IN_QUEUE,false,paint-w1,1
        req-5,"llm, big",598,602,,4,,IN_PROGRESS,false,"llm, big-w3",1
    "#]],
    );
}

#[test]
fn workers() {
    check(
        TableName::Workers,
        &expect![[r#"
        worker,endpoint,host,gpu_type,gpus,kind,woken_s,ready_s,stopped_s,cold_start_s,requests,busy_s,idle_s,billed_s,compute_usd,stop_reason,asked_s,disk_usd
        "llm, big-w1","llm, big",host-a,NVIDIA RTX A6000,2,flex,12,15,45,3,2,9,21,33,0.02244,idle_timeout,10,0.00001157
        paint-w1,paint,host-a,NVIDIA RTX A6000,2,flex,62,64,70,2,1,6,0,8,,host_down,60,
        "llm, big-w3","llm, big",host-a,NVIDIA RTX A6000,2,active,600,602,,2,1,398,0,400,0.272,alive,598,0
    "#]],
    );
}

#[test]
fn utilization() {
    check(
        TableName::Utilization,
        &expect![[r#"
        time_s,gpu_type,cloud,datacenter,gpus_total,gpus_up,gpus_on_demand,gpus_spot,gpus_serverless,gpus_grace,gpus_free,waiting_pods
        500,NVIDIA RTX A6000,SECURE,EU-RO-1,4,4,0,0,0,0,4,0
        500,NVIDIA RTX A6000,COMMUNITY,,2,0,0,0,0,0,0,0
        1000,NVIDIA RTX A6000,SECURE,EU-RO-1,4,4,0,0,2,0,2,0
        1000,NVIDIA RTX A6000,COMMUNITY,,2,0,0,0,0,0,0,0
    "#]],
    );
}

fn figures(warm_up_ends: Option<u64>) -> Summary {
    let mut scenario = told::scenario();
    scenario.warm_up = at(warm_up_ends.unwrap_or(0));
    let mut metrics = Metrics::new(&scenario);
    told::tell(&mut metrics, warm_up_ends);
    metrics.summary()
}

fn of(endpoint: usize) -> Subject {
    Subject::Endpoint(Id::from_index(endpoint))
}
fn seconds(seconds: f64) -> Value {
    Value::Seconds(Span::from_seconds_f64(seconds))
}
fn assert_values(summary: &Summary, expected: &[(Subject, &str, Value)]) {
    for (subject, metric, value) in expected {
        assert_eq!(summary.value(metric, *subject), *value, "{metric} of {subject:?}");
    }
}

/// SLS-50. All that is read of endpoints, over the whole run.
#[test]
fn figures_of_the_whole_run() {
    let (summary, market) = (figures(None), Subject::Market);
    let gpu_seconds = |n| Value::GpuSeconds(GpuTime::new(2, Span::from_seconds(n)));
    assert_values(
        &summary,
        &[
            (of(LLM), "endpoint_requests", Value::Count(4)),
            (of(LLM), "endpoint_requests_completed", Value::Count(2)),
            (of(LLM), "endpoint_requests_cancelled", Value::Count(1)),
            (of(LLM), "endpoint_requests_unfinished", Value::Count(1)),
            (of(LLM), "endpoint_requests_refused", Value::Count(1)),
            (of(PAINT), "endpoint_requests_retried", Value::Count(1)),
            (market, "endpoint_requests", Value::Count(5)),
            (of(LLM), "request_delay_mean", Value::Number(2.5)),
            (of(LLM), "request_queue_delay_mean", Value::Number(0.0)),
            (of(LLM), "request_execution_mean", Value::Number(4.5)),
            (of(LLM), "request_latency_mean", Value::Number(7.0)),
            (of(LLM), "request_delay_p50", seconds(0.0)),
            (of(LLM), "request_latency_p99", seconds(9.994_24)), // of 10 s: the middle of its bucket
            (of(PAINT), "request_latency_p99", Value::Undefined),
            (of(LLM), "request_cold_start_share", Value::Number(1.0 / 3.0)),
            (of(LLM), "worker_starts", Value::Count(2)),
            (of(LLM), "worker_cold_start_mean", Value::Number(2.5)),
            (market, "worker_cold_start_p99", seconds(3.0)),
            (of(LLM), "workers_awake_mean", Value::Number(0.433)),
            (of(LLM), "workers_busy_mean", Value::Number(0.407)),
            (of(LLM), "worker_busy_share", Value::Number(407.0 / 433.0)),
            (of(LLM), "worker_time_throttled", seconds(10.0)),
            (of(LLM), "worker_time_billed", seconds(433.0)),
            (of(PAINT), "worker_time_billed", seconds(0.0)),
            (market, "worker_gpu_time", gpu_seconds(441)),
            (market, "worker_gpu_time_idle", gpu_seconds(21)),
            (of(PAINT), "endpoint_cost", Value::Money(Money::parse("0.0015").unwrap())),
            (market, "webhook_calls", Value::Count(2)),
            (market, "webhook_failures", Value::Count(1)),
            (market, "fairness_endpoints", Value::Number(1.0)),
            // A worker's GPUs from 10 to 45 and from 600 on, of 2 each.
            (Subject::Serverless, "gpus_sold_mean", Value::Number(0.87)),
            (market, "gpus_sold_mean", Value::Number(0.87)),
        ],
    );
    let revenue = Money::parse("0.29595157").unwrap();
    let sold = revenue - Money::parse("0.0015").unwrap();
    assert_eq!(summary.value("revenue", Subject::Serverless), Value::Money(revenue));
    assert_eq!(summary.value("revenue", market), Value::Money(revenue));
    assert_eq!(summary.value("revenue", Subject::GpuType(Id::from_index(0))), Value::Money(sold));
    expect_file!["snapshots/summary_endpoints.csv"].assert_eq(&summary.to_csv(&told::scenario()));
}

/// A request counts if it is submitted after the warm-up; of a run that was awake at its end, the time since.
#[test]
fn figures_after_the_warm_up() {
    let summary = figures(Some(20));
    assert_values(
        &summary,
        &[
            (of(LLM), "endpoint_requests", Value::Count(3)),
            (of(LLM), "request_latency_p50", seconds(4.0)),
            (of(LLM), "request_cold_starts", Value::Count(0)),
            (of(LLM), "worker_starts", Value::Count(1)),
            (of(LLM), "worker_cold_start_mean", Value::Number(2.0)),
            (of(LLM), "workers_awake_mean", Value::Number(425.0 / 980.0)),
            (of(LLM), "workers_starting_mean", Value::Number(2.0 / 980.0)),
            (of(LLM), "workers_busy_mean", Value::Number(405.5 / 980.0)),
            (of(LLM), "worker_time_throttled", seconds(10.0)),
        ],
    );
}

/// Hears what the figures want to hear, and remembers which kinds of facts that is.
struct Heard<'a, 'b> {
    metrics: &'a mut Metrics<'b>,
    words: BTreeSet<&'static str>,
}

impl Sink for Heard<'_, '_> {
    fn wants(&self) -> Wanted {
        self.metrics.wants()
    }
    fn hear(&mut self, at: SimTime, fact: &Fact) {
        self.words.insert(fact.word());
        self.metrics.hear(at, fact);
    }
}

/// States to a journal, which tells what is wanted alone.
struct Stating<'a>(Journal<'a>);

impl Sink for Stating<'_> {
    fn hear(&mut self, at: SimTime, fact: &Fact) {
        self.0.state(at, fact);
    }
}

/// Of each request its end is all that is asked for; nothing that is not asked for changes a figure.
#[test]
fn of_a_request_its_end_is_heard_alone() {
    for webhook in [false, true] {
        let mut scenario = told::scenario();
        scenario.script.extend(webhook.then(told::submission_with_a_webhook));
        let mut metrics = Metrics::new(&scenario);
        let mut heard = Heard { metrics: &mut metrics, words: BTreeSet::new() };
        told::tell(&mut Stating(Journal::new(vec![&mut heard])), None);
        let of_requests =
            |word: &&&str| word.starts_with("request_") || word.starts_with("webhook");
        let words: Vec<&str> = heard.words.iter().filter(of_requests).copied().collect();
        let expected = ["request_ended", "webhook_called"];
        assert_eq!(words, expected[..if webhook { 2 } else { 1 }]);
        if webhook {
            assert_eq!(metrics.summary(), figures(None));
        }
    }
}

/// A request that completed: when it came, how long it waited and took, in microseconds.
fn completed() -> impl Strategy<Value = Vec<(u64, u64, u64, bool)>> {
    let long = || prop_oneof![Just(0), 1..1_000_u64, 1_000..700_000_000_u64];
    proptest::collection::vec((0..1_000_000_u64, long(), long(), any::<bool>()), 1..60)
}

/// The figures of requests, told of endpoints in turn, or all of one.
fn of_requests(requests: &[(u64, u64, u64, bool)], endpoints: usize) -> Summary {
    let scenario = told::scenario();
    let mut metrics = Metrics::new(&scenario);
    for (index, &(submitted, delay, execution, cold)) in requests.iter().enumerate() {
        let submitted = SimTime::from_micros(submitted);
        let started = submitted + Span::from_micros(delay);
        let ids = (index as u64 + 1, index % endpoints);
        let times = (submitted, Some(started));
        let end = told::ended(ids, times, RequestStatus::Completed, cold);
        metrics.hear(started + Span::from_micros(execution), &Fact::RequestEnded(end));
    }
    metrics.hear(at(1_000), &Fact::RunEnded);
    metrics.summary()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    /// Quantiles are within 1 % of the sorted sample, and the market's, put together from endpoints, are those
    /// of all requests told of one.
    #[test]
    fn the_market_is_the_sum_of_its_endpoints(requests in completed()) {
        let (one, two) = (of_requests(&requests, 1), of_requests(&requests, 2));
        for figure in one.figures().iter().filter(|figure| figure.subject == of(LLM)) {
            let name = figure.metric.name;
            prop_assert_eq!(two.value(name, Subject::Market), figure.value, "{}", name);
        }
        let mut latencies: Vec<u64> = requests.iter().map(|&(_, delay, time, _)| delay + time).collect();
        let mut delays: Vec<u64> = requests.iter().map(|&(_, delay, ..)| delay).collect();
        for (sample, name) in [(&mut latencies, "request_latency"), (&mut delays, "request_delay")] {
            sample.sort_unstable();
            for percent in [50, 70, 90, 95, 98, 99] {
                let exact = sample[(percent * sample.len()).div_ceil(100) - 1];
                let read = two.value(&format!("{name}_p{percent}"), Subject::Market);
                let Value::Seconds(read) = read else { panic!("{name} is undefined") };
                prop_assert!(read.micros().abs_diff(exact) <= exact / 100, "{read} for {exact}");
            }
        }
    }
}
