//! A small market and what happens in it, told as facts by hand: what the readers of facts are tested
//! with. Nothing here comes from the engine, so a reader's test fails for the reader's fault alone.

use walras::ids::{
    AccountId, DataCenterId, GpuTypeId, HostId, Id, PodId, PodNameId, PoolId, ScopeId, SegmentId,
};
use walras::journal::fact::{
    Book, EndReason, Item, Kind, MeterOf, MeterTerms, Named, NoticeKind, Occupancy, Operation,
    PodName, Posting, Quote, Refusal, RentalEnd, Requested, Step, Subject, Usage,
};
use walras::journal::{Fact, Sink};
use walras::rng::draw::Distribution;
use walras::scenario::Scenario;
use walras::scenario::demand::{ArrivalProcess, Buying, Demand, OnDone, Segment, WorkLength};
use walras::scenario::model::{
    AccountSpec, Cloud, DataCenter, GpuType, HostSpec, Image, Images, InputFile, Policies, Pool,
    Scope, SpendingLimit, Teams,
};
use walras::scenario::rules::{Profile, Rules};
use walras::units::{Gb, GpuTime, Money, Price, SimTime, Span};

pub(crate) fn usd(text: &str) -> Money {
    Money::parse(text).unwrap()
}
fn id<T: Id>(index: usize) -> T {
    T::from_index(index)
}

/// Two hosts in two clouds, one scripted account, one segment with one account.
pub(crate) fn scenario() -> Scenario {
    Scenario {
        title: "story".into(),
        source: InputFile { path: "story.ron".into(), digest: "0".repeat(64) },
        inputs: vec![InputFile { path: "trace.csv".into(), digest: "1".repeat(64) }],
        texts: Vec::new(),
        overrides: Vec::new(),
        seed: 7,
        horizon: SimTime::from_seconds(1_000),
        warm_up: SimTime::ZERO,
        sample_every: Some(Span::from_seconds(500)),
        start_unix_s: 0,
        profile: Profile::default(),
        rules: Rules::default(),
        policies: Policies::default(),
        list_prices: Vec::new(),
        spot_prices: Vec::new(),
        gpu_types: vec![GpuType {
            name: "NVIDIA RTX A6000".into(),
            display_name: "RTX A6000".into(),
            memory: Gb::new(48),
            relative_speed: None,
        }],
        scopes: vec![scope(Cloud::Secure, "0.79", "0.49"), scope(Cloud::Community, "0.69", "0.3")],
        datacenters: vec![DataCenter {
            name: "EU-RO-1".into(),
            speed: 25_000_000_000,
            network_storage: Gb::ZERO,
            country: None,
            tier: walras::scenario::rules::Tier::T3,
        }],
        pools: vec![
            Pool { scope: id::<ScopeId>(0), datacenter: Some(id::<DataCenterId>(0)) },
            Pool { scope: id::<ScopeId>(1), datacenter: None },
        ],
        hosts: vec![host("host-a", 0, 4), host("host-b", 1, 2)],
        failures: Vec::new(),
        supply: Vec::new(),
        accounts: vec![account("alice, \"inc\"", None), account("labs-1", Some(id(0)))],
        teams: Teams::default(),
        templates: Vec::new(),
        images: Images::default(),
        segments: vec![segment()],
        type_lists: vec![vec![id::<GpuTypeId>(0)]],
        pod_names: vec!["train".into()],
        network_volume_names: Vec::new(),
        endpoints: Vec::new(),
        request_sources: Vec::new(),
        worker_discounts: Vec::new(),
        request_names: Vec::new(),
        script: vec![],
        sites: vec![walras::scenario::model::Site::default()],
    }
}

fn scope(cloud: Cloud, on_demand: &str, min_bid: &str) -> Scope {
    Scope {
        gpu_type: id(0),
        cloud,
        on_demand: usd(on_demand),
        min_bid: usd(min_bid),
        has_hosts: true,
    }
}

fn host(name: &str, pool: usize, gpus: u32) -> HostSpec {
    HostSpec {
        name: name.into(),
        pool: id(pool),
        gpus,
        vcpus: 32,
        memory: Gb::new(128),
        disk: Gb::new(1_000),
        cpu_slots: 0,
        download: 1_000_000_000,
        upload: 1_000_000_000,
        min_bid: None,
        price: None,
        joins_later: false,
        country: None,
        public_ip: true,
    }
}

fn account(name: &str, segment: Option<SegmentId>) -> AccountSpec {
    AccountSpec {
        name: name.into(),
        segment,
        balance: Some(usd("10")),
        auto_pay: None,
        low_balance: None,
        credit_line: Money::ZERO,
        spending_limit: SpendingLimit::Own(None),
        age: Span::ZERO,
    }
}

