//! Accounts: who pays, and the sums that make every look at their money cheap.
//!
//! The sums over an account's pods (the line above what they will owe, R10, the rent reserve) are kept
//! by adding and taking away what each pod is counted with, so that no rule ever walks over the pods
//! of an account but near a line (market rules, *How to compute it*).

use super::pod::Counted;
use crate::billing::Line;
use crate::ids::{PodId, SegmentId};
use crate::rng::Stream;
use crate::scenario::model::AutoPay;
use crate::units::{Money, SimTime};

/// An account.
#[derive(Clone, Debug)]
pub struct Account {
    /// The segment whose customers it pays for.
    pub segment: Option<SegmentId>,
    /// ACCT-05. Its automatic payment.
    pub auto_pay: Option<AutoPay>,
    /// ACCT-08. Its low-balance threshold.
    pub low_balance: Option<Money>,
    /// ACCT-10. Its credit line.
    pub credit_line: Money,
    /// Its live pods, in no order.
    pub pods: Vec<PodId>,
    /// The line above what its meters owe and have not posted.
    pub line: Line,
    /// BILL-08. R10.
    pub reserve: Money,
    /// R10 of its Reserved pods, as if they ran (BILL-06).
    pub promised: Money,
    /// BILL-07. What its running and Reserved pods cost for the rent reserve.
    pub hour: Money,
    /// BILL-12. Whether it is drained, and until when its pods are held.
    pub drained_until: Option<SimTime>,
    /// BILL-12. What it may owe while it is drained, where that is limited.
    pub debt: Option<Box<Debt>>,
    /// ACCT-05. When a payment was last tried.
    pub tried_at: Option<SimTime>,
    /// ACCT-08. Whether the balance is low and its owner knows, or it was never at the threshold.
    pub low_told: bool,
    /// BILL-09. Whether R10 rose through a return or a price, so that the line is due now.
    pub line_forced: bool,
    /// When the next look at its funds is due; an event of another instant is superseded.
    pub check_at: Option<SimTime>,
    /// When the ten-minute line is found to be crossed.
    pub line_at: Option<SimTime>,
    /// When its units are found to exceed its balance.
    pub drain_at: Option<SimTime>,
    /// When a payment or a notice is found to be due.
    pub payment_at: Option<SimTime>,
    /// When, being drained, it may try a payment.
    pub drained_try_at: Option<SimTime>,
    /// Whether the last look (`market::funds::plan`) found that its balance stays above zero to the end of the run.
    /// It holds until something changes in the account that may take more of it, which is then `touched`.
    pub secure: bool,
    /// Whether its funds are to be looked at after the present event.
    pub touched: bool,
    /// Whether payments fail (ACCT-05): opened when the first may. A stream is large, and few are used.
    pub payments: Option<Box<Stream>>,
    /// GEN-12. Deposits, automatic payments and adjustments.
    pub paid_in: Money,
    /// GEN-12. What it was posted for usage.
    pub spent: Money,
    /// ACCT-06. What it burns per hour: all its open meters, and those that its Reserved pods will open. Kept
    /// only where it may meet a limit.
    pub burn: Money,
    /// ACCT-07. What it may surely burn per hour, whatever its history; none: it has no limit, now and later.
    pub sure_limit: Option<Money>,
    /// ACCT-07. Deposits and automatic payments.
    pub payments_made: Money,
}

/// BILL-12. The debt of a drained account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Debt {
    /// What it may owe.
    pub limit: Money,
    /// When it is found to owe more.
    pub over_at: Option<SimTime>,
}

impl Account {
    /// Whether it is drained (BILL-12).
    pub fn is_drained(&self) -> bool {
        self.drained_until.is_some()
    }
    /// Counts a pod with `now` instead of `before`.
    pub fn recount(&mut self, before: &Counted, now: &Counted) {
        self.line.replace(&before.line, &now.line);
        let sums = [
            (&mut self.reserve, before.reserve, now.reserve),
            (&mut self.promised, before.promised, now.promised),
            (&mut self.hour, before.hour, now.hour),
            (&mut self.burn, before.burn, now.burn),
        ];
        for (sum, before, now) in sums {
            // Most pods are promised nothing, and most accounts have no limit.
            if before != now {
                *sum += Money::from(now) - before.into();
            }
        }
    }
    /// Counts a pod no longer.
    pub fn uncount(&mut self, counted: &Counted) {
        self.recount(counted, &Counted::default());
    }
}
