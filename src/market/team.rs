//! Teams: conversion, members and their roles (TEAM-01, TEAM-02).

use crate::ids::{AccountId, MemberId, TeamNameId};
use crate::journal::Fact;
use crate::journal::fact::{ConvertedToTeam, MemberRole, MemberSet, Operation, Refusal};
use crate::scenario::model::Role;
use crate::turn::Turn;

/// TEAM-01. A personal account becomes a team, whatever its balance, and keeps all that it has; a team
/// never converts again.
pub fn convert(turn: &mut Turn<'_, '_>, account: AccountId, team: TeamNameId) {
    if turn.world.teams.has(account) {
        turn.reject(Some(account), Operation::ConvertToTeam, None, Refusal::IllegalState);
        return;
    }
    turn.world.teams.convert(account);
    turn.state(Fact::ConvertedToTeam(ConvertedToTeam { account, team }));
}

/// TEAM-02. Somebody joins a team at an invitation, which fixes a role, or gets another role. A personal
/// account has no members.
pub fn set_member(turn: &mut Turn<'_, '_>, account: AccountId, (member, role): (MemberId, Role)) {
    if !turn.world.teams.has(account) {
        turn.reject(Some(account), Operation::SetMember, None, Refusal::IllegalState);
        return;
    }
    turn.world.teams.set(account, member, role);
    let role = match role {
        Role::Basic => MemberRole::Basic,
        Role::Billing => MemberRole::Billing,
        Role::Dev => MemberRole::Dev,
        Role::Admin => MemberRole::Admin,
    };
    turn.state(Fact::MemberSet(MemberSet { account, member, role }));
}
