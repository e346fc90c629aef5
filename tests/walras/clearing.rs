//! Prices that all spot pods of a scope pay: solved by hand, as properties of random markets, and against
//! a naive biller (SPOT-12 to SPOT-15, SPOT-17).

mod auction;
mod walk;

use crate::build;
use crate::stage::{self, Case};
use crate::storm::{Storm, Weather, config, storms};
use proptest::prelude::*;
use proptest::sample::select;
use std::collections::{BTreeMap, BTreeSet};
use walras::engine::{Engine, RunId};
use walras::ids::{HostId, Id, PodId, ScopeId};
use walras::journal::fact::{EndReason, Kind};
use walras::journal::{Fact, Journal};
use walras::scenario::Scenario;
use walras::scenario::prices::PricePath;
use walras::scenario::rules::{
    GracePaidBy, InterruptedUnit, Level, ReserveRises, SpotClearing, SpotReserve, Walk,
};
use walras::units::{Money, Price, SimTime, Span};

#[test]
fn cleared_markets_go_as_they_were_solved_by_hand() {
    Case::check_all(&Case::read(include_str!("clearing/solved.txt")));
}

/// One market, and each way of clearing takes another amount of the one who bids 0.90 for ten minutes: its
/// bid; the bid of 0.55 that waits; the 0.60 that has GPUs; the floor of 0.49, and from 300 s on, as all was
/// in use, 0.539; the 0.52 that was recorded.
#[test]
fn each_clearing_decides_differently_from_every_other() {
    let market = stage::scenario(
        "horizon 700\nrecord 0 0.52\nhost h gpus=4\n0 create a bid=0.90\n0 create b bid=0.80\n\
         0 create c bid=0.70\n0 create d bid=0.60\n0 create e bid=0.55 patience=1000\n600 stop a\n",
    );
    let paid = SpotClearing::ALL.map(|clearing| {
        let mut scenario = market.clone();
        scenario.rules.spot_clearing = clearing;
        if clearing != SpotClearing::Trace {
            scenario.spot_prices.clear();
        }
        let facts = build::run_audited(&scenario, 0);
        let first = facts.iter().find_map(|(_, fact)| match fact {
            Fact::RentalEnded(end) => Some((end.reason, end.compute.to_string())),
            _ => None,
        });
        let (reason, paid) = first.expect("it is stopped");
        assert_eq!(reason, EndReason::Stopped, "{clearing:?}");
        (clearing, paid)
    });
    let expected = [
        (SpotClearing::PayAsBid, "0.15"),
        (SpotClearing::UniformHighestLosing, "0.091666666"),
        (SpotClearing::UniformLowestWinning, "0.1"),
        (SpotClearing::Posted, "0.085749999"),
        (SpotClearing::Trace, "0.086666666"),
    ];
    assert_eq!(paid, expected.map(|(clearing, paid)| (clearing, paid.to_owned())));
}

fn cents(cents: i128) -> Money {
    Money::from_nanos(cents * 10_000_000)
}

/// A storm in which all of a scope pay one price.
pub(crate) fn cleared(weather: Weather) -> impl Strategy<Value = Storm> {
    let uniform = [SpotClearing::UniformHighestLosing, SpotClearing::UniformLowestWinning];
    let posted = [SpotClearing::Posted, SpotClearing::Trace];
    let walk = Walk {
        start: Level::Amount(cents(50)),
        ceiling: Level::Amount(cents(60)),
        sigma: 0.3,
        every: Span::from_seconds(70),
    };
    let reserves =
        vec![SpotReserve::SpotFloor, SpotReserve::Amount(cents(52)), SpotReserve::Walk(walk)];
    let clearing = [uniform.as_slice(), &uniform, &posted].concat();
    (storms(weather), select(clearing), select(reserves), any::<(bool, bool)>()).prop_map(
        |(mut storm, clearing, reserve, (shown, spares))| {
            storm.rules.spot = true;
            storm.rules.spot_clearing = clearing;
            storm.rules.spot_reserve = reserve;
            storm.rules.reserve_shown = shown;
            storm.rules.reserve_rises =
                if spares { ReserveRises::Spares } else { ReserveRises::Interrupts };
            storm.rules.posted_interval = Span::from_seconds(50);
            storm
        },
    )
}

