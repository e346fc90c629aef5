//! What a comparison says: of each variant and measure, how it differs from the baseline, and how sure that is.

use super::compare::Compared;
use super::interval::{LEVEL, Sample};
use super::paired::{Paired, holm};
use super::table::{MEAN, Table, mean, text_of};
use crate::metrics::summary::Value;
use crate::scenario::study::{Goal, Measure};
use crate::trace::Column;

/// A variant against the baseline, in one measure.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Contrast {
    /// Which measure.
    pub measure: usize,
    /// Which variant.
    pub variant: usize,
    /// The variant first, the baseline second, in the replications in which both are defined.
    pub paired: Paired,
    /// Of the paired t test, or of the sign test where all differences are the same ([`Sample::p_value`]); none of fewer than
    /// two pairs, and where the difference is exact.
    pub p_value: Option<f64>,
    /// The same, adjusted for all contrasts of the comparison ([`holm`]).
    pub p_adjusted: Option<f64>,
    /// Whether the replications of either are alike in every figure: nothing that happened in these runs is random, and the
    /// difference is no sample.
    pub is_exact: bool,
    /// In a word.
    pub verdict: Verdict,
}

/// What a contrast comes to, at the level of 5 % for all contrasts of a comparison together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Better than the baseline.
    Better,
    /// Worse than the baseline.
    Worse,
    /// More than the baseline, where nothing says which way is better.
    Higher,
    /// Less than the baseline, likewise.
    Lower,
    /// There may be one, but these replications do not show it.
    NoDifference,
    /// Fewer than two replications in which both are defined.
    Untold,
}

impl Verdict {
    /// In words.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Better => "better",
            Self::Worse => "worse",
            Self::Higher => "higher",
            Self::Lower => "lower",
            Self::NoDifference => "no difference detected",
            Self::Untold => "not defined",
        }
    }
    fn of(contrast: &Contrast, goal: Option<Goal>) -> Self {
        let Some(mean) = contrast.paired.difference.mean() else { return Self::Untold };
        let is_shown = match contrast.p_adjusted {
            Some(p) => p < 1.0 - LEVEL,
            None if contrast.is_exact => mean != 0.0,
            None => return Self::Untold,
        };
        if !is_shown {
            return Self::NoDifference;
        }
        match (goal, 0.0 < mean) {
            (None, true) => Self::Higher,
            (None, false) => Self::Lower,
            (Some(Goal::Largest), true) | (Some(Goal::Smallest), false) => Self::Better,
            (Some(Goal::Largest), false) | (Some(Goal::Smallest), true) => Self::Worse,
        }
    }
}

impl Compared {
    /// The values of a variant in a measure, in those replications in which it is defined.
    pub fn sample(&self, variant: usize, measure: usize) -> Sample {
        self.values[variant].iter().filter_map(|values| values[measure].as_f64()).collect()
    }
    /// Every variant but the baseline against it, measure by measure.
    pub fn contrasts(&self) -> Vec<Contrast> {
        let mut contrasts = Vec::new();
        for measure in 0..self.measures.len() {
            for variant in (0..self.cases.len()).filter(|variant| *variant != self.baseline) {
                contrasts.push(self.contrast(variant, measure));
            }
        }
        let told: Vec<f64> = contrasts.iter().filter_map(|contrast| contrast.p_value).collect();
        let mut adjusted = holm(&told).into_iter();
        for contrast in &mut contrasts {
            contrast.p_adjusted = contrast.p_value.and_then(|_| adjusted.next());
            let goal = self.measures[contrast.measure].goal;
            contrast.verdict = Verdict::of(contrast, goal);
        }
        contrasts
    }
    fn contrast(&self, variant: usize, measure: usize) -> Contrast {
        let pairs = self.values[variant].iter().zip(&self.values[self.baseline]);
        let defined = |(variant, baseline): (&Vec<Value>, &Vec<Value>)| {
            Some((variant[measure].as_f64()?, baseline[measure].as_f64()?))
        };
        let paired: Paired = pairs.filter_map(defined).collect();
        let alike = |variant: usize| self.alike.get(variant) == Some(&true);
        let is_exact = 1 < paired.difference.count() && alike(variant) && alike(self.baseline);
        let p_value = if is_exact { None } else { paired.difference.p_value() };
        let verdict = Verdict::Untold;
        Contrast { measure, variant, paired, p_value, p_adjusted: None, is_exact, verdict }
    }
}

