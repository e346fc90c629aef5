//! A slot is woken, gets its GPUs, starts, and is ready (SLS-19 to SLS-27).

use super::{cold_start, dearest_price, expiry, jobs, money, rest, scale, slots, update};
use crate::agenda::{Class, Event};
use crate::ids::{EndpointId, HostId, PodId};
use crate::journal::Fact;
use crate::journal::fact::{
    Refusal, WorkerAsked, WorkerAt, WorkerId, WorkerKind, WorkerReady, WorkerRefused, WorkerWoken,
};
use crate::market::worker::{self, Answer};
use crate::scenario::demand::Demand;
use crate::scenario::model::serverless::Resolved;
use crate::scenario::rules::serverless::ServerlessRules;
use crate::turn::Turn;
use crate::units::{Money, SimTime, Span};
use crate::world::endpoint::RefusedWaking;
use crate::world::endpoint::slots::{InHand, Marks, Run, Slot, SlotState};
use crate::world::workers::Rented;

/// SLS-32. Wakes so many workers, as far as slots and credit allow.
pub(super) fn wake(turn: &mut Turn<'_, '_>, endpoint: EndpointId, wanted: u32) {
    for _ in 0..wanted {
        if wake_one(turn, endpoint).is_none() {
            return;
        }
    }
}

/// SLS-31. Under early binding a job that finds no room wakes a worker of its own, if there may be one more.
pub(super) fn wake_for(turn: &mut Turn<'_, '_>, endpoint: EndpointId, job: u32) -> bool {
    let own = &turn.world.endpoints[endpoint];
    if own.live.workers_max <= own.workers.live {
        return false;
    }
    let Some(row) = wake_one(turn, endpoint) else { return false };
    // It may be ready at once, and then takes the job as any other.
    expiry::bind(turn, endpoint, (job, row));
    true
}

/// Wakes one worker; gives its slot's row.
fn wake_one(turn: &mut Turn<'_, '_>, endpoint: EndpointId) -> Option<u32> {
    let own = &turn.world.endpoints[endpoint];
    if !slots::has_volume(turn, endpoint) {
        return None;
    }
    let active = own.workers.active < own.live.workers_min;
    let kind = if active { WorkerKind::Active } else { WorkerKind::Flex };
    // Credit is looked at first: who may wake none, and has many slots, asks with each request.
    let any_asleep = own.slots.iter().any(|slot| slot.state.is_asleep());
    if !any_asleep || !may_wake(turn, endpoint, kind) {
        return None;
    }
    let row = choose(turn, endpoint)?;
    let rules = &turn.scenario.rules.serverless;
    let displaces = worker::displaces(turn, kind);
    let own = &mut turn.world.endpoints[endpoint];
    own.runs += 1;
    let worker = WorkerId { endpoint, run: own.runs };
    let gpus = own.of.settings.gpus_per_worker;
    let slot = own.slots.get(row);
    let (number, bound, image) = (slot.number, slot.host, own.of.image);
    let account = own.account;
    let demand = demand(rules, &own.of);
    let charged = own.model.is_none();
    turn.state(Fact::WorkerAsked(WorkerAsked { worker, slot: number, kind, gpus }));
    let rented = Rented { worker, slot: row, bound, image, kind, displaces, charged };
    let (pod, answer) = worker::ask(turn, account, (demand, rented));
    let now = turn.now;
    let own = &mut turn.world.endpoints[endpoint];
    let (revision, concurrency) = (own.revision, own.concurrency);
    let slot = own.slots.get_mut(row);
    let run = run((worker.run, pod), kind, now, (revision, concurrency, gpus));
    slot.run = Some(run);
    slot.go(SlotState::Throttled);
    let workers = &mut own.workers;
    workers.live += 1;
    workers.coming += 1;
    workers.throttled += 1;
    workers.active += u32::from(kind == WorkerKind::Active);
    match answer {
        Answer::Granted(host) => granted(turn, pod, host),
        Answer::Promised(host) => promised(turn, pod, host),
        Answer::Waits => turn.state(Fact::WorkerThrottled(worker)),
    }
    Some(row)
}

fn run(
    (number, pod): (u32, PodId),
    kind: WorkerKind,
    now: SimTime,
    (revision, concurrency, gpus): (u32, u32, u32),
) -> Run {
    Run {
        number,
        pod,
        kind,
        now: kind,
        asked: now,
        host: None,
        woken: None,
        ready: None,
        due: now,
        fails: false,
        idle_since: now,
        timeout_from: now,
        jobs: InHand::new(),
        busy_since: now,
        busy: Span::ZERO,
        requests: 0,
        marks: Marks::default(),
        revision,
        concurrency,
        gpus,
        kept: Span::ZERO,
        look: None,
    }
}

