//! The spot market: solved by hand, and as properties of random markets (SPOT-01 to SPOT-11).

use crate::stage::Case;
use crate::storm::{Act, Ask, Storm, Weather, config, storms};
use crate::{build, witness};
use proptest::prelude::*;
use std::collections::BTreeMap;
use walras::engine::{RunId, run_audited};
use walras::ids::{HostId, PodId};
use walras::journal::fact::{EndReason, Item, Kind, PodName};
use walras::journal::{Fact, Journal};
use walras::scenario::load::from_text;
use walras::scenario::rules::{BidChange, Displaced, Rounding};
use walras::trace::{TableName, Traces};
use walras::units::{Money, SimTime};

#[test]
fn spot_markets_go_as_they_were_solved_by_hand() {
    Case::check_all(&Case::read(include_str!("spot/solved.txt")));
}

#[test]
fn spot_16_bids_change_as_it_was_solved_by_hand() {
    Case::check_all(&Case::read(include_str!("spot/changed.txt")));
}

/// SPOT-16. From a scenario to its tables: the event, and the last bid of the rental.
#[test]
fn spot_16_a_changed_bid_stands_in_the_tables() {
    let text = r#"(
        horizon: "10m",
        rules: (bid_change: allowed),
        fleet: [(names: ["host-1"], gpu_type: "NVIDIA RTX A6000", datacenter: "EU-RO-1")],
        accounts: [(name: "ada", balance: 100)],
        script: [
            (at: "0s", account: "ada", do: CreateSpotPod(
                name: "p", gpuTypeId: "NVIDIA RTX A6000", bidPerGpu: 0.50, containerDiskInGb: 0,
            )),
            (at: "2m", account: "ada", do: ChangeBid(podId: "p", bidPerGpu: 0.60)),
            (at: "4m", account: "ada", do: ChangeBid(podId: "p", bidPerGpu: 0.55)),
            (at: "6m", account: "ada", do: StopPod(podId: "p")),
            (at: "7m", account: "ada", do: ResumeSpotPod(podId: "p", bidPerGpu: 0.52)),
        ],
    )"#;
    let scenario = from_text("bids.ron", text).unwrap_or_else(|found| panic!("{found}"));
    let directory = tempfile::tempdir().unwrap();
    let tables = [TableName::Events, TableName::Pods];
    let mut traces = Traces::create(directory.path(), &tables, &scenario).unwrap();
    let id = RunId { seed: 0, replication: 0 };
    run_audited(&scenario, id, &mut Journal::new(vec![&mut traces])).unwrap();
    traces.finish().unwrap();
    let read = |name: &str| std::fs::read_to_string(directory.path().join(name)).unwrap();
    let events = read("events.csv");
    let changes: Vec<&str> = events.lines().filter(|line| line.contains(",bid_changed,")).collect();
    let row = |at: &str, bid: &str| {
        format!("{at},bid_changed,ada,p,host-1,NVIDIA RTX A6000,,,,,1,,bid_usd_per_hour={bid}")
    };
    assert_eq!(changes, [row("120", "0.6"), row("240", "0.55")]);
    // Two minutes at each bid: 0.016666666 + 0.02 + 0.018333333.
    let pods = read("pods.csv");
    let rows: Vec<&str> = pods.lines().skip(1).collect();
    assert!(rows[0].contains(",spot,0.55,0,0,5,360,stopped,0.054999999,"), "{pods}");
    assert!(rows[1].contains(",spot,0.52,420,420,425,,alive,"), "{pods}");
}

/// What happened to the pods of a script, by name.
struct History {
    facts: Vec<(SimTime, Fact)>,
    names: BTreeMap<usize, PodId>,
}

impl History {
    /// Runs a storm until `end`, all of that instant included.
    fn until(storm: &Storm, end: u64) -> Self {
        let mut scenario = storm.scenario();
        scenario.horizon = SimTime::from_micros(end);
        let facts = build::run_audited(&scenario, 0);
        let name = |fact: &Fact| match fact {
            Fact::PodRequested(asked) => match asked.name {
                PodName::Given(name) => Some((walras::ids::Id::index(name), asked.pod)),
                PodName::Generated(_) | PodName::Worker(_) => None,
            },
            _ => None,
        };
        let names = facts.iter().filter_map(|(_, fact)| name(fact)).collect();
        Self { facts, names }
    }
    /// When the newest pod of this name was given GPUs, or is promised them; none: it has none.
    fn capacity(&self, name: usize) -> Option<SimTime> {
        self.place(name).map(|(due, _)| due)
    }
    /// The same, and on which host.
    fn place(&self, name: usize) -> Option<(SimTime, HostId)> {
        let pod = *self.names.get(&name)?;
        self.facts.iter().find_map(|(at, fact)| match *fact {
            Fact::PodPlaced { pod: placed, host, .. } if placed == pod => Some((*at, host)),
            Fact::PodPromised { pod: promised, host, due, .. } if promised == pod => {
                Some((due, host))
            }
            _ => None,
        })
    }
    fn is_displaced(&self, name: usize) -> bool {
        let pod = self.names[&name];
        self.facts.iter().any(|(_, fact)| match *fact {
            Fact::PodDisplaced { pod: victim, .. } => victim == pod,
            Fact::PromiseLost { pod: loser, by } => loser == pod && by.is_some(),
            _ => false,
        })
    }
}

