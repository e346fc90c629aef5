//! `endpoints.csv`: one row per sample and endpoint (SLS-16, SLS-48).

use super::column::Column;
use super::file::TableFile;
use super::{Known, Table};
use crate::journal::Fact;
use crate::units::SimTime;

pub(super) const COLUMNS: &[Column] = &[
    Column::micros("time_s"),
    Column::named("endpoint"),
    Column::count("in_queue"),
    Column::count("in_progress"),
    Column::count("workers_initializing"),
    Column::count("workers_idle"),
    Column::count("workers_running"),
    Column::count("workers_throttled"),
    Column::count("completed"),
    Column::count("failed"),
    Column::count("retried"),
    Column::count("timed_out"),
    Column::count("cancelled"),
    Column::count("workers_standby"),
    Column::count("workers_unhealthy"),
    Column::count("workers_draining"),
];

/// A sample says all.
pub(super) struct Endpoints;

impl Table for Endpoints {
    fn hear(&mut self, at: SimTime, fact: &Fact, known: &Known<'_>, out: &mut TableFile) {
        let Fact::EndpointSampled(sampled) = fact else { return };
        let counts = &sampled.counts;
        out.row()
            .time(at)
            .name(known.names.endpoint(sampled.endpoint))
            .count(counts.in_queue)
            .count(counts.in_progress)
            .count(u64::from(counts.initializing))
            .count(u64::from(counts.idle))
            .count(u64::from(counts.running))
            .count(u64::from(counts.throttled))
            .count(counts.completed)
            .count(counts.failed)
            .count(counts.retried)
            .count(counts.timed_out)
            .count(counts.cancelled)
            .count(u64::from(counts.standby))
            .count(u64::from(counts.unhealthy))
            .count(u64::from(counts.draining))
            .end();
    }
}
