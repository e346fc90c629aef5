//! The future: what is due, in the order of GEN-11.

pub mod event;

pub use event::{Class, Event};

use crate::units::SimTime;
use std::cmp::Reverse;
use std::collections::BinaryHeap;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Key {
    at: SimTime,
    class: Class,
    sequence: u64,
}

#[derive(Clone, Copy, Debug)]
struct Entry {
    key: Key,
    event: Event,
}
impl PartialEq for Entry {
    fn eq(&self, other: &Self) -> bool {
        self.key == other.key
    }
}
impl Eq for Entry {}
impl PartialOrd for Entry {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}
impl Ord for Entry {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.key.cmp(&other.key)
    }
}

/// A round that closes a class of the present instant; at most one of each kind is pending.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Round {
    /// The waiting and the new on-demand requests are tried.
    Ask,
    /// The waiting and the new spot requests are tried.
    Bid,
    /// Prices are published.
    Publish,
}

impl Round {
    const ALL: [Self; 3] = [Self::Ask, Self::Bid, Self::Publish];

    fn due(self) -> (Class, Event) {
        match self {
            Self::Ask => (Class::AskRound, Event::AskRound),
            Self::Bid => (Class::BidRound, Event::BidRound),
            Self::Publish => (Class::Publish, Event::Publish),
        }
    }
}

/// All that is due, earliest first.
#[derive(Default)]
pub struct Agenda {
    entries: BinaryHeap<Reverse<Entry>>,
    scheduled: u64,
    now: SimTime,
    raised: [bool; 3],
}

impl Agenda {
    /// Nothing is due.
    pub fn new() -> Self {
        Self::default()
    }
    /// Schedules `event` at `at` (now or later), in `class`. An event added at the present instant is
    /// taken in its own class, even an earlier one than the present.
    pub fn schedule(&mut self, at: SimTime, class: Class, event: Event) {
        let key = Key { at, class, sequence: self.scheduled };
        self.scheduled += 1;
        self.entries.push(Reverse(Entry { key, event }));
    }
    /// Makes `round` due in the present instant, once.
    pub fn raise(&mut self, round: Round) {
        self.raised[round as usize] = true;
    }
    /// Takes the next event: an entry, or a raised round where no entry of the present instant
    /// precedes its class.
    pub fn pop(&mut self) -> Option<(SimTime, Class, Event)> {
        if let Some(round) = Round::ALL.into_iter().find(|round| self.raised[*round as usize]) {
            let (class, event) = round.due();
            let sooner = self
                .entries
                .peek()
                .is_some_and(|Reverse(entry)| (entry.key.at, entry.key.class) <= (self.now, class));
            if !sooner {
                self.raised[round as usize] = false;
                return Some((self.now, class, event));
            }
        }
        let Reverse(entry) = self.entries.pop()?;
        self.now = entry.key.at;
        Some((entry.key.at, entry.key.class, entry.event))
    }
    /// How many events are pending, superseded ones included.
    pub fn pending(&self) -> usize {
        self.entries.len()
    }
}
