//! Sweeps: resumed, shared and merged, they end with the same bytes.

use super::{Bench, files, rows, timing};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use walras::experiment::study::{StudyError, Told};
use walras::experiment::sweep::merge::merge;
use walras::experiment::sweep::{ProgressError, Shard, Swept, sweep_to_directory};
use walras::scenario::load::Override;

const GRID: &str = r#"Sweep(
    scenario: "queue.ron",
    set: {"horizon": "1d", "warm_up": "2h"},
    axes: [
        (name: "GPUs", path: "fleet[0].count", values: [6, 8, 10]),
        (path: "policies.placement", values: [first_fit, random]),
    ],
    metrics: ["utilization", "wait_mean/segment/all", "revenue"],
    replications: 3,
)"#;

fn sweep(bench: &Bench, out: &Path, shard: Shard) -> Result<Swept, StudyError> {
    bench.with(|setting| sweep_to_directory(setting, (out, shard), &|_| true, &mut { timing }))
}

/// Begins a sweep and breaks it off when the `after`-th run begins.
fn broken_off(bench: &Bench, out: &Path, after: u32) {
    let begun = AtomicU32::new(0);
    let goes_on = |told: Told| {
        let begins = told.progress.events == 0 && told.progress.now.micros() == 0;
        !begins || begun.fetch_add(1, Ordering::Relaxed) < after
    };
    assert!(matches!(
        bench.with(|setting| sweep_to_directory(setting, (out, Shard::WHOLE), &goes_on, &mut {
            timing
        })),
        Err(StudyError::Run(_))
    ));
}

/// All but when it was made.
fn without_timing(mut files: BTreeMap<String, String>) -> BTreeMap<String, String> {
    let manifest = files.get_mut("manifest.json").unwrap();
    let mut value: serde_json::Value = serde_json::from_str(manifest).unwrap();
    value.as_object_mut().unwrap().shift_remove("timing");
    *manifest = value.to_string();
    files
}

#[test]
fn one_tidy_row_per_point_replication_and_metric() {
    let bench = Bench::new(GRID);
    let out = bench.path("out");
    let swept = sweep(&bench, &out, Shard::WHOLE).unwrap();
    assert_eq!((swept.runs, swept.resumed), (18, 0));
    let files = files(&out);
    let header = files["sweep.csv"].lines().next().unwrap();
    assert_eq!(header, "point,replication,GPUs,policies.placement,metric,subject,value,unit");
    let all = rows(&files["sweep.csv"]);
    assert_eq!(all.len(), 6 * 3 * 3);
    let points = rows(&files["points.csv"]);
    assert_eq!(points.len(), 6 * 3);
    for mean in &points {
        let of_this = all.iter().filter(|row| {
            ["point", "metric", "subject"].iter().all(|column| row[*column] == mean[*column])
        });
        let values: Vec<f64> = of_this.map(|row| row["value"].parse().unwrap()).collect();
        assert_eq!(values.len(), 3);
        let expected = values.iter().sum::<f64>() / 3.0;
        let found: f64 = mean["value"].parse().unwrap();
        assert!((found - expected).abs() <= 1e-9 * expected.abs(), "{mean:?}");
    }
    // More GPUs are used less, whatever the policy; the same customers pay.
    let value = |gpus: &str, metric: &str| -> f64 {
        let is_it = |row: &&BTreeMap<String, String>| {
            row["GPUs"] == gpus && row["metric"] == metric && row["policies.placement"] == "random"
        };
        points.iter().find(is_it).unwrap()["value"].parse().unwrap()
    };
    assert!(value("10", "utilization") < value("8", "utilization"));
    assert!(value("10", "wait_mean") < value("6", "wait_mean"));
}

