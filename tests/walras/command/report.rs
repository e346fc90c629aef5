//! `walras report`, and `--report` of the commands that have one.

use super::{names, refuses, small, stdout, walras};
use expect_test::expect;

#[test]
fn a_report_is_written_with_a_run_or_later() {
    let directory = tempfile::tempdir().unwrap();
    let (scenario, out) = (small(directory.path()), directory.path().join("out"));
    let at = out.display().to_string();
    let run = ["run", &scenario, "--out", &at, "--tables", "none"];
    assert!(walras(&[&run[..], &["--report"]].concat()).status.success());
    let live = std::fs::read(out.join("report.html")).unwrap();
    let manifest = std::fs::read_to_string(out.join("manifest.json")).unwrap();
    assert!(manifest.contains("\"report.html\""), "{manifest}");
    assert!(walras(&run).status.success());
    let without = ["manifest.json", "summary.csv", "summary.json"];
    assert_eq!(names(&out), without, "a run without a report leaves none");
    let output = walras(&["report", &at]);
    assert!(stdout(&output).trim_end().ends_with("report.html"));
    assert!(std::fs::read(out.join("report.html")).unwrap() == live);
    let elsewhere = directory.path().join("elsewhere.html").display().to_string();
    assert!(walras(&["report", &at, "--out", &elsewhere]).status.success());
    assert!(std::fs::read(&elsewhere).unwrap() == live);
}

/// Charts that are asked for are written; those of the report alone are not.
#[test]
fn a_report_of_replications_has_their_intervals() {
    let directory = tempfile::tempdir().unwrap();
    let (scenario, out) = (small(directory.path()), directory.path().join("out"));
    let at = out.display().to_string();
    let run = ["run", &scenario, "--out", &at, "--replications", "3", "--report"];
    assert!(walras(&run).status.success());
    let written =
        ["manifest.json", "replications.csv", "report.html", "summary.csv", "summary.json"];
    assert_eq!(names(&out), written);
    let page = std::fs::read_to_string(out.join("report.html")).unwrap();
    assert!(page.contains("A terminating study"));
}

#[test]
fn where_there_is_nothing_there_is_no_report() {
    refuses(
        &["report", "scenarios"],
        2,
        &expect![[r#"
            error: scenarios holds no finished run: there is no manifest.json to be read in it (No such file or directory (os error 2))
        "#]],
    );
}
