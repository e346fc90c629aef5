//! Experiment files: a scenario, and what of it is to be varied and compared.
//!
//! A file is one of [`Comparison`], [`Sweep`] and [`Plan`], by the name before its bracket:
//!
//! ```ron
//! Comparison(
//!     scenario: "../with_spot.ron",
//!     variants: [(name: "with spot"), (name: "without", rules: (spot: false))],
//!     metrics: [Largest("revenue"), Smallest("wait_mean/segment/labs"), "utilization"],
//!     replications: 20,
//! )
//! ```
//!
//! A variant is what overrides make of the scenario, spliced into its text before that is read: so whatever a
//! scenario may say can be varied, and what is wrong with it is told as of any scenario.

mod comparison;
mod design;
mod file;
mod plan;
mod sweep;

pub use comparison::{Comparison, Selection, Variant};
pub use design::{Point, TAKEN};
pub use plan::{Plan, Scale, Seek, Target, TargetKind};
pub use sweep::Sweep;

use super::load::Override;
use super::model::InputFile;
use super::problem::Problems;
use std::path::{Path, PathBuf};

/// An experiment file, read and checked; the scenarios that it leads to are not.
#[derive(Clone, Debug, PartialEq)]
pub struct Study {
    /// Its title, or its file's name.
    pub title: String,
    /// The file itself.
    pub source: InputFile,
    /// Its text.
    pub text: String,
    /// The scenario that all of it is about.
    pub scenario: PathBuf,
    /// What the file sets in the scenario for all of it.
    pub set: Vec<Override>,
    /// The seed, if not the scenario's.
    pub seed: Option<u64>,
    /// What is measured, in order; at least one for a comparison or a sweep.
    pub metrics: Vec<Measure>,
    /// What is done.
    pub kind: StudyKind,
}

/// What an experiment does with its scenario.
#[derive(Clone, Debug, PartialEq)]
pub enum StudyKind {
    /// Holds variants against one another: `walras compare`.
    Comparison(Comparison),
    /// Runs the points of a design: `walras sweep`.
    Sweep(Sweep),
    /// Looks for the value that meets a target: `walras plan`.
    Plan(Plan),
}

impl StudyKind {
    /// The command that runs it.
    pub const fn command(&self) -> &'static str {
        match self {
            Self::Comparison(_) => "compare",
            Self::Sweep(_) => "sweep",
            Self::Plan(_) => "plan",
        }
    }
}

/// A figure that is looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Measure {
    /// The metric's name.
    pub metric: String,
    /// What it is about, as column `subject` names it; `market` unless stated.
    pub subject: String,
    /// Which way is better, if that is said.
    pub goal: Option<Goal>,
    /// The line of the file on which it stands.
    pub line: usize,
}

impl std::fmt::Display for Measure {
    /// As an experiment file names it: `wait_mean/segment/labs`, `revenue`.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.subject.as_str() {
            "market" => f.write_str(&self.metric),
            subject => write!(f, "{}/{subject}", self.metric),
        }
    }
}

/// Which way is better.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Goal {
    /// The more the better.
    Largest,
    /// The less the better.
    Smallest,
}

/// Reads the experiment file at `path`; `metrics`: the names that a measure may have.
///
/// # Errors
/// Everything that is wrong with it.
pub fn load(path: &Path, metrics: &[&str]) -> Result<Study, Problems> {
    file::load(path, metrics)
}
