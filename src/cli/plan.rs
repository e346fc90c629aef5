//! `walras plan`: how many are enough.

use super::print::{complain, count, percent, say};
use super::study::{StudyArguments, Watch};
use crate::experiment::plan::{Judged, Judgement, Planned, plan_to_directory};
use crate::figures::shown_as;
use crate::figures::written::dollars;
use crate::metrics::catalogue;
use crate::policy::Registry;
use crate::scenario::study::{Measure, Seek, Study, TargetKind};
use comfy_table::{CellAlignment, ContentArrangement, Table, presets};
use std::process::ExitCode;

/// Runs the plan that the arguments name; no value that meets the target is a failure.
pub(super) fn plan(arguments: &StudyArguments) -> Result<(), ExitCode> {
    let study = arguments.read()?;
    let (policies, out) = (Registry::new(), arguments.out(&study)?);
    let watch = Watch::over(0)?;
    let setting = arguments.setting(&study, &policies);
    let goes_on = |told| watch.hear(told);
    let mut timing = |outcome| watch.finish(outcome);
    let planned = plan_to_directory(&setting, &out, &goes_on, &mut timing);
    let planned = planned.map_err(|error| watch.fail(&error, &arguments.experiment))?;
    say(closing(&study, &planned))?;
    say(format!("written to {}", out.display()))?;
    if planned.answer.is_some() {
        return Ok(());
    }
    complain(format!("error: {}", refusal(&planned)));
    Err(ExitCode::FAILURE)
}

/// The value of this index, with its path.
fn named(planned: &Planned, index: u64) -> String {
    format!("{} = {}", planned.plan.path, planned.plan.scale.shown(index))
}

/// The index of the most favourable value.
fn best(planned: &Planned) -> u64 {
    match planned.plan.seek {
        Seek::Smallest => planned.plan.scale.count() - 1,
        Seek::Largest => 0,
    }
}

/// A value of what the target is about, for a person.
fn attained(planned: &Planned, number: f64) -> String {
    match &planned.plan.target.kind {
        TargetKind::StartedWithin(..) => percent(number),
        TargetKind::Metric(measure) => shown_as(&measure.metric, unit(&measure.metric), number),
    }
}

fn unit(metric: &str) -> &'static str {
    catalogue().iter().find(|known| known.name == metric).map_or("", |known| known.unit)
}

fn mean(planned: &Planned, judged: &Judged) -> String {
    let show =
        |number: Option<f64>| number.map_or("-".to_owned(), |number| attained(planned, number));
    let sample = &judged.attained;
    format!("{} ± {}", show(sample.mean()), show(sample.half_width()))
}

/// Why there is no answer: the end of the range from which the search begins does not meet the target.
fn refusal(planned: &Planned) -> String {
    let end = best(planned);
    let judged = &planned.judged[&end];
    let at = format!(
        "at {}, the most favourable if {} of it helps, it came to {} in {} replications",
        named(planned, end),
        match planned.plan.seek {
            Seek::Smallest => "more",
            Seek::Largest => "less",
        },
        mean(planned, judged),
        judged.attained.count(),
    );
    let is_unsure = |judged: &Judged| judged.verdict == Judgement::Unsure;
    let fails = if is_unsure(judged) { "that does not tell" } else { "it fails" };
    let meeting = planned.meeting();
    if !meeting.is_empty() {
        return format!("{at}, and {fails}; but {}", but_met(planned, &meeting));
    }
    let more = if is_unsure(judged) { "; a greater `most` may tell" } else { "" };
    let met = if planned.judged.values().any(is_unsure) { "is known to meet" } else { "meets" };
    format!("no value in the range {met} the target: {at}, and {fails}{more}")
}

/// Which values meet the target though the end of the range does not, and how to ask for them.
fn but_met(planned: &Planned, meeting: &[u64]) -> String {
    let shown: Vec<String> = meeting.iter().map(|index| planned.plan.scale.shown(*index)).collect();
    let (first, last) = (&shown[0], &shown[shown.len() - 1]);
    let is_at = |index: u64| meeting.contains(&index);
    let (seek, end, nearest, is_other_way) = match planned.plan.seek {
        Seek::Smallest => ("largest", "to", last, is_at(0)),
        Seek::Largest => ("smallest", "from", first, is_at(planned.plan.scale.count() - 1)),
    };
    let ask = if is_other_way {
        format!("`seek: {seek}` finds the {seek} value that does")
    } else {
        format!("it is met within the range: `{end}: {nearest}` ends it where it is")
    };
    let verb = if shown.len() == 1 { "meets" } else { "meet" };
    format!("{} {verb} the target: {ask}", shown.join(", "))
}

