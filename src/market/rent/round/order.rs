//! Who is tried in a round, and in which order (GEN-11, POD-06).
//!
//! Those who wait are gathered anew for each round, by lanes and hosts, of which there are few. Those who
//! joined in this instant may be thousands; they stand in an order of their own, which outlasts a round
//! that breaks off.

use crate::ids::{HostId, LaneId, PodId, ScopeId, ShapeId};
use crate::market::place;
use crate::scenario::demand::WhenFull;
use crate::scenario::rules::WaitingOrder;
use crate::turn::Turn;
use crate::units::Money;
use crate::world::pod::Pod;
use crate::world::waiting::lanes::{Queue, Rank};
use crate::world::{Freed, Joined, World};
use std::cmp::Reverse;
use std::collections::{BTreeSet, BinaryHeap};

/// Before everybody.
const FIRST: Rank = (Reverse(Money::from_nanos(i128::MAX)), 0);

/// One who is to be tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Candidate {
    /// The head of a shape's queue.
    Head(ShapeId),
    /// The next of a lane, and all behind it.
    Lane(LaneId),
    /// The first of those who wait for a host where something came free; apart those without GPUs.
    Resumer(HostId, bool),
    /// One who waits, and is tried whatever came free (POD-06), or was set aside until its account changed
    /// in this round.
    Again(PodId),
    /// One who joined in this instant.
    New(PodId),
    /// A spot resume that was asked for in this instant: its place among them.
    Asked(usize),
}

impl From<Joined> for Candidate {
    fn from(joined: Joined) -> Self {
        match joined {
            Joined::Pod(pod) => Self::New(pod),
            Joined::Resume(index) => Self::Asked(index),
        }
    }
}

/// One of them, and where it stands.
pub(super) type Ranked = (Rank, Candidate);

/// Those who wait, in order. The first stands apart: so a round with one of them asks for no memory.
#[derive(Default)]
pub(super) struct Order {
    first: Option<Ranked>,
    rest: BinaryHeap<Reverse<Ranked>>,
}

impl Order {
    pub(super) fn push(&mut self, new: Ranked) {
        let Some(first) = self.first else {
            self.first = Some(new);
            return;
        };
        self.first = Some(first.min(new));
        self.rest.push(Reverse(first.max(new)));
    }
    fn first(&self) -> Option<&Ranked> {
        self.first.as_ref()
    }
    fn pop(&mut self) -> Option<Ranked> {
        let next = self.rest.pop().map(|Reverse(next)| next);
        std::mem::replace(&mut self.first, next)
    }
    pub(super) fn is_empty(&self) -> bool {
        self.first.is_none()
    }
    /// All of them, in no order.
    pub(super) fn into_candidates(self) -> impl Iterator<Item = Candidate> {
        let rest = self.rest.into_iter().map(|Reverse(ranked)| ranked);
        self.first.into_iter().chain(rest).map(|(_, candidate)| candidate)
    }
}

impl Extend<Ranked> for Order {
    fn extend<T: IntoIterator<Item = Ranked>>(&mut self, new: T) {
        new.into_iter().for_each(|ranked| self.push(ranked));
    }
}

/// Takes the next to be tried, of those who wait and those who joined.
pub(super) fn take_next(
    turn: &mut Turn<'_, '_>,
    queue: Queue,
    order: &mut Order,
) -> Option<Ranked> {
    let joined = turn.world.joined_mut(queue);
    let new = joined.peek().map(|Reverse((rank, who))| (*rank, Candidate::from(*who)));
    match (order.first(), new) {
        (Some(waiting), Some(new)) if *waiting < new => {}
        (_, Some(new)) => {
            joined.pop();
            return Some(new);
        }
        (_, None) => {}
    }
    order.pop()
}

/// Where a request is tried among those of its class; none if nothing is asked for the pod any more.
pub(super) fn rank_of(world: &World, pod: PodId) -> Option<Rank> {
    world.pods.get(pod).and_then(Pod::rank)
}

/// Whether a request still waits, and is not set aside.
pub(super) fn waits_at_home(world: &World, pod: PodId) -> bool {
    world
        .pods
        .get(pod)
        .and_then(|row| row.rental)
        .is_some_and(|rental| rental.queued && rental.set_aside.is_none())
}

/// Puts those who wait and are to be tried into their order.
pub(super) fn gather(turn: &Turn<'_, '_>, queue: Queue, freed: &Freed) -> Order {
    let mut order = Order::default();
    let block = turn.rules().waiting_order == WaitingOrder::Block;
    let lanes = &turn.world.shapes.lanes;
    let fleet = &turn.world.fleet;
    // POD-06, `block`: hosts where nothing came free, too. Who waits for a host there names its scope,
    // and may block whoever asks after it.
    let mut others: BTreeSet<HostId> = BTreeSet::new();
    match freed.scopes.first() {
        Some(scope) if freed.scopes.len() == 1 && !block => {
            lanes.of_scope(*scope).for_each(|lane| push_head(turn, queue, lane, FIRST, &mut order));
        }
        _ => {
            // A lane may name several of them.
            let mut scopes: BTreeSet<ScopeId> = freed.scopes.iter().copied().collect();
            if block {
                scopes.extend(scopes_of_joined(turn, queue));
                scopes.extend(freed.pods.iter().flat_map(|pod| scopes_of(turn, *pod)));
                scopes = lanes.connected(scopes);
                let all = scopes.iter().flat_map(|scope| &fleet.scopes[*scope].hosts);
                let waited_for = |host: &&HostId| !fleet.hosts[**host].resuming.is_empty();
                others.extend(all.filter(waited_for).filter(|host| !freed.hosts.contains(host)));
            }
            let named = scopes.iter().flat_map(|scope| lanes.of_scope(*scope));
            let named: BTreeSet<LaneId> = named.collect();
            named.into_iter().for_each(|lane| push_head(turn, queue, lane, FIRST, &mut order));
        }
    }
    for host in freed.hosts.iter().chain(&others) {
        for without in [false, true] {
            let candidate = Candidate::Resumer(*host, without);
            let first = first_of(turn, queue, candidate, FIRST);
            order.extend(first.map(|(rank, _)| (rank, candidate)));
        }
    }
    order.extend(freed.pods.iter().filter_map(|pod| {
        let rank = rank_of(&turn.world, *pod)?;
        Some((rank, Candidate::Again(*pod)))
    }));
    order
}

