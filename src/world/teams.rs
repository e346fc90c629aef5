//! Which accounts are teams, and which role each member has there (TEAM-01, TEAM-02).

use crate::ids::{AccountId, Id, MemberId};
use crate::scenario::model::{self, Role};
use std::collections::BTreeMap;

/// The teams. An account that is not among them is personal, and has no members.
#[derive(Clone, Debug, Default)]
pub struct Teams(BTreeMap<AccountId, BTreeMap<MemberId, Role>>);

impl Teams {
    /// Those of the start.
    pub fn new(stated: &model::Teams) -> Self {
        let mut teams = Self::default();
        for (account, _) in &stated.at_start {
            teams.convert(*account);
        }
        for (index, member) in stated.members.iter().enumerate() {
            if let Some(role) = member.role {
                teams.set(member.account, MemberId::from_index(index), role);
            }
        }
        teams
    }
    /// Whether an account is a team.
    pub fn has(&self, account: AccountId) -> bool {
        self.0.contains_key(&account)
    }
    /// TEAM-01. An account is a team from now on.
    pub fn convert(&mut self, account: AccountId) {
        self.0.entry(account).or_default();
    }
    /// TEAM-02. The role of a member; none: is not one (yet).
    pub fn role(&self, account: AccountId, member: MemberId) -> Option<Role> {
        self.0.get(&account)?.get(&member).copied()
    }
    /// TEAM-02. A member of a team has this role from now on.
    pub fn set(&mut self, account: AccountId, member: MemberId, role: Role) {
        if let Some(members) = self.0.get_mut(&account) {
            members.insert(member, role);
        }
    }
}
