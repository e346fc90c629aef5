//! Replications: the same scenario with other random numbers, and what its figures are on average.
//!
//! Replication `k` draws from streams of its own and shares nothing with the others, so they are
//! independent and alike, and run at the same time on all cores. What comes out hangs on how many there
//! are alone: figures are taken in order of the replications, whatever thread made them when.
//!
//! How many there are is stated, or found: until the half-width of each figure that counts is at most such a
//! share of its mean (a sequential procedure after Law, "Simulation Modeling and Analysis", 5th edition 2015,
//! section 9.4.1). That number is the least that is enough, from the least asked for on, whatever the machine
//! ran ahead. As it hangs on the values themselves, such an interval covers the true mean somewhat less often
//! than it says. A figure whose mean is 0 is never narrow enough.

use super::estimate::{self, Estimate};
use super::interval::Sample;
use super::output::{self, MANIFEST, Output, REPLICATION, REPLICATIONS};
use super::{Options, RunError, RunReport, manifest, report, write_run};
use crate::chart::{ChartKind, Gathering};
use crate::engine::{self, Outcome, Progress, RunId};
use crate::journal::Journal;
use crate::metrics::summary::{Summary, csv_text};
use crate::metrics::{Metrics, Subject};
use crate::policy::Registry;
use crate::report::REPORT;
use crate::scenario::Scenario;
use crate::trace::DiskError;
use rayon::prelude::*;
use std::path::Path;

/// How many replications.
#[derive(Clone, Debug, PartialEq)]
pub enum HowMany {
    /// So many.
    Exactly(u32),
    /// As many as it takes.
    UntilWithin {
        /// The half-width that is narrow enough, as a share of the mean.
        share: f64,
        /// The metrics of the whole market that it is asked of.
        metrics: Vec<String>,
        /// At least so many, two or more.
        least: u32,
        /// At most so many, narrow enough or not.
        most: u32,
    },
}

/// Finished replications.
#[derive(Debug)]
pub struct Replicated {
    /// Events of all of them.
    pub outcome: Outcome,
    /// The figures of each, in order.
    pub summaries: Vec<Summary>,
    /// What each figure is on average.
    pub estimates: Vec<Estimate>,
    /// Metrics that were to be narrow enough and are not.
    pub too_wide: Vec<String>,
}

/// Whether to go on: told by every replication when it begins and every few thousand events, from any thread.
pub type GoesOn<'a> = dyn Fn(Told) -> bool + Sync + 'a;

/// Where replications stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Told {
    /// Which replication tells.
    pub replication: u64,
    /// Where it stands.
    pub progress: Progress,
}

/// Runs replications of `scenario`, the first of them `first.replication`, and writes what they came to into
/// `options.out`: the estimates, the figures of each one, and, if any tables are asked for, a directory for each.
///
/// # Errors
/// As [`super::run_to_directory`].
pub fn replicate_to_directory(
    scenario: &Scenario,
    (first, how_many): (RunId, &HowMany),
    options: &Options,
    goes_on: &GoesOn<'_>,
    timing: &mut dyn FnMut(Outcome) -> manifest::Timing,
) -> Result<Replicated, RunError> {
    let output = Output::begin(&options.out)?;
    let replicated = replicate(scenario, (first, how_many), (options, output.path()), goes_on)?;
    let directory = output.path();
    let Replicated { outcome, summaries, estimates, .. } = &replicated;
    let rows = Some(estimates.len() as u64);
    let csv = estimate::to_csv(estimates, scenario);
    let json = estimate::to_json(estimates, scenario);
    let (each, rows_of_each) = each_to_csv(first, summaries, scenario);
    let mut files = vec![
        output::write(directory, "summary.csv", &csv, rows)?,
        output::write(directory, "summary.json", &json, rows)?,
        output::write(directory, REPLICATIONS, &each, Some(rows_of_each))?,
    ];
    let count = u32::try_from(summaries.len()).unwrap_or(u32::MAX);
    let about = (scenario, first, Some(count));
    if options.report {
        let manifest = manifest::text(about, *outcome, &files, None);
        let page = page_of((scenario, first), summaries, (options, &manifest), goes_on)?;
        files.push(output::write(directory, REPORT, &page, None)?);
    }
    let text = manifest::text(about, *outcome, &files, Some(timing(*outcome)));
    output::write(directory, MANIFEST, &text, None)?;
    output.finish()?;
    Ok(replicated)
}

/// The report of replications; the first is run once more, for its charts.
fn page_of(
    (scenario, first): (&Scenario, RunId),
    summaries: &[Summary],
    (options, manifest): (&Options, &str),
    goes_on: &GoesOn<'_>,
) -> Result<String, RunError> {
    let mut gathering =
        Gathering::new(scenario, &ChartKind::OF_RUN, (first.seed, first.replication));
    let mut journal = Journal::new(vec![&mut gathering]);
    // It has come to its end before, for whoever watches.
    let mut tell = |progress: Progress| {
        let progress = Progress { now: scenario.horizon, ..progress };
        goes_on(Told { replication: first.replication, progress })
    };
    engine::run_with(scenario, first, &options.policies, &mut journal, &mut tell)?;
    let drawings = gathering.drawings();
    Ok(report::of_replications((scenario, first), summaries, &drawings, manifest).html())
}

