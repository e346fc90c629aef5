//! The queue: who joins, leaves, is next, is late, expires, escalates (SLS-31, SLS-33, JOB-09, JOB-10, JOB-13).

use super::ends;
use super::jobs::{self, sooner};
use super::scale;
use crate::agenda::{Class, Event};
use crate::ids::EndpointId;
use crate::journal::fact::{RequestCause, RequestStatus};
use crate::scenario::rules::serverless::LowPriorityEscalates;
use crate::turn::Turn;
use crate::units::SimTime;
use crate::world::endpoint::jobs::Place;

/// A job joins the queue.
pub(super) fn join(turn: &mut Turn<'_, '_>, endpoint: EndpointId, job: u32) {
    let own = &mut turn.world.endpoints[endpoint];
    let held = own.jobs.get(job);
    let (low, expires) = (held.traits.low_priority, held.expires);
    let (joined, epoch, submitted) = (held.joined, held.epoch, held.submitted);
    own.waiting.join(&own.jobs, job);
    if let Some(lateness) = own.lateness.filter(|_| !low) {
        own.waiting.joined.push_back((joined, job, epoch));
        let at = joined.saturating_add(lateness);
        if sooner(own.due.late, at) {
            own.due.late = Some(at);
            turn.schedule(at, Class::Scale, Event::JobsLate(endpoint));
        }
    }
    expect_expiry(turn, endpoint, expires);
    if low {
        expect_escalation(turn, endpoint, submitted);
    }
}

/// JOB-13. The look at whose time to live is over, at the end of a queued job's.
fn expect_expiry(turn: &mut Turn<'_, '_>, endpoint: EndpointId, expires: SimTime) {
    let own = &mut turn.world.endpoints[endpoint];
    if sooner(own.due.expiry, expires) {
        own.due.expiry = Some(expires);
        turn.schedule(expires, Class::JobTimeout, Event::JobsExpire(endpoint));
    }
}

/// SLS-31. A job waits for the worker in this slot's row alone.
pub(super) fn bind(turn: &mut Turn<'_, '_>, endpoint: EndpointId, (job, row): (u32, u32)) {
    let own = &mut turn.world.endpoints[endpoint];
    let held = own.jobs.get_mut(job);
    held.place = Place::Bound(row);
    let expires = held.expires;
    own.waiting.bind((job, expires));
    expect_expiry(turn, endpoint, expires);
}

/// A job leaves the queue.
pub(super) fn leave(turn: &mut Turn<'_, '_>, endpoint: EndpointId, job: u32) {
    let own = &mut turn.world.endpoints[endpoint];
    let held = own.jobs.get(job);
    let (request, expires, traits) = (held.request, held.expires, held.traits);
    if let Place::Bound(_) = held.place {
        own.waiting.bound -= 1;
    } else if traits.low_priority {
        own.waiting.low.leave(request);
    } else {
        own.waiting.normal.leave(request);
    }
    forget(turn, endpoint, (job, expires));
}

/// What was noted of a queued job is so no longer.
#[inline]
fn forget(turn: &mut Turn<'_, '_>, endpoint: EndpointId, (job, expires): (u32, SimTime)) {
    let own = &mut turn.world.endpoints[endpoint];
    own.waiting.forget((job, expires));
    let held = own.jobs.get_mut(job);
    if held.traits.late {
        held.traits.late = false;
        own.waiting.late -= 1;
    }
}

/// The next job for a worker that has room: its own, else the first of normal priority, else of low; those whose
/// time to live is over are passed by, for they end in this instant (JOB-13).
pub(super) fn next(turn: &mut Turn<'_, '_>, endpoint: EndpointId, row: u32) -> Option<u32> {
    if 0 < turn.world.endpoints[endpoint].waiting.bound
        && let Some(job) = bound_to(turn, endpoint, row)
    {
        leave(turn, endpoint, job);
        return Some(job);
    }
    loop {
        let now = turn.now;
        let own = &mut turn.world.endpoints[endpoint];
        let job = own.waiting.normal.take().or_else(|| own.waiting.low.take())?;
        let expires = own.jobs.get(job).expires;
        forget(turn, endpoint, (job, expires));
        if expires <= now {
            let over = (RequestStatus::TimedOut, RequestCause::Ttl);
            ends::end(turn, endpoint, (job, false), over);
            continue;
        }
        // Who joined before it has left, too: what is remembered of them would only grow.
        let own = &mut turn.world.endpoints[endpoint];
        own.jobs.get_mut(job).epoch = own.jobs.get(job).epoch.wrapping_add(1);
        own.waiting.forget_gone(&own.jobs);
        return Some(job);
    }
}

/// SLS-31. The job that waits for the worker in this slot's row.
#[cold]
fn bound_to(turn: &Turn<'_, '_>, endpoint: EndpointId, row: u32) -> Option<u32> {
    let jobs = &turn.world.endpoints[endpoint].jobs;
    let waits = |job: &u32| jobs.get(*job).place == Place::Bound(row);
    jobs.rows().filter(waits).min_by_key(|job| jobs.get(*job).request)
}

