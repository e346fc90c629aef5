//! Requests that are there: in the queue or in hand (JOB-07). Final ones leave their rows to others, so memory
//! follows what is alive.

use crate::ids::{AccountId, RequestNameId};
use crate::journal::fact::RequestId;
use crate::scenario::model::serverless::Work;
use crate::units::{SimTime, Span};

/// Where a job is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// Its row is vacant.
    Nowhere,
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

/// All jobs of an endpoint that are there.
#[derive(Clone, Debug, Default)]
pub struct Jobs {
    rows: Vec<Job>,
    vacant: Vec<u32>,
}

impl Jobs {
    /// A job comes; gives its row.
    #[inline]
    pub fn insert(&mut self, job: Job) -> u32 {
        if let Some(row) = self.vacant.pop() {
            let epoch = self.rows[row as usize].epoch;
            self.rows[row as usize] = Job { epoch, ..job };
            return row;
        }
        self.rows.push(job);
        u32::try_from(self.rows.len() - 1).expect("fewer than 2^32 jobs at once")
    }
    /// It is final: what was scheduled for it finds that it is superseded.
    #[inline]
    pub fn remove(&mut self, row: u32) -> Job {
        let job = &mut self.rows[row as usize];
        job.epoch = job.epoch.wrapping_add(1);
        let gone = *job;
        job.place = Place::Nowhere;
        self.vacant.push(row);
        gone
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
        self.rows.len() - self.vacant.len()
    }
    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
    /// Rows of those that are there.
    pub fn rows(&self) -> impl Iterator<Item = u32> + '_ {
        (0..).zip(&self.rows).filter(|(_, job)| job.place != Place::Nowhere).map(|(row, _)| row)
    }
}