/// Runs as many as it takes.
fn replicate(
    scenario: &Scenario,
    (first, how_many): (RunId, &HowMany),
    (options, directory): (&Options, &Path),
    goes_on: &GoesOn<'_>,
) -> Result<Replicated, RunError> {
    let (least, most) = match *how_many {
        HowMany::Exactly(count) => (count, count),
        HowMany::UntilWithin { least, most, .. } => (least.max(2), most.max(least).max(2)),
    };
    let mut runs: Vec<(Summary, Outcome)> = Vec::new();
    let mut begun = 0;
    let is_done = |runs: &[(Summary, Outcome)]| {
        least as usize <= runs.len() && is_enough(runs, how_many) || most as usize <= runs.len()
    };
    while !is_done(&runs) {
        let ahead = if begun == 0 { least } else { threads() }.min(most - begun);
        let more = (begun..begun + ahead).into_par_iter().map(|index| {
            let run = RunId { replication: first.replication + u64::from(index), ..first };
            one(scenario, run, (options, directory), goes_on)
        });
        // In order of the replications, whichever came first: what was run ahead is not needed, nor its failure.
        let more: Vec<Result<(Summary, Outcome), RunError>> = more.collect();
        begun += ahead;
        for run in more {
            if is_done(&runs) {
                break;
            }
            runs.push(run?);
            are_told(&runs[0].0, how_many)?;
        }
    }
    for index in runs.len()..begun as usize {
        forget(directory, first.replication + index as u64)?;
    }
    let too_wide = too_wide(&runs, how_many);
    let events = runs.iter().map(|(_, outcome)| outcome.events).sum();
    let summaries: Vec<Summary> = runs.into_iter().map(|(summary, _)| summary).collect();
    let estimates = Estimate::of(&summaries);
    Ok(Replicated { outcome: Outcome { events }, summaries, estimates, too_wide })
}

pub(super) fn threads() -> u32 {
    u32::try_from(rayon::current_num_threads()).unwrap_or(1)
}

/// One replication; it writes a directory of its own where there are tables to write.
fn one(
    scenario: &Scenario,
    run: RunId,
    (options, directory): (&Options, &Path),
    goes_on: &GoesOn<'_>,
) -> Result<(Summary, Outcome), RunError> {
    let mut tell = |progress| goes_on(Told { replication: run.replication, progress });
    super::begins(&mut tell)?;
    if options.tables.is_empty() {
        return figures_of((scenario, run), &options.policies, &mut tell);
    }
    let own = directory.join(format!("{REPLICATION}{}", run.replication));
    std::fs::create_dir(&own).map_err(DiskError::during("create", &own))?;
    let options = Options { report: false, ..options.clone() };
    let ran = write_run(&own, (scenario, run), &options, &mut tell, &mut |_| None)?;
    let RunReport { summary, outcome, .. } = ran;
    tell(Progress { now: scenario.horizon, events: outcome.events });
    Ok((summary, outcome))
}

/// The figures of a run, and nothing written.
pub(super) fn figures_of(
    (scenario, run): (&Scenario, RunId),
    policies: &Registry,
    tell: &mut dyn FnMut(Progress) -> bool,
) -> Result<(Summary, Outcome), RunError> {
    let mut metrics = Metrics::new(scenario);
    let mut journal = Journal::new(vec![&mut metrics]);
    let ran = engine::run_with(scenario, run, policies, &mut journal, tell)?;
    tell(Progress { now: scenario.horizon, events: ran.events });
    Ok((metrics.summary(), ran))
}

/// A replication that was run ahead and is not needed.
fn forget(directory: &Path, replication: u64) -> Result<(), DiskError> {
    let own = directory.join(format!("{REPLICATION}{replication}"));
    if own.exists() {
        std::fs::remove_dir_all(&own).map_err(DiskError::during("remove", &own))?;
    }
    Ok(())
}

/// Whether the scenario has every figure that is to be narrow enough.
fn are_told(summary: &Summary, how_many: &HowMany) -> Result<(), RunError> {
    let HowMany::UntilWithin { metrics, .. } = how_many else { return Ok(()) };
    let is_told = |metric: &&String| {
        let figures = summary.figures().iter();
        figures.clone().any(|row| row.metric.name == **metric && row.subject == Subject::Market)
    };
    match metrics.iter().find(|metric| !is_told(metric)) {
        Some(metric) => Err(RunError::NoFigure(metric.clone())),
        None => Ok(()),
    }
}

/// Whether all that is asked of these runs holds.
fn is_enough(runs: &[(Summary, Outcome)], how_many: &HowMany) -> bool {
    matches!(how_many, HowMany::Exactly(_)) || too_wide(runs, how_many).is_empty()
}

/// Metrics whose interval over these runs is not narrow enough.
fn too_wide(runs: &[(Summary, Outcome)], how_many: &HowMany) -> Vec<String> {
    let HowMany::UntilWithin { share, metrics, .. } = how_many else { return Vec::new() };
    let is_too_wide = |metric: &&String| {
        let values = runs.iter().filter_map(|(run, _)| run.value(metric, Subject::Market).as_f64());
        let sample: Sample = values.collect();
        // One that some of them don't define says too little.
        (sample.count() as usize) < runs.len() || !sample.is_within(*share)
    };
    metrics.iter().filter(is_too_wide).cloned().collect()
}

/// `replications.csv`: a row per replication and figure; and how many.
fn each_to_csv(first: RunId, summaries: &[Summary], scenario: &Scenario) -> (String, u64) {
    let rows = (first.replication..).zip(summaries).flat_map(|(replication, summary)| {
        summary.figures().iter().map(move |figure| {
            let (subject, value) = (figure.subject.label(scenario), figure.value.to_string());
            let (name, unit) = (figure.metric.name.to_owned(), figure.metric.unit.to_owned());
            [replication.to_string(), name, subject, value, unit]
        })
    });
    let count = summaries.iter().map(|summary| summary.figures().len() as u64).sum();
    (csv_text(["replication", "metric", "subject", "value", "unit"], rows), count)
}
