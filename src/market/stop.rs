//! Stops, terminations, resets and completions: who asks, and when they take effect (POD-10, POD-15,
//! POD-17 to POD-21, BILL-10, BILL-13, HOST-04). What they take is in [`leave`].
//!
//! On a host that has power but no network, what is asked for is recorded and happens when the network
//! is back; on a host without power it happens at once (HOST-04, POD-18).

use crate::ids::{HostId, PodId};
use crate::journal::Fact;
use crate::journal::fact::{EndReason, Operation, Refusal, StopReason};
use crate::market::leave::{self, give_up, release_promise};
use crate::market::{rent, start, worker};
use crate::scenario::demand::OnDone;
use crate::scenario::rules::NetworkVolumePodsStop;
use crate::turn::{News, Turn};
use crate::world::pod::{PodChange, PodState, Recorded};
use crate::world::standing::Bar;

/// The host that cuts a pod off: it has power but no network, and the pod lives on it.
fn cut_off_by(turn: &Turn<'_, '_>, pod: PodId) -> Option<HostId> {
    let row = &turn.world.pods[pod];
    // POD-16. Who is promised GPUs on another host does not hang on its own.
    let host = if let PodState::Reserved { host } = row.state { host } else { row.tied? };
    let on = &turn.world.fleet.hosts[host];
    (on.standing.has_power() && on.standing.is_under(Bar::Network)).then_some(host)
}

/// HOST-04. Records `what` on a pod that is cut off. A later one in the rule's order replaces the one
/// recorded; an earlier or equal one is refused. Gives whether the pod is cut off at all.
#[inline]
fn recorded(turn: &mut Turn<'_, '_>, pod: PodId, what: Recorded) -> bool {
    if cut_off_by(turn, pod).is_none() {
        return false;
    }
    let row = &mut turn.world.pods[pod];
    let account = row.account;
    if row.recorded.is_some_and(|before| what.rank() <= before.rank()) {
        if let Some(operation) = what.operation().filter(|_| is_asked(what)) {
            turn.reject(Some(account), operation, Some(pod), Refusal::IllegalState);
        }
        return true;
    }
    row.recorded = Some(what);
    turn.state(Fact::ActionRecorded { pod, operation: what.operation() });
    true
}

/// Whether an owner asked for it, and so hears of a refusal.
fn is_asked(what: Recorded) -> bool {
    match what {
        Recorded::Reset => true,
        Recorded::Stop(reason) => reason == EndReason::Stopped,
        Recorded::Terminate(reason) => reason == EndReason::Terminated,
        Recorded::WorkDone => false,
    }
}

/// NVOL-07. Whether a pod cannot stop, for it has a network volume, and is terminated instead.
pub fn terminates(turn: &Turn<'_, '_>, pod: PodId) -> bool {
    turn.world.pods[pod].network_volume
        && turn.rules().network_volume_pods_stop == NetworkVolumePodsStop::Refused
}

/// StopPod (POD-10): refused in Waiting, in a new request's Reserved, in Stopped, and of pods that cannot
/// stop (NVOL-07).
pub fn stop(turn: &mut Turn<'_, '_>, pod: PodId) {
    let row = &turn.world.pods[pod];
    let (account, resumed) = (row.account, row.is_resume());
    let refused = match row.state {
        PodState::Waiting | PodState::Stopped { .. } => true,
        PodState::Reserved { .. } => !resumed,
        PodState::Initializing { .. }
        | PodState::Running { .. }
        | PodState::Grace { .. }
        | PodState::Resuming { .. }
        | PodState::Down { .. }
        | PodState::Terminated
        | PodState::Refused => false,
    };
    if refused || terminates(turn, pod) {
        turn.reject(Some(account), Operation::StopPod, Some(pod), Refusal::IllegalState);
    } else if !recorded(turn, pod, Recorded::Stop(EndReason::Stopped)) {
        stop_now(turn, pod, EndReason::Stopped);
    }
}

/// TerminatePod (POD-17), on a pod in any live state.
pub fn terminate(turn: &mut Turn<'_, '_>, pod: PodId) {
    if !recorded(turn, pod, Recorded::Terminate(EndReason::Terminated)) {
        terminate_now(turn, pod, EndReason::Terminated);
    }
}

/// Reset (POD-15): of a pod in Initializing or Running.
pub fn reset(turn: &mut Turn<'_, '_>, pod: PodId) {
    let row = &turn.world.pods[pod];
    let account = row.account;
    if !matches!(row.state, PodState::Initializing { .. } | PodState::Running { .. }) {
        turn.reject(Some(account), Operation::ResetPod, Some(pod), Refusal::IllegalState);
    } else if !recorded(turn, pod, Recorded::Reset) {
        start::reset(turn, pod);
    }
}

