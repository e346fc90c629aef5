//! Sweeps: resumed, shared and merged, they end with the same bytes.

use super::{Bench, TableFormat, files, rows, said, timing};
use crate::parquet::{cells, csv_cells};
use ::parquet::basic::Type;
use ::parquet::file::reader::{FileReader, SerializedFileReader};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use walras::experiment::TableError;
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
    let swept = bench.with(|setting| {
        sweep_to_directory(setting, (out, Shard::WHOLE), &goes_on, &mut { timing })
    });
    let Err(StudyError::Progress(ProgressError::BrokenOff { done, of: 18, kept })) = swept else {
        panic!("it is broken off");
    };
    assert_eq!(std::fs::read_to_string(kept).unwrap().lines().count(), done);
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
fn parquet_says_what_csv_says_with_types() {
    // A name that is quoted, values that are numbers to the eye but for one, and metrics that are not always defined.
    let grid = r#"Sweep(
        scenario: "queue.ron",
        set: {"horizon": "5m", "warm_up": "0s"},
        axes: [
            (name: "GPUs, in all", path: "fleet[0].count", values: [1, 2]),
            (name: "patience", path: "customers[all].patience", values: ["0.5h", None]),
            (path: "title", values: ["7", "12345678901234567890"]),
        ],
        metrics: ["utilization", "wait_mean", "revenue", "requests"],
        replications: 2,
    )"#;
    let bench = Bench { format: TableFormat::Parquet, ..Bench::new(grid) };
    let out = bench.path("out");
    sweep(&bench, &out, Shard::WHOLE).unwrap();
    let (name, number, count) = (Type::BYTE_ARRAY, Type::DOUBLE, Type::INT64);
    let of_axes = [number, name, name];
    let of_mean = [name, name, number, name, number, number, number, count];
    let runs = [&[count, count], &of_axes[..], &[name, name, number, name]].concat();
    let points = [&[count], &of_axes[..], &of_mean].concat();
    let mut empty = 0;
    for (stem, types) in [("sweep", runs), ("points", points)] {
        let path = |format: TableFormat| out.join(format!("{stem}.{}", format.word()));
        let file = std::fs::File::open(path(TableFormat::Parquet)).unwrap();
        let reader = SerializedFileReader::new(file).unwrap();
        let schema = reader.metadata().file_metadata().schema_descr();
        let header = std::fs::read_to_string(path(TableFormat::Csv)).unwrap();
        let mut header = csv::Reader::from_reader(header.as_bytes());
        let names: Vec<&str> = schema.columns().iter().map(|column| column.name()).collect();
        assert_eq!(names, header.headers().unwrap().iter().collect::<Vec<_>>());
        let found: Vec<Type> = schema.columns().iter().map(|own| own.physical_type()).collect();
        assert_eq!(found, types, "{stem}");
        for (own, kind) in reader.metadata().row_group(0).columns().iter().zip(&types) {
            assert!(*kind != name || own.dictionary_page_offset().is_some());
        }
        let (rows, expected) =
            (cells(&path(TableFormat::Parquet)), csv_cells(&path(TableFormat::Csv)));
        assert_eq!(rows.len(), expected.len());
        for (row, expected) in rows.iter().zip(&expected) {
            for ((cell, expected), kind) in row.iter().zip(expected).zip(&types) {
                let as_number = |text: &String| text.parse::<f64>().unwrap().to_string();
                let expected = if *kind == number {
                    expected.as_ref().map(as_number)
                } else {
                    expected.clone()
                };
                assert_eq!(*cell, expected, "{row:?}");
                empty += u32::from(cell.is_none());
            }
        }
    }
    assert!(0 < empty, "some means are not defined");
}

#[test]
fn an_axis_needs_a_name_that_no_other_column_has() {
    for (name, why) in
        [("value", "have a column `value` already"), ("policies.placement", "two axes")]
    {
        let bench = Bench::new(&GRID.replace("\"GPUs\"", &format!("\"{name}\"")));
        let said = said(bench.study().unwrap_err());
        assert!(said.contains(why), "{said}");
    }
}

