//! `walras sweep` and `walras merge`: a table of all points of a design.

use super::print::{count, say};
use super::run::format;
use super::study::{StudyArguments, Watch, say_where, told};
use crate::experiment::sweep::{self, Shard, Swept, sweep_to_directory};
use crate::figures::shown_as;
use crate::policy::Registry;
use crate::scenario::study::Study;
use crate::trace::Format;
use clap::Args;
use comfy_table::{CellAlignment, ContentArrangement, Table, presets};
use std::path::PathBuf;
use std::process::ExitCode;

#[derive(Debug, Args)]
pub(super) struct SweepArguments {
    #[command(flatten)]
    of: StudyArguments,
    /// Runs the i-th of n parts of the sweep alone, for `walras merge`; without --out into a directory of its
    /// own, output/<name>-i-of-n.
    #[arg(long, value_name = "I/N", value_parser = shard)]
    shard: Option<Shard>,
}

#[derive(Debug, Args)]
pub(super) struct MergeArguments {
    /// The directories of all shards.
    #[arg(required = true)]
    shards: Vec<PathBuf>,
    /// The directory to write.
    #[arg(long)]
    out: PathBuf,
    /// Writes the tables as Parquet, too, beside CSV, whatever the shards have: csv or parquet.
    #[arg(long, value_parser = format, default_value = "csv", value_name = "csv|parquet")]
    format: Format,
}

fn shard(text: &str) -> Result<Shard, String> {
    let expected = || "expected I/N with I from 1 to N, as in 2/5".to_owned();
    let (index, count) = text.split_once('/').ok_or_else(expected)?;
    let read = |text: &str| text.trim().parse::<u64>().ok();
    let shard = read(index).zip(read(count)).map(|(index, count)| Shard { index, count });
    shard.filter(|shard| 1 <= shard.index && shard.index <= shard.count).ok_or_else(expected)
}

/// Runs the sweep that the arguments name.
pub(super) fn sweep(arguments: &SweepArguments) -> Result<(), ExitCode> {
    let study = arguments.of.read()?;
    let shard = arguments.shard.unwrap_or(Shard::WHOLE);
    let out = match arguments.shard {
        None => arguments.of.out(&study),
        Some(Shard { index, count }) => {
            arguments.of.out_of_part(&study, &format!("{index}-of-{count}"))
        }
    }?;
    let policies = Registry::new();
    let watch = Watch::over(sweep::count(&study, shard))?;
    let setting = arguments.of.setting(&study, &policies);
    let goes_on = |told| watch.hear(told);
    let mut timing = |outcome| watch.finish(outcome);
    let swept = sweep_to_directory(&setting, (&out, shard), &goes_on, &mut timing);
    let swept = swept.map_err(|error| watch.fail(&error, &arguments.of.experiment))?;
    say(closing(&study, shard, &swept))?;
    say_where(&arguments.of, &out)
}

/// Puts shards together.
pub(super) fn merge(arguments: &MergeArguments) -> Result<(), ExitCode> {
    let merged = sweep::merge::merge(&arguments.shards, &arguments.out, arguments.format);
    let runs = merged.map_err(|error| told(&error, &arguments.out))?;
    say(format!("{} shards, {} runs", arguments.shards.len(), count(runs)))?;
    say(format!("written to {}", arguments.out.display()))
}

/// At most so many points are shown.
const MOST_SHOWN: usize = 40;

/// What a person wants to know first: each point's means.
fn closing(study: &Study, shard: Shard, swept: &Swept) -> String {
    let measures = study.metrics.len();
    let points = swept.found.points.len() / measures.max(1);
    let mut text = format!("\n{}: {} points", study.title, count(points as u64));
    if shard != Shard::WHOLE {
        text.push_str(&format!(" (shard {} of {})", shard.index, shard.count));
    }
    text.push_str(&format!(", {} runs", count(swept.runs as u64)));
    if 0 < swept.resumed {
        text.push_str(&format!(", {} of them there already", count(swept.resumed as u64)));
    }
    text.push_str(&format!(", {} events\n\n", count(swept.outcome.events)));
    let mut table = Table::new();
    table.load_preset(presets::NOTHING).set_content_arrangement(ContentArrangement::Disabled);
    let of_measure =
        |measure: &crate::scenario::study::Measure| [measure.to_string(), "± 95 %".to_owned()];
    table.set_header(
        swept.found.axes().map(str::to_owned).chain(study.metrics.iter().flat_map(of_measure)),
    );
    for means in swept.found.points.chunks(measures).take(MOST_SHOWN) {
        let mut row = means[0].at.clone();
        for mean in means {
            let show = |number| shown_as(&mean.metric, &mean.unit, number);
            row.push(mean.sample.mean().map(show).unwrap_or_default());
            row.push(mean.sample.half_width().map(show).unwrap_or_default());
        }
        table.add_row(row);
    }
    for column in table.column_iter_mut() {
        column.set_cell_alignment(CellAlignment::Right);
    }
    let lines: Vec<String> = table.lines().map(|line| line.trim_end().to_owned()).collect();
    text.push_str(&lines.join("\n"));
    text.push('\n');
    if MOST_SHOWN < points {
        text.push_str(&format!("… and {} more in points.csv\n", points - MOST_SHOWN));
    }
    text
}
