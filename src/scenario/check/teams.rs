//! Teams and their members (TEAM-01, TEAM-02).

use super::names::{Names, is_blank};
use crate::ids::{AccountId, Id, MemberId, TeamNameId};
use crate::scenario::model::{self, Member, Role};
use crate::scenario::problem::Fault;
use crate::scenario::schema::{AccountText, MemberText};
use crate::scenario::text::{Place, Reader};
use std::collections::BTreeMap;

/// All teams, and whoever is named as a member of one.
#[derive(Debug, Default)]
pub(crate) struct Teams {
    /// As the scenario has them.
    pub(crate) stated: model::Teams,
    /// The names of each account's members.
    names: BTreeMap<AccountId, Names>,
}

impl Teams {
    /// What an account at `place` says of its team.
    pub(crate) fn read(
        &mut self,
        reader: &mut Reader,
        (place, text): (&Place, &AccountText),
        account: AccountId,
    ) {
        if text.team.is_stated() {
            if let Some(team) = self.team(reader, &place.field("team")) {
                self.stated.at_start.push((account, team));
            }
        } else if text.members.is_stated() {
            let fault = Fault::new("members of a personal account", "`team` beside it (TEAM-01)");
            reader.report(&place.field("members"), fault);
        }
        for place in reader.items(&place.field("members"), text.members) {
            let Some(text) = reader.shape::<MemberText>(&place) else { continue };
            let name: Option<String> = reader.required(&place, ("name", text.name));
            let role: Option<Role> = reader.required(&place, ("role", text.role));
            if let Some(name) = name {
                let index = self.stated.members.len();
                let names = self.names.entry(account).or_insert_with(|| Names::of("member"));
                names.add(reader, &name, index, &place.field("name"));
                self.stated.members.push(Member { account, name, role });
            }
        }
    }
    /// The name of a team at `place`.
    pub(crate) fn team(&mut self, reader: &mut Reader, place: &Place) -> Option<TeamNameId> {
        let name: String = reader.scalar(place)?;
        if is_blank(reader, "team", &name, place) {
            return None;
        }
        self.stated.names.push(name);
        Some(TeamNameId::from_index(self.stated.names.len() - 1))
    }
    /// Whoever stands at `place` may become a member of the account's team.
    pub(crate) fn invite(&mut self, reader: &mut Reader, place: &Place, account: AccountId) {
        let Some(name) = reader.scalar::<String>(place) else { return };
        if is_blank(reader, "member", &name, place) {
            return;
        }
        let names = self.names.entry(account).or_insert_with(|| Names::of("member"));
        if names.get(&name).is_none() {
            names.insert(&name, self.stated.members.len());
            self.stated.members.push(Member { account, name, role: None });
        }
    }
    /// The member of the account's team whom `place` names.
    pub(crate) fn find(
        &self,
        reader: &mut Reader,
        place: &Place,
        account: AccountId,
    ) -> Option<MemberId> {
        let nobody = Names::of("member");
        let names = self.names.get(&account).unwrap_or(&nobody);
        names.find(reader, place).map(MemberId::from_index)
    }
}
