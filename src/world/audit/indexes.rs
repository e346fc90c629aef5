//! Every index against what it is an index of, by a linear scan (POD-05, POD-06, SPOT-06, GPU-05).
//!
//! Nothing in here is quick, and nothing in a run calls it but audits.

use super::{Fault, ensure};
use crate::ids::{ClassId, HostId, LaneId, PodId, ScopeId, ShapeId};
use crate::units::{Money, SimTime};
use crate::world::World;
use crate::world::fleet::Counts;
use crate::world::host::Host;
use crate::world::index::Key;
use crate::world::pod::PodState;
use crate::world::waiting::aside::SetAside;
use crate::world::waiting::lanes::Queues;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

/// Checks all indexes over hosts and scopes.
pub(super) fn check_fleet(world: &World) -> Result<(), Fault> {
    for (scope, state) in world.fleet.scopes.iter() {
        check_scope(world, scope)?;
        for &class in &state.classes {
            check_class(world, class)?;
        }
    }
    Ok(())
}

/// The displacement index, and who has something open in grace.
fn check_class(world: &World, id: ClassId) -> Result<(), Fault> {
    let class = &world.fleet.classes[id];
    let whom = || format!("{id:?}");
    let members = || class.members();
    let known = members().all(|(member, host)| {
        let row = &world.fleet.hosts[host];
        (row.class, row.member) == (id, member)
    });
    let disks = members().map(|(_, host)| world.fleet.hosts[host].total.disk);
    ensure(disks.max().unwrap_or(0) == class.largest_disk(), "a class knows its disks", whom)?;
    ensure(known && class.hosts.is_sorted(), "a class knows its hosts, in order", whom)?;
    let open = members().filter_map(|(_, host)| {
        let row = &world.fleet.hosts[host];
        let is_open = row.offered() && !row.open().is_empty();
        is_open.then_some((row.free.gpus + row.open().gpus, host))
    });
    ensure(class.open == open.collect(), "what is open is indexed", whom)?;
    let scan = members().map(|(_, host)| {
        let row = &world.fleet.hosts[host];
        row.offered().then(|| (world.sizes_on(host), row.free.gpus))
    });
    let sizes = class.sizes.as_ref();
    let agrees = sizes.is_none_or(|sizes| members().map(|(at, _)| sizes.get(at)).eq(scan));
    ensure(agrees, "the index of sizes agrees with the pods there", whom)?;
    // What is out of date is brought up to date before it is asked.
    let fresh = |member: u32| !class.stale.contains(member);
    let entries: Vec<(u32, Vec<Option<Key>>)> = members()
        .filter(|(member, _)| fresh(*member))
        .map(|(member, host)| (member, world.entries(host).unwrap_or_default()))
        .collect();
    for gpus in 1..=class.alike.gpus {
        let key = |entries: &[Option<Key>]| entries.get(gpus as usize).copied().flatten();
        let mut scan: Vec<(Key, u32)> =
            entries.iter().filter_map(|(member, keys)| Some((key(keys)?, *member))).collect();
        scan.sort_unstable();
        let indexed = class.bids.best(gpus).filter(|(_, member)| fresh(*member));
        ensure(indexed.eq(scan), "the index of bids agrees with the pods there", whom)?;
    }
    Ok(())
}

fn add(counts: &mut BTreeMap<Money, u32>, key: Money) {
    *counts.entry(key).or_default() += 1;
}

