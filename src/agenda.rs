//! The future: what is due, in the order of GEN-11.
//!
//! Entries wait in a ladder, which takes and adds one in constant time however many are pending.
//! Rounds close a class of the present instant and are raised far more often than they run, so they
//! wait beside it as three flags. So do the next arrivals of sources, where these are few: each of them
//! replaces itself, so that a short list in order takes it with fewer steps than a ladder of all that is
//! pending.

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

/// So many arrivals wait beside the ladder at most.
const FEW_SOURCES: usize = 8;

/// All that is due, earliest first.
pub struct Agenda {
    entries: Ladder,
    /// The next arrivals of a few sources, the next of all at the end.
    arrivals: Vec<Entry>,
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
        Self {
            entries: Ladder::new(),
            arrivals: Vec::with_capacity(FEW_SOURCES),
            scheduled: 0,
            now: SimTime::ZERO,
            raised: 0,
        }
    }
    /// Schedules `event` at `at` (now or later), in `class`. An event added at the present instant is
    /// taken in its own class, even an earlier one than the present.
    pub fn schedule(&mut self, at: SimTime, class: Class, event: Event) {
        let entry = self.entry(at, class, event);
        self.entries.push(entry);
    }
    /// As [`schedule`](Self::schedule), of what a source lets come one after the other: so one of each is
    /// pending.
    pub fn schedule_arrival(&mut self, at: SimTime, class: Class, event: Event) {
        let entry = self.entry(at, class, event);
        if self.arrivals.len() == FEW_SOURCES {
            self.entries.push(entry);
            return;
        }
        let later = self.arrivals.iter().take_while(|other| entry.precedes(other)).count();
        self.arrivals.insert(later, entry);
    }
    fn entry(&mut self, at: SimTime, class: Class, event: Event) -> Entry {
        let sequence = self.scheduled;
        self.scheduled += 1;
        Entry::new(at, class, sequence, event)
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
        let entry = match (self.entries.first(), self.arrivals.last()) {
            (Some(next), Some(arrival)) if arrival.precedes(next) => self.arrivals.pop(),
            (None, _) => self.arrivals.pop(),
            (Some(_), _) => self.entries.pop_first(),
        }?;
        self.now = entry.at;
        Some((entry.at, entry.class(), entry.event))
    }
    /// Whether an event of the present instant, of an earlier class than `class`, is due.
    pub fn precedes(&mut self, class: Class) -> bool {
        let now = self.now;
        self.is_due(|entry| (entry.at, entry.class()) < (now, class))
    }
    /// Whether the next entry is like that.
    fn is_due(&mut self, like: impl Fn(&Entry) -> bool) -> bool {
        self.arrivals.last().is_some_and(&like) || self.entries.first().is_some_and(like)
    }
    /// The event that is taken next, unless one is raised or scheduled that precedes it.
    pub fn foreseen(&mut self) -> Option<Event> {
        let next = [self.entries.first(), self.arrivals.last()].into_iter().flatten().min();
        next.map(|entry| entry.event)
    }
    /// How many events are pending, superseded ones included.
    pub fn pending(&self) -> usize {
        self.entries.len() + self.arrivals.len()
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
        if self.is_due(|entry| (entry.at, entry.class()) <= (now, class)) {
            return None;
        }
        self.raised &= !round.bit();
        Some((self.now, class, event))
    }
}
