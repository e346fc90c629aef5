//! One scenario at the points of a design: one tidy table, a row per point, replication and metric.
//!
//! A sweep may be long, so it can be *resumed*: what is finished is written down at once ([`progress`]), and a
//! sweep that is begun anew where another was killed does only what is missing, if nothing that it is made of has changed
//! since. It can be *shared*: `--shard i/n` runs every n-th point, and [`merge`](merge::merge) makes of all n the
//! bytes of the whole.

pub mod merge;
mod progress;
mod table;

pub use progress::ProgressError;

use super::RunError;
use super::manifest::{self, Timing};
use super::output::Output;
use super::replicate::threads;
use super::study::{Case, GoesOn, Setting, StudyError, Told, run_one, write};
use crate::engine::{Outcome, RunFailure, RunId};
use crate::metrics::Metrics;
use crate::metrics::summary::Metric;
use crate::scenario::study::{Measure, Point, Study, StudyKind, Sweep};
use progress::{Done, Progress};
use rayon::prelude::*;
use std::path::{Path, PathBuf};
use table::Findings;

/// Which part of a sweep is run: every `count`-th point, from `index` on, which is counted from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shard {
    /// Which, from 1.
    pub index: u64,
    /// Of how many.
    pub count: u64,
}

impl Shard {
    /// All of it.
    pub const WHOLE: Self = Self { index: 1, count: 1 };
    const fn has(self, point: usize) -> bool {
        point as u64 % self.count == self.index - 1
    }
}

/// What a sweep came to.
#[derive(Debug)]
pub struct Swept {
    /// What its tables say.
    pub found: Findings,
    /// How many runs there are.
    pub runs: usize,
    /// How many of them were there before.
    pub resumed: usize,
    /// Events of all runs.
    pub outcome: Outcome,
}

/// A sweep about to be run.
struct Running<'a> {
    setting: &'a Setting<'a>,
    sweep: &'a Sweep,
    base: Case,
    first: RunId,
    metrics: Vec<Metric>,
}

/// Runs the sweep of `setting`, or a shard of it, and writes it to `out`, whole or not at all; what is done of it is
/// kept beside `out` until then.
///
/// # Errors
/// A scenario that is wrong at any point, a measure that it does not have, a run that fails or is not to go on, a disk
/// that refuses, another sweep that is at work there.
pub fn sweep_to_directory(
    setting: &Setting<'_>,
    (out, shard): (&Path, Shard),
    goes_on: &GoesOn<'_>,
    timing: &mut dyn FnMut(Outcome) -> Timing,
) -> Result<Swept, StudyError> {
    let study = setting.study;
    let StudyKind::Sweep(sweep) = &study.kind else {
        let file = PathBuf::from(&study.source.path);
        return Err(StudyError::OtherCommand(file, study.kind.command()));
    };
    // Nothing of it is begun before all is done: a sweep that is killed leaves nothing but what it has done.
    let (out, _) = &Output::prepare(out)?;
    let running = Running::open(setting, sweep)?;
    let points: Vec<usize> = (0..sweep.points.len()).filter(|point| shard.has(*point)).collect();
    let digests = running.digests(&points)?;
    let mut progress = Progress::open(out, &digests, sweep.replications)?;
    let resumed = progress.done().len();
    let ran = running.run(&points, (&digests, &mut progress), goes_on);
    if matches!(ran, Err(StudyError::Run(RunError::Run(RunFailure::Interrupted)))) {
        return Err(progress.broken_off(count(study, shard)).into());
    }
    ran?;
    // Until all is written, nobody else is to work on it.
    let (done, lock) = progress.into_done();
    let outcome = Outcome { events: done.values().map(|done| done.events).sum() };
    let found = running.findings(&done);
    let about = manifest::of_sweep(
        (&running.base, running.first),
        sweep,
        (shard, points.len(), &progress::sum(digests.values())),
    );
    let output = Output::begin_anew(out)?;
    write(setting, output, (&found.tables()[..], about, None), (outcome, timing))?;
    progress::forget(out)?;
    drop(lock);
    Ok(Swept { found, runs: done.len(), resumed, outcome })
}

