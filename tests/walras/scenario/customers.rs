//! Good segments of customers: what is stated, and what holds when nothing is.

use super::{poisson, read, segment};
use walras::ids::{AccountId, Id, SegmentId};
use walras::rng::draw::Distribution;
use walras::scenario::checkpointing::{CheckpointChoice, Checkpointing};
use walras::scenario::demand::{
    ArrivalProcess, BidRule, Buying, Clouds, Demand, LaterDeposits, OnDone, RateProfile, Segment,
    WorkLength,
};
use walras::scenario::model::{AccountSpec, AutoPay, Image, SpendingLimit};
use walras::units::{Gb, Money, Share, SimTime, Span};

fn usd(text: &str) -> Money {
    Money::parse(text).unwrap()
}

fn constant(value: f64) -> Distribution {
    Distribution::Constant(value)
}

fn labs() -> Segment {
    Segment {
        name: "labs".into(),
        id: SegmentId::from_index(0),
        first_account: AccountId::from_index(0),
        population: 1,
        arrivals: ArrivalProcess::Poisson { per_second: 12.0 / 3_600.0, profile: None },
        batch: None,
        from: SimTime::ZERO,
        until: SimTime::from_seconds(7 * 86_400),
        gpus: constant(1.0),
        demand: Demand { container_disk: Gb::new(10), ..Demand::of_gpus(0, 0) },
        image: Image::EVERYWHERE,
        template: None,
        work: WorkLength::Duration(constant(3_600.0)),
        value: None,
        patience: Some(constant(0.0)),
        buying: Buying::OnDemand,
        plan: None,
        conduct: None,
        churn: None,
        on_done: OnDone::Terminate,
        checkpoint: None,
        opening_balance: constant(100.0),
        deposits: None,
        network_volume: None,
    }
}

