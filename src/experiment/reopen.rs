//! A finished run once more: its scenario and its number, from its directory.
//!
//! A run is a function of scenario, seed, replication and version, and its manifest names them. So whoever wants
//! more of a run than its tables hold (charts, a report, the story of one pod) has it run again, and hears
//! every fact as it was; nothing but the manifest is kept for that. Where a file has changed since, what would
//! come out is another run's, and it is said which file that is.

use super::MANIFEST;
use crate::engine::RunId;
use crate::policy::Registry;
use crate::scenario::Scenario;
use crate::scenario::load::Override;
use crate::scenario::model::InputFile;
use crate::scenario::problem::Problems;
use serde_json::Value;
use std::path::{Path, PathBuf};

/// A run that was finished before, ready to be run again.
#[derive(Debug)]
pub struct Reopened {
    /// Its scenario, with the values that were set for it.
    pub scenario: Scenario,
    /// Which run of it; of replications, the first.
    pub run: RunId,
    /// How many replications the directory holds, if it is not one run's.
    pub replications: Option<u32>,
}

/// Why a run cannot be had again.
#[derive(Debug, thiserror::Error)]
pub enum ReopenError {
    /// There is no run.
    #[error("{0} holds no finished run: there is no {MANIFEST} to be read in it ({1})")]
    NoRun(PathBuf, std::io::Error),
    /// The manifest is no run's.
    #[error("{0} is no manifest of a run: it has no `{1}`")]
    Foreign(PathBuf, &'static str),
    /// It is no run's but a study's, of the command of that name.
    #[error("{0} holds what `walras {1}` has written: a run is wanted, or replications of one")]
    Study(PathBuf, String),
    /// Another version made it.
    #[error("{0} was made by version {1} of walras, and this is {version}: run it again", version = env!("CARGO_PKG_VERSION"))]
    OtherVersion(PathBuf, String),
    /// The scenario cannot be read any more.
    #[error("the scenario of {0} cannot be read; if it was moved, say where it is by --scenario")]
    Scenario(PathBuf, Box<Problems>),
    /// A file is not what it was.
    #[error("{0} has changed since {1} was made of it: run it again")]
    Changed(String, PathBuf),
}

/// Reads the manifest in `directory` and the scenario that it names; `scenario`: where that is now, if it was moved.
/// Policies of the program's own are found in `policies`.
///
/// # Errors
/// No run, a version other than this one, a scenario or a trace that is gone or has changed.
pub fn reopen(
    directory: &Path,
    scenario: Option<&Path>,
    policies: &Registry,
) -> Result<Reopened, ReopenError> {
    let path = directory.join(MANIFEST);
    let text = std::fs::read_to_string(&path)
        .map_err(|error| ReopenError::NoRun(directory.to_owned(), error))?;
    let foreign = |field| ReopenError::Foreign(path.clone(), field);
    let manifest: Value = serde_json::from_str(&text).map_err(|_| foreign("version"))?;
    let version = manifest["version"].as_str().ok_or_else(|| foreign("version"))?;
    if version != env!("CARGO_PKG_VERSION") {
        return Err(ReopenError::OtherVersion(directory.to_owned(), version.to_owned()));
    }
    if let Some(study) = manifest["study"].as_str() {
        return Err(ReopenError::Study(directory.to_owned(), study.to_owned()));
    }
    let number = |field| manifest[field].as_u64().ok_or_else(|| foreign(field));
    let run = RunId { seed: number("seed")?, replication: number("replication")? };
    let source = input(&manifest["scenario"]).ok_or_else(|| foreign("scenario"))?;
    let inputs = manifest["inputs"].as_array().ok_or_else(|| foreign("inputs"))?;
    let inputs: Option<Vec<InputFile>> = inputs.iter().map(input).collect();
    let inputs = inputs.ok_or_else(|| foreign("inputs"))?;
    let overrides = manifest["set"].as_array().ok_or_else(|| foreign("set"))?;
    let overrides: Option<Vec<Override>> = overrides.iter().map(overridden).collect();
    let overrides = overrides.ok_or_else(|| foreign("set"))?;
    let at = scenario.unwrap_or(Path::new(&source.path));
    let loaded = policies.load(at, &overrides);
    let loaded = loaded
        .map_err(|problems| ReopenError::Scenario(directory.to_owned(), Box::new(problems)))?;
    let digests = |source: &InputFile, inputs: &[InputFile]| -> Vec<String> {
        std::iter::once(source).chain(inputs).map(|file| file.digest.clone()).collect()
    };
    let (then, now) = (digests(&source, &inputs), digests(&loaded.source, &loaded.inputs));
    let files = std::iter::once(&loaded.source).chain(&loaded.inputs);
    for (index, file) in files.enumerate() {
        if then.get(index) != Some(&now[index]) {
            return Err(ReopenError::Changed(file.path.clone(), directory.to_owned()));
        }
    }
    let replications = manifest["replications"].as_u64().and_then(|count| count.try_into().ok());
    Ok(Reopened { scenario: loaded, run, replications })
}

fn input(value: &Value) -> Option<InputFile> {
    let text = |field: &str| value[field].as_str().map(str::to_owned);
    Some(InputFile { path: text("path")?, digest: text("digest")? })
}

fn overridden(value: &Value) -> Option<Override> {
    let (path, value) = value.as_str()?.split_once('=')?;
    Some(Override::new(path, value))
}
