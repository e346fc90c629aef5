//! Accounts as they are at the start.

use crate::ids::SegmentId;
use crate::units::{Money, Span};

/// ACCT-05. An automatic payment: when the balance is below the threshold, the amount is paid in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AutoPay {
    /// Pay below this balance.
    pub threshold: Money,
    /// Pay so much.
    pub amount: Money,
}

/// ACCT-06, ACCT-07. What an account may burn per hour.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SpendingLimit {
    /// What its age and its payments allow.
    #[default]
    ByHistory,
    /// Its own; none: no limit.
    Own(Option<Money>),
}

/// An account at the start.
#[derive(Clone, Debug, PartialEq)]
pub struct AccountSpec {
    /// Its name in outputs.
    pub name: String,
    /// The segment whose customers it pays for; none for a scripted account.
    pub segment: Option<SegmentId>,
    /// What it opens with; none: drawn from its segment's distribution.
    pub balance: Option<Money>,
    /// Its automatic payment.
    pub auto_pay: Option<AutoPay>,
    /// ACCT-08. Tell the owner when the balance falls below this.
    pub low_balance: Option<Money>,
    /// ACCT-10. Its credit line.
    pub credit_line: Money,
    /// ACCT-06. What it may burn per hour.
    pub spending_limit: SpendingLimit,
    /// ACCT-07. How old it is at the start.
    pub age: Span,
}
