//! A month of a large market, `scenarios/busy_month.ron`: 2,000 hosts, about a million pods.
//!
//! Without tables, as `walras run --tables none` runs it, against the bare skeleton of `bare.rs`: arrival,
//! best fit by bit sets per free count, exact money with a threshold check, departure, for the same
//! arrivals. And with all tables: the rows that are written in a second.

mod bare;
mod common;

use bare::{Bare, Counts};
use common::Duel;
use std::hint::black_box;
use std::path::Path;
use std::time::Instant;
use walras::engine::{self, RunId};
use walras::experiment::manifest::Timing;
use walras::experiment::{Options, run_to_directory};
use walras::journal::{Fact, Journal, Sink};
use walras::metrics::summary::Summary;
use walras::metrics::{Metrics, Subject};
use walras::scenario::{Scenario, load};
use walras::trace::TableName;
use walras::units::SimTime;

const RUN: RunId = RunId { seed: 1, replication: 0 };

/// The scenario, or its first days.
fn month(days: u64) -> Scenario {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/busy_month.ron");
    let mut scenario = load(&path, &[]).unwrap_or_else(|problems| panic!("{problems:?}"));
    scenario.horizon = scenario.horizon.min(SimTime::from_seconds(days * 86_400));
    scenario
}

/// Runs a market before these sinks; how many events it took.
fn run(scenario: &Scenario, sinks: Vec<&mut dyn Sink>) -> u64 {
    let outcome = engine::run(scenario, RUN, &mut Journal::new(sinks), &mut |_| {});
    outcome.expect("no traces that may break").events
}

/// Runs a market as `walras run --tables none` does: its facts become a summary.
fn run_for_summary(scenario: &Scenario) {
    let mut metrics = Metrics::new(scenario);
    run(scenario, vec![&mut metrics]);
    black_box(metrics.summary());
}

/// Counts new pods: victims that resume by themselves ask again, and are none.
#[derive(Default)]
struct NewPods(u64);

impl Sink for NewPods {
    fn hear(&mut self, _: SimTime, fact: &Fact) {
        if let Fact::PodRequested(request) = fact {
            self.0 += u64::from(request.rental == 1);
        }
    }
}

fn run_bare(scenario: &Scenario) -> Counts {
    let mut bare = Bare::new(scenario, RUN.seed);
    bare.run();
    bare.counts
}

/// A figure of the whole market.
fn figure(summary: &Summary, name: &str) -> f64 {
    summary.value(name, Subject::Market).as_f64().expect("a figure of every run")
}

/// Both meet the same arrivals, and what they sell differs by no more than spot, waiting and starts do.
#[expect(clippy::cast_precision_loss, reason = "a share needs no more than 53 bits")]
fn check_answers(scenario: &Scenario) -> (Summary, u64, Counts) {
    let (mut metrics, mut new) = (Metrics::new(scenario), NewPods::default());
    let events = run(scenario, vec![&mut metrics, &mut new]);
    let (summary, counts) = (metrics.summary(), run_bare(scenario));
    let near = |name: &str, ours: f64, bare: f64| {
        assert!(
            (ours / bare - 1.0).abs() < 0.1,
            "{name}: {ours} of Walras, {bare} of the skeleton"
        );
    };
    assert_eq!(new.0, counts.arrived, "the same customers come to both");
    near("placed", figure(&summary, "placed"), counts.placed as f64);
    let held = counts.gpu_micros as f64 / 1e6 / 3_600.0;
    near("GPU-hours", figure(&summary, "useful_work") / 3_600.0, held);
    (summary, events, counts)
}

#[expect(clippy::print_stdout, reason = "the table is what the bench is for")]
#[expect(clippy::cast_precision_loss, reason = "a mean needs no more than 53 bits")]
fn without_tables(scenario: &Scenario) {
    let (summary, events, counts) = check_answers(scenario);
    let pods = u32::try_from(counts.arrived).expect("a million pods");
    let per_pod = |events: u64| events as f64 / f64::from(pods);
    println!("\nbusy_month.ron, {pods} pods, {:.0} placed", figure(&summary, "placed"));
    println!(
        "events per pod: walras {:.2}, skeleton {:.2}",
        per_pod(events),
        per_pod(counts.events)
    );
    let Duel { ours, other, ratio, least } = common::duel(
        7,
        (pods, |_| run_for_summary(scenario)),
        (pods, |_| {
            black_box(run_bare(scenario));
        }),
    );
    println!("ns per pod: walras {ours:.0}, skeleton {other:.0}");
    println!(
        "pods per second without tables: {ratio:.3} x bare skeleton (least times {least:.3}, goal 0.35)"
    );
}

#[expect(clippy::print_stdout, reason = "the table is what the bench is for")]
#[expect(clippy::cast_precision_loss, reason = "a rate needs no more than 53 bits")]
#[expect(clippy::disallowed_methods, reason = "a bench reads the clock")]
fn with_all_tables(scenario: &Scenario) {
    let directory = tempfile::tempdir().expect("a directory for the tables");
    let write = |tables: &[TableName]| {
        let options =
            Options { tables: tables.to_vec(), ..Options::to(directory.path().join("month")) };
        let start = Instant::now();
        let timing = |_| Timing { wall_s: 0.0, events_per_s: 0.0, peak_memory_bytes: None };
        let report = run_to_directory(scenario, RUN, &options, &mut |_| true, &mut { timing });
        let report = report.expect("room on the disk");
        let rows: u64 = report.files.iter().filter_map(|file| file.rows).sum();
        (start.elapsed().as_secs_f64(), rows)
    };
    // In turn, so that what disturbs one disturbs the other.
    let rounds: Vec<_> = (0..5).map(|_| (write(&[]).0, write(&TableName::ALL))).collect();
    let alone = common::median(rounds.iter().map(|(alone, _)| *alone));
    let whole = common::median(rounds.iter().map(|(_, (whole, _))| *whole));
    let rows = rounds[0].1.1 as f64 / 1e6;
    println!("\nwith all tables: {rows:.1} million rows in {whole:.2} s, {alone:.2} s without");
    println!("million rows per second of the whole run: {:.2} (goal 1)", rows / whole);
    println!("million rows per second of their writing: {:.2}", rows / (whole - alone));
}

fn main() {
    if common::measuring() {
        let scenario = month(30);
        without_tables(&scenario);
        with_all_tables(&scenario);
    } else {
        check_answers(&month(2));
    }
}
