//! List prices that move by themselves: each policy on a market solved by hand, and all of them in storms.

mod storms;

use crate::build;
use std::collections::BTreeMap;
use walras::engine::{self, RunId};
use walras::ids::{Id, ScopeId};
use walras::journal::fact::{MeterTerms, PriceSet};
use walras::journal::{Fact, Journal};
use walras::scenario::Scenario;
use walras::scenario::load::from_text;
use walras::scenario::prices::ListPriceChoice;
use walras::units::{GpuTime, Money, Price, SimTime};

/// A market of one host of one GPU at 0.80, its floor left to the rules, and a rich account.
fn market(horizon: &str, list_price: &str, fields: &str) -> Scenario {
    let text = format!(
        r#"(
        horizon: "{horizon}", start: "2024-03-30T06:00", sample_every: None,
        gpu_types: [(id: "GPU", memory_gb: 48, secure: (price: 0.80))],
        fleet: [(name: "h", gpu_type: "GPU", datacenter: "EU-RO-1", gpus: 1)],
        accounts: [(name: "ada", balance: 1000)],
        policies: (list_price: {list_price}),
        {fields}
    )"#
    );
    from_text("list_prices.ron", &text).unwrap_or_else(|problems| panic!("{problems}"))
}

fn usd(text: &str) -> Money {
    Money::parse(text).unwrap()
}

/// Seconds, and the price set, in the cloud that has the host.
fn set(facts: &[(SimTime, Fact)]) -> Vec<(u64, String)> {
    let set = facts.iter().filter_map(|(at, fact)| match fact {
        Fact::PriceSet(PriceSet { scope, on_demand: Some(price), min_bid: None, host: None }) => {
            let price = price.to_string();
            (scope.index() == 0).then(|| (at.micros() / 1_000_000, price))
        }
        _ => None,
    });
    set.collect()
}
fn told(steps: &[(u64, &str)]) -> Vec<(u64, String)> {
    steps.iter().map(|(at, price)| (*at, (*price).to_owned())).collect()
}

/// SPOT-13's formula for the list price; u by GEN-13: spot is held as on demand is, what is in grace and
/// what waits for it is not, a host that is down is not up. Case 40 has the first two numbers.
#[test]
fn utilization_moves_the_price_by_what_was_held_of_what_was_up() {
    let scenario = market(
        "25m",
        "utilization(floor_share: 0.2, cap_share: 0.55)",
        r#"rules: (container_start: "0s", grace: "5m"),
        script: [
            (at: "0s", do: SetPrice(gpuTypeId: "GPU", price: 0.80)),
            (at: "15s", account: "ada", do: CreatePod(name: "p", gpuTypeId: "GPU")),
            (at: "300s", account: "ada", do: TerminatePod(podId: "p")),
            (at: "450s", account: "ada", do: CreatePod(name: "q", gpuTypeId: "GPU")),
            (at: "600s", account: "ada", do: TerminatePod(podId: "q")),
            (at: "600s", do: HostDown(host: "h")),
            (at: "900s", do: HostUp(host: "h")),
            (at: "900s", account: "ada", do: CreateSpotPod(name: "s", gpuTypeId: "GPU", bidPerGpu: 0.9)),
            (at: "1200s", account: "ada", do: CreatePod(name: "r", gpuTypeId: "GPU")),
        ],"#,
    );
    // What was stated is beyond the cap: the first change comes down to it.
    let first = set(&build::run_audited(&scenario, 0));
    assert_eq!(first[..2], told(&[(0, "0.8"), (300, "0.44")]));
    let mut scenario = scenario;
    scenario.scopes[0].on_demand = usd("0.40");
    scenario.script.remove(0);
    let ListPriceChoice::Utilization(terms) = &mut scenario.list_prices[0].1 else {
        panic!("utilization was chosen")
    };
    terms.cap = walras::units::Share::parse("1.1").unwrap();
    let expected = [
        (300, "0.43"),    // 285 of 300 seconds
        (600, "0.3655"),  // 150 of 300
        (900, "0.40205"), // none was up
        (1_200, "0.44"),  // all, by spot: the cap
        (1_500, "0.264"), // none: the victim is in grace, and the newcomer waits for it
    ];
    assert_eq!(set(&build::run_audited(&scenario, 0)), told(&expected));
}

