//! What is known of requests to all endpoints beyond those that are there: names, results, webhooks, rates.

use super::rates::Rates;
use crate::ids::{AccountId, EndpointId, HostId, RequestNameId};
use crate::journal::fact::{RequestId, RequestStatus};
use crate::scenario::Scenario;
use crate::units::{Money, SimTime};
use std::collections::{BTreeMap, BTreeSet};

/// What a name that the script gave to a request stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NamedRequest {
    /// Nothing: it was not submitted, or refused.
    Unknown,
    /// A request that is there: its endpoint and its row.
    Alive(EndpointId, u32),
    /// One that ended.
    Ended {
        /// Where.
        endpoint: EndpointId,
        /// Whose it was.
        account: AccountId,
        /// When its result is gone (JOB-18).
        gone: SimTime,
        /// How.
        status: RequestStatus,
        /// When it was submitted, and when it ended.
        life: (SimTime, SimTime),
        /// When it was last taken, if it ended in hand.
        started: Option<SimTime>,
    },
}

/// A webhook that is yet to be answered (JOB-21).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Webhook {
    /// Of which request.
    pub request: RequestId,
    /// Its name.
    pub name: Option<RequestNameId>,
    /// Where.
    pub endpoint: EndpointId,
    /// Calls so far.
    pub calls: u32,
}

/// A job whose worker is lost: its request, so that the first submitted comes first, its endpoint and its row.
pub type Lost = (RequestId, EndpointId, u32);

/// A loss that nobody noticed yet (SLS-38).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Loss {
    /// Of workers with jobs in hand.
    Jobs {
        /// The jobs, by submission, with their rows' counts of changes.
        jobs: Vec<(Lost, u32)>,
    },
    /// Of a host, to which slots are still bound.
    Host(HostId),
}

/// All of it.
#[derive(Clone, Debug, Default)]
pub struct Requests {
    /// Submitted so far, accepted or not.
    pub submitted: u64,
    /// What scripted names stand for.
    pub named: Vec<NamedRequest>,
    /// JOB-19. By when calls of runsync are answered, of requests with names.
    pub answered_by: BTreeMap<RequestNameId, SimTime>,
    /// How often accounts call.
    pub rates: Rates,
    /// Webhooks to be called, by the number in their event.
    pub webhooks: BTreeMap<u32, Webhook>,
    /// JOB-14. Jobs of workers that the market has ended in this event: they go back when all are known.
    pub lost: Vec<Lost>,
    /// Losses to be noticed, by the number in their event.
    pub losses: BTreeMap<u32, Loss>,
    /// The next such number.
    pub next: u32,
    /// SLS-45. Accounts of which a waking was refused, with the endpoints.
    pub refusing: BTreeMap<AccountId, Refusing>,
}

/// SLS-45. An account of which wakings were refused.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Refusing {
    /// How it stood when it was looked at last.
    pub seen: Credit,
    /// The endpoints of which a waking is refused.
    pub endpoints: BTreeSet<EndpointId>,
}

/// What an account has and what is to be covered, by sums that are kept.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Credit {
    /// Its balance in the ledger.
    pub balance: Money,
    /// BILL-08. R10 with what is promised.
    pub reserve: Money,
    /// ACCT-06. What it burns per hour.
    pub burn: Money,
    /// BILL-12. Whether it is drained: then nothing is woken, whatever it has.
    pub drained: bool,
}

impl Credit {
    /// Whether a waking that was refused before may not be now: the balance rose, R10 or the burn fell, or it
    /// is drained no longer.
    pub fn eases(&self, before: &Self) -> bool {
        before.balance < self.balance
            || self.reserve < before.reserve
            || self.burn < before.burn
            || before.drained && !self.drained
    }
    /// The worse of both in each: what is better than that may be enough.
    #[must_use]
    pub fn worse(&self, other: &Self) -> Self {
        Self {
            balance: self.balance.min(other.balance),
            reserve: self.reserve.max(other.reserve),
            burn: self.burn.max(other.burn),
            drained: self.drained || other.drained,
        }
    }
}

impl Requests {
    /// At the start.
    pub fn new(scenario: &Scenario) -> Self {
        let named = vec![NamedRequest::Unknown; scenario.request_names.len()];
        Self { named, ..Self::default() }
    }
    /// SLS-14. The results of an endpoint that is gone are gone, too.
    pub fn forget(&mut self, gone: EndpointId) {
        for named in &mut self.named {
            if matches!(named, NamedRequest::Ended { endpoint, .. } if *endpoint == gone) {
                *named = NamedRequest::Unknown;
            }
        }
    }
    /// The number of the next webhook or loss.
    pub fn number(&mut self) -> u32 {
        self.next += 1;
        self.next
    }
}
