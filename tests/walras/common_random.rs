//! Common random numbers: whatever policy is chosen, the same customers come with the same wishes, and
//! the same hosts fail; so that a comparison of policies is a paired one.

use crate::build::Heard;
use walras::engine::{self, RunId};
use walras::journal::fact::{Kind, PodName};
use walras::journal::{Fact, Journal};
use walras::scenario::load::from_text;
use walras::scenario::model::{PlacementChoice, Policies};
use walras::units::{GpuTime, Money, SimTime};

/// Mixed demand that presses a small fleet of unlike hosts, with outages.
const MARKET: &str = r#"(
    horizon: "3d",
    sample_every: None,
    rules: (displaced: resume),
    fleet: [
        (prefix: "ro", gpu_type: "NVIDIA RTX A6000", datacenter: "EU-RO-1", count: 3, gpus: 8),
        (prefix: "small", gpu_type: "NVIDIA RTX A6000", datacenter: "EU-RO-1", count: 4, gpus: 2,
            min_bid: 0.40),
        (prefix: "home", gpu_type: "NVIDIA GeForce RTX 4090", cloud: COMMUNITY, count: 4, gpus: 4),
    ],
    customers: [
        (
            name: "labs", accounts: 5, balance: Uniform(low: 20, high: 2000),
            arrivals: Poisson(rate: "6/h", profile: Daily(amplitude: 0.7, peak_hour: 14)),
            gpu_type: ["NVIDIA RTX A6000", "NVIDIA GeForce RTX 4090"],
            gpus: Choice({1: 0.6, 2: 0.2, 4: 0.1, 8: 0.1}),
            duration: LogNormal(median: "2h", p95: "12h"),
            value: Uniform(low: 2, high: 8), patience: Exponential(mean: "30m"), volume_gb: 50,
        ),
        (
            name: "students", accounts: 9, balance: 100,
            deposits: (every: Exponential(mean: "1d"), amount: 25),
            arrivals: Bursts(states: [(rate: "1/h", stay: "5h"), (rate: "20/h", stay: "2h")]),
            gpu_type: "NVIDIA RTX A6000", gpus: Choice({1: 0.7, 2: 0.3}),
            duration: Exponential(mean: "90m"), patience: "6h", kind: spot(share: 0.75),
        ),
    ],
    script: [
        (at: "20h", do: HostDown(host: "ro-2")), (at: "22h", do: HostUp(host: "ro-2")),
        (at: "30h", do: NetworkDown(host: "home-1")), (at: "31h", do: NetworkUp(host: "home-1")),
    ],
)"#;

/// What comes from outside the market.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Outside {
    /// Name, kind, GPUs, work, value.
    Arrival(PodName, Kind, u32, Option<GpuTime>, Option<Money>),
    Failure(Fact),
}

/// What comes from outside under `policies`, and how many pods were placed when: its consequence.
fn outside(policies: Policies) -> (Vec<(SimTime, Outside)>, Vec<SimTime>) {
    let mut scenario = from_text("market", MARKET).unwrap_or_else(|faults| panic!("{faults:?}"));
    scenario.policies = policies;
    let mut heard = Heard::default();
    let run = RunId { seed: 4, replication: 1 };
    let mut journal = Journal::new(vec![&mut heard]);
    engine::run(&scenario, run, &mut journal, &mut |_| {}).expect("a sound run");
    let from_outside = |(at, fact): &(SimTime, Fact)| {
        let came = match fact {
            Fact::PodRequested(new) if new.rental == 1 => {
                Outside::Arrival(new.name, new.kind, new.gpus, new.work, new.value)
            }
            Fact::HostDown { .. } | Fact::HostUp { .. } => Outside::Failure(*fact),
            Fact::NetworkDown { .. } | Fact::NetworkUp { .. } => Outside::Failure(*fact),
            _ => return None,
        };
        Some((*at, came))
    };
    let placed = heard.0.iter().filter(|(_, fact)| matches!(fact, Fact::PodPlaced { .. }));
    (heard.0.iter().filter_map(from_outside).collect(), placed.map(|(at, _)| *at).collect())
}

/// Swapping any policy leaves every arrival, size, value and failure as it was.
#[test]
fn no_policy_changes_what_comes_from_outside() {
    let (same, placed) = outside(Policies::default());
    assert!(400 < same.len(), "{} came", same.len());
    assert_eq!(same.iter().filter(|(_, came)| matches!(came, Outside::Failure(_))).count(), 4);
    let mut moved = 0;
    for placement in PlacementChoice::ALL {
        let (came, then_placed) = outside(Policies { placement, ..Policies::default() });
        assert!(came == same, "{placement:?} changed what comes from outside");
        moved += u32::from(then_placed != placed);
    }
    assert!(5 < moved, "only {moved} policies changed anything at all");
}
