//! What a figure is about: column `subject` of the summary.
//!
//! The whole market is `market`; the others are named like the books of GEN-12, kind and name:
//! `gpu_type/NVIDIA RTX A6000`, `cloud/SECURE`, `scope/NVIDIA RTX A6000/SECURE`, `kind/spot`,
//! `segment/labs`, `endpoint/llm`. So a segment that is called `spot` is never taken for the kind of rental.

use crate::ids::{EndpointId, GpuTypeId, HostId, Id, PoolId, ScopeId, SegmentId, SupplyId};
use crate::journal::fact::Kind;
use crate::journal::rentals::Rental;
use crate::scenario::Scenario;
use crate::scenario::model::Cloud;

/// What a figure is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Subject {
    /// The whole market.
    Market,
    /// A GPU type, in both clouds.
    GpuType(GpuTypeId),
    /// A cloud, with all GPU types.
    Cloud(Cloud),
    /// A GPU type in one cloud: where prices are kept (CLD-01).
    Scope(ScopeId),
    /// On-demand rentals.
    OnDemand,
    /// Spot rentals.
    Spot,
    /// On-demand rentals of which a savings plan covered a GPU at the placement (PLAN-08).
    Savings,
    /// Serverless workers, and calls of the platform's endpoints.
    Serverless,
    /// The customers of a segment.
    Segment(SegmentId),
    /// The providers of a supply.
    Supply(SupplyId),
    /// A serverless endpoint.
    Endpoint(EndpointId),
}

impl Subject {
    /// Its name in outputs.
    pub fn label(self, scenario: &Scenario) -> String {
        let gpu_type = |id: GpuTypeId| scenario.gpu_types[id.index()].name.as_str();
        match self {
            Self::Market => "market".to_owned(),
            Self::GpuType(id) => format!("gpu_type/{}", gpu_type(id)),
            Self::Cloud(cloud) => format!("cloud/{}", cloud.word()),
            Self::Scope(id) => {
                let scope = &scenario.scopes[id.index()];
                format!("scope/{}/{}", gpu_type(scope.gpu_type), scope.cloud.word())
            }
            Self::OnDemand => "kind/on_demand".to_owned(),
            Self::Spot => "kind/spot".to_owned(),
            Self::Savings => "kind/savings".to_owned(),
            Self::Serverless => "kind/serverless".to_owned(),
            Self::Segment(id) => format!("segment/{}", scenario.segments[id.index()].name),
            Self::Supply(id) => format!("supply/{}", scenario.supply[id.index()].name),
            Self::Endpoint(id) => format!("endpoint/{}", scenario.endpoints[id.index()].name),
        }
    }
}

/// Which kinds of subject a metric has a figure for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Breakdown {
    /// Only the whole market.
    Market,
    /// The market, GPU types and clouds: what can be said of hosts.
    Place,
    /// The same and kinds, serverless workers among them.
    PlaceAndKind,
    /// Market, GPU types, kinds, segments: what can be said of requests, which a refusal leaves
    /// without a cloud.
    Request,
    /// Market, GPU types, clouds, kinds, segments: what can be said of rentals.
    Rental,
    /// The same and serverless workers: what can be said of money.
    Money,
    /// Market and segments: what can be said of accounts.
    Account,
    /// Scopes that have hosts.
    Scope,
    /// Market and supplies: what can be said of providers.
    Supply,
    /// Market and endpoints.
    Endpoint,
}

impl Breakdown {
    /// Whether figures of `subject` are given.
    pub const fn includes(self, subject: Subject) -> bool {
        match subject {
            Subject::Market => !matches!(self, Self::Scope),
            Subject::GpuType(_) => {
                matches!(self, Self::Place | Self::PlaceAndKind | Self::Request)
                    || self.is_of_rentals()
            }
            Subject::Cloud(_) => {
                matches!(self, Self::Place | Self::PlaceAndKind) || self.is_of_rentals()
            }
            Subject::Scope(_) => matches!(self, Self::Scope),
            Subject::OnDemand | Subject::Spot => {
                matches!(self, Self::PlaceAndKind | Self::Request) || self.is_of_rentals()
            }
            // How many GPUs they hold is part of what on demand does (GEN-13).
            Subject::Savings => matches!(self, Self::Request) || self.is_of_rentals(),
            Subject::Serverless => matches!(self, Self::PlaceAndKind | Self::Money),
            Subject::Segment(_) => {
                matches!(self, Self::Request | Self::Account) || self.is_of_rentals()
            }
            Subject::Supply(_) => matches!(self, Self::Supply),
            Subject::Endpoint(_) => matches!(self, Self::Endpoint),
        }
    }
    const fn is_of_rentals(self) -> bool {
        matches!(self, Self::Rental | Self::Money)
    }
}

/// All subjects of a scenario, each at a dense index.
#[derive(Clone, Debug)]
pub(super) struct Subjects {
    all: Vec<Subject>,
    gpu_types: usize,
    segments: usize,
    /// On demand, spot, where there may be plans, savings, and where there are endpoints, serverless.
    kinds: usize,
    pool_scopes: Vec<ScopeId>,
    host_scopes: Vec<ScopeId>,
    scopes: Vec<(GpuTypeId, Cloud)>,
}

