//! Random markets: small fleets, short scripts, and instants at which much happens at once.
//!
//! A [`Storm`] is plain data that prints as it was drawn; [`Weather`] says what may be in it. Calm
//! markets (no outages, money for all, GPUs alone decide) let a witness check every choice; in a gale
//! everything may happen.

mod scenario;

use crate::build;
use proptest::prelude::*;
use proptest::sample::select;
use proptest::test_runner::RngSeed;
use walras::scenario::demand::{Clouds, WhenFull};
use walras::scenario::model::{Cloud, PlacementChoice};
use walras::scenario::rules::{Displaced, OutagePartialUnit, Rounding, Rules, WaitingOrder};
use walras::units::{Money, Span};

const PODS: usize = 10;
const ACCOUNTS: usize = 3;
const HORIZON: u64 = 900;

/// What may be in a market.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Weather {
    /// Hosts lose power and network.
    pub(crate) outages: bool,
    /// Accounts run out of money.
    pub(crate) poor: bool,
    /// Container disks, volumes and images take their room and time.
    pub(crate) disks: bool,
    /// Several GPU types, both clouds.
    pub(crate) mixed: bool,
}

impl Weather {
    pub(crate) const CALM: Self = Self { outages: false, poor: false, disks: false, mixed: false };
    pub(crate) const GALE: Self = Self { outages: true, poor: true, disks: true, mixed: true };

    /// Whether GPUs alone decide what fits.
    pub(crate) const fn only_gpus(self) -> bool {
        !self.poor && !self.disks
    }
}

/// How many markets to try; `WALRAS_STORMS` asks for more, `WALRAS_SEED` for others.
pub(crate) fn config(cases: u32) -> ProptestConfig {
    let number = |name: &str| std::env::var(name).ok().and_then(|text| text.parse::<u64>().ok());
    let wanted = number("WALRAS_STORMS").and_then(|wanted| u32::try_from(wanted).ok());
    ProptestConfig {
        cases: wanted.unwrap_or(cases),
        rng_seed: RngSeed::Fixed(number("WALRAS_SEED").unwrap_or(1)),
        failure_persistence: None,
        max_shrink_iters: 20_000,
        ..ProptestConfig::default()
    }
}

/// A request of the script.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Ask {
    pub(crate) gpus: u32,
    /// Cents per GPU-hour; none: on demand.
    pub(crate) bid: Option<u32>,
    pub(crate) patience: u64,
    /// Seconds on its GPUs.
    pub(crate) work: Option<u64>,
    pub(crate) stops: bool,
    pub(crate) clouds: Clouds,
    /// Index of a type list: the first type, the second, both.
    pub(crate) types: u32,
    /// GB of container disk, volume, image.
    pub(crate) sizes: (u32, u32, u32),
    pub(crate) exits: bool,
}

/// What happens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Act {
    Create(usize, Ask),
    Resume {
        pod: usize,
        gpus: Option<u32>,
        bid: Option<u32>,
        when_full: WhenFull,
        patience: u64,
    },
    Stop(usize),
    Terminate(usize),
    Reset(usize),
    Deposit(usize),
    HostDown(usize),
    HostUp(usize),
    NetworkDown(usize),
    NetworkUp(usize),
    /// Scope; cents: on-demand price or minimum bid.
    Price(usize, u32),
    Floor(usize, u32),
}

/// A host: GPUs, GPU type, cloud, its own floor in cents.
type Machine = (u32, usize, Cloud, Option<u32>);

/// A market and its script.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Storm {
    pub(crate) rules: Rules,
    pub(crate) placement: PlacementChoice,
    pub(crate) machines: Vec<Machine>,
    /// Cents.
    pub(crate) balances: Vec<u32>,
    /// Microseconds, act.
    pub(crate) acts: Vec<(u64, Act)>,
}

