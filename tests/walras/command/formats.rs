//! `--format parquet`: the files that `walras run`, `sweep` and `merge` write, and that they may replace.

use super::{names, refuses, small, walras};
use expect_test::expect;
use std::path::Path;

#[test]
fn tables_are_parquet_where_that_is_asked_for() {
    let directory = tempfile::tempdir().unwrap();
    let (scenario, out) = (small(directory.path()), directory.path().join("out"));
    let out = out.display().to_string();
    let run = ["run", &scenario, "--out", &out, "--tables", "pods,ledger"];
    // A second run takes the place of the first, whichever format that had.
    for (format, ends) in [("parquet", "parquet"), ("csv", "csv"), ("parquet", "parquet")] {
        let output = walras(&[&run[..], &["--format", format]].concat());
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let mut expected =
            [format!("ledger.{ends}"), format!("pods.{ends}"), "manifest.json".to_owned()].to_vec();
        expected.extend(["summary.csv", "summary.json"].map(str::to_owned));
        expected.sort();
        assert_eq!(names(Path::new(&out)), expected);
    }
    let manifest = std::fs::read_to_string(Path::new(&out).join("manifest.json")).unwrap();
    assert!(manifest.contains("\"pods.parquet\""), "{manifest}");
}

#[test]
fn studies_have_parquet_beside_csv() {
    let home = tempfile::tempdir().unwrap();
    small(home.path());
    let study = home.path().join("study.ron");
    let sweep = r#"Sweep(scenario: "small.ron", axes: [(path: "rules.grace", values: ["5s", "6s"])], metrics: ["revenue"], replications: 1)"#;
    std::fs::write(&study, sweep).unwrap();
    let study = study.display().to_string();
    let at = |name: &str| home.path().join(name).display().to_string();
    let (csv, both) = (
        ["manifest.json", "points.csv", "sweep.csv"],
        ["manifest.json", "points.csv", "points.parquet", "sweep.csv", "sweep.parquet"],
    );
    let run = |arguments: &[&str]| {
        let output = walras(arguments);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    };
    let parquet = ["--format", "parquet"];
    for (format, expected) in [(&parquet[..], &both[..]), (&[], &csv), (&parquet, &both)] {
        run(&[&["sweep", &study, "--out", &at("out")], format].concat());
        assert_eq!(names(Path::new(&at("out"))), expected);
    }
    for index in ["1", "2"] {
        run(&["sweep", &study, "--shard", &format!("{index}/2"), "--out", &at(index)]);
    }
    run(&[&["merge", &at("2"), &at("1"), "--out", &at("merged")], &parquet[..]].concat());
    assert_eq!(names(Path::new(&at("merged"))), both);
    for name in ["sweep.parquet", "points.parquet"] {
        let read = |directory: &str| std::fs::read(Path::new(&at(directory)).join(name)).unwrap();
        assert!(read("merged") == read("out"), "{name}");
    }
}

#[test]
fn a_format_that_is_not_known_is_refused() {
    let expected = expect![[r#"
        error: invalid value 'arrow' for '--format <FORMAT>': there is no format `arrow`: csv or parquet

        For more information, try '--help'.
    "#]];
    refuses(&["run", "x.ron", "--format", "arrow"], 2, &expected);
}
