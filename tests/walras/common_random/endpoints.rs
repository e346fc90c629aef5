//! Endpoints beside pods: whatever scaler and keep-alive they choose, the same requests come at the same instants and
//! take as long, the same pods are asked for, the same hosts fail (SLS-32, SLS-23, JOB-08).

use super::{Outside, Told, all_meet_the_same, heard};
use std::collections::BTreeMap;
use std::sync::Arc;
use walras::journal::Fact;
use walras::journal::fact::{RequestId, RequestStatus};
use walras::scenario::Scenario;
use walras::scenario::load::from_text;
use walras::scenario::model::serverless::{
    Adaptive, ConcurrencyTarget, Hybrid, KeepAliveChoice, Predictive, ScalerChoice, Settings,
};
use walras::units::{SimTime, Span};

/// Two endpoints and pods of both kinds on hosts that fail.
const MARKET: &str = r#"(
    horizon: "1d",
    sample_every: None,
    rules: (displaced: resume, crash_probability: 0.02, worker_container_start: Uniform(low: "0.5s", high: "2s")),
    fleet: [(
        prefix: "ro", gpu_type: "NVIDIA RTX A4000", datacenter: "EU-RO-1", count: 4, gpus: 4,
        power_failures: (time_to_failure: Exponential(mean: "6h"), time_to_repair: "1m"),
    )],
    accounts: [(name: "studio", balance: 5000)],
    endpoints: [
        (name: "e", account: "studio", gpus: "NVIDIA RTX A4000", workers_max: 8),
        (name: "f", account: "studio", gpus: "NVIDIA RTX A4000", workers_max: 4, concurrency: 2),
    ],
    requests: [
        (
            endpoint: "e",
            arrivals: Bursts(states: [(rate: "20/h", stay: "1h"), (rate: "0.5/s", stay: "4m")]),
            execution: LogNormal(median: "6s", p95: "20s"), handler_error: 0.02,
        ),
        (
            endpoint: "f", arrivals: Poisson(rate: "12/h"), execution: Exponential(mean: "40s"),
            low_priority: 0.1,
        ),
    ],
    customers: [
        (
            name: "labs", accounts: 5, balance: Uniform(low: 20, high: 2000),
            arrivals: Poisson(rate: "3/h"), gpu_type: "NVIDIA RTX A4000",
            gpus: Choice({1: 0.7, 2: 0.3}), duration: LogNormal(median: "1h", p95: "6h"),
            patience: Exponential(mean: "30m"),
        ),
        (
            name: "students", accounts: 9, balance: 100,
            arrivals: Poisson(rate: "6/h"), gpu_type: "NVIDIA RTX A4000",
            duration: Exponential(mean: "90m"), patience: "6h", kind: spot(share: 0.75),
        ),
    ],
)"#;

/// How long each completed request was worked on.
type Executions = BTreeMap<RequestId, Span>;

/// What a run tells if its endpoints choose so.
fn told(choose: impl Fn(&mut Settings)) -> (Told, Executions) {
    let mut scenario: Scenario =
        from_text("market", MARKET).unwrap_or_else(|faults| panic!("{faults}"));
    for endpoint in &mut scenario.endpoints {
        let resolved = endpoint.at_start.as_mut().expect("it is there from the start");
        choose(&mut Arc::make_mut(resolved).settings);
    }
    let facts = heard(&scenario);
    let completed = |(at, fact): &(SimTime, Fact)| {
        let Fact::RequestEnded(end) = fact else { return None };
        let started = end.started.filter(|_| end.status == RequestStatus::Completed)?;
        Some((end.request, *at - started))
    };
    let executions = facts.iter().filter_map(completed).collect();
    (Told::of(&scenario, facts), executions)
}

fn meet_the_same(family: &str, members: Vec<(Told, Executions)>) {
    let (told, executions): (Vec<Told>, Vec<Executions>) = members.into_iter().unzip();
    let requests = told[0].outside.iter().filter(|(_, came)| matches!(came, Outside::Request(..)));
    let requests = requests.count();
    assert!(800 < requests, "{requests} requests");
    for (index, one) in executions.iter().enumerate() {
        let both = one.iter().filter_map(|(request, takes)| {
            executions[0].get(request).map(|other| (request, takes, other))
        });
        let mut compared = 0;
        for (request, takes, other) in both {
            assert_eq!(takes, other, "{family} {index}: how long {request:?} takes");
            compared += 1;
        }
        assert!(requests * 9 < compared * 10, "{family} {index}: only {compared} of {requests}");
    }
    all_meet_the_same(family, &told, told.len());
}

#[test]
fn no_scaler_changes_what_comes_from_outside() {
    let s = Span::from_seconds;
    let target =
        ConcurrencyTarget { target: 1.5, window: s(60), panic_window: s(6), panic_threshold: 2.0 };
    let all = [
        ScalerChoice::QueueDelay(s(4)),
        ScalerChoice::RequestCount(2),
        ScalerChoice::Concurrency(target),
        ScalerChoice::Predictive(Predictive { window: s(300), safety: 1.2 }),
        ScalerChoice::Fixed(3),
        ScalerChoice::Scheduled([(s(0), 2), (s(43_200), 4)].into()),
    ];
    // One of each: a further one is missed here.
    let place = |choice: &ScalerChoice| match choice {
        ScalerChoice::QueueDelay(_) => 0,
        ScalerChoice::RequestCount(_) => 1,
        ScalerChoice::Concurrency(_) => 2,
        ScalerChoice::Predictive(_) => 3,
        ScalerChoice::Fixed(_) => 4,
        ScalerChoice::Scheduled(_) => 5,
        ScalerChoice::Own(_) => unreachable!("none of ours"),
    };
    assert_eq!(all.each_ref().map(place), [0, 1, 2, 3, 4, 5]);
    let members = all.map(|choice| told(|settings| settings.scaler = choice.clone()));
    meet_the_same("scaler", members.into());
}

#[test]
fn no_keep_alive_changes_what_comes_from_outside() {
    let s = Span::from_seconds;
    let hybrid = Hybrid { range: s(14_400), cell: s(60), tail: 0.99, head: 0.05, margin: 0.1 };
    let all = [
        KeepAliveChoice::IdleTimeout,
        KeepAliveChoice::Hybrid(hybrid),
        KeepAliveChoice::Adaptive(Adaptive { factor: 2.0, least: s(1), most: s(3_600) }),
    ];
    let place = |choice| match choice {
        KeepAliveChoice::IdleTimeout => 0,
        KeepAliveChoice::Hybrid(_) => 1,
        KeepAliveChoice::Adaptive(_) => 2,
        KeepAliveChoice::Own(_) => unreachable!("none of ours"),
    };
    assert_eq!(all.map(place), [0, 1, 2]);
    let members = all.map(|choice| told(|settings| settings.keep_alive = choice));
    meet_the_same("keep-alive", members.into());
}
