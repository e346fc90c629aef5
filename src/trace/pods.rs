//! `pods.csv`: one row per rental, written when it ends (POD-22).
//!
//! Those alive at the horizon are ended by the facts themselves, in order of id, with the reason
//! `alive`; their `stopped_s` is empty. A request that never held GPUs and is tied to no host shows
//! the GPU type of the first pool that it names, and no cloud, data center or host.

use super::column::Column;
use super::file::TableFile;
use super::row::Row;
use super::{Known, Table};
use crate::journal::Fact;
use crate::journal::fact::{EndReason, Kind};
use crate::journal::rentals::Rental;
use crate::units::SimTime;

pub(super) const COLUMNS: &[Column] = &[
    Column::named("pod"),
    Column::count("rental"),
    Column::named("account"),
    Column::named("segment"),
    Column::named("cloud"),
    Column::named("datacenter"),
    Column::named("host"),
    Column::named("gpu_type"),
    Column::count("gpus"),
    Column::named("kind"),
    Column::money("bid_usd_per_hour"),
    Column::micros("requested_s"),
    Column::micros("placed_s"),
    Column::micros("running_s"),
    Column::micros("stopped_s"),
    Column::named("end_reason"),
    Column::money("compute_usd"),
    Column::money("storage_usd"),
    Column::micros("useful_gpu_s"),
    Column::micros("lost_gpu_s"),
    Column::count("preemptions"),
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
