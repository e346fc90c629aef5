//! The charts of a run: with its tables, or later, of a run that is made again from its directory.

mod study;

pub use study::{ChartError, StudyChart, of_study};

use super::RunError;
use super::output;
use super::reopen::Reopened;
use crate::chart::{ChartKind, Drawing, Format, Gathering};
use crate::engine::{self, Progress};
use crate::journal::Journal;
use crate::policy::Registry;
use crate::trace::{DiskError, FileRecord};
use std::path::{Path, PathBuf};

/// The directory of charts in that of a run.
pub const CHARTS: &str = "charts";

/// Which charts are drawn with a run, and how they are written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// The kinds; those that have nothing to show are left out.
    pub kinds: Vec<ChartKind>,
    /// The format of their files.
    pub format: Format,
}

impl Asked {
    /// All that a run can have.
    pub fn all(format: Format) -> Self {
        Self { kinds: ChartKind::OF_RUN.to_vec(), format }
    }
}

/// Runs a finished run again and draws these of its charts.
///
/// # Errors
/// A trace that breaks, an interruption.
pub fn draw(
    reopened: &Reopened,
    kinds: &[ChartKind],
    policies: &Registry,
    goes_on: &mut dyn FnMut(Progress) -> bool,
) -> Result<Vec<Drawing>, RunError> {
    let Reopened { scenario, run, .. } = reopened;
    let mut gathering = Gathering::new(scenario, kinds, (run.seed, run.replication));
    let mut journal = Journal::new(vec![&mut gathering]);
    engine::run_with(scenario, *run, policies, &mut journal, goes_on)?;
    Ok(gathering.drawings())
}

/// The chart of the study in `directory`, if it has one.
pub(super) fn drawings_of_study(directory: &Path) -> Result<Vec<Drawing>, ChartError> {
    let chart = of_study(directory)?;
    Ok(chart.and_then(|chart| chart.drawing.ok()).into_iter().collect())
}

/// Writes charts to `directory`, which is made if it is not there: each file whole or not at all, earlier ones of
/// the same names replaced; of no charts, none. Gives where each is.
///
/// # Errors
/// A disk that refuses.
pub fn write(
    directory: &Path,
    drawings: &[Drawing],
    format: Format,
) -> Result<Vec<PathBuf>, DiskError> {
    if !drawings.is_empty() {
        std::fs::create_dir_all(directory).map_err(DiskError::during("create", directory))?;
    }
    let write = |drawing: &Drawing| {
        let path = directory.join(file(drawing, format));
        output::write_whole(&path, &drawing.bytes(format))?;
        Ok(path)
    };
    drawings.iter().map(write).collect()
}

/// Writes charts into the directory of a run that is on its way.
pub(super) fn write_beside(
    run: &Path,
    drawings: &[Drawing],
    format: Format,
) -> Result<Vec<FileRecord>, DiskError> {
    let directory = run.join(CHARTS);
    if !drawings.is_empty() {
        std::fs::create_dir_all(&directory).map_err(DiskError::during("create", &directory))?;
    }
    let write = |drawing: &Drawing| {
        let name = format!("{CHARTS}/{}", file(drawing, format));
        output::write_bytes(run, &name, &drawing.bytes(format), None)
    };
    drawings.iter().map(write).collect()
}

fn file(drawing: &Drawing, format: Format) -> String {
    format!("{}.{}", drawing.name, format.word())
}
