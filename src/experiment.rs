//! Studies: for now one run, written to a directory with its manifest.
//!
//! Outputs appear complete or not at all: everything is written into a directory beside the wanted one,
//! which takes its name at the end; an earlier run gives way whole, and only then is it removed. A
//! directory that holds anything but what a run writes is left alone, also if it holds a run, too.

pub mod manifest;

use crate::engine::{self, Outcome, Progress, RunFailure, RunId};
use crate::journal::{Journal, Sink};
use crate::metrics::Metrics;
use crate::metrics::summary::Summary;
use crate::policy::Registry;
use crate::scenario::Scenario;
use crate::trace::{DiskError, FileRecord, TableName, Traces};
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// What a run writes, and where.
#[derive(Clone, Debug)]
pub struct Options {
    /// The directory to make or to replace.
    pub out: PathBuf,
    /// The tables to write.
    pub tables: Vec<TableName>,
    /// Policies of the program's own that the scenario may have chosen.
    pub policies: Registry,
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
    /// The directory is not a run's.
    #[error("{0} exists and is not the output of a run: name another directory with --out")]
    Foreign(PathBuf),
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
    // A link keeps pointing to where its owner wants the outputs.
    let out = &std::fs::canonicalize(&options.out).unwrap_or_else(|_| options.out.clone());
    may_be_replaced(out)?;
    let parent = out.parent().filter(|parent| !parent.as_os_str().is_empty());
    let parent = parent.unwrap_or(Path::new("."));
    std::fs::create_dir_all(parent).map_err(DiskError::during("create", parent))?;
    let beside = unfinished(parent)?;
    let mut traces = Traces::create(beside.path(), &options.tables, scenario)?;
    let mut metrics = Metrics::new(scenario);
    let mut sinks: Vec<&mut dyn Sink> = vec![&mut metrics];
    if !options.tables.is_empty() {
        sinks.push(&mut traces);
    }
    let outcome =
        engine::run_with(scenario, run, &options.policies, &mut Journal::new(sinks), goes_on)?;
    let mut files = traces.finish()?;
    let summary = metrics.summary();
    let rows = Some(summary.figures().len() as u64);
    files.push(write(beside.path(), "summary.csv", &summary.to_csv(scenario), rows)?);
    files.push(write(beside.path(), "summary.json", &summary.to_json(scenario), rows)?);
    let timing = timing(outcome);
    let text = manifest::text(scenario, run, outcome, &files, timing);
    write(beside.path(), MANIFEST, &text, None)?;
    may_be_replaced(out)?;
    put_in_place(beside, out, parent)?;
    Ok(RunReport { outcome, summary, files })
}

const MANIFEST: &str = "manifest.json";

/// Whether nothing is lost if `out` is: it is not there, it is empty, or all in it is an earlier run's.
fn may_be_replaced(out: &Path) -> Result<(), RunError> {
    if !out.exists() {
        return Ok(());
    }
    let entries = std::fs::read_dir(out).map_err(|_| RunError::Foreign(out.to_owned()))?;
    let mut others: Vec<String> = Vec::new();
    let mut count = 0_u32;
    for entry in entries {
        let name = entry.map_err(DiskError::during("read", out))?.file_name();
        let name = name.to_string_lossy().into_owned();
        count += 1;
        if !is_written_by_a_run(&name) {
            others.push(name);
        }
    }
    if 0 < count && !out.join(MANIFEST).is_file() {
        return Err(RunError::Foreign(out.to_owned()));
    }
    match others.into_iter().min() {
        Some(other) => Err(RunError::Precious(out.to_owned(), other)),
        None => Ok(()),
    }
}

fn is_written_by_a_run(name: &str) -> bool {
    [MANIFEST, "summary.csv", "summary.json"].contains(&name)
        || TableName::ALL.iter().any(|table| name.strip_suffix(".csv") == Some(table.word()))
}

/// A directory in `parent` that is removed unless it is finished.
fn unfinished(parent: &Path) -> Result<TempDir, DiskError> {
    let beside = tempfile::Builder::new().prefix(".unfinished-").tempdir_in(parent);
    beside.map_err(DiskError::during("create a directory in", parent))
}

/// Gives the finished directory its name. Whoever looks sees the earlier run, or none, or this one,
/// and never a part of either.
fn put_in_place(finished: TempDir, out: &Path, parent: &Path) -> Result<(), DiskError> {
    let aside = unfinished(parent)?;
    let former = aside.path().join("former");
    let replaces = out.exists();
    if replaces {
        std::fs::rename(out, &former).map_err(DiskError::during("replace", out))?;
    }
    if let Err(error) = std::fs::rename(finished.path(), out) {
        if replaces {
            // The earlier run returns, unless another run has taken the name meanwhile.
            let _ = std::fs::rename(&former, out);
        }
        return Err(DiskError::during("rename to", out)(error));
    }
    let _ = finished.keep(); // it has its name: nothing is left to be removed
    Ok(())
}

fn write(
    directory: &Path,
    name: &str,
    text: &str,
    rows: Option<u64>,
) -> Result<FileRecord, DiskError> {
    let path = directory.join(name);
    std::fs::write(&path, text).map_err(DiskError::during("write", &path))?;
    Ok(FileRecord {
        name: name.to_owned(),
        rows,
        bytes: text.len() as u64,
        digest: blake3::hash(text.as_bytes()).to_hex().to_string(),
    })
}
