//! How much is enough: the value of a field that meets a target, found by stochastic bisection.
//!
//! Values are looked at by halving the range, and each is run on the same random numbers (common random numbers), first
//! [`least`](crate::scenario::study::Plan::least) replications, then twice as many, and so on, until the one-sided
//! interval of the mean lies on one side of the bound or [`most`](crate::scenario::study::Plan::most) have run. As
//! such an interval is looked at more than once, each look is allowed its share of the error (Bonferroni); replications
//! that are all alike tell nothing before they are enough to be so by more than chance ([`Sample::tells`]). A value that
//! cannot be told is taken as one that does not meet the target: the answer errs on the safe side, and says so.
//!
//! Halving supposes that the target is met beyond some value and not before it. Values over the whole range are run
//! besides, for the curve; where one of them contradicts that, it is told.

mod cost;
mod judgement;

pub use judgement::Judgement;

use super::interval::{LEVEL, Sample};
use super::manifest::{self, Timing};
use super::output::Output;
use super::study::{Case, GoesOn, Setting, StudyError, Told, write};
use super::table::{Table, text_of, varied};
use crate::engine::{self, Outcome, RunId};
use crate::journal::{Journal, Sink};
use crate::metrics::Metrics;
use crate::metrics::attainment::Attainment;
use crate::scenario::study::{Measure, Plan, Seek, StudyKind, TargetKind};
use crate::trace::{Column, Kind};
use crate::units::Money;
use rayon::prelude::*;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// What a plan came to.
#[derive(Debug)]
pub struct Planned {
    /// What was asked.
    pub plan: Plan,
    /// Every value that was run, by its index on the scale.
    pub judged: BTreeMap<u64, Judged>,
    /// The index of the value that is wanted; none if no value of the range meets the target.
    pub answer: Option<u64>,
    /// What is told besides the target.
    pub besides: Vec<Measure>,
    /// The first replication.
    pub first: RunId,
    /// Events of all runs.
    pub outcome: Outcome,
}

/// A value, and what it came to.
#[derive(Clone, Debug, PartialEq)]
pub struct Judged {
    /// What the target is about, by replication.
    pub attained: Sample,
    /// What is told besides.
    pub besides: Vec<Sample>,
    /// What the fleet costs a month at list prices.
    pub fleet_per_month: Money,
    /// Whether it meets the target.
    pub verdict: Judgement,
}

impl Planned {
    /// Values that contradict that the target is met from the answer on and not before it: those beyond it that fail, and
    /// those before it that meet the target.
    pub fn contradictions(&self) -> Vec<u64> {
        let Some(answer) = self.answer else { return Vec::new() };
        let contradicts = |(index, judged): (&u64, &Judged)| {
            let is_beyond = match self.plan.seek {
                Seek::Smallest => answer < *index,
                Seek::Largest => *index < answer,
            };
            let expected = if is_beyond { Judgement::Meets } else { Judgement::Fails };
            let is_told = judged.verdict != Judgement::Unsure && *index != answer;
            (is_told && judged.verdict != expected).then_some(*index)
        };
        self.judged.iter().filter_map(contradicts).collect()
    }
    /// Values that meet the target, in order.
    pub fn meeting(&self) -> Vec<u64> {
        let meets = |(index, judged): (&u64, &Judged)| {
            (judged.verdict == Judgement::Meets).then_some(*index)
        };
        self.judged.iter().filter_map(meets).collect()
    }
}

struct Planning<'a> {
    setting: &'a Setting<'a>,
    goes_on: &'a GoesOn<'a>,
    planned: Planned,
}

/// Runs the plan of `setting`.
///
/// # Errors
/// A scenario that is wrong at a value, a measure that it does not have, a target that is never defined, a run that fails or
/// is not to go on.
pub fn plan(setting: &Setting<'_>, goes_on: &GoesOn<'_>) -> Result<Planned, StudyError> {
    let study = setting.study;
    let StudyKind::Plan(plan) = &study.kind else {
        let file = PathBuf::from(&study.source.path);
        return Err(StudyError::OtherCommand(file, study.kind.command()));
    };
    let always = ["utilization", "revenue"].map(|metric| Measure {
        metric: metric.to_owned(),
        subject: "market".to_owned(),
        goal: None,
        line: 0,
    });
    // A figure that the experiment names, too, has one column.
    let is_named =
        |of: &Measure| study.metrics.iter().any(|named| named.to_string() == of.to_string());
    let always = always.into_iter().filter(|of| !is_named(of));
    let planned = Planned {
        plan: plan.clone(),
        judged: BTreeMap::new(),
        answer: None,
        besides: always.chain(study.metrics.iter().cloned()).collect(),
        first: RunId { seed: 0, replication: 0 },
        outcome: Outcome { events: 0 },
    };
    let mut planning = Planning { setting, goes_on, planned };
    planning.check()?;
    planning.search()?;
    planning.draw_curve()?;
    Ok(planning.planned)
}

