//! The story of a worker: why it was wanted, how it got its GPUs, how it started, what it did, what it cost.

use super::bill::Bill;
use super::endpoints::Endpoints;
use super::known::Known;
use super::story::{Lines, Section};
use super::when::{counted, gpus, lasting};
use crate::ids::{EndpointId, Id};
use crate::journal::Fact;
use crate::journal::fact::{
    Item, RequestHandled, StopReason, Subject, WorkerAsked, WorkerAt, WorkerId, WorkerKind,
    WorkerReady, WorkerStopped, WorkerWoken,
};
use crate::scenario::model::serverless::ScalerChoice;
use crate::units::{Price, SimTime, Span};

/// The worker that a fact is about, if it is about one.
#[expect(clippy::wildcard_enum_match_arm, reason = "all other facts are about no worker")]
pub(super) fn of(fact: &Fact) -> Option<WorkerId> {
    Some(match *fact {
        Fact::WorkerAsked(WorkerAsked { worker, .. })
        | Fact::WorkerThrottled(worker)
        | Fact::WorkerWithdrawn(worker)
        | Fact::WorkerReserved(WorkerAt { worker, .. })
        | Fact::WorkerWoken(WorkerWoken { worker, .. })
        | Fact::WorkerReady(WorkerReady { worker, .. })
        | Fact::WorkerStopped(WorkerStopped { worker, .. }) => worker,
        Fact::WorkerRepriced(change) => change.worker,
        Fact::WorkerDrains(drains) => drains.worker,
        Fact::WorkerDisplaces(displaces) => displaces.worker,
        _ => return None,
    })
}

/// Why an endpoint asks for a worker now (SLS-32 to SLS-34).
fn wanted(
    known: &Known<'_>,
    endpoint: EndpointId,
    kind: WorkerKind,
    endpoints: &Endpoints,
) -> String {
    if kind == WorkerKind::Active {
        return "to keep workers_min of them (SLS-20)".to_owned();
    }
    let own = endpoints.of(endpoint);
    let spec = known.names.scenario.endpoints[endpoint.index()].at_start.as_deref();
    let load = format!("{} queued, {} in hand", own.queued, own.in_hand);
    match spec.map(|spec| &spec.settings.scaler) {
        Some(ScalerChoice::QueueDelay(_)) if own.workers.is_empty() => {
            format!("no worker is awake, and {load} (SLS-33)")
        }
        Some(ScalerChoice::QueueDelay(late)) => {
            format!("a request has waited for {} (QueueDelay, SLS-33): {load}", lasting(*late))
        }
        Some(ScalerChoice::RequestCount(per)) => {
            format!(
                "one for each {} (RequestCount, SLS-34): {load}",
                counted(u64::from(*per), "request")
            )
        }
        _ => format!("its scaler wants one more: {load}"),
    }
}

/// What a fact says of a worker, by its name.
#[expect(clippy::wildcard_enum_match_arm, reason = "all other facts are about no worker")]
pub(super) fn step(
    known: &Known<'_>,
    at: SimTime,
    fact: &Fact,
    endpoints: &Endpoints,
) -> Option<String> {
    let name = known.names.worker(of(fact)?);
    let host = |host| format!("{} ({})", known.names.host(host), known.names.place(host));
    Some(match *fact {
        Fact::WorkerAsked(WorkerAsked { worker, slot, kind, gpus: count }) => format!(
            "worker {name} is asked for ({}, {}, slot {slot}): {}",
            kind.word(),
            gpus(count),
            wanted(known, worker.endpoint, kind, endpoints)
        ),
        Fact::WorkerThrottled(_) => {
            format!("{name} is throttled: no GPU is free for it, and none to displace (SLS-37)")
        }
        Fact::WorkerWithdrawn(_) => format!("{name} is wanted no longer (SLS-35)"),
        Fact::WorkerReserved(WorkerAt { worker, host: on }) => {
            let before = endpoints.worker(worker).and_then(|own| own.reserved);
            if before.is_some_and(|(_, before)| before == on) {
                return None;
            }
            format!("{name} gets {} on {}", gpus_of(endpoints, worker), host(on))
        }
        Fact::WorkerWoken(WorkerWoken { worker, price, .. }) => {
            let since = endpoints.worker(worker).and_then(|own| own.reserved);
            let since = since.map_or(Span::ZERO, |(since, _)| at - since);
            let pull = if since.is_zero() {
                String::new()
            } else {
                format!(", {} later: grace or image pull are over (SLS-22)", lasting(since))
            };
            format!(
                "{name} starts{pull}, and costs {price} USD per GPU-second from now on (SLS-40)"
            )
        }
        Fact::WorkerReady(WorkerReady { worker, cold_start }) => {
            let how = if is_restored(known, worker.endpoint, cold_start) {
                "restored from its snapshot (FlashBoot, SLS-27)"
            } else {
                "container and model are up (SLS-24)"
            };
            format!("{name} is ready, {} after its waking: {how}", lasting(cold_start))
        }
        Fact::WorkerRepriced(change) => {
            format!("{name} costs {} USD per GPU-second from its next second on", change.price)
        }
        Fact::WorkerDrains(drains) => {
            format!("{name} takes no more requests: {}", stopped(drains.reason))
        }
        Fact::WorkerDisplaces(displaces) => {
            format!("{name} displaces {}, who gets SIGTERM (SLS-36)", known.whose(displaces.pod))
        }
        Fact::WorkerStopped(ref end) => format!("{name} stops: {}", stopped(end.reason)),
        _ => return None,
    })
}

