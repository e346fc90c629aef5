//! All that is known of a run at an instant, from facts alone: what every story is told from.

use super::crowd::Crowd;
use super::demand::Asked;
use super::names::Names;
use super::purse::Purses;
use crate::ids::{AccountId, PodId};
use crate::journal::Fact;
use crate::journal::fact::{Kind, Requested};
use crate::journal::rentals::{Rental, Rentals};
use crate::journal::volumes::NetworkVolumes;
use crate::journal::workers::Workers;
use crate::scenario::Scenario;
use crate::units::SimTime;
use std::collections::BTreeSet;

/// What is known.
pub(super) struct Known<'a> {
    pub(super) names: Names<'a>,
    pub(super) rentals: Rentals,
    pub(super) volumes: NetworkVolumes,
    pub(super) workers: Workers,
    pub(super) crowd: Crowd,
    pub(super) purses: Purses<'a>,
    drained: BTreeSet<AccountId>,
}

impl<'a> Known<'a> {
    pub(super) fn new(scenario: &'a Scenario) -> Self {
        let names = Names::new(scenario);
        Self {
            rentals: Rentals::new(),
            volumes: NetworkVolumes::default(),
            workers: Workers::default(),
            crowd: Crowd::new(&names),
            purses: Purses::new(&names),
            drained: BTreeSet::new(),
            names,
        }
    }
    /// Takes in what a fact says, but for what it does to the crowd: whoever is told of it now still sees what the
    /// market saw.
    #[expect(clippy::wildcard_enum_match_arm, reason = "all other facts drain nobody")]
    pub(super) fn hear_before(&mut self, at: SimTime, fact: &Fact) {
        self.names.hear(fact);
        self.rentals.hear(at, fact);
        self.volumes.hear(fact);
        self.workers.hear(at, fact);
        self.crowd.hear_before(at, fact);
        self.purses.hear(at, fact, (&self.rentals, &self.volumes, &self.workers));
        match *fact {
            Fact::AccountDrained { account, .. } => {
                self.drained.insert(account);
            }
            Fact::HoldEnded { account } | Fact::AccountRemoved { account } => {
                self.drained.remove(&account);
            }
            _ => {}
        }
    }
    /// Whether an account ran dry and has not been mended (BILL-12).
    pub(super) fn is_drained(&self, account: AccountId) -> bool {
        self.drained.contains(&account)
    }
    /// Takes in the rest.
    pub(super) fn hear_after(&mut self, fact: &Fact) {
        self.crowd.hear_after(fact, &self.rentals);
    }

    /// What the present rental of a pod asks for.
    pub(super) fn asked(&self, rental: &Rental) -> Asked<'a> {
        Asked::of(&self.names, rental.requested, &rental.asked)
    }
    /// `pod-17 of students-12`.
    pub(super) fn whose(&self, pod: PodId) -> String {
        match self.rentals.find(pod) {
            Some(Rental { asked: Requested { name, account, .. }, .. }) => {
                format!("{} of {}", self.names.pod(*name), self.names.account(*account))
            }
            None => "another pod".to_owned(),
        }
    }
    /// Who pays for a pod.
    pub(super) fn payer(&self, pod: PodId) -> Option<AccountId> {
        self.rentals.find(pod).map(|rental| rental.asked.account)
    }
    /// `who bids 0.41`, `who asks on demand`.
    pub(super) fn how(&self, pod: PodId) -> String {
        match self.rentals.find(pod).map(|rental| rental.asked.kind) {
            Some(Kind::Spot { bid }) => format!("bids {bid}"),
            Some(Kind::OnDemand | Kind::Serverless) | None => "asks on demand".to_owned(),
        }
    }
}
