//! The fleet: hosts, the classes of hosts alike, and what each scope offers (CLD-01, HOST-02, GPU-04).
//!
//! Hosts alike in all that is fixed form a class with indexes of its own, so that a look-up names a
//! few classes and never walks over hosts. [`Fleet::refresh`] is called after every change of a host
//! and brings the cheap indexes up to date at once; the displacement index is brought up to date when
//! it is next asked, for most changes are followed by another before anyone displaces.

mod classes;
mod counts;
mod scope;
mod standings;

pub use classes::{Alike, Class};
pub use counts::Counts;
pub use scope::ScopeState;
pub use standings::{StandingId, Standings};

use super::cpu::CpuSlots;
use super::host::{Host, Resuming};
use super::index::Sizes;
use super::standing::{Bar, Standing};
use super::table::Table;
use crate::ids::{ClassId, GpuTypeId, HostId, Id, ScopeId};
use crate::journal::fact::Occupancy;
use crate::scenario::Scenario;
use crate::scenario::model::{Cloud, HostSpec};
use crate::scenario::rules::{CommunityPricing, Rules, SpotClearing, VcpuMemory};
use crate::units::{Bundle, Money};
use scope::Offer;
use std::collections::BTreeSet;

/// All hosts.
#[derive(Clone, Debug)]
pub struct Fleet {
    /// The hosts.
    pub hosts: Table<HostId, Host>,
    /// The classes.
    pub classes: Table<ClassId, Class>,
    /// The scopes.
    pub scopes: Table<ScopeId, ScopeState>,
    /// GPU type and cloud of each scope.
    pub scope_keys: Vec<(GpuTypeId, Cloud)>,
    /// Moves with every price, floor or class that changes: caches compare it.
    pub version: u64,
    /// Moves with every price that all spot pods of a scope pay.
    pub spot_version: u64,
    /// Whether vCPUs and memory come with the GPUs by share (POD-02).
    pub by_share: bool,
    /// Whether hosts are indexed by the sizes of their pods, too.
    pub by_sizes: bool,
    /// CLD-05. What hosts satisfy of what requests demand.
    pub standings: Standings,
    /// CPU slots, if any host has some (POD-14).
    pub cpu: Option<Box<CpuSlots>>,
    /// Which host of the scenario each is like: what few ask is not in its row.
    likes: Vec<HostId>,
    /// How each host is on offer, and the version for which that was looked up.
    offers: Vec<(Option<Offer>, u64)>,
    /// Classes that have no hosts any more, empty, for the next that is needed.
    vacant: Vec<ClassId>,
}

impl Fleet {
    /// The fleet of a scenario, all hosts up.
    pub fn new(scenario: &Scenario) -> Self {
        let scopes = scenario.scopes.iter().map(|scope| ScopeState {
            on_demand: scope.on_demand,
            min_bid: scope.min_bid,
            touched: scope.has_hosts,
            clears: scenario.rules.spot_clearing != SpotClearing::PayAsBid,
            ..ScopeState::default()
        });
        let mut fleet = Self {
            hosts: scenario.hosts.iter().map(|spec| new_host(scenario, spec)).collect(),
            classes: Table::default(),
            scopes: scopes.collect(),
            scope_keys: scenario.scopes.iter().map(|scope| (scope.gpu_type, scope.cloud)).collect(),
            version: 0,
            spot_version: 0,
            by_share: scenario.rules.vcpu_memory == VcpuMemory::Proportional,
            by_sizes: scenario.policies.placement.asks_for_sizes(),
            standings: Standings::new(scenario),
            cpu: CpuSlots::new(scenario.hosts.iter().map(|host| host.cpu_slots)),
            likes: (0..scenario.hosts.len()).map(HostId::from_index).collect(),
            offers: vec![(None, 0); scenario.hosts.len()],
            vacant: Vec::new(),
        };
        let at_start = |host: &HostId| !scenario.hosts[host.index()].joins_later;
        fleet.begin(fleet.hosts.ids().filter(at_start).collect(), &scenario.rules);
        fleet
    }

