//! The waiting, by distinct demand (POD-06).
//!
//! Requests of equal demand fit or fail together, so each *shape* has one queue of on-demand requests
//! in order of request, and one of spot requests, the highest bid first. When something comes free in
//! a scope, only the heads of the queues that wait for it are tried, in the order of [`lanes`]. What
//! each shape may use, and at which price, is worked out once per change of prices. A shape that no pod
//! has any more is kept for a while, since the next is often alike; how many are kept follows the
//! number of those in use.

pub mod aside;
pub mod lanes;

use super::fleet::{Class, Fleet};
use crate::ids::{AccountId, ClassId, Id, LaneId, PodId, PoolId, ScopeId, ShapeId};
use crate::journal::fact::Kind;
use crate::scenario::Scenario;
use crate::scenario::demand::{Demand, WhenFull};
use crate::scenario::rules::Rules;
use crate::units::{Bundle, Money, Span};
use lanes::{Heads, Lanes, Queues};
use std::collections::BTreeMap;

/// A request to resume a stopped pod (POD-11, POD-12), or to move it (POD-16).
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
    /// POD-16. Whether it is to go to another host, whatever is free on its own.
    pub elsewhere: bool,
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
    /// POD-06. The highest price per GPU-hour that those in it afford, where they are set aside.
    pub means: Option<Money>,
    /// The first pool that it names and that has hosts (GEN-13).
    pub first_pool: Option<PoolId>,
    /// Scopes that it names, in order of its list.
    pub scopes: Vec<ScopeId>,
    /// How many pods have this demand, or go back to it if their resume fails.
    pub pods: u32,
    /// The requests that wait.
    pub queues: Queues<PodId>,
    /// Its lane.
    pub lane: LaneId,
    /// The heads at which its lane lists it.
    pub listed: Heads,
    /// Whether its queues changed since.
    pub stale: bool,
    /// The fleet's version that what follows was worked out for.
    version: Option<(u64, u64)>,
    /// On demand: tiers in order of preference.
    pub ask_tiers: Vec<Tier>,
    /// Spot: one tier per GPU type where a bid is paid as it is; else one per price of a scope, too.
    pub bid_tiers: Vec<Tier>,
    /// Whether any host is in the scopes named.
    pub any_host: bool,
    /// Whether any of them is big enough, offered or not.
    pub fits_some: bool,
    /// POD-04. The lowest on-demand price among the hosts named that are big enough: whatever a smaller
    /// one costs, nobody could ever rent there.
    pub lowest_price: Option<Money>,
    /// The lowest floor among the hosts named.
    pub lowest_floor: Option<Money>,
}

/// All shapes.
#[derive(Clone, Debug, Default)]
pub struct Shapes {
    rows: Vec<Shape>,
    by_demand: BTreeMap<(Demand, Option<Money>), ShapeId>,
    /// The one last asked for: the next is often the same.
    latest: Option<ShapeId>,
    /// The heads of their queues, as they were when a round last began.
    pub lanes: Lanes,
    /// Shapes whose queues changed since their lanes were brought up to date.
    stale: Vec<ShapeId>,
    /// Shapes that no pod has, kept for the next.
    idle: usize,
    /// Rows that hold no shape.
    vacant: Vec<ShapeId>,
}

/// So many shapes without a pod are kept, however few are in use.
const FEW: usize = 64;

