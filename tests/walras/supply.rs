//! Providers who come, ask, look at what they earn, and leave (CLD-03, CLD-04, HOST-06, HOST-12, HOST-13).

mod asking;
mod level;
mod problems;

use crate::build;
use std::collections::BTreeMap;
use walras::ids::{HostId, Id};
use walras::journal::Fact;
use walras::journal::fact::{Declined, PriceSet, Supplied};
use walras::scenario::Scenario;
use walras::scenario::load::from_text;
use walras::scenario::rules::CommunityPricing;
use walras::units::{Money, SimTime};

/// A market of one GPU type at 0.69 where hosts price: a supply of hosts with a GPU each, and a script.
fn market(supply: &str, script: &str) -> Scenario {
    let text = format!(
        r#"(
            horizon: "60h", sample_every: None,
            rules: (container_start: "0s", community_pricing: host, host_share_compute: 0.76),
            gpu_types: [(id: "NVIDIA RTX A6000", community: (price: 0.69, min_bid: 0.49))],
            supply: [(name: "g", gpu_type: "NVIDIA RTX A6000", gpus: 1, {supply})],
            accounts: [(name: "a", balance: 1000)],
            script: [{script}],
        )"#
    );
    from_text("supply", &text).unwrap_or_else(|faults| panic!("{faults:?}"))
}

/// A pod of one GPU, from an hour on, that works for so long.
fn pod(name: &str, at: &str, work: &str) -> String {
    format!(
        r#"(at: "{at}", account: "a", do: CreatePod(name: "{name}", cloudType: COMMUNITY,
            gpuTypeId: "NVIDIA RTX A6000", containerDiskInGb: 0, patience: "60h", work: "{work}")),"#
    )
}

/// What happens to providers and on their hosts, a line each, with the hour.
fn told(scenario: &Scenario) -> Vec<String> {
    let mut names: BTreeMap<HostId, String> = BTreeMap::new();
    let mut lines = Vec::new();
    for (at, fact) in build::run_audited(scenario, 0) {
        let name = |host: HostId| names.get(&host).cloned().unwrap_or_default();
        let line = match fact {
            Fact::HostSupplied(Supplied { host, supply, number, cost, like }) => {
                assert_eq!(scenario.supply[supply.index()].patterns, [like]);
                names.insert(host, scenario.supplied_name(supply, number));
                format!("{} comes at a cost of {cost}", names[&host])
            }
            Fact::HostJoined(_) => continue,
            Fact::HostDelisted { host, why } => format!("{} unlisted: {}", name(host), why.word()),
            Fact::HostListed(host) => format!("{} listed", name(host)),
            Fact::ProviderDeclined(Declined { supply, number }) => {
                format!("{} stays away", scenario.supplied_name(supply, number))
            }
            Fact::ProviderLeaves(host, why) => format!("{} gives up: {}", name(host), why.word()),
            Fact::DepartureAnnounced(walras::journal::fact::DepartureAnnounced {
                host, ..
            }) => format!("{} says so", name(host)),
            Fact::HostLeft(host) => format!("{} leaves", name(host)),
            Fact::PriceSet(PriceSet { host: Some(host), on_demand, min_bid, .. }) => {
                let show = |amount: Option<Money>| amount.map_or("-".into(), |a| a.to_string());
                format!("{} asks {}, {}", name(host), show(on_demand), show(min_bid))
            }
            Fact::PodPlaced { host, price, .. } => format!("a pod on {} at {price}", name(host)),
            Fact::HostDown { host } => format!("{} down", name(host)),
            Fact::NetworkDown { host } => format!("{} cut off", name(host)),
            _ => continue,
        };
        lines.push(format!("{} {line}", hours(at)));
    }
    lines
}

/// `12h`, or `12.5h`.
fn hours(at: SimTime) -> String {
    let minutes = at.micros() / 60_000_000;
    match minutes % 60 {
        0 => format!("{}h", minutes / 60),
        rest => format!("{}:{rest:02}h", minutes / 60),
    }
}

fn check(scenario: &Scenario, expected: &str) {
    let told = told(scenario).join("\n");
    let expected: Vec<&str> = expected.lines().map(str::trim).filter(|l| !l.is_empty()).collect();
    assert_eq!(told, expected.join("\n"), "\n{told}\n");
}

