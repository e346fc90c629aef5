//! Who waits, in the order in which rounds try them (POD-06, GEN-11).
//!
//! Shapes that name the same scopes and as many GPUs share a *lane*: the heads of their queues, ranked.
//! GPUs are what mostly runs out, so a round goes down a lane and leaves it where so many GPUs can no
//! longer be had: whoever stands behind, and bids no more, finds none either.
//!
//! Lanes are brought up to date when the next round begins. During a round they stand still, so that
//! who joins a queue meanwhile is tried in the round after.

use crate::ids::{Id, LaneId, ScopeId, ShapeId};
use crate::scenario::demand::{Clouds, Demand};
use crate::units::Money;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

/// The two classes of those who wait, each with a round of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Queue {
    /// On demand: class 7.
    OnDemand,
    /// Spot: class 8.
    Spot,
}

/// The order in which requests are tried: bids fall, then joining. On demand has no bid.
pub type Rank = (Reverse<Money>, u64);

/// Something by rank: on demand apart from spot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Queues<T> {
    /// On demand, by order of joining.
    pub asks: BTreeMap<u64, T>,
    /// Spot, the highest bid first, then order of joining.
    pub bids: BTreeMap<Rank, T>,
}

/// The first of either queue.
pub type Heads = (Option<u64>, Option<Rank>);

impl<T> Default for Queues<T> {
    fn default() -> Self {
        Self { asks: BTreeMap::new(), bids: BTreeMap::new() }
    }
}

impl<T: Copy> Queues<T> {
    /// Something joins: with its bid, if it is spot, and its order of joining.
    pub fn enter(&mut self, (bid, sequence): (Option<Money>, u64), item: T) {
        match bid {
            None => drop(self.asks.insert(sequence, item)),
            Some(bid) => drop(self.bids.insert((Reverse(bid), sequence), item)),
        }
    }
    /// It leaves.
    pub fn leave(&mut self, (bid, sequence): (Option<Money>, u64)) {
        match bid {
            None => drop(self.asks.remove(&sequence)),
            Some(bid) => drop(self.bids.remove(&(Reverse(bid), sequence))),
        }
    }
    /// All that is there.
    pub fn items(&self) -> impl Iterator<Item = T> {
        self.asks.values().chain(self.bids.values()).copied()
    }
    /// Whether nothing is there.
    pub fn is_empty(&self) -> bool {
        self.asks.is_empty() && self.bids.is_empty()
    }
    /// The first of either queue.
    pub fn heads(&self) -> Heads {
        let ask = self.asks.first_key_value().map(|(sequence, _)| *sequence);
        (ask, self.bids.first_key_value().map(|(rank, _)| *rank))
    }
    /// The first of `queue` at or after `rank`.
    pub fn at_or_after(&self, queue: Queue, rank: Rank) -> Option<(Rank, T)> {
        match queue {
            Queue::OnDemand => self.asks.range(rank.1..).next().map(ranked_ask),
            Queue::Spot => self.bids.range(rank..).next().map(ranked_bid),
        }
    }
    /// The first of `queue` at or after `rank`, and the one behind it.
    pub fn two_at_or_after(&self, queue: Queue, rank: Rank) -> [Option<(Rank, T)>; 2] {
        match queue {
            Queue::OnDemand => {
                let mut asks = self.asks.range(rank.1..).map(ranked_ask);
                [asks.next(), asks.next()]
            }
            Queue::Spot => {
                let mut bids = self.bids.range(rank..).map(ranked_bid);
                [bids.next(), bids.next()]
            }
        }
    }
}

fn ranked_ask<T: Copy>((sequence, item): (&u64, &T)) -> (Rank, T) {
    ((Reverse(Money::ZERO), *sequence), *item)
}
fn ranked_bid<T: Copy>((rank, item): (&Rank, &T)) -> (Rank, T) {
    (*rank, *item)
}

/// What the shapes of a lane share: types, clouds, GPUs, means, and what they demand of places.
type Key = (u32, Clouds, u32, Option<Money>, u32);

/// The waiting shapes that name the same scopes and as many GPUs, and whose means are the same.
#[derive(Clone, Debug)]
pub struct Lane {
    key: Key,
    /// The scopes named.
    pub scopes: Vec<ScopeId>,
    /// How many GPUs.
    pub gpus: u32,
    /// The highest price per GPU-hour that those in it afford, where they are set aside.
    pub means: Option<Money>,
    /// CLD-05. What they demand of the host's place.
    pub site: u32,
    /// How many shapes there are that belong to it, waited in or not.
    shapes: u32,
    /// The shapes, each at the rank of its queue's head.
    pub heads: Queues<ShapeId>,
}

