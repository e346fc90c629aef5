//! What facts say about endpoints, their workers and their requests (SLS, JOB, AIE).

use super::Refusal;
use crate::ids::{AccountId, EndpointId, HostId, PodId, RequestNameId, WorkerClassId};
use crate::units::{Money, SimTime, Span};
use serde::{Deserialize, Serialize};

/// A request to an endpoint: the how-manieth of the run it is, from 1, by order of submission, whether it was
/// accepted or not. Its name is the script's, or `req-N`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct RequestId(pub u64);

/// A worker: one run of an endpoint, from waking to stop (SLS-15): `ENDPOINT-wN`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct WorkerId {
    /// The endpoint.
    pub endpoint: EndpointId,
    /// The how-manieth of its runs, from 1, by order of asking.
    pub run: u32,
}

/// SLS-20. How a worker is kept: column `kind` of `workers.csv`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum WorkerKind {
    /// It stops when it is idle for long enough.
    Flex,
    /// It does not.
    Active,
}

/// SLS-17. Why a worker stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum StopReason {
    /// It was idle for long enough.
    IdleTimeout,
    /// workers_max was lowered.
    MaxLowered,
    /// Its revision is an older one.
    Outdated,
    /// A job of it took too long.
    ExecutionTimeout,
    /// Its host lost power.
    HostDown,
    /// Its host was cut off.
    NetworkDown,
    /// Its host left.
    HostLeft,
    /// Its account ran out of credit.
    NoFunds,
    /// It crashed, or was not ready in time.
    Unhealthy,
    /// The horizon found it awake.
    Alive,
}

/// JOB-07. Where a request stands: column `status` of `requests.csv`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum RequestStatus {
    /// It waits.
    InQueue,
    /// A worker has it in hand.
    InProgress,
    /// It was served.
    Completed,
    /// It was not.
    Failed,
    /// It was withdrawn.
    Cancelled,
    /// It took too long, in the queue or in hand.
    TimedOut,
}

/// Why a request ended as it did, beyond its status.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum RequestCause {
    /// There is nothing to say.
    None,
    /// Its handler failed (JOB-15).
    HandlerError,
    /// Its worker was lost once too often (JOB-14).
    WorkerLost,
    /// Its output was too large (JOB-06).
    TooLarge,
    /// Its account ran out of credit (SLS-47).
    NoFunds,
    /// It was in hand for too long (JOB-12).
    ExecutionTimeout,
    /// It was there for too long (JOB-13).
    Ttl,
    /// CancelJob.
    CancelJob,
    /// PurgeQueue.
    PurgeQueue,
    /// Its endpoint was deleted.
    Deleted,
}

/// A request was accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RequestSubmitted {
    /// The request.
    pub request: RequestId,
    /// Its name, if the script gave it one.
    pub name: Option<RequestNameId>,
    /// Whose call it was.
    pub account: AccountId,
    /// Where.
    pub endpoint: EndpointId,
}

/// A worker took a request, or it went back to the queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RequestHandled {
    /// The request.
    pub request: RequestId,
    /// Its name, if the script gave it one.
    pub name: Option<RequestNameId>,
    /// The worker that takes it, or had it.
    pub worker: WorkerId,
}

/// The end of a request; at the horizon it stands as it is: a row of `requests.csv`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RequestEnded {
    /// The request.
    pub request: RequestId,
    /// Its name, if the script gave it one.
    pub name: Option<RequestNameId>,
    /// Where.
    pub endpoint: EndpointId,
    /// When it was submitted.
    pub submitted: SimTime,
    /// JOB-11. When it was last taken; none of one that is or ended in the queue.
    pub started: Option<SimTime>,
    /// What became of it.
    pub status: RequestStatus,
    /// Why.
    pub cause: RequestCause,
    /// SLS-50. Whether it is the first of a run that became ready after its submission.
    pub cold_start: bool,
    /// The worker that has or had it in hand last.
    pub worker: Option<WorkerId>,
    /// How often it was taken.
    pub attempts: u32,
}

/// JOB-21. A webhook was called.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WebhookCalled {
    /// Of which request.
    pub request: RequestId,
    /// Its name, if the script gave it one.
    pub name: Option<RequestNameId>,
    /// Where.
    pub endpoint: EndpointId,
    /// Whether it was answered.
    pub answered: bool,
}

/// A worker is wanted (SLS-22).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WorkerAsked {
    /// The worker.
    pub worker: WorkerId,
    /// Its slot, from 1.
    pub slot: u32,
    /// SLS-20. What it is at its waking.
    pub kind: WorkerKind,
    /// GPUs.
    pub gpus: u32,
}

