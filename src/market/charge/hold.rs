//! Meters pause and go on: with their host (BILL-15), and with their account's money (BILL-12,
//! BILL-14).

use super::{items, post};
use crate::ids::{HostId, PodId};
use crate::journal::Fact;
use crate::journal::fact::{Item, MeterOf};
use crate::market::funds;
use crate::scenario::rules::{OutagePartialUnit, OutageStorage};
use crate::turn::Turn;

/// BILL-15. The meters of a pod that an outage of its host pauses: under `outage_storage: charged` all but
/// its volume's.
fn outage_items(turn: &Turn<'_, '_>, pod: PodId) -> impl Iterator<Item = Item> + use<> {
    let goes_on = turn.rules().outage_storage == OutageStorage::Charged;
    let all = items(&turn.world.pods[pod]).iter().copied();
    all.filter(move |item| !goes_on || *item != Item::Volume)
}

/// BILL-15. A host's meters post and pause: of running pods and of stopped ones.
pub fn pause_for_outage(turn: &mut Turn<'_, '_>, pods: &[PodId]) {
    let now = turn.now;
    for &pod in pods {
        for item in outage_items(turn, pod) {
            post::collect(turn, pod, item);
            if let Some(meter) = turn.world.meters.get_mut(pod, item) {
                meter.outage_begins(now);
                turn.state_of(pod, Fact::MeterPaused(MeterOf { pod, item }));
            }
        }
        turn.recount(pod);
    }
}

/// BILL-15. After an outage meters go on; R10 may rise, so the line is due (BILL-09).
pub fn go_on_after_outage(turn: &mut Turn<'_, '_>, pods: &[PodId]) {
    let now = turn.now;
    let forfeited = turn.rules().outage_partial_unit == OutagePartialUnit::Forfeited;
    for &pod in pods {
        turn.world.catch_up(pod);
        for item in outage_items(turn, pod) {
            let Some(meter) = turn.world.meters.get_mut(pod, item) else { continue };
            let anchored = meter.outage_ends(now, forfeited);
            if !meter.is_held() {
                turn.state(Fact::MeterResumed(MeterOf { pod, item }));
            }
            anchor_covers(turn, (pod, item), anchored);
        }
        let before = turn.reserve_of(pod);
        turn.recount(pod);
        if before < turn.reserve_of(pod) {
            funds::force_line(turn, turn.world.pods[pod].account);
        }
    }
}

/// POD-16, BILL-15. A pod whose other meters are closed is tied to `host` from now on: whether its volume's
/// runs goes by that one, unless outages leave it alone.
pub fn go_by_host(turn: &mut Turn<'_, '_>, pod: PodId, host: HostId) {
    if turn.rules().outage_storage == OutageStorage::Charged {
        return;
    }
    let forfeited = turn.rules().outage_partial_unit == OutagePartialUnit::Forfeited;
    let (now, item) = (turn.now, Item::Volume);
    let available = turn.world.fleet.hosts[host].available();
    let Some(meter) = turn.world.meters.get_mut(pod, item) else { return };
    if meter.is_out() && available {
        meter.outage_ends(now, forfeited);
        if !meter.is_held() {
            turn.state(Fact::MeterResumed(MeterOf { pod, item }));
        }
    } else if !meter.is_out() && !available {
        meter.outage_begins(now);
        turn.state(Fact::MeterPaused(MeterOf { pod, item }));
    }
}

/// BILL-12. All meters of a pod pause for its account's want of money, without the units of this
/// instant.
pub fn drain(turn: &mut Turn<'_, '_>, pod: PodId) {
    let now = turn.now;
    turn.world.catch_up(pod);
    for &item in items(&turn.world.pods[pod]) {
        if let Some(meter) = turn.world.meters.get_mut(pod, item) {
            meter.drain(now);
            turn.state_of(pod, Fact::MeterPaused(MeterOf { pod, item }));
        }
    }
    turn.recount(pod);
}

/// BILL-12, in debt. The draining stops the pod, be it at its host's return: its compute and container
/// disk are left without the unit that ends now.
pub fn leave_out_ending(turn: &mut Turn<'_, '_>, pod: PodId) {
    let now = turn.now;
    turn.world.catch_up(pod);
    for item in [Item::Compute, Item::ContainerDisk] {
        if let Some(meter) = turn.world.meters.get_mut(pod, item) {
            meter.leave_out_ending(now);
        }
    }
    turn.recount(pod);
}

/// BILL-14. Meters that the draining paused take this instant as their new anchor.
pub fn refill(turn: &mut Turn<'_, '_>, pod: PodId) {
    let now = turn.now;
    turn.world.catch_up(pod);
    for &item in items(&turn.world.pods[pod]) {
        if turn.world.meters.get(pod, item).is_none_or(|meter| !meter.is_drained()) {
            continue;
        }
        let Some(meter) = turn.world.meters.get_mut(pod, item) else { continue };
        let anchored = meter.refill(now);
        if !meter.is_held() {
            turn.state(Fact::MeterResumed(MeterOf { pod, item }));
        }
        anchor_covers(turn, (pod, item), anchored);
    }
    turn.recount(pod);
}

/// PLAN-08. What plans cover of a pod goes by the units of its compute.
fn anchor_covers(turn: &mut Turn<'_, '_>, (pod, item): (PodId, Item), anchored: Option<u64>) {
    let (Some(plans), Some(units)) = (&mut turn.world.plans, anchored) else { return };
    if item == Item::Compute {
        let covers = plans.covers.get_mut(&pod).into_iter().flatten();
        covers.for_each(|covered| covered.cover.anchor(units));
    }
}
