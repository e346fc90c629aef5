//! From ids to the names that outputs show, quoted once for the whole run.

use super::row::{Field, Row, quoted};
use crate::ids::{
    AccountId, DataCenterId, EndpointId, GpuTypeId, HostId, Id, PlanId, PoolId, RequestNameId,
    ScopeId, SegmentId,
};
use crate::journal::Fact;
use crate::journal::fact::{Book, NetworkVolumeName, PodName, RequestId, Supplied, WorkerId};
use crate::journal::likes::Likes;
use crate::scenario::Scenario;
use crate::scenario::model::{Cloud, HostSpec};

/// The names of one scenario's things, as fields and as text.
pub(super) struct Names<'a> {
    scenario: &'a Scenario,
    accounts: Vec<Field<'a>>,
    segments: Vec<Field<'a>>,
    hosts: Vec<Field<'a>>,
    likes: Likes,
    gpu_types: Vec<Field<'a>>,
    datacenters: Vec<Field<'a>>,
    pods: Vec<Field<'a>>,
    network_volumes: Vec<Field<'a>>,
    endpoints: Vec<Field<'a>>,
    requests: Vec<Field<'a>>,
}

impl<'a> Names<'a> {
    /// Quotes every name of `scenario`.
    pub(super) fn new(scenario: &'a Scenario) -> Self {
        Self {
            scenario,
            accounts: scenario.accounts.iter().map(|account| quoted(&account.name)).collect(),
            segments: scenario.segments.iter().map(|segment| quoted(&segment.name)).collect(),
            hosts: scenario.hosts.iter().map(|host| quoted(&host.name)).collect(),
            likes: Likes::new(scenario.hosts.len()),
            gpu_types: scenario.gpu_types.iter().map(|gpu| quoted(&gpu.name)).collect(),
            datacenters: scenario.datacenters.iter().map(|center| quoted(&center.name)).collect(),
            pods: scenario.pod_names.iter().map(|name| quoted(name)).collect(),
            network_volumes: scenario
                .network_volume_names
                .iter()
                .map(|name| quoted(name))
                .collect(),
            endpoints: scenario.endpoints.iter().map(|own| quoted(&own.name)).collect(),
            requests: scenario.request_names.iter().map(|name| quoted(name)).collect(),
        }
    }

    /// Hears of hosts that were not there so far.
    pub(super) fn hear(&mut self, fact: &Fact) {
        if let Some(Supplied { supply, number, .. }) = self.likes.hear(fact) {
            let name = self.scenario.supplied_name(supply, number);
            self.hosts.push(quoted(&name).into_owned());
        }
    }

