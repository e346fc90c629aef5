//! The queue of pending events: a ladder of three rungs.
//!
//! What is due far away need not be in order yet. So only the *near* future is sorted; the *middle*
//! lies in equal buckets of about one entry each; the *far* future is a heap of entries in the plain
//! sense of the word. When the near is used up the next bucket is sorted and becomes it; when the
//! buckets are used up, the sooner part of the far is dealt into new ones, whose width fits what is
//! there. An entry moves at most a few times, each time in constant time, however many are pending.
//! (After the ladder queue: Tang, Goh and Thng, ACM TOMACS 15(3), 2005.)
//!
//! Three things keep hard cases cheap. The near is a sorted run for what was there when its bucket
//! came up, and a binary heap for late comers that belong deep inside it: a crowded bucket never
//! makes an insertion quadratic. Late comers that outgrow the rest (a crowd of short delays under a
//! few very long ones) have everything dealt anew. And while few are pending, the near is all there
//! is.
//!
//! The order is total, so it makes no difference to the result which rung an entry went through.

use super::buckets::Buckets;
use super::entry::Entry;
use crate::units::SimTime;
use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// How deep into the sorted run a late comer is inserted; also, up to how many entries the run is all.
const REACH: usize = 24;
/// Fewer late comers than this are never dealt anew.
const LATE_FEW: usize = 16;

/// Pending events, taken in order.
pub(super) struct Ladder {
    /// Near: sorted, the next at the end.
    run: Vec<Entry>,
    /// Near: those who came after the run was sorted and are due after its next few.
    late: BinaryHeap<Reverse<Entry>>,
    /// What is due by this instant, inclusive, is near.
    near_until: SimTime,
    middle: Buckets,
    /// Due after the last bucket, unsorted.
    far: Vec<Entry>,
    len: usize,
}

impl Ladder {
    /// Nothing is pending.
    pub(super) fn new() -> Self {
        Self {
            run: Vec::new(),
            late: BinaryHeap::new(),
            near_until: SimTime::NEVER,
            middle: Buckets::new(),
            far: Vec::new(),
            len: 0,
        }
    }
    /// How many are pending.
    pub(super) const fn len(&self) -> usize {
        self.len
    }
    /// How many there is room for, on all rungs.
    pub(super) fn room(&self) -> usize {
        self.run.capacity() + self.late.capacity() + self.middle.room() + self.far.capacity()
    }
    /// Adds an entry, due at any time.
    pub(super) fn push(&mut self, entry: Entry) {
        self.len += 1;
        if entry.at <= self.near_until {
            self.push_near(entry);
        } else if !self.middle.put(entry) {
            self.far.push(entry);
        }
    }
    /// The next entry, left where it is.
    pub(super) fn first(&mut self) -> Option<&Entry> {
        self.fetch();
        if self.late_is_first() {
            self.late.peek().map(|Reverse(entry)| entry)
        } else {
            self.run.last()
        }
    }
    /// Takes the entry that [`first`](Self::first) has just shown.
    pub(super) fn pop_first(&mut self) -> Option<Entry> {
        let entry = if self.late_is_first() {
            self.late.pop().map(|Reverse(entry)| entry)
        } else {
            self.run.pop()
        }?;
        self.len -= 1;
        Some(entry)
    }
    fn late_is_first(&self) -> bool {
        let run = self.run.last();
        self.late.peek().is_some_and(|Reverse(late)| run.is_none_or(|next| late.precedes(next)))
    }
    fn push_near(&mut self, entry: Entry) {
        let deepest = self.run.len().saturating_sub(REACH);
        match self.run[deepest..].iter().rposition(|later| entry.precedes(later)) {
            Some(place) => self.run.insert(deepest + place + 1, entry),
            None if deepest == 0 => self.run.insert(0, entry),
            None => {
                self.late.push(Reverse(entry));
                // Dealing anew moves all, so it must have been paid for by as many late comers.
                if LATE_FEW < self.late.len() && self.len < 4 * self.late.len() {
                    self.far.append(&mut self.run);
                    self.far.extend(self.late.drain().map(|Reverse(entry)| entry));
                    self.middle.take_all(&mut self.far);
                    self.fetch();
                }
            }
        }
    }
    /// Sees to it that the near is not empty unless all is.
    #[inline(always)] // before every event, and mostly there is nothing to do
    fn fetch(&mut self) {
        if self.run.is_empty() && self.late.is_empty() && self.len != 0 {
            self.refill();
        }
    }
    #[inline(never)]
    fn refill(&mut self) {
        if self.middle.len() == 0 {
            if self.far.len() <= REACH {
                self.near_until = SimTime::NEVER;
                self.run.append(&mut self.far);
                self.run.sort_unstable_by_key(|entry| Reverse(*entry));
                return;
            }
            self.deal();
        }
        self.near_until = self.middle.take_first(&mut self.run);
        self.run.sort_unstable_by_key(|entry| Reverse(*entry));
    }
    /// Deals the sooner part of the far into new buckets, about one entry to each.
    fn deal(&mut self) {
        let first = self.far.iter().map(|entry| entry.at).min().expect("the far is not empty");
        let count = self.far.len() as u64;
        self.middle.lay_out(first, third_quartile(&self.far).max(first), count * 3 / 4);
        self.far.retain(|entry| !self.middle.put(*entry));
    }
}

/// An instant by which about three quarters of the entries are due, judged by a sample of them: long
/// tails stay far, where they do not stretch the buckets of the others.
fn third_quartile(entries: &[Entry]) -> SimTime {
    /// The golden ratio of 2^64: its multiples spread evenly and follow no period of the entries.
    const STEP: u64 = 0x9E37_79B9_7F4A_7C15;
    let size = (entries.len() / 8).clamp(4, 64);
    let mut point = 0_u64;
    let mut sample = [SimTime::ZERO; 64];
    for at in &mut sample[..size] {
        point = point.wrapping_add(STEP);
        let place = (u128::from(point) * entries.len() as u128) >> 64;
        *at = entries[usize::try_from(place).expect("a place among the entries")].at;
    }
    sample[..size].sort_unstable();
    sample[size * 3 / 4]
}
