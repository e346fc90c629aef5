//! Slots are made, bound to hosts, prepared, and go (SLS-15, SLS-18, SLS-39).

use super::{rest, scale, wake};
use crate::ids::{ClassId, EndpointId, GpuTypeId, HostId, Id};
use crate::journal::fact::NetworkVolumeName;
use crate::market::image;
use crate::turn::Turn;
use crate::world::endpoint::requests::Loss;
use crate::world::endpoint::slots::{Slot, SlotState};
use crate::world::images::Waiter;
use std::cmp::Reverse;
use std::collections::BTreeMap;

/// SLS-15. There are as many slots as there are to be: new ones are bound and prepare; asleep ones beyond go, the
/// highest first.
pub(super) fn complete(turn: &mut Turn<'_, '_>, endpoint: EndpointId) {
    let extra = turn.rules().serverless.extra_workers;
    let wanted = turn.world.endpoints[endpoint].slots_wanted(extra) as usize;
    let mut there = turn.world.endpoints[endpoint].slots.len();
    if wanted < there {
        let own = &turn.world.endpoints[endpoint];
        let mut going: Vec<(u32, u32)> = own
            .slots
            .with_rows()
            .filter(|(_, slot)| slot.state.is_asleep() || slot.state == SlotState::Unhealthy)
            .map(|(row, slot)| (slot.number, row))
            .collect();
        going.sort_unstable();
        while wanted < there
            && let Some((_, row)) = going.pop()
        {
            remove(turn, endpoint, row);
            there -= 1;
        }
    }
    for _ in there..wanted {
        let row = turn.world.endpoints[endpoint].slots.add();
        prepare(turn, endpoint, row);
    }
}

/// A slot that is asleep again: it is gone if there are too many, or prepares if it has to.
pub(super) fn settle(turn: &mut Turn<'_, '_>, endpoint: EndpointId, row: u32) {
    let extra = turn.rules().serverless.extra_workers;
    let own = &turn.world.endpoints[endpoint];
    if (own.slots_wanted(extra) as usize) < own.slots.len() {
        remove(turn, endpoint, row);
        return;
    }
    let slot = own.slots.get(row);
    if slot.image != own.of.image {
        // SLS-11. It adopts the revision, pulls again, and its snapshot is void.
        let host = slot.host.filter(|host| !is_missed(turn, *host));
        void(turn, endpoint, row);
        bind(turn, endpoint, (row, host));
    }
    let slot = turn.world.endpoints[endpoint].slots.get(row);
    if slot.host.is_some_and(|host| is_missed(turn, host)) {
        if !slot.image_here {
            bind(turn, endpoint, (row, None));
        }
        return;
    }
    let there = slot.host.is_some_and(|host| is_eligible(turn, endpoint, host));
    if !there {
        prepare(turn, endpoint, row);
    }
}

/// A slot that is asleep is gone.
pub(super) fn remove(turn: &mut Turn<'_, '_>, endpoint: EndpointId, row: u32) {
    bind(turn, endpoint, (row, None));
    turn.world.endpoints[endpoint].slots.remove(row);
}

/// SLS-27. What a slot's last run left is of no use any more.
pub(super) fn void(turn: &mut Turn<'_, '_>, endpoint: EndpointId, row: u32) {
    turn.world.endpoints[endpoint].slots.get_mut(row).snapshot = false;
}

/// SLS-18. A slot that is asleep is bound to a host, and its image is pulled there, unless the rules leave that for
/// its first waking.
fn prepare(turn: &mut Turn<'_, '_>, endpoint: EndpointId, row: u32) {
    let host = if turn.rules().serverless.prewarm { find_host(turn, endpoint, row) } else { None };
    bind(turn, endpoint, (row, host));
}

/// A slot is bound to `host` from now on, or to none; what it was bound to it leaves.
pub(super) fn bind(
    turn: &mut Turn<'_, '_>,
    endpoint: EndpointId,
    (row, host): (u32, Option<HostId>),
) {
    let waiter = Waiter::Slot(endpoint, row);
    let slot = turn.world.endpoints[endpoint].slots.get_mut(row);
    let (before, image) = (slot.host.take(), slot.image);
    if before != host {
        slot.snapshot = false;
    }
    if let Some(before) = before {
        image::abandon(turn, (waiter, image), before);
    }
    let own = &mut turn.world.endpoints[endpoint];
    let image = own.of.image;
    let slot = own.slots.get_mut(row);
    (slot.host, slot.image, slot.image_here) = (host, image, false);
    if let Some(host) = host {
        let here = image::prepare(turn, (waiter, image), host);
        turn.world.endpoints[endpoint].slots.get_mut(row).image_here = here;
    }
    let slot = turn.world.endpoints[endpoint].slots.get_mut(row);
    if slot.state.is_asleep() {
        let next = slot.asleep();
        slot.go(next);
    }
}