impl<'a> Running<'a> {
    fn open(setting: &'a Setting<'a>, sweep: &'a Sweep) -> Result<Self, StudyError> {
        let study = setting.study;
        let base = Case::open((study, setting.given), (&study.title, &[]), setting.policies)?;
        let rows = base.rows(study, &study.metrics)?;
        let figures = Metrics::new(&base.scenario).summary();
        let metrics = rows.iter().map(|row| figures.figures()[*row].metric).collect();
        let first = base.first(study, setting.seed);
        Ok(Self { setting, sweep, base, first, metrics })
    }
    fn case(&self, point: usize) -> Result<Case, StudyError> {
        let Point { set, shown } = &self.sweep.points[point];
        let axes = self.sweep.axes.iter().zip(shown);
        let values: Vec<String> = axes.map(|(axis, value)| format!("{axis} = {value}")).collect();
        let name = format!("point {point} ({})", values.join(", "));
        let of = (self.setting.study, self.setting.given);
        Case::open(of, (&name, set), self.setting.policies)
    }
    /// Reads the scenario of every point, and tells what each is made of. None is kept: there may be more of them than
    /// memory holds, and most of what is asked here is asked so that nothing runs for hours before a mistake is found.
    fn digests(&self, points: &[usize]) -> Result<progress::Digests, StudyError> {
        let one = |point: &usize| {
            let case = self.case(*point)?;
            case.rows(self.setting.study, &self.setting.study.metrics)?;
            Ok((*point, self.digest(&case)))
        };
        let all: Vec<Result<(usize, String), StudyError>> = points.par_iter().map(one).collect();
        all.into_iter().collect()
    }
    /// What the runs of a case hang on.
    fn digest(&self, case: &Case) -> String {
        let mut hasher = blake3::Hasher::new();
        let mut say = |text: &str| {
            hasher.update(&(text.len() as u64).to_le_bytes());
            hasher.update(text.as_bytes());
        };
        say(env!("CARGO_PKG_VERSION"));
        say(&self.first.seed.to_string());
        let scenario = &case.scenario;
        for file in std::iter::once(&scenario.source).chain(&scenario.inputs) {
            say(&file.digest);
        }
        scenario.overrides.iter().for_each(|set| say(set));
        self.setting.study.metrics.iter().for_each(|measure| say(&measure.to_string()));
        hasher.finalize().to_hex().to_string()
    }
    /// Makes the runs that are missing, some points at a time, so that few scenarios are held at once.
    fn run(
        &self,
        points: &[usize],
        (digests, progress): (&progress::Digests, &mut Progress),
        goes_on: &GoesOn<'_>,
    ) -> Result<(), StudyError> {
        let replications = self.sweep.replications;
        let at_once = (4 * threads()).div_ceil(replications) as usize;
        let missing = |point: &usize| -> Vec<(usize, u32)> {
            let all = (0..replications).map(|replication| (*point, replication));
            all.filter(|run| !progress.done().contains_key(run)).collect()
        };
        let open: Vec<Vec<(usize, u32)>> =
            points.iter().map(missing).filter(|runs| !runs.is_empty()).collect();
        let log = progress.log();
        for some in open.chunks(at_once) {
            let cases: Result<Vec<Case>, StudyError> =
                some.par_iter().map(|runs| self.case(runs[0].0)).collect();
            let cases = cases?;
            let jobs: Vec<(&Case, (usize, u32))> = some
                .iter()
                .zip(&cases)
                .flat_map(|(runs, case)| runs.iter().map(move |run| (case, *run)))
                .collect();
            jobs.par_iter().try_for_each(|(case, run)| {
                let done = self.one(case, *run, &digests[&run.0], goes_on)?;
                Ok::<(), StudyError>(log.append(*run, done)?)
            })?;
        }
        Ok(())
    }
    fn one(
        &self,
        case: &Case,
        (point, replication): (usize, u32),
        digest: &str,
        goes_on: &GoesOn<'_>,
    ) -> Result<Done, StudyError> {
        let run =
            RunId { replication: self.first.replication + u64::from(replication), ..self.first };
        let rows = case.rows(self.setting.study, &self.setting.study.metrics)?;
        let tell = |told: Told| goes_on(told);
        let (summary, outcome) = run_one((point, case), run, self.setting.policies, &tell)?;
        let value = |row: &usize| summary.figures()[*row].value.to_string();
        let values = rows.iter().map(value).collect();
        Ok(Done { case: digest.to_owned(), events: outcome.events, values })
    }
    fn findings(&self, done: &progress::AllDone) -> Findings {
        let of = (self.sweep, &*self.setting.study.metrics, &*self.metrics);
        Findings::new(of, self.first.replication, done)
    }
}

/// The measures and points of a sweep's table.
type Of<'a> = (&'a Sweep, &'a [Measure], &'a [Metric]);

/// How many runs a sweep has, or a shard of it.
pub fn count(study: &Study, shard: Shard) -> u64 {
    let StudyKind::Sweep(sweep) = &study.kind else { return 0 };
    let points = (0..sweep.points.len()).filter(|point| shard.has(*point)).count() as u64;
    points * u64::from(sweep.replications)
}
