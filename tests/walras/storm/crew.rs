//! Teams in a storm: who speaks for an account, who joins, which accounts convert (TEAM-01 to TEAM-03).

use super::{ACCOUNTS, instants};
use crate::storm::{Act, Weather};
use proptest::prelude::*;
use proptest::sample::select;
use walras::ids::{AccountId, Id, MemberId, TeamNameId};
use walras::scenario::model::{Member, Role, Teams};

/// Those who may be members of each account's team.
const MEMBERS: usize = 2;

/// Which members speak, in turn, for the accounts whose actions come; none: the owner.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Crew(Vec<Option<usize>>);

impl Crew {
    /// Who does the action that stands at this place.
    pub(super) fn speaks(&self, place: usize, account: AccountId) -> Option<MemberId> {
        let member = *self.0.get(place % self.0.len().max(1))?;
        Some(member_of(account.index(), member?))
    }
    /// The first account is a team from the start; the others may become one.
    pub(super) fn teams(&self) -> Teams {
        let roles = [Some(Role::Dev), Some(Role::Basic)];
        let member = |(account, of): (usize, usize)| Member {
            account: AccountId::from_index(account),
            name: format!("m{of}"),
            role: roles[of].filter(|_| account == 0),
        };
        let all = (0..ACCOUNTS).flat_map(|account| (0..MEMBERS).map(move |of| (account, of)));
        Teams {
            names: (0..ACCOUNTS).map(|account| format!("team {account}")).collect(),
            at_start: vec![(AccountId::from_index(0), TeamNameId::from_index(0))],
            members: all.map(member).collect(),
        }
    }
}

/// The id of a member of an account.
pub(super) fn member_of(account: usize, member: usize) -> MemberId {
    MemberId::from_index(account * MEMBERS + member)
}

/// What happens to teams: now and then, and to all accounts.
pub(super) fn crews(weather: Weather) -> BoxedStrategy<(Crew, Vec<(u64, Act)>)> {
    let speaks = proptest::option::weighted(0.3, 0..MEMBERS);
    let speaks = proptest::collection::vec(speaks, 1..12).prop_map(Crew);
    let roles = select(vec![Role::Basic, Role::Billing, Role::Dev, Role::Admin, Role::Admin]);
    let sets = prop_oneof![
        1 => (0..ACCOUNTS).prop_map(Act::Convert),
        3 => (0..ACCOUNTS, 0..MEMBERS, roles)
            .prop_map(|(account, member, role)| Act::SetMember(account, member, role)),
    ];
    let acts = proptest::collection::vec((instants(weather), sets), 0..6);
    prop_oneof![2 => Just(Default::default()), 1 => (speaks, acts)].boxed()
}
