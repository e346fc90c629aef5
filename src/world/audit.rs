//! The invariants, checked from the tables alone: callable after any event.
//!
//! No GPU is held twice and capacity is conserved (GEN-13), books balance to the nano-dollar (GEN-12),
//! an account's sums are those of its pods, nothing is charged while a host is unavailable (BILL-15),
//! and every index agrees with what it can be derived from (`indexes`).

mod endpoints;
mod images;
mod indexes;
mod network;
mod plans;
mod spot;

use super::World;
use super::host::Host;
use super::pod::{Errand, PodState};
use super::standing::Bar;
use super::usage::GpusInUse;
use crate::billing::{Line, Meter};
use crate::ids::{AccountId, HostId, PodId};
use crate::journal::fact::Item;
use crate::units::{Bundle, Gb, Money};
use std::collections::BTreeSet;

/// An invariant found broken: what was expected, of whom.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("broken invariant: {what} ({whom})")]
pub struct Fault {
    /// What should hold.
    pub what: &'static str,
    /// Where it does not.
    pub whom: String,
}

fn ensure(holds: bool, what: &'static str, whom: impl FnOnce() -> String) -> Result<(), Fault> {
    if holds { Ok(()) } else { Err(Fault { what, whom: whom() }) }
}

/// Checks all invariants.
///
/// # Errors
/// The first one found broken.
pub fn check(world: &World) -> Result<(), Fault> {
    plans::check(world)?;
    endpoints::check(world)?;
    ensure(world.ledger.imbalance().is_zero(), "all books sum to zero (GEN-12)", String::new)?;
    for account in world.accounts.ids() {
        check_account(world, account)?;
    }
    for host in world.fleet.hosts.ids() {
        check_host(world, host)?;
        indexes::check_host_lists(world, host)?;
    }
    for pod in world.pods.ids() {
        check_pod(world, pod)?;
    }
    network::check(world)?;
    for pod in world.moves.typed() {
        let untied =
            world.pods.get(pod).is_some_and(|pod| pod.network_volume && pod.tied.is_none());
        ensure(untied, "a type is noted of who is tied to no host (POD-25)", || {
            format!("{pod:?}")
        })?;
    }
    let live: BTreeSet<u32> = world.pods.ids().map(|pod| pod.slot).collect();
    let metered = world.meters.slots().all(|slot| live.contains(&slot));
    ensure(metered, "a pod that is gone has no meter", String::new)?;
    check_usage(world)?;
    indexes::check_fleet(world)?;
    indexes::check_pods(world)?;
    images::check(world)?;
    indexes::check_slots(world)?;
    spot::check(world)
}

/// Where use is counted, each scope's is the sum over its hosts.
fn check_usage(world: &World) -> Result<(), Fault> {
    if !world.usage.are_counted() {
        return Ok(());
    }
    for (id, scope) in world.fleet.scopes.iter() {
        let mut sum = GpusInUse::default();
        for host in &scope.hosts {
            let row = &world.fleet.hosts[*host];
            sum += GpusInUse::of(Some((row.available(), row.occupancy)));
        }
        let whom = || format!("{id:?}");
        ensure(world.usage.of(id).gpus() == sum, "GPUs in use are those of its hosts", whom)?;
    }
    Ok(())
}

fn check_account(world: &World, account: AccountId) -> Result<(), Fault> {
    let row = &world.accounts[account];
    let whom = || format!("{account:?}");
    let balance = world.ledger.balance(account);
    ensure(row.paid_in - row.spent == balance, "paid in less spent is the balance", whom)?;
    let (mut line, mut reserve, mut promised) = (Line::NONE, Money::ZERO, Money::ZERO);
    let (mut hour, mut burn) = (Money::ZERO, Money::ZERO);
    for (place, pod) in row.pods.iter().enumerate() {
        let pod = &world.pods[*pod];
        ensure(pod.account == account && pod.place_in_account == place, "its pods know it", whom)?;
        line.add(&pod.counted.line);
        reserve += pod.counted.reserve.into();
        promised += pod.counted.promised.into();
        hour += pod.counted.hour.into();
        burn += pod.counted.burn.into();
    }
    for volume in world.network_volumes.of(account) {
        let row = world.network_volumes.get(volume);
        ensure(row.is_some_and(|row| row.account == account), "its volumes know it", whom)?;
        if let Some(row) = row {
            line.add(&row.counted);
            burn += row.burn;
        }
    }
    ensure(!row.touched, "who was touched in an event is looked at when it is over", whom)?;
    let same = (line, reserve, promised) == (row.line, row.reserve, row.promised);
    ensure(
        same && (hour, burn) == (row.hour, row.burn),
        "an account's sums are those of its pods",
        whom,
    )
}

