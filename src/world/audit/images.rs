//! What must hold of the images that hosts keep and pull (TMPL-04, TMPL-05).

use super::{Fault, ensure};
use crate::ids::{HostId, LayerId, PodId};
use crate::units::Gb;
use crate::world::World;
use crate::world::images::{Progress, Shelf, Turn, Waiter, layers_of, size, turn};
use crate::world::pod::{PodState, Stage};
use crate::world::standing::Bar;
use std::collections::{BTreeMap, BTreeSet};

/// Who uses a layer on a host, found from the pods again.
type Users = BTreeMap<(HostId, LayerId), u32>;

/// Checks all of it.
pub(super) fn check(world: &World) -> Result<(), Fault> {
    let mut users = Users::new();
    for id in world.pods.ids() {
        let pod = &world.pods[id];
        let layers = layers_of(&world.images.named, pod.image);
        if let Some(host) = pod.state.holding() {
            layers.iter().for_each(|layer| *users.entry((host, *layer)).or_default() += 1);
        }
        check_stage(world, id, layers)?;
    }
    let uses = world.endpoints.iter().flat_map(|(_, own)| own.uses(&world.images.named));
    // SLS-38. Images go with a host that leaves; whose loss nobody has noticed yet is bound to it all the same.
    let is_there = |host: HostId| {
        let left = world.fleet.hosts[host].standing.is_under(Bar::Absence);
        !left || world.images.hosts.contains_key(&host)
    };
    for (host, layers) in uses.filter(|(host, _)| is_there(*host)) {
        layers.iter().for_each(|layer| *users.entry((host, *layer)).or_default() += 1);
    }
    for (host, shelf) in &world.images.hosts {
        check_shelf(world, *host, shelf)?;
        check_pulls(world, *host, shelf)?;
        for (layer, kept) in &shelf.layers {
            let whom = || format!("{layer:?} on {host:?}");
            let found = users.remove(&(*host, *layer)).unwrap_or(0);
            ensure(found == kept.users, "a layer's users are the pods there", whom)?;
        }
    }
    ensure(users.is_empty(), "a host knows of what is used there", || format!("{users:?}"))
}

/// A container starts from an image that is there; who waits for a pull is Initializing.
fn check_stage(world: &World, id: PodId, layers: &[LayerId]) -> Result<(), Fault> {
    let state = world.pods[id].state;
    let whom = || format!("{id:?} in {state:?}");
    let shelf = state.holding().and_then(|host| world.images.hosts.get(&host));
    let waits = shelf.is_some_and(|shelf| shelf.waits(Waiter::Pod(id)));
    let fetches = matches!(state, PodState::Initializing { stage: Stage::Fetching, .. });
    ensure(fetches == waits, "who fetches waits for a pull, and nobody else", whom)?;
    // Its volume is copied once its image is there (POD-16).
    let is_up = matches!(
        state,
        PodState::Initializing {
            stage: Stage::Starting | Stage::Copying { .. } | Stage::CopyPaused,
            ..
        } | PodState::Running { .. }
    );
    let missing = shelf.map_or(0, |shelf| shelf.missing(layers).len());
    let complete = layers.is_empty() || (shelf.is_some() && missing == 0);
    ensure(!is_up || complete, "a container starts from a whole image (TMPL-04)", whom)
}

fn check_shelf(world: &World, host: HostId, shelf: &Shelf) -> Result<(), Fault> {
    let whom = || format!("{host:?}");
    let images = &world.images.named;
    let here = shelf.layers.iter().filter(|(_, kept)| kept.here);
    let idle: BTreeSet<Turn> = here
        .clone()
        .filter(|(_, kept)| kept.users == 0)
        .map(|(layer, kept)| turn(images, *layer, kept.used_at))
        .collect();
    ensure(idle == shelf.idle, "what may go is what nobody uses", whom)?;
    let held: u64 = here.map(|(layer, _)| u64::from(size(images, &[*layer]).get())).sum();
    ensure(held == shelf.held, "what is kept adds up", whom)?;
    let limit: Gb = world.images.limit;
    let fits = held <= u64::from(limit.get()) || idle.is_empty();
    ensure(fits, "beside what is in use, a host keeps no more than the limit (TMPL-05)", whom)?;
    let wanted = shelf.layers.values().all(|kept| kept.here || 0 < kept.users);
    ensure(wanted, "a layer is there, or wanted", whom)
}

fn check_pulls(world: &World, host: HostId, shelf: &Shelf) -> Result<(), Fault> {
    let whom = || format!("{host:?}");
    let row = &world.fleet.hosts[host];
    let mut coming = BTreeSet::new();
    for pull in &shelf.pulls {
        let goes_on = matches!(pull.progress, Progress::Until(_));
        ensure(goes_on == row.available(), "a pull goes on with its host (HOST-04)", whom)?;
        let new = pull.layers.iter().all(|layer| {
            coming.insert(*layer) && !shelf.layers.get(layer).is_some_and(|kept| kept.here)
        });
        ensure(new, "nothing is pulled twice, or in vain", whom)?;
        ensure(!pull.waiting.is_empty(), "a pull is waited for", whom)?;
    }
    Ok(())
}
