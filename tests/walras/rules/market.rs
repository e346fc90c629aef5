//! Requests, resumes and hosts, solved by hand.

use crate::build;
use crate::stage::Case;
use walras::ids::{HostId, Id};
use walras::journal::Fact;
use walras::scenario::load::from_text;
use walras::units::{Money, SimTime};

#[test]
fn the_market_goes_as_it_was_solved_by_hand() {
    Case::check_all(&Case::read(include_str!("market.txt")));
}

/// GEN-11, HOST-13. In one instant scopes come before hosts, each in the order of the script, and what
/// came of it is published once.
#[test]
fn prices_of_scopes_are_set_before_those_of_hosts() {
    let text = r#"(
        horizon: "1m",
        rules: (community_pricing: host, host_price_interval: "0s"),
        fleet: [(names: ["a", "b"], gpu_type: "NVIDIA RTX A6000", cloud: COMMUNITY)],
        script: [
            (at: "10s", do: SetPrice(host: "b", price: 0.50)),
            (at: "10s", do: SetPrice(gpuTypeId: "NVIDIA RTX A6000", cloudType: COMMUNITY, price: 0.60)),
            (at: "10s", do: SetPrice(host: "a", price: 0.55, minimumBid: 0.20)),
            (at: "10s", do: SetPrice(gpuTypeId: "NVIDIA RTX A6000", cloudType: COMMUNITY, minimumBid: 0.30)),
            (at: "10s", do: SetPrice(host: "b", price: 0.65)),
        ],
    )"#;
    let scenario = from_text("prices.ron", text).unwrap_or_else(|problems| panic!("{problems}"));
    let cents = |cents: i128| Money::from_nanos(cents * 10_000_000);
    let (mut set, mut published) = (Vec::new(), Vec::new());
    for (at, fact) in build::run_audited(&scenario, 0) {
        match fact {
            Fact::PriceSet { host, on_demand, min_bid, .. } => set.push((host, on_demand, min_bid)),
            Fact::PricePublished { quote, .. } if at == SimTime::from_seconds(10) => {
                published.push((quote.on_demand, quote.spot_floor));
            }
            _ => {}
        }
    }
    let host = |index| Some(HostId::from_index(index));
    let expected = [
        (None, Some(cents(60)), None),
        (None, None, Some(cents(30))),
        (host(1), Some(cents(50)), None),
        (host(0), Some(cents(55)), Some(cents(20))),
        (host(1), Some(cents(65)), None),
    ];
    assert_eq!(set, expected);
    assert_eq!(published, [(cents(55), cents(20))]);
}