fn check_host(world: &World, id: HostId) -> Result<(), Fault> {
    let host = &world.fleet.hosts[id];
    let whom = || format!("{id:?}");
    let mut sum = host.free;
    // A stopped pod that is promised GPUs again is in both lists.
    let all: BTreeSet<PodId> = host.guests.iter().chain(&host.dormant).copied().collect();
    for pod in all {
        let pod = &world.pods[pod];
        let in_grace = matches!(pod.state, PodState::Grace { .. });
        if pod.state.holding() == Some(id) && !in_grace {
            sum += pod.bundle;
        }
        if pod.tied == Some(id) {
            sum += Bundle::of_disk(pod.volume);
        }
    }
    for grace in &host.graces {
        let promised = parts_of(host, Some(grace.pod));
        ensure(grace.open + promised == grace.held, "a grace is open or promised", whom)?;
        sum += grace.held;
    }
    // POD-16. A volume that is being copied from here.
    for pod in world.moves.from(id) {
        sum += Bundle::of_disk(world.pods[pod].volume);
    }
    sum += parts_of(host, None);
    ensure(sum == host.total, "a host's resources are conserved (GEN-13)", whom)?;
    let used = host.occupancy;
    let gpus = u32::from(used.on_demand + used.spot + used.serverless + used.grace + used.free);
    ensure(gpus == host.total.gpus, "its GPUs are each in one use (GEN-13)", whom)?;
    ensure(u32::from(used.free) == host.free.gpus, "free GPUs are counted free", whom)?;
    if host.standing.is_under(Bar::Absence) {
        return ensure(host.free == host.total, "who is not there holds nobody", whom);
    }
    let group = &world.fleet.classes[host.class];
    let indexed = group.free.get(host.member);
    let offered = host.offered().then_some(host.free.gpus);
    ensure(indexed == offered, "the index of free GPUs agrees with the host", whom)
}

fn parts_of(host: &Host, from: Option<PodId>) -> Bundle {
    let parts = host.promises.iter().flat_map(|promise| &promise.parts);
    parts.filter(|part| part.from == from).fold(Bundle::NONE, |sum, part| sum + part.bundle)
}

fn check_pod(world: &World, id: PodId) -> Result<(), Fault> {
    let pod = &world.pods[id];
    let whom = || format!("{:?} in {:?}", pod.name, pod.state);
    if let Some(host) = pod.tied {
        let host = &world.fleet.hosts[host];
        let paused = |item| world.meters.get(id, item).is_none_or(Meter::is_held);
        let volume = paused(Item::Volume) || world.charges_away;
        let held = paused(Item::Compute) && paused(Item::ContainerDisk) && volume;
        ensure(host.available() || held, "nothing is charged during an outage (BILL-15)", whom)?;
        let runs = |meter: &Meter| !meter.is_held() || meter.is_drained();
        let all_run = world.meters.of(id).all(runs);
        ensure(!host.available() || all_run, "meters go on with their host (BILL-15)", whom)?;
        let lies_here = host.guests.contains(&id) || host.dormant.contains(&id);
        ensure(lies_here, "a tied pod lies on its host (POD-09)", whom)?;
    }
    let free = pod.network_volume && pod.state.holding().is_none();
    ensure(!free || pod.tied.is_none(), "nothing ties it to a host (NVOL-07)", whom)?;
    let copies = pod.rental.is_some_and(|rental| rental.errand == Errand::Copies);
    ensure(
        copies == world.moves.get(id).is_some(),
        "who copies a volume is listed (POD-16)",
        whom,
    )?;
    let away = world.moves.get(id).is_none_or(|row| {
        let holds = pod.state.holding().is_some() && !matches!(pod.state, PodState::Running { .. });
        holds && pod.tied != Some(row.from) && Gb::ZERO < pod.volume
    });
    ensure(away, "a volume is copied before its pod is up (POD-16)", whom)?;
    let own = pod.state.holding().is_none_or(|host| pod.tied == Some(host));
    ensure(own, "a pod is on GPUs of the host that it is tied to (POD-09)", whom)?;
    let running = pod.state.holding().is_some();
    let metered = world.meters.is_open(id, Item::Compute);
    ensure(running || !metered, "compute is metered on GPUs alone", whom)?;
    let saved = pod.checkpoints.as_ref().is_none_or(|own| own.saved() <= pod.done);
    ensure(saved, "a checkpoint keeps no more than was done (POD-20)", whom)?;
    let gone = matches!(pod.state, PodState::Terminated | PodState::Refused);
    ensure(!gone, "pods that have ended leave the table", whom)
}
