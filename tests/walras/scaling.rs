//! Endpoints under random requests and updates: the scaler keeps its bounds and its formula (SLS-34, SLS-49), every
//! request ends once, and the seconds billed and what they cost are those of a naive count (SLS-20, SLS-21, SLS-40 to
//! SLS-42).

mod bills;

use bills::{Biller, Tariff};
use proptest::prelude::*;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use walras::engine::{Engine, RunId};
use walras::ids::{EndpointId, Id};
use walras::journal::fact::{RequestId, RequestStatus, WorkerId};
use walras::journal::{Fact, Journal, Sink};
use walras::scenario::Scenario;
use walras::scenario::load::from_text;
use walras::units::{Money, SimTime};
use walras::world::audit;

/// What is random of a market with one endpoint.
#[derive(Clone, Debug)]
struct Plan {
    bounds: (u32, u32),
    jobs_per_worker: Option<u32>,
    concurrency: u32,
    idle_s: u32,
    cold_ms: u32,
    /// When, for how long, whether of low priority.
    requests: Vec<(u32, u32, bool)>,
    /// When, and the bounds from then on.
    updates: Vec<(u32, (u32, u32))>,
    /// When, and the prices in units of 0.00001 USD, flex and active.
    prices: Vec<(u32, (u32, u32))>,
    /// How many millionths less the account pays, and until when.
    discount: Option<(u32, u32)>,
    /// Whether an active worker with a job pays the flex price, and whether a run keeps the prices of its waking.
    pays: (bool, bool),
    rules: &'static str,
}

fn bounds() -> impl Strategy<Value = (u32, u32)> {
    (0..3_u32, 0..4_u32).prop_map(|(least, more)| (least, (least + more).max(1)))
}

