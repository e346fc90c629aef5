//! The state of the market: tables of plain rows with typed ids, and what keeps them whole.
//!
//! Only the handlers of conduct change it; policies see it through [`view`]; traces and metrics never
//! see it at all. Every index in here can be derived from the tables, and [`audit`] does so in tests.

pub mod account;
pub mod audit;
pub mod bits;
pub mod fleet;
pub mod host;
pub mod index;
pub mod meters;
pub mod pod;
pub mod table;
pub mod typical;
pub mod victims;
pub mod view;
pub mod waiting;

use crate::billing::Ledger;
use crate::ids::{AccountId, HostId, Id, PodId, ScopeId};
use crate::rng::{Purpose, Stream};
use crate::scenario::Scenario;
use crate::units::Money;
use account::Account;
use fleet::Fleet;
use index::Sizes;
use meters::Meters;
use pod::Pod;
use std::collections::BTreeSet;
use table::{Pods, Table};
use typical::Typical;
use waiting::Shapes;

/// Scopes and hosts where something came free since a round last looked.
#[derive(Clone, Debug, Default)]
pub struct Freed {
    /// Scopes whose waiting are to be tried.
    pub scopes: BTreeSet<ScopeId>,
    /// Hosts whose Resuming pods are to be tried.
    pub hosts: BTreeSet<HostId>,
}

impl Freed {
    /// Notes that something came free on `host` of `scope`.
    pub fn note(&mut self, scope: ScopeId, host: Option<HostId>) {
        self.scopes.insert(scope);
        self.hosts.extend(host);
    }
}

/// The whole state.
#[derive(Clone, Debug)]
pub struct World {
    /// The hosts and scopes.
    pub fleet: Fleet,
    /// The accounts.
    pub accounts: Table<AccountId, Account>,
    /// The live pods.
    pub pods: Pods<Pod>,
    /// Their open meters.
    pub meters: Meters,
    /// Distinct demands and their queues.
    pub shapes: Shapes,
    /// What has been asked for so far.
    pub typical: Typical,
    /// The books.
    pub ledger: Ledger,
    /// For on-demand requests: what came free.
    pub freed_for_asks: Freed,
    /// For spot requests: what came free.
    pub freed_for_bids: Freed,
    /// On-demand requests that joined in this instant, in order.
    pub new_asks: Vec<PodId>,
    /// Spot requests that joined in this instant, in order.
    pub new_bids: Vec<PodId>,
    /// Spot resumes that were asked for in this instant and are looked at in their turn, each with its
    /// place among all who joined.
    pub new_resumes: Vec<(u64, waiting::Resume)>,
    /// Requests that joined a queue so far.
    pub joined: u64,
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
}

impl World {
    /// The world of a scenario at its start: accounts are empty, hosts are up.
    pub fn new(scenario: &Scenario, seed: u64, replication: u64) -> Self {
        let accounts = scenario.accounts.iter().enumerate().map(|(index, spec)| Account {
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
            tried_at: None,
            low_told: true,
            line_forced: false,
            check_at: None,
            line_at: None,
            drain_at: None,
            payment_at: None,
            drained_try_at: None,
            touched: false,
            payments: Stream::open(seed, replication, Purpose::Payment, index as u64),
            paid_in: Money::ZERO,
            spent: Money::ZERO,
        });
        Self {
            fleet: Fleet::new(scenario),
            accounts: accounts.collect(),
            pods: Pods::default(),
            meters: Meters::default(),
            shapes: Shapes::default(),
            typical: Typical::new(scenario),
            ledger: Ledger::new(scenario.accounts.len(), scenario.hosts.len()),
            freed_for_asks: Freed::default(),
            freed_for_bids: Freed::default(),
            new_asks: Vec::new(),
            new_bids: Vec::new(),
            new_resumes: Vec::new(),
            joined: 0,
            generated: 0,
            named: vec![None; scenario.pod_names.len()],
            ended_owner: vec![None; scenario.pod_names.len()],
            waiting_asks: 0,
            waiting_bids: 0,
        }
    }
    /// What the pods on `host` have, or are promised, each: how many GPUs.
    pub fn sizes_on(&self, host: HostId) -> Sizes {
        let guests = self.fleet.hosts[host].guests.iter();
        guests.filter_map(|pod| Some(self.pods.get(*pod)?.gpus)).collect()
    }
    /// Takes back the emptied list of a round, whose room the next one can use, unless somebody has
    /// joined since.
    pub fn lend_again(&mut self, asks: bool, new: Vec<PodId>) {
        let present = if asks { &mut self.new_asks } else { &mut self.new_bids };
        if present.is_empty() {
            *present = new;
        }
    }
    /// GEN-13. The how-manieth entry of an id's table, for sums over accounts.
    pub fn account_ids(&self) -> impl Iterator<Item = AccountId> + use<> {
        (0..self.accounts.len()).map(AccountId::from_index)
    }
}
