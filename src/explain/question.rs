//! Whose story is asked for: from a name to who tells it, or to the nearest name that there is.

use super::account::AccountTeller;
use super::bill::Bill;
use super::endpoint::EndpointTeller;
use super::endpoints::Endpoints;
use super::host::{self, HostTeller};
use super::known::Known;
use super::pod::PodTeller;
use super::request::{self, RequestTeller};
use super::story::{Lines, Section};
use super::worker::WorkerTeller;
use crate::ids::Id;
use crate::journal::Fact;
use crate::journal::fact::{PodName, WorkerId};
use crate::scenario::Scenario;
use crate::scenario::problem::nearest;
use crate::units::{Money, SimTime};

/// What kind of entity a story is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A pod, by its name or as `pod-N`.
    Pod,
    /// A request to an endpoint, by its name or as `req-N`.
    Request,
    /// A host.
    Host,
    /// An account.
    Account,
    /// A worker, as `ENDPOINT-wN`.
    Worker,
    /// An endpoint.
    Endpoint,
}

impl Kind {
    /// The word for it.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Pod => "pod",
            Self::Request => "request",
            Self::Host => "host",
            Self::Account => "account",
            Self::Worker => "worker",
            Self::Endpoint => "endpoint",
        }
    }
}

/// Whose story is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    /// Of which kind.
    pub kind: Kind,
    /// Its name in outputs.
    pub name: String,
}

/// There is no such entity in the run.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is no {} `{name}` in this run{hint}", kind.word())]
pub struct Unknown {
    kind: Kind,
    name: String,
    hint: String,
}

impl Unknown {
    fn new(question: &Question, hint: String) -> Self {
        Self { kind: question.kind, name: question.name.clone(), hint }
    }
    /// With the nearest of these names, if one is near.
    fn near<'n>(question: &Question, names: impl Iterator<Item = &'n str> + Clone) -> Self {
        if question.kind == Kind::Worker {
            let of = question.name.rsplit_once("-w").map_or(question.name.as_str(), |(of, _)| of);
            let hint = match nearest(of, names.clone()).or_else(|| names.clone().next()) {
                Some(endpoint) => {
                    format!(": those of the endpoint `{endpoint}` are `{endpoint}-w1` and so on")
                }
                None => ": it has no endpoints".to_owned(),
            };
            return Self::new(question, hint);
        }
        let names = names.filter(|name| *name != question.name);
        let only = names.clone().next().filter(|_| names.clone().count() == 1);
        let hint = match (nearest(&question.name, names), only) {
            (Some(name), _) => format!(": did you mean `{name}`?"),
            (None, Some(name)) => format!(": the scenario names one, `{name}`"),
            (None, None) => String::new(),
        };
        Self::new(question, hint)
    }
}

/// The number behind a prefix: `pod-17` is 17.
fn numbered<N: std::str::FromStr>(name: &str, prefix: &str) -> Option<N> {
    let digits = name.strip_prefix(prefix)?;
    let is_plain = !digits.starts_with('0') && digits.bytes().all(|byte| byte.is_ascii_digit());
    digits.parse().ok().filter(|_| is_plain)
}

/// What was met of entities that have numbers.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Met {
    pods: u32,
    requests: u64,
}

impl Met {
    pub(super) fn hear(&mut self, fact: &Fact) {
        if let Fact::PodRequested(asked) = fact
            && let PodName::Generated(number) = asked.name
        {
            self.pods = self.pods.max(number);
        }
        if let Fact::RequestSubmitted(submitted) = fact {
            self.requests = self.requests.max(submitted.request.0);
        }
    }
    /// Nobody was met who was asked for.
    pub(super) fn unknown(self, known: &Known<'_>, question: &Question) -> Unknown {
        let scenario = known.names.scenario;
        let last = match question.kind {
            Kind::Pod if 0 < self.pods => Some(format!(": the last one is `pod-{}`", self.pods)),
            Kind::Request if 0 < self.requests => Some(format!(
                ": the last one is `req-{}`; one that was refused has no story",
                self.requests
            )),
            Kind::Pod
            | Kind::Request
            | Kind::Host
            | Kind::Account
            | Kind::Worker
            | Kind::Endpoint => None,
        };
        match last {
            Some(hint) => Unknown::new(question, hint),
            None => Unknown::near(question, names(scenario, question.kind).into_iter()),
        }
    }
}

/// The names that the scenario knows of a kind.
fn names(scenario: &Scenario, kind: Kind) -> Vec<&str> {
    match kind {
        Kind::Pod => scenario.pod_names.iter().map(String::as_str).collect(),
        Kind::Request => scenario.request_names.iter().map(String::as_str).collect(),
        Kind::Host => scenario.hosts.iter().map(|host| host.name.as_str()).collect(),
        Kind::Account => scenario.accounts.iter().map(|account| account.name.as_str()).collect(),
        Kind::Worker | Kind::Endpoint => {
            scenario.endpoints.iter().map(|own| own.name.as_str()).collect()
        }
    }
}

/// Who tells the story of an entity.
pub(super) enum Teller {
    Pod(Box<PodTeller>),
    Request(Box<RequestTeller>),
    Host(Box<HostTeller>),
    Account(Box<AccountTeller>),
    Worker(Box<WorkerTeller>),
    Endpoint(Box<EndpointTeller>),
}

