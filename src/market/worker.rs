//! GPUs of serverless workers: asked for, granted, billed, given back (SLS-22, SLS-36 to SLS-47).
//!
//! A worker's rental goes the ways of a request on demand: it waits with them, is promised GPUs, holds them.
//! No fact calls it a pod: its endpoint says what becomes of it, and hears from here by [`News`].

use crate::ids::{AccountId, GpuTypeId, HostId, PodId};
use crate::journal::Fact;
use crate::journal::fact::{
    EndReason, Item, Kind, PodName, Refusal, StopReason, WorkerId, WorkerKind, WorkerRepriced,
};
use crate::market::place::{self, Tried};
use crate::market::{charge, leave, rent};
use crate::scenario::demand::{Demand, OnDone};
use crate::scenario::model::{Command, Image};
use crate::scenario::rules::serverless::{ActivePriceWhen, WorkerPriceChange, WorkerRank};
use crate::turn::{News, Turn};
use crate::units::{Money, Price, Span};
use crate::world::endpoint::slots::SlotState;
use crate::world::pod::{PodChange, PodState, Watch};
use crate::world::workers::{Bill, Rented};

/// What came of asking for a worker's GPUs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// They are its own.
    Granted(HostId),
    /// They are promised.
    Promised(HostId),
    /// It waits: it is throttled (SLS-37).
    Waits,
}

/// SLS-37. How far from its place by the time of asking a worker of this kind stands.
fn shift(turn: &Turn<'_, '_>, kind: WorkerKind) -> u64 {
    /// More than all who ever join.
    const AFTER: u64 = 1 << 60;
    match (turn.rules().serverless.worker_rank, kind) {
        (WorkerRank::ByTime, _) | (WorkerRank::ActiveFirst, WorkerKind::Flex) => 0,
        (WorkerRank::ActiveFirst, WorkerKind::Active) => {
            0_u64.wrapping_sub(crate::world::FIRST_PLACE)
        }
        (WorkerRank::PodsFirst, WorkerKind::Active) => AFTER,
        (WorkerRank::PodsFirst, WorkerKind::Flex) => 2 * AFTER,
    }
}

/// SLS-36. Whether spot pods give way to a worker of this kind.
pub fn displaces(turn: &Turn<'_, '_>, kind: WorkerKind) -> bool {
    let (active, flex) = turn.rules().serverless.workers_displace_spot;
    if kind == WorkerKind::Active { active } else { flex }
}

/// SLS-45. Whether the account may wake a worker at this price per GPU and second: R10 counted with it is
/// there, and its limit allows it.
///
/// # Errors
/// Why not.
pub fn may_wake(
    turn: &Turn<'_, '_>,
    account: AccountId,
    (price, gpus, disk): (Money, u32, u32),
) -> Result<(), Refusal> {
    let rules = turn.rules();
    if turn.world.accounts[account].is_drained() {
        return Err(Refusal::NoFunds);
    }
    let compute = Price::per(price, SECOND);
    let storage = Price::per(rules.serverless.serverless_disk_price, rules.month());
    let cost = |span| compute.for_span(gpus, span) + storage.for_span(disk, span);
    if !rent::limit::allows(turn, account, cost(Span::HOUR)) {
        return Err(Refusal::SpendingLimit);
    }
    let sums = turn.sums_today(account);
    let accepted = turn.accepted(account);
    let needed = accepted + sums.reserve + sums.promised + cost(rules.low_funds_reserve);
    if turn.covers(account, needed) { Ok(()) } else { Err(Refusal::NoFunds) }
}

/// SLS-37, POD-06. The same of one that waits, at what it would pay on `host`.
///
/// # Errors
/// Why not.
pub fn may_hold(turn: &Turn<'_, '_>, pod: PodId, host: HostId) -> Result<(), Refusal> {
    may_hold_at(turn, pod, turn.world.fleet.gpu_type(host))
}

