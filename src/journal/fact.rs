//! Everything that can be said to have happened.
//!
//! A fact is a small `Copy` value: ids, times, amounts. Whoever writes resolves the names. Traces,
//! metrics, charts and reports are made of facts alone, so what is read from a recorded journal is
//! what was read live.

use crate::ids::{AccountId, HostId, PodId, PodNameId, PoolId, ScopeId, SegmentId};
use crate::units::{GpuTime, Money, Price, SimTime, Span};
use serde::{Deserialize, Serialize};

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
}

/// The platform's operations, by the names of API-01.
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
}

/// GEN-14. Why an action was refused, in the order in which reasons are looked for.
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
}

/// ACCT-08. What an owner is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the names are ACCT-08's own")]
pub enum NoticeKind {
    StoppedForFunds,
    Drained,
    Removed,
    AutoPaid,
    PaymentFailed,
    LowBalance,
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

/// The books of the double entry (GEN-12).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Book {
    /// Money paid in.
    Cash,
    /// An account's balance.
    Customer(AccountId),
    /// The platform's revenue.
    Revenue,
    /// A host's earnings.
    Host(HostId),
    /// Credits and corrections.
    Adjustments,
}

/// Column `item` of `ledger.csv`, in its order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Item {
    /// A deposit.
    Deposit,
    /// An automatic payment.
    AutoPay,
    /// Compute of a pod.
    Compute,
    /// A pod's container disk.
    ContainerDisk,
    /// A pod's volume.
    Volume,
    /// A host's share of a posting.
    HostPayout,
    /// A credit or correction.
    Adjustment,
}

/// One stretch of a meter as a row of the ledger: `quantity`, `unit`, `periods` (GEN-08, GEN-09).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Usage {
    /// Whose meter: `subject`.
    pub pod: PodId,
    /// GPUs or GB.
    pub quantity: u32,
    /// The billed slice of time.
    pub unit: Span,
    /// How many of them this row posts; negative where BILL-05 gives back.
    pub periods: i64,
}

/// One posting: one amount moved between two books.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Posting {
    /// Whose row this is; none for a payout.
    pub account: Option<AccountId>,
    /// What it is for.
    pub item: Item,
    /// For usage and payouts: of what. None for deposits and adjustments.
    pub usage: Option<Usage>,
    /// The book debited.
    pub debit: Book,
    /// The book credited.
    pub credit: Book,
    /// The amount; negative only where BILL-05 gives back.
    pub amount: Money,
    /// The account's ledger balance after the posting; none for a payout.
    pub balance: Option<Money>,
}

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
    /// The host it is tied to, for a resume.
    pub host: Option<HostId>,
    /// The first pool that it names and that has hosts: where it counts while it waits (GEN-13); the
    /// first of all if it names none.
    pub pool: PoolId,
    /// Work to do in all, if it has an end.
    pub work: Option<GpuTime>,
    /// What the work is worth to the customer, if stated.
    pub value: Option<Money>,
}

/// A pod's name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum PodName {
    /// Given by the script.
    Given(PodNameId),
    /// `pod-N`, N counted from 1 over the pods of random demand in order of arrival.
    Generated(u32),
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

/// How a host's GPUs are used (GEN-13): they add up to its GPUs while it is available.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Occupancy {
    /// Held by, or promised while free to, on-demand pods.
    pub on_demand: u8,
    /// Held by, or promised while free to, spot pods.
    pub spot: u8,
    /// Held by displaced pods until their grace is over.
    pub grace: u8,
    /// Free.
    pub free: u8,
}

/// A published price row of a scope (GPU-05); all per GPU-hour.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Quote {
    /// The on-demand price.
    pub on_demand: Money,
    /// The least floor among offered hosts.
    pub spot_floor: Money,
    /// The clearing price; under pay as bid the lowest bid that holds GPUs.
    pub spot_price: Option<Money>,
    /// The least bid that would win one GPU now.
    pub min_winning_bid: Option<Money>,
}

/// What happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
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
        /// On which pod, if any.
        pod: Option<PodId>,
        /// On which host, if any.
        host: Option<HostId>,
        /// Why not.
        reason: Refusal,
    },
    /// Automatic payments were set (ACCT-05).
    AutoPaySet {
        /// The account.
        account: AccountId,
        /// Pay when the balance is below this.
        threshold: Money,
        /// Pay so much.
        amount: Money,
    },
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
        /// The newcomer.
        by: PodId,
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
    MeterOpened {
        /// Whose.
        pod: PodId,
        /// Which.
        item: Item,
        /// At which price.
        price: Price,
        /// GPUs or GB.
        quantity: u32,
    },
    /// A meter's price or quantity changes from its next unit on.
    MeterRepriced {
        /// Whose.
        pod: PodId,
        /// Which.
        item: Item,
        /// The new price.
        price: Price,
        /// The new quantity.
        quantity: u32,
    },
    /// A meter pauses.
    MeterPaused {
        /// Whose.
        pod: PodId,
        /// Which.
        item: Item,
    },
    /// A paused meter goes on.
    MeterResumed {
        /// Whose.
        pod: PodId,
        /// Which.
        item: Item,
    },
    /// A meter closes.
    MeterClosed {
        /// Whose.
        pod: PodId,
        /// Which.
        item: Item,
    },
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
    PriceSet {
        /// The scope.
        scope: ScopeId,
        /// The host, where only its own price or floor was set.
        host: Option<HostId>,
        /// The new on-demand price per GPU-hour, if set.
        on_demand: Option<Money>,
        /// The new minimum bid per GPU-hour, if set.
        min_bid: Option<Money>,
    },
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
}