/// SLS-31. Jobs whose worker is lost, or not wanted any more, are bound to nobody.
pub(super) fn unbind(turn: &mut Turn<'_, '_>, endpoint: EndpointId, row: u32) {
    if turn.world.endpoints[endpoint].waiting.bound == 0 {
        return;
    }
    while let Some(job) = bound_to(turn, endpoint, row) {
        leave(turn, endpoint, job);
        let now = turn.now;
        let own = &mut turn.world.endpoints[endpoint];
        let held = own.jobs.get_mut(job);
        held.place = Place::Queued;
        held.joined = now;
        match own.ready.best() {
            Some(slot) => jobs::take(turn, endpoint, (slot, job)),
            None => join(turn, endpoint, job),
        }
    }
}

/// Class 7: queued jobs may be late (SLS-33): then the scaler looks.
pub(super) fn late(turn: &mut Turn<'_, '_>, endpoint: EndpointId) {
    let now = turn.now;
    let own = &mut turn.world.endpoints[endpoint];
    if own.due.late != Some(now) {
        return;
    }
    own.due.late = None;
    let Some(lateness) = own.lateness else { return };
    let mut newly = 0;
    while let Some(&(joined, job, epoch)) = own.waiting.joined.front() {
        let gone = !own.jobs.holds(job, epoch);
        if !gone && now < joined.saturating_add(lateness) {
            break;
        }
        own.waiting.joined.pop_front();
        if !gone {
            own.jobs.get_mut(job).traits.late = true;
            own.waiting.late += 1;
            newly += 1;
        }
    }
    expect_late(turn, endpoint);
    if 0 < newly {
        turn.world.endpoints[endpoint].newly_late += newly;
        scale::look(turn, endpoint);
    }
}

/// The look at who is late, at the first who may be.
pub(super) fn expect_late(turn: &mut Turn<'_, '_>, endpoint: EndpointId) {
    let own = &mut turn.world.endpoints[endpoint];
    let (Some(lateness), Some((joined, ..))) = (own.lateness, own.waiting.joined.front()) else {
        return;
    };
    let at = joined.saturating_add(lateness).max(turn.now);
    if own.due.late != Some(at) {
        own.due.late = Some(at);
        turn.schedule(at, Class::Scale, Event::JobsLate(endpoint));
    }
}

/// SLS-10. Lateness is another from now on: who is late is found anew.
pub(super) fn judge_anew(turn: &mut Turn<'_, '_>, endpoint: EndpointId) {
    let own = &mut turn.world.endpoints[endpoint];
    own.waiting.late = 0;
    own.waiting.joined.clear();
    let rows: Vec<u32> = own.waiting.normal.rows().collect();
    let mut joined: Vec<(SimTime, u32, u32)> = Vec::new();
    for row in rows {
        let held = own.jobs.get_mut(row);
        held.traits.late = false;
        joined.push((held.joined, row, held.epoch));
    }
    joined.sort_unstable();
    if own.lateness.is_some() {
        own.waiting.joined.extend(joined);
    }
    own.due.late = None;
    expect_late(turn, endpoint);
}

/// Class 4: the time to live of queued jobs is over (JOB-13).
pub(super) fn expire(turn: &mut Turn<'_, '_>, endpoint: EndpointId) {
    let now = turn.now;
    if turn.world.endpoints[endpoint].due.expiry != Some(now) {
        return;
    }
    turn.world.endpoints[endpoint].due.expiry = None;
    let mut ended = false;
    loop {
        let own = &turn.world.endpoints[endpoint];
        let Some((expires, job)) = own.waiting.first_to_expire(&own.jobs) else { break };
        if now < expires {
            turn.world.endpoints[endpoint].due.expiry = Some(expires);
            turn.schedule(expires, Class::JobTimeout, Event::JobsExpire(endpoint));
            break;
        }
        leave(turn, endpoint, job);
        ends::end(turn, endpoint, (job, false), (RequestStatus::TimedOut, RequestCause::Ttl));
        ended = true;
    }
    if ended {
        scale::after_end(turn, endpoint);
    }
}

/// JOB-10. The look at which low-priority job has waited for long enough.
fn expect_escalation(turn: &mut Turn<'_, '_>, endpoint: EndpointId, submitted: SimTime) {
    let LowPriorityEscalates::After(span) = turn.rules().serverless.low_priority_escalates else {
        return;
    };
    let at = submitted.saturating_add(span).max(turn.now);
    let due = &mut turn.world.endpoints[endpoint].due;
    if sooner(due.escalation, at) {
        due.escalation = Some(at);
        turn.schedule(at, Class::Scale, Event::JobsEscalate(endpoint));
    }
}

/// Class 7: low-priority jobs that have waited for long enough are normal from now on (JOB-10).
pub(super) fn escalate(turn: &mut Turn<'_, '_>, endpoint: EndpointId) {
    let now = turn.now;
    if turn.world.endpoints[endpoint].due.escalation != Some(now) {
        return;
    }
    turn.world.endpoints[endpoint].due.escalation = None;
    let LowPriorityEscalates::After(span) = turn.rules().serverless.low_priority_escalates else {
        return;
    };
    while let Some(job) = turn.world.endpoints[endpoint].waiting.low.first() {
        let submitted = turn.world.endpoints[endpoint].jobs.get(job).submitted;
        if now < submitted.saturating_add(span) {
            expect_escalation(turn, endpoint, submitted);
            break;
        }
        leave(turn, endpoint, job);
        let held = turn.world.endpoints[endpoint].jobs.get_mut(job);
        held.traits.low_priority = false;
        held.joined = now;
        join(turn, endpoint, job);
    }
    scale::look(turn, endpoint);
}
