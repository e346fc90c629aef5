//! Each policy's choice is that of a scan of all hosts by its formula, in random markets (POD-05).

use crate::storm::{Act, Ask, Storm, Weather, config, storms};
use proptest::prelude::*;
use std::cmp::Reverse;
use walras::engine::{Engine, RunId};
use walras::ids::{ClassId, HostId, Id};
use walras::journal::Journal;
use walras::policy::Registry;
use walras::policy::placement::placement;
use walras::rng::{Purpose, Stream};
use walras::scenario::model::{Cloud, EvictionChoice, PlacementChoice};
use walras::scenario::rules::{Rules, VcpuMemory};
use walras::units::{Bundle, Money, Span};
use walras::world::World;
use walras::world::view::Candidates;

/// What is asked for, at which bid.
#[derive(Clone, Copy, Debug)]
struct Wish {
    need: Bundle,
    bid: Option<Money>,
}

/// Wishes of each size, for disk and vCPUs that matter and not, on demand and at bids.
fn wishes(by_share: bool) -> Vec<Wish> {
    let mut all = Vec::new();
    for gpus in 0..=4 {
        for (disk, vcpus) in [(0, 0), (60, 0), (0, 9)] {
            for cents in [None, Some(49), Some(55)] {
                let vcpus = if by_share { 0 } else { vcpus };
                let bid = cents.map(|cents| Money::from_nanos(cents * 10_000_000));
                all.push(Wish { need: Bundle { gpus, vcpus, disk, memory: 0 }, bid });
            }
        }
    }
    all
}

/// The hosts that can take it, in order of id.
fn fitting(world: &World, classes: &[ClassId], wish: Wish) -> Vec<HostId> {
    let hosts = world.fleet.hosts.iter();
    let fits = hosts.filter(|(host, row)| {
        classes.contains(&row.class)
            && row.offered()
            && row.free.covers(&wish.need)
            && wish.bid.is_none_or(|bid| world.fleet.floor(*host) <= bid)
    });
    fits.map(|(host, _)| host).collect()
}

/// Free vCPUs, and those that the request takes: as they are, or by share.
fn vcpus(world: &World, host: HostId, need: Bundle) -> (u32, u32) {
    let row = &world.fleet.hosts[host];
    let share = |gpus: u32| row.total.vcpus * gpus / row.total.gpus;
    if world.fleet.by_share {
        (share(row.free.gpus), share(need.gpus))
    } else {
        (row.free.vcpus, need.vcpus)
    }
}

/// How much more of `host` is a fragment for those who have asked so far, once the request is there.
fn growth(world: &World, host: HostId, need: Bundle) -> i128 {
    let row = &world.fleet.hosts[host];
    let gpu_type = world.fleet.scope_keys[row.scope.index()].0;
    let of = |free: Bundle| -> i128 {
        let shapes = world.typical.shapes(gpu_type);
        shapes
            .map(|(shape, count)| {
                let fits = shape.gpus <= free.gpus
                    && (world.fleet.by_share
                        || (shape.vcpus <= free.vcpus && shape.memory <= free.memory));
                if fits { 0 } else { i128::from(free.gpus) * i128::from(count) }
            })
            .sum()
    };
    of(row.free - need) - of(row.free)
}

/// How well the pods on `host` go with one of `gpus` GPUs, then its free GPUs.
fn cluster(world: &World, host: HostId, gpus: u32) -> (u32, u32) {
    let row = &world.fleet.hosts[host];
    let sizes: Vec<u32> =
        row.guests.iter().map(|pod| world.pods[*pod].gpus).filter(|gpus| 0 < *gpus).collect();
    let rank = match (sizes.contains(&gpus), sizes.iter().all(|size| *size == gpus)) {
        (true, true) => 1,
        (true, false) => 2,
        (false, _) if sizes.is_empty() => 3,
        (false, _) => 4,
    };
    (rank, row.free.gpus)
}

