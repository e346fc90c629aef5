//! The story of a request to an endpoint: its queue, its worker and why that one, the parts of a cold start, each
//! attempt, what became of it.

use super::endpoints::{Endpoints, Worker};
use super::known::Known;
use super::story::{Lines, Section, columns};
use super::when::{gpus, lasting};
use super::worker;
use crate::ids::{EndpointId, Id, RequestNameId};
use crate::journal::Fact;
use crate::journal::fact::{
    RequestCause, RequestEnded, RequestId, RequestStatus, RequestSubmitted, WorkerId,
};
use crate::scenario::model::serverless::Resolved;
use crate::units::{SimTime, Span};

/// Which request is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Which {
    /// By its number.
    Number(u64),
    /// By the script's name.
    Named(RequestNameId),
}

/// What is remembered of the request.
pub(super) struct RequestTeller {
    which: Which,
    id: Option<RequestId>,
    submitted: Option<(SimTime, RequestSubmitted)>,
    /// Whether it is in the queue now.
    queued: bool,
    /// Parts of the delay to its last taking.
    parts: Vec<(&'static str, Span)>,
    end: Option<(SimTime, RequestEnded)>,
    last_worker: Option<WorkerId>,
}

impl RequestTeller {
    pub(super) fn new(which: Which) -> Self {
        Self {
            which,
            id: None,
            submitted: None,
            queued: false,
            parts: Vec::new(),
            end: None,
            last_worker: None,
        }
    }
    pub(super) fn is_met(&self) -> bool {
        self.id.is_some()
    }

    /// Takes in a fact, and tells what it says of the request. `endpoints` stand as they did before the fact.
    pub(super) fn hear(
        &mut self,
        (at, fact): (SimTime, &Fact),
        known: &Known<'_>,
        endpoints: &Endpoints,
        lines: &mut Lines,
    ) {
        if let Fact::RequestSubmitted(submitted) = fact
            && self.is_meant(submitted)
        {
            self.submit(at, *submitted, known, (endpoints, lines));
            return;
        }
        let Some(id) = self.id else { return };
        self.own(id, (at, fact), known, (endpoints, lines));
        let endpoint = self.submitted.map(|(_, submitted)| submitted.endpoint);
        let of_worker = worker::of(fact).filter(|of| self.queued && Some(of.endpoint) == endpoint);
        if of_worker.is_some()
            && let Some(line) = worker::step(known, at, fact, endpoints)
        {
            lines.say(at, line);
        }
        if let Fact::WorkerRefused(refusal) = fact
            && Some(refusal.endpoint) == endpoint
            && self.queued
        {
            lines.say(
                at,
                format!(
                    "no worker is woken for want of credit: {} (SLS-45)",
                    refusal.reason.word()
                ),
            );
        }
    }
    fn is_meant(&self, submitted: &RequestSubmitted) -> bool {
        match self.which {
            Which::Number(number) => submitted.name.is_none() && submitted.request.0 == number,
            Which::Named(name) => submitted.name == Some(name),
        }
    }

    fn submit(
        &mut self,
        at: SimTime,
        submitted: RequestSubmitted,
        known: &Known<'_>,
        (endpoints, lines): (&Endpoints, &mut Lines),
    ) {
        self.id = Some(submitted.request);
        self.submitted = Some((at, submitted));
        self.queued = true;
        let own = endpoints.of(submitted.endpoint);
        let before = match own.queued {
            0 => "nobody is in the queue".to_owned(),
            1 => "1 is in the queue before it".to_owned(),
            more => format!("{more} are in the queue before it"),
        };
        let name = known.names.endpoint(submitted.endpoint);
        lines.say(at, format!("submitted to {name}: {before}; {}", own.workers_in_words()));
    }

