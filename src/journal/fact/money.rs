//! What facts say about money: postings between books, and what owners are told (GEN-12, ACCT-08).

use super::WorkerId;
use crate::ids::{AccountId, EndpointId, HostId, Id, NetworkVolumeId, PlanId, PodId};
use crate::units::{Money, Span};
use serde::{Deserialize, Serialize};

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
    /// What was paid for a savings plan and is not earned yet (PLAN-08).
    Prepaid(PlanId),
}

/// Column `item` of `ledger.csv`. Ordered as that table has them, which is how postings of one event
/// follow one another (GEN-09).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
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
    /// A network volume.
    NetworkVolume,
    /// A savings plan: its purchase, and what is earned of it.
    SavingsPlan,
    /// A serverless worker (SLS-44).
    ServerlessCompute,
    /// Its container disk (SLS-44).
    ServerlessDisk,
    /// A job on a prebuilt endpoint (AIE-06).
    PublicEndpoint,
}

impl Item {
    /// SLS-44. What a worker's meter of compute or container disk is called in the ledger.
    pub const fn of_worker(self) -> Self {
        match self {
            Self::Compute => Self::ServerlessCompute,
            Self::Deposit
            | Self::AutoPay
            | Self::ContainerDisk
            | Self::Volume
            | Self::HostPayout
            | Self::Adjustment
            | Self::NetworkVolume
            | Self::SavingsPlan
            | Self::ServerlessCompute
            | Self::ServerlessDisk
            | Self::PublicEndpoint => Self::ServerlessDisk,
        }
    }
    /// Its place in the order of items; that of the variants is that in which they were added.
    const fn place(self) -> u8 {
        match self {
            Self::Deposit => 0,
            Self::AutoPay => 1,
            Self::Compute => 2,
            Self::ContainerDisk => 3,
            Self::Volume => 4,
            Self::NetworkVolume => 5,
            Self::SavingsPlan => 6,
            Self::ServerlessCompute => 7,
            Self::ServerlessDisk => 8,
            Self::PublicEndpoint => 9,
            Self::HostPayout => 10,
            Self::Adjustment => 11,
        }
    }
}

impl Ord for Item {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.place().cmp(&other.place())
    }
}
impl PartialOrd for Item {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

/// Whose meter a posting is of: column `subject` of `ledger.csv`.
///
/// Written down as a pod is, so that what was recorded before there were others reads as it did.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(from = "PodId", into = "PodId")]
pub enum Subject {
    /// A pod.
    Pod(PodId),
    /// A network volume.
    NetworkVolume(NetworkVolumeId),
    /// A savings plan.
    Plan(PlanId),
    /// A serverless worker (SLS-44).
    Worker(WorkerId),
    /// An endpoint of the platform's (AIE-06).
    Endpoint(EndpointId),
}

/// No pod has these rows: there would be 2^32 of them.
const OF_NETWORK_VOLUME: u32 = u32::MAX;
const OF_PLAN: u32 = u32::MAX - 1;
const OF_ENDPOINT: u32 = u32::MAX - 2;
/// Workers have this row and the next ones, one an endpoint.
const OF_WORKERS: u32 = 1 << 31;

impl From<PodId> for Subject {
    fn from(id: PodId) -> Self {
        match id.slot {
            OF_NETWORK_VOLUME => Self::NetworkVolume(Id::from_index(id.number as usize)),
            OF_PLAN => Self::Plan(Id::from_index(id.number as usize)),
            OF_ENDPOINT => Self::Endpoint(Id::from_index(id.number as usize)),
            slot if OF_WORKERS <= slot => {
                let endpoint = Id::from_index((slot - OF_WORKERS) as usize);
                Self::Worker(WorkerId { endpoint, run: id.number })
            }
            _ => Self::Pod(id),
        }
    }
}
impl From<Subject> for PodId {
    fn from(subject: Subject) -> Self {
        let other = |index: usize, slot| {
            let number = u32::try_from(index).expect("ids are that narrow");
            Self { number, slot }
        };
        match subject {
            Subject::Pod(pod) => pod,
            Subject::NetworkVolume(volume) => other(volume.index(), OF_NETWORK_VOLUME),
            Subject::Plan(plan) => other(plan.index(), OF_PLAN),
            Subject::Worker(WorkerId { endpoint, run }) => {
                let row = u32::try_from(endpoint.index()).expect("ids are that narrow");
                Self { number: run, slot: OF_WORKERS + row }
            }
            Subject::Endpoint(endpoint) => other(endpoint.index(), OF_ENDPOINT),
        }
    }
}

/// One stretch of a meter as a row of the ledger: `quantity`, `unit`, `periods` (GEN-08, GEN-09).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Usage {
    /// Whose meter: `subject`.
    pub subject: Subject,
    /// GPUs or GB.
    pub quantity: u32,
    /// The billed slice of time.
    pub unit: Span,
    /// How many of them this row posts; negative where BILL-05 gives back.
    pub periods: i64,
}

impl Usage {
    /// The pod whose meter it is, if it is a pod's.
    pub fn pod(&self) -> Option<PodId> {
        match self.subject {
            Subject::Pod(pod) => Some(pod),
            Subject::NetworkVolume(_)
            | Subject::Plan(_)
            | Subject::Worker(_)
            | Subject::Endpoint(_) => None,
        }
    }
}

impl Posting {
    /// The savings plan on whose book it moves money, if it does (PLAN-02, PLAN-08).
    pub fn plan(&self) -> Option<PlanId> {
        match (self.debit, self.credit) {
            (Book::Prepaid(plan), _) | (_, Book::Prepaid(plan)) => Some(plan),
            _ => None,
        }
    }
}

/// ACCT-05. Automatic payments were set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AutoPaySet {
    /// The account.
    pub account: AccountId,
    /// Pay when the balance is below this.
    pub threshold: Money,
    /// Pay so much.
    pub amount: Money,
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
    Maintenance,
}