/// What the page of each policy says, host by host; `random` has no one answer.
fn scan(world: &World, policy: PlacementChoice, hosts: &[HostId], wish: Wish) -> Option<HostId> {
    let Wish { need, bid } = wish;
    let row = |host: &HostId| &world.fleet.hosts[*host];
    let whole = |host: &HostId| row(host).free.gpus == row(host).total.gpus;
    let hosts = hosts.iter().copied();
    match policy {
        PlacementChoice::BestFit => hosts.min_by_key(|host| (row(host).free.gpus, *host)),
        PlacementChoice::FirstFit => hosts.min(),
        PlacementChoice::WorstFit => hosts.min_by_key(|host| (Reverse(row(host).free.gpus), *host)),
        PlacementChoice::Random | PlacementChoice::Own(_) => None,
        PlacementChoice::Cheapest => {
            hosts.min_by_key(|host| (bid.map(|_| world.fleet.floor(*host)), *host))
        }
        PlacementChoice::PackByGpuCount => hosts.min_by_key(|host| {
            let breaks = whole(host) && need.gpus < row(host).total.gpus;
            (breaks, row(host).free.gpus, *host)
        }),
        PlacementChoice::FragmentationAware => {
            hosts.min_by_key(|host| (growth(world, *host, need), *host))
        }
        PlacementChoice::DotProduct => {
            let scope = hosts.clone().next().map(|host| row(&host).scope)?;
            let all = || world.fleet.scopes[scope].hosts.iter().map(row);
            let gpus = u128::from(all().map(|row| row.total.gpus).max()?);
            let cpus = u128::from(all().map(|row| row.total.vcpus).max()?);
            hosts.min_by_key(|host| {
                let (free, taken) = vcpus(world, *host, need);
                let of_gpus = u128::from(row(host).free.gpus * need.gpus) * cpus * cpus;
                (of_gpus + u128::from(free * taken) * gpus * gpus, *host)
            })
        }
        PlacementChoice::GpuPacking => hosts.min_by_key(|host| {
            (whole(host), if whole(host) { row(host).total.gpus } else { 0 }, *host)
        }),
        PlacementChoice::MostReliable => {
            let scores = hosts.map(|host| (score(world, host), host)).collect::<Vec<_>>();
            let best = scores.iter().map(|(score, _)| *score).fold(0.0, f64::max);
            scores.into_iter().filter(|(score, _)| *score == best).map(|(_, host)| host).min()
        }
        PlacementChoice::GpuClustering => {
            hosts.min_by_key(|host| (cluster(world, *host, need.gpus), *host))
        }
    }
}

/// HOST-09. The score at the last return; windows are short enough for it to be exact to the eye.
fn score(world: &World, host: HostId) -> f64 {
    let score = world.records[host].score;
    if score.due == 0 { 1.0 } else { score.good as f64 / score.due as f64 }
}

/// Asks every policy about every wish; says where its answer is not that of a scan.
fn disagreement(world: &World) -> Option<String> {
    for state in world.fleet.scopes.iter().map(|(_, state)| state) {
        for wish in wishes(world.fleet.by_share) {
            let hosts = fitting(world, &state.classes, wish);
            let candidates = Candidates::free(world, &state.classes, wish.need, wish.bid);
            for policy in PlacementChoice::ALL {
                if policy.asks_for_sizes() && !world.fleet.by_sizes {
                    continue;
                }
                let mut stream = Stream::open(1, 0, Purpose::Placement, 0);
                let member = placement(policy, &Registry::new()).expect("built in");
                let chosen = member.choose(&candidates, &mut stream);
                let right = match policy {
                    PlacementChoice::Random => {
                        chosen.map_or(hosts.is_empty(), |host| hosts.contains(&host))
                    }
                    _ => chosen == scan(world, policy, &hosts, wish),
                };
                if !right {
                    return Some(format!("{policy:?} for {wish:?}: {chosen:?} among {hosts:?}"));
                }
            }
        }
    }
    None
}

fn check(storm: &Storm) -> Result<(), TestCaseError> {
    let scenario = storm.scenario();
    let mut journal = Journal::default();
    let run = RunId { seed: 0, replication: 0 };
    let mut engine = Engine::begin(&scenario, run, &mut journal).unwrap();
    while engine.step() {
        if let Some(difference) = disagreement(&engine.turn.world) {
            return Err(TestCaseError::fail(difference));
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(config(100))]

    /// POD-05: after every event, on shares and on vCPUs as requested.
    #[test]
    fn every_placement_policy_agrees_with_a_scan(
        storm in prop_oneof![storms(Weather::GALE), storms(Weather::ODD)],
        clustering in proptest::bool::weighted(0.5),
    ) {
        let mut storm = storm;
        if clustering {
            storm.placement = PlacementChoice::GpuClustering;
        }
        check(&storm)?;
    }
}

/// POD-05. What is in grace and promised to nobody is not free: beside a victim that holds 2 of 4 GPUs a
/// host has 2 to offer, and 1 GPU goes there by the dot product, not to the host that has 3.
#[test]
fn what_is_in_grace_is_not_free() {
    let ask = Ask { bid: Some(55), ..Ask::of_gpus(2) };
    let storm = Storm {
        rules: Rules {
            vcpu_memory: VcpuMemory::Requested,
            longest_run: Some(Span::SECOND),
            ..Rules::default()
        },
        placement: PlacementChoice::WorstFit,
        eviction: EvictionChoice::LowestBid,
        machines: [3, 4].map(|gpus| (gpus, 0, Cloud::Secure, None)).into(),
        balances: vec![100_000; 3],
        acts: vec![(0, Act::Create(0, ask))],
        later: 0,
        failures: None,
        lure: None,
        crew: Default::default(),
        pulls: Default::default(),
    };
    check(&storm).unwrap();
}
