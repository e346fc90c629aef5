//! What a record of faults or of capacity holds.

use crate::scenario::outages::Outage;
use crate::units::{SimTime, Span};
use crate::workload::import::TraceError;
use crate::workload::import::table::Table;
use crate::workload::outages::{Availability, of_faults};

/// A record of faults.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct FaultsDescription {
    /// Hosts that fail at least once.
    pub hosts: u64,
    /// Faults, but for those that end at once.
    pub faults: u64,
    /// Faults of which the record tells no end.
    pub open: u64,
    /// The last begin or end of a fault.
    pub last: SimTime,
    /// Mean time from a fault to its end, of those that end.
    pub mean_repair: Span,
    /// The most hosts away at once.
    pub most_at_once: u64,
}

impl FaultsDescription {
    /// Reads a whole record.
    pub(super) fn read(table: &mut Table) -> Result<Self, TraceError> {
        let all = of_faults(table)?.by_host;
        let mut found = Self { hosts: super::count(all.len()), ..Self::default() };
        let mut repairs: u64 = 0;
        // A host that returns at an instant precedes one that goes.
        let mut steps: Vec<(SimTime, bool)> = Vec::new();
        for Outage { from, until } in all.into_iter().flatten() {
            found.faults += 1;
            steps.push((from, true));
            if until == SimTime::NEVER {
                found.open += 1;
            } else {
                steps.push((until, false));
                repairs += (until - from).micros();
            }
        }
        steps.sort_unstable();
        let ended = found.faults - found.open;
        found.mean_repair = Span::from_micros(repairs.checked_div(ended).unwrap_or(0));
        found.last = steps.last().map_or(SimTime::ZERO, |(at, _)| *at);
        let mut away: u64 = 0;
        for (_, goes) in steps {
            away = if goes { away + 1 } else { away - 1 };
            found.most_at_once = found.most_at_once.max(away);
        }
        Ok(found)
    }
}

/// A table of how many instances there are.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AvailabilityDescription {
    /// The last row's instant.
    pub last: SimTime,
    /// Its series.
    pub series: Vec<SeriesDescription>,
}

/// One series.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SeriesDescription {
    /// Its name.
    pub name: String,
    /// Its rows.
    pub rows: u64,
    /// The mean over its rows.
    pub mean: f64,
    /// The most.
    pub most: u32,
    /// The share of its rows with no instance at all.
    pub none: f64,
}

impl AvailabilityDescription {
    /// Reads a whole table.
    pub(super) fn read(table: Table) -> Result<(Self, u64), TraceError> {
        let mut rows = Availability::of(table)?;
        let columns = rows.series();
        let mut sums = vec![(0_u64, 0_u64, 0_u64, 0_u32); columns.len()];
        let mut last = SimTime::ZERO;
        while let Some(at) = rows.next()? {
            last = at;
            for ((place, _), (seen, sum, none, most)) in columns.iter().zip(&mut sums) {
                let Some(count) = rows.count(*place)? else { continue };
                *seen += 1;
                *sum += u64::from(count);
                *none += u64::from(count == 0);
                *most = count.max(*most);
            }
        }
        let series = columns.into_iter().zip(sums).map(|((_, name), (rows, sum, none, most))| {
            let share = |of: u64| super::as_f64(of) / super::as_f64(rows.max(1));
            SeriesDescription { name, rows, mean: share(sum), most, none: share(none) }
        });
        Ok((Self { last, series: series.collect() }, rows.rows()))
    }
}