    /// The scenario that the names are of.
    pub(super) fn scenario(&self) -> &'a Scenario {
        self.scenario
    }
    /// An account.
    pub(super) fn account(&self, account: AccountId) -> &Field<'a> {
        &self.accounts[account.index()]
    }
    /// A segment of customers.
    pub(super) fn segment(&self, segment: SegmentId) -> &Field<'a> {
        &self.segments[segment.index()]
    }
    /// A host.
    pub(super) fn host(&self, host: HostId) -> &Field<'a> {
        &self.hosts[host.index()]
    }
    /// A GPU type.
    pub(super) fn gpu_type(&self, gpu_type: GpuTypeId) -> &Field<'a> {
        &self.gpu_types[gpu_type.index()]
    }
    /// The pool of a host.
    pub(super) fn pool_of(&self, host: HostId) -> PoolId {
        self.spec_of(host).pool
    }
    /// What the scenario says of a host; not its name, which a provider's host shares with no other.
    pub(super) fn spec_of(&self, host: HostId) -> &'a HostSpec {
        &self.scenario.hosts[self.likes.of(host).index()]
    }
    /// The data center of a pool; none in the community cloud.
    pub(super) fn datacenter(&self, pool: PoolId) -> Option<&Field<'a>> {
        let datacenter = self.scenario.pools[pool.index()].datacenter?;
        Some(&self.datacenters[datacenter.index()])
    }
    /// The scope of a pool.
    pub(super) fn scope_of(&self, pool: PoolId) -> ScopeId {
        self.scenario.pools[pool.index()].scope
    }
    /// The GPU type of a scope.
    pub(super) fn type_of(&self, scope: ScopeId) -> GpuTypeId {
        self.scenario.scopes[scope.index()].gpu_type
    }
    /// The cloud of a scope.
    pub(super) fn cloud_of(&self, scope: ScopeId) -> Cloud {
        self.scenario.scopes[scope.index()].cloud
    }
    /// Adds a pod's name to `row`.
    pub(super) fn pod<'r>(&self, row: Row<'r>, pod: PodName) -> Row<'r> {
        match pod {
            PodName::Given(name) => row.name(&self.pods[name.index()]),
            PodName::Generated(number) => row.numbered("pod-", number),
            PodName::Worker(worker) => self.worker(row, worker),
        }
    }
    /// Adds a worker's name to `row` (SLS-15).
    pub(super) fn worker<'r>(&self, row: Row<'r>, worker: WorkerId) -> Row<'r> {
        row.suffixed(&self.endpoints[worker.endpoint.index()], "-w", worker.run)
    }
    /// An endpoint's name.
    pub(super) fn endpoint(&self, endpoint: EndpointId) -> &Field<'a> {
        &self.endpoints[endpoint.index()]
    }
    /// Who owns an endpoint; nobody one of the platform's (AIE-01).
    pub(super) fn owner(&self, endpoint: EndpointId) -> Option<AccountId> {
        let spec = &self.scenario.endpoints[endpoint.index()];
        spec.model.is_none().then_some(spec.account)
    }
    /// Adds a request's name to `row`.
    pub(super) fn request<'r>(
        &self,
        row: Row<'r>,
        (request, name): (RequestId, Option<RequestNameId>),
    ) -> Row<'r> {
        match name {
            Some(name) => row.name(&self.requests[name.index()]),
            None => row.numbered("req-", request.0),
        }
    }
    /// Adds a network volume's name to `row`.
    pub(super) fn network_volume<'r>(&self, row: Row<'r>, volume: NetworkVolumeName) -> Row<'r> {
        match volume {
            NetworkVolumeName::Given(name) => row.name(&self.network_volumes[name.index()]),
            NetworkVolumeName::OfAccount(account) => row.prefixed("volume-", self.account(account)),
        }
    }
    /// Adds the name of a book (GEN-12) to `row`.
    pub(super) fn book<'r>(&self, row: Row<'r>, book: Book) -> Row<'r> {
        match book {
            Book::Cash => row.word("cash"),
            Book::Customer(account) => row.prefixed("customer/", self.account(account)),
            Book::Revenue => row.word("revenue"),
            Book::Host(host) => row.prefixed("host/", self.host(host)),
            Book::Adjustments => row.word("adjustments"),
            Book::Prepaid(plan) => row.numbered("prepaid/plan-", plan_number(plan)),
        }
    }
    /// A data center's name as text.
    pub(super) fn datacenter_text(&self, datacenter: DataCenterId) -> &'a str {
        &self.scenario.datacenters[datacenter.index()].name
    }
    /// Adds a savings plan's name to `row`.
    pub(super) fn plan<'r>(&self, row: Row<'r>, plan: PlanId) -> Row<'r> {
        row.numbered("plan-", plan_number(plan))
    }
    /// A pod's name as text.
    pub(super) fn pod_text(&self, pod: PodName) -> String {
        match pod {
            PodName::Given(name) => self.scenario.pod_names[name.index()].clone(),
            PodName::Generated(number) => format!("pod-{number}"),
            PodName::Worker(WorkerId { endpoint, run }) => {
                format!("{}-w{run}", self.scenario.endpoints[endpoint.index()].name)
            }
        }
    }
}

/// `plan-N`: its number among all plans, from 1, in order of purchase.
pub(super) fn plan_number(plan: PlanId) -> u32 {
    u32::try_from(plan.index() + 1).expect("ids are that narrow")
}