#[test]
fn a_small_segment_is_small() {
    let scenario = read(&poisson(r#"duration: "1h","#));
    assert_eq!(scenario.segments, [labs()]);
    let account = AccountSpec {
        name: "labs-1".into(),
        segment: Some(SegmentId::from_index(0)),
        balance: Some(usd("100")),
        auto_pay: None,
        low_balance: None,
        credit_line: Money::ZERO,
        spending_limit: SpendingLimit::ByHistory,
        age: Span::ZERO,
    };
    assert_eq!(scenario.accounts, [account]);
    assert_eq!(scenario.type_lists, [[scenario.scopes[0].gpu_type]]);
}

const WHOLE: &str = r#"(
    horizon: "7d",
    rules: (credit_line: 1),
    fleet: [
        (gpu_type: "NVIDIA RTX A6000", datacenter: "EU-RO-1"),
        (gpu_type: "NVIDIA A40", datacenter: "EU-RO-1"),
    ],
    accounts: [(name: "alice", balance: 5)],
    customers: [(
        name: "labs",
        accounts: 3,
        balance: 123456789.123456789,
        deposits: (every: Exponential(mean: "3d"), amount: Uniform(low: 10, high: 20)),
        auto_pay: (threshold: 5, amount: 25),
        low_balance: 7,
        credit_line: 2.5,
        arrivals: Poisson(rate: "0.5/m"),
        batch: Choice({1: 0.9, 5: 0.1}),
        from: "1d",
        until: "2d",
        gpu_type: ["NVIDIA A40", "NVIDIA RTX A6000"],
        cloud: SECURE,
        gpus: Choice({1: 0.75, 8: 0.25}),
        min_vcpus: 4,
        min_memory_gb: 16,
        container_disk_gb: 20,
        volume_gb: 30,
        image_gb: 12,
        deploy_cost: 5.5,
        work: Exponential(mean: 7200),
        value: LogNormal(mu: 1, sigma: 0.5),
        patience: None,
        kind: spot(share: 0.6),
        on_done: stop,
        checkpoint: (
            policy: interval("30m"), cost: "40s", restart: "1m", on_sigterm: true,
            mean_time_to_preemption: "8h",
        ),
    )],
    script: [(at: "1h", account: "labs-2", do: Deposit(amount: 10))],
)"#;

#[test]
fn every_field_reaches_the_model() {
    let scenario = read(WHOLE);
    let expected = Segment {
        first_account: AccountId::from_index(1),
        population: 3,
        arrivals: ArrivalProcess::Poisson { per_second: 0.5 / 60.0, profile: None },
        batch: Some(Distribution::discrete(&[(1.0, 0.9), (5.0, 0.1)]).unwrap()),
        from: SimTime::from_seconds(86_400),
        until: SimTime::from_seconds(2 * 86_400),
        gpus: Distribution::discrete(&[(1.0, 0.75), (8.0, 0.25)]).unwrap(),
        demand: Demand {
            types: scenario.segments[0].demand.types,
            clouds: Clouds::Secure,
            gpus: 0,
            vcpus: 0,
            min_vcpus: 4,
            min_memory: Gb::new(16),
            container_disk: Gb::new(20),
            volume: Gb::new(30),
            deploy_cost: Some(usd("5.5")),
            site: 0,
        },
        image: Image::Own(Gb::new(12)),
        template: None,
        work: WorkLength::GpuSeconds(Distribution::Exponential { mean: 7_200.0 }),
        value: Some(Distribution::LogNormal { mu: 1.0, sigma: 0.5 }),
        patience: None,
        buying: Buying::Spot(BidRule::ShareOfOnDemand(Share::parse("0.6").unwrap())),
        plan: None,
        conduct: None,
        churn: None,
        on_done: OnDone::Stop,
        checkpoint: Some(Checkpointing {
            policy: CheckpointChoice::Interval(Span::MINUTE * 30),
            cost: Span::from_seconds(40),
            restart: Span::MINUTE,
            on_sigterm: true,
            mean_time_to_preemption: Span::HOUR * 8,
        }),
        opening_balance: constant(123_456_789.123_456_79),
        deposits: Some(LaterDeposits {
            every: Distribution::Exponential { mean: 3.0 * 86_400.0 },
            amount: Distribution::Uniform { low: 10.0, high: 20.0 },
        }),
        ..labs()
    };
    assert_eq!(scenario.segments, [expected]);
    let types = &scenario.type_lists[scenario.segments[0].demand.types as usize];
    let names: Vec<&str> =
        types.iter().map(|id| scenario.gpu_types[id.index()].name.as_str()).collect();
    assert_eq!(names, ["NVIDIA A40", "NVIDIA RTX A6000"], "in order of preference");
    let names: Vec<&str> = scenario.accounts.iter().map(|spec| spec.name.as_str()).collect();
    assert_eq!(names, ["alice", "labs-1", "labs-2", "labs-3"]);
    let labs = &scenario.accounts[3];
    assert_eq!(labs.balance, Some(usd("123456789.123456789")), "to the last digit");
    assert_eq!(labs.auto_pay, Some(AutoPay { threshold: usd("5"), amount: usd("25") }));
    assert_eq!((labs.low_balance, labs.credit_line), (Some(usd("7")), usd("2.5")));
    assert_eq!(scenario.accounts[0].credit_line, usd("1"), "the rules' credit line");
    assert_eq!(scenario.script[0].account, Some(AccountId::from_index(2)));
}

#[test]
fn a_balance_that_varies_is_drawn() {
    let text = poisson(r#"duration: None, kind: spot(bid: 0.55),"#)
        .replace("100", "Exponential(mean: 50)");
    let scenario = read(&text);
    assert_eq!(scenario.accounts[0].balance, None);
    let segment = &scenario.segments[0];
    assert_eq!(segment.opening_balance, Distribution::Exponential { mean: 50.0 });
    assert_eq!(segment.work, WorkLength::Endless);
    assert_eq!(segment.buying, Buying::Spot(BidRule::Fixed(usd("0.55"))));
}

#[test]
fn a_constant_written_out_is_exact_too() {
    let scenario = read(&poisson(r#"duration: "1h","#).replace("100", "Constant(0.000000001)"));
    assert_eq!(scenario.accounts[0].balance, Some(usd("0.000000001")));
}

#[test]
fn every_process_of_arrivals_is_read() {
    let hour = 3_600.0;
    let profile = |profile| ArrivalProcess::Poisson { per_second: 24.0 / 86_400.0, profile };
    let cases = [
        (r#"Poisson(rate: "24/d")"#, profile(None)),
        (
            r#"Poisson(rate: "24/d", profile: Daily(amplitude: 0.5, peak_hour: 14.5))"#,
            profile(Some(RateProfile::Daily { amplitude: 0.5, peak_hour: 14.5 })),
        ),
        (
            r#"Poisson(rate: "24/d", profile: Day([1, 3, 2]))"#,
            profile(Some(RateProfile::Day(vec![1.0, 3.0, 2.0]))),
        ),
        (
            r#"Poisson(rate: "24/d", profile: Week([1, 1, 1, 1, 1, 0.5, 0]))"#,
            profile(Some(RateProfile::Week(vec![1.0, 1.0, 1.0, 1.0, 1.0, 0.5, 0.0]))),
        ),
        (
            r#"Renewal(gap: Weibull(shape: 0.5, scale: "10m"))"#,
            ArrivalProcess::Renewal { gap: Distribution::Weibull { shape: 0.5, scale: 600.0 } },
        ),
        (
            r#"Bursts(states: [(rate: "1/s", stay: "1m"), (rate: "0/h", stay: "1h")])"#,
            ArrivalProcess::Bursts { states: vec![(1.0, 60.0), (0.0, hour)] },
        ),
    ];
    for (text, expected) in cases {
        let scenario = read(&segment(text, r#"duration: "1h","#));
        assert_eq!(scenario.segments[0].arrivals, expected, "{text}");
    }
}
