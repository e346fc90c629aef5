//! A reserve that wanders (SPOT-17): its steps, its bounds, and that it is nobody's doing.

use crate::build;
use walras::journal::Fact;
use walras::rng::{Purpose, Stream};
use walras::scenario::Scenario;
use walras::scenario::load::from_text;
use walras::scenario::rules::{Displaced, ReserveRises};
use walras::units::{Money, SimTime};

/// A host whose own floor is 0.30, below the catalogue's 0.49; a reserve of up to 0.60 that takes a step
/// every minute.
fn market(start: &str, sigma: &str, fields: &str) -> Scenario {
    let text = format!(
        r#"(
        horizon: "14d", sample_every: None,
        rules: (
            spot_clearing: uniform_highest_losing,
            spot_reserve: walk(start: {start}, ceiling: 0.60, sigma: {sigma}, every: "1m"),
        ),
        fleet: [(gpu_type: "NVIDIA RTX A6000", datacenter: "EU-RO-1", gpus: 4, min_bid: 0.30)],
        {fields}
    )"#
    );
    from_text("walk.ron", &text).unwrap_or_else(|problems| panic!("{problems}"))
}

/// What was published: when, the floor, and what all pay.
fn published(scenario: &Scenario) -> Vec<(SimTime, Money, Money)> {
    let facts = build::run_audited(scenario, 0).into_iter();
    let quote = facts.filter_map(|(at, fact)| match fact {
        Fact::PricePublished { quote, .. } => Some((at, quote.spot_floor, quote.spot_price?)),
        _ => None,
    });
    quote.collect()
}

/// The reserve from step to step, in nano-dollars.
fn reserves(scenario: &Scenario) -> Vec<i128> {
    let published = published(scenario);
    let minutes = (scenario.horizon - SimTime::ZERO).micros() / 60_000_000;
    let at = |minute| {
        let now = SimTime::from_seconds(minute * 60);
        let after = published.partition_point(|(at, ..)| *at <= now);
        published[after - 1].1.nanos()
    };
    (0..minutes).map(at).collect()
}

/// δ = −0.7 × (last δ) + ε, the deviation of ε a share of the way from the floor to the ceiling: regressed
/// from 20,000 steps far from both.
#[test]
fn spot_17_steps_pull_back_and_are_as_noisy_as_stated() {
    let reserves = reserves(&market("0.45", "0.001", ""));
    let steps: Vec<f64> = reserves.windows(2).map(|pair| (pair[1] - pair[0]) as f64).collect();
    assert!(20_000 < steps.len());
    let pairs = || steps.windows(2).map(|pair| (pair[0], pair[1]));
    let square: f64 = steps.iter().map(|step| step * step).sum();
    let pull = pairs().map(|(last, next)| last * next).sum::<f64>() / square;
    assert!((pull + 0.7).abs() < 0.02, "{pull}");
    let noise = pairs().map(|(last, next)| (next + 0.7 * last).powi(2)).sum::<f64>();
    let deviation = (noise / (steps.len() - 1) as f64).sqrt();
    let stated = 0.001 * 300_000_000.0;
    assert!((deviation / stated - 1.0).abs() < 0.02, "{deviation} for {stated}");
}

/// A step that would leave the bounds is not taken, and the next one has none to pull back from.
#[test]
fn spot_17_a_step_out_of_bounds_is_not_taken() {
    let scenario = market("0.35", "0.3", "");
    let scope = scenario.scopes.iter().position(|scope| scope.has_hosts).unwrap();
    let mut noise = Stream::open(scenario.seed, 0, Purpose::Reserve, scope as u64);
    let (mut reserve, mut last, mut stayed) = (350_000_000_i128, 0.0, 0);
    let found = reserves(&scenario);
    for (minute, found) in found.iter().enumerate() {
        assert_eq!(*found, reserve, "minute {minute}");
        let step = -0.7 * last + 0.3 * 300_000_000.0 * noise.normal();
        let next = reserve + step.floor() as i128;
        if (300_000_000..=600_000_000).contains(&next) {
            (reserve, last) = (next, step);
        } else {
            (last, stayed) = (0.0, stayed + 1);
        }
    }
    assert!(1_000 < stayed && stayed < found.len() / 2, "{stayed} of {}", found.len());
    // It gets about, also below what the catalogue asks.
    let (least, most) = (found.iter().min().unwrap(), found.iter().max().unwrap());
    assert!(*least < 301_000_000 && 599_000_000 < *most, "{least} {most}");
}

/// Whoever comes and bids, the reserve wanders as it does; hidden, it is no published floor.
#[test]
fn spot_17_a_reserve_wanders_by_itself_and_may_be_hidden() {
    let customers = r#"customers: [(
        name: "students", accounts: 9, balance: 10000, arrivals: Poisson(rate: "4/h"),
        gpu_type: "NVIDIA RTX A6000", duration: Exponential(mean: "1h"), patience: "1h",
        kind: spot(share: 0.7),
    )],"#;
    let (alone, busy) = (market("0.45", "0.05", ""), market("0.45", "0.05", customers));
    assert!(reserves(&alone) == reserves(&busy), "bids move it");
    let paid = |scenario: &Scenario| -> Vec<_> {
        published(scenario).into_iter().map(|(at, _, paid)| (at, paid)).collect()
    };
    assert!(paid(&alone) != paid(&busy), "there are bids");
    let mut hidden = alone.clone();
    hidden.rules.reserve_shown = false;
    assert!(paid(&alone) == paid(&hidden));
    let floors = |scenario: &Scenario| published(scenario).into_iter().map(|(_, floor, _)| floor);
    assert!(floors(&hidden).all(|floor| floor == Money::from_nanos(300_000_000)));
    assert!(published(&alone).iter().all(|(_, floor, paid)| floor == paid));
}

/// A pod at 0.45 has its GPU whenever the reserve is no higher: it gives way in the minute in which the reserve
/// rises above that, and is back when it has fallen; or it stays, and the reserve is none of its business.
#[test]
fn spot_17_a_reserve_that_rises_above_a_bid_interrupts_or_spares() {
    let script = r#"accounts: [(name: "ann", balance: 100000)], script: [(at: "0s", account: "ann",
        do: CreateSpotPod(name: "p", gpuTypeId: "NVIDIA RTX A6000", bidPerGpu: 0.45))],"#;
    let mut scenario = market("0.40", "0.05", script);
    let wandering = reserves(&market("0.40", "0.05", ""));
    let rises = wandering.windows(2).zip(1..).filter(|(pair, _)| {
        let [before, after] = [pair[0], pair[1]].map(|reserve| reserve <= 450_000_000);
        before && !after
    });
    let rises: Vec<u64> = rises.map(|(_, minute)| minute).collect();
    assert!(50 < rises.len());
    let mut interrupted = |rises, displaced| -> Vec<u64> {
        (scenario.rules.reserve_rises, scenario.rules.displaced) = (rises, displaced);
        let facts = build::run_audited(&scenario, 0).into_iter();
        let signals = facts.filter(|(_, fact)| matches!(fact, Fact::PodDisplaced { by: None, .. }));
        signals.map(|(at, _)| at.micros() / 60_000_000).collect()
    };
    assert_eq!(interrupted(ReserveRises::Interrupts, Displaced::Resume), rises);
    assert_eq!(interrupted(ReserveRises::Interrupts, Displaced::Stop), rises[..1]);
    assert!(interrupted(ReserveRises::Spares, Displaced::Resume).is_empty());
}