/// POD-06. An account has changed in this round, so that its requests were taken back from those who are
/// set aside: whoever of them stands after `rank`, and waits where something came free, is yet to be tried.
pub(super) fn add_returned(turn: &mut Turn<'_, '_>, freed: &Freed, rank: Rank, order: &mut Order) {
    for pod in std::mem::take(&mut turn.world.aside.returned) {
        if let Some(place) = rank_of(&turn.world, pod).filter(|place| rank < *place)
            && scopes_of(turn, pod).iter().any(|scope| freed.scopes.contains(scope))
        {
            order.push((place, Candidate::Again(pod)));
        }
    }
}

/// The scopes that those name who joined in this instant.
fn scopes_of_joined(turn: &Turn<'_, '_>, queue: Queue) -> impl Iterator<Item = ScopeId> {
    let scopes = |Reverse((_, joined)): &Reverse<(Rank, Joined)>| match joined {
        Joined::Pod(pod) => scopes_of(turn, *pod),
        Joined::Resume(index) => {
            let resume = &turn.world.new_resumes[*index].1;
            let row = turn.world.pods.get(resume.pod);
            row.map_or(Vec::new(), |row| named_by(turn, row, (!resume.elsewhere, resume.when_full)))
        }
    };
    turn.world.joined(queue).iter().flat_map(scopes)
}

/// The first at or after `rank` of the queue of a shape or a host.
pub(super) fn first_of(
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
pub(super) fn push_head(
    turn: &Turn<'_, '_>,
    queue: Queue,
    lane: LaneId,
    rank: Rank,
    order: &mut Order,
) {
    let heads = &turn.world.shapes.lanes.get(lane).heads;
    let [head, next] = heads.two_at_or_after(queue, rank);
    order.extend(head.map(|(rank, shape)| (rank, Candidate::Head(shape))));
    order.extend(next.map(|(rank, _)| (rank, Candidate::Lane(lane))));
}

/// The bid in a rank.
pub(super) fn bid_of(queue: Queue, rank: Rank) -> Option<Money> {
    (queue == Queue::Spot).then_some(rank.0.0)
}

/// Whether those of a lane from `rank` on are still to be tried.
///
/// Where so many GPUs are nowhere to be had at that bid, they won't be in this round: whoever comes next
/// bids no more, and can only displace what was within reach already.
pub(super) fn goes_on(
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
            let (scopes, gpus, site, means) = (row.scopes.clone(), row.gpus, row.site, row.means);
            place::may_find_gpus(turn, &scopes, (gpus, site), (bid_of(queue, rank), means))
        }
    }
}

/// The scopes that a request names: a resume names its host's, a move its demand's, and a resume that moves if its
/// host is full both.
pub(in crate::market::rent) fn scopes_of(turn: &Turn<'_, '_>, pod: PodId) -> Vec<ScopeId> {
    let Some(row) = turn.world.pods.get(pod) else { return Vec::new() };
    let when_full = row.rental.as_ref().map_or(WhenFull::Refuse, |own| own.when_full);
    named_by(turn, row, (!row.goes_elsewhere(), when_full))
}

/// The same of a request that asks for its pod's own host, or not, and does this if that is full.
fn named_by(turn: &Turn<'_, '_>, row: &Pod, (own, when_full): (bool, WhenFull)) -> Vec<ScopeId> {
    let own = row.tied.filter(|_| own).map(|host| scope_of(turn, host));
    let demand = || turn.world.shapes.get(row.shape).scopes.iter().copied();
    match own {
        Some(own) if when_full == WhenFull::Move => std::iter::once(own).chain(demand()).collect(),
        Some(own) => vec![own],
        None => demand().collect(),
    }
}

fn scope_of(turn: &Turn<'_, '_>, host: HostId) -> ScopeId {
    turn.world.fleet.hosts[host].scope
}

/// POD-06. Whether a candidate is to be tried: one who waits only where something came free, or cheaper, for
/// it, or its account got money, or it lost a promise. Under `block` others stand in the order, too, for they may hold back whoever asks after them.
pub(super) fn has_cause(
    turn: &Turn<'_, '_>,
    freed: &Freed,
    candidate: Candidate,
    pod: PodId,
) -> bool {
    let came_free = match candidate {
        Candidate::Resumer(host, _) => freed.hosts.contains(&host),
        Candidate::Head(_) | Candidate::Lane(_) => {
            scopes_of(turn, pod).iter().any(|scope| freed.scopes.contains(scope))
        }
        Candidate::Again(_) | Candidate::New(_) | Candidate::Asked(_) => true,
    };
    came_free || freed.pods.contains(&pod)
}

/// POD-06, `waiting_order: block`. Whether one before it, that did not fit, names all of its scopes.
pub(super) fn is_blocked(turn: &Turn<'_, '_>, pod: PodId, blocked: &[ScopeId]) -> bool {
    let scopes = scopes_of(turn, pod);
    !scopes.is_empty() && scopes.iter().all(|scope| blocked.contains(scope))
}
