//! The queue of an endpoint (JOB-09, JOB-10): by submission, those of low priority apart.

use super::jobs::{Job, Jobs};
use crate::journal::fact::RequestId;
use crate::units::SimTime;
use std::collections::{BTreeSet, VecDeque};

/// A queue in order of submission.
#[derive(Clone, Debug, Default)]
pub struct Queue {
    jobs: VecDeque<(RequestId, u32)>,
    /// JOB-13. No time to live of those who wait ends later, if it is not odd.
    latest: SimTime,
    /// JOB-13. Whether somebody joined, since it was last empty, whose time to live ends before that of one before it,
    /// or after that of one behind it. Else the first is the first to expire.
    odd: bool,
}

impl Queue {
    /// A job joins: nearly always as the last.
    #[inline]
    fn join(&mut self, jobs: &Jobs, row: u32) {
        let Job { request, expires, .. } = *jobs.get(row);
        if self.jobs.is_empty() {
            (self.latest, self.odd) = (SimTime::ZERO, false);
        }
        if self.jobs.back().is_none_or(|(last, _)| *last < request) {
            self.odd |= expires < self.latest;
            self.latest = self.latest.max(expires);
            self.jobs.push_back((request, row));
        } else {
            self.join_within(jobs, row);
        }
    }
    /// The same, before others: it was submitted before them.
    #[cold]
    fn join_within(&mut self, jobs: &Jobs, row: u32) {
        let Job { request, expires, .. } = *jobs.get(row);
        let place = self.jobs.partition_point(|(other, _)| *other < request);
        let others = |range: &(RequestId, u32)| jobs.get(range.1).expires;
        let before = place.checked_sub(1).map(|place| others(&self.jobs[place]));
        self.odd |= before.is_some_and(|before| expires < before);
        self.odd |= others(&self.jobs[place]) < expires;
        self.jobs.insert(place, (request, row));
    }
    /// The first.
    pub fn first(&self) -> Option<u32> {
        self.jobs.front().map(|(_, row)| *row)
    }
    /// Takes the first.
    #[inline]
    pub fn take(&mut self) -> Option<u32> {
        self.jobs.pop_front().map(|(_, row)| row)
    }
    /// A job leaves it.
    pub fn leave(&mut self, request: RequestId) {
        if let Ok(place) = self.jobs.binary_search_by_key(&request, |(other, _)| *other) {
            self.jobs.remove(place);
        }
    }
    /// How many wait.
    pub fn len(&self) -> usize {
        self.jobs.len()
    }
    /// Whether nobody waits.
    pub fn is_empty(&self) -> bool {
        self.jobs.is_empty()
    }
    /// Their rows, in order.
    pub fn rows(&self) -> impl Iterator<Item = u32> + '_ {
        self.jobs.iter().map(|(_, row)| *row)
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
    /// JOB-13. By the end of their time to live: who waits for a worker of its own, and all of a queue that is odd.
    odd: BTreeSet<(SimTime, u32)>,
}

