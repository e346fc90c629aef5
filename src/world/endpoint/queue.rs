//! The queue of an endpoint (JOB-09, JOB-10): by submission, those of low priority apart.

use super::jobs::Jobs;
use crate::journal::fact::RequestId;
use crate::units::SimTime;
use std::collections::{BTreeSet, VecDeque};

/// A queue in order of submission.
#[derive(Clone, Debug, Default)]
pub struct Queue(VecDeque<(RequestId, u32)>);

impl Queue {
    /// A job joins: nearly always as the last.
    #[inline]
    pub fn join(&mut self, request: RequestId, row: u32) {
        if self.0.back().is_none_or(|(last, _)| *last < request) {
            self.0.push_back((request, row));
        } else {
            let place = self.0.partition_point(|(other, _)| *other < request);
            self.0.insert(place, (request, row));
        }
    }
    /// The first.
    pub fn first(&self) -> Option<u32> {
        self.0.front().map(|(_, row)| *row)
    }
    /// Takes the first.
    #[inline]
    pub fn take(&mut self) -> Option<u32> {
        self.0.pop_front().map(|(_, row)| row)
    }
    /// A job leaves it.
    pub fn leave(&mut self, request: RequestId) {
        if let Ok(place) = self.0.binary_search_by_key(&request, |(other, _)| *other) {
            self.0.remove(place);
        }
    }
    /// How many wait.
    pub fn len(&self) -> usize {
        self.0.len()
    }
    /// Whether nobody waits.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
    /// Their rows, in order.
    pub fn rows(&self) -> impl Iterator<Item = u32> + '_ {
        self.0.iter().map(|(_, row)| *row)
    }
}

/// All that wait.
#[derive(Clone, Debug, Default)]
pub struct Waiting {
    /// *Q*: normal ones, bound to nobody.
    pub normal: Queue,
    /// Those of low priority.
    pub low: Queue,
    /// SLS-31. How many wait for a worker of their own.
    pub bound: u32,
    /// SLS-33. How many of *Q* are late.
    pub late: u32,
    /// SLS-33. Who joined when, in order, with the epoch of then: those who may yet be late.
    pub joined: VecDeque<(SimTime, u32, u32)>,
    /// JOB-13. The latest end of a time to live of any that ever waited.
    pub latest: SimTime,
    /// JOB-13. Queued jobs whose time to live ends before that of one that was there already.
    pub odd: BTreeSet<(SimTime, u32)>,
}

impl Waiting {
    /// Requests in the queue, as `/health` has it.
    pub fn len(&self) -> u64 {
        (self.normal.len() + self.low.len()) as u64 + u64::from(self.bound)
    }
    /// Whether none is.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
    /// Forgets from the front of those who may be late who left the queue meanwhile.
    #[inline]
    pub fn forget_gone(&mut self, jobs: &Jobs) {
        while self.joined.front().is_some_and(|(_, row, epoch)| !jobs.holds(*row, *epoch)) {
            self.joined.pop_front();
        }
    }
}
