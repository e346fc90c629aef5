//! What is done of a sweep, written down as it is done.
//!
//! Beside the directory that the sweep is to become stands `<directory>.unfinished`, with a line of JSON per finished run: its
//! point and replication, what its scenario was made from, and its values as they will be printed. A sweep that was
//! killed may have left half a line at the end, which is cut off; a line whose scenario has changed since is passed over.
//! The file is locked by the sweep that works on it.

use crate::trace::DiskError;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fs::{File, OpenOptions, TryLockError};
use std::io::{BufRead, BufReader, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

/// Why it cannot be told where a sweep stands.
#[derive(Debug, thiserror::Error)]
pub enum ProgressError {
    /// Another process is at work.
    #[error("another sweep is at work on {0}: wait for it, or name another directory with --out")]
    Busy(PathBuf),
    /// Whoever watched it wanted no more; what is done is kept.
    #[error(
        "interrupted: {done} of {of} runs are done and kept in {kept}; the same command goes on from there"
    )]
    BrokenOff {
        /// Runs that are done.
        done: usize,
        /// Runs in all.
        of: u64,
        /// Where they are written down.
        kept: PathBuf,
    },
    /// A part is not what it says.
    #[error("{0} is no shard of a sweep: {1}")]
    NoShard(PathBuf, String),
    /// Parts that don't belong together.
    #[error("{0} and {1} are not of one sweep: they differ in {2}")]
    Strangers(PathBuf, PathBuf, &'static str),
    /// Parts are missing, or there twice.
    #[error("{0}: every shard of {1} is needed, once each")]
    Incomplete(String, u64),
}

/// A finished run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Done {
    /// What its scenario was made from.
    pub(super) case: String,
    pub(super) events: u64,
    /// By measure, as it is printed; empty where it is not defined.
    pub(super) values: Vec<String>,
}

/// Finished runs by point and replication.
pub(super) type AllDone = BTreeMap<(usize, u32), Done>;
/// What the scenario of each point is made from.
pub(super) type Digests = BTreeMap<usize, String>;

#[derive(Serialize, Deserialize)]
struct Line {
    point: usize,
    replication: u32,
    #[serde(flatten)]
    done: Done,
}

/// Where a sweep stands.
pub(super) struct Progress {
    done: AllDone,
    log: Log,
}

/// Where finished runs are written down, from any thread.
pub(super) struct Log {
    path: PathBuf,
    inner: Mutex<(File, AllDone)>,
}

/// Beside `out`, however that is written: with a slash at its end, too.
fn path_of(out: &Path) -> PathBuf {
    let mut name = out.file_name().unwrap_or_default().to_owned();
    name.push(".unfinished");
    out.with_file_name(name)
}

/// The sweep is whole.
pub(super) fn forget(out: &Path) -> Result<(), DiskError> {
    let path = path_of(out);
    std::fs::remove_file(&path).map_err(DiskError::during("remove", &path))
}

/// The digest of all of these, whatever their order: of two disjoint parts it is the sum of theirs.
pub(super) fn sum<'a>(digests: impl Iterator<Item = &'a String>) -> String {
    let add = |sum: u128, digest: &String| {
        let hash = blake3::hash(digest.as_bytes());
        let (head, _) = hash.as_bytes().split_first_chunk().expect("32 bytes hold 16");
        sum.wrapping_add(u128::from_le_bytes(*head))
    };
    format!("{:032x}", digests.fold(0, add))
}

impl Progress {
    /// Where the sweep that is to become `out` stands, whose points are made from `digests`, each run so often.
    pub(super) fn open(
        out: &Path,
        digests: &Digests,
        replications: u32,
    ) -> Result<Self, super::StudyError> {
        let path = path_of(out);
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(&path)
            .map_err(DiskError::during("open", &path))?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(ProgressError::Busy(path).into()),
            Err(TryLockError::Error(error)) => {
                return Err(DiskError::during("lock", &path)(error).into());
            }
        }
        let (mut done, whole) = read(&file, digests).map_err(DiskError::during("read", &path))?;
        // The experiment may ask for fewer by now.
        done.retain(|(_, replication), _| *replication < replications);
        file.set_len(whole)
            .and_then(|()| file.seek(SeekFrom::End(0)))
            .map_err(DiskError::during("write", &path))?;
        let log = Log { path, inner: Mutex::new((file, AllDone::new())) };
        Ok(Self { done, log })
    }
    /// What was done before.
    pub(super) const fn done(&self) -> &AllDone {
        &self.done
    }
    pub(super) const fn log(&self) -> &Log {
        &self.log
    }
    /// That it is broken off here, of so many runs.
    pub(super) fn broken_off(self, of: u64) -> ProgressError {
        let kept = self.log.path.clone();
        ProgressError::BrokenOff { done: self.into_done().0.len(), of, kept }
    }
    /// All that is done by now, and the file, locked for as long as it is open.
    pub(super) fn into_done(self) -> (AllDone, File) {
        let Self { mut done, log } = self;
        let (file, new) = log.inner.into_inner().unwrap_or_else(PoisonError::into_inner);
        done.extend(new);
        (done, file)
    }
}

/// The finished runs in `file`, and the bytes that whole lines take.
fn read(file: &File, digests: &Digests) -> std::io::Result<(AllDone, u64)> {
    let (mut done, mut whole) = (AllDone::new(), 0);
    let mut reader = BufReader::new(file);
    let mut bytes = Vec::new();
    loop {
        bytes.clear();
        let length = reader.read_until(b'\n', &mut bytes)?;
        let line: Option<Line> = serde_json::from_slice(&bytes).ok();
        let Some(line) = line.filter(|_| bytes.ends_with(b"\n")) else { return Ok((done, whole)) };
        whole += length as u64;
        if digests.get(&line.point) == Some(&line.done.case) {
            done.insert((line.point, line.replication), line.done);
        }
    }
}

impl Log {
    /// A run is finished.
    pub(super) fn append(
        &self,
        (point, replication): (usize, u32),
        done: Done,
    ) -> Result<(), DiskError> {
        let line = Line { point, replication, done };
        let mut text = serde_json::to_string(&line).expect("numbers and texts");
        text.push('\n');
        let mut inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        let written = inner.0.write_all(text.as_bytes());
        written.map_err(DiskError::during("write", &self.path))?;
        inner.1.insert((point, replication), line.done);
        Ok(())
    }
}
