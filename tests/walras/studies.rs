//! Studies: comparisons, sweeps and plans, from their files to what they write.

mod compare;
mod plan;
mod reopen;
mod steady;
mod sweep;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use tempfile::TempDir;
use walras::chart::Format;
use walras::experiment;
use walras::experiment::manifest::Timing;
use walras::experiment::study::{Case, Setting, StudyError, read};
use walras::policy::Registry;
use walras::scenario::load::Override;
use walras::scenario::study::{Study, StudyKind};
use walras::trace::Format as TableFormat;

/// A market of single GPUs, one request after the other: M/M/c but for what an experiment sets.
const QUEUE: &str = r#"(
    horizon: "4d",
    warm_up: "12h",
    seed: 11,
    rules: (container_start: "0s"),
    fleet: [(prefix: "g", gpu_type: "NVIDIA RTX A6000", datacenter: "EU-RO-1", count: 8, gpus: 1)],
    customers: [(
        name: "all", accounts: 5, balance: 1000000, gpu_type: "NVIDIA RTX A6000",
        arrivals: Poisson(rate: "6/h"), duration: Exponential(mean: "1h"), patience: None,
    )],
)"#;

/// A directory with the scenario and an experiment.
struct Bench {
    home: TempDir,
    given: Vec<Override>,
    format: TableFormat,
    charts: Option<Format>,
}

impl Bench {
    fn new(experiment: &str) -> Self {
        let home = tempfile::tempdir().unwrap();
        std::fs::write(home.path().join("queue.ron"), QUEUE).unwrap();
        std::fs::write(home.path().join("study.ron"), experiment).unwrap();
        Self { home, given: Vec::new(), format: TableFormat::Csv, charts: None }
    }
    /// Writes the experiment anew.
    fn write(&self, experiment: &str) {
        std::fs::write(self.path("study.ron"), experiment).unwrap();
    }
    fn path(&self, name: &str) -> PathBuf {
        self.home.path().join(name)
    }
    fn study(&self) -> Result<Study, StudyError> {
        read(&self.path("study.ron"))
    }
    /// Runs something with the study's setting.
    fn with<T>(&self, run: impl FnOnce(&Setting<'_>) -> T) -> T {
        let (study, policies) = (self.study().unwrap(), Registry::new());
        run(&Setting {
            study: &study,
            given: &self.given,
            seed: None,
            policies: &policies,
            format: self.format,
            charts: self.charts,
            report: false,
        })
    }
    /// What stands there beside scenario and experiment.
    fn left(&self) -> Vec<String> {
        let entries = std::fs::read_dir(self.home.path()).unwrap();
        let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
        let mut names: Vec<String> =
            names.filter(|name| !["queue.ron", "study.ron"].contains(&name.as_str())).collect();
        names.sort();
        names
    }
}

fn timing(_: walras::engine::Outcome) -> Timing {
    Timing { wall_s: 0.0, events_per_s: 0.0, peak_memory_bytes: None }
}

/// The files of a directory; of what is no text, the digest.
fn files(directory: &Path) -> BTreeMap<String, String> {
    let entries = std::fs::read_dir(directory).unwrap();
    let one = |entry: std::io::Result<std::fs::DirEntry>| {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let digest = |bytes: &[u8]| blake3::hash(bytes).to_hex().to_string();
        let text = String::from_utf8(std::fs::read(path).unwrap());
        (name, text.unwrap_or_else(|error| digest(error.as_bytes())))
    };
    entries.map(one).collect()
}

/// The rows of a table, each by its columns.
fn rows(text: &str) -> Vec<BTreeMap<String, String>> {
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let header = reader.headers().unwrap().clone();
    let row = |row: csv::Result<csv::StringRecord>| {
        let row = row.unwrap();
        header.iter().map(str::to_owned).zip(row.iter().map(str::to_owned)).collect()
    };
    reader.records().map(row).collect()
}

/// What is said of an experiment that cannot be read.
fn said(error: StudyError) -> String {
    match error {
        StudyError::File(problems) | StudyError::Scenario(_, problems) => problems.render(false),
        other => other.to_string(),
    }
}

/// What an experiment opens: all variants, all points, the ends of a plan's range.
fn cases(kind: &StudyKind) -> Vec<(String, Vec<Override>)> {
    match kind {
        StudyKind::Comparison(comparison) => {
            let variants = comparison.variants.iter();
            variants.map(|variant| (variant.name.clone(), variant.set.clone())).collect()
        }
        StudyKind::Sweep(sweep) => {
            sweep.points.iter().map(|point| (point.shown.join(" "), point.set.clone())).collect()
        }
        StudyKind::Plan(plan) => {
            let ends = [0, plan.scale.count() - 1];
            ends.map(|index| (plan.scale.shown(index), vec![plan.set(index)])).into()
        }
    }
}

/// Those that ship make sense in each of their cases, and say what came out.
#[test]
fn every_experiment_that_ships_can_be_read() {
    let mut count = 0;
    for entry in std::fs::read_dir("scenarios/experiments").unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|ending| ending != "ron") {
            continue;
        }
        let study = read(&path).unwrap_or_else(|error| panic!("{}", said(error)));
        for (name, own) in cases(&study.kind) {
            let case = Case::open((&study, &[]), (&name, &own), &Registry::new());
            let case = case.unwrap_or_else(|error| panic!("{}: {}", path.display(), said(error)));
            case.rows(&study, &study.metrics).unwrap();
        }
        let text = std::fs::read_to_string(&path).unwrap();
        assert!(text.contains("// What came out"), "{}", path.display());
        assert!(text.contains(&format!("walras {} {}", study.kind.command(), path.display())));
        count += 1;
    }
    assert_eq!(count, 7);
}

