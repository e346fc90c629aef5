//! `walras compare`, `sweep`, `merge` and `plan`.

use super::{names, refuses, stdout, walras};
use expect_test::expect;
use std::path::{Path, PathBuf};

const MARKET: &str = r#"(
    title: "Queue",
    horizon: "2d",
    seed: 11,
    fleet: [(prefix: "g", gpu_type: "NVIDIA RTX A6000", datacenter: "EU-RO-1", count: 4, gpus: 1)],
    customers: [(
        name: "all", accounts: 5, balance: 100000, gpu_type: "NVIDIA RTX A6000",
        arrivals: Poisson(rate: "2/h"), duration: Exponential(mean: "1h"), patience: None,
    )],
)"#;

/// Writes the market and an experiment into a directory; the experiment's path.
fn written(home: &Path, experiment: &str) -> String {
    std::fs::write(home.join("queue.ron"), MARKET).unwrap();
    let path = home.join("study.ron");
    std::fs::write(&path, experiment).unwrap();
    path.display().to_string()
}

/// What is said before the place that it was written to, without the spaces before lines, which an expectation does
/// not keep.
fn told(text: &str) -> String {
    let (told, _) = text.rsplit_once("written to ").expect("it says where");
    told.lines().map(str::trim_start).collect::<Vec<_>>().join("\n")
}

fn out(home: &Path) -> (PathBuf, String) {
    let out = home.join("out");
    let text = out.display().to_string();
    (out, text)
}

