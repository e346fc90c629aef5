//! The command line: arguments, progress, exit codes; no logic of the market.
//!
//! Data goes to stdout, progress and problems to stderr. Exit code 2: the scenario or the arguments are
//! wrong, and nothing was written; 1: the machine refused.

mod progress;

use crate::engine::RunId;
use crate::experiment::{self, Options};
use crate::scenario::Scenario;
use crate::scenario::load::{Override, load};
use crate::trace::TableName;
use clap::{Args, Parser, Subcommand};
use comfy_table::{CellAlignment, Table, presets};
use progress::Bar;
use std::io::{IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// A deterministic simulator of a GPU cloud marketplace.
#[derive(Debug, Parser)]
#[command(version, after_help = "Example: walras run scenarios/quickstart.ron")]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Runs a scenario and writes its tables, summary and manifest.
    #[command(
        after_help = "Example: walras run scenarios/quickstart.ron --seed 7 --tables pods,ledger"
    )]
    Run(RunArguments),
    /// Checks a scenario and says what would run.
    #[command(after_help = "Example: walras check scenarios/quickstart.ron")]
    Check {
        /// The scenario file.
        scenario: PathBuf,
    },
}

#[derive(Debug, Args)]
struct RunArguments {
    /// The scenario file.
    scenario: PathBuf,
    /// The seed, instead of the scenario's.
    #[arg(long)]
    seed: Option<u64>,
    /// The replication.
    #[arg(long, default_value_t = 0)]
    replication: u64,
    /// The directory to write, instead of output/<scenario>.
    #[arg(long)]
    out: Option<PathBuf>,
    /// The tables to write: a list such as pods,ledger, or all, or none.
    #[arg(long, default_value = "all", value_parser = tables)]
    tables: Tables,
}

#[derive(Clone, Debug)]
struct Tables(Vec<TableName>);

fn tables(text: &str) -> Result<Tables, String> {
    match text {
        "all" => Ok(Tables(TableName::ALL.to_vec())),
        "none" => Ok(Tables(Vec::new())),
        list => list.split(',').map(table).collect::<Result<_, _>>().map(Tables),
    }
}

fn table(word: &str) -> Result<TableName, String> {
    let all = TableName::ALL;
    let known: Vec<&str> = all.iter().map(|table| table.word()).collect();
    let found = all.into_iter().find(|table| table.word() == word);
    found.ok_or_else(|| format!("there is no table `{word}`: one of {}", known.join(", ")))
}

/// Runs the command that the arguments name.
pub fn main() -> ExitCode {
    let outcome = match Arguments::parse().command {
        Command::Run(arguments) => run(&arguments),
        Command::Check { scenario } => read(&scenario).and_then(|scenario| describe(&scenario)),
    };
    outcome.map_or_else(|code| code, |()| ExitCode::SUCCESS)
}

/// Says something on stderr; nobody is left to hear of a failure there.
fn complain(text: impl std::fmt::Display) {
    let _ = writeln!(std::io::stderr(), "{text}");
}

/// Prints to stdout; a reader that has gone away is no error.
fn say(text: impl std::fmt::Display) -> Result<(), ExitCode> {
    match writeln!(std::io::stdout(), "{text}") {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => {
            complain(format!("error: cannot print: {error}"));
            Err(ExitCode::FAILURE)
        }
        _ => Ok(()),
    }
}

fn read(path: &Path) -> Result<Scenario, ExitCode> {
    let overrides: [Override; 0] = [];
    load(path, &overrides).map_err(|problems| {
        complain(problems.render(std::io::stderr().is_terminal()));
        ExitCode::from(2)
    })
}

fn run(arguments: &RunArguments) -> Result<(), ExitCode> {
    let scenario = read(&arguments.scenario)?;
    let stem = arguments.scenario.file_stem().unwrap_or_default();
    let out = arguments.out.clone().unwrap_or_else(|| Path::new("output").join(stem));
    let seed = arguments.seed.unwrap_or(scenario.seed);
    let run = RunId { seed, replication: arguments.replication };
    let options = Options { out, tables: arguments.tables.0.clone() };
    let bar = Bar::new(scenario.horizon);
    let report = experiment::run_to_directory(
        &scenario,
        run,
        &options,
        &mut |progress| bar.show(progress),
        &mut |outcome| bar.finish(outcome),
    );
    let report = report.map_err(|error| {
        complain(format!("error: {error}"));
        ExitCode::FAILURE
    })?;
    say(figures(&report.summary))?;
    say(format!("{} events, written to {}", report.outcome.events, options.out.display()))
}

/// The run's main figures: those about the whole market.
fn figures(summary: &crate::metrics::summary::Summary) -> Table {
    let mut table = Table::new();
    table.load_preset(presets::UTF8_HORIZONTAL_ONLY).set_header(["figure", "value", "unit"]);
    for figure in summary.figures() {
        let value = figure.value.to_string();
        if figure.subject == crate::metrics::Subject::Market && !value.is_empty() {
            table.add_row([figure.metric.name, &value, figure.metric.unit]);
        }
    }
    if let Some(column) = table.column_mut(1) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    table
}

/// `check`: what would run.
fn describe(scenario: &Scenario) -> Result<(), ExitCode> {
    let mut table = Table::new();
    table.load_preset(presets::UTF8_HORIZONTAL_ONLY).set_header([
        "GPU type",
        "cloud",
        "hosts",
        "GPUs",
        "USD/GPU-h",
        "floor",
    ]);
    for (index, scope) in scenario.scopes.iter().enumerate().filter(|(_, scope)| scope.has_hosts) {
        let of_scope = |host: &&crate::scenario::model::HostSpec| {
            crate::ids::Id::index(scenario.pools[crate::ids::Id::index(host.pool)].scope) == index
        };
        let hosts: Vec<_> = scenario.hosts.iter().filter(of_scope).collect();
        let gpus: u32 = hosts.iter().map(|host| host.gpus).sum();
        table.add_row([
            scenario.gpu_types[crate::ids::Id::index(scope.gpu_type)].display_name.clone(),
            format!("{:?}", scope.cloud),
            hosts.len().to_string(),
            gpus.to_string(),
            scope.on_demand.to_string(),
            scope.min_bid.to_string(),
        ]);
    }
    say(format!("{}: {} s, profile {}", scenario.title, scenario.horizon, scenario.profile))?;
    say(table)?;
    let money: crate::units::Money =
        scenario.accounts.iter().filter_map(|account| account.balance).sum();
    let accounts = scenario.accounts.len();
    say(format!("{accounts} accounts with {money} USD, {} scripted actions", scenario.script.len()))
}