impl Teller {
    pub(super) fn new(scenario: &Scenario, question: &Question) -> Result<Self, Unknown> {
        let name = question.name.as_str();
        let known = names(scenario, question.kind);
        let place = known.iter().position(|known| *known == name);
        let found = match question.kind {
            Kind::Pod => place
                .map(|place| PodName::Given(Id::from_index(place)))
                .or_else(|| numbered(name, "pod-").map(PodName::Generated))
                .map(|name| Self::Pod(Box::new(PodTeller::new(name)))),
            Kind::Request => place
                .map(|place| request::Which::Named(Id::from_index(place)))
                .or_else(|| numbered(name, "req-").map(request::Which::Number))
                .map(|which| Self::Request(Box::new(RequestTeller::new(which)))),
            Kind::Host => place
                .map(|place| host::Which::Known(Id::from_index(place)))
                .or_else(|| supplied(scenario, name))
                .map(|which| Self::Host(Box::new(HostTeller::new(which, scenario)))),
            Kind::Account => place
                .map(|place| Self::Account(Box::new(AccountTeller::new(Id::from_index(place))))),
            Kind::Worker => worker(scenario, name)
                .map(|worker| Self::Worker(Box::new(WorkerTeller::new(worker)))),
            Kind::Endpoint => place
                .map(|place| Self::Endpoint(Box::new(EndpointTeller::new(Id::from_index(place))))),
        };
        found.ok_or_else(|| Unknown::near(question, known.into_iter()))
    }

    pub(super) fn hear(
        &mut self,
        (at, fact): (SimTime, &Fact),
        known: &Known<'_>,
        endpoints: &Endpoints,
        lines: &mut Lines,
    ) {
        match self {
            Self::Pod(own) => own.hear(at, fact, known, lines),
            Self::Request(own) => own.hear((at, fact), known, endpoints, lines),
            Self::Host(own) => own.hear(at, fact, known, lines),
            Self::Account(own) => own.hear(at, fact, known, lines),
            Self::Worker(own) => own.hear((at, fact), known, endpoints, lines),
            Self::Endpoint(own) => own.hear(at, fact, lines),
        }
    }
    pub(super) fn is_met(&self) -> bool {
        match self {
            Self::Pod(own) => own.is_met(),
            Self::Request(own) => own.is_met(),
            Self::Host(own) => own.is_met(),
            Self::Account(_) => true,
            Self::Worker(own) => own.is_met(),
            Self::Endpoint(own) => own.is_met(),
        }
    }
    pub(super) fn title(&self, known: &Known<'_>) -> String {
        match self {
            Self::Pod(own) => own.title(known),
            Self::Request(own) => own.title(known),
            Self::Host(own) => own.title(known),
            Self::Account(own) => own.title(known),
            Self::Worker(own) => own.title(known),
            Self::Endpoint(own) => own.title(known),
        }
    }
    pub(super) fn in_short(&self) -> Vec<String> {
        match self {
            Self::Pod(own) => own.in_short(),
            Self::Request(own) => own.in_short(),
            Self::Host(own) => own.in_short(),
            Self::Account(own) => own.in_short(),
            Self::Worker(own) => own.in_short(),
            Self::Endpoint(own) => own.in_short(),
        }
    }
    pub(super) fn sections(&self, known: &Known<'_>) -> Vec<Section> {
        match self {
            Self::Pod(own) => own.sections(),
            Self::Request(own) => own.sections(known),
            Self::Host(own) => own.sections(),
            Self::Account(own) => own.sections(),
            Self::Worker(own) => own.sections(),
            Self::Endpoint(own) => own.sections(),
        }
    }
    /// The bill of whoever has one of its own.
    pub(super) fn bill(&self) -> Option<Bill> {
        match self {
            Self::Pod(own) => Some(own.bill.clone()),
            Self::Worker(own) => Some(own.bill.clone()),
            Self::Request(_) | Self::Host(_) | Self::Account(_) | Self::Endpoint(_) => None,
        }
    }
    /// What an account paid in and spent.
    pub(super) fn totals(&self) -> Option<(Money, Money)> {
        match self {
            Self::Account(own) => Some((own.deposited(), own.spent())),
            Self::Pod(_)
            | Self::Request(_)
            | Self::Host(_)
            | Self::Worker(_)
            | Self::Endpoint(_) => None,
        }
    }
    /// Whether milliseconds matter.
    pub(super) const fn is_fine(&self) -> bool {
        matches!(self, Self::Request(_) | Self::Worker(_))
    }
    /// Whether it is about requests to endpoints.
    pub(super) const fn hears_requests(&self) -> bool {
        matches!(self, Self::Request(_) | Self::Worker(_) | Self::Endpoint(_))
    }
}

/// A host that a provider brings: `SUPPLY-N`.
fn supplied(scenario: &Scenario, name: &str) -> Option<host::Which> {
    scenario.supply.iter().enumerate().find_map(|(index, supply)| {
        let number = numbered(name, &format!("{}-", supply.name))?;
        Some(host::Which::Supplied(Id::from_index(index), number))
    })
}

/// A worker: `ENDPOINT-wN`.
fn worker(scenario: &Scenario, name: &str) -> Option<WorkerId> {
    scenario.endpoints.iter().enumerate().find_map(|(index, endpoint)| {
        let run = numbered(name, &format!("{}-w", endpoint.name))?;
        Some(WorkerId { endpoint: Id::from_index(index), run })
    })
}