#[test]
fn a_comparison_says_who_is_better_and_how_sure_that_is() {
    let home = tempfile::tempdir().unwrap();
    let study = written(
        home.path(),
        r#"Comparison(
            title: "Fleets",
            scenario: "queue.ron",
            variants: [(name: "four"), (name: "four again"), (name: "six", set: {"fleet[0].count": 6})],
            metrics: [Smallest("wait_mean"), Largest("revenue"), "utilization"],
            replications: 6,
        )"#,
    );
    let (out, text) = out(home.path());
    let output = walras(&["compare", &study, "--charts", "--out", &text]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    expect![[r#"

        Fleets: 3 variants, seed 11, 6 replications, 12,823 events

        wait_mean, the less the better

        mean             difference                 p
        four        2.9 min  ± 2.6 min                                baseline
        four again  2.9 min  ± 2.6 min         0 s  ± 0 s      1.000  no difference detected
        six           7.5 s  ± 17.21 s    -2.7 min  ± 2.3 min  0.148  no difference detected
        No difference from four detected: four again, six.

        revenue, the more the better

        mean               difference                  p
        four        74.42 USD  ± 12.56 USD                                 baseline
        four again  74.42 USD  ± 12.56 USD    0.00 USD  ± 0.00 USD  1.000  no difference detected
        six         74.62 USD  ± 12.51 USD    0.20 USD  ± 0.24 USD  0.334  no difference detected
        No difference from four detected: four again, six.

        utilization

        mean            difference             p
        four        48.57 %  ± 8.23 %                                  baseline
        four again  48.57 %  ± 8.23 %     0.00 pp  ± 0.00 pp  1.000    no difference detected
        six         32.46 %  ± 5.46 %   -16.10 pp  ± 2.77 pp  < 0.001  lower
        Lower than four: six. No difference from four detected: four again.

        Intervals are of 95.0 %; p values are adjusted for 6 comparisons at once (Holm). The same random numbers
        for all variants saved 85.4 % of the variance of a difference, on average.
    "#]].assert_eq(&told(&stdout(&output)));
    let files = ["charts", "comparison.csv", "manifest.json", "runs.csv", "variants.csv"];
    assert_eq!(names(&out), files);
    assert_eq!(names(&out.join("charts")), ["forest.svg"]);
    // The same chart, drawn of the directory later; the other format beside it.
    let drawn = std::fs::read(out.join("charts/forest.svg")).unwrap();
    assert!(walras(&["chart", &text]).status.success());
    assert!(std::fs::read(out.join("charts/forest.svg")).unwrap() == drawn);
    // Again, in its place.
    assert!(walras(&["compare", &study, "--set", "horizon=1d", "--out", &text]).status.success());
    assert_eq!(names(&out), &files[1..]);
}

#[test]
fn a_plan_says_how_many_are_enough() {
    let home = tempfile::tempdir().unwrap();
    let study = written(
        home.path(),
        r#"Plan(
            title: "Enough",
            scenario: "queue.ron",
            vary: (path: "fleet[0].count", from: 1, to: 12),
            target: (started_within: "5m", at_least: 0.9),
            least: 5, most: 20, curve: 3,
        )"#,
    );
    let (out, text) = out(home.path());
    let output = walras(&["plan", &study, "--charts", "--out", &text]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    expect![[r#"

        Enough: share of requests of market that start within 300 s at least 0.9, seed 11, 32,564 events

        fleet[0].count = 5 is enough, with 95.0 % confidence: it comes to 96.0 % ± 4.5 % in 5 replications.
        fleet[0].count = 4 is not: 85.6 % ± 3.9 % in 20.

        fleet[0].count  comes to  ± 95 %  runs            utilization    revenue
        1     1.6 %   1.5 %     5  fails         98.47 %  37.69 USD
        3    63.8 %  14.5 %     5  fails         67.73 %  77.82 USD
        4    85.6 %   3.9 %    20  fails         50.80 %  77.84 USD
        5    96.0 %   4.5 %     5  meets <-      40.97 %  78.47 USD
        6    99.2 %   2.1 %     5  meets         34.15 %  78.48 USD
        12   100.0 %   0.0 %     5  meets         17.08 %  78.48 USD
    "#]].assert_eq(&told(&stdout(&output)));
    assert_eq!(names(&out), ["capacity.csv", "charts", "manifest.json"]);
    let chart = std::fs::read_to_string(out.join("charts/capacity.svg")).unwrap();
    assert!(chart.contains("fleet at list prices, USD a month"));
    // No value of this range is enough.
    let few = std::fs::read_to_string(&study).unwrap().replace("to: 12", "to: 2");
    std::fs::write(&study, few).unwrap();
    let output = walras(&["plan", &study, "--out", &text]);
    assert_eq!(output.status.code(), Some(1));
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(
        told.contains("no value in the range meets the target: at fleet[0].count = 2"),
        "{told}"
    );
}

#[test]
fn a_sweep_is_shared_and_merged_on_the_command_line() {
    let home = tempfile::tempdir().unwrap();
    let study = written(
        home.path(),
        r#"Sweep(
            title: "Grid",
            scenario: "queue.ron",
            axes: [(name: "GPUs", path: "fleet[0].count", values: [2, 4]), (path: "rules.grace", values: ["5s", "30s"])],
            metrics: ["utilization", "wait_mean"],
            replications: 2,
        )"#,
    );
    let part = |index: u32| home.path().join(format!("part-{index}")).display().to_string();
    for index in [1, 2] {
        let shard = format!("{index}/2");
        let arguments = ["sweep", &study, "--shard", &shard, "--out", &part(index)];
        assert!(walras(&arguments).status.success());
    }
    let (merged, text) = out(home.path());
    let output = walras(&["merge", &part(1), &part(2), "--out", &text]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(stdout(&output).starts_with("2 shards, 8 runs\n"));
    let whole = home.path().join("whole");
    let output = walras(&["sweep", &study, "--out", &whole.display().to_string()]);
    expect![[r#"

        Grid: 4 points, 8 runs, 6,458 events

        GPUs  rules.grace  utilization   ± 95 %  wait_mean  ± 95 %
        2           5s      95.45 %   0.91 %      2.5 h   3.5 h
        2          30s      95.45 %   0.91 %      2.5 h   3.5 h
        4           5s      54.47 %  13.66 %    4.5 min  38 min
        4          30s      54.47 %  13.66 %    4.5 min  38 min
    "#]]
    .assert_eq(&told(&stdout(&output)));
    for name in ["sweep.csv", "points.csv"] {
        let read = |directory: &Path| std::fs::read(directory.join(name)).unwrap();
        assert!(read(&merged) == read(&whole), "{name}");
    }
}

#[test]
fn what_is_asked_of_the_wrong_command_or_in_the_wrong_way_is_told() {
    let home = tempfile::tempdir().unwrap();
    let plan = r#"Plan(scenario: "queue.ron", vary: (path: "fleet[0].count", from: 1, to: 3), target: (started_within: "5m", at_least: 0.9))"#;
    let study = written(home.path(), plan);
    let output = walras(&["compare", &study]);
    assert_eq!(output.status.code(), Some(2));
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(told.ends_with("is for another command: `walras plan`\n"), "{told}");
    refuses(
        &["sweep", "study.ron", "--shard", "3/2"],
        2,
        &expect![[r#"
            error: invalid value '3/2' for '--shard <I/N>': expected I/N with I from 1 to N, as in 2/5

            For more information, try '--help'.
        "#]],
    );
    let output = walras(&["compare", "nowhere.ron"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("cannot read `nowhere.ron`"));
}
