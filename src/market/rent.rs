//! Requests: checked, joined to the queue, tried in their round, waiting or refused.
//!
//! A request joins in its own class (GEN-11) and is tried when the round of that class comes: on
//! demand the waiting first, by request time, then the new; spot by the highest bid. A round tries the
//! heads of those queues where something came free, and every new request once (POD-06).

pub mod afford;
pub mod queue;
pub mod round;

pub use afford::{affords, affords_cheapest, price_on};
pub use queue::{leave_queue, patience_over, refuse, wait};

use crate::ids::{AccountId, HostId, Id, PodId, SegmentId};
use crate::journal::Fact;
use crate::journal::fact::{Kind, Operation, PodName, Refusal, Requested};
use crate::market::leave;
use crate::scenario::demand::{Demand, OnDone, WhenFull};
use crate::scenario::model::Command;
use crate::scenario::rules::{BidPer, VcpuMemory};
use crate::turn::Turn;
use crate::units::{Bundle, Gb, GpuTime, Money, SimTime, Span};
use crate::world::pod::{Pod, PodChange, PodState, Rental, Rented};

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
    /// GPUs; left out by the owner, as in the last rental, be it none (POD-13).
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
    let shape = world.shapes.intern(new.demand, turn.scenario);
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
        None => queue::join(turn, pod),
    }
}

fn insert(turn: &mut Turn<'_, '_>, new: &NewPod, shape: crate::ids::ShapeId) -> PodId {
    let bundle = bundle(turn, &new.demand, new.demand.gpus);
    let rental = rental(turn, 1, new.patience, WhenFull::Refuse);
    let place_in_account = turn.world.accounts[new.account].pods.len();
    let (pod, row) = turn.world.pods.insert(Pod::blank);
    row.renew();
    row.name = new.name;
    row.account = new.account;
    row.segment = new.segment;
    row.kind = new.kind;
    row.shape = shape;
    row.gpus = new.demand.gpus;
    row.bundle = bundle;
    row.container_disk = new.demand.container_disk;
    row.volume = new.demand.volume;
    row.image = new.image;
    row.image_here = new.image == Gb::ZERO;
    row.command = new.command;
    row.work = new.work;
    row.on_done = new.on_done;
    row.rental = Some(rental);
    row.place_in_account = place_in_account;
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
    begin(turn, &resume, true);
}

/// SPOT-09. A victim's resume, for which nobody asks: no floor refuses it.
pub fn resume_by_itself(turn: &mut Turn<'_, '_>, resume: Resume) {
    begin(turn, &resume, false);
}

fn begin(turn: &mut Turn<'_, '_>, resume: &Resume, asked: bool) {
    let Resume { pod, kind, gpus, .. } = *resume;
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
    begin_resume(turn, resume, host);
    let bid = turn.world.pods[pod].bid().filter(|_| asked);
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
        None => queue::join(turn, pod),
    }
}

/// A new rental of a stopped pod begins with its request; its demand keeps all but the GPUs.
fn begin_resume(turn: &mut Turn<'_, '_>, resume: &Resume, host: HostId) {
    let Resume { pod, kind, gpus, when_full, patience } = *resume;
    let number = turn.world.pods[pod].rentals + 1;
    let rental = rental(turn, number, patience, when_full);
    let world = &mut turn.world;
    let demand = Demand { gpus, ..world.shapes.get(world.pods[pod].shape).demand };
    let shape = world.shapes.intern(demand, turn.scenario);
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
