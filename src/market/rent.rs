//! Requests: checked, joined to the queue, tried in their round, waiting or refused.
//!
//! A request joins in its own class and is looked at in its turn (GEN-11): on demand when the waiting
//! have been tried, by request time, and then the new before it, by sequence; spot, waiting and new
//! together, by the highest bid. A round tries the heads of those queues where something came free, and
//! every new request once (POD-06).

pub mod afford;
pub mod limit;
pub mod queue;
mod resume;
pub mod round;

pub use crate::world::waiting::Resume;
pub use afford::{
    Offer, cheapest, may_rent, may_rent_cheapest, offer_on, set_aside, tiers_with_plans,
};
pub use queue::{leave_queue, move_in_queue, move_to_bid, patience_over, refuse, wait};
use resume::begin_resume;
pub use resume::{resume, resume_by_itself, resume_now};

use crate::ids::{AccountId, Id, NetworkVolumeId, PodId, SegmentId};
use crate::journal::Fact;
use crate::journal::fact::{CpuAsked, Kind, Operation, PodName, Refusal, Requested};
use crate::market::{bid, checkpoint, leave};
use crate::scenario::demand::{Demand, OnDone, WhenFull};
use crate::scenario::model::{Command, Image};
use crate::scenario::rules::{Displaced, NetworkVolumePodsStop, VcpuMemory};
use crate::turn::Turn;
use crate::units::{Bundle, Gb, GpuTime, Money, SimTime, Span};
use crate::world::pod::checkpoints::Plan;
use crate::world::pod::{Counted, Errand, Pod, PodState, Rental, Watch};
use crate::world::templates::Origin;

/// A request for a new pod, with all that was decided before the market is asked.
#[derive(Clone, Copy, Debug)]
pub struct NewPod<'a> {
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
    /// Its image.
    pub image: Image,
    /// What its command does.
    pub command: Command,
    /// How long the request waits.
    pub patience: Span,
    /// Work to do.
    pub work: Option<GpuTime>,
    /// POD-13. How long after container up it is done, where it has no GPU to work on.
    pub stay: Option<Span>,
    /// What the work is worth.
    pub value: Option<Money>,
    /// What becomes of it when the work is done.
    pub on_done: OnDone,
    /// How it writes checkpoints.
    pub checkpoint: Option<&'a Plan>,
    /// What its owner, above the market, wants of it.
    pub watch: Watch,
    /// NVOL-05. Its network volume, which is there and its account's.
    pub network_volume: Option<NetworkVolumeId>,
    /// TMPL-06. Where it stands what its container is started with, if anything is said of it.
    pub origin: Option<Origin>,
}

/// The operation that a request of this kind is.
fn operation(kind: Kind, resume: bool) -> Operation {
    match (kind, resume) {
        (Kind::OnDemand | Kind::Serverless, false) => Operation::CreatePod,
        (Kind::Spot { .. }, false) => Operation::CreateSpotPod,
        (Kind::OnDemand | Kind::Serverless, true) => Operation::ResumePod,
        (Kind::Spot { .. }, true) => Operation::ResumeSpotPod,
    }
}

