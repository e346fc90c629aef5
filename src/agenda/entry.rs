//! One pending event: 32 bytes, ordered by (time, class, sequence).

use super::{Class, Event};
use crate::units::SimTime;
use std::cmp::Ordering;

/// The low bits of a rank hold the sequence, the high ones the class: comparing ranks compares both.
const SEQUENCE_BITS: u32 = 56;

/// A pending event and its place in the total order of GEN-11.
#[derive(Clone, Copy, Debug)]
pub(super) struct Entry {
    pub(super) at: SimTime,
    rank: u64,
    pub(super) event: Event,
}

impl Entry {
    /// An event of `class`, the `sequence`-th to be scheduled.
    pub(super) fn new(at: SimTime, class: Class, sequence: u64, event: Event) -> Self {
        Self { at, rank: (class as u64) << SEQUENCE_BITS | sequence, event }
    }
    /// The class in which the event is taken.
    pub(super) fn class(&self) -> Class {
        Class::ALL[(self.rank >> SEQUENCE_BITS) as usize]
    }
    /// Whether this entry is taken before the other. No two entries are equal.
    pub(super) fn precedes(&self, other: &Self) -> bool {
        self.key() < other.key()
    }
    /// Time and rank as one number, which compares without a branch.
    fn key(&self) -> u128 {
        u128::from(self.at.micros()) << 64 | u128::from(self.rank)
    }
}

impl PartialEq for Entry {
    fn eq(&self, other: &Self) -> bool {
        self.key() == other.key()
    }
}
impl Eq for Entry {}
impl PartialOrd for Entry {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}
impl Ord for Entry {
    fn cmp(&self, other: &Self) -> Ordering {
        self.key().cmp(&other.key())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_is_half_a_cache_line() {
        assert_eq!(size_of::<Entry>(), 32);
    }

    /// GEN-11: time, then class, then sequence.
    #[test]
    fn gen_11_entries_are_ordered_by_time_class_and_sequence() {
        let entry = |at, class, sequence| {
            Entry::new(SimTime::from_micros(at), class, sequence, Event::Sample)
        };
        let ascending = [
            entry(4, Class::Horizon, 9),
            entry(5, Class::HostDown, 7),
            entry(5, Class::HostDown, 8),
            entry(5, Class::Horizon, 0),
            entry(6, Class::HostDown, 1),
        ];
        assert!(ascending.windows(2).all(|pair| pair[0].precedes(&pair[1])));
        assert!(ascending.is_sorted());
        assert_eq!(ascending[3].class(), Class::Horizon);
    }
}
