//! Maintenance: announced, it delists its host some days before, and acts as power loss (HOST-05).

use super::{listing, refuse_for};
use crate::agenda::{Class, Event};
use crate::ids::{AccountId, HostId};
use crate::journal::Fact;
use crate::journal::fact::{Announced, NoticeKind, Operation, Refusal};
use crate::turn::Turn;
use crate::units::SimTime;
use crate::world::record::Maintenance;
use crate::world::standing::Bar;
use std::collections::BTreeSet;

/// ScheduleMaintenance. Class 5. Announced in time, or with less notice while no pod holds a GPU there:
/// then it begins at once.
pub fn announce(turn: &mut Turn<'_, '_>, host: HostId, (from, until): (SimTime, SimTime)) {
    let operation = Operation::ScheduleMaintenance;
    if super::is_absent(turn, host, operation) {
        return;
    }
    if from < turn.now || until <= from {
        refuse_for(turn, host, operation, Refusal::BadArgument);
        return;
    }
    let rules = &turn.rules().hosts;
    let in_time = turn.now.saturating_add(rules.maintenance_notice) <= from;
    let planned = Maintenance { from: if in_time { from } else { turn.now }, until };
    let row = &turn.world.fleet.hosts[host];
    let in_use = row.free.gpus < row.total.gpus;
    let announced = &mut turn.world.records[host].maintenance;
    let place = announced.partition_point(|other| other.until < planned.from);
    let overlaps = announced.get(place).is_some_and(|next| next.from <= planned.until);
    if overlaps || !in_time && in_use {
        refuse_for(turn, host, operation, Refusal::IllegalState);
        return;
    }
    announced.insert(place, planned);
    let Maintenance { from, until } = planned;
    turn.state(Fact::MaintenanceAnnounced(Announced { host, from, until }));
    tell_owners(turn, host);
    let ahead = rules.maintenance_delist.micros();
    let delisted = SimTime::from_micros(from.micros().saturating_sub(ahead)).max(turn.now);
    turn.schedule(delisted, Class::Delisting, Event::HostDelists(host));
    turn.schedule(from, Class::MaintenanceBegins, Event::MaintenanceBegins(host));
    turn.schedule(until, Class::MaintenanceEnds, Event::MaintenanceEnds(host));
}

/// ACCT-08. Every owner of a pod there is told, once.
fn tell_owners(turn: &mut Turn<'_, '_>, host: HostId) {
    let pods = turn.world.pods_of_host(host).into_iter();
    let owners: BTreeSet<AccountId> = pods.map(|pod| turn.world.pods[pod].account).collect();
    for owner in owners {
        turn.notify(owner, NoticeKind::Maintenance);
    }
}

/// Class 1: it begins.
pub fn begin(turn: &mut Turn<'_, '_>, host: HostId) {
    turn.state(Fact::MaintenanceBegan(host));
    super::without_power(turn, host, Bar::Maintenance);
}

/// Class 2: it is over, and its host listed again, unless more is announced.
pub fn end(turn: &mut Turn<'_, '_>, host: HostId) {
    turn.world.records[host].maintenance.remove(0);
    turn.state(Fact::MaintenanceEnded(host));
    super::power_restored(turn, host, Bar::Maintenance);
    listing::end_notice(turn, host);
}
