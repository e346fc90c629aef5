//! The fleet: hosts, the classes of hosts alike, and what each scope offers (CLD-01, HOST-02, GPU-04).
//!
//! Hosts alike in all that is fixed form a class with indexes of its own, so that a look-up names a
//! few classes and never walks over hosts. [`Fleet::refresh`] is called after every change of a host
//! and brings the cheap indexes up to date at once; the displacement index is brought up to date when
//! it is next asked, for most changes are followed by another before anyone displaces.

mod scope;
mod standings;

pub use scope::ScopeState;
pub use standings::{StandingId, Standings};

use super::bits::BitSet;
use super::host::{Host, Resuming};
use super::index::{BidIndex, FreeIndex, SizeIndex, Sizes};
use super::standing::{Bar, Standing};
use super::table::Table;
use crate::ids::{ClassId, GpuTypeId, HostId, Id, PoolId, ScopeId};
use crate::journal::fact::Occupancy;
use crate::scenario::Scenario;
use crate::scenario::model::{Cloud, HostSpec};
use crate::scenario::rules::{CommunityPricing, Rules, SpotClearing, VcpuMemory};
use crate::units::{Bundle, Money};
use scope::Offer;
use std::collections::{BTreeMap, BTreeSet};

/// What hosts of a class have in common: all that is fixed and that a request can ask for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Alike {
    /// Their pool, hence scope and data center.
    pub pool: PoolId,
    /// Their GPUs.
    pub gpus: u32,
    /// Their vCPUs.
    pub vcpus: u32,
    /// Their memory in GB.
    pub memory: u32,
    /// Their own price (HOST-13).
    pub own_price: Option<Money>,
    /// What of all that requests demand of places and lines they satisfy (CLD-05).
    pub standing: StandingId,
}

/// A class of hosts alike.
#[derive(Clone, Debug)]
pub struct Class {
    /// What they share.
    pub alike: Alike,
    /// Their scope.
    pub scope: ScopeId,
    /// Its hosts, in order of id.
    pub hosts: Vec<HostId>,
    /// The disk of the one that has most.
    pub largest_disk: u32,
    /// Offered hosts by free GPUs.
    pub free: FreeIndex,
    /// Offered hosts by whom a displacement would hit.
    pub bids: BidIndex,
    /// Offered hosts by the sizes of their pods, where the placement policy asks for them.
    pub sizes: Option<SizeIndex>,
    /// Members whose place in `bids` is out of date.
    pub stale: BitSet,
    /// Offered hosts with something in grace that is promised to nobody, each behind the GPUs that are
    /// free there or open in grace.
    pub open: BTreeSet<(u32, HostId)>,
}

impl Class {
    /// A class of these hosts, none of them offered yet.
    fn new(alike: Alike, scope: ScopeId, hosts: Vec<HostId>, disks: u32, by_sizes: bool) -> Self {
        let members = u32::try_from(hosts.len()).expect("fewer than 2^32 hosts");
        Self {
            alike,
            scope,
            largest_disk: disks,
            sizes: by_sizes.then(|| SizeIndex::new(members)),
            free: FreeIndex::new(members, alike.gpus),
            bids: BidIndex::new(members, alike.gpus),
            stale: BitSet::new(members),
            open: BTreeSet::new(),
            hosts,
        }
    }
    /// A host is listed by what is open on it and free, if anything is in grace there.
    #[cold] // most changes are none of a displacement
    fn list_open(&mut self, host: HostId, former: Option<u32>, reach: Option<u32>) {
        if let Some(former) = former {
            self.open.remove(&(former, host));
        }
        self.open.extend(reach.map(|gpus| (gpus, host)));
    }
}

