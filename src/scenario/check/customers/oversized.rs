//! Rows of a trace that no host could ever hold (POD-02, POD-04): told by the check, as requests of scripts and
//! segments are, with the first row of each kind.
//!
//! The trace is read once more for it, row by row, when its GPU types have got their meaning. Each row is
//! held against one host of each kind, so neither memory nor time grows with trace times fleet.

use super::Scene;
use crate::scenario::check::capacity::{self, Lack};
use crate::scenario::check::trace;
use crate::scenario::demand::{Demand, Replay, TraceFormat};
use crate::scenario::problem::Fault;
use crate::scenario::text::{Place, Reader};
use crate::units::Span;
use crate::workload::import::{Requests, TraceError, pods};
use crate::workload::replay::state_demand;
use std::collections::BTreeMap;

/// The first row that lacks something, and how many do.
struct Found {
    fault: Fault,
    row: u64,
    line: u64,
    /// The column that asks for it, and what stands there; none if the segment does.
    cell: Option<(&'static str, String)>,
    count: u64,
}

/// Reports the rows of `replay`, which the text at `named` names, that no host could hold. `demand` is what
/// the segment asks for where a row states nothing; `window` is how long arrivals are taken.
pub(super) fn check(
    reader: &mut Reader,
    (named, replay): (&Place, &Replay),
    (demand, window): (&Demand, Span),
    scene: &Scene<'_>,
) {
    if !scene.fleet.is_complete {
        return;
    }
    match oversized((replay, demand, window), scene) {
        Ok(found) => {
            for ((_, lack), found) in found {
                report(reader, (named, replay), (lack, found));
            }
        }
        Err(error) => trace::report(reader, named, &error),
    }
}

/// What rows lack, for each list of GPU types.
type ByLack = BTreeMap<(u32, Lack), Found>;

fn oversized(
    (replay, demand, window): (&Replay, &Demand, Span),
    scene: &Scene<'_>,
) -> Result<ByLack, TraceError> {
    let mut requests = Requests::open(&replay.path, replay.format)?;
    let kinds = capacity::kinds(scene.fleet);
    let end = replay.from.saturating_add(window);
    let mut found = ByLack::new();
    while let Some(row) = requests.next()? {
        let asked = row.gpus.asked(replay);
        let Some(whole) = asked.filter(|_| replay.from <= row.arrival && row.arrival < end) else {
            continue;
        };
        // Of the pods that it becomes the first is the largest.
        let gpus = pods(whole, replay.largest_pod).next().unwrap_or(whole);
        let row = if gpus < whole { row.part(gpus, whole) } else { row };
        let mut demand = Demand { gpus, ..*demand };
        state_demand(&mut demand, &row, replay.cpu_memory);
        if let Some((_, types)) = replay.types.iter().find(|(name, _)| name == row.gpu_type) {
            demand.types = *types;
        }
        let types = &scene.types.lists[demand.types as usize];
        let sites = (&scene.sites.rows[demand.site as usize], scene.fleet);
        if types.is_empty() {
            continue; // they mean nothing, which is told elsewhere
        }
        for (lack, fault) in capacity::lacks(&kinds, (types, sites), &demand, scene.rules) {
            let before = found.entry((demand.types, lack)).or_insert_with(|| Found {
                fault,
                row: requests.rows(),
                line: requests.line(),
                cell: cell(&requests, replay.format, lack),
                count: 0,
            });
            before.count += 1;
        }
    }
    Ok(found)
}

/// The column of the present row that asks for what hosts lack, and what it says.
fn cell(requests: &Requests, format: TraceFormat, lack: Lack) -> Option<(&'static str, String)> {
    let columns: &[&'static str] = match (format, lack) {
        (TraceFormat::Plain, Lack::Hosts) => &["gpu_type"],
        (TraceFormat::Plain, Lack::Cloud) => &["cloud"],
        (TraceFormat::Plain, Lack::Gpus) => &["gpus"],
        (TraceFormat::Plain, Lack::Vcpus) => &["min_vcpus"],
        (TraceFormat::Plain, Lack::Memory) => &["min_memory_gb"],
        (TraceFormat::Plain, Lack::Disk) => &["volume_gb", "container_disk_gb"],
        (TraceFormat::DlrmInstances, Lack::Gpus) => &["gpu_request"],
        (TraceFormat::DlrmInstances, Lack::Vcpus) => &["cpu_request"],
        (TraceFormat::DlrmInstances, Lack::Memory) => &["memory_request"],
        (TraceFormat::DlrmInstances, Lack::Disk) => &["disk_request"],
        (TraceFormat::PhillyJobs, Lack::Gpus) => &["num_gpus"],
        (_, Lack::Hosts) => &["gpu_spec"],
        (_, Lack::Gpus) => &["num_gpu"],
        (_, Lack::Vcpus) => &["cpu_milli"],
        (_, Lack::Memory) => &["memory_mib"],
        (_, Lack::Cloud | Lack::Site | Lack::Disk | Lack::CpuSlots) => &[],
    };
    let stated = |column: &&&str| !requests.cell(column).is_empty();
    let column = columns.iter().find(stated)?;
    Some((column, requests.cell(column).to_owned()))
}

fn report(reader: &mut Reader, (named, replay): (&Place, &Replay), (lack, found): (Lack, Found)) {
    let Found { fault, row, line, cell, count } = found;
    let more = match count - 1 {
        0 => String::new(),
        1 => ", and 1 more row".to_owned(),
        many => format!(", and {many} more rows"),
    };
    let column =
        cell.as_ref().map_or_else(String::new, |(column, _)| format!(", column `{column}`"));
    let path = replay.path.display();
    let message = format!("{}: `{path}` in row {row} (line {line}){column}{more}", fault.message);
    let smaller = if lack == Lack::Gpus { "a `largest_pod`, or " } else { "" };
    let expected = format!("{}; or {smaller}`oversized: refused`", fault.expected);
    let text = cell.map_or_else(String::new, |(_, text)| text);
    let aside = trace::cell(&replay.path, line, &text);
    let found = fault.found.unwrap_or(text);
    let found = if found.is_empty() { "what the segment says".to_owned() } else { found };
    reader.report(named, Fault { aside, ..Fault::new(message, expected).found(found) });
}
