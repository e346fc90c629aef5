//! What an account may burn per hour, by its age and by what it has paid in (ACCT-07), and the terms of
//! savings plans (PLAN-01).

use super::Rules;
use crate::units::{Money, Share, Span};

/// ACCT-07. A step of the spending limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LimitStep {
    /// The age at which an account may reach it.
    pub age: Span,
    /// What it has to have paid in by then, in all.
    pub paid: Money,
    /// USD per hour; none: no limit.
    pub limit: Option<Money>,
}

/// Those of the default profile.
pub(super) fn default_steps() -> Vec<LimitStep> {
    let step = |(days, paid, limit): (u64, i64, Option<i64>)| LimitStep {
        age: Span::DAY * days,
        paid: Money::from_dollars(paid),
        limit: limit.map(Money::from_dollars),
    };
    [(0, 0, Some(80)), (30, 100, Some(160)), (90, 1000, None)].map(step).to_vec()
}

/// PLAN-01. The terms of savings plans of the default profile, and their discounts.
pub(super) fn default_plans() -> Vec<(Span, Share)> {
    [(30, 50_000_000), (90, 100_000_000), (180, 150_000_000)]
        .map(|(days, share)| (Span::DAY * days, Share::from_billionths(share)))
        .to_vec()
}

impl Rules {
    /// ACCT-07. The largest limit among the steps that an account of this age has reached that has paid in
    /// so much; none: no limit.
    pub fn spending_limit(&self, age: Span, paid: Money) -> Option<Money> {
        let reached = self.spending_limit_steps.iter();
        let reached = reached.filter(|step| step.age <= age && step.paid <= paid);
        let mut largest = None;
        for step in reached {
            // None is more than any amount.
            largest = largest.max(Some(step.limit?));
        }
        largest
    }
    /// ACCT-07. The next age after this one at which the limit may rise.
    pub fn next_limit_age(&self, age: Span) -> Option<Span> {
        self.spending_limit_steps.iter().map(|step| step.age).filter(|step| age < *step).min()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn acct_07_the_largest_step_that_is_reached_counts() {
        let rules = Rules::default();
        let limit = |days: u64, paid: i64| {
            rules.spending_limit(Span::DAY * days, Money::from_dollars(paid))
        };
        let dollars = |dollars| Some(Money::from_dollars(dollars));
        assert_eq!(limit(0, 1_000_000), dollars(80));
        assert_eq!(limit(30, 99), dollars(80));
        assert_eq!(limit(30, 100), dollars(160));
        assert_eq!(limit(1_000, 999), dollars(160));
        assert_eq!(limit(90, 1_000), None);
        assert_eq!(rules.next_limit_age(Span::DAY * 30), Some(Span::DAY * 90));
        assert_eq!(rules.next_limit_age(Span::DAY * 90), None);
    }
}
