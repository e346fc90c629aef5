//! Hosts lose power and network, and come back (HOST-02 to HOST-04, BILL-15).
//!
//! | loss | pods | container disk, memory | volume | bill | at the return |
//! |---|---|---|---|---|---|
//! | power | Initializing and Running become Down and keep their GPUs; Grace becomes Stopped; promises are void | lost | kept, out of reach | nothing, stopped volumes too | Down pods start again |
//! | network | run on, out of reach; promises are void; image pulls pause; stops, terminations, resets and the end of work are recorded | kept | kept | nothing, stopped volumes too | what was recorded happens first |
//!
//! By script, or at random ([`failures`]).

pub mod failures;

use crate::ids::{HostId, PodId};
use crate::journal::Fact;
use crate::journal::fact::{Operation, Refusal};
use crate::market::{charge, displace, leave, spot, start, stop};
use crate::scenario::model::Loss;
use crate::turn::Turn;
use crate::world::pod::{PodChange, PodState};

/// Class 1: HostDown (HOST-03).
pub fn power_lost(turn: &mut Turn<'_, '_>, host: HostId) {
    let row = &turn.world.fleet.hosts[host];
    if !row.powered {
        refuse(turn, host, Operation::HostDown);
        return;
    }
    let was_available = row.available();
    turn.state(Fact::HostDown { host });
    let row = &mut turn.world.fleet.hosts[host];
    row.powered = false;
    row.losses[Loss::Power as usize] += 1;
    become_unavailable(turn, host, was_available);
    for pod in all_pods(turn, host) {
        lose_power(turn, pod);
    }
    turn.settle_host(host);
}

/// What was recorded happens at once (POD-18); else I and R become Down, G is Stopped.
fn lose_power(turn: &mut Turn<'_, '_>, pod: PodId) {
    let Some(row) = turn.world.pods.get(pod) else { return };
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
    if turn.world.fleet.hosts[host].powered {
        refuse(turn, host, Operation::HostUp);
        return;
    }
    turn.state(Fact::HostUp { host });
    turn.world.fleet.hosts[host].powered = true;
    for pod in turn.world.fleet.hosts[host].guests_in_order() {
        if let PodState::Down { .. } = turn.world.pods[pod].state {
            turn.world.count_bid(pod, host);
            start::restart(turn, pod, host);
            turn.recount(pod);
        }
    }
    become_available(turn, host);
    turn.settle_host(host);
}

/// Class 1: NetworkDown (HOST-04). On a host without power it has its effect when power returns.
pub fn network_lost(turn: &mut Turn<'_, '_>, host: HostId) {
    let row = &turn.world.fleet.hosts[host];
    if !row.online {
        refuse(turn, host, Operation::NetworkDown);
        return;
    }
    let was_available = row.available();
    turn.state(Fact::NetworkDown { host });
    let row = &mut turn.world.fleet.hosts[host];
    row.online = false;
    row.losses[Loss::Network as usize] += 1;
    become_unavailable(turn, host, was_available);
    for pod in turn.world.fleet.hosts[host].guests_in_order() {
        start::pause_pull(turn, pod);
    }
    turn.settle_host(host);
}

/// Class 2: NetworkUp. What was recorded takes effect before anything else of its pod (HOST-04).
pub fn network_back(turn: &mut Turn<'_, '_>, host: HostId) {
    if turn.world.fleet.hosts[host].online {
        refuse(turn, host, Operation::NetworkUp);
        return;
    }
    turn.state(Fact::NetworkUp { host });
    turn.world.fleet.hosts[host].online = true;
    if turn.world.fleet.hosts[host].powered {
        // Before meters go on: what ends now does not raise R10 (BILL-09).
        for pod in all_pods(turn, host) {
            let recorded = turn.world.pods.get(pod).and_then(|row| row.recorded);
            if let Some(what) = recorded {
                stop::carry_out(turn, pod, what);
            }
            if turn.world.pods.get(pod).is_some() {
                start::resume_pull(turn, pod);
            }
        }
    }
    become_available(turn, host);
    turn.settle_host(host);
}

/// HOST-02. From available to not: meters pause, promises are void (SPOT-08).
fn become_unavailable(turn: &mut Turn<'_, '_>, host: HostId, was_available: bool) {
    turn.world.fleet.refresh(host, turn.rules());
    if !was_available {
        return;
    }
    turn.world.note_availability(host);
    charge::hold::pause_for_outage(turn, &all_pods(turn, host));
    for pod in turn.world.fleet.hosts[host].guests_in_order() {
        if let PodState::Reserved { .. } = turn.world.pods[pod].state {
            displace::lose_promise(turn, pod, None);
        }
    }
}

/// HOST-02. From not available to available, if it is: meters go on, the waiting are tried.
fn become_available(turn: &mut Turn<'_, '_>, host: HostId) {
    if turn.world.fleet.hosts[host].available() {
        turn.world.note_availability(host);
        let pods = all_pods(turn, host);
        charge::hold::go_on_after_outage(turn, &pods);
        for pod in pods {
            turn.moved(pod);
        }
        spot::look_at_return(turn, host);
        turn.settle_host(host);
        turn.freed(host);
    }
}

/// All pods whose volume or container is on the host, lowest id first.
fn all_pods(turn: &Turn<'_, '_>, host: HostId) -> Vec<PodId> {
    let row = &turn.world.fleet.hosts[host];
    let mut pods: Vec<PodId> = row.guests.iter().chain(&row.dormant).copied().collect();
    pods.sort_unstable();
    pods.dedup();
    pods
}

/// HOST-02. Setting a flag twice is refused.
fn refuse(turn: &mut Turn<'_, '_>, host: HostId, operation: Operation) {
    let reason = Refusal::IllegalState;
    let host = Some(host);
    turn.state(Fact::Rejected { account: None, operation, pod: None, name: None, host, reason });
}
