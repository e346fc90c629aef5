//! What facts say about the jobs of customers who decide: what each is, what its customer answers to what
//! happens, what it came to.

use super::{EndReason, Refusal};
use crate::ids::{AccountId, JobId, PodId, SegmentId};
use crate::units::{GpuTime, Money, SimTime};
use serde::{Deserialize, Serialize};

/// A job has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct JobBegun {
    /// The job.
    pub job: JobId,
    /// Who pays.
    pub account: AccountId,
    /// The segment of its customer.
    pub segment: SegmentId,
    /// Work to do, if it has an end.
    pub work: Option<GpuTime>,
    /// What it is worth if it is done by the deadline, if stated.
    pub value: Option<Money>,
    /// By when it is to be done.
    pub deadline: Option<SimTime>,
    /// What it may cost.
    pub budget: Option<Money>,
}

/// A customer decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decided {
    /// For which job.
    pub job: JobId,
    /// Who pays.
    pub account: AccountId,
    /// What of: the end of a rental; none: the time has come.
    pub after: Option<EndReason>,
    /// Why it was refused, if it was.
    pub refusal: Option<Refusal>,
    /// What it does.
    pub step: Decision,
}

/// What a customer decides to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Decision {
    /// Asks again later.
    Retry,
    /// Bids more.
    RaiseBid,
    /// Asks for fewer GPUs.
    FewerGpus,
    /// Asks for GPUs of another type.
    OtherType,
    /// Buys on demand.
    OnDemand,
    /// Buys, or waits for, spot.
    Spot,
    /// Asks for its pod's own host again.
    Resume,
    /// Pays in.
    Deposit,
    /// Leaves.
    Leave,
}

/// How a job ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum JobEnd {
    /// Done, and in time.
    InTime,
    /// Done after its deadline: its value was lost, or a part of it.
    Late,
    /// Its customer left, as its steps were used up or said so.
    Left,
    /// Its customer left, as its budget was spent.
    BudgetSpent,
    /// Its customer left at the deadline, or when the value was gone that fell from then on.
    DeadlinePassed,
    /// The run ended before.
    Unfinished,
}

/// A job has ended, with what it came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct JobEnded {
    /// The job.
    pub job: JobId,
    /// Who paid.
    pub account: AccountId,
    /// The segment of its customer.
    pub segment: SegmentId,
    /// How.
    pub end: JobEnd,
    /// What it was worth if it was done at this instant, if stated: after the deadline, what was left of it.
    pub value: Option<Money>,
    /// What all of its pods came to owe, their volumes between rentals included.
    pub paid: Money,
    /// When it came.
    pub begun: SimTime,
    /// Requests made for it: new pods and resumes.
    pub requests: u32,
    /// Displacements, refusals and waits in vain on spot.
    pub losses: u32,
}

/// A request was made for a job.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct JobAsked {
    /// The job.
    pub job: JobId,
    /// The pod that was asked for, or is to resume.
    pub pod: PodId,
}

/// What customers do who were treated badly.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Churned {
    /// They turn away: what they would ask for later does not come.
    Left,
    /// They come back.
    Returned,
    /// An arrival of theirs does not come.
    ArrivalLost,
}
