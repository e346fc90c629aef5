//! Endpoints are made, changed and deleted (SLS-02 to SLS-04, SLS-07, SLS-08, SLS-10 to SLS-14, SLS-21).

use super::{drain, ends, expiry, may_act, money, rest, scale, slots, wake};
use crate::ids::{AccountId, EndpointId, Id};
use crate::journal::Fact;
use crate::journal::fact::{
    EndpointCreated, EndpointUpdated, NetworkVolumeName, Refusal, RequestCause, StopReason,
    WorkerKind,
};
use crate::market::worker;
use crate::scenario::model::serverless::{Amiss, Change, KeepAliveChoice, Resolved, ScalerChoice};
use crate::scenario::rules::serverless::Rollout;
use crate::turn::Turn;
use crate::units::SimTime;
use crate::world::endpoint::slots::{Slot, SlotState};
use crate::world::endpoint::{Endpoint, Live};
use std::sync::Arc;

/// An endpoint of the scenario itself is there from the start, its slots prepared (SLS-18).
pub(super) fn begin(turn: &mut Turn<'_, '_>, endpoint: EndpointId) {
    let scenario = turn.scenario;
    if let Some(resolved) = &scenario.endpoints[endpoint.index()].at_start {
        make(turn, endpoint, resolved);
        if scenario.rules.serverless.declared_prepared {
            slots::begin_prepared(turn, endpoint);
        }
    }
}

/// It is there from now on.
fn make(turn: &mut Turn<'_, '_>, endpoint: EndpointId, resolved: &Arc<Resolved>) {
    let scenario = turn.scenario;
    let spec = &scenario.endpoints[endpoint.index()];
    let own = &mut turn.world.endpoints[endpoint];
    // Of one name, whatever was deleted: what is still scheduled for its rows, its slots and its runs finds that it
    // is superseded.
    let (runs, looks, wakings) = (own.runs, own.looks, own.wakings.take());
    let (jobs, slots) = (std::mem::take(&mut own.jobs), std::mem::take(&mut own.slots));
    let absent = Endpoint::absent(spec.account, spec.model);
    *own = Endpoint { runs, looks, wakings, jobs, slots, ..absent };
    own.exists = true;
    own.revise(resolved);
    own.live = Live::of(resolved);
    let workers = (own.live.workers_min, own.live.workers_max);
    scale_by(turn, endpoint, &resolved.settings.scaler);
    keep_by(turn, endpoint, &resolved.settings.keep_alive);
    turn.state(Fact::EndpointCreated(EndpointCreated { endpoint, account: spec.account, workers }));
    slots::complete(turn, endpoint);
    scale::raise(turn, endpoint);
}

/// CreateEndpoint (SLS-02).
pub(super) fn create(
    turn: &mut Turn<'_, '_>,
    account: AccountId,
    (endpoint, resolved): (EndpointId, Option<&Arc<Resolved>>),
) -> Result<(), Refusal> {
    let own = &turn.world.endpoints[endpoint];
    if own.account != account {
        return Err(Refusal::Unknown);
    }
    let resolved = resolved.filter(|_| !own.exists).ok_or(Refusal::BadArgument)?;
    allows(turn, (endpoint, account), (resolved, &Live::of(resolved), resolved.amiss))?;
    make(turn, endpoint, resolved);
    Ok(())
}

/// Why an endpoint cannot be so, in the order of GEN-14.
fn allows(
    turn: &Turn<'_, '_>,
    (endpoint, account): (EndpointId, AccountId),
    (of, live, amiss): (&Resolved, &Live, Option<Amiss>),
) -> Result<(), Refusal> {
    // SLS-07. One that is lost meanwhile stands in the way of wakings alone.
    let own = &turn.world.endpoints[endpoint];
    let as_before = own.exists && own.of.settings.network_volume == of.settings.network_volume;
    if let Some(name) = of.settings.network_volume.filter(|_| !as_before) {
        let volumes = &turn.world.network_volumes;
        let found = volumes.named(NetworkVolumeName::Given(name));
        let its = found.and_then(|volume| volumes.get(volume));
        if its.is_none_or(|row| row.account != account) {
            return Err(Refusal::Unknown);
        }
    }
    let rules = &turn.scenario.rules.serverless;
    if live.workers_max < live.workers_min || amiss == Some(Amiss::BadArgument) {
        return Err(Refusal::BadArgument);
    }
    if rules.workers_limit < live.workers_max || amiss == Some(Amiss::TooLarge) {
        return Err(Refusal::TooLarge);
    }
    within_quota(turn, (endpoint, account), live.workers_max)
}