#[test]
fn a_sweep_that_was_killed_ends_as_one_left_alone_and_does_nothing_twice() {
    let bench = Bench { format: TableFormat::Parquet, ..Bench::new(GRID) };
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
fn the_same_bytes_come_of_any_number_of_threads() {
    let bench = Bench::new(GRID);
    let on = |threads: usize| {
        let out = bench.path(&format!("on-{threads}"));
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| sweep(&bench, &out, Shard::WHOLE)).unwrap();
        files(&out)
    };
    let alone = on(1);
    assert!(on(2) == alone && on(5) == alone);
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
fn runs_that_are_no_longer_asked_for_are_left_out() {
    let bench = Bench::new(GRID);
    let out = bench.path("out");
    broken_off(&bench, &out, 15);
    let done = std::fs::read_to_string(bench.path("out.unfinished")).unwrap();
    assert!(done.contains("\"replication\":2"), "{done}");
    bench.write(&GRID.replace("replications: 3", "replications: 2"));
    let swept = sweep(&bench, &out, Shard::WHOLE).unwrap();
    assert_eq!(swept.runs, 12);
    assert!(0 < swept.resumed, "those that still are asked for are not run again");
    let fresh = bench.path("fresh");
    sweep(&bench, &fresh, Shard::WHOLE).unwrap();
    assert!(files(&out) == files(&fresh));
}

#[test]
fn a_directory_with_a_slash_at_its_end_is_the_same_one() {
    let bench = Bench::new(GRID);
    let (out, slash) = (bench.path("out"), bench.path("out/"));
    broken_off(&bench, &slash, 6);
    assert!(bench.path("out.unfinished").is_file());
    let swept = sweep(&bench, &out, Shard::WHOLE).unwrap();
    assert!(0 < swept.resumed);
    let first = files(&out);
    sweep(&bench, &slash, Shard::WHOLE).unwrap();
    assert!(files(&out) == first);
    assert_eq!(bench.left(), ["out"]);
}

#[test]
fn shards_merged_are_the_whole() {
    // In the third of six shards, every value of the last axis is a number.
    let axis = r#"(name: "patience", path: "customers[all].patience", values: [None, "1h"])"#;
    let grid = GRID.replace(r#"(path: "policies.placement", values: [first_fit, random])"#, axis);
    let mut bench = Bench { format: TableFormat::Parquet, ..Bench::new(&grid) };
    let whole = bench.path("whole");
    sweep(&bench, &whole, Shard::WHOLE).unwrap();
    // Shards need no Parquet for the whole to have it.
    bench.format = TableFormat::Csv;
    let expected = without_timing(files(&whole));
    for count in [2, 3, 6, 7] {
        let mut parts: Vec<PathBuf> = Vec::new();
        for index in 1..=count {
            let out = bench.path(&format!("part-{count}-{index}"));
            sweep(&bench, &out, Shard { index, count }).unwrap();
            parts.insert(0, out);
        }
        let merged = bench.path(&format!("merged-{count}"));
        assert_eq!(merge(&parts, &merged, TableFormat::Parquet).unwrap(), 18);
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
    let refused = |parts: &[PathBuf]| match merge(parts, &out, TableFormat::Csv).unwrap_err() {
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
    assert!(matches!(refused(&[one.clone(), whole]), ProgressError::NoShard(..)));
    // A table that is not its sweep's any more.
    let text = std::fs::read_to_string(two.join("sweep.csv")).unwrap();
    let cut: String = text.split_inclusive('\n').take(5).collect();
    std::fs::write(two.join("sweep.csv"), cut).unwrap();
    let changed = merge(&[one, two], &out, TableFormat::Csv).unwrap_err();
    assert!(
        matches!(&changed, StudyError::Table(TableError::Changed(path)) if path.ends_with("sweep.csv"))
    );
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