impl Planning<'_> {
    /// The index of the value at this position, from the least favourable on.
    fn index(&self, position: u64) -> u64 {
        let plan = &self.planned.plan;
        match plan.seek {
            Seek::Smallest => position,
            Seek::Largest => plan.scale.count() - 1 - position,
        }
    }
    /// Reads the scenario at every value before anything is run; of a long range at so many evenly over it, both ends among
    /// them.
    fn check(&self) -> Result<(), StudyError> {
        const MOST_READ: u64 = 200;
        let last = self.planned.plan.scale.count() - 1;
        let steps = last.min(MOST_READ - 1);
        let read = |step: u64| {
            let index = u128::from(last) * u128::from(step) / u128::from(steps);
            let case = self.read(u64::try_from(index).unwrap_or(last))?;
            case.rows(self.setting.study, &self.planned.besides).map(drop)
        };
        // The first that is wrong, whichever thread is the first to find one.
        let all: Vec<Result<(), StudyError>> = (0..=steps).into_par_iter().map(read).collect();
        all.into_iter().collect()
    }
    fn search(&mut self) -> Result<(), StudyError> {
        let (mut low, mut high) = (0, self.planned.plan.scale.count() - 1);
        if !self.meets(high)? {
            return Ok(());
        }
        if self.meets(low)? {
            high = low;
        }
        while low + 1 < high {
            let middle = low.midpoint(high);
            if self.meets(middle)? { high = middle } else { low = middle }
        }
        self.planned.answer = Some(self.index(high));
        Ok(())
    }
    fn draw_curve(&mut self) -> Result<(), StudyError> {
        let (last, count) =
            (self.planned.plan.scale.count() - 1, u64::from(self.planned.plan.curve));
        for step in 0..count {
            let position =
                (u128::from(last) * u128::from(step)).div_euclid(u128::from(count - 1).max(1));
            let position = u64::try_from(position).unwrap_or(last).min(last);
            let least = self.planned.plan.least;
            self.judge(self.index(position), least)?;
        }
        Ok(())
    }
    fn meets(&mut self, position: u64) -> Result<bool, StudyError> {
        let most = self.planned.plan.most;
        Ok(self.judge(self.index(position), most)? == Judgement::Meets)
    }
    /// Runs the value of this index until it can be told, or `most` replications have run; one that was run before is not
    /// run again.
    fn judge(&mut self, index: u64, most: u32) -> Result<Judgement, StudyError> {
        if let Some(judged) = self.planned.judged.get(&index) {
            return Ok(judged.verdict);
        }
        let case = self.read(index)?;
        self.planned.first = case.first(self.setting.study, self.setting.seed);
        let besides = case.rows(self.setting.study, &self.planned.besides)?;
        let (least, most_ever) = (self.planned.plan.least, self.planned.plan.most);
        let looks = judgement::looks(least, most_ever);
        let Plan { target, confidence, .. } = &self.planned.plan;
        let mut judged = Judged {
            attained: Sample::default(),
            besides: vec![Sample::default(); besides.len()],
            fleet_per_month: cost::fleet_per_month(&case.scenario),
            verdict: Judgement::Unsure,
        };
        let mut run = 0;
        while run < most && judged.verdict == Judgement::Unsure {
            let until = if run == 0 { least } else { (2 * run).min(most) };
            let more: Vec<Result<One, StudyError>> = (run..until)
                .into_par_iter()
                .map(|replication| self.one((index, &case), replication, &besides))
                .collect();
            for one in more {
                let one = one?;
                self.planned.outcome.events += one.events;
                judged.attained.extend(one.attained);
                for (sample, value) in judged.besides.iter_mut().zip(&one.besides) {
                    sample.extend(*value);
                }
            }
            run = until;
            judged.verdict = Judgement::by(&judged.attained, (target, *confidence), looks);
        }
        if judged.attained.count() == 0 {
            let target = self.planned.plan.target.to_string();
            return Err(StudyError::Undefined(target, case.name, self.planned.first.replication));
        }
        let verdict = judged.verdict;
        self.planned.judged.insert(index, judged);
        Ok(verdict)
    }
    fn read(&self, index: u64) -> Result<Case, StudyError> {
        let Plan { path, scale, .. } = &self.planned.plan;
        let set = [self.planned.plan.set(index)];
        let name = format!("{path} = {}", scale.shown(index));
        let of = (self.setting.study, self.setting.given);
        Case::open(of, (&name, &set), self.setting.policies)
    }
    fn one(
        &self,
        (number, case): (u64, &Case),
        replication: u32,
        besides: &[usize],
    ) -> Result<One, StudyError> {
        let first = self.planned.first;
        let run = RunId { replication: first.replication + u64::from(replication), ..first };
        let number = usize::try_from(number).unwrap_or(usize::MAX);
        let mut tell = |progress| {
            let horizon = case.scenario.horizon;
            (self.goes_on)(Told { case: number, replication: run.replication, horizon, progress })
        };
        super::begins(&mut tell)?;
        let scenario = &case.scenario;
        let mut metrics = Metrics::new(scenario);
        let mut attainment = match &self.planned.plan.target.kind {
            TargetKind::Metric(_) => None,
            TargetKind::StartedWithin(within, of) => {
                let attainment = Attainment::new(scenario, *within, of);
                Some(attainment.ok_or_else(|| self.no_subject(of, case))?)
            }
        };
        let mut sinks: Vec<&mut dyn Sink> = vec![&mut metrics];
        sinks.extend(attainment.as_mut().map(|attainment| attainment as &mut dyn Sink));
        let mut journal = Journal::new(sinks);
        let policies = self.setting.policies;
        let ran = engine::run_with(scenario, run, policies, &mut journal, &mut tell);
        let ran = ran.map_err(super::RunError::from)?;
        let summary = metrics.summary();
        let attained = match &self.planned.plan.target.kind {
            TargetKind::StartedWithin(..) => attainment.and_then(|attainment| attainment.share()),
            TargetKind::Metric(measure) => {
                let row = case.rows(self.setting.study, std::slice::from_ref(measure))?;
                summary.figures()[row[0]].value.as_f64()
            }
        };
        let value = |row: &usize| summary.figures()[*row].value.as_f64();
        let besides = besides.iter().map(value).collect();
        Ok(One { attained, besides, events: ran.events })
    }
    fn no_subject(&self, of: &str, case: &Case) -> StudyError {
        let subjects = Attainment::subjects(&case.scenario);
        let labels: Vec<String> =
            subjects.into_iter().map(|subject| subject.label(&case.scenario)).collect();
        let names = labels.iter().map(String::as_str);
        let near = match crate::scenario::problem::nearest(of, names) {
            Some(nearest) => format!("; did you mean `{nearest}`?"),
            None => format!("; requests are told apart by {}", labels.join(", ")),
        };
        let (file, line) = (self.setting.study.source.path.clone(), self.planned.plan.target.line);
        StudyError::NoSubject { file, line, of: of.to_owned(), near }
    }
}

