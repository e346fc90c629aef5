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

        Intervals are of 95.0 %; p values are adjusted for 6 comparisons at once (Holm). The same random numbers for
        all variants saved 70.8 % of the variance of a difference, on average.
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
fn what_is_not_random_is_told_as_exact_on_the_terminal_and_in_the_report() {
    let home = tempfile::tempdir().unwrap();
    let text = |set: &str| {
        format!(
            r#"Comparison(scenario: "queue.ron", set: {{{set}}}, metrics: ["gpus_total"], replications: 2,
            variants: [(name: "four"), (name: "six", set: {{"fleet[0].count": 6}})])"#
        )
    };
    let (out, path) = out(home.path());
    let compare = |set: &str| {
        let study = written(home.path(), &text(set));
        let output = walras(&["compare", &study, "--report", "--out", &path]);
        let read = |name: &str| std::fs::read_to_string(out.join(name)).unwrap();
        (stdout(&output), read("report.html"), read("comparison.csv"))
    };
    let (told, report, table) = compare("\"customers\": []");
    assert!(told.contains("exact  higher"), "{told}");
    for text in [&told, &report] {
        assert!(
            text.contains("Exact: the replications of either variant are alike in every figure")
        );
        assert!(!text.contains("p values are adjusted") && !text.contains("± 0)"));
    }
    assert!(table.ends_with(",2,higher\n"), "{table}");
    // The page is the same when it is made of the directory.
    let again = home.path().join("again.html");
    let again_path = again.display().to_string();
    assert!(walras(&["report", &path, "--out", &again_path]).status.success());
    assert!(std::fs::read_to_string(&again).unwrap() == report);
    // Of two replications of a market where customers come at random, the same difference says next to nothing.
    let (told, report, _) = compare("");
    assert!(told.contains("0.500  no difference detected"), "{told}");
    for text in [&told, &report] {
        assert!(text.contains("Where a difference is the same in all replications (± 0)"));
        assert!(!text.contains("Exact:") && !text.contains("-0.0 %"));
    }
}

