//! Hosts lose power and network, and come back (HOST-02 to HOST-04, BILL-15).
//!
//! | loss | pods | container disk, memory | volume | bill | at the return |
//! |---|---|---|---|---|---|
//! | power | Initializing and Running become Down and keep their GPUs; Grace becomes Stopped; promises are void | lost | kept, out of reach | nothing, stopped volumes too | Down pods start again |
//! | network | run on, out of reach; promises are void; image pulls pause; stops, terminations, resets and the end of work are recorded | kept | kept | nothing, stopped volumes too | what was recorded happens first |
//!
//! By script, or at random ([`failures`]). Maintenance acts as power loss ([`maintenance`]), a departure
//! ends everything there ([`departure`]); whether requests see a host is in [`listing`]. Community hosts come
//! and go by what they earn in [`supply`].

pub mod arrival;
pub mod departure;
pub mod failures;
pub mod listing;
pub mod maintenance;
pub mod supply;

use crate::ids::{HostId, PodId};
use crate::journal::Fact;
use crate::journal::fact::{Kind, Operation, Refusal, StopReason};
use crate::market::{charge, displace, funds, image, leave, moving, spot, start, stop, worker};
use crate::scenario::model::Loss;
use crate::turn::{News, Turn};
use crate::world::pod::{PodChange, PodState};
use crate::world::standing::Bar;

/// Class 1: HostDown (HOST-03).
pub fn power_lost(turn: &mut Turn<'_, '_>, host: HostId) {
    if is_absent(turn, host, Operation::HostDown) {
        return;
    }
    let row = &mut turn.world.fleet.hosts[host];
    if row.standing.is_under(Bar::Power) {
        refuse(turn, host, Operation::HostDown);
        return;
    }
    row.losses[Loss::Power as usize] += 1;
    turn.state(Fact::HostDown { host });
    without_power(turn, host, Bar::Power);
}

/// The host has no power, by a failure or for maintenance: the one while the other lasts changes nothing.
fn without_power(turn: &mut Turn<'_, '_>, host: HostId, cause: Bar) {
    let row = &mut turn.world.fleet.hosts[host];
    let (was_available, had_power) = (row.available(), row.standing.has_power());
    row.standing.set(cause, true);
    become_unavailable(turn, host, was_available);
    if had_power {
        for pod in turn.world.pods_of_host(host) {
            lose_power(turn, pod);
        }
    }
    turn.tell(News::HostGone(host));
    turn.settle_host(host);
}

/// What was recorded happens at once (POD-18); else I and R become Down, G is Stopped.
fn lose_power(turn: &mut Turn<'_, '_>, pod: PodId) {
    let Some(row) = turn.world.pods.get(pod) else { return };
    if row.kind == Kind::Serverless {
        worker::lose(turn, pod, StopReason::HostDown);
        return;
    }
    if let Some(what) = row.recorded {
        stop::carry_out(turn, pod, what);
        let Some(row) = turn.world.pods.get(pod) else { return };
        if !row.state.costs_as_running() {
            return;
        }
    }
    let row = &turn.world.pods[pod];
    match row.state {
        PodState::Grace { .. } => displace::kill(turn, pod),
        PodState::Initializing { host, .. } | PodState::Running { host } => {
            leave::pause_work(turn, pod);
            leave::lose_memory(turn, pod);
            image::quit(turn, pod, host);
            moving::pause(turn, pod);
            turn.change(pod, PodChange::HostDown { resume: false });
            turn.state(Fact::PodDown { pod });
            turn.moved(pod);
            turn.world.uncount_bid(pod, host);
            turn.recount(pod);
        }
        PodState::Waiting
        | PodState::Reserved { .. }
        | PodState::Stopped { .. }
        | PodState::Resuming { .. }
        | PodState::Down { .. }
        | PodState::Terminated
        | PodState::Refused => {}
    }
}

/// Class 2: HostUp. Down pods start again (HOST-03).
pub fn power_back(turn: &mut Turn<'_, '_>, host: HostId) {
    if is_absent(turn, host, Operation::HostUp) {
        return;
    }
    if !turn.world.fleet.hosts[host].standing.is_under(Bar::Power) {
        refuse(turn, host, Operation::HostUp);
        return;
    }
    turn.state(Fact::HostUp { host });
    power_restored(turn, host, Bar::Power);
}

/// What took its power is over: it is back, unless something else keeps it away.
fn power_restored(turn: &mut Turn<'_, '_>, host: HostId, cause: Bar) {
    let row = &mut turn.world.fleet.hosts[host];
    row.standing.set(cause, false);
    listing::note_beats(turn, host);
    if !turn.world.fleet.hosts[host].standing.has_power() {
        return;
    }
    for pod in turn.world.fleet.hosts[host].guests_in_order() {
        if let PodState::Down { .. } = turn.world.pods[pod].state {
            turn.world.count_bid(pod, host);
            let before = turn.reserve_of(pod);
            start::restart(turn, pod, host);
            turn.recount(pod);
            // BILL-09. A volume that was charged all the while counts in R10 again.
            if before < turn.reserve_of(pod) {
                funds::force_line(turn, turn.world.pods[pod].account);
            }
        }
    }
    become_available(turn, host);
    turn.settle_host(host);
}

