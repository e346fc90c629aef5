//! What must hold of spot that all pay alike (SPOT-12 to SPOT-15).

use super::{Fault, ensure};
use crate::ids::{HostId, PodId, ScopeId};
use crate::journal::fact::Item;
use crate::scenario::rules::SpotClearing;
use crate::units::Money;
use crate::world::World;
use crate::world::pod::PodState;
use crate::world::spot::Spot;
use std::collections::{BTreeMap, BTreeSet};

/// Checks all of it, if there is any.
pub(super) fn check(world: &World) -> Result<(), Fault> {
    let Some(spot) = &world.spot else { return Ok(()) };
    for scope in world.fleet.scopes.ids() {
        check_bids(world, spot, scope)?;
        check_price(world, spot, scope)?;
    }
    for pod in world.pods.ids() {
        check_follower(world, spot, pod)?;
    }
    Ok(())
}

/// Who wins, and who waits, is found from the pods again.
fn check_bids(world: &World, spot: &Spot, scope: ScopeId) -> Result<(), Fault> {
    let whom = || format!("{scope:?}");
    let mut winners = BTreeSet::new();
    let mut waiting: BTreeMap<(u32, Money), u32> = BTreeMap::new();
    let mut resuming: BTreeMap<_, u32> = BTreeMap::new();
    for id in world.pods.ids() {
        let pod = &world.pods[id];
        let Some(bid) = pod.bid().filter(|_| 0 < pod.gpus) else { continue };
        let queued = pod.rental.is_some_and(|rental| rental.queued);
        match pod.state {
            PodState::Reserved { host }
            | PodState::Initializing { host, .. }
            | PodState::Running { host } => {
                let on = &world.fleet.hosts[host];
                if on.scope == scope && on.available() {
                    winners.insert((bid, id));
                }
            }
            PodState::Waiting | PodState::Resuming { .. }
                if queued
                    && pod.waits_for().is_none()
                    && world.shapes.get(pod.shape).scopes.contains(&scope) =>
            {
                *waiting.entry((pod.gpus, bid)).or_default() += 1;
            }
            PodState::Resuming { host }
                if queued
                    && pod.waits_for().is_some()
                    && world.fleet.hosts[host].scope == scope =>
            {
                *resuming.entry((host, pod.gpus, bid)).or_default() += 1;
            }
            PodState::Waiting
            | PodState::Resuming { .. }
            | PodState::Grace { .. }
            | PodState::Stopped { .. }
            | PodState::Down { .. }
            | PodState::Terminated
            | PodState::Refused => {}
        }
    }
    ensure(winners == *spot.winners(scope), "the winners are those who have GPUs", whom)?;
    ensure(waiting == spot.waiting(scope), "the bids that wait are counted", whom)?;
    ensure(resuming == spot.resuming(scope), "the bids that wait for hosts are counted", whom)
}

/// The price is what its rule makes of the bids, and no winner pays more than its bid.
fn check_price(world: &World, spot: &Spot, scope: ScopeId) -> Result<(), Fault> {
    let state = &world.fleet.scopes[scope];
    let whom = || format!("{scope:?}");
    ensure(state.spot_price == spot.price(scope), "the price is the path's last", whom)?;
    let Some(quote) = state.quote.filter(|_| !state.touched) else { return Ok(()) };
    let lowest = spot.winners(scope).first().map(|(bid, _)| *bid);
    let most = lowest.unwrap_or(state.spot_price);
    ensure(state.spot_price <= most, "no winner pays more than its bid", whom)?;
    let reserve = state.reserve.unwrap_or(quote.spot_floor);
    let price = match spot.clearing {
        SpotClearing::UniformHighestLosing => {
            lowest.map_or(reserve, |w| losing(world, spot, scope, w).max(reserve).min(w))
        }
        SpotClearing::UniformLowestWinning => lowest.unwrap_or(reserve),
        SpotClearing::PayAsBid
        | SpotClearing::Posted
        | SpotClearing::Trace
        | SpotClearing::Own(_) => state.spot_price,
    };
    ensure(state.spot_price == price, "the price is what the bids make of it", whom)
}

/// The highest losing bid up to `most`, or nothing.
fn losing(world: &World, spot: &Spot, scope: ScopeId, most: Money) -> Money {
    let free_on = |host: &HostId| {
        let on = &world.fleet.hosts[*host];
        if on.available() { on.free.gpus } else { 0 }
    };
    let offered = |host: &&HostId| world.fleet.hosts[**host].offered();
    let offered = world.fleet.scopes[scope].hosts.iter().filter(offered);
    let most_free = offered.map(free_on).max().unwrap_or(0);
    let new = spot.waiting(scope).into_keys().filter(|(gpus, _)| most_free < *gpus);
    let resuming = spot.resuming(scope).into_keys();
    let tied = resuming.filter(|(host, gpus, _)| free_on(host) < *gpus);
    let bids = new.map(|(_, bid)| bid).chain(tied.map(|(_, _, bid)| bid));
    bids.filter(|bid| *bid <= most).max().unwrap_or_default()
}

/// A compute meter of a spot pod follows its price from its opening to SIGTERM.
fn check_follower(world: &World, spot: &Spot, id: PodId) -> Result<(), Fault> {
    let pod = &world.pods[id];
    let whom = || format!("{id:?}");
    let meter = world.meters.get(id, Item::Compute);
    let in_grace = matches!(pod.state, PodState::Grace { .. });
    let pays = pod.bid().filter(|_| 0 < pod.gpus && meter.is_some() && !in_grace);
    ensure(world.follows(id) == pays.is_some(), "who pays the price follows it", whom)?;
    let (Some(bid), Some(host)) = (pays, pod.tied) else { return Ok(()) };
    let price = spot.price(world.fleet.hosts[host].scope).min(bid);
    let now = world.meters_now(id).next();
    let pays_it = now.is_some_and(|meter| meter.price().amount() == price);
    ensure(pays_it, "its next unit costs the price, up to its bid", whom)
}