/// What a scope offers, and the bids that hold GPUs there.
fn check_scope(world: &World, id: ScopeId) -> Result<(), Fault> {
    let state = &world.fleet.scopes[id];
    let whom = || format!("{id:?}");
    let counted = |counts: &Counts| counts.iter().collect::<BTreeMap<Money, u32>>();
    let (mut floors, mut free_floors, mut prices) =
        (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
    for (host, row) in world.fleet.hosts.iter() {
        if row.scope == id && row.offered() {
            let floor = world.fleet.own_floor(host);
            add(&mut floors, floor);
            add(&mut prices, world.fleet.price(row.class));
            if 0 < row.free.gpus + row.open().gpus {
                add(&mut free_floors, floor);
            }
        }
    }
    let lowest = state.hosts.iter().map(|host| world.fleet.floor(*host)).min();
    ensure(lowest == state.lowest_floor, "the lowest floor is that of its hosts", whom)?;
    ensure(floors == counted(&state.floors), "floors are those of the hosts offered", whom)?;
    ensure(free_floors == counted(&state.free_floors), "floors with a GPU free are those", whom)?;
    ensure(prices == counted(&state.prices), "prices are those of the hosts offered", whom)?;
    let (mut bids, mut waiting) = (BTreeMap::new(), (0, 0));
    for pod in world.pods.ids() {
        let row = &world.pods[pod];
        if row.rental.is_some_and(|rental| rental.queued) {
            let named = if let Some(host) = row.waits_for() {
                world.fleet.hosts[host].scope == id
            } else {
                world.shapes.get(row.shape).scopes.contains(&id)
            };
            let count = if row.bid().is_none() { &mut waiting.0 } else { &mut waiting.1 };
            *count += u32::from(named);
        }
        if let (Some(host), Some(bid)) = (displaceable_on(row.state), row.bid())
            && 0 < row.gpus
            && world.fleet.hosts[host].scope == id
        {
            add(&mut bids, bid);
        }
    }
    let agrees = waiting == (state.waiting_asks, state.waiting_bids);
    ensure(agrees, "those who wait in a scope are counted", whom)?;
    ensure(bids == counted(&state.bids), "bids that hold GPUs are counted", whom)
}

fn displaceable_on(state: PodState) -> Option<HostId> {
    if let PodState::Reserved { host } = state {
        return Some(host);
    }
    state.holding().filter(|_| state.displaceable())
}

/// The queues of those who wait, and the lists of pods by host and by name.
pub(super) fn check_pods(world: &World) -> Result<(), Fault> {
    let (mut asks, mut bids, mut waiting) = (0, 0, 0);
    for pod in world.pods.ids() {
        check_lists(world, pod)?;
        let row = &world.pods[pod];
        let queued = row.rental.is_some_and(|rental| rental.queued);
        let whom = || format!("{:?} in {:?}", row.name, row.state);
        ensure(!queued || row.state.waits(), "only those who wait are in a queue", whom)?;
        asks += usize::from(queued && row.bid().is_none());
        bids += usize::from(queued && row.bid().is_some());
        if queued && row.waits_for().is_none() {
            waiting += 1;
            let (shape, sequence) = (world.shapes.get(row.queue()), row.rental().sequence);
            let found = match row.bid() {
                None => shape.queues.asks.get(&sequence),
                Some(bid) => shape.queues.bids.get(&(Reverse(bid), sequence)),
            };
            ensure(found == Some(&pod), "who waits is in the queue of its demand", whom)?;
        }
    }
    let counted = (world.waiting_asks, world.waiting_bids) == (asks, bids);
    ensure(counted, "those who wait are counted", String::new)?;
    let queues = world.shapes.iter().map(|(_, shape)| &shape.queues);
    let queued = queues.map(|queues| queues.asks.len() + queues.bids.len());
    ensure(
        queued.sum::<usize>() == waiting,
        "queues hold those who wait and no others",
        String::new,
    )?;
    check_aside(world)?;
    check_shapes(world)
}

/// POD-06. Those who are set aside wait on demand, and are found by what may bring them back.
fn check_aside(world: &World) -> Result<(), Fault> {
    let (mut by_account, mut by_end) = (BTreeSet::new(), BTreeSet::new());
    for pod in world.pods.ids() {
        let row = &world.pods[pod];
        let Some(rental) = row.rental else { continue };
        let Some(SetAside { shape, until }) = rental.set_aside else { continue };
        let waits = rental.queued && row.state == PodState::Waiting && row.bid().is_none();
        let (at_home, aside) = (world.shapes.get(row.shape), world.shapes.get(shape));
        let alike =
            at_home.demand == aside.demand && at_home.means.is_none() && aside.means.is_some();
        ensure(waits && alike, "who is set aside waits by its means", || {
            format!("{:?}", row.name)
        })?;
        by_account.insert((row.account, pod));
        by_end.extend((until < SimTime::NEVER).then_some((until, pod)));
    }
    let found = by_account == world.aside.by_account && by_end == world.aside.by_end;
    ensure(found, "who is set aside is found when it may fare otherwise", String::new)
}

/// Shapes count their pods, and lanes list them.
fn check_shapes(world: &World) -> Result<(), Fault> {
    let mut pods: BTreeMap<ShapeId, u32> = BTreeMap::new();
    for pod in world.pods.ids() {
        let row = &world.pods[pod];
        *pods.entry(row.shape).or_default() += 1;
        if let Some(before) = &row.before_resume {
            *pods.entry(before.shape).or_default() += 1;
        }
        if row.queue() != row.shape {
            *pods.entry(row.queue()).or_default() += 1;
        }
    }
    for (id, shape) in world.shapes.iter() {
        let counted = pods.remove(&id).unwrap_or(0);
        ensure(shape.pods == counted, "a demand counts its pods", || format!("{id:?}"))?;
    }
    ensure(pods.is_empty(), "no pod has a demand that was forgotten", String::new)?;
    check_lanes(world)
}

/// Lanes list those shapes in whose queues somebody waits, and scopes know the lanes. What is out of
/// date is brought up to date before the next round looks.
fn check_lanes(world: &World) -> Result<(), Fault> {
    let lanes = &world.shapes.lanes;
    let mut heads: BTreeMap<LaneId, Queues<ShapeId>> = BTreeMap::new();
    for (id, shape) in world.shapes.iter() {
        let lane = lanes.get(shape.lane);
        let same = (&lane.scopes, lane.gpus, lane.means)
            == (&shape.scopes, shape.demand.gpus, shape.means);
        ensure(same, "the shapes of a lane name the same GPUs", || format!("{id:?}"))?;
        let fresh = shape.stale || shape.listed == shape.queues.heads();
        ensure(fresh, "a lane lists the heads of queues", || format!("{id:?}"))?;
        let heads = heads.entry(shape.lane).or_default();
        heads.asks.extend(shape.listed.0.map(|head| (head, id)));
        heads.bids.extend(shape.listed.1.map(|head| (head, id)));
    }
    for lane in lanes.ids() {
        let row = lanes.get(lane);
        let listed = row.heads == heads.remove(&lane).unwrap_or_default();
        ensure(listed, "a lane lists its shapes", || format!("{lane:?}"))?;
        let known = world.fleet.scopes.ids().all(|scope| {
            let waited_in = row.scopes.contains(&scope) && !row.heads.is_empty();
            lanes.of_scope(scope).any(|other| other == lane) == waited_in
        });
        ensure(known, "scopes know who waits for them", || format!("{lane:?}"))?;
    }
    Ok(())
}

/// A pod is in the one list of its host in which its state belongs, and found by its name.
fn check_lists(world: &World, pod: PodId) -> Result<(), Fault> {
    let row = &world.pods[pod];
    let whom = || format!("{:?} in {:?}", row.name, row.state);
    let (guest, dormant, resuming) = match row.state {
        PodState::Reserved { host } => (Some(host), row.tied, None),
        PodState::Stopped { .. } => (None, row.tied, None),
        PodState::Resuming { .. } => (None, row.tied, row.tied.filter(|_| row.rental().queued)),
        state @ (PodState::Waiting
        | PodState::Initializing { .. }
        | PodState::Running { .. }
        | PodState::Grace { .. }
        | PodState::Down { .. }
        | PodState::Terminated
        | PodState::Refused) => (state.holding(), None, None),
    };
    let knows = |host: Option<HostId>, lists: fn(&Host, &PodId) -> bool| {
        host.is_none_or(|host| lists(&world.fleet.hosts[host], &pod))
    };
    let guest = knows(guest, |host, pod| host.guests.contains(pod));
    ensure(guest, "a host knows its guests", whom)?;
    let dormant = knows(dormant, |host, pod| host.dormant.contains(pod));
    ensure(dormant, "a host knows its stopped pods", whom)?;
    let resuming = knows(resuming, |host, pod| host.resuming.pods().any(|other| other == *pod));
    ensure(resuming, "a host knows who waits for it", whom)?;
    if let crate::journal::fact::PodName::Given(name) = row.name {
        let found = world.named[crate::ids::Id::index(name)];
        ensure(found == Some(pod), "a pod is found by its name", whom)?;
    }
    Ok(())
}

/// POD-14. CPU slots are free, or those of pods that hold or are promised something there; hosts on offer are
/// listed by them.
pub(super) fn check_slots(world: &World) -> Result<(), Fault> {
    let Some(cpu) = &world.fleet.cpu else { return Ok(()) };
    let mut listed = 0;
    for (id, host) in world.fleet.hosts.iter() {
        let taken: u32 = host.guests.iter().map(|pod| u32::from(world.pods[*pod].slots)).sum();
        let whom = || format!("{id:?}");
        ensure(cpu.free(id) + taken == cpu.total(id), "CPU slots are conserved (POD-14)", whom)?;
        let offered = host.offered() && 0 < cpu.total(id);
        let place = offered.then_some((host.class, cpu.free(id)));
        ensure(cpu.listed(id) == place, "hosts on offer are listed by free slots", whom)?;
        listed += usize::from(offered);
    }
    ensure(listed == cpu.count(), "only hosts on offer are listed by free slots", String::new)
}

/// A host lists nobody else.
pub(super) fn check_host_lists(world: &World, id: HostId) -> Result<(), Fault> {
    let host = &world.fleet.hosts[id];
    let state = |pod: &PodId| world.pods.get(*pod).map(|row| row.state);
    let whom = || format!("{id:?}");
    let guests = host.guests.iter().all(|pod| {
        state(pod).is_some_and(|state| {
            state.holding() == Some(id) || state == PodState::Reserved { host: id }
        })
    });
    ensure(guests, "guests of a host hold or are promised its GPUs", whom)?;
    let dormant = host.dormant.iter().all(|pod| {
        world
            .pods
            .get(*pod)
            .is_some_and(|row| row.tied == Some(id) && row.state.holding().is_none())
    });
    ensure(dormant, "stopped pods on a host are tied to it", whom)?;
    let resuming = |pod: PodId| {
        let row = world.pods.get(pod);
        row.is_some_and(|row| row.state == PodState::Resuming { host: id } && row.rental().queued)
    };
    ensure(host.resuming.pods().all(resuming), "who waits for a host is Resuming there", whom)?;
    let promised: BTreeSet<PodId> = host.promises.iter().map(|promise| promise.pod).collect();
    let reserved = host.guests.iter().copied();
    let reserved = reserved.filter(|pod| state(pod) == Some(PodState::Reserved { host: id }));
    ensure(promised == reserved.collect(), "each Reserved pod has one promise", whom)
}
