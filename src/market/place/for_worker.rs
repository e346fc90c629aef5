//! Where a worker's GPUs come from (SLS-22, SLS-36): its bound host, then POD-05 with hosts that have its image
//! first.

use super::{Asked, Found, in_tier, settle_on};
use crate::ids::{HostId, LayerId, PodId, ScopeId};
use crate::journal::fact::{Refusal, Step};
use crate::market::place::Tried;
use crate::market::{rent, worker};
use crate::scenario::model::Image;
use crate::scenario::rules::serverless::WakePlacement;
use crate::turn::{News, Turn};
use crate::units::Bundle;
use crate::world::World;
use crate::world::images::layers_of;
use crate::world::victims::Victim;
use crate::world::waiting::Tier;
use crate::world::workers::Rented;

/// Tries to find GPUs for a worker now, not in the `blocked` scopes.
pub(super) fn attempt(turn: &mut Turn<'_, '_>, pod: PodId, blocked: &[ScopeId]) -> Tried {
    let row = &turn.world.pods[pod];
    let (shape, need) = (row.queue(), row.need());
    let rented = turn.world.workers.rented[&pod];
    let mut refusal = None;
    if let Some(host) = on_bound(turn, &rented, need, blocked) {
        match judge(turn, pod, host) {
            Ok(()) => {
                settle_on(turn, pod, Found { host, step: Step::Free, victims: Vec::new() });
                return Tried::Done;
            }
            Err(reason) => refusal = Some(reason),
        }
    }
    let rules = &turn.rules().serverless;
    if rules.wake_placement == WakePlacement::BoundOnly && rented.bound.is_some() {
        // It goes nowhere else.
        return refusal.map_or(Tried::NoRoomForIt, |reason| refuse(turn, pod, reason));
    }
    let (active, flex) = rules.workers_displace_spot;
    let others_displace = (active || flex) && !rented.displaces;
    let world = &mut turn.world;
    world.shapes.prepare(shape, turn.scenario, &world.fleet);
    let tiers = std::mem::take(&mut world.shapes.get_mut(shape).ask_tiers);
    let open: Vec<Tier> =
        if blocked.is_empty() { Vec::new() } else { super::outside(turn, &tiers, blocked) };
    let searched = if blocked.is_empty() { &tiers } else { &open };
    let found = search(turn, (pod, need, &rented), searched, &mut refusal);
    turn.world.shapes.get_mut(shape).ask_tiers = tiers;
    match (found, refusal) {
        (Some(found), _) => {
            settle_on(turn, pod, found);
            Tried::Done
        }
        (None, Some(reason)) => too_dear(turn, pod, reason),
        (None, None) if others_displace => Tried::NoRoomForIt,
        (None, None) => Tried::NoRoom,
    }
}

/// POD-06. Whether the account of a worker affords it on `host`. Who has not waited has just been judged (SLS-45).
fn judge(turn: &Turn<'_, '_>, pod: PodId, host: HostId) -> Result<(), Refusal> {
    let waited = turn.world.pods[pod].rental().queued;
    if waited { worker::may_hold(turn, pod, host) } else { Ok(()) }
}

/// POD-05, POD-06. What there is costs too much: it waits for something cheaper, or, where nothing would do, is refused.
fn too_dear(turn: &mut Turn<'_, '_>, pod: PodId, reason: Refusal) -> Tried {
    if worker::may_hold_cheapest(turn, pod).is_ok() {
        return Tried::NoRoomForIt;
    }
    refuse(turn, pod, reason)
}

/// POD-06. It waits no longer; its endpoint hears why.
fn refuse(turn: &mut Turn<'_, '_>, pod: PodId, reason: Refusal) -> Tried {
    rent::leave_queue(turn, pod);
    turn.news.push(News::Refused { pod, reason });
    Tried::Done
}

/// Its bound host, if it has the GPUs free.
fn on_bound(
    turn: &Turn<'_, '_>,
    rented: &Rented,
    need: Bundle,
    blocked: &[ScopeId],
) -> Option<HostId> {
    let host = rented.bound?;
    let on = &turn.world.fleet.hosts[host];
    let first = turn.rules().serverless.wake_placement != WakePlacement::Anywhere;
    let free = on.offered() && on.free.covers(&need) && !blocked.contains(&on.scope);
    (first && free).then_some(host)
}

fn search(
    turn: &mut Turn<'_, '_>,
    (pod, need, rented): (PodId, Bundle, &Rented),
    tiers: &[Tier],
    refusal: &mut Option<Refusal>,
) -> Option<Found> {
    let asked = Asked { pod, need, slots: 0, bid: None, afforded: None };
    for step in [Step::Free, Step::Grace, Step::Displacement] {
        if step == Step::Displacement && !rented.displaces {
            continue;
        }
        for tier in tiers {
            let drawn = turn.policies.placement_stream.position();
            let found = with_image(turn, (rented, need), step, tier)
                .or_else(|| in_tier(turn, asked, step, tier));
            if let Some((host, victims)) = found {
                match judge(turn, pod, host) {
                    Ok(()) => return Some(Found { host, step, victims }),
                    Err(reason) => *refusal = refusal.or(Some(reason)),
                }
            }
            turn.policies.placement_stream.rewind(drawn);
        }
    }
    None
}

/// SLS-22. What a step finds among the hosts that have the image.
fn with_image(
    turn: &mut Turn<'_, '_>,
    (rented, need): (&Rented, Bundle),
    step: Step,
    tier: &Tier,
) -> Option<(HostId, Vec<Victim>)> {
    let layers = layers_of(&turn.scenario.images, Image::Named(rented.image));
    let has_it = |world: &World, host: HostId| {
        world.images.hosts.get(&host).is_some_and(|shelf| shelf.has(layers))
    };
    match step {
        Step::Free => free_with_image(turn, layers, need, tier).map(|host| (host, Vec::new())),
        Step::Grace => {
            super::on_grace_among(turn, (need, None), tier, has_it).map(|host| (host, Vec::new()))
        }
        Step::Displacement => {
            let world = &mut turn.world;
            let found = world.best_displacement_among(&tier.classes, &need, None, has_it)?;
            let victims = super::evicted(turn, found.host, (&need, None), Some(found.victims))?;
            Some((found.host, victims))
        }
        Step::ZeroGpu => None,
    }
}

/// Of those with enough free, the one with the fewest GPUs that suffice. Only hosts that ever had an image are looked
/// at.
fn free_with_image(
    turn: &Turn<'_, '_>,
    layers: &[LayerId],
    need: Bundle,
    tier: &Tier,
) -> Option<HostId> {
    let fits = |host: &HostId| {
        let on = &turn.world.fleet.hosts[*host];
        on.offered() && tier.classes.contains(&on.class) && on.free.covers(&need)
    };
    let shelves = turn.world.images.hosts.iter();
    let have = shelves.filter(|(host, shelf)| fits(host) && shelf.has(layers));
    have.map(|(host, _)| (turn.world.fleet.hosts[*host].free.gpus, *host))
        .min()
        .map(|(_, host)| host)
}
