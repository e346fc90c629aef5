//! Jobs go back to the queue, or end (JOB-07, JOB-14, JOB-16, JOB-17, SLS-38).

use super::jobs::{after_job, let_go, take};
use super::{expiry, may_act, prebuilt, rest, scale, slots, submit, webhook};
use crate::ids::{AccountId, EndpointId, Id, RequestNameId};
use crate::journal::Fact;
use crate::journal::fact::{
    Refusal, RequestCause, RequestEnded, RequestHandled, RequestStatus, StopReason, WorkerId,
};
use crate::turn::Turn;
use crate::units::SimTime;
use crate::world::endpoint::jobs::{Job, Place};
use crate::world::endpoint::rates::Call;
use crate::world::endpoint::requests::{Loss, Lost, NamedRequest};
use std::collections::BTreeSet;

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
    } else if held.attempts < held.max_attempts {
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
    let held = own.jobs.get(job);
    let noted = held.name.is_some() || held.traits.webhook || own.model.is_some();
    own.jobs.remove(job);
    if noted {
        let held = *turn.world.endpoints[endpoint].jobs.get(job);
        note_end(turn, endpoint, &held, (status, cause, in_hand.then_some(held.taken)));
    }
    // Read where it lies: its row stays as it is until another job takes it.
    let held = turn.world.endpoints[endpoint].jobs.get(job);
    let run = held.last_run;
    turn.state(Fact::RequestEnded(ended((endpoint, run), held, in_hand, (status, cause))));
    // No worker may come to idle for it.
    rest::tell_idle(turn, endpoint);
}

/// What is said of a job at its end, or at that of the run.
#[inline(always)] // it is made where it is told
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
    (status, cause, started): (RequestStatus, RequestCause, Option<SimTime>),
) {
    let (run, sync) = turn.rules().serverless.retention;
    let gone = turn.now.saturating_add(if held.traits.sync { sync } else { run });
    if let Some(name) = held.name {
        turn.world.requests.named[name.index()] = NamedRequest::Ended {
            endpoint,
            account: held.account,
            gone,
            status,
            life: (held.submitted, turn.now),
            started,
        };
    }
    // AIE-05. What was done in vain by a worker that was lost costs nothing.
    let executed = started.filter(|_| cause != RequestCause::WorkerLost);
    prebuilt::charge(turn, endpoint, held, (status, executed));
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
    submit::within_rate(turn, (endpoint, account), Call::Cancel)?;
    let job = match turn.world.requests.named[name.index()] {
        NamedRequest::Alive(at, job)
            if at == endpoint && turn.world.endpoints[at].jobs.get(job).account == account =>
        {
            job
        }
        NamedRequest::Ended { endpoint: at, account: by, gone, .. }
            if at == endpoint && by == account && turn.now < gone =>
        {
            return Err(Refusal::IllegalState);
        }
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
        Place::Queued | Place::Bound(_) | Place::Nowhere(_) => {
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
    submit::within_rate(turn, (endpoint, account), Call::Purge)?;
    clear_queue(turn, endpoint, RequestCause::PurgeQueue);
    scale::after_end(turn, endpoint);
    Ok(())
}

/// All queued jobs end CANCELLED, in order of submission.
pub(super) fn clear_queue(turn: &mut Turn<'_, '_>, endpoint: EndpointId, cause: RequestCause) {
    let waits = |place| matches!(place, Place::Queued | Place::Bound(_));
    for job in by_submission(turn, endpoint, waits) {
        expiry::leave(turn, endpoint, job);
        end(turn, endpoint, (job, false), (RequestStatus::Cancelled, cause));
    }
}

/// SLS-14, SLS-38. So do those whose worker is lost, though nobody has noticed.
pub(super) fn clear_missed(turn: &mut Turn<'_, '_>, endpoint: EndpointId, cause: RequestCause) {
    for job in by_submission(turn, endpoint, |place| place == Place::Missed) {
        turn.world.endpoints[endpoint].missed -= 1;
        end(turn, endpoint, (job, true), (RequestStatus::Cancelled, cause));
    }
}

/// Rows of an endpoint's jobs that are somewhere, the first submitted first.
fn by_submission(
    turn: &Turn<'_, '_>,
    endpoint: EndpointId,
    is: impl Fn(Place) -> bool,
) -> Vec<u32> {
    let jobs = &turn.world.endpoints[endpoint].jobs;
    let there = jobs.rows().filter(|row| is(jobs.get(*row).place));
    let mut rows: Vec<_> = there.map(|row| (jobs.get(row).request, row)).collect();
    rows.sort_unstable();
    rows.into_iter().map(|(_, row)| row).collect()
}

/// SLS-38, JOB-14. Jobs of the workers that the market has ended go back, the first submitted first, whichever worker
/// had them; or nobody notices yet.
pub(super) fn let_lost_go(turn: &mut Turn<'_, '_>) {
    if turn.world.requests.lost.is_empty() {
        return;
    }
    let mut lost = std::mem::take(&mut turn.world.requests.lost);
    lost.sort_unstable();
    if turn.rules().serverless.worker_loss_detection.is_zero() {
        for (_, endpoint, job) in lost {
            put_back_or_fail(turn, endpoint, job, RequestCause::WorkerLost);
        }
        return;
    }
    let miss = |lost: Lost| {
        let own = &mut turn.world.endpoints[lost.1];
        own.missed += 1;
        let row = own.jobs.get_mut(lost.2);
        row.place = Place::Missed;
        row.epoch = row.epoch.wrapping_add(1);
        (lost, row.epoch)
    };
    let jobs = lost.into_iter().map(miss).collect();
    rest::expect_notice(turn, Loss::Jobs { jobs });
}

/// SLS-38. A loss is noticed: workers' jobs go back, or end; a host's slots prepare elsewhere.
pub(super) fn loss_noticed(turn: &mut Turn<'_, '_>, number: u32) {
    let jobs = match turn.world.requests.losses.remove(&number) {
        Some(Loss::Jobs { jobs }) => jobs,
        Some(Loss::Host(host)) => return slots::host_missed(turn, host),
        None => return,
    };
    let mut endpoints = BTreeSet::new();
    for ((_, endpoint, job), epoch) in jobs {
        if turn.world.endpoints[endpoint].jobs.holds(job, epoch) {
            turn.world.endpoints[endpoint].missed -= 1;
            put_back_or_fail(turn, endpoint, job, RequestCause::WorkerLost);
        }
        endpoints.insert(endpoint);
    }
    for endpoint in endpoints {
        scale::after_end(turn, endpoint);
    }
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
                Place::Queued | Place::Bound(_) | Place::Nowhere(_) => {
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