/// SLS-18. An endpoint of the scenario itself begins prepared: its slots' images are there.
pub(super) fn begin_prepared(turn: &mut Turn<'_, '_>, endpoint: EndpointId) {
    let own = &turn.world.endpoints[endpoint];
    let bound: Vec<(HostId, u32)> =
        own.slots.with_rows().filter_map(|(row, slot)| Some((slot.host?, row))).collect();
    let image = own.of.image;
    for (host, row) in bound {
        image::abandon(turn, (Waiter::Slot(endpoint, row), image), host);
        image::put(turn, image, host);
        let slot = turn.world.endpoints[endpoint].slots.get_mut(row);
        slot.image_here = true;
        let next = slot.asleep();
        slot.go(next);
    }
}

/// Class 6: what a slot's host pulled for it is there.
pub(super) fn pulled(turn: &mut Turn<'_, '_>, endpoint: EndpointId, row: u32) {
    let own = &mut turn.world.endpoints[endpoint];
    let Some(_) = own.slots.find(row) else { return };
    let slot = own.slots.get_mut(row);
    slot.image_here = true;
    match slot.state {
        SlotState::Preparing => slot.go(SlotState::Standby),
        SlotState::Reserved => {
            let pod = slot.run().pod;
            let granted = turn.world.pods[pod].state.holding().is_some();
            if granted {
                wake::begin(turn, endpoint, row);
            }
        }
        SlotState::Standby
        | SlotState::Throttled
        | SlotState::Starting
        | SlotState::Idle
        | SlotState::Busy
        | SlotState::Unhealthy => {}
    }
}

/// SLS-01, SLS-05, SLS-07. Whether an endpoint's workers may be woken on a host.
fn is_eligible(turn: &Turn<'_, '_>, endpoint: EndpointId, host: HostId) -> bool {
    let of = &turn.world.endpoints[endpoint].of;
    let fleet = &turn.world.fleet;
    let on = &fleet.hosts[host];
    let (gpu_type, cloud) = fleet.scope_keys[on.scope.index()];
    on.offered()
        && turn.rules().serverless.serverless_clouds.include(cloud)
        && turn.scenario.type_lists[of.types as usize].contains(&gpu_type)
        && fleet.admits(on.class, of.site)
        && is_large_enough(turn, endpoint, on.class)
}

/// Whether hosts of a class are big enough for a worker.
fn is_large_enough(turn: &Turn<'_, '_>, endpoint: EndpointId, class: ClassId) -> bool {
    let settings = &turn.world.endpoints[endpoint].of.settings;
    let class = &turn.world.fleet.classes[class];
    settings.gpus_per_worker <= class.alike.gpus
        && settings.container_disk.get() <= class.largest_disk()
}

/// SLS-18. The eligible host with the best type, the fewest slots of this endpoint, the most free GPUs, the lowest
/// id. One without any of its slots is found in the index by free GPUs; where there is none, they all have some.
fn find_host(turn: &Turn<'_, '_>, endpoint: EndpointId, row: u32) -> Option<HostId> {
    let own = &turn.world.endpoints[endpoint];
    let fleet = &turn.world.fleet;
    let mut slots_on: BTreeMap<HostId, u32> = BTreeMap::new();
    let others = own.slots.with_rows().filter(|(other, _)| *other != row);
    for host in others.filter_map(|(_, slot)| slot.host) {
        *slots_on.entry(host).or_default() += 1;
    }
    let unused = |class: &ClassId| {
        let class = &fleet.classes[*class];
        let suits = |member: u32| !slots_on.contains_key(&class.hosts[member as usize]);
        let (free, member) = class.free.roomiest_that(0, suits)?;
        Some((Reverse(free), class.hosts[member as usize]))
    };
    turn.scenario.type_lists[own.of.types as usize].iter().find_map(|gpu_type| {
        let classes = classes_of(turn, endpoint, *gpu_type);
        let used = || {
            let eligible = slots_on.iter().filter(|(host, _)| {
                let on = &fleet.hosts[**host];
                on.offered() && classes.contains(&on.class)
            });
            let order = |(host, slots): &(&HostId, &u32)| {
                (**slots, Reverse(fleet.hosts[**host].free.gpus), **host)
            };
            eligible.min_by_key(order).map(|(host, _)| *host)
        };
        classes.iter().filter_map(unused).min().map(|(_, host)| host).or_else(used)
    })
}

/// Classes of hosts of a type on which an endpoint's workers may be woken.
fn classes_of(turn: &Turn<'_, '_>, endpoint: EndpointId, gpu_type: GpuTypeId) -> Vec<ClassId> {
    let own = &turn.world.endpoints[endpoint];
    let fleet = &turn.world.fleet;
    let clouds = turn.rules().serverless.serverless_clouds;
    let scopes = fleet.scopes.iter().filter(|(scope, _)| {
        let (of, cloud) = fleet.scope_keys[scope.index()];
        of == gpu_type && clouds.include(cloud)
    });
    let classes = scopes.flat_map(|(_, scope)| scope.classes.iter().copied());
    let admitted = classes.filter(|class| {
        fleet.admits(*class, own.of.site) && is_large_enough(turn, endpoint, *class)
    });
    admitted.collect()
}

