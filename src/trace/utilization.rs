//! `utilization.csv`: one row per sample and pool (GEN-13).
//!
//! A pool's sums move only when one of its hosts says that its use has changed, so a sample costs as
//! many steps as there are pools, however large the fleet.

use super::column::Column;
use super::file::TableFile;
use super::row::Row;
use super::{Known, Table};
use crate::ids::{Id, PoolId};
use crate::journal::Fact;
use crate::journal::fact::Occupancy;
use crate::scenario::Scenario;
use crate::units::SimTime;

pub(super) const COLUMNS: &[Column] = &[
    Column::micros("time_s"),
    Column::named("gpu_type"),
    Column::named("cloud"),
    Column::named("datacenter"),
    Column::count("gpus_total"),
    Column::count("gpus_up"),
    Column::count("gpus_on_demand"),
    Column::count("gpus_spot"),
    Column::count("gpus_serverless"),
    Column::count("gpus_grace"),
    Column::count("gpus_free"),
    Column::count("waiting_pods"),
];

/// The GPUs of one pool by their use.
#[derive(Clone, Copy, Debug, Default)]
struct PoolUse {
    total: u32,
    on_demand: u32,
    spot: u32,
    serverless: u32,
    grace: u32,
    free: u32,
}

impl PoolUse {
    fn up(&self) -> u32 {
        self.on_demand + self.spot + self.serverless + self.grace + self.free
    }
    fn remove(&mut self, host: Occupancy) {
        self.on_demand -= u32::from(host.on_demand);
        self.spot -= u32::from(host.spot);
        self.serverless -= u32::from(host.serverless);
        self.grace -= u32::from(host.grace);
        self.free -= u32::from(host.free);
    }
    fn add(&mut self, host: Occupancy) {
        self.on_demand += u32::from(host.on_demand);
        self.spot += u32::from(host.spot);
        self.serverless += u32::from(host.serverless);
        self.grace += u32::from(host.grace);
        self.free += u32::from(host.free);
    }
}

/// The present use of every pool and host.
pub(super) struct Utilization {
    pools: Vec<PoolUse>,
    /// What each host adds to its pool: nothing while it is not available.
    hosts: Vec<Occupancy>,
}

impl Utilization {
    pub(super) fn new(scenario: &Scenario) -> Self {
        let mut pools = vec![PoolUse::default(); scenario.pools.len()];
        for host in scenario.hosts.iter().filter(|host| !host.joins_later) {
            pools[host.pool.index()].total += host.gpus;
        }
        Self { pools, hosts: vec![Occupancy::default(); scenario.hosts.len()] }
    }

    fn sample(&self, at: SimTime, known: &Known<'_>, out: &mut TableFile) {
        for (index, pool) in self.pools.iter().enumerate() {
            let id = PoolId::from_index(index);
            let scope = known.names.scope_of(id);
            out.row()
                .time(at)
                .name(known.names.gpu_type(known.names.type_of(scope)))
                .word(known.names.cloud_of(scope).word())
                .optional(known.names.datacenter(id), Row::name)
                .count(u64::from(pool.total))
                .count(u64::from(pool.up()))
                .count(u64::from(pool.on_demand))
                .count(u64::from(pool.spot))
                .count(u64::from(pool.serverless))
                .count(u64::from(pool.grace))
                .count(u64::from(pool.free))
                .count(u64::from(known.rentals.waiting(id)))
                .end();
        }
    }
}

impl Table for Utilization {
    #[expect(clippy::wildcard_enum_match_arm, reason = "all other facts leave the use as it is")]
    fn hear(&mut self, at: SimTime, fact: &Fact, known: &Known<'_>, out: &mut TableFile) {
        match *fact {
            Fact::Occupied { host, available, occupancy } => {
                let now = if available { occupancy } else { Occupancy::default() };
                let pool = &mut self.pools[known.names.pool_of(host).index()];
                pool.remove(std::mem::replace(&mut self.hosts[host.index()], now));
                pool.add(now);
            }
            Fact::HostSupplied(_) => self.hosts.push(Occupancy::default()),
            Fact::HostJoined(host) => {
                let host = known.names.spec_of(host);
                self.pools[host.pool.index()].total += host.gpus;
            }
            Fact::HostLeft(host) => {
                let host = known.names.spec_of(host);
                self.pools[host.pool.index()].total -= host.gpus;
            }
            Fact::Sampled => self.sample(at, known, out),
            _ => {}
        }
    }
}
