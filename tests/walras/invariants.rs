//! Every invariant holds after every event, in markets where everything happens at once.
//!
//! The audit checks the world's tables after every event; a witness that knows only facts checks the
//! same run from outside. Both are shown to find fault where there is one.

mod broken;

use crate::storm::{Weather, config, storms};
use crate::{build, witness};
use proptest::prelude::*;
use walras::agenda::Class;
use walras::billing::Side;
use walras::engine::{Engine, RunId, run_audited};
use walras::journal::{Fact, Journal};
use walras::rng::draw::Distribution;
use walras::scenario::demand::{BidRule, Buying};
use walras::scenario::rules::VcpuMemory;
use walras::units::{Money, SimTime};

#[test]
fn a_crowded_market_of_on_demand_and_spot_is_sound_after_every_event() {
    let mut scenario = build::market(3, 8, SimTime::from_seconds(200_000));
    let work = Distribution::Exponential { mean: 7_200.0 };
    let patience = Some(Distribution::Exponential { mean: 3_600.0 });
    for cents in [50, 55, 60] {
        let bid = Money::from_nanos(cents * 10_000_000);
        let buying = Buying::Spot(BidRule::Fixed(bid));
        build::add_segment(&mut scenario, 0.001, work.clone(), patience.clone(), buying);
    }
    build::add_segment(&mut scenario, 0.002, work, patience, Buying::OnDemand);
    let mut witness = witness::Witness::new(&scenario, true);
    let mut heard = build::Heard::default();
    let mut journal = Journal::new(vec![&mut witness, &mut heard]);
    let run = RunId { seed: scenario.seed, replication: 0 };
    run_audited(&scenario, run, &mut journal).expect("a sound run");
    witness.finish().unwrap();
    let count = |wanted: fn(&Fact) -> bool| heard.0.iter().filter(|(_, fact)| wanted(fact)).count();
    assert!(0 < count(|fact| matches!(fact, Fact::PodDisplaced { .. })), "spot is displaced");
    assert!(0 < count(|fact| matches!(fact, Fact::PromiseLost { .. })), "promises are taken over");
}

/// Runs a market with audit and witness.
fn sound(weather: Weather, storm: &crate::storm::Storm) -> Result<(), TestCaseError> {
    witness::run(&storm.scenario(), weather.only_gpus()).map_err(TestCaseError::fail)
}

proptest! {
    #![proptest_config(config(1_500))]

    /// Spot and on demand, displacement, resumes; every choice of a host and of victims is checked.
    #[test]
    fn calm_markets_are_sound(storm in storms(Weather::CALM)) {
        sound(Weather::CALM, &storm)?;
    }

    /// Several GPU types in both clouds.
    #[test]
    fn mixed_markets_are_sound(
        storm in storms(Weather { mixed: true, ..Weather::CALM }),
    ) {
        sound(Weather { mixed: true, ..Weather::CALM }, &storm)?;
    }

    /// Hosts lose power and network and come back, several at one instant.
    #[test]
    fn markets_with_outages_are_sound(
        storm in storms(Weather { outages: true, mixed: true, ..Weather::CALM }),
    ) {
        sound(Weather { outages: true, mixed: true, ..Weather::CALM }, &storm)?;
    }

    /// BILL-16. After class 11 of any instant no balance is below zero, this instant's units included.
    #[test]
    fn balances_never_fall_below_zero(storm in storms(Weather::GALE)) {
        let mut scenario = storm.scenario();
        // A sample comes after class 11: every ten seconds, and off every boundary.
        scenario.sample_every = Some(walras::units::Span::from_micros(9_999_999));
        let mut journal = Journal::default();
        let run = RunId { seed: 0, replication: 0 };
        let mut engine = Engine::begin(&scenario, run, &mut journal).unwrap();
        while engine.step() {
            if engine.turn.class == Class::Sample {
                for account in engine.turn.world.account_ids() {
                    let balance = engine.turn.balance(account, Side::After);
                    let now = engine.turn.now;
                    prop_assert!(!balance.is_negative(), "{now}: {account:?} has {balance}");
                }
            }
        }
    }

    /// All at once: outages, empty accounts, disks and images, types and clouds.
    #[test]
    fn markets_in_a_gale_are_sound(storm in storms(Weather::GALE)) {
        sound(Weather::GALE, &storm)?;
    }

    /// The same under rules and with requests that are rare elsewhere.
    #[test]
    fn odd_markets_are_sound(storm in storms(Weather::ODD)) {
        sound(Weather::ODD, &storm)?;
    }

    /// GPUs alone decide, while hosts price and promises are taken over within the grace.
    #[test]
    fn odd_and_rich_markets_are_sound(
        storm in storms(Weather { poor: false, disks: false, ..Weather::ODD }),
    ) {
        let scenario = storm.scenario();
        // vCPUs as requested can run out, too.
        let only_gpus = scenario.rules.vcpu_memory == VcpuMemory::Proportional
            && scenario.rules.spot;
        witness::run(&scenario, only_gpus).map_err(TestCaseError::fail)?;
    }
}
