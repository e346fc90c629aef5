//! A worker idles, stops, is lost or fails (SLS-16, SLS-17, SLS-23, SLS-25, SLS-38).

use super::{ends, expiry, jobs, money, scale, slots};
use crate::agenda::{Class, Event};
use crate::ids::{EndpointId, HostId, Id};
use crate::journal::Fact;
use crate::journal::fact::{
    RequestCause, RequestStatus, StopReason, WorkerId, WorkerKind, WorkerStopped,
};
use crate::market::worker;
use crate::scenario::rules::serverless::ActivePriceWhen;
use crate::turn::{News, Turn};
use crate::units::SimTime;
use crate::world::World;
use crate::world::endpoint::requests::Loss;
use crate::world::endpoint::slots::{InHand, Run, Slot, SlotState};
use crate::world::workers::Bill;

/// A worker has no job any more.
pub(super) fn idle(turn: &mut Turn<'_, '_>, endpoint: EndpointId, row: u32) {
    let now = turn.now;
    let slot = turn.world.endpoints[endpoint].slots.get_mut(row);
    slot.go(SlotState::Idle);
    let run = slot.run_mut();
    run.busy += now - run.busy_since;
    run.idle_since = now;
    jobs::enter_ready(turn, endpoint, row);
    expect_timeout(turn, endpoint, row);
    if turn.scenario.rules.serverless.active_price_when == ActivePriceWhen::NotWorking {
        money::follow_work(turn, endpoint, row);
    }
}

/// SLS-23. A flex worker that idles from now on is looked at when it has for long enough. One look is due at a time:
/// it finds out whether the worker has worked since.
pub(super) fn expect_timeout(turn: &mut Turn<'_, '_>, endpoint: EndpointId, row: u32) {
    let now = turn.now;
    tell_idle(turn, endpoint);
    let own = &mut turn.world.endpoints[endpoint];
    let (stated, plainly) = (own.live.idle_timeout, own.keeps_plainly);
    let run = own.slots.get_mut(row).run_mut();
    run.timeout_from = now;
    if run.now == WorkerKind::Flex {
        let policy = &mut turn.policies.endpoints[endpoint.index()].keep_alive;
        run.kept = if plainly { stated } else { policy.timeout(now, stated) };
        let at = run.timeout_from.saturating_add(run.kept);
        look_at(turn, endpoint, (row, at));
    }
}

/// The look at an idle worker, unless one that comes before is due.
fn look_at(turn: &mut Turn<'_, '_>, endpoint: EndpointId, (row, at): (u32, SimTime)) {
    let own = &mut turn.world.endpoints[endpoint];
    let run = own.slots.get_mut(row).run_mut();
    if run.look.is_none_or(|(_, pending)| at < pending) {
        own.looks = own.looks.wrapping_add(1);
        run.look = Some((own.looks, at));
        let event = Event::IdleTimeout { endpoint, slot: row, look: own.looks };
        turn.schedule(at, Class::IdleTimeout, event);
    }
}

/// SLS-10. A running idle timeout counts anew from the same beginning; one that is past by now ends now.
pub(super) fn count_timeout_anew(turn: &mut Turn<'_, '_>, endpoint: EndpointId, row: u32) {
    let own = &mut turn.world.endpoints[endpoint];
    let stated = own.live.idle_timeout;
    own.overdue.retain(|other| *other != row);
    let run = own.slots.get_mut(row).run_mut();
    let policy = &mut turn.policies.endpoints[endpoint.index()].keep_alive;
    run.kept = policy.timeout(run.timeout_from, stated);
    run.look = None;
    let at = run.timeout_from.saturating_add(run.kept).max(turn.now);
    look_at(turn, endpoint, (row, at));
}

/// Class 4: a worker may have been idle for long enough.
pub(super) fn idle_timeout(turn: &mut Turn<'_, '_>, endpoint: EndpointId, (row, look): (u32, u32)) {
    let now = turn.now;
    let own = &mut turn.world.endpoints[endpoint];
    let looked_at = |slot: &Slot| {
        slot.run.as_ref().is_some_and(|run| run.look.is_some_and(|(due, _)| due == look))
    };
    if !own.slots.find(row).is_some_and(looked_at) {
        return;
    }
    let slot = own.slots.get_mut(row);
    let idles = slot.state == SlotState::Idle;
    let number = slot.number;
    let run = slot.run_mut();
    run.look = None;
    if !idles || run.now == WorkerKind::Active {
        return;
    }
    let at = run.timeout_from.saturating_add(run.kept);
    if now < at {
        look_at(turn, endpoint, (row, at));
        return;
    }
    let key = (run.idle_since, number);
    let place = own.overdue.partition_point(|other| {
        let slot = own.slots.get(*other);
        (slot.run().idle_since, slot.number) < key
    });
    own.overdue.insert(place, row);
    scale::down(turn, endpoint);
}

