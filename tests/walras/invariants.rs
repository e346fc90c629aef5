//! Every invariant holds after every event, in markets where everything happens at once.

use crate::build;
use walras::journal::Fact;
use walras::rng::draw::Distribution;
use walras::scenario::demand::{BidRule, Buying};
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
    let facts = build::run_audited(&scenario, 0);
    let count = |wanted: fn(&Fact) -> bool| facts.iter().filter(|(_, fact)| wanted(fact)).count();
    assert!(0 < count(|fact| matches!(fact, Fact::PodDisplaced { .. })), "spot is displaced");
    assert!(0 < count(|fact| matches!(fact, Fact::PromiseLost { .. })), "promises are taken over");
}
