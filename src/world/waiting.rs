//! The waiting, by distinct demand (POD-06).
//!
//! Requests of equal demand fit or fail together, so each *shape* has one queue of on-demand requests
//! in order of request, and one of spot requests, the highest bid first. When something comes free in
//! a scope, only the heads of the shapes that name it are tried. What each shape may use, and at
//! which price, is worked out once per change of prices.

use super::fleet::{Class, Fleet};
use crate::ids::{AccountId, ClassId, HostId, Id, PodId, PoolId, ScopeId, ShapeId};
use crate::journal::fact::Kind;
use crate::scenario::Scenario;
use crate::scenario::demand::{Demand, WhenFull};
use crate::scenario::rules::VcpuMemory;
use crate::units::{Bundle, Money, Span};
use std::cmp::Reverse;
use std::collections::BTreeMap;

/// A request to resume a stopped pod (POD-11, POD-12).
#[derive(Clone, Copy, Debug)]
pub struct Resume {
    /// The pod.
    pub pod: PodId,
    /// Who asks.
    pub account: AccountId,
    /// How it is rented from now on; the bid is per GPU.
    pub kind: Kind,
    /// GPUs; none: as before.
    pub gpus: Option<u32>,
    /// What it does on a full host.
    pub when_full: WhenFull,
    /// How long it waits.
    pub patience: Span,
}

/// Classes of equal rank: the same GPU type in the list, the same price to pay.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tier {
    /// The price per GPU-hour, for on demand; for spot the bid counts.
    pub price: Money,
    /// The classes.
    pub classes: Vec<ClassId>,
}

/// A distinct demand, its queues and what it may use.
#[derive(Clone, Debug)]
pub struct Shape {
    /// The demand.
    pub demand: Demand,
    /// The first pool that it names and that has hosts (GEN-13).
    pub first_pool: Option<PoolId>,
    /// Scopes that it names, in order of its list.
    pub scopes: Vec<ScopeId>,
    /// On-demand requests by order of joining.
    pub asks: BTreeMap<u64, PodId>,
    /// Spot requests, the highest bid first, then order of joining.
    pub bids: BTreeMap<(Reverse<Money>, u64), PodId>,
    /// The fleet's version that what follows was worked out for.
    version: Option<u64>,
    /// On demand: tiers in order of preference.
    pub ask_tiers: Vec<Tier>,
    /// Spot: one tier per GPU type, for a bid is the same everywhere.
    pub bid_tiers: Vec<Tier>,
    /// Whether any host is in the scopes named.
    pub any_host: bool,
    /// Whether any of them is big enough, offered or not.
    pub fits_some: bool,
    /// The lowest on-demand price among hosts big enough.
    pub lowest_price: Option<Money>,
    /// The lowest floor among the hosts named.
    pub lowest_floor: Option<Money>,
}

/// All shapes.
#[derive(Clone, Debug, Default)]
pub struct Shapes {
    rows: Vec<Shape>,
    by_demand: BTreeMap<Demand, ShapeId>,
    /// The one last asked for: the next is often the same.
    latest: Option<ShapeId>,
}

impl Shapes {
    /// The shape of `demand`, made if it is new.
    pub fn intern(&mut self, demand: Demand, scenario: &Scenario, fleet: &mut Fleet) -> ShapeId {
        if let Some(shape) = self.latest.filter(|shape| self.rows[shape.index()].demand == demand) {
            return shape;
        }
        if let Some(shape) = self.by_demand.get(&demand) {
            self.latest = Some(*shape);
            return *shape;
        }
        let shape = ShapeId::from_index(self.rows.len());
        let scopes = named_scopes(&demand, scenario);
        for scope in &scopes {
            fleet.scopes[*scope].shapes.push(shape);
        }
        let named = |index: &usize| scopes.contains(&scenario.pools[*index].scope);
        let first_pool = (0..scenario.pools.len()).find(named).map(PoolId::from_index);
        self.rows.push(Shape {
            demand,
            first_pool,
            scopes,
            asks: BTreeMap::new(),
            bids: BTreeMap::new(),
            version: None,
            ask_tiers: Vec::new(),
            bid_tiers: Vec::new(),
            any_host: false,
            fits_some: false,
            lowest_price: None,
            lowest_floor: None,
        });
        self.by_demand.insert(demand, shape);
        shape
    }
    /// Works out anew what `shape` may use, if prices or classes changed since.
    pub fn prepare(&mut self, shape: ShapeId, scenario: &Scenario, fleet: &Fleet) {
        let row = &mut self.rows[shape.index()];
        if row.version != Some(fleet.version) {
            row.version = Some(fleet.version);
            row.work_out(scenario, fleet);
        }
    }
    /// All shapes, in order.
    pub fn iter(&self) -> impl Iterator<Item = &Shape> {
        self.rows.iter()
    }
    /// A shape.
    pub fn get(&self, shape: ShapeId) -> &Shape {
        &self.rows[shape.index()]
    }
    /// A shape, to change its queues.
    pub fn get_mut(&mut self, shape: ShapeId) -> &mut Shape {
        &mut self.rows[shape.index()]
    }
}

