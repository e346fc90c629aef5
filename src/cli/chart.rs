//! `walras chart`: the charts of a finished run, drawn from its directory.

use super::print::{complain, say};
use super::progress::Bar;
use super::run::{fail, on_interruption};
use crate::chart::{ChartKind, Drawing, Format};
use crate::experiment::charts::{self, CHARTS, StudyChart};
use crate::experiment::kind_of;
use crate::experiment::reopen::{ReopenError, reopen};
use crate::policy::Registry;
use crate::scenario::problem::nearest;
use clap::Args;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::atomic::Ordering;

#[derive(Debug, Args)]
pub(super) struct ChartArguments {
    /// The directory that a run, a comparison, a sweep or a plan has written; of replications, their first is drawn.
    directory: PathBuf,
    /// The kinds of chart, as a list: of a run occupancy, prices, waits, latency, preemptions, balance, workers,
    /// hosts, revenue; of a comparison forest, of a sweep heat_map, of a plan capacity. [default: all that have
    /// something to show]
    #[arg(long, value_parser = kinds)]
    kind: Option<Kinds>,
    /// How they are written.
    #[arg(long, value_parser = format, default_value = "svg", value_name = "svg|png")]
    format: Format,
    /// The directory to write to, instead of charts/ in the run's.
    #[arg(long)]
    out: Option<PathBuf>,
    /// Where the scenario is now, if it was moved.
    #[arg(long)]
    scenario: Option<PathBuf>,
}

#[derive(Clone, Debug)]
struct Kinds(Vec<ChartKind>);

fn kinds(list: &str) -> Result<Kinds, String> {
    list.split(',').map(|word| kind(word.trim())).collect::<Result<_, _>>().map(Kinds)
}

fn kind(word: &str) -> Result<ChartKind, String> {
    let all = ChartKind::ALL;
    if let Some(kind) = all.into_iter().find(|kind| kind.word() == word) {
        return Ok(kind);
    }
    let known = all.map(ChartKind::word);
    let near = match nearest(word, known) {
        Some(near) => format!("; did you mean `{near}`?"),
        None => ".".to_owned(),
    };
    Err(format!("there is no chart `{word}`{near} All are {}", known.join(", ")))
}

/// Reads the name of a format.
pub(super) fn format(word: &str) -> Result<Format, String> {
    let found = Format::ALL.into_iter().find(|format| format.word() == word);
    found.ok_or_else(|| "expected svg or png".to_owned())
}

/// Draws the charts of what the directory holds.
pub(super) fn chart(arguments: &ChartArguments) -> Result<(), ExitCode> {
    let chart = charts::of_study(&arguments.directory).map_err(|error| {
        complain(format!("error: {error}"));
        ExitCode::from(2)
    })?;
    match chart {
        Some(chart) => of_study(arguments, chart),
        None => of_run(arguments),
    }
}

/// Writes the chart of a study, if it is of the kinds asked for, or says why there is none.
fn of_study(arguments: &ChartArguments, chart: StudyChart) -> Result<(), ExitCode> {
    let asked = arguments.kind.as_ref().map(|kinds| &kinds.0[..]);
    if let Some(other) = asked.and_then(|kinds| kinds.iter().find(|kind| **kind != chart.kind)) {
        let what = match kind_of(&arguments.directory).as_deref() {
            Some("sweep") => "sweep",
            Some("plan") => "plan",
            _ => "comparison",
        };
        let (other, known) = (other.word(), chart.kind.word());
        complain(format!("error: a {what} has no chart `{other}`: it has {known}"));
        return Err(ExitCode::from(2));
    }
    match chart.drawing {
        Ok(drawing) => write(arguments, &[drawing]),
        Err(why) => say(format!("no chart `{}`: {why}", chart.kind.word())),
    }
}

/// Runs the run again, and draws what it is told.
fn of_run(arguments: &ChartArguments) -> Result<(), ExitCode> {
    let asked = arguments.kind.as_ref().map_or(&ChartKind::OF_RUN[..], |kinds| &kinds.0);
    if let Some(other) = asked.iter().find(|kind| !ChartKind::OF_RUN.contains(kind)) {
        let known: Vec<&str> = ChartKind::OF_RUN.into_iter().map(ChartKind::word).collect();
        let word = other.word();
        complain(format!("error: a run has no chart `{word}`: it has {}", known.join(", ")));
        return Err(ExitCode::from(2));
    }
    let registry = Registry::new();
    let reopened = reopen(&arguments.directory, arguments.scenario.as_deref(), &registry);
    let reopened = reopened.map_err(|error| refuse(&error))?;
    let horizon = reopened.scenario.horizon;
    let bar = Bar::of_run(horizon);
    let interrupted = on_interruption()?;
    let drawings = charts::draw(&reopened, asked, &registry, &mut |progress| {
        bar.show_run(progress, horizon);
        !interrupted.load(Ordering::Relaxed)
    });
    let drawings = drawings.map_err(|error| fail(&bar, &error))?;
    bar.clear();
    if let Some(count) = reopened.replications {
        let first = reopened.run.replication;
        say(format!("of {count} replications, number {first} is drawn"))?;
    }
    write(arguments, &drawings)
}

/// Writes them, and says where each is.
fn write(arguments: &ChartArguments, drawings: &[Drawing]) -> Result<(), ExitCode> {
    let directory = arguments.out.clone().unwrap_or_else(|| arguments.directory.join(CHARTS));
    let written = charts::write(&directory, drawings, arguments.format);
    let written = written.map_err(|error| {
        complain(format!("error: {error}"));
        ExitCode::FAILURE
    })?;
    for path in written {
        say(path.display())?;
    }
    say_what_is_missing(arguments, |kind| {
        drawings.iter().any(|drawing| drawing.name == kind.word())
    })
}

/// Whoever asked for a chart by name is told why there is none.
fn say_what_is_missing(
    arguments: &ChartArguments,
    is_drawn: impl Fn(ChartKind) -> bool,
) -> Result<(), ExitCode> {
    let Some(Kinds(asked)) = &arguments.kind else { return Ok(()) };
    for kind in asked.iter().filter(|kind| !is_drawn(**kind)) {
        say(format!("no chart `{}`: {}", kind.word(), kind.nothing()))?;
    }
    Ok(())
}

/// Says why a run cannot be had again.
fn refuse(error: &ReopenError) -> ExitCode {
    complain(format!("error: {error}"));
    match error {
        ReopenError::Scenario(_, problems) => {
            complain(problems.render(console::colors_enabled_stderr()));
            ExitCode::from(2)
        }
        ReopenError::NoRun(..)
        | ReopenError::Foreign(..)
        | ReopenError::Study(..)
        | ReopenError::OtherVersion(..)
        | ReopenError::Changed(..) => ExitCode::from(2),
    }
}