/// CLD-04, HOST-12. A pod earns its host 0.40 × 0.76 = 0.304 an hour. g-1 and g-2 review at 5 h and 10 h for the
/// first time, then every 10 h. The mean of the last reviews is what the invited go by: at 6 h only that of
/// g-1 is known, 1.52 over 5 h; at 12 h it is 1.52 over 15 h, at 18 h 3.04 over 20 h, each less than 0.20 an
/// hour; at 24 h g-2, which earned nothing for 20 h, has left, and it is 0.304 again. From 24.5 h on g-1 earns
/// nothing: at 30 h its last review (25 h) says 2.888 over 10 h, at 36 h (35 h) nothing, and at 45 h it has earned
/// nothing since 25 h. Then nobody is left to go by, and all of 0.304 is expected.
#[test]
fn host_12_providers_come_and_go_by_what_a_gpu_hour_brings() {
    let scenario = market(
        r#"at_start: 2, invited_every: "6h", cost: 0.2, asks: fixed(0.4), review_every: "10h",
        leaves: (unprofitable_for: "20h")"#,
        &pod("p", "0s", "24h30m"),
    );
    check(
        &scenario,
        "0h g-1 comes at a cost of 0.2
        0h g-1 asks 0.4, 0.2
        0h g-2 comes at a cost of 0.2
        0h g-2 asks 0.4, 0.2
        0h a pod on g-1 at 0.4
        6h g-3 comes at a cost of 0.2
        6h g-3 asks 0.4, 0.2
        6h g-3 unlisted: vetting
        12h g-4 stays away
        18h g-5 stays away
        20h g-2 gives up: unprofitable
        20h g-2 leaves
        24h g-6 comes at a cost of 0.2
        24h g-6 asks 0.4, 0.2
        24h g-6 unlisted: vetting
        30h g-7 comes at a cost of 0.2
        30h g-7 asks 0.4, 0.2
        30h g-7 unlisted: vetting
        36h g-8 stays away
        42h g-9 stays away
        45h g-1 gives up: unprofitable
        45h g-1 leaves
        48h g-10 comes at a cost of 0.2
        48h g-10 asks 0.4, 0.2
        48h g-10 unlisted: vetting
        54h g-11 comes at a cost of 0.2
        54h g-11 asks 0.4, 0.2
        54h g-11 unlisted: vetting
        54h g-3 listed
        60h g-12 comes at a cost of 0.2
        60h g-12 asks 0.4, 0.2
        60h g-12 unlisted: vetting",
    );
}

/// HOST-06, CLD-04. A lifetime ends it, with notice: its pod runs on until it leaves, and then elsewhere nothing
/// is free. Who is invited is vetted for 48 h; then who waits gets its GPU.
#[test]
fn host_06_a_provider_gives_notice_and_cld_04_another_is_vetted() {
    let scenario = market(
        r#"at_start: 1, invited_every: "4h", cost: Choice({0.1: 0.5, 0.3: 0.5}), asks: fixed(0.4),
        joins_if: always, leaves: (lifetime: "51h", notice: "2h")"#,
        &format!("{}{}", pod("p", "0s", "200h"), pod("q", "1h", "1h")),
    );
    let told = told(&scenario);
    let told: Vec<&str> = told.iter().map(String::as_str).collect();
    assert!(told.contains(&"0h a pod on g-1 at 0.4"), "{told:?}");
    assert!(told.contains(&"52h g-2 listed"), "{told:?}");
    assert!(told.contains(&"52h a pod on g-2 at 0.4"), "{told:?}");
    let ends = ["51h g-1 gives up: lifetime", "51h g-1 says so", "51h g-1 unlisted: notice"];
    let place = told.iter().position(|line| *line == ends[0]).unwrap();
    assert_eq!(&told[place..place + 3], ends, "{told:?}");
    assert!(told.contains(&"53h g-1 leaves"), "{told:?}");
    // By the horizon that is the first provider, and who came after 4 h and after 8 h.
    let count = |what: &str| told.iter().filter(|line| line.contains(what)).count();
    assert_eq!(count("gives up: lifetime"), 3, "{told:?}");
    let (cheap, dear) = (count("comes at a cost of 0.1"), count("comes at a cost of 0.3"));
    assert!(cheap > 0 && dear > 0, "both costs are drawn: {told:?}");
    assert_eq!(cheap + dear, count("comes at a cost of"), "{told:?}");
}