    #[expect(clippy::wildcard_enum_match_arm, reason = "all other facts are not about the request")]
    fn own(
        &mut self,
        id: RequestId,
        (at, fact): (SimTime, &Fact),
        known: &Known<'_>,
        (endpoints, lines): (&Endpoints, &mut Lines),
    ) {
        match *fact {
            Fact::RequestStarted(handled) if handled.request == id => {
                self.queued = false;
                self.last_worker = Some(handled.worker);
                let own = endpoints.worker(handled.worker);
                lines.say(at, self.taken(at, handled.worker, own, known));
            }
            Fact::RequestRequeued(handled) if handled.request == id => {
                self.queued = true;
                let worker = known.names.worker(handled.worker);
                lines.say(at, format!("back to the queue, at its place by its submission: its worker {worker} is lost (JOB-09, JOB-14)"));
            }
            Fact::RequestEnded(end) if end.request == id => {
                self.queued = false;
                self.end = Some((at, end));
                let own = end.worker.and_then(|worker| endpoints.worker(worker));
                lines.say(at, ended(at, &end, own));
            }
            Fact::WebhookCalled(called) if called.request == id => {
                let answer = if called.answered { "answered" } else { "not answered" };
                lines.say(at, format!("its webhook is called, and {answer} (JOB-21)"));
            }
            _ => {}
        }
    }

    /// Which worker takes it, why that one, and what its delay was made of.
    fn taken(
        &mut self,
        at: SimTime,
        by: WorkerId,
        own: Option<&Worker>,
        known: &Known<'_>,
    ) -> String {
        let name = known.names.worker(by);
        let submitted = self.submitted.map_or(at, |(submitted, _)| submitted);
        let delay = at.saturating_since(submitted);
        let Some(own) = own else { return format!("{name} takes it after {}", lasting(delay)) };
        self.parts = parts(submitted, at, own);
        let host = own.reserved.map(|(_, host)| known.names.host(host)).unwrap_or_default();
        let why = match own.ready {
            Some(ready) if ready == at && submitted < ready && own.taken == 0 => {
                "it has just become ready, which makes this a cold start (SLS-50)"
            }
            Some(_) if own.taken == 0 => "it was ready, and had none so far (SLS-29)",
            Some(_) if delay.is_zero() => "it is ready and has room (SLS-29)",
            Some(_) | None => "it has come free, and this is the first in the queue (JOB-09)",
        };
        let after = if delay.is_zero() {
            "at once".to_owned()
        } else {
            format!("after {}", lasting(delay))
        };
        format!("taken {after} by {name} on {host}: {why}")
    }

