//! Every look-up in the world agrees with a linear scan of it, at every moment of random markets.
//!
//! The structures themselves are held against scans where they stand (`world/bits.rs`,
//! `world/index/free.rs`, `world/index/bids.rs`), and the audit holds each index's contents against the
//! tables after every event. Here the questions that the market asks are asked both ways.

use crate::storm::{Weather, config, storms};
use proptest::prelude::*;
use std::cmp::Reverse;
use walras::engine::{Engine, RunId};
use walras::ids::{ClassId, HostId, PodId};
use walras::journal::Journal;
use walras::units::{Bundle, Money};
use walras::world::World;
use walras::world::pod::PodState;
use walras::world::victims::{Victim, key};
use walras::world::view::Candidates;

/// What is asked for: GPUs and disk, at which bid.
#[derive(Clone, Copy, Debug)]
struct Wish {
    need: Bundle,
    bid: Option<Money>,
}

/// Wishes of each size, for disk that matters and not, on demand and at bids around those there.
fn wishes() -> Vec<Wish> {
    let bids = [None, Some(49), Some(55), Some(81)];
    let mut all = Vec::new();
    for gpus in 1..=4 {
        for disk in [0, 60] {
            for cents in bids {
                let bid = cents.map(|cents| Money::from_nanos(cents * 10_000_000));
                all.push(Wish { need: Bundle { gpus, disk, ..Bundle::NONE }, bid });
            }
        }
    }
    all
}

/// The hosts that a wish may use, looked at one by one.
fn suitable(world: &World, classes: &[ClassId], wish: Wish) -> Vec<HostId> {
    let hosts = world.fleet.hosts.iter();
    let suits = hosts.filter(|(host, row)| {
        classes.contains(&row.class)
            && row.offered()
            && wish.bid.is_none_or(|bid| world.fleet.floor(*host) <= bid)
    });
    suits.map(|(host, _)| host).collect()
}

/// POD-05. Where it fits on free capacity: the tightest host, and the first.
fn scan_free(world: &World, classes: &[ClassId], wish: Wish) -> [Option<HostId>; 2] {
    let mut fitting = suitable(world, classes, wish);
    fitting.retain(|host| world.fleet.hosts[*host].free.covers(&wish.need));
    let tightest = fitting.iter().min_by_key(|host| (world.fleet.hosts[**host].free.gpus, **host));
    [tightest.copied(), fitting.first().copied()]
}

/// SPOT-05. The victims on a host, as the rule says it, from the table of pods alone.
fn scan_victims(world: &World, host: HostId, wish: Wish) -> Option<Vec<PodId>> {
    let on_host = |state: PodState| match state {
        PodState::Reserved { host: at } => at == host,
        PodState::Initializing { host: at, .. } | PodState::Running { host: at } => at == host,
        _ => false,
    };
    let mut admissible: Vec<PodId> = world
        .pods
        .ids()
        .filter(|pod| {
            let row = &world.pods[*pod];
            let bid = row.bid().filter(|bid| wish.bid.is_none_or(|own| *bid < own));
            on_host(row.state) && 0 < row.gpus && bid.is_some()
        })
        .collect();
    admissible.sort_by_key(|pod| {
        let row = &world.pods[*pod];
        let placed = row.rental().placed_at.filter(|_| row.state.holding().is_some());
        // The lowest bid; then whoever was placed last, a Reserved pod last of all; then the higher id.
        (row.bid(), placed.map_or((0, Reverse(None)), |at| (1, Reverse(Some(at)))), Reverse(*pod))
    });
    let brings = |pod: &PodId| {
        let row = &world.pods[*pod];
        if row.state.holding().is_some() { row.bundle } else { row.need() }
    };
    let row = &world.fleet.hosts[host];
    let there = row.free + row.open();
    let covered = |taken: &[PodId]| {
        taken.iter().map(brings).fold(there, |sum, bundle| sum + bundle).covers(&wish.need)
    };
    let enough = (0..=admissible.len()).find(|count| covered(&admissible[..*count]))?;
    let mut taken = admissible[..enough].to_vec();
    for index in (0..taken.len()).rev() {
        let mut without = taken.clone();
        without.remove(index);
        if covered(&without) {
            taken = without;
        }
    }
    Some(taken).filter(|taken| !taken.is_empty())
}

