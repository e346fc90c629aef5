//! What providers ask, by each policy (HOST-13).

use super::{check, market, pod};
use crate::build;
use walras::engine::{RunId, run_with};
use walras::journal::{Fact, Journal, Sink};
use walras::policy::registry::{BadName, Registry};
use walras::policy::{Asking, Provider};
use walras::scenario::load::from_text;
use walras::units::{Money, SimTime};

/// SPOT-13's rule, on a provider's own use, from review to review: idle, 0.69 × 0.6 = 0.414, in cents 0.41; × 0.6
/// is below half of the list price, 0.345, in cents 0.35. Rented for 2.5 h of 10 h it falls, and stays at the
/// floor; rented all the time it rises to 0.345 × 1.1 = 0.3795, then 0.41745; at 60 h a quarter of the time
/// brings 0.41745 × 0.725 = 0.30265, below the floor again.
#[test]
fn match_utilization_moves_with_a_hosts_own_use() {
    let supply = r#"at_start: 1, cost: 0.1, asks: match_utilization(), review_every: "10h""#;
    check(
        &market(supply, &pod("p", "27h30m", "25h")),
        "0h g-1 comes at a cost of 0.1
        0h g-1 asks 0.69, 0.345
        10h g-1 asks 0.41, 0.205
        20h g-1 asks 0.35, 0.175
        27:30h a pod on g-1 at 0.35
        40h g-1 asks 0.38, 0.19
        50h g-1 asks 0.42, 0.21
        60h g-1 asks 0.35, 0.175",
    );
}

/// A host that is down all the time tells nothing: its price stays. Of 10 h it is down from 5 h to 35 h.
#[test]
fn a_price_that_nobody_could_pay_stays() {
    let supply = r#"at_start: 1, cost: 0.1, asks: match_utilization(gain: 0.1), review_every: "10h",
        power_failures: (time_to_failure: "5h", time_to_repair: "30h")"#;
    let told = super::told(&market(supply, ""));
    let asks = |at: &str| told.iter().any(|line| line.starts_with(&format!("{at} g-1 asks")));
    let heard = ["10h", "20h", "30h", "40h"].map(asks);
    assert_eq!(heard, [true, false, false, true], "{told:?}");
}

/// What a policy answered is kept as it was, so that no step is too small to count in the long run: idle, it
/// asks for 1 − 0.01 × 0.8 of what it asked, and 0.69 × 0.992 = 0.68448 is 0.68 in cents, but its next is made of it as it is.
#[test]
fn a_price_is_rounded_where_it_is_asked_and_not_where_it_is_kept() {
    let supply = r#"at_start: 1, cost: 0.1, asks: match_utilization(target: 0.8, gain: 0.01),
        review_every: "10h""#;
    check(
        &market(supply, ""),
        "0h g-1 comes at a cost of 0.1
        0h g-1 asks 0.69, 0.345
        10h g-1 asks 0.68, 0.34
        30h g-1 asks 0.67, 0.335
        50h g-1 asks 0.66, 0.33",
    );
}

/// Its cost and a quarter on top: 0.3 × 1.25 = 0.375; half a cent a step.
#[test]
fn cost_plus_asks_its_cost_and_a_margin() {
    check(
        &market(
            r#"at_start: 1, cost: 0.3, asks: cost_plus(margin: 0.25), price_step: 0.005,
            min_bid_share: 0.5"#,
            "",
        ),
        "0h g-1 comes at a cost of 0.3
        0h g-1 asks 0.375, 0.1875",
    );
}

