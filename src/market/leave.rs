//! How a pod gives up what it has, and what its rental came to (POD-17, POD-20, POD-22, BILL-03,
//! SPOT-08, STOR-06, STOR-07).
//!
//! Its meters close, its GPUs and disks are free at this instant, memory and what it held of work are
//! lost; the row of its rental is stated once all that closes in the event has closed.

use crate::agenda::{Class, Event};
use crate::billing::Meter;
use crate::ids::{HostId, Id, PodId};
use crate::journal::Fact;
use crate::journal::fact::{EndReason, Item, PodName, RentalEnd};
use crate::market::charge::{self, ending};
use crate::market::{checkpoint, funds, image, moving, plans, start, worker};
use crate::scenario::model::Image;
use crate::scenario::rules::InterruptedUnit;
use crate::turn::{Outcome, Turn};
use crate::units::{Bundle, Gb, GpuTime, Money};
use crate::world::pod::{Errand, PodChange, PodState, Recorded, Rental};

/// SPOT-08. The promise is void: what was free of it is free, the rest is promised to nobody.
pub fn release_promise(turn: &mut Turn<'_, '_>, pod: PodId) {
    if let Some(host) = void_promise(turn, pod) {
        turn.freed(host);
    }
}

/// The same, where what it was made of is a stronger one's, or out of reach. Gives its host.
pub fn void_promise(turn: &mut Turn<'_, '_>, pod: PodId) -> Option<HostId> {
    let row = &turn.world.pods[pod];
    let PodState::Reserved { host } = row.state else { return None };
    let kind = row.kind;
    let on = &mut turn.world.fleet.hosts[host];
    on.void_promise(pod, kind);
    on.dismiss(pod);
    turn.give_slots(pod, host);
    turn.world.uncount_bid(pod, host);
    turn.settle_host(host);
    Some(host)
}

/// A request ends without GPUs: a new one is refused or abandoned, a resume's pod is Stopped again.
pub fn give_up(turn: &mut Turn<'_, '_>, pod: PodId, reason: EndReason) {
    if end_request(turn, pod, reason) {
        turn.state(Fact::PodStopped { pod });
    }
}

/// The same of a request that nobody heard of yet. Gives whether the pod is there as before: to say so
/// would be to say that a refused action changed something (GEN-14).
pub fn end_request(turn: &mut Turn<'_, '_>, pod: PodId, reason: EndReason) -> bool {
    turn.change(pod, PodChange::GiveUp);
    end_rental(turn, pod, reason, (Money::ZERO, Money::ZERO));
    if let Some(before) = turn.world.pods[pod].before_resume.take() {
        let row = &mut turn.world.pods[pod];
        turn.world.shapes.release(row.shape);
        (row.kind, row.shape) = (before.kind, before.shape);
        (row.gpus, row.bundle, row.slots) = (before.gpus, before.bundle, before.slots);
    }
    turn.recount(pod);
    let stays = turn.world.pods[pod].state != PodState::Refused;
    if !stays {
        forget(turn, pod);
    }
    stays
}

