//! Endpoints, pods on demand and pods on spot that want the same GPUs, on hosts that fail, are maintained, leave and
//! join: every invariant holds after every event, whatever the rules are (SLS-49, GEN-13).

use super::storm::{RULES, action};
use crate::storm::config;
use proptest::prelude::*;
use proptest::sample::select;
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::rc::Rc;
use walras::engine::{Engine, RunId};
use walras::ids::{EndpointId, HostId};
use walras::journal::fact::{Kind, RequestId, RequestStatus, WorkerId};
use walras::journal::{Fact, Journal, Sink};
use walras::scenario::Scenario;
use walras::scenario::load::from_text;
use walras::scenario::rules::serverless::WakePlacement;
use walras::scenario::rules::{Rules, WaitingOrder};
use walras::units::SimTime;
use walras::world::World;
use walras::world::audit;
use walras::world::pod::PodState;

/// Rules of pods that differ.
const OF_PODS: [&str; 9] = [
    "displaced: resume,",
    "displaced: terminate,",
    "waiting_order: block,",
    "spot_clearing: uniform_highest_losing,",
    "spot_clearing: posted,",
    r#"grace: "2s","#,
    "serverless_clouds: [SECURE, COMMUNITY],",
    "workers_displace_spot: [active],",
    "workers_displace_spot: [],",
];

/// What endpoints are, beside their names.
const SETTINGS: [&str; 6] = [
    "",
    "scaler: RequestCount(1), workers_min: 1, concurrency: 2",
    r#"workers_min: 2, workers_max: 5, flashboot: true"#,
    r#"scaler: Concurrency(target: 1, window: "10s"), workers_max: 6"#,
    r#"scaler: Predictive(window: "20s"), keep_alive: adaptive(factor: 3)"#,
    "scaler: Fixed(2), keep_alive: hybrid",
];

/// How hosts fail, if they do by themselves.
const FAILURES: &str = r#"power_failures: (time_to_failure: Exponential(mean: "100s"), time_to_repair: "11s"),
    network_failures: (time_to_failure: Exponential(mean: "130s"), time_to_repair: Exponential(mean: "9s")),"#;

/// Providers that come and go.
const SUPPLY: &str = r#"supply: [(
    name: "g", gpu_type: "NVIDIA RTX A4000", gpus: [1, 2], at_start: 1, invited_every: Exponential(mean: "25s"),
    joins_if: always, cost: Uniform(low: 0.05, high: 0.3), asks: follow_market(), review_every: "30s",
    leaves: (lifetime: Exponential(mean: "60s"), unprofitable_for: "1m", notice: "5s"),
)],"#;

