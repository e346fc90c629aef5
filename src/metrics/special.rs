//! Figures of what few scenarios have: providers, and customers who turn away.

use super::churn::{self, Churn};
use super::providers::{self, Providers};
use super::summary::{Metric, Summary};
use crate::journal::Fact;
use crate::scenario::Scenario;
use crate::units::{SimTime, Span};

/// What is gathered for them.
#[derive(Clone, Debug)]
pub(super) struct Special<'a> {
    providers: Option<Providers<'a>>,
    churn: Option<Churn<'a>>,
}

impl<'a> Special<'a> {
    /// Of a scenario that has any of it.
    pub(super) fn new(scenario: &'a Scenario) -> Option<Self> {
        let (providers, churn) = (Providers::new(scenario), Churn::new(scenario));
        (providers.is_some() || churn.is_some()).then_some(Self { providers, churn })
    }
    /// Hears a fact.
    pub(super) fn hear(&mut self, at: SimTime, fact: &Fact) {
        if let Some(providers) = &mut self.providers {
            providers.hear(at, fact);
        }
        if let Some(churn) = &mut self.churn {
            churn.hear(at, fact);
        }
    }
    /// Adds their figures, up to `at`.
    pub(super) fn add_to(&mut self, summary: &mut Summary, at: SimTime, measured: Span) {
        if let Some(providers) = &mut self.providers {
            let sums = providers.sums(at, measured);
            summary.add(providers::READINGS, sums.iter().map(|(subject, sums)| (*subject, sums)));
        }
        if let Some(churn) = &mut self.churn {
            let sums = churn.sums(at, measured);
            summary.add(churn::READINGS, sums.iter().map(|(subject, sums)| (*subject, sums)));
        }
    }
}

/// Every metric of theirs.
pub(super) fn catalogue() -> impl Iterator<Item = Metric> {
    let providers = providers::READINGS.iter().map(|reading| reading.metric);
    providers.chain(churn::READINGS.iter().map(|reading| reading.metric))
}
