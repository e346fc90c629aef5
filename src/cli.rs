//! The command line: arguments, progress, exit codes; no logic of the market.
//!
//! Data goes to stdout, progress and problems to stderr. Exit code 2: the scenario, the trace or the
//! arguments are wrong, and nothing was written; 1: the machine refused.

mod catalog;
mod chart;
mod check;
mod compare;
mod explain;
mod out;
mod plan;
mod print;
mod progress;
mod replicate;
mod report;
mod run;
mod steady;
mod study;
mod sweep;
mod trace;

use crate::scenario::Scenario;
use crate::scenario::load::{Override, load};
use crate::scenario::problem::Problems;
use clap::{Args, Parser, Subcommand};
use print::complain;
use std::fmt::Display;
use std::path::PathBuf;
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
        after_help = "Examples:\n  walras run scenarios/quickstart.ron --seed 7 --tables pods,ledger\n  \
                      walras run scenarios/quickstart.ron --set rules.grace=30s --out output/patient\n  \
                      walras run scenarios/quickstart.ron --charts --chart-format png --report\n  \
                      walras run scenarios/quickstart.ron --replications 20\n  \
                      walras run scenarios/quickstart.ron --precision 0.02 --of utilization"
    )]
    Run(run::RunArguments),
    /// Holds variants of a scenario against one another, on the same random numbers.
    #[command(
        after_help = "Examples:\n  walras compare scenarios/experiments/spot_mechanisms.ron --report\n  \
                      walras compare scenarios/experiments/placement.ron --set horizon=7d"
    )]
    Compare(compare::CompareArguments),
    /// Runs a scenario at all points of a grid or a Latin hypercube.
    #[command(after_help = "Examples:\n  walras sweep scenarios/experiments/autoscaling.ron\n  \
                      walras sweep scenarios/experiments/autoscaling.ron --shard 2/5 --out output/part-2\n\n\
                      A sweep that was ended is begun again by the same command, and goes on where it was.")]
    Sweep(sweep::SweepArguments),
    /// Puts the shards of a sweep together.
    #[command(after_help = "Example: walras merge output/part-* --out output/autoscaling")]
    Merge(sweep::MergeArguments),
    /// Finds the value of a field that meets a target: how many GPUs are enough.
    #[command(after_help = "Example: walras plan scenarios/experiments/capacity.ron")]
    Plan(study::StudyArguments),
    /// Draws the charts of a finished run, which is run again for that, or of a comparison, a sweep or a plan.
    #[command(after_help = "Examples:\n  walras chart output/quickstart\n  \
                      walras chart output/quickstart --kind occupancy,prices --format png --out pictures\n  \
                      walras chart output/spot_mechanisms --format png")]
    Chart(chart::ChartArguments),
    /// Writes the report of a finished run, replications or comparison: one HTML file with figures, tables, charts, and
    /// the scenario in full, which opens offline.
    #[command(after_help = "Examples:\n  walras report output/quickstart\n  \
                      walras report output/spot_mechanisms --out spot.html")]
    Report(report::ReportArguments),
    /// Checks a scenario and says what would run: fleet, offered load, money in play.
    #[command(after_help = "Example: walras check scenarios/quickstart.ron --set horizon=30d")]
    Check(check::CheckArguments),
    /// Shows the built-in GPU types with their prices, and the data centers.
    #[command(after_help = "Example: walras catalog a100")]
    Catalog(catalog::CatalogArguments),
    /// Says what a trace file holds: requests or machines and their load, arrivals, prices.
    #[command(
        after_help = "Example:\n  walras describe scenarios/traces/openb_pods_sample.csv \\\n    \
                      --fleet scenarios/traces/openb_nodes_sample.csv"
    )]
    Describe(trace::DescribeArguments),
    /// Tells the story of one pod, request, host or account of a finished run: why it waited, why there, who
    /// displaced it at which bid, what it paid for what.
    #[command(after_help = "Examples:\n  walras explain output/quickstart --pod pod-17\n  \
                      walras explain output/quickstart --account carol")]
    Explain(explain::ExplainArguments),
}

/// Which scenario, and what differs from its file.
#[derive(Debug, Args)]
struct ScenarioArguments {
    /// The scenario file.
    scenario: PathBuf,
    /// Sets a field of the scenario, such as rules.grace=10s or accounts[ada].balance=50. Repeatable.
    #[arg(long = "set", value_name = "PATH=VALUE", value_parser = set)]
    overrides: Vec<Override>,
    /// The seed, instead of the scenario's.
    #[arg(long)]
    seed: Option<u64>,
    /// The replication: an independent repetition of the same run.
    #[arg(long, default_value_t = 0, value_parser = clap::value_parser!(u64).range(..1 << 53))]
    replication: u64,
}

impl ScenarioArguments {
    fn read(&self) -> Result<Scenario, ExitCode> {
        self.read_with(&self.overrides)
    }
    fn read_with(&self, overrides: &[Override]) -> Result<Scenario, ExitCode> {
        load(&self.scenario, overrides)
            .map_err(|problems| refuse(&problems, &self.scenario.display()))
    }
}

/// Shows what is wrong with `what`.
fn refuse(problems: &Problems, what: &dyn Display) -> ExitCode {
    let count = problems.iter().count();
    let s = if count == 1 { "" } else { "s" };
    complain(problems.render(console::colors_enabled_stderr()));
    complain(format!("\n{count} problem{s} in {what}: nothing was run"));
    ExitCode::from(2)
}

fn set(argument: &str) -> Result<Override, String> {
    let (path, value) = argument.split_once('=').ok_or("expected PATH=VALUE, as in seed=7")?;
    Ok(Override::new(path.trim(), value.trim()))
}

/// Runs the command that the arguments name.
pub fn main() -> ExitCode {
    let outcome = match Arguments::parse().command {
        Command::Run(arguments) => run::run(&arguments),
        Command::Compare(arguments) => compare::compare(&arguments),
        Command::Sweep(arguments) => sweep::sweep(&arguments),
        Command::Merge(arguments) => sweep::merge(&arguments),
        Command::Plan(arguments) => plan::plan(&arguments),
        Command::Chart(arguments) => chart::chart(&arguments),
        Command::Report(arguments) => report::report(&arguments),
        Command::Check(arguments) => check::check(&arguments),
        Command::Catalog(arguments) => catalog::show(&arguments),
        Command::Describe(arguments) => trace::describe(&arguments),
        Command::Explain(arguments) => explain::explain(&arguments),
    };
    outcome.map_or_else(|code| code, |()| ExitCode::SUCCESS)
}