fn plans() -> impl Strategy<Value = Plan> {
    let requests =
        proptest::collection::vec((0..120_000_u32, 100..30_000_u32, any::<bool>()), 1..40);
    let updates = proptest::collection::vec((0..150_000_u32, bounds()), 0..4);
    let price = (1..50_u32, 1..50_u32);
    let prices = proptest::collection::vec((0..150_000_u32, price), 0..4);
    let discount = proptest::option::of((1..1_000_000_u32, 0..150_000_u32));
    let pays = (any::<bool>(), proptest::bool::weighted(0.25));
    let rules = prop_oneof![
        Just(""),
        Just("dispatch: longest_idle,"),
        Just("dispatch: lowest_id, rollout: lazy,"),
        Just("scale_down: at_once,"),
        Just("binding: early,"),
        Just(r#"worker_container_start: Uniform(low: "0s", high: "9s"),"#),
        Just("crash_probability: 0.2, unhealthy_retry: \"10s\","),
        Just(r#"scaler_period: "7s","#),
    ];
    let shape = (bounds(), proptest::option::of(1..4_u32), 1..4_u32, 1..20_u32, 0..6_000_u32);
    (shape, requests, updates, (prices, discount, pays), rules).prop_map(
        |(shape, requests, updates, (prices, discount, pays), rules)| {
            let (bounds, jobs_per_worker, concurrency, idle_s, cold_ms) = shape;
            Plan {
                bounds,
                jobs_per_worker,
                concurrency,
                idle_s,
                cold_ms,
                requests,
                updates,
                prices,
                discount,
                pays,
                rules,
            }
        },
    )
}

fn seconds(millis: u32) -> String {
    format!("{}.{:03}s", millis / 1000, millis % 1000)
}

fn script(plan: &Plan) -> String {
    let mut script = String::new();
    for (at, takes, low) in &plan.requests {
        let (at, takes) = (seconds(*at), seconds(*takes));
        let _ = write!(
            script,
            r#"(at: "{at}", account: "a", do: SubmitJob(endpoint: "e", execution: "{takes}", lowPriority: {low})),"#
        );
    }
    for (at, (least, most)) in &plan.updates {
        let at = seconds(*at);
        let _ = write!(
            script,
            r#"(at: "{at}", account: "a", do: UpdateEndpoint(endpoint: "e", workers_min: {least}, workers_max: {most})),"#
        );
    }
    for (at, (flex, active)) in &plan.prices {
        let (flex, active) = (f64::from(*flex) / 1e5, f64::from(*active) / 1e5);
        let at = seconds(*at);
        let _ = write!(
            script,
            r#"(at: "{at}", do: SetPrice(workerClass: "AMPERE_16", flex: {flex:.5}, active: {active:.5})),"#
        );
    }
    script
}

/// What the plan says of prices, as fields of the account and as rules.
fn pays(plan: &Plan) -> (String, String) {
    let discount = plan.discount.map_or_else(String::new, |(less, until)| {
        format!(r#"serverless_discount: (0.{less:06}, "{}"),"#, seconds(until))
    });
    let (not_working, new_runs) = plan.pays;
    let when = if not_working { "not_working" } else { "always" };
    let reaches = if new_runs { "new_runs" } else { "running" };
    (discount, format!("active_price_when: {when}, worker_price_change: {reaches},"))
}

fn scenario(plan: &Plan) -> Scenario {
    let (script, (discount, pays)) = (script(plan), pays(plan));
    let Plan { bounds: (least, most), concurrency, idle_s, rules, .. } = plan;
    let cold = seconds(plan.cold_ms);
    let start = if rules.contains("worker_container_start") {
        String::new()
    } else {
        format!(r#"worker_container_start: "{cold}","#)
    };
    let scaler = match plan.jobs_per_worker {
        Some(jobs) => format!("RequestCount({jobs})"),
        None => r#"QueueDelay("2s")"#.to_owned(),
    };
    let text = format!(
        r#"(
            horizon: "10m",
            rules: (worker_quota: None, {pays} {start} {rules}),
            fleet: [(gpu_type: "NVIDIA RTX A4000", count: 2, gpus: 8, datacenter: "EU-RO-1")],
            accounts: [(name: "a", balance: 1000, {discount})],
            endpoints: [(name: "e", account: "a", gpus: "NVIDIA RTX A4000", model_gb: 0, scaler: {scaler},
                workers_min: {least}, workers_max: {most}, concurrency: {concurrency},
                idle_timeout: "{idle_s}s")],
            script: [{script}],
        )"#
    );
    from_text("scaling.ron", &text).unwrap_or_else(|problems| panic!("{problems}\n{text}"))
}

/// What was said.
#[derive(Default)]
struct Heard {
    submitted: Vec<RequestId>,
    ended: BTreeMap<RequestId, RequestStatus>,
    twice: bool,
    started: BTreeMap<RequestId, WorkerId>,
}

impl Sink for Heard {
    fn hear(&mut self, _: SimTime, fact: &Fact) {
        match *fact {
            Fact::RequestSubmitted(submitted) => self.submitted.push(submitted.request),
            Fact::RequestEnded(ended) => {
                self.twice |= self.ended.insert(ended.request, ended.status).is_some();
            }
            Fact::RequestStarted(handled) => {
                // Served twice only if it was put back in between.
                self.twice |= self.started.insert(handled.request, handled.worker).is_some();
            }
            Fact::RequestRequeued(handled) => {
                self.started.remove(&handled.request);
            }
            _ => {}
        }
    }
}

/// SLS-49. Whether the endpoint has as many workers as it has to, at the end of an instant.
fn is_served(engine: &Engine<'_, '_>, plan: &Plan) -> Result<(), String> {
    let own = &engine.turn.world.endpoints[EndpointId::from_index(0)];
    let (workers, live) = (own.workers.undrained(), own.live);
    let unhealthy = own.counts().unhealthy;
    if unhealthy != 0 || plan.rules.contains("scaler_period") {
        return Ok(());
    }
    // Those that still end their jobs count under the ceiling.
    let room = live.workers_max.saturating_sub(own.workers.draining);
    if workers < live.workers_min.min(room) {
        return Err(format!("{workers} workers of at least {}", live.workers_min));
    }
    if let Some(jobs) = plan.jobs_per_worker {
        let load = own.waiting.normal.len() as u32 + own.workers.in_hand;
        let desired = load.div_ceil(jobs).clamp(live.workers_min, live.workers_max).min(room);
        if workers < desired {
            return Err(format!("{workers} workers for {load} jobs, {jobs} each"));
        }
    }
    Ok(())
}

/// Runs a plan, checked after every event and every instant.
fn run(plan: &Plan) -> (Heard, Biller) {
    let scenario = scenario(plan);
    let (mut heard, mut biller) = (Heard::default(), Biller::new(tariff(plan)));
    {
        let mut journal = Journal::new(vec![&mut heard, &mut biller]);
        let id = RunId { seed: 7, replication: 0 };
        let mut engine = Engine::begin(&scenario, id, &mut journal).expect("a run");
        let mut last = (engine.turn.now, Ok(()));
        while engine.step() {
            audit::check(&engine.turn.world).unwrap_or_else(|fault| panic!("{fault}"));
            if last.0 != engine.turn.now {
                last.1.unwrap_or_else(|what: String| panic!("at {}: {what}", last.0));
            }
            last = (engine.turn.now, is_served(&engine, plan));
        }
        engine.finish().expect("a run");
    }
    (heard, biller)
}

/// The same as the biller has it.
fn tariff(plan: &Plan) -> Tariff {
    let micros = |millis: u32| u64::from(millis) * 1000;
    let mut prices: Vec<_> = plan.prices.iter().map(|(at, set)| (micros(*at), *set)).collect();
    prices.sort_by_key(|(at, _)| *at);
    let discount = plan.discount.map(|(less, until)| (less, micros(until)));
    let (not_working, new_runs) = plan.pays;
    Tariff { prices, discount, not_working, new_runs }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    /// SLS-20, SLS-21, SLS-34, SLS-40, SLS-41, SLS-42, SLS-44, SLS-49, JOB-07.
    #[test]
    fn endpoints_keep_their_bounds_and_bill_what_a_naive_count_does(plan in plans()) {
        let (heard, biller) = run(&plan);
        prop_assert!(!heard.twice, "a request was served or ended twice");
        let ended: Vec<RequestId> = heard.ended.keys().copied().collect();
        prop_assert_eq!(ended, heard.submitted);
        for bill in &biller.bills {
            let row = &bill.row;
            prop_assert_eq!((row.kind, row.billed, row.compute), bill.counted, "{:?}", row);
            let posted = biller.posted.get(&row.worker).copied();
            prop_assert_eq!(posted.or(Some(Money::ZERO)), row.compute, "{:?}", row);
        }
    }
}
