//! Rows about teams and what their members make (TEAM-01, TEAM-02, TMPL-03).

use super::{Detail, Known, Line};
use crate::ids::{Id, MemberId};
use crate::journal::Fact;
use crate::journal::fact::{ConvertedToTeam, MemberActs, MemberSet, TemplateSaved};

#[expect(clippy::wildcard_enum_match_arm, reason = "only called for these facts")]
pub(super) fn line(fact: &Fact, known: &Known<'_>, detail: &mut Detail) -> Option<Line> {
    let teams = &known.names.scenario().teams;
    let name = |member: MemberId| teams.members[member.index()].name.as_str();
    match *fact {
        Fact::MemberActs(MemberActs { account, member, operation }) => {
            detail.add("member", name(member)).add("operation", operation.word());
            Some(Line::of_account(account))
        }
        Fact::ConvertedToTeam(ConvertedToTeam { account, team }) => {
            detail.add("team", &teams.names[team.index()]);
            Some(Line::of_account(account))
        }
        Fact::MemberSet(MemberSet { account, member, role }) => {
            detail.add("member", name(member)).add("role", role.word());
            Some(Line::of_account(account))
        }
        Fact::TemplateSaved(TemplateSaved { account, template }) => {
            detail.add("template", &known.names.scenario().templates[template.index()].id);
            Some(Line::of_account(account))
        }
        _ => None,
    }
}
