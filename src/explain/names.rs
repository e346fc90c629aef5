//! From ids to the names of outputs, as text.

use crate::ids::{AccountId, EndpointId, HostId, Id, PlanId, RequestNameId, ScopeId};
use crate::journal::Fact;
use crate::journal::fact::{NetworkVolumeName, PodName, RequestId, Supplied, WorkerId};
use crate::journal::likes::Likes;
use crate::scenario::Scenario;
use crate::scenario::model::HostSpec;

/// The names of one scenario's things.
pub(super) struct Names<'a> {
    pub(super) scenario: &'a Scenario,
    likes: Likes,
    /// Hosts that providers brought, after those of the scenario.
    supplied: Vec<String>,
}

impl<'a> Names<'a> {
    pub(super) fn new(scenario: &'a Scenario) -> Self {
        Self { scenario, likes: Likes::new(scenario.hosts.len()), supplied: Vec::new() }
    }
    /// Hears of hosts that were not there so far.
    pub(super) fn hear(&mut self, fact: &Fact) {
        if let Some(Supplied { supply, number, .. }) = self.likes.hear(fact) {
            self.supplied.push(self.scenario.supplied_name(supply, number));
        }
    }
    pub(super) fn account(&self, account: AccountId) -> &'a str {
        &self.scenario.accounts[account.index()].name
    }
    pub(super) fn host(&self, host: HostId) -> &str {
        let own = self.scenario.hosts.len();
        match host.index().checked_sub(own) {
            None => &self.scenario.hosts[host.index()].name,
            Some(later) => &self.supplied[later],
        }
    }
    /// What the scenario says of a host; not its name, which a provider's host shares with no other.
    pub(super) fn spec(&self, host: HostId) -> &'a HostSpec {
        &self.scenario.hosts[self.likes.of(host).index()]
    }
    pub(super) fn scope(&self, host: HostId) -> ScopeId {
        self.scenario.pools[self.spec(host).pool.index()].scope
    }
    /// The display name of the GPU type of a scope.
    pub(super) fn gpu_of(&self, scope: ScopeId) -> &'a str {
        let gpu_type = self.scenario.scopes[scope.index()].gpu_type;
        &self.scenario.gpu_types[gpu_type.index()].display_name
    }
    /// `RTX 4090, COMMUNITY`, and the data center if it stands in one.
    pub(super) fn place(&self, host: HostId) -> String {
        let (scope, pool) = (self.scope(host), self.spec(host).pool);
        let cloud = self.scenario.scopes[scope.index()].cloud.word();
        let center = self.scenario.pools[pool.index()].datacenter;
        let center =
            center.map(|center| format!(", {}", self.scenario.datacenters[center.index()].name));
        format!("{}, {cloud}{}", self.gpu_of(scope), center.unwrap_or_default())
    }
    pub(super) fn pod(&self, pod: PodName) -> String {
        match pod {
            PodName::Given(name) => self.scenario.pod_names[name.index()].clone(),
            PodName::Generated(number) => format!("pod-{number}"),
            PodName::Worker(worker) => self.worker(worker),
        }
    }
    pub(super) fn worker(&self, worker: WorkerId) -> String {
        format!("{}-w{}", self.endpoint(worker.endpoint), worker.run)
    }
    pub(super) fn endpoint(&self, endpoint: EndpointId) -> &'a str {
        &self.scenario.endpoints[endpoint.index()].name
    }
    pub(super) fn request(&self, (request, name): (RequestId, Option<RequestNameId>)) -> String {
        match name {
            Some(name) => self.scenario.request_names[name.index()].clone(),
            None => format!("req-{}", request.0),
        }
    }
    pub(super) fn network_volume(&self, volume: NetworkVolumeName) -> String {
        match volume {
            NetworkVolumeName::Given(name) => {
                self.scenario.network_volume_names[name.index()].clone()
            }
            NetworkVolumeName::OfAccount(account) => format!("volume-{}", self.account(account)),
        }
    }
    pub(super) fn plan(plan: PlanId) -> String {
        format!("plan-{}", plan.index() + 1)
    }
}
