//! The state of the market: tables of plain rows with typed ids, and what keeps them whole.
//!
//! Only the handlers of conduct change it; policies see it through [`view`]; traces and metrics never
//! see it at all. Every index in here can be derived from the tables, and [`audit`] does so in tests.

pub mod account;
pub mod audit;
pub mod bits;
pub mod cpu;
pub mod endpoint;
pub mod fleet;
pub mod heartbeats;
pub mod host;
pub mod images;
pub mod index;
pub mod meters;
pub mod moves;
pub mod network;
pub mod plans;
pub mod pod;
pub mod pricing;
pub mod record;
pub mod spot;
pub mod standing;
pub mod table;
pub mod teams;
pub mod templates;
pub mod typical;
pub mod usage;
pub mod victims;
pub mod view;
pub mod waiting;
mod warm;
pub mod workers;

use crate::billing::Ledger;
use crate::ids::{AccountId, EndpointId, HostId, Id, PodId, ScopeId};
use crate::scenario::Scenario;
use crate::scenario::model::SpendingLimit;
use crate::scenario::rules::OutageStorage;
use crate::units::{Money, SimTime};
use account::Account;
use endpoint::Endpoint;
use endpoint::requests::Requests;
use fleet::Fleet;
use images::Shelves;
use index::Sizes;
use meters::Meters;
use moves::Moves;
use network::NetworkVolumes;
use plans::Plans;
use pod::Pod;
use pricing::Pricing;
use record::Record;
use spot::Spot;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, BinaryHeap};
use table::{Pods, Table};
use teams::Teams;
use templates::Templates;
use typical::Typical;
use usage::Usages;
use waiting::Shapes;
use waiting::aside::Aside;
use waiting::lanes::{Queue, Rank};
use workers::Workers;

/// The place before that of the first who joins a queue: below it is room for those who go before all.
pub const FIRST_PLACE: u64 = 1 << 40;

/// Who is to be tried since a round last looked (POD-06).
#[derive(Clone, Debug, Default)]
pub struct Freed {
    /// Scopes where something came free, or cheaper, in order.
    pub scopes: Vec<ScopeId>,
    /// Hosts where it did and Resuming pods wait.
    pub hosts: BTreeSet<HostId>,
    /// Pods whose account got money, or that lost a promise.
    pub pods: BTreeSet<PodId>,
}

impl Freed {
    /// Notes that something came free on a host of `scope`: on `waited_for`, if anybody waits there.
    pub fn note(&mut self, scope: ScopeId, waited_for: Option<HostId>) {
        self.note_scope(scope);
        self.hosts.extend(waited_for);
    }
    /// Notes that something came free in `scope`.
    pub fn note_scope(&mut self, scope: ScopeId) {
        if let Err(place) = self.scopes.binary_search(&scope) {
            self.scopes.insert(place, scope);
        }
    }
    /// Keeps the room of `former`, which has been dealt with, if nothing was noted since.
    pub fn reuse(&mut self, former: Self) {
        if self.scopes.is_empty() {
            self.scopes = former.scopes;
            self.scopes.clear();
        }
    }
    /// Whether nothing came free.
    pub fn is_empty(&self) -> bool {
        self.scopes.is_empty() && self.hosts.is_empty() && self.pods.is_empty()
    }
}

/// One who joined in this instant and is to be tried in the next round of its class.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Joined {
    /// A request.
    Pod(PodId),
    /// A spot resume, by its place in [`World::new_resumes`].
    Resume(usize),
}

/// Those who joined, the first to be tried on top.
pub type Joining = BinaryHeap<Reverse<(Rank, Joined)>>;