/// A storm's script with `ask` for pod `pod` at `at`, after what it says before that instant.
fn with_newcomer(storm: &Storm, at: u64, pod: usize, ask: Ask) -> Storm {
    let mut forked = storm.clone();
    let is_other = |act: &Act| !matches!(act, Act::Create(name, _) if *name == pod);
    forked.acts.retain(|(when, act)| *when < at && is_other(act));
    forked.acts.push((at, Act::Create(pod, ask)));
    forked
}

/// A spot request of a random market, and a higher bid.
fn raises() -> impl Strategy<Value = (u32, u32)> {
    (45..85_u32, 1..30_u32).prop_map(|(low, more)| (low, low + more))
}

fn spot_ask(gpus: u32, bid: u32) -> Ask {
    Ask {
        gpus,
        bid: Some(bid),
        patience: 0,
        work: None,
        stops: false,
        clouds: walras::scenario::demand::Clouds::All,
        types: 0,
        sizes: (0, 0, 0),
        exits: false,
        vcpus: 0,
        network: false,
    }
}

/// The same market, and then only those who ask for a new pod and do not wait.
fn without_patience(storm: &Storm) -> Storm {
    let mut plain = storm.clone();
    plain.rules.displaced = Displaced::Stop;
    let impatient = |(at, act): &(u64, Act)| match *act {
        Act::Create(pod, ask) => Some((*at, Act::Create(pod, Ask { patience: 0, ..ask }))),
        _ => None,
    };
    plain.acts = storm.acts.iter().filter_map(impatient).collect();
    plain
}

const NEWCOMER: usize = 9;
const INCUMBENT: usize = 8;