/// What a person wants to know first: the answer, then what every value came to.
fn closing(study: &Study, planned: &Planned) -> String {
    let mut text = format!(
        "\n{}: {}, seed {}, {} events\n",
        study.title,
        planned.plan.target,
        planned.first.seed,
        count(planned.outcome.events),
    );
    if let Some(answer) = planned.answer {
        text.push_str(&found(planned, answer));
    }
    text.push('\n');
    text.push_str(&values(planned));
    text
}

fn found(planned: &Planned, answer: u64) -> String {
    let judged = &planned.judged[&answer];
    let [is_it, is_not, may_be] = match planned.plan.seek {
        Seek::Smallest => ["is enough", "is not", "may or may not be"],
        Seek::Largest => ["fits", "does not", "may or may not"],
    };
    let mut text = format!(
        "\n{} {is_it}, with {} confidence: it comes to {} in {} replications.\n",
        named(planned, answer),
        percent(planned.plan.confidence),
        mean(planned, judged),
        judged.attained.count(),
    );
    let before = match planned.plan.seek {
        Seek::Smallest => answer.checked_sub(1),
        Seek::Largest => Some(answer + 1),
    };
    match before.and_then(|before| Some((before, planned.judged.get(&before)?))) {
        Some((before, judged)) => {
            let verdict = match judged.verdict {
                Judgement::Unsure => may_be,
                Judgement::Fails | Judgement::Meets => is_not,
            };
            text.push_str(&format!(
                "{} {verdict}: {} in {}.\n",
                named(planned, before),
                mean(planned, judged),
                judged.attained.count(),
            ));
        }
        None => text.push_str(match planned.plan.seek {
            Seek::Smallest => "It is the end of the range: less may be enough, too.\n",
            Seek::Largest => "It is the end of the range: more may fit, too.\n",
        }),
    }
    text.push_str(
        "The confidence is that of each value's verdict by itself, not of all of them together.\n",
    );
    for index in planned.contradictions() {
        let does = match planned.judged[&index].verdict {
            Judgement::Meets => "meets it, too",
            Judgement::Fails | Judgement::Unsure => "fails",
        };
        text.push_str(&format!(
            "But {} {does}: the target is not one that is met from some value on, and on one side of it alone.\n",
            named(planned, index)
        ));
    }
    text
}

fn values(planned: &Planned) -> String {
    let mut table = Table::new();
    table.load_preset(presets::NOTHING).set_content_arrangement(ContentArrangement::Disabled);
    let before =
        [planned.plan.path.as_str(), "comes to", "± 95 %", "runs", "", "fleet, USD a month"];
    let before = before.map(str::to_owned);
    let of_measure = |measure: &Measure| [measure.to_string(), "± 95 %".to_owned()];
    table.set_header(before.into_iter().chain(planned.besides.iter().flat_map(of_measure)));
    for (index, judged) in &planned.judged {
        let show = |number| attained(planned, number);
        let marked = if planned.answer == Some(*index) { " <-" } else { "" };
        let mut row = vec![
            planned.plan.scale.shown(*index),
            judged.attained.mean().map(show).unwrap_or_default(),
            judged.attained.half_width().map(show).unwrap_or_default(),
            judged.attained.count().to_string(),
            format!("{}{marked}", judged.verdict.word()),
            dollars(judged.fleet_per_month),
        ];
        for (measure, sample) in planned.besides.iter().zip(&judged.besides) {
            let show = |number| shown_as(&measure.metric, unit(&measure.metric), number);
            row.push(sample.mean().map(show).unwrap_or_default());
            row.push(sample.half_width().map(show).unwrap_or_default());
        }
        table.add_row(row);
    }
    for (index, column) in table.column_iter_mut().enumerate() {
        let flush = if index == 4 { CellAlignment::Left } else { CellAlignment::Right };
        column.set_cell_alignment(flush);
    }
    let lines: Vec<String> = table.lines().map(|line| line.trim_end().to_owned()).collect();
    format!("{}\n", lines.join("\n"))
}
