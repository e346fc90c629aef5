//! The rounds of classes 7 and 8: who is tried, in which order (GEN-11, POD-06).
//!
//! On demand: the waiting by request time, then the new by sequence; both are the order of joining. A
//! round precedes the next new request, so that each finds what those before it left.
//! Spot: waiting and new together, the highest bid first, then the order of joining. Requests of equal
//! demand fit or fail together (but for workers bound to unlike hosts, or of which some displace nobody), so a
//! queue whose head finds no room is done for this round; and so is a
//! whole lane, or who waits for one host, once GPUs are nowhere to be had there.
//!
//! A new request is looked at as a whole in its turn: whether it is refused before the market is asked,
//! and of a spot resume even whether its pod is stopped.

mod order;

use crate::agenda::Round;
use crate::ids::{PodId, ScopeId};
use crate::journal::fact::Refusal;
use crate::market::place::{self, Tried};
use crate::market::rent;
use crate::scenario::demand::WhenFull;
use crate::scenario::rules::{PodMove, WaitingOrder};
use crate::turn::Turn;
use crate::units::Money;
use crate::world::pod::{Errand, Pod, PodState};
use crate::world::waiting::lanes::{Queue, Rank};
use crate::world::{Freed, Joined};
use order::{
    Candidate, Order, add_returned, bid_of, first_of, gather, goes_on, has_cause, is_blocked,
    push_head, rank_of, take_next, waits_at_home,
};
use std::cmp::Reverse;

pub(super) use order::scopes_of;

/// Tries all that this round is for.
pub fn run(turn: &mut Turn<'_, '_>, queue: Queue) {
    let block = turn.scenario.rules.waiting_order == WaitingOrder::Block;
    let world = &mut turn.world;
    let (freed, new) = match queue {
        Queue::OnDemand => (&mut world.freed_for_asks, &mut world.new_asks),
        Queue::Spot => (&mut world.freed_for_bids, &mut world.new_bids),
    };
    if freed.is_empty()
        && !block
        && new.len() == 1
        && let Some(&Reverse((_, Joined::Pod(pod)))) = new.peek()
    {
        // The common case: one new request, nobody else to try.
        new.clear();
        try_new(turn, pod, &[]);
        return;
    }
    run_whole(turn, queue);
}

/// The same, whoever is to be tried.
#[inline(never)] // apart from the way of most requests
fn run_whole(turn: &mut Turn<'_, '_>, queue: Queue) {
    let world = &mut turn.world;
    let freed = std::mem::take(match queue {
        Queue::OnDemand => &mut world.freed_for_asks,
        Queue::Spot => &mut world.freed_for_bids,
    });
    if queue == Queue::OnDemand {
        world.take_back_due(turn.now);
    }
    world.shapes.update_lanes();
    let order = gather(turn, queue, &freed);
    let left = try_all(turn, queue, &freed, order);
    if !left.is_empty() || !turn.world.joined(queue).is_empty() {
        put_back(turn, queue, &freed, left);
    }
    let world = &mut turn.world;
    match queue {
        Queue::OnDemand => world.freed_for_asks.reuse(freed),
        Queue::Spot => world.freed_for_bids.reuse(freed),
    }
}

/// What a placement set off comes first, be it that it stands in an earlier class or lets others be
/// tried; those who are left wait for the next round of this instant.
///
/// Those who joined are where they were. Of the hosts only those are kept at which somebody is left: who
/// was tried at another found no room there, nor will before more comes free.
fn put_back(turn: &mut Turn<'_, '_>, queue: Queue, freed: &Freed, left: Order) {
    let (again, round) = match queue {
        Queue::OnDemand => (&mut turn.world.freed_for_asks, Round::Ask),
        Queue::Spot => (&mut turn.world.freed_for_bids, Round::Bid),
    };
    freed.scopes.iter().for_each(|scope| again.note_scope(*scope));
    for candidate in left.into_candidates() {
        match candidate {
            Candidate::Resumer(host, _) if freed.hosts.contains(&host) => {
                again.hosts.insert(host);
            }
            Candidate::Again(pod) if freed.pods.contains(&pod) => {
                again.pods.insert(pod);
            }
            Candidate::Head(_)
            | Candidate::Lane(_)
            | Candidate::Resumer(..)
            | Candidate::Again(_)
            | Candidate::New(_)
            | Candidate::Asked(_) => {}
        }
    }
    turn.agenda.raise(round);
}