/// The whole state.
#[derive(Clone, Debug)]
pub struct World {
    /// The hosts and scopes.
    pub fleet: Fleet,
    /// What is known of each host beside what it holds.
    pub records: Table<HostId, Record>,
    /// The accounts.
    pub accounts: Table<AccountId, Account>,
    /// What their templates, and the platform's, say.
    pub templates: Templates,
    /// What hosts keep of images.
    pub images: Shelves,
    /// Which of them are teams, and who may do what there.
    pub teams: Teams,
    /// The live pods.
    pub pods: Pods<Pod>,
    /// Their open meters.
    pub meters: Meters,
    /// Network volumes.
    pub network_volumes: NetworkVolumes,
    /// Pods whose volume is being copied to another host (POD-16).
    pub moves: Moves,
    /// Serverless workers' rentals and prices.
    pub workers: Workers,
    /// Serverless endpoints.
    pub endpoints: Table<EndpointId, Endpoint>,
    /// What is known of their requests beyond those that are there.
    pub requests: Requests,
    /// Distinct demands and their queues.
    pub shapes: Shapes,
    /// Requests that found GPUs too dear.
    pub aside: Aside,
    /// Savings plans, once the first is bought.
    pub plans: Option<Box<Plans>>,
    /// Spot, where pods don't pay as they bid (SPOT-12 to SPOT-15, SPOT-17).
    pub spot: Option<Box<Spot>>,
    /// BILL-15. Whether volumes cost while their host is away.
    pub charges_away: bool,
    /// What has been asked for so far.
    pub typical: Typical,
    /// How much of each scope is in use.
    pub usage: Usages,
    /// Scopes whose list price a policy moves.
    pub pricing: BTreeMap<ScopeId, Pricing>,
    /// The books.
    pub ledger: Ledger,
    /// For on-demand requests: what came free.
    pub freed_for_asks: Freed,
    /// For spot requests: what came free.
    pub freed_for_bids: Freed,
    /// On-demand requests that joined in this instant.
    pub new_asks: Joining,
    /// Spot requests and resumes that joined in this instant.
    pub new_bids: Joining,
    /// Spot resumes that were asked for in this instant and are looked at in their turn, each with its
    /// place among all who joined.
    pub new_resumes: Vec<(u64, waiting::Resume)>,
    /// Requests that joined a queue so far.
    pub places: u64,
    /// Pods of random demand so far.
    pub generated: u32,
    /// Pods by the name that the script gave them, while they live.
    pub named: Vec<Option<PodId>>,
    /// Whose the pod of a name was that has ended.
    pub ended_owner: Vec<Option<AccountId>>,
    /// Requests that wait: on demand.
    pub waiting_asks: usize,
    /// Requests that wait: spot.
    pub waiting_bids: usize,
    /// Of what is drawn: the seed, and which replication this is.
    pub seeds: (u64, u64),
}

