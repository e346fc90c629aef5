//! Random markets: small fleets, short scripts, and instants at which much happens at once.
//!
//! A [`Storm`] is plain data that prints as it was drawn; [`Weather`] says what may be in it. Calm
//! markets (no outages, money for all, GPUs alone decide) let a witness check every choice; in a gale
//! everything may happen.

mod ask;
mod changing;
mod crew;
mod images;
mod knot;
mod lives;
mod lure;
mod machines;
mod moves;
mod reach;
mod rules;
mod saving;
mod scenario;
mod volumes;

pub(crate) use ask::Ask;

pub(crate) use changing::storms;
use proptest::prelude::*;
use proptest::sample::select;
use proptest::test_runner::RngSeed;
use rules::{odd_rules, rules};
use walras::scenario::demand::{Clouds, WhenFull};
use walras::scenario::model::{Cloud, EvictionChoice, PlacementChoice, Role};
use walras::scenario::rules::Rules;

/// Pods that are asked for at random, and those that a knot may ask for, too.
const ASKED: usize = 10;
const PODS: usize = ASKED + 3;
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
    /// Choices of the rules, and requests, that are rare elsewhere: hosts that price, vCPUs as
    /// requested, prices that running pods follow, bids with a coarse tick, a market without spot.
    pub(crate) odd: bool,
}

impl Weather {
    pub(crate) const CALM: Self =
        Self { outages: false, poor: false, disks: false, mixed: false, odd: false };
    pub(crate) const GALE: Self =
        Self { outages: true, poor: true, disks: true, mixed: true, odd: false };
    pub(crate) const ODD: Self = Self { odd: true, ..Self::GALE };

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
    /// Pod, GPUs, cents (POD-16).
    Move(usize, Option<u32>, Option<u32>),
    /// Pod; cents.
    ChangeBid(usize, u32),
    Stop(usize),
    Terminate(usize),
    Reset(usize),
    Deposit(usize),
    /// Account, whose network volume it is; GB.
    CreateVolume(usize, u32),
    ResizeVolume(usize, u32),
    DeleteVolume(usize),
    HostDown(usize),
    HostUp(usize),
    NetworkDown(usize),
    NetworkUp(usize),
    /// Host; seconds of notice.
    Leave(usize, u64),
    /// Host; seconds until its start, and that it takes.
    Maintain(usize, u64, u64),
    /// A host that is there later.
    Join(usize),
    /// Scope; cents: on-demand price or minimum bid.
    Price(usize, u32),
    Floor(usize, u32),
    /// Host; cents: its own price.
    OwnPrice(usize, u32),
    /// Account, scope, GPUs, seconds, the pod named: a savings plan.
    BuyPlan(usize, usize, u32, u64, Option<usize>),
    /// Account: becomes a team.
    Convert(usize),
    /// Account; member; role.
    SetMember(usize, usize, Role),
}

impl Act {
    /// What brings a host back that this takes away.
    fn undone(self) -> Option<Self> {
        match self {
            Self::HostDown(host) => Some(Self::HostUp(host)),
            Self::NetworkDown(host) => Some(Self::NetworkUp(host)),
            _ => None,
        }
    }
}

/// A host: GPUs, GPU type, cloud, its own floor in cents.
type Machine = (u32, usize, Cloud, Option<u32>);

/// A market and its script.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Storm {
    pub(crate) rules: Rules,
    pub(crate) placement: PlacementChoice,
    pub(crate) eviction: EvictionChoice,
    pub(crate) machines: Vec<Machine>,
    /// How many of the last of them are not there at the start.
    pub(crate) later: usize,
    /// Cents.
    pub(crate) balances: Vec<u32>,
    /// Microseconds, act.
    pub(crate) acts: Vec<(u64, Act)>,
    /// Hosts fail at random: mean seconds to a failure, and to its repair; whether all at once.
    pub(crate) failures: Option<(u32, u32, bool)>,
    /// Who acts for accounts that are teams.
    pub(crate) crew: crew::Crew,
    /// From which images pods start.
    pub(crate) pulls: images::Pulls,
    /// Providers who come and go.
    pub(crate) lure: Option<lure::Lure>,
}

