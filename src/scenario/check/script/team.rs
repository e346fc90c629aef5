//! Scripted teams: conversions, members, and who acts (TEAM-01, TEAM-02).

use super::{Known, is_platforms};
use crate::ids::{AccountId, Id, MemberId};
use crate::scenario::model::{ActionKind, Role};
use crate::scenario::problem::Fault;
use crate::scenario::schema::script::{ActionText, ConvertToTeamText, DoText, SetMemberText};
use crate::scenario::text::scalar::Scalar;
use crate::scenario::text::{Place, Reader};

/// Makes known whoever the script sets as a member, now or later.
pub(super) fn invite(
    reader: &mut Reader,
    actions: &[(&Place, ActionText, DoText)],
    known: &mut Known<'_>,
) {
    for (place, _, done) in actions {
        let DoText::SetMember(text) = done else { continue };
        // An account that is not there is reported with the action.
        let account = String::read(reader.sources.text(&place.field("account"))).ok();
        let account = account.and_then(|name| known.accounts.names.get(&name));
        if let Some(account) = account.filter(|_| text.member.is_stated()) {
            let place = place.field("do").field("member");
            known.teams.invite(reader, &place, AccountId::from_index(account));
        }
    }
}

/// The member that acts, if it is not the owner; none where the platform acts.
pub(super) fn acting(
    reader: &mut Reader,
    (place, text): (&Place, &ActionText),
    (account, done): (Option<AccountId>, &DoText),
    known: &Known<'_>,
) -> Option<MemberId> {
    if !text.member.is_stated() {
        return None;
    }
    let place = place.field("member");
    if is_platforms(done) || matches!(done, DoText::Adjust(_)) {
        reader.report(&place, Fault::new("this action is the platform's own", "no `member`"));
        return None;
    }
    known.teams.find(reader, &place, account?)
}

/// ConvertToTeam.
pub(super) fn convert(
    reader: &mut Reader,
    place: &Place,
    text: &ConvertToTeamText,
    known: &mut Known<'_>,
) -> Option<ActionKind> {
    if !text.team.is_stated() {
        reader.missing(place, "team");
        return None;
    }
    let team = known.teams.team(reader, &place.field("team"))?;
    Some(ActionKind::ConvertToTeam { team })
}

/// SetMember.
pub(super) fn set_member(
    reader: &mut Reader,
    (place, account): (&Place, Option<AccountId>),
    text: &SetMemberText,
    known: &mut Known<'_>,
) -> Option<ActionKind> {
    let role: Option<Role> = reader.required(place, ("role", text.role));
    if !text.member.is_stated() {
        reader.missing(place, "member");
        return None;
    }
    let member = known.teams.find(reader, &place.field("member"), account?)?;
    Some(ActionKind::SetMember { member, role: role? })
}
