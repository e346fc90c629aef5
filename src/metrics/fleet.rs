//! How the fleet is used, and who waits for it (GEN-13): time-weighted, exact.

use super::gauge::{Gauge, number};
use super::subject::Breakdown::{Place, PlaceAndKind};
use super::subject::{Subject, Subjects};
use super::summary::{Reading, Value};
use crate::ids::{HostId, Id, PoolId, ScopeId};
use crate::journal::fact::Occupancy;
use crate::scenario::Scenario;
use crate::units::{Money, SimTime, Span};

/// The gauges of one scope.
#[derive(Clone, Copy, Debug, Default)]
struct ScopeUse {
    /// GPUs of hosts that have joined and not left.
    installed: Gauge,
    total: u32,
    up: Gauge,
    on_demand: Gauge,
    spot: Gauge,
    serverless: Gauge,
    waiting: Gauge,
    failures: u64,
}

impl ScopeUse {
    fn install(&mut self, at: SimTime, gpus: u32) {
        self.installed.step(at, 0, gpus);
        self.total += gpus;
    }
    fn remove(&mut self, at: SimTime, gpus: u32) {
        self.installed.step(at, gpus, 0);
        self.total -= gpus;
    }
}

/// The gauges of all scopes, and what each host adds to them.
#[derive(Clone, Debug)]
pub(super) struct Fleet {
    scopes: Vec<ScopeUse>,
    hosts: Vec<(ScopeId, Occupancy)>,
    waiting: Vec<u32>,
}

/// What was gathered about one subject.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct FleetSums {
    pub(super) measured: Span,
    pub(super) host_earnings: Money,
    total: u64,
    installed: i128,
    up: i128,
    sold: i128,
    waiting: i128,
    failures: u64,
}

impl Fleet {
    pub(super) fn new(scenario: &Scenario, subjects: &Subjects) -> Self {
        let scope_of = |pool: PoolId| subjects.scope_of_pool(pool);
        let mut scopes = vec![ScopeUse::default(); scenario.scopes.len()];
        for host in scenario.hosts.iter().filter(|host| !host.joins_later) {
            scopes[scope_of(host.pool).index()].install(SimTime::ZERO, host.gpus);
        }
        let hosts = scenario.hosts.iter();
        Self {
            scopes,
            hosts: hosts.map(|host| (scope_of(host.pool), Occupancy::default())).collect(),
            waiting: vec![0; scenario.pools.len()],
        }
    }

    /// A host's use has changed; none while it is not available.
    #[inline(never)] // so that `hear` has no registers to save
    pub(super) fn occupy(&mut self, at: SimTime, host: HostId, now: Option<Occupancy>) {
        let now = now.unwrap_or_default();
        let (scope, occupancy) = &mut self.hosts[host.index()];
        let before = std::mem::replace(occupancy, now);
        let scope = &mut self.scopes[scope.index()];
        // While it is available they add up to its GPUs (GEN-13).
        let none = Occupancy::default();
        if (before == none) != (now == none) {
            scope.up.step(at, before.total(), now.total());
        }
        scope.on_demand.step(at, before.on_demand.into(), now.on_demand.into());
        // Those in grace are spot pods still.
        let spot = |occupancy: Occupancy| u32::from(occupancy.spot) + u32::from(occupancy.grace);
        scope.spot.step(at, spot(before), spot(now));
        scope.serverless.step(at, before.serverless.into(), now.serverless.into());
    }
    /// So many requests wait in `pool`, a pool of `scope`, from now on.
    pub(super) fn wait(&mut self, at: SimTime, pool: PoolId, scope: ScopeId, waiting: u32) {
        let before = std::mem::replace(&mut self.waiting[pool.index()], waiting);
        self.scopes[scope.index()].waiting.step(at, before, waiting);
    }
    /// A provider's host that was not there so far, like another.
    pub(super) fn supply(&mut self, like: HostId) {
        let (scope, _) = self.hosts[like.index()];
        self.hosts.push((scope, Occupancy::default()));
    }
    /// A host has joined.
    pub(super) fn join(&mut self, at: SimTime, host: HostId, gpus: u32) {
        let (scope, _) = self.hosts[host.index()];
        self.scopes[scope.index()].install(at, gpus);
    }
    /// A host has left for good.
    pub(super) fn leave(&mut self, at: SimTime, host: HostId, gpus: u32) {
        let (scope, _) = self.hosts[host.index()];
        self.scopes[scope.index()].remove(at, gpus);
    }
    /// A host has lost power.
    pub(super) fn fail(&mut self, host: HostId) {
        let (scope, _) = self.hosts[host.index()];
        self.scopes[scope.index()].failures += 1;
    }
    /// Statistics begin now.
    pub(super) fn restart(&mut self, at: SimTime) {
        for scope in &mut self.scopes {
            let in_use =
                [&mut scope.up, &mut scope.on_demand, &mut scope.spot, &mut scope.serverless];
            for gauge in in_use.into_iter().chain([&mut scope.installed, &mut scope.waiting]) {
                gauge.restart(at);
            }
            scope.failures = 0;
        }
    }

