//! `walras run --replications` and `--precision`.

use super::{names, refuses, small, stdout, walras};
use expect_test::expect;

#[test]
fn replications_say_each_mean_with_its_interval() {
    let directory = tempfile::tempdir().unwrap();
    let out = directory.path().join("out");
    let arguments = [
        "run",
        "scenarios/quickstart.ron",
        "--replications",
        "4",
        "--set",
        "horizon=1d",
        "--out",
        &out.display().to_string(),
    ];
    let output = walras(&arguments);
    let text = stdout(&output);
    let (told, place) = text.rsplit_once("written to ").expect("it says where");
    assert_eq!(place.trim(), out.display().to_string());
    // Without the space before each line, which an expectation does not keep.
    let told: Vec<&str> = told.lines().map(|line| line.strip_prefix(' ').unwrap_or(line)).collect();
    expect![[r#"

        Quickstart: 24 h, seed 1, 4 replications from 0 on, 5,750 events

                                                          mean  ± 95 %          share  ± 95 %
        Demand         requests                          254.5  ± 105.24
                       placed                            233.5  ± 53.32
                       rejected                              0  ± 0             0.0 %  ± 0.0 %
                       abandoned                          1.25  ± 2             0.6 %  ± 0.9 %
                       waiting at the end                19.75  ± 55.58
                       completed                        190.25  ± 32.26
        Waiting        mean                           13.8 min  ± 23 min
                       median                              0 s  ± 0 s
                       95 % below                     67.6 min  ± 2.1 h
        Work           useful                      704.2 GPU-h  ± 78.1 GPU-h
                       lost                           30 GPU-h  ± 40 GPU-h      4.1 %  ± 5.4 %
                       preemptions                       16.25  ± 20.8
                       cost per useful GPU-hour     0.6873 USD  ± 0.0314 USD
        GPUs           in the fleet                         56  ± 0
                       sold, mean                        30.83  ± 3.14         55.0 %  ± 5.6 %
                       available                            56  ± 0           100.0 %  ± 0.0 %
        Money          paid in                   36,983.81 USD  ± 259.29 USD
                       revenue                      483.37 USD  ± 35.52 USD
                       of it to hosts               367.36 USD  ± 26.99 USD
                       of it to the platform        116.01 USD  ± 8.52 USD
        Out of credit  stops                                 0  ± 0
                       pods removed                          0  ± 0

        A terminating study: intervals say how much chance there is from this start to this end.
    "#]]
    .assert_eq(&told.join("\n"));
    assert_eq!(names(&out), ["manifest.json", "replications.csv", "summary.csv", "summary.json"]);
}

/// Batches say something about the steady state where the start is left out, and not else.
#[test]
fn the_steady_state_is_spoken_of_after_a_warm_up_alone() {
    let directory = tempfile::tempdir().unwrap();
    let out = directory.path().join("out").display().to_string();
    let of = |arguments: &[&str]| {
        let all = ["run", "scenarios/quickstart.ron", "--set", "horizon=1d", "--out", &out];
        stdout(&walras(&[&all[..], &["--tables", "none"], arguments].concat()))
    };
    let from_empty = of(&["--batches", "4"]);
    assert!(!from_empty.contains("steady state"), "{from_empty}");
    assert!(from_empty.contains("from the start on; without a warm-up, a start from empty"));
    let warm = of(&["--batches", "4", "--warm-up", "4h"]);
    assert!(warm.contains("In the steady state, by 4 batches of 5 h"), "{warm}");
    let warm = of(&["--replications", "2", "--warm-up", "4h"]);
    assert!(warm.contains("A study of the steady state: the warm-up is left out"), "{warm}");
}

#[test]
fn what_cannot_be_asked_of_replications_is_told() {
    let directory = tempfile::tempdir().unwrap();
    let scenario = small(directory.path());
    refuses(
        &["run", &scenario, "--replications", "1"],
        2,
        &expect![[r#"
        error: invalid value '1' for '--replications <N>': 1 is not in 2..=4294967295

        For more information, try '--help'.
    "#]],
    );
    refuses(
        &["run", &scenario, "--precision", "2"],
        2,
        &expect![[r#"
        error: invalid value '2' for '--precision <SHARE>': expected a share of the mean between 0 and 1, as in 0.02

        For more information, try '--help'.
    "#]],
    );
    let wait = ["run", &scenario, "--precision", "0.1", "--of", "wait_meen"];
    refuses(
        &wait,
        2,
        &expect![[r#"
        error: invalid value 'wait_meen' for '--of <METRIC>': there is no such metric; did you mean `wait_mean`? output/README.md has all

        For more information, try '--help'.
    "#]],
    );
    let least = ["run", &scenario, "--precision", "0.1", "--least", "9", "--most", "8"];
    refuses(
        &least,
        2,
        &expect![[r#"
        error: --most 8 is less than --least 9
    "#]],
    );
    refuses(
        &["run", &scenario, "--of", "wait_mean"],
        2,
        &expect![[r#"
        error: the following required arguments were not provided:
          --precision <SHARE>

        Usage: walras run --precision <SHARE> --of <METRIC> <SCENARIO>

        For more information, try '--help'.
    "#]],
    );
}
