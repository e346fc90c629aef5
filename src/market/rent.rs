//! Requests: checked, joined to the queue, tried in their round, waiting or refused.
//!
//! A request joins in its own class (GEN-11) and is tried when the round of that class comes: on
//! demand the waiting first, by request time, then the new; spot by the highest bid. A round tries the
//! heads of those queues where something came free, and every new request once (POD-06).

pub mod round;

use crate::agenda::{Class, Event, Round};
use crate::ids::{AccountId, HostId, Id, PodId, SegmentId};
use crate::journal::Fact;
use crate::journal::fact::{EndReason, Kind, Operation, PodName, Refusal, Requested};
use crate::market::leave;
use crate::scenario::demand::{Demand, OnDone, WhenFull};
use crate::scenario::model::Command;
use crate::scenario::rules::{BidPer, ReserveScope, VcpuMemory};
use crate::turn::Turn;
use crate::units::{Bundle, Gb, GpuTime, Money, SimTime, Span};
use crate::world::pod::{Counted, Pod, PodChange, PodState, Rental, Rented};
use std::cmp::Reverse;

/// A request for a new pod, with all that was decided before the market is asked.
#[derive(Clone, Copy, Debug)]
pub struct NewPod {
    /// Its name.
    pub name: PodName,
    /// Who pays.
    pub account: AccountId,
    /// The customer's segment, if random.
    pub segment: Option<SegmentId>,
    /// How it is rented; the bid is per GPU.
    pub kind: Kind,
    /// What it needs.
    pub demand: Demand,
    /// Size of its image.
    pub image: Gb,
    /// What its command does.
    pub command: Command,
    /// How long the request waits.
    pub patience: Span,
    /// Work to do.
    pub work: Option<GpuTime>,
    /// What the work is worth.
    pub value: Option<Money>,
    /// What becomes of it when the work is done.
    pub on_done: OnDone,
}

/// A request to resume a stopped pod (POD-11, POD-12).
#[derive(Clone, Copy, Debug)]
pub struct Resume {
    /// The pod.
    pub pod: PodId,
    /// How it is rented from now on; the bid is per GPU.
    pub kind: Kind,
    /// GPUs.
    pub gpus: u32,
    /// What it does on a full host.
    pub when_full: WhenFull,
    /// How long it waits.
    pub patience: Span,
}

/// SPOT-01, SPOT-02. The bid per GPU that a stated bid comes to: by `bid_per` its share of the whole,
/// rounded down to the tick.
pub fn bid_per_gpu(turn: &Turn<'_, '_>, stated: Money, gpus: u32) -> Money {
    let rules = turn.rules();
    let nanos = match rules.bid_per {
        BidPer::Gpu => stated.nanos(),
        BidPer::Pod => stated.nanos().div_euclid(i128::from(gpus.max(1))),
    };
    to_tick(turn, Money::from_nanos(nanos))
}

/// SPOT-02. A bid is rounded down to a multiple of the tick.
pub fn to_tick(turn: &Turn<'_, '_>, bid: Money) -> Money {
    let tick = turn.rules().bid_tick.nanos().max(1);
    Money::from_nanos(bid.nanos().div_euclid(tick) * tick)
}

/// The operation that a request of this kind is.
fn operation(kind: Kind, resume: bool) -> Operation {
    match (kind, resume) {
        (Kind::OnDemand, false) => Operation::CreatePod,
        (Kind::Spot { .. }, false) => Operation::CreateSpotPod,
        (Kind::OnDemand, true) => Operation::ResumePod,
        (Kind::Spot { .. }, true) => Operation::ResumeSpotPod,
    }
}

/// The patience that ends so long from now.
fn patience_until(now: SimTime, patience: Span) -> SimTime {
    now.saturating_add(patience)
}

/// POD-02, POD-13. What a pod of `gpus` GPUs takes from its host beside its volume.
pub fn bundle(turn: &Turn<'_, '_>, demand: &Demand, gpus: u32) -> Bundle {
    let requested = turn.rules().vcpu_memory == VcpuMemory::Requested && 0 < gpus;
    Bundle {
        gpus,
        vcpus: if requested { demand.min_vcpus } else { 0 },
        memory: if requested { demand.min_memory.get() } else { 0 },
        disk: demand.container_disk.get(),
    }
}

