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
use walras::experiment::manifest::Timing;
use walras::experiment::study::{Setting, StudyError, read};
use walras::policy::Registry;
use walras::scenario::load::Override;
use walras::scenario::study::Study;
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
        StudyError::File(problems) => problems.render(false),
        other => other.to_string(),
    }
}

/// Those that ship make sense, and say what came out.
#[test]
fn every_experiment_that_ships_can_be_read() {
    let mut count = 0;
    for entry in std::fs::read_dir("scenarios/experiments").unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|ending| ending != "ron") {
            continue;
        }
        let study = read(&path).unwrap_or_else(|error| panic!("{}", said(error)));
        let loaded = walras::scenario::load(&study.scenario, &study.set);
        assert!(loaded.is_ok(), "{}: {}", path.display(), loaded.unwrap_err().render(false));
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
    ];
    for (text, expected) in mistakes {
        let told = said(Bench::new(text).study().unwrap_err());
        for words in expected {
            assert!(told.contains(words), "{words}\n{told}");
        }
    }
}