impl Waiting {
    /// A job joins the normal ones, or those of low priority.
    #[inline]
    pub fn join(&mut self, jobs: &Jobs, row: u32) {
        let low = jobs.get(row).traits.low_priority;
        let queue = if low { &mut self.low } else { &mut self.normal };
        let before = queue.odd && !queue.is_empty();
        queue.join(jobs, row);
        if queue.odd {
            self.note_odd(jobs, (row, low), before);
        }
    }
    /// Who is in an odd queue is found by the end of its time to live: the others, too, if it was not odd `before`.
    #[cold]
    fn note_odd(&mut self, jobs: &Jobs, (row, low): (u32, bool), before: bool) {
        let queue = if low { &self.low } else { &self.normal };
        let expires = |row: u32| (jobs.get(row).expires, row);
        if before {
            self.odd.insert(expires(row));
        } else {
            self.odd.extend(queue.rows().map(expires));
        }
    }
    /// SLS-31. A job waits for a worker of its own.
    pub fn bind(&mut self, (row, expires): (u32, SimTime)) {
        self.bound += 1;
        self.odd.insert((expires, row));
    }
    /// A job that has left is not found there any more.
    #[inline]
    pub fn forget(&mut self, (row, expires): (u32, SimTime)) {
        if !self.odd.is_empty() {
            self.odd.remove(&(expires, row));
        }
    }
    /// JOB-13. Who is the first whose time to live ends, and when.
    pub fn first_to_expire(&self, jobs: &Jobs) -> Option<(SimTime, u32)> {
        let queues = [&self.normal, &self.low].into_iter().filter(|queue| !queue.odd);
        let heads = queues.filter_map(Queue::first).map(|row| (jobs.get(row).expires, row));
        heads.chain(self.odd.first().copied()).min()
    }
    /// Requests in the queue, as `/health` has it.
    pub fn len(&self) -> u64 {
        (self.normal.len() + self.low.len()) as u64 + u64::from(self.bound)
    }
    /// SLS-31. Whether none waits but for a worker of its own.
    pub fn no_unbound(&self) -> bool {
        self.normal.is_empty() && self.low.is_empty()
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

#[cfg(test)]
mod tests {
    use super::super::jobs::{Place, Traits};
    use super::*;
    use crate::ids::{AccountId, Id};
    use crate::scenario::model::serverless::Work;
    use crate::units::Span;
    use proptest::prelude::*;

    fn job(request: u64, expires: u64, low_priority: bool) -> Job {
        Job {
            request: RequestId(request),
            place: Place::Queued,
            epoch: 0,
            last_run: 0,
            attempts: 0,
            max_attempts: 3,
            submitted: SimTime::ZERO,
            joined: SimTime::ZERO,
            taken: SimTime::ZERO,
            work: Work::Takes(Span::ZERO),
            limit: Span::ZERO,
            expires: SimTime::from_micros(expires),
            output_units: 0,
            account: AccountId::from_index(0),
            name: None,
            traits: Traits { low_priority, ..Traits::default() },
        }
    }

    proptest! {
        /// JOB-13. Whoever joins, goes back to its place, is bound, leaves or is taken: the first to expire is the one
        /// that a look at all of them finds.
        #[test]
        fn job_13_the_first_to_expire_is_found(
            steps in prop::collection::vec((0..5_u8, any::<u16>(), 0..4_u64, any::<bool>()), 1..120),
        ) {
            let (mut waiting, mut jobs) = (Waiting::default(), Jobs::default());
            let (mut queued, mut bound, mut away) = (Vec::new(), Vec::new(), Vec::new());
            for (number, (step, which, late, low)) in (0..).zip(steps) {
                let pick = |rows: &Vec<u32>| rows.get(usize::from(which) % rows.len().max(1)).copied();
                match (step, pick(&queued), pick(&away)) {
                    // Mostly one's time ends after that of those before it.
                    (0 | 1, ..) => {
                        let row = jobs.insert(|_| job(number, 10 * number + 7 * late, low));
                        waiting.join(&jobs, row);
                        queued.push(row);
                    }
                    (2, Some(row), _) => {
                        let low = jobs.get(row).traits.low_priority;
                        let queue = if low { &mut waiting.low } else { &mut waiting.normal };
                        if queue.first() == Some(row) {
                            queue.take();
                        } else {
                            queue.leave(jobs.get(row).request);
                        }
                        waiting.forget((row, jobs.get(row).expires));
                        queued.retain(|other| *other != row);
                        away.push(row);
                    }
                    (3, _, Some(row)) => {
                        waiting.join(&jobs, row);
                        away.retain(|other| *other != row);
                        queued.push(row);
                    }
                    (4, _, Some(row)) => {
                        waiting.bind((row, jobs.get(row).expires));
                        away.retain(|other| *other != row);
                        bound.push(row);
                    }
                    _ => {}
                }
                let all = queued.iter().chain(&bound).map(|row| jobs.get(*row).expires);
                let found = waiting.first_to_expire(&jobs).map(|(expires, _)| expires);
                prop_assert_eq!(found, all.min());
            }
        }
    }
}
