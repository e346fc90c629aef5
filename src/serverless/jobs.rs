//! Jobs are taken, done, put back and end (JOB-07 to JOB-17, SLS-29, SLS-30).

use super::{expiry, may_act, money, prebuilt, rest, scale, submit, webhook};
use crate::agenda::{Class, Event};
use crate::ids::{AccountId, EndpointId, Id, RequestNameId};
use crate::journal::Fact;
use crate::journal::fact::{
    Refusal, RequestCause, RequestEnded, RequestHandled, RequestStatus, StopReason, WorkerId,
};
use crate::scenario::model::serverless::Work;
use crate::scenario::rules::serverless::{
    ActivePriceWhen, JobSpeed, OnExecutionTimeout, TtlCovers,
};
use crate::turn::Turn;
use crate::units::{GpuTime, SimTime, Span};
use crate::world::endpoint::Endpoint;
use crate::world::endpoint::jobs::{Job, Place};
use crate::world::endpoint::rates::Call;
use crate::world::endpoint::ready::Standing;
use crate::world::endpoint::requests::NamedRequest;
use crate::world::endpoint::slots::{Slot, SlotState};

/// SLS-29. Where a ready worker stands among those with room.
#[inline]
pub(super) fn standing(turn: &Turn<'_, '_>, slot: &Slot, row: u32) -> Standing {
    let run = slot.run();
    let in_hand = u32::try_from(run.jobs.len()).unwrap_or(u32::MAX);
    let woken = run.woken.unwrap_or_default();
    let dispatch = turn.scenario.rules.serverless.dispatch;
    Standing::of(dispatch, (in_hand, run.idle_since, woken), (slot.number, row))
}

/// A worker with room takes a job: it is the best that there is, or has just come free.
pub(super) fn take(turn: &mut Turn<'_, '_>, endpoint: EndpointId, (row, job): (u32, u32)) {
    let now = turn.now;
    leave_ready(turn, endpoint, row);
    let own = &mut turn.world.endpoints[endpoint];
    let slot = own.slots.get_mut(row);
    if slot.state == SlotState::Idle {
        slot.go(SlotState::Busy);
        slot.run_mut().busy_since = now;
    }
    slot.unhealthy = (0, Span::ZERO);
    let run = slot.run_mut();
    run.requests += 1;
    run.jobs.push(job);
    let (number, first, ready) = (run.number, run.requests == 1, run.ready);
    own.workers.in_hand += 1;
    if !own.overdue.is_empty() {
        own.overdue.retain(|other| *other != row);
    }
    let held = own.jobs.get_mut(job);
    held.place = Place::InHand(row);
    held.epoch = held.epoch.wrapping_add(1);
    held.attempts += 1;
    held.taken = now;
    held.traits.cold = first && ready.is_some_and(|ready| held.submitted < ready);
    let (request, name) = (held.request, held.name);
    schedule_end(turn, endpoint, (row, job));
    enter_ready(turn, endpoint, row);
    if turn.scenario.rules.serverless.active_price_when == ActivePriceWhen::NotWorking {
        money::follow_work(turn, endpoint, row);
    }
    let worker = WorkerId { endpoint, run: number };
    turn.state(Fact::RequestStarted(RequestHandled { request, name, worker }));
}

/// Of completion, execution timeout and time to live the earliest is scheduled.
fn schedule_end(turn: &mut Turn<'_, '_>, endpoint: EndpointId, (row, job): (u32, u32)) {
    let own = &turn.world.endpoints[endpoint];
    let held = own.jobs.get(job);
    let (limit, expires, epoch) = (held.limit, held.expires, held.epoch);
    let takes = match held.work {
        Work::Takes(span) if turn.scenario.rules.serverless.job_speed == JobSpeed::Equal => span,
        work => execution(turn, own, (row, work)),
    };
    let now = turn.now;
    let (mut at, mut done) =
        if takes <= limit { (now + takes, true) } else { (now + limit, false) };
    if turn.scenario.rules.serverless.ttl_covers == TtlCovers::Life && expires < at {
        (at, done) = (expires, false);
    }
    if done {
        turn.schedule(at, Class::JobDone, Event::JobDone { endpoint, job, epoch });
    } else {
        turn.schedule(at, Class::JobTimeout, Event::JobTimeout { endpoint, job, epoch });
    }
}