impl Subjects {
    pub(super) fn new(scenario: &Scenario) -> Self {
        let mut all = vec![Subject::Market];
        let gpu_types = scenario.gpu_types.len();
        all.extend((0..gpu_types).map(|i| Subject::GpuType(GpuTypeId::from_index(i))));
        all.extend([Cloud::Secure, Cloud::Community].map(Subject::Cloud));
        let plans = scenario.may_have_plans().then_some(Subject::Savings);
        let serverless = (!scenario.endpoints.is_empty()).then_some(Subject::Serverless);
        let kinds = [Some(Subject::OnDemand), Some(Subject::Spot), plans, serverless];
        let kinds: Vec<Subject> = kinds.into_iter().flatten().collect();
        all.extend(&kinds);
        let scope_of = |pool: PoolId| scenario.pools[pool.index()].scope;
        let segments = 0..scenario.segments.len();
        all.extend(segments.map(|i| Subject::Segment(SegmentId::from_index(i))));
        Self {
            all,
            gpu_types,
            segments: scenario.segments.len(),
            kinds: kinds.len(),
            pool_scopes: scenario.pools.iter().map(|pool| pool.scope).collect(),
            host_scopes: scenario.hosts.iter().map(|host| scope_of(host.pool)).collect(),
            scopes: scenario.scopes.iter().map(|scope| (scope.gpu_type, scope.cloud)).collect(),
        }
    }

    /// Every subject but the scopes, at its index.
    pub(super) fn all(&self) -> &[Subject] {
        &self.all
    }
    /// One more than the last index: a place for what belongs to no subject.
    pub(super) fn nobody(&self) -> usize {
        self.all.len()
    }
    pub(super) fn gpu_type(&self, id: GpuTypeId) -> usize {
        1 + id.index()
    }
    pub(super) fn cloud(&self, cloud: Cloud) -> usize {
        1 + self.gpu_types + usize::from(cloud == Cloud::Community)
    }
    /// The index of on demand; spot is the next, then savings; serverless is the last of the kinds.
    fn first_kind(&self) -> usize {
        3 + self.gpu_types
    }
    pub(super) fn segment(&self, segment: Option<SegmentId>) -> usize {
        segment.map_or(self.nobody(), |id| self.first_kind() + self.kinds + id.index())
    }
    /// A provider's host that was not there so far is in the scope of the one that it is like.
    pub(super) fn supply(&mut self, like: HostId) {
        let scope = self.host_scopes[like.index()];
        self.host_scopes.push(scope);
    }
    pub(super) fn scope_of_pool(&self, pool: PoolId) -> ScopeId {
        self.pool_scopes[pool.index()]
    }
    /// The five indexes under which a savings plan of `scope` counts.
    pub(super) fn of_plan(&self, scope: ScopeId, segment: Option<SegmentId>) -> [usize; 5] {
        let (gpu_type, cloud) = self.scope(scope);
        let kind = self.first_kind() + 2;
        [0, self.gpu_type(gpu_type), self.cloud(cloud), kind, self.segment(segment)]
    }
    /// The five indexes under which money of serverless workers counts, of a host if it is known;
    /// [`Subjects::nobody`] where one does not apply.
    pub(super) fn of_serverless(
        &self,
        host: Option<HostId>,
        segment: Option<SegmentId>,
    ) -> [usize; 5] {
        let (gpu_type, cloud) = match host.map(|host| self.scope(self.host_scopes[host.index()])) {
            Some((gpu_type, cloud)) => (self.gpu_type(gpu_type), self.cloud(cloud)),
            None => (self.nobody(), self.nobody()),
        };
        [0, gpu_type, cloud, self.first_kind() + self.kinds - 1, self.segment(segment)]
    }
    pub(super) fn scope(&self, scope: ScopeId) -> (GpuTypeId, Cloud) {
        self.scopes[scope.index()]
    }

    /// How many cells there are: combinations of scope, whether a host is held, kind, and segment.
    pub(super) fn cells(&self) -> usize {
        self.scopes.len() * 2 * self.kinds * (self.segments + 1)
    }
    /// The cell of a rental, as it stands.
    pub(super) fn cell(&self, rental: &Rental) -> usize {
        let place = match rental.host {
            Some(host) => self.host_scopes[host.index()].index() * 2 + 1,
            None => self.scope_of_pool(rental.asked.pool).index() * 2,
        };
        let kind = match rental.asked.kind {
            Kind::Spot { .. } => 1,
            Kind::OnDemand if rental.saves => 2,
            Kind::OnDemand | Kind::Serverless => 0,
        };
        let segment = rental.asked.segment.map_or(self.segments, Id::index);
        (place * self.kinds + kind) * (self.segments + 1) + segment
    }
    /// The five indexes that the rentals of a cell count under; [`Subjects::nobody`] where one does
    /// not apply.
    pub(super) fn of_cell(&self, cell: usize) -> [usize; 5] {
        let (place_and_kind, segment) = (cell / (self.segments + 1), cell % (self.segments + 1));
        let (place, kind) = (place_and_kind / self.kinds, place_and_kind % self.kinds);
        let (scope, on_host) = (place / 2, place % 2 == 1);
        let (gpu_type, cloud) = self.scopes[scope];
        let cloud = if on_host { self.cloud(cloud) } else { self.nobody() };
        let segment = (segment < self.segments).then(|| SegmentId::from_index(segment));
        let kind = self.first_kind() + kind;
        [0, self.gpu_type(gpu_type), cloud, kind, self.segment(segment)]
    }
}