fn segment() -> Segment {
    Segment {
        name: "labs".into(),
        id: id(0),
        first_account: id(1),
        population: 1,
        arrivals: ArrivalProcess::Poisson { per_second: 0.01, profile: None },
        batch: None,
        from: SimTime::ZERO,
        until: SimTime::from_seconds(1_000),
        gpus: Distribution::Constant(2.0),
        demand: Demand::of_gpus(0, 2),
        image: Image::EVERYWHERE,
        template: None,
        work: WorkLength::Duration(Distribution::Constant(600.0)),
        value: None,
        patience: None,
        buying: Buying::OnDemand,
        plan: None,
        conduct: None,
        churn: None,
        on_done: OnDone::Terminate,
        checkpoint: None,
        opening_balance: Distribution::Constant(10.0),
        deposits: None,
        network_volume: None,
    }
}

pub(crate) const ALICE: usize = 0;
pub(crate) const LABS: usize = 1;
/// A scripted spot pod of 4 GPUs, displaced, then waiting for its host.
const TRAIN: PodId = PodId { number: 0, slot: 0 };
/// An on-demand pod of 2 GPUs that completes its work.
const FIRST: PodId = PodId { number: 1, slot: 1 };
/// A request that finds no capacity.
const SECOND: PodId = PodId { number: 2, slot: 2 };

fn pay_in(account: usize, amount: &str, item: Item) -> Fact {
    let customer = Book::Customer(id(account));
    let debit = if item == Item::Adjustment { Book::Adjustments } else { Book::Cash };
    Fact::Posted(Posting {
        account: Some(id(account)),
        item,
        usage: None,
        debit,
        credit: customer,
        amount: usd(amount),
        balance: Some(usd(amount)),
    })
}

/// A posting of compute and its payout.
fn charge(account: usize, pod: PodId, gpus: u32, periods: i64, sums: [&str; 3]) -> [Fact; 2] {
    let usage =
        Some(Usage { subject: Subject::Pod(pod), quantity: gpus, unit: Span::MINUTE, periods });
    let [amount, balance, payout] = sums.map(usd);
    let (account, host): (AccountId, HostId) = (id(account), id(0));
    [
        Fact::Posted(Posting {
            account: Some(account),
            item: Item::Compute,
            usage,
            debit: Book::Customer(account),
            credit: Book::Revenue,
            amount,
            balance: Some(balance),
        }),
        Fact::Posted(Posting {
            account: None,
            item: Item::HostPayout,
            usage,
            debit: Book::Revenue,
            credit: Book::Host(host),
            amount: payout,
            balance: None,
        }),
    ]
}

fn occupied(host: usize, available: bool, gpus: [u8; 4]) -> Fact {
    let [on_demand, spot, grace, free] = gpus;
    let occupancy = Occupancy { on_demand, spot, grace, free, serverless: 0 };
    Fact::Occupied { host: id(host), available, occupancy }
}

fn published(scope: usize, spot_price: Option<&str>, min_winning_bid: Option<&str>) -> Fact {
    let (on_demand, spot_floor) = if scope == 0 { ("0.79", "0.49") } else { ("0.69", "0.3") };
    Fact::PricePublished {
        scope: id(scope),
        quote: Quote {
            on_demand: usd(on_demand),
            spot_floor: usd(spot_floor),
            spot_price: spot_price.map(usd),
            min_winning_bid: min_winning_bid.map(usd),
        },
    }
}

fn train(rental: u32) -> Fact {
    Fact::PodRequested(Requested {
        pod: TRAIN,
        name: PodName::Given(id::<PodNameId>(0)),
        rental,
        account: id(ALICE),
        segment: None,
        kind: Kind::Spot { bid: usd("0.5") },
        gpus: 4,
        host: (1 < rental).then(|| id(0)),
        pool: id::<PoolId>(0),
        work: None,
        value: None,
    })
}

fn of_labs(pod: PodId, number: u32) -> Fact {
    Fact::PodRequested(Requested {
        pod,
        name: PodName::Generated(number),
        rental: 1,
        account: id(LABS),
        segment: Some(id(0)),
        kind: Kind::OnDemand,
        gpus: 2,
        host: None,
        pool: id::<PoolId>(0),
        work: Some(GpuTime::new(2, Span::from_seconds(600))),
        value: Some(usd("1.5")),
    })
}

fn ended(pod: PodId, reason: EndReason, sums: [&str; 2], work: [u64; 2], preemptions: u32) -> Fact {
    let [compute, storage] = sums.map(usd);
    let [useful, lost] = work.map(|seconds| GpuTime::new(1, Span::from_seconds(seconds)));
    Fact::RentalEnded(RentalEnd { pod, reason, compute, storage, useful, lost, preemptions })
}

/// What happens, each fact with its second.
pub(crate) fn facts() -> Vec<(u64, Fact)> {
    [opening(), displacement(), outages(), ending()].concat()
}