/// The market of such a storm. Where prices were recorded, there is another every 50 s, from below all floors to
/// above most bids.
fn market(storm: &Storm) -> Scenario {
    let mut scenario = storm.scenario();
    if scenario.rules.spot_clearing == SpotClearing::Trace {
        let rows = (0..60_u64)
            .map(|step| (SimTime::from_seconds(50 * step), cents(40 + i128::from(step * 7 % 31))));
        let path = PricePath { rows: rows.collect() };
        let scopes = (0..scenario.scopes.len()).map(ScopeId::from_index);
        scenario.spot_prices = scopes.map(|scope| (scope, path.clone())).collect();
    }
    scenario
}

/// What everybody pays, from the facts alone.
#[derive(Default)]
struct NaiveBiller {
    prices: BTreeMap<ScopeId, Vec<(SimTime, Money)>>,
    bids: BTreeMap<PodId, (Money, u32)>,
    /// SPOT-16. Later bids.
    changed: BTreeMap<PodId, Vec<(SimTime, Money)>>,
    placed: BTreeMap<PodId, (SimTime, HostId)>,
    /// When each got SIGTERM, and whether for a newcomer.
    signalled: BTreeMap<PodId, (SimTime, bool)>,
    /// What each spot rental paid for compute, and what it should have.
    checked: Vec<(Money, Money)>,
}

impl NaiveBiller {
    fn hear(&mut self, scenario: &Scenario, at: SimTime, fact: &Fact) {
        match *fact {
            Fact::PricePublished { scope, quote } => {
                let price = quote.spot_price.expect("a price stands whoever bids");
                self.prices.entry(scope).or_default().push((at, price));
            }
            Fact::PodRequested(asked) => {
                self.placed.remove(&asked.pod);
                self.signalled.remove(&asked.pod);
                self.bids.remove(&asked.pod);
                self.changed.remove(&asked.pod);
                if let Kind::Spot { bid } = asked.kind {
                    self.bids.insert(asked.pod, (bid, asked.gpus));
                }
            }
            Fact::PodPlaced { pod, host, gpus, .. } => {
                self.placed.insert(pod, (at, host));
                // POD-12. It may have started without any.
                self.bids.entry(pod).and_modify(|(_, asked)| *asked = gpus);
            }
            Fact::BidChanged { pod, bid } => self.changed.entry(pod).or_default().push((at, bid)),
            Fact::PodDisplaced { pod, by, .. } => {
                self.signalled.insert(pod, (at, by.is_some()));
            }
            Fact::RentalEnded(end) => {
                let bid = self.bids.get(&end.pod).copied();
                if let Some((placed, bid)) = self.placed.get(&end.pod).copied().zip(bid)
                    && 0 < bid.1
                {
                    // A unit that begins at the horizon is charged before it.
                    let more = Span::from_micros(u64::from(end.reason == EndReason::Alive));
                    let owed = self.owed(scenario, end.pod, (placed, at + more), bid);
                    self.checked.push((end.compute, owed));
                }
            }
            _ => {}
        }
    }
    /// Minute by minute: each unit at the price in force when it begins, each stretch rounded down.
    fn owed(
        &self,
        scenario: &Scenario,
        pod: PodId,
        ((placed, host), until): ((SimTime, HostId), SimTime),
        (bid, gpus): (Money, u32),
    ) -> Money {
        let spec = &scenario.hosts[host.index()];
        let scope = scenario.pools[spec.pool.index()].scope;
        let unit = scenario.rules.compute_unit;
        let (mut total, mut stretch): (Money, Option<(Money, u64)>) = (Money::ZERO, None);
        let mut begins = placed;
        let stretch_owes =
            |(price, units): (Money, u64)| Price::per_hour(price).owed(gpus, unit, units);
        while begins < until {
            // In the instant of SIGTERM bids make their price later, and a posted one stands before any
            // newcomer asks.
            let posted = scenario.rules.spot_clearing.is_posted();
            let signal = self.signalled.get(&pod).filter(|(signal, _)| *signal <= begins);
            let is_seen = |at: SimTime| match signal {
                Some((signal, newcomer)) if posted && *newcomer => at <= *signal,
                Some((signal, _)) => at < *signal,
                None => at <= begins,
            };
            let path = &self.prices[&scope];
            // Who got SIGTERM as soon as it was placed keeps what it was placed at.
            let known = path.iter().rev().find(|(at, _)| is_seen(*at)).unwrap_or(&path[0]);
            // In grace a pod keeps its price, whatever it bids now.
            let last = signal.map_or(begins, |(signal, _)| *signal);
            let later = self.changed.get(&pod).into_iter().flatten();
            let bid = later.rev().find(|(at, _)| *at <= last).map_or(bid, |(_, bid)| *bid);
            let price = known.1.min(bid);
            stretch = Some(match stretch {
                Some((same, units)) if same == price => (same, units + 1),
                before => {
                    total += before.map_or(Money::ZERO, stretch_owes);
                    (price, 1)
                }
            });
            begins = begins + unit;
        }
        total + stretch.map_or(Money::ZERO, stretch_owes)
    }
}

