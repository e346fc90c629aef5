//! `walras report`: the page about a run, replications or a comparison that were finished before.

use super::print::{complain, say};
use super::progress::Bar;
use super::run::{exit_code, on_interruption};
use super::study::told;
use crate::experiment::RunError;
use crate::experiment::reopen::ReopenError;
use crate::experiment::report::{ReportError, again, write};
use crate::policy::Registry;
use crate::report::REPORT;
use crate::trace::DiskError;
use crate::units::SimTime;
use clap::Args;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::atomic::Ordering;

#[derive(Debug, Args)]
pub(super) struct ReportArguments {
    /// The directory that a run, replications or a comparison have written.
    directory: PathBuf,
    /// The file to write, instead of report.html in that directory.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Where the scenario, or of a comparison the experiment, is now, if it was moved.
    #[arg(long, value_name = "PATH")]
    scenario: Option<PathBuf>,
}

/// Writes the report of what the directory holds.
pub(super) fn report(arguments: &ReportArguments) -> Result<(), ExitCode> {
    let registry = Registry::new();
    let bar = Bar::of_run(SimTime::ZERO);
    let interrupted = on_interruption()?;
    let moved = arguments.scenario.as_deref();
    let report = again(&arguments.directory, moved, &registry, &mut |progress, horizon| {
        bar.set_length(horizon.micros());
        bar.show_run(progress, horizon);
        !interrupted.load(Ordering::Relaxed)
    });
    bar.clear();
    let report = report.map_err(|error| refuse(&error, arguments))?;
    let path = arguments.out.clone().unwrap_or_else(|| arguments.directory.join(REPORT));
    made(&path).and_then(|()| write(&path, &report)).map_err(|error| {
        complain(format!("error: {error}"));
        exit_code(&RunError::Disk(error))
    })?;
    say(path.display())
}

/// Makes the directory of a file that is to be written.
fn made(path: &Path) -> Result<(), DiskError> {
    match path.parent().filter(|parent| !parent.as_os_str().is_empty()) {
        Some(parent) => {
            std::fs::create_dir_all(parent).map_err(DiskError::during("create", parent))
        }
        None => Ok(()),
    }
}

/// Says why there is no report.
fn refuse(error: &ReportError, arguments: &ReportArguments) -> ExitCode {
    if let ReportError::Study(error) = error {
        return told(error, &arguments.directory);
    }
    complain(format!("error: {error}"));
    match error {
        ReportError::Reopen(ReopenError::Scenario(_, problems)) => {
            complain(problems.render(console::colors_enabled_stderr()));
            ExitCode::from(2)
        }
        ReportError::Run(error) => exit_code(error),
        ReportError::Reopen(_)
        | ReportError::Study(_)
        | ReportError::Other(..)
        | ReportError::Table(_)
        | ReportError::Chart(_) => ExitCode::from(2),
    }
}