/// SLS-16. A run stops; what jobs it has in hand go back, or end.
pub(super) fn stop(
    turn: &mut Turn<'_, '_>,
    endpoint: EndpointId,
    (row, reason): (u32, StopReason),
) {
    let pod = turn.world.endpoints[endpoint].slots.get(row).run().pod;
    jobs::leave_ready(turn, endpoint, row);
    let bill = worker::end(turn, pod);
    let next = turn.world.endpoints[endpoint].slots.get(row).asleep();
    close(turn, (endpoint, row), (bill, reason), next);
}

/// JOB-14. Of several workers that the market has ended in one event none takes a job that another had in hand.
pub(super) fn take_leave(turn: &mut Turn<'_, '_>, news: &[News]) {
    for news in news {
        if let News::Ended { worker, slot: row, .. } = *news
            && is_run(turn, (worker, row))
        {
            jobs::leave_ready(turn, worker.endpoint, row);
        }
    }
}

/// Whether a slot is there and has that run.
fn is_run(turn: &Turn<'_, '_>, (worker, row): (WorkerId, u32)) -> bool {
    let slot = turn.world.endpoints[worker.endpoint].slots.find(row);
    let run = slot.and_then(|slot| slot.run.as_ref());
    run.is_some_and(|run| run.number == worker.run)
}

/// SLS-38, SLS-39, SLS-47. The market ended a run, or what was asked for one.
pub(super) fn lost(
    turn: &mut Turn<'_, '_>,
    (worker, row): (WorkerId, u32),
    host: Option<HostId>,
    (bill, reason): (Bill, StopReason),
) {
    let endpoint = worker.endpoint;
    if !is_run(turn, (worker, row)) {
        return;
    }
    jobs::leave_ready(turn, endpoint, row);
    let slot = turn.world.endpoints[endpoint].slots.get_mut(row);
    if reason != StopReason::NoFunds && host == slot.host {
        slot.snapshot = false;
        slot.stopped = None;
    }
    let next = slot.asleep();
    close(turn, (endpoint, row), (bill, reason), next);
}

/// What is left of a run once its GPUs are given back: counts, its row, its jobs, its slot.
fn close(
    turn: &mut Turn<'_, '_>,
    (endpoint, row): (EndpointId, u32),
    (bill, reason): (Bill, StopReason),
    next: SlotState,
) {
    let now = turn.now;
    let own = &mut turn.world.endpoints[endpoint];
    own.overdue.retain(|other| *other != row);
    let slot = own.slots.get_mut(row);
    let before = slot.state;
    let mut run = slot.run.take().expect("a live slot has a run");
    slot.go(next);
    if before == SlotState::Busy {
        run.busy += now - run.busy_since;
    }
    if run.ready.is_some() {
        slot.stopped = Some(now);
        let host_lost =
            matches!(reason, StopReason::HostDown | StopReason::NetworkDown | StopReason::HostLeft);
        slot.snapshot = own.of.settings.flashboot && !host_lost;
    }
    // SLS-27. What is of an older revision is void.
    slot.snapshot &= run.revision == own.revision;
    uncount(&mut own.workers, before, &run);
    let number = slot.number;
    let mut held = std::mem::take(&mut run.jobs);
    for job in &held {
        own.jobs.get_mut(*job).last_run = run.number;
    }
    held.sort_by_key(|job| own.jobs.get(*job).request);
    state_stop(turn, (endpoint, number), &run, (bill, reason));
    let_all_go(turn, endpoint, (held, reason));
    if 0 < turn.world.endpoints[endpoint].waiting.bound {
        ends::let_lost_go(turn);
        expiry::unbind(turn, endpoint, row);
    }
    if next != SlotState::Unhealthy {
        slots::settle(turn, endpoint, row);
    }
    tell_idle(turn, endpoint);
    scale::plan_ahead(turn, endpoint);
    scale::raise(turn, endpoint);
}

/// A keep-alive policy hears it if the endpoint has no job any more.
#[inline]
pub(super) fn tell_idle(turn: &mut Turn<'_, '_>, endpoint: EndpointId) {
    let own = &turn.world.endpoints[endpoint];
    if !own.keeps_plainly && own.jobs.is_empty() {
        turn.policies.endpoints[endpoint.index()].keep_alive.note_idle(turn.now);
    }
}

/// A run is counted no longer.
fn uncount(workers: &mut crate::world::endpoint::Workers, before: SlotState, run: &Run) {
    let jobs = u32::try_from(run.jobs.len()).unwrap_or(u32::MAX);
    workers.live -= 1;
    if run.marks.any() {
        workers.draining -= 1;
        workers.in_hand_draining -= jobs;
        return;
    }
    workers.in_hand -= jobs;
    workers.coming -= u32::from(!before.is_ready());
    workers.throttled -= u32::from(before == SlotState::Throttled);
    workers.active -= u32::from(run.now == WorkerKind::Active);
}