/// What is done to pods by their owner, b.
fn of_pods() -> impl Strategy<Value = String> {
    let pod = || select(vec!["p0", "p1", "p2", "p3"]);
    let bid = || select(vec!["0.2", "0.3", "0.34", "0.5"]);
    let stop = (select(vec!["StopPod", "TerminatePod", "ResetPod"]), pod())
        .prop_map(|(what, pod)| format!(r#"{what}(podId: "{pod}")"#));
    let full = select(vec!["refuse", r#"wait, patience: "1m""#, "move", "zero_gpu"]);
    let resume = (pod(), full)
        .prop_map(|(pod, full)| format!(r#"ResumePod(podId: "{pod}", when_full: {full})"#));
    let resume_spot = (pod(), bid())
        .prop_map(|(pod, bid)| format!(r#"ResumeSpotPod(podId: "{pod}", bidPerGpu: {bid})"#));
    let change = (pod(), bid())
        .prop_map(|(pod, bid)| format!(r#"ChangeBid(podId: "{pod}", bidPerGpu: {bid})"#));
    let go = pod().prop_map(|pod| format!(r#"MovePod(podId: "{pod}")"#));
    prop_oneof![4 => stop, 3 => resume, 2 => resume_spot, 1 => change, 1 => go]
}

/// What happens to hosts.
fn of_hosts() -> impl Strategy<Value = String> {
    let host = || select(vec!["h1", "h2", "h3", "h4"]);
    let outage = (select(vec!["HostDown", "HostUp", "NetworkDown", "NetworkUp"]), host())
        .prop_map(|(what, host)| format!(r#"{what}(host: "{host}")"#));
    let leave = (host(), select(vec!["0s", "9s", "40s"]))
        .prop_map(|(host, notice)| format!(r#"HostLeave(host: "{host}", notice: "{notice}")"#));
    let keep = (host(), 40..300_u32).prop_map(|(host, from)| {
        let to = from + 30;
        format!(r#"ScheduleMaintenance(host: "{host}", start: "{from}s", end: "{to}s")"#)
    });
    let price = select(vec!["0.00010", "0.00050"]).prop_map(|price| {
        format!(r#"SetPrice(workerClass: "AMPERE_16", flex: {price}, active: {price})"#)
    });
    let list = select(vec!["0.2", "0.45"])
        .prop_map(|price| format!(r#"SetPrice(gpuTypeId: "NVIDIA RTX A4000", price: {price})"#));
    prop_oneof![5 => outage, 1 => leave, 1 => keep, 1 => price, 1 => list]
}

/// A market, as text, with rules of endpoints by their places in [`RULES`].
#[derive(Clone, Debug)]
struct Crowd {
    text: String,
    rules: Vec<usize>,
}

/// When, in quarters of a second, so that much happens at once.
fn instants() -> impl Strategy<Value = u32> {
    prop_oneof![3 => 0..1200_u32, 1 => (0..20_u32).prop_map(|place| place * 60)]
}

type Acts = Vec<(u32, String)>;

fn script([endpoints, pods, hosts]: &[Acts; 3], asks: &[(u32, u32, &str)]) -> String {
    let mut script = String::new();
    let when = |quarter: &u32| format!("{}.{:02}s", quarter / 4, quarter % 4 * 25);
    for (number, (instant, gpus, bid)) in asks.iter().enumerate() {
        let what = if bid.is_empty() { "CreatePod" } else { "CreateSpotPod" };
        let bid = if bid.is_empty() { String::new() } else { format!("bidPerGpu: {bid},") };
        let _ = writeln!(
            script,
            r#"(at: "{}", account: "b", do: {what}(name: "p{number}", gpuTypeId: "NVIDIA RTX A4000",
                gpuCount: {gpus}, volumeInGb: 5, patience: "2m", {bid})),"#,
            when(instant)
        );
    }
    let is_platforms = |action: &str| action.starts_with("Host") || action.starts_with("Network");
    for (instant, action) in endpoints.iter().filter(|(_, action)| !is_platforms(action)) {
        let _ = writeln!(script, r#"(at: "{}", account: "a", do: {action}),"#, when(instant));
    }
    for (instant, action) in pods {
        let _ = writeln!(script, r#"(at: "{}", account: "b", do: {action}),"#, when(instant));
    }
    for (instant, action) in hosts {
        let _ = writeln!(script, r#"(at: "{}", do: {action}),"#, when(instant));
    }
    script
}

fn crowds() -> impl Strategy<Value = Crowd> {
    let acts = (
        proptest::collection::vec((instants(), action()), 0..25),
        proptest::collection::vec((instants(), of_pods()), 0..15),
        proptest::collection::vec((instants(), of_hosts()), 0..8),
    );
    let asks = proptest::collection::vec(
        (instants(), 1..3_u32, select(vec!["", "", "0.22", "0.3", "0.34"])),
        4,
    );
    let shape = (
        1..5_u32,
        (select(&SETTINGS[..]), select(&SETTINGS[..])),
        select(vec!["0.15", "0.6", "1000"]),
        (any::<bool>(), any::<bool>()),
    );
    let rules = (
        proptest::collection::vec(select(&OF_PODS[..]), 0..3),
        proptest::collection::vec(0..RULES.len(), 0..4),
    );
    (shape, rules, acts, asks).prop_map(|(shape, (of_pods, rules), acts, asks)| {
        let (gpus, (e, f), balance, (fails, churns)) = shape;
        let script = script(&[acts.0, acts.1, acts.2], &asks);
        let failures = if fails { FAILURES } else { "" };
        let supply = if churns { SUPPLY } else { "" };
        let mut seen = BTreeSet::new();
        let fields = of_pods.into_iter().filter(|rule| seen.insert(rule.split(':').next()));
        let fields: String = fields.collect();
        let text = format!(
            r#"(
    horizon: "400s", sample_every: "50s",
    rules: (worker_quota: None, {fields}),
    fleet: [(names: ["h1", "h2", "h3"], gpu_type: "NVIDIA RTX A4000", gpus: {gpus}, datacenter: "EU-RO-1", {failures}),
        (names: ["h4"], gpu_type: "NVIDIA RTX A4000", gpus: 2, cloud: COMMUNITY)],
    {supply}
    accounts: [(name: "a", balance: {balance}), (name: "b", balance: 1000)],
    endpoints: [
        (name: "e", account: "a", gpus: "RTX A4000", {e}),
        (name: "f", account: "a", gpus: "RTX A4000", {f}),
    ],
    requests: [(
        endpoint: "f", arrivals: Bursts(states: [(rate: "0.02/s", stay: "30s"), (rate: "1/s", stay: "6s")]),
        execution: Exponential(mean: "4s"), low_priority: 0.2,
    )],
    customers: [
        (name: "labs", accounts: 2, balance: 50, arrivals: Poisson(rate: "60/h"), gpu_type: "NVIDIA RTX A4000",
            duration: Exponential(mean: "70s"), patience: "30s"),
        (name: "students", accounts: 2, balance: 50, arrivals: Poisson(rate: "60/h"),
            gpu_type: "NVIDIA RTX A4000", duration: Exponential(mean: "90s"), patience: "1m",
            kind: spot(share: 0.8), volume_gb: 5),
    ],
    script: [
{script}],
)"#
        );
        Crowd { text, rules }
    })
}

impl Crowd {
    fn scenario(&self) -> Scenario {
        let read = from_text("crowd.ron", &self.text);
        let mut scenario = read.unwrap_or_else(|problems| panic!("{problems}\n{}", self.text));
        for rule in &self.rules {
            RULES[*rule](&mut scenario.rules);
        }
        scenario
    }
}

/// What facts said of the requests to one endpoint since its creation, counted one by one.
#[derive(Debug, Default)]
struct Count {
    accepted: u64,
    ended: BTreeMap<RequestStatus, u64>,
    retried: u64,
    in_hand: u64,
}

/// What became of requests.
#[derive(Default)]
struct Requests {
    counts: BTreeMap<EndpointId, Count>,
    /// Whose hands each is in.
    held: BTreeMap<RequestId, WorkerId>,
    accepted: BTreeSet<RequestId>,
    ended: BTreeSet<RequestId>,
    faults: Vec<String>,
}

impl Requests {
    fn of(&mut self, endpoint: EndpointId) -> &mut Count {
        self.counts.entry(endpoint).or_default()
    }
    fn hear(&mut self, fact: &Fact) {
        match *fact {
            Fact::EndpointCreated(made) => *self.of(made.endpoint) = Count::default(),
            Fact::RequestSubmitted(new) => {
                self.accepted.insert(new.request);
                self.of(new.endpoint).accepted += 1;
            }
            Fact::RequestStarted(taken) => {
                let before = self.held.insert(taken.request, taken.worker);
                self.of(taken.worker.endpoint).in_hand += 1;
                if before.is_some() || self.ended.contains(&taken.request) {
                    self.faults.push(format!("{:?} is taken twice", taken.request));
                }
            }
            Fact::RequestRequeued(back) => {
                let count = self.of(back.worker.endpoint);
                (count.retried, count.in_hand) = (count.retried + 1, count.in_hand - 1);
                if self.held.remove(&back.request) != Some(back.worker) {
                    self.faults.push(format!("{:?} is put back by another", back.request));
                }
            }
            Fact::RequestEnded(end) => {
                let was_held = self.held.remove(&end.request).is_some();
                let count = self.of(end.endpoint);
                *count.ended.entry(end.status).or_default() += 1;
                count.in_hand -= u64::from(was_held);
                if !self.accepted.contains(&end.request) || !self.ended.insert(end.request) {
                    self.faults.push(format!("{:?} ends twice, or was never there", end.request));
                }
            }
            _ => {}
        }
    }
}

/// Heard while the run is looked at.
struct Shared(Rc<RefCell<Requests>>);

impl Sink for Shared {
    fn hear(&mut self, _: SimTime, fact: &Fact) {
        self.0.borrow_mut().hear(fact);
    }
}

/// GEN-13, SLS-49. GPUs that workers hold on each host, and those that are promised to them and free already, counted
/// one by one, are those that the host has given them.
fn held_once(world: &World) -> Result<(), String> {
    let mut held: BTreeMap<HostId, u32> = BTreeMap::new();
    for pod in world.workers.rented.keys() {
        let row = &world.pods[*pod];
        if row.kind != Kind::Serverless {
            return Err(format!("{:?} is a worker of another kind", row.name));
        }
        let (PodState::Initializing { host, .. } | PodState::Running { host }) = row.state else {
            continue;
        };
        *held.entry(host).or_default() += row.bundle.gpus;
    }
    for (host, row) in world.fleet.hosts.iter() {
        let promises = row.promises.iter().filter(|promise| promise.kind == Kind::Serverless);
        let parts = promises.flat_map(|promise| &promise.parts);
        let promised: u32 =
            parts.filter(|part| part.from.is_none()).map(|part| part.bundle.gpus).sum();
        let counted = held.remove(&host).unwrap_or(0) + promised;
        let given = u32::from(row.occupancy.serverless);
        if counted != given {
            return Err(format!("{host:?} gives {given} GPUs to workers that hold {counted}"));
        }
    }
    Ok(())
}

/// POD-06, SLS-22, SLS-37. When an instant is over, nobody waits for GPUs that are free on its own host.
fn nobody_waits_in_vain(world: &World, rules: &Rules) -> Result<(), String> {
    let anywhere = rules.serverless.wake_placement == WakePlacement::Anywhere;
    if anywhere || rules.waiting_order == WaitingOrder::Block {
        return Ok(());
    }
    for (pod, rented) in &world.workers.rented {
        let row = &world.pods[*pod];
        let Some(host) = rented.bound.filter(|_| row.state == PodState::Waiting) else { continue };
        let on = &world.fleet.hosts[host];
        if on.offered() && on.free.covers(&row.need()) {
            return Err(format!("{:?} waits for {host:?}, which has room", rented.worker));
        }
    }
    Ok(())
}

/// SLS-48, SLS-49. What `/health` says of each endpoint is what was said of its requests, one by one.
fn health_adds_up(world: &World, requests: &Requests) -> Result<(), String> {
    if let Some(fault) = requests.faults.first() {
        return Err(fault.clone());
    }
    for (id, own) in world.endpoints.iter().filter(|(_, own)| own.exists) {
        let (seen, count) = (own.counts(), &requests.counts[&id]);
        let ended = |status| count.ended.get(&status).copied().unwrap_or(0);
        let completed = ended(RequestStatus::Completed);
        let failed = (ended(RequestStatus::Failed), ended(RequestStatus::TimedOut));
        let all: u64 = count.ended.values().sum();
        let told = [seen.completed, seen.failed, seen.timed_out, seen.cancelled, seen.retried];
        let heard = [completed, failed.0, failed.1, ended(RequestStatus::Cancelled), count.retried];
        let there = (seen.in_progress, seen.in_queue + seen.in_progress);
        if told != heard || there != (count.in_hand, count.accepted - all) {
            return Err(format!("{id:?} tells {seen:?} of {count:?}"));
        }
    }
    Ok(())
}

/// Runs it, looked at after every event; how many requests were accepted.
fn run(crowd: &Crowd) -> usize {
    let scenario = crowd.scenario();
    let requests = Rc::new(RefCell::new(Requests::default()));
    let mut sink = Shared(Rc::clone(&requests));
    let mut journal = Journal::new(vec![&mut sink]);
    let id = RunId { seed: 5, replication: 0 };
    let mut engine = Engine::begin(&scenario, id, &mut journal).expect("a sound scenario");
    let mut last = (engine.turn.now, Ok(()));
    while engine.step() {
        let (now, world) = (engine.turn.now, &engine.turn.world);
        if last.0 != now {
            last.1.unwrap_or_else(|what: String| panic!("at {}: {what}", last.0));
        }
        audit::check(world).unwrap_or_else(|fault| panic!("at {now}: {fault}"));
        let seen = held_once(world).and_then(|()| health_adds_up(world, &requests.borrow()));
        seen.unwrap_or_else(|fault| panic!("at {now}: {fault}"));
        last = (now, nobody_waits_in_vain(world, &scenario.rules));
    }
    engine.finish().expect("a sound run");
    let requests = requests.borrow();
    assert!(requests.faults.is_empty(), "{:?}", requests.faults);
    assert_eq!(requests.ended, requests.accepted, "each ends once, or is told at the horizon");
    requests.accepted.len()
}

proptest! {
    #![proptest_config(config(40))]

    /// GEN-13, SLS-36, SLS-37, SLS-48, SLS-49. No GPU is held twice, books balance, `/health` adds up, every request
    /// ends once.
    #[test]
    fn sls_49_invariants_hold_among_pods(crowd in crowds()) {
        run(&crowd);
    }
}