/// SLS-45. Whether the account's credit allows one more worker; a refusal is said once, until one is allowed. What
/// was refused and stands is not reckoned anew: a burst of requests at an empty account costs nothing.
fn may_wake(turn: &mut Turn<'_, '_>, endpoint: EndpointId, kind: WorkerKind) -> bool {
    let own = &turn.world.endpoints[endpoint];
    if own.model.is_some() {
        return true;
    }
    let settings = &own.of.settings;
    let (account, gpus, disk) =
        (own.account, settings.gpus_per_worker, settings.container_disk.get());
    let asked = (dearest_price(turn, endpoint, kind), gpus, disk);
    let refused = turn.world.endpoints[endpoint].refused;
    if refused.is_some_and(|refused| refused.stands && refused.asked == asked) {
        return false;
    }
    match worker::may_wake(turn, account, asked) {
        Ok(()) => {
            money::allow(turn, account, endpoint);
            true
        }
        Err(reason) => {
            note_refusal(turn, endpoint, (asked, reason));
            false
        }
    }
}

/// SLS-45. A waking at this price, for so many GPUs and so much disk is refused.
fn note_refusal(
    turn: &mut Turn<'_, '_>,
    endpoint: EndpointId,
    (asked, reason): ((Money, u32, u32), Refusal),
) {
    // What spot pods cost today is no sum that is kept.
    let stands = reason == Refusal::NoFunds && turn.world.spot.is_none();
    let own = &mut turn.world.endpoints[endpoint];
    let account = own.account;
    if own.refused.replace(RefusedWaking { asked, stands }).is_none() {
        turn.state(Fact::WorkerRefused(WorkerRefused { endpoint, reason }));
    }
    money::refuse(turn, account, endpoint);
}

/// SLS-37, SLS-45. A throttled worker could have had GPUs, but not at its account's expense: it is wanted as soon as that
/// has what it takes.
pub(super) fn refused(turn: &mut Turn<'_, '_>, pod: PodId, reason: Refusal) {
    let Some((worker, row)) = whose(turn, pod) else { return };
    let endpoint = worker.endpoint;
    let own = &turn.world.endpoints[endpoint];
    let (kind, settings) = (own.slots.get(row).run().now, &own.of.settings);
    let (gpus, disk) = (settings.gpus_per_worker, settings.container_disk.get());
    withdraw(turn, endpoint, row);
    let asked = (dearest_price(turn, endpoint, kind), gpus, disk);
    note_refusal(turn, endpoint, (asked, reason));
}

/// What a worker asks of a host.
pub(super) fn demand(rules: &ServerlessRules, of: &Resolved) -> Demand {
    Demand {
        clouds: rules.serverless_clouds,
        container_disk: of.settings.container_disk,
        site: of.site,
        ..Demand::of_gpus(of.types, of.settings.gpus_per_worker)
    }
}

/// SLS-19. Which slot is woken.
fn choose(turn: &Turn<'_, '_>, endpoint: EndpointId) -> Option<u32> {
    let own = &turn.world.endpoints[endpoint];
    let gpus = own.of.settings.gpus_per_worker;
    let rank = |slot: &Slot| {
        let host = slot.host.map(|host| &turn.world.fleet.hosts[host]);
        let free = host.is_some_and(|host| host.offered() && gpus <= host.free.gpus);
        let snapshot = lives(turn, &own.of, slot);
        let readiness = match (snapshot, slot.image_here, slot.host.is_some()) {
            (true, ..) => 0,
            (false, true, _) => 1,
            (false, false, true) => 2,
            (false, false, false) => 3,
        };
        let stopped = slot.stopped.map_or(0, |at| at.micros() + 1);
        (!free, readiness, std::cmp::Reverse(stopped), slot.number)
    };
    let asleep = own.slots.with_rows().filter(|(_, slot)| slot.state.is_asleep());
    asleep.min_by_key(|(_, slot)| rank(slot)).map(|(row, _)| row)
}

/// SLS-27. Whether a slot has a snapshot that is good for anything yet.
fn lives(turn: &Turn<'_, '_>, of: &Resolved, slot: &Slot) -> bool {
    let young = |at: SimTime| turn.now - at < turn.rules().serverless.flash_expiry;
    of.settings.flashboot && slot.snapshot && slot.stopped.is_some_and(young)
}

/// The endpoint and the slot of a rental.
pub(super) fn whose(turn: &Turn<'_, '_>, pod: PodId) -> Option<(WorkerId, u32)> {
    turn.world.workers.rented.get(&pod).map(|rented| (rented.worker, rented.slot))
}

/// SLS-22. A worker is promised GPUs: its pull begins there, if it has to.
pub(super) fn promised(turn: &mut Turn<'_, '_>, pod: PodId, host: HostId) {
    reserve(turn, pod, host);
}

/// SLS-22. GPUs are a worker's own: it starts as soon as its image is there.
pub(super) fn granted(turn: &mut Turn<'_, '_>, pod: PodId, host: HostId) {
    let Some((worker, row)) = whose(turn, pod) else { return };
    reserve(turn, pod, host);
    let own = &turn.world.endpoints[worker.endpoint];
    if own.slots.get(row).image_here {
        begin(turn, worker.endpoint, row);
    }
}

