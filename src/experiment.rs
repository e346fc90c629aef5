//! Studies: one run, or replications of it, written to a directory with its manifest.
//!
//! - [`run_to_directory`]: one run; [`replicate`]: the same with other random numbers; [`estimate`]: what its
//!   figures are on average; [`interval`]: with which certainty.
//! - [`reopen`]: a finished run once more, from its directory; [`charts`]: those of a run.
//! - [`manifest`]: what a directory was made from; `output`: it appears complete or not at all; `checked`: its tables
//!   are what the manifest says of them.

pub mod charts;
mod checked;
pub mod compare;
pub mod comparison;
pub mod estimate;
pub mod interval;
pub mod manifest;
mod output;
pub mod paired;
pub mod plan;
pub mod quantile;
pub mod reopen;
pub mod replicate;
pub mod report;
pub mod select;
pub mod steady;
pub mod study;
pub mod sweep;
mod table;
pub mod told;

pub use checked::TableError;

use crate::chart::{ChartKind, Drawing, Gathering};
use crate::engine::{self, Outcome, Progress, RunFailure, RunId};
use crate::journal::{Journal, Sink};
use crate::metrics::Metrics;
use crate::metrics::batches::{Batch, Batches};
use crate::metrics::summary::Summary;
use crate::policy::Registry;
use crate::report::REPORT;
use crate::scenario::Scenario;
use crate::trace::{DiskError, FileRecord, Format, TableName, Traces};
use crate::units::SimTime;
use output::{MANIFEST, Output};
use std::path::{Path, PathBuf};

/// What a run writes, and where.
#[derive(Clone, Debug)]
pub struct Options {
    /// The directory to make or to replace.
    pub out: PathBuf,
    /// The tables to write.
    pub tables: Vec<TableName>,
    /// How tables are written.
    pub format: Format,
    /// The charts to draw, if any; of replications, those that have a directory of their own have them, too.
    pub charts: Option<charts::Asked>,
    /// Whether to write a report, too.
    pub report: bool,
    /// Into how many batches the run is cut after its warm-up, if it is; of replications, none are.
    pub batches: Option<u32>,
    /// Policies of the program's own that the scenario may have chosen.
    pub policies: Registry,
}

impl Options {
    /// Figures and manifest alone, into this directory.
    pub fn to(out: PathBuf) -> Self {
        Self {
            out,
            tables: Vec::new(),
            format: Format::Csv,
            charts: None,
            report: false,
            batches: None,
            policies: Registry::new(),
        }
    }
}

/// The tables that are not a run's own: of batches and of studies.
pub fn other_tables() -> impl Iterator<Item = String> {
    let of_studies = study::TABLES.iter().map(|table| format!("{table}.csv"));
    steady::TABLES.map(str::to_owned).into_iter().chain(of_studies)
}

/// The command that has written what a directory holds: `run`, `compare`, `sweep` or `plan`; none if nothing of the kind is
/// there.
pub fn kind_of(directory: &Path) -> Option<String> {
    let text = std::fs::read_to_string(directory.join(MANIFEST)).ok()?;
    let manifest: serde_json::Value = serde_json::from_str(&text).ok()?;
    manifest["version"].as_str()?;
    Some(manifest["study"].as_str().unwrap_or("run").to_owned())
}

/// A finished run.
#[derive(Debug)]
pub struct RunReport {
    /// What the engine says of it.
    pub outcome: Outcome,
    /// Its figures.
    pub summary: Summary,
    /// Its batches, if it was cut into any.
    pub batches: Vec<Batch>,
    /// The files written, the manifest left out.
    pub files: Vec<FileRecord>,
}

/// Why a run left nothing behind.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// The disk refused.
    #[error(transparent)]
    Disk(#[from] DiskError),
    /// The run itself failed.
    #[error(transparent)]
    Run(#[from] RunFailure),
    /// The directory is not a run's.
    #[error("{0} exists and is not the output of a run: name another directory with --out")]
    Foreign(PathBuf),
    /// What is to be narrow enough is no figure of the scenario.
    #[error("{0} is no figure of the whole market in this scenario: nothing was run to its end")]
    NoFigure(String),
    /// The directory holds a run, and something else, too.
    #[error(
        "{0} holds {1}, which no run has written: move it, or name another directory with --out"
    )]
    Precious(PathBuf, String),
}

