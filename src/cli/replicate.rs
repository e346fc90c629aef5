//! `walras run --replications` and `--precision`: what the figures are on average, and how sure that is.

use super::print::{complain, count, percent, say, table};
use super::progress::Bar;
use super::run::{fail, length, on_interruption};
use crate::engine::RunId;
use crate::experiment::Options;
use crate::experiment::estimate::Estimate;
use crate::experiment::replicate::{HowMany, Replicated, Told, replicate_to_directory};
use crate::figures::{GONE, lines, shown};
use crate::metrics::summary::Value;
use crate::metrics::{Subject, catalogue};
use crate::scenario::Scenario;
use crate::scenario::problem::nearest;
use crate::units::SimTime;
use clap::Args;
use std::collections::BTreeMap;
use std::process::ExitCode;
use std::sync::Mutex;
use std::sync::atomic::Ordering;

/// How many replications.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Runs so many replications, and gives the mean of every figure with its 95 % interval.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(2..),
        conflicts_with = "precision")]
    replications: Option<u32>,
    /// Runs replications until the interval of each metric of --of is within this share of its mean.
    #[arg(long, value_name = "SHARE", value_parser = share)]
    precision: Option<f64>,
    /// A metric that --precision is asked of. Repeatable. [default: utilization]
    #[arg(long = "of", value_name = "METRIC", value_parser = metric, requires = "precision")]
    of: Vec<String>,
    /// The least number of replications under --precision.
    #[arg(long, value_name = "N", default_value_t = 5, requires = "precision",
        value_parser = clap::value_parser!(u32).range(2..))]
    least: u32,
    /// The greatest number of replications under --precision, narrow enough or not.
    #[arg(long, value_name = "N", default_value_t = 200, requires = "precision",
        value_parser = clap::value_parser!(u32).range(2..))]
    most: u32,
}

fn share(text: &str) -> Result<f64, String> {
    let share: Option<f64> = text.parse().ok().filter(|share| 0.0 < *share && *share < 1.0);
    share.ok_or_else(|| "expected a share of the mean between 0 and 1, as in 0.02".to_owned())
}

fn metric(text: &str) -> Result<String, String> {
    let mut all = catalogue();
    all.retain(|metric| metric.breakdown.includes(Subject::Market));
    if all.iter().any(|metric| metric.name == text) {
        return Ok(text.to_owned());
    }
    let near = match nearest(text, all.iter().map(|metric| metric.name)) {
        Some(near) => format!("; did you mean `{near}`?"),
        None => ":".to_owned(),
    };
    Err(format!("there is no such metric{near} output/README.md has all"))
}

impl Arguments {
    /// What was asked for; none: one run.
    pub(super) fn how_many(&self) -> Result<Option<HowMany>, ExitCode> {
        let Some(share) = self.precision else {
            return Ok(self.replications.map(HowMany::Exactly));
        };
        if self.most < self.least {
            let (least, most) = (self.least, self.most);
            complain(format!("error: --most {most} is less than --least {least}"));
            return Err(ExitCode::from(2));
        }
        let metrics =
            if self.of.is_empty() { vec!["utilization".to_owned()] } else { self.of.clone() };
        Ok(Some(HowMany::UntilWithin { share, metrics, least: self.least, most: self.most }))
    }
}

/// Runs them, and says what came out.
pub(super) fn run(
    (scenario, first): (&Scenario, RunId),
    how_many: &HowMany,
    options: &Options,
) -> Result<(), ExitCode> {
    let bar = Bar::of_replications(scenario.horizon, at_least(how_many));
    let interrupted = on_interruption()?;
    let reached: Mutex<BTreeMap<u64, (u64, u64)>> = Mutex::default();
    let goes_on = |told: Told| {
        if let Ok(mut reached) = reached.lock() {
            reached.insert(told.replication, (told.progress.now.micros(), told.progress.events));
            bar.show_replications(reached.values().copied(), scenario.horizon);
        }
        !interrupted.load(Ordering::Relaxed)
    };
    let mut timing = |outcome| bar.finish(outcome);
    let of = (first, how_many);
    let replicated = replicate_to_directory(scenario, of, options, &goes_on, &mut timing);
    let replicated = replicated.map_err(|error| fail(&bar, &error))?;
    say(closing((scenario, first), &replicated))?;
    for metric in &replicated.too_wide {
        say(format!(
            "{metric}: not as narrow as asked after {} replications",
            replicated.summaries.len()
        ))?;
    }
    say(format!("written to {}", options.out.display()))
}

const fn at_least(how_many: &HowMany) -> u32 {
    match *how_many {
        HowMany::Exactly(count) => count,
        HowMany::UntilWithin { least, .. } => least,
    }
}

/// What a person wants to know first.
fn closing((scenario, first): (&Scenario, RunId), replicated: &Replicated) -> String {
    let mut text = format!(
        "\n{}: {}, seed {}, {} replications from {} on, {} events\n\n",
        scenario.title,
        length(scenario),
        first.seed,
        replicated.summaries.len(),
        first.replication,
        count(replicated.outcome.events),
    );
    let of_market = |name: &str| {
        let is_it = |estimate: &&Estimate| {
            estimate.metric.name == name && estimate.subject == Subject::Market
        };
        replicated.estimates.iter().find(is_it)
    };
    let mean = |name: &str| match of_market(name) {
        // No figure of the summary's own.
        None if name == GONE => Value::Count(0),
        None => Value::Undefined,
        Some(of) => of.sample.mean().map_or(Value::Undefined, |mean| of.like.like(mean)),
    };
    let half_width = |name: &str| {
        let of = of_market(name)?;
        Some(of.like.like(of.sample.half_width()?))
    };
    let row = |[group, label, metric, share]: [&str; 4]| {
        let width = half_width(metric).map(|width| format!("± {}", shown(metric, width)));
        let share_width = half_width(share).and_then(Value::as_f64);
        [
            group.to_owned(),
            label.to_owned(),
            shown(metric, mean(metric)),
            width.unwrap_or_default(),
            mean(share).as_f64().map(percent).unwrap_or_default(),
            share_width.map(|width| format!("± {}", percent(width))).unwrap_or_default(),
        ]
    };
    let rows = lines(&mean).into_iter().map(row).collect();
    text.push_str(&table(["", "", "mean", "± 95 %", "share", "± 95 %"], rows));
    text.push_str(&format!("\n\n{}\n", about(scenario)));
    text
}

/// What intervals say something about.
fn about(scenario: &Scenario) -> &'static str {
    match scenario.warm_up {
        SimTime::ZERO => {
            "A terminating study: intervals say how much chance there is from this start to this end."
        }
        _ => {
            "A study of the steady state: the warm-up is left out, and intervals say how much chance there is after it."
        }
    }
}
