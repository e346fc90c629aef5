//! What facts say about pods: a request, how it got its GPUs, the end of its rental (POD-22).

use super::WorkerId;
use crate::ids::{AccountId, HostId, PodId, PodNameId, PoolId, SegmentId};
use crate::units::{GpuTime, Money};
use serde::{Deserialize, Serialize};

/// A request for GPUs: the start of a rental, a row of `pods.csv`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Requested {
    /// The pod.
    pub pod: PodId,
    /// The name that the script gave it; none: `pod-N` by its number among the unnamed.
    pub name: PodName,
    /// The how-manieth rental of the pod this is, from 1.
    pub rental: u32,
    /// Who pays.
    pub account: AccountId,
    /// The segment of the customer, if random.
    pub segment: Option<SegmentId>,
    /// How it is rented.
    pub kind: Kind,
    /// GPUs asked for.
    pub gpus: u32,
    /// The host it is tied to, for a resume; a move asks for another.
    pub host: Option<HostId>,
    /// The first pool that it names and that has hosts: where it counts while it waits (GEN-13); the
    /// first of all if it names none.
    pub pool: PoolId,
    /// Work to do in all, if it has an end.
    pub work: Option<GpuTime>,
    /// What the work is worth to the customer, if stated.
    pub value: Option<Money>,
}

/// How a pod is rented: column `kind` of `pods.csv`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Kind {
    /// At the list price, never displaced (POD-19).
    OnDemand,
    /// At a bid in USD per GPU-hour (SPOT-01).
    Spot {
        /// The bid per GPU and hour.
        bid: Money,
    },
    /// As a worker of an endpoint (SLS-36): never said of a pod.
    Serverless,
}

/// A pod's name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum PodName {
    /// Given by the script.
    Given(PodNameId),
    /// `pod-N`, N counted from 1 over the pods of random demand in order of arrival.
    Generated(u32),
    /// A worker of an endpoint, which no fact calls a pod.
    Worker(WorkerId),
}

/// POD-05. By which step a request got its GPUs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Step {
    /// Free capacity.
    Free,
    /// Free capacity and what is in grace, promised to nobody.
    Grace,
    /// These and displacement.
    Displacement,
    /// Zero GPUs: access to the data alone (POD-13).
    ZeroGpu,
}

/// The end of a rental, with what it came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RentalEnd {
    /// The pod.
    pub pod: PodId,
    /// Why it ended.
    pub reason: EndReason,
    /// What compute came to owe.
    pub compute: Money,
    /// What container disk and volume came to owe from placement to end.
    pub storage: Money,
    /// GPU-time in Running and Grace, less what was lost.
    pub useful: GpuTime,
    /// Work done in vain.
    pub lost: GpuTime,
    /// SIGTERMs received in this rental.
    pub preemptions: u32,
}

/// POD-22. Why a rental ended: column `end_reason`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum EndReason {
    /// Its work is done.
    Completed,
    /// Its owner stopped it.
    Stopped,
    /// Its owner terminated it.
    Terminated,
    /// Displaced by a higher bid.
    Outbid,
    /// Displaced by an on-demand request.
    DisplacedByOnDemand,
    /// Its host departed.
    HostDown,
    /// Stopped or refused for funds.
    NoFunds,
    /// Its patience ended.
    Abandoned,
    /// Refused for any other reason.
    Rejected,
    /// Still alive at the horizon.
    Alive,
    /// Refused as its account would burn more per hour than it may (ACCT-06).
    SpendingLimit,
}

/// A pod and a host (POD-16).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PodAt {
    /// The pod.
    pub pod: PodId,
    /// The host.
    pub host: HostId,
}

/// What a CPU pod asks for (POD-14).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CpuAsked {
    /// The pod.
    pub pod: PodId,
    /// vCPUs.
    pub vcpus: u32,
}