/// SPOT-06. The host whose victims have the least highest bid, the least sum, the lower id.
fn scan_displacement(
    world: &World,
    classes: &[ClassId],
    wish: Wish,
) -> Option<(HostId, Vec<PodId>)> {
    let victims = |pods: &[PodId]| -> Vec<Victim> {
        let victim = |pod: &PodId| {
            let row = &world.pods[*pod];
            let reserved = row.state.holding().is_none();
            let bundle = if reserved { row.need() } else { row.bundle };
            Victim { pod: *pod, bid: row.bid().unwrap(), bundle }
        };
        pods.iter().map(victim).collect()
    };
    let hosts = suitable(world, classes, wish).into_iter();
    let found = hosts.filter_map(|host| Some((host, scan_victims(world, host, wish)?)));
    found.min_by_key(|(host, pods)| (key(&victims(pods)), *host))
}

/// Asks every question both ways; says where the answers differ.
fn disagreement(world: &mut World, tick: Money) -> Option<String> {
    let scopes: Vec<_> = world.fleet.scopes.ids().collect();
    for scope in scopes {
        let classes = world.fleet.scopes[scope].classes.clone();
        let hosts = world.fleet.scopes[scope].hosts.clone();
        let scan = hosts.iter().filter_map(|host| scan_winning_bid(world, *host, tick)).min();
        let indexed = world.winning_bid(scope, tick);
        if scan != indexed {
            return Some(format!("SPOT-11 in {scope:?}: {indexed:?}, by a scan {scan:?}"));
        }
        for gpus in 1..=4 {
            let scan = hosts.iter().filter_map(|host| world.winning_bid_on(*host, gpus, tick));
            let (scan, indexed) = (scan.min(), world.winning_bid_for(scope, gpus, tick));
            if scan != indexed {
                return Some(format!("SPOT-11 for {gpus}: {indexed:?}, by a scan {scan:?}"));
            }
        }
        for wish in wishes() {
            let Wish { need, bid } = wish;
            let candidates = Candidates::free(world, &classes, need, bid);
            let (indexed, scan) =
                ([candidates.tightest(), candidates.first()], scan_free(world, &classes, wish));
            if indexed != scan {
                return Some(format!("POD-05 for {wish:?}: {indexed:?}, by a scan {scan:?}"));
            }
            for &host in &hosts {
                let found = world.victims_on(host, &need, bid);
                let found = found.map(|found| found.iter().map(|one| one.pod).collect::<Vec<_>>());
                let scan = scan_victims(world, host, wish);
                if found != scan {
                    return Some(format!("SPOT-05 for {wish:?}: {found:?}, by a scan {scan:?}"));
                }
            }
            let scan = scan_displacement(world, &classes, wish);
            let found = world.best_displacement(&classes, &need, bid);
            let found =
                found.map(|one| (one.host, one.victims.iter().map(|one| one.pod).collect()));
            if found != scan {
                return Some(format!("SPOT-06 for {wish:?}: {found:?}, by a scan {scan:?}"));
            }
        }
    }
    None
}

/// SPOT-11. The first multiple of the tick from 0 up that is at least the floor.
fn least_bid_at_floor(floor: Money, tick: Money) -> Money {
    let ticks = floor.nanos() / tick.nanos();
    let below = Money::from_nanos(ticks * tick.nanos());
    if below < floor { below + tick } else { below }
}

/// SPOT-11 for one GPU, as the rule says it: the floor, or the lowest bid there and a tick.
fn scan_winning_bid(world: &World, host: HostId, tick: Money) -> Option<Money> {
    let row = &world.fleet.hosts[host];
    if !row.offered() {
        return None;
    }
    let floor = least_bid_at_floor(world.fleet.floor(host), tick);
    if 0 < row.free.gpus + row.open().gpus {
        return Some(floor);
    }
    let here = |state: PodState| {
        state.displaceable()
            && (state.holding() == Some(host) || state == PodState::Reserved { host })
    };
    let pods = world.pods.ids().filter(|pod| here(world.pods[*pod].state));
    let bids = pods.filter(|pod| 0 < world.pods[*pod].gpus);
    let lowest = bids.filter_map(|pod| world.pods[pod].bid()).min()?;
    Some(floor.max(lowest + tick))
}

proptest! {
    #![proptest_config(config(150))]

    /// POD-05, SPOT-05, SPOT-06, SPOT-11: after every event each answer is that of a scan.
    #[test]
    fn every_look_up_agrees_with_a_scan(storm in storms(Weather::GALE)) {
        let scenario = storm.scenario();
        let mut journal = Journal::default();
        let run = RunId { seed: 0, replication: 0 };
        let mut engine = Engine::begin(&scenario, run, &mut journal).unwrap();
        while engine.step() {
            let mut world = engine.turn.world.clone();
            if let Some(difference) = disagreement(&mut world, scenario.rules.bid_tick) {
                return Err(TestCaseError::fail(difference));
            }
            // Asking brings an index up to date, and changes nothing that an audit sees.
            walras::world::audit::check(&world).map_err(|fault| TestCaseError::fail(fault.to_string()))?;
        }
    }
}