/// GEN-11. In one instant the script comes first; a policy's next change starts from what it stated. Floors
/// stay, though this one was a share of the price (GPU-04).
#[test]
fn a_scripted_price_holds_until_the_policy_s_next_change_which_starts_from_it() {
    let scenario = market(
        "27h",
        "time_of_day(factors: {22: 0.8, 8: 1.25})",
        r#"script: [
            (at: "3h", do: SetPrice(gpuTypeId: "GPU", price: 0.60)),
            (at: "26h", do: SetPrice(gpuTypeId: "GPU", price: 0.40)),
        ],"#,
    );
    const HOUR: u64 = 3_600;
    let facts = build::run_audited(&scenario, 0);
    let expected = [
        (0, "0.64"), // 06:00 UTC: the night before's factor holds
        (2 * HOUR, "1"),
        (3 * HOUR, "0.6"),
        (16 * HOUR, "0.48"),
        (26 * HOUR, "0.4"),
        (26 * HOUR, "0.5"),
    ];
    assert_eq!(set(&facts), told(&expected));
    let published = facts.iter().filter_map(|(at, fact)| match fact {
        Fact::PricePublished { quote, .. } => Some((at.micros() / 1_000_000, *quote)),
        _ => None,
    });
    let published: Vec<_> = published.collect();
    assert!(published.iter().all(|(_, quote)| quote.spot_floor == usd("0.4")), "{published:?}");
    let prices: Vec<_> =
        published.iter().map(|(at, quote)| (*at, quote.on_demand.to_string())).collect();
    let last = [&expected[..4], &expected[5..]].concat();
    assert_eq!(prices, told(&last), "what is set and replaced in one instant is never published");
}

/// A file of prices in a directory of its own.
fn recorded(rows: &str) -> (tempfile::TempDir, String) {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("prices.csv");
    std::fs::write(&path, format!("at_s,price_usd_per_gpu_hour\n{rows}")).unwrap();
    let path = path.display().to_string();
    (directory, path)
}

