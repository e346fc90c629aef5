//! Customers who turn away, and what they would have asked for.

use super::gauge::{Gauge, number};
use super::subject::Breakdown::Account;
use super::subject::Subject;
use super::summary::{Reading, Value};
use crate::ids::{AccountId, Id};
use crate::journal::Fact;
use crate::journal::fact::Churned;
use crate::scenario::Scenario;
use crate::units::{SimTime, Span};

/// What was gathered about the accounts of one subject.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Sums {
    measured: Span,
    away: Gauge,
    left: u64,
    returned: u64,
    lost: u64,
    /// Accounts away × microseconds, up to the last fact.
    sum: i128,
}

/// What is gathered about all who may turn away.
#[derive(Clone, Debug)]
pub(super) struct Churn<'a> {
    scenario: &'a Scenario,
    /// Of all, then of each segment.
    sums: Vec<Sums>,
    counting: bool,
}

impl<'a> Churn<'a> {
    /// Of a scenario in which some may.
    pub(super) fn new(scenario: &'a Scenario) -> Option<Self> {
        let may = scenario.segments.iter().any(|segment| segment.churn.is_some());
        let sums = vec![Sums::default(); scenario.segments.len() + 1];
        may.then_some(Self { scenario, sums, counting: scenario.warm_up == SimTime::ZERO })
    }
    fn both(&mut self, account: AccountId, change: impl Fn(&mut Sums)) {
        let segment = self.scenario.accounts[account.index()].segment;
        change(&mut self.sums[0]);
        if let Some(segment) = segment {
            change(&mut self.sums[segment.index() + 1]);
        }
    }
    /// Hears what concerns them.
    #[expect(clippy::wildcard_enum_match_arm, reason = "no other fact concerns them")]
    pub(super) fn hear(&mut self, at: SimTime, fact: &Fact) {
        let counted = u64::from(self.counting);
        match *fact {
            Fact::Churn(account, Churned::Left) => self.both(account, |sums| {
                sums.away.add(at, 1);
                sums.left += counted;
            }),
            Fact::Churn(account, Churned::Returned) => self.both(account, |sums| {
                sums.away.add(at, -1);
                sums.returned += counted;
            }),
            Fact::Churn(account, Churned::ArrivalLost) => {
                self.both(account, |sums| sums.lost += counted);
            }
            Fact::WarmUpEnded if !self.counting => {
                self.counting = true;
                self.sums.iter_mut().for_each(|sums| sums.away.restart(at));
            }
            _ => {}
        }
    }
    /// The sums up to `at`, each with what it is about.
    pub(super) fn sums(&mut self, at: SimTime, measured: Span) -> Vec<(Subject, Sums)> {
        let segments = self.scenario.segments.iter();
        let churns =
            segments.map(|segment| segment.churn.is_some().then_some(Subject::Segment(segment.id)));
        let subjects = std::iter::once(Some(Subject::Market)).chain(churns);
        let sums = self.sums.iter_mut().map(|sums| {
            (sums.sum, sums.measured) = (sums.away.sum(at), measured);
            *sums
        });
        subjects.zip(sums).filter_map(|(subject, sums)| Some((subject?, sums))).collect()
    }
}

/// The facts that they are made of.
pub(super) const WANTS: [&str; 1] = ["churn"];

/// The metrics of a scenario in which customers may turn away, in the order of the summary.
pub(super) const READINGS: &[Reading<Sums>] = &[
    Reading::new("customers_left", "1", Account, |c| Value::Count(c.left)),
    Reading::new("customers_returned", "1", Account, |c| Value::Count(c.returned)),
    Reading::new("customers_away_mean", "1", Account, |c| {
        Value::ratio(number(c.sum), number(c.measured.micros().into()))
    }),
    Reading::new("arrivals_lost", "1", Account, |c| Value::Count(c.lost)),
];
