//! The same run is the same bytes: with tables and without, live and replayed, alone and beside
//! others, in debug and in release.
//!
//! Digests of a few markets are kept in `digest/golden.txt`; the same file must hold in every profile
//! (`cargo test digest`, `cargo test --release --test digest digest`). When the market's behaviour, the scenario
//! files or the vocabulary of facts change on purpose, `WALRAS_GOLDEN=update cargo test golden` writes
//! it anew.

use crate::build;
use crate::storm::{Weather, plain_storms};
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::TestRunner;
use std::collections::BTreeMap;
use std::path::Path;
use walras::engine::{self, RunId};
use walras::experiment::{self, manifest::Timing};
use walras::journal::digest::Digest;
use walras::journal::record::{Recorder, replay};
use walras::journal::{Journal, Sink};
use walras::metrics::Metrics;
use walras::rng::draw::Distribution;
use walras::scenario::Scenario;
use walras::scenario::demand::{ArrivalProcess, BidRule, Buying, RateProfile, WorkLength};
use walras::scenario::rules::{Displaced, Level, SpotClearing, SpotReserve, Walk};
use walras::trace::{TableName, Traces};
use walras::units::{Money, SimTime, Span};

/// The run of a scenario that tests look at.
fn run_id(scenario: &Scenario) -> RunId {
    RunId { seed: scenario.seed, replication: 0 }
}

/// Runs a scenario before these sinks.
fn run(scenario: &Scenario, sinks: Vec<&mut dyn Sink>) {
    let mut journal = Journal::new(sinks);
    engine::run(scenario, run_id(scenario), &mut journal, &mut |_| {}).expect("a sound run");
}

/// The digest of a run.
fn digest(scenario: &Scenario) -> String {
    let mut digest = Digest::new();
    run(scenario, vec![&mut digest]);
    digest.finish()
}

/// A market with random demand of every make: each kind of draw takes part.
fn random_demand() -> Scenario {
    let mut scenario = build::market(3, 8, SimTime::from_seconds(500_000));
    scenario.sample_every = Some(Span::HOUR);
    scenario.warm_up = SimTime::from_seconds(50_000);
    let bid = Buying::Spot(BidRule::Fixed(Money::from_nanos(550_000_000)));
    let patience = Some(Distribution::Exponential { mean: 1_800.0 });
    let works = [
        Distribution::LogNormal { mu: 8.0, sigma: 1.0 },
        Distribution::Gamma { shape: 0.7, scale: 6_000.0 },
        Distribution::Weibull { shape: 0.6, scale: 3_000.0 },
        Distribution::Exponential { mean: 5_000.0 },
    ];
    for (index, work) in works.into_iter().enumerate() {
        let buying = if index % 2 == 0 { Buying::OnDemand } else { bid };
        build::add_segment(&mut scenario, 0.001, work, patience.clone(), buying);
    }
    scenario.segments[0].arrivals = ArrivalProcess::Poisson {
        per_second: 0.001,
        profile: Some(RateProfile::Daily { amplitude: 0.8, peak_hour: 14.0 }),
    };
    scenario.segments[1].arrivals =
        ArrivalProcess::Bursts { states: vec![(0.01, 600.0), (0.0002, 6_000.0)] };
    scenario.segments[2].work =
        WorkLength::GpuSeconds(Distribution::Pareto { scale: 600.0, shape: 1.5 });
    scenario
}

/// The quickstart, as the README's first command runs it.
fn quickstart() -> Scenario {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/quickstart.ron");
    let text = std::fs::read_to_string(path).unwrap();
    walras::scenario::from_text("quickstart.ron", &text)
        .unwrap_or_else(|problems| panic!("{problems}"))
}

/// A market in which everything happens within minutes.
fn gale(number: usize) -> Scenario {
    let mut runner = TestRunner::deterministic();
    let strategy = plain_storms(Weather::GALE);
    let mut draw = || strategy.new_tree(&mut runner).unwrap().current();
    (0..number).for_each(|_| drop(draw()));
    draw().scenario()
}

/// Random demand whose spot pods all pay one price.
fn cleared(clearing: SpotClearing) -> Scenario {
    let mut scenario = random_demand();
    scenario.rules.spot_clearing = clearing;
    scenario.rules.displaced = Displaced::Resume;
    let cents = |cents: i128| Money::from_nanos(cents * 10_000_000);
    scenario.rules.spot_reserve = SpotReserve::Walk(Walk {
        start: Level::Amount(cents(50)),
        ceiling: Level::Amount(cents(60)),
        sigma: 0.1,
        every: Span::HOUR,
    });
    for bid in [52, 60, 70] {
        let work = Distribution::Exponential { mean: 5_000.0 };
        let patience = Some(Distribution::Exponential { mean: 5_000.0 });
        let buying = Buying::Spot(BidRule::Fixed(cents(bid)));
        build::add_segment(&mut scenario, 0.001, work, patience, buying);
    }
    scenario
}

/// A scenario that is shipped, for so many days.
fn shipped(file: &str, days: u64) -> Scenario {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios").join(file);
    let mut scenario =
        walras::scenario::load(&path, &[]).unwrap_or_else(|problems| panic!("{problems}"));
    scenario.horizon = SimTime::from_seconds(86_400 * days);
    scenario
}