/// A pod leaves its GPUs, or being stopped its host, by `change`.
pub fn leave(turn: &mut Turn<'_, '_>, pod: PodId, change: PodChange, reason: EndReason) {
    pause_work(turn, pod);
    let completed = reason == EndReason::Completed;
    let row = &turn.world.pods[pod];
    let (before, account, network_volume) = (row.state, row.account, row.network_volume);
    if row.checkpoints.is_some() {
        let volume_goes = change == PodChange::Terminate && !network_volume;
        checkpoint::keep(turn, pod, (completed, volume_goes));
    }
    if !completed {
        lose_memory(turn, pod);
    }
    let row = &mut turn.world.pods[pod];
    let copies = row.rental.as_ref().is_some_and(|own| own.errand == Errand::Copies);
    let cause = row.rental.as_ref().and_then(|rental| rental.cause);
    let early = row.closed_early.take();
    let reason = match cause {
        Some(cause) if reason != EndReason::Completed => cause,
        _ => reason,
    };
    let closed = match early {
        Some(container) => (charge::end_closed(turn, pod, reason), *container),
        None => charge::close_rental(turn, pod, reason),
    };
    if turn.world.plans.is_some() {
        plans::uncover(turn, pod);
    }
    let change = if copies && change != PodChange::Terminate {
        PodChange::Return { host: moving::turn_back(turn, pod) }
    } else {
        change
    };
    turn.change(pod, change);
    let terminated = turn.world.pods[pod].state == PodState::Terminated;
    if terminated {
        let total = charge::close(turn, pod, Item::Volume, None);
        let row = &mut turn.world.pods[pod];
        row.volume_total = total;
        if row.watch.told {
            turn.outcomes.push(Outcome::Gone { pod, account, reason, volume: total });
        }
    } else {
        charge::set_volume_rate(turn, pod, false);
    }
    if let Some(host) = before.holding() {
        give_back(turn, pod, host, before);
    }
    if turn.world.pods[pod].rental.is_some() {
        end_rental(turn, pod, reason, closed);
    }
    if terminated {
        turn.state(Fact::PodTerminated { pod });
        remove_from_host(turn, pod);
        forget(turn, pod);
    } else {
        if network_volume {
            untie(turn, pod);
        }
        turn.recount(pod);
        turn.state(Fact::PodStopped { pod });
    }
    // BILL-05. What is waived is the account's again.
    let interrupted = matches!(reason, EndReason::Outbid | EndReason::DisplacedByOnDemand);
    if interrupted && turn.rules().interrupted_unit != InterruptedUnit::Charged {
        funds::more_money(turn, account);
    }
}

/// NVOL-07. Nothing ties a stopped pod with a network volume to a host: it holds nothing there.
#[cold]
fn untie(turn: &mut Turn<'_, '_>, pod: PodId) {
    let row = &mut turn.world.pods[pod];
    row.image_here = row.image == Image::EVERYWHERE;
    if let Some(host) = row.tied.take() {
        turn.world.fleet.hosts[host].dormant.remove(&pod);
        moving::note_type(turn, pod, host);
    }
}

/// What it held is free at this instant; in grace, parts of it may be another's (SPOT-07).
pub(super) fn give_back(turn: &mut Turn<'_, '_>, pod: PodId, host: HostId, before: PodState) {
    if let Image::Named(_) = turn.world.pods[pod].image {
        image::release(turn, pod, host);
    }
    let row = &turn.world.pods[pod];
    let (bundle, kind, bids) = (row.bundle, row.kind, row.bid().is_some());
    let dormant = !matches!(row.state, PodState::Terminated);
    // POD-16. Its volume was not whole here: what there was of it is removed.
    let copied = if row.tied == Some(host) { Gb::ZERO } else { row.volume };
    let on = &mut turn.world.fleet.hosts[host];
    on.dismiss(pod);
    if Gb::ZERO < copied {
        on.free += Bundle::of_disk(copied);
    } else if dormant {
        on.dormant.insert(pod);
    }
    let came_free = if matches!(before, PodState::Grace { .. }) {
        end_grace(turn, pod, host)
    } else {
        on.give(bundle, kind);
        !bundle.is_empty()
    };
    if bids && before.displaceable() {
        turn.world.uncount_bid(pod, host);
    }
    let came_free = turn.give_slots(pod, host) || came_free;
    turn.settle_host(host);
    if came_free || Gb::ZERO < copied {
        turn.freed(host);
    }
}

/// SPOT-07. What a victim held is free or ready for those to whom it was promised; says whether anything
/// came free.
#[inline(never)] // apart from the way of those whom nobody displaces
fn end_grace(turn: &mut Turn<'_, '_>, victim: PodId, host: HostId) -> bool {
    let on = &mut turn.world.fleet.hosts[host];
    let reach = on.within_reach();
    let ready = on.end_grace(victim);
    let came_free = on.reaches_further_than(&reach);
    for newcomer in ready {
        let epoch = turn.world.pods[newcomer].epoch;
        turn.schedule(turn.now, Class::HandOver, Event::HandOver { pod: newcomer, epoch });
    }
    came_free
}

