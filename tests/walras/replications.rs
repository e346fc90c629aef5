//! Replications: independent, the same on any number of threads, and averaged with their intervals.

use crate::build;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use walras::engine::RunId;
use walras::experiment::interval::Sample;
use walras::experiment::replicate::{HowMany, Replicated, replicate_to_directory};
use walras::experiment::{Options, RunError, manifest::Timing, run_to_directory};
use walras::metrics::Subject;
use walras::metrics::summary::Summary;
use walras::rng::draw::Distribution;
use walras::scenario::Scenario;
use walras::scenario::demand::Buying;
use walras::trace::TableName;
use walras::units::SimTime;

const FIRST: RunId = RunId { seed: 5, replication: 3 };

/// M/M/8 at a load of 0.75: the mean work of 600 s, an arrival every 100 s.
fn queue() -> Scenario {
    let mut scenario = build::market(1, 8, SimTime::from_seconds(400_000));
    scenario.warm_up = SimTime::from_seconds(20_000);
    let work = Distribution::Exponential { mean: 600.0 };
    build::add_segment(&mut scenario, 0.01, work, None, Buying::OnDemand);
    scenario
}

fn options(out: &Path, tables: &[TableName]) -> Options {
    Options { tables: tables.to_vec(), ..Options::to(out.to_owned()) }
}

fn timing() -> Timing {
    Timing { wall_s: 0.0, events_per_s: 0.0, peak_memory_bytes: None }
}

fn replicate(how_many: &HowMany, out: &Path, tables: &[TableName]) -> Replicated {
    let options = options(out, tables);
    let of = (FIRST, how_many);
    replicate_to_directory(&queue(), of, &options, &|_| true, &mut |_| timing()).unwrap()
}

/// Every file below a directory, by its path there.
fn files(directory: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut open = vec![directory.to_owned()];
    while let Some(next) = open.pop() {
        for entry in std::fs::read_dir(next).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else {
                let name = path.strip_prefix(directory).unwrap().to_owned();
                found.insert(name, std::fs::read(&path).unwrap());
            }
        }
    }
    found
}

fn utilization(summary: &Summary) -> f64 {
    summary.value("utilization", Subject::Market).as_f64().unwrap()
}

#[test]
fn replications_are_the_same_bytes_on_any_number_of_threads() {
    let home = tempfile::tempdir().unwrap();
    let on = |threads: usize| {
        let out = home.path().join(threads.to_string());
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        let precise = HowMany::UntilWithin {
            share: 0.01,
            metrics: vec!["utilization".to_owned()],
            least: 3,
            most: 40,
        };
        let found = pool.install(|| replicate(&precise, &out, &[TableName::Pods]));
        (found.summaries.len(), files(&out))
    };
    let (alone, bytes) = on(1);
    assert!((4..40).contains(&alone), "{alone} replications, neither the least nor the most");
    // The manifest, three files of all, and a manifest, two summaries and a table of each.
    assert_eq!(bytes.len(), 4 + 4 * alone);
    for threads in [2, 3, 7] {
        assert!(on(threads) == (alone, bytes.clone()), "{threads} threads");
    }
}

#[test]
fn a_replication_is_the_run_of_its_number() {
    let home = tempfile::tempdir().unwrap();
    let out = home.path().join("all");
    replicate(&HowMany::Exactly(3), &out, &[TableName::Pods, TableName::Ledger]);
    for replication in 3..6 {
        let alone = home.path().join("alone");
        let options = options(&alone, &[TableName::Pods, TableName::Ledger]);
        let run = RunId { replication, ..FIRST };
        run_to_directory(&queue(), run, &options, &mut |_| true, &mut |_| timing()).unwrap();
        let (mut alone, mut one) =
            (files(&alone), files(&out.join(format!("replication-{replication}"))));
        let manifests =
            [&mut alone, &mut one].map(|files| files.remove(Path::new("manifest.json")));
        assert!(manifests.iter().all(Option::is_some));
        assert!(alone == one, "replication {replication}");
    }
}

