//! What facts say about teams, their templates, and images that hosts pull (TEAM-01, TEAM-02, TMPL-03,
//! TMPL-04).

use super::{MemberRole, Operation};
use crate::ids::{AccountId, ImageId, MemberId, PodId, TeamNameId, TemplateId};
use crate::units::Gb;
use serde::{Deserialize, Serialize};

/// A member of a team acts for it; what comes of that follows (TEAM-02).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MemberActs {
    /// The team's account.
    pub account: AccountId,
    /// The member.
    pub member: MemberId,
    /// What it does.
    pub operation: Operation,
}

/// A personal account is a team from now on (TEAM-01).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConvertedToTeam {
    /// The account.
    pub account: AccountId,
    /// The team's name.
    pub team: TeamNameId,
}

/// Somebody has a role in a team from now on (TEAM-02).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MemberSet {
    /// The team's account.
    pub account: AccountId,
    /// Who.
    pub member: MemberId,
    /// The role.
    pub role: MemberRole,
}

/// A pod starts, and its host lacks something of its named image (TMPL-04).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImagePullBegun {
    /// The pod.
    pub pod: PodId,
    /// The image.
    pub image: ImageId,
    /// What its host pulls for it.
    pub gb: Gb,
    /// What its host pulls for another pod already, and it waits for.
    pub shared_gb: Gb,
}

/// A template was made or changed (TMPL-03).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TemplateSaved {
    /// Its owner.
    pub account: AccountId,
    /// The template.
    pub template: TemplateId,
}
