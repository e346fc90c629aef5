//! `hosts.csv`: one row per host, written at the horizon (HOST-02, HOST-12, GEN-13).
//!
//! Up, down and offline add up to the time from its joining to its leaving, or to the horizon ([`Life`]). A host that
//! has not joined has no row.

use super::column::Column;
use super::file::TableFile;
use super::row::Row;
use super::{Known, Table};
use crate::ids::{HostId, Id};
use crate::journal::Fact;
use crate::journal::lives::{Life, host_of};
use crate::scenario::Scenario;
use crate::units::SimTime;

pub(super) const COLUMNS: &[Column] = &[
    Column::named("host"),
    Column::named("cloud"),
    Column::named("datacenter"),
    Column::named("gpu_type"),
    Column::count("gpus"),
    Column::micros("joined_s"),
    Column::micros("left_s"),
    Column::micros("uptime_s"),
    Column::micros("downtime_s"),
    Column::micros("offline_network_s"),
    Column::count("failures"),
    Column::micros("reliability"),
    Column::flag("listed"),
    Column::micros("sold_gpu_s"),
    Column::money("earned_usd"),
];

/// The lives of all hosts.
pub(super) struct Hosts(Vec<Life>);

impl Hosts {
    pub(super) fn new(scenario: &Scenario) -> Self {
        Self(scenario.hosts.iter().map(|host| Life::at_start(host.joins_later)).collect())
    }

    fn write(&mut self, at: SimTime, known: &Known<'_>, out: &mut TableFile) {
        for (index, life) in self.0.iter_mut().enumerate() {
            let Some(joined) = life.joined else { continue };
            life.close(at);
            let id = HostId::from_index(index);
            let host = known.names.spec_of(id);
            let scope = known.names.scope_of(host.pool);
            out.row()
                .name(known.names.host(id))
                .word(known.names.cloud_of(scope).word())
                .optional(known.names.datacenter(host.pool), Row::name)
                .name(known.names.gpu_type(known.names.type_of(scope)))
                .count(u64::from(host.gpus))
                .time(joined)
                .optional(life.left, Row::time)
                .span(life.up)
                .span(life.down)
                .span(life.offline)
                .count(u64::from(life.failures))
                .optional(life.reliability, Row::millionths)
                .word(if life.unlisted { "false" } else { "true" })
                .gpu_time(life.sold)
                .money(life.earned)
                .end();
        }
    }
}

impl Table for Hosts {
    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "all other facts are of one host's life, or none's"
    )]
    fn hear(&mut self, at: SimTime, fact: &Fact, known: &Known<'_>, out: &mut TableFile) {
        match *fact {
            Fact::HostSupplied(_) => self.0.push(Life::default()),
            Fact::RunEnded => self.write(at, known, out),
            _ => {
                if let Some(host) = host_of(fact) {
                    self.0[host.index()].hear(at, fact);
                }
            }
        }
    }
}