/// Few instants, so that many acts share one.
fn instants() -> impl Strategy<Value = u64> {
    let phases = vec![0, 0, 0, 1, 5_000_000, 30_000_000];
    (0..10_u64, select(phases)).prop_map(|(minute, phase)| minute * 60_000_000 + phase)
}
fn bids() -> impl Strategy<Value = Option<u32>> {
    prop_oneof![
        2 => Just(None),
        5 => select(vec![49, 50, 55, 55, 60, 80]).prop_map(Some),
    ]
}
fn patience() -> impl Strategy<Value = u64> {
    select(vec![0, 0, 60, 120, 100_000])
}
fn when_full() -> impl Strategy<Value = WhenFull> {
    select(vec![WhenFull::Refuse, WhenFull::Wait, WhenFull::Wait, WhenFull::ZeroGpu])
}

prop_compose! {
    fn asks(weather: Weather)(
        gpus in prop_oneof![1 => Just(0_u32), 12 => 1..=4_u32],
        bid in bids(),
        patience in patience(),
        work in proptest::option::weighted(0.4, select(vec![7, 60, 61, 200])),
        stops in any::<bool>(),
        clouds in select(vec![Clouds::All, Clouds::All, Clouds::Secure, Clouds::Community]),
        types in 0..3_u32,
        sizes in (select(vec![0, 10, 60]), select(vec![0, 40, 100]), select(vec![0, 0, 5])),
        exits in proptest::bool::weighted(0.05),
    ) -> Ask {
        let (clouds, types) = if weather.mixed { (clouds, types) } else { (Clouds::All, 0) };
        let sizes = if weather.disks { sizes } else { (0, 0, 0) };
        Ask { gpus, bid, patience, work, stops, clouds, types, sizes, exits }
    }
}

/// What happens to pods.
fn acts_on_pods() -> BoxedStrategy<Act> {
    let pod = || 0..PODS;
    prop_oneof![
        2 => pod().prop_map(Act::Stop),
        2 => pod().prop_map(Act::Terminate),
        1 => pod().prop_map(Act::Reset),
        4 => (pod(), proptest::option::of(0..=4_u32), bids(), when_full(), patience()).prop_map(
            |(pod, gpus, bid, when_full, patience)| Act::Resume {
                pod, gpus, bid, when_full, patience,
            }
        ),
    ]
    .boxed()
}
/// What happens to hosts, accounts and prices, as the weather allows.
fn other_acts(weather: Weather) -> BoxedStrategy<Act> {
    let host = || 0..4_usize;
    let prices = prop_oneof![
        (0..4_usize, select(vec![69, 79, 89])).prop_map(|(scope, cents)| Act::Price(scope, cents)),
        (0..4_usize, select(vec![49, 52, 60])).prop_map(|(scope, cents)| Act::Floor(scope, cents)),
    ];
    let outages = prop_oneof![
        host().prop_map(Act::HostDown),
        host().prop_map(Act::HostUp),
        host().prop_map(Act::NetworkDown),
        host().prop_map(Act::NetworkUp),
    ];
    let deposits = (0..ACCOUNTS).prop_map(Act::Deposit);
    match (weather.outages, weather.poor) {
        (false, false) => prices.boxed(),
        (true, false) => prop_oneof![1 => prices, 4 => outages].boxed(),
        (false, true) => prop_oneof![1 => prices, 2 => deposits].boxed(),
        (true, true) => prop_oneof![1 => prices, 4 => outages, 1 => deposits].boxed(),
    }
}

fn acts(weather: Weather) -> impl Strategy<Value = Vec<(u64, Act)>> {
    let creates = proptest::collection::vec((instants(), asks(weather)), 1..=PODS);
    let on_pods = proptest::collection::vec((instants(), acts_on_pods()), 0..14);
    let others = proptest::collection::vec((instants(), other_acts(weather)), 0..10);
    (creates, on_pods, others).prop_map(|(creates, on_pods, others)| {
        let creates = creates.into_iter().enumerate();
        let mut acts: Vec<(u64, Act)> =
            creates.map(|(pod, (at, ask))| (at, Act::Create(pod, ask))).collect();
        acts.extend(on_pods);
        acts.extend(others);
        acts.sort_by_key(|(at, _)| *at);
        acts
    })
}

