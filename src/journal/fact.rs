//! Everything that can be said to have happened.
//!
//! A fact is a small `Copy` value: ids, times, amounts. Whoever writes resolves the names. All readings are made
//! of facts alone, so what is read from a recorded journal is what was read live.

mod actions;
mod hosts;
mod jobs;
mod meters;
mod money;
mod plans;
mod pods;
mod serverless;
mod teams;
mod volumes;

pub use actions::{MemberRole, Operation, Refusal};
pub use hosts::*;
pub use jobs::{Churned, Decided, Decision, JobAsked, JobBegun, JobEnd, JobEnded};
pub use meters::{MeterOf, MeterTerms};
pub use money::{AutoPaySet, Book, Item, NoticeKind, Posting, Subject, Usage};
pub use plans::{PlanBought, PlanPlaces};
pub use pods::{CpuAsked, EndReason, Kind, PodAt, PodName, RentalEnd, Requested, Step};
pub use serverless::*;
pub use teams::{ConvertedToTeam, ImagePullBegun, MemberActs, MemberSet, TemplateSaved};
pub use volumes::{Named, NetworkVolumeCreated, NetworkVolumeName, NetworkVolumeRemoved};

use crate::ids::*;
use crate::units::{Gb, GpuTime, Money, SimTime};
use serde::{Deserialize, Serialize};

