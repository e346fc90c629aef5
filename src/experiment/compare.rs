//! Variants of one scenario, run on the same random numbers.
//!
//! Each is run so many times; or, where the best is to be *selected*, as long as it is in the race ([`select`](super::select)).
//! Replications are counted in order, so how many there are hangs on what came out and not on how
//! many were run ahead on how many threads.

use super::comparison;
use super::manifest::{self, Timing};
use super::output::Output;
use super::replicate::threads;
use super::report;
use super::select::{Race, Standing};
use super::study::{Case, GoesOn, Job, Page, Ran, Setting, StudyError, run_all, write};
use crate::chart::Drawing;
use crate::engine::{Outcome, RunId};
use crate::metrics::summary::{Metric, Value};
use crate::policy::Registry;
use crate::scenario::study::{Comparison, Goal, Measure, Selection, StudyKind};
use std::path::Path;

/// What the variants of a comparison came to.
#[derive(Debug)]
pub struct Compared {
    /// The variants, in order.
    pub cases: Vec<Case>,
    /// What was measured.
    pub measures: Vec<Measure>,
    /// The metric of each measure.
    pub metrics: Vec<Metric>,
    /// Which variant the others are held against.
    pub baseline: usize,
    /// Values by variant, replication and measure.
    pub values: Vec<Vec<Vec<Value>>>,
    /// The first replication.
    pub first: RunId,
    /// Who was selected, if that was asked for.
    pub selected: Option<Selected>,
    /// Events of all runs that counted.
    pub outcome: Outcome,
    /// Of each variant whether its replications are alike in every figure, of which there are many more than are measured:
    /// then nothing in it is random.
    pub alike: Vec<bool>,
    /// The first replication of each.
    digests: Vec<Option<blake3::Hash>>,
}

/// The variant that was selected.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Selected {
    /// What was asked for.
    pub terms: Selection,
    /// The variant.
    pub variant: usize,
    /// How sure that is.
    pub standing: Certainty,
}

/// How sure a selection is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Certainty {
    /// The best with the probability that was asked for, if it is better by as much as matters.
    Resolved,
    /// Others are as good, to within what matters.
    Tie,
    /// Ahead when the replications were spent.
    Spent,
}

impl Certainty {
    /// In the manifest.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Resolved => "resolved",
            Self::Tie => "tie",
            Self::Spent => "spent",
        }
    }
}

/// Runs the comparison of `setting`.
///
/// # Errors
/// A scenario that is wrong, a measure that it does not have, a run that fails or is not to go on.
pub fn compare(setting: &Setting<'_>, goes_on: &GoesOn<'_>) -> Result<Compared, StudyError> {
    let terms = terms(setting)?;
    let (mut compared, rows) = prepare(setting)?;
    match terms.select {
        None => compared.run_all_times(terms.replications, (&rows, setting.policies), goes_on)?,
        Some(select) => {
            let race = (select, terms.replications);
            compared.run_race(race, (&rows, setting.policies), goes_on)?;
        }
    }
    Ok(compared)
}

fn terms<'a>(setting: &Setting<'a>) -> Result<&'a Comparison, StudyError> {
    let study = setting.study;
    match &study.kind {
        StudyKind::Comparison(terms) => Ok(terms),
        StudyKind::Sweep(_) | StudyKind::Plan(_) => Err(StudyError::OtherCommand(
            Path::new(&study.source.path).to_owned(),
            study.kind.command(),
        )),
    }
}

/// The comparison before any run, and where in each variant's summary the measures stand.
///
/// # Errors
/// A scenario that is wrong, a measure that it does not have.
pub(super) fn prepare(setting: &Setting<'_>) -> Result<(Compared, Vec<Vec<usize>>), StudyError> {
    let (study, terms) = (setting.study, terms(setting)?);
    let cases = cases(setting, terms)?;
    let rows: Result<Vec<Vec<usize>>, StudyError> =
        cases.iter().map(|case| case.rows(study, &study.metrics)).collect();
    let rows = rows?;
    let figures = crate::metrics::Metrics::new(&cases[0].scenario).summary();
    let metrics = rows[0].iter().map(|row| figures.figures()[*row].metric).collect();
    let first = cases[0].first(study, setting.seed);
    let compared = Compared {
        values: vec![Vec::new(); cases.len()],
        measures: study.metrics.clone(),
        metrics,
        baseline: terms.baseline,
        first,
        selected: None,
        outcome: Outcome { events: 0 },
        alike: vec![true; cases.len()],
        digests: vec![None; cases.len()],
        cases,
    };
    Ok((compared, rows))
}

fn cases(setting: &Setting<'_>, terms: &Comparison) -> Result<Vec<Case>, StudyError> {
    let open = |variant: &crate::scenario::study::Variant| {
        let of = (setting.study, setting.given);
        Case::open(of, (&variant.name, &variant.set), setting.policies)
    };
    terms.variants.iter().map(open).collect()
}

