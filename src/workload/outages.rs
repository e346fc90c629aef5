//! Recorded outages of hosts, and recorded capacity: who is away when, by a trace (HOST-03, HOST-04).
//!
//! Sources: faults of 400 GPU servers over 240 days, `stepfun-ai/InfiniteHBD-Trace` (Shou et al.,
//! SIGCOMM 2025), each of which takes a server out of service until it ends; and how many instances of a
//! zone AWS would have given at each probe, `skypilot-org/spot-traces` (Wu et al., *Can't Be Late*,
//! NSDI 2024), of which the i-th is there while the series is at least i.

use super::import::cell::instant_of_days;
use super::import::error::TraceError;
use super::import::table::{Table, digest};
use crate::scenario::demand::TraceFormat;
use crate::scenario::outages::{Outage, Outages};
use crate::units::SimTime;
use std::collections::BTreeMap;
use std::path::Path;

/// What was read, and the BLAKE3 of the file in hexadecimal.
pub type ReadOutages = (Outages, String);

/// Reads the outages in the file at `path`; of a table of availability those of the column `series`.
///
/// # Errors
/// A file that is missing, unreadable, of another kind or malformed, or a column that it lacks.
pub fn read_outages(
    path: &Path,
    format: TraceFormat,
    series: Option<&str>,
) -> Result<ReadOutages, TraceError> {
    let mut table = Table::open(path)?;
    table.must_be(format)?;
    let outages = match series {
        Some(series) => of_series(Availability::of(table)?, series)?,
        None => of_faults(&mut table)?,
    };
    Ok((outages, digest(path)?))
}

/// Faults: `fault_start` takes a node away until its next `fault_end`; one that ends at once takes nothing.
pub(super) fn of_faults(table: &mut Table) -> Result<Outages, TraceError> {
    let (node, time) = (table.column("node_id")?, table.column("event_time")?);
    let kind = table.column("event_type")?;
    let mut places: BTreeMap<String, usize> = BTreeMap::new();
    let mut by_host: Vec<Vec<Outage>> = Vec::new();
    while let Some(record) = table.next()? {
        let field = |place: usize| record.get(place).unwrap_or_default();
        let Some(at) = instant_of_days(field(time)) else {
            let expected = "days, not negative, with at most six decimals, such as 3.8955";
            return Err(table.malformed_at(time, expected));
        };
        let place = *places.entry(field(node).to_owned()).or_insert(by_host.len());
        if place == by_host.len() {
            by_host.push(Vec::new());
        }
        let last = by_host[place].last_mut();
        let open = last.filter(|outage| outage.until == SimTime::NEVER);
        match (field(kind), open) {
            ("fault_start", None) => {
                by_host[place].push(Outage { from: at, until: SimTime::NEVER });
            }
            ("fault_end", Some(outage)) if outage.from <= at => outage.until = at,
            ("fault_start", Some(_)) => {
                return Err(table.malformed_at(kind, "the end of the fault that this node has"));
            }
            ("fault_end", _) => {
                return Err(table.malformed_at(kind, "a fault_start of this node before its end"));
            }
            _ => return Err(table.malformed_at(kind, "fault_start or fault_end")),
        }
    }
    for outages in &mut by_host {
        outages.retain(|outage| outage.from < outage.until);
    }
    Ok(Outages { by_host, of_further: Vec::new() })
}

/// How many instances there are, row by row.
pub(super) struct Availability {
    table: Table,
    above: Option<SimTime>,
}

const SECONDS: &str = "seconds";

impl Availability {
    pub(super) fn of(table: Table) -> Result<Self, TraceError> {
        table.column(SECONDS)?;
        Ok(Self { table, above: None })
    }
    /// The series: their places and names; columns of prices are none.
    pub(super) fn series(&self) -> Vec<(usize, String)> {
        let columns = self.table.header().iter().cloned().enumerate().skip(1);
        columns.filter(|(_, name)| !name.ends_with("_price")).collect()
    }
    pub(super) const fn rows(&self) -> u64 {
        self.table.rows()
    }
    /// The instant of the next row.
    pub(super) fn next(&mut self) -> Result<Option<SimTime>, TraceError> {
        let Some(record) = self.table.next()? else { return Ok(None) };
        let seconds = record.get(0).unwrap_or_default().parse::<u32>().ok();
        let at = seconds.map(|seconds| SimTime::from_seconds(seconds.into()));
        let Some(at) = at.filter(|at| self.above.is_none_or(|above| above < *at)) else {
            return Err(self.table.malformed_at(0, "whole seconds, more than in the row above"));
        };
        self.above = Some(at);
        Ok(Some(at))
    }
    /// A count of the present row; none where the series has ended.
    pub(super) fn count(&self, place: usize) -> Result<Option<u32>, TraceError> {
        let text = self.table.record().get(place).unwrap_or_default();
        if text.is_empty() {
            return Ok(None);
        }
        let count = text.parse::<u32>().ok().filter(|count| *count <= MOST);
        let expected = "a number of instances up to 1000000, or nothing";
        count.map(Some).ok_or_else(|| self.table.malformed_at(place, expected))
    }
}

/// More instances than any zone was asked for.
const MOST: u32 = 1_000_000;

/// The i-th instance is away while the series is below i; what it was last holds on.
fn of_series(mut rows: Availability, series: &str) -> Result<Outages, TraceError> {
    let known = rows.series();
    let Some((place, _)) = known.iter().find(|(_, name)| name == series) else {
        let names = known.iter().map(|(_, name)| name.as_str()).collect::<Vec<_>>();
        let problem = format!("is no series of the file; it has {}", names.join(", "));
        return Err(rows.table.bad_column(series, problem));
    };
    let mut by_host: Vec<Vec<Outage>> = Vec::new();
    let always_away = |until| vec![Outage { from: SimTime::ZERO, until }];
    let mut before = 0_usize;
    while let Some(at) = rows.next()? {
        let Some(count) = rows.count(*place)? else { continue };
        let count = usize::try_from(count).expect("at most a million");
        for host in before..count {
            match by_host.get_mut(host).map(|outages| outages.last_mut()) {
                Some(Some(outage)) => outage.until = at,
                _ => by_host.push(always_away(at)),
            }
        }
        for outages in by_host.iter_mut().take(before).skip(count) {
            outages.push(Outage { from: at, until: SimTime::NEVER });
        }
        before = count;
    }
    for outages in &mut by_host {
        outages.retain(|outage| outage.from < outage.until);
    }
    Ok(Outages { by_host, of_further: always_away(SimTime::NEVER) })
}