prop_compose! {
    fn rules()(
        displaced in select(vec![
            Displaced::Stop, Displaced::Stop, Displaced::Resume, Displaced::Terminate,
        ]),
        waiting_order in select(vec![WaitingOrder::Skip, WaitingOrder::Skip, WaitingOrder::Block]),
        container_start in select(vec![0, 0, 5]),
        minute_rounding in select(vec![Rounding::Started, Rounding::Started, Rounding::Completed]),
        outage_partial_unit in select(vec![OutagePartialUnit::Kept, OutagePartialUnit::Forfeited]),
        statement in proptest::option::weighted(0.2, Just(Span::from_seconds(61))),
        drained_hold in select(vec![60, 172_800]),
        reserves in select(vec![(3_600, 600), (60, 0), (0, 0)]),
        tick in select(vec![1, 1, 1, 20_000_000]),
    ) -> Rules {
        Rules {
            bid_tick: Money::from_nanos(tick),
            displaced,
            waiting_order,
            container_start: Span::from_seconds(container_start),
            minute_rounding,
            outage_partial_unit,
            statement_every: statement,
            drained_hold: Span::from_seconds(drained_hold),
            rent_reserve: Span::from_seconds(reserves.0),
            low_funds_reserve: Span::from_seconds(reserves.1),
            ..Rules::default()
        }
    }
}

fn machines(weather: Weather) -> impl Strategy<Value = Vec<Machine>> {
    let gpus = select(vec![1, 2, 4, 4]);
    let cloud = select(vec![Cloud::Secure, Cloud::Community]);
    let floor = proptest::option::weighted(0.3, select(vec![49, 52]));
    let machine = (gpus, 0..2_usize, cloud, floor).prop_map(move |(gpus, of, cloud, floor)| {
        if weather.mixed { (gpus, of, cloud, floor) } else { (gpus, 0, Cloud::Secure, floor) }
    });
    proptest::collection::vec(machine, 1..=4)
}

prop_compose! {
    /// A market of this weather.
    pub(crate) fn storms(weather: Weather)(
        rules in rules(),
        placement in select(vec![
            PlacementChoice::BestFit, PlacementChoice::FirstFit, PlacementChoice::Random,
        ]),
        machines in machines(weather),
        balances in proptest::collection::vec(select(vec![3, 12, 70, 200, 1_000]), ACCOUNTS),
        acts in acts(weather),
    ) -> Storm {
        let rich = vec![100_000_000; ACCOUNTS];
        let balances = if weather.poor { balances } else { rich };
        Storm { rules, placement, machines, balances, acts }
    }
}

/// The storms are not idle: what the tests that use them are about does happen.
#[test]
fn storms_reach_what_they_are_for() {
    use proptest::strategy::ValueTree;
    use std::collections::BTreeMap;
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let mut heard: BTreeMap<&str, usize> = BTreeMap::new();
    for (weather, markets) in [(Weather::CALM, 100), (Weather::GALE, 700)] {
        for _ in 0..markets {
            let storm = storms(weather).new_tree(&mut runner).unwrap().current();
            for (_, fact) in build::run_audited(&storm.scenario(), 0) {
                *heard.entry(fact.word()).or_default() += 1;
            }
        }
    }
    for word in [
        "account_drained",
        "account_removed",
        "action_recorded",
        "image_pulled",
        "pod_displaced",
        "pod_killed",
        "pod_reset",
        "pod_restarted",
        "pod_waits",
        "promise_lost",
    ] {
        let times = heard.get(word).copied().unwrap_or(0);
        assert!(2 <= times, "{word}: {times} times only");
    }
}
