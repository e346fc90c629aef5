//! What can be due. When several things are in one instant, their [class](super::Class) says which comes first.

use crate::ids::{
    AccountId, ActionId, EndpointId, FailureId, HostId, JobId, PlanId, PodId, RequestSourceId,
    ScopeId, SegmentId, SupplyId,
};

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
