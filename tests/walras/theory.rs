//! The market as a queue agrees with queueing theory, each within the 99 % confidence interval over
//! replications with fixed seeds.
//!
//! Arrivals are Poisson and every pod takes one GPU, so on-demand pods on c GPUs are an M/G/c queue:
//! without patience a loss system (Erlang B), with infinite patience a delay system (Erlang C for
//! exponential work, Pollaczek–Khinchine for any work on one GPU).

mod endpoints;
mod young_daly;

use crate::build;
use statrs::distribution::{ContinuousCDF, StudentsT};
use walras::journal::{Fact, Sink};
use walras::rng::draw::Distribution;
use walras::scenario::demand::Buying;
use walras::units::SimTime;

const REPLICATIONS: u32 = 30;
const MEAN_WORK_S: f64 = 3_600.0;

/// Mean wait and share refused of the customers that ask after the warm-up.
struct Waits {
    warm_up: SimTime,
    asked_at: Vec<SimTime>,
    placed: u32,
    refused: u32,
    waited_s: f64,
}

impl Sink for Waits {
    fn hear(&mut self, at: SimTime, fact: &Fact) {
        if let Fact::PodRequested(request) = fact {
            let slot = request.pod.slot as usize;
            if self.asked_at.len() <= slot {
                self.asked_at.resize(slot + 1, SimTime::ZERO);
            }
            self.asked_at[slot] = at;
        }
        if at < self.warm_up {
            return;
        }
        if let Fact::PodPlaced { pod, .. } = fact {
            self.placed += 1;
            self.waited_s += (at - self.asked_at[pod.slot as usize]).as_seconds_f64();
        }
        if let Fact::Rejected { .. } = fact {
            self.refused += 1;
        }
    }
}

fn replicate(
    gpus: u32,
    load: f64,
    work: &Distribution,
    waits: bool,
    figure: impl Fn(&Waits) -> f64,
) -> Vec<f64> {
    let customers = 40_000.0;
    let per_second = load * f64::from(gpus) / MEAN_WORK_S;
    let horizon = SimTime::from_seconds((customers / per_second) as u64);
    let mut scenario = build::market(gpus, 1, horizon);
    let patience = if waits { None } else { Some(Distribution::Constant(0.0)) };
    build::add_segment(&mut scenario, per_second, work.clone(), patience, Buying::OnDemand);
    let one = |replication| {
        let mut sink = Waits {
            warm_up: SimTime::from_micros(horizon.micros() / 10),
            asked_at: Vec::new(),
            placed: 0,
            refused: 0,
            waited_s: 0.0,
        };
        build::run(&scenario, u64::from(replication), &mut sink);
        figure(&sink)
    };
    (0..REPLICATIONS).map(one).collect()
}

/// Asserts that `expected` lies in the 99 % interval of the mean over replications, and that the
/// interval is narrow enough to mean something.
pub(crate) fn assert_within(figures: &[f64], expected: f64) {
    let n = figures.len() as f64;
    let mean = figures.iter().sum::<f64>() / n;
    let variance = figures.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>() / (n - 1.0);
    let t = StudentsT::new(0.0, 1.0, n - 1.0).unwrap().inverse_cdf(0.995);
    let half = t * (variance / n).sqrt();
    assert!((mean - expected).abs() <= half, "{mean} ± {half}, theory says {expected}");
    assert!(half < 0.1 * expected, "{mean} ± {half} is too vague");
}

/// Erlang's B formula, by its stable recursion.
fn erlang_b(servers: u32, offered: f64) -> f64 {
    (1..=servers).fold(1.0, |b, k| offered * b / (f64::from(k) + offered * b))
}

#[test]
fn erlang_b_blocking_of_on_demand_pods_without_patience() {
    for (gpus, load) in [(1, 0.5), (10, 0.9), (50, 1.1)] {
        let work = Distribution::Exponential { mean: MEAN_WORK_S };
        let blocked =
            |waits: &Waits| f64::from(waits.refused) / f64::from(waits.refused + waits.placed);
        let figures = replicate(gpus, load, &work, false, blocked);
        assert_within(&figures, erlang_b(gpus, load * f64::from(gpus)));
    }
}

/// Erlang B is insensitive to the distribution of the work.
#[test]
fn erlang_b_is_insensitive_to_the_distribution_of_work() {
    let work = Distribution::Constant(MEAN_WORK_S);
    let blocked =
        |waits: &Waits| f64::from(waits.refused) / f64::from(waits.refused + waits.placed);
    assert_within(&replicate(10, 0.9, &work, false, blocked), erlang_b(10, 9.0));
}

fn mean_wait(waits: &Waits) -> f64 {
    waits.waited_s / f64::from(waits.placed)
}

#[test]
fn erlang_c_waiting_with_infinite_patience() {
    for (gpus, load) in [(1, 0.6), (4, 0.7), (20, 0.8)] {
        let offered = load * f64::from(gpus);
        let b = erlang_b(gpus, offered);
        let waits = b / (1.0 - load * (1.0 - b));
        let expected = waits * MEAN_WORK_S / (f64::from(gpus) * (1.0 - load));
        let work = Distribution::Exponential { mean: MEAN_WORK_S };
        assert_within(&replicate(gpus, load, &work, true, mean_wait), expected);
    }
}

#[test]
fn pollaczek_khinchine_waiting_on_one_gpu() {
    let load = 0.6;
    // (work, its squared coefficient of variation)
    let sigma: f64 = 0.8;
    let mu = MEAN_WORK_S.ln() - sigma * sigma / 2.0;
    let cases = [
        (Distribution::Constant(MEAN_WORK_S), 0.0),
        (Distribution::Uniform { low: 0.0, high: 2.0 * MEAN_WORK_S }, 1.0 / 3.0),
        (Distribution::LogNormal { mu, sigma }, (sigma * sigma).exp() - 1.0),
    ];
    for (work, squared_variation) in cases {
        let expected = load / (1.0 - load) * MEAN_WORK_S * (1.0 + squared_variation) / 2.0;
        assert_within(&replicate(1, load, &work, true, mean_wait), expected);
    }
}
