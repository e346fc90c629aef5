//! Nobody waits for what is there (POD-06): the scan behind the lists of what came free.
//!
//! The market tries those who wait only where it noted that something came free. Here, whenever an
//! instant is over, everybody who waits is held against every host.

use crate::storm::{Act, Storm, Weather, config, storms};
use proptest::prelude::*;
use walras::engine::{Engine, RunId};
use walras::ids::{HostId, PodId};
use walras::journal::Journal;
use walras::scenario::Scenario;
use walras::scenario::rules::{BidPer, WaitingOrder};
use walras::world::World;
use walras::world::pod::PodState;

/// Whether `pod` could be placed on `host`: free, in grace, or by displacement (POD-05).
fn fits(world: &World, pod: PodId, host: HostId) -> bool {
    let (row, on) = (&world.pods[pod], &world.fleet.hosts[host]);
    let (need, bid) = (row.need(), row.bid());
    let covered = (on.free + on.open()).covers(&need);
    (on.offered() || (row.tied.is_some() && on.available()))
        && bid.is_none_or(|bid| world.fleet.floor(host) <= bid)
        && (covered || (0 < need.gpus && world.victims_on(host, &need, bid).is_some()))
}

/// The hosts that a request names and that are big enough, or the one that a resume waits for.
fn hosts_of(world: &mut World, scenario: &Scenario, pod: PodId) -> Vec<HostId> {
    let (state, shape) = (world.pods[pod].state, world.pods[pod].shape);
    if let PodState::Resuming { host } = state {
        return vec![host];
    }
    world.shapes.prepare(shape, scenario, &world.fleet);
    let tiers = &world.shapes.get(shape).bid_tiers;
    let classes = tiers.iter().flat_map(|tier| &tier.classes);
    classes.flat_map(|class| world.fleet.classes[*class].hosts.clone()).collect()
}

/// Says who waits for what is there, or is still to be tried, once an instant is over.
fn unfair(world: &mut World, scenario: &Scenario) -> Option<String> {
    let freed = [&world.freed_for_asks, &world.freed_for_bids];
    if freed.iter().any(|freed| !freed.is_empty()) {
        return Some(format!("what came free is left over: {freed:?}"));
    }
    if !world.new_asks.is_empty() || !world.new_bids.is_empty() {
        return Some("requests are left over".to_owned());
    }
    let waiting = |pod: &PodId| world.pods[*pod].state.waits();
    let waiting: Vec<PodId> = world.pods.ids().filter(waiting).collect();
    waiting.into_iter().find_map(|pod| {
        let hosts = hosts_of(world, scenario, pod);
        let host = hosts.into_iter().find(|host| fits(world, pod, *host))?;
        let row = &world.pods[pod];
        Some(format!("{:?} in {:?} waits, though {host:?} has room", row.name, row.state))
    })
}

/// SPOT-16. Who lowers its bid is displaced by nobody who waits before something comes free: so bids only
/// change to what nobody outbids.
fn bids_rise(mut storm: Storm) -> Storm {
    storm.rules.bid_per = BidPer::Gpu;
    storm.acts.retain(|(_, act)| !matches!(act, Act::ChangeBid(_, cents) if *cents < 80));
    storm
}

/// Runs a market in which money is no matter, and looks at it whenever an instant is over.
fn check(scenario: &Scenario) -> Result<(), TestCaseError> {
    let mut journal = Journal::default();
    let run = RunId { seed: 0, replication: 0 };
    let mut engine = Engine::begin(scenario, run, &mut journal).unwrap();
    loop {
        let (mut before, then) = (engine.turn.world.clone(), engine.turn.now);
        if !engine.step() {
            return Ok(());
        }
        if then < engine.turn.now
            && let Some(fault) = unfair(&mut before, scenario)
        {
            return Err(TestCaseError::fail(format!("{then}: {fault}")));
        }
    }
}

proptest! {
    #![proptest_config(config(400))]

    #[test]
    fn pod_06_nobody_waits_for_what_is_there(
        storm in storms(Weather { poor: false, ..Weather::GALE }),
    ) {
        if storm.rules.waiting_order == WaitingOrder::Skip {
            check(&bids_rise(storm).scenario())?;
        }
    }

    #[test]
    fn pod_06_nobody_waits_for_what_is_there_in_odd_markets(
        storm in storms(Weather { poor: false, ..Weather::ODD }),
    ) {
        if storm.rules.waiting_order == WaitingOrder::Skip {
            check(&bids_rise(storm).scenario())?;
        }
    }
}
