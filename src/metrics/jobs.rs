//! What became of the jobs of customers who decide: how many were done in time, after how long, at what
//! cost.
//!
//! A job counts if it came after the warm-up, when it ends; what is under way at the horizon counts as it
//! stands. Surplus and welfare of jobs are added to those of rentals: a job's requests state no value.

use super::subject::Breakdown::Account;
use super::summary::{Reading, Value};
use crate::journal::fact::{JobEnd, JobEnded};
use crate::units::{Money, SimTime};

/// What was gathered about the jobs of one subject.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Jobs {
    jobs: u64,
    in_time: u64,
    late: u64,
    left: u64,
    unfinished: u64,
    requests: u64,
    losses: u64,
    /// Microseconds from coming to being done, of all that were done.
    makespans: u128,
    paid: Money,
}

impl Jobs {
    /// A job ended.
    pub(super) fn end(&mut self, at: SimTime, ended: &JobEnded) {
        self.jobs += 1;
        match ended.end {
            JobEnd::InTime => self.in_time += 1,
            JobEnd::Late => self.late += 1,
            JobEnd::Left | JobEnd::BudgetSpent | JobEnd::DeadlinePassed => self.left += 1,
            JobEnd::Unfinished => self.unfinished += 1,
        }
        if matches!(ended.end, JobEnd::InTime | JobEnd::Late) {
            self.makespans += u128::from((at - ended.begun).micros());
        }
        self.requests += u64::from(ended.requests);
        self.losses += u64::from(ended.losses);
        self.paid += ended.paid;
    }
    const fn done(&self) -> u64 {
        self.in_time + self.late
    }
}

#[expect(clippy::cast_precision_loss, reason = "statistics need no more than 53 bits")]
fn mean(sum: u64, count: u64) -> Value {
    Value::ratio(sum as f64, count as f64)
}

#[expect(clippy::cast_precision_loss, reason = "statistics need no more than 53 bits")]
fn makespan(jobs: &Jobs) -> Value {
    Value::ratio(jobs.makespans as f64 / 1e6, jobs.done() as f64)
}

#[expect(clippy::cast_precision_loss, reason = "statistics need no more than 53 bits")]
fn paid_per_job(jobs: &Jobs) -> Value {
    Value::ratio(jobs.paid.as_dollars_f64(), jobs.done() as f64)
}

/// The metrics of jobs, in the order of the summary.
pub(super) const READINGS: &[Reading<Jobs>] = &[
    Reading::new("jobs", "1", Account, |j| Value::Count(j.jobs)),
    Reading::new("jobs_in_time", "1", Account, |j| Value::Count(j.in_time)),
    Reading::new("jobs_in_time_share", "1", Account, |j| mean(j.in_time, j.jobs)),
    Reading::new("jobs_late", "1", Account, |j| Value::Count(j.late)),
    Reading::new("jobs_left", "1", Account, |j| Value::Count(j.left)),
    Reading::new("jobs_unfinished", "1", Account, |j| Value::Count(j.unfinished)),
    Reading::new("job_makespan_mean", "s", Account, makespan),
    Reading::new("job_requests_mean", "1", Account, |j| mean(j.requests, j.jobs)),
    Reading::new("job_losses_mean", "1", Account, |j| mean(j.losses, j.jobs)),
    Reading::new("jobs_paid", "USD", Account, |j| Value::Money(j.paid)),
    Reading::new("jobs_paid_per_job_done", "USD", Account, paid_per_job),
];
