//! The study of one rule: `without_spot.ron` is `with_spot.ron` but for `spot: false`, and whoever cannot bid
//! there buys on demand.

use crate::build;
use std::path::PathBuf;
use walras::journal::Fact;
use walras::journal::fact::{Decision, Kind, Refusal};
use walras::scenario::{Override, Scenario, load};
use walras::units::Money;

fn scenario(name: &str, sets: &[(&str, &str)]) -> Scenario {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("scenarios").join(name);
    let set = |(path, value): &(&str, &str)| Override::new(*path, *value);
    let sets: Vec<Override> = sets.iter().map(set).collect();
    load::load(&path, &sets).unwrap_or_else(|problems| panic!("{problems}"))
}

/// Jobs, spot requests, displacements, customers who go on demand as there is no spot (for them).
fn counts(scenario: &Scenario) -> [usize; 4] {
    let facts = build::run_audited(scenario, 0);
    let count = |is: fn(&Fact) -> bool| facts.iter().filter(|(_, fact)| is(fact)).count();
    [
        count(|fact| matches!(fact, Fact::JobBegun(_))),
        count(|fact| matches!(fact, Fact::PodRequested(asked) if asked.kind != Kind::OnDemand)),
        count(|fact| matches!(fact, Fact::PodDisplaced { .. })),
        count(|fact| match fact {
            Fact::Decided(decided) => {
                decided.step == Decision::OnDemand && decided.refusal == Some(Refusal::BadArgument)
            }
            _ => false,
        }),
    ]
}

#[test]
fn spot_01_one_rule_is_all_that_differs() {
    let [with, mut without] = ["with_spot.ron", "without_spot.ron"].map(|name| scenario(name, &[]));
    assert!(with.rules.spot && !without.rules.spot);
    without.rules.spot = true;
    assert_eq!(with.rules, without.rules);
    let of = |scenario: &Scenario| format!("{:?}{:?}", scenario.segments, scenario.hosts);
    assert_eq!(of(&with), of(&without));
    assert_eq!((with.seed, with.horizon), (without.seed, without.horizon));
}

#[test]
fn spot_01_without_spot_its_customers_take_their_steps_after_a_refusal() {
    let short = [("horizon", "3d"), ("warm_up", "0s")];
    let [jobs, spot, displaced, turned] = counts(&scenario("with_spot.ron", &short));
    assert!(jobs <= spot, "each asks for spot once at least: {jobs} {spot}");
    assert!(100 < jobs && 10 < displaced && turned == 0, "{jobs} {displaced} {turned}");
    let without = counts(&scenario("without_spot.ron", &short));
    assert_eq!(without, [jobs, 0, 0, jobs], "the same customers, all on demand");
}

/// SPOT-02. A bid above the cap is nothing that the rules allow, either: 0.55 is, and twice the price of 0.79
/// is not, where once is the most.
#[test]
fn spot_02_customers_answer_a_bid_above_the_cap() {
    let with = |kind: &str| {
        let short = [("horizon", "1d"), ("warm_up", "0s"), ("rules.bid_cap", "1")];
        scenario("with_spot.ron", &[&short[..], &[("customers[students].kind", kind)]].concat())
    };
    let [jobs, spot, _, turned] = counts(&with("spot(bid: 0.79)"));
    assert!(0 < jobs && jobs <= spot && turned == 0);
    let [jobs, spot, _, turned] = counts(&with("spot(bid: 0.790000001)"));
    assert!(0 < jobs && spot == 0 && turned == jobs);
    assert_eq!(with("spot(bid: 0.79)").scopes[0].on_demand, Money::parse("0.79").unwrap());
}
