//! Jobs are taken and done (JOB-08, JOB-12, SLS-29, SLS-30).

use super::{ends, expiry, money, rest, scale};
use crate::agenda::{Class, Event};
use crate::ids::{EndpointId, Id};
use crate::journal::Fact;
use crate::journal::fact::{RequestCause, RequestHandled, RequestStatus, StopReason, WorkerId};
use crate::scenario::model::serverless::Work;
use crate::scenario::rules::serverless::{
    ActivePriceWhen, JobSpeed, OnExecutionTimeout, TtlCovers,
};
use crate::turn::Turn;
use crate::units::{GpuTime, SimTime, Span};
use crate::world::endpoint::Endpoint;
use crate::world::endpoint::jobs::Place;
use crate::world::endpoint::ready::Standing;
use crate::world::endpoint::slots::{Run, Slot, SlotState};

/// SLS-29. Where a ready worker stands among those with room.
#[inline(always)] // on the way of every request
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
    let has_room = has_room(run);
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
    if has_room {
        enter_ready(turn, endpoint, row);
    }
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
        work @ (Work::Takes(_) | Work::Tokens(..)) => execution(turn, own, (row, work)),
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
            // Of a type that is not named, a pool's other one perhaps, the first is as good as any.
            let rates = &own.of.token_rates;
            let known = rates.iter().find(|rate| rate.gpu_type == given).or(rates.first());
            known.map_or(Span::ZERO, |rate| {
                let seconds = f64::from(prompt) / rate.prefill + f64::from(answer) / rate.decode;
                Span::from_seconds_f64((seconds * 1e6).ceil() / 1e6)
            })
        }
    }
}

/// SLS-29, SLS-30. Whether a worker may take one more job.
#[inline(always)] // likewise
fn has_room(run: &Run) -> bool {
    !run.marks.any() && run.jobs.len() < run.concurrency as usize
}

/// A worker that has room stands among those who take the next job.
#[inline(always)] // likewise
pub(super) fn enter_ready(turn: &mut Turn<'_, '_>, endpoint: EndpointId, row: u32) {
    let own = &turn.world.endpoints[endpoint];
    let slot = own.slots.get(row);
    if has_room(slot.run()) {
        let standing = standing(turn, slot, row);
        turn.world.endpoints[endpoint].ready.enter(standing);
    }
}

/// It takes no job for the moment: where it stood is known from what it is.
#[inline(always)] // likewise
pub(super) fn leave_ready(turn: &mut Turn<'_, '_>, endpoint: EndpointId, row: u32) {
    let own = &mut turn.world.endpoints[endpoint];
    if own.ready.best() == Some(row) {
        own.ready.take();
        return;
    }
    // Who is full is not among them.
    let run = own.slots.get(row).run();
    if !own.ready.is_empty() && run.jobs.len() < run.concurrency as usize {
        let standing = standing(turn, turn.world.endpoints[endpoint].slots.get(row), row);
        turn.world.endpoints[endpoint].ready.leave(standing);
    }
}

/// A ready worker takes jobs until it is full (SLS-30).
#[inline(always)] // likewise
pub(super) fn fill(turn: &mut Turn<'_, '_>, endpoint: EndpointId, row: u32) {
    loop {
        let own = &mut turn.world.endpoints[endpoint];
        let slot = own.slots.get(row);
        if !has_room(slot.run()) {
            return;
        }
        let Some(job) = expiry::next(turn, endpoint, row) else { return };
        take(turn, endpoint, (row, job));
    }
}

/// Class 4: a worker has done a job.
pub fn done(turn: &mut Turn<'_, '_>, endpoint: EndpointId, (job, epoch): (u32, u32)) {
    if !turn.world.endpoints[endpoint].jobs.holds(job, epoch) {
        return;
    }
    let held = turn.world.endpoints[endpoint].jobs.get(job);
    let Place::InHand(row) = held.place else { return };
    let traits = held.traits;
    let takes = (turn.now - held.taken).micros();
    if traits.handler_error && turn.rules().serverless.retry_handler_error {
        let_go(turn, endpoint, (row, job));
        // SLS-29. Where nobody waits it may go to the worker that has just come free, too.
        if turn.world.endpoints[endpoint].waiting.no_unbound() {
            after_job(turn, endpoint, row);
            ends::put_back_or_fail(turn, endpoint, job, RequestCause::HandlerError);
            scale::after_end(turn, endpoint);
            return;
        }
        ends::put_back_or_fail(turn, endpoint, job, RequestCause::HandlerError);
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
        ends::end(turn, endpoint, (job, true), (status, cause));
    }
    after_job(turn, endpoint, row);
    scale::after_end(turn, endpoint);
}

/// A worker has a job in hand no longer.
#[inline(always)] // likewise
pub(super) fn let_go(turn: &mut Turn<'_, '_>, endpoint: EndpointId, (row, job): (u32, u32)) {
    let mut own = &mut turn.world.endpoints[endpoint];
    let mut run = own.slots.get_mut(row).run_mut();
    // Who is full is not among those with room.
    if run.jobs.len() < run.concurrency as usize {
        leave_ready(turn, endpoint, row);
        own = &mut turn.world.endpoints[endpoint];
        run = own.slots.get_mut(row).run_mut();
    }
    if run.jobs.last() == Some(&job) {
        run.jobs.pop();
    } else if let Some(place) = run.jobs.iter().position(|other| *other == job) {
        run.jobs.remove(place);
    }
    own.jobs.get_mut(job).last_run = run.number;
    if run.marks.any() {
        own.workers.in_hand_draining -= 1;
    } else {
        own.workers.in_hand -= 1;
    }
}

/// A worker lost a job from its hands: it takes the next, idles, or, draining, stops.
pub(super) fn after_job(turn: &mut Turn<'_, '_>, endpoint: EndpointId, row: u32) {
    let own = &turn.world.endpoints[endpoint];
    let mut run = own.slots.get(row).run();
    if let Some(reason) = run.marks.first() {
        if run.jobs.is_empty() {
            rest::stop(turn, endpoint, (row, reason));
        }
        return;
    }
    if !own.waiting.is_empty() {
        fill(turn, endpoint, row);
        run = turn.world.endpoints[endpoint].slots.get(row).run();
    }
    if run.jobs.is_empty() {
        rest::idle(turn, endpoint, row);
    } else if run.jobs.len() < run.concurrency as usize {
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
    ends::end(turn, endpoint, (job, true), (RequestStatus::TimedOut, cause));
    if stops {
        rest::stop(turn, endpoint, (row, StopReason::ExecutionTimeout));
    } else {
        after_job(turn, endpoint, row);
    }
    scale::after_end(turn, endpoint);
}

/// The instant of a timer that is pending, or an earlier one that has to be in its place.
#[inline]
pub(super) fn sooner(pending: Option<SimTime>, wanted: SimTime) -> bool {
    pending.is_none_or(|pending| wanted < pending)
}