/// The operation that a pod's present request is.
fn operation_of(row: &Pod) -> Operation {
    if row.goes_elsewhere() && row.rental().when_full != WhenFull::Move {
        return Operation::MovePod;
    }
    operation(row.kind, row.is_resume())
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

/// SPOT-01, SPOT-02. Whether the rules know of such requests at all: of spot, and of a bid as high as that.
pub fn allows(turn: &Turn<'_, '_>, kind: Kind, demand: &Demand) -> bool {
    kind == Kind::OnDemand || turn.rules().spot && !bid::is_above_every_cap(turn, kind, demand)
}

/// POD-04. A new request joins the queue; what becomes of it is decided in its turn (GEN-11).
pub fn create(turn: &mut Turn<'_, '_>, new: NewPod<'_>) {
    let operation = operation(new.kind, false);
    if !allows(turn, new.kind, &new.demand) {
        turn.reject_named(new.account, operation, new.name, Refusal::BadArgument);
        return;
    }
    let world = &mut turn.world;
    world.typical.note(&new.demand);
    let shape = world.shapes.intern(new.demand, None, turn.scenario);
    world.shapes.prepare(shape, turn.scenario, &world.fleet);
    let pod = insert(turn, &new, shape);
    let pool = turn.world.shapes.get(shape).first_pool;
    state_request(turn, pod, pool, new.value);
    if let Some(volume) = new.network_volume {
        turn.world.network_volumes.attach(pod, volume);
        turn.state(Fact::NetworkVolumeAttached { pod, volume });
    }
    state_slots(turn, pod);
    queue::join(turn, pod);
}

/// POD-04, GEN-14. Why a new request or resume is refused before the market is asked: too large, below
/// the floor, beyond its account's limit or its funds with what was accepted before it in this instant. Else what
/// it would pay for which it was found to be affordable; none if no host named has a price.
#[inline(always)] // on the way of every pod
fn check(turn: &mut Turn<'_, '_>, pod: PodId) -> Result<Option<Offer>, Refusal> {
    let row = &turn.world.pods[pod];
    let asked = row.rental.is_some_and(|rental| !rental.by_itself);
    // POD-16. A move is looked at like a new request.
    let tied = row.tied.filter(|_| !row.goes_elsewhere());
    let bid = row.bid().filter(|_| asked);
    let (too_large, floor) = match tied {
        Some(host) => {
            let fleet = &turn.world.fleet;
            (fleet.hosts[host].total.gpus < row.gpus, Some(fleet.floor(host)))
        }
        None => {
            let shape = turn.world.shapes.get(row.shape);
            (shape.any_host && !shape.fits_some, shape.lowest_floor)
        }
    };
    if too_large {
        return Err(Refusal::TooLarge);
    }
    if bid.zip(floor).is_some_and(|(bid, floor)| bid < floor) {
        return Err(Refusal::BidBelowFloor);
    }
    let offer = match tied {
        Some(host) => Some(offer_on(turn, pod, host)),
        None => cheapest(turn, pod),
    };
    if let Some(offer) = offer {
        afford::weigh(turn, pod, offer)?;
    }
    Ok(offer)
}

/// SPOT-09, `hibernate`. Whether it has work that its volume will keep, whatever its owner does for it: a network
/// volume, if who has one can stop (NVOL-07).
fn hibernates(turn: &Turn<'_, '_>, new: &NewPod<'_>) -> bool {
    let rules = turn.rules();
    let can_stop = rules.network_volume_pods_stop == NetworkVolumePodsStop::Allowed;
    rules.displaced == Displaced::Hibernate
        && new.work.is_some()
        && (Gb::ZERO < new.demand.volume || new.network_volume.is_some() && can_stop)
}

pub(in crate::market) fn insert(
    turn: &mut Turn<'_, '_>,
    new: &NewPod<'_>,
    shape: crate::ids::ShapeId,
) -> PodId {
    let bundle = bundle(turn, &new.demand, new.demand.gpus);
    let sequence = next_place(turn);
    let rental = rental(turn.now, (1, sequence), new.patience, WhenFull::Refuse);
    let place_in_account = turn.world.accounts[new.account].pods.len();
    let checkpoints = new.checkpoint.filter(|_| new.work.is_some()).map(|plan| {
        let keeps = Gb::ZERO < new.demand.volume || new.network_volume.is_some();
        checkpoint::of_new_pod(plan, keeps)
    });
    let checkpoints =
        checkpoints.or_else(|| hibernates(turn, new).then(checkpoint::of_hibernating));
    let pod = turn.world.pods.insert(|| Pod {
        name: new.name,
        account: new.account,
        segment: new.segment,
        kind: new.kind,
        state: PodState::Waiting,
        epoch: 0,
        shape,
        gpus: new.demand.gpus,
        bundle,
        slots: new.demand.slots(),
        container_disk: new.demand.container_disk,
        volume: new.demand.volume,
        tied: None,
        price: Money::ZERO,
        image: new.image,
        image_here: new.image == Image::EVERYWHERE,
        command: new.command,
        work: new.work,
        stay: new.stay,
        done: GpuTime::ZERO,
        up_since: None,
        works_since: None,
        checkpoints,
        on_done: new.on_done,
        watch: new.watch,
        rental: Some(rental),
        before_resume: None,
        rentals: 1,
        closed_compute: None,
        closed_early: None,
        volume_total: Money::ZERO,
        counted: Counted::default(),
        place_in_account,
        recorded: None,
        network_volume: new.network_volume.is_some(),
    });
    turn.world.accounts[new.account].pods.push(pod);
    if let Some(origin) = new.origin {
        turn.world.templates.containers.insert(pod, origin);
    }
    if let PodName::Given(name) = new.name {
        turn.world.named[name.index()] = Some(pod);
    }
    pod
}

/// The next place among all who join.
fn next_place(turn: &mut Turn<'_, '_>) -> u64 {
    turn.world.places += 1;
    turn.world.places
}

/// A rental that is asked for now; its number, and its request's place among all who join.
fn rental(
    now: SimTime,
    (number, sequence): (u32, u64),
    patience: Span,
    when_full: WhenFull,
) -> Rental {
    Rental {
        number,
        sequence,
        patience_until: now.saturating_add(patience),
        when_full,
        placed_at: None,
        gpu_time: GpuTime::ZERO,
        lost: GpuTime::ZERO,
        preemptions: 0,
        cause: None,
        signalled_at: None,
        volume_owed_before: Money::ZERO,
        queued: false,
        set_aside: None,
        by_itself: false,
        errand: Errand::None,
    }
}

#[inline(always)] // on the way of every pod
fn state_request(
    turn: &mut Turn<'_, '_>,
    pod: PodId,
    pool: Option<crate::ids::PoolId>,
    value: Option<Money>,
) {
    if !turn.ended.is_empty() {
        leave::state_ends(turn);
    }
    let row = &turn.world.pods[pod];
    let requested = Requested {
        pod,
        name: row.name,
        rental: row.rentals,
        account: row.account,
        segment: row.segment,
        kind: row.kind,
        gpus: row.gpus,
        host: row.tied.filter(|_| !row.goes_elsewhere()),
        pool: pool.unwrap_or(crate::ids::PoolId::from_index(0)),
        work: row.work,
        value,
    };
    turn.state(Fact::PodRequested(requested));
}

/// POD-14. How many vCPUs a CPU pod asks for.
#[inline]
fn state_slots(turn: &mut Turn<'_, '_>, pod: PodId) {
    let vcpus = turn.world.pods[pod].slots;
    if 0 < vcpus {
        turn.state(Fact::CpuAsked(CpuAsked { pod, vcpus: vcpus.into() }));
    }
}