/// What happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[repr(u8)] // a tag of its own, for every sink looks at it first
pub enum Fact {
    /// Money moved between two books.
    Posted(Posting),
    /// An owner is told something.
    Notice {
        /// The owner's account.
        account: AccountId,
        /// What about.
        kind: NoticeKind,
    },
    /// An account ran dry: its meters pause, the hold begins (BILL-12, BILL-13).
    AccountDrained {
        /// The account.
        account: AccountId,
        /// When its pods are removed.
        hold_until: SimTime,
    },
    /// A payment ended an account's hold (BILL-14).
    HoldEnded {
        /// The account.
        account: AccountId,
    },
    /// A drained account lost its pods and is drained no longer (BILL-13).
    AccountRemoved {
        /// The account.
        account: AccountId,
    },
    /// An action was refused (GEN-14).
    Rejected {
        /// Who acted; none for the platform.
        account: Option<AccountId>,
        /// What was asked.
        operation: Operation,
        /// On which pod, if it lives or was asked for now.
        pod: Option<PodId>,
        /// The name of what was named, if anything was: it may have ended, or be another's.
        name: Option<Named>,
        /// On which host, if any.
        host: Option<HostId>,
        /// Why not.
        reason: Refusal,
    },
    /// Automatic payments were set (ACCT-05).
    AutoPaySet(AutoPaySet),
    /// A request for GPUs was made.
    PodRequested(Requested),
    /// A request waits (state W or Q).
    PodWaits {
        /// The request.
        pod: PodId,
    },
    /// GPUs are promised to a request: it is Reserved (SPOT-07).
    PodPromised {
        /// The newcomer.
        pod: PodId,
        /// Where.
        host: HostId,
        /// By which step of POD-05.
        step: Step,
        /// When the last victim is gone at the latest.
        due: SimTime,
    },
    /// A promise is void: the host went away, or a stronger request took it over (SPOT-08).
    PromiseLost {
        /// Who loses it.
        pod: PodId,
        /// Who took it over, if anyone.
        by: Option<PodId>,
    },
    /// GPUs are handed over: Initializing begins (POD-07).
    PodPlaced {
        /// The pod.
        pod: PodId,
        /// Where.
        host: HostId,
        /// By which step of POD-05.
        step: Step,
        /// GPUs held.
        gpus: u32,
        /// The compute price per GPU-hour.
        price: Money,
    },
    /// The image is on the host.
    ImagePulled {
        /// The pod.
        pod: PodId,
    },
    /// The container is up.
    PodRunning {
        /// The pod.
        pod: PodId,
    },
    /// SIGTERM: the pod keeps its GPUs for the grace (SPOT-07).
    PodDisplaced {
        /// The victim.
        pod: PodId,
        /// The newcomer; none where the pod has run for as long as it may (POD-24).
        by: Option<PodId>,
        /// Why: outbid or displaced by on demand.
        reason: EndReason,
        /// When SIGKILL comes.
        kill_at: SimTime,
    },
    /// SIGKILL: the grace is over.
    PodKilled {
        /// The victim.
        pod: PodId,
    },
    /// A pod is Stopped (`EXITED`).
    PodStopped {
        /// The pod.
        pod: PodId,
    },
    /// A pod's container starts anew on the same GPUs (POD-15).
    PodReset {
        /// The pod.
        pod: PodId,
    },
    /// A pod's host lost power: it keeps its claim on its GPUs (HOST-03).
    PodDown {
        /// The pod.
        pod: PodId,
    },
    /// A pod starts again after a power loss.
    PodRestarted {
        /// The pod.
        pod: PodId,
    },
    /// An action on a cut-off pod is recorded until its host is back (HOST-04).
    ActionRecorded {
        /// The pod.
        pod: PodId,
        /// What will happen; none: the end of its work.
        operation: Option<Operation>,
    },
    /// A rental ended; at the horizon, stands as it is ([`EndReason::Alive`]).
    RentalEnded(RentalEnd),
    /// A pod is gone for good: its volume is removed.
    PodTerminated {
        /// The pod.
        pod: PodId,
    },
    /// A meter begins to count: readers accrue from this what is not posted yet.
    MeterOpened(MeterTerms),
    /// A meter's price or quantity changes from its next unit on.
    MeterRepriced(MeterTerms),
    /// A meter pauses.
    MeterPaused(MeterOf),
    /// A paused meter goes on.
    MeterResumed(MeterOf),
    /// A meter closes.
    MeterClosed(MeterOf),
    /// A host lost power.
    HostDown {
        /// The host.
        host: HostId,
    },
    /// A host's power is back.
    HostUp {
        /// The host.
        host: HostId,
    },
    /// A host is cut off.
    NetworkDown {
        /// The host.
        host: HostId,
    },
    /// A host is connected again.
    NetworkUp {
        /// The host.
        host: HostId,
    },
    /// How a host's GPUs are used has changed; said for every host at the start.
    Occupied {
        /// The host.
        host: HostId,
        /// Whether it is available: powered and online.
        available: bool,
        /// Its GPUs.
        occupancy: Occupancy,
    },
    /// A list price or a floor was set.
    PriceSet(PriceSet),
    /// A scope's published prices changed (GPU-05).
    PricePublished {
        /// The scope.
        scope: ScopeId,
        /// The new row.
        quote: Quote,
    },
    /// The warm-up is over: statistics begin.
    WarmUpEnded,
    /// Utilisation is sampled.
    Sampled,
    /// The run has ended.
    RunEnded,
    /// At SIGTERM a pod begins a checkpoint, for which the grace leaves time (SPOT-07).
    CheckpointBegun {
        /// The pod.
        pod: PodId,
        /// When it is whole.
        due: SimTime,
        /// The work that it keeps.
        work: GpuTime,
    },
    /// What checkpoints and restarts took in a rental; said before its end is.
    CheckpointOverhead {
        /// The pod.
        pod: PodId,
        /// GPU-time in which no work proceeded.
        overhead: GpuTime,
    },
    /// A job of a customer who decides has come.
    JobBegun(JobBegun),
    /// A request was made for a job.
    JobAsked(JobAsked),
    /// A customer decides.
    Decided(Decided),
    /// A job has ended.
    JobEnded(JobEnded),
    /// A live spot pod bids otherwise from now on (SPOT-16).
    BidChanged {
        /// The pod.
        pod: PodId,
        /// Its bid per GPU-hour.
        bid: Money,
    },
    /// A network volume was created (NVOL-01).
    NetworkVolumeCreated(NetworkVolumeCreated),
    /// A network volume has grown: its capacity at once, its price with the next hour (NVOL-04).
    NetworkVolumeResized {
        /// The volume.
        volume: NetworkVolumeId,
        /// Its new size.
        size: Gb,
        /// What all of it costs per month from then on.
        monthly: Money,
    },
    /// A network volume is gone, with its data (NVOL-08, BILL-13).
    NetworkVolumeRemoved(NetworkVolumeRemoved),
    /// A pod that was asked for has a network volume, until it is gone for good (NVOL-05).
    NetworkVolumeAttached {
        /// The pod.
        pod: PodId,
        /// The volume.
        volume: NetworkVolumeId,
    },
    /// A member of a team acts for it; what comes of that follows (TEAM-02).
    MemberActs(MemberActs),
    /// A personal account is a team from now on (TEAM-01).
    ConvertedToTeam(ConvertedToTeam),
    /// Somebody has a role in a team from now on (TEAM-02).
    MemberSet(MemberSet),
    /// Requests see a host again, or for the first time (HOST-02).
    HostListed(HostId),
    /// Requests do not see a host until it is listed again.
    HostDelisted {
        /// The host.
        host: HostId,
        /// Why.
        why: Delisted,
    },
    /// Maintenance was announced (HOST-05).
    MaintenanceAnnounced(Announced),
    /// Maintenance begins.
    MaintenanceBegan(HostId),
    /// Maintenance is over.
    MaintenanceEnded(HostId),
    /// A host's departure was announced (HOST-06).
    DepartureAnnounced(DepartureAnnounced),
    /// A host joins (CLD-04).
    HostJoined(HostId),
    /// A host has left for good (HOST-06).
    HostLeft(HostId),
    /// How reliable a host was, said of every host at the end of the run, or at its departure (HOST-09).
    HostScored {
        /// The host.
        host: HostId,
        /// In millionths, rounded down.
        reliability: u32,
    },
    /// A template was made or changed (TMPL-03).
    TemplateSaved(TemplateSaved),
    /// A pod starts, and its named image is on its host (TMPL-05).
    ImageCached {
        /// The pod.
        pod: PodId,
        /// The image.
        image: ImageId,
    },
    /// A pod starts, and its host lacks something of its named image (TMPL-04).
    ImagePullBegun(ImagePullBegun),
    /// A host keeps a layer no longer (TMPL-05).
    ImageEvicted {
        /// The host.
        host: HostId,
        /// The layer.
        layer: LayerId,
    },
    /// A savings plan was bought (PLAN-01).
    PlanBought(PlanBought),
    /// A pod has places of a plan from now on (PLAN-04).
    PlanCovers(PlanPlaces),
    /// A pod has its places of a plan no longer (PLAN-04).
    PlanLeft(PlanPlaces),
    /// A savings plan has ended (PLAN-03).
    PlanEnded(PlanId),
    /// A provider's host comes; said before it joins, of a host that was not there so far.
    HostSupplied(Supplied),
    /// An invited provider stays away, as it would not pay.
    ProviderDeclined(Declined),
    /// A provider decided to leave; its departure follows.
    ProviderLeaves(HostId, Leaving),
    /// The customers of an account turn away, come back, or do not come meanwhile.
    Churn(AccountId, Churned),
    /// A stopped pod leaves this host for another; said before its placement there (POD-16).
    PodMoves(PodAt),
    /// The volume of a pod that moves is whole on its new host.
    DataCopied(PodId),
    /// A pod that moves stops before that: it is on this host, its old one.
    MoveUndone(PodAt),
    /// A CPU pod asks for vCPUs; said with its request (POD-14).
    CpuAsked(CpuAsked),
    /// An endpoint was made, or is there from the start (SLS-02).
    EndpointCreated(EndpointCreated),
    /// An endpoint was changed (SLS-10).
    EndpointUpdated(EndpointUpdated),
    /// An endpoint is gone (SLS-14).
    EndpointDeleted(EndpointId),
    /// How an endpoint stands; said before each sample.
    EndpointSampled(EndpointSampled),
    /// A worker is wanted (SLS-22).
    WorkerAsked(WorkerAsked),
    /// A worker was not woken: its account lacks credit (SLS-45).
    WorkerRefused(WorkerRefused),
    /// A worker waits for GPUs (SLS-37).
    WorkerThrottled(WorkerId),
    /// A worker that waited, or was promised GPUs, is wanted no longer (SLS-35).
    WorkerWithdrawn(WorkerId),
    /// GPUs are a worker's; victims' graces or its pull go on (SLS-22).
    WorkerReserved(WorkerAt),
    /// A worker starts (SLS-40).
    WorkerWoken(WorkerWoken),
    /// A worker is ready (SLS-24).
    WorkerReady(WorkerReady),
    /// A worker costs something else from now on (SLS-42).
    WorkerRepriced(WorkerRepriced),
    /// A busy worker takes no more jobs, for this reason (SLS-16).
    WorkerDrains(WorkerDrains),
    /// A worker stopped; at the horizon, stands as it is.
    WorkerStopped(WorkerStopped),
    /// A request was accepted (JOB-02).
    RequestSubmitted(RequestSubmitted),
    /// A worker took a request (SLS-30).
    RequestStarted(RequestHandled),
    /// A request went back to the queue (JOB-14).
    RequestRequeued(RequestHandled),
    /// A request ended; at the horizon, stands as it is (JOB-07).
    RequestEnded(RequestEnded),
    /// A webhook was called (JOB-21).
    WebhookCalled(WebhookCalled),
    /// The prices of a class of workers were set (SLS-42).
    WorkerPriceSet(WorkerPriceSet),
    /// For whom a spot pod just got SIGTERM, where that is a worker (SLS-36).
    WorkerDisplaces(WorkerDisplaces),
}
