//! The words by which outputs call things: names of facts, and of the enums inside them.
//!
//! One table for all readers, so that a reason is spelled alike in every file. The words are part of
//! the output contract: append, never rename.

use super::Fact;
use super::fact::{
    Churned, Decision, Delisted, EndReason, Item, JobEnd, Kind, Leaving, MemberRole, NoticeKind,
    Operation, Refusal, RequestCause, RequestStatus, Step, StopReason, WorkerKind,
};

/// Gives each member of an enum its word, and the enum the list of all its words.
macro_rules! words {
    ($type:ident, $($member:ident = $word:literal),* $(,)?) => {
        impl $type {
            /// All words of this kind, in the order of its members.
            pub const WORDS: &'static [&'static str] = &[$($word),*];
            /// The word by which outputs call it.
            pub const fn word(&self) -> &'static str {
                match self { $(Self::$member { .. } => $word),* }
            }
        }
    };
}

/// The same for facts, with a bit for each kind of them.
macro_rules! facts {
    ($($member:ident = $word:literal),* $(,)?) => {
        words!(Fact, $($member = $word),*);

        #[derive(Clone, Copy)]
        #[repr(u8)]
        enum FactKind { $($member),* }

        impl FactKind {
            /// The bit of a kind in a [`Wanted`](super::Wanted).
            #[inline(always)]
            const fn bit(self) -> u128 {
                1 << self as u8
            }
        }
        impl Fact {
            /// The bit of its kind in a [`Wanted`](super::Wanted).
            #[inline(always)] // known where a fact is stated
            pub(super) const fn bit(&self) -> u128 {
                match self { $(Self::$member { .. } => FactKind::$member.bit()),* }
            }
        }
        impl super::Wanted {
            /// The facts of these words.
            ///
            /// # Panics
            /// If a word is no fact's.
            pub fn these(words: &[&str]) -> Self {
                let bit = |word: &&str| match *word {
                    $($word => FactKind::$member.bit(),)*
                    other => panic!("no fact is called {other}"),
                };
                Self(words.iter().map(bit).fold(0, |bits: u128, bit: u128| bits | bit))
            }
        }
    };
}