/// STOR-06. Its volume's disk is free at this instant.
fn remove_from_host(turn: &mut Turn<'_, '_>, pod: PodId) {
    let row = &turn.world.pods[pod];
    let (Some(host), volume) = (row.tied, row.volume) else { return };
    let on = &mut turn.world.fleet.hosts[host];
    if !on.dormant.is_empty() {
        on.dormant.remove(&pod);
    }
    if volume == Gb::ZERO {
        return;
    }
    on.free += Bundle::of_disk(volume);
    turn.settle_host(host);
    turn.freed(host);
    if !turn.world.moves.is_empty() {
        moving::leave_source(turn, pod);
    }
}

/// The pod leaves the tables.
#[inline(always)] // on the way of every pod
pub(super) fn forget(turn: &mut Turn<'_, '_>, pod: PodId) {
    let row = &turn.world.pods[pod];
    let (account, name, place) = (row.account, row.name, row.place_in_account);
    turn.world.shapes.release(row.shape);
    if let Some(before) = &row.before_resume {
        turn.world.shapes.release(before.shape);
    }
    if row.network_volume {
        turn.world.network_volumes.detach(pod);
        turn.world.moves.take_type(pod);
    }
    let row = &turn.world.pods[pod];
    let sums = &mut turn.world.accounts[account];
    sums.uncount(&row.counted);
    sums.pods.swap_remove(place);
    let moved = sums.pods.get(place).copied();
    turn.ease(account);
    turn.world.pods.remove(pod);
    let containers = &mut turn.world.templates.containers;
    if !containers.is_empty() {
        containers.remove(&pod);
    }
    if let Some(moved) = moved {
        turn.world.pods[moved].place_in_account = place;
    }
    if let PodName::Given(name) = name {
        turn.world.named[name.index()] = None;
        turn.world.ended_owner[name.index()] = Some(account);
    }
}

/// Work stops here: GPU-time and work done are what they came to.
#[inline(always)] // on the way of every pod
pub fn pause_work(turn: &mut Turn<'_, '_>, pod: PodId) {
    let now = turn.now;
    let row = &mut turn.world.pods[pod];
    let since = row.works_since.take();
    let held = start::worked(now, since, row.gpus);
    if let Some(rental) = &mut row.rental {
        rental.gpu_time += held;
    }
    if row.checkpoints.is_some() {
        if since.is_some() {
            checkpoint::pause(turn, pod, held);
        }
    } else if row.work.is_some() {
        row.done += held;
    }
}

/// STOR-07, POD-20. Memory and container disk are lost, and with them the work that no checkpoint has
/// put on a volume, nor its owner keeps elsewhere. It is not to be working any more.
pub fn lose_memory(turn: &mut Turn<'_, '_>, pod: PodId) {
    let row = &mut turn.world.pods[pod];
    if row.watch.keeps_work {
        return;
    }
    let saved = row.checkpoints.as_ref().map_or(GpuTime::ZERO, |own| own.saved());
    let lost = std::mem::replace(&mut row.done, saved) - saved;
    if let Some(rental) = &mut row.rental {
        rental.lost += lost;
    }
}

