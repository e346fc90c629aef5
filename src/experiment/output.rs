//! A directory that appears complete or not at all.
//!
//! Everything is written into a directory beside the wanted one, which takes its name at the end; an earlier
//! run gives way whole, and only then is it removed. A directory that holds anything but what a run writes is
//! left alone, also if it holds a run, too.

use super::RunError;
use super::charts::CHARTS;
use super::{steady, study};
use crate::chart::ChartKind;
use crate::report::REPORT;
use crate::trace::{DiskError, FileRecord, Format, TableName};
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// The file that says that a directory is complete.
pub(super) const MANIFEST: &str = "manifest.json";
/// Before the number of a replication, in the name of its own directory.
pub(super) const REPLICATION: &str = "replication-";
/// The figures of every replication.
pub(super) const REPLICATIONS: &str = "replications.csv";

/// A directory on its way.
pub(super) struct Output {
    out: PathBuf,
    parent: PathBuf,
    beside: TempDir,
}

impl Output {
    /// Whether `out` may be written, asked before the work is done of which it is to tell. Gives where it really is, and the
    /// directory that it stands in, which is made.
    ///
    /// # Errors
    /// A disk that refuses, a directory that is not ours to replace.
    pub(super) fn prepare(out: &Path) -> Result<(PathBuf, PathBuf), RunError> {
        // A link keeps pointing to where its owner wants the outputs.
        let out = std::fs::canonicalize(out).unwrap_or_else(|_| out.to_owned());
        may_be_replaced(&out)?;
        let parent = out.parent().filter(|parent| !parent.as_os_str().is_empty());
        let parent = parent.unwrap_or(Path::new(".")).to_owned();
        std::fs::create_dir_all(&parent).map_err(DiskError::during("create", &parent))?;
        Ok((out, parent))
    }
    /// Begins what is to become `out`.
    ///
    /// # Errors
    /// As [`prepare`](Self::prepare).
    pub(super) fn begin(out: &Path) -> Result<Self, RunError> {
        let (out, parent) = Self::prepare(out)?;
        let beside = unfinished(&parent)?;
        Ok(Self { out, parent, beside })
    }
    /// Begins what is to become `out`, in the one place that it has for that: whoever asks has it to themselves, and what
    /// another was killed over is removed.
    ///
    /// # Errors
    /// As [`prepare`](Self::prepare).
    pub(super) fn begin_anew(out: &Path) -> Result<Self, RunError> {
        let (out, parent) = Self::prepare(out)?;
        let name = out.file_name().unwrap_or_default().to_string_lossy();
        let prefix = format!(".unfinished-{name}");
        let stale = parent.join(&prefix);
        if stale.exists() {
            std::fs::remove_dir_all(&stale).map_err(DiskError::during("remove", &stale))?;
        }
        let beside = tempfile::Builder::new().prefix(&prefix).rand_bytes(0).tempdir_in(&parent);
        let beside = beside.map_err(DiskError::during("create", &stale))?;
        Ok(Self { out, parent, beside })
    }
    /// Where to write meanwhile.
    pub(super) fn path(&self) -> &Path {
        self.beside.path()
    }
    /// It is complete, and takes its name.
    ///
    /// # Errors
    /// As [`begin`](Self::begin).
    pub(super) fn finish(self) -> Result<(), RunError> {
        may_be_replaced(&self.out)?;
        put_in_place(self.beside, &self.out, &self.parent)?;
        Ok(())
    }
}

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
        if is_replication(&name) {
            may_be_replaced(&out.join(&name))?;
        } else if name == CHARTS {
            others.extend(other_than_charts(&out.join(CHARTS))?);
        } else if !is_written_by_a_run(&name) {
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

/// What a directory of charts holds beside charts of ours.
fn other_than_charts(directory: &Path) -> Result<Vec<String>, RunError> {
    let Ok(entries) = std::fs::read_dir(directory) else { return Ok(vec![CHARTS.to_owned()]) };
    let mut others = Vec::new();
    for entry in entries {
        let name = entry.map_err(DiskError::during("read", directory))?.file_name();
        let name = name.to_string_lossy();
        if !ChartKind::is_file(&name) {
            others.push(format!("{CHARTS}/{name}"));
        }
    }
    Ok(others)
}

/// Whether a directory of this name may be one replication's.
fn is_replication(name: &str) -> bool {
    name.strip_prefix(REPLICATION).is_some_and(|number| number.parse::<u64>().is_ok())
}

fn is_written_by_a_run(name: &str) -> bool {
    steady::TABLES.contains(&name)
        || [MANIFEST, "summary.csv", "summary.json", REPLICATIONS, REPORT].contains(&name)
        || name.rsplit_once('.').is_some_and(|(table, format)| {
            let is_run_s = TableName::ALL.iter().any(|known| known.word() == table);
            (is_run_s || study::TABLES.contains(&table))
                && Format::ALL.iter().any(|known| known.word() == format)
        })
}

/// A directory in `parent` that is removed unless it is finished.
fn unfinished(parent: &Path) -> Result<TempDir, DiskError> {
    let beside = tempfile::Builder::new().prefix(".unfinished-").tempdir_in(parent);
    beside.map_err(DiskError::during("create a directory in", parent))
}

/// Gives the finished directory its name. Whoever looks sees the earlier run, or none, or this one,
/// and never a part of either.
fn put_in_place(finished: TempDir, out: &Path, parent: &Path) -> Result<(), DiskError> {
    let aside = if out.exists() { Some(unfinished(parent)?) } else { None };
    let former = aside.as_ref().map(|aside| aside.path().join("former"));
    if let Some(former) = &former {
        std::fs::rename(out, former).map_err(DiskError::during("replace", out))?;
    }
    if let Err(error) = std::fs::rename(finished.path(), out) {
        if let Some(former) = &former {
            // The earlier run returns, unless another run has taken the name meanwhile.
            let _ = std::fs::rename(former, out);
        }
        return Err(DiskError::during("rename to", out)(error));
    }
    let _ = finished.keep(); // it has its name: nothing is left to be removed
    Ok(())
}

/// Writes a whole file.
pub(super) fn write(
    directory: &Path,
    name: &str,
    text: &str,
    rows: Option<u64>,
) -> Result<FileRecord, DiskError> {
    write_bytes(directory, name, text.as_bytes(), rows)
}

/// The same of a file that is no text.
pub(super) fn write_bytes(
    directory: &Path,
    name: &str,
    content: &[u8],
    rows: Option<u64>,
) -> Result<FileRecord, DiskError> {
    let path = directory.join(name);
    std::fs::write(&path, content).map_err(DiskError::during("write", &path))?;
    Ok(FileRecord {
        name: name.to_owned(),
        rows,
        bytes: content.len() as u64,
        digest: blake3::hash(content).to_hex().to_string(),
    })
}

/// Writes a file in a directory that others look at: they see the earlier one, or this one whole.
pub(super) fn write_whole(path: &Path, content: &[u8]) -> Result<(), DiskError> {
    let directory = path.parent().filter(|parent| !parent.as_os_str().is_empty());
    let beside = unfinished(directory.unwrap_or(Path::new(".")))?;
    let file = beside.path().join("file");
    std::fs::write(&file, content).map_err(DiskError::during("write", path))?;
    std::fs::rename(&file, path).map_err(DiskError::during("write", path))
}