#[test]
fn mistakes_in_an_experiment_are_shown_where_they_are() {
    let mistakes = [
        (
            r#"Comparison(scenario: "queue.ron", metrics: ["utilisation"], variants: [(name: "a"), (name: "a")], baseline: "b")"#,
            vec![
                "unknown metric `utilisation`",
                "did you mean `utilization`",
                "two variants are called `a`",
                "no variant is called `b`",
            ],
        ),
        (
            r#"Comparison(scenario: "queue.ron", metrics: ["revenue", Largest("revenue/market")], variants: [(name: "a"), (name: "b")])"#,
            vec!["study.ron:1:56", "`revenue` is measured twice"],
        ),
        (
            r#"Sweep(scenario: "queue.ron", metrics: ["revenue"], axes: [(path: "fleet[0].count", values: [1, 2], from: 1, to: 5)])"#,
            vec!["`from` beside `values`", "`to` beside `values`"],
        ),
        (
            r#"Sweep(scenario: "quue.ron", metrics: ["revenue"], axes: [(path: "fleet[0].count", values: [1])])"#,
            vec!["study.ron:1:17", "there is no file `", "did you mean `queue.ron`?"],
        ),
        (r#"Compare(scenario: "queue.ron")"#, vec!["no experiment", "did you mean `Comparison`"]),
        (
            r#"Comparison(scenario: "queue.ron", metrics: ["revenue"], variants: [(name: "a"), (name: "b")], select: (difference: 5))"#,
            vec!["nothing says what is best"],
        ),
        (
            r#"Sweep(scenario: "queue.ron", metrics: ["revenue"], axes: [(path: "fleet[0].count", from: 1)])"#,
            vec!["missing field `to`"],
        ),
        (
            r#"Plan(scenario: "queue.ron", vary: (path: "fleet[0].count", from: 9, to: 2), target: (at_least: 0.9))"#,
            vec!["no range", "no single target"],
        ),
        (
            r#"Sweep(scenario: "queue.ron", metrics: ["revenue"], axes: [(path: "seed", values: [1, 2])])"#,
            vec!["study.ron:1:66", "the seed is one for all", "`replications`"],
        ),
        (
            r#"Comparison(scenario: "queue.ron", metrics: ["revenue"], variants: [(name: "a"), (name: "", set: {"seed": 2})])"#,
            vec!["the seed is one for all", "an empty name"],
        ),
        (
            r#"Plan(scenario: "queue.ron", vary: (path: "seed", from: 1, to: 9), target: (metric: "revenue", at_least: 1))"#,
            vec!["the seed is one for all"],
        ),
        (
            r#"Sweep(scenario: "queue.ron", metrics: ["revenue"], axes: [(path: "fleet[0].count", values: [2]), (name: "b", path: "fleet[0].count", values: [4])])"#,
            vec!["two axes set `fleet[0].count`"],
        ),
        (
            r#"Sweep(scenario: "queue.ron", metrics: ["revenue"], axes: [(path: "fleet[0].count", from: 2, to: 3, steps: 5, whole: true)])"#,
            vec!["5 values where there are fewer whole numbers"],
        ),
    ];
    for (text, expected) in mistakes {
        let told = said(Bench::new(text).study().unwrap_err());
        for words in expected {
            assert!(told.contains(words), "{words}\n{told}");
        }
        assert!(!told.contains("nothing is measured"), "{told}");
    }
    let nothing = r#"Sweep(scenario: "queue.ron", metrics: [], axes: [(path: "fleet[0].count", values: [1])])"#;
    assert!(said(Bench::new(nothing).study().unwrap_err()).contains("nothing is measured"));
}

/// What a variant, an axis, a plan or all cases set is wrong where the experiment says so, not in the scenario.
#[test]
fn what_an_experiment_sets_wrongly_is_shown_under_its_line() {
    let of_variant = |variant: &str| {
        format!(
            "Comparison(\n    scenario: \"queue.ron\",\n    metrics: [\"revenue\"],\n    variants: [\n        (name: \"a\"),\n        (name: \"b\", {variant}),\n    ],\n)"
        )
    };
    let of_sweep = |axis: &str| {
        format!(
            "Sweep(\n    scenario: \"queue.ron\",\n    metrics: [\"revenue\"],\n    axes: [\n        ({axis}),\n    ],\n)"
        )
    };
    let plan = "Plan(\n    scenario: \"queue.ron\",\n    vary: (path: \"fleet[0].cuont\", from: 1, to: 3),\n    target: (metric: \"revenue\", at_least: 1),\n)";
    let cases = [
        (
            of_variant("policies: (placment: best_fit)"),
            "study.ron:6:32",
            "did you mean `placement`?",
        ),
        (of_variant("rules: (grace: \"10 parsecs\")"), "study.ron:6:36", ""),
        (of_variant("profile: runpood_2026"), "study.ron:6:30", ""),
        (of_variant("set: {\"fleet[0].cuont\": 9}"), "study.ron:6:27", "did you mean `count`?"),
        (of_variant("set: {\"customers[al].patience\": \"5m\"}"), "study.ron:6:27", "`al`"),
        (
            of_variant("set: {\"customers[all].arrivals\":\n            Poisson(rtae: \"6/h\")}"),
            "study.ron:7:21",
            "did you mean `rate`?",
        ),
        (of_sweep("path: \"fleet[0].cuont\", values: [1]"), "study.ron:5:16", ""),
        (
            of_sweep("path: \"policies.placement\", values: [best_fit, frist_fit]"),
            "study.ron:5:57",
            "did you mean `first_fit`?",
        ),
        (of_sweep("path: \"customers[all].arrivals.rate\", from: 1, to: 5"), "study.ron:5:9", ""),
        (plan.to_owned(), "study.ron:3:18", "did you mean `count`?"),
    ];
    for (text, at, near) in cases {
        let told = refused(&text);
        assert!(
            told.contains(at) && told.contains(near) && !told.contains("--set"),
            "{at}\n{told}"
        );
    }
    // The command line's own is shown there, as ever.
    let mut bench = Bench::new(&of_variant("rules: (spot: false)"));
    bench.given = vec![Override::new("rules.grace", "soon")];
    let told = said(first_case(&bench).unwrap_err());
    assert!(told.contains("--set:1"), "{told}");
}

/// What is said when the cases of an experiment are opened.
fn refused(text: &str) -> String {
    said(first_case(&Bench::new(text)).unwrap_err())
}

/// Opens the cases of an experiment until one is wrong; none is run.
fn first_case(bench: &Bench) -> Result<(), StudyError> {
    let stop = |_| false;
    let out = bench.path("out");
    bench.with(|setting| match &setting.study.kind {
        StudyKind::Comparison(_) => experiment::compare::compare(setting, &stop).map(drop),
        StudyKind::Plan(_) => experiment::plan::plan(setting, &stop).map(drop),
        StudyKind::Sweep(_) => {
            let whole = experiment::sweep::Shard::WHOLE;
            experiment::sweep::sweep_to_directory(setting, (&out, whole), &stop, &mut { timing })
                .map(drop)
        }
    })
}
