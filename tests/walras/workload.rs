//! Sources of customers: when they come, what they want, and traces replayed.

mod attributes;
mod clusters;
mod counted;
mod described;
mod offered;
mod prices;
mod processes;
mod requests;
mod samples;
mod traces;

use walras::ids::{AccountId, Id, SegmentId};
use walras::rng::draw::Distribution;
use walras::scenario::Scenario;
use walras::scenario::demand::{
    Arrival, ArrivalProcess, Buying, CpuMemory, Demand, GpuShares, Larger, NoGpu, OnDone, Replay,
    Segment, TraceFormat, WorkLength,
};
use walras::scenario::model::{Image, Images, InputFile, Policies, Teams};
use walras::scenario::rules::Rules;
use walras::units::{Gb, SimTime};
use walras::workload::Source;

/// A market of nothing but one segment's demand.
fn scenario(horizon: SimTime) -> Scenario {
    Scenario {
        title: "demand".to_owned(),
        source: InputFile { path: String::new(), digest: String::new() },
        inputs: Vec::new(),
        texts: Vec::new(),
        overrides: Vec::new(),
        seed: 1,
        horizon,
        warm_up: SimTime::ZERO,
        sample_every: None,
        start_unix_s: 0,
        profile: walras::scenario::rules::Profile::default(),
        rules: Rules::default(),
        policies: Policies::default(),
        list_prices: Vec::new(),
        spot_prices: Vec::new(),
        gpu_types: Vec::new(),
        scopes: Vec::new(),
        datacenters: Vec::new(),
        pools: Vec::new(),
        hosts: Vec::new(),
        failures: Vec::new(),
        supply: Vec::new(),
        accounts: Vec::new(),
        teams: Teams::default(),
        templates: Vec::new(),
        images: Images::default(),
        segments: Vec::new(),
        type_lists: Vec::new(),
        pod_names: Vec::new(),
        network_volume_names: Vec::new(),
        endpoints: Vec::new(),
        request_sources: Vec::new(),
        worker_discounts: Vec::new(),
        request_names: Vec::new(),
        script: Vec::new(),
        sites: vec![walras::scenario::model::Site::default()],
    }
}

/// One account that asks for one GPU for an hour.
fn segment(arrivals: ArrivalProcess) -> Segment {
    Segment {
        name: "customers".to_owned(),
        id: SegmentId::from_index(0),
        first_account: AccountId::from_index(0),
        population: 1,
        arrivals,
        batch: None,
        from: SimTime::ZERO,
        until: SimTime::NEVER,
        gpus: Distribution::Constant(1.0),
        demand: Demand { container_disk: Gb::new(10), ..Demand::of_gpus(0, 1) },
        image: Image::Own(Gb::new(5)),
        template: None,
        work: WorkLength::Duration(Distribution::Constant(3_600.0)),
        value: None,
        patience: None,
        buying: Buying::OnDemand,
        plan: None,
        conduct: None,
        churn: None,
        on_done: OnDone::Terminate,
        checkpoint: None,
        opening_balance: Distribution::Constant(0.0),
        deposits: None,
        network_volume: None,
    }
}

/// All arrivals of a segment in one run.
fn arrivals(scenario: &Scenario, segment: &Segment, seed: u64) -> Vec<Arrival> {
    let mut source = Source::open(scenario, segment, seed, 0).unwrap();
    let arrivals = std::iter::from_fn(|| source.next().copied()).collect();
    assert!(source.take_failure().is_none(), "the source fails");
    assert!(source.next().is_none(), "what has ended stays ended");
    arrivals
}

/// A replay of the whole of a file, under the default options.
fn replay(path: &std::path::Path, format: TraceFormat) -> Replay {
    Replay {
        path: path.to_owned(),
        format,
        from: SimTime::ZERO,
        gpu_shares: GpuShares::Whole,
        no_gpu: NoGpu::Skip,
        largest_pod: None,
        larger: Larger::Split,
        cpu_memory: CpuMemory::Asked,
        types: Vec::new(),
    }
}