facts!(
    Posted = "posted",
    Notice = "notice",
    AccountDrained = "account_drained",
    HoldEnded = "hold_ended",
    AccountRemoved = "account_removed",
    Rejected = "rejected",
    AutoPaySet = "auto_pay_set",
    PodRequested = "pod_requested",
    PodWaits = "pod_waits",
    PodPromised = "pod_promised",
    PromiseLost = "promise_lost",
    PodPlaced = "pod_placed",
    ImagePulled = "image_pulled",
    PodRunning = "pod_running",
    PodDisplaced = "pod_displaced",
    PodKilled = "pod_killed",
    PodStopped = "pod_stopped",
    PodReset = "pod_reset",
    PodDown = "pod_down",
    PodRestarted = "pod_restarted",
    ActionRecorded = "action_recorded",
    RentalEnded = "rental_ended",
    PodTerminated = "pod_terminated",
    MeterOpened = "meter_opened",
    MeterRepriced = "meter_repriced",
    MeterPaused = "meter_paused",
    MeterResumed = "meter_resumed",
    MeterClosed = "meter_closed",
    HostDown = "host_down",
    HostUp = "host_up",
    NetworkDown = "network_down",
    NetworkUp = "network_up",
    Occupied = "occupied",
    PriceSet = "price_set",
    PricePublished = "price_published",
    WarmUpEnded = "warm_up_ended",
    Sampled = "sampled",
    RunEnded = "run_ended",
    CheckpointBegun = "checkpoint_begun",
    CheckpointOverhead = "checkpoint_overhead",
    JobBegun = "job_begun",
    JobAsked = "job_asked",
    Decided = "decided",
    JobEnded = "job_ended",
    BidChanged = "bid_changed",
    NetworkVolumeCreated = "network_volume_created",
    NetworkVolumeResized = "network_volume_resized",
    NetworkVolumeRemoved = "network_volume_removed",
    NetworkVolumeAttached = "network_volume_attached",
    MemberActs = "member_acts",
    ConvertedToTeam = "converted_to_team",
    MemberSet = "member_set",
    HostListed = "host_listed",
    HostDelisted = "host_delisted",
    MaintenanceAnnounced = "maintenance_announced",
    MaintenanceBegan = "maintenance_began",
    MaintenanceEnded = "maintenance_ended",
    DepartureAnnounced = "departure_announced",
    HostJoined = "host_joined",
    HostLeft = "host_left",
    HostScored = "host_scored",
    TemplateSaved = "template_saved",
    ImageCached = "image_cached",
    ImagePullBegun = "image_pull_begun",
    ImageEvicted = "image_evicted",
    PlanBought = "plan_bought",
    PlanCovers = "plan_covers",
    PlanLeft = "plan_left",
    PlanEnded = "plan_ended",
    HostSupplied = "host_supplied",
    ProviderDeclined = "provider_declined",
    ProviderLeaves = "provider_leaves",
    Churn = "churn",
    PodMoves = "pod_moves",
    DataCopied = "data_copied",
    MoveUndone = "move_undone",
    CpuAsked = "cpu_asked",
    EndpointCreated = "endpoint_created",
    EndpointUpdated = "endpoint_updated",
    EndpointDeleted = "endpoint_deleted",
    EndpointSampled = "endpoint_sampled",
    WorkerAsked = "worker_asked",
    WorkerRefused = "worker_refused",
    WorkerThrottled = "worker_throttled",
    WorkerWithdrawn = "worker_withdrawn",
    WorkerReserved = "worker_reserved",
    WorkerWoken = "worker_woken",
    WorkerReady = "worker_ready",
    WorkerRepriced = "worker_repriced",
    WorkerDrains = "worker_drains",
    WorkerStopped = "worker_stopped",
    RequestSubmitted = "request_submitted",
    RequestStarted = "request_started",
    RequestRequeued = "request_requeued",
    RequestEnded = "request_ended",
    WebhookCalled = "webhook_called",
    WorkerPriceSet = "worker_price_set",
    WorkerDisplaces = "worker_displaces",
);

words!(WorkerKind, Flex = "flex", Active = "active",);

words!(
    StopReason,
    IdleTimeout = "idle_timeout",
    MaxLowered = "max_lowered",
    Outdated = "outdated",
    ExecutionTimeout = "execution_timeout",
    HostDown = "host_down",
    NetworkDown = "network_down",
    HostLeft = "host_left",
    NoFunds = "no_funds",
    Unhealthy = "unhealthy",
    Alive = "alive",
);

words!(
    RequestStatus,
    InQueue = "IN_QUEUE",
    InProgress = "IN_PROGRESS",
    Completed = "COMPLETED",
    Failed = "FAILED",
    Cancelled = "CANCELLED",
    TimedOut = "TIMED_OUT",
);

words!(
    RequestCause,
    None = "",
    HandlerError = "handler_error",
    WorkerLost = "worker_lost",
    TooLarge = "too_large",
    NoFunds = "no_funds",
    ExecutionTimeout = "execution_timeout",
    Ttl = "ttl",
    CancelJob = "cancelled",
    PurgeQueue = "purged",
    Deleted = "deleted",
);

words!(Kind, OnDemand = "on_demand", Spot = "spot", Serverless = "serverless");

words!(
    Item,
    Deposit = "deposit",
    AutoPay = "auto_pay",
    Compute = "compute",
    ContainerDisk = "container_disk",
    Volume = "volume",
    HostPayout = "host_payout",
    Adjustment = "adjustment",
    NetworkVolume = "network_volume",
    SavingsPlan = "savings_plan",
    ServerlessCompute = "serverless_compute",
    ServerlessDisk = "serverless_disk",
    PublicEndpoint = "public_endpoint",
);