/// BILL-10. A pod is stopped for funds: those who hold or wait for their host stop, requests are
/// refused; with `terminate`, pods are terminated instead.
pub fn stop_for_funds(turn: &mut Turn<'_, '_>, pod: PodId, terminate: bool) {
    if worker::is_worker(turn, pod) {
        // SLS-46, SLS-47. Below the line its endpoint knows what it is doing; drained, it stops.
        let account = turn.world.pods[pod].account;
        if turn.world.accounts[account].is_drained() {
            worker::lose(turn, pod, StopReason::NoFunds);
        } else if turn.news.last() != Some(&News::BelowLine(account)) {
            turn.news.push(News::BelowLine(account));
        }
        return;
    }
    let state = turn.world.pods[pod].state;
    let resumed = turn.world.pods[pod].is_resume();
    // BILL-10. Which pods are terminated, of those without a network volume; others go by NVOL-07.
    let terminate = terminate && !turn.world.pods[pod].network_volume || terminates(turn, pod);
    match state {
        PodState::Waiting => {
            rent::refuse(turn, pod, Refusal::NoFunds);
        }
        PodState::Reserved { .. } if !resumed => {
            release_promise(turn, pod);
            rent::refuse(turn, pod, Refusal::NoFunds);
        }
        PodState::Stopped { .. } | PodState::Terminated | PodState::Refused => {}
        PodState::Reserved { .. }
        | PodState::Initializing { .. }
        | PodState::Running { .. }
        | PodState::Grace { .. }
        | PodState::Resuming { .. }
        | PodState::Down { .. } => {
            let what = if terminate {
                Recorded::Terminate(EndReason::NoFunds)
            } else {
                Recorded::Stop(EndReason::NoFunds)
            };
            if !recorded(turn, pod, what) {
                carry_out(turn, pod, what);
            }
        }
    }
}

/// Class 4: the work is done (POD-20).
pub fn work_done(turn: &mut Turn<'_, '_>, pod: PodId, epoch: u32) {
    if turn.holds(pod, epoch) && !recorded(turn, pod, Recorded::WorkDone) {
        complete(turn, pod);
    }
}

/// What was recorded happens, or a stop that nothing holds up. A reset of a pod that got SIGTERM meanwhile
/// lapses: in grace there is none (POD-21).
pub fn carry_out(turn: &mut Turn<'_, '_>, pod: PodId, what: Recorded) {
    turn.world.pods[pod].recorded = None;
    match what {
        Recorded::Reset if matches!(turn.world.pods[pod].state, PodState::Grace { .. }) => {}
        Recorded::Reset => start::reset(turn, pod),
        Recorded::Stop(reason) => stop_now(turn, pod, reason),
        Recorded::Terminate(reason) => terminate_now(turn, pod, reason),
        Recorded::WorkDone => complete(turn, pod),
    }
}

fn stop_now(turn: &mut Turn<'_, '_>, pod: PodId, reason: EndReason) {
    match turn.world.pods[pod].state {
        PodState::Resuming { .. } => {
            rent::leave_queue(turn, pod);
            give_up(turn, pod, reason);
        }
        PodState::Reserved { .. } => {
            release_promise(turn, pod);
            give_up(turn, pod, reason);
        }
        PodState::Stopped { .. } => {}
        PodState::Waiting
        | PodState::Initializing { .. }
        | PodState::Running { .. }
        | PodState::Grace { .. }
        | PodState::Down { .. }
        | PodState::Terminated
        | PodState::Refused => leave::leave(turn, pod, PodChange::Stop, reason),
    }
}

/// POD-17, BILL-13. The pod is gone for good.
pub fn terminate_now(turn: &mut Turn<'_, '_>, pod: PodId, reason: EndReason) {
    match turn.world.pods[pod].state {
        PodState::Waiting | PodState::Resuming { .. } => rent::leave_queue(turn, pod),
        PodState::Reserved { .. } => release_promise(turn, pod),
        PodState::Initializing { .. }
        | PodState::Running { .. }
        | PodState::Grace { .. }
        | PodState::Stopped { .. }
        | PodState::Down { .. }
        | PodState::Terminated
        | PodState::Refused => {}
    }
    leave::leave(turn, pod, PodChange::Terminate, reason);
}

fn complete(turn: &mut Turn<'_, '_>, pod: PodId) {
    let can_stop = !terminates(turn, pod);
    let row = &mut turn.world.pods[pod];
    let stop = row.on_done == OnDone::Stop && can_stop;
    // POD-20. The result of work that is done is kept: no later loss of memory takes it.
    row.watch.keeps_work |= row.checkpoints.is_none();
    leave::leave(turn, pod, PodChange::Complete { stop }, EndReason::Completed);
}

/// HOST-06. A pod's host departs with all that is on it: what is recorded there lapses, for nothing returns
/// that could carry it out. A pod with a network volume that can stop is Stopped (NVOL-07), unless its end
/// is recorded: that happens now.
pub fn lose_host(turn: &mut Turn<'_, '_>, pod: PodId) {
    if worker::is_worker(turn, pod) {
        worker::lose(turn, pod, StopReason::HostLeft);
        return;
    }
    let recorded = turn.world.pods[pod].recorded.take();
    if !turn.world.pods[pod].network_volume || terminates(turn, pod) {
        terminate_now(turn, pod, EndReason::HostDown);
        return;
    }
    match recorded {
        Some(what @ (Recorded::Stop(_) | Recorded::Terminate(_) | Recorded::WorkDone)) => {
            carry_out(turn, pod, what);
        }
        Some(Recorded::Reset) | None => {
            leave::leave(turn, pod, PodChange::Stop, EndReason::HostDown);
        }
    }
}

/// BILL-13. Removal after the hold: at once, or, cut off, when the network is back.
pub fn remove_after_hold(turn: &mut Turn<'_, '_>, pod: PodId) {
    let what = Recorded::Terminate(EndReason::NoFunds);
    if turn.world.pods.get(pod).is_some() && !recorded(turn, pod, what) {
        carry_out(turn, pod, what);
    }
}