/// All lanes: no more than there are lists of types, choices of clouds, numbers of GPUs, demands on places,
/// and prices that those who are set aside afford.
#[derive(Clone, Debug, Default)]
pub struct Lanes {
    rows: Vec<Lane>,
    by_key: BTreeMap<Key, LaneId>,
    /// Rows that hold no lane.
    vacant: Vec<LaneId>,
    /// For each scope those in which anybody waits, in order.
    pub by_scope: BTreeMap<ScopeId, Vec<LaneId>>,
}

impl Lanes {
    /// The lane of `demand`, which names these scopes, and `means`, for one shape more.
    pub(super) fn join(
        &mut self,
        demand: &Demand,
        means: Option<Money>,
        scopes: &[ScopeId],
    ) -> LaneId {
        let Demand { types, clouds, gpus, site, .. } = *demand;
        let key = (types, clouds, gpus, means, site);
        let lane = self.by_key.get(&key).copied().unwrap_or_else(|| {
            let scopes = scopes.to_vec();
            self.add(Lane { key, scopes, gpus, means, site, shapes: 0, heads: Queues::default() })
        });
        self.rows[lane.index()].shapes += 1;
        lane
    }
    fn add(&mut self, row: Lane) -> LaneId {
        let key = row.key;
        let lane = match self.vacant.pop() {
            Some(lane) => {
                self.rows[lane.index()] = row;
                lane
            }
            None => {
                self.rows.push(row);
                LaneId::from_index(self.rows.len() - 1)
            }
        };
        self.by_key.insert(key, lane);
        lane
    }
    /// One shape of `lane`, in which nobody waits, less.
    pub(super) fn leave(&mut self, lane: LaneId) {
        let row = &mut self.rows[lane.index()];
        row.shapes -= 1;
        if row.shapes == 0 {
            self.by_key.remove(&row.key);
            self.vacant.push(lane);
        }
    }
    /// A lane.
    pub fn get(&self, lane: LaneId) -> &Lane {
        &self.rows[lane.index()]
    }
    /// All lanes.
    pub fn ids(&self) -> impl Iterator<Item = LaneId> + use<> {
        (0..self.rows.len()).map(LaneId::from_index)
    }
    /// The lanes of `scope` in which anybody waits.
    pub fn of_scope(&self, scope: ScopeId) -> impl Iterator<Item = LaneId> {
        self.by_scope.get(&scope).into_iter().flatten().copied()
    }
    /// POD-06, `block`. These scopes, and those that anybody who waits in them names, and so on: who
    /// may go there is held back there by others.
    pub fn connected(&self, mut scopes: BTreeSet<ScopeId>) -> BTreeSet<ScopeId> {
        let mut new: Vec<ScopeId> = scopes.iter().copied().collect();
        while let Some(scope) = new.pop() {
            let named = self.of_scope(scope).flat_map(|lane| &self.get(lane).scopes);
            new.extend(named.copied().filter(|named| scopes.insert(*named)));
        }
        scopes
    }
    /// Lists `shape` at these heads instead of the former.
    pub(super) fn list(&mut self, lane: LaneId, shape: ShapeId, former: Heads, heads: Heads) {
        let row = &mut self.rows[lane.index()];
        let was_empty = row.heads.is_empty();
        move_head(&mut row.heads.asks, shape, former.0, heads.0);
        move_head(&mut row.heads.bids, shape, former.1, heads.1);
        let is_empty = row.heads.is_empty();
        if was_empty == is_empty {
            return;
        }
        for scope in &row.scopes {
            let lanes = self.by_scope.entry(*scope).or_default();
            match lanes.binary_search(&lane) {
                Ok(place) if is_empty => drop(lanes.remove(place)),
                Err(place) if !is_empty => lanes.insert(place, lane),
                Ok(_) | Err(_) => {}
            }
        }
    }
}

fn move_head<R: Ord>(
    heads: &mut BTreeMap<R, ShapeId>,
    shape: ShapeId,
    former: Option<R>,
    head: Option<R>,
) {
    if former == head {
        return;
    }
    if let Some(head) = head {
        heads.insert(head, shape);
    }
    if let Some(former) = former {
        heads.remove(&former);
    }
}