/// HOST-13. Where the platform prices, what a provider asks is its minimum bid, never above the price; who is
/// invited reckons with the price, where nobody has reviewed yet: 0.69 × 0.76 = 0.5244.
#[test]
fn host_13_where_the_platform_prices_a_provider_sets_its_minimum_bid() {
    let supply = |cost: &str, asks: &str| {
        format!(r#"invited_every: "50h", cost: {cost}, asks: {asks}, at_start: 0"#)
    };
    let of = |cost, asks| {
        let mut scenario = market(&supply(cost, asks), "");
        scenario.rules.community_pricing = CommunityPricing::Platform;
        scenario
    };
    check(
        &of("0.5244", "fixed(0.333)"),
        "50h g-1 comes at a cost of 0.5244
        50h g-1 asks -, 0.33
        50h g-1 unlisted: vetting",
    );
    check(
        &of("0.5", "fixed(0.9)"),
        "50h g-1 comes at a cost of 0.5
        50h g-1 asks -, 0.69
        50h g-1 unlisted: vetting",
    );
    check(&of("0.5245", "fixed(0.3)"), "50h g-1 stays away");
    // Where hosts price, it reckons with what it would ask.
    check(&market(&supply("0.3041", "fixed(0.4)"), ""), "50h g-1 stays away");
}

/// HOST-12. Reviews post what is owed by then, and no more or less than without them: whoever looks, pods cost
/// the same.
#[test]
fn host_12_reviews_change_no_bill() {
    let cost = |review: &str| {
        let supply =
            format!(r#"at_start: 1, cost: 0.1, asks: fixed(0.4), review_every: "{review}""#);
        let scenario = market(&supply, &pod("p", "0s", "24h30m10s"));
        let ends =
            build::run_audited(&scenario, 0).into_iter().filter_map(|(_, fact)| match fact {
                Fact::RentalEnded(end) => Some(end.compute),
                _ => None,
            });
        ends.collect::<Vec<Money>>()
    };
    assert_eq!(cost("1h"), cost("59h"));
    assert_eq!(cost("7h"), [Money::parse("9.806666666").unwrap()]);
}

/// Of an invited provider: its cost and its GPUs, if it joined, and when it came, failed and was back.
type Outside = (Option<(Money, u32)>, Vec<(SimTime, &'static str)>);

/// What comes from outside the market: of who is invited, when and at which cost; and how those fail who come.
fn from_outside(scenario: &Scenario) -> BTreeMap<u32, Outside> {
    let mut providers: BTreeMap<u32, Outside> = BTreeMap::new();
    let mut numbers: BTreeMap<HostId, (u32, SimTime)> = BTreeMap::new();
    let at_start = scenario.supply[0].at_start;
    for (at, fact) in build::run_audited(scenario, 0) {
        match fact {
            Fact::HostSupplied(Supplied { host, like, number, cost, .. }) if at_start < number => {
                let gpus = scenario.hosts[like.index()].gpus;
                numbers.insert(host, (number - at_start, at));
                providers.insert(number - at_start, (Some((cost, gpus)), vec![(at, "comes")]));
            }
            Fact::ProviderDeclined(Declined { number, .. }) => {
                providers.insert(number - at_start, (None, vec![(at, "comes")]));
            }
            Fact::HostDown { host } | Fact::HostUp { host } => {
                if let Some((number, _)) = numbers.get(&host) {
                    providers.get_mut(number).unwrap().1.push((at, fact.word()));
                }
            }
            _ => {}
        }
    }
    providers
}

/// Common random numbers: the k-th invited comes at the same instant, at the same cost, and fails at the same
/// instants, whatever it asks, whoever is there at the start, and however requests are placed.
#[test]
fn who_is_invited_and_how_it_fails_hangs_on_no_policy() {
    let of = |at_start: u32, asks: &str, placement: &str| {
        let text = format!(
            r#"(
                horizon: "200d", sample_every: None, policies: (placement: {placement}),
                rules: (community_pricing: host, host_failures: by_cloud),
                supply: [(
                    name: "g", gpu_type: "NVIDIA RTX A6000", gpus: [1, 2], at_start: {at_start},
                    invited_every: Exponential(mean: "2d"), cost: Uniform(low: 0.1, high: 0.5),
                    asks: {asks}, review_every: "1d", leaves: (unprofitable_for: "10d"),
                )],
                customers: [(
                    name: "c", balance: 100000, arrivals: Poisson(rate: "1/h"), duration: "2h",
                    gpu_type: "NVIDIA RTX A6000", patience: "1d",
                )],
            )"#
        );
        from_outside(&from_text("outside", &text).unwrap())
    };
    let first = of(3, "match_utilization()", "best_fit");
    let others =
        [of(8, "match_utilization()", "best_fit"), of(3, "cost_plus(margin: 0.5)", "worst_fit")];
    let mut met = 0;
    for other in others {
        assert_eq!(first.keys().collect::<Vec<_>>(), other.keys().collect::<Vec<_>>());
        for (one, another) in first.values().zip(other.values()) {
            assert_eq!(one.1[0], another.1[0], "invited at the same instant");
            if one.0.is_some() && another.0.is_some() {
                assert_eq!(one.0, another.0, "at the same cost, with as many GPUs");
                // One of both may have left before it failed again.
                let both = one.1.len().min(another.1.len());
                assert_eq!(one.1[..both], another.1[..both]);
                met += both - 1;
            }
        }
    }
    assert!(20 < met, "enough failures are compared: {met}");
    assert!(first.values().any(|(cost, _)| cost.is_none()), "some stay away");
}

/// HOST-03. Recorded outages of a host that joins later: what was over is passed over, what is under way takes its
/// power as it joins. The trace's one node is away from 3 h to 4.5 h, from 5.25 h to 9 h, and from 12 h to 15 h.
#[test]
fn who_joins_later_has_missed_the_outages_of_before() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("faults.csv");
    let days = [("0.125", "0.1875"), ("0.21875", "0.375"), ("0.5", "0.625")];
    let rows = |(from, until)| format!("n,{from},fault_start,x\nn,{until},fault_end,x\n");
    let rows: String = days.into_iter().map(rows).collect();
    std::fs::write(&path, format!("node_id,event_time,event_type,Desc\n{rows}")).unwrap();
    let path = path.display();
    let supply = format!(
        r#"invited_every: "6h", joins_if: always, cost: 0.1, asks: fixed(0.4),
        power_failures: (trace: (path: "{path}")), leaves: (lifetime: "55h")"#
    );
    let told = told(&market(&supply, ""));
    let down: Vec<&String> = told.iter().filter(|line| line.ends_with("g-1 down")).collect();
    assert_eq!(down, ["6h g-1 down", "12h g-1 down"], "{told:?}");
    assert!(told.iter().all(|line| !line.ends_with("g-2 down")), "the trace has one node");
}

/// What the summary says of providers: two of the start, of whom one leaves, three invited, of whom two join.
#[test]
fn figures_tell_of_providers() {
    use walras::metrics::{Metrics, Subject};
    let scenario = market(
        r#"at_start: 2, invited_every: "6h", cost: 0.2, asks: fixed(0.4), review_every: "10h",
        leaves: (unprofitable_for: "20h")"#,
        &pod("p", "0s", "24h30m"),
    );
    let mut metrics = Metrics::new(&scenario);
    let mut journal =
        walras::journal::Journal::new(vec![&mut metrics as &mut dyn walras::journal::Sink]);
    let run = walras::engine::RunId { seed: 0, replication: 0 };
    walras::engine::run(&scenario, run, &mut journal, &mut |_| {}).unwrap();
    let summary = metrics.summary();
    let supply = Subject::Supply(walras::ids::SupplyId::from_index(0));
    for subject in [Subject::Market, supply] {
        let of = |name: &str| summary.value(name, subject).as_f64().unwrap();
        // Joined: 2 + g-3, g-6, g-7, g-10, g-11 and g-12; declined: g-4, g-5, g-8, g-9; left: g-2, g-1.
        assert_eq!(
            [of("providers_joined"), of("providers_left"), of("providers_declined")],
            [8.0, 2.0, 4.0]
        );
        // Hours there: g-1 45, g-2 20, g-3 54, g-6 36, g-7 30, g-10 12, g-11 6, g-12 0.
        let hours = 45.0 + 20.0 + 54.0 + 36.0 + 30.0 + 12.0 + 6.0;
        assert!((of("providers_mean") - hours / 60.0).abs() < 1e-9);
        assert!((of("provider_cost_mean") - 0.2).abs() < 1e-12);
        assert!((of("provider_price_mean") - 0.4).abs() < 1e-12);
        // 24.5 h at 0.40 × 0.76.
        let earned = 24.5 * 0.4 * 0.76;
        assert!((of("provider_earnings_per_gpu_hour") - earned / hours).abs() < 1e-9);
    }
}
