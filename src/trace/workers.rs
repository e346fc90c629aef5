//! `workers.csv`: one row per run of a worker, from waking to stop, written when it stops (SLS-15).
//!
//! Those awake at the horizon are stopped by the facts themselves, in order of id, with the reason
//! `alive`: their `stopped_s` is empty, and the rest is as it stands. A worker that was never woken has no
//! row. From waking to stop, each instant is exactly one of starting, busy, idle (SLS-49).

use super::column::Column;
use super::file::TableFile;
use super::row::Row;
use super::{Known, Table};
use crate::journal::Fact;
use crate::journal::fact::StopReason;
use crate::units::SimTime;

pub(super) const COLUMNS: &[Column] = &[
    Column::named("worker"),
    Column::named("endpoint"),
    Column::named("host"),
    Column::named("gpu_type"),
    Column::count("gpus"),
    Column::named("kind"),
    Column::micros("woken_s"),
    Column::micros("ready_s"),
    Column::micros("stopped_s"),
    Column::micros("cold_start_s"),
    Column::count("requests"),
    Column::micros("busy_s"),
    Column::micros("idle_s"),
    Column::micros("billed_s"),
    Column::money("compute_usd"),
    Column::named("stop_reason"),
    Column::micros("asked_s"),
    Column::money("disk_usd"),
];

/// The end of a run says all.
pub(super) struct Workers;

impl Table for Workers {
    fn hear(&mut self, at: SimTime, fact: &Fact, known: &Known<'_>, out: &mut TableFile) {
        let Fact::WorkerStopped(end) = fact else { return };
        let Some((woken, awake)) = end.woken.zip(end.awake(at)) else { return };
        let names = &known.names;
        let gpu_type = end.host.map(|host| names.type_of(names.scope_of(names.pool_of(host))));
        names
            .worker(out.row(), end.worker)
            .name(names.endpoint(end.worker.endpoint))
            .optional(end.host, |row, host| row.name(names.host(host)))
            .optional(gpu_type, |row, gpu_type| row.name(names.gpu_type(gpu_type)))
            .count(u64::from(end.gpus))
            .word(end.kind.word())
            .time(woken)
            .optional(end.ready, Row::time)
            .optional((end.reason != StopReason::Alive).then_some(at), Row::time)
            .span(awake.starting)
            .count(u64::from(end.requests))
            .span(awake.busy)
            .span(awake.idle)
            .count(end.billed)
            .optional(end.compute, Row::money)
            .word(end.reason.word())
            .time(end.asked)
            .optional(end.disk, Row::money)
            .end();
    }
}
