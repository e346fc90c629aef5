//! The steady state: where the start ends, and what batches of one run say.

use super::timing;
use crate::build;
use walras::engine::RunId;
use walras::experiment::interval::Sample;
use walras::experiment::steady::{BatchMeans, WarmUpError, warm_up};
use walras::experiment::{Options, run_to_directory};
use walras::journal::fact::{Book, Item, Posting};
use walras::journal::{Fact, Journal, Sink};
use walras::metrics::batches::{Batch, Batches, MEASURES};
use walras::policy::Registry;
use walras::rng::draw::Distribution;
use walras::scenario::Scenario;
use walras::scenario::demand::Buying;
use walras::scenario::load::Override;
use walras::units::SimTime;

const WORK_S: f64 = 3_600.0;

/// M/M/20 at a load of 0.9, from empty.
fn queue(horizon_s: u64) -> Scenario {
    let mut scenario = build::market(1, 20, SimTime::from_seconds(horizon_s));
    let work = Distribution::Exponential { mean: WORK_S };
    build::add_segment(&mut scenario, 18.0 / WORK_S, work, None, Buying::OnDemand);
    scenario
}

/// How many wait on average, by Erlang C.
fn waiting() -> f64 {
    let b = (1..=20).fold(1.0, |b, k| 18.0 * b / (f64::from(k) + 18.0 * b));
    b / (1.0 - 0.9 * (1.0 - b)) * 0.9 / 0.1
}

fn batches(scenario: &Scenario, run: RunId, (from, count): (SimTime, u32)) -> Vec<Batch> {
    let mut batches = Batches::new(scenario, from, count);
    let mut journal = Journal::new(vec![&mut batches]);
    walras::engine::run(scenario, run, &mut journal, &mut |_| ()).unwrap();
    batches.finish(scenario.horizon)
}

fn measure(name: &str) -> usize {
    MEASURES.iter().position(|(measure, _)| *measure == name).unwrap()
}

/// Short runs from empty are biased: their means stay below the truth. What MSER-5 cuts off is what made them so.
#[test]
fn mser_5_removes_the_bias_of_a_start_from_empty() {
    let scenario = queue(60 * 3_600);
    let first = RunId { seed: 4, replication: 0 };
    let cut = warm_up((&scenario, first), &Registry::new(), &|_| true).unwrap();
    assert!(SimTime::ZERO < cut && cut.micros() <= scenario.horizon.micros() / 2);
    let mean = |from: SimTime| -> Sample {
        let one = |replication| {
            let run = RunId { replication, ..first };
            let of = batches(&scenario, run, (from, 1))[0].values;
            of[measure("utilization")].unwrap()
        };
        (100..160).map(one).collect()
    };
    let (biased, cured) = (mean(SimTime::ZERO), mean(cut));
    let bounds = |sample: &Sample| sample.bounds(0.99).unwrap();
    assert!(bounds(&biased).1 < 0.9, "without: {:?}", bounds(&biased));
    let (low, high) = bounds(&cured);
    assert!(low <= 0.9 && 0.9 <= high, "with: {low} to {high}");
}

#[test]
fn a_market_without_a_steady_state_has_no_warm_up() {
    // Twice as much work comes as can be done.
    let mut scenario = build::market(1, 2, SimTime::from_seconds(400_000));
    let work = Distribution::Exponential { mean: WORK_S };
    build::add_segment(&mut scenario, 4.0 / WORK_S, work, None, Buying::OnDemand);
    let first = RunId { seed: 4, replication: 0 };
    let refused = warm_up((&scenario, first), &Registry::new(), &|_| true);
    assert!(matches!(refused, Err(WarmUpError::NotInSight)), "{refused:?}");
}