    /// A host that was not there so far, nor is it yet: like one of the scenario, but for its price and its
    /// minimum bid.
    pub(super) fn add(
        &mut self,
        scenario: &Scenario,
        like: HostId,
        (own_price, own_min_bid): (Option<Money>, Option<Money>),
    ) -> HostId {
        let spec = &scenario.hosts[like.index()];
        let row = new_host(scenario, spec);
        self.likes.push(like);
        if let Some(cpu) = &mut self.cpu {
            cpu.add(spec.cpu_slots);
        }
        self.offers.push((None, 0));
        self.standings.add(like);
        self.hosts.push(Host { own_price, own_min_bid, ..row })
    }
    /// HOST-06. A host leaves its scope for good; who walks through hosts finds it no more.
    pub fn withdraw(&mut self, host: HostId, rules: &Rules) {
        let Host { scope, own_min_bid, .. } = self.hosts[host];
        let state = &mut self.scopes[scope];
        if let Ok(place) = state.hosts.binary_search(&host) {
            state.hosts.remove(place);
            state.take_own_floor(own_min_bid);
        }
        self.leave_class(host, rules);
        self.prices_moved(scope);
    }
    /// CLD-04. A host joins its scope.
    pub fn admit(&mut self, host: HostId, rules: &Rules) {
        let Host { scope, own_min_bid, .. } = self.hosts[host];
        let state = &mut self.scopes[scope];
        if let Err(place) = state.hosts.binary_search(&host) {
            state.hosts.insert(place, host);
            state.add_own_floor(own_min_bid);
        }
        self.enter_class(host, rules);
    }
    /// GPU-04. A host's own minimum bid.
    pub fn set_own_floor(&mut self, host: HostId, floor: Money) {
        let row = &mut self.hosts[host];
        let former = row.own_min_bid.replace(floor);
        let state = &mut self.scopes[row.scope];
        state.take_own_floor(former);
        state.add_own_floor(Some(floor));
    }
    /// A price or a floor in `scope` has changed: what was worked out from them is out of date.
    pub fn prices_moved(&mut self, scope: ScopeId) {
        self.version += 1;
        self.scopes[scope].find_lowest_floor();
    }
    /// SPOT-02. The lowest floor of a scope's hosts, offered or not, where requests that demand `site` may
    /// go.
    pub fn lowest_floor(&self, scope: ScopeId, site: u32) -> Option<Money> {
        let state = &self.scopes[scope];
        if site == 0 {
            return state.lowest_floor;
        }
        let classes = state.classes.iter().filter(|class| self.admits(**class, site));
        let hosts = classes.flat_map(|class| self.classes[*class].members());
        hosts.map(|(_, host)| self.floor(host)).min()
    }
    /// CLD-05. Whether hosts of `class` are where a request that demands `site` may go.
    #[inline]
    pub fn admits(&self, class: ClassId, site: u32) -> bool {
        self.standings.admits(self.classes[class].alike.standing, site)
    }
    /// GPU-04. The floor of a host: its own, or its scope's.
    pub fn own_floor(&self, host: HostId) -> Money {
        let row = &self.hosts[host];
        row.own_min_bid.unwrap_or(self.scopes[row.scope].min_bid)
    }
    /// SPOT-02, SPOT-17. What a bid must reach there: the floor, and the reserve, if there is one.
    pub fn floor(&self, host: HostId) -> Money {
        let reserve = self.scopes[self.hosts[host].scope].reserve;
        self.own_floor(host).max(reserve.unwrap_or_default())
    }
    /// GPU-02, HOST-13. The on-demand price per GPU-hour in a class.
    pub fn price(&self, class: ClassId) -> Money {
        let row = &self.classes[class];
        row.alike.own_price.unwrap_or(self.scopes[row.scope].on_demand)
    }

