//! Reports: what a run, replications of it or a comparison came to, gathered for one page.
//!
//! [`again`] has the report of a directory that was finished before: one run is run again, the figures of replications and of
//! comparisons are read from their tables. The page is the same as if it had been asked for at once.

mod again;
mod batches;
mod comparison;

pub use again::{GoesOn, ReportError, again};
pub(super) use comparison::of_comparison;

use super::estimate::Estimate;
use super::interval::LEVEL;
use super::output;
use crate::chart::Drawing;
use crate::engine::RunId;
use crate::figures::written::{count, duration, percent};
use crate::metrics::summary::{Figure, Summary};
use crate::report::{
    Chart, Fact, FileText, Part, REPORT, Reading, Report, Section, Spread, facts_of_scenario,
    of_market, texts_of_scenario,
};
use crate::scenario::Scenario;
use crate::trace::DiskError;
use crate::units::SimTime;
use serde_json::Value;
use std::path::Path;

/// Writes a report to a file, whole or not at all; an earlier one is replaced.
///
/// # Errors
/// A disk that refuses.
pub fn write(path: &Path, report: &Report) -> Result<(), DiskError> {
    output::write_whole(path, report.html().as_bytes())
}

/// The report of one run, with its directory, which may have tables of batches, and the manifest of that.
pub(super) fn of_run(
    (scenario, run): (&Scenario, RunId),
    summary: &Summary,
    drawings: &[Drawing],
    (directory, manifest): (&Path, &str),
) -> Report {
    let reading = |figure: &Figure| Reading {
        metric: figure.metric,
        subject: figure.subject,
        value: figure.value.as_f64(),
        exact: figure.value.to_string(),
        spread: None,
    };
    let readings: Vec<Reading> = summary.figures().iter().map(reading).collect();
    let batches = batches::table(directory, scenario.warm_up != SimTime::ZERO);
    let but = if batches.is_some() { ", but for what its batches say" } else { "" };
    let lead = vec![
        format!("{}, seed {}, replication {}.", length(scenario), run.seed, run.replication),
        format!(
            "One run is one draw: its figures have no interval{but}. Replications give each its mean and interval (`--replications 20`)."
        ),
    ];
    let [mut figures, parts, all] = of_market(scenario, &readings, Vec::new());
    figures.parts.extend(batches.map(Part::Table));
    let facts = facts(scenario, run, None);
    let about = (scenario, "One run".to_owned(), lead);
    let charts = format!("All charts are of this run.{}", of_whole_run(scenario));
    assemble(about, [figures, parts, all], (drawings, charts), (facts, manifest))
}

/// The report of replications, the first of them `first`; the drawings are of that one.
pub(super) fn of_replications(
    (scenario, first): (&Scenario, RunId),
    summaries: &[Summary],
    drawings: &[Drawing],
    manifest: &str,
) -> Report {
    let reading = |estimate: &Estimate| Reading {
        metric: estimate.metric,
        subject: estimate.subject,
        value: estimate.sample.mean(),
        exact: estimate.sample.mean().map(|mean| mean.to_string()).unwrap_or_default(),
        spread: Some(Spread {
            half_width: estimate.sample.half_width(),
            deviation: estimate.sample.deviation(),
            count: estimate.sample.count(),
        }),
    };
    let readings: Vec<Reading> = Estimate::of(summaries).iter().map(reading).collect();
    let many = summaries.len();
    let last = first.replication + many as u64 - 1;
    let lead = vec![
        format!(
            "{many} replications: seed {}, numbers {} to {last}.",
            first.seed, first.replication
        ),
        kind_of_study(scenario),
    ];
    let figures = vec![format!(
        "Means over {many} independent replications, each with half of the width of its {} interval (Student's t).",
        percent(LEVEL)
    )];
    let charts = format!(
        "Charts are of replication {} alone: one draw of {many}, without intervals.{}",
        first.replication,
        of_whole_run(scenario)
    );
    let sections = of_market(scenario, &readings, figures);
    let facts = facts(scenario, first, Some(many));
    let about = (scenario, "Replications".to_owned(), lead);
    assemble(about, sections, (drawings, charts), (facts, manifest))
}

/// How long a run is.
fn length(scenario: &Scenario) -> String {
    let since_zero = |at: SimTime| duration(at.saturating_since(SimTime::ZERO));
    let whole = since_zero(scenario.horizon);
    match scenario.warm_up {
        SimTime::ZERO => whole,
        warm_up => format!("{whole} ({} of warm-up)", since_zero(warm_up)),
    }
}