#[test]
fn after_a_race_it_is_told_what_differences_and_p_values_are_worth() {
    let home = tempfile::tempdir().unwrap();
    let study = written(
        home.path(),
        r#"Comparison(scenario: "queue.ron", metrics: [Largest("revenue")], replications: 3,
            variants: [(name: "four"), (name: "one", set: {"fleet[0].count": 1})], select: (difference: 5))"#,
    );
    let (out, path) = out(home.path());
    let told = stdout(&walras(&["compare", &study, "--report", "--out", &path]));
    assert!(told.contains("Selected by revenue: four"), "{told}");
    let report = std::fs::read_to_string(out.join("report.html")).unwrap();
    for text in [told.split_whitespace().collect::<Vec<_>>().join(" "), report] {
        assert!(text.contains("so a difference need not be that of the means"), "{text}");
        assert!(text.contains("(optional stopping)"));
    }
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

        Enough: share of requests of market that start within 300 s at least 0.9, seed 11, 35,848 events

        fleet[0].count = 5 is enough, with 95.0 % confidence: it comes to 96.0 % ± 4.5 % in 5 replications.
        fleet[0].count = 4 is not: 85.6 % ± 3.9 % in 20.
        The confidence is that of each value's verdict by itself, not of all of them together.

        fleet[0].count  comes to  ± 95 %  runs            fleet, USD a month  utilization  ± 95 %    revenue     ± 95 %
        1     1.6 %   1.5 %     5  fails                 568.80      98.47 %  1.01 %  37.69 USD   0.37 USD
        3    63.8 %  14.5 %     5  fails               1,706.40      67.73 %  8.57 %  77.82 USD   9.83 USD
        4    85.6 %   3.9 %    20  fails               2,275.20      50.80 %  3.28 %  77.84 USD   5.00 USD
        5    96.0 %   4.5 %     5  meets <-            2,844.00      40.97 %  5.26 %  78.47 USD  10.07 USD
        6    99.2 %   2.1 %     5  meets               3,412.80      34.15 %  4.40 %  78.48 USD  10.09 USD
        12   100.0 %   0.0 %    10  meets               6,825.60      16.61 %  1.67 %  76.36 USD   7.66 USD
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
fn a_plan_that_looks_from_the_wrong_end_names_the_values_that_meet_its_target() {
    let home = tempfile::tempdir().unwrap();
    let refusal = |target: &str, range: &str| {
        let text = format!(
            r#"Plan(scenario: "queue.ron", vary: (path: "fleet[0].count", {range}), target: ({target}), least: 3, most: 3, curve: 3)"#
        );
        let (_, out) = out(home.path());
        let output = walras(&["plan", &written(home.path(), &text), "--out", &out]);
        assert_eq!(output.status.code(), Some(1));
        String::from_utf8_lossy(&output.stderr).into_owned()
    };
    let busy = refusal("metric: \"utilization\", at_least: 0.3", "from: 2, to: 12");
    assert!(busy.contains("if more of it helps") && busy.contains("it fails; but 2"), "{busy}");
    assert!(busy.contains("`seek: largest` finds the largest value that does"), "{busy}");
    assert!(!busy.contains("no value"), "{busy}");
    // The same question from the other end: more than fits is told as such, and so is the end of the range.
    let largest = |range: &str| {
        let text = format!(
            r#"Plan(scenario: "queue.ron", vary: (path: "fleet[0].count", {range}, seek: largest), target: (metric: "utilization", at_least: 0.3), least: 3, most: 3, curve: 0)"#
        );
        let (_, out) = out(home.path());
        stdout(&walras(&["plan", &written(home.path(), &text), "--out", &out]))
    };
    let fits = largest("from: 2, to: 12");
    assert!(fits.contains(" fits, with 95.0 % confidence") && fits.contains(" not"), "{fits}");
    assert!(!fits.contains("enough"), "{fits}");
    assert!(largest("from: 1, to: 2").contains("the end of the range: more may fit, too."));
    // Three replications do not tell whether four GPUs serve 86 % at once.
    let unsure = refusal("started_within: \"5m\", at_least: 0.86", "from: 3, to: 4");
    assert!(unsure.contains("no value in the range is known to meet the target"), "{unsure}");
    assert!(unsure.contains("that does not tell; a greater `most` may tell"), "{unsure}");
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
fn by_default_shards_do_not_replace_one_another() {
    let home = tempfile::tempdir().unwrap();
    let axes = r#"[(path: "fleet[0].count", values: [2, 4])]"#;
    let sweep =
        r#"Sweep(scenario: "queue.ron", metrics: ["revenue"], axes: AXES, replications: 1)"#;
    written(home.path(), &sweep.replace("AXES", axes));
    for shard in ["1/2", "2/2"] {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_walras"));
        command.args(["sweep", "study.ron", "--shard", shard]).current_dir(home.path());
        assert!(command.output().unwrap().status.success());
    }
    for out in ["study-1-of-2", "study-2-of-2"] {
        assert!(home.path().join("output").join(out).join("sweep.csv").is_file(), "{out}");
    }
}

/// A scenario and an experiment may have the same name.
#[test]
fn by_default_no_other_kind_of_output_is_replaced() {
    let home = tempfile::tempdir().unwrap();
    written(home.path(), "");
    let experiments = home.path().join("experiments");
    std::fs::create_dir(&experiments).unwrap();
    let plan = r#"Plan(scenario: "../queue.ron", vary: (path: "fleet[0].count", from: 1, to: 5), target: (metric: "requests", at_least: 1), least: 2, most: 2, curve: 0)"#;
    std::fs::write(experiments.join("queue.ron"), plan).unwrap();
    let at_home = |arguments: &[&str]| {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_walras"));
        command.args(arguments).current_dir(home.path()).output().unwrap()
    };
    let run = ["run", "queue.ron", "--tables", "none"];
    assert!(at_home(&run).status.success() && at_home(&run).status.success(), "its own is");
    let manifest = || std::fs::read_to_string(home.path().join("output/queue/manifest.json"));
    let before = manifest().unwrap();
    let output = at_home(&["plan", "experiments/queue.ron"]);
    assert_eq!(output.status.code(), Some(1));
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(told.contains("holds what `walras run` has written"), "{told}");
    assert_eq!(manifest().unwrap(), before);
    let named = ["plan", "experiments/queue.ron", "--out", "output/queue"];
    assert!(at_home(&named).status.success());
    assert!(manifest().unwrap().contains("\"study\": \"plan\""));
    // What the plan has written is no run, has no story and no chart but its own.
    let told = |arguments: &[&str]| {
        let output = at_home(arguments);
        (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
    };
    let (code, text) = told(&["explain", "output/queue", "--pod", "pod-1"]);
    assert_eq!(code, Some(2));
    assert!(text.contains("holds what `walras plan` has written: a run is wanted"), "{text}");
    let (code, text) = told(&["chart", "output/queue", "--kind", "occupancy"]);
    assert_eq!(
        (code, &*text),
        (Some(2), "error: a plan has no chart `occupancy`: it has capacity\n")
    );
    let (code, text) = told(&["run", "experiments/queue.ron"]);
    assert_eq!(code, Some(2));
    assert!(text.contains("`Plan(…)` is an experiment, no scenario"), "{text}");
    assert!(text.contains("`walras plan` runs this file"), "{text}");
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