/// The intervals of long runs' batches cover what theory says as often as they say, of the load and of how many wait
/// (Erlang C); and batches of two weeks tell little of one another.
#[test]
fn batch_means_cover_what_theory_says() {
    let scenario = queue(6_000 * 3_600);
    let (mut covered, mut correlated) = (0, 0);
    for seed in 1..=6 {
        let run = RunId { seed, replication: 0 };
        let of = batches(&scenario, run, (SimTime::from_seconds(100 * 3_600), 20));
        assert_eq!(of.len(), 20);
        let means = BatchMeans::of(&of);
        for (name, truth) in [("utilization", 0.9), ("waiting_mean", waiting())] {
            let means = &means[measure(name)];
            let (low, high) = means.sample.bounds(0.95).unwrap();
            covered += u32::from(low <= truth && truth <= high);
            correlated += u32::from(means.is_correlated());
        }
        // Little's law, but for those who are placed in another batch than they came in.
        let mean = |name: &str| means[measure(name)].sample.mean().unwrap();
        let expected = mean("wait_mean") * 18.0 / WORK_S;
        assert!((mean("waiting_mean") / expected - 1.0).abs() < 0.05, "{expected}");
    }
    assert!(10 <= covered, "{covered} of 12");
    assert!(correlated <= 2, "{correlated} of 12");
}

/// Short batches go together, and that is told.
#[test]
fn batches_that_are_too_short_are_told() {
    let scenario = queue(200 * 3_600);
    let of = batches(&scenario, RunId { seed: 9, replication: 0 }, (SimTime::ZERO, 2_000));
    assert!(BatchMeans::of(&of)[measure("waiting_mean")].is_correlated());
}

#[derive(Default)]
struct Charged(f64);

impl Sink for Charged {
    fn hear(&mut self, _: SimTime, fact: &Fact) {
        if let Fact::Posted(Posting { debit: Book::Customer(_), item, amount, .. }) = *fact
            && item != Item::Deposit
        {
            self.0 += amount.as_dollars_f64();
        }
    }
}

/// What meters count in all batches is what the ledger posts: also where spot pods follow a price that moves (SPOT-15), of
/// which no fact speaks pod by pod, where units are hours and some are waived, and with network volumes.
#[test]
fn money_is_accrued_from_meters() {
    for (scenario, clearing) in [
        ("mixed_market.ron", None),
        ("auction.ron", None),
        ("aws_spot_2015.ron", None),
        ("with_spot.ron", Some("posted")),
        ("network_volumes.ron", None),
        ("failures.ron", None),
    ] {
        let set = clearing.map(|clearing| Override::new("rules.spot_clearing", clearing));
        let path = std::path::Path::new("scenarios").join(scenario);
        let scenario = walras::scenario::load(&path, set.as_slice()).unwrap();
        let run = RunId { seed: 1, replication: 0 };
        let mut charged = Charged::default();
        let mut batches = Batches::new(&scenario, SimTime::ZERO, 37);
        let mut journal = Journal::new(vec![&mut charged, &mut batches]);
        walras::engine::run(&scenario, run, &mut journal, &mut |_| ()).unwrap();
        let batches = batches.finish(scenario.horizon);
        let hours = |batch: &Batch| (batch.until - batch.from).as_seconds_f64() / 3_600.0;
        let revenue = measure("revenue_per_hour");
        let accrued: f64 =
            batches.iter().map(|batch| batch.values[revenue].unwrap() * hours(batch)).sum();
        let off = accrued / charged.0 - 1.0;
        assert!(off.abs() < 0.0001, "{}: {accrued} for {}", path.display(), charged.0);
    }
}

#[test]
fn a_run_writes_its_batches() {
    let home = tempfile::tempdir().unwrap();
    let out = home.path().join("out");
    let options = Options { batches: Some(10), ..Options::to(out.clone()) };
    let mut scenario = queue(400 * 3_600);
    scenario.warm_up = SimTime::from_seconds(40 * 3_600);
    let run = RunId { seed: 1, replication: 0 };
    let report =
        run_to_directory(&scenario, run, &options, &mut |_| true, &mut { timing }).unwrap();
    let rows = super::rows(&std::fs::read_to_string(out.join("batches.csv")).unwrap());
    assert_eq!((rows.len(), report.batches.len()), (10 * MEASURES.len(), 10));
    assert_eq!((rows[0]["from_s"].as_str(), rows[0]["until_s"].as_str()), ("144000", "273600"));
    // Their mean is the figure of the whole run.
    let summary = report.summary.value("utilization", walras::metrics::Subject::Market);
    let means = super::rows(&std::fs::read_to_string(out.join("batch_means.csv")).unwrap());
    let of: f64 = means[0]["value"].parse().unwrap();
    assert!((of - summary.as_f64().unwrap()).abs() < 1e-9);
    assert_eq!(means[0]["batches"], "10");
}