/// SLS-04. Whether an account's endpoints may have so many workers together, where this one's may become more.
fn within_quota(
    turn: &Turn<'_, '_>,
    (endpoint, account): (EndpointId, AccountId),
    workers_max: u32,
) -> Result<(), Refusal> {
    let Some(steps) = &turn.rules().serverless.worker_quota else { return Ok(()) };
    let own = &turn.world.endpoints[endpoint];
    if own.exists && workers_max <= own.live.workers_max {
        return Ok(());
    }
    let others = turn.world.endpoints.iter().filter(|(other, row)| {
        *other != endpoint && row.exists && row.account == account && row.model.is_none()
    });
    let sum: u32 = others.map(|(_, row)| row.live.workers_max).sum();
    let balance = turn.balance(account, turn.paying_side());
    let reached = steps.iter().rev().find(|(least, _)| *least <= balance);
    let quota = reached.or(steps.first()).map_or(0, |(_, quota)| *quota);
    if sum + workers_max <= quota { Ok(()) } else { Err(Refusal::TooLarge) }
}

/// UpdateEndpoint (SLS-10).
pub(super) fn update(
    turn: &mut Turn<'_, '_>,
    account: AccountId,
    (endpoint, change): (EndpointId, &Change),
) -> Result<(), Refusal> {
    may_act(turn, account, (endpoint, false))?;
    let own = &turn.world.endpoints[endpoint];
    let before = own.live;
    let live = Live {
        workers_min: change.workers_min.unwrap_or(before.workers_min),
        workers_max: change.workers_max.unwrap_or(before.workers_max),
        idle_timeout: change.idle_timeout.unwrap_or(before.idle_timeout),
        execution_timeout: change.execution_timeout.unwrap_or(before.execution_timeout),
        ttl: change.ttl.unwrap_or(before.ttl),
        max_attempts: change.max_attempts.unwrap_or(before.max_attempts),
    };
    let revision = change.revision(own.of.standing);
    let of = Arc::clone(revision.unwrap_or(&own.of));
    let amiss = change.amiss.or(revision.and_then(|revision| revision.amiss));
    allows(turn, (endpoint, account), (&of, &live, amiss))?;
    let revoked = revoke_marks(turn, endpoint);
    let own = &mut turn.world.endpoints[endpoint];
    own.live = live;
    let closes = live.workers_max == 0 && 0 < before.workers_max;
    let revised = revision.is_some() || closes;
    if revised {
        own.revise(&of);
    }
    let (revision, workers) = (own.revision, (live.workers_min, live.workers_max));
    turn.state(Fact::EndpointUpdated(EndpointUpdated { endpoint, revision, workers }));
    set_policies(turn, endpoint, change);
    if change.idle_timeout.is_some() || change.keep_alive.is_some() {
        count_timeouts_anew(turn, endpoint);
    }
    if revised {
        let rollout = if closes { Rollout::Drain } else { turn.rules().serverless.rollout };
        roll(turn, endpoint, rollout);
        adopt(turn, endpoint);
    }
    shed(turn, endpoint);
    set_kinds(turn, endpoint);
    drain::take_up(turn, endpoint, &revoked);
    slots::complete(turn, endpoint);
    scale::raise(turn, endpoint);
    scale::down(turn, endpoint);
    Ok(())
}

/// The scaler and the keep-alive that an update says anew.
fn set_policies(turn: &mut Turn<'_, '_>, endpoint: EndpointId, change: &Change) {
    if let Some(scaler) = &change.scaler {
        scale_by(turn, endpoint, scaler);
        expiry::judge_anew(turn, endpoint);
    }
    if let Some(kept) = &change.keep_alive {
        keep_by(turn, endpoint, kept);
    }
}

/// SLS-33. Its scaler from now on, which says when a job is late.
fn scale_by(turn: &mut Turn<'_, '_>, endpoint: EndpointId, choice: &ScalerChoice) {
    turn.policies.scale_by(turn.scenario, endpoint, choice);
    let policy = &turn.policies.endpoints[endpoint.index()].scaling;
    let own = &mut turn.world.endpoints[endpoint];
    own.lateness = policy.lateness();
    own.follows_ends = policy.follows_ends();
}

/// SLS-23. What says from now on how long idle workers are kept.
fn keep_by(turn: &mut Turn<'_, '_>, endpoint: EndpointId, choice: &KeepAliveChoice) {
    turn.policies.keep_by(endpoint, choice);
    let policy = &turn.policies.endpoints[endpoint.index()].keep_alive;
    let own = &mut turn.world.endpoints[endpoint];
    own.keeps_plainly = policy.is_plain();
    // What another policy planned is planned no longer.
    own.due.ahead = None;
}

