//! Serverless endpoints against straight loops of the same models.
//!
//! - *Single endpoint*, the example of SimFaaS: 0.9 requests a second, each wakes a worker if none is idle (early
//!   binding), exponential execution of 1.991 s on average, a cold start of 0.253 s, workers stop after 600 s without
//!   a request, the newest idle one is used first. The straight loop is what an engineer writes in an hour: a binary
//!   heap, an enum, a match, a timer an idle period, ChaCha8 and `libm::log`.
//! - *M/M/100*: an endpoint of 100 fixed workers at a load of 0.9; the loop is that of the bench `market`.
//! - *1,000 endpoints* of the first kind in one agenda.
//!
//! Walras runs them as endpoints of a market, with its summary and without tables. Besides: rows of `requests.csv`
//! per second, and memory as the number of requests grows.

#![expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    reason = "a bench's times and counts are small"
)]

mod common;
mod queue;
#[path = "endpoint/straight.rs"]
mod straight;

use common::Duel;
use criterion::{Criterion, Throughput};
use queue::{Straight, erlang_c};
use std::hint::black_box;
use straight::Endpoints;
use walras::engine::{self, Progress, RunId};
use walras::journal::fact::RequestStatus;
use walras::journal::{Fact, Journal, Sink, Wanted};
use walras::metrics::Metrics;
use walras::scenario::Scenario;
use walras::scenario::load::from_text;
use walras::trace::{TableName, Traces};
use walras::units::SimTime;

/// SimFaaS's example: requests per second, mean execution, cold start, idle timeout.
const RATE: f64 = 0.9;
const EXECUTION_S: f64 = 1.991;
const COLD_START_S: f64 = 0.253;
const IDLE_S: f64 = 600.0;

/// The queue of fixed workers.
const SERVERS: u32 = 100;
const LOAD: f64 = 0.9;
const MEAN_WORK_S: f64 = 1.0;

fn scenario(text: &str) -> Scenario {
    from_text("bench", text).unwrap_or_else(|problems| panic!("{problems}"))
}

/// So many endpoints of SimFaaS's example, for so many requests in all on average.
fn simfaas(endpoints: u32, requests: u32) -> Scenario {
    let seconds = (f64::from(requests) / RATE / f64::from(endpoints)) as u64;
    let hosts = endpoints + 1;
    scenario(&format!(
        r#"(
            horizon: "{seconds}s",
            sample_every: None,
            rules: (
                worker_quota: None, rate_run: None, binding: early, dispatch: newest,
                worker_container_start: "{COLD_START_S}s",
            ),
            fleet: [(prefix: "h", count: {hosts}, gpu_type: "NVIDIA RTX A4000", gpus: 16,
                datacenter: "EU-RO-1")],
            accounts: [(name: "a", balance: 100000000, spending_limit: None)],
            endpoints: [(name: "e", account: "a", count: {endpoints}, gpus: "NVIDIA RTX A4000",
                workers_max: 30, idle_timeout: "{IDLE_S}s", image_gb: 0, model_gb: 0,
                execution_timeout: "1h")],
            requests: [(endpoint: "e", arrivals: Poisson(rate: "{RATE}/s"),
                execution: Exponential(mean: "{EXECUTION_S}s"))],
        )"#
    ))
}

/// An endpoint of 100 fixed workers, for so many requests on average.
fn fixed(requests: u32) -> Scenario {
    let rate = LOAD * f64::from(SERVERS);
    let seconds = (f64::from(requests) / rate) as u64;
    scenario(&format!(
        r#"(
            horizon: "{seconds}s",
            sample_every: None,
            rules: (worker_quota: None, rate_run: None, worker_container_start: "0s"),
            fleet: [(prefix: "h", count: 10, gpu_type: "NVIDIA RTX A4000", gpus: 12,
                datacenter: "EU-RO-1")],
            accounts: [(name: "a", balance: 100000000, spending_limit: None)],
            endpoints: [(name: "e", account: "a", gpus: "NVIDIA RTX A4000", workers_min: {SERVERS},
                workers_max: {SERVERS}, model_gb: 0)],
            requests: [(endpoint: "e", arrivals: Poisson(rate: "{rate}/s"),
                execution: Exponential(mean: "1s"))],
        )"#
    ))
}

fn run(scenario: &Scenario, sinks: Vec<&mut dyn Sink>, watch: &mut dyn FnMut(Progress)) -> u64 {
    let run = RunId { seed: 1, replication: 0 };
    let outcome = engine::run(scenario, run, &mut Journal::new(sinks), watch);
    outcome.expect("a market without traces runs to its end").events
}

fn run_for_summary(scenario: &Scenario) {
    let mut metrics = Metrics::new(scenario);
    run(scenario, vec![&mut metrics], &mut |_| {});
    black_box(metrics.summary());
}

/// What became of the requests.
#[derive(Default)]
struct Served {
    completed: u32,
    cold: u32,
    waited_s: f64,
}

impl Sink for Served {
    fn wants(&self) -> Wanted {
        Wanted::these(&["request_ended"])
    }
    fn hear(&mut self, _at: SimTime, fact: &Fact) {
        if let Fact::RequestEnded(ended) = fact
            && ended.status == RequestStatus::Completed
            && let Some(started) = ended.started
        {
            self.completed += 1;
            self.cold += u32::from(ended.cold_start);
            self.waited_s += (started - ended.submitted).as_seconds_f64();
        }
    }
}

