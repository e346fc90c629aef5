//! Serverless endpoints: requests, workers, scaling (SLS, JOB, AIE).
//!
//! - [`submit`]: a request is refused or accepted (JOB-02 to JOB-05); [`jobs`]: it is taken and done (SLS-29,
//!   SLS-30); [`ends`]: it is put back, or ends (JOB-07 to JOB-18); [`expiry`]: who is late, who expires (SLS-33,
//!   JOB-10, JOB-13).
//! - [`wake`]: a slot is woken, gets its GPUs, starts, is ready (SLS-19 to SLS-27), after its [`cold_start`];
//!   [`rest`]: it idles and stops (SLS-23, SLS-25), or drains before ([`drain`]); [`slots`]: slots are made, bound to
//!   hosts and prepared (SLS-15, SLS-18).
//! - [`scale`]: how many workers there are to be (SLS-32 to SLS-35).
//! - [`update`]: endpoints are made, changed, deleted (SLS-02 to SLS-14).
//! - [`money`]: credit, the line, prices (SLS-42, SLS-45 to SLS-47); [`prebuilt`]: what the platform's own cost
//!   (AIE-03 to AIE-07); [`webhook`]: who is told at the end (JOB-21).
//!
//! The market knows workers as rentals; what becomes of them it tells by [`News`], which is heard when its event
//! is over, and before the next.

pub mod answer;
mod cold_start;
mod drain;
mod ends;
mod expiry;
pub mod jobs;
mod money;
mod prebuilt;
mod rest;
mod scale;
mod slots;
mod submit;
mod update;
mod wake;
mod webhook;

use crate::agenda::{Class, Event};
use crate::ids::{AccountId, EndpointId, GpuTypeId, Id, RequestSourceId};
use crate::journal::Fact;
use crate::journal::fact::{
    EndpointSampled, Named, Operation, Refusal, WorkerKind, WorkerPriceSet,
};
use crate::market::worker;
use crate::scenario::Scenario;
use crate::scenario::model::serverless::EndpointAction;
use crate::turn::{News, Turn};
use crate::units::Money;
use crate::workload::import::TraceError;
use crate::workload::requests::Requests;
use std::collections::BTreeSet;

/// Where requests come from.
pub struct Serverless {
    /// The requests of each source; the latest of one is the next to come.
    sources: Vec<Requests>,
}

impl Serverless {
    /// Opens the sources of a scenario.
    ///
    /// # Errors
    /// A trace that can't be opened.
    pub fn open(scenario: &Scenario, seed: u64, replication: u64) -> Result<Self, TraceError> {
        let open = |(index, source)| {
            let times = (scenario.start_unix_s, scenario.horizon);
            Requests::open(source, index, (seed, replication), times)
        };
        let sources = scenario.request_sources.iter().enumerate().map(open);
        Ok(Self { sources: sources.collect::<Result<_, TraceError>>()? })
    }
    /// Endpoints of the scenario itself are there; the first requests are awaited.
    pub fn begin(&mut self, turn: &mut Turn<'_, '_>) {
        for index in 0..turn.scenario.endpoints.len() {
            update::begin(turn, EndpointId::from_index(index));
        }
        for &(account, _, until) in &turn.scenario.worker_discounts {
            turn.schedule(until, Class::SetPrice, Event::DiscountEnds(account));
        }
        for index in 0..self.sources.len() {
            self.expect_next(turn, RequestSourceId::from_index(index));
        }
        self.hear(turn);
    }
    /// A trace that could not be read to its end, if any.
    pub fn take_failure(&mut self) -> Option<TraceError> {
        self.sources.iter_mut().find_map(Requests::take_failure)
    }
    #[inline(always)] // on the way of every request
    fn expect_next(&mut self, turn: &mut Turn<'_, '_>, source: RequestSourceId) {
        if let Some((at, _)) = self.sources[source.index()].next() {
            turn.schedule_arrival(at, Class::SubmitJob, Event::RequestArrives(source));
        }
    }
    /// Class 7: a request comes.
    pub fn arrive(&mut self, turn: &mut Turn<'_, '_>, source: RequestSourceId) {
        let ((endpoint, account), submission) = self.sources[source.index()].latest();
        submit::submit(turn, (endpoint, account, None), submission);
        self.expect_next(turn, source);
    }
    /// Endpoints hear what became of their workers in the event that is over.
    #[cold]
    pub fn hear(&mut self, turn: &mut Turn<'_, '_>) {
        let mut losers = BTreeSet::new();
        while !turn.news.is_empty() {
            let mut news = std::mem::take(&mut turn.news);
            rest::take_leave(turn, &news);
            for news in news.drain(..) {
                losers.extend(loser(turn, news));
                if !matches!(news, News::Ended { .. }) {
                    ends::let_lost_go(turn);
                }
                hear(turn, news);
            }
            ends::let_lost_go(turn);
            if turn.news.is_empty() {
                turn.news = news; // its room is kept
            }
        }
        // SLS-35. With its workers it may have lost what others are kept or asked for.
        for endpoint in losers {
            scale::down(turn, endpoint);
        }
    }
    /// Class 12: how every endpoint stands.
    pub fn sample(turn: &mut Turn<'_, '_>) {
        for endpoint in turn.world.endpoints.ids() {
            let row = &turn.world.endpoints[endpoint];
            if row.exists {
                let counts = row.counts();
                turn.state(Fact::EndpointSampled(EndpointSampled { endpoint, counts }));
            }
        }
    }
    /// Class 13: what is alive is said.
    pub fn end(turn: &mut Turn<'_, '_>) {
        ends::state_alive(turn);
        rest::state_alive(turn);
    }
}

