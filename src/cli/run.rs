//! `walras run`: one run, its progress, and its main figures at the end.

use super::print::{complain, count, duration, say, table};
use super::progress::Bar;
use super::{ScenarioArguments, chart, replicate, steady};
use crate::chart::Format;
use crate::engine::{RunFailure, RunId};
use crate::experiment::charts::Asked;
use crate::experiment::{self, Options, RunError, RunReport};
use crate::figures::{figures, gpu_types};
use crate::scenario::Scenario;
use crate::trace::{Format as TableFormat, TableName};
use crate::units::SimTime;
use clap::Args;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Once;
use std::sync::atomic::{AtomicBool, Ordering};

#[derive(Debug, Args)]
pub(super) struct RunArguments {
    #[command(flatten)]
    of: ScenarioArguments,
    /// The directory to write, instead of output/<scenario>.
    #[arg(long)]
    out: Option<PathBuf>,
    /// The tables to write: a list such as pods,ledger, or all, or none. One run writes all unless told,
    /// replications none.
    #[arg(long, value_parser = tables)]
    tables: Option<Tables>,
    /// Draws the charts of the run, too, into charts/ in its directory. (Of replications, `walras chart` draws the
    /// first.)
    #[arg(long, conflicts_with_all = ["replications", "precision"])]
    charts: bool,
    /// How charts are written.
    #[arg(long, value_parser = chart::format, default_value = "svg", value_name = "svg|png",
        requires = "charts")]
    chart_format: Format,
    /// Writes report.html, too: one page with figures, tables, charts and the scenario in full, which opens offline.
    #[arg(long)]
    report: bool,
    /// Cuts the run, after its warm-up, into so many batches, and gives means with intervals by them: what one long
    /// run says of the steady state.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(2..=100_000),
        conflicts_with_all = ["replications", "precision"])]
    batches: Option<u32>,
    /// When statistics begin, instead of the scenario's: a duration, or mser5, which finds out from five pilots when
    /// the start has left no mark any more.
    #[arg(long, value_name = "DURATION|mser5")]
    warm_up: Option<String>,
    /// How tables are written: csv or parquet.
    #[arg(long, value_parser = format, default_value = "csv")]
    format: TableFormat,
    #[command(flatten)]
    replications: replicate::Arguments,
}

#[derive(Clone, Debug)]
struct Tables(Vec<TableName>);

fn tables(text: &str) -> Result<Tables, String> {
    match text {
        "all" => Ok(Tables(TableName::ALL.to_vec())),
        "none" => Ok(Tables(Vec::new())),
        list => list.split(',').map(table_name).collect::<Result<_, _>>().map(Tables),
    }
}

/// How tables are written, by its name.
pub(super) fn format(word: &str) -> Result<TableFormat, String> {
    let found = TableFormat::ALL.into_iter().find(|format| format.word() == word);
    found.ok_or_else(|| format!("there is no format `{word}`: csv or parquet"))
}

fn table_name(word: &str) -> Result<TableName, String> {
    let all = TableName::ALL;
    let known: Vec<&str> = all.iter().map(|table| table.word()).collect();
    let found = all.into_iter().find(|table| table.word() == word.trim());
    found.ok_or_else(|| format!("there is no table `{word}`: one of {}", known.join(", ")))
}

/// The exit code of shells for a program that SIGINT has ended.
pub(super) const INTERRUPTED: u8 = 130;

/// A flag that a first Ctrl-C raises, so that nothing half-written is left behind; a second one ends
/// the program at once.
pub(super) fn on_interruption() -> Result<&'static AtomicBool, ExitCode> {
    static RAISED: AtomicBool = AtomicBool::new(false);
    static LISTENING: Once = Once::new();
    let handler = || {
        if RAISED.swap(true, Ordering::Relaxed) {
            std::process::exit(INTERRUPTED.into());
        }
    };
    let mut refused = None;
    LISTENING.call_once(|| refused = ctrlc::set_handler(handler).err());
    match refused {
        None => Ok(&RAISED),
        Some(error) => {
            complain(format!("error: cannot listen for Ctrl-C: {error}"));
            Err(ExitCode::FAILURE)
        }
    }
}

/// Runs the scenario that the arguments name.
pub(super) fn run(arguments: &RunArguments) -> Result<(), ExitCode> {
    let scenario = steady::scenario(&arguments.of, arguments.warm_up.as_deref())?;
    let out = super::out::out(arguments.out.as_deref(), &arguments.of.scenario, "run")?;
    let seed = arguments.of.seed.unwrap_or(scenario.seed);
    let run = RunId { seed, replication: arguments.of.replication };
    let how_many = arguments.replications.how_many()?;
    let all = if how_many.is_none() { TableName::ALL.to_vec() } else { Vec::new() };
    let tables = arguments.tables.clone().map_or(all, |tables| tables.0);
    let charts = arguments.charts.then(|| Asked::all(arguments.chart_format));
    let (format, batches, report) = (arguments.format, arguments.batches, arguments.report);
    let options = Options { tables, format, charts, batches, report, ..Options::to(out) };
    if let Some(how_many) = how_many {
        return replicate::run((&scenario, run), &how_many, &options);
    }
    let bar = Bar::of_run(scenario.horizon);
    let interrupted = on_interruption()?;
    let report = experiment::run_to_directory(
        &scenario,
        run,
        &options,
        &mut |progress| {
            bar.show_run(progress, scenario.horizon);
            !interrupted.load(Ordering::Relaxed)
        },
        &mut |outcome| bar.finish(outcome),
    );
    let report = report.map_err(|error| fail(&bar, &error))?;
    say(closing(&scenario, run, &report))?;
    if arguments.batches.is_some() {
        say(steady::closing(&scenario, &report.batches))?;
    }
    say(format!("written to {}", options.out.display()))
}

/// Says why there is nothing.
pub(super) fn fail(bar: &Bar, error: &RunError) -> ExitCode {
    bar.clear();
    complain(format!("error: {error}"));
    exit_code(error)
}

/// The exit code that says what kind of failure it was.
pub(super) fn exit_code(error: &RunError) -> ExitCode {
    match error {
        RunError::Run(RunFailure::Interrupted) => ExitCode::from(INTERRUPTED),
        RunError::NoFigure(_) => ExitCode::from(2),
        RunError::Disk(_) | RunError::Run(_) | RunError::Foreign(_) | RunError::Precious(..) => {
            ExitCode::FAILURE
        }
    }
}

/// What a person wants to know first.
fn closing(scenario: &Scenario, run: RunId, report: &RunReport) -> String {
    let summary = &report.summary;
    let mut text = format!(
        "\n{}: {}, seed {}, replication {}, {} events\n\n",
        scenario.title,
        length(scenario),
        run.seed,
        run.replication,
        count(report.outcome.events),
    );
    text.push_str(&table(["", "", "", ""], figures(summary)));
    text.push('\n');
    if 1 < scenario.gpu_types.len() {
        let header =
            ["GPU type", "GPUs", "utilization", "requests", "rejected", "wait 95 %", "USD"];
        text.push('\n');
        text.push_str(&table(header, gpu_types(scenario, summary)));
        text.push('\n');
    }
    text
}

/// How long the run is, and how much of it is left out of the figures.
pub(super) fn length(scenario: &Scenario) -> String {
    let since_zero = |at: SimTime| duration(at.saturating_since(SimTime::ZERO));
    let whole = since_zero(scenario.horizon);
    match scenario.warm_up {
        SimTime::ZERO => whole,
        warm_up => format!("{whole} ({} of warm-up)", since_zero(warm_up)),
    }
}
