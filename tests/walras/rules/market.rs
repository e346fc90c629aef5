//! Requests, resumes and hosts, solved by hand.

use crate::build;
use crate::stage::Case;
use walras::ids::{HostId, Id};
use walras::journal::Fact;
use walras::journal::fact::{EndReason, Operation, Refusal};
use walras::scenario::load::from_text;
use walras::units::{Money, SimTime, Span};

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

/// POD-13. A pod that was asked for without a GPU has no work to end with: it is done when its stay is
/// over, from a segment as from a trace.
#[test]
fn pod_13_a_pod_without_gpus_is_done_when_its_stay_is_over() {
    let text = r#"(
        horizon: "1d",
        fleet: [(prefix: "h", gpu_type: "NVIDIA RTX A6000", datacenter: "EU-RO-1")],
        customers: [(name: "z", balance: 1000, gpu_type: "NVIDIA RTX A6000", gpus: 0,
            duration: "10m", arrivals: Renewal(gap: "1h"), until: "90m")],
    )"#;
    let scenario = from_text("zero.ron", text).unwrap_or_else(|problems| panic!("{problems}"));
    let (mut running, mut ended) = (None, None);
    for (at, fact) in build::run_audited(&scenario, 0) {
        match fact {
            Fact::PodRunning { .. } => running = Some(at),
            Fact::RentalEnded(end) => ended = Some((at, end.reason)),
            _ => {}
        }
    }
    let due = running.expect("the pod runs") + Span::from_seconds(600);
    assert_eq!(ended, Some((due, EndReason::Completed)));
}

/// POD-06, `block`. A spot resume stands behind a bid that waits for its host's scope, whoever else asks.
#[test]
fn pod_06_a_spot_resume_is_blocked_like_any_other_bid() {
    for alone in [true, false] {
        let other = r#"(at: "6m", account: "a", do: CreateSpotPod(name: "o", gpuTypeId: "NVIDIA RTX A6000",
            bidPerGpu: 0.52)),"#;
        let other = if alone { "" } else { other };
        let text = format!(
            r#"(
                horizon: "1h",
                rules: (waiting_order: block),
                fleet: [(prefix: "h", gpu_type: "NVIDIA RTX A6000", datacenter: "EU-RO-1", gpus: 8)],
                accounts: [(name: "a", balance: 1000)],
                script: [
                    (at: "1m", account: "a", do: CreatePod(name: "od", gpuTypeId: "NVIDIA RTX A6000",
                        gpuCount: 4)),
                    (at: "2m", account: "a", do: CreateSpotPod(name: "s", gpuTypeId: "NVIDIA RTX A6000",
                        bidPerGpu: 0.50)),
                    (at: "3m", account: "a", do: StopPod(podId: "s")),
                    (at: "4m", account: "a", do: CreateSpotPod(name: "w", gpuTypeId: "NVIDIA RTX A6000",
                        gpuCount: 8, bidPerGpu: 0.60, patience: "50m")),
                    {other}
                    (at: "6m", account: "a", do: ResumeSpotPod(podId: "s", bidPerGpu: 0.55)),
                ],
            )"#
        );
        let scenario = from_text("block.ron", &text).unwrap_or_else(|found| panic!("{found}"));
        let facts = build::run_audited(&scenario, 0);
        let refused = facts.iter().filter_map(|(_, fact)| match fact {
            Fact::Rejected { operation, reason, .. } => Some((*operation, *reason)),
            _ => None,
        });
        let expected = (Operation::ResumeSpotPod, Refusal::NoCapacity);
        assert!(refused.into_iter().any(|found| found == expected), "alone: {alone}");
    }
}
