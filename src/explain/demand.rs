//! What a request asks for beside its GPUs: types, clouds, place, disks.
//!
//! Facts name the first pool of a request alone. The rest stands in the scenario: in the script for a pod that it
//! names, in its segment for a customer's, whose list of types is the one whose first type with hosts is the pool's (a
//! customer who decides may have gone over to another list, and a trace's rows name their own).

use super::names::Names;
use crate::ids::{GpuTypeId, HostId, Id, PoolId, ScopeId};
use crate::journal::fact::{PodName, Requested};
use crate::rng::draw::Distribution;
use crate::scenario::Scenario;
use crate::scenario::demand::conduct::Reaction;
use crate::scenario::demand::{ArrivalProcess, Demand, Segment};
use crate::scenario::model::{ActionKind, CreatePod, Site, Standing};
use crate::units::{Bundle, SimTime, Span};

/// How long a request is ready to wait, as far as the scenario says it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Patience {
    /// So long.
    Known(Span),
    /// It was drawn, and no fact tells.
    Drawn,
}

/// What a request asks for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Asked<'a> {
    /// GPU types, preferred first.
    pub(super) types: &'a [GpuTypeId],
    pub(super) demand: Demand,
    pub(super) site: &'a Site,
    pub(super) patience: Patience,
}

impl<'a> Asked<'a> {
    /// What `requested` asked for at `at`.
    pub(super) fn of(names: &Names<'a>, at: SimTime, requested: &Requested) -> Self {
        let scenario = names.scenario;
        let (mut demand, patience) = match scripted(scenario, at, requested) {
            Some(create) => (create.demand, Patience::Known(create.patience)),
            None => match requested.segment {
                Some(segment) => {
                    of_segment(scenario, &scenario.segments[segment.index()], requested)
                }
                None => (Demand::of_gpus(0, requested.gpus), Patience::Drawn),
            },
        };
        demand.gpus = requested.gpus;
        let types = &scenario.type_lists[demand.types as usize];
        let site = &scenario.sites[demand.site as usize];
        Self { types, demand, site, patience }
    }
    /// Whether a host is among those named: by type, cloud, place and line, and by what it gives (POD-02).
    pub(super) fn names(&self, names: &Names<'_>, host: HostId) -> bool {
        let (spec, scenario) = (names.spec(host), names.scenario);
        let scope = &scenario.scopes[names.scope(host).index()];
        let all = Bundle {
            gpus: spec.gpus,
            vcpus: spec.vcpus,
            memory: spec.memory.get(),
            disk: spec.disk.get(),
        };
        let gives = scenario.rules.gives(all, self.demand.gpus);
        let datacenter = scenario.pools[spec.pool.index()].datacenter;
        let standing = Standing {
            datacenter,
            country: spec
                .country
                .as_deref()
                .or_else(|| scenario.datacenters[datacenter?.index()].country.as_deref()),
            public_ip: spec.public_ip,
            download: spec.download,
            upload: spec.upload,
        };
        self.types.contains(&scope.gpu_type)
            && self.demand.clouds.include(scope.cloud)
            && self.demand.gpus <= spec.gpus
            && self.demand.min_vcpus <= gives.vcpus
            && self.demand.min_memory.get() <= gives.memory
            && self.site.admits(&standing)
    }
    /// `RTX A6000 or RTX 4090`.
    pub(super) fn types_in_words(&self, names: &Names<'_>) -> String {
        let types = self.types.iter();
        let types: Vec<String> = types
            .map(|gpu_type| names.scenario.gpu_types[gpu_type.index()].display_name.clone())
            .collect();
        super::when::listed(&types, "or")
    }
}

/// The action of the script by which a pod of this name was asked for last.
fn scripted<'a>(scenario: &'a Scenario, at: SimTime, asked: &Requested) -> Option<&'a CreatePod> {
    let PodName::Given(name) = asked.name else { return None };
    let actions = scenario.script.iter().filter(|action| action.at <= at);
    let mut creates = actions.filter_map(|action| {
        let ActionKind::CreatePod(create) = &action.kind else { return None };
        (create.name == name).then_some(&**create)
    });
    creates.next_back()
}

fn of_segment(scenario: &Scenario, segment: &Segment, asked: &Requested) -> (Demand, Patience) {
    let patience = match &segment.patience {
        None => Patience::Known(Span::FOREVER),
        Some(Distribution::Constant(seconds)) => Patience::Known(Span::from_seconds_f64(*seconds)),
        Some(_) => Patience::Drawn,
    };
    let fits = |list: &u32| {
        first_scope(scenario, *list, &segment.demand) == scope_of(scenario, asked.pool)
    };
    let others = segment.conduct.iter().flat_map(|conduct| conduct.lists.iter().flatten());
    let others = others
        .filter_map(|step| if let Reaction::OtherType(list) = step { Some(*list) } else { None });
    let traced = if let ArrivalProcess::Replay(replay) = &segment.arrivals {
        &replay.types[..]
    } else {
        &[]
    };
    let traced = traced.iter().map(|(_, list)| *list);
    let list = std::iter::once(segment.demand.types).chain(others).chain(traced).find(fits);
    let types = list.unwrap_or(segment.demand.types);
    (Demand { types, ..segment.demand }, patience)
}

fn scope_of(scenario: &Scenario, pool: PoolId) -> Option<GpuTypeId> {
    let scope: ScopeId = scenario.pools[pool.index()].scope;
    Some(scenario.scopes[scope.index()].gpu_type)
}

/// The first type of a list that has a pool in the clouds named.
fn first_scope(scenario: &Scenario, list: u32, demand: &Demand) -> Option<GpuTypeId> {
    let mut types = scenario.type_lists[list as usize].iter().copied();
    types.find(|gpu_type| {
        scenario.pools.iter().any(|pool| {
            let scope = &scenario.scopes[pool.scope.index()];
            scope.gpu_type == *gpu_type && demand.clouds.include(scope.cloud)
        })
    })
}
