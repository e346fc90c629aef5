//! Sweeps that are killed, without a chance to put anything in order.

use super::{names, walras};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

const MARKET: &str = r#"(
    horizon: "5d",
    seed: 3,
    fleet: [(prefix: "g", gpu_type: "NVIDIA RTX A6000", datacenter: "EU-RO-1", count: 4, gpus: 1)],
    customers: [(
        name: "all", accounts: 5, balance: 100000, gpu_type: "NVIDIA RTX A6000",
        arrivals: Poisson(rate: "20/h"), duration: Exponential(mean: "5m"), patience: None,
    )],
)"#;
const SWEEP: &str = r#"Sweep(
    scenario: "queue.ron",
    axes: [(path: "fleet[0].count", values: [2, 3, 4, 5]), (path: "rules.grace", values: ["5s", "30s"])],
    metrics: ["utilization", "wait_mean"],
    replications: 5,
)"#;
const RUNS: usize = 4 * 2 * 5;

fn begin(study: &str, out: &str) -> Child {
    let mut command = Command::new(env!("CARGO_BIN_EXE_walras"));
    command.args(["sweep", study, "--out", out]).stdout(Stdio::null()).stderr(Stdio::null());
    command.spawn().expect("the program is built")
}

/// How many finished runs are written down.
fn done(log: &Path) -> usize {
    std::fs::read(log).map_or(0, |log| log.iter().filter(|byte| **byte == b'\n').count())
}

/// Lets the sweep go on for so many more runs, then kills it; whether it had come to its end before that.
fn kill_after(runs: usize, study: &str, out: &str, log: &Path) -> bool {
    let until = done(log) + runs;
    let mut sweep = begin(study, out);
    loop {
        if let Some(status) = sweep.try_wait().unwrap() {
            assert!(status.success());
            return true;
        }
        if until <= done(log) {
            sweep.kill().unwrap();
            sweep.wait().unwrap();
            return false;
        }
        std::thread::sleep(Duration::from_micros(200));
    }
}

#[test]
fn a_sweep_killed_at_random_moments_ends_with_the_bytes_of_one_left_alone() {
    let home = tempfile::tempdir().unwrap();
    let path = |name: &str| home.path().join(name);
    let text = |name: &str| path(name).display().to_string();
    std::fs::write(path("queue.ron"), MARKET).unwrap();
    std::fs::write(path("study.ron"), SWEEP).unwrap();
    let study = text("study.ron");
    assert!(walras(&["sweep", &study, "--out", &text("alone")]).status.success());
    let mut random = ChaCha8Rng::seed_from_u64(20_240_304);
    let (log, mut kills) = (path("killed.unfinished"), 0);
    loop {
        let before = done(&log);
        if kill_after(random.random_range(1..RUNS / 6), &study, &text("killed"), &log) {
            break;
        }
        kills += 1;
        assert!(before < done(&log), "what was done is kept, and something was done besides");
    }
    assert!(3 <= kills, "killed {kills} times");
    for name in ["sweep.csv", "points.csv"] {
        let read = |directory: &str| std::fs::read(path(directory).join(name)).unwrap();
        assert!(read("killed") == read("alone"), "{name}");
    }
    assert_eq!(names(home.path()), ["alone", "killed", "queue.ron", "study.ron"], "no litter");
}