proptest! {
    #![proptest_config(config(1_000))]

    /// In one and the same state of the market a higher bid gets whatever a lower one gets, no later.
    #[test]
    fn raising_a_bid_never_loses_capacity(
        storm in storms(Weather::CALM),
        minute in 1..12_u64,
        gpus in 1..=4_u32,
        (low, high) in raises(),
    ) {
        let at = minute * 60_000_000 + 2_000_000;
        let fork = |bid| {
            let forked = with_newcomer(&storm, at, NEWCOMER, spot_ask(gpus, bid));
            History::until(&forked, at)
        };
        let (lower, higher) = (fork(low), fork(high));
        if let Some(due) = lower.capacity(NEWCOMER) {
            let ours = higher.capacity(NEWCOMER);
            prop_assert!(ours.is_some_and(|ours| ours <= due), "{due} at {low}, {ours:?} at {high}");
        }
    }

    /// The same of a pod that has GPUs: whom it would survive with a lower bid it survives.
    #[test]
    fn raising_a_bid_never_makes_a_victim(
        storm in storms(Weather::CALM),
        gpus in (1..=4_u32, 1..=4_u32),
        newcomer in proptest::option::of(45..120_u32),
        (low, high) in raises(),
    ) {
        let plain = without_patience(&storm);
        let (placed_at, at) = (661_000_000, 662_000_000);
        let fork = |bid| {
            let mut forked =
                with_newcomer(&plain, placed_at, INCUMBENT, spot_ask(gpus.0, bid));
            let ask = Ask { bid: newcomer, ..spot_ask(gpus.1, 0) };
            forked.acts.retain(|(_, act)| !matches!(act, Act::Create(NEWCOMER, _)));
            forked.acts.push((at, Act::Create(NEWCOMER, ask)));
            History::until(&forked, at)
        };
        let (lower, higher) = (fork(low), fork(high));
        // Placed at once at the lower bid, hence at the higher, and on free GPUs. Where it is the same
        // host, the state is the same: a higher bid also opens hosts of a higher floor.
        let at_once = Some(SimTime::from_micros(placed_at));
        if lower.capacity(INCUMBENT) != at_once || lower.is_displaced(INCUMBENT) {
            return Ok(());
        }
        prop_assert_eq!(higher.capacity(INCUMBENT), at_once);
        if higher.place(INCUMBENT) == lower.place(INCUMBENT) {
            prop_assert!(!higher.is_displaced(INCUMBENT), "a victim at {high}, not at {low}");
        }
    }

    /// Every spot pod pays its own bid for each unit of its rental, and revenue is the sum of that.
    #[test]
    fn pay_as_bid_revenue_equals_the_winning_bids(storm in storms(Weather::CALM)) {
        let mut scenario = storm.scenario();
        scenario.rules.bid_change = BidChange::Refused;
        let facts = build::run_audited(&scenario, 0);
        let (mut owed, mut posted) = (Money::ZERO, Money::ZERO);
        let mut rentals: BTreeMap<PodId, (Option<Money>, SimTime, u32)> = BTreeMap::new();
        for (at, fact) in &facts {
            match *fact {
                Fact::PodRequested(asked) => {
                    let bid = match asked.kind {
                        Kind::Spot { bid } => Some(bid),
                        Kind::OnDemand | Kind::Serverless => None,
                    };
                    rentals.insert(asked.pod, (bid, SimTime::NEVER, 0));
                }
                Fact::PodPlaced { pod, gpus, price, .. } => {
                    let rental = rentals.get_mut(&pod).unwrap();
                    (rental.1, rental.2) = (*at, gpus);
                    prop_assert!(gpus == 0 || rental.0.is_none_or(|bid| bid == price));
                }
                Fact::RentalEnded(end) => {
                    let (Some(bid), placed, gpus) = rentals[&end.pod] else { continue };
                    let alive = end.reason == EndReason::Alive;
                    let minutes = match placed {
                        SimTime::NEVER => 0,
                        placed => minutes(storm.rules.minute_rounding, placed, *at, alive),
                    };
                    let nanos = bid.nanos() * i128::from(gpus) * i128::from(minutes) / 60;
                    prop_assert_eq!(end.compute.nanos(), nanos, "{:?} from {}", end, placed);
                    owed += end.compute;
                }
                Fact::Posted(posting) if posting.item == Item::Compute => {
                    let pod = posting.usage.unwrap().pod().unwrap();
                    if rentals[&pod].0.is_some() {
                        posted += posting.amount;
                    }
                }
                _ => {}
            }
        }
        prop_assert_eq!(owed, posted);
    }

    /// POD-19, SPOT-04.
    #[test]
    fn on_demand_is_never_displaced_and_nobody_by_an_equal_bid(storm in storms(Weather::GALE)) {
        let mut kinds: BTreeMap<PodId, Kind> = BTreeMap::new();
        for (at, fact) in build::run_audited(&storm.scenario(), 0) {
            let (victim, by) = match fact {
                Fact::PodRequested(asked) => {
                    kinds.insert(asked.pod, asked.kind);
                    continue;
                }
                Fact::BidChanged { pod, bid } => {
                    kinds.insert(pod, Kind::Spot { bid });
                    continue;
                }
                Fact::PodDisplaced { pod, by: Some(by), .. }
                | Fact::PromiseLost { pod, by: Some(by) } => {
                    (kinds[&pod], kinds[&by])
                }
                _ => continue,
            };
            let weaker = match (victim, by) {
                (Kind::OnDemand | Kind::Serverless, _) => false,
                (Kind::Spot { .. }, Kind::OnDemand | Kind::Serverless) => true,
                (Kind::Spot { bid }, Kind::Spot { bid: higher }) => bid < higher,
            };
            prop_assert!(weaker, "at {at} {victim:?} gave way to {by:?}");
        }
    }

    /// POD-05: whoever displaces found no host with enough free, or in grace and promised to nobody.
    /// (The witness checks this at each displacement: see `witness/displacement.rs`.)
    #[test]
    fn free_capacity_is_used_before_anyone_is_displaced(
        storm in storms(Weather { mixed: true, ..Weather::CALM }),
    ) {
        witness::run(&storm.scenario(), true).map_err(TestCaseError::fail)?;
    }
}

/// How many minutes a rental owes, counted as the rules say it (GEN-07): each that began, also at the
/// instant of a settlement; or each that ended.
fn minutes(rounding: Rounding, from: SimTime, to: SimTime, alive: bool) -> u64 {
    let (open, minute) = (to.micros() - from.micros(), 60_000_000);
    match rounding {
        Rounding::Completed => open / minute,
        Rounding::Started if alive => open / minute + 1,
        Rounding::Started => open.div_ceil(minute),
    }
}
