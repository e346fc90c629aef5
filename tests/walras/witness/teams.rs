//! Who may act for a team, as facts tell it (TEAM-02, TEAM-03).

use super::Witness;
use std::collections::BTreeMap;
use walras::ids::{AccountId, Id, MemberId};
use walras::journal::Fact;
use walras::journal::fact::{ConvertedToTeam, MemberActs, MemberSet, Operation, Refusal};
use walras::scenario::Scenario;

/// What each role may, beside Admin, who may all.
const MAY: [(&str, &[&str]); 3] = [
    ("Basic", &["ConnectPod"]),
    ("Billing", &["Deposit", "SetAutoPay", "BuySavingsPlan"]),
    (
        "Dev",
        &[
            "ConnectPod",
            "CreatePod",
            "CreateSpotPod",
            "StopPod",
            "ResumePod",
            "ResumeSpotPod",
            "MovePod",
            "ResetPod",
            "TerminatePod",
            "ChangeBid",
            "CreateNetworkVolume",
            "ResizeNetworkVolume",
            "DeleteNetworkVolume",
            "SaveTemplate",
        ],
    ),
];

/// What is known of teams.
#[derive(Default)]
pub(super) struct Crews {
    teams: BTreeMap<AccountId, BTreeMap<MemberId, &'static str>>,
    /// What a member does that may not, and is to be refused next; nobody else is refused for that.
    forbidden: Option<(AccountId, Operation)>,
}

impl Crews {
    pub(super) fn new(scenario: &Scenario) -> Self {
        let mut crews = Self::default();
        for (account, _) in &scenario.teams.at_start {
            crews.teams.insert(*account, BTreeMap::new());
        }
        for (index, member) in scenario.teams.members.iter().enumerate() {
            if let (Some(role), Some(team)) = (member.role, crews.teams.get_mut(&member.account)) {
                let words = ["Basic", "Billing", "Dev", "Admin"];
                team.insert(MemberId::from_index(index), words[role as usize]);
            }
        }
        crews
    }
    fn may(&self, account: AccountId, member: MemberId, operation: Operation) -> bool {
        match self.teams.get(&account).and_then(|team| team.get(&member)) {
            None => false,
            Some(&"Admin") => true,
            Some(role) => {
                let row = MAY.iter().find(|(name, _)| name == role).expect("a role");
                row.1.contains(&operation.word())
            }
        }
    }
}

impl Witness<'_> {
    pub(super) fn hear_team(&mut self, fact: &Fact) {
        let refused = match *fact {
            Fact::Rejected { account: Some(account), operation, reason, .. } => {
                (reason == Refusal::NotPermitted).then_some((account, operation))
            }
            _ => None,
        };
        let forbidden = self.crews.forbidden.take();
        self.ensure(refused == forbidden, || {
            format!("TEAM-03: {fact:?}, and to be refused was {forbidden:?}")
        });
        match *fact {
            Fact::MemberActs(MemberActs { account, member, operation }) => {
                let may = self.crews.may(account, member, operation);
                self.crews.forbidden = (!may).then_some((account, operation));
            }
            Fact::ConvertedToTeam(ConvertedToTeam { account, .. }) => {
                let before = self.crews.teams.insert(account, BTreeMap::new());
                self.ensure(before.is_none(), || format!("TEAM-01: {fact:?} of a team"));
            }
            Fact::MemberSet(MemberSet { account, member, role }) => {
                match self.crews.teams.get_mut(&account) {
                    Some(team) => {
                        team.insert(member, role.word());
                    }
                    None => self.ensure(false, || format!("TEAM-02: {fact:?} of no team")),
                }
            }
            _ => {}
        }
    }
}
