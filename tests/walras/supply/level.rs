//! Supply that answers price finds its level, whatever it begins with.

use statrs::distribution::{ContinuousCDF, StudentsT};
use walras::engine::{RunId, run};
use walras::journal::{Journal, Sink};
use walras::metrics::{Metrics, Subject, Summary};
use walras::scenario::Scenario;
use walras::scenario::load::{Override, from_text, load};

const SEEDS: u64 = 6;

fn summary(scenario: &Scenario, seed: u64) -> Summary {
    let mut metrics = Metrics::new(scenario);
    let mut journal = Journal::new(vec![&mut metrics as &mut dyn Sink]);
    run(scenario, RunId { seed, replication: 0 }, &mut journal, &mut |_| {}).unwrap();
    metrics.summary()
}

/// The figure of each seed.
fn figures(scenario: &Scenario, name: &str) -> Vec<f64> {
    let figure = |seed| summary(scenario, seed).value(name, Subject::Market).as_f64();
    (0..SEEDS).map(|seed| figure(seed).unwrap()).collect()
}

fn mean(figures: &[f64]) -> f64 {
    figures.iter().sum::<f64>() / figures.len() as f64
}

/// Half of the 99 % confidence interval of their mean.
fn half_width(figures: &[f64]) -> f64 {
    let (n, mean) = (figures.len() as f64, mean(figures));
    let variance = figures.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>() / (n - 1.0);
    StudentsT::new(0.0, 1.0, n - 1.0).unwrap().inverse_cdf(0.995) * (variance / n).sqrt()
}

/// Everybody asks 0.50, gets 0.76 of it, and has a cost of 0.20; pods keep 20 GPUs busy, all alike often. So N
/// GPUs bring 0.50 × 0.76 × 20 / N an hour each, and free entry ends where that is the cost: at N = 38.
/// They stay for 120 days on average; from above nobody is replaced until there are so few.
fn free_entry(at_start: u32, (warm_up, horizon): (u32, u32)) -> Scenario {
    let text = format!(
        r#"(
            horizon: "{horizon}d", warm_up: "{warm_up}d", sample_every: None,
            rules: (community_pricing: host, vetting_time: "0s", container_start: "0s"),
            policies: (placement: random),
            supply: [(
                name: "g", gpu_type: "NVIDIA RTX A6000", gpus: 1, at_start: {at_start},
                invited_every: Exponential(mean: "2d"), cost: 0.2, asks: fixed(0.5),
                leaves: (lifetime: Exponential(mean: "120d")),
            )],
            customers: [(
                name: "c", balance: 1000000000, arrivals: Poisson(rate: "4/h"), patience: None,
                duration: Exponential(mean: "5h"), gpu_type: "NVIDIA RTX A6000", container_disk_gb: 0,
            )],
        )"#
    );
    from_text("free entry", &text).unwrap_or_else(|faults| panic!("{faults:?}"))
}

/// From 8 and from 120 providers the market comes to the same number, that of theory; early on it had not.
#[test]
fn host_13_supply_converges_from_above_and_from_below_to_the_level_of_free_entry() {
    let later = |at_start| figures(&free_entry(at_start, (360, 720)), "providers_mean");
    let (below, above) = (later(8), later(120));
    let differences: Vec<f64> =
        below.iter().zip(&above).map(|(below, above)| above - below).collect();
    let (difference, half) = (mean(&differences), half_width(&differences));
    assert!(difference.abs() <= half && half < 2.0, "{difference} ± {half}: {below:?}, {above:?}");
    for figures in [&below, &above] {
        // Reviews are a week old at most, and a week's use is not its mean: a little less than 38.
        assert!((34.0..=40.0).contains(&mean(figures)), "{figures:?}");
    }
    let early = |at_start| mean(&figures(&free_entry(at_start, (0, 40)), "providers_mean"));
    assert!(3.0 * early(8) < early(120), "they begin far from one another");
}

/// The scenario that shows it: prices float, costs differ, and who earns too little gives up.
#[test]
fn the_scenario_of_supply_comes_to_one_price_and_one_number() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/scenarios/supply.ron");
    let later = |at_start: u32| {
        let (path_of, value) = ("supply[0].at_start".to_owned(), at_start.to_string());
        let overrides = [Override::new(path_of, value)];
        let scenario = load(path.as_ref(), &overrides).unwrap();
        let summaries: Vec<Summary> = (0..3).map(|seed| summary(&scenario, seed)).collect();
        let of = |name: &str| {
            let figure = |summary: &Summary| summary.value(name, Subject::Market).as_f64().unwrap();
            mean(&summaries.iter().map(figure).collect::<Vec<_>>())
        };
        [of("providers_mean"), of("provider_price_mean"), of("provider_earnings_per_gpu_hour")]
    };
    let (below, above) = (later(4), later(120));
    for (below, above) in below.into_iter().zip(above) {
        assert!((0.85..=1.18).contains(&(below / above)), "{below} and {above}");
    }
}