    pub(super) fn title(&self, known: &Known<'_>) -> String {
        let Some((_, submitted)) = self.submitted else { return String::new() };
        let name = known.names.request((submitted.request, submitted.name));
        let endpoint = known.names.endpoint(submitted.endpoint);
        format!("{name}: a request to {endpoint}, by {}", known.names.account(submitted.account))
    }
    pub(super) fn in_short(&self) -> Vec<String> {
        let Some((at, end)) = self.end else { return Vec::new() };
        let mut parts = vec![end.status.word().to_owned()];
        if let Some(delay) = end.delay() {
            let cold = if end.cold_start { ", by a cold start" } else { "" };
            parts.push(format!("{} in the queue{cold}", lasting(delay)));
        }
        if let Some(execution) = end.execution(at) {
            parts.push(format!("{} in hand", lasting(execution)));
        }
        if 1 < end.attempts {
            parts.push(format!("taken {} times", end.attempts));
        }
        vec![format!("{}.", parts.join(", "))]
    }
    pub(super) fn sections(&self, known: &Known<'_>) -> Vec<Section> {
        let row = |(what, span): &(&'static str, Span)| {
            [(*what).to_owned(), lasting(*span), format!("{span} s")]
        };
        let mut rows: Vec<[String; 3]> =
            self.parts.iter().filter(|(_, span)| !span.is_zero()).map(row).collect();
        if let Some(delay) = self.end.and_then(|(_, end)| end.delay()).filter(|_| !rows.is_empty())
        {
            rows.push(["delay (JOB-11)".to_owned(), lasting(delay), format!("{delay} s")]);
        }
        let mut text = columns(&rows, [false, true, true]);
        let is_cold = self.end.is_some_and(|(_, end)| end.cold_start);
        if let Some((_, submitted)) = self.submitted.filter(|_| is_cold) {
            text.extend(cold_start(known, submitted.endpoint));
        }
        vec![Section { title: "Delay", text }]
    }
}

/// What lies between a submission and its taking by a worker: each instant one part.
fn parts(submitted: SimTime, taken: SimTime, own: &Worker) -> Vec<(&'static str, Span)> {
    let mut parts = Vec::new();
    let mut from = submitted;
    let reserved = own.reserved.map_or(taken, |(at, _)| at);
    let (woken, ready) = (own.woken.unwrap_or(taken), own.ready.unwrap_or(taken));
    let ends = [
        ("in the queue, until its worker was asked for", own.asked),
        ("without a GPU (throttled)", reserved),
        ("until grace or image pull were over", woken),
        ("cold start: container and model load", ready),
        ("in the queue, while the worker was busy with others", taken),
    ];
    for (what, until) in ends {
        let until = until.min(taken);
        parts.push((what, until.saturating_since(from)));
        from = from.max(until);
    }
    parts
}

/// SLS-24, SLS-26, SLS-27. What a cold start of an endpoint consists of, as far as it does not hang on chance.
fn cold_start(known: &Known<'_>, endpoint: EndpointId) -> Vec<String> {
    let scenario = known.names.scenario;
    let spec = &scenario.endpoints[endpoint.index()];
    let Some(own) = spec.at_start.as_deref() else { return Vec::new() };
    let rules = &scenario.rules.serverless;
    let Resolved { settings, .. } = own;
    let mut text = vec![format!(
        "a cold start of {} is its container's start, then {} GB of model at {} GB/s, from {:?} (SLS-24, SLS-26)",
        spec.name, settings.model_gb, rules.model_load_gb_per_s, settings.model_source
    )];
    if settings.flashboot {
        text.push(format!(
            "or, by FlashBoot, {} for a snapshot younger than {}, and more the older it is, up to {} (SLS-27)",
            lasting(rules.flash_restore),
            lasting(rules.flash_hold),
            lasting(rules.flash_expiry)
        ));
    }
    text
}

fn ended(at: SimTime, end: &RequestEnded, own: Option<&Worker>) -> String {
    let bill = own.map(|own| format!(" ({} at {} USD per GPU-second)", gpus(own.gpus), own.price));
    let bill = bill.unwrap_or_default();
    let after = end.execution(at);
    let after =
        after.map_or(String::new(), |span| format!(" after {} in hand{bill}", lasting(span)));
    let cause = match end.cause {
        RequestCause::None => "",
        RequestCause::HandlerError => ": its handler failed (JOB-15)",
        RequestCause::WorkerLost => ": its worker was lost once too often (JOB-14)",
        RequestCause::TooLarge => ": its output is too large (JOB-06)",
        RequestCause::NoFunds => ": its account ran out of credit (SLS-47)",
        RequestCause::ExecutionTimeout => ": it was in hand for longer than it may be (JOB-12)",
        RequestCause::Ttl => ": its time to live is over (JOB-13)",
        RequestCause::CancelJob => ": it was cancelled (JOB-16)",
        RequestCause::PurgeQueue => ": the queue was purged (JOB-17)",
        RequestCause::Deleted => ": its endpoint was deleted (SLS-14)",
    };
    match end.status {
        RequestStatus::InQueue => "the run ends; it is still in the queue".to_owned(),
        RequestStatus::InProgress => "the run ends; it is still in hand".to_owned(),
        RequestStatus::Completed
        | RequestStatus::Failed
        | RequestStatus::Cancelled
        | RequestStatus::TimedOut => format!("{}{after}{cause}", end.status.word()),
    }
}
