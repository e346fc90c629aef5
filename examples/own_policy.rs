//! A placement policy of one's own, registered without touching Walras, and compared with built-in ones by
//! common random numbers.
//!
//! ```sh
//! cargo run --release --example own_policy
//! ```
//!
//! [`TwoChoices`] is all of the policy. [`main`] registers it under a name, reads the scenario once for
//! each policy, and runs each ten times: in one replication all policies meet the same customers, so what
//! tells them apart is the difference within each, which varies less than the figures do.

#![expect(clippy::print_stdout, reason = "the table is what the example is for")]

use statrs::distribution::{ContinuousCDF, StudentsT};
use std::error::Error;
use walras::engine::{self, RunId};
use walras::journal::Journal;
use walras::metrics::{Metrics, Subject};
use walras::policy::{Candidates, HostId, Placement, Registry, Stream};
use walras::scenario::Scenario;

/// Two candidates are drawn at random, and the fuller one is taken: the power of two choices
/// (Mitzenmacher, IEEE TPDS 12(10), 2001), turned from balancing to packing. It asks for two hosts
/// where best fit needs to know them all.
struct TwoChoices;

impl Placement for TwoChoices {
    fn choose(&self, candidates: &Candidates<'_>, stream: &mut Stream) -> Option<HostId> {
        let drawn = [candidates.any(stream)?, candidates.any(stream)?];
        drawn.into_iter().min_by_key(|host| (candidates.room(*host).free.gpus, *host))
    }
}

/// Many small pods, and some that need a whole host and are lost where none is left whole.
const MARKET: &str = r#"(
    horizon: "14d",
    warm_up: "2d",
    fleet: [(gpu_type: "NVIDIA RTX A6000", datacenter: "EU-RO-1", count: 20, gpus: 8)],
    customers: [
        (
            name: "small", accounts: 50, balance: 100000,
            arrivals: Poisson(rate: "30/h"), gpu_type: "NVIDIA RTX A6000",
            gpus: Choice({1: 0.8, 2: 0.2}), duration: Exponential(mean: "2h"),
        ),
        (
            name: "whole hosts", accounts: 5, balance: 100000,
            arrivals: Poisson(rate: "1/h"), gpu_type: "NVIDIA RTX A6000",
            gpus: 8, duration: Exponential(mean: "3h"),
        ),
    ],
    policies: (placement: POLICY),
)"#;

const POLICIES: [&str; 3] = ["two_choices", "best_fit", "random"];
const REPLICATIONS: u64 = 10;

/// The policies that this program adds.
fn registry() -> Result<Registry, Box<dyn Error>> {
    let mut registry = Registry::new();
    registry.add_placement("two_choices", || Box::new(TwoChoices))?;
    Ok(registry)
}

/// The share of requests for whole hosts that are refused, in per cent.
fn refused(
    scenario: &Scenario,
    registry: &Registry,
    replication: u64,
) -> Result<f64, Box<dyn Error>> {
    let mut metrics = Metrics::new(scenario);
    let mut journal = Journal::new(vec![&mut metrics]);
    let run = RunId { seed: 1, replication };
    engine::run_with(scenario, run, registry, &mut journal, &mut |_| true)?;
    let whole = scenario.segments.iter().find(|segment| segment.name == "whole hosts");
    let whole = Subject::Segment(whole.ok_or("the market has such a segment")?.id);
    let share = metrics.summary().value("rejected_share", whole).as_f64();
    Ok(100.0 * share.ok_or("whole hosts were asked for")?)
}

/// The mean, and half of its 95 % interval.
fn interval(figures: &[f64]) -> Result<(f64, f64), Box<dyn Error>> {
    let count = f64::from(u32::try_from(figures.len())?);
    let mean = figures.iter().sum::<f64>() / count;
    let squares: f64 = figures.iter().map(|figure| (figure - mean) * (figure - mean)).sum();
    let deviation = (squares / (count - 1.0)).sqrt();
    let student = StudentsT::new(0.0, 1.0, count - 1.0)?;
    Ok((mean, student.inverse_cdf(0.975) * deviation / count.sqrt()))
}

/// Policy, share refused, and what the first policy has less than it, each with half of its interval.
type Row = (&'static str, (f64, f64), (f64, f64));

/// Runs all policies and prints the table.
fn compare() -> Result<Vec<Row>, Box<dyn Error>> {
    let registry = registry()?;
    let mut shares: Vec<Vec<f64>> = Vec::new();
    for policy in POLICIES {
        let scenario = registry.from_text("market", &MARKET.replace("POLICY", policy))?;
        let of_replication = |replication| refused(&scenario, &registry, replication);
        shares.push((0..REPLICATIONS).map(of_replication).collect::<Result<_, _>>()?);
    }
    println!("requests for whole hosts that are refused, %: {REPLICATIONS} replications");
    println!("{:>12}   {:>15}   {:>22}", "policy", "refused", "two_choices less this");
    let mut rows = Vec::new();
    for (policy, theirs) in POLICIES.into_iter().zip(&shares) {
        // The same customers came in each replication: pairs, not two heaps of figures.
        let pairs = shares[0].iter().zip(theirs).map(|(ours, theirs)| ours - theirs);
        let (share, difference) = (interval(theirs)?, interval(&pairs.collect::<Vec<f64>>())?);
        println!(
            "{policy:>12}   {:>7.2} ± {:>5.2}   {:>14.2} ± {:>5.2}",
            share.0, share.1, difference.0, difference.1
        );
        rows.push((policy, share, difference));
    }
    Ok(rows)
}

fn main() -> Result<(), Box<dyn Error>> {
    compare()?;
    Ok(())
}

/// Two choices pack better than one, and worse than all.
#[test]
fn two_choices_are_between_random_and_best_fit() {
    let rows = compare().expect("a sound comparison");
    let [(_, ours, with_itself), (_, _, best_fit), (_, _, random)] = rows[..] else {
        panic!("a row for each policy")
    };
    assert!(0.0 < ours.0 && ours.0 < 100.0, "{ours:?}");
    assert!(with_itself.0.abs() < 1e-9 && with_itself.1.abs() < 1e-9, "{with_itself:?}");
    assert!(best_fit.1 < best_fit.0, "more refused than under best fit: {best_fit:?}");
    assert!(random.0 < -random.1, "fewer than under random: {random:?}");
}