/// The level of intervals that all `count` contrasts of a comparison keep together (Bonferroni's inequality).
pub fn joint_level(count: usize) -> f64 {
    let count = u32::try_from(count.max(1)).unwrap_or(u32::MAX);
    1.0 - (1.0 - LEVEL) / f64::from(count)
}

/// The tables of a comparison.
pub(super) fn tables(compared: &Compared) -> [Table; 3] {
    [contrasts(compared), variants(compared), runs(compared)]
}

const CONTRASTS: [Column; 17] = [
    Column::named("metric"),
    Column::named("subject"),
    Column::named("unit"),
    Column::named("variant"),
    Column::named("baseline"),
    Column::number("variant_mean"),
    Column::number("baseline_mean"),
    Column::number("difference"),
    Column::number("low_95"),
    Column::number("high_95"),
    Column::number("low_joint_95"),
    Column::number("high_joint_95"),
    Column::number("p_value"),
    Column::number("p_adjusted"),
    Column::number("variance_saved"),
    Column::count("pairs"),
    Column::named("verdict"),
];

fn contrasts(compared: &Compared) -> Table {
    let contrasts = compared.contrasts();
    let joint = joint_level(contrasts.iter().filter(|one| one.p_value.is_some()).count());
    let row = |contrast: &Contrast| {
        let Contrast { measure, variant, paired, p_value, p_adjusted, verdict, .. } = contrast;
        let bounds = paired.difference.bounds(LEVEL);
        let joint_bounds = paired.difference.bounds(joint);
        [
            compared.measures[*measure].metric.clone(),
            compared.measures[*measure].subject.clone(),
            compared.metrics[*measure].unit.to_owned(),
            compared.cases[*variant].name.clone(),
            compared.cases[compared.baseline].name.clone(),
            text_of(paired.first.mean()),
            text_of(paired.second.mean()),
            text_of(paired.difference.mean()),
            text_of(bounds.map(|(low, _)| low)),
            text_of(bounds.map(|(_, high)| high)),
            text_of(joint_bounds.map(|(low, _)| low)),
            text_of(joint_bounds.map(|(_, high)| high)),
            text_of(*p_value),
            text_of(*p_adjusted),
            text_of(paired.variance_saved()),
            paired.difference.count().to_string(),
            verdict.words().to_owned(),
        ]
    };
    Table::new("comparison", CONTRASTS.to_vec(), contrasts.iter().map(row))
}

fn variants(compared: &Compared) -> Table {
    let measures = 0..compared.measures.len();
    let pairs = (0..compared.cases.len())
        .flat_map(|variant| measures.clone().map(move |measure| (variant, measure)));
    let row = |(variant, measure): (usize, usize)| {
        let Measure { metric, subject, .. } = &compared.measures[measure];
        let of = [&**metric, subject, compared.metrics[measure].unit];
        let mean = mean(of, &compared.sample(variant, measure));
        std::iter::once(compared.cases[variant].name.clone()).chain(mean)
    };
    let columns = std::iter::once(Column::named("variant")).chain(MEAN).collect();
    Table::new("variants", columns, pairs.map(row))
}

const RUNS: [Column; 6] = [
    Column::named("variant"),
    Column::count("replication"),
    Column::named("metric"),
    Column::named("subject"),
    Column::number("value"),
    Column::named("unit"),
];

fn runs(compared: &Compared) -> Table {
    let mut rows = Vec::new();
    for (case, runs) in compared.cases.iter().zip(&compared.values) {
        for (replication, values) in (compared.first.replication..).zip(runs) {
            for (measure, value) in values.iter().enumerate() {
                rows.push([
                    case.name.clone(),
                    replication.to_string(),
                    compared.measures[measure].metric.clone(),
                    compared.measures[measure].subject.clone(),
                    value.to_string(),
                    compared.metrics[measure].unit.to_owned(),
                ]);
            }
        }
    }
    Table::new("runs", RUNS.to_vec(), rows.into_iter())
}
