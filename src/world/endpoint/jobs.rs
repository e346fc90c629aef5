//! Requests that are there: in the queue or in hand (JOB-07). Final ones leave their rows to others, so memory
//! follows what is alive.

use crate::ids::{AccountId, RequestNameId};
use crate::journal::fact::RequestId;
use crate::scenario::model::serverless::Work;
use crate::units::{SimTime, Span};

/// Where a job is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// Its row is vacant; the row that became so before it, or the greatest number.
    Nowhere(u32),
    /// It waits in the queue.
    Queued,
    /// SLS-31. It waits for the worker in this slot's row alone.
    Bound(u32),
    /// The worker in this slot's row has it in hand.
    InHand(u32),
    /// SLS-38. Its worker is lost, and nobody noticed yet.
    Missed,
}

/// What a job says of itself.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Traits {
    /// JOB-01. Submitted by runsync.
    pub sync: bool,
    /// JOB-10. Taken only when no normal one waits.
    pub low_priority: bool,
    /// JOB-15. Its handler fails.
    pub handler_error: bool,
    /// JOB-06. Its output is too large.
    pub too_large: bool,
    /// JOB-21. A webhook is called at its end.
    pub webhook: bool,
    /// SLS-33. It waited for too long.
    pub late: bool,
    /// SLS-50. It is the first of a run that became ready after its submission.
    pub cold: bool,
}

/// A job.
#[derive(Clone, Copy, Debug)]
pub struct Job {
    /// Its request, which is its place in the order of submission (JOB-09).
    pub request: RequestId,
    /// Where it is.
    pub place: Place,
    /// Moves whenever it is taken, put back or ends.
    pub epoch: u32,
    /// The run that took it last, of those that let it go.
    pub last_run: u32,
    /// How often it was taken.
    pub attempts: u32,
    /// JOB-14, SLS-10. How often it may be, as its endpoint had it at its submission.
    pub max_attempts: u32,
    /// When it was submitted.
    pub submitted: SimTime,
    /// When it last joined the queue.
    pub joined: SimTime,
    /// When it was last taken.
    pub taken: SimTime,
    /// What it comes to on the first GPU type of its endpoint.
    pub work: Work,
    /// JOB-12. The limit of its execution.
    pub limit: Span,
    /// JOB-13. The end of its time to live.
    pub expires: SimTime,
    /// AIE-04. Millionths of a unit that it puts out.
    pub output_units: u64,
    /// Who called.
    pub account: AccountId,
    /// The name that the script gave it.
    pub name: Option<RequestNameId>,
    /// What it says of itself.
    pub traits: Traits,
}

/// No row.
const NONE: u32 = u32::MAX;

/// All jobs of an endpoint that are there. The vacant rows are a list through themselves, so that a job that comes
/// finds all that it needs in its row.
#[derive(Clone, Debug)]
pub struct Jobs {
    rows: Vec<Job>,
    /// The row that became vacant last.
    vacant: u32,
    there: u32,
}

impl Default for Jobs {
    fn default() -> Self {
        Self { rows: Vec::new(), vacant: NONE, there: 0 }
    }
}

impl Jobs {
    /// A job comes; gives its row. It is made where it will lie, with the epoch that it has there.
    #[inline(always)] // on the way of every request
    pub fn insert(&mut self, make: impl FnOnce(u32) -> Job) -> u32 {
        self.there += 1;
        if let Some(vacant) = self.rows.get_mut(self.vacant as usize)
            && let Place::Nowhere(before) = vacant.place
        {
            *vacant = make(vacant.epoch);
            return std::mem::replace(&mut self.vacant, before);
        }
        self.rows.push(make(0));
        u32::try_from(self.rows.len() - 1).expect("fewer than 2^32 jobs at once")
    }
    /// It is final: what was scheduled for it finds that it is superseded.
    #[inline]
    pub fn remove(&mut self, row: u32) {
        let job = &mut self.rows[row as usize];
        job.epoch = job.epoch.wrapping_add(1);
        job.place = Place::Nowhere(self.vacant);
        self.vacant = row;
        self.there -= 1;
    }
    /// A job.
    #[inline]
    pub fn get(&self, row: u32) -> &Job {
        &self.rows[row as usize]
    }
    /// A job, to change.
    #[inline]
    pub fn get_mut(&mut self, row: u32) -> &mut Job {
        &mut self.rows[row as usize]
    }
    /// The job in a row, if it is as it was when `epoch` was noted.
    #[inline]
    pub fn holds(&self, row: u32, epoch: u32) -> bool {
        self.rows.get(row as usize).is_some_and(|job| job.epoch == epoch)
    }
    /// How many there are.
    pub fn len(&self) -> usize {
        self.there as usize
    }
    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
    /// Rows of those that are there.
    pub fn rows(&self) -> impl Iterator<Item = u32> + '_ {
        let there = |job: &Job| !matches!(job.place, Place::Nowhere(_));
        (0..).zip(&self.rows).filter(move |(_, job)| there(job)).map(|(row, _)| row)
    }
}