/// Class 1: NetworkDown (HOST-04). On a host without power it has its effect when power returns.
pub fn network_lost(turn: &mut Turn<'_, '_>, host: HostId) {
    if is_absent(turn, host, Operation::NetworkDown) {
        return;
    }
    let row = &mut turn.world.fleet.hosts[host];
    if row.standing.is_under(Bar::Network) {
        refuse(turn, host, Operation::NetworkDown);
        return;
    }
    let was_available = row.available();
    row.standing.set(Bar::Network, true);
    row.losses[Loss::Network as usize] += 1;
    turn.state(Fact::NetworkDown { host });
    become_unavailable(turn, host, was_available);
    for pod in turn.world.fleet.hosts[host].guests_in_order() {
        if worker::is_worker(turn, pod) {
            worker::lose(turn, pod, StopReason::NetworkDown);
        } else {
            start::pause_pull(turn, pod);
        }
    }
    turn.tell(News::HostGone(host));
    image::pause(turn, host);
    turn.settle_host(host);
}

/// Class 2: NetworkUp. What was recorded takes effect before anything else of its pod (HOST-04).
pub fn network_back(turn: &mut Turn<'_, '_>, host: HostId) {
    if is_absent(turn, host, Operation::NetworkUp) {
        return;
    }
    let row = &mut turn.world.fleet.hosts[host];
    if !row.standing.is_under(Bar::Network) {
        refuse(turn, host, Operation::NetworkUp);
        return;
    }
    row.standing.set(Bar::Network, false);
    let has_power = row.standing.has_power();
    turn.state(Fact::NetworkUp { host });
    listing::note_beats(turn, host);
    if has_power {
        // Before meters go on: what ends now does not raise R10 (BILL-09).
        for pod in turn.world.pods_of_host(host) {
            let recorded = turn.world.pods.get(pod).and_then(|row| row.recorded);
            if let Some(what) = recorded {
                stop::carry_out(turn, pod, what);
            }
            if turn.world.pods.get(pod).is_some() {
                start::resume_pull(turn, pod);
            }
        }
        image::go_on(turn, host);
    }
    become_available(turn, host);
    turn.settle_host(host);
}

/// HOST-02. From available to not: meters pause, promises are void (SPOT-08).
fn become_unavailable(turn: &mut Turn<'_, '_>, host: HostId, was_available: bool) {
    listing::note_beats(turn, host);
    turn.world.fleet.refresh(host, turn.rules());
    if !was_available {
        return;
    }
    turn.world.note_availability(host);
    charge::hold::pause_for_outage(turn, &turn.world.pods_of_host(host));
    moving::source_changed(turn, host);
    for pod in turn.world.fleet.hosts[host].guests_in_order() {
        if let PodState::Reserved { .. } = turn.world.pods[pod].state {
            displace::lose_promise(turn, pod, None);
        }
    }
}

/// HOST-02. From not available to available, if it is: meters go on, the waiting are tried.
fn become_available(turn: &mut Turn<'_, '_>, host: HostId) {
    if turn.world.fleet.hosts[host].available() {
        listing::judge(turn, host);
        turn.world.note_availability(host);
        let pods = turn.world.pods_of_host(host);
        charge::hold::go_on_after_outage(turn, &pods);
        moving::source_changed(turn, host);
        for pod in pods {
            turn.moved(pod);
        }
        spot::look_at_return(turn, host);
        turn.tell(News::HostOpen(host));
        turn.settle_host(host);
        turn.freed(host);
    }
}

/// Whether the host has joined, and not left for good.
pub fn is_there(turn: &Turn<'_, '_>, host: HostId) -> bool {
    !turn.world.fleet.hosts[host].standing.is_under(Bar::Absence)
}

/// HOST-02. Setting a flag twice is refused.
fn refuse(turn: &mut Turn<'_, '_>, host: HostId, operation: Operation) {
    refuse_for(turn, host, operation, Refusal::IllegalState);
}

fn refuse_for(turn: &mut Turn<'_, '_>, host: HostId, operation: Operation, reason: Refusal) {
    let host = Some(host);
    turn.state(Fact::Rejected { account: None, operation, pod: None, name: None, host, reason });
}

/// GEN-14. An action on a host that has not joined yet, or has left for good, is refused.
pub fn is_absent(turn: &mut Turn<'_, '_>, host: HostId, operation: Operation) -> bool {
    if is_there(turn, host) {
        return false;
    }
    let has_left = turn.world.records[host].left.is_some();
    let reason = if has_left { Refusal::IllegalState } else { Refusal::Unknown };
    refuse_for(turn, host, operation, reason);
    true
}
