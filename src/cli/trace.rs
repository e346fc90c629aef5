//! `walras describe`: what a trace file holds.

mod requests;

use super::print::{complain, count, duration, number, percent, say, table};
use crate::scenario::demand::TraceFormat;
use crate::units::SimTime;
use crate::workload::calendar::Moment;
use crate::workload::describe::outages::{AvailabilityDescription, FaultsDescription};
use crate::workload::describe::series::{CountsDescription, PricesDescription};
use crate::workload::describe::{
    self, Content, Description, FleetDescription, Oversubscription, Requested,
};
use crate::workload::import::FileKind;
use clap::Args;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

#[derive(Debug, Args)]
pub(super) struct DescribeArguments {
    /// The trace: CSV, plain or gzipped.
    trace: PathBuf,
    /// A list of machines to hold the requests against.
    #[arg(long, value_name = "NODES")]
    fleet: Option<PathBuf>,
}

/// Describes the trace that the arguments name.
pub(super) fn describe(arguments: &DescribeArguments) -> Result<(), ExitCode> {
    let description = read(&arguments.trace)?;
    // What cannot be held against one another is told before anything is shown.
    let fleet = match (&description.content, &arguments.fleet) {
        (Content::Requests(_), Some(path)) => Some((path, machines_of(path)?)),
        (
            Content::Fleet(_)
            | Content::Counts(_)
            | Content::Prices(_)
            | Content::Faults(_)
            | Content::Availability(_)
            | Content::Submissions(_)
            | Content::Durations(_)
            | Content::Measured(_),
            Some(_),
        ) => {
            let (path, kind) = (arguments.trace.display(), &description.kind);
            let wanted = "with --fleet a list of requests, to be held against the fleet";
            complain(format!("error: {path} is {kind}, expected {wanted}"));
            return Err(ExitCode::from(2));
        }
        (_, None) => None,
    };
    say(head(&arguments.trace, &description))?;
    if description.rows == 0 {
        return say("\nIt has a header and no rows");
    }
    match &description.content {
        Content::Fleet(fleet) => say(machines(fleet)),
        Content::Counts(found) => say(counts(found)),
        Content::Prices(found) => say(prices(found, &description.kind)),
        Content::Faults(found) => say(faults(found)),
        Content::Availability(found) => say(availability(found)),
        Content::Submissions(found) => say(requests::survey(found, &description.kind)),
        Content::Durations(found) => say(requests::durations(found)),
        Content::Measured(found) => say(requests::measured(found, &arguments.trace)),
        Content::Requests(requested) => {
            say(demand(requested))?;
            say(load(requested))?;
            match fleet {
                None => say("\nWith --fleet NODES: how far this load oversubscribes a fleet"),
                Some((path, fleet)) => oversubscription(requested, path, &fleet),
            }
        }
    }
}

fn read(path: &Path) -> Result<Description, ExitCode> {
    describe::describe(path).map_err(|error| {
        complain(format!("error: {error}"));
        ExitCode::from(2)
    })
}

fn head(path: &Path, description: &Description) -> String {
    let gzipped = if description.compressed { ", gzipped" } else { "" };
    let (kind, rows) = (&description.kind, count(description.rows));
    format!("{}: {kind}{gzipped}, {rows} rows\nblake3 {}", path.display(), description.digest)
}

fn sizes(sizes: &BTreeMap<u32, u64>) -> String {
    let all: u64 = sizes.values().sum();
    let each = sizes.iter().map(|(gpus, requests)| {
        let share = as_f64(*requests) / as_f64(all).max(1.0);
        format!("{gpus} GPU{}: {}", if *gpus == 1 { "" } else { "s" }, percent(share))
    });
    each.collect::<Vec<_>>().join(", ")
}

fn or_none(text: String) -> String {
    if text.is_empty() { "-".to_owned() } else { text }
}

#[expect(clippy::cast_precision_loss, reason = "a count to look at")]
fn as_f64(count: u64) -> f64 {
    count as f64
}

