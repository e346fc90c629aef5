//! `walras compare`: which variant is better, by how much, and how sure that is.

use super::print::{count, percent, say, table, wrapped};
use super::study::{StudyArguments, Watch, say_where};
use crate::experiment::compare::{Compared, compare_to_directory};
use crate::experiment::comparison::Contrast;
use crate::experiment::interval::LEVEL;
use crate::experiment::study::Setting;
use crate::experiment::told::{caveats, in_words, p_of, pairing, selection, tested};
use crate::figures::{difference_as, shown_as};
use crate::policy::Registry;
use crate::scenario::study::{Goal, Study, StudyKind};
use clap::Args;
use std::process::ExitCode;

#[derive(Debug, Args)]
pub(super) struct CompareArguments {
    #[command(flatten)]
    of: StudyArguments,
    /// Writes report.html, too: one page that opens offline.
    #[arg(long)]
    report: bool,
}

/// Runs the comparison that the arguments name.
pub(super) fn compare(
    CompareArguments { of: arguments, report }: &CompareArguments,
) -> Result<(), ExitCode> {
    let study = arguments.read()?;
    let (policies, out) = (Registry::new(), arguments.out(&study)?);
    let watch = Watch::over(runs(&study))?;
    let setting = Setting { report: *report, ..arguments.setting(&study, &policies) };
    let goes_on = |told| watch.hear(told);
    let mut timing = |outcome| watch.finish(outcome);
    let compared = compare_to_directory(&setting, &out, &goes_on, &mut timing);
    let compared = compared.map_err(|error| watch.fail(&error, &arguments.experiment))?;
    say(closing(&study, &compared))?;
    say_where(arguments, &out)
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
        text.push_str(&format!("\n{}\n", selection(compared, selected)));
    }
    for caveat in caveats(compared, &contrasts) {
        text.push_str(&format!("\n{}\n", wrapped(&caveat)));
    }
    let tested = tested(&contrasts);
    if 0 < tested {
        let adjusted = match tested {
            1 => String::new(),
            _ => format!("; p values are adjusted for {tested} comparisons at once (Holm)"),
        };
        let adjusted = format!(
            "Intervals are of {}{adjusted}. {}",
            percent(LEVEL),
            pairing(&contrasts).unwrap_or_default(),
        );
        text.push_str(&format!("\n{}\n", wrapped(adjusted.trim_end())));
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
    let differs = |number: Option<f64>| number.map(|number| difference_as(metric, unit, number));
    let plus_minus =
        |width: Option<String>| width.map_or(String::new(), |width| format!("± {width}"));
    let row = |variant: usize| {
        let sample = compared.sample(variant, measure);
        let contrast = contrasts.iter().find(|contrast| contrast.variant == variant);
        let difference = contrast.map(|contrast| contrast.paired.difference).unwrap_or_default();
        [
            compared.cases[variant].name.clone(),
            show(sample.mean()).unwrap_or_default(),
            plus_minus(show(sample.half_width())),
            differs(difference.mean()).unwrap_or_default(),
            plus_minus(differs(difference.half_width())),
            contrast.map(|contrast| p_of(contrast)).unwrap_or_default(),
            contrast.map_or("baseline", |contrast| contrast.verdict.words()).to_owned(),
        ]
    };
    let rows: Vec<[String; 7]> = (0..compared.cases.len()).map(row).collect();
    text.push_str(&table(["", "mean", "", "difference", "", "p", ""], rows));
    text.push('\n');
    let words = in_words(compared, contrasts);
    if !words.is_empty() {
        text.push_str(&format!(" {words}\n"));
    }
    text
}