/// Rows of slots that satisfy something, lowest number first.
fn rows(turn: &Turn<'_, '_>, endpoint: EndpointId, is: impl Fn(&Slot) -> bool) -> Vec<u32> {
    let slots = &turn.world.endpoints[endpoint].slots;
    slots.in_order().into_iter().filter(|row| is(slots.get(*row))).collect()
}

/// SLS-13. Every update first revokes the marks of an earlier one that lowered the maximum. Gives who bore them.
fn revoke_marks(turn: &mut Turn<'_, '_>, endpoint: EndpointId) -> Vec<u32> {
    let marked = rows(turn, endpoint, |slot| slot.drains_for(StopReason::MaxLowered));
    for row in &marked {
        drain::revoke(turn, endpoint, (*row, StopReason::MaxLowered));
    }
    marked
}

/// SLS-10. Running idle timeouts count anew from the same beginning.
fn count_timeouts_anew(turn: &mut Turn<'_, '_>, endpoint: EndpointId) {
    let idles = |slot: &Slot| slot.state == SlotState::Idle && slot.run().now == WorkerKind::Flex;
    for row in rows(turn, endpoint, idles) {
        rest::count_timeout_anew(turn, endpoint, row);
    }
}

/// SLS-11. What becomes of workers of an older revision. Gives whether any is worked on from now on.
fn roll(turn: &mut Turn<'_, '_>, endpoint: EndpointId, rollout: Rollout) -> bool {
    let revision = turn.world.endpoints[endpoint].revision;
    // Whom the market has ended in this event is on the way out by itself.
    let rented = &turn.world.workers.rented;
    let outdated = |slot: &Slot| {
        slot.run
            .as_ref()
            .is_some_and(|run| run.revision < revision && rented.contains_key(&run.pod))
    };
    let all = rows(turn, endpoint, outdated);
    let at_a_time = match rollout {
        Rollout::Lazy => return false,
        Rollout::Drain => all.len(),
        Rollout::Batch => {
            let share = turn.rules().serverless.rollout_share;
            let most = i128::from(turn.world.endpoints[endpoint].live.workers_max);
            // Rounded up.
            let whole = -share.of(crate::units::Money::from_nanos(-most)).nanos();
            usize::try_from(whole.max(1)).unwrap_or(1)
        }
    };
    let own = &turn.world.endpoints[endpoint];
    let marked = |row: &u32| own.slots.get(*row).drains_for(StopReason::Outdated);
    let drains = all.iter().copied().filter(marked);
    // Those that are to be there instead come first: else, where none has a job, all would be gone at once, and a
    // revision that crashes would leave nobody to work on.
    let comes = |slot: &&Slot| {
        let new = slot.run.as_ref().is_some_and(|run| revision <= run.revision);
        let starts = new && !slot.state.is_ready() && !slot.drains();
        rollout == Rollout::Batch && (starts || slot.state == SlotState::Unhealthy)
    };
    let under_way = drains.count() + own.slots.iter().filter(comes).count();
    let room = at_a_time.saturating_sub(under_way);
    let work_on: Vec<u32> = all.iter().copied().filter(|row| !marked(row)).take(room).collect();
    for row in &work_on {
        give_up(turn, endpoint, (*row, StopReason::Outdated));
    }
    !work_on.is_empty()
}

/// SLS-11, `batch`. The next outdated workers are worked on, as those before them have been replaced.
pub(super) fn roll_on(turn: &mut Turn<'_, '_>, endpoint: EndpointId) {
    if turn.rules().serverless.rollout == Rollout::Batch && roll(turn, endpoint, Rollout::Batch) {
        // Who is to be there in their place is woken now.
        scale::raise(turn, endpoint);
        scale::down(turn, endpoint);
    }
}

/// A worker is to go: at once, or, busy, once the jobs in hand have ended.
pub(super) fn give_up(
    turn: &mut Turn<'_, '_>,
    endpoint: EndpointId,
    (row, reason): (u32, StopReason),
) {
    // Of several that are to go the first may have taken others along.
    let Some(slot) = turn.world.endpoints[endpoint].slots.find(row) else { return };
    match slot.state {
        SlotState::Throttled | SlotState::Reserved => wake::withdraw(turn, endpoint, row),
        SlotState::Starting | SlotState::Idle => rest::stop(turn, endpoint, (row, reason)),
        SlotState::Busy => drain::begin(turn, endpoint, (row, reason)),
        SlotState::Preparing | SlotState::Standby | SlotState::Unhealthy => {}
    }
}