/// Three others ask 0.40, 0.50 and 0.60. Of what it sees its own price is left out, so nobody undercuts itself.
#[test]
fn follow_market_asks_what_others_do() {
    let of = |asks: &str| {
        let text = format!(
            r#"(
                horizon: "25h", sample_every: None, rules: (community_pricing: host),
                gpu_types: [(id: "NVIDIA RTX A6000", community: (price: 0.69, min_bid: 0.49))],
                fleet: [
                    (name: "x", gpu_type: "NVIDIA RTX A6000", cloud: COMMUNITY, price: 0.4),
                    (name: "y", gpu_type: "NVIDIA RTX A6000", cloud: COMMUNITY, price: 0.5),
                    (name: "z", gpu_type: "NVIDIA RTX A6000", cloud: COMMUNITY, price: 0.6),
                ],
                supply: [(
                    name: "g", gpu_type: "NVIDIA RTX A6000", gpus: 1, at_start: 1, cost: 0, asks: {asks},
                    review_every: "10h",
                )],
                script: [(at: "15h", do: SetPrice(host: "x", price: 0.55))],
            )"#
        );
        let scenario = from_text("market", &text).unwrap();
        let facts = build::run_audited(&scenario, 0);
        let asked = facts.iter().filter_map(|(_, fact)| match fact {
            Fact::PriceSet(set) if set.host.is_some() => {
                set.on_demand.map(|price| price.to_string())
            }
            _ => None,
        });
        asked.collect::<Vec<String>>().join(" ")
    };
    assert_eq!(of("follow_market(of: lowest, factor: 0.9)"), "0.36 0.55 0.45");
    assert_eq!(of("follow_market(factor: 0.9)"), "0.45 0.55 0.5");
    assert_eq!(of("follow_market(of: list)"), "0.69 0.55");
    // The middle of two is the lower one; with nobody else it is the list price.
    let alone = market(r#"at_start: 2, cost: 0.1, asks: follow_market(factor: 0.5)"#, "");
    check(
        &alone,
        "0h g-1 comes at a cost of 0.1
        0h g-1 asks 0.35, 0.175
        0h g-2 comes at a cost of 0.1
        0h g-2 asks 0.18, 0.09",
    );
}

/// Each draws its own price once, and keeps it.
#[test]
fn fixed_is_drawn_once_and_kept() {
    let scenario = market(
        r#"at_start: 4, cost: 0.1, asks: fixed(Choice({0.3: 0.5, 0.5: 0.5})), review_every: "1h""#,
        "",
    );
    let facts = build::run_audited(&scenario, 0);
    let asked: Vec<String> = facts
        .iter()
        .filter_map(|(at, fact)| match fact {
            Fact::PriceSet(set) => {
                assert_eq!(*at, SimTime::ZERO);
                Some(set.on_demand.unwrap().to_string())
            }
            _ => None,
        })
        .collect();
    assert_eq!(asked.len(), 4);
    assert!(asked.contains(&"0.3".to_owned()) && asked.contains(&"0.5".to_owned()), "{asked:?}");
}

/// A copy of `cost_plus(margin: 1)`, and one that would pay its customers.
struct Double;
impl Asking for Double {
    fn ask(&self, provider: &Provider) -> Money {
        provider.cost + provider.cost
    }
}
struct Generous;
impl Asking for Generous {
    fn ask(&self, _: &Provider) -> Money {
        Money::from_dollars(-1)
    }
}

/// A program's own policy decides as a built-in one would; a price is never below zero.
#[test]
fn a_policy_of_ones_own_asks() {
    let mut all = Registry::new();
    all.add_asking("double", || Box::new(Double)).unwrap();
    all.add_asking("generous", || Box::new(Generous)).unwrap();
    let taken = all.add_asking("fixed", || Box::new(Double)).map(|_| ());
    assert_eq!(taken, Err(BadName::Taken("fixed")));
    let digest = |asks: &str| {
        let text = format!(
            r#"(
                horizon: "30d", rules: (community_pricing: host),
                supply: [(
                    name: "g", gpu_type: "NVIDIA RTX A6000", at_start: 2, invited_every: "1d",
                    cost: Uniform(low: 0.1, high: 0.3), asks: {asks},
                )],
                customers: [(
                    name: "c", balance: 100000, arrivals: Poisson(rate: "1/h"), duration: "2h",
                    gpu_type: "NVIDIA RTX A6000",
                )],
            )"#
        );
        let scenario = all.from_text("own", &text).unwrap();
        let mut digest = walras::journal::digest::Digest::new();
        let mut journal = Journal::new(vec![&mut digest as &mut dyn Sink]);
        let run = RunId { seed: 1, replication: 0 };
        run_with(&scenario, run, &all, &mut journal, &mut |_| true).unwrap();
        digest.finish()
    };
    assert_eq!(digest("double"), digest("cost_plus(margin: 1)"));
    assert_eq!(digest("generous"), digest("fixed(0)"));
    assert_ne!(digest("double"), digest("generous"));
}
