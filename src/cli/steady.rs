//! `walras run --batches` and `--warm-up`: one long run in its steady state.

use super::ScenarioArguments;
use super::print::{complain, duration, number, say, table};
use super::progress::Bar;
use super::run::{exit_code, on_interruption};
use crate::engine::{Progress, RunId};
use crate::experiment::steady::{BatchMeans, WarmUpError, warm_up};
use crate::figures::shown_as;
use crate::metrics::batches::{Batch, MEASURES};
use crate::policy::Registry;
use crate::scenario::Scenario;
use crate::scenario::load::Override;
use crate::units::{SimTime, Span};
use std::process::ExitCode;
use std::sync::atomic::Ordering;

/// The scenario with this warm-up: a duration, `mser5`, or its own.
pub(super) fn scenario(
    arguments: &ScenarioArguments,
    stated: Option<&str>,
) -> Result<Scenario, ExitCode> {
    let with = |value: String| {
        let mut overrides = arguments.overrides.clone();
        overrides.push(Override::new("warm_up", value));
        arguments.read_with(&overrides)
    };
    match stated {
        None => arguments.read(),
        Some("mser5") => with(found(arguments)?),
        Some(stated) => with(stated.to_owned()),
    }
}

/// When the start has left no mark any more, as a scenario writes it.
fn found(arguments: &ScenarioArguments) -> Result<String, ExitCode> {
    let scenario = arguments.read()?;
    let seed = arguments.seed.unwrap_or(scenario.seed);
    let first = RunId { seed, replication: arguments.replication };
    let bar = Bar::new(0, "pilots, for the warm-up".to_owned());
    let interrupted = on_interruption()?;
    let goes_on = |_: Progress| !interrupted.load(Ordering::Relaxed);
    let found = warm_up((&scenario, first), &Registry::new(), &goes_on);
    bar.clear();
    let at = found.map_err(|error| {
        complain(format!("error: {error}"));
        match &error {
            WarmUpError::NotInSight => ExitCode::FAILURE,
            WarmUpError::Run(run) => exit_code(run),
        }
    })?;
    let span = at.saturating_since(SimTime::ZERO);
    say(format!(
        "warm-up by MSER-5 of five pilots: {} (--warm-up {})",
        duration(span),
        exactly(span)
    ))?;
    Ok(exactly(span))
}

/// As a scenario writes it, exactly, in the largest unit that does.
fn exactly(span: Span) -> String {
    let units = [("h", Span::HOUR), ("m", Span::MINUTE), ("s", Span::from_seconds(1))];
    let whole = units.into_iter().find(|(_, unit)| span.micros().is_multiple_of(unit.micros()));
    match whole {
        Some((name, unit)) => format!("{}{name}", span.micros() / unit.micros()),
        None => format!("{}us", span.micros()),
    }
}

/// What the batches say.
pub(super) fn closing(scenario: &Scenario, batches: &[Batch]) -> String {
    let length = batches.first().map(|batch| batch.until.saturating_since(batch.from));
    let means = BatchMeans::of(batches);
    let row = |(means, (metric, unit)): (&BatchMeans, (&str, &str))| {
        let show = |number: Option<f64>| number.map(|number| shown_as(metric, unit, number));
        [
            metric.to_owned(),
            show(means.sample.mean()).unwrap_or_else(|| "-".to_owned()),
            show(means.sample.half_width()).map_or(String::new(), |width| format!("± {width}")),
            means.lag_1.map(|lag_1| number(lag_1, 2)).unwrap_or_default(),
        ]
    };
    let rows: Vec<[String; 4]> = means.iter().zip(MEASURES).map(row).collect();
    let (count, length) = (batches.len(), length.map(duration).unwrap_or_default());
    let mut text = if scenario.warm_up == SimTime::ZERO {
        format!(
            "By {count} batches of {length}, from the start on; without a warm-up, a start from empty is in them:\n\n"
        )
    } else {
        format!("In the steady state, by {count} batches of {length}:\n\n")
    };
    text.push_str(&table(["", "mean", "± 95 %", "neighbours' correlation"], rows));
    text.push('\n');
    if means.iter().any(BatchMeans::is_correlated) {
        text.push_str(
            "\nWhere neighbours' correlation is above 1.645 / √n, batches are too short, and the interval is too narrow:\n\
             take fewer batches, or a longer run.\n",
        );
    }
    text
}
