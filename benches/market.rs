//! The whole simulator as a queue: M/M/100 at a load of 0.9, against a straight loop.
//!
//! Customers arrive at random, each with an exponential length of work for one of 100 GPUs, and wait as
//! long as it takes. The straight loop is what an engineer writes in an hour: a binary heap, an enum, a
//! match; no money, no hosts, no facts. Walras runs the same queue as a market: requests, placement,
//! meters, thresholds, a ledger in double entry, facts, and of these the metrics of the summary, as
//! `walras run --tables none` does; and once more with nobody listening, which is the engine alone.
//! Both mean waits must agree with Erlang C before anything is timed.
//!
//! Besides, two counts: the memory of a run and of one twice as long, and the events of a pod that
//! runs for a minute and of one that runs for a year.

#[expect(dead_code, reason = "the tests need more of it")]
#[path = "../tests/walras/build.rs"]
mod build;
mod common;
mod queue;

use common::Duel;
use criterion::{Criterion, Throughput};
use queue::{Straight, erlang_c};
use std::hint::black_box;
use walras::engine::{self, Progress, RunId};
use walras::journal::{Fact, Journal, Sink};
use walras::metrics::Metrics;
use walras::rng::draw::Distribution;
use walras::scenario::Scenario;
use walras::scenario::demand::Buying;
use walras::scenario::load::from_text;
use walras::units::SimTime;

const SERVERS: u32 = 100;
const LOAD: f64 = 0.9;
const MEAN_WORK_S: f64 = 3_600.0;
const PER_SECOND: f64 = LOAD * SERVERS as f64 / MEAN_WORK_S;

/// The same queue as a market: ten hosts of ten GPUs, long enough for so many customers on average.
fn market(customers: u32) -> Scenario {
    let horizon = f64::from(customers) / PER_SECOND;
    let horizon = SimTime::ZERO + walras::units::Span::from_seconds_f64(horizon);
    let mut scenario = build::market(SERVERS / 10, 10, horizon);
    let work = Distribution::Exponential { mean: MEAN_WORK_S };
    build::add_segment(&mut scenario, PER_SECOND, work, None, Buying::OnDemand);
    scenario
}

/// Runs a market to its horizon, heard by `sinks`; returns how many events it took.
fn run(scenario: &Scenario, sinks: Vec<&mut dyn Sink>, watch: &mut dyn FnMut(Progress)) -> u64 {
    let run = RunId { seed: 1, replication: 0 };
    let outcome = engine::run(scenario, run, &mut Journal::new(sinks), watch);
    outcome.expect("a market without traces runs to its end").events
}

/// Runs a market as `walras run --tables none` does: its facts become a summary.
fn run_for_summary(scenario: &Scenario) {
    let mut metrics = Metrics::new(scenario);
    run(scenario, vec![&mut metrics], &mut |_| {});
    black_box(metrics.summary());
}

/// The waits of all pods.
#[derive(Default)]
struct Waits {
    asked_at: Vec<SimTime>,
    placed: u32,
    waited_s: f64,
}

impl Sink for Waits {
    fn hear(&mut self, at: SimTime, fact: &Fact) {
        if let Fact::PodRequested(request) = fact {
            let slot = request.pod.slot as usize;
            self.asked_at.resize(self.asked_at.len().max(slot + 1), SimTime::ZERO);
            self.asked_at[slot] = at;
        }
        if let Fact::PodPlaced { pod, .. } = fact {
            self.placed += 1;
            self.waited_s += (at - self.asked_at[pod.slot as usize]).as_seconds_f64();
        }
    }
}

/// Both loops give Erlang C's answer, as near as so many customers can tell.
fn check_answers(customers: u32) {
    let expected = erlang_c();
    let mut straight = Straight::new(1);
    straight.run(customers);
    let mut waits = Waits::default();
    run(&market(customers), vec![&mut waits], &mut |_| {});
    for mean in [straight.mean_wait_s(), waits.waited_s / f64::from(waits.placed)] {
        assert!((mean / expected - 1.0).abs() < 0.1, "a mean wait of {mean} s for {expected} s");
    }
}

