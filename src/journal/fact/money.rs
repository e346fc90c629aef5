//! What facts say about money: postings between books, and what owners are told (GEN-12, ACCT-08).

use crate::ids::{AccountId, HostId, PodId};
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
