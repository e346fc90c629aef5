//! The future: what is due, in the order of GEN-11.
//!
//! Entries wait in a ladder, which takes and adds one in constant time however many are pending.
//! Rounds close a class of the present instant and are raised far more often than they run, so they
//! wait beside it as three flags.

mod buckets;
mod class;
mod entry;
pub mod event;
mod ladder;

pub use class::Class;
pub use event::Event;

use crate::units::SimTime;
use entry::Entry;
use ladder::Ladder;

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

    fn bit(self) -> u8 {
        1 << self as u8
    }
    fn due(self) -> (Class, Event) {
        match self {
            Self::Ask => (Class::AskRound, Event::AskRound),
            Self::Bid => (Class::BidRound, Event::BidRound),
            Self::Publish => (Class::Publish, Event::Publish),
        }
    }
}

/// All that is due, earliest first.
pub struct Agenda {
    entries: Ladder,
    scheduled: u64,
    now: SimTime,
    /// Which rounds are raised, a bit each.
    raised: u8,
}

impl Default for Agenda {
    fn default() -> Self {
        Self::new()
    }
}

impl Agenda {
    /// Nothing is due.
    pub fn new() -> Self {
        Self { entries: Ladder::new(), scheduled: 0, now: SimTime::ZERO, raised: 0 }
    }
    /// Schedules `event` at `at` (now or later), in `class`. An event added at the present instant is
    /// taken in its own class, even an earlier one than the present.
    pub fn schedule(&mut self, at: SimTime, class: Class, event: Event) {
        self.entries.push(Entry::new(at, class, self.scheduled, event));
        self.scheduled += 1;
    }
    /// Makes `round` due in the present instant, once.
    pub fn raise(&mut self, round: Round) {
        self.raised |= round.bit();
    }
    /// Takes the next event: an entry, or a raised round where no entry of the present instant
    /// precedes its class.
    pub fn pop(&mut self) -> Option<(SimTime, Class, Event)> {
        if self.raised != 0
            && let Some(due) = self.pop_round()
        {
            return Some(due);
        }
        let entry = self.entries.pop()?;
        self.now = entry.at;
        Some((entry.at, entry.class(), entry.event))
    }
    /// Whether an event of the present instant, of an earlier class than `class`, is due.
    pub fn precedes(&mut self, class: Class) -> bool {
        let now = self.now;
        self.entries.first().is_some_and(|entry| (entry.at, entry.class()) < (now, class))
    }
    /// The entry that is likely to be taken next, if that is known without looking for it.
    pub fn foreseen(&self) -> Option<Event> {
        self.entries.foreseen().map(|entry| entry.event)
    }
    /// How many events are pending, superseded ones included.
    pub fn pending(&self) -> usize {
        self.entries.len()
    }
    /// How many entries there is room for without asking for more memory.
    pub fn room(&self) -> usize {
        self.entries.room()
    }
    /// Takes the first raised round, unless an entry of the present instant precedes it.
    fn pop_round(&mut self) -> Option<(SimTime, Class, Event)> {
        let round = Round::ALL.into_iter().find(|round| self.raised & round.bit() != 0)?;
        let (class, event) = round.due();
        let now = self.now;
        let sooner = |entry: &Entry| (entry.at, entry.class()) <= (now, class);
        if self.entries.first().is_some_and(sooner) {
            return None;
        }
        self.raised &= !round.bit();
        Some((self.now, class, event))
    }
}