/// POD-22. The rental's row: why it ended and what it came to.
#[inline(always)] // on the way of every pod
pub fn end_rental(
    turn: &mut Turn<'_, '_>,
    pod: PodId,
    reason: EndReason,
    (compute, container): (Money, Money),
) {
    if turn.world.pods[pod].rental.is_none() {
        return;
    }
    // A volume that ends with the rental is closed; another's last unit may yet turn out unpaid.
    let lasts = turn.world.meters.is_open(pod, Item::Volume);
    if turn.world.pods[pod].checkpoints.is_some() {
        checkpoint::state_overhead(turn, pod, true);
    }
    let volume = if lasts { Money::ZERO } else { volume_of_rental(turn, pod, false) };
    let row = &mut turn.world.pods[pod];
    let Some(rental) = &row.rental else { return };
    // HOST-04. What was recorded for a rental lapses with it; a termination is the pod's.
    row.recorded = row.recorded.filter(|what| matches!(what, Recorded::Terminate(_)));
    let end = sum_up(pod, rental, reason, (compute, container + volume));
    let placed = lasts && rental.placed_at.is_some();
    let volume_before = placed.then_some(rental.volume_owed_before);
    row.rental = None;
    if row.watch.told {
        turn.outcomes.push(Outcome::Ended {
            end,
            account: row.account,
            work: row.work,
            done: row.done,
        });
    }
    turn.ended.push((end, volume_before));
}

/// POD-22. What a rental came to, with these amounts for compute and storage.
fn sum_up(
    pod: PodId,
    rental: &Rental,
    reason: EndReason,
    (compute, storage): (Money, Money),
) -> RentalEnd {
    RentalEnd {
        pod,
        reason,
        compute,
        storage,
        useful: rental.gpu_time.saturating_sub(rental.lost),
        lost: rental.lost,
        preemptions: rental.preemptions,
    }
}

/// POD-22. A rental that the horizon finds alive: what it came to so far. Its account is settled.
pub fn state_alive(turn: &mut Turn<'_, '_>, pod: PodId) {
    if turn.world.pods[pod].rental.is_none() || worker::is_worker(turn, pod) {
        return;
    }
    pause_work(turn, pod);
    checkpoint::state_overhead(turn, pod, false);
    let volume = volume_of_rental(turn, pod, true);
    let row = &turn.world.pods[pod];
    let Some(rental) = &row.rental else { return };
    let open = |item| turn.world.meters.get(pod, item).map_or(Money::ZERO, Meter::posted);
    let early = row.closed_compute.as_ref().map(|closed| closed.meter.posted());
    let compute = open(Item::Compute) + early.unwrap_or_default();
    let early = row.closed_early.as_deref().copied().unwrap_or_default();
    let storage = open(Item::ContainerDisk) + early + volume;
    let end = sum_up(pod, rental, EndReason::Alive, (compute, storage));
    if row.watch.told {
        turn.outcomes.push(Outcome::Ended {
            end,
            account: row.account,
            work: row.work,
            done: row.done,
        });
    }
    turn.state(Fact::RentalEnded(end));
}

/// States the rentals that ended in this event: once all that closes has closed, or before their pod
/// asks anew.
pub fn state_ends(turn: &mut Turn<'_, '_>) {
    let mut ended = std::mem::take(&mut turn.ended);
    for (end, volume_before) in &mut ended {
        if let Some(before) = *volume_before {
            end.storage += ending::volume_owed(turn, end.pod, false) - before;
            complete_outcome(turn, end);
        }
        turn.state(Fact::RentalEnded(*end));
    }
    ended.clear();
    turn.ended = ended; // its room is kept
}

/// The owner who is told of this end hears the same.
fn complete_outcome(turn: &mut Turn<'_, '_>, whole: &RentalEnd) {
    for outcome in turn.outcomes.iter_mut().rev() {
        if let Outcome::Ended { end, .. } = outcome
            && end.pod == whole.pod
        {
            *end = *whole;
            return;
        }
    }
}

/// What the volume came to owe from the placement to now; a unit that begins now counts if `beginning`.
#[inline(always)] // on the way of every pod
pub fn volume_of_rental(turn: &Turn<'_, '_>, pod: PodId, beginning: bool) -> Money {
    let rental = turn.world.pods[pod].rental.as_ref();
    match rental.filter(|rental| rental.placed_at.is_some()) {
        Some(rental) => ending::volume_owed(turn, pod, beginning) - rental.volume_owed_before,
        None => Money::ZERO,
    }
}
