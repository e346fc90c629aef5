//! Tables of rows: dense ones that only grow, and the one of live pods that reuses its slots.

use crate::ids::{Id, PodId};
use std::marker::PhantomData;
use std::ops::{Index, IndexMut};

/// Rows with dense ids, never removed.
#[derive(Clone, Debug)]
pub struct Table<I, R> {
    rows: Vec<R>,
    ids: PhantomData<I>,
}

impl<I: Id, R> Table<I, R> {
    /// The number of rows.
    pub fn len(&self) -> usize {
        self.rows.len()
    }
    /// Whether there is no row.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }
    /// Adds a row and gives its id.
    pub fn push(&mut self, row: R) -> I {
        self.rows.push(row);
        I::from_index(self.rows.len() - 1)
    }
    /// All ids, in order.
    pub fn ids(&self) -> impl Iterator<Item = I> + use<I, R> {
        (0..self.rows.len()).map(I::from_index)
    }
    /// All rows with their ids, in order.
    pub fn iter(&self) -> impl Iterator<Item = (I, &R)> {
        self.rows.iter().enumerate().map(|(index, row)| (I::from_index(index), row))
    }
}
impl<I, R> Default for Table<I, R> {
    fn default() -> Self {
        Self { rows: Vec::new(), ids: PhantomData }
    }
}
impl<I: Id, R> FromIterator<R> for Table<I, R> {
    fn from_iter<T: IntoIterator<Item = R>>(rows: T) -> Self {
        Self { rows: rows.into_iter().collect(), ids: PhantomData }
    }
}
impl<I: Id, R> Index<I> for Table<I, R> {
    type Output = R;
    #[inline]
    fn index(&self, id: I) -> &R {
        &self.rows[id.index()]
    }
}
impl<I: Id, R> IndexMut<I> for Table<I, R> {
    #[inline]
    fn index_mut(&mut self, id: I) -> &mut R {
        &mut self.rows[id.index()]
    }
}

/// Live pods. A slot is reused once its pod has left; the number in a [`PodId`] tells them apart, so
/// memory follows what is alive and a timer of a pod that left finds nobody.
///
/// A pod is looked up dozens of times in its life, so a look-up compares one number and no more: the
/// row of a pod that left stays, under a number that no pod has, until another takes its slot.
#[derive(Clone, Debug)]
pub struct Pods<R> {
    rows: Vec<Slot<R>>,
    vacant: Vec<u32>,
    born: u32,
}

/// A pod's row under its number. Rows begin where cache lines do.
#[derive(Clone, Debug)]
#[repr(align(64))]
struct Slot<R> {
    number: u32,
    row: R,
}

/// The number in a vacant slot; no pod has it.
const NOBODY: u32 = u32::MAX;

impl<R> Pods<R> {
    /// The id that the next pod will have.
    pub fn next_id(&self) -> PodId {
        let fresh = u32::try_from(self.rows.len()).expect("fewer than 2^32 live pods");
        PodId { number: self.born, slot: self.vacant.last().copied().unwrap_or(fresh) }
    }
    /// Adds a pod, under [`Pods::next_id`]. Its row is large, and so is made where it will lie.
    #[inline(always)] // on the way of every pod
    pub fn insert(&mut self, make: impl FnOnce() -> R) -> PodId {
        let id = self.next_id();
        self.born = self.born.checked_add(1).expect("fewer than 2^32 pods in a run");
        if self.vacant.pop().is_some() {
            let slot = &mut self.rows[id.slot as usize];
            slot.number = id.number;
            slot.row = make();
        } else {
            self.rows.push(Slot { number: id.number, row: make() });
        }
        id
    }
    /// The pod, if it is alive.
    pub fn get(&self, pod: PodId) -> Option<&R> {
        let slot = self.rows.get(pod.slot as usize);
        slot.filter(|slot| slot.number == pod.number).map(|slot| &slot.row)
    }
    /// Removes a pod.
    pub fn remove(&mut self, pod: PodId) {
        let number = &mut self.rows[pod.slot as usize].number;
        assert_eq!(*number, pod.number, "the pod that is removed is the one that was meant");
        *number = NOBODY;
        self.vacant.push(pod.slot);
    }
    /// How many are alive.
    pub fn len(&self) -> usize {
        self.rows.len() - self.vacant.len()
    }
    /// Whether none is alive.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
    /// How many there is room for: the most that were ever alive at once.
    pub fn slots(&self) -> usize {
        self.rows.len()
    }
    /// Ids of the live ones, in order of slot.
    pub fn ids(&self) -> impl Iterator<Item = PodId> + '_ {
        let live = (0..).zip(&self.rows).filter(|(_, row)| row.number != NOBODY);
        live.map(|(slot, row)| PodId { number: row.number, slot })
    }
}
impl<R> Default for Pods<R> {
    fn default() -> Self {
        Self { rows: Vec::new(), vacant: Vec::new(), born: 0 }
    }
}
/// Apart, for pods are looked up in hundreds of places.
#[cold]
#[inline(never)]
fn is_gone() -> ! {
    panic!("a pod that is looked up is alive")
}

impl<R> Index<PodId> for Pods<R> {
    type Output = R;
    #[inline]
    fn index(&self, pod: PodId) -> &R {
        match self.get(pod) {
            Some(row) => row,
            None => is_gone(),
        }
    }
}
impl<R> IndexMut<PodId> for Pods<R> {
    #[inline]
    fn index_mut(&mut self, pod: PodId) -> &mut R {
        match self.rows.get_mut(pod.slot as usize) {
            Some(slot) if slot.number == pod.number => &mut slot.row,
            _ => is_gone(),
        }
    }
}
