//! The rounds of classes 7 and 8: who is tried, in which order (GEN-11, POD-06).
//!
//! On demand: the waiting by request time, then the new by sequence; both are the order of joining. A
//! round precedes the next new request, so that each finds what those before it left.
//! Spot: waiting and new together, the highest bid first, then the order of joining. Requests of equal
//! demand fit or fail together, so a queue whose head finds no room is done for this round; and so is a
//! whole lane, or who waits for one host, once GPUs are nowhere to be had there.
//!
//! A new request is looked at as a whole in its turn: whether it is refused before the market is asked,
//! and of a spot resume even whether its pod is stopped.

use crate::agenda::Round;
use crate::ids::{HostId, LaneId, PodId, ScopeId, ShapeId};
use crate::journal::fact::{Kind, Refusal};
use crate::market::place::{self, Tried};
use crate::market::rent::{self, Resume};
use crate::scenario::demand::WhenFull;
use crate::scenario::rules::WaitingOrder;
use crate::turn::Turn;
use crate::units::Money;
use crate::world::Freed;
use crate::world::pod::PodState;
use crate::world::waiting::lanes::{Queue, Rank};
use std::cmp::Reverse;
use std::collections::{BTreeSet, BinaryHeap};

/// Before everybody.
const FIRST: Rank = (Reverse(Money::from_nanos(i128::MAX)), 0);

/// One who is to be tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Candidate {
    /// The head of a shape's queue.
    Head(ShapeId),
    /// The next of a lane, and all behind it.
    Lane(LaneId),
    /// The first of those who wait for a host where something came free; apart those without GPUs.
    Resumer(HostId, bool),
    /// One who waits, to be tried whatever came free (POD-06).
    Again(PodId),
    /// One who joined in this instant.
    New(PodId),
    /// A spot resume that was asked for in this instant: its place among them.
    Asked(usize),
}

/// Tries all that this round is for.
pub fn run(turn: &mut Turn<'_, '_>, queue: Queue) {
    let (freed, new) = match queue {
        Queue::OnDemand => (&mut turn.world.freed_for_asks, &mut turn.world.new_asks),
        Queue::Spot => (&mut turn.world.freed_for_bids, &mut turn.world.new_bids),
    };
    let block = turn.scenario.rules.waiting_order == WaitingOrder::Block;
    let asked = match queue {
        Queue::OnDemand => Vec::new(),
        Queue::Spot => std::mem::take(&mut turn.world.new_resumes),
    };
    if freed.is_empty()
        && asked.is_empty()
        && !block
        && let [pod] = new[..]
    {
        // The common case: one new request, nobody else to try.
        new.clear();
        try_new(turn, pod, &[]);
        return;
    }
    let (freed, mut new) = (std::mem::take(freed), std::mem::take(new));
    turn.world.shapes.update_lanes();
    let mut order = BinaryHeap::new();
    gather(turn, queue, (&freed, &new, &asked), &mut order);
    let ranked = asked.iter().enumerate().map(|(index, (place, resume))| {
        let Kind::Spot { bid } = resume.kind else { unreachable!("only spot resumes are kept") };
        Reverse(((Reverse(bid), *place), Candidate::Asked(index)))
    });
    order.extend(ranked);
    let left = try_all(turn, queue, &asked, order);
    if !left.is_empty() {
        put_back(turn, queue, (&freed, &asked), left);
    }
    new.clear();
    turn.world.lend_again(queue == Queue::OnDemand, new);
}

/// What a placement set off comes first, be it that it stands in an earlier class or lets others be
/// tried; those who are left wait for the next round of this instant.
fn put_back(
    turn: &mut Turn<'_, '_>,
    queue: Queue,
    (freed, asked): (&Freed, &[(u64, Resume)]),
    left: BinaryHeap<Reverse<(Rank, Candidate)>>,
) {
    let world = &mut turn.world;
    let (again, new, round) = match queue {
        Queue::OnDemand => (&mut world.freed_for_asks, &mut world.new_asks, Round::Ask),
        Queue::Spot => (&mut world.freed_for_bids, &mut world.new_bids, Round::Bid),
    };
    for Reverse((_, candidate)) in left {
        match candidate {
            Candidate::New(pod) => new.push(pod),
            Candidate::Asked(index) => world.new_resumes.push(asked[index]),
            Candidate::Head(_)
            | Candidate::Lane(_)
            | Candidate::Resumer(..)
            | Candidate::Again(_) => {}
        }
    }
    again.scopes.extend(&freed.scopes);
    again.hosts.extend(&freed.hosts);
    again.pods.extend(&freed.pods);
    turn.agenda.raise(round);
}