/// Where measures stand, and the program's own policies.
type Means<'a> = (&'a [Vec<usize>], &'a Registry);

impl Compared {
    /// Runs these replications of these variants, a replication's variants side by side.
    fn run(
        &self,
        (replications, variants): (std::ops::Range<usize>, &[usize]),
        (rows, policies): Means<'_>,
        goes_on: &GoesOn<'_>,
    ) -> Vec<Result<Ran, StudyError>> {
        let run = |replication: usize| RunId {
            replication: self.first.replication + replication as u64,
            ..self.first
        };
        let of_variants = |replication| {
            let job = move |variant: &usize| -> Job<'_> {
                (*variant, &self.cases[*variant], run(replication))
            };
            variants.iter().map(job)
        };
        let jobs: Vec<Job<'_>> = replications.flat_map(of_variants).collect();
        run_all(&jobs, rows, policies, goes_on)
    }
    fn take(&mut self, variant: usize, ran: Ran) {
        self.outcome.events += ran.outcome.events;
        let first = *self.digests[variant].get_or_insert(ran.digest);
        self.alike[variant] &= first == ran.digest;
        self.values[variant].push(ran.values);
    }
    fn run_all_times(
        &mut self,
        replications: u32,
        means: Means<'_>,
        goes_on: &GoesOn<'_>,
    ) -> Result<(), StudyError> {
        let all: Vec<usize> = (0..self.cases.len()).collect();
        let ran = self.run((0..replications as usize, &all), means, goes_on);
        for (index, ran) in ran.into_iter().enumerate() {
            self.take(index % all.len(), ran?);
        }
        Ok(())
    }
    fn run_race(
        &mut self,
        (terms, first_stage): (Selection, u32),
        means: Means<'_>,
        goes_on: &GoesOn<'_>,
    ) -> Result<(), StudyError> {
        let entrants = (self.cases.len(), first_stage);
        let mut race = Race::new(entrants, terms.probability, terms.difference);
        let mut counted = 0;
        let most = terms.most as usize;
        while counted < most {
            let racing = race.racing().to_vec();
            let round = if counted == 0 { first_stage } else { threads() } as usize;
            let until = (counted + round).min(most);
            let ran = self.run((counted..until, &racing), means, goes_on);
            let mut ran = ran.into_iter();
            let begun = counted;
            for done in begun + 1..=until {
                let replication: Vec<Result<Ran, StudyError>> =
                    ran.by_ref().take(racing.len()).collect();
                let standing = self.advance(&mut race, (&terms, &racing), replication)?;
                counted = done;
                let (variant, standing) = match standing {
                    Standing::Undecided => continue,
                    Standing::Best(best) => (best, Certainty::Resolved),
                    Standing::Tie(best) => (best, Certainty::Tie),
                };
                self.selected = Some(Selected { terms, variant, standing });
                return Ok(());
            }
        }
        let (variant, standing) = (race.leader(), Certainty::Spent);
        self.selected = Some(Selected { terms, variant, standing });
        Ok(())
    }
    /// Counts one replication of those who were racing when it was begun.
    fn advance(
        &mut self,
        race: &mut Race,
        (terms, begun): (&Selection, &[usize]),
        ran: Vec<Result<Ran, StudyError>>,
    ) -> Result<Standing, StudyError> {
        let mut values = Vec::new();
        for (variant, ran) in begun.iter().zip(ran) {
            // Who left meanwhile was run ahead in vain.
            if !race.racing().contains(variant) {
                continue;
            }
            let ran = ran?;
            let Some(value) = ran.values[terms.measure].as_f64() else {
                let measure = self.measures[terms.measure].to_string();
                let replication = self.first.replication + self.values[*variant].len() as u64;
                let case = self.cases[*variant].name.clone();
                return Err(StudyError::Undefined(measure, case, replication));
            };
            let sign = if terms.goal == Goal::Largest { 1.0 } else { -1.0 };
            values.push(sign * value);
            self.take(*variant, ran);
        }
        Ok(race.add(&values))
    }
}

/// Runs a comparison and writes it to `out`, whole or not at all.
///
/// # Errors
/// As [`compare`], and a disk that refuses.
pub fn compare_to_directory(
    setting: &Setting<'_>,
    out: &Path,
    goes_on: &GoesOn<'_>,
    timing: &mut dyn FnMut(Outcome) -> Timing,
) -> Result<Compared, StudyError> {
    let output = Output::begin(out)?;
    let compared = compare(setting, goes_on)?;
    let about = manifest::of_comparison(&compared);
    let page = |drawings: &[Drawing], manifest: &str| {
        report::of_comparison(setting, &compared, drawings, manifest).html()
    };
    let written = (&comparison::tables(&compared)[..], about, Some(&page as &Page<'_>));
    write(setting, output, written, (compared.outcome, timing))?;
    Ok(compared)
}
