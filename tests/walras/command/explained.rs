//! `walras explain` on a finished run: what it prints, and how it refuses.

use super::{refuses, small, stdout, walras};
use expect_test::expect;

#[test]
fn a_pod_of_a_finished_run_has_its_story() {
    let directory = tempfile::tempdir().unwrap();
    let (scenario, out) = (small(directory.path()), directory.path().join("out"));
    let out = out.display().to_string();
    assert!(walras(&["run", &scenario, "--out", &out, "--tables", "none"]).status.success());
    let output = walras(&["explain", &out, "--pod", "p"]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(output.stderr.is_empty(), "no progress bar where no terminal is");
    let told = stdout(&output);
    for part in
        ["p of ada: 2 GPUs, on demand", "0 d 01:00:00  asks for 2 x RTX A6000", "Bill", "total"]
    {
        assert!(told.contains(part), "{part} is missing in {told}");
    }
    refuses(
        &["explain", &out, "--account", "adda"],
        2,
        &expect![[r#"
            error: there is no account `adda` in this run: did you mean `ada`?
        "#]],
    );
    // The scenario is another now: what would be told is no story of that run.
    std::fs::write(&scenario, std::fs::read_to_string(&scenario).unwrap().replace("1h", "2h"))
        .unwrap();
    let output = walras(&["explain", &out, "--pod", "p"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("has changed since"));
}

#[test]
fn exactly_one_is_asked_for_of_a_run_that_is_there() {
    let nowhere = walras(&["explain", "no/such/run", "--pod", "p"]);
    assert_eq!(nowhere.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&nowhere.stderr).contains("no/such/run holds no finished run"));
    assert_eq!(walras(&["explain", "x"]).status.code(), Some(2));
    assert_eq!(walras(&["explain", "x", "--pod", "p", "--host", "h"]).status.code(), Some(2));
}