/// The same on the cheapest of the GPU types that it asks for and any host has.
///
/// # Errors
/// Why not.
pub fn may_hold_cheapest(turn: &Turn<'_, '_>, pod: PodId) -> Result<(), Refusal> {
    let Rented { kind, .. } = turn.world.workers.rented[&pod];
    let row = &turn.world.pods[pod];
    let there = types_there(turn, turn.world.shapes.get(row.shape).demand.types);
    let cheapest =
        there.min_by_key(|gpu_type| reckoned_price(turn, row.account, (*gpu_type, kind)));
    cheapest.map_or(Ok(()), |gpu_type| may_hold_at(turn, pod, gpu_type))
}

/// Those of a list of GPU types that any host has: of the others nobody gets any.
pub fn types_there(turn: &Turn<'_, '_>, types: u32) -> impl Iterator<Item = GpuTypeId> {
    let listed = turn.scenario.type_lists.get(types as usize).into_iter().flatten().copied();
    listed.filter(|gpu_type| turn.world.fleet.has_hosts_of(*gpu_type))
}

fn may_hold_at(turn: &Turn<'_, '_>, pod: PodId, gpu_type: GpuTypeId) -> Result<(), Refusal> {
    let Rented { kind, charged, .. } = turn.world.workers.rented[&pod];
    if !charged {
        return Ok(());
    }
    let row = &turn.world.pods[pod];
    let price = reckoned_price(turn, row.account, (gpu_type, kind));
    may_wake(turn, row.account, (price, row.gpus, row.container_disk.get()))
}

/// SLS-41, SLS-45. The price that a waking is judged by: under `not_working` the first job makes an active worker as dear
/// as a flex one.
pub fn reckoned_price(
    turn: &Turn<'_, '_>,
    account: AccountId,
    (gpu_type, kind): (GpuTypeId, WorkerKind),
) -> Money {
    let price = |kind| turn.world.workers.price_of((account, turn.now), (gpu_type, kind));
    let not_working = turn.rules().serverless.active_price_when == ActivePriceWhen::NotWorking;
    match kind {
        WorkerKind::Active if not_working => price(WorkerKind::Flex).max(price(kind)),
        WorkerKind::Active | WorkerKind::Flex => price(kind),
    }
}

/// The period of a worker's price.
pub const SECOND: Span = Span::from_seconds(1);

/// SLS-22. A worker asks for GPUs: it gets some, is promised some, or waits.
pub fn ask(
    turn: &mut Turn<'_, '_>,
    account: AccountId,
    (demand, rented): (Demand, Rented),
) -> (PodId, Answer) {
    let new = rent::NewPod {
        name: PodName::Worker(rented.worker),
        account,
        segment: None,
        kind: Kind::Serverless,
        demand,
        image: Image::EVERYWHERE,
        command: Command::Ok,
        patience: Span::FOREVER,
        work: None,
        stay: None,
        value: None,
        on_done: OnDone::Terminate,
        checkpoint: None,
        watch: Watch::default(),
        network_volume: None,
        origin: None,
    };
    let world = &mut turn.world;
    let shape = world.shapes.intern(demand, None, turn.scenario);
    world.shapes.prepare(shape, turn.scenario, &world.fleet);
    let pod = rent::insert(turn, &new, shape);
    let place = turn.world.pods[pod].rental().sequence;
    let shift = shift(turn, rented.kind);
    turn.world.pods[pod].rental_mut().sequence = place.wrapping_add(shift);
    turn.world.workers.rented.insert(pod, rented);
    if place::attempt(turn, pod, &[], None) != Tried::Done {
        rent::wait(turn, pod);
    }
    let answer = match turn.world.pods[pod].state {
        PodState::Reserved { host } => Answer::Promised(host),
        PodState::Initializing { host, .. } => Answer::Granted(host),
        PodState::Waiting
        | PodState::Running { .. }
        | PodState::Grace { .. }
        | PodState::Stopped { .. }
        | PodState::Resuming { .. }
        | PodState::Down { .. }
        | PodState::Terminated
        | PodState::Refused => Answer::Waits,
    };
    // Who asks knows: only what comes later is news.
    turn.news.retain(|news| !matches!(news, News::Granted { pod: of, .. } | News::Promised { pod: of, .. } if *of == pod));
    (pod, answer)
}