/// Tries those who were gathered, and those behind a head that found its place, in their order, until
/// an event of an earlier class is due, or a placement leaves something to those who wait and may stand
/// before those who are left; gives these.
fn try_all(
    turn: &mut Turn<'_, '_>,
    queue: Queue,
    asked: &[(u64, Resume)],
    mut order: BinaryHeap<Reverse<(Rank, Candidate)>>,
) -> BinaryHeap<Reverse<(Rank, Candidate)>> {
    let class = turn.class;
    let block = turn.scenario.rules.waiting_order == WaitingOrder::Block;
    let mut blocked: Vec<ScopeId> = Vec::new();
    while let Some(Reverse((rank, mut candidate))) = order.pop() {
        let pod = match candidate {
            Candidate::Head(_) | Candidate::Resumer(..) => {
                match first_of(turn, queue, candidate, rank) {
                    Some((found, pod)) if found == rank => pod,
                    Some((next, _)) => {
                        order.push(Reverse((next, candidate)));
                        continue;
                    }
                    None => continue,
                }
            }
            Candidate::Lane(lane) => {
                if goes_on(turn, queue, (rank, lane), &blocked) {
                    push_head(turn, queue, lane, rank, &mut order);
                }
                continue;
            }
            Candidate::Again(pod) | Candidate::New(pod) => pod,
            Candidate::Asked(index) => {
                let (place, resume) = &asked[index];
                if !rent::begin_resume(turn, resume, *place) {
                    continue;
                }
                candidate = Candidate::New(resume.pod);
                resume.pod
            }
        };
        let tried = if block && is_blocked(turn, pod, &blocked) {
            leave_blocked(turn, candidate, pod)
        } else {
            try_one(turn, candidate, pod, &blocked)
        };
        if tried != Tried::Done && block {
            blocked.extend(scopes_of(turn, pod));
        }
        if may_serve_next(turn, candidate, tried, bid_of(queue, rank)) {
            let next = first_of(turn, queue, candidate, (rank.0, rank.1 + 1));
            order.extend(next.map(|(rank, _)| Reverse((rank, candidate))));
        }
        if tried == Tried::Done && (turn.agenda.precedes(class) || came_free(turn, queue)) {
            break;
        }
    }
    order
}

/// Whether the one behind `candidate` in its queue is to be tried after it, at no higher bid.
fn may_serve_next(
    turn: &Turn<'_, '_>,
    candidate: Candidate,
    tried: Tried,
    bid: Option<Money>,
) -> bool {
    match candidate {
        Candidate::Head(_) => match tried {
            Tried::Done => true,
            Tried::TooDear => turn.rules().waiting_order == WaitingOrder::Skip,
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
            match turn.world.pods.get(pod) {
                Some(row) if row.state.waits() && row.rental().queued => {
                    place::attempt(turn, pod, blocked, None)
                }
                _ => Tried::Done,
            }
        }
    }
}

fn try_new(turn: &mut Turn<'_, '_>, pod: PodId, blocked: &[ScopeId]) -> Tried {
    // A request may have been stopped or refused between its joining and its round.
    let waits = |row: &crate::world::pod::Pod| row.state.waits() && !row.rental().queued;
    if !turn.world.pods.get(pod).is_some_and(waits) {
        return Tried::Done;
    }
    let Some(afforded) = look_at(turn, pod) else { return Tried::Done };
    let tried = place::attempt(turn, pod, blocked, afforded);
    if tried != Tried::Done {
        leave_waiting(turn, Candidate::New(pod), pod, false);
    }
    tried
}

/// POD-06, `block`. A new request behind one that did not fit is refused, or found no room.
fn leave_blocked(turn: &mut Turn<'_, '_>, candidate: Candidate, pod: PodId) -> Tried {
    if matches!(candidate, Candidate::New(_)) && look_at(turn, pod).is_none() {
        return Tried::Done;
    }
    leave_waiting(turn, candidate, pod, true);
    Tried::NoRoom
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
        (true, WhenFull::Refuse | WhenFull::ZeroGpu) => {
            rent::refuse(turn, pod, Refusal::NoCapacity);
        }
        (true, WhenFull::Wait) | (false, _) if patient => rent::wait(turn, pod),
        (true, WhenFull::Wait) | (false, _) => rent::refuse(turn, pod, Refusal::NoCapacity),
    }
}

/// POD-04. Refuses a new request that need not be tried; else gives the price at which it was found to
/// be affordable, if there is one.
fn look_at(turn: &mut Turn<'_, '_>, pod: PodId) -> Option<Option<Money>> {
    match rent::check(turn, pod) {
        Ok(afforded) => Some(afforded),
        Err(reason) => {
            rent::refuse(turn, pod, reason);
            None
        }
    }
}

