//! Small markets built in code, for tests that need no scenario file.

use walras::engine::{self, RunId};
use walras::ids::{AccountId, GpuTypeId, Id, PoolId, ScopeId, SegmentId};
use walras::journal::{Fact, Journal, Sink};
use walras::rng::draw::Distribution;
use walras::scenario::Scenario;
use walras::scenario::demand::{ArrivalProcess, Buying, Demand, OnDone, Segment, WorkLength};
use walras::scenario::model::{
    AccountSpec, Cloud, DataCenter, GpuType, HostSpec, Image, Images, InputFile, Policies, Pool,
    Scope, SpendingLimit, Teams,
};
use walras::scenario::rules::{Profile, Rules};
use walras::units::{Gb, Money, SimTime, Span};

/// One GPU type, one secure data center, `hosts` hosts of `gpus` GPUs, nobody yet; starts take no time.
pub(crate) fn market(hosts: u32, gpus: u32, horizon: SimTime) -> Scenario {
    let dollars = |cents: i128| Money::from_nanos(cents * 10_000_000);
    Scenario {
        title: "test".into(),
        source: InputFile { path: "test.ron".into(), digest: String::new() },
        inputs: Vec::new(),
        texts: Vec::new(),
        overrides: Vec::new(),
        seed: 3,
        horizon,
        warm_up: SimTime::ZERO,
        sample_every: None,
        start_unix_s: 0,
        profile: Profile::default(),
        rules: Rules { container_start: Span::ZERO, ..Rules::default() },
        policies: Policies::default(),
        list_prices: Vec::new(),
        spot_prices: Vec::new(),
        gpu_types: vec![GpuType {
            name: "NVIDIA RTX A6000".into(),
            display_name: "RTX A6000".into(),
            memory: Gb::new(48),
            relative_speed: None,
        }],
        scopes: vec![Scope {
            gpu_type: GpuTypeId::from_index(0),
            cloud: Cloud::Secure,
            on_demand: dollars(79),
            min_bid: dollars(49),
            has_hosts: true,
        }],
        datacenters: vec![datacenter()],
        pools: vec![Pool {
            scope: ScopeId::from_index(0),
            datacenter: Some(walras::ids::DataCenterId::from_index(0)),
        }],
        hosts: (0..hosts).map(|index| host(index, gpus)).collect(),
        failures: Vec::new(),
        supply: Vec::new(),
        accounts: Vec::new(),
        teams: Teams::default(),
        templates: Vec::new(),
        images: Images::default(),
        segments: Vec::new(),
        type_lists: vec![vec![GpuTypeId::from_index(0)]],
        pod_names: Vec::new(),
        network_volume_names: Vec::new(),
        sites: vec![walras::scenario::model::Site::default()],
        endpoints: Vec::new(),
        request_sources: Vec::new(),
        worker_discounts: Vec::new(),
        request_names: Vec::new(),
        script: Vec::new(),
    }
}

fn host(index: u32, gpus: u32) -> HostSpec {
    HostSpec {
        name: format!("host-{index}"),
        pool: PoolId::from_index(0),
        gpus,
        vcpus: 16 * gpus,
        memory: Gb::new(64 * gpus),
        disk: Gb::new(10_000),
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

fn datacenter() -> DataCenter {
    DataCenter {
        name: "EU-RO-1".into(),
        speed: 25_000_000_000,
        network_storage: Gb::ZERO,
        country: None,
        tier: walras::scenario::rules::Tier::T3,
    }
}

/// Adds a segment of one rich account: pods of one GPU without disks, Poisson arrivals.
pub(crate) fn add_segment(
    scenario: &mut Scenario,
    per_second: f64,
    work: Distribution,
    patience: Option<Distribution>,
    buying: Buying,
) {
    let id = SegmentId::from_index(scenario.segments.len());
    let name = format!("segment-{}", scenario.segments.len());
    let first_account = AccountId::from_index(scenario.accounts.len());
    scenario.accounts.push(AccountSpec {
        name: name.clone(),
        segment: Some(id),
        balance: Some(Money::from_dollars(1_000_000_000)),
        auto_pay: None,
        low_balance: None,
        credit_line: Money::ZERO,
        spending_limit: SpendingLimit::Own(None),
        age: Span::ZERO,
    });
    let demand = Demand::of_gpus(0, 1);
    scenario.segments.push(Segment {
        name,
        id,
        first_account,
        population: 1,
        arrivals: ArrivalProcess::Poisson { per_second, profile: None },
        batch: None,
        from: SimTime::ZERO,
        until: SimTime::NEVER,
        gpus: Distribution::Constant(1.0),
        demand,
        image: Image::EVERYWHERE,
        template: None,
        work: WorkLength::Duration(work),
        value: None,
        patience,
        buying,
        plan: None,
        conduct: None,
        churn: None,
        on_done: OnDone::Terminate,
        checkpoint: None,
        opening_balance: Distribution::Constant(0.0),
        deposits: None,
        network_volume: None,
    });
}

/// Collects every fact.
#[derive(Default)]
pub(crate) struct Heard(pub(crate) Vec<(SimTime, Fact)>);

impl Sink for Heard {
    fn hear(&mut self, at: SimTime, fact: &Fact) {
        self.0.push((at, *fact));
    }
}

/// Runs a scenario with every invariant checked after every event.
pub(crate) fn run_audited(scenario: &Scenario, replication: u64) -> Vec<(SimTime, Fact)> {
    let mut heard = Heard::default();
    let mut journal = Journal::new(vec![&mut heard]);
    let run = RunId { seed: scenario.seed, replication };
    engine::run_audited(scenario, run, &mut journal).expect("a sound run");
    heard.0
}

/// Runs a scenario, heard by `sink` alone.
pub(crate) fn run(scenario: &Scenario, replication: u64, sink: &mut dyn Sink) -> u64 {
    let mut journal = Journal::new(vec![sink]);
    let run = RunId { seed: scenario.seed, replication };
    engine::run(scenario, run, &mut journal, &mut |_| {}).expect("a sound run").events
}