/// Runs `scenario` and writes its outputs to `options.out`, whole or not at all: not at all, too, once
/// `goes_on` says no.
///
/// # Errors
/// A disk that refuses, a trace that breaks, a directory that is not ours to replace, an interruption.
pub fn run_to_directory(
    scenario: &Scenario,
    run: RunId,
    options: &Options,
    goes_on: &mut dyn FnMut(Progress) -> bool,
    timing: &mut dyn FnMut(Outcome) -> manifest::Timing,
) -> Result<RunReport, RunError> {
    let output = Output::begin(&options.out)?;
    let mut timing = |outcome| Some(timing(outcome));
    let report = write_run(output.path(), (scenario, run), options, goes_on, &mut timing)?;
    output.finish()?;
    Ok(report)
}

/// Tells that a run begins; a short one is over before it tells anything.
fn begins(tell: &mut dyn FnMut(Progress) -> bool) -> Result<(), RunError> {
    let may = tell(Progress { now: SimTime::ZERO, events: 0 });
    if may { Ok(()) } else { Err(RunFailure::Interrupted.into()) }
}

/// Runs `scenario` and writes its outputs into `directory`.
fn write_run(
    directory: &Path,
    (scenario, run): (&Scenario, RunId),
    options: &Options,
    goes_on: &mut dyn FnMut(Progress) -> bool,
    timing: &mut dyn FnMut(Outcome) -> Option<manifest::Timing>,
) -> Result<RunReport, RunError> {
    let mut traces = Traces::create_as(options.format, directory, &options.tables, scenario)?;
    let mut metrics = Metrics::new(scenario);
    let mut sinks: Vec<&mut dyn Sink> = vec![&mut metrics];
    if !options.tables.is_empty() {
        sinks.push(&mut traces);
    }
    let asked = options.charts.as_ref().map_or(&[][..], |asked| &asked.kinds);
    let kinds = if options.report { &ChartKind::OF_RUN[..] } else { asked };
    let mut gathering = Gathering::new(scenario, kinds, (run.seed, run.replication));
    if options.charts.is_some() || options.report {
        sinks.push(&mut gathering);
    }
    let mut batches = Batches::new(scenario, scenario.warm_up, options.batches.unwrap_or(1));
    if options.batches.is_some() {
        sinks.push(&mut batches);
    }
    let outcome =
        engine::run_with(scenario, run, &options.policies, &mut Journal::new(sinks), goes_on)?;
    let mut files = traces.finish()?;
    let drawings = gathering.drawings();
    if let Some(asked) = &options.charts {
        let is_asked =
            |drawing: &&Drawing| asked.kinds.iter().any(|kind| kind.word() == drawing.name);
        let to_write: Vec<Drawing> = drawings.iter().filter(is_asked).cloned().collect();
        files.extend(charts::write_beside(directory, &to_write, asked.format)?);
    }
    let summary = metrics.summary();
    let rows = Some(summary.figures().len() as u64);
    files.push(output::write(directory, "summary.csv", &summary.to_csv(scenario), rows)?);
    files.push(output::write(directory, "summary.json", &summary.to_json(scenario), rows)?);
    let batches =
        if options.batches.is_some() { batches.finish(scenario.horizon) } else { Vec::new() };
    files.extend(steady::write(directory, &batches)?);
    let about = (scenario, run, None);
    if options.report {
        let manifest = manifest::text(about, outcome, &files, None);
        let page =
            report::of_run((scenario, run), &summary, &drawings, (directory, &manifest)).html();
        files.push(output::write(directory, REPORT, &page, None)?);
    }
    let text = manifest::text(about, outcome, &files, timing(outcome));
    output::write(directory, MANIFEST, &text, None)?;
    Ok(RunReport { outcome, summary, batches, files })
}