#[test]
fn a_sweep_that_was_killed_ends_as_one_left_alone_and_does_nothing_twice() {
    let bench = Bench::new(GRID);
    let whole = bench.path("whole");
    sweep(&bench, &whole, Shard::WHOLE).unwrap();
    let out = bench.path("out");
    for after in [1, 4, 3, 5] {
        broken_off(&bench, &out, after);
        assert!(!out.exists(), "nothing looks finished");
    }
    // The process died while it wrote a line.
    let log = bench.path("out.unfinished");
    let mut text = std::fs::read_to_string(&log).unwrap();
    let done = text.lines().count();
    let half = text.lines().next().unwrap()[..20].to_owned();
    text.push_str(&half);
    std::fs::write(&log, text).unwrap();
    let begun = AtomicU32::new(0);
    let goes_on = |told: Told| {
        let begins = told.progress.events == 0 && told.progress.now.micros() == 0;
        begun.fetch_add(u32::from(begins), Ordering::Relaxed);
        true
    };
    let swept = bench
        .with(|setting| {
            sweep_to_directory(setting, (&out, Shard::WHOLE), &goes_on, &mut { timing })
        })
        .unwrap();
    assert!(0 < done && swept.resumed == done, "{} resumed of {done}", swept.resumed);
    assert_eq!(begun.into_inner() as usize, 18 - done, "what is complete is not run again");
    assert!(files(&out) == files(&whole));
    assert_eq!(bench.left(), ["out", "whole"]);
}

#[test]
fn what_has_changed_since_is_run_again() {
    let mut bench = Bench::new(GRID);
    let out = bench.path("out");
    broken_off(&bench, &out, 6);
    bench.given = vec![Override::new("seed", "12")];
    let swept = sweep(&bench, &out, Shard::WHOLE).unwrap();
    assert_eq!(swept.resumed, 0);
    let fresh = bench.path("fresh");
    sweep(&bench, &fresh, Shard::WHOLE).unwrap();
    assert!(files(&out) == files(&fresh));
}

#[test]
fn shards_merged_are_the_whole() {
    let bench = Bench::new(GRID);
    let whole = bench.path("whole");
    sweep(&bench, &whole, Shard::WHOLE).unwrap();
    let expected = without_timing(files(&whole));
    for count in [2, 3, 6, 7] {
        let mut parts: Vec<PathBuf> = Vec::new();
        for index in 1..=count {
            let out = bench.path(&format!("part-{count}-{index}"));
            sweep(&bench, &out, Shard { index, count }).unwrap();
            parts.insert(0, out);
        }
        let merged = bench.path(&format!("merged-{count}"));
        assert_eq!(merge(&parts, &merged).unwrap(), 18);
        let found = without_timing(files(&merged));
        assert!(
            found == expected,
            "{count} shards: {} for {}",
            found["manifest.json"],
            expected["manifest.json"]
        );
    }
}

#[test]
fn parts_that_do_not_belong_together_are_not_merged() {
    let bench = Bench::new(GRID);
    let part = |index: u64, count: u64| {
        let out = bench.path(&format!("part-{index}-{count}"));
        sweep(&bench, &out, Shard { index, count }).unwrap();
        out
    };
    let (one, two, third) = (part(1, 2), part(2, 2), part(3, 3));
    let out = bench.path("out");
    let refused = |parts: &[PathBuf]| match merge(parts, &out).unwrap_err() {
        StudyError::Progress(error) => error,
        other => panic!("{other}"),
    };
    assert!(
        matches!(refused(std::slice::from_ref(&one)), ProgressError::Incomplete(why, 2) if why.contains("2/2 is missing"))
    );
    let twice = refused(&[one.clone(), two.clone(), one.clone()]);
    assert!(matches!(twice, ProgressError::Incomplete(why, 2) if why.contains("more than once")));
    assert!(matches!(refused(&[one.clone(), third]), ProgressError::Strangers(_, _, "shard")));
    let mut other = Bench::new(GRID);
    other.given = vec![Override::new("seed", "12")];
    let stranger = other.path("part-2-2");
    sweep(&other, &stranger, Shard { index: 2, count: 2 }).unwrap();
    assert!(matches!(refused(&[one.clone(), stranger]), ProgressError::Strangers(..)));
    let whole = bench.path("whole");
    sweep(&bench, &whole, Shard::WHOLE).unwrap();
    assert!(matches!(refused(&[one, whole]), ProgressError::NoShard(..)));
    assert!(!out.exists());
}

#[test]
fn two_sweeps_do_not_work_on_one_directory() {
    let bench = Bench::new(GRID);
    let out = bench.path("out");
    broken_off(&bench, &out, 2);
    let log = std::fs::File::options().write(true).open(bench.path("out.unfinished")).unwrap();
    log.lock().unwrap();
    let refused = sweep(&bench, &out, Shard::WHOLE).unwrap_err();
    assert!(matches!(refused, StudyError::Progress(ProgressError::Busy(_))), "{refused}");
}
