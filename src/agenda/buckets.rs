//! The middle of the ladder: a stretch of time in equal buckets.
//!
//! A bucket is a list through one slab of nodes, so that it costs four bytes when it is empty and
//! nothing is allocated when an entry comes or goes. Its width is a power of two of microseconds: an
//! entry finds its bucket by a shift.

use super::entry::Entry;
use crate::units::SimTime;

/// The end of a list.
const NONE: u32 = u32::MAX;

#[derive(Debug)]
struct Node {
    entry: Entry,
    next: u32,
}

/// Entries by the stretch of time in which they are due, unsorted within it.
#[derive(Debug)]
pub(super) struct Buckets {
    /// Where the first bucket begins.
    origin: u64,
    /// The binary logarithm of a bucket's width in microseconds.
    shift: u32,
    /// The first node of each bucket.
    heads: Vec<u32>,
    /// The buckets before this one have been taken.
    current: usize,
    nodes: Vec<Node>,
    /// The first of the nodes that are free again.
    vacant: u32,
    len: usize,
}

impl Buckets {
    /// No buckets: nothing can be put in.
    pub(super) fn new() -> Self {
        Self {
            origin: 0,
            shift: 0,
            heads: Vec::new(),
            current: 0,
            nodes: Vec::new(),
            vacant: NONE,
            len: 0,
        }
    }
    /// How many entries are in the buckets.
    pub(super) const fn len(&self) -> usize {
        self.len
    }
    /// How many entries and buckets there is room for.
    pub(super) fn room(&self) -> usize {
        self.nodes.capacity() + self.heads.capacity()
    }
    /// Lays out about `count` buckets, at most twice as many, over all from `first` to `last`. There
    /// must be nothing in the old ones.
    pub(super) fn lay_out(&mut self, first: SimTime, last: SimTime, count: u64) {
        assert_eq!(self.len, 0, "the buckets are laid out anew when they are used up");
        let reach = (last - first).micros();
        self.origin = first.micros();
        self.shift = (reach / count.max(1)).checked_ilog2().unwrap_or(0);
        let last = usize::try_from(reach >> self.shift).expect("no more buckets than asked for");
        self.heads.clear();
        self.heads.resize(last + 1, NONE);
        self.current = 0;
        self.nodes.clear();
        self.vacant = NONE;
    }
    /// Puts `entry`, which is not due before the present bucket, into its bucket; says whether it has
    /// one.
    pub(super) fn put(&mut self, entry: Entry) -> bool {
        let place = (entry.at.micros() - self.origin) >> self.shift;
        let Some(head) = usize::try_from(place).ok().and_then(|place| self.heads.get_mut(place))
        else {
            return false;
        };
        let node = Node { entry, next: *head };
        match self.nodes.get_mut(self.vacant as usize) {
            Some(vacant) => {
                *head = self.vacant;
                self.vacant = vacant.next;
                *vacant = node;
            }
            None => {
                *head = u32::try_from(self.nodes.len()).expect("fewer than 2^32 pending events");
                self.nodes.push(node);
            }
        }
        self.len += 1;
        true
    }
    /// Moves the entries of the first bucket that has any to `run`, unsorted, and returns the last
    /// instant that this bucket covers. There must be an entry.
    pub(super) fn take_first(&mut self, run: &mut Vec<Entry>) -> SimTime {
        assert_ne!(self.len, 0, "a bucket that is taken has an entry");
        while self.heads[self.current] == NONE {
            self.current += 1;
        }
        self.empty(self.current, run);
        let within = (1 << self.shift) - 1;
        let last = ((self.current as u64) << self.shift) | within;
        self.current += 1;
        SimTime::from_micros(self.origin.saturating_add(last))
    }
    /// Moves all entries to `heap`, in no order.
    pub(super) fn take_all(&mut self, heap: &mut Vec<Entry>) {
        for bucket in self.current..self.heads.len() {
            self.empty(bucket, heap);
        }
        self.heads.clear();
    }
    /// Moves the entries of one bucket to `heap`, the last put first.
    fn empty(&mut self, bucket: usize, heap: &mut Vec<Entry>) {
        let mut place = std::mem::replace(&mut self.heads[bucket], NONE);
        while let Some(node) = self.nodes.get_mut(place as usize) {
            heap.push(node.entry);
            let next = std::mem::replace(&mut node.next, self.vacant);
            self.vacant = std::mem::replace(&mut place, next);
            self.len -= 1;
        }
    }
}