fn machines(fleet: &FleetDescription) -> String {
    let rows = fleet.models.iter().map(|model| {
        [model.name.clone(), count(model.hosts), count(model.gpus), sizes(&model.sizes)]
    });
    format!(
        "\n{} hosts with {} GPUs, {} vCPUs, {} GB; {} machines without a GPU are left out\n\n{}",
        count(fleet.hosts),
        count(fleet.gpus),
        count(fleet.vcpus),
        count(fleet.memory_gb),
        count(fleet.without_gpu),
        table(["GPU type", "hosts", "GPUs", "hosts by size"], rows.collect()),
    )
}

/// `2020-04-01 00:00:00 to 2020-06-30 23:50:00, 91 days`.
fn time_span(span: Option<(Moment, Moment)>) -> String {
    let Some((first, last)) = span else { return "no row".to_owned() };
    let length = duration(last.since(first).unwrap_or_default());
    format!("{first} to {last}, {length}")
}

/// Columns of counts and how they are spread over the rows.
fn counts(found: &CountsDescription) -> String {
    let step = found.step.map(duration).unwrap_or_default();
    let rows = found.columns.iter().map(|column| {
        [
            column.name.clone(),
            count(column.sum),
            count(column.least.into()),
            count(column.median.into()),
            number(column.mean, 2),
            count(column.most.into()),
        ]
    });
    format!(
        "\n{}; a row every {step}, {} of them missing\n\n{}",
        time_span(found.span),
        count(found.missing),
        table(["per row", "sum", "least", "median", "mean", "most"], rows.collect()),
    )
}

/// Prices by market.
fn prices(found: &PricesDescription, kind: &FileKind) -> String {
    // The plain format counts seconds from a zero of its own.
    let is_plain = *kind == FileKind::Known(TraceFormat::PlainPrices);
    let seconds = |at: Moment| duration(at.since(Moment::from_unix_seconds(0)).unwrap_or_default());
    let span = match found.span {
        Some((first, last)) if is_plain => format!("{} to {}", seconds(first), seconds(last)),
        span => time_span(span),
    };
    let per = if is_plain { "GPU-hour" } else { "instance-hour" };
    let rows = found.markets.iter().map(|market| {
        let usd = |price: crate::units::Money| price.to_string();
        let name = |name: &str| if name.is_empty() { "(the only one)" } else { name }.to_owned();
        let price = [usd(market.least), usd(market.median), usd(market.most)];
        let [least, median, most] = price;
        [name(&market.instance), name(&market.zone), count(market.prices), least, median, most]
    });
    let header = ["instance type", "zone", "prices", "least", "median", "most"];
    format!("\n{span}; USD per {per}, the median over time\n\n{}", table(header, rows.collect()),)
}

/// Faults of hosts.
fn faults(found: &FaultsDescription) -> String {
    let rows = vec![
        ["hosts that fail".to_owned(), count(found.hosts)],
        ["faults".to_owned(), format!("{} over {}", count(found.faults), since_zero(found.last))],
        ["without an end".to_owned(), count(found.open)],
        ["mean time to repair".to_owned(), duration(found.mean_repair)],
        ["most away at once".to_owned(), count(found.most_at_once)],
    ];
    format!("\n{}", plain(rows))
}

/// How many instances there are, by series.
fn availability(found: &AvailabilityDescription) -> String {
    let rows = found.series.iter().map(|series| {
        let (rows, most) = (count(series.rows), count(series.most.into()));
        [series.name.clone(), rows, number(series.mean, 2), most, percent(series.none)]
    });
    let header = ["series", "rows", "mean", "most", "none there"];
    format!("\nover {}\n\n{}", since_zero(found.last), table(header, rows.collect()))
}

fn since_zero(at: SimTime) -> String {
    duration(at.saturating_since(SimTime::ZERO))
}

