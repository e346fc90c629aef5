//! What facts say about actions: their names, and why they are refused (API-01, GEN-14).

use serde::{Deserialize, Serialize};

/// The platform's operations, by the names of API-01. A bid that a pod lives on is changed by stop and
/// resume (SPOT-03), or, where the rules allow it, by `ChangeBid` (SPOT-16).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the names are API-01's own")]
pub enum Operation {
    Deposit,
    SetAutoPay,
    Adjust,
    CreatePod,
    CreateSpotPod,
    StopPod,
    ResumePod,
    ResumeSpotPod,
    ResetPod,
    TerminatePod,
    HostDown,
    HostUp,
    NetworkDown,
    NetworkUp,
    SetPrice,
    ConnectPod,
    ChangeBid,
    CreateNetworkVolume,
    ResizeNetworkVolume,
    DeleteNetworkVolume,
    ConvertToTeam,
    SetMember,
    HostJoin,
    HostLeave,
    ScheduleMaintenance,
    SaveTemplate,
    BuySavingsPlan,
    MovePod,
    CreateEndpoint,
    UpdateEndpoint,
    DeleteEndpoint,
    SubmitJob,
    CancelJob,
    PurgeQueue,
}

impl Operation {
    /// Whether it asks for GPUs: a new request, a resume, or a move.
    pub fn asks_for_gpus(self) -> bool {
        matches!(
            self,
            Self::CreatePod
                | Self::CreateSpotPod
                | Self::ResumePod
                | Self::ResumeSpotPod
                | Self::MovePod
        )
    }
}

/// GEN-14. Why an action was refused, in the order in which reasons are looked for; but `NotPermitted`
/// is looked for first and `SpendingLimit` before `NoFunds`, and they stand last as facts are encoded by
/// position.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Refusal {
    /// The entity does not exist (yet), or is another account's.
    Unknown,
    /// Its state does not allow the action.
    IllegalState,
    /// An argument is out of its range.
    BadArgument,
    /// No host named is big enough, though some exist.
    TooLarge,
    /// The bid is below every floor named.
    BidBelowFloor,
    /// The balance does not allow it (BILL-06, BILL-07).
    NoFunds,
    /// No capacity now, and no patience to wait.
    NoCapacity,
    /// The role of the member that acts does not allow it (TEAM-03).
    NotPermitted,
    /// The account would burn more per hour than it may (ACCT-06): looked for before `NoFunds`.
    SpendingLimit,
    /// Too many calls (JOB-03): looked for after `Unknown`.
    RateLimited,
    /// The queue is too long (JOB-04): looked for before `NoFunds`.
    QueueFull,
}

/// TEAM-03. The role of a member.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the names are TEAM-03's own")]
pub enum MemberRole {
    Basic,
    Billing,
    Dev,
    Admin,
}
