//! In which order the events of one instant are taken (GEN-11).
//!
//! Events are totally ordered by (time, class, sequence). A [`Class`] is one cell of GEN-11's table,
//! read row by row and within a row from left to right, so that ties are settled by meaning: what
//! frees capacity precedes what asks for it, money in precedes thresholds, samples see the final
//! state. The sequence is the order of scheduling; the script is scheduled first, in its own order,
//! so scripted actions come first among equals. Events of endpoints and jobs stand in it as SLS-28 says.

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_class_is_listed_at_its_discriminant() {
        assert_eq!(Class::ALL.len(), Class::Horizon as usize + 1);
        assert!(Class::ALL.iter().enumerate().all(|(index, class)| *class as usize == index));
    }
}
