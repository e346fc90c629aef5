//! How many workers there are to be (SLS-32 to SLS-35).

use super::{rest, update, wake};
use crate::agenda::{Class, Event};
use crate::ids::{EndpointId, Id};
use crate::journal::fact::{StopReason, WorkerKind};
use crate::policy::scaling::Load;
use crate::scenario::rules::serverless::ScaleDown;
use crate::turn::Turn;
use crate::units::SimTime;
use crate::world::endpoint::slots::SlotState;

/// How an endpoint stands.
#[inline]
pub(super) fn load(turn: &Turn<'_, '_>, endpoint: EndpointId) -> Load {
    let own = &turn.world.endpoints[endpoint];
    Load {
        now: turn.now,
        queued: u32::try_from(own.waiting.normal.len()).unwrap_or(u32::MAX),
        late: own.waiting.late,
        newly_late: own.newly_late,
        in_hand: own.workers.in_hand,
        workers: own.workers.undrained(),
        coming: own.workers.coming,
        concurrency: own.concurrency,
        workers_min: own.live.workers_min,
        workers_max: own.live.workers_max,
        arrivals: own.arrivals,
        served: own.served,
    }
}

/// Class 7: the scaler looks, or, where it has a period, at the next instant of that.
#[inline]
pub(super) fn look(turn: &mut Turn<'_, '_>, endpoint: EndpointId) {
    // Where there are as many workers as there may be, one that goes by the queue has nothing to add or to take.
    let own = &mut turn.world.endpoints[endpoint];
    let full = own.live.workers_max <= own.workers.live
        && own.workers.throttled == 0
        && own.overdue.is_empty();
    let idle = full && !own.follows_ends;
    if !turn.scenario.rules.serverless.scaler_period.is_zero() {
        // There may be fewer by then.
        raise(turn, endpoint);
        down(turn, endpoint);
    } else if idle {
        own.newly_late = 0;
    } else {
        evaluate(turn, endpoint);
    }
}

/// The scaler is to look in class 7 of this instant, or of the next of its period.
pub(super) fn raise(turn: &mut Turn<'_, '_>, endpoint: EndpointId) {
    let period = turn.rules().serverless.scaler_period;
    let now = turn.now;
    let at = if period.is_zero() {
        now
    } else {
        SimTime::from_micros(now.micros().div_ceil(period.micros()) * period.micros())
    };
    look_at(turn, endpoint, at);
}

/// The scaler is to look then, unless it does before.
fn look_at(turn: &mut Turn<'_, '_>, endpoint: EndpointId, at: SimTime) {
    let due = &mut turn.world.endpoints[endpoint].due;
    if due.scale.is_none_or(|pending| at < pending || pending < turn.now) {
        due.scale = Some(at);
        turn.schedule(at, Class::Scale, Event::Scale(endpoint));
    }
}

/// A run has stopped: a keep-alive policy may want a worker to be there before the next job comes. What was planned at
/// an earlier stop is planned no longer.
pub(super) fn plan_ahead(turn: &mut Turn<'_, '_>, endpoint: EndpointId) {
    let now = turn.now;
    let own = &mut turn.world.endpoints[endpoint];
    own.due.ahead = None;
    if own.keeps_plainly || 0 < own.workers.live {
        return;
    }
    let policy = &mut turn.policies.endpoints[endpoint.index()].keep_alive;
    if let Some(at) = policy.wake_ahead(now).filter(|at| now < *at) {
        own.due.ahead = Some(at);
        turn.schedule(at, Class::Scale, Event::Scale(endpoint));
    }
}

/// Class 7: a worker is woken ahead; the scaler looks.
pub(super) fn due(turn: &mut Turn<'_, '_>, endpoint: EndpointId) {
    let due = &mut turn.world.endpoints[endpoint].due;
    if due.ahead == Some(turn.now) {
        due.ahead = None;
        let own = &turn.world.endpoints[endpoint];
        if own.workers.live == 0 && 0 < own.live.workers_max {
            wake::wake(turn, endpoint, 1);
        }
    }
    if turn.world.endpoints[endpoint].due.scale == Some(turn.now) {
        turn.world.endpoints[endpoint].due.scale = None;
        evaluate(turn, endpoint);
    }
}