#[expect(clippy::print_stdout, reason = "the table is what the bench is for")]
fn ratios() {
    const CUSTOMERS: u32 = 100_000;
    let scenario = market(CUSTOMERS);
    let events = run(&scenario, Vec::new(), &mut |_| {});
    let events = u32::try_from(events).expect("a few events a customer");
    let per_customer = f64::from(events) / f64::from(CUSTOMERS);
    println!("\nM/M/100, load 0.9, per customer: {per_customer:.2} events");
    println!(
        "                      walras ns   straight ns    median   least times: x straight loop"
    );
    let row = |name: &str, ours: &dyn Fn()| {
        let straight = |customers| {
            let mut straight = Straight::new(1);
            straight.run(customers);
            black_box(straight.waited);
        };
        let Duel { ours, other, ratio, least } =
            common::duel(41, (CUSTOMERS, |_| ours()), (CUSTOMERS, straight));
        println!("{name:<20} {ours:>10.1} {other:>13.1} {ratio:>9.3} x {least:>11.3} x");
    };
    row("with its summary", &|| run_for_summary(&scenario));
    row("engine alone", &|| {
        run(&scenario, Vec::new(), &mut |_| {});
    });
}

/// Memory of this process in KiB, where the system tells.
fn resident_kib() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    line.split_whitespace().next()?.parse().ok()
}

/// The most memory that is seen in use during a run.
fn peak_kib(scenario: &Scenario) -> Option<u64> {
    let mut peak = None;
    run(scenario, Vec::new(), &mut |_| peak = peak.max(resident_kib()));
    peak
}

#[expect(clippy::print_stdout, reason = "the table is what the bench is for")]
fn memory() {
    println!("\nmemory in use while a market runs");
    for customers in [250_000, 500_000, 1_000_000] {
        match peak_kib(&market(customers)) {
            Some(peak) => println!("  {customers:>9} customers {peak:>9} KiB at most"),
            None => println!("  {customers:>9} customers: this system does not tell"),
        }
    }
}

/// Events of a run in which one pod with all its meters runs for so long.
fn events_of_a_pod(runs_for: &str) -> u64 {
    let text = format!(
        r#"(
            horizon: "400d",
            sample_every: None,
            fleet: [(name: "ro", gpu_type: "NVIDIA RTX A6000", datacenter: "EU-RO-1", gpus: 4)],
            accounts: [(name: "alice", balance: 100000)],
            script: [
                (at: "0s", account: "alice", do: CreatePod(name: "pod", gpuTypeId: "NVIDIA RTX A6000",
                    containerDiskInGb: 20, volumeInGb: 100)),
                (at: "{runs_for}", account: "alice", do: TerminatePod(podId: "pod")),
            ],
        )"#
    );
    let scenario = from_text("bench", &text).unwrap_or_else(|problems| panic!("{problems:?}"));
    run(&scenario, Vec::new(), &mut |_| {})
}

#[expect(clippy::print_stdout, reason = "the table is what the bench is for")]
fn events() {
    println!("\nevents of a run with one pod");
    for runs_for in ["1m", "1h", "1d", "365d"] {
        println!("  that runs for {runs_for:>5} {:>6}", events_of_a_pod(runs_for));
    }
}

fn criterion_figures(criterion: &mut Criterion) {
    const CUSTOMERS: u32 = 20_000;
    let scenario = market(CUSTOMERS);
    let mut group = criterion.benchmark_group("M/M/100");
    group.throughput(Throughput::Elements(u64::from(CUSTOMERS)));
    group.bench_function("walras", |b| b.iter(|| run_for_summary(&scenario)));
    group.bench_function("engine alone", |b| b.iter(|| run(&scenario, Vec::new(), &mut |_| {})));
    group.bench_function("straight loop", |b| {
        b.iter(|| {
            let mut straight = Straight::new(1);
            straight.run(CUSTOMERS);
            black_box(straight.waited)
        });
    });
    group.finish();
}

fn main() {
    assert_eq!(
        events_of_a_pod("1m"),
        events_of_a_pod("365d"),
        "a year costs no more than a minute"
    );
    if common::measuring() {
        check_answers(2_000_000);
        events();
        memory();
        ratios();
    } else {
        check_answers(200_000);
    }
    let mut criterion = Criterion::default().configure_from_args();
    criterion_figures(&mut criterion);
    criterion.final_summary();
}
