//! `walras chart` and `walras run --charts`.

use super::{names, refuses, small, stdout, walras};
use expect_test::expect;

#[test]
fn a_runs_charts_are_drawn_with_it_or_later() {
    let directory = tempfile::tempdir().unwrap();
    let (scenario, out) = (small(directory.path()), directory.path().join("out"));
    let at = out.display().to_string();
    let run = |more: &[&str]| {
        let output =
            walras(&[&["run", &scenario, "--out", &at, "--tables", "none"], more].concat());
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    };
    run(&["--charts"]);
    let all = ["balance.svg", "hosts.svg", "occupancy.svg", "revenue.svg"];
    assert_eq!(names(&out.join("charts")), all);
    let live = std::fs::read(out.join("charts/balance.svg")).unwrap();
    run(&[]);
    assert!(!out.join("charts").exists(), "a run that draws none leaves none");
    let output = walras(&["chart", &at, "--kind", "balance,latency"]);
    let said = stdout(&output);
    assert!(said.contains("charts/balance.svg") || said.contains("charts\\balance.svg"), "{said}");
    assert!(
        said.ends_with(
            "no chart `latency`: no request to an endpoint was served after the warm-up\n"
        )
    );
    assert_eq!(names(&out.join("charts")), ["balance.svg"]);
    assert!(std::fs::read(out.join("charts/balance.svg")).unwrap() == live);
}

/// A directory of charts is a run's own as long as nothing else is in it.
#[test]
fn what_lies_beside_charts_is_not_thrown_away() {
    let directory = tempfile::tempdir().unwrap();
    let (scenario, out) = (small(directory.path()), directory.path().join("out"));
    let at = out.display().to_string();
    let run = || walras(&["run", &scenario, "--out", &at, "--tables", "none", "--charts"]);
    assert!(run().status.success() && run().status.success());
    std::fs::write(out.join("charts/sketch.svg"), "drawn by hand").unwrap();
    let output = run();
    assert_eq!(output.status.code(), Some(1));
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.contains("holds charts/sketch.svg, which no run has written"), "{said}");
    assert!(out.join("charts/sketch.svg").exists());
}

#[test]
fn charts_that_there_are_not_are_refused() {
    let directory = tempfile::tempdir().unwrap();
    let (scenario, out) = (small(directory.path()), directory.path().join("out"));
    let at = out.display().to_string();
    let with_replications = walras(&["run", &scenario, "--replications", "2", "--charts"]);
    assert_eq!(with_replications.status.code(), Some(2));
    assert!(walras(&["run", &scenario, "--out", &at, "--tables", "none"]).status.success());
    refuses(
        &["chart", &at, "--kind", "forest"],
        2,
        &expect![[r#"
            error: a run has no chart `forest`: it has occupancy, prices, waits, latency, preemptions, balance, workers, hosts, revenue
        "#]],
    );
    let misspelt = walras(&["chart", &at, "--kind", "occupanci"]);
    assert_eq!(misspelt.status.code(), Some(2));
    let said = String::from_utf8_lossy(&misspelt.stderr).into_owned();
    assert!(said.contains("did you mean `occupancy`?"), "{said}");
    let nonsense = walras(&["chart", &at, "--kind", "nonsense"]);
    let said = String::from_utf8_lossy(&nonsense.stderr).into_owned();
    assert!(said.contains("there is no chart `nonsense`. All are occupancy"), "{said}");
    let nowhere = walras(&["chart", &directory.path().join("none").display().to_string()]);
    assert_eq!(nowhere.status.code(), Some(2));
}

const SWEEP: &str = r#"Sweep(
    title: "Four", scenario: "small.ron", metrics: ["revenue"], replications: 2,
    axes: [
        (path: "accounts[ada].balance", values: [1, 100]), (path: "fleet[h].gpus", values: [2, 3]),
        (path: "rules.grace", values: ["5s"]), (path: "horizon", values: ["3h", "4h"]),
    ],
)"#;

/// Where a study has no chart it is said why, and nothing is left behind; where a table was edited, nothing is drawn.
#[test]
fn a_study_without_a_chart_says_why() {
    let directory = tempfile::tempdir().unwrap();
    let _ = small(directory.path());
    let (experiment, out) = (directory.path().join("sweep.ron"), directory.path().join("out"));
    std::fs::write(&experiment, SWEEP).unwrap();
    let (experiment, at) = (experiment.display().to_string(), out.display().to_string());
    let output = walras(&["sweep", &experiment, "--out", &at, "--charts"]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let why = "no chart `heat_map`: the sweep is over 4 axes: heat maps are of one or two";
    assert!(stdout(&output).contains(why), "{}", stdout(&output));
    assert!(!out.join("charts").exists());
    let output = walras(&["chart", &at]);
    assert!(output.status.success() && stdout(&output).starts_with(why), "{}", stdout(&output));
    assert!(!out.join("charts").exists());
    let other = walras(&["chart", &at, "--kind", "forest"]);
    assert_eq!(other.status.code(), Some(2));
    let said = String::from_utf8_lossy(&other.stderr).into_owned();
    assert_eq!(said, "error: a sweep has no chart `forest`: it has heat_map\n");
    let table = out.join("points.csv");
    let text = std::fs::read_to_string(&table).unwrap();
    std::fs::write(&table, text.replacen("value", "worth", 1)).unwrap();
    let edited = walras(&["chart", &at]);
    let said = String::from_utf8_lossy(&edited.stderr).into_owned();
    assert_eq!(edited.status.code(), Some(2));
    assert!(
        said.ends_with("points.csv is not what manifest.json says of it: run it again\n"),
        "{said}"
    );
    assert!(!out.join("charts").exists());
}