fn gpus_of(endpoints: &Endpoints, worker: WorkerId) -> String {
    endpoints.worker(worker).map_or_else(|| "GPUs".to_owned(), |own| gpus(own.gpus))
}

/// SLS-27. Whether a worker was ready sooner than its model can be loaded.
fn is_restored(known: &Known<'_>, endpoint: EndpointId, cold_start: Span) -> bool {
    let spec = known.names.scenario.endpoints[endpoint.index()].at_start.as_deref();
    let rate = u64::from(known.names.scenario.rules.serverless.model_load_gb_per_s);
    spec.is_some_and(|spec| {
        let model = u64::from(spec.settings.model_gb.get());
        spec.settings.flashboot && cold_start.micros() * rate < Span::from_seconds(model).micros()
    })
}

/// SLS-17, in words.
pub(super) const fn stopped(reason: StopReason) -> &'static str {
    match reason {
        StopReason::IdleTimeout => "it was idle for as long as it may be (SLS-23)",
        StopReason::MaxLowered => "workers_max was lowered (SLS-13)",
        StopReason::Outdated => "its revision is an older one (SLS-11)",
        StopReason::ExecutionTimeout => "a request of it took too long (JOB-12)",
        StopReason::HostDown => "its host lost power (SLS-38)",
        StopReason::NetworkDown => "its host was cut off (SLS-39)",
        StopReason::HostLeft => "its host left (SLS-39)",
        StopReason::NoFunds => "its account ran out of credit (SLS-46, SLS-47)",
        StopReason::Unhealthy => "it crashed, or was not ready in time (SLS-25)",
        StopReason::Alive => "the run ends, and it is awake",
    }
}

/// What is remembered of one worker.
pub(super) struct WorkerTeller {
    worker: WorkerId,
    is_met: bool,
    end: Option<(SimTime, WorkerStopped)>,
    pub(super) bill: Bill,
}

impl WorkerTeller {
    pub(super) fn new(worker: WorkerId) -> Self {
        Self { worker, is_met: false, end: None, bill: Bill::default() }
    }
    pub(super) fn is_met(&self) -> bool {
        self.is_met
    }
    /// Takes in a fact, and tells what it says of the worker.
    #[expect(clippy::wildcard_enum_match_arm, reason = "all other facts are not about the worker")]
    pub(super) fn hear(
        &mut self,
        (at, fact): (SimTime, &Fact),
        known: &Known<'_>,
        endpoints: &Endpoints,
        lines: &mut Lines,
    ) {
        if of(fact) == Some(self.worker) {
            self.is_met = true;
            if let Some(line) = step(known, at, fact, endpoints) {
                lines.say(at, line);
            }
        }
        match *fact {
            Fact::WorkerWoken(ref woken) if woken.worker == self.worker => {
                let month = known.names.scenario.rules.month();
                self.bill
                    .note_price(Item::ServerlessCompute, Price::per(woken.price, Span::SECOND));
                self.bill.note_price(Item::ServerlessDisk, Price::per(woken.disk_price, month));
            }
            Fact::WorkerRepriced(change) if change.worker == self.worker => {
                self.bill
                    .note_price(Item::ServerlessCompute, Price::per(change.price, Span::SECOND));
            }
            Fact::WorkerStopped(end) if end.worker == self.worker => self.end = Some((at, end)),
            Fact::RequestStarted(RequestHandled { request, name, worker })
                if worker == self.worker =>
            {
                lines.say(at, format!("takes {}", known.names.request((request, name))));
            }
            Fact::Posted(ref posting) => {
                let own = Some(Subject::Worker(self.worker));
                if posting.account.is_some() && posting.usage.map(|usage| usage.subject) == own {
                    self.bill.post(posting);
                }
            }
            _ => {}
        }
    }
    pub(super) fn title(&self, known: &Known<'_>) -> String {
        let name = known.names.worker(self.worker);
        format!("{name}: a worker of {}", known.names.endpoint(self.worker.endpoint))
    }
    pub(super) fn in_short(&self) -> Vec<String> {
        let Some((at, end)) = self.end else { return Vec::new() };
        let Some(awake) = end.awake(at) else { return vec!["It was never woken.".to_owned()] };
        vec![format!(
            "Started for {}, busy for {}, idle for {}; took {}; {} billed, paid {} USD.",
            lasting(awake.starting),
            lasting(awake.busy),
            lasting(awake.idle),
            counted(end.requests.into(), "request"),
            counted(end.billed, "second"),
            self.bill.total()
        )]
    }
    pub(super) fn sections(&self) -> Vec<Section> {
        vec![Section { title: "Bill", text: self.bill.text() }]
    }
}
