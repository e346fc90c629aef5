//! The report of a comparison: verdicts by measure, how each was reached, and what the variants are.

use super::super::compare::Compared;
use super::super::comparison::Contrast;
use super::super::interval::{LEVEL, Sample};
use super::super::study::{Case, Setting};
use super::super::told::{caveats, in_words, p_of, pairing, selection, tested};
use super::{charts, made, manifest_section};
use crate::chart::Drawing;
use crate::experiment::comparison::Verdict;
use crate::figures::written::{count, percent};
use crate::figures::{difference_as, in_column};
use crate::metrics::summary::is_share;
use crate::report::{
    Cell, Column, Fact, FileText, Part, Report, Section, Table, facts_of_scenario,
    texts_of_scenario,
};
use crate::scenario::study::{Goal, Study};

/// The report of a comparison, with the manifest of its directory.
pub(in crate::experiment) fn of_comparison(
    setting: &Setting<'_>,
    compared: &Compared,
    drawings: &[Drawing],
    manifest: &str,
) -> Report {
    let study = setting.study;
    let contrasts = compared.contrasts();
    let measures = 0..compared.measures.len();
    let mut parts = Vec::new();
    for measure in measures {
        let of_this: Vec<&Contrast> =
            contrasts.iter().filter(|contrast| contrast.measure == measure).collect();
        parts.push(Part::Table(table(compared, measure, &of_this)));
    }
    let verdicts = Section { id: "verdicts", title: "Verdicts", about: about(compared), parts };
    let about_charts =
        "Of each variant the mean of its paired differences, with its interval.".to_owned();
    let mut sections = vec![verdicts];
    sections.extend(charts(drawings, about_charts));
    sections.extend([variants(compared), made(facts(setting, compared)), texts(study, compared)]);
    sections.push(manifest_section(manifest));
    let (title, kind) = (study.title.clone(), "Comparison".to_owned());
    let start_unix_s = compared.cases[compared.baseline].scenario.stated_start();
    Report { title, kind, lead: lead(compared, &contrasts), sections, start_unix_s }
}

/// What was compared, and what came of it, in sentences.
fn lead(compared: &Compared, contrasts: &[Contrast]) -> Vec<String> {
    let most = compared.values.iter().map(Vec::len).max().unwrap_or_default();
    let baseline = &compared.cases[compared.baseline].name;
    let mut lead = vec![format!(
        "{} variants against {baseline}, {}{most} replications of each on the same random numbers, seed {}.",
        compared.cases.len(),
        if compared.selected.is_some() { "at most " } else { "" },
        compared.first.seed,
    )];
    for measure in 0..compared.measures.len() {
        let of_this: Vec<&Contrast> =
            contrasts.iter().filter(|contrast| contrast.measure == measure).collect();
        let words = in_words(compared, &of_this);
        if !words.is_empty() {
            lead.push(format!("{}: {words}", compared.measures[measure]));
        }
    }
    if let Some(selected) = &compared.selected {
        lead.extend(selection(compared, selected).lines().map(str::to_owned));
    }
    lead
}

/// How verdicts are reached.
fn about(compared: &Compared) -> Vec<String> {
    let contrasts = compared.contrasts();
    let level = percent(LEVEL);
    let mut about = vec![format!(
        "Replication k of all variants meets the same customers, failures and requests. A difference is the mean \
         of the differences within replications; its interval is of {level} (Student's t)."
    )];
    let tested = tested(&contrasts);
    let error = percent(1.0 - LEVEL);
    match tested {
        0 => {}
        1 => about.push(format!("A verdict holds with an error of {error} at most.")),
        _ => about.push(format!(
            "A verdict holds for all {tested} comparisons at once with an error of {error} at most: p values are \
             adjusted (Holm)."
        )),
    }
    let mut measures = compared.measures.iter().zip(&compared.metrics);
    if measures.any(|(measure, metric)| is_share(&measure.metric, metric.unit)) {
        about.push("Differences of shares are in percentage points (pp).".to_owned());
    }
    about.extend(pairing(&contrasts));
    about.extend(caveats(compared, &contrasts));
    about
}

/// A measure: each variant, and how it differs from the baseline.
fn table(compared: &Compared, measure: usize, contrasts: &[&Contrast]) -> Table {
    let (of, unit) = (&compared.measures[measure], compared.metrics[measure].unit);
    let text = |value: f64| in_column(&of.metric, unit, value);
    let text_of_difference = |value: f64| {
        if is_share(&of.metric, unit) {
            difference_as(&of.metric, unit, value)
        } else {
            text(value).0
        }
    };
    let unit_of_columns = text(0.0).1;
    let goal = match of.goal {
        Some(Goal::Largest) => ", the more the better",
        Some(Goal::Smallest) => ", the less the better",
        None => "",
    };
    let columns = vec![
        Column::words("variant"),
        Column::numbers("mean", unit_of_columns),
        Column::numbers("difference", unit_of_columns),
        Column::numbers("95 % from", unit_of_columns),
        Column::numbers("to", unit_of_columns),
        Column::numbers("p, adjusted", ""),
        Column::numbers("variance saved", ""),
        Column::words("verdict"),
    ];
    let text_of_mean = |value: f64| text(value).0;
    let cell = |value: Option<f64>, text: &dyn Fn(f64) -> String| {
        Cell::number(value, value.map(text).unwrap_or_default())
    };
    let with_width = |sample: &Sample, text: &dyn Fn(f64) -> String| {
        let width = sample.half_width().map(|width| format!("± {}", text(width)));
        cell(sample.mean(), text).beside(width.unwrap_or_default())
    };
    let row = |variant: usize| {
        let name = Cell::words(compared.cases[variant].name.as_str());
        let mean = with_width(&compared.sample(variant, measure), &text_of_mean);
        let contrast = contrasts.iter().find(|contrast| contrast.variant == variant);
        let Some(contrast) = contrast else {
            let mut row = vec![name, mean];
            row.extend(std::iter::repeat_n(Cell::default(), 5));
            row.push(Cell::words("baseline"));
            return row;
        };
        let difference = &contrast.paired.difference;
        let bounds = difference.bounds(LEVEL);
        let saved = contrast.paired.variance_saved();
        vec![
            name,
            mean,
            with_width(difference, &text_of_difference),
            cell(bounds.map(|(low, _)| low), &text_of_difference),
            cell(bounds.map(|(_, high)| high), &text_of_difference),
            Cell::number(contrast.p_adjusted, p_of(contrast)),
            Cell::number(saved, saved.map(percent).unwrap_or_default()),
            Cell { tone: tone(contrast.verdict), ..Cell::words(contrast.verdict.words()) },
        ]
    };
    let rows = (0..compared.cases.len()).map(row).collect();
    let (title, note) = (format!("{of}{goal}"), in_words(compared, contrasts));
    Table { title, note, columns, rows, filters: false }
}

