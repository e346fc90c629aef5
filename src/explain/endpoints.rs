//! How endpoints stand: their queues, and each live worker's way from asked to ready.

use crate::ids::{EndpointId, HostId, Id};
use crate::journal::Fact;
use crate::journal::fact::{
    RequestEnded, RequestHandled, WorkerAsked, WorkerAt, WorkerId, WorkerReady, WorkerStopped,
    WorkerWoken,
};
use crate::units::{Money, SimTime};
use std::collections::BTreeMap;

/// A live worker, as far as it has come.
#[derive(Clone, Copy, Debug)]
pub(super) struct Worker {
    pub(super) asked: SimTime,
    pub(super) gpus: u32,
    pub(super) reserved: Option<(SimTime, HostId)>,
    pub(super) woken: Option<SimTime>,
    pub(super) ready: Option<SimTime>,
    pub(super) price: Money,
    /// Requests in hand, and taken in all.
    pub(super) in_hand: u32,
    pub(super) taken: u32,
}

/// One endpoint.
#[derive(Clone, Debug, Default)]
pub(super) struct Endpoint {
    pub(super) queued: u64,
    pub(super) in_hand: u64,
    pub(super) workers: BTreeMap<WorkerId, Worker>,
}

impl Endpoint {
    /// `no worker`, `2 workers (1 idle, 1 starting)`.
    pub(super) fn workers_in_words(&self) -> String {
        let count =
            |is: &dyn Fn(&Worker) -> bool| self.workers.values().filter(|own| is(own)).count();
        let idle = count(&|own| own.ready.is_some() && own.in_hand == 0);
        let busy = count(&|own| 0 < own.in_hand);
        let starting = count(&|own| own.ready.is_none() && own.reserved.is_some());
        let throttled = count(&|own| own.reserved.is_none());
        let parts = [
            (busy, "busy"),
            (idle, "idle"),
            (starting, "on the way"),
            (throttled, "without a GPU"),
        ];
        let parts: Vec<String> =
            parts.iter().filter(|(n, _)| 0 < *n).map(|(n, what)| format!("{n} {what}")).collect();
        match self.workers.len() {
            0 => "no worker is awake".to_owned(),
            1 => format!("one worker, {}", parts.join(", ").trim_start_matches("1 ")),
            all => format!("{all} workers: {}", parts.join(", ")),
        }
    }
}

/// All of them.
pub(super) struct Endpoints(Vec<Endpoint>);

impl Endpoints {
    pub(super) fn new(count: usize) -> Self {
        Self(vec![Endpoint::default(); count])
    }
    pub(super) fn of(&self, endpoint: EndpointId) -> &Endpoint {
        &self.0[endpoint.index()]
    }
    pub(super) fn worker(&self, worker: WorkerId) -> Option<&Worker> {
        self.of(worker.endpoint).workers.get(&worker)
    }

    /// Takes in what a fact says of them.
    #[expect(clippy::wildcard_enum_match_arm, reason = "all other facts are about no endpoint")]
    pub(super) fn hear(&mut self, at: SimTime, fact: &Fact) {
        match *fact {
            Fact::WorkerAsked(WorkerAsked { worker, gpus, .. }) => {
                let new = Worker {
                    asked: at,
                    gpus,
                    reserved: None,
                    woken: None,
                    ready: None,
                    price: Money::ZERO,
                    in_hand: 0,
                    taken: 0,
                };
                self.0[worker.endpoint.index()].workers.insert(worker, new);
            }
            Fact::WorkerReserved(WorkerAt { worker, host }) => {
                self.change(worker, |own| {
                    // What was promised and is handed over was had before.
                    let same = own.reserved.is_some_and(|(_, before)| before == host);
                    own.reserved = if same { own.reserved } else { Some((at, host)) };
                });
            }
            Fact::WorkerThrottled(worker) => self.change(worker, |own| own.reserved = None),
            Fact::WorkerWoken(WorkerWoken { worker, host, price, .. }) => {
                self.change(worker, |own| {
                    own.reserved.get_or_insert((at, host));
                    (own.woken, own.price) = (Some(at), price);
                });
            }
            Fact::WorkerRepriced(change) => {
                self.change(change.worker, |own| own.price = change.price);
            }
            Fact::WorkerReady(WorkerReady { worker, .. }) => {
                self.change(worker, |own| own.ready = Some(at));
            }
            Fact::WorkerStopped(WorkerStopped { worker, .. }) | Fact::WorkerWithdrawn(worker) => {
                self.0[worker.endpoint.index()].workers.remove(&worker);
            }
            Fact::RequestSubmitted(ref submitted) => {
                self.0[submitted.endpoint.index()].queued += 1;
            }
            Fact::RequestStarted(RequestHandled { worker, .. }) => {
                let own = &mut self.0[worker.endpoint.index()];
                own.queued = own.queued.saturating_sub(1);
                own.in_hand += 1;
                self.change(worker, |own| {
                    own.in_hand += 1;
                    own.taken += 1;
                });
            }
            Fact::RequestRequeued(RequestHandled { worker, .. }) => {
                let own = &mut self.0[worker.endpoint.index()];
                own.in_hand = own.in_hand.saturating_sub(1);
                own.queued += 1;
                self.change(worker, |own| own.in_hand = own.in_hand.saturating_sub(1));
            }
            Fact::RequestEnded(ref end) if end.status.is_final() => self.ended(end),
            _ => {}
        }
    }
    fn change(&mut self, worker: WorkerId, change: impl FnOnce(&mut Worker)) {
        if let Some(own) = self.0[worker.endpoint.index()].workers.get_mut(&worker) {
            change(own);
        }
    }
    fn ended(&mut self, end: &RequestEnded) {
        let own = &mut self.0[end.endpoint.index()];
        match end.worker.filter(|_| end.started.is_some()) {
            None => own.queued = own.queued.saturating_sub(1),
            Some(worker) => {
                own.in_hand = own.in_hand.saturating_sub(1);
                self.change(worker, |own| own.in_hand = own.in_hand.saturating_sub(1));
            }
        }
    }
}