    /// The sums about `subject` up to `at`.
    pub(super) fn sums(&self, at: SimTime, subject: Subject, subjects: &Subjects) -> FleetSums {
        let mut sums = FleetSums::default();
        for (index, scope) in self.scopes.iter().enumerate() {
            let (gpu_type, cloud) = subjects.scope(ScopeId::from_index(index));
            let (on_demand, spot) = (scope.on_demand.sum(at), scope.spot.sum(at));
            let serverless = scope.serverless.sum(at);
            let all = on_demand + spot + serverless;
            let sold = match subject {
                Subject::Market => all,
                Subject::GpuType(id) if id == gpu_type => all,
                Subject::Cloud(name) if name == cloud => all,
                Subject::OnDemand => on_demand,
                Subject::Spot => spot,
                Subject::Serverless => serverless,
                Subject::GpuType(_) | Subject::Cloud(_) => continue,
                Subject::Scope(_)
                | Subject::Segment(_)
                | Subject::Savings
                | Subject::Supply(_)
                | Subject::Endpoint(_) => continue,
            };
            sums.total += u64::from(scope.total);
            sums.installed += scope.installed.sum(at);
            sums.up += scope.up.sum(at);
            sums.sold += sold;
            sums.waiting += scope.waiting.sum(at);
            sums.failures += scope.failures;
        }
        sums
    }
}

impl FleetSums {
    fn installed_gpu_micros(&self) -> f64 {
        number(self.installed)
    }
    fn mean(&self, sum: i128) -> Value {
        Value::ratio(number(sum), number(self.measured.micros().into()))
    }
}

/// The metrics that are read from the fleet's sums, in the order of the summary.
pub(super) const READINGS: &[Reading<FleetSums>] = &[
    Reading::new("gpus_total", "GPU", Place, |s| Value::Count(s.total)),
    Reading::new("gpus_up_mean", "GPU", Place, |s| s.mean(s.up)),
    Reading::new("gpus_sold_mean", "GPU", PlaceAndKind, |s| s.mean(s.sold)),
    Reading::new("utilization", "1", PlaceAndKind, |s| Value::ratio(number(s.sold), number(s.up))),
    Reading::new("occupancy", "1", Place, |s| {
        Value::ratio(number(s.sold), s.installed_gpu_micros())
    }),
    Reading::new("availability", "1", Place, |s| {
        Value::ratio(number(s.up), s.installed_gpu_micros())
    }),
    Reading::new("waiting_mean", "1", Place, |s| s.mean(s.waiting)),
    Reading::new("host_failures", "1", Place, |s| Value::Count(s.failures)),
    Reading::new("host_earnings_per_gpu_hour", "USD/GPU-h", Place, |s| {
        Value::ratio(s.host_earnings.as_dollars_f64(), s.installed_gpu_micros() / 3.6e9)
    }),
];
