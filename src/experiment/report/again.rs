//! The report of a directory that was finished before.

use super::super::charts::{self, ChartError};
use super::super::checked::{self, TableError};
use super::super::compare::{Certainty, Compared, Selected, prepare};
use super::super::output::REPLICATIONS;
use super::super::reopen::{ReopenError, Reopened, reopen};
use super::super::study::{self, Setting, StudyError};
use super::super::{MANIFEST, RunError};
use super::{of_comparison, of_replications, of_run};
use crate::chart::{ChartKind, Drawing, Gathering};
use crate::engine::{self, Outcome, Progress};
use crate::journal::{Journal, Sink};
use crate::metrics::Metrics;
use crate::metrics::summary::{Summary, Value};
use crate::policy::Registry;
use crate::report::Report;
use crate::scenario::load::Override;
use crate::scenario::study::StudyKind;
use crate::trace::Format;
use crate::units::SimTime;
use serde_json::Value as Json;
use std::path::{Path, PathBuf};

/// The table of a comparison's runs, and the place of the value in its rows.
const RUNS: &str = "runs.csv";
const VALUE: usize = 4;
/// The same place in the rows of replications.
const VALUE_OF_REPLICATION: usize = 3;

/// Why there is no report.
#[derive(Debug, thiserror::Error)]
pub enum ReportError {
    /// The run cannot be had again.
    #[error(transparent)]
    Reopen(#[from] ReopenError),
    /// It fails.
    #[error(transparent)]
    Run(#[from] RunError),
    /// The experiment cannot be read, or its scenarios.
    #[error(transparent)]
    Study(#[from] StudyError),
    /// It is of another kind.
    #[error("{0} holds a {1}: a report is of a run, of replications or of a comparison")]
    Other(PathBuf, String),
    /// A table is gone, or not what the manifest says.
    #[error(transparent)]
    Table(#[from] TableError),
    /// What it says cannot be drawn.
    #[error(transparent)]
    Chart(#[from] ChartError),
}

/// Whether to go on, told where the run stands and when it ends.
pub type GoesOn<'a> = dyn FnMut(Progress, SimTime) -> bool + 'a;

/// The report of what `directory` holds; `moved`: where its scenario, or of a comparison its experiment, is now,
/// if it is no longer where it was.
///
/// # Errors
/// No run, another kind of study, a file that is gone or has changed, an interruption.
pub fn again(
    directory: &Path,
    moved: Option<&Path>,
    policies: &Registry,
    goes_on: &mut GoesOn<'_>,
) -> Result<Report, ReportError> {
    let path = directory.join(MANIFEST);
    let text = std::fs::read_to_string(&path)
        .map_err(|error| ReopenError::NoRun(directory.to_owned(), error))?;
    let manifest: Json =
        serde_json::from_str(&text).map_err(|_| ReopenError::Foreign(path.clone(), "version"))?;
    match manifest["study"].as_str() {
        None => of_a_run((directory, moved), (&manifest, &text), policies, goes_on),
        Some("compare") => compared((directory, moved), (&manifest, &text), policies),
        Some(other) => Err(ReportError::Other(directory.to_owned(), other.to_owned())),
    }
}

/// One run, or replications: the one, or the first of them, is run again.
fn of_a_run(
    (directory, moved): (&Path, Option<&Path>),
    (manifest, text): (&Json, &str),
    policies: &Registry,
    goes_on: &mut GoesOn<'_>,
) -> Result<Report, ReportError> {
    let reopened = reopen(directory, moved, policies)?;
    let Reopened { scenario, run, replications } = &reopened;
    let (summary, drawings) = run_again(&reopened, policies, goes_on)?;
    let of = (scenario, *run);
    let Some(count) = *replications else {
        return Ok(of_run(of, &summary, &drawings, (directory, text)));
    };
    let table = table(directory, REPLICATIONS, manifest)?;
    let rows: Vec<Value> = table.iter().map(|row| value(row.get(VALUE_OF_REPLICATION))).collect();
    let figures = summary.figures().len();
    if rows.len() != figures * count as usize {
        return Err(TableError::Changed(directory.join(REPLICATIONS)).into());
    }
    let summaries = rows.chunks(figures).map(|values| summary.with_values(values.iter().copied()));
    let summaries: Vec<Summary> = summaries.collect();
    Ok(of_replications(of, &summaries, &drawings, text))
}

/// The figures and the charts of a run.
fn run_again(
    Reopened { scenario, run, .. }: &Reopened,
    policies: &Registry,
    goes_on: &mut GoesOn<'_>,
) -> Result<(Summary, Vec<Drawing>), RunError> {
    let mut metrics = Metrics::new(scenario);
    let mut gathering = Gathering::new(scenario, &ChartKind::OF_RUN, (run.seed, run.replication));
    let sinks: Vec<&mut dyn Sink> = vec![&mut metrics, &mut gathering];
    engine::run_with(scenario, *run, policies, &mut Journal::new(sinks), &mut |progress| {
        goes_on(progress, scenario.horizon)
    })?;
    Ok((metrics.summary(), gathering.drawings()))
}

/// The rows of a table that the manifest tells of.
fn table(directory: &Path, name: &str, manifest: &Json) -> Result<Vec<Vec<String>>, TableError> {
    let bytes = checked::bytes(directory, name, manifest)?;
    let mut reader = csv::Reader::from_reader(bytes.as_slice());
    let rows = reader.records().map(|row| {
        let row = row.map_err(|_| TableError::Changed(directory.join(name)))?;
        Ok(row.iter().map(str::to_owned).collect())
    });
    rows.collect()
}

/// A value of a table; where nothing stands, it is not defined.
fn value(text: Option<&String>) -> Value {
    let number = text.and_then(|text| text.parse().ok());
    number.map_or(Value::Undefined, Value::Number)
}

/// A comparison, by its table of runs.
fn compared(
    (directory, moved): (&Path, Option<&Path>),
    (manifest, text): (&Json, &str),
    policies: &Registry,
) -> Result<Report, ReportError> {
    let path = directory.join(MANIFEST);
    let foreign = |field| ReopenError::Foreign(path.clone(), field);
    let version = manifest["version"].as_str().ok_or_else(|| foreign("version"))?;
    if version != env!("CARGO_PKG_VERSION") {
        return Err(ReopenError::OtherVersion(directory.to_owned(), version.to_owned()).into());
    }
    let source = &manifest["experiment"];
    let at = source["path"].as_str().ok_or_else(|| foreign("experiment"))?;
    let study = study::read(moved.unwrap_or(Path::new(at)))?;
    if source["digest"] != study.source.digest.as_str() {
        return Err(ReopenError::Changed(study.source.path, directory.to_owned()).into());
    }
    let given = manifest["set"].as_array().ok_or_else(|| foreign("set"))?;
    let given: Option<Vec<Override>> = given.iter().map(overridden).collect();
    let given = given.ok_or_else(|| foreign("set"))?;
    let seed = manifest["seed"].as_u64();
    let setting = Setting {
        study: &study,
        given: &given,
        seed,
        policies,
        format: Format::Csv,
        charts: None,
        report: true,
    };
    let (mut compared, _) = prepare(&setting)?;
    are_the_same(&compared, manifest, directory)?;
    compared.outcome = Outcome { events: manifest["events"].as_u64().unwrap_or_default() };
    fill(&mut compared, &table(directory, RUNS, manifest)?);
    compared.alike = alike(manifest);
    compared.selected = selected(&compared, manifest, &study.kind);
    let drawings = charts::drawings_of_study(directory)?;
    Ok(of_comparison(&setting, &compared, &drawings, text))
}

fn overridden(value: &Json) -> Option<Override> {
    let (path, value) = value.as_str()?.split_once('=')?;
    Some(Override::new(path, value))
}

/// Whether the variants' files are what they were.
fn are_the_same(compared: &Compared, manifest: &Json, directory: &Path) -> Result<(), ReopenError> {
    let variants = manifest["variants"].as_array().map_or(&[][..], Vec::as_slice);
    for (case, told) in compared.cases.iter().zip(variants) {
        let inputs = told["inputs"].as_array().map_or(&[][..], Vec::as_slice);
        let files = std::iter::once(&case.scenario.source).chain(&case.scenario.inputs);
        for (file, told) in files.zip(std::iter::once(&told["scenario"]).chain(inputs)) {
            if told["digest"] != file.digest.as_str() {
                return Err(ReopenError::Changed(file.path.clone(), directory.to_owned()));
            }
        }
    }
    Ok(())
}

/// Of each variant whether nothing in it is random.
fn alike(manifest: &Json) -> Vec<bool> {
    let variants = manifest["variants"].as_array().map_or(&[][..], Vec::as_slice);
    variants.iter().map(|variant| variant["alike"] == true).collect()
}

/// Puts the values of `runs.csv` in their places.
fn fill(compared: &mut Compared, rows: &[Vec<String>]) {
    let measures = compared.measures.len().max(1);
    for run in rows.chunks(measures) {
        let name = run.first().and_then(|row| row.first());
        let case = compared.cases.iter().position(|case| Some(&case.name) == name);
        if let Some(case) = case {
            compared.values[case].push(run.iter().map(|row| value(row.get(VALUE))).collect());
        }
    }
}

/// Who was selected.
fn selected(compared: &Compared, manifest: &Json, kind: &StudyKind) -> Option<Selected> {
    let StudyKind::Comparison(terms) = kind else { return None };
    let (terms, told) = (terms.select?, &manifest["selected"]);
    let variant = compared.cases.iter().position(|case| told["variant"] == case.name.as_str())?;
    let all = [Certainty::Resolved, Certainty::Tie, Certainty::Spent];
    let standing = all.into_iter().find(|one| told["certainty"] == one.word())?;
    Some(Selected { terms, variant, standing })
}