/// SLS-38. A host is gone: slots leave it once that is noticed. A pull goes with it, and its slot is bound to nobody
/// for the while.
pub(super) fn host_gone(turn: &mut Turn<'_, '_>, host: HostId) {
    if turn.rules().serverless.worker_loss_detection.is_zero() {
        leave_host(turn, host);
        return;
    }
    let waits = |slot: &Slot| slot.run.is_none() || slot.state == SlotState::Throttled;
    let pulls = |slot: &Slot| slot.host == Some(host) && waits(slot) && !slot.image_here;
    for (endpoint, row) in all(turn, pulls) {
        unbind(turn, endpoint, row);
    }
    rest::expect_notice(turn, Loss::Host(host));
}

/// SLS-38. That a host is gone is noticed, unless it is back.
pub(super) fn host_missed(turn: &mut Turn<'_, '_>, host: HostId) {
    if !turn.world.fleet.hosts[host].offered() {
        leave_host(turn, host);
    }
    for (endpoint, row) in all(turn, |slot| slot.host.is_none() && slot.state.is_asleep()) {
        prepare(turn, endpoint, row);
    }
}

/// Slots of all endpoints that satisfy something.
fn all(turn: &Turn<'_, '_>, is: impl Fn(&Slot) -> bool) -> Vec<(EndpointId, u32)> {
    let endpoints = turn.world.endpoints.iter();
    let rows = endpoints.flat_map(|(endpoint, own)| {
        own.slots.with_rows().map(move |(row, slot)| (endpoint, row, slot))
    });
    rows.filter(|(.., slot)| is(slot)).map(|(endpoint, row, _)| (endpoint, row)).collect()
}

/// SLS-38. Whether a slot is bound to a host that is gone, and nobody noticed yet.
fn is_missed(turn: &Turn<'_, '_>, host: HostId) -> bool {
    !turn.world.fleet.hosts[host].available()
        && !turn.rules().serverless.worker_loss_detection.is_zero()
}

/// SLS-38, SLS-39. A host is gone, or nothing is woken there any more: slots asleep prepare elsewhere.
pub(super) fn leave_host(turn: &mut Turn<'_, '_>, host: HostId) {
    for endpoint in turn.world.endpoints.ids() {
        let bound = |slot: &Slot| slot.host == Some(host);
        let rows: Vec<u32> = turn.world.endpoints[endpoint]
            .slots
            .with_rows()
            .filter(|(_, slot)| bound(slot) && (slot.run.is_none()))
            .map(|(row, _)| row)
            .collect();
        for row in rows {
            prepare(turn, endpoint, row);
        }
        let waiting: Vec<u32> = turn.world.endpoints[endpoint]
            .slots
            .with_rows()
            .filter(|(_, slot)| bound(slot) && slot.state == SlotState::Throttled)
            .map(|(row, _)| row)
            .collect();
        for row in waiting {
            unbind(turn, endpoint, row);
        }
    }
}

/// A slot is bound to no host any more. One that is throttled waits for GPUs anywhere; its image comes with them.
fn unbind(turn: &mut Turn<'_, '_>, endpoint: EndpointId, row: u32) {
    bind(turn, endpoint, (row, None));
    let run = turn.world.endpoints[endpoint].slots.get(row).run.as_ref();
    if let Some(pod) = run.map(|run| run.pod)
        && let Some(rented) = turn.world.workers.rented.get_mut(&pod)
    {
        rented.bound = None;
    }
}

/// A host is offered: slots without one may be bound to it.
pub(super) fn host_open(turn: &mut Turn<'_, '_>, host: HostId) {
    for endpoint in turn.world.endpoints.ids() {
        let rows: Vec<u32> = turn.world.endpoints[endpoint]
            .slots
            .with_rows()
            .filter(|(_, slot)| slot.host.is_none() && slot.state.is_asleep())
            .map(|(row, _)| row)
            .collect();
        if rows.is_empty() || !is_eligible(turn, endpoint, host) {
            continue;
        }
        for row in rows {
            prepare(turn, endpoint, row);
        }
        scale::raise(turn, endpoint);
    }
}

/// SLS-07. Whether the network volume that is to be in every worker is there, if there is to be one.
pub(super) fn has_volume(turn: &Turn<'_, '_>, endpoint: EndpointId) -> bool {
    let own = &turn.world.endpoints[endpoint];
    own.of.settings.network_volume.is_none_or(|name| {
        let name = NetworkVolumeName::Given(name);
        let found = turn.world.network_volumes.named(name);
        let row = found.and_then(|volume| turn.world.network_volumes.get(volume));
        row.is_some_and(|row| row.account == own.account)
    })
}
