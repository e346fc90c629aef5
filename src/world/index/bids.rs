//! Hosts of one class by the bids that would have to give way (SPOT-05, SPOT-06).
//!
//! For each number g of GPUs, the hosts on which g can be had by displacing, in the order of SPOT-06:
//! least highest bid, then least sum of bids, then lower host. Because the last victim taken is never
//! spared, a bid can displace on a host exactly if it is above the highest bid there: one order serves
//! every bid, and on demand too.
//!
//! Each order is a tournament of four-member heats: a heat knows its winner, the final knows the
//! best of all. A change plays again only the heats in which it matters, mostly one, where an
//! ordered tree would have to search and rebalance; the best is read off; the next best are found
//! among those who lost to it directly.

use crate::units::Money;
use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// What displacing on a host costs those who are there: hosts are compared by it, least first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Key {
    /// The highest bid per GPU-hour among the victims.
    pub highest: Money,
    /// The sum of bid × GPUs over the victims.
    pub sum: Money,
}

/// Stands for "cannot be had here": behind every real key.
const ABSENT: Key =
    Key { highest: Money::from_nanos(i128::MAX), sum: Money::from_nanos(i128::MAX) };

/// The members of a class, for each number of GPUs in order of what displacing there costs.
///
/// All that concerns one member lies side by side, whatever the number of GPUs: a change of a host
/// touches all of its orders, and each line of memory that is not in the cache costs more than the
/// comparisons on it.
#[derive(Clone, Debug)]
pub struct BidIndex {
    /// How many orders there are: of 1 GPU, 2 GPUs, …
    orders: usize,
    members: u32,
    /// The key of each member in each order.
    keys: Vec<Key>,
    /// Round 0 is played by the members themselves, each further round by the winners of the one
    /// before; the last has one heat. Each heat holds its winner in each order.
    rounds: Vec<Vec<u32>>,
    /// Whether it was ever told of anything that can be displaced.
    used: bool,
}

/// How many enter a heat.
const HEAT: u32 = 4;

impl BidIndex {
    /// A class of `members` hosts with at most `gpus` GPUs each; nothing can be displaced yet.
    pub fn new(members: u32, gpus: u32) -> Self {
        let orders = gpus as usize;
        let mut rounds = Vec::new();
        let (mut entrants, mut reach) = (members, 1);
        while rounds.is_empty() || 1 < entrants {
            entrants = entrants.div_ceil(HEAT);
            reach *= HEAT;
            let winners = (0..entrants).flat_map(|heat| (0..gpus).map(move |_| heat * reach));
            rounds.push(winners.collect());
        }
        Self { orders, members, keys: vec![ABSENT; members as usize * orders], rounds, used: false }
    }
    /// States what displacing on `member` costs: `entries[g]` for g GPUs, none where g cannot be had
    /// so. Entry 0 is ignored, entries beyond the end count as none.
    pub fn set(&mut self, member: u32, entries: &[Option<Key>]) {
        for order in 0..self.orders {
            let entry = entries.get(order + 1).copied().flatten();
            self.used |= entry.is_some();
            self.set_key(order, member, entry.unwrap_or(ABSENT));
        }
    }
    /// Whether it was ever told of anything that can be displaced: of markets without spot not.
    pub fn is_used(&self) -> bool {
        self.used
    }
    /// Nothing can be displaced on `member` any more.
    pub fn remove(&mut self, member: u32) {
        self.set(member, &[]);
    }
    /// Whether anything can be displaced on `member`, as far as this index has been told: one GPU at
    /// least, then.
    pub fn holds(&self, member: u32) -> bool {
        0 < self.orders && self.keys[self.place(0, member)] != ABSENT
    }
    /// The hosts on which `gpus` GPUs (at least 1) can be had by displacing, in order of key, then of
    /// member.
    pub fn best(&self, gpus: u32) -> impl Iterator<Item = (Key, u32)> {
        let order = (gpus as usize).checked_sub(1).filter(|order| *order < self.orders);
        order.into_iter().flat_map(|order| self.ranking(order))
    }