/// Tries those who were gathered, those behind a head that found its place, and those who joined, in
/// their order, until an event of an earlier class is due, or a placement leaves something to those who
/// wait and may stand before those who are left; gives those gathered who are left.
fn try_all(turn: &mut Turn<'_, '_>, queue: Queue, freed: &Freed, mut order: Order) -> Order {
    let class = turn.class;
    let block = turn.scenario.rules.waiting_order == WaitingOrder::Block;
    let mut blocked: Vec<ScopeId> = Vec::new();
    while let Some(next) = take_next(turn, queue, &mut order) {
        let rank = next.0;
        let Some((candidate, pod)) = find(turn, queue, next, &blocked, &mut order) else {
            continue;
        };
        let tried = if block && is_blocked(turn, pod, &blocked) {
            leave_blocked(turn, candidate, pod)
        } else if block && !has_cause(turn, freed, candidate, pod) {
            // It waits as before, and holds back those behind it.
            Tried::NoRoom
        } else {
            try_one(turn, candidate, pod, &blocked)
        };
        if tried != Tried::Done && block {
            blocked.extend(scopes_of(turn, pod));
        }
        if queue == Queue::OnDemand && !turn.world.aside.returned.is_empty() {
            add_returned(turn, freed, rank, &mut order);
        }
        if may_serve_next(turn, candidate, tried, bid_of(queue, rank)) {
            let next = first_of(turn, queue, candidate, (rank.0, rank.1 + 1));
            order.extend(next.map(|(rank, _)| (rank, candidate)));
        }
        if tried == Tried::Done && (turn.agenda.precedes(class) || came_free(turn, queue)) {
            break;
        }
    }
    order
}

/// Whose turn it is, if it is anybody's: a lane leads to its first shape, a queue that has changed to the
/// one who is its first now, and of those who joined some may have been withdrawn.
fn find(
    turn: &mut Turn<'_, '_>,
    queue: Queue,
    (rank, candidate): (Rank, Candidate),
    blocked: &[ScopeId],
    order: &mut Order,
) -> Option<(Candidate, PodId)> {
    match candidate {
        Candidate::Head(_) | Candidate::Resumer(..) => {
            let (found, pod) = first_of(turn, queue, candidate, rank)?;
            if found != rank {
                order.push((found, candidate));
                return None;
            }
            Some((candidate, pod))
        }
        Candidate::Lane(lane) => {
            if goes_on(turn, queue, (rank, lane), blocked) {
                push_head(turn, queue, lane, rank, order);
            }
            None
        }
        // Else it was tried with those of its demand, and is set aside again.
        Candidate::Again(pod) => waits_at_home(&turn.world, pod).then_some((candidate, pod)),
        // Else it has been withdrawn since, and may have joined again.
        Candidate::New(pod) => {
            (rank_of(&turn.world, pod) == Some(rank)).then_some((candidate, pod))
        }
        Candidate::Asked(index) => {
            let (place, resume) = turn.world.new_resumes[index];
            let pod = resume.pod;
            rent::begin_resume(turn, &resume, place, true).then_some((Candidate::New(pod), pod))
        }
    }
}

/// Whether the one behind `candidate` in its queue is to be tried after it, at no higher bid.
fn may_serve_next(
    turn: &mut Turn<'_, '_>,
    candidate: Candidate,
    tried: Tried,
    bid: Option<Money>,
) -> bool {
    match candidate {
        Candidate::Head(shape) => match tried {
            Tried::Done => place::may_find_more(turn, shape, bid.is_some()),
            Tried::TooDear | Tried::NoRoomForIt => turn.rules().waiting_order == WaitingOrder::Skip,
            Tried::NoRoom => false,
        },
        Candidate::Resumer(host, without) => without || place::may_find_gpus_on(turn, host, bid),
        Candidate::Lane(_) | Candidate::Again(_) | Candidate::New(_) | Candidate::Asked(_) => false,
    }
}

/// Whether something has come free since the round began: victims held more than was needed.
fn came_free(turn: &Turn<'_, '_>, queue: Queue) -> bool {
    let freed = match queue {
        Queue::OnDemand => &turn.world.freed_for_asks,
        Queue::Spot => &turn.world.freed_for_bids,
    };
    !freed.is_empty()
}

fn try_one(
    turn: &mut Turn<'_, '_>,
    candidate: Candidate,
    pod: PodId,
    blocked: &[ScopeId],
) -> Tried {
    match candidate {
        Candidate::New(_) | Candidate::Asked(_) => try_new(turn, pod, blocked),
        Candidate::Head(_) | Candidate::Lane(_) | Candidate::Resumer(..) | Candidate::Again(_) => {
            try_waiting(turn, pod, blocked)
        }
    }
}