/// BILL-06. GPUs are promised to the worker: it counts with what it will pay there.
pub fn promised(turn: &mut Turn<'_, '_>, pod: PodId, host: HostId) {
    let kind = turn.world.workers.rented[&pod].kind;
    turn.world.pods[pod].price = price_on(turn, (pod, host), kind);
}

/// GPUs are the worker's own.
pub fn granted(turn: &mut Turn<'_, '_>, pod: PodId, host: HostId) {
    let kind = turn.world.workers.rented[&pod].kind;
    let price = price_on(turn, (pod, host), kind);
    let now = turn.now;
    let row = &mut turn.world.pods[pod];
    row.tied = Some(host);
    row.price = price;
    row.rental_mut().placed_at = Some(now);
    turn.recount(pod);
    turn.news.push(News::Granted { pod, host });
}

/// SLS-40. It begins to start: its meters open. SLS-42. It is a new run, at the prices of now.
pub fn wake(turn: &mut Turn<'_, '_>, pod: PodId) {
    follow_price(turn, pod);
    keep_prices(turn, pod);
    turn.change(pod, PodChange::ContainerUp);
    charge::open_rental(turn, pod);
    turn.recount(pod);
}

/// SLS-21. It is of this kind from now on: it pays as one from its next second on, and where it waits, it stands
/// where its kind does (SLS-37), and displaces whom that may (SLS-36).
pub fn become_kind(turn: &mut Turn<'_, '_>, pod: PodId, kind: WorkerKind) {
    let (after, displaces) = (shift(turn, kind), displaces(turn, kind));
    let Some(rented) = turn.world.workers.rented.get_mut(&pod) else { return };
    let before = std::mem::replace(&mut rented.kind, kind);
    let gains = displaces && !rented.displaces;
    rented.displaces = displaces;
    let moved = after.wrapping_sub(shift(turn, before));
    if turn.world.pods[pod].state == PodState::Waiting && (moved != 0 || gains) {
        rent::move_in_queue(turn, pod, moved);
    }
    follow_price(turn, pod);
}

/// SLS-41. The kind whose price it pays now: an active worker that has a job pays as a flex one, where only seconds
/// that begin without one are cheaper.
fn pays_as(turn: &Turn<'_, '_>, rented: &Rented) -> WorkerKind {
    let slots = &turn.world.endpoints[rented.worker.endpoint].slots;
    let works = || slots.find(rented.slot).is_some_and(|slot| slot.state == SlotState::Busy);
    match turn.rules().serverless.active_price_when {
        ActivePriceWhen::NotWorking if works() => WorkerKind::Flex,
        ActivePriceWhen::NotWorking | ActivePriceWhen::Always => rented.kind,
    }
}

/// SLS-41, SLS-42. What a second of a kind costs it on its host: as of today, or as when it was woken, where the rules
/// have it so.
fn price_on(turn: &Turn<'_, '_>, (pod, host): (PodId, HostId), kind: WorkerKind) -> Money {
    let workers = &turn.world.workers;
    if let Some((flex, active)) = workers.kept.get(&pod) {
        return if kind == WorkerKind::Flex { *flex } else { *active };
    }
    let account = turn.world.pods[pod].account;
    workers.price_of((account, turn.now), (turn.world.fleet.gpu_type(host), kind))
}

/// SLS-42. Where price changes reach new runs alone, a run keeps the prices of its waking.
fn keep_prices(turn: &mut Turn<'_, '_>, pod: PodId) {
    let Some(host) = turn.world.pods[pod].state.holding() else { return };
    if turn.rules().serverless.worker_price_change == WorkerPriceChange::NewRuns {
        let price = |kind| price_on(turn, (pod, host), kind);
        let prices = (price(WorkerKind::Flex), price(WorkerKind::Active));
        turn.world.workers.kept.insert(pod, prices);
    }
}