impl Shapes {
    /// The shape of `demand` and `means`, made if it is new, for one pod more.
    pub fn intern(&mut self, demand: Demand, means: Option<Money>, scenario: &Scenario) -> ShapeId {
        let is_same = |row: &Shape| row.demand == demand && row.means == means;
        let latest = self.latest.filter(|shape| is_same(&self.rows[shape.index()]));
        let shape = latest.unwrap_or_else(|| self.find_or_add(demand, means, scenario));
        let row = &mut self.rows[shape.index()];
        self.idle -= usize::from(row.pods == 0);
        row.pods += 1;
        shape
    }
    /// The shape is another than the one last asked for; a new one has no pods yet.
    #[cold]
    fn find_or_add(
        &mut self,
        demand: Demand,
        means: Option<Money>,
        scenario: &Scenario,
    ) -> ShapeId {
        let known = self.by_demand.get(&(demand, means)).copied();
        let shape = known.unwrap_or_else(|| {
            let scopes = named_scopes(&demand, scenario);
            let lane = self.lanes.join(&demand, means, &scopes);
            self.idle += 1;
            self.add(Shape::new((demand, means), scopes, lane, scenario))
        });
        self.latest = Some(shape);
        shape
    }
    fn add(&mut self, row: Shape) -> ShapeId {
        let key = (row.demand, row.means);
        let shape = match self.vacant.pop() {
            Some(shape) => {
                self.rows[shape.index()] = row;
                shape
            }
            None => {
                self.rows.push(row);
                ShapeId::from_index(self.rows.len() - 1)
            }
        };
        self.by_demand.insert(key, shape);
        shape
    }
    /// One pod of `shape` less.
    pub fn release(&mut self, shape: ShapeId) {
        let row = &mut self.rows[shape.index()];
        row.pods -= 1;
        if row.pods == 0 {
            self.idle += 1;
            let in_use = self.by_demand.len() - self.idle;
            if FEW.max(in_use) < self.idle {
                self.forget_idle();
            }
        }
    }
    #[cold]
    fn forget_idle(&mut self) {
        let Self { rows, by_demand, lanes, vacant, .. } = self;
        by_demand.retain(|_, shape| {
            let row = &mut rows[shape.index()];
            let is_used = 0 < row.pods;
            if !is_used {
                lanes.list(row.lane, *shape, std::mem::take(&mut row.listed), Heads::default());
                lanes.leave(row.lane);
                vacant.push(*shape);
            }
            is_used
        });
        (self.idle, self.latest) = (0, None);
    }
    /// A request joins the queue of its shape: with its bid, if it is spot, and its order of joining.
    pub fn enter(&mut self, shape: ShapeId, place: (Option<Money>, u64), pod: PodId) {
        self.changed(shape).queues.enter(place, pod);
    }
    /// It leaves the queue.
    pub fn leave(&mut self, shape: ShapeId, place: (Option<Money>, u64)) {
        self.changed(shape).queues.leave(place);
    }
    /// A shape whose queues change.
    fn changed(&mut self, shape: ShapeId) -> &mut Shape {
        let row = &mut self.rows[shape.index()];
        if !std::mem::replace(&mut row.stale, true) {
            self.stale.push(shape);
        }
        row
    }
    /// Brings the lanes up to date, at the start of a round.
    pub fn update_lanes(&mut self) {
        while let Some(shape) = self.stale.pop() {
            let row = &mut self.rows[shape.index()];
            row.stale = false;
            let heads = row.queues.heads();
            let former = std::mem::replace(&mut row.listed, heads);
            if former != heads {
                self.lanes.list(row.lane, shape, former, heads);
            }
        }
    }
    /// Works out anew what `shape` may use, if prices or classes changed since.
    #[inline]
    pub fn prepare(&mut self, shape: ShapeId, scenario: &Scenario, fleet: &Fleet) {
        let row = &mut self.rows[shape.index()];
        // Where one scope is named, its price puts nothing in order.
        let spot_version = if 1 < row.scopes.len() { fleet.spot_version } else { 0 };
        let version = Some((fleet.version, spot_version));
        if row.version != version {
            row.version = version;
            row.work_out(scenario, fleet);
        }
    }
    /// All shapes, by demand.
    pub fn iter(&self) -> impl Iterator<Item = (ShapeId, &Shape)> {
        self.by_demand.values().map(|shape| (*shape, &self.rows[shape.index()]))
    }
    /// How many rows there are, vacant ones counted.
    pub fn room(&self) -> usize {
        self.rows.len()
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
pub fn named_scopes(demand: &Demand, scenario: &Scenario) -> Vec<ScopeId> {
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
    fn new(
        (demand, means): (Demand, Option<Money>),
        scopes: Vec<ScopeId>,
        lane: LaneId,
        scenario: &Scenario,
    ) -> Self {
        let named = |index: &usize| scopes.contains(&scenario.pools[*index].scope);
        Self {
            demand,
            means,
            first_pool: (0..scenario.pools.len()).find(named).map(PoolId::from_index),
            scopes,
            pods: 0,
            queues: Queues::default(),
            lane,
            listed: Heads::default(),
            stale: false,
            version: None,
            ask_tiers: Vec::new(),
            bid_tiers: Vec::new(),
            any_host: false,
            fits_some: false,
            lowest_price: None,
            lowest_floor: None,
        }
    }
    #[cold]
    fn work_out(&mut self, scenario: &Scenario, fleet: &Fleet) {
        self.ask_tiers.clear();
        self.bid_tiers.clear();
        self.lowest_price = None;
        let mut any = false;
        for gpu_type in &scenario.type_lists[self.demand.types as usize] {
            let mut by_price: BTreeMap<Money, Vec<ClassId>> = BTreeMap::new();
            let mut by_spot_price: BTreeMap<Money, Vec<ClassId>> = BTreeMap::new();
            for scope in &self.scopes {
                if fleet.scope_keys[scope.index()].0 != *gpu_type {
                    continue;
                }
                let classes = fleet.scopes[*scope].classes.iter();
                for class in classes.filter(|class| fleet.admits(**class, self.demand.site)) {
                    any = true;
                    if self.suits(&fleet.classes[*class], &scenario.rules) {
                        let price = self.price(fleet.price(*class), &scenario.rules);
                        by_price.entry(price).or_default().push(*class);
                        let spot_price = fleet.scopes[*scope].spot_price;
                        by_spot_price.entry(spot_price).or_default().push(*class);
                    }
                }
            }
            let afforded = |price: Money| self.means.is_none_or(|means| price <= means);
            by_price.retain(|price, _| self.within_ceiling(*price) && afforded(*price));
            let tiers = by_price.into_iter().map(|(price, classes)| Tier { price, classes });
            self.ask_tiers.extend(tiers);
            let tiers = by_spot_price.into_iter().map(|(price, classes)| Tier { price, classes });
            self.bid_tiers.extend(tiers);
        }
        self.any_host = any;
        self.fits_some = !self.bid_tiers.is_empty();
        self.lowest_price = self.ask_tiers.iter().map(|tier| tier.price).min();
        let floors =
            self.scopes.iter().filter_map(|scope| fleet.lowest_floor(*scope, self.demand.site));
        self.lowest_floor = floors.min();
        if self.demand.site != 0 {
            let there = fleet.standings.pools(self.demand.site).iter();
            let mut named =
                there.filter(|pool| self.scopes.contains(&scenario.pools[pool.index()].scope));
            self.first_pool = named.next().copied();
        }
    }
    /// POD-02, POD-04, POD-13. Whether hosts of `class` are big enough and give enough.
    fn suits(&self, class: &Class, rules: &Rules) -> bool {
        let Demand { gpus, min_vcpus, min_memory, container_disk, volume, .. } = self.demand;
        let alike = &class.alike;
        let all = Bundle { vcpus: alike.vcpus, memory: alike.memory, gpus: alike.gpus, disk: 0 };
        let (gives, slots) = (rules.gives(all, gpus), u32::from(self.demand.slots()));
        gpus <= alike.gpus
            && slots <= alike.cpu_slots
            && min_vcpus <= gives.vcpus.max(slots)
            && min_memory.get() <= gives.memory
            && (container_disk + volume).get() <= class.largest_disk()
    }
    /// What such a pod pays per GPU-hour where GPUs cost `gpus`; a CPU pod per vCPU-hour (POD-14).
    fn price(&self, gpus: Money, rules: &Rules) -> Money {
        if 0 < self.demand.slots() { rules.cpu_price } else { gpus }
    }
    /// API-02. Whether compute at `price` stays within what the request allows.
    pub fn within_ceiling(&self, price: Money) -> bool {
        self.demand.deploy_cost.is_none_or(|ceiling| {
            price.times(self.demand.gpus + u32::from(self.demand.slots())) <= ceiling
        })
    }
}