/// Two deposits; a spot pod takes all of host-a.
fn opening() -> Vec<(u64, Fact)> {
    let price = Price::per_hour(usd("0.5"));
    vec![
        (0, occupied(0, true, [0, 0, 0, 4])),
        (0, occupied(1, true, [0, 0, 0, 2])),
        (0, pay_in(ALICE, "10", Item::Deposit)),
        (0, pay_in(LABS, "20", Item::Deposit)),
        (0, published(0, None, Some("0.49"))),
        (0, published(1, None, Some("0.3"))),
        (60, train(1)),
        (60, placed(TRAIN, Step::Free, 4, "0.5")),
        (60, occupied(0, true, [0, 4, 0, 0])),
        (60, Fact::MeterOpened(MeterTerms { pod: TRAIN, item: Item::Compute, price, quantity: 4 })),
        (60, published(0, Some("0.5"), Some("0.500000001"))),
        (65, Fact::PodRunning { pod: TRAIN }),
    ]
}

fn placed(pod: PodId, step: Step, gpus: u32, price: &str) -> Fact {
    Fact::PodPlaced { pod, host: id(0), step, gpus, price: usd(price) }
}

/// An on-demand pod displaces it and takes two of its GPUs.
fn displacement() -> Vec<(u64, Fact)> {
    let due = SimTime::from_seconds(123);
    let reason = EndReason::DisplacedByOnDemand;
    let [charge, payout] =
        charge(ALICE, TRAIN, 4, 2, ["0.066666666", "9.933333334", "0.050666666"]);
    vec![
        (118, of_labs(FIRST, 1)),
        (118, Fact::PodDisplaced { pod: TRAIN, by: Some(FIRST), reason, kill_at: due }),
        (118, Fact::PodPromised { pod: FIRST, host: id(0), step: Step::Displacement, due }),
        (118, occupied(0, true, [0, 0, 4, 0])),
        (123, Fact::PodKilled { pod: TRAIN }),
        (123, Fact::MeterClosed(MeterOf { pod: TRAIN, item: Item::Compute })),
        (123, charge),
        (123, payout),
        (123, Fact::PodStopped { pod: TRAIN }),
        (123, ended(TRAIN, reason, ["0.066666666", "0"], [200, 32], 1)),
        (123, placed(FIRST, Step::Displacement, 2, "0.79")),
        (123, occupied(0, true, [2, 0, 0, 2])),
        (123, published(0, None, Some("0.49"))),
        (128, Fact::PodRunning { pod: FIRST }),
    ]
}

/// The victim waits for its host; host-b loses power, then its network; a request is refused.
fn outages() -> Vec<(u64, Fact)> {
    let host = id::<HostId>(1);
    vec![
        (130, train(2)),
        (130, Fact::PodWaits { pod: TRAIN }),
        (140, Fact::HostDown { host }),
        (140, occupied(1, false, [0, 0, 0, 2])),
        (150, Fact::HostUp { host }),
        (150, occupied(1, true, [0, 0, 0, 2])),
        (160, Fact::NetworkDown { host }),
        (160, occupied(1, false, [0, 0, 0, 2])),
        (180, Fact::NetworkUp { host }),
        (180, occupied(1, true, [0, 0, 0, 2])),
        (200, of_labs(SECOND, 2)),
        (
            200,
            Fact::Rejected {
                account: Some(id(LABS)),
                operation: Operation::CreatePod,
                pod: Some(SECOND),
                name: Some(Named::Generated(2)),
                host: None,
                reason: Refusal::NoCapacity,
            },
        ),
        (200, ended(SECOND, EndReason::Rejected, ["0", "0"], [0, 0], 0)),
        (500, Fact::Sampled),
    ]
}

/// The on-demand pod completes; the victim waits to the end.
fn ending() -> Vec<(u64, Fact)> {
    let labs = id::<AccountId>(LABS);
    let hold_until = SimTime::from_seconds(173_750);
    let [charge, payout] =
        charge(LABS, FIRST, 2, 11, ["0.289666666", "19.710333334", "0.220146666"]);
    vec![
        (728, charge),
        (728, payout),
        (728, ended(FIRST, EndReason::Completed, ["0.289666666", "0"], [1_200, 0], 0)),
        (728, Fact::PodTerminated { pod: FIRST }),
        (728, occupied(0, true, [0, 0, 0, 4])),
        (900, pay_in(ALICE, "0.5", Item::Adjustment)),
        (900, Fact::Notice { account: labs, kind: NoticeKind::StoppedForFunds }),
        (950, Fact::AccountDrained { account: labs, hold_until }),
        (1_000, Fact::Sampled),
        (1_000, ended(TRAIN, EndReason::Alive, ["0", "0"], [0, 0], 0)),
        (1_000, Fact::RunEnded),
    ]
}

/// Tells the story to `sink`; the warm-up, if any, ends after the facts of that second.
pub(crate) fn tell(sink: &mut dyn Sink, warm_up_ends: Option<u64>) {
    let mut pending = warm_up_ends;
    for (second, fact) in facts() {
        if let Some(end) = pending.filter(|&end| end < second) {
            sink.hear(SimTime::from_seconds(end), &Fact::WarmUpEnded);
            pending = None;
        }
        sink.hear(SimTime::from_seconds(second), &fact);
    }
}