/// JOB-08. How long a job takes on a worker's GPUs.
#[cold]
fn execution(turn: &Turn<'_, '_>, own: &Endpoint, (row, work): (u32, Work)) -> Span {
    let scenario = turn.scenario;
    let first = scenario.type_lists[own.of.types as usize][0];
    let host = own.slots.get(row).run().host;
    let given = host.map_or(first, |host| turn.world.fleet.gpu_type(host));
    match work {
        Work::Takes(span) => {
            let speed = |gpu_type: crate::ids::GpuTypeId| {
                scenario.gpu_types[gpu_type.index()].relative_speed
            };
            match (speed(first), speed(given)) {
                (Some(asked), Some(given)) => given.needs(GpuTime::new(1, span), asked).time_on(1),
                _ => span,
            }
        }
        Work::Tokens(prompt, answer) => {
            let rates = &own.of.token_rates;
            let known = rates.iter().find(|rate| rate.gpu_type == given).or(rates.first());
            known.map_or(Span::ZERO, |rate| {
                let seconds = f64::from(prompt) / rate.prefill + f64::from(answer) / rate.decode;
                Span::from_micros((seconds * 1e6).ceil() as u64)
            })
        }
    }
}

/// A worker has room: it stands among those who take the next job.
#[inline]
pub(super) fn enter_ready(turn: &mut Turn<'_, '_>, endpoint: EndpointId, row: u32) {
    let own = &turn.world.endpoints[endpoint];
    let slot = own.slots.get(row);
    let run = slot.run();
    if run.draining.is_none() && run.jobs.len() < own.concurrency as usize {
        let standing = standing(turn, slot, row);
        turn.world.endpoints[endpoint].ready.enter(standing);
    }
}

/// It takes no job for the moment: where it stood is known from what it is.
#[inline]
pub(super) fn leave_ready(turn: &mut Turn<'_, '_>, endpoint: EndpointId, row: u32) {
    let own = &mut turn.world.endpoints[endpoint];
    if own.ready.best() == Some(row) {
        own.ready.take();
        return;
    }
    // Who is full is not among them.
    if !own.ready.is_empty() && own.slots.get(row).run().jobs.len() < own.concurrency as usize {
        let standing = standing(turn, turn.world.endpoints[endpoint].slots.get(row), row);
        turn.world.endpoints[endpoint].ready.leave(standing);
    }
}

/// A ready worker takes jobs until it is full (SLS-30).
pub(super) fn fill(turn: &mut Turn<'_, '_>, endpoint: EndpointId, row: u32) {
    loop {
        let own = &mut turn.world.endpoints[endpoint];
        let slot = own.slots.get(row);
        let run = slot.run();
        if run.draining.is_some() || own.concurrency as usize <= run.jobs.len() {
            return;
        }
        let Some(job) = expiry::next(turn, endpoint, row) else { return };
        take(turn, endpoint, (row, job));
    }
}

/// Class 4: a worker has done a job.
pub(super) fn done(turn: &mut Turn<'_, '_>, endpoint: EndpointId, (job, epoch): (u32, u32)) {
    if !turn.world.endpoints[endpoint].jobs.holds(job, epoch) {
        return;
    }
    let held = turn.world.endpoints[endpoint].jobs.get(job);
    let Place::InHand(row) = held.place else { return };
    let traits = held.traits;
    let takes = (turn.now - held.taken).micros();
    if traits.handler_error && turn.rules().serverless.retry_handler_error {
        let_go(turn, endpoint, (row, job));
        put_back_or_fail(turn, endpoint, job, RequestCause::HandlerError);
    } else {
        let (status, cause) = match (traits.handler_error, traits.too_large) {
            (true, _) => (RequestStatus::Failed, RequestCause::HandlerError),
            (false, true) => (RequestStatus::Failed, RequestCause::TooLarge),
            (false, false) => (RequestStatus::Completed, RequestCause::None),
        };
        let own = &mut turn.world.endpoints[endpoint];
        own.served.0 += 1;
        own.served.1 += u128::from(takes);
        let_go(turn, endpoint, (row, job));
        end(turn, endpoint, (job, true), (status, cause));
    }
    after_job(turn, endpoint, row);
    scale::after_end(turn, endpoint);
}

