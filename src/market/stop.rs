//! How a pod gives up what it has: stops, terminations, completions, the end of a rental (POD-10,
//! POD-17 to POD-22, BILL-03, STOR-06, STOR-07, HOST-04).
//!
//! On a host that has power but no network, what is asked for is recorded and happens when the network
//! is back; on a host without power it happens at once (HOST-04, POD-18).

use crate::agenda::{Class, Event};
use crate::ids::{HostId, Id, PodId};
use crate::journal::Fact;
use crate::journal::fact::{EndReason, Item, Operation, PodName, Refusal, RentalEnd};
use crate::market::charge::{self, ending};
use crate::market::{rent, start};
use crate::scenario::demand::OnDone;
use crate::turn::Turn;
use crate::units::{Bundle, Gb, Money};
use crate::world::pod::{PodChange, PodState, Recorded};

/// The host that cuts a pod off: it has power but no network, and the pod lives on it.
fn cut_off_by(turn: &Turn<'_, '_>, pod: PodId) -> Option<HostId> {
    let row = &turn.world.pods[pod];
    let host = row.tied?;
    let on = &turn.world.fleet.hosts[host];
    (on.powered && !on.online).then_some(host)
}

/// HOST-04. Records `what` on a pod that is cut off. A later one in the rule's order replaces the one
/// recorded; an earlier or equal one is refused. Gives whether the pod is cut off at all.
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