/// POD-04. A new request: joins the queue, or is refused.
pub fn create(turn: &mut Turn<'_, '_>, new: NewPod) {
    let operation = operation(new.kind, false);
    if matches!(new.kind, Kind::Spot { .. }) && !turn.rules().spot {
        turn.reject(Some(new.account), operation, None, Refusal::BadArgument);
        return;
    }
    let world = &mut turn.world;
    let shape = world.shapes.intern(new.demand, turn.scenario, &mut world.fleet);
    world.shapes.prepare(shape, turn.scenario, &world.fleet);
    let pod = insert(turn, &new, shape);
    let row = turn.world.shapes.get(shape);
    let (any, fits, floor, pool) = (row.any_host, row.fits_some, row.lowest_floor, row.first_pool);
    state_request(turn, pod, pool, new.value);
    let bid = turn.world.pods[pod].bid();
    let refusal = if any && !fits {
        Some(Refusal::TooLarge)
    } else if bid.zip(floor).is_some_and(|(bid, floor)| bid < floor) {
        Some(Refusal::BidBelowFloor)
    } else if !affords_cheapest(turn, pod) {
        Some(Refusal::NoFunds)
    } else {
        None
    };
    match refusal {
        Some(reason) => refuse(turn, pod, reason),
        None => join(turn, pod),
    }
}

fn insert(turn: &mut Turn<'_, '_>, new: &NewPod, shape: crate::ids::ShapeId) -> PodId {
    let bundle = bundle(turn, &new.demand, new.demand.gpus);
    let rental = rental(turn, 1, new.patience, WhenFull::Refuse);
    let place_in_account = turn.world.accounts[new.account].pods.len();
    let pod = turn.world.pods.insert(Pod {
        name: new.name,
        account: new.account,
        segment: new.segment,
        kind: new.kind,
        state: PodState::Waiting,
        epoch: 0,
        shape,
        gpus: new.demand.gpus,
        bundle,
        container_disk: new.demand.container_disk,
        volume: new.demand.volume,
        tied: None,
        price: Money::ZERO,
        image: new.image,
        image_here: new.image == Gb::ZERO,
        command: new.command,
        work: new.work,
        done: GpuTime::ZERO,
        up_since: None,
        works_since: None,
        on_done: new.on_done,
        rental: Some(rental),
        before_resume: None,
        rentals: 1,
        compute: None,
        container_meter: None,
        volume_meter: None,
        volume_total: Money::ZERO,
        counted: Counted::default(),
        place_in_account,
        recorded: None,
    });
    turn.world.accounts[new.account].pods.push(pod);
    if let PodName::Given(name) = new.name {
        turn.world.named[name.index()] = Some(pod);
    }
    pod
}

fn rental(turn: &mut Turn<'_, '_>, number: u32, patience: Span, when_full: WhenFull) -> Rental {
    turn.world.joined += 1;
    Rental {
        number,
        sequence: turn.world.joined,
        patience_until: patience_until(turn.now, patience),
        when_full,
        placed_at: None,
        gpu_time: GpuTime::ZERO,
        lost: GpuTime::ZERO,
        preemptions: 0,
        cause: None,
        signalled_at: None,
        volume_owed_before: Money::ZERO,
        queued: false,
        closed_early: None,
    }
}

fn state_request(
    turn: &mut Turn<'_, '_>,
    pod: PodId,
    pool: Option<crate::ids::PoolId>,
    value: Option<Money>,
) {
    leave::state_ends(turn);
    let row = &turn.world.pods[pod];
    let requested = Requested {
        pod,
        name: row.name,
        rental: row.rentals,
        account: row.account,
        segment: row.segment,
        kind: row.kind,
        gpus: row.gpus,
        host: row.tied,
        pool: pool.unwrap_or(crate::ids::PoolId::from_index(0)),
        work: row.work,
        value,
    };
    turn.state(Fact::PodRequested(requested));
}

