//! What hosts cost that do little: a year of 10,000 of them.
//!
//! No heartbeat and no billed minute is an event, so a year costs what fails in it: two events a loss of
//! power or network, one where it delisted the host, and where a pod runs there, what starts it again. The
//! same year is run with heartbeats sixty times as frequent, and with every host rented all year by the
//! minute; then the years are timed in turn, one against the other.

mod common;

use common::Duel;
use criterion::{Criterion, Throughput};
use std::hint::black_box;
use walras::engine::{self, RunId};
use walras::journal::{Fact, Journal, Sink, Wanted};
use walras::scenario::Scenario;
use walras::scenario::load::from_text;
use walras::units::SimTime;

const HOSTS: u32 = 10_000;
const SECONDS_A_YEAR: f64 = 365.0 * 86_400.0;

/// A year of hosts of both clouds.
fn year(hosts: u32, (rules, customers): (&str, &str)) -> Scenario {
    let half = hosts / 2;
    let text = format!(
        r#"(
            horizon: "365d", sample_every: None, rules: ({rules}),
            fleet: [
                (prefix: "s", count: {half}, gpu_type: "NVIDIA A40", datacenter: "EU-RO-1"),
                (prefix: "c", count: {half}, gpu_type: "NVIDIA A40", cloud: COMMUNITY),
            ],
            customers: [{customers}],
        )"#
    );
    from_text("year", &text).unwrap_or_else(|problems| panic!("{problems}"))
}

const FAIL: &str = "host_failures: by_cloud";
const OFTEN: &str = r#"host_failures: by_cloud, heartbeat_interval: "1s""#;
/// As many pods as there are hosts, each a whole host, in the first hour; they stay.
fn tenants(hosts: u32) -> String {
    format!(
        r#"(
            name: "tenants", accounts: {hosts}, balance: 10000000, spending_limit: None,
            arrivals: Poisson(rate: "{hosts}/h"), until: "1h", gpu_type: "NVIDIA A40", gpus: 8,
            duration: None,
        )"#
    )
}

/// What is counted of a year.
#[derive(Default)]
struct Counted {
    losses: u64,
    delisted: u64,
    placed: u64,
}

impl Sink for Counted {
    fn wants(&self) -> Wanted {
        Wanted::these(&["host_down", "network_down", "host_delisted", "pod_placed"])
    }
    #[expect(clippy::wildcard_enum_match_arm, reason = "nothing else is counted")]
    fn hear(&mut self, _: SimTime, fact: &Fact) {
        match fact {
            Fact::HostDown { .. } | Fact::NetworkDown { .. } => self.losses += 1,
            Fact::HostDelisted { .. } => self.delisted += 1,
            Fact::PodPlaced { .. } => self.placed += 1,
            _ => {}
        }
    }
}

/// Runs a year; gives how many events it took.
fn run(scenario: &Scenario, sinks: Vec<&mut dyn Sink>) -> u64 {
    let run = RunId { seed: 1, replication: 0 };
    let outcome = engine::run(scenario, run, &mut Journal::new(sinks), &mut |_| {});
    outcome.expect("a market without traces runs to its end").events
}

#[expect(clippy::print_stdout, reason = "the table is what the bench is for")]
#[expect(clippy::cast_precision_loss, reason = "figures to look at")]
fn table() {
    println!(
        "\n{HOSTS} hosts for a year       events   losses  delisted   a host-year   passed meanwhile"
    );
    let rented = tenants(HOSTS);
    let rows = [
        ("that never fail", ("", ""), 60.0),
        ("that fail by their cloud", (FAIL, ""), 60.0),
        ("with 60 times the heartbeats", (OFTEN, ""), 1.0),
        ("rented all year", (FAIL, &*rented), 60.0),
    ];
    for (name, of, beat) in rows {
        let scenario = year(HOSTS, of);
        let mut counted = Counted::default();
        let events = run(&scenario, vec![&mut counted]);
        let Counted { losses, delisted, placed } = counted;
        let beats = f64::from(HOSTS) * SECONDS_A_YEAR / beat;
        let minutes = placed as f64 * SECONDS_A_YEAR / 60.0;
        println!(
            "{name:<28} {events:>9} {losses:>8} {delisted:>9} {:>13.2}   {:.1} billion beats, {:.1} billion minutes billed",
            events as f64 / f64::from(HOSTS),
            beats / 1e9,
            minutes / 1e9,
        );
    }
}

#[expect(clippy::print_stdout, reason = "the table is what the bench is for")]
fn ratios() {
    let plain = year(HOSTS, (FAIL, ""));
    let often = year(HOSTS, (OFTEN, ""));
    let time = |scenario: &Scenario, times: u32| {
        for _ in 0..times {
            black_box(run(scenario, Vec::new()));
        }
    };
    let Duel { ours, other, ratio, .. } =
        common::duel(9, (1, |times| time(&plain, times)), (1, |times| time(&often, times)));
    let (ours, other) = (ours / 1e6, other / 1e6);
    println!(
        "\na year {ours:.0} ms; with 60 times the heartbeats {other:.0} ms, {ratio:.2} x as long"
    );
}

fn main() {
    if common::measuring() {
        table();
        ratios();
    }
    let hosts = if common::measuring() { HOSTS } else { 20 };
    let scenario = year(hosts, (FAIL, ""));
    let mut criterion = Criterion::default().configure_from_args().sample_size(10);
    let mut group = criterion.benchmark_group("hosts");
    group.throughput(Throughput::Elements(hosts.into()));
    group.bench_function("year_of_failures", |bencher| {
        bencher.iter(|| run(&scenario, Vec::new()));
    });
    group.finish();
    criterion.final_summary();
}
