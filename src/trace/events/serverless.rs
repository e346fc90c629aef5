//! Rows about endpoints, their workers and their requests (SLS, JOB, AIE).
//!
//! What belongs to a worker is shown on its host. Requests of the platform's own endpoints name their
//! caller when they are submitted alone.

use super::{Detail, Known, Line};
use crate::ids::{EndpointId, Id};
use crate::journal::Fact;
use crate::journal::fact::{
    RequestCause, RequestEnded, RequestHandled, RequestSubmitted, WebhookCalled, WorkerAsked,
    WorkerAt, WorkerPriceSet, WorkerReady, WorkerRepriced, WorkerStopped, WorkerWoken,
};

impl Line {
    fn of_endpoint(endpoint: EndpointId) -> Self {
        Self { endpoint: Some(endpoint), ..Self::default() }
    }
}

impl Detail {
    /// workers_min and workers_max.
    fn workers(&mut self, (min, max): (u32, u32)) {
        self.add("workers_min", min).add("workers_max", max);
    }
}

/// The columns and details of a fact about an endpoint, or of a price.
#[expect(clippy::wildcard_enum_match_arm, reason = "only called for facts about serverless")]
pub(super) fn line(fact: &Fact, known: &Known<'_>, detail: &mut Detail) -> Option<Line> {
    match *fact {
        Fact::EndpointCreated(created) => {
            detail.workers(created.workers);
            let account = known.names.owner(created.endpoint);
            Some(Line { account, ..Line::of_endpoint(created.endpoint) })
        }
        Fact::EndpointUpdated(updated) => {
            detail.add("revision", updated.revision).workers(updated.workers);
            Some(Line::of_endpoint(updated.endpoint))
        }
        Fact::EndpointDeleted(endpoint) => Some(Line::of_endpoint(endpoint)),
        Fact::WorkerRefused(crate::journal::fact::WorkerRefused { endpoint, reason }) => {
            detail.add("reason", reason.word());
            Some(Line::of_endpoint(endpoint))
        }
        Fact::WorkerPriceSet(WorkerPriceSet { class, flex, active }) => {
            let classes = &known.names.scenario().rules.serverless.classes;
            detail
                .add("class", &classes[class.index()].name)
                .maybe("flex_usd_per_gpu_s", flex)
                .maybe("active_usd_per_gpu_s", active);
            Some(Line::default())
        }
        _ => of_worker(fact, detail).or_else(|| of_request(fact, detail)),
    }
}

#[expect(clippy::wildcard_enum_match_arm, reason = "the other facts are not about a worker")]
fn of_worker(fact: &Fact, detail: &mut Detail) -> Option<Line> {
    match *fact {
        Fact::WorkerAsked(WorkerAsked { worker, slot, kind, gpus }) => {
            detail.add("slot", slot).add("kind", kind.word());
            Some(Line { gpus: Some(gpus), ..Line::of_worker(worker) })
        }
        Fact::WorkerThrottled(worker) | Fact::WorkerWithdrawn(worker) => {
            Some(Line::of_worker(worker))
        }
        Fact::WorkerReserved(WorkerAt { worker, host }) => {
            Some(Line { host: Some(host), ..Line::of_worker(worker) })
        }
        Fact::WorkerWoken(WorkerWoken { worker, host, price, disk_price, charged }) => {
            detail
                .add("price_usd_per_gpu_s", price)
                .add("disk_usd_per_gb_month", disk_price)
                .add("charged", charged);
            Some(Line { host: Some(host), ..Line::of_worker(worker) })
        }
        Fact::WorkerReady(WorkerReady { worker, cold_start }) => {
            detail.add("cold_start_s", cold_start);
            Some(Line::of_worker(worker))
        }
        Fact::WorkerRepriced(WorkerRepriced { worker, price }) => {
            detail.add("price_usd_per_gpu_s", price);
            Some(Line::of_worker(worker))
        }
        Fact::WorkerDrains(crate::journal::fact::WorkerDrains { worker, reason }) => {
            detail.add("reason", reason.word());
            Some(Line::of_worker(worker))
        }
        Fact::WorkerStopped(ref end @ WorkerStopped { worker, host, gpus, .. }) => {
            detail.add("reason", end.reason.word());
            let line = Line::of_worker(worker);
            Some(Line { host, gpus: Some(gpus), amount: end.paid(), ..line })
        }
        Fact::WorkerDisplaces(crate::journal::fact::WorkerDisplaces { worker, pod }) => {
            Some(Line { pod: Some(pod), ..Line::of_worker(worker) })
        }
        _ => None,
    }
}

#[expect(clippy::wildcard_enum_match_arm, reason = "the other facts are not about a request")]
fn of_request(fact: &Fact, detail: &mut Detail) -> Option<Line> {
    match *fact {
        Fact::RequestSubmitted(RequestSubmitted { request, name, account, endpoint }) => {
            let request = Some((request, name));
            Some(Line { account: Some(account), request, ..Line::of_endpoint(endpoint) })
        }
        Fact::RequestStarted(RequestHandled { request, name, worker })
        | Fact::RequestRequeued(RequestHandled { request, name, worker }) => {
            Some(Line { request: Some((request, name)), ..Line::of_worker(worker) })
        }
        Fact::RequestEnded(RequestEnded {
            request, name, endpoint, worker, status, cause, ..
        }) => {
            detail.add("status", status.word());
            if cause != RequestCause::None {
                detail.add("cause", cause.word());
            }
            let request = Some((request, name));
            Some(Line { request, worker, ..Line::of_endpoint(endpoint) })
        }
        Fact::WebhookCalled(WebhookCalled { request, name, endpoint, answered }) => {
            detail.add("answered", answered);
            let request = Some((request, name));
            Some(Line { request, ..Line::of_endpoint(endpoint) })
        }
        _ => None,
    }
}