/// Scopes named by a demand, GPU types in order of its list, Secure before Community.
fn named_scopes(demand: &Demand, scenario: &Scenario) -> Vec<ScopeId> {
    let mut scopes = Vec::new();
    for gpu_type in &scenario.type_lists[demand.types as usize] {
        for (index, scope) in scenario.scopes.iter().enumerate() {
            if scope.gpu_type == *gpu_type && demand.clouds.include(scope.cloud) {
                scopes.push(ScopeId::from_index(index));
            }
        }
    }
    scopes
}

impl Shape {
    fn work_out(&mut self, scenario: &Scenario, fleet: &Fleet) {
        self.ask_tiers.clear();
        self.bid_tiers.clear();
        self.lowest_price = None;
        let mut any = false;
        for gpu_type in &scenario.type_lists[self.demand.types as usize] {
            let mut by_price: BTreeMap<Money, Vec<ClassId>> = BTreeMap::new();
            let mut all = Vec::new();
            for scope in &self.scopes {
                if fleet.scope_keys[scope.index()].0 != *gpu_type {
                    continue;
                }
                for class in &fleet.scopes[*scope].classes {
                    any = true;
                    if self.suits(&fleet.classes[*class], fleet, scenario.rules.vcpu_memory) {
                        by_price.entry(fleet.price(*class)).or_default().push(*class);
                        all.push(*class);
                    }
                }
            }
            by_price.retain(|price, _| self.within_ceiling(*price));
            let tiers = by_price.into_iter().map(|(price, classes)| Tier { price, classes });
            self.ask_tiers.extend(tiers);
            if !all.is_empty() {
                self.bid_tiers.push(Tier { price: Money::ZERO, classes: all });
            }
        }
        self.any_host = any;
        self.fits_some = !self.bid_tiers.is_empty();
        self.lowest_price = self.ask_tiers.iter().map(|tier| tier.price).min();
        self.lowest_floor = self.find_lowest_floor(fleet);
    }
    fn find_lowest_floor(&self, fleet: &Fleet) -> Option<Money> {
        let hosts = self.scopes.iter().flat_map(|scope| &fleet.scopes[*scope].hosts);
        hosts.map(|host: &HostId| fleet.floor(*host)).min()
    }
    /// POD-02, POD-04. Whether hosts of `class` are big enough and give enough.
    fn suits(&self, class: &Class, fleet: &Fleet, mode: VcpuMemory) -> bool {
        let Demand { gpus, min_vcpus, min_memory, container_disk, volume, .. } = self.demand;
        let alike = &class.alike;
        let share = |all: u32| if gpus == 0 { all } else { all * gpus / alike.gpus.max(1) };
        let gives = match mode {
            VcpuMemory::Proportional => (share(alike.vcpus), share(alike.memory)),
            VcpuMemory::Requested => (alike.vcpus, alike.memory),
        };
        let disk = Bundle::of_disk(container_disk + volume);
        gpus <= alike.gpus
            && min_vcpus <= gives.0
            && min_memory.get() <= gives.1
            && class.hosts.iter().any(|host| fleet.hosts[*host].total.covers(&disk))
    }
    /// API-02. Whether compute at `price` stays within what the request allows.
    pub fn within_ceiling(&self, price: Money) -> bool {
        self.demand.deploy_cost.is_none_or(|ceiling| price.times(self.demand.gpus) <= ceiling)
    }
}