/// POD-11. A stopped pod asks for GPUs of its host.
pub fn resume(turn: &mut Turn<'_, '_>, resume: Resume) {
    let Resume { pod, kind, gpus, .. } = resume;
    let operation = operation(kind, true);
    let row = &turn.world.pods[pod];
    let account = Some(row.account);
    let (PodState::Stopped { host }, None) = (row.state, row.recorded) else {
        turn.reject(account, operation, Some(pod), Refusal::IllegalState);
        return;
    };
    let spot = matches!(kind, Kind::Spot { .. });
    if spot && !turn.rules().spot {
        turn.reject(account, operation, Some(pod), Refusal::BadArgument);
        return;
    }
    begin_resume(turn, &resume, host);
    let bid = turn.world.pods[pod].bid();
    let refusal = if turn.world.fleet.hosts[host].total.gpus < gpus {
        Some(Refusal::TooLarge)
    } else if bid.is_some_and(|bid| bid < turn.world.fleet.floor(host)) {
        Some(Refusal::BidBelowFloor)
    } else if !affords(turn, pod, price_on(turn, pod, host)) {
        Some(Refusal::NoFunds)
    } else {
        None
    };
    match refusal {
        Some(reason) => refuse(turn, pod, reason),
        None => join(turn, pod),
    }
}

/// A new rental of a stopped pod begins with its request; its demand keeps all but the GPUs.
fn begin_resume(turn: &mut Turn<'_, '_>, resume: &Resume, host: HostId) {
    let Resume { pod, kind, gpus, when_full, patience } = *resume;
    let number = turn.world.pods[pod].rentals + 1;
    let rental = rental(turn, number, patience, when_full);
    let world = &mut turn.world;
    let demand = Demand { gpus, ..world.shapes.get(world.pods[pod].shape).demand };
    let shape = world.shapes.intern(demand, turn.scenario, &mut world.fleet);
    let bundle = bundle(turn, &demand, gpus);
    turn.change(pod, PodChange::Resume);
    let row = &mut turn.world.pods[pod];
    row.before_resume =
        Some(Rented { kind: row.kind, shape: row.shape, gpus: row.gpus, bundle: row.bundle });
    row.kind = kind;
    row.gpus = gpus;
    row.shape = shape;
    row.bundle = bundle;
    row.rentals = number;
    row.rental = Some(rental);
    let pool = turn.world.fleet.hosts[host].pool;
    state_request(turn, pod, Some(pool), None);
}

/// The price to pay per GPU-hour on `host` today: the bid under pay as bid, else the list price; zero
/// GPUs cost nothing (POD-13).
pub fn price_on(turn: &Turn<'_, '_>, pod: PodId, host: HostId) -> Money {
    let row = &turn.world.pods[pod];
    if row.gpus == 0 {
        return Money::ZERO;
    }
    row.bid().unwrap_or_else(|| turn.world.fleet.price(turn.world.fleet.hosts[host].class))
}

/// POD-04. Whether the account affords the request at the lowest price among the hosts named.
pub fn affords_cheapest(turn: &mut Turn<'_, '_>, pod: PodId) -> bool {
    let row = &turn.world.pods[pod];
    let shape = turn.world.shapes.get(row.shape);
    let cheapest = row.bid().or(shape.lowest_price);
    let price = if row.gpus == 0 { Some(Money::ZERO) } else { cheapest };
    price.is_none_or(|price| affords(turn, pod, price))
}