/// Which charts have the warm-up in them, which figures do not; nothing where there is none.
const fn of_whole_run(scenario: &Scenario) -> &'static str {
    match scenario.warm_up {
        SimTime::ZERO => "",
        _ => {
            " What is drawn over time, and what charts say of that, is of the whole run, warm-up included: so it may \
             differ from the figures, which leave it out."
        }
    }
}

/// What the intervals of a study say something about.
fn kind_of_study(scenario: &Scenario) -> String {
    match scenario.warm_up {
        SimTime::ZERO => "A terminating study: intervals say how much chance there is in what happens from this \
            start to this end. Nothing is left out as a warm-up."
            .to_owned(),
        _ => "A study of the steady state: the warm-up is left out of each replication, and intervals say how \
            much chance there is in what follows it."
            .to_owned(),
    }
}

/// What is typed to have the same run again.
fn command(scenario: &Scenario, seed: u64) -> String {
    let set: String = scenario.overrides.iter().map(|set| format!(" --set '{set}'")).collect();
    format!("walras run {}{set} --seed {seed}", scenario.source.path)
}

/// How a run was made.
fn facts(scenario: &Scenario, run: RunId, replications: Option<usize>) -> Vec<Fact> {
    let which = match (replications, run.replication) {
        (Some(many), 0) => format!(" --replications {many}"),
        (Some(many), first) => format!(" --replications {many} --replication {first}"),
        (None, 0) => String::new(),
        (None, number) => format!(" --replication {number}"),
    };
    let mut facts = vec![
        Fact::code("Command", format!("{}{which}", command(scenario, run.seed))),
        Fact::words("Seed", run.seed.to_string()),
        Fact::words(
            if replications.is_some() { "First replication" } else { "Replication" },
            run.replication.to_string(),
        ),
    ];
    if let Some(many) = replications {
        facts.push(Fact::words("Replications", count(many as u64)));
    }
    facts.extend(facts_of_scenario(scenario));
    facts
}

/// The sections of a market, with the charts after the main figures and what it was made from at the end.
fn assemble(
    (scenario, kind, lead): (&Scenario, String, Vec<String>),
    [figures, parts, all]: [Section; 3],
    (drawings, about_charts): (&[Drawing], String),
    (facts, manifest): (Vec<Fact>, &str),
) -> Report {
    let mut sections = vec![figures];
    sections.extend(charts(drawings, about_charts));
    sections.extend([
        parts,
        all,
        made(facts),
        texts(texts_of_scenario(scenario), &scenario.overrides),
    ]);
    sections.push(manifest_section(manifest));
    sections.retain(|section| !section.parts.is_empty());
    let start_unix_s = scenario.stated_start();
    Report { title: scenario.title.clone(), kind, lead, sections, start_unix_s }
}

/// The section of charts, if there are any.
fn charts(drawings: &[Drawing], about: String) -> Option<Section> {
    let charts = drawings.iter().map(|drawing| Part::Chart(Box::new(Chart::from(drawing))));
    let parts: Vec<Part> = charts.collect();
    let is_any = !parts.is_empty();
    is_any.then(|| Section { id: "charts", title: "Charts", about: vec![about], parts })
}

/// The section about how it was made.
fn made(facts: Vec<Fact>) -> Section {
    Section {
        id: "made",
        title: "How it was made",
        about: Vec::new(),
        parts: vec![Part::Facts(facts)],
    }
}

/// The section of texts in full.
fn texts(texts: Vec<FileText>, set: &[String]) -> Section {
    let about = match set {
        [] => "All that was read, as it was read; nothing was set on the command line.".to_owned(),
        set => format!(
            "All that was read, as it was read. The command line has set: {}.",
            set.join("; ")
        ),
    };
    let parts = texts.into_iter().map(Part::Text).collect();
    Section { id: "scenario", title: "Scenario and profile in full", about: vec![about], parts }
}

/// The section of the manifest.
fn manifest_section(manifest: &str) -> Section {
    let (path, what) =
        (super::MANIFEST.to_owned(), "but for its timing and this report".to_owned());
    let text = manifest_text(manifest);
    let parts = vec![Part::Text(FileText { path, what, text })];
    Section { id: "manifest", title: "Manifest", about: Vec::new(), parts }
}

/// A manifest without what two equal runs may differ in, and without the report itself.
fn manifest_text(manifest: &str) -> String {
    let Ok(mut value) = serde_json::from_str::<Value>(manifest) else { return manifest.to_owned() };
    if let Some(fields) = value.as_object_mut() {
        fields.shift_remove("timing");
        if let Some(files) = fields.get_mut("files").and_then(Value::as_array_mut) {
            files.retain(|file| file["name"] != REPORT);
        }
    }
    format!("{value:#}\n")
}