/// SLS-50. The row of a run, if it ever began.
fn state_stop(
    turn: &mut Turn<'_, '_>,
    (endpoint, slot): (EndpointId, u32),
    run: &Run,
    (bill, reason): (Bill, StopReason),
) {
    let worker = WorkerId { endpoint, run: run.number };
    if run.woken.is_none() && reason != StopReason::Alive {
        turn.state(Fact::WorkerWithdrawn(worker));
        return;
    }
    let own = &turn.world.endpoints[endpoint];
    let charged = own.model.is_none();
    turn.state(Fact::WorkerStopped(WorkerStopped {
        worker,
        slot,
        host: run.host,
        gpus: run.gpus,
        kind: run.kind,
        asked: run.asked,
        woken: run.woken,
        ready: run.ready,
        requests: run.requests,
        busy: run.busy,
        billed: bill.units,
        compute: charged.then_some(bill.compute),
        disk: charged.then_some(bill.disk),
        reason,
    }));
}

/// SLS-38. A loss is noticed later.
pub(super) fn expect_notice(turn: &mut Turn<'_, '_>, loss: Loss) {
    let number = turn.world.requests.number();
    turn.world.requests.losses.insert(number, loss);
    let at = turn.now.saturating_add(turn.rules().serverless.worker_loss_detection);
    turn.schedule(at, Class::HostLeave, Event::LossNoticed(number));
}

/// JOB-14, SLS-47. What a run had in hand when it ended.
fn let_all_go(turn: &mut Turn<'_, '_>, endpoint: EndpointId, (held, reason): (InHand, StopReason)) {
    let lost =
        matches!(reason, StopReason::HostDown | StopReason::NetworkDown | StopReason::HostLeft);
    if lost {
        // Others may be lost in the same event, with jobs that were submitted before.
        let World { endpoints, requests, .. } = &mut turn.world;
        let jobs = &endpoints[endpoint].jobs;
        let lost = held.into_iter().map(|job| (jobs.get(job).request, endpoint, job));
        requests.lost.extend(lost);
        return;
    }
    for job in held {
        if reason == StopReason::NoFunds {
            let ends = (RequestStatus::Failed, RequestCause::NoFunds);
            ends::end(turn, endpoint, (job, true), ends);
        } else {
            ends::put_back_or_fail(turn, endpoint, job, RequestCause::WorkerLost);
        }
    }
}

/// SLS-25. A worker crashed, or was not ready in time: it is tried again later, or its slot is replaced.
pub(super) fn fail(turn: &mut Turn<'_, '_>, endpoint: EndpointId, row: u32) {
    let pod = turn.world.endpoints[endpoint].slots.get(row).run().pod;
    let bill = worker::end(turn, pod);
    close(turn, (endpoint, row), (bill, StopReason::Unhealthy), SlotState::Unhealthy);
    let rules = &turn.scenario.rules.serverless;
    let now = turn.now;
    let slot = turn.world.endpoints[endpoint].slots.get_mut(row);
    let (times, waited) = slot.unhealthy;
    let wait = rules.unhealthy_retry * (1 << times.min(40));
    if rules.unhealthy_for < waited + wait {
        slots::remove(turn, endpoint, row);
        slots::complete(turn, endpoint);
        return;
    }
    slot.unhealthy = (times + 1, waited + wait);
    let number = slot.number;
    let at = now.saturating_add(wait);
    turn.schedule(at, Class::WorkerRetry, Event::WorkerRetry { endpoint, slot: row, number });
}

/// Class 6: an unhealthy worker may be tried again.
pub(super) fn retry(turn: &mut Turn<'_, '_>, endpoint: EndpointId, (row, number): (u32, u32)) {
    let own = &mut turn.world.endpoints[endpoint];
    let waits = |slot: &Slot| slot.number == number && slot.state == SlotState::Unhealthy;
    if !own.slots.find(row).is_some_and(waits) {
        return;
    }
    let slot = own.slots.get_mut(row);
    let next = slot.asleep();
    slot.go(next);
    slots::settle(turn, endpoint, row);
    scale::raise(turn, endpoint);
}

/// Class 13: runs that the horizon finds awake, in order of endpoint and run.
pub(super) fn state_alive(turn: &mut Turn<'_, '_>) {
    for endpoint in turn.world.endpoints.ids() {
        let own = &turn.world.endpoints[endpoint];
        let mut awake: Vec<(u32, u32)> = own
            .slots
            .with_rows()
            .filter_map(|(row, slot)| {
                let run = slot.run.as_ref()?;
                run.woken.map(|_| (run.number, row))
            })
            .collect();
        awake.sort_unstable();
        for (_, row) in awake {
            let slot = turn.world.endpoints[endpoint].slots.get(row);
            let (number, mut run) = (slot.number, slot.run().clone());
            if slot.state == SlotState::Busy {
                run.busy += turn.now - run.busy_since;
            }
            let bill = worker::so_far(turn, run.pod);
            state_stop(turn, (endpoint, number), &run, (bill, StopReason::Alive));
        }
    }
}