/// GPUs are there for a worker on `host`: its slot is bound to it.
fn reserve(turn: &mut Turn<'_, '_>, pod: PodId, host: HostId) {
    let Some((worker, row)) = whose(turn, pod) else { return };
    let endpoint = worker.endpoint;
    let own = &mut turn.world.endpoints[endpoint];
    let slot = own.slots.get_mut(row);
    slot.run_mut().host = Some(host);
    if slot.state == SlotState::Throttled {
        slot.go(SlotState::Reserved);
        own.workers.throttled -= 1;
    }
    if own.slots.get(row).host != Some(host) {
        slots::bind(turn, endpoint, (row, Some(host)));
    }
    turn.state(Fact::WorkerReserved(WorkerAt { worker, host }));
}

/// SLS-16. The host of its promise is gone: its slot is asleep again, and the scaler says whether another is wanted.
pub(super) fn promise_lost(turn: &mut Turn<'_, '_>, pod: PodId) {
    if let Some((worker, row)) = whose(turn, pod) {
        withdraw(turn, worker.endpoint, row);
    }
}

/// SLS-22, SLS-24, SLS-40. Grace and pull are over: it starts, and is billed from now on.
pub(super) fn begin(turn: &mut Turn<'_, '_>, endpoint: EndpointId, row: u32) {
    let now = turn.now;
    let cold = cold_start::draw(turn, endpoint, row);
    let init_timeout = turn.rules().serverless.init_timeout;
    let disk_price = turn.rules().serverless.serverless_disk_price;
    let own = &mut turn.world.endpoints[endpoint];
    let charged = own.model.is_none();
    let slot = own.slots.get_mut(row);
    slot.go(SlotState::Starting);
    let run = slot.run_mut();
    run.woken = Some(now);
    run.fails = cold.crashes || init_timeout < cold.takes;
    run.due = now + cold.takes.min(init_timeout);
    let (number, pod, at) = (run.number, run.pod, run.due);
    let host = run.host.expect("who starts has GPUs");
    worker::wake(turn, pod);
    let price = turn.world.pods[pod].price;
    let worker = WorkerId { endpoint, run: number };
    turn.state(Fact::WorkerWoken(WorkerWoken { worker, host, price, disk_price, charged }));
    turn.schedule(at, Class::WorkerReady, Event::WorkerReady { endpoint, slot: row, run: number });
}

/// Class 6: a worker is ready, or its start has failed (SLS-25).
pub(super) fn ready(turn: &mut Turn<'_, '_>, endpoint: EndpointId, (row, number): (u32, u32)) {
    let now = turn.now;
    let own = &mut turn.world.endpoints[endpoint];
    let starts = |slot: &Slot| {
        slot.state == SlotState::Starting
            && slot.run.as_ref().is_some_and(|run| run.number == number && run.due == now)
    };
    if !own.slots.find(row).is_some_and(starts) {
        return;
    }
    let slot = own.slots.get_mut(row);
    if slot.run().fails {
        rest::fail(turn, endpoint, row);
        return;
    }
    slot.go(SlotState::Idle);
    let run = slot.run_mut();
    run.ready = Some(now);
    run.idle_since = now;
    let cold_start = now - run.woken.unwrap_or(now);
    own.workers.coming -= 1;
    let worker = WorkerId { endpoint, run: number };
    turn.state(Fact::WorkerReady(WorkerReady { worker, cold_start }));
    jobs::fill(turn, endpoint, row);
    let own = &turn.world.endpoints[endpoint];
    if own.slots.get(row).state == SlotState::Idle {
        jobs::enter_ready(turn, endpoint, row);
        rest::expect_timeout(turn, endpoint, row);
    }
    update::roll_on(turn, endpoint);
    scale::after_end(turn, endpoint);
}

/// SLS-35, SLS-13. What a worker that does not start yet was asked for is given back: it is wanted no longer.
pub(super) fn withdraw(turn: &mut Turn<'_, '_>, endpoint: EndpointId, row: u32) {
    let own = &mut turn.world.endpoints[endpoint];
    let slot = own.slots.get_mut(row);
    let run = slot.run.take().expect("who is withdrawn was asked for");
    let throttled = slot.state == SlotState::Throttled;
    // SLS-27. What an older revision left is void.
    slot.snapshot &= run.revision == own.revision;
    let next = slot.asleep();
    slot.go(next);
    let workers = &mut own.workers;
    workers.live -= 1;
    workers.coming -= 1;
    workers.throttled -= u32::from(throttled);
    workers.active -= u32::from(run.now == WorkerKind::Active);
    worker::end(turn, run.pod);
    turn.state(Fact::WorkerWithdrawn(WorkerId { endpoint, run: run.number }));
    expiry::unbind(turn, endpoint, row);
    slots::settle(turn, endpoint, row);
    scale::raise(turn, endpoint);
}
