//! Markets in which everything happens within minutes, with list prices that move every few seconds.

use crate::storm::{Weather, config, storms};
use crate::witness;
use proptest::prelude::*;
use proptest::sample::select;
use walras::engine::{Engine, RunId};
use walras::ids::{Id, ScopeId};
use walras::journal::Journal;
use walras::scenario::Scenario;
use walras::scenario::prices::{
    DayFactors, ListPriceChoice, PricePath, UtilizationRule, UtilizationTerms,
};
use walras::units::{GpuTime, Money, Share, SimTime, Span};
use walras::world::usage::TimeInUse;

fn share(tenths: i128) -> Share {
    Share::from_billionths(tenths * 100_000_000)
}

fn utilization() -> impl Strategy<Value = ListPriceChoice> {
    let terms = (select(vec![1, 7, 60, 61]), 0..=10_u32, select(vec![0, 500_000, 20_000_000]));
    terms.prop_map(|(seconds, target, gain)| {
        let (interval, target) = (Span::from_seconds(seconds), target * 100_000);
        let rule = UtilizationRule { interval, target, gain };
        ListPriceChoice::Utilization(UtilizationTerms { rule, floor: share(5), cap: share(20) })
    })
}

fn moving() -> impl Strategy<Value = ListPriceChoice> {
    let hours = proptest::collection::btree_map(0..900_u64, 0..20_i128, 1..6);
    let day = (select(vec![0, 1, 86_399]), hours).prop_map(|(clock, from)| {
        let from = from.into_iter().map(|(at, tenths)| (Span::from_seconds(at), share(tenths)));
        let clock = Span::from_seconds(clock);
        ListPriceChoice::TimeOfDay(DayFactors { clock, from: from.collect() })
    });
    let rows = proptest::collection::btree_map(1..1_200_u64, 30..120_i128, 0..6);
    let replayed = rows.prop_map(|rows| {
        let row = |(at, cents): (u64, i128)| {
            (SimTime::from_seconds(at), Money::from_nanos(cents * 10_000_000))
        };
        let rows = std::iter::once((0, 55)).chain(rows).map(row);
        ListPriceChoice::Replayed(PricePath { rows: rows.collect() })
    });
    prop_oneof![2 => utilization(), 1 => day, 1 => replayed, 1 => Just(ListPriceChoice::Fixed)]
}

/// A choice for each of a storm's four scopes.
fn all_scopes(choices: Vec<ListPriceChoice>) -> Vec<(ScopeId, ListPriceChoice)> {
    choices.into_iter().enumerate().map(|(scope, of)| (ScopeId::from_index(scope), of)).collect()
}

/// GEN-13. The sums of each scope against those over its hosts, made anew between any two events.
fn use_is_summed(scenario: &Scenario) -> Result<(), TestCaseError> {
    let mut journal = Journal::default();
    let run = RunId { seed: 0, replication: 0 };
    let mut engine = Engine::begin(scenario, run, &mut journal).unwrap();
    let mut naive = vec![TimeInUse::default(); scenario.scopes.len()];
    loop {
        let world = &engine.turn.world;
        let now = engine.turn.now;
        let held: Vec<(u32, u32)> = world
            .fleet
            .scopes
            .iter()
            .map(|(_, scope)| {
                let up = scope.hosts.iter().map(|host| &world.fleet.hosts[*host]);
                up.filter(|host| host.available()).fold((0, 0), |(held, up), host| {
                    let used = host.occupancy;
                    let taken = u32::from(used.on_demand) + u32::from(used.spot);
                    (held + taken, up + host.total.gpus)
                })
            })
            .collect();
        let goes_on = engine.step();
        let span = engine.turn.now - now;
        for (scope, (sums, (held, up))) in naive.iter_mut().zip(held).enumerate() {
            sums.held += GpuTime::new(held, span);
            sums.up += GpuTime::new(up, span);
            let kept = engine.turn.world.usage.of(ScopeId::from_index(scope));
            prop_assert_eq!(kept.until(engine.turn.now), *sums);
        }
        if !goes_on {
            return Ok(());
        }
    }
}

proptest! {
    #![proptest_config(config(400))]

    #[test]
    fn use_is_what_a_walk_over_hosts_adds_up_to(
        storm in storms(Weather::GALE),
        choice in utilization(),
    ) {
        let mut scenario = storm.scenario();
        scenario.list_prices = vec![(ScopeId::from_index(0), choice)];
        use_is_summed(&scenario)?;
    }

    /// Audit and witness find no fault whatever moves the prices.
    #[test]
    fn markets_with_moving_prices_are_sound(
        storm in storms(Weather::GALE),
        choices in proptest::collection::vec(moving(), 4),
    ) {
        let mut scenario = storm.scenario();
        scenario.list_prices = all_scopes(choices);
        witness::run(&scenario, Weather::GALE.only_gpus()).map_err(TestCaseError::fail)?;
    }

    /// The same with hosts that price for themselves, and prices that running pods follow.
    #[test]
    fn odd_markets_with_moving_prices_are_sound(
        storm in storms(Weather::ODD),
        choices in proptest::collection::vec(moving(), 4),
    ) {
        let mut scenario = storm.scenario();
        scenario.list_prices = all_scopes(choices);
        witness::run(&scenario, Weather::ODD.only_gpus()).map_err(TestCaseError::fail)?;
    }
}
