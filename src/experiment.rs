//! Studies: for now one run, written to a directory with its manifest.
//!
//! Outputs appear complete or not at all: everything is written into a directory beside the wanted one,
//! which takes its name at the end. A directory that holds anything but an earlier run is left alone.

pub mod manifest;

use crate::engine::{self, Outcome, Progress, RunFailure, RunId};
use crate::journal::{Journal, Sink};
use crate::metrics::Metrics;
use crate::metrics::summary::Summary;
use crate::scenario::Scenario;
use crate::trace::{DiskError, FileRecord, TableName, Traces};
use std::path::{Path, PathBuf};

/// What a run writes, and where.
#[derive(Clone, Debug)]
pub struct Options {
    /// The directory to make or to replace.
    pub out: PathBuf,
    /// The tables to write.
    pub tables: Vec<TableName>,
}

/// A finished run.
#[derive(Debug)]
pub struct RunReport {
    /// What the engine says of it.
    pub outcome: Outcome,
    /// Its figures.
    pub summary: Summary,
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
    /// The directory holds something that is not a run's.
    #[error("{0} exists and is not the output of a run: name another directory with --out")]
    Foreign(PathBuf),
}

/// Runs `scenario` and writes its outputs to `options.out`, whole or not at all.
///
/// # Errors
/// A disk that refuses, a trace that breaks, a directory that is not ours to replace.
pub fn run_to_directory(
    scenario: &Scenario,
    run: RunId,
    options: &Options,
    watch: &mut dyn FnMut(Progress),
    timing: &mut dyn FnMut(Outcome) -> manifest::Timing,
) -> Result<RunReport, RunError> {
    let out = &options.out;
    if out.exists() && !out.join("manifest.json").is_file() && !is_empty(out) {
        return Err(RunError::Foreign(out.clone()));
    }
    let parent = out.parent().filter(|parent| !parent.as_os_str().is_empty());
    let parent = parent.unwrap_or(Path::new("."));
    std::fs::create_dir_all(parent).map_err(DiskError::during("create", parent))?;
    let beside = tempfile::Builder::new().prefix(".unfinished-").tempdir_in(parent);
    let beside = beside.map_err(DiskError::during("create a directory in", parent))?;
    let mut traces = Traces::create(beside.path(), &options.tables, scenario)?;
    let mut metrics = Metrics::new(scenario);
    let mut sinks: Vec<&mut dyn Sink> = vec![&mut metrics];
    if !options.tables.is_empty() {
        sinks.push(&mut traces);
    }
    let outcome = engine::run(scenario, run, &mut Journal::new(sinks), watch)?;
    let mut files = traces.finish()?;
    let summary = metrics.summary();
    files.push(write(beside.path(), "summary.csv", &summary.to_csv(scenario))?);
    files.push(write(beside.path(), "summary.json", &summary.to_json(scenario))?);
    let timing = timing(outcome);
    let text = manifest::text(scenario, run, outcome, &files, timing);
    write(beside.path(), "manifest.json", &text)?;
    if out.exists() {
        std::fs::remove_dir_all(out).map_err(DiskError::during("replace", out))?;
    }
    let finished = beside.keep();
    std::fs::rename(&finished, out).map_err(DiskError::during("rename to", out))?;
    Ok(RunReport { outcome, summary, files })
}

fn is_empty(directory: &Path) -> bool {
    std::fs::read_dir(directory).is_ok_and(|mut entries| entries.next().is_none())
}

fn write(directory: &Path, name: &str, text: &str) -> Result<FileRecord, DiskError> {
    let path = directory.join(name);
    std::fs::write(&path, text).map_err(DiskError::during("write", &path))?;
    Ok(FileRecord {
        name: name.to_owned(),
        rows: None,
        bytes: text.len() as u64,
        digest: blake3::hash(text.as_bytes()).to_hex().to_string(),
    })
}