const fn tone(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Better => "good",
        Verdict::Worse => "bad",
        Verdict::Higher | Verdict::Lower | Verdict::NoDifference | Verdict::Untold => "",
    }
}

/// What is set in a variant's scenario and holds there: nothing later sets the same field.
fn set_in(case: &Case) -> Vec<&str> {
    let sets: Vec<&str> = case.scenario.overrides.iter().map(String::as_str).collect();
    let field = |set: &str| set.split('=').next().map(str::to_owned);
    let is_last = |n: &usize| sets[n + 1..].iter().all(|later| field(later) != field(sets[*n]));
    (0..sets.len()).filter(is_last).map(|n| sets[n]).collect()
}

/// What is set in the scenario of every variant, in the order of the baseline's.
fn set_in_all(compared: &Compared) -> Vec<&str> {
    let in_all = |set: &&str| compared.cases.iter().all(|case| set_in(case).contains(set));
    set_in(&compared.cases[compared.baseline]).into_iter().filter(in_all).collect()
}

/// What makes each variant: what is set in all of them stands apart.
fn variants(compared: &Compared) -> Section {
    let columns = vec![
        Column::words("variant"),
        Column::words("what is set in the scenario"),
        Column::words("market"),
        Column::numbers("replications", ""),
    ];
    let common = set_in_all(compared);
    let row = |variant: usize| {
        let case = &compared.cases[variant];
        let own: Vec<&str> = set_in(case).into_iter().filter(|set| !common.contains(set)).collect();
        let set = match (own.as_slice(), common.as_slice()) {
            ([], []) => "nothing".to_owned(),
            ([], _) => "nothing else".to_owned(),
            (set, _) => set.join("; "),
        };
        let runs = compared.values[variant].len();
        let key = f64::from(u32::try_from(runs).unwrap_or(u32::MAX));
        vec![
            Cell::words(case.name.as_str()),
            Cell::words(set),
            Cell::words(case.scenario.profile.name.as_str()),
            Cell::number(Some(key), count(runs as u64)),
        ]
    };
    let rows = (0..compared.cases.len()).map(row).collect();
    let note = match common.as_slice() {
        [] => String::new(),
        set => format!("Set in all variants: {}.", set.join("; ")),
    };
    let title = "What differs".to_owned();
    let parts = vec![Part::Table(Table { title, note, columns, rows, filters: false })];
    Section { id: "variants", title: "Variants", about: Vec::new(), parts }
}

/// How it was made.
fn facts(setting: &Setting<'_>, compared: &Compared) -> Vec<Fact> {
    let study = setting.study;
    let set: String = setting.given.iter().map(|set| format!(" --set '{set}'")).collect();
    let command =
        format!("walras compare {}{set} --seed {}", study.source.path, compared.first.seed);
    let mut facts = vec![
        Fact::code("Command", command),
        Fact::words("Seed", compared.first.seed.to_string()),
        Fact::words("First replication", compared.first.replication.to_string()),
        Fact::code("Experiment", study.source.path.as_str()),
        Fact::code("BLAKE3", format!("{}  {}", study.source.path, study.source.digest)),
    ];
    let baseline = &compared.cases[compared.baseline];
    let of_it = format!("{}: what follows is of this variant", baseline.name);
    facts.push(Fact::words("Baseline", of_it));
    let common = set_in_all(compared);
    facts.extend(facts_of_scenario(&baseline.scenario).into_iter().map(
        |fact| match &*fact.label {
            "Set" if common.contains(&&*fact.text) => Fact::code("Set in all variants", fact.text),
            "Set" => Fact::code("Set in the baseline", fact.text),
            _ => fact,
        },
    ));
    facts
}

/// The experiment, the scenario, and every profile that a variant has.
fn texts(study: &Study, compared: &Compared) -> Section {
    let (path, text) = (study.source.path.clone(), study.text.clone());
    let mut all = vec![FileText { path, what: "the experiment".to_owned(), text }];
    for case in &compared.cases {
        for text in texts_of_scenario(&case.scenario) {
            if all.iter().all(|other| other.path != text.path) {
                all.push(text);
            }
        }
    }
    super::texts(all, &[])
}