impl World {
    /// The world of a scenario at its start: accounts are empty, hosts are up.
    pub fn new(scenario: &Scenario, seed: u64, replication: u64) -> Self {
        let accounts = scenario.accounts.iter().map(|spec| Account {
            segment: spec.segment,
            auto_pay: spec.auto_pay,
            low_balance: spec.low_balance,
            credit_line: spec.credit_line,
            pods: Vec::new(),
            line: crate::billing::Line::NONE,
            reserve: Money::ZERO,
            promised: Money::ZERO,
            hour: Money::ZERO,
            drained_until: None,
            debt: None,
            tried_at: None,
            low_told: true,
            line_forced: false,
            secure: false,
            check_at: None,
            line_at: None,
            drain_at: None,
            payment_at: None,
            drained_try_at: None,
            touched: false,
            payments: None,
            paid_in: Money::ZERO,
            spent: Money::ZERO,
            burn: Money::ZERO,
            sure_limit: match spec.spending_limit {
                SpendingLimit::Own(limit) => limit,
                SpendingLimit::ByHistory => scenario.rules.spending_limit(spec.age, Money::ZERO),
            },
            payments_made: Money::ZERO,
        });
        Self {
            fleet: Fleet::new(scenario),
            records: scenario.hosts.iter().map(|_| Record::begin(SimTime::ZERO)).collect(),
            accounts: accounts.collect(),
            templates: Templates::new(scenario),
            images: Shelves::new(&scenario.images, scenario.rules.image_cache),
            teams: Teams::new(&scenario.teams),
            pods: Pods::default(),
            meters: Meters::default(),
            network_volumes: NetworkVolumes::new(scenario),
            moves: Moves::default(),
            workers: Workers::new(scenario),
            endpoints: endpoints(scenario),
            requests: Requests::new(scenario),
            shapes: Shapes::default(),
            aside: Aside::default(),
            plans: None,
            spot: Spot::new(scenario, seed, replication),
            charges_away: scenario.rules.outage_storage == OutageStorage::Charged,
            typical: Typical::new(scenario),
            usage: Usages::new(scenario),
            pricing: pricing(scenario),
            ledger: Ledger::new(scenario.accounts.len(), scenario.hosts.len()),
            freed_for_asks: Freed::default(),
            freed_for_bids: Freed::default(),
            new_asks: Joining::new(),
            new_bids: Joining::new(),
            new_resumes: Vec::new(),
            places: FIRST_PLACE,
            generated: 0,
            named: vec![None; scenario.pod_names.len()],
            ended_owner: vec![None; scenario.pod_names.len()],
            waiting_asks: 0,
            waiting_bids: 0,
            seeds: (seed, replication),
        }
    }
    /// All pods whose volume or container is on the host, lowest id first.
    pub fn pods_of_host(&self, host: HostId) -> Vec<PodId> {
        let row = &self.fleet.hosts[host];
        // POD-16. Who is promised GPUs here for a move lies on another host.
        let lies_here = |pod: &&PodId| self.pods[**pod].tied == Some(host);
        let all = row.guests.iter().chain(&row.dormant).filter(lies_here);
        let mut pods: Vec<PodId> = all.copied().collect();
        pods.sort_unstable();
        pods.dedup();
        pods
    }
    /// A provider's host that was not there so far, with its price and its minimum bid: else it is like one of
    /// the scenario. It has yet to join.
    pub fn add_host(
        &mut self,
        scenario: &Scenario,
        like: HostId,
        prices: (Option<Money>, Option<Money>),
    ) -> HostId {
        self.records.push(Record::begin(SimTime::ZERO));
        self.ledger.open_host();
        let host = self.fleet.add(scenario, like, prices);
        self.usage.watch(host);
        host
    }
    /// What the pods on `host` have, or are promised, each: how many GPUs.
    pub fn sizes_on(&self, host: HostId) -> Sizes {
        let guests = self.fleet.hosts[host].guests.iter();
        guests.filter_map(|pod| Some(self.pods.get(*pod)?.gpus)).collect()
    }
    /// Those of a class who joined in this instant.
    pub fn joined(&self, queue: Queue) -> &Joining {
        match queue {
            Queue::OnDemand => &self.new_asks,
            Queue::Spot => &self.new_bids,
        }
    }
    /// The same, to take from.
    pub fn joined_mut(&mut self, queue: Queue) -> &mut Joining {
        match queue {
            Queue::OnDemand => &mut self.new_asks,
            Queue::Spot => &mut self.new_bids,
        }
    }
    /// POD-06. One request more waits, or one less: in the scopes that it names, or that of its host.
    pub fn count_waiting(&mut self, pod: PodId, by: i32) {
        let row = &self.pods[pod];
        let is_ask = row.bid().is_none();
        let scopes = &mut self.fleet.scopes;
        let mut count = |scope: ScopeId| {
            let state = &mut scopes[scope];
            let count = if is_ask { &mut state.waiting_asks } else { &mut state.waiting_bids };
            *count = count.checked_add_signed(by).expect("who leaves has waited");
        };
        if let Some(host) = row.waits_for() {
            count(self.fleet.hosts[host].scope);
        } else {
            self.shapes.get(row.shape).scopes.iter().copied().for_each(count);
        }
        let all = if is_ask { &mut self.waiting_asks } else { &mut self.waiting_bids };
        *all = all.checked_add_signed(by as isize).expect("who leaves has waited");
    }
    /// GEN-13. The how-manieth entry of an id's table, for sums over accounts.
    pub fn account_ids(&self) -> impl Iterator<Item = AccountId> + use<> {
        (0..self.accounts.len()).map(AccountId::from_index)
    }
}

/// Endpoints, none of which is there yet.
fn endpoints(scenario: &Scenario) -> Table<EndpointId, Endpoint> {
    let absent = scenario.endpoints.iter().map(|spec| Endpoint::absent(spec.account, spec.model));
    absent.collect()
}

/// What is remembered at the start of scopes whose list price moves.
fn pricing(scenario: &Scenario) -> BTreeMap<ScopeId, Pricing> {
    let moved = scenario.list_prices.iter().map(|(scope, _)| {
        let stated = scenario.scopes[scope.index()].on_demand;
        (*scope, Pricing { stated, ..Pricing::default() })
    });
    moved.collect()
}