    /// Where a member's key, or a heat's winner, of one order lies.
    fn place(&self, order: usize, row: u32) -> usize {
        row as usize * self.orders + order
    }
    /// What `member` is ranked by in one order.
    fn rank(&self, order: usize, member: u32) -> (Key, u32) {
        (self.keys[self.place(order, member)], member)
    }
    /// Gives `member` a new key in one order and plays again the heats that it changes.
    fn set_key(&mut self, order: usize, member: u32, key: Key) {
        let place = self.place(order, member);
        let before = std::mem::replace(&mut self.keys[place], key);
        if before == key {
            return;
        }
        let better = key < before;
        let (mut entrant, mut heat) = (member, member / HEAT);
        for round in 0..self.rounds.len() {
            let place = self.place(order, heat);
            let winner = self.rounds[round][place];
            if winner != member {
                // The heat was won by another: only a better entrant changes it.
                if self.rank(order, winner) < self.rank(order, entrant) {
                    return;
                }
            } else if !better {
                entrant = self.play(order, round, heat);
            }
            self.rounds[round][place] = entrant;
            heat /= HEAT;
        }
    }
    /// Who enters the heats of `round` from this row: a member, or a winner of the round before.
    fn entrant(&self, order: usize, round: usize, row: u32) -> Option<u32> {
        match round.checked_sub(1) {
            None => (row < self.members).then_some(row),
            Some(before) => self.rounds[before].get(self.place(order, row)).copied(),
        }
    }
    /// All who enter one heat.
    fn entrants(&self, order: usize, round: usize, heat: u32) -> impl Iterator<Item = u32> {
        (heat * HEAT..(heat + 1) * HEAT).filter_map(move |row| self.entrant(order, round, row))
    }
    /// The winner of a heat.
    fn play(&self, order: usize, round: usize, heat: u32) -> u32 {
        let entrants = self.entrants(order, round, heat);
        let winner = entrants.min_by_key(|entrant| self.rank(order, *entrant));
        winner.expect("a heat has an entrant")
    }
    /// All who can be had in one order, best first.
    fn ranking(&self, order: usize) -> Ranking<'_> {
        Ranking { index: self, order, told: None, beaten: BinaryHeap::new() }
    }
}

/// The members of a tournament, best first.
///
/// Whoever comes next has lost to nobody but those told already, so it is enough to keep, of each
/// heat that one of them won, the others. For the first answer nothing is kept at all.
struct Ranking<'a> {
    index: &'a BidIndex,
    order: usize,
    /// The last one told, and how many rounds it had won when it met a better one.
    told: Option<(u32, usize)>,
    /// Those who lost to one told already, with the rounds that they had won.
    beaten: BinaryHeap<Reverse<(Key, u32, usize)>>,
}

impl Ranking<'_> {
    /// Keeps those who lost directly to `winner` in the first `won` rounds.
    fn keep_beaten(&mut self, winner: u32, won: usize) {
        let mut heat = winner;
        for round in 0..won {
            heat /= HEAT;
            for entrant in self.index.entrants(self.order, round, heat) {
                let (key, member) = self.index.rank(self.order, entrant);
                if member != winner && key != ABSENT {
                    self.beaten.push(Reverse((key, member, round)));
                }
            }
        }
    }
}

impl Iterator for Ranking<'_> {
    type Item = (Key, u32);
    fn next(&mut self) -> Option<(Key, u32)> {
        let (member, won) = match self.told {
            None => {
                let rounds = self.index.rounds.len();
                (self.index.entrant(self.order, rounds, 0)?, rounds)
            }
            Some((winner, won)) => {
                self.keep_beaten(winner, won);
                let Reverse((_, member, won)) = self.beaten.pop()?;
                (member, won)
            }
        };
        let (key, member) = self.index.rank(self.order, member);
        if key == ABSENT {
            return None;
        }
        self.told = Some((member, won));
        Some((key, member))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn key(highest: u32, sum: u32) -> Key {
        let money = |nanos: u32| Money::from_nanos(i128::from(nanos));
        Key { highest: money(highest), sum: money(sum) }
    }

    proptest! {
        /// SPOT-06: the order agrees with a sorted scan of all members, with ties in each part of it.
        #[test]
        fn the_index_of_bids_agrees_with_a_scan(
            members in prop_oneof![1..6_u32, 14..19_u32, Just(300)],
            gpus in 1..=5_u32,
            steps in prop::collection::vec(
                (any::<u32>(), prop::collection::vec(prop::option::of((0..4_u32, 0..3_u32)), 0..8)),
                1..150,
            ),
        ) {
            let mut index = BidIndex::new(members, gpus);
            let mut scan = vec![Vec::new(); members as usize];
            for (member, entries) in steps {
                let member = member % members;
                let entries: Vec<Option<Key>> =
                    entries.into_iter().map(|entry| entry.map(|(h, s)| key(h, s))).collect();
                if entries.len() < 2 {
                    index.remove(member);
                } else {
                    index.set(member, &entries);
                }
                scan[member as usize] = entries;
                for g in 0..=gpus + 1 {
                    let place = if g == 0 || gpus < g { usize::MAX } else { g as usize };
                    let mut all: Vec<(Key, u32)> = (0..)
                        .zip(&scan)
                        .filter_map(|(member, entries)| Some(((*entries.get(place)?)?, member)))
                        .collect();
                    all.sort_unstable();
                    prop_assert_eq!(index.best(g).collect::<Vec<_>>(), all);
                }
            }
        }
    }

    #[test]
    fn a_class_without_members_offers_nobody() {
        assert_eq!(BidIndex::new(0, 8).best(1).next(), None);
    }
}