/// SLS-21, SLS-41, SLS-42. From its next second on it pays what such a second costs by now, by its kind, its work and
/// its GPU type; says so where that is another price. The one place where the price of an awake worker changes.
pub fn follow_price(turn: &mut Turn<'_, '_>, pod: PodId) {
    let Some(rented) = turn.world.workers.rented.get(&pod) else { return };
    let (worker, kind) = (rented.worker, pays_as(turn, rented));
    let Some(host) = turn.world.pods[pod].state.holding_or_promised() else { return };
    let account = turn.world.pods[pod].account;
    let price = price_on(turn, (pod, host), kind);
    if turn.world.pods[pod].price == price {
        return;
    }
    turn.world.pods[pod].price = price;
    if turn.world.meters.is_open(pod, Item::Compute) {
        charge::reprice(turn, pod, Item::Compute, Price::per(price, SECOND));
        turn.state(Fact::WorkerRepriced(WorkerRepriced { worker, price }));
    }
    let before = turn.reserve_of(pod);
    turn.recount(pod);
    if before < turn.reserve_of(pod) {
        crate::market::funds::force_line(turn, account);
    }
}

/// It gives back what it has or was promised, or waits no longer. Gives what it came to.
pub fn end(turn: &mut Turn<'_, '_>, pod: PodId) -> Bill {
    let state = turn.world.pods[pod].state;
    match state {
        PodState::Waiting => rent::leave_queue(turn, pod),
        PodState::Reserved { .. } => leave::release_promise(turn, pod),
        PodState::Initializing { .. }
        | PodState::Running { .. }
        | PodState::Grace { .. }
        | PodState::Stopped { .. }
        | PodState::Resuming { .. }
        | PodState::Down { .. }
        | PodState::Terminated
        | PodState::Refused => {}
    }
    let units = charge::units_at_close(turn, pod, Item::Compute);
    let (compute, disk) = charge::close_rental(turn, pod, EndReason::Terminated);
    turn.change(pod, PodChange::Terminate);
    if let Some(host) = state.holding() {
        leave::give_back(turn, pod, host, state);
    }
    leave::forget(turn, pod);
    turn.world.workers.rented.remove(&pod);
    turn.world.workers.kept.remove(&pod);
    Bill { units, compute, disk }
}

/// What a run has come to so far: for what the horizon finds alive, once all is posted.
pub fn so_far(turn: &Turn<'_, '_>, pod: PodId) -> Bill {
    let posted =
        |item| turn.world.meters.get(pod, item).map_or(Money::ZERO, crate::billing::Meter::posted);
    let units = turn.world.meters.get(pod, Item::Compute);
    let units = units.map_or(0, |meter| meter.units(turn.now, turn.side()));
    Bill { units, compute: posted(Item::Compute), disk: posted(Item::ContainerDisk) }
}

/// SLS-38, SLS-39, SLS-47. Its host is lost, or its account's money is gone: its endpoint hears what it came to.
pub fn lose(turn: &mut Turn<'_, '_>, pod: PodId, reason: StopReason) {
    let Rented { worker, slot, .. } = turn.world.workers.rented[&pod];
    let host = turn.world.pods[pod].state.holding();
    let bill = end(turn, pod);
    turn.news.push(News::Ended { worker, slot, host, bill, reason });
}

/// Whether a rental is a worker's.
#[inline]
pub fn is_worker(turn: &Turn<'_, '_>, pod: PodId) -> bool {
    turn.world.pods[pod].kind == Kind::Serverless
}

/// The worker that a rental is, if it is one.
pub fn worker_of(turn: &Turn<'_, '_>, pod: PodId) -> Option<WorkerId> {
    turn.world.workers.rented.get(&pod).map(|rented| rented.worker)
}