/// Puts all who are to be tried into their order.
fn gather(
    turn: &Turn<'_, '_>,
    queue: Queue,
    (freed, new, asked): (&Freed, &[PodId], &[(u64, Resume)]),
    order: &mut BinaryHeap<Reverse<(Rank, Candidate)>>,
) {
    let rank_of = |pod: PodId| {
        turn.world.pods.get(pod).and_then(|row| {
            let rental = row.rental.as_ref()?;
            Some((Reverse(row.bid().unwrap_or_default()), rental.sequence))
        })
    };
    let block = turn.rules().waiting_order == WaitingOrder::Block;
    let lanes = &turn.world.shapes.lanes;
    let fleet = &turn.world.fleet;
    // POD-06, `block`: hosts where nothing came free, too. Who waits for a host there names its scope,
    // and may block whoever asks after it.
    let mut others: BTreeSet<HostId> = BTreeSet::new();
    match freed.scopes.first() {
        Some(scope) if freed.scopes.len() == 1 && !block => {
            lanes.of_scope(*scope).for_each(|lane| push_head(turn, queue, lane, FIRST, order));
        }
        _ => {
            // A lane may name several of them.
            let mut scopes = freed.scopes.clone();
            if block {
                let resumes = asked.iter().map(|(_, resume)| &resume.pod);
                let those = new.iter().chain(&freed.pods).chain(resumes);
                scopes.extend(those.flat_map(|pod| scopes_of(turn, *pod)));
                scopes = lanes.connected(scopes);
                let all = scopes.iter().flat_map(|scope| &fleet.scopes[*scope].hosts);
                let waited_for = |host: &&HostId| !fleet.hosts[**host].resuming.is_empty();
                others.extend(all.filter(waited_for).filter(|host| !freed.hosts.contains(host)));
            }
            let named = scopes.iter().flat_map(|scope| lanes.of_scope(*scope));
            let named: BTreeSet<LaneId> = named.collect();
            named.into_iter().for_each(|lane| push_head(turn, queue, lane, FIRST, order));
        }
    }
    for host in freed.hosts.iter().chain(&others) {
        for without in [false, true] {
            let candidate = Candidate::Resumer(*host, without);
            let first = first_of(turn, queue, candidate, FIRST);
            order.extend(first.map(|(rank, _)| Reverse((rank, candidate))));
        }
    }
    let again = freed.pods.iter().map(|pod| (*pod, Candidate::Again(*pod)));
    let those = again.chain(new.iter().map(|pod| (*pod, Candidate::New(*pod))));
    order.extend(those.filter_map(|(pod, candidate)| Some(Reverse((rank_of(pod)?, candidate)))));
}

/// The first at or after `rank` of the queue of a shape or a host.
fn first_of(
    turn: &Turn<'_, '_>,
    queue: Queue,
    candidate: Candidate,
    rank: Rank,
) -> Option<(Rank, PodId)> {
    let queues = match candidate {
        Candidate::Head(shape) => &turn.world.shapes.get(shape).queues,
        Candidate::Resumer(host, without) => turn.world.fleet.hosts[host].resuming.queues(without),
        Candidate::Lane(_) | Candidate::Again(_) | Candidate::New(_) | Candidate::Asked(_) => {
            return None;
        }
    };
    queues.at_or_after(queue, rank)
}

/// Puts the first of a lane at or after `rank` into the order, and the rest of the lane behind it.
fn push_head(
    turn: &Turn<'_, '_>,
    queue: Queue,
    lane: LaneId,
    rank: Rank,
    order: &mut BinaryHeap<Reverse<(Rank, Candidate)>>,
) {
    let heads = &turn.world.shapes.lanes.get(lane).heads;
    let [head, next] = heads.two_at_or_after(queue, rank);
    order.extend(head.map(|(rank, shape)| Reverse((rank, Candidate::Head(shape)))));
    order.extend(next.map(|(rank, _)| Reverse((rank, Candidate::Lane(lane)))));
}

/// The bid in a rank.
fn bid_of(queue: Queue, rank: Rank) -> Option<Money> {
    (queue == Queue::Spot).then_some(rank.0.0)
}

/// Whether those of a lane from `rank` on are still to be tried.
///
/// Where so many GPUs are nowhere to be had at that bid, they won't be in this round: whoever comes next
/// bids no more, and can only displace what was within reach already.
fn goes_on(
    turn: &mut Turn<'_, '_>,
    queue: Queue,
    (rank, lane): (Rank, LaneId),
    blocked: &[ScopeId],
) -> bool {
    let row = turn.world.shapes.lanes.get(lane);
    match turn.rules().waiting_order {
        // POD-06. Who finds nothing there blocks its scopes.
        WaitingOrder::Block => row.scopes.iter().any(|scope| !blocked.contains(scope)),
        WaitingOrder::Skip => {
            let (scopes, gpus) = (row.scopes.clone(), row.gpus);
            place::may_find_gpus(turn, &scopes, gpus, bid_of(queue, rank))
        }
    }
}

/// The scopes that a request names: a resume names its host's.
pub(super) fn scopes_of(turn: &Turn<'_, '_>, pod: PodId) -> Vec<ScopeId> {
    let Some(row) = turn.world.pods.get(pod) else { return Vec::new() };
    match row.tied {
        Some(host) => vec![scope_of(turn, host)],
        None => turn.world.shapes.get(row.shape).scopes.clone(),
    }
}

fn scope_of(turn: &Turn<'_, '_>, host: HostId) -> ScopeId {
    turn.world.fleet.hosts[host].scope
}

/// POD-06, `waiting_order: block`. Whether one before it, that did not fit, names all of its scopes.
fn is_blocked(turn: &Turn<'_, '_>, pod: PodId, blocked: &[ScopeId]) -> bool {
    let scopes = scopes_of(turn, pod);
    !scopes.is_empty() && scopes.iter().all(|scope| blocked.contains(scope))
}