/// What one run came to.
struct One {
    attained: Option<f64>,
    besides: Vec<Option<f64>>,
    events: u64,
}

/// Runs a plan and writes it to `out`, whole or not at all.
///
/// # Errors
/// As [`plan`], and a disk that refuses.
pub fn plan_to_directory(
    setting: &Setting<'_>,
    out: &Path,
    goes_on: &GoesOn<'_>,
    timing: &mut dyn FnMut(Outcome) -> Timing,
) -> Result<Planned, StudyError> {
    let output = Output::begin(out)?;
    let planned = plan(setting, goes_on)?;
    let about = manifest::of_plan(&planned, setting.study);
    let written = (&[table(&planned)][..], about, None);
    write(setting, output, written, (planned.outcome, timing))?;
    Ok(planned)
}

fn table(planned: &Planned) -> Table {
    let before = [
        varied("value", planned.judged.keys().map(|index| planned.plan.scale.shown(*index))),
        Column::number("attained"),
        Column::number("low_95"),
        Column::number("high_95"),
        Column::count("replications"),
        Column::named("verdict"),
        Column::money("fleet_usd_per_month"),
    ];
    let besides = planned.besides.iter().map(ToString::to_string);
    let bounds = |measure: &Measure| [format!("{measure}_low_95"), format!("{measure}_high_95")];
    let besides = besides.chain(planned.besides.iter().flat_map(bounds));
    let besides = besides.map(|name| Column { name: name.into(), kind: Kind::Number });
    let columns = before.into_iter().chain(besides).collect();
    let row = |(index, judged): (&u64, &Judged)| {
        let bounds = judged.attained.bounds(LEVEL);
        let mut row = vec![
            planned.plan.scale.shown(*index),
            text_of(judged.attained.mean()),
            text_of(bounds.map(|(low, _)| low)),
            text_of(bounds.map(|(_, high)| high)),
            judged.attained.count().to_string(),
            judged.verdict.word().to_owned(),
            judged.fleet_per_month.to_string(),
        ];
        row.extend(judged.besides.iter().map(|sample| text_of(sample.mean())));
        for bounds in judged.besides.iter().map(|sample| sample.bounds(LEVEL)) {
            row.extend([bounds.map(|of| of.0), bounds.map(|of| of.1)].map(text_of));
        }
        row
    };
    Table::new("capacity", columns, planned.judged.iter().map(row))
}