/// Markets by name.
fn markets() -> Vec<(&'static str, Scenario)> {
    vec![
        ("quickstart", quickstart()),
        ("random demand", random_demand()),
        ("gale", gale(3)),
        ("highest losing bid", cleared(SpotClearing::UniformHighestLosing)),
        ("posted price", cleared(SpotClearing::Posted)),
        // They move in every way that they may.
        ("list prices", shipped("list_prices.ron", 2)),
        ("customers who decide", crate::customers::storm::deciding()),
        ("mixed market", shipped("mixed_market.ron", 1)),
    ]
}

#[test]
fn digests_are_golden() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/walras/digest/golden.txt");
    let now: String =
        markets().iter().map(|(name, scenario)| format!("{} {name}\n", digest(scenario))).collect();
    if std::env::var("WALRAS_GOLDEN").is_ok_and(|wish| wish == "update") {
        std::fs::write(&path, &now).unwrap();
    }
    let kept = std::fs::read_to_string(&path).unwrap();
    assert_eq!(now, kept, "if this is on purpose: WALRAS_GOLDEN=update cargo test golden");
}

/// Every file of a directory, by name.
fn files(directory: &Path) -> BTreeMap<String, Vec<u8>> {
    let entries = std::fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path());
    let name = |path: &Path| path.file_name().unwrap().to_str().unwrap().to_owned();
    entries.map(|path| (name(&path), std::fs::read(&path).unwrap())).collect()
}

/// What a run writes with these tables; its manifest left out, which names what was written.
fn written(scenario: &Scenario, tables: &[TableName]) -> BTreeMap<String, Vec<u8>> {
    let home = tempfile::tempdir().unwrap();
    let out = home.path().join("out");
    let options =
        experiment::Options { tables: tables.to_vec(), ..experiment::Options::to(out.clone()) };
    let mut timing = |_| Timing { wall_s: 0.0, events_per_s: 0.0, peak_memory_bytes: None };
    experiment::run_to_directory(scenario, run_id(scenario), &options, &mut |_| true, &mut timing)
        .unwrap();
    let mut files = files(&out);
    files.remove("manifest.json").expect("a manifest");
    files
}

#[test]
fn a_run_is_the_same_with_and_without_tables() {
    for (name, scenario) in markets() {
        let (all, none) = (written(&scenario, &TableName::ALL), written(&scenario, &[]));
        assert_eq!(all.len(), 2 + TableName::ALL.len(), "{name}");
        assert_eq!(none.len(), 2, "{name}: the summary, twice");
        for (file, bytes) in none {
            assert!(all[&file] == bytes, "{name}: {file} hangs on the tables");
        }
        let prices = written(&scenario, &[TableName::Prices]);
        assert!(all["prices.csv"] == prices["prices.csv"], "{name}: the path of prices");
        let (home, mut heard) = (tempfile::tempdir().unwrap(), Digest::new());
        let mut traces = Traces::create(home.path(), &TableName::ALL, &scenario).unwrap();
        run(&scenario, vec![&mut traces, &mut heard]);
        assert_eq!(heard.finish(), digest(&scenario), "{name}");
    }
}

#[test]
fn a_replayed_recording_gives_the_same_bytes() {
    for (name, scenario) in markets() {
        let mut recorder = Recorder::new(Vec::new());
        run(&scenario, vec![&mut recorder]);
        let recording = recorder.finish().unwrap();

        let home = tempfile::tempdir().unwrap();
        let mut traces = Traces::create(home.path(), &TableName::ALL, &scenario).unwrap();
        let (mut metrics, mut heard) = (Metrics::new(&scenario), Digest::new());
        let mut journal = Journal::new(vec![&mut traces, &mut metrics, &mut heard]);
        let replayed = replay(recording.as_slice(), &mut journal).unwrap();
        traces.finish().unwrap();
        let summary = metrics.summary();
        std::fs::write(home.path().join("summary.csv"), summary.to_csv(&scenario)).unwrap();
        std::fs::write(home.path().join("summary.json"), summary.to_json(&scenario)).unwrap();

        let live = written(&scenario, &TableName::ALL);
        let again = files(home.path());
        assert!(live.keys().eq(again.keys()), "{name}");
        for (file, bytes) in &live {
            assert!(again[file] == *bytes, "{name}: {file} differs from the live one");
        }
        assert_eq!(replayed.digest, digest(&scenario), "{name}");
        assert_eq!(heard.finish(), replayed.digest, "{name}");
    }
}

/// Runs share nothing: beside others, on any thread, each is as it is alone.
#[test]
fn a_run_is_the_same_on_one_thread_and_on_many() {
    let scenario = random_demand();
    let of_replication = |replication| {
        let mut digest = Digest::new();
        let mut journal = Journal::new(vec![&mut digest]);
        let id = RunId { seed: scenario.seed, replication };
        engine::run(&scenario, id, &mut journal, &mut |_| {}).expect("a sound run");
        digest.finish()
    };
    let alone: Vec<String> = (0..6).map(of_replication).collect();
    for threads in [2, 3, 6] {
        let mut beside = vec![String::new(); alone.len()];
        std::thread::scope(|scope| {
            for (worker, chunk) in beside.chunks_mut(alone.len() / threads).enumerate() {
                let first = (worker * (alone.len() / threads)) as u64;
                let of_replication = &of_replication;
                scope.spawn(move || {
                    for (replication, slot) in (first..).zip(chunk) {
                        *slot = of_replication(replication);
                    }
                });
            }
        });
        assert_eq!(beside, alone, "{threads} threads");
    }
    let distinct: std::collections::BTreeSet<_> = alone.iter().collect();
    assert_eq!(distinct.len(), alone.len(), "replications differ");
}
