//! Where a worker's GPUs come from (SLS-22, SLS-36): its bound host, then POD-05 with hosts that have its image
//! first.

use super::{Asked, Found, in_tier, settle_on};
use crate::ids::{HostId, PodId, ScopeId};
use crate::journal::fact::Step;
use crate::market::place::Tried;
use crate::scenario::model::Image;
use crate::scenario::rules::serverless::WakePlacement;
use crate::turn::Turn;
use crate::units::Bundle;
use crate::world::images::layers_of;
use crate::world::waiting::Tier;
use crate::world::workers::Rented;

/// Tries to find GPUs for a worker now, not in the `blocked` scopes.
pub(super) fn attempt(turn: &mut Turn<'_, '_>, pod: PodId, blocked: &[ScopeId]) -> Tried {
    let row = &turn.world.pods[pod];
    let (shape, need) = (row.queue(), row.need());
    let rented = turn.world.workers.rented[&pod];
    if let Some(host) = on_bound(turn, &rented, need, blocked) {
        settle_on(turn, pod, Found { host, step: Step::Free, victims: Vec::new() });
        return Tried::Done;
    }
    let rules = &turn.rules().serverless;
    if rules.wake_placement == WakePlacement::BoundOnly && rented.bound.is_some() {
        return Tried::NoRoomForIt;
    }
    let (active, flex) = rules.workers_displace_spot;
    let others_displace = (active || flex) && !rented.displaces;
    let world = &mut turn.world;
    world.shapes.prepare(shape, turn.scenario, &world.fleet);
    let tiers = std::mem::take(&mut world.shapes.get_mut(shape).ask_tiers);
    let open: Vec<Tier> =
        if blocked.is_empty() { Vec::new() } else { super::outside(turn, &tiers, blocked) };
    let searched = if blocked.is_empty() { &tiers } else { &open };
    let found = search(turn, (pod, need, &rented), searched);
    turn.world.shapes.get_mut(shape).ask_tiers = tiers;
    match found {
        Some(found) => {
            settle_on(turn, pod, found);
            Tried::Done
        }
        None if others_displace => Tried::NoRoomForIt,
        None => Tried::NoRoom,
    }
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
) -> Option<Found> {
    let asked = Asked { pod, need, slots: 0, bid: None, afforded: None };
    for step in [Step::Free, Step::Grace, Step::Displacement] {
        if step == Step::Displacement && !rented.displaces {
            continue;
        }
        for tier in tiers {
            if step == Step::Free
                && let Some(host) = with_image(turn, rented, need, tier)
            {
                return Some(Found { host, step, victims: Vec::new() });
            }
            let drawn = turn.policies.placement_stream.position();
            if let Some((host, victims)) = in_tier(turn, asked, step, tier) {
                return Some(Found { host, step, victims });
            }
            turn.policies.placement_stream.rewind(drawn);
        }
    }
    None
}

/// SLS-22. Of the hosts that have the image, the one with the fewest GPUs that suffice. Only hosts that ever had
/// an image are looked at.
fn with_image(turn: &Turn<'_, '_>, rented: &Rented, need: Bundle, tier: &Tier) -> Option<HostId> {
    let layers = layers_of(&turn.scenario.images, Image::Named(rented.image));
    let fits = |host: &HostId| {
        let on = &turn.world.fleet.hosts[*host];
        on.offered() && tier.classes.contains(&on.class) && on.free.covers(&need)
    };
    let shelves = turn.world.images.hosts.iter();
    let have = shelves.filter(|(host, shelf)| fits(host) && shelf.missing(layers).is_empty());
    have.map(|(host, _)| (turn.world.fleet.hosts[*host].free.gpus, *host))
        .min()
        .map(|(_, host)| host)
}
