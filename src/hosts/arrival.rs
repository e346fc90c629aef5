//! Hosts join, and are vetted (CLD-04).

use super::{listing, refuse_for};
use crate::ids::{HostId, Id};
use crate::journal::Fact;
use crate::journal::fact::{Operation, Refusal};
use crate::scenario::model::Cloud;
use crate::scenario::rules::CommunityJoins;
use crate::turn::{News, Turn};
use crate::world::record::Record;
use crate::world::standing::Bar;

/// HostJoin. Class 2. A community host is refused where nobody may join, or without an invitation where
/// one is needed; a vetted one is listed at once.
pub fn join(turn: &mut Turn<'_, '_>, host: HostId, (invited, vetted): (bool, bool)) {
    let row = &turn.world.fleet.hosts[host];
    if !row.standing.is_under(Bar::Absence) || turn.world.records[host].left.is_some() {
        refuse_for(turn, host, Operation::HostJoin, Refusal::IllegalState);
        return;
    }
    let (_, cloud) = turn.world.fleet.scope_keys[row.scope.index()];
    let rules = &turn.rules().hosts;
    let may_join = match rules.community_joins {
        CommunityJoins::Open => true,
        CommunityJoins::Invited => invited,
        CommunityJoins::Closed => false,
    };
    if cloud == Cloud::Community && !may_join {
        refuse_for(turn, host, Operation::HostJoin, Refusal::NotPermitted);
        return;
    }
    arrive(turn, host, vetted);
}

/// CLD-04. The host is there from now on, and listed once it has been vetted.
pub fn arrive(turn: &mut Turn<'_, '_>, host: HostId, vetted: bool) {
    let (_, cloud) = turn.world.fleet.scope_keys[turn.world.fleet.hosts[host].scope.index()];
    let rules = &turn.rules().hosts;
    turn.world.records[host] = Record::begin(turn.now);
    turn.world.fleet.hosts[host].standing.set(Bar::Absence, false);
    turn.state(Fact::HostJoined(host));
    if cloud == Cloud::Community && !vetted && !rules.vetting_time.is_zero() {
        listing::vet(turn, host, rules.vetting_time);
    }
    turn.world.fleet.admit(host, turn.rules());
    turn.settle_host(host);
    turn.freed(host);
    turn.tell(News::HostOpen(host));
}