/// When, why and at what cost each rental of a run ended in which, if `closely`, each account's funds are
/// worked out exactly at every look.
fn ends(scenario: &Scenario, closely: bool) -> BTreeSet<(SimTime, String)> {
    let mut heard = build::Heard::default();
    let mut journal = Journal::new(vec![&mut heard]);
    let mut engine =
        Engine::begin(scenario, RunId { seed: 1, replication: 0 }, &mut journal).unwrap();
    if let Some(spot) = &mut engine.turn.world.spot {
        spot.look_closely = closely;
    }
    while engine.step() {}
    engine.finish().unwrap();
    // Accounts that are due together go by the order in which they joined the agenda.
    let end = |(at, fact)| match fact {
        Fact::RentalEnded(end) => {
            Some((at, format!("{} {:?} {}", end.pod.number, end.reason, end.paid())))
        }
        _ => None,
    };
    heard.0.into_iter().filter_map(end).collect()
}

proptest! {
    #![proptest_config(config(400))]

    /// The audit works out winners, losers and prices anew after every event, and finds no winner that
    /// pays more than its bid, and no pod that does not pay the price.
    #[test]
    fn spot_12_cleared_markets_are_sound(storm in cleared(Weather::GALE)) {
        build::run_audited(&market(&storm), 0);
    }

    #[test]
    fn spot_12_odd_cleared_markets_are_sound(storm in cleared(Weather::ODD)) {
        build::run_audited(&market(&storm), 0);
    }

    /// What meters read off the path of a price is what a biller finds who goes minute by minute.
    #[test]
    fn spot_15_a_rental_pays_for_each_unit_the_price_in_force(
        storm in cleared(Weather { mixed: true, ..Weather::CALM }),
    ) {
        let mut scenario = market(&storm);
        scenario.rules.minute_rounding = walras::scenario::rules::Rounding::Started;
        scenario.rules.interrupted_unit = InterruptedUnit::Charged;
        scenario.rules.grace_paid_by = GracePaidBy::Victim;
        let mut biller = NaiveBiller::default();
        for (at, fact) in build::run_audited(&scenario, 0) {
            biller.hear(&scenario, at, &fact);
        }
        for (paid, owed) in biller.checked {
            prop_assert_eq!(paid, owed);
        }
    }

    /// BILL-09, BILL-12. Lines that reckon with bids, and are looked at again where a price rises, find
    /// the same instants as those who work out everything at every look.
    #[test]
    fn spot_15_funds_run_out_as_if_they_were_always_worked_out(storm in cleared(Weather::GALE)) {
        let scenario = market(&storm);
        let (ends, exactly) = (ends(&scenario, false), ends(&scenario, true));
        let differ: Vec<_> = ends.symmetric_difference(&exactly).take(4).collect();
        prop_assert!(differ.is_empty(), "{differ:?}");
    }
}
