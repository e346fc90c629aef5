//! What can be due, and in which order the events of one instant are taken (GEN-11).
//!
//! Events are totally ordered by (time, class, sequence). A [`Class`] is one cell of GEN-11's table,
//! read row by row and within a row from left to right, so that ties are settled by meaning: what
//! frees capacity precedes what asks for it, money in precedes thresholds, samples see the final
//! state. The sequence is the order of scheduling; the script is scheduled first, in its own order,
//! so scripted actions come first among equals.

use crate::ids::{
    AccountId, ActionId, EndpointId, FailureId, HostId, JobId, PlanId, PodId, RequestSourceId,
    ScopeId, SegmentId, SupplyId,
};

/// A cell of GEN-11's table. The order of the variants is the order of events within an instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum Class {
    /// 1 Fail: a host loses power.
    HostDown,
    /// 1 Fail: a host loses its network.
    NetworkDown,
    /// 1 Fail: a host leaves for good.
    HostLeave,
    /// 1 Fail: maintenance begins.
    MaintenanceBegins,
    /// 1 Fail: what is announced delists its host.
    Delisting,
    /// 2 Return: a host's power is back.
    HostUp,
    /// 2 Return: a host's network is back.
    NetworkUp,
    /// 2 Return: a host joins.
    HostJoin,
    /// 2 Return: maintenance ends.
    MaintenanceEnds,
    /// 2 Return: a host is listed, for the first time or again.
    Listing,
    /// 3 Credit: a deposit.
    Deposit,
    /// 3 Credit: the automatic payment of a drained account.
    DrainedPayment,
    /// 3 Credit: an adjustment.
    Adjustment,
    /// 4 Free: a pod's work is done.
    WorkDone,
    /// 4 Free: a worker has done a job.
    JobDone,
    /// 4 Free: an owner or the platform stops a pod.
    StopPod,
    /// 4 Free: a pod is terminated.
    TerminatePod,
    /// 4 Free: a pod is reset.
    ResetPod,
    /// 4 Free: a displaced pod's grace is over.
    GraceOver,
    /// 4 Free: a job has been in hand, or there, for too long.
    JobTimeout,
    /// 4 Free: a job is cancelled.
    CancelJob,
    /// 4 Free: a queue is purged.
    PurgeQueue,
    /// 4 Free: a worker has been idle for long enough.
    IdleTimeout,
    /// 4 Free: an endpoint is deleted.
    DeleteEndpoint,
    /// 4 Free: a network volume is deleted.
    DeleteVolume,
    /// 4 Free: a savings plan has expired.
    PlanExpires,
    /// 4 Free: the hold of a drained account is over.
    HoldOver,
    /// 4 Free: a spot pod has held its GPUs for as long as it may.
    LongestRun,
    /// 5 Set: a scope's list price or floor is set.
    SetPrice,
    /// 5 Set: a host's own price or floor is set.
    HostPrice,
    /// 5 Set: a posted or replayed spot price, or its reserve, moves.
    SpotPrice,
    /// 5 Set: a savings plan is bought.
    BuySavingsPlan,
    /// 5 Set: a network volume is made, or grows.
    NetworkVolume,
    /// 5 Set: an endpoint is made or changed.
    SaveEndpoint,
    /// 5 Set: a template is made or changed.
    Template,
    /// 5 Set: the bid of a live spot pod is set.
    ChangeBid,
    /// 5 Set: automatic payments are set up.
    SetAutoPay,
    /// 5 Set: a personal account becomes a team.
    Conversion,
    /// 5 Set: a member joins a team, or gets another role.
    Members,
    /// 5 Set: maintenance is announced.
    Announcement,
    /// 6 Ready: promised GPUs are handed over.
    HandOver,
    /// 6 Ready: a volume is copied.
    DataCopied,
    /// 6 Ready: an image is pulled.
    ImagePulled,
    /// 6 Ready: a container is up.
    ContainerUp,
    /// 6 Ready: a worker is ready, or its start takes too long.
    WorkerReady,
    /// 6 Ready: an unhealthy worker may be tried again.
    WorkerRetry,
    /// 7 Ask: those are tried who wait, or joined just now: before the next new request joins.
    AskRound,
    /// 7 Ask: an on-demand request or resume joins the queue.
    AskJoins,
    /// 7 Ask: a job is submitted.
    SubmitJob,
    /// 7 Ask: how many workers an endpoint wants.
    Scale,
    /// 8 Bid: a spot request or resume joins the queue.
    BidJoins,
    /// 8 Bid: waiting and new are tried together.
    BidRound,
    /// 9 Limit: a request's patience is over.
    PatienceOver,
    /// 9 Limit: the ten-minute check (BILL-09), and the look that finds when it is due.
    FundsCheck,
    /// 10 Publish: prices are published, if changed.
    Publish,
    /// 11 Charge: draining (BILL-12).
    Drain,
    /// 11 Charge: automatic payment and the low-balance notice (ACCT-05, ACCT-08).
    Payment,
    /// 12 Sample: accounts are settled for a statement.
    Statement,
    /// 12 Sample: the warm-up ends.
    WarmUpEnds,
    /// 12 Sample: utilisation is sampled.
    Sample,
    /// 13 End: the horizon.
    Horizon,
}

