//! Teams at the start, and whoever is a member of one or may become it (TEAM-01, TEAM-02).

use crate::ids::{AccountId, TeamNameId};

/// TEAM-03. What a member may do is its role's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Deserialize)]
pub enum Role {
    /// Uses what is there.
    Basic,
    /// Pays, and sees what is paid.
    Billing,
    /// Uses and manages pods, volumes, endpoints and templates.
    Dev,
    /// May do all that the owner may.
    Admin,
}

/// Somebody whom the scenario names as a member of an account's team.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// The account.
    pub account: AccountId,
    /// The name, unique within the account.
    pub name: String,
    /// The role at the start; none: joins later, by SetMember, or never.
    pub role: Option<Role>,
}

/// The teams of a scenario.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Teams {
    /// Names of teams: those of the start, then those of ConvertToTeam.
    pub names: Vec<String>,
    /// Accounts that are teams from the start, and under which name.
    pub at_start: Vec<(AccountId, TeamNameId)>,
    /// Members, now or later.
    pub members: Vec<Member>,
}
