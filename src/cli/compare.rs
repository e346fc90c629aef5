//! `walras compare`: which variant is better, by how much, and how sure that is.

use super::figures::shown_as;
use super::print::{count, number, percent, say, table};
use super::study::{StudyArguments, Watch};
use crate::experiment::compare::{Certainty, Compared, Selected, compare_to_directory};
use crate::experiment::comparison::{Contrast, Verdict};
use crate::experiment::interval::{LEVEL, Sample};
use crate::policy::Registry;
use crate::scenario::study::{Goal, Study, StudyKind};
use std::process::ExitCode;

/// Runs the comparison that the arguments name.
pub(super) fn compare(arguments: &StudyArguments) -> Result<(), ExitCode> {
    let study = arguments.read()?;
    let (policies, out) = (Registry::new(), arguments.out());
    let watch = Watch::over(runs(&study))?;
    let setting = arguments.setting(&study, &policies);
    let goes_on = |told| watch.hear(told);
    let mut timing = |outcome| watch.finish(outcome);
    let compared = compare_to_directory(&setting, &out, &goes_on, &mut timing);
    let compared = compared.map_err(|error| watch.fail(&error, &arguments.experiment))?;
    say(closing(&study, &compared))?;
    say(format!("written to {}", out.display()))
}

/// At least so many runs.
fn runs(study: &Study) -> u64 {
    let StudyKind::Comparison(terms) = &study.kind else { return 0 };
    u64::from(terms.replications) * terms.variants.len() as u64
}

/// What a person wants to know first: a table per measure, then what it says in words.
fn closing(study: &Study, compared: &Compared) -> String {
    let most = compared.values.iter().map(Vec::len).max().unwrap_or_default();
    let mut text = format!(
        "\n{}: {} variants, seed {}, {}{} replications, {} events\n",
        study.title,
        compared.cases.len(),
        compared.first.seed,
        if compared.selected.is_some() { "at most " } else { "" },
        most,
        count(compared.outcome.events),
    );
    let contrasts = compared.contrasts();
    for measure in 0..compared.measures.len() {
        let of_this: Vec<&Contrast> =
            contrasts.iter().filter(|contrast| contrast.measure == measure).collect();
        text.push_str(&of_measure(compared, measure, &of_this));
    }
    if let Some(selected) = &compared.selected {
        text.push_str(&selection(compared, selected));
    }
    let pairs = contrasts.iter().filter_map(|contrast| contrast.paired.variance_saved());
    let saved: Sample = pairs.collect();
    if let Some(saved) = saved.mean() {
        text.push_str(&format!(
            "\nIntervals are of {}; p values are adjusted for {} comparisons at once (Holm). The same random numbers\n\
             for all variants saved {} of the variance of a difference, on average.\n",
            percent(LEVEL),
            contrasts.len(),
            percent(saved),
        ));
    }
    text
}

fn of_measure(compared: &Compared, measure: usize, contrasts: &[&Contrast]) -> String {
    let goal = match compared.measures[measure].goal {
        Some(Goal::Largest) => ", the more the better",
        Some(Goal::Smallest) => ", the less the better",
        None => "",
    };
    let mut text = format!("\n{}{goal}\n\n", compared.measures[measure]);
    let (metric, unit) = (&compared.measures[measure].metric, compared.metrics[measure].unit);
    let show = |number: Option<f64>| number.map(|number| shown_as(metric, unit, number));
    let plus_minus =
        |width: Option<f64>| show(width).map_or(String::new(), |width| format!("± {width}"));
    let row = |variant: usize| {
        let sample = compared.sample(variant, measure);
        let contrast = contrasts.iter().find(|contrast| contrast.variant == variant);
        let difference = contrast.map(|contrast| contrast.paired.difference).unwrap_or_default();
        [
            compared.cases[variant].name.clone(),
            show(sample.mean()).unwrap_or_default(),
            plus_minus(sample.half_width()),
            show(difference.mean()).unwrap_or_default(),
            plus_minus(difference.half_width()),
            contrast.and_then(|contrast| contrast.p_adjusted).map(p_value).unwrap_or_default(),
            contrast.map_or("baseline", |contrast| contrast.verdict.words()).to_owned(),
        ]
    };
    let rows: Vec<[String; 7]> = (0..compared.cases.len()).map(row).collect();
    text.push_str(&table(["", "mean", "", "difference", "", "p", ""], rows));
    text.push('\n');
    text.push_str(&in_words(compared, contrasts));
    text
}

/// Which variants are better than the baseline, and which are not told apart.
fn in_words(compared: &Compared, contrasts: &[&Contrast]) -> String {
    let baseline = &compared.cases[compared.baseline].name;
    let named = |verdict: Verdict| {
        let of_this = contrasts.iter().filter(|contrast| contrast.verdict == verdict);
        let names: Vec<&str> =
            of_this.map(|contrast| compared.cases[contrast.variant].name.as_str()).collect();
        names.join(", ")
    };
    let mut text = String::new();
    for verdict in [Verdict::Better, Verdict::Worse, Verdict::Higher, Verdict::Lower] {
        let names = named(verdict);
        if !names.is_empty() {
            text.push_str(&format!(" {} than {baseline}: {names}.", capital(verdict.words())));
        }
    }
    let names = named(Verdict::NoDifference);
    if !names.is_empty() {
        text.push_str(&format!(" No difference from {baseline} detected: {names}."));
    }
    if text.is_empty() { text } else { format!("{text}\n") }
}

fn capital(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map_or(String::new(), |first| first.to_uppercase().chain(letters).collect())
}

fn p_value(p: f64) -> String {
    if p < 0.001 { "< 0.001".to_owned() } else { format!("{p:.3}") }
}

fn selection(compared: &Compared, selected: &Selected) -> String {
    let name = &compared.cases[selected.variant].name;
    let measure = compared.measures[selected.terms.measure].to_string();
    let (probability, difference) =
        (percent(selected.terms.probability), number(selected.terms.difference, 6));
    let runs = compared.values[selected.variant].len();
    let how = match selected.standing {
        Certainty::Resolved => format!(
            "the best with probability {probability} or more, if it is better than the next by {difference}"
        ),
        Certainty::Tie => format!("as good as the best to within {difference}"),
        Certainty::Spent => "ahead, but not resolved: the replications are spent".to_owned(),
    };
    let mut text = format!(
        "\nSelected by {measure}: {name}, {how} (Kim and Nelson), after {runs} replications.\n"
    );
    let left = compared.cases.iter().zip(&compared.values);
    let left: Vec<String> = left
        .filter(|(_, values)| values.len() < runs)
        .map(|(case, values)| format!("{} after {}", case.name, values.len()))
        .collect();
    if !left.is_empty() {
        text.push_str(&format!("Left the race: {}.\n", left.join(", ")));
    }
    text
}