/// The columns of the estimates are those of the values in `replications.csv`.
#[test]
fn estimates_are_those_of_the_values_that_are_written() {
    let home = tempfile::tempdir().unwrap();
    let out = home.path().join("out");
    let found = replicate(&HowMany::Exactly(6), &out, &[]);
    let mut samples: BTreeMap<(String, String), Sample> = BTreeMap::new();
    for row in csv::Reader::from_path(out.join("replications.csv")).unwrap().records() {
        let row = row.unwrap();
        let sample = samples.entry((row[1].to_owned(), row[2].to_owned())).or_default();
        sample.extend(row[3].parse::<f64>().ok());
    }
    let mut rows = 0;
    for row in csv::Reader::from_path(out.join("summary.csv")).unwrap().records() {
        let row = row.unwrap();
        let sample = &samples[&(row[0].to_owned(), row[1].to_owned())];
        let (mean, half_width) = (sample.mean(), sample.half_width());
        let bounds = mean.zip(half_width).map(|(mean, half)| (mean - half, mean + half));
        let expected = [mean, bounds.map(|bounds| bounds.0), bounds.map(|bounds| bounds.1)];
        for (column, expected) in [2, 4, 5].into_iter().zip(expected) {
            let close = match (row[column].parse::<f64>().ok(), expected) {
                (Some(found), Some(expected)) => (found - expected).abs() <= 1e-9 * expected.abs(),
                (found, expected) => found == expected,
            };
            assert!(close, "{row:?}: {expected:?}");
        }
        assert_eq!(row[7].parse(), Ok(sample.count()));
        rows += 1;
    }
    assert_eq!((rows, found.summaries.len()), (samples.len(), 6));
}

/// Theory: the load of an M/M/c queue without losses is λ / (c μ) = 0.75. The interval covers it; that of a
/// market with a GPU less does not.
#[test]
fn the_interval_covers_what_theory_says() {
    let home = tempfile::tempdir().unwrap();
    let found = replicate(&HowMany::Exactly(12), &home.path().join("out"), &[]);
    let sample: Sample = found.summaries.iter().map(utilization).collect();
    let (mean, half_width) = (sample.mean().unwrap(), sample.half_width().unwrap());
    assert!((mean - 0.75).abs() <= half_width, "{mean} ± {half_width}");
    assert!(half_width < 0.75 - 6.0 / 9.0, "{half_width} tells no 8 from 9 GPUs");
    let first = utilization(&found.summaries[0]);
    assert!(
        found.summaries.iter().skip(1).all(|other| utilization(other).to_bits() != first.to_bits())
    );
}

#[test]
fn replications_go_on_until_the_interval_is_as_narrow_as_asked_and_no_longer() {
    let home = tempfile::tempdir().unwrap();
    let all = replicate(&HowMany::Exactly(40), &home.path().join("all"), &[]);
    let within = |count: usize, share| {
        all.summaries[..count].iter().map(utilization).collect::<Sample>().is_within(share)
    };
    let until = |share, least, most| {
        let metrics = vec!["utilization".to_owned()];
        let asked = HowMany::UntilWithin { share, metrics, least, most };
        replicate(&asked, &home.path().join("some"), &[])
    };
    let found = until(0.01, 4, 40);
    let count = found.summaries.len();
    assert!(within(count, 0.01) && (4..count).all(|fewer| !within(fewer, 0.01)), "{count}");
    assert!(found.too_wide.is_empty());
    let found = until(0.000_1, 4, 6);
    assert_eq!((found.summaries.len(), found.too_wide), (6, vec!["utilization".to_owned()]));
}

#[test]
fn nothing_of_the_users_is_lost_and_nothing_half_written_left() {
    let home = tempfile::tempdir().unwrap();
    let out = home.path().join("out");
    replicate(&HowMany::Exactly(2), &out, &[TableName::Pods]);
    // Fewer replications take the place of more, whole.
    replicate(&HowMany::Exactly(2), &out, &[]);
    assert!(!out.join("replication-3").exists());
    replicate(&HowMany::Exactly(2), &out, &[TableName::Pods]);
    let note = out.join("replication-4").join("note.txt");
    std::fs::write(&note, "mine").unwrap();
    let run = |goes_on: bool| {
        let of = (FIRST, &HowMany::Exactly(2));
        let options = options(&out, &[]);
        replicate_to_directory(&queue(), of, &options, &|_| goes_on, &mut |_| timing())
    };
    assert!(matches!(run(true), Err(RunError::Precious(_, name)) if name == "note.txt"));
    assert_eq!(std::fs::read_to_string(&note).unwrap(), "mine");
    std::fs::remove_file(&note).unwrap();
    let before = files(&out);
    assert!(matches!(run(false), Err(RunError::Run(_))));
    assert!(files(&out) == before);
    let left: Vec<_> = std::fs::read_dir(home.path()).unwrap().collect();
    assert_eq!(left.len(), 1, "{left:?}");
}