words!(
    EndReason,
    Completed = "completed",
    Stopped = "stopped",
    Terminated = "terminated",
    Outbid = "outbid",
    DisplacedByOnDemand = "displaced_by_on_demand",
    HostDown = "host_down",
    NoFunds = "no_funds",
    Abandoned = "abandoned",
    Rejected = "rejected",
    Alive = "alive",
    SpendingLimit = "spending_limit",
);

words!(
    Refusal,
    Unknown = "unknown",
    IllegalState = "illegal_state",
    BadArgument = "bad_argument",
    TooLarge = "too_large",
    BidBelowFloor = "bid_below_floor",
    NoFunds = "no_funds",
    NoCapacity = "no_capacity",
    NotPermitted = "not_permitted",
    SpendingLimit = "spending_limit",
    RateLimited = "rate_limited",
    QueueFull = "queue_full",
);

words!(
    NoticeKind,
    StoppedForFunds = "stopped_for_funds",
    Drained = "drained",
    Removed = "removed",
    AutoPaid = "auto_paid",
    PaymentFailed = "payment_failed",
    LowBalance = "low_balance",
    Maintenance = "maintenance",
);

words!(
    Decision,
    Retry = "retry",
    RaiseBid = "raise_bid",
    FewerGpus = "fewer_gpus",
    OtherType = "other_type",
    OnDemand = "on_demand",
    Spot = "spot",
    Resume = "resume",
    Deposit = "deposit",
    Leave = "leave",
);

words!(
    JobEnd,
    InTime = "in_time",
    Late = "late",
    Left = "left",
    BudgetSpent = "budget_spent",
    DeadlinePassed = "deadline_passed",
    Unfinished = "unfinished",
);

words!(Delisted, Vetting = "vetting", Reliability = "reliability", Notice = "notice",);

words!(Step, Free = "free", Grace = "grace", Displacement = "displacement", ZeroGpu = "zero_gpu",);

words!(
    Operation,
    Deposit = "Deposit",
    SetAutoPay = "SetAutoPay",
    Adjust = "Adjust",
    CreatePod = "CreatePod",
    CreateSpotPod = "CreateSpotPod",
    StopPod = "StopPod",
    ResumePod = "ResumePod",
    ResumeSpotPod = "ResumeSpotPod",
    ResetPod = "ResetPod",
    TerminatePod = "TerminatePod",
    HostDown = "HostDown",
    HostUp = "HostUp",
    NetworkDown = "NetworkDown",
    NetworkUp = "NetworkUp",
    SetPrice = "SetPrice",
    ConnectPod = "ConnectPod",
    ChangeBid = "ChangeBid",
    CreateNetworkVolume = "CreateNetworkVolume",
    ResizeNetworkVolume = "ResizeNetworkVolume",
    DeleteNetworkVolume = "DeleteNetworkVolume",
    ConvertToTeam = "ConvertToTeam",
    SetMember = "SetMember",
    HostJoin = "HostJoin",
    HostLeave = "HostLeave",
    ScheduleMaintenance = "ScheduleMaintenance",
    SaveTemplate = "SaveTemplate",
    BuySavingsPlan = "BuySavingsPlan",
    MovePod = "MovePod",
    CreateEndpoint = "CreateEndpoint",
    UpdateEndpoint = "UpdateEndpoint",
    DeleteEndpoint = "DeleteEndpoint",
    SubmitJob = "SubmitJob",
    CancelJob = "CancelJob",
    PurgeQueue = "PurgeQueue",
);

words!(Churned, Left = "left", Returned = "returned", ArrivalLost = "arrival_lost",);

words!(Leaving, Lifetime = "lifetime", Unprofitable = "unprofitable",);

words!(MemberRole, Basic = "Basic", Billing = "Billing", Dev = "Dev", Admin = "Admin",);