impl Class {
    /// Every class, in order: the one at index i has discriminant i.
    pub(super) const ALL: [Self; 61] = [
        Self::HostDown,
        Self::NetworkDown,
        Self::HostLeave,
        Self::MaintenanceBegins,
        Self::Delisting,
        Self::HostUp,
        Self::NetworkUp,
        Self::HostJoin,
        Self::MaintenanceEnds,
        Self::Listing,
        Self::Deposit,
        Self::DrainedPayment,
        Self::Adjustment,
        Self::WorkDone,
        Self::JobDone,
        Self::StopPod,
        Self::TerminatePod,
        Self::ResetPod,
        Self::GraceOver,
        Self::JobTimeout,
        Self::CancelJob,
        Self::PurgeQueue,
        Self::IdleTimeout,
        Self::DeleteEndpoint,
        Self::DeleteVolume,
        Self::PlanExpires,
        Self::HoldOver,
        Self::LongestRun,
        Self::SetPrice,
        Self::HostPrice,
        Self::SpotPrice,
        Self::BuySavingsPlan,
        Self::NetworkVolume,
        Self::SaveEndpoint,
        Self::Template,
        Self::ChangeBid,
        Self::SetAutoPay,
        Self::Conversion,
        Self::Members,
        Self::Announcement,
        Self::HandOver,
        Self::DataCopied,
        Self::ImagePulled,
        Self::ContainerUp,
        Self::WorkerReady,
        Self::WorkerRetry,
        Self::AskRound,
        Self::AskJoins,
        Self::SubmitJob,
        Self::Scale,
        Self::BidJoins,
        Self::BidRound,
        Self::PatienceOver,
        Self::FundsCheck,
        Self::Publish,
        Self::Drain,
        Self::Payment,
        Self::Statement,
        Self::WarmUpEnds,
        Self::Sample,
        Self::Horizon,
    ];
}