fn served(scenario: &Scenario) -> Served {
    let mut served = Served::default();
    run(scenario, vec![&mut served], &mut |_| {});
    served
}

/// Both ways give the same answers, as near as so many requests can tell: SimFaaS's cold-start probability of
/// 0.0014, and Erlang C's mean wait.
fn check_answers(requests: u32) {
    let ours = served(&simfaas(1, requests));
    let mut straight = Endpoints::new(1, 1);
    straight.run(requests);
    let probabilities = [
        f64::from(ours.cold) / f64::from(ours.completed),
        f64::from(straight.cold) / f64::from(straight.served),
    ];
    for probability in probabilities {
        let near = (probability / 0.0014 - 1.0).abs() < 0.2;
        assert!(near, "{probability} of the requests found no worker");
    }
    let ours = served(&fixed(requests));
    let mut queue = Straight::new(1);
    queue.run(requests);
    let expected = erlang_c();
    for mean in [ours.waited_s / f64::from(ours.completed), queue.mean_wait_s()] {
        assert!((mean / expected - 1.0).abs() < 0.15, "a mean wait of {mean} s for {expected} s");
    }
}

#[expect(clippy::print_stdout, reason = "the table is what the bench is for")]
fn ratios(requests: u32) {
    println!(
        "\n                      walras ns   straight ns    median   least times: x straight loop"
    );
    let row =
        |name: &str, scenario: &Scenario, (rounds, requests, other): (usize, u32, &dyn Fn(u32))| {
            let ours = |_| run_for_summary(scenario);
            let duel = common::duel(rounds, (requests, ours), (requests, other));
            let Duel { ours, other, ratio, least } = duel;
            println!("{name:<20} {ours:>10.1} {other:>13.1} {ratio:>9.3} x {least:>11.3} x");
        };
    let many = |endpoints: u32| {
        move |requests: u32| {
            let mut straight = Endpoints::new(endpoints, 1);
            straight.run(requests);
            black_box(straight.cold);
        }
    };
    let queue = |requests: u32| {
        let mut queue = Straight::new(1);
        queue.run(requests);
        black_box(queue.mean_wait_s());
    };
    row("single endpoint", &simfaas(1, requests), (31, requests, &many(1)));
    row("M/M/100", &fixed(requests), (31, requests, &queue));
    // More of them, so that making the endpoints is as little of it as with one.
    let more = 8 * requests;
    row("1,000 endpoints", &simfaas(1_000, more), (5, more, &many(1_000)));
}

/// Memory of this process in KiB, where the system tells.
fn resident_kib() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    line.split_whitespace().next()?.parse().ok()
}

#[expect(clippy::print_stdout, reason = "the table is what the bench is for")]
fn memory() {
    println!("\nmemory in use while an endpoint runs");
    for requests in [250_000, 500_000, 1_000_000, 2_000_000] {
        let scenario = fixed(requests);
        let mut metrics = Metrics::new(&scenario);
        let mut peak = None;
        run(&scenario, vec![&mut metrics], &mut |_| peak = peak.max(resident_kib()));
        match peak {
            Some(peak) => println!("  {requests:>9} requests {peak:>9} KiB at most"),
            None => println!("  {requests:>9} requests: this system does not tell"),
        }
    }
}

/// Rows of `requests.csv` per second of a whole run that writes it.
#[expect(clippy::print_stdout, reason = "the table is what the bench is for")]
#[expect(clippy::disallowed_methods, reason = "a bench reads the clock")]
fn rows() {
    const REQUESTS: u32 = 2_000_000;
    let directory = std::env::temp_dir().join(format!("walras-bench-{}", std::process::id()));
    let scenario = fixed(REQUESTS);
    println!("\nrequests.csv, of a whole run that writes it");
    std::fs::create_dir_all(&directory).expect("a directory of one's own");
    for _ in 0..3 {
        let start = std::time::Instant::now();
        let mut metrics = Metrics::new(&scenario);
        let mut traces = Traces::create(&directory, &[TableName::Requests], &scenario)
            .expect("room for a table");
        run(&scenario, vec![&mut metrics, &mut traces], &mut |_| {});
        let written = traces.finish().expect("room for a table");
        let rows: u64 = written.iter().filter_map(|file| file.rows).sum();
        let seconds = start.elapsed().as_secs_f64();
        println!("  {rows} rows, {:.2} million a second", rows as f64 / seconds / 1e6);
    }
    std::fs::remove_dir_all(&directory).expect("what was made is removed");
}

fn criterion_figures(criterion: &mut Criterion) {
    const REQUESTS: u32 = 20_000;
    let (single, fixed) = (simfaas(1, REQUESTS), fixed(REQUESTS));
    let mut group = criterion.benchmark_group("endpoint");
    group.throughput(Throughput::Elements(u64::from(REQUESTS)));
    group.bench_function("single", |b| b.iter(|| run_for_summary(&single)));
    group.bench_function("M/M/100", |b| b.iter(|| run_for_summary(&fixed)));
    group.finish();
}

fn main() {
    if common::measuring() {
        check_answers(2_000_000);
        memory();
        rows();
        ratios(250_000);
    } else {
        check_answers(200_000);
    }
    let mut criterion = Criterion::default().configure_from_args();
    criterion_figures(&mut criterion);
    criterion.final_summary();
}