/// Few instants, so that many acts share one; some within the grace of a displacement.
fn instants(weather: Weather) -> impl Strategy<Value = u64> {
    let phases = if weather.odd {
        vec![0, 0, 1, 2_000_000, 3_000_000, 4_999_999, 5_000_000, 30_000_000]
    } else {
        vec![0, 0, 0, 1, 5_000_000, 30_000_000]
    };
    // Fewer minutes, and fewer hosts, so that more of it meets.
    let minutes = if weather.odd { 4 } else { 10_u64 };
    (0..minutes, select(phases)).prop_map(|(minute, phase)| minute * 60_000_000 + phase)
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
        vcpus in if weather.odd { select(vec![0, 8, 30, 50]).boxed() } else { Just(0).boxed() },
        network in proptest::bool::weighted(0.2),
    ) -> Ask {
        let network = network && weather.disks;
        let (clouds, types) = if weather.mixed { (clouds, types) } else { (Clouds::All, 0) };
        let sizes = if weather.disks { sizes } else { (0, 0, 0) };
        Ask { gpus, bid, patience, work, stops, clouds, types, sizes, exits, vcpus, network }
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
    let own = if weather.odd { 2 } else { 0 };
    let prices = prop_oneof![
        own => (host(), select(vec![59, 69, 99])).prop_map(|(of, cents)| Act::OwnPrice(of, cents)),
        1 => (0..4_usize, select(vec![69, 79, 89]))
            .prop_map(|(scope, cents)| Act::Price(scope, cents)),
        1 => (0..4_usize, select(vec![49, 52, 60]))
            .prop_map(|(scope, cents)| Act::Floor(scope, cents)),
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
    let creates = proptest::collection::vec((instants(weather), asks(weather)), 1..=ASKED);
    let on_pods = proptest::collection::vec((instants(weather), acts_on_pods()), 0..14);
    let others = proptest::collection::vec((instants(weather), other_acts(weather)), 0..10);
    let knot = proptest::option::of(knot::knots(weather));
    let on_volumes = volumes::acts_on_volumes(weather);
    let all = (creates, on_pods, others, knot, on_volumes);
    all.prop_map(move |(creates, on_pods, others, knot, on_volumes)| {
        let creates = creates.into_iter().enumerate();
        let mut acts: Vec<(u64, Act)> =
            creates.map(|(pod, (at, ask))| (at, Act::Create(pod, ask))).collect();
        acts.extend(on_pods);
        acts.extend(on_volumes);
        if weather.odd {
            acts.extend(
                others.iter().filter_map(|(at, act)| Some((at + 20_000_000, act.undone()?))),
            );
        }
        acts.extend(others);
        acts.extend(knot.into_iter().flatten());
        acts.sort_by_key(|(at, _)| *at);
        acts
    })
}

prop_compose! {
    /// A market of this weather, in which bids stand and the lowest give way.
    pub(crate) fn plain_storms(weather: Weather)(
        rules in if weather.odd { odd_rules().boxed() } else { rules().boxed() },
        placement in select(PlacementChoice::ALL.to_vec()),
        machines in machines::machines(weather),
        balances in proptest::collection::vec(
            select(if weather.odd { vec![200, 3_000, 100_000] } else { vec![3, 12, 70, 200, 1_000] }),
            ACCOUNTS,
        ),
        acts in acts(weather),
    ) -> Storm {
        let rich = vec![100_000_000; ACCOUNTS];
        let balances = if weather.poor { balances } else { rich };
        let eviction = EvictionChoice::LowestBid;
        let (failures, crew, pulls, lure) = Default::default();
        Storm {
            rules, placement, eviction, machines, later: 0, balances, acts, failures, crew, pulls, lure,
        }
    }
}