/// A worker has a job in hand no longer.
pub(super) fn let_go(turn: &mut Turn<'_, '_>, endpoint: EndpointId, (row, job): (u32, u32)) {
    leave_ready(turn, endpoint, row);
    let own = &mut turn.world.endpoints[endpoint];
    let run = own.slots.get_mut(row).run_mut();
    if let Some(place) = run.jobs.iter().position(|other| *other == job) {
        run.jobs.remove(place);
    }
    own.jobs.get_mut(job).last_run = run.number;
    if run.draining.is_some() {
        own.workers.in_hand_draining -= 1;
    } else {
        own.workers.in_hand -= 1;
    }
}

/// A worker lost a job from its hands: it takes the next, idles, or, draining, stops.
pub(super) fn after_job(turn: &mut Turn<'_, '_>, endpoint: EndpointId, row: u32) {
    let run = turn.world.endpoints[endpoint].slots.get(row).run();
    if let Some(reason) = run.draining {
        if run.jobs.is_empty() {
            rest::stop(turn, endpoint, (row, reason));
        }
        return;
    }
    fill(turn, endpoint, row);
    let run = turn.world.endpoints[endpoint].slots.get(row).run();
    if run.jobs.is_empty() {
        rest::idle(turn, endpoint, row);
    } else if !run.jobs.is_empty()
        && run.jobs.len() < turn.world.endpoints[endpoint].concurrency as usize
    {
        // It left its place to have one job less.
        leave_ready(turn, endpoint, row);
        enter_ready(turn, endpoint, row);
    }
}

/// Class 4: a job has been in hand for too long (JOB-12), or its time to live is over (JOB-13).
pub(super) fn timed_out(turn: &mut Turn<'_, '_>, endpoint: EndpointId, (job, epoch): (u32, u32)) {
    if !turn.world.endpoints[endpoint].jobs.holds(job, epoch) {
        return;
    }
    let held = turn.world.endpoints[endpoint].jobs.get(job);
    let Place::InHand(row) = held.place else { return };
    let by_limit = held.taken + held.limit <= turn.now;
    let cause = if by_limit { RequestCause::ExecutionTimeout } else { RequestCause::Ttl };
    let stops =
        by_limit && turn.rules().serverless.on_execution_timeout == OnExecutionTimeout::StopWorker;
    let_go(turn, endpoint, (row, job));
    end(turn, endpoint, (job, true), (RequestStatus::TimedOut, cause));
    if stops {
        rest::stop(turn, endpoint, (row, StopReason::ExecutionTimeout));
    } else {
        after_job(turn, endpoint, row);
    }
    scale::after_end(turn, endpoint);
}

/// JOB-14. A job goes back to the queue, if it may be taken once more; else it ends.
pub(super) fn put_back_or_fail(
    turn: &mut Turn<'_, '_>,
    endpoint: EndpointId,
    job: u32,
    cause: RequestCause,
) {
    let own = &turn.world.endpoints[endpoint];
    let held = own.jobs.get(job);
    if held.expires <= turn.now {
        end(turn, endpoint, (job, true), (RequestStatus::TimedOut, RequestCause::Ttl));
    } else if held.attempts < own.live.max_attempts {
        put_back(turn, endpoint, job);
    } else {
        end(turn, endpoint, (job, true), (RequestStatus::Failed, cause));
    }
}