/// BILL-06, BILL-07. Whether the account can rent the pod at `price` per GPU-hour now: one hour of it
/// is there, and R10 counted with it.
pub fn affords(turn: &mut Turn<'_, '_>, pod: PodId, price: Money) -> bool {
    let rules = turn.rules();
    turn.world.pods[pod].price = price;
    let (compute, disks) = turn.cost_for(pod, rules.rent_reserve);
    let (compute_line, disks_line) = turn.cost_for(pod, rules.low_funds_reserve);
    let account = turn.world.pods[pod].account;
    let row = &turn.world.accounts[account];
    if row.is_drained() {
        return false;
    }
    let mut hour = compute + if rules.rent_reserve_storage { disks } else { Money::ZERO };
    if rules.rent_reserve_scope == ReserveScope::Account {
        hour += row.hour;
    }
    let line = row.reserve + row.promised + compute_line + disks_line;
    let needed = hour.max(line) - row.credit_line;
    row.line.surely_covers(turn.now, turn.ledger_balance(account), needed, rules.month())
        || needed <= turn.balance(account, turn.paying_side())
}

/// Joins the new of its class, to be tried in this instant's round.
fn join(turn: &mut Turn<'_, '_>, pod: PodId) {
    if let PodState::Resuming { host } = turn.world.pods[pod].state {
        turn.world.fleet.hosts[host].resuming.push(pod);
    }
    match turn.world.pods[pod].kind {
        Kind::OnDemand => {
            turn.world.new_asks.push(pod);
            turn.agenda.raise(Round::Ask);
        }
        Kind::Spot { .. } => {
            turn.world.new_bids.push(pod);
            turn.agenda.raise(Round::Bid);
        }
    }
}

/// The request waits: in its shape's queue, or for its host.
pub fn wait(turn: &mut Turn<'_, '_>, pod: PodId) {
    let row = &turn.world.pods[pod];
    let (sequence, until, epoch) = (row.rental().sequence, row.rental().patience_until, row.epoch);
    let (bid, shape) = (row.bid(), row.shape);
    if row.state == PodState::Waiting {
        let queues = turn.world.shapes.get_mut(shape);
        match bid {
            None => drop(queues.asks.insert(sequence, pod)),
            Some(bid) => drop(queues.bids.insert((Reverse(bid), sequence), pod)),
        }
    }
    match bid {
        None => turn.world.waiting_asks += 1,
        Some(_) => turn.world.waiting_bids += 1,
    }
    turn.world.pods[pod].rental_mut().queued = true;
    turn.state(Fact::PodWaits { pod });
    if until < SimTime::NEVER {
        turn.schedule(until, Class::PatienceOver, Event::PatienceOver { pod, epoch });
    }
}

/// It no longer waits.
pub fn leave_queue(turn: &mut Turn<'_, '_>, pod: PodId) {
    let row = &turn.world.pods[pod];
    let (sequence, bid) = (row.rental().sequence, row.bid());
    let (state, shape, queued) = (row.state, row.shape, row.rental().queued);
    if let PodState::Resuming { host } = state {
        turn.world.fleet.hosts[host].resuming.retain(|other| *other != pod);
    }
    if !queued {
        return;
    }
    let queues = turn.world.shapes.get_mut(shape);
    match bid {
        None => {
            queues.asks.remove(&sequence);
            turn.world.waiting_asks -= 1;
        }
        Some(bid) => {
            queues.bids.remove(&(Reverse(bid), sequence));
            turn.world.waiting_bids -= 1;
        }
    }
    turn.world.pods[pod].rental_mut().queued = false;
}

/// Class 9: the patience of a waiting request is over (POD-04, POD-12).
pub fn patience_over(turn: &mut Turn<'_, '_>, pod: PodId, epoch: u32) {
    if turn.holds(pod, epoch) && turn.world.pods[pod].state.waits() {
        leave_queue(turn, pod);
        leave::give_up(turn, pod, EndReason::Abandoned);
    }
}

/// GEN-14, POD-22. A request is refused: a fact with its reason, and the end of its rental.
pub fn refuse(turn: &mut Turn<'_, '_>, pod: PodId, reason: Refusal) {
    leave_queue(turn, pod);
    let row = &turn.world.pods[pod];
    let (account, operation) = (row.account, operation(row.kind, row.tied.is_some()));
    turn.reject(Some(account), operation, Some(pod), reason);
    let end = if reason == Refusal::NoFunds { EndReason::NoFunds } else { EndReason::Rejected };
    leave::give_up(turn, pod, end);
}
