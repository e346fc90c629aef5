//! `walras run --format parquet`: the files that it writes, and that it may replace.

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
fn a_format_that_is_not_known_is_refused() {
    let expected = expect![[r#"
        error: invalid value 'arrow' for '--format <FORMAT>': there is no format `arrow`: csv or parquet

        For more information, try '--help'.
    "#]];
    refuses(&["run", "x.ron", "--format", "arrow"], 2, &expected);
}