/// SLS-11. Slots asleep adopt the revision at once.
fn adopt(turn: &mut Turn<'_, '_>, endpoint: EndpointId) {
    let without_run = |slot: &Slot| slot.run.is_none();
    for row in rows(turn, endpoint, without_run) {
        slots::void(turn, endpoint, row);
        // One that is unhealthy does when it is tried again.
        if turn.world.endpoints[endpoint].slots.get(row).state.is_asleep() {
            slots::settle(turn, endpoint, row);
        }
    }
}

/// SLS-13. Live workers beyond the maximum are shed, the least useful first.
pub(super) fn shed(turn: &mut Turn<'_, '_>, endpoint: EndpointId) {
    loop {
        let own = &turn.world.endpoints[endpoint];
        if own.workers.undrained() <= own.live.workers_max {
            return;
        }
        let rank = |slot: &Slot| {
            let run = slot.run();
            let last_woken = u64::MAX - run.woken.unwrap_or(SimTime::ZERO).micros();
            let highest = u32::MAX - slot.number;
            match slot.state {
                SlotState::Throttled => (0, u64::from(u32::MAX - run.number), 0),
                SlotState::Reserved => (1, u64::from(highest), 0),
                SlotState::Starting => (2, u64::from(highest), 0),
                SlotState::Idle => (3, run.idle_since.micros(), slot.number),
                SlotState::Busy
                | SlotState::Preparing
                | SlotState::Standby
                | SlotState::Unhealthy => (4, last_woken, highest),
            }
        };
        let live = own.slots.with_rows().filter(|(_, slot)| slot.state.is_live() && !slot.drains());
        let Some((row, _)) = live.min_by_key(|(_, slot)| rank(slot)) else { return };
        give_up(turn, endpoint, (row, StopReason::MaxLowered));
    }
}

/// SLS-21. As many undrained workers are active as the minimum says, if there are so many: flex ones become active,
/// the lowest slot first, and active ones flex, the highest first.
pub(super) fn set_kinds(turn: &mut Turn<'_, '_>, endpoint: EndpointId) {
    loop {
        let own = &turn.world.endpoints[endpoint];
        let (active, wanted) = (own.workers.active, own.live.workers_min);
        let of_kind = |kind: WorkerKind| {
            own.slots.with_rows().filter(move |(_, slot)| {
                slot.state.is_live() && !slot.drains() && slot.run().now == kind
            })
        };
        let (row, kind) = if active < wanted {
            let lowest = of_kind(WorkerKind::Flex).min_by_key(|(_, slot)| slot.number);
            let Some((row, _)) = lowest else { return };
            (row, WorkerKind::Active)
        } else if wanted < active {
            let highest = of_kind(WorkerKind::Active).max_by_key(|(_, slot)| slot.number);
            let Some((row, _)) = highest else { return };
            (row, WorkerKind::Flex)
        } else {
            return;
        };
        let own = &mut turn.world.endpoints[endpoint];
        own.overdue.retain(|other| *other != row);
        let workers = &mut own.workers;
        workers.active = if kind == WorkerKind::Active { active + 1 } else { active - 1 };
        let slot = own.slots.get_mut(row);
        let idles = slot.state == SlotState::Idle;
        let run = slot.run_mut();
        run.now = kind;
        let pod = run.pod;
        worker::become_kind(turn, pod, kind);
        if idles {
            rest::expect_timeout(turn, endpoint, row);
        }
    }
}

/// DeleteEndpoint (SLS-14).
pub(super) fn delete(
    turn: &mut Turn<'_, '_>,
    account: AccountId,
    endpoint: EndpointId,
) -> Result<(), Refusal> {
    may_act(turn, account, (endpoint, false))?;
    let own = &turn.world.endpoints[endpoint];
    if own.live.workers_min != 0 || own.live.workers_max != 0 || own.workers.live != 0 {
        return Err(Refusal::IllegalState);
    }
    ends::clear_queue(turn, endpoint, RequestCause::Deleted);
    ends::clear_missed(turn, endpoint, RequestCause::Deleted);
    turn.world.requests.forget(endpoint);
    money::allow(turn, account, endpoint);
    turn.world.endpoints[endpoint].exists = false;
    slots::complete(turn, endpoint);
    turn.state(Fact::EndpointDeleted(endpoint));
    Ok(())
}