/// A job goes back to the queue, to its place by submission (JOB-09), or at once to a worker with room.
pub(super) fn put_back(turn: &mut Turn<'_, '_>, endpoint: EndpointId, job: u32) {
    let now = turn.now;
    let own = &mut turn.world.endpoints[endpoint];
    own.tally.retried += 1;
    let held = own.jobs.get_mut(job);
    let (request, name) = (held.request, held.name);
    let worker = WorkerId { endpoint, run: held.last_run };
    held.place = Place::Queued;
    held.epoch = held.epoch.wrapping_add(1);
    held.joined = now;
    held.traits.late = false;
    held.traits.cold = false;
    turn.state(Fact::RequestRequeued(RequestHandled { request, name, worker }));
    match turn.world.endpoints[endpoint].ready.best() {
        Some(slot) => take(turn, endpoint, (slot, job)),
        None => expiry::join(turn, endpoint, job),
    }
    scale::raise(turn, endpoint);
}

/// JOB-07. A job ends; it is in no queue and in nobody's hands any more. `in_hand`: whether it was just now.
pub(super) fn end(
    turn: &mut Turn<'_, '_>,
    endpoint: EndpointId,
    (job, in_hand): (u32, bool),
    (status, cause): (RequestStatus, RequestCause),
) {
    let own = &mut turn.world.endpoints[endpoint];
    let tally = &mut own.tally;
    match status {
        RequestStatus::Completed => tally.completed += 1,
        RequestStatus::Failed => tally.failed += 1,
        RequestStatus::Cancelled => tally.cancelled += 1,
        RequestStatus::TimedOut => tally.timed_out += 1,
        RequestStatus::InQueue | RequestStatus::InProgress => {}
    }
    let held = own.jobs.remove(job);
    let ended = ended((endpoint, held.last_run), &held, in_hand, (status, cause));
    if held.name.is_some() || held.traits.webhook || own.model.is_some() {
        note_end(turn, endpoint, &held, (status, ended.started));
    }
    turn.state(Fact::RequestEnded(ended));
}

/// What is said of a job at its end, or at that of the run.
fn ended(
    (endpoint, run): (EndpointId, u32),
    held: &Job,
    in_hand: bool,
    (status, cause): (RequestStatus, RequestCause),
) -> RequestEnded {
    RequestEnded {
        request: held.request,
        name: held.name,
        endpoint,
        submitted: held.submitted,
        started: in_hand.then_some(held.taken),
        status,
        cause,
        cold_start: in_hand && held.traits.cold,
        worker: (0 < held.attempts).then_some(WorkerId { endpoint, run }),
        attempts: held.attempts,
    }
}

/// What else follows from the end of a job.
#[cold]
fn note_end(
    turn: &mut Turn<'_, '_>,
    endpoint: EndpointId,
    held: &Job,
    (status, started): (RequestStatus, Option<SimTime>),
) {
    let (run, sync) = turn.rules().serverless.retention;
    let gone = turn.now.saturating_add(if held.traits.sync { sync } else { run });
    if let Some(name) = held.name {
        turn.world.requests.named[name.index()] = NamedRequest::Ended {
            endpoint,
            gone,
            status,
            life: (held.submitted, turn.now),
            started,
        };
    }
    prebuilt::charge(turn, endpoint, held, status);
    if held.traits.webhook {
        webhook::begin(turn, endpoint, (held.request, held.name));
    }
}