/// What it has come to with a worker's GPUs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WorkerAt {
    /// The worker.
    pub worker: WorkerId,
    /// Where.
    pub host: HostId,
}

/// A worker is woken: it starts, and is billed from now on (SLS-40).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WorkerWoken {
    /// The worker.
    pub worker: WorkerId,
    /// Where.
    pub host: HostId,
    /// The price per GPU and second.
    pub price: Money,
    /// Its container disk per GB-month.
    pub disk_price: Money,
    /// Whether its account is charged: not where the endpoint is the platform's (AIE-06).
    pub charged: bool,
}

/// From its next second on a worker costs something else (SLS-21, SLS-42).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WorkerRepriced {
    /// The worker.
    pub worker: WorkerId,
    /// The price per GPU and second.
    pub price: Money,
}

/// A worker is ready (SLS-24).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WorkerReady {
    /// The worker.
    pub worker: WorkerId,
    /// From woken to ready.
    pub cold_start: Span,
}

/// The end of a run; at the horizon it stands as it is: a row of `workers.csv`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WorkerStopped {
    /// The worker.
    pub worker: WorkerId,
    /// Its slot, from 1.
    pub slot: u32,
    /// Where; none of one that never had GPUs.
    pub host: Option<HostId>,
    /// GPUs.
    pub gpus: u32,
    /// What it was at its waking.
    pub kind: WorkerKind,
    /// When it was wanted.
    pub asked: SimTime,
    /// When it began to start.
    pub woken: Option<SimTime>,
    /// When it was ready.
    pub ready: Option<SimTime>,
    /// Jobs that it took.
    pub requests: u32,
    /// How long it had a job in hand.
    pub busy: Span,
    /// Seconds billed.
    pub billed: u64,
    /// What it came to; none where the endpoint is the platform's.
    pub compute: Option<Money>,
    /// The same of its container disk.
    pub disk: Option<Money>,
    /// Why.
    pub reason: StopReason,
}

/// An endpoint was made, or is there from the start.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EndpointCreated {
    /// Which.
    pub endpoint: EndpointId,
    /// Whose.
    pub account: AccountId,
    /// workers_min and workers_max.
    pub workers: (u32, u32),
}

/// An endpoint was changed (SLS-10).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EndpointUpdated {
    /// Which.
    pub endpoint: EndpointId,
    /// Its revision now, from 1.
    pub revision: u32,
    /// workers_min and workers_max.
    pub workers: (u32, u32),
}

/// How an endpoint stands at a sample: a row of `endpoints.csv` (SLS-48).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct EndpointCounts {
    /// Requests in the queue.
    pub in_queue: u64,
    /// Requests in hand.
    pub in_progress: u64,
    /// Workers initializing: preparing, reserved, starting.
    pub initializing: u32,
    /// Workers ready without a job.
    pub idle: u32,
    /// Workers with a job, draining ones too.
    pub running: u32,
    /// Workers that wait for a GPU.
    pub throttled: u32,
    /// Slots asleep and ready to be woken.
    pub standby: u32,
    /// Workers unhealthy.
    pub unhealthy: u32,
    /// Workers that end the jobs in hand.
    pub draining: u32,
    /// Requests completed since creation.
    pub completed: u64,
    /// Requests failed, those timed out not among them.
    pub failed: u64,
    /// Requests put back.
    pub retried: u64,
    /// Requests timed out.
    pub timed_out: u64,
    /// Requests cancelled.
    pub cancelled: u64,
}

/// An endpoint at a sample.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EndpointSampled {
    /// Which.
    pub endpoint: EndpointId,
    /// How it stands.
    pub counts: EndpointCounts,
}

/// The prices of a class of workers were set (SLS-42).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WorkerPriceSet {
    /// The class.
    pub class: WorkerClassId,
    /// Per GPU and second, if set.
    pub flex: Option<Money>,
    /// The same of active workers.
    pub active: Option<Money>,
}

/// A worker was not woken, for want of credit (SLS-45).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WorkerRefused {
    /// The endpoint.
    pub endpoint: EndpointId,
    /// Why.
    pub reason: Refusal,
}

/// A busy worker takes no more jobs (SLS-16).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WorkerDrains {
    /// The worker.
    pub worker: WorkerId,
    /// Why.
    pub reason: StopReason,
}

/// A spot pod got SIGTERM for a worker (SLS-36).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WorkerDisplaces {
    /// The worker.
    pub worker: WorkerId,
    /// The victim.
    pub pod: PodId,
}
