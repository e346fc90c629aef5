//! `pods.csv`: one row per rental, written when it ends (POD-22).
//!
//! Those alive at the horizon are ended by the facts themselves, in order of id, with the reason
//! `alive`; their `stopped_s` is empty. A request that never held GPUs and is tied to no host shows
//! the GPU type of the first pool that it names, and no cloud, data center or host.

use super::file::TableFile;
use super::row::Row;
use super::{Known, Table};
use crate::journal::Fact;
use crate::journal::fact::{EndReason, Kind};
use crate::journal::rentals::Rental;
use crate::units::SimTime;

pub(super) const COLUMNS: &[&str] = &[
    "pod",
    "rental",
    "account",
    "segment",
    "cloud",
    "datacenter",
    "host",
    "gpu_type",
    "gpus",
    "kind",
    "bid_usd_per_hour",
    "requested_s",
    "placed_s",
    "running_s",
    "stopped_s",
    "end_reason",
    "compute_usd",
    "storage_usd",
    "useful_gpu_s",
    "lost_gpu_s",
    "preemptions",
];

/// What a row needs beside the fact of its end is remembered by the rentals.
pub(super) struct Pods;

impl Table for Pods {
    fn hear(&mut self, at: SimTime, fact: &Fact, known: &Known<'_>, out: &mut TableFile) {
        let Fact::RentalEnded(end) = fact else { return };
        let rental = known.rentals.of(end.pod);
        let asked = &rental.asked;
        let names = &known.names;
        let row = names
            .pod(out.row(), asked.name)
            .count(u64::from(asked.rental))
            .name(names.account(asked.account))
            .optional(asked.segment, |row, segment| row.name(names.segment(segment)));
        let bid = match asked.kind {
            Kind::OnDemand | Kind::Serverless => None,
            Kind::Spot { bid } => Some(bid),
        };
        place(row, rental, known)
            .count(u64::from(rental.gpus))
            .word(rental.kind_word())
            .optional(bid, Row::money)
            .time(rental.requested)
            .optional(rental.placed, Row::time)
            .optional(rental.running, Row::time)
            .optional((end.reason != EndReason::Alive).then_some(at), Row::time)
            .word(end.reason.word())
            .money(end.compute)
            .money(end.storage)
            .gpu_time(end.useful)
            .gpu_time(end.lost)
            .count(u64::from(end.preemptions))
            .end();
    }
}

/// Adds `cloud, datacenter, host, gpu_type`.
fn place<'r>(row: Row<'r>, rental: &Rental, known: &Known<'_>) -> Row<'r> {
    let names = &known.names;
    let Some(host) = rental.host else {
        let scope = names.scope_of(rental.asked.pool);
        return row.empty().empty().empty().name(names.gpu_type(names.type_of(scope)));
    };
    let pool = names.pool_of(host);
    let scope = names.scope_of(pool);
    row.word(names.cloud_of(scope).word())
        .optional(names.datacenter(pool), Row::name)
        .name(names.host(host))
        .name(names.gpu_type(names.type_of(scope)))
}