fn try_waiting(turn: &mut Turn<'_, '_>, pod: PodId, blocked: &[ScopeId]) -> Tried {
    let waits = |row: &Pod| row.state.waits() && row.rental().queued;
    if !turn.world.pods.get(pod).is_some_and(waits) {
        return Tried::Done;
    }
    let tried = place::attempt(turn, pod, blocked, None);
    let on_demand = turn.world.pods.get(pod).is_some_and(|row| row.bid().is_none());
    if tried == Tried::TooDear && on_demand && turn.rules().waiting_order == WaitingOrder::Skip {
        rent::set_aside(turn, pod);
    }
    tried
}

fn try_new(turn: &mut Turn<'_, '_>, pod: PodId, blocked: &[ScopeId]) -> Tried {
    // A request may have been stopped or refused between its joining and its round.
    let waits = |row: &Pod| row.state.waits() && !row.rental().queued;
    if !turn.world.pods.get(pod).is_some_and(waits) {
        return Tried::Done;
    }
    let Some(afforded) = look_at(turn, pod) else { return Tried::Done };
    let mut tried = place::attempt(turn, pod, blocked, afforded);
    if tried != Tried::Done && goes_on_elsewhere(turn, pod) {
        tried = place::attempt(turn, pod, blocked, None);
    }
    if tried != Tried::Done {
        leave_waiting(turn, Candidate::New(pod), pod, false);
        return if holds_back(turn, pod) { tried } else { Tried::Done };
    }
    tried
}

/// POD-06, `block`. A resume or a move that is refused and does not wait holds back nobody.
fn holds_back(turn: &Turn<'_, '_>, pod: PodId) -> bool {
    turn.world.pods.get(pod).is_none_or(|row| row.rental.as_ref().is_some_and(|own| own.queued))
}

/// POD-12, POD-16. Whether a resume that found its host full asks for another from now on.
fn goes_on_elsewhere(turn: &mut Turn<'_, '_>, pod: PodId) -> bool {
    let allowed = turn.rules().pod_move == PodMove::Allowed;
    let row = &mut turn.world.pods[pod];
    let moves = allowed && row.waits_for().is_some() && row.rental().when_full == WhenFull::Move;
    if moves {
        row.rental_mut().errand = Errand::Elsewhere;
    }
    moves
}

/// POD-06, `block`. A new request behind one that did not fit is refused, or found no room.
fn leave_blocked(turn: &mut Turn<'_, '_>, candidate: Candidate, pod: PodId) -> Tried {
    if matches!(candidate, Candidate::New(_)) && look_at(turn, pod).is_none() {
        return Tried::Done;
    }
    leave_waiting(turn, candidate, pod, true);
    if holds_back(turn, pod) { Tried::NoRoom } else { Tried::Done }
}

/// A new request that found no room waits, is refused, or starts with zero GPUs: not if it is blocked.
fn leave_waiting(turn: &mut Turn<'_, '_>, candidate: Candidate, pod: PodId, blocked: bool) {
    if candidate != Candidate::New(pod) {
        return;
    }
    let row = &turn.world.pods[pod];
    let resumes = matches!(row.state, PodState::Resuming { .. });
    let patient = turn.now < row.rental().patience_until;
    let when_full = row.rental().when_full;
    match (resumes, when_full) {
        (true, WhenFull::ZeroGpu) if !blocked => place::resume_without_gpus(turn, pod),
        (true, WhenFull::Refuse | WhenFull::ZeroGpu | WhenFull::Move) => {
            rent::refuse(turn, pod, Refusal::NoCapacity);
        }
        (true, WhenFull::Wait) | (false, _) if patient => rent::wait(turn, pod),
        (true, WhenFull::Wait) | (false, _) => rent::refuse(turn, pod, Refusal::NoCapacity),
    }
}

/// POD-04. Refuses a new request that need not be tried; else gives what it would pay for which it was
/// found to be affordable, if there is anything.
#[inline(always)] // on the way of every pod
fn look_at(turn: &mut Turn<'_, '_>, pod: PodId) -> Option<Option<rent::Offer>> {
    match rent::check(turn, pod) {
        Ok(afforded) => Some(afforded),
        Err(reason) => {
            rent::refuse(turn, pod, reason);
            None
        }
    }
}
