//! What a run costs, counted and never timed: memory that follows what is alive, events that follow
//! what changes.

use crate::build;
use walras::engine::{self, Engine, RunId};
use walras::ids::{HostId, Id, ScopeId};
use walras::journal::{Fact, Journal};
use walras::rng::draw::Distribution;
use walras::scenario::Scenario;
use walras::scenario::demand::{BidRule, Buying};
use walras::scenario::load::from_text;
use walras::scenario::model::{Action, ActionKind, Cloud};
use walras::scenario::rules::CommunityPricing;
use walras::units::{Gb, Money, SimTime};

/// The sizes to which the tables of a run have grown when it ends.
#[derive(Debug, PartialEq, Eq)]
struct Grown {
    pods: usize,
    agenda: usize,
    classes: usize,
    shapes: usize,
    events: u64,
}

fn run_to_its_end(scenario: &Scenario) -> Grown {
    let mut journal = Journal::default();
    let run = RunId { seed: 1, replication: 0 };
    let mut engine = Engine::begin(scenario, run, &mut journal).expect("no trace is read");
    let mut events = 0;
    while engine.step() {
        events += 1;
    }
    let world = &engine.turn.world;
    Grown {
        pods: world.pods.slots(),
        agenda: engine.turn.agenda.room(),
        classes: world.fleet.classes.len(),
        shapes: world.shapes.room(),
        events,
    }
}

/// On demand and spot with volumes, starts, displacement, and patience that ends.
fn busy(days: u64) -> Scenario {
    let mut scenario = build::market(5, 8, SimTime::from_seconds(days * 86_400));
    let work = Distribution::Exponential { mean: 3_600.0 };
    let patience = Some(Distribution::Exponential { mean: 600.0 });
    build::add_segment(&mut scenario, 0.006, work.clone(), patience.clone(), Buying::OnDemand);
    for cents in [50, 60] {
        let bid = Money::from_nanos(cents * 10_000_000);
        let buying = Buying::Spot(BidRule::Fixed(bid));
        build::add_segment(&mut scenario, 0.004, work.clone(), patience.clone(), buying);
    }
    for segment in &mut scenario.segments {
        segment.demand.container_disk = Gb::new(20);
        segment.demand.volume = Gb::new(50);
    }
    scenario
}

#[test]
fn a_run_that_is_four_times_as_long_needs_no_larger_tables() {
    let (short, long) = (run_to_its_end(&busy(25)), run_to_its_end(&busy(100)));
    assert!(3 * short.events < long.events, "{short:?}, {long:?}");
    // The most that are alive at once creeps up with the logarithm of the time watched.
    assert!(long.pods <= short.pods * 5 / 4, "{short:?}, {long:?}");
    assert!(long.agenda <= short.agenda * 2, "{short:?}, {long:?}");
    assert_eq!((long.classes, long.shapes), (short.classes, short.shapes));
}

/// POD-06. Demands that nobody has any more are forgotten, though each request has one of its own.
#[test]
fn demands_follow_the_pods_that_are_there_and_not_those_of_the_past() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("distinct.csv");
    let distinct = |requests: u32| {
        let mut trace = "arrival_s,duration_s,gpus,volume_gb\n".to_owned();
        for request in 1..=requests {
            // Nine in ten find a GPU; in the last ten minutes of an hour the rest wait for one.
            let arrival = request * 60 - request % 10 * 55;
            trace.push_str(&format!("{},600,1,{request}\n", arrival.max(1)));
        }
        let mut lines: Vec<&str> = trace.lines().skip(1).collect();
        lines.sort_by_key(|line| line.split(',').next().map(|at| at.parse::<u32>().unwrap()));
        std::fs::write(
            &path,
            format!("arrival_s,duration_s,gpus,volume_gb\n{}\n", lines.join("\n")),
        )
        .unwrap();
        let text = format!(
            r#"(
                horizon: "{}m",
                fleet: [(name: "h", gpu_type: "NVIDIA RTX A6000", datacenter: "EU-RO-1", gpus: 9,
                    disk_gb: 1000000)],
                customers: [(name: "c", balance: 1000000, gpu_type: "NVIDIA RTX A6000",
                    patience: "1h", arrivals: Replay(path: {path:?}))],
            )"#,
            requests + 60
        );
        from_text("distinct.ron", &text).unwrap_or_else(|problems| panic!("{problems}"))
    };
    build::run_audited(&distinct(300), 0);
    let (few, many) = (run_to_its_end(&distinct(500)), run_to_its_end(&distinct(4_000)));
    assert!(7 * few.events < many.events, "{few:?}, {many:?}");
    // As many again as are in use are kept for the next, but at least 64.
    assert!(many.shapes <= 64.max(many.pods) + many.pods, "{few:?}, {many:?}");
}