/// SLS-32. Wakes `min(max(add, workers_min − W), workers_max − live)` workers.
fn evaluate(turn: &mut Turn<'_, '_>, endpoint: EndpointId) {
    if !turn.world.endpoints[endpoint].exists {
        return;
    }
    let load = load(turn, endpoint);
    let policy = &mut turn.policies.endpoints[endpoint.index()].scaling;
    let add = policy.add(&load).max(load.workers_min.saturating_sub(load.workers));
    let again = policy.look_again(&load);
    let own = &mut turn.world.endpoints[endpoint];
    own.newly_late = 0;
    let room = own.live.workers_max.saturating_sub(own.workers.live);
    let wanted = add.min(room);
    if 0 < wanted {
        wake::wake(turn, endpoint, wanted);
    }
    if let Some(at) = again {
        look_at(turn, endpoint, at);
    }
    down(turn, endpoint);
    // Who is to be there in place of those that were outdated has been woken.
    update::roll_on(turn, endpoint);
}

/// After a job has ended, or left the queue: the scaler is to look if it might add, and those that are too many go.
#[inline(always)] // on the way of every request, and mostly there is nothing to do
pub(super) fn after_end(turn: &mut Turn<'_, '_>, endpoint: EndpointId) {
    let own = &turn.world.endpoints[endpoint];
    let quiet = own.waiting.normal.is_empty()
        && own.live.workers_min <= own.workers.undrained()
        && own.overdue.is_empty()
        && own.workers.throttled == 0;
    if !quiet || own.follows_ends {
        look_after_end(turn, endpoint);
    }
}

#[inline(never)]
fn look_after_end(turn: &mut Turn<'_, '_>, endpoint: EndpointId) {
    let load = load(turn, endpoint);
    let policy = &mut turn.policies.endpoints[endpoint.index()].scaling;
    if 0 < policy.add(&load) || load.workers < load.workers_min {
        raise(turn, endpoint);
    }
    down(turn, endpoint);
}

/// SLS-35. Throttled flex demands are withdrawn, the last asked first, then flex workers stop whose idle timeout is
/// over, the longest idle first, as far as they are too many.
pub(super) fn down(turn: &mut Turn<'_, '_>, endpoint: EndpointId) {
    while 0 < turn.world.endpoints[endpoint].workers.throttled {
        let load = load(turn, endpoint);
        if !turn.policies.endpoints[endpoint.index()].scaling.withdraws(&load) {
            break;
        }
        let Some(row) = last_throttled(turn, endpoint) else { break };
        wake::withdraw(turn, endpoint, row);
    }
    let at_once = turn.rules().serverless.scale_down == ScaleDown::AtOnce
        && turn.policies.endpoints[endpoint.index()].scaling.stops_at_once();
    if at_once {
        all_idle_are_overdue(turn, endpoint);
    }
    while let Some(&row) = turn.world.endpoints[endpoint].overdue.first() {
        let load = load(turn, endpoint);
        let policy = &mut turn.policies.endpoints[endpoint.index()].scaling;
        if load.workers <= policy.floor(&load) {
            break;
        }
        turn.world.endpoints[endpoint].overdue.remove(0);
        rest::stop(turn, endpoint, (row, StopReason::IdleTimeout));
    }
}

/// SLS-31. Of the throttled flex demands the one asked last, but for those that a job waits for.
fn last_throttled(turn: &Turn<'_, '_>, endpoint: EndpointId) -> Option<u32> {
    let own = &turn.world.endpoints[endpoint];
    let bound = |row: u32| {
        0 < own.waiting.bound
            && own.jobs.rows().any(|job| {
                own.jobs.get(job).place == crate::world::endpoint::jobs::Place::Bound(row)
            })
    };
    let throttled = own.slots.with_rows().filter(|(row, slot)| {
        slot.state == SlotState::Throttled
            && slot.run().now == WorkerKind::Flex
            && !slot.drains()
            && !bound(*row)
    });
    throttled.max_by_key(|(_, slot)| slot.run().number).map(|(row, _)| row)
}

/// SLS-35, `at_once`. Every idle flex worker counts as idle for long enough.
fn all_idle_are_overdue(turn: &mut Turn<'_, '_>, endpoint: EndpointId) {
    let own = &mut turn.world.endpoints[endpoint];
    let idle = own
        .slots
        .with_rows()
        .filter(|(_, slot)| slot.state == SlotState::Idle && slot.run().now == WorkerKind::Flex);
    let mut overdue: Vec<(SimTime, u32, u32)> =
        idle.map(|(row, slot)| (slot.run().idle_since, slot.number, row)).collect();
    overdue.sort_unstable();
    own.overdue = overdue.into_iter().map(|(.., row)| row).collect();
}