/// The endpoint that has lost a worker, or what it was promised.
fn loser(turn: &Turn<'_, '_>, news: News) -> Option<EndpointId> {
    match news {
        News::Ended { worker, .. } => Some(worker.endpoint),
        News::PromiseLost(pod) | News::Refused { pod, .. } => {
            wake::whose(turn, pod).map(|(worker, _)| worker.endpoint)
        }
        News::Granted { .. }
        | News::Promised { .. }
        | News::BelowLine(_)
        | News::Credit(_)
        | News::Eased(_)
        | News::HostGone(_)
        | News::HostShut(_)
        | News::HostOpen(_)
        | News::Pulled { .. } => None,
    }
}

fn hear(turn: &mut Turn<'_, '_>, news: News) {
    match news {
        News::Granted { pod, host } => wake::granted(turn, pod, host),
        News::Promised { pod, host } => wake::promised(turn, pod, host),
        News::PromiseLost(pod) => wake::promise_lost(turn, pod),
        News::Refused { pod, reason } => wake::refused(turn, pod, reason),
        News::Ended { worker, slot, host, bill, reason } => {
            rest::lost(turn, (worker, slot), host, (bill, reason));
        }
        News::BelowLine(account) => money::below_line(turn, account),
        News::Credit(account) => money::credit(turn, account),
        News::Eased(account) => money::eased(turn, account),
        News::HostGone(host) => slots::host_gone(turn, host),
        News::HostShut(host) => slots::leave_host(turn, host),
        News::HostOpen(host) => slots::host_open(turn, host),
        News::Pulled { endpoint, slot } => slots::pulled(turn, endpoint, slot),
    }
}

/// The class of what a script does to endpoints (SLS-28).
pub fn class(action: &EndpointAction) -> Class {
    match action {
        EndpointAction::Create(..) | EndpointAction::Update(..) => Class::SaveEndpoint,
        EndpointAction::Delete(_) => Class::DeleteEndpoint,
        EndpointAction::Submit { .. } => Class::SubmitJob,
        EndpointAction::Cancel(..) => Class::CancelJob,
        EndpointAction::Purge(_) => Class::PurgeQueue,
        EndpointAction::SetPrice(..) => Class::SetPrice,
    }
}

