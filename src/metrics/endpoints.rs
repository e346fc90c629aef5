//! Serverless endpoints: requests, delays, cold starts, workers, costs, one by one and together (SLS-50).
//!
//! A request counts, with all that it came to, if it was submitted after the warm-up; a cold start, if the
//! worker became ready after it; workers' time, money and webhook calls from its end on. What is gathered is
//! gathered once, by endpoint; the market's figures are the sum.

mod readings;
mod requests;
mod workers;

pub(super) use readings::READINGS;

use super::is_after;
use super::sketch::Sketch;
use super::subject::Subject;
use super::summary::Value;
use crate::ids::{EndpointId, HostId, Id};
use crate::journal::Fact;
use crate::journal::fact::{
    Named, Posting, RequestEnded, Subject as Metered, WebhookCalled, WorkerAt, WorkerId,
    WorkerReady, WorkerStopped, WorkerWoken,
};
use crate::journal::workers::Workers as Live;
use crate::scenario::Scenario;
use crate::scenario::model::ActionKind;
use crate::scenario::model::serverless::EndpointAction;
use crate::units::{SimTime, Span};
use requests::{Counts, Requests, Times};
use std::collections::BTreeSet;
use workers::{WorkerSums, Workers};

/// What was gathered about one endpoint.
#[derive(Clone, Debug, Default)]
struct Endpoint {
    requests: Requests,
    workers: Workers,
}

/// What was gathered about all of a scenario that has any.
#[derive(Clone, Debug)]
pub(super) struct Endpoints {
    /// Those of the scenario, then one more for what names none.
    endpoints: Vec<Endpoint>,
    live: Live,
    throttled: BTreeSet<WorkerId>,
}

/// The figures about one subject.
#[derive(Clone, Copy, Debug, Default)]
struct Figures {
    counts: Counts,
    times: Times,
    workers: WorkerSums,
    throttled: i128,
    cold_start: super::sketch::Quantiles,
}

/// What is read: the figures, over so long, and how evenly endpoints were served.
#[derive(Clone, Copy, Debug)]
pub(super) struct EndpointSums {
    figures: Figures,
    measured: Span,
    fairness: Value,
}

