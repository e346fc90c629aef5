//! `requests.csv`: one row per request that was accepted, written when it ends (JOB-07, JOB-11).
//!
//! Those alive at the horizon are ended by the facts themselves, in order of id, as `IN_QUEUE` or
//! `IN_PROGRESS`: they have no end, hence no execution time. There can be billions of rows, so none
//! remembers or allocates anything.

use super::column::Column;
use super::file::TableFile;
use super::row::Row;
use super::{Known, Table};
use crate::journal::Fact;
use crate::units::SimTime;

pub(super) const COLUMNS: &[Column] = &[
    Column::named("request"),
    Column::named("endpoint"),
    Column::micros("submitted_s"),
    Column::micros("started_s"),
    Column::micros("finished_s"),
    Column::micros("delay_s"),
    Column::micros("execution_s"),
    Column::named("status"),
    Column::flag("cold_start"),
    Column::named("worker"),
    Column::count("attempts"),
];

/// The end of a request says all.
pub(super) struct Requests;

impl Table for Requests {
    fn hear(&mut self, at: SimTime, fact: &Fact, known: &Known<'_>, out: &mut TableFile) {
        let Fact::RequestEnded(end) = fact else { return };
        let names = &known.names;
        let finished = end.status.is_final().then_some(at);
        names
            .request(out.row(), (end.request, end.name))
            .name(names.endpoint(end.endpoint))
            .time(end.submitted)
            .optional(end.started, Row::time)
            .optional(finished, Row::time)
            .optional(end.delay(), Row::span)
            .optional(end.execution(at), Row::span)
            .word(end.status.word())
            .word(if end.cold_start { "true" } else { "false" })
            .optional(end.worker, |row, worker| names.worker(row, worker))
            .count(u64::from(end.attempts))
            .end();
    }
}
