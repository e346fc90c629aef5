//! Hosts leave for good (HOST-06, HOST-07).

use super::listing;
use crate::agenda::{Class, Event};
use crate::ids::HostId;
use crate::journal::Fact;
use crate::journal::fact::Operation;
use crate::market::{moving, stop};
use crate::turn::{News, Turn};
use crate::units::Span;
use crate::world::standing::Bar;

/// HostLeave. Class 1: at once, or after `notice`, for which the host is delisted.
pub fn leave(turn: &mut Turn<'_, '_>, host: HostId, notice: Span) {
    if super::is_absent(turn, host, Operation::HostLeave) {
        return;
    }
    if notice.is_zero() {
        depart(turn, host);
        return;
    }
    let at = turn.now.saturating_add(notice);
    turn.state(Fact::DepartureAnnounced(crate::journal::fact::DepartureAnnounced { host, at }));
    listing::delist_for_notice(turn, host);
    turn.schedule(at, Class::HostLeave, Event::HostDeparts(host));
}

/// Class 1: its pods are terminated in whatever state, their volumes are lost, its disk is gone. Who was
/// promised its GPUs waits again, or is refused. A pod that nothing ties to its host is Stopped (NVOL-07).
pub fn depart(turn: &mut Turn<'_, '_>, host: HostId) {
    let row = &mut turn.world.fleet.hosts[host];
    let was_available = row.available();
    row.standing.set(Bar::Absence, true);
    turn.world.records[host].left = Some(turn.now);
    listing::state_score(turn, host);
    turn.state(Fact::HostLeft(host));
    super::become_unavailable(turn, host, was_available);
    moving::host_departs(turn, host);
    // Its images go with it: what its pods leave makes room for nobody.
    turn.world.images.hosts.remove(&host);
    for pod in turn.world.pods_of_host(host) {
        stop::lose_host(turn, pod);
    }
    turn.settle_host(host);
    turn.world.fleet.withdraw(host, turn.rules());
    turn.tell(News::HostGone(host));
}