/// Does what the script says.
pub fn act(turn: &mut Turn<'_, '_>, account: Option<AccountId>, action: &EndpointAction) {
    if let EndpointAction::SetPrice(class, flex, active) = *action {
        turn.state(Fact::WorkerPriceSet(WorkerPriceSet { class, flex, active }));
        money::set_price(turn, class, (flex, active));
        return;
    }
    let account = account.expect("the check gives every customer's action an account");
    match action {
        EndpointAction::Create(endpoint, resolved) => {
            let answer = update::create(turn, account, (*endpoint, resolved.as_ref()));
            refuse(turn, (account, Operation::CreateEndpoint, *endpoint), answer);
        }
        EndpointAction::Update(endpoint, change) => {
            let answer = update::update(turn, account, (*endpoint, change));
            refuse(turn, (account, Operation::UpdateEndpoint, *endpoint), answer);
        }
        EndpointAction::Delete(endpoint) => {
            let answer = update::delete(turn, account, *endpoint);
            refuse(turn, (account, Operation::DeleteEndpoint, *endpoint), answer);
        }
        EndpointAction::Submit { endpoint, name, count, job } => {
            for _ in 0..*count {
                submit::submit(turn, (*endpoint, account, *name), job);
            }
        }
        EndpointAction::Cancel(endpoint, name) => {
            if let Err(reason) = ends::cancel(turn, account, (*endpoint, *name)) {
                let name = Named::Request(*name);
                turn.reject_named(account, Operation::CancelJob, name, reason);
            }
        }
        EndpointAction::Purge(endpoint) => {
            let answer = ends::purge(turn, account, *endpoint);
            refuse(turn, (account, Operation::PurgeQueue, *endpoint), answer);
        }
        EndpointAction::SetPrice(..) => {}
    }
}

/// GEN-14. A refused action is a fact.
fn refuse(
    turn: &mut Turn<'_, '_>,
    (account, operation, endpoint): (AccountId, Operation, EndpointId),
    answer: Result<(), Refusal>,
) {
    if let Err(reason) = answer {
        turn.reject_named(account, operation, Named::Endpoint(endpoint), reason);
    }
}

/// JOB-02. Whether the account may act on the endpoint: it is its own, or anybody's to submit to (AIE-01).
fn may_act(
    turn: &Turn<'_, '_>,
    account: AccountId,
    (endpoint, submits): (EndpointId, bool),
) -> Result<(), Refusal> {
    let row = &turn.world.endpoints[endpoint];
    if row.account != account && !(submits && row.model.is_some()) {
        return Err(if row.exists { Refusal::NotPermitted } else { Refusal::Unknown });
    }
    if row.exists { Ok(()) } else { Err(Refusal::Unknown) }
}

/// What is due of endpoints.
pub fn due(turn: &mut Turn<'_, '_>, event: Event) {
    #[expect(clippy::wildcard_enum_match_arm, reason = "only called for events of endpoints")]
    match event {
        Event::JobTimeout { endpoint, job, epoch } => {
            jobs::timed_out(turn, endpoint, (job, epoch));
        }
        Event::JobsExpire(endpoint) => expiry::expire(turn, endpoint),
        Event::JobsLate(endpoint) => expiry::late(turn, endpoint),
        Event::JobsEscalate(endpoint) => expiry::escalate(turn, endpoint),
        Event::IdleTimeout { endpoint, slot, look } => {
            rest::idle_timeout(turn, endpoint, (slot, look));
        }
        Event::WorkerReady { endpoint, slot, run } => wake::ready(turn, endpoint, (slot, run)),
        Event::WorkerRetry { endpoint, slot, number } => {
            rest::retry(turn, endpoint, (slot, number));
        }
        Event::Scale(endpoint) => scale::due(turn, endpoint),
        Event::Webhook(number) => webhook::call(turn, number),
        Event::DiscountEnds(account) => money::discount_ends(turn, account),
        Event::LossNoticed(number) => ends::loss_noticed(turn, number),
        _ => {}
    }
}

/// SLS-45. What a waking is reckoned with: the price of the dearest of the types that a worker may get. Which one it
/// gets is not known before it has GPUs, and whichever it is, it must not stop the account's pods.
fn dearest_price(turn: &Turn<'_, '_>, endpoint: EndpointId, kind: WorkerKind) -> Money {
    let own = &turn.world.endpoints[endpoint];
    let (types, account) = (own.of.types, own.account);
    let price = |gpu_type: GpuTypeId| worker::reckoned_price(turn, account, (gpu_type, kind));
    let dearest = worker::types_there(turn, types).map(price).max();
    let listed = || turn.scenario.type_lists.get(types as usize).into_iter().flatten().copied();
    dearest.or_else(|| listed().map(price).max()).unwrap_or_default()
}