    /// What the scenario says of a host, or of that which it is like: its name apart.
    pub fn spec<'a>(&self, scenario: &'a Scenario, host: HostId) -> &'a HostSpec {
        &scenario.hosts[self.likes[host.index()].index()]
    }
    /// The type of a host's GPUs.
    pub fn gpu_type(&self, host: HostId) -> GpuTypeId {
        self.scope_keys[self.hosts[host].scope.index()].0
    }
    /// Whether any host has GPUs of this type.
    pub fn has_hosts_of(&self, gpu_type: GpuTypeId) -> bool {
        let mut scopes = self.scope_keys.iter().zip(self.scopes.iter());
        scopes.any(|((of, _), (_, scope))| *of == gpu_type && !scope.hosts.is_empty())
    }
    /// POD-16. No search finds `host` until its indexes are brought up to date again.
    pub fn hide(&mut self, host: HostId) {
        let row = &mut self.hosts[host];
        let group = &mut self.classes[row.class];
        group.free.set(row.member, None);
        if let Some(sizes) = &mut group.sizes {
            sizes.set(row.member, None);
        }
        group.stale.remove(row.member);
        group.bids.remove(row.member);
        let former = row.listed_open.take();
        group.list_open(host, former, None);
        if let Some(cpu) = &mut self.cpu {
            cpu.list(host, None);
        }
    }

    /// Brings the indexes up to date after a change of `host`. Says whether its scope has something
    /// that may be published.
    #[inline(always)] // on the way of every pod, twice
    pub fn refresh(&mut self, host: HostId, rules: &Rules) -> bool {
        let row = &mut self.hosts[host];
        let group = &mut self.classes[row.class];
        let state = &mut self.scopes[row.scope];
        let offered = row.offered();
        // Mostly nobody is in grace.
        let open = if row.graces.is_empty() { None } else { Some(row.open()) };
        let open = open.filter(|open| !open.is_empty());
        if let Some(cpu) = &mut self.cpu {
            cpu.list(host, offered.then_some(row.class));
        }
        group.free.set(row.member, offered.then_some(row.free.gpus));
        if let Some(sizes) = &mut group.sizes {
            sizes.set(row.member, offered.then_some((row.sizes, row.free.gpus)));
        }
        // Without bids nothing can be displaced, and nothing has to be known of it.
        if !state.bids.is_empty() || group.bids.is_used() && group.bids.holds(row.member) {
            group.stale.insert(row.member);
        }
        let reach = open.filter(|_| offered).map(|open| row.free.gpus + open.gpus);
        if row.listed_open != reach {
            let former = std::mem::replace(&mut row.listed_open, reach);
            group.list_open(host, former, reach);
        }
        let within = row.free.gpus + open.map_or(0, |open| open.gpus);
        let has_free = offered.then_some(0 < within);
        let (former, version) = &mut self.offers[host.index()];
        if *version == self.version
            && let (Some(offer), Some(has_free)) = (former.as_mut(), has_free)
        {
            // Most changes: at most, the first GPU came free or the last one was taken.
            let moved = offer.has_free != has_free && state.count_free(offer.floor, has_free);
            offer.has_free = has_free;
            state.touched |= moved || state.hangs_on_bids();
            return state.touched;
        }
        *version = self.version;
        let offer = has_free.map(|has_free| Offer {
            has_free,
            floor: row.own_min_bid.unwrap_or(state.min_bid),
            price: match (rules.community_pricing, row.own_price) {
                (CommunityPricing::Host, Some(price)) => price,
                _ => state.on_demand,
            },
        });
        // Without bids, what is published hangs on which floors and prices are offered at all.
        let moved = state.replace(std::mem::replace(former, offer), offer);
        state.touched |= moved || state.hangs_on_bids();
        state.touched
    }
}

fn new_host(scenario: &Scenario, spec: &HostSpec) -> Host {
    let total = Bundle {
        gpus: spec.gpus,
        vcpus: spec.vcpus,
        memory: spec.memory.get(),
        disk: spec.disk.get(),
    };
    let mut standing = Standing::default();
    standing.set(Bar::Absence, spec.joins_later);
    Host {
        scope: scenario.pools[spec.pool.index()].scope,
        pool: spec.pool,
        class: ClassId::from_index(0),
        member: 0,
        total,
        download: spec.download,
        own_min_bid: spec.min_bid,
        own_price: spec.price,
        priced_at: None,
        standing,
        losses: [0; 2],
        free: total,
        graces: Vec::new(),
        promises: Vec::new(),
        guests: Vec::new(),
        sizes: Sizes::NONE,
        dormant: BTreeSet::new(),
        resuming: Resuming::default(),
        occupancy: Occupancy {
            free: u8::try_from(spec.gpus).expect("a host has at most 16 GPUs"),
            ..Occupancy::default()
        },
        listed_open: None,
        stated: None,
    }
}
