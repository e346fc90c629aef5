//! What the commands that run studies have in common: their arguments, the bar, and what is wrong.

use super::chart::format;
use super::print::{complain, say};
use super::progress::{Bar, RUN};
use super::run::{INTERRUPTED, exit_code, format as tables, on_interruption};
use super::{refuse, set};
use crate::chart::Format;
use crate::engine::Outcome;
use crate::experiment::charts::{self, StudyChart};
use crate::experiment::manifest::Timing;
use crate::experiment::study::{Setting, StudyError, Told, read};
use crate::experiment::sweep::ProgressError;
use crate::policy::Registry;
use crate::scenario::load::Override;
use crate::scenario::study::Study;
use crate::trace::Format as TableFormat;
use clap::Args;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

/// Which experiment, and what differs from its file.
#[derive(Debug, Args)]
pub(super) struct StudyArguments {
    /// The experiment file.
    pub(super) experiment: PathBuf,
    /// Sets a field of the scenario in all cases, such as horizon=2d. Repeatable.
    #[arg(long = "set", value_name = "PATH=VALUE", value_parser = set)]
    pub(super) overrides: Vec<Override>,
    /// The seed, instead of the experiment's or the scenario's.
    #[arg(long)]
    pub(super) seed: Option<u64>,
    /// The directory to write, instead of output/<experiment>.
    #[arg(long)]
    pub(super) out: Option<PathBuf>,
    /// Writes the tables as Parquet, too, beside the CSV that charts, reports and walras merge read: csv or parquet.
    #[arg(long, value_parser = tables, default_value = "csv", value_name = "csv|parquet")]
    format: TableFormat,
    /// Draws the study's chart, too, into charts/ in its directory.
    #[arg(long)]
    charts: bool,
    /// How charts are written.
    #[arg(long, value_parser = format, default_value = "svg", value_name = "svg|png", requires = "charts")]
    chart_format: Format,
}

impl StudyArguments {
    /// Reads the experiment file.
    pub(super) fn read(&self) -> Result<Study, ExitCode> {
        read(&self.experiment).map_err(|error| told(&error, &self.experiment))
    }
    /// Where to write what a study comes to.
    pub(super) fn out(&self, study: &Study) -> Result<PathBuf, ExitCode> {
        super::out::out(self.out.as_deref(), &self.experiment, study.kind.command())
    }
    /// The same of a part of it: parts stand beside one another and beside the whole.
    pub(super) fn out_of_part(&self, study: &Study, part: &str) -> Result<PathBuf, ExitCode> {
        let stem = self.experiment.file_stem().unwrap_or_default().to_string_lossy();
        let file = self.experiment.with_file_name(format!("{stem}-{part}.ron"));
        super::out::out(self.out.as_deref(), &file, study.kind.command())
    }
    /// How to run it.
    pub(super) fn setting<'a>(&'a self, study: &'a Study, policies: &'a Registry) -> Setting<'a> {
        Setting {
            study,
            given: &self.overrides,
            seed: self.seed,
            policies,
            format: self.format,
            charts: self.charts.then_some(self.chart_format),
            report: false,
        }
    }
}

/// The bar over many runs at once, which also hears of Ctrl-C.
pub(super) struct Watch {
    bar: Bar,
    reached: Mutex<Reached>,
    interrupted: &'static AtomicBool,
}

/// What runs have come to.
#[derive(Default)]
struct Reached {
    begun: u64,
    /// Thousandths of runs, and events.
    sum: (u64, u64),
    /// The same of those at work.
    at_work: BTreeMap<(usize, u64), (u64, u64)>,
}

impl Reached {
    fn hear(&mut self, told: Told) {
        let run = (told.case, told.replication);
        let micros = u128::from(told.progress.now.micros()) * u128::from(RUN);
        let part = micros.div_euclid(u128::from(told.horizon.micros().max(1)));
        let now = (u64::try_from(part).unwrap_or(RUN), told.progress.events);
        let before = self.at_work.insert(run, now);
        self.begun += u64::from(before.is_none());
        let before = before.unwrap_or_default();
        self.sum.0 += now.0.saturating_sub(before.0);
        self.sum.1 += now.1.saturating_sub(before.1);
        if now.0 == RUN {
            self.at_work.remove(&run);
        }
    }
}

impl Watch {
    /// Over at least so many runs.
    pub(super) fn over(runs: u64) -> Result<Self, ExitCode> {
        let bar = Bar::of_runs(runs);
        Ok(Self { bar, reached: Mutex::default(), interrupted: on_interruption()? })
    }
    /// Hears where a run stands, and tells whether to go on.
    pub(super) fn hear(&self, told: Told) -> bool {
        if let Ok(mut reached) = self.reached.lock() {
            reached.hear(told);
            self.bar.show_runs(reached.begun, reached.sum);
        }
        !self.interrupted.load(Ordering::Relaxed)
    }
    /// All is done.
    pub(super) fn finish(&self, outcome: Outcome) -> Timing {
        self.bar.finish(outcome)
    }
    /// Says why there is nothing.
    pub(super) fn fail(&self, error: &StudyError, experiment: &Path) -> ExitCode {
        self.bar.clear();
        told(error, experiment)
    }
}

/// What is said of a study's directory when it is there: where, and why it has no chart if one was asked for.
pub(super) fn say_where(arguments: &StudyArguments, out: &Path) -> Result<(), ExitCode> {
    if arguments.charts
        && let Ok(Some(StudyChart { kind, drawing: Err(why) })) = charts::of_study(out)
    {
        say(format!("no chart `{}`: {why}", kind.word()))?;
    }
    say(format!("written to {}", out.display()))
}

/// Says what is wrong.
pub(super) fn told(error: &StudyError, experiment: &Path) -> ExitCode {
    match error {
        StudyError::File(problems) => refuse(problems, &experiment.display()),
        StudyError::Scenario(case, problems) => {
            refuse(problems, &format!("`{case}` of {}", experiment.display()))
        }
        StudyError::Run(run) => {
            complain(format!("error: {error}"));
            exit_code(run)
        }
        StudyError::OtherCommand(..)
        | StudyError::NoFigure { .. }
        | StudyError::NoSubject { .. } => {
            complain(format!("error: {error}"));
            ExitCode::from(2)
        }
        StudyError::Progress(ProgressError::BrokenOff { .. }) => {
            complain(format!("{error}"));
            ExitCode::from(INTERRUPTED)
        }
        StudyError::Undefined(..)
        | StudyError::Progress(_)
        | StudyError::Table(_)
        | StudyError::Chart(_) => {
            complain(format!("error: {error}"));
            ExitCode::FAILURE
        }
    }
}