impl Class {
    /// What each of its hosts has, disk left out.
    pub fn total(&self) -> Bundle {
        let Alike { gpus, vcpus, memory, .. } = self.alike;
        Bundle { gpus, vcpus, memory, disk: 0 }
    }
}

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
            offers: vec![(None, 0); scenario.hosts.len()],
            vacant: Vec::new(),
        };
        for host in fleet.hosts.ids().filter(|host| !scenario.hosts[host.index()].joins_later) {
            let scope = fleet.hosts[host].scope;
            fleet.scopes[scope].hosts.push(host);
        }
        for scope in fleet.scopes.ids() {
            fleet.classify(scope, &scenario.rules);
        }
        fleet
    }

    /// Sorts a scope's hosts into classes anew: at the start, and when a host's own price changes.
    pub fn classify(&mut self, scope: ScopeId, rules: &Rules) {
        self.prices_moved(scope);
        let mut groups: BTreeMap<Alike, Vec<HostId>> = BTreeMap::new();
        for &host in &self.scopes[scope].hosts {
            groups.entry(self.alike(host, rules)).or_default().push(host);
        }
        for class in std::mem::take(&mut self.scopes[scope].classes) {
            let alike = self.classes[class].alike;
            self.classes[class] = Class::new(alike, scope, Vec::new(), 0, false);
            self.vacant.push(class);
        }
        for (alike, hosts) in groups {
            let disks = hosts.iter().map(|host| self.hosts[*host].total.disk);
            let largest_disk = disks.max().unwrap_or(0);
            let row = Class::new(alike, scope, hosts, largest_disk, self.by_sizes);
            let class = match self.vacant.pop() {
                Some(class) => {
                    self.classes[class] = row;
                    class
                }
                None => self.classes.push(row),
            };
            self.scopes[scope].classes.push(class);
            for (member, host) in self.classes[class].hosts.clone().into_iter().enumerate() {
                self.hosts[host].class = class;
                self.hosts[host].listed_open = None;
                self.hosts[host].member = u32::try_from(member).expect("as many as hosts");
                self.refresh(host, rules);
            }
        }
    }
    /// HOST-06. A host leaves its scope for good; who walks through hosts finds it no more.
    pub fn withdraw(&mut self, host: HostId, rules: &Rules) {
        let scope = self.hosts[host].scope;
        self.scopes[scope].hosts.retain(|other| *other != host);
        self.classify(scope, rules);
    }
    /// CLD-04. A host joins its scope.
    pub fn admit(&mut self, host: HostId, rules: &Rules) {
        let scope = self.hosts[host].scope;
        let hosts = &mut self.scopes[scope].hosts;
        let place = hosts.partition_point(|other| *other < host);
        hosts.insert(place, host);
        self.classify(scope, rules);
    }
    fn alike(&self, host: HostId, rules: &Rules) -> Alike {
        let row = &self.hosts[host];
        let own_price = match rules.community_pricing {
            CommunityPricing::Platform => None,
            CommunityPricing::Host => row.own_price,
        };
        let Bundle { gpus, vcpus, memory, .. } = row.total;
        let standing = self.standings.of(host);
        Alike { pool: row.pool, gpus, vcpus, memory, own_price, standing }
    }

    /// A price or a floor in `scope` has changed: what was worked out from them is out of date.
    pub fn prices_moved(&mut self, scope: ScopeId) {
        self.version += 1;
        let floors = self.scopes[scope].hosts.iter().map(|host| self.floor(*host));
        self.scopes[scope].lowest_floor = floors.min();
    }
    /// SPOT-02. The lowest floor of a scope's hosts, offered or not, where requests that demand `site` may
    /// go.
    pub fn lowest_floor(&self, scope: ScopeId, site: u32) -> Option<Money> {
        let state = &self.scopes[scope];
        if site == 0 {
            return state.lowest_floor;
        }
        let classes = state.classes.iter().filter(|class| self.admits(**class, site));
        let hosts = classes.flat_map(|class| &self.classes[*class].hosts);
        hosts.map(|host| self.floor(*host)).min()
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

    /// Brings the indexes up to date after a change of `host`. Says whether its scope has something
    /// that may be published.
    pub fn refresh(&mut self, host: HostId, rules: &Rules) -> bool {
        let row = &mut self.hosts[host];
        let group = &mut self.classes[row.class];
        let state = &mut self.scopes[row.scope];
        let offered = row.offered();
        let open = row.open();
        group.free.set(row.member, offered.then_some(row.free.gpus));
        if let Some(sizes) = &mut group.sizes {
            sizes.set(row.member, offered.then_some((row.sizes, row.free.gpus)));
        }
        // Without bids nothing can be displaced, and nothing has to be known of it.
        if !state.bids.is_empty() || group.bids.holds(row.member) {
            group.stale.insert(row.member);
        }
        let reach = (offered && !open.is_empty()).then_some(row.free.gpus + open.gpus);
        if row.listed_open != reach {
            let former = std::mem::replace(&mut row.listed_open, reach);
            group.list_open(host, former, reach);
        }
        let has_free = offered.then_some(0 < row.free.gpus + open.gpus);
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