impl Endpoints {
    /// Of a scenario that has any.
    pub(super) fn new(scenario: &Scenario) -> Option<Self> {
        let count = scenario.endpoints.len();
        (0 < count).then(|| Self {
            endpoints: vec![Endpoint::default(); count + 1],
            live: Live::default(),
            throttled: BTreeSet::new(),
        })
    }
    /// The facts to hear for them; of requests only their end, and webhooks where there are any.
    pub(super) fn wants(scenario: &Scenario) -> &'static [&'static str] {
        const ALL: [&str; 8] = [
            "request_ended",
            "worker_ready",
            "worker_stopped",
            "worker_reserved",
            "worker_woken",
            "worker_throttled",
            "worker_withdrawn",
            "webhook_called",
        ];
        let calls = |kind: &ActionKind| {
            let ActionKind::Endpoint(action) = kind else { return false };
            matches!(**action, EndpointAction::Submit { ref job, .. } if job.webhook)
        };
        let any = scenario.request_sources.iter().any(|source| source.webhook)
            || scenario.script.iter().any(|action| calls(&action.kind));
        if any { &ALL } else { &ALL[..7] }
    }
    fn of(&mut self, endpoint: EndpointId) -> &mut Endpoint {
        &mut self.endpoints[endpoint.index()]
    }
    /// The requests of an endpoint.
    #[inline]
    fn requests(&mut self, endpoint: EndpointId) -> &mut Requests {
        &mut self.endpoints[endpoint.index()].requests
    }
    /// A submission was refused after the warm-up (JOB-02).
    pub(super) fn refuse(&mut self, name: Option<Named>) {
        let nobody = self.endpoints.len() - 1;
        let endpoint = if let Some(Named::Endpoint(id)) = name { id.index() } else { nobody };
        self.endpoints[endpoint].workers.sums.refused += 1;
    }
    /// A posting after the warm-up, of a worker or of an endpoint.
    pub(super) fn post(&mut self, posting: &Posting) {
        if let Some(endpoint) = endpoint_of(posting) {
            self.of(endpoint).workers.sums.post(posting);
        }
    }
    /// The host of a worker; nothing of one that is forgotten.
    pub(super) fn host_of(&self, worker: WorkerId) -> Option<HostId> {
        self.live.find(worker)?.host
    }
    /// The warm-up is over.
    pub(super) fn restart(&mut self, at: SimTime) {
        self.endpoints.iter_mut().for_each(|endpoint| endpoint.workers.throttled.restart(at));
    }
    /// A request has ended, or stands at the horizon; `since`: the end of the warm-up, if it is over.
    #[inline]
    pub(super) fn end(&mut self, at: SimTime, end: &RequestEnded, since: Option<SimTime>) {
        if since.is_some_and(|since| is_after(since, end.submitted)) {
            self.requests(end.endpoint).end(at, end);
        }
    }
    /// Hears what concerns workers and webhooks; `since`: the end of the warm-up, if it is over.
    #[expect(clippy::wildcard_enum_match_arm, reason = "no other fact concerns them")]
    #[inline]
    pub(super) fn hear(&mut self, at: SimTime, fact: &Fact, since: Option<SimTime>) {
        match *fact {
            Fact::WebhookCalled(WebhookCalled { endpoint, answered, .. }) if since.is_some() => {
                let sums = &mut self.of(endpoint).workers.sums;
                sums.webhooks += 1;
                sums.webhook_failures += u64::from(!answered);
            }
            _ => self.hear_of_worker(at, fact, since),
        }
    }
    #[expect(clippy::wildcard_enum_match_arm, reason = "no other fact concerns workers")]
    fn hear_of_worker(&mut self, at: SimTime, fact: &Fact, since: Option<SimTime>) {
        self.live.hear(at, fact);
        match *fact {
            Fact::WorkerThrottled(worker) => self.wait(at, worker),
            Fact::WorkerReserved(WorkerAt { worker, .. })
            | Fact::WorkerWoken(WorkerWoken { worker, .. })
            | Fact::WorkerWithdrawn(worker) => self.wait_no_longer(at, worker),
            Fact::WorkerReady(WorkerReady { worker, cold_start }) if since.is_some() => {
                self.of(worker.endpoint).workers.be_ready(cold_start);
            }
            Fact::WorkerStopped(ref end @ WorkerStopped { worker, .. }) => {
                self.wait_no_longer(at, worker);
                if let Some(since) = since {
                    self.of(worker.endpoint).workers.sums.stop(at, since, end);
                }
            }
            _ => {}
        }
    }
    fn wait(&mut self, at: SimTime, worker: WorkerId) {
        if self.throttled.insert(worker) {
            self.of(worker.endpoint).workers.throttled.add(at, 1);
        }
    }
    fn wait_no_longer(&mut self, at: SimTime, worker: WorkerId) {
        if self.throttled.remove(&worker) {
            self.of(worker.endpoint).workers.throttled.add(at, -1);
        }
    }

    /// The sums up to `at`, each with what it is about.
    pub(super) fn sums(&self, at: SimTime, measured: Span) -> Vec<(Subject, EndpointSums)> {
        let (mut requests, mut workers) = (Requests::default(), WorkerSums::default());
        let (mut cold_starts, mut throttled) = (Sketch::default(), 0);
        for endpoint in &self.endpoints {
            requests.add(&endpoint.requests);
            workers.add(&endpoint.workers.sums);
            cold_starts.add(&endpoint.workers.cold_starts);
            throttled += endpoint.workers.throttled.sum(at);
        }
        let market = Figures {
            counts: requests.counts,
            times: requests.times(),
            workers,
            throttled,
            cold_start: cold_starts.quantiles(),
        };
        let named = &self.endpoints[..self.endpoints.len() - 1];
        let fairness = jain(named.iter().filter_map(|endpoint| share_served(&endpoint.requests)));
        let own = named.iter().enumerate().map(|(index, endpoint)| {
            (Subject::Endpoint(Id::from_index(index)), endpoint.figures(at))
        });
        let all = std::iter::once((Subject::Market, market)).chain(own);
        all.map(|(subject, figures)| (subject, EndpointSums { figures, measured, fairness }))
            .collect()
    }
}

impl Endpoint {
    fn figures(&self, at: SimTime) -> Figures {
        Figures {
            counts: self.requests.counts,
            times: self.requests.times(),
            workers: self.workers.sums,
            throttled: self.workers.throttled.sum(at),
            cold_start: self.workers.cold_starts.quantiles(),
        }
    }
}

/// The endpoint that a posting is of, if it is of one.
pub(super) fn endpoint_of(posting: &Posting) -> Option<EndpointId> {
    match posting.usage?.subject {
        Metered::Worker(worker) => Some(worker.endpoint),
        Metered::Endpoint(endpoint) => Some(endpoint),
        Metered::Pod(_) | Metered::NetworkVolume(_) | Metered::Plan(_) => None,
    }
}

/// Of the time that its completed requests took, the share in which they were worked on: one over their
/// mean slowdown.
#[expect(clippy::cast_precision_loss, reason = "statistics need no more than 53 bits")]
fn share_served(requests: &Requests) -> Option<f64> {
    let Counts { delay, execution, .. } = requests.counts;
    (0 < execution).then(|| execution as f64 / (delay + execution) as f64)
}

/// Jain's index of these shares.
fn jain(shares: impl Iterator<Item = f64>) -> Value {
    let (mut count, mut sum, mut squares) = (0.0, 0.0, 0.0);
    for share in shares {
        count += 1.0;
        sum += share;
        squares += share * share;
    }
    Value::ratio(sum * sum, count * squares)
}