/// HOST-13. Hosts that change their own price again and again fill no table.
#[test]
fn classes_of_hosts_follow_the_prices_in_force_and_not_those_of_the_past() {
    let with_changes = |days: u64, changes: u64| {
        let mut scenario = busy(days);
        scenario.scopes[0].cloud = Cloud::Community;
        scenario.rules.community_pricing = CommunityPricing::Host;
        scenario.script = (1..=changes)
            .map(|change| Action {
                at: SimTime::from_seconds(change * 3_600),
                account: None,
                member: None,
                kind: ActionKind::SetPrice {
                    scopes: Vec::<ScopeId>::new(),
                    host: Some(HostId::from_index((change % 5) as usize)),
                    price: Some(Money::from_nanos(500_000_000 + i128::from(change % 7 * 1_000))),
                    min_bid: None,
                },
            })
            .collect();
        scenario
    };
    let facts = build::run_audited(&with_changes(5, 100), 0);
    let set = facts.iter().filter(|(_, fact)| matches!(fact, Fact::PriceSet(_))).count();
    assert_eq!(set, 100, "every change is accepted");
    let (few, many) =
        (run_to_its_end(&with_changes(21, 10)), run_to_its_end(&with_changes(21, 500)));
    assert!(many.classes <= 6, "five hosts and what is being sorted: {few:?}, {many:?}");
}

/// BILL-01. A meter is a formula: a pod that runs for a year costs no more events than one that runs
/// for a minute, and posts as often.
#[test]
fn a_pod_that_runs_for_a_year_costs_no_more_events_than_one_that_runs_for_a_minute() {
    let cost = |runs_for: &str, rounding: &str| {
        let text = format!(
            r#"(
                horizon: "400d",
                sample_every: None,
                rules: (minute_rounding: {rounding}),
                fleet: [(name: "ro", gpu_type: "NVIDIA RTX A6000", datacenter: "EU-RO-1", gpus: 4)],
                accounts: [(name: "alice", balance: 100000)],
                script: [
                    (at: "0s", account: "alice", do: CreatePod(name: "pod",
                        gpuTypeId: "NVIDIA RTX A6000", containerDiskInGb: 20, volumeInGb: 100)),
                    (at: "{runs_for}", account: "alice", do: TerminatePod(podId: "pod")),
                ],
            )"#
        );
        let scenario = from_text("year.ron", &text).unwrap_or_else(|bad| panic!("{bad:?}"));
        let mut heard = build::Heard::default();
        let mut journal = Journal::new(vec![&mut heard]);
        let run = RunId { seed: 1, replication: 0 };
        let outcome = engine::run(&scenario, run, &mut journal, &mut |_| {});
        (outcome.expect("a sound run").events, heard.0.len())
    };
    for rounding in ["started", "completed"] {
        let minute = cost("90s", rounding);
        assert!(5 <= minute.0 && 10 <= minute.1, "something happens: {minute:?}");
        assert_eq!(cost("365d", rounding), minute);
    }
}

/// HOST-08: heartbeats are no events. A year of hosts that fail costs as many with sixty times the heartbeats, and
/// two a loss; one that nothing happens to costs nothing.
#[test]
fn host_08_a_year_of_hosts_costs_what_fails_in_it() {
    let year = |rules: &str| {
        let text = format!(
            r#"(
                horizon: "365d", sample_every: None, rules: (listing_minimum: 0, {rules}),
                fleet: [(gpu_type: "NVIDIA A40", cloud: COMMUNITY, count: 20)],
            )"#
        );
        let scenario = from_text("year", &text).unwrap();
        let facts = build::run_audited(&scenario, 0);
        let losses = facts
            .iter()
            .filter(|(_, fact)| matches!(fact, Fact::HostDown { .. } | Fact::NetworkDown { .. }));
        (run_to_its_end(&scenario).events, losses.count())
    };
    let (idle, none) = year("");
    assert_eq!(none, 0);
    assert!(idle < 10, "{idle} events of a year in which nothing happens");
    let failing = year("host_failures: by_cloud");
    assert_eq!(failing, year(r#"host_failures: by_cloud, heartbeat_interval: "1s""#));
    let (events, losses) = (failing.0, u64::try_from(failing.1).unwrap());
    assert!(200 < losses);
    assert!(events <= idle + 2 * losses, "{events} events for {losses} losses");
}