/// JOB-16. CancelJob: out of the queue, or out of its worker's hands.
pub(super) fn cancel(
    turn: &mut Turn<'_, '_>,
    account: AccountId,
    (endpoint, name): (EndpointId, RequestNameId),
) -> Result<(), Refusal> {
    may_act(turn, account, (endpoint, true))?;
    submit::within_rate(turn, (endpoint, account), Call::Other)?;
    let job = match turn.world.requests.named[name.index()] {
        NamedRequest::Alive(at, job)
            if at == endpoint && turn.world.endpoints[at].jobs.get(job).account == account =>
        {
            job
        }
        NamedRequest::Ended { gone, .. } if turn.now < gone => return Err(Refusal::IllegalState),
        NamedRequest::Alive(..) | NamedRequest::Ended { .. } | NamedRequest::Unknown => {
            return Err(Refusal::Unknown);
        }
    };
    let ends = (RequestStatus::Cancelled, RequestCause::CancelJob);
    match turn.world.endpoints[endpoint].jobs.get(job).place {
        Place::InHand(row) => {
            let_go(turn, endpoint, (row, job));
            end(turn, endpoint, (job, true), ends);
            if turn.rules().serverless.cancel_stops_worker {
                rest::stop(turn, endpoint, (row, StopReason::Outdated));
            } else {
                after_job(turn, endpoint, row);
            }
        }
        Place::Missed => {
            turn.world.endpoints[endpoint].missed -= 1;
            end(turn, endpoint, (job, true), ends);
        }
        Place::Queued | Place::Bound(_) | Place::Nowhere => {
            expiry::leave(turn, endpoint, job);
            end(turn, endpoint, (job, false), ends);
        }
    }
    scale::after_end(turn, endpoint);
    Ok(())
}

/// JOB-17. PurgeQueue: all that are queued end.
pub(super) fn purge(
    turn: &mut Turn<'_, '_>,
    account: AccountId,
    endpoint: EndpointId,
) -> Result<(), Refusal> {
    may_act(turn, account, (endpoint, false))?;
    submit::within_rate(turn, (endpoint, account), Call::Other)?;
    clear_queue(turn, endpoint, RequestCause::PurgeQueue);
    scale::after_end(turn, endpoint);
    Ok(())
}

/// All queued jobs end CANCELLED, in order of submission.
pub(super) fn clear_queue(turn: &mut Turn<'_, '_>, endpoint: EndpointId, cause: RequestCause) {
    let jobs = &turn.world.endpoints[endpoint].jobs;
    let waits = |row: &u32| matches!(jobs.get(*row).place, Place::Queued | Place::Bound(_));
    let mut queued: Vec<_> =
        jobs.rows().filter(waits).map(|row| (jobs.get(row).request, row)).collect();
    queued.sort_unstable();
    for (_, job) in queued {
        expiry::leave(turn, endpoint, job);
        end(turn, endpoint, (job, false), (RequestStatus::Cancelled, cause));
    }
}

/// SLS-38. The loss of a worker is noticed: its jobs go back, or end.
pub(super) fn loss_noticed(turn: &mut Turn<'_, '_>, number: u32) {
    let Some(loss) = turn.world.requests.losses.remove(&number) else { return };
    let endpoint = loss.endpoint;
    for (job, epoch) in loss.jobs {
        if turn.world.endpoints[endpoint].jobs.holds(job, epoch) {
            turn.world.endpoints[endpoint].missed -= 1;
            put_back_or_fail(turn, endpoint, job, RequestCause::WorkerLost);
        }
    }
    scale::after_end(turn, endpoint);
}

/// Class 13: requests that the horizon finds alive, in order of id.
pub(super) fn state_alive(turn: &mut Turn<'_, '_>) {
    let mut alive = Vec::new();
    for endpoint in turn.world.endpoints.ids() {
        let own = &turn.world.endpoints[endpoint];
        for row in own.jobs.rows() {
            let held = own.jobs.get(row);
            let (status, run) = match held.place {
                Place::InHand(slot) => {
                    (RequestStatus::InProgress, own.slots.get(slot).run().number)
                }
                Place::Missed => (RequestStatus::InProgress, held.last_run),
                Place::Queued | Place::Bound(_) | Place::Nowhere => {
                    (RequestStatus::InQueue, held.last_run)
                }
            };
            let in_hand = status == RequestStatus::InProgress;
            let ended = ended((endpoint, run), held, in_hand, (status, RequestCause::None));
            alive.push((held.request, ended));
        }
    }
    alive.sort_unstable_by_key(|(request, _)| *request);
    for (_, ended) in alive {
        turn.state(Fact::RequestEnded(ended));
    }
}

/// The instant of a timer that is pending, or an earlier one that has to be in its place.
#[inline]
pub(super) fn sooner(pending: Option<SimTime>, wanted: SimTime) -> bool {
    pending.is_none_or(|pending| wanted < pending)
}
