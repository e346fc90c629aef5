//! What comparisons, sweeps and plans have in common: their scenarios, what is measured in each, and many runs at once.
//!
//! A *case* is one way of the scenario: a variant, a point, a value. Replication `k` of all cases is the same run of
//! different scenarios, with the same seed: what comes from outside is the same in them (common random
//! numbers).

use super::charts;
use super::manifest::{self, Timing};
use super::output::{self, MANIFEST, Output};
use super::replicate::figures_of;
use super::table::Table;
use super::{RunError, begins};
use crate::chart::{Drawing, Format};
use crate::engine::{Outcome, Progress, RunId};
use crate::metrics::summary::{Figure, Summary, Value};
use crate::metrics::{Metrics, catalogue};
use crate::policy::Registry;
use crate::report::REPORT;
use crate::scenario::Scenario;
use crate::scenario::load::Override;
use crate::scenario::problem::Problems;
use crate::scenario::study::{self, Measure, Study};
use crate::trace::Format as TableFormat;
use crate::units::SimTime;
use rayon::prelude::*;
use std::path::{Path, PathBuf};

/// What the tables of studies are called, without what says their format.
pub(super) const TABLES: [&str; 6] =
    ["comparison", "variants", "runs", "sweep", "points", "capacity"];

/// Why a study left nothing behind.
#[derive(Debug, thiserror::Error)]
pub enum StudyError {
    /// The experiment file is wrong.
    #[error("the experiment cannot be read")]
    File(Box<Problems>),
    /// The file asks for another command.
    #[error("{0} is for another command: `walras {1}`")]
    OtherCommand(PathBuf, &'static str),
    /// A scenario that it leads to is wrong.
    #[error("the scenario of {0} cannot be run")]
    Scenario(String, Box<Problems>),
    /// A figure is asked for that a scenario does not have.
    #[error("{file}:{line}: `{measure}` is no figure of {case}{near}")]
    NoFigure {
        /// The experiment file.
        file: String,
        /// The line in it.
        line: usize,
        /// What was asked for.
        measure: String,
        /// Of which case.
        case: String,
        /// What may have been meant, with words before it; empty if nothing is near.
        near: String,
    },
    /// A target is about requests that the scenario does not have.
    #[error("{file}:{line}: `{of}` has no requests{near}")]
    NoSubject {
        /// The experiment file.
        file: String,
        /// The line in it.
        line: usize,
        /// Whose requests were asked for.
        of: String,
        /// What may have been meant, with words before it.
        near: String,
    },
    /// A figure that decides is not defined.
    #[error("{0} is not defined in replication {2} of {1}: nothing can be decided by it")]
    Undefined(String, String, u64),
    /// A run failed.
    #[error(transparent)]
    Run(#[from] RunError),
    /// A table that was written before is not what it was.
    #[error(transparent)]
    Table(#[from] super::TableError),
    /// What was written cannot be drawn.
    #[error(transparent)]
    Chart(#[from] charts::ChartError),
    /// Where a sweep stands cannot be told, or is not this sweep's.
    #[error(transparent)]
    Progress(#[from] super::sweep::ProgressError),
}

impl From<crate::trace::DiskError> for StudyError {
    fn from(error: crate::trace::DiskError) -> Self {
        Self::Run(error.into())
    }
}

/// Reads an experiment file.
///
/// # Errors
/// Everything that is wrong with it.
pub fn read(path: &Path) -> Result<Study, StudyError> {
    let names: Vec<&str> = catalogue().iter().map(|metric| metric.name).collect();
    study::load(path, &names).map_err(|problems| StudyError::File(Box::new(problems)))
}

/// A study that is to be run, and how.
pub struct Setting<'a> {
    /// The experiment.
    pub study: &'a Study,
    /// What the command line sets in the scenario, for all cases.
    pub given: &'a [Override],
    /// The seed of the command line.
    pub seed: Option<u64>,
    /// Policies of the program's own.
    pub policies: &'a Registry,
    /// In which format tables are written; CSV is there with any.
    pub format: TableFormat,
    /// In which format charts are drawn beside the tables, if they are.
    pub charts: Option<Format>,
    /// Whether to write a report, too, of a kind that has one.
    pub report: bool,
}

/// One way of the scenario.
#[derive(Debug)]
pub struct Case {
    /// What it is called in messages.
    pub name: String,
    /// The scenario as it is there.
    pub scenario: Scenario,
}

impl Case {
    /// Reads the study's scenario with what is set for all cases, by its file and then by the command line, and
    /// with what is `own` to this one.
    ///
    /// # Errors
    /// What is wrong with the scenario then.
    pub fn open(
        (study, given): (&Study, &[Override]),
        (name, own): (&str, &[Override]),
        policies: &Registry,
    ) -> Result<Self, StudyError> {
        let set: Vec<Override> = study.set.iter().chain(given).chain(own).cloned().collect();
        let scenario = policies.load(&study.scenario, &set);
        let scenario = scenario
            .map_err(|problems| StudyError::Scenario(name.to_owned(), Box::new(problems)))?;
        Ok(Self { name: name.to_owned(), scenario })
    }
    /// The first replication: by the seed of the command line, the study's or the scenario's.
    pub fn first(&self, study: &Study, seed: Option<u64>) -> RunId {
        RunId { seed: seed.or(study.seed).unwrap_or(self.scenario.seed), replication: 0 }
    }
    /// Where in the summary each measure stands.
    ///
    /// # Errors
    /// A measure that is no figure of this scenario.
    pub fn rows(&self, study: &Study, measures: &[Measure]) -> Result<Vec<usize>, StudyError> {
        // The figures of one scenario are the same in every run: in one of nothing, too.
        let nothing = Metrics::new(&self.scenario).summary();
        measures.iter().map(|measure| self.row(study, measure, nothing.figures())).collect()
    }
    fn row(
        &self,
        study: &Study,
        measure: &Measure,
        figures: &[Figure],
    ) -> Result<usize, StudyError> {
        let label = |figure: &Figure| figure.subject.label(&self.scenario);
        let of_metric = |figure: &&Figure| figure.metric.name == measure.metric;
        let is_it = |figure: &Figure| of_metric(&figure) && label(figure) == measure.subject;
        figures.iter().position(is_it).ok_or_else(|| {
            let labels: Vec<String> = figures.iter().filter(of_metric).map(label).collect();
            let names = labels.iter().map(String::as_str);
            let nearest = crate::scenario::problem::nearest(&measure.subject, names);
            let near = match nearest {
                Some(nearest) => format!("; did you mean `{}/{nearest}`?", measure.metric),
                None if labels.is_empty() => "; nothing there has this metric".to_owned(),
                None => format!("; it is told of {}", labels.join(", ")),
            };
            StudyError::NoFigure {
                file: study.source.path.clone(),
                line: measure.line,
                measure: measure.to_string(),
                case: self.name.clone(),
                near,
            }
        })
    }
}

/// Where a run of a study stands: which case, which replication.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Told {
    /// The case's number.
    pub case: usize,
    /// The replication.
    pub replication: u64,
    /// When it ends.
    pub horizon: SimTime,
    /// Where it stands.
    pub progress: Progress,
}

/// Whether to go on: told by every run when it begins and every few thousand events, from any thread.
pub type GoesOn<'a> = dyn Fn(Told) -> bool + Sync + 'a;

/// What one run came to.
#[derive(Clone, Debug)]
pub struct Ran {
    /// What was measured, in order of the measures.
    pub values: Vec<Value>,
    /// What the engine says of it.
    pub outcome: Outcome,
    /// A digest of every figure of it, whatever is measured.
    pub digest: blake3::Hash,
}

/// A run that is to be made: of a case by its number, this replication.
pub type Job<'a> = (usize, &'a Case, RunId);

/// Runs all jobs on all cores; what each came to, in order of the jobs. `rows`: where in each case's summary the
/// measures stand.
pub fn run_all(
    jobs: &[Job<'_>],
    rows: &[Vec<usize>],
    policies: &Registry,
    goes_on: &GoesOn<'_>,
) -> Vec<Result<Ran, StudyError>> {
    let one = |job: &Job<'_>| {
        let (number, case, run) = *job;
        let (summary, outcome) = run_one((number, case), run, policies, goes_on)?;
        let values = rows[number].iter().map(|row| summary.figures()[*row].value).collect();
        Ok(Ran { values, outcome, digest: digest(&summary, outcome) })
    };
    jobs.par_iter().map(one).collect()
}

fn digest(summary: &Summary, outcome: Outcome) -> blake3::Hash {
    let mut hasher = blake3::Hasher::new();
    hasher.update(outcome.events.to_string().as_bytes());
    for figure in summary.figures() {
        hasher.update(format!("\n{}", figure.value).as_bytes());
    }
    hasher.finalize()
}

/// The figures of one run.
///
/// # Errors
/// A run that fails, or is not to go on.
pub fn run_one(
    (number, case): (usize, &Case),
    run: RunId,
    policies: &Registry,
    goes_on: &GoesOn<'_>,
) -> Result<(Summary, Outcome), StudyError> {
    let replication = run.replication;
    let horizon = case.scenario.horizon;
    let mut tell = |progress| goes_on(Told { case: number, replication, horizon, progress });
    begins(&mut tell)?;
    Ok(figures_of((&case.scenario, run), policies, &mut tell)?)
}

/// The report of a study, made of its charts and its manifest.
pub(super) type Page<'a> = dyn Fn(&[Drawing], &str) -> String + 'a;

/// Writes what a study came to and gives its directory its name; `about`: what its manifest says of a study of its kind.
pub(super) fn write(
    setting: &Setting<'_>,
    output: Output,
    (tables, about, page): (&[Table], serde_json::Value, Option<&Page<'_>>),
    (outcome, timing): (Outcome, &mut dyn FnMut(Outcome) -> Timing),
) -> Result<(), StudyError> {
    let directory = output.path();
    let mut files = Vec::new();
    for table in tables {
        files.extend(table.write(directory, setting.format)?);
    }
    let timing = Some(timing(outcome));
    let finish = |files: &[_]| {
        let text = manifest::of_study(setting, about.clone(), (outcome, files), timing);
        output::write(directory, MANIFEST, &text, None)
    };
    finish(&files)?;
    if let Some(format) = setting.charts {
        // They are drawn of what is written, as they are later.
        let drawings = charts::drawings_of_study(directory)?;
        files.extend(charts::write_beside(directory, &drawings, format)?);
        finish(&files)?;
    }
    if let Some(page) = page.filter(|_| setting.report) {
        let drawings = charts::drawings_of_study(directory)?;
        let manifest = manifest::of_study(setting, about.clone(), (outcome, &files), None);
        let text = page(&drawings, &manifest);
        files.push(output::write(directory, REPORT, &text, None)?);
        finish(&files)?;
    }
    Ok(output.finish()?)
}