/// StopPod (POD-10): refused in Waiting, in a new request's Reserved, and in Stopped.
pub fn stop(turn: &mut Turn<'_, '_>, pod: PodId) {
    let row = &turn.world.pods[pod];
    let (account, resumed) = (row.account, row.tied.is_some());
    let refused = match row.state {
        PodState::Waiting | PodState::Stopped { .. } => true,
        PodState::Reserved { .. } => !resumed,
        _ => false,
    };
    if refused {
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
    let state = turn.world.pods[pod].state;
    let tied = turn.world.pods[pod].tied.is_some();
    match state {
        PodState::Waiting => {
            rent::refuse(turn, pod, Refusal::NoFunds);
        }
        PodState::Reserved { .. } if !tied => {
            release_promise(turn, pod);
            rent::refuse(turn, pod, Refusal::NoFunds);
        }
        PodState::Stopped { .. } | PodState::Terminated | PodState::Refused => {}
        _ => {
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

/// What was recorded happens, or a stop that nothing holds up.
pub fn carry_out(turn: &mut Turn<'_, '_>, pod: PodId, what: Recorded) {
    turn.world.pods[pod].recorded = None;
    match what {
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
        _ => leave(turn, pod, PodChange::Stop, reason),
    }
}

/// POD-17, BILL-13. The pod is gone for good.
pub fn terminate_now(turn: &mut Turn<'_, '_>, pod: PodId, reason: EndReason) {
    match turn.world.pods[pod].state {
        PodState::Waiting | PodState::Resuming { .. } => {
            rent::leave_queue(turn, pod);
            leave(turn, pod, PodChange::Terminate, reason);
        }
        PodState::Reserved { .. } => {
            release_promise(turn, pod);
            leave(turn, pod, PodChange::Terminate, reason);
        }
        _ => leave(turn, pod, PodChange::Terminate, reason),
    }
}

fn complete(turn: &mut Turn<'_, '_>, pod: PodId) {
    let stop = turn.world.pods[pod].on_done == OnDone::Stop;
    leave(turn, pod, PodChange::Complete { stop }, EndReason::Completed);
}

/// SPOT-08. The promise is void: what was free of it is free, the rest is promised to nobody.
pub fn release_promise(turn: &mut Turn<'_, '_>, pod: PodId) {
    let row = &turn.world.pods[pod];
    let PodState::Reserved { host } = row.state else { return };
    let (kind, bid) = (row.kind, row.bid().filter(|_| 0 < row.gpus));
    let on = &mut turn.world.fleet.hosts[host];
    on.void_promise(pod, kind);
    on.guests.retain(|other| *other != pod);
    let scope = on.scope;
    if let Some(bid) = bid {
        turn.world.fleet.scopes[scope].take_bid(bid);
    }
    turn.settle_host(host);
    turn.freed(host);
}

/// A request ends without GPUs: a new one is refused or abandoned, a resume's pod is Stopped again.
pub fn give_up(turn: &mut Turn<'_, '_>, pod: PodId, reason: EndReason) {
    turn.change(pod, PodChange::GiveUp);
    end_rental(turn, pod, reason, (Money::ZERO, Money::ZERO));
    if let Some(before) = turn.world.pods[pod].before_resume.take() {
        let row = &mut turn.world.pods[pod];
        (row.kind, row.shape) = (before.kind, before.shape);
        (row.gpus, row.bundle) = (before.gpus, before.bundle);
    }
    turn.recount(pod);
    if turn.world.pods[pod].tied.is_some() {
        turn.state(Fact::PodStopped { pod });
    } else {
        forget(turn, pod);
    }
}

/// A pod leaves its GPUs, or being stopped its host, by `change`.
pub fn leave(turn: &mut Turn<'_, '_>, pod: PodId, change: PodChange, reason: EndReason) {
    pause_work(turn, pod);
    if reason != EndReason::Completed {
        lose_memory(turn, pod);
    }
    let before = turn.world.pods[pod].state;
    let cause = turn.world.pods[pod].rental.and_then(|rental| rental.cause);
    let reason = match cause {
        Some(cause) if reason != EndReason::Completed => cause,
        _ => reason,
    };
    let early = turn.world.pods[pod].rental.and_then(|rental| rental.closed_early);
    let closed = early.unwrap_or_else(|| charge::close_rental(turn, pod, reason));
    turn.change(pod, change);
    let terminated = turn.world.pods[pod].state == PodState::Terminated;
    if terminated {
        let total = charge::close(turn, pod, Item::Volume, None);
        turn.world.pods[pod].volume_total = total;
    } else {
        charge::set_volume_rate(turn, pod, false);
    }
    if let Some(host) = before.holding() {
        give_back(turn, pod, host, before);
    }
    if turn.world.pods[pod].rental.is_some() {
        end_rental(turn, pod, reason, closed);
    }
    if terminated {
        turn.state(Fact::PodTerminated { pod });
        remove_from_host(turn, pod);
        forget(turn, pod);
    } else {
        turn.recount(pod);
        turn.state(Fact::PodStopped { pod });
    }
}

/// What it held is free at this instant; in grace, parts of it may be another's (SPOT-07).
fn give_back(turn: &mut Turn<'_, '_>, pod: PodId, host: HostId, before: PodState) {
    let row = &turn.world.pods[pod];
    let (bundle, kind, bid) = (row.bundle, row.kind, row.bid().filter(|_| 0 < row.gpus));
    let dormant = !matches!(row.state, PodState::Terminated);
    let counted_as_bid = bid.filter(|_| before.displaceable());
    let on = &mut turn.world.fleet.hosts[host];
    on.guests.retain(|other| *other != pod);
    if dormant {
        on.dormant.push(pod);
    }
    let scope = on.scope;
    let ready = if matches!(before, PodState::Grace { .. }) {
        on.end_grace(pod)
    } else {
        on.give(bundle, kind);
        Vec::new()
    };
    if let Some(bid) = counted_as_bid {
        turn.world.fleet.scopes[scope].take_bid(bid);
    }
    for newcomer in ready {
        let epoch = turn.world.pods[newcomer].epoch;
        turn.schedule(turn.now, Class::HandOver, Event::HandOver { pod: newcomer, epoch });
    }
    turn.settle_host(host);
    turn.freed(host);
}

/// STOR-06. Its volume's disk is free at this instant.
fn remove_from_host(turn: &mut Turn<'_, '_>, pod: PodId) {
    let row = &turn.world.pods[pod];
    let (Some(host), volume) = (row.tied, row.volume) else { return };
    let on = &mut turn.world.fleet.hosts[host];
    on.dormant.retain(|other| *other != pod);
    if volume == Gb::ZERO {
        return;
    }
    on.free += Bundle::of_disk(volume);
    turn.settle_host(host);
    turn.freed(host);
}

/// The pod leaves the tables.
fn forget(turn: &mut Turn<'_, '_>, pod: PodId) {
    let row = &turn.world.pods[pod];
    let (account, name, place) = (row.account, row.name, row.place_in_account);
    let sums = &mut turn.world.accounts[account];
    sums.uncount(&row.counted);
    sums.pods.swap_remove(place);
    let moved = sums.pods.get(place).copied();
    turn.touch(account);
    turn.world.pods.remove(pod);
    if let Some(moved) = moved {
        turn.world.pods[moved].place_in_account = place;
    }
    if let PodName::Given(name) = name {
        turn.world.named[name.index()] = None;
        turn.world.ended_owner[name.index()] = Some(account);
    }
}

/// Work stops here: GPU-time and work done are what they came to.
pub fn pause_work(turn: &mut Turn<'_, '_>, pod: PodId) {
    let now = turn.now;
    let row = &mut turn.world.pods[pod];
    let worked = start::worked(now, row.works_since.take(), row.gpus);
    if let Some(rental) = &mut row.rental {
        rental.gpu_time += worked;
    }
    if row.work.is_some() {
        row.done += worked;
    }
}

/// STOR-07, POD-20. Memory and container disk are lost, and with them the work that no checkpoint has
/// put on a volume: in this market, all of it.
pub fn lose_memory(turn: &mut Turn<'_, '_>, pod: PodId) {
    let row = &mut turn.world.pods[pod];
    let lost = std::mem::take(&mut row.done);
    if let Some(rental) = &mut row.rental {
        rental.lost += lost;
    }
}

/// POD-22. The rental's row: why it ended and what it came to.
pub fn end_rental(
    turn: &mut Turn<'_, '_>,
    pod: PodId,
    reason: EndReason,
    (compute, container): (Money, Money),
) {
    let Some(rental) = turn.world.pods[pod].rental else { return };
    // A volume that ends with the rental is closed; another's last unit may yet turn out unpaid.
    let lasts = turn.world.pods[pod].volume_meter.is_some();
    let volume = if lasts { Money::ZERO } else { volume_of_rental(turn, pod, false) };
    let row = &mut turn.world.pods[pod];
    row.rental = None;
    // HOST-04. What was recorded for a rental lapses with it; a termination is the pod's.
    row.recorded = row.recorded.filter(|what| matches!(what, Recorded::Terminate(_)));
    let end = RentalEnd {
        pod,
        reason,
        compute,
        storage: container + volume,
        useful: rental.gpu_time.saturating_sub(rental.lost),
        lost: rental.lost,
        preemptions: rental.preemptions,
    };
    let placed = lasts && rental.placed_at.is_some();
    turn.ended.push((end, placed.then_some(rental.volume_owed_before)));
}

/// States the rentals that ended in this event: once all that closes has closed, or before their pod
/// asks anew.
pub fn state_ends(turn: &mut Turn<'_, '_>) {
    let mut ended = std::mem::take(&mut turn.ended);
    for (mut end, volume_before) in ended.drain(..) {
        if let Some(before) = volume_before {
            end.storage += ending::volume_owed(turn, end.pod, false) - before;
        }
        turn.state(Fact::RentalEnded(end));
    }
    turn.ended = ended;
}

/// What the volume came to owe from the placement to now; a unit that begins now counts if `beginning`.
pub fn volume_of_rental(turn: &Turn<'_, '_>, pod: PodId, beginning: bool) -> Money {
    let rental = turn.world.pods[pod].rental;
    match rental.filter(|rental| rental.placed_at.is_some()) {
        Some(rental) => ending::volume_owed(turn, pod, beginning) - rental.volume_owed_before,
        None => Money::ZERO,
    }
}

/// BILL-13. Removal after the hold: at once, or, cut off, when the network is back.
pub fn remove_after_hold(turn: &mut Turn<'_, '_>, pod: PodId) {
    let what = Recorded::Terminate(EndReason::NoFunds);
    if turn.world.pods.get(pod).is_some() && !recorded(turn, pod, what) {
        carry_out(turn, pod, what);
    }
}
