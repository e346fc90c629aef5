//! How a request joins its queue, waits, leaves it, and is refused or gives up (POD-04, POD-06, POD-12,
//! GEN-14).

use crate::agenda::{Class, Event, Round};
use crate::ids::PodId;
use crate::journal::Fact;
use crate::journal::fact::{EndReason, Kind, Refusal};
use crate::market::leave;
use crate::scenario::rules::WaitingOrder;
use crate::turn::{Outcome, Turn};
use crate::units::{Money, SimTime};
use crate::world::Joined;
use crate::world::pod::PodState;
use std::cmp::Reverse;

/// Joins the new of its class, to be tried in the round that is next.
#[inline(always)] // on the way of every pod
pub(super) fn join(turn: &mut Turn<'_, '_>, pod: PodId) {
    let row = &turn.world.pods[pod];
    let Some(rank) = row.rank() else { return };
    let joins = Reverse((rank, Joined::Pod(pod)));
    match row.kind {
        Kind::OnDemand | Kind::Serverless => {
            turn.world.new_asks.push(joins);
            turn.agenda.raise(Round::Ask);
        }
        Kind::Spot { .. } => {
            turn.world.new_bids.push(joins);
            turn.agenda.raise(Round::Bid);
        }
    }
}

/// The request waits: in its shape's queue, or for its host.
pub fn wait(turn: &mut Turn<'_, '_>, pod: PodId) {
    let row = &turn.world.pods[pod];
    let (until, epoch) = (row.rental().patience_until, row.epoch);
    enter_queue(turn, pod);
    turn.state_of(pod, Fact::PodWaits { pod });
    if until < SimTime::NEVER {
        turn.schedule(until, Class::PatienceOver, Event::PatienceOver { pod, epoch });
    }
}

/// It stands in its queue, at its rank.
fn enter_queue(turn: &mut Turn<'_, '_>, pod: PodId) {
    let row = &turn.world.pods[pod];
    let (bid, sequence) = (row.bid(), row.rental().sequence);
    let (shape, without_gpus) = (row.shape, row.gpus == 0);
    if let Some(host) = row.waits_for() {
        let resuming = &mut turn.world.fleet.hosts[host].resuming;
        resuming.queues_mut(without_gpus).enter((bid, sequence), pod);
    } else {
        turn.world.shapes.enter(shape, (bid, sequence), pod);
    }
    turn.world.count_waiting(pod, 1);
    turn.world.pods[pod].rental_mut().queued = true;
    note_waiting(turn, pod, true);
}

/// SPOT-16, POD-06. A request that waits bids otherwise from now on: it stands where that bid has its
/// place, for its time of request as before, and is tried there again. Under `block` those are tried, too,
/// whom it held back and may hold back no longer.
pub fn move_to_bid(turn: &mut Turn<'_, '_>, pod: PodId, bid: Money) {
    let queued = turn.world.pods[pod].rental().queued;
    leave_queue(turn, pod);
    turn.world.pods[pod].kind = Kind::Spot { bid };
    if queued {
        enter_queue(turn, pod);
        turn.try_again(pod);
    } else {
        // It joined in this instant; where it stood among the new it is no longer found.
        join(turn, pod);
    }
}

/// POD-06, SLS-37. A request that waits stands so far from its place from now on (modulo 2^64), and is tried there
/// again.
pub fn move_in_queue(turn: &mut Turn<'_, '_>, pod: PodId, by: u64) {
    leave_queue(turn, pod);
    let own = turn.world.pods[pod].rental_mut();
    own.sequence = own.sequence.wrapping_add(by);
    enter_queue(turn, pod);
    turn.try_again(pod);
}

/// It no longer waits, if it does.
#[inline]
pub fn leave_queue(turn: &mut Turn<'_, '_>, pod: PodId) {
    if turn.world.pods[pod].rental().queued {
        leave_its_queue(turn, pod);
    }
}

fn leave_its_queue(turn: &mut Turn<'_, '_>, pod: PodId) {
    let row = &turn.world.pods[pod];
    let (sequence, bid) = (row.rental().sequence, row.bid());
    let (waits_for, shape, without_gpus) = (row.waits_for(), row.shape, row.gpus == 0);
    let world = &mut turn.world;
    world.take_back(pod);
    if let Some(host) = waits_for {
        let resuming = &mut world.fleet.hosts[host].resuming;
        resuming.queues_mut(without_gpus).leave((bid, sequence));
    } else {
        world.shapes.leave(shape, (bid, sequence));
    }
    world.count_waiting(pod, -1);
    turn.world.pods[pod].rental_mut().queued = false;
    note_waiting(turn, pod, false);
    if turn.rules().waiting_order == WaitingOrder::Block {
        unblock(turn, pod);
    }
}

/// SPOT-12. Who waits for GPUs with a bid may make the price.
fn note_waiting(turn: &mut Turn<'_, '_>, pod: PodId, waits: bool) {
    if turn.world.spot.is_some() {
        turn.world.note_waiting(pod, waits);
        turn.agenda.raise(Round::Publish);
    }
}

/// POD-06, `block`. What one who leaves has held back has come free for those behind it.
fn unblock(turn: &mut Turn<'_, '_>, pod: PodId) {
    let scopes = super::round::scopes_of(turn, pod);
    let world = &mut turn.world;
    let (left, freed, round) = match world.pods[pod].kind {
        Kind::OnDemand | Kind::Serverless => {
            (world.waiting_asks, &mut world.freed_for_asks, Round::Ask)
        }
        Kind::Spot { .. } => (world.waiting_bids, &mut world.freed_for_bids, Round::Bid),
    };
    if 0 < left {
        let fleet = &world.fleet;
        let hosts = scopes.iter().flat_map(|scope| &fleet.scopes[*scope].hosts).copied();
        freed.hosts.extend(hosts.filter(|host| !fleet.hosts[*host].resuming.is_empty()));
        scopes.iter().for_each(|scope| freed.note_scope(*scope));
        turn.agenda.raise(round);
    }
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
    let row = &turn.world.pods[pod];
    let heard_of = row.rental().queued || matches!(row.state, PodState::Reserved { .. });
    leave_queue(turn, pod);
    let row = &turn.world.pods[pod];
    let (account, operation) = (row.account, super::operation_of(row));
    if row.watch.told {
        turn.outcomes.push(Outcome::Refused { pod, reason });
    }
    turn.reject(Some(account), operation, Some(pod), reason);
    let end = match reason {
        Refusal::NoFunds => EndReason::NoFunds,
        Refusal::SpendingLimit => EndReason::SpendingLimit,
        Refusal::Unknown
        | Refusal::IllegalState
        | Refusal::BadArgument
        | Refusal::TooLarge
        | Refusal::BidBelowFloor
        | Refusal::NoCapacity
        | Refusal::NotPermitted
        | Refusal::RateLimited
        | Refusal::QueueFull => EndReason::Rejected,
    };
    if heard_of {
        leave::give_up(turn, pod, end);
    } else {
        leave::end_request(turn, pod, end);
    }
}
