//! The rules that are an either-or: what each may be.

use crate::units::Span;

/// GEN-07. When a unit of time is owed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rounding {
    /// As soon as it begins.
    Started,
    /// Once it has ended.
    Completed,
}

/// BILL-02. From when compute and container disk are billed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BillingStarts {
    /// From the hand-over of the GPUs.
    Placed,
    /// From container up.
    Running,
}

/// BILL-04. Who pays for the grace.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GracePaidBy {
    /// The victim, like any running time.
    Victim,
    /// Nobody: the victim's meters close at SIGTERM.
    Nobody,
}

/// BILL-05. What an interrupted rental owes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InterruptedUnit {
    /// All that its meters count.
    Charged,
    /// Only its completed compute units.
    Waived,
    /// No compute at all if SIGTERM came less than this after the hand-over, else all.
    FreeWithin(Span),
}

/// BILL-15. What becomes of a unit that an outage cuts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OutagePartialUnit {
    /// It lasts out after the outage.
    Kept,
    /// The meter takes the return as its new anchor.
    Forfeited,
}

/// BILL-07. What must be affordable for an hour before renting.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReserveScope {
    /// The pod asked for.
    Pod,
    /// The pod and all running and Reserved pods of the account.
    Account,
}

/// BILL-10. What a stop for funds does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LowFundsAction {
    /// Pods are stopped.
    Stop,
    /// Pods without a network volume are terminated.
    TerminateWithoutNetworkVolume,
}

/// BILL-12. What storage does on an empty balance.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DrainedStorage {
    /// It pauses, and is free until the hold is over.
    Free,
    /// It is charged on, into debt.
    Debt,
}

/// GPU-03. To whom a new list price applies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PriceChangeApplies {
    /// To rentals that begin from then on.
    NewRentals,
    /// To running pods, too, from their next unit.
    Running,
}

/// HOST-13. Who sets the on-demand price of a community host.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CommunityPricing {
    /// The platform, equal on all hosts of a scope.
    Platform,
    /// The host, if it states one.
    Host,
}

/// POD-02. How vCPU and memory are given.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum VcpuMemory {
    /// By the share of the host's GPUs; minima only exclude hosts.
    Proportional,
    /// Exactly what is requested; they can run out.
    Requested,
}

/// POD-06. Whether a request that does not fit holds up those behind it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WaitingOrder {
    /// No: each that fits is placed.
    Skip,
    /// Yes, in the scopes that it names.
    Block,
}

/// SPOT-01. What a stated bid is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BidPer {
    /// One GPU.
    Gpu,
    /// The whole pod.
    Pod,
}

/// SPOT-16. Whether a bid can be changed while its pod lives on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BidChange {
    /// No: its owner stops the pod and resumes it at another bid.
    Refused,
    /// Yes, by ChangeBid.
    Allowed,
}

/// SPOT-09. What becomes of a victim after the grace.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Displaced {
    /// Stopped on its host.
    Stop,
    /// Resuming on its host with its old bid, without end of patience.
    Resume,
    /// The same, and its memory is on its volume, if it has one: no work is lost.
    Hibernate,
    /// Terminated.
    Terminate,
}

/// POD-25. How fast work proceeds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WorkSpeed {
    /// Equally on all GPU types.
    Equal,
    /// By the `relative_speed` of the pod's GPU type over that of the first type that it asked for.
    Relative,
}

/// GPU-04. Whose minimum bids hold where a scenario states none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SpotFloors {
    /// The catalogue's, which are another market's floors for all but its own.
    Catalogue,
    /// `spot_floor_share` of the on-demand price, for every type.
    Share,
}

/// BILL-15. What a volume costs while its host is unavailable.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OutageStorage {
    /// Nothing: its meter pauses with all others.
    Free,
    /// What it costs otherwise, as where it lies apart from the host.
    Charged,
}

/// SPOT-17. What a reserve that rises above the bid of a pod with GPUs does to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReserveRises {
    /// Nothing: it pays its bid.
    Spares,
    /// It gives way, as under a posted price (SPOT-14).
    Interrupts,
}

/// POD-16. Whether a stopped pod can go to another host.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PodMove {
    /// Yes: its volume is copied.
    Allowed,
    /// No: it is tied to its host as long as it lives (POD-09).
    Refused,
}