/// SPOT-13, *Trace*, for the list price. Rows before time 0 tell the price in force then, rows after the
/// horizon nothing; what was stated in between holds until the next row.
#[test]
fn a_recorded_price_is_replayed_row_by_row_and_none_ahead_of_need() {
    let (_directory, path) = recorded("0,0.5\n600,0.7\n1200,0.6\n1800,0.6\n2400,0.9\n90000,0.1\n");
    let list_price = format!(r#"replayed(path: "{path}", from: "700s")"#);
    let script = r#"script: [(at: "700s", do: SetPrice(gpuTypeId: "GPU", price: 0.75))],"#;
    let replayed = market("1h", &list_price, script);
    assert_eq!(replayed.inputs.len(), 1, "the file is an input of the run");
    let expected = [(0, "0.7"), (500, "0.6"), (700, "0.75"), (1_700, "0.9")];
    assert_eq!(set(&build::run_audited(&replayed, 0)), told(&expected));
    // An event a row within the horizon, that of time 0 included.
    let events = |scenario: &Scenario| build::run(scenario, 0, &mut build::Heard::default());
    let published = |scenario: &Scenario| {
        let facts = build::run_audited(scenario, 0).into_iter();
        facts.filter(|(_, fact)| matches!(fact, Fact::PricePublished { .. })).count() as u64
    };
    let fixed = market("1h", "fixed", script);
    let more = published(&replayed) - published(&fixed);
    assert_eq!(events(&replayed), events(&fixed) + 3 + more);
    // Before the first row the first one's price holds.
    let (_directory, path) = recorded("600,0.7\n1200,0.6\n");
    let late = market("1h", &format!(r#"replayed(path: "{path}")"#), "");
    assert_eq!(set(&build::run_audited(&late, 0)), told(&[(0, "0.7"), (1_200, "0.6")]));
}

/// POD-06, GPU-03. Who found it too dear gets a GPU when the price falls; a running pod keeps its price,
/// or with `running` pays the new one from its next unit (GEN-08).
#[test]
fn a_policy_s_change_is_a_set_price() {
    let played = |applies: &str| {
        let scenario = market(
            "30h",
            "time_of_day(factors: {8: 1.25, 22: 0.8})",
            &format!(
                r#"rules: (price_change_applies: {applies}, container_start: "0s"),
                script: [
                    (at: "3h", account: "ada", do: CreatePod(name: "p", gpuTypeId: "GPU",
                        containerDiskInGb: 0, deployCost: 0.7, patience: "20h", work: "12h")),
                ],"#
            ),
        );
        build::run_audited(&scenario, 0)
    };
    let paid = |facts: &[(SimTime, Fact)]| {
        let placed = facts.iter().find(|(_, fact)| matches!(fact, Fact::PodPlaced { .. })).unwrap();
        let repriced = facts.iter().filter_map(|(at, fact)| match fact {
            Fact::MeterRepriced(MeterTerms { price, .. }) => {
                Some((at.micros() / 3_600_000_000, *price))
            }
            _ => None,
        });
        let owed = facts.iter().find_map(|(_, fact)| match fact {
            Fact::RentalEnded(end) => Some(end.compute.to_string()),
            _ => None,
        });
        (placed.0.micros() / 3_600_000_000, repriced.collect::<Vec<_>>(), owed.unwrap())
    };
    // 22:00 to 10:00 at 0.64.
    assert_eq!(paid(&played("new_rentals")), (16, vec![], "7.68".to_owned()));
    // The last two hours at 1.00.
    let day = vec![(26, Price::per_hour(usd("1")))];
    assert_eq!(paid(&played("running")), (16, day, "8.4".to_owned()));
}

/// Each policy makes of one market another path of prices than every other.
#[test]
fn each_policy_decides_differently() {
    let (_directory, path) = recorded("0,0.5\n3600,0.7\n");
    let choices = [
        "fixed".to_owned(),
        "time_of_day(factors: {7: 1.2, 8: 1})".to_owned(),
        r#"utilization(interval: "1h")"#.to_owned(),
        format!(r#"replayed(path: "{path}")"#),
    ];
    let mut paths: BTreeMap<Vec<(u64, String)>, &str> = BTreeMap::new();
    for (name, choice) in ListPriceChoice::ALL.into_iter().zip(&choices) {
        assert!(choice.starts_with(name), "{name} is tried");
        let path = set(&build::run_audited(&market("3h", choice, ""), 0));
        assert_eq!(path.is_empty(), name == "fixed");
        assert_eq!(paths.insert(path, name), None, "{name}");
    }
}

/// The choice of one GPU type and cloud goes before that of all, and may be to stay fixed.
#[test]
fn list_prices_are_chosen_by_gpu_type_and_cloud() {
    let text = r#"(
        horizon: "7d",
        fleet: [
            (gpu_type: "NVIDIA A40", datacenter: "EU-RO-1"),
            (gpu_type: "NVIDIA A40", cloud: COMMUNITY),
            (gpu_type: "NVIDIA RTX A6000", datacenter: "EU-RO-1"),
        ],
        policies: (
            list_price: utilization(target: 0.75, gain: 0.25, interval: "1h"),
            list_prices: [
                (gpu_type: "NVIDIA RTX A6000", list_price: fixed),
                (gpu_type: "NVIDIA A40", cloud: COMMUNITY,
                    list_price: time_of_day(factors: {0: 0.5, 17.5: 1.123456789})),
            ],
        ),
    )"#;
    let scenario = from_text("chosen.ron", text).unwrap_or_else(|problems| panic!("{problems}"));
    let chosen: Vec<_> = scenario
        .list_prices
        .iter()
        .map(|(scope, choice)| (scope.index(), choice.clone()))
        .collect();
    let ListPriceChoice::Utilization(terms) = chosen[0].1 else { panic!("{chosen:?}") };
    assert_eq!((terms.rule.target, terms.rule.gain), (750_000, 250_000));
    assert!(scenario.asks_for_usage());
    let ListPriceChoice::TimeOfDay(day) = &chosen[1].1 else { panic!("{chosen:?}") };
    assert_eq!(day.from[1].0.micros(), 63_000_000_000);
    assert_eq!(chosen[2].1, ListPriceChoice::Fixed);
    assert_eq!(chosen.iter().map(|(scope, _)| *scope).collect::<Vec<_>>(), [0, 1, 2]);
}

/// Swapping the policy leaves every arrival, size and value as it was.
#[test]
fn no_list_price_changes_what_comes_from_outside() {
    let came = |list_price: &str| {
        let customers = r#"customers: [(
            name: "labs", accounts: 4, balance: Uniform(low: 20, high: 500),
            arrivals: Poisson(rate: "2/h", profile: Daily(amplitude: 0.7, peak_hour: 14)),
            gpu_type: "GPU", duration: Exponential(mean: "1h"), value: Uniform(low: 2, high: 8),
            patience: Exponential(mean: "1h"), deploy_cost: 0.9,
        )],"#;
        let facts = build::run_audited(&market("10d", list_price, customers), 0);
        let came = facts.iter().filter_map(|(at, fact)| match fact {
            Fact::PodRequested(new) => Some((*at, new.name, new.gpus, new.work, new.value)),
            _ => None,
        });
        let spent: GpuTime = facts.iter().fold(GpuTime::ZERO, |sum, (_, fact)| match fact {
            Fact::RentalEnded(end) => sum + end.useful,
            _ => sum,
        });
        (came.collect::<Vec<_>>(), spent)
    };
    let fixed = came("fixed");
    assert!(400 < fixed.0.len());
    for other in ["time_of_day(factors: {8: 1.25, 22: 0.8})", "utilization()"] {
        let moved = came(other);
        assert!(moved.0 == fixed.0, "{other} changed what comes from outside");
        assert!(moved.1 != fixed.1, "{other} changed nothing at all");
    }
}

/// A policy that asks for nothing costs nothing: use is counted only where somebody asks for it.
#[test]
fn use_is_counted_only_where_a_policy_asks() {
    for (list_price, counted) in
        [("fixed", false), ("time_of_day(factors: {0: 1})", false), ("utilization()", true)]
    {
        let scenario = market("1h", list_price, "");
        let mut journal = Journal::default();
        let run = RunId { seed: 0, replication: 0 };
        let engine = engine::Engine::begin(&scenario, run, &mut journal).unwrap();
        assert_eq!(engine.turn.world.usage.are_counted(), counted, "{list_price}");
        assert_eq!(
            scenario.list_prices.first().map(|(scope, _)| *scope),
            Some(ScopeId::from_index(0))
        );
    }
}
