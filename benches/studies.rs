//! Comparisons of the shipped experiments on one thread and on two: what they come to must be the same, and the time
//! on two threads at most 0.6 of that on one.
//!
//! Replications are independent, so nothing but the machine is in their way: memory and caches that cores share, and
//! neighbours. Both take turns, and the least times tell most of what is undisturbed.

mod common;

use common::Duel;
use criterion::Criterion;
use rayon::{ThreadPool, ThreadPoolBuilder};
use std::path::Path;
use walras::experiment::compare::{Compared, compare};
use walras::experiment::study::{Setting, read};
use walras::policy::Registry;
use walras::scenario::load::Override;

const EXPERIMENTS: [&str; 2] = ["spot_mechanisms", "placement"];

fn on(threads: usize) -> ThreadPool {
    ThreadPoolBuilder::new().num_threads(threads).build().expect("a few threads")
}

/// The comparison of an experiment over so long, all of it on the threads of `pool`.
fn run(pool: &ThreadPool, experiment: &str, horizon: &str) -> Compared {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/experiments");
    let study = read(&path.join(format!("{experiment}.ron"))).expect("it is shipped");
    let (given, policies) = ([Override::new("horizon", horizon)], Registry::new());
    let setting = Setting {
        study: &study,
        given: &given,
        seed: None,
        policies: &policies,
        format: walras::trace::Format::Csv,
        charts: None,
        report: false,
    };
    pool.install(|| compare(&setting, &|_| true)).expect("it runs")
}

/// Any number of threads gives the same values.
fn check_values(pools: [&ThreadPool; 2]) {
    for experiment in EXPERIMENTS {
        let [one, two] = pools.map(|pool| run(pool, experiment, "8d"));
        assert!(one.values == two.values, "{experiment}");
    }
}

#[expect(clippy::print_stdout, reason = "the table is what the bench is for")]
fn ratios([one, two]: [&ThreadPool; 2]) {
    const ROUNDS: usize = 21;
    println!(
        "\n                       one thread    two threads   two of one: median   least times"
    );
    for experiment in EXPERIMENTS {
        let on = |pool| (1, move |_| drop(run(pool, experiment, "60d")));
        // Of the time on one: how much faster one thread would be.
        let Duel { ours, other, ratio, least } = common::duel(ROUNDS, on(one), on(two));
        let [ours, other] = [ours, other].map(|nanos| nanos / 1e6);
        println!("{experiment:<20} {ours:>9.0} ms {other:>11.0} ms {ratio:>20.2} {least:>13.2}");
    }
}

fn criterion_figures(criterion: &mut Criterion, pools: [&ThreadPool; 2]) {
    let mut group = criterion.benchmark_group("comparison");
    group.sample_size(10);
    for (pool, name) in pools.into_iter().zip(["one thread", "two threads"]) {
        group.bench_function(name, |b| b.iter(|| run(pool, EXPERIMENTS[0], "8d")));
    }
    group.finish();
}

fn main() {
    let (one, two) = (on(1), on(2));
    let pools = [&one, &two];
    check_values(pools);
    if common::measuring() {
        ratios(pools);
    }
    let mut criterion = Criterion::default().configure_from_args();
    criterion_figures(&mut criterion, pools);
    criterion.final_summary();
}