/// A due moment. Small and `Copy`: the agenda never allocates per event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// A scripted action is due.
    Act(ActionId),
    /// The next customer of a segment arrives.
    CustomerArrives(SegmentId),
    /// A customer does what it decided to do for a job, if it has not decided anew.
    JobActs {
        /// The job.
        job: JobId,
        /// Which of its decisions this is.
        decision: u32,
    },
    /// A customer asks its policy anew about a job, if nothing else made it do so.
    JobLooks {
        /// The job.
        job: JobId,
        /// Which of its looks this is.
        look: u32,
    },
    /// A job's deadline passes.
    JobDeadline(JobId),
    /// The next unit of a job's pod would exceed its budget.
    JobBudget(JobId),
    /// Customers who turned away come back.
    CustomerReturns(AccountId),
    /// A random account's next deposit comes.
    DepositDue(AccountId),
    /// Hosts fail at random.
    HostsFail(FailureId),
    /// They have been repaired.
    HostsReturn(FailureId),
    /// A host that was announced to leaves for good.
    HostDeparts(HostId),
    /// Announced maintenance delists its host.
    HostDelists(HostId),
    /// Announced maintenance begins.
    MaintenanceBegins(HostId),
    /// Maintenance is over.
    MaintenanceEnds(HostId),
    /// A host has been vetted (CLD-04).
    HostVetted(HostId),
    /// A delisted host reaches the listing minimum, if it has not failed since (HOST-10).
    HostRelists {
        /// The host.
        host: HostId,
        /// How often it had failed when this was scheduled.
        outages: u32,
    },
    /// A provider is invited.
    ProviderInvited(SupplyId),
    /// A provider looks at what its host earned.
    ProviderReviews(HostId),
    /// It sets what it asks for a GPU-hour.
    ProviderAsks(HostId),
    /// Its time is over.
    ProviderRetires(HostId),
    /// A pod's work is done, if its epoch still holds.
    WorkDone {
        /// Whose work.
        pod: PodId,
        /// The pod's epoch when this was scheduled.
        epoch: u32,
    },
    /// A displaced pod's grace is over.
    GraceOver {
        /// The victim.
        pod: PodId,
        /// Its epoch when this was scheduled.
        epoch: u32,
    },
    /// POD-24. A spot pod has held its GPUs for `longest_run`.
    LongestRun {
        /// The pod.
        pod: PodId,
        /// The rental whose GPUs they are: what happens within it does not put the end off.
        rental: u32,
    },
    /// A newcomer gets the GPUs that it was promised.
    HandOver {
        /// The newcomer.
        pod: PodId,
        /// Its epoch when this was scheduled.
        epoch: u32,
    },
    /// A pod's volume is whole on its new host (POD-16).
    DataCopied {
        /// The pod.
        pod: PodId,
        /// Its epoch when this was scheduled.
        epoch: u32,
    },
    /// A pod's image is on its host.
    ImagePulled {
        /// The pod.
        pod: PodId,
        /// Its epoch when this was scheduled.
        epoch: u32,
    },
    /// A host has pulled what it lacked of a named image, if that pull was not broken off.
    Pulled {
        /// The host.
        host: HostId,
        /// The pull.
        number: u32,
    },
    /// A pod's container is up.
    ContainerUp {
        /// The pod.
        pod: PodId,
        /// Its epoch when this was scheduled.
        epoch: u32,
    },
    /// A waiting request gives up.
    PatienceOver {
        /// The request.
        pod: PodId,
        /// Its epoch when this was scheduled.
        epoch: u32,
    },
    /// The next request of a source comes.
    RequestArrives(RequestSourceId),
    /// A worker has done a job, if the job was not taken from it.
    JobDone {
        /// The endpoint.
        endpoint: EndpointId,
        /// The job's row.
        job: u32,
        /// The row's count of changes when this was scheduled.
        epoch: u32,
    },
    /// A job of an endpoint may have come to the end of its time.
    JobTimeout {
        /// The endpoint.
        endpoint: EndpointId,
        /// The job's row.
        job: u32,
        /// The row's count of changes when this was scheduled.
        epoch: u32,
    },
    /// A queued job of an endpoint may have come to the end of its time to live.
    JobsExpire(EndpointId),
    /// A queued job of an endpoint may be late (SLS-33).
    JobsLate(EndpointId),
    /// A low-priority job of an endpoint may become a normal one (JOB-10).
    JobsEscalate(EndpointId),
    /// A worker may have been idle for long enough; else it is looked at again.
    IdleTimeout {
        /// The endpoint.
        endpoint: EndpointId,
        /// Its slot's row.
        slot: u32,
        /// The row's count of looks.
        look: u32,
    },
    /// A worker is ready, or its start has taken too long.
    WorkerReady {
        /// The endpoint.
        endpoint: EndpointId,
        /// Its slot's row.
        slot: u32,
        /// The run.
        run: u32,
    },
    /// An unhealthy worker may be tried again.
    WorkerRetry {
        /// The endpoint.
        endpoint: EndpointId,
        /// Its slot's row.
        slot: u32,
        /// Its number: the row may be another's by then.
        number: u32,
    },
    /// An endpoint is asked how many workers it wants.
    Scale(EndpointId),
    /// A webhook is called (JOB-21).
    Webhook(u32),
    /// An account's discount on workers is over (SLS-42).
    DiscountEnds(AccountId),
    /// The loss of a worker is noticed (SLS-38).
    LossNoticed(u32),
    /// An account's funds come near a line: look exactly, or act if a line is reached.
    FundsCheck(AccountId),
    /// An account cannot pay the units that begin now.
    Drain(AccountId),
    /// An account's balance after this instant's units is below its payment threshold.
    Payment(AccountId),
    /// A drained account may try its automatic payment again.
    DrainedPayment(AccountId),
    /// The hold of a drained account is over.
    HoldOver(AccountId),
    /// A savings plan has expired.
    PlanExpires(PlanId),
    /// The customers of an account buy its next savings plan.
    PlanWanted(AccountId),
    /// SPOT-13. Spot prices are posted anew.
    PostPrices,
    /// SPOT-13. A recorded spot price moves.
    SpotPriceMoves(ScopeId),
    /// SPOT-17. The reserves of spot prices move.
    MoveReserves,
    /// A policy may move the list price of a scope.
    ListPriceDue(ScopeId),
    /// The waiting and the new on-demand requests are tried.
    AskRound,
    /// The waiting and the new spot requests are tried.
    BidRound,
    /// Prices of the scopes touched in this instant are published.
    Publish,
    /// Every account is settled.
    Statement,
    /// The warm-up ends.
    WarmUpEnds,
    /// Utilisation is sampled.
    Sample,
    /// The run ends.
    Horizon,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_class_is_listed_at_its_discriminant() {
        assert_eq!(Class::ALL.len(), Class::Horizon as usize + 1);
        assert!(Class::ALL.iter().enumerate().all(|(index, class)| *class as usize == index));
    }
}