fn demand(found: &Requested) -> String {
    let span = found.last_arrival.saturating_since(found.first_arrival);
    let busiest =
        found.per_day.iter().enumerate().max_by_key(|(day, many)| (**many, usize::MAX - day));
    let mut rows = vec![
        ["arrivals".to_owned(), format!("over {}", duration(span))],
        [String::new(), format!("first at {}", since_zero(found.first_arrival))],
        ["for whole GPUs".to_owned(), count(found.whole)],
        ["for a share of one".to_owned(), count(found.shares)],
        ["without a GPU".to_owned(), count(found.without_gpu)],
        ["sizes".to_owned(), or_none(sizes(&found.sizes))],
        ["run until told".to_owned(), count(found.endless)],
        ["never placed there".to_owned(), count(found.never_placed)],
        ["on demand, spot, open".to_owned(), kinds(found)],
        ["accounts named".to_owned(), count(found.accounts)],
    ];
    if let Some(zero) = found.zero {
        rows[1][1] += &format!(" after {zero}");
    }
    if let Some((day, many)) = busiest {
        rows.insert(2, [String::new(), format!("busiest day {day}: {}", count(*many))]);
    }
    if !found.phases.is_empty() {
        let phases = found.phases.iter().map(|(phase, many)| format!("{phase} {}", count(*many)));
        rows.push(["recorded phases".to_owned(), phases.collect::<Vec<_>>().join(", ")]);
    }
    format!("\n{}", plain(rows))
}

fn kinds(found: &Requested) -> String {
    let (on_demand, spot) = found.kinds;
    let open = found.whole + found.shares + found.without_gpu - on_demand - spot;
    format!("{}, {}, {}", count(on_demand), count(spot), count(open))
}

/// Labels and values in two columns.
fn plain(rows: Vec<[String; 2]>) -> String {
    let width = rows.iter().map(|[label, _]| label.chars().count()).max().unwrap_or(0);
    let line = |[label, value]: [String; 2]| format!(" {label:width$}  {value}");
    rows.into_iter().map(line).collect::<Vec<_>>().join("\n")
}

fn shown_name(name: &str) -> String {
    if name.is_empty() { "(any)".to_owned() } else { name.to_owned() }
}

/// The load by GPU type, were each request served on arrival.
fn load(found: &Requested) -> String {
    let row = |name: String, load: &describe::load::Load| {
        [
            name,
            count(load.requests),
            number(load.gpu_time.as_gpu_seconds_f64() / 3_600.0, 1),
            number(load.mean_busy, 2),
            number(load.peak_busy, 2),
            number(load.mean_whole, 2),
            count(load.peak_whole),
            since_zero(load.peak_at),
        ]
    };
    let mut rows: Vec<_> =
        found.by_type.iter().map(|(name, load)| row(shown_name(name), load)).collect();
    if 1 < rows.len() {
        rows.push(row("all".to_owned(), &found.load));
    }
    let header = ["GPU type", "requests", "GPU-h", "mean busy", "peak", "mean whole", "peak", "at"];
    let endless =
        if found.endless == 0 { "" } else { "; who runs until told is in the peaks alone" };
    format!(
        "\nLoad, each request served on arrival; whole: a share of a GPU takes a whole one{endless}\n{}",
        table(header, rows)
    )
}

/// The fleet in the file at `path`.
fn machines_of(path: &Path) -> Result<FleetDescription, ExitCode> {
    let found = read(path)?;
    let Content::Fleet(fleet) = found.content else {
        let (path, kind) = (path.display(), found.kind);
        complain(format!("error: {path} is {kind}, expected a list of machines"));
        return Err(ExitCode::from(2));
    };
    Ok(fleet)
}

fn oversubscription(
    found: &Requested,
    path: &Path,
    fleet: &FleetDescription,
) -> Result<(), ExitCode> {
    let row = |row: Oversubscription| {
        let name = if row.name == "*" { "all".to_owned() } else { shown_name(&row.name) };
        [name, count(row.gpus), format!("{:.3}", row.mean), format!("{:.3}", row.peak)]
    };
    let rows = found.oversubscription(fleet).into_iter().map(row).collect();
    let header = ["GPU type", "GPUs able", "mean", "peak"];
    say(format!("\nBusy GPUs over the fleet of {}\n{}", path.display(), table(header, rows)))
}
