//! The samples that we ship: what they hold, and what their replay makes of them.

use super::{arrivals, replay, scenario, segment};
use std::path::{Path, PathBuf};
use walras::ids::{AccountId, Id};
use walras::rng::draw::Distribution;
use walras::scenario::demand::{
    Arrival, ArrivalProcess, BidRule, Buying, CpuMemory, GpuShares, NoGpu, Replay, TraceFormat,
};
use walras::scenario::rules::BidPer;
use walras::units::{Gb, GpuTime, Money, SimTime, Span};
use walras::workload::describe::{Content, Description, FleetDescription, Requested, describe};
use walras::workload::import::{FileKind, TraceFacts, check_trace, digest, numbers};
use walras::workload::openb::read_nodes;

fn sample(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/traces").join(name)
}

fn pods() -> Replay {
    let mut pods = replay(&sample("openb_pods_sample.csv"), TraceFormat::OpenbPods);
    pods.types = resolve(&facts(&pods));
    pods
}

fn plain() -> Replay {
    let mut plain = replay(&sample("plain_sample.csv"), TraceFormat::Plain);
    plain.types = resolve(&facts(&plain));
    plain
}

fn facts(replay: &Replay) -> TraceFacts {
    check_trace(replay, Span::FOREVER).unwrap()
}

/// Each name that the trace uses becomes a list of its own, counted from 10.
fn resolve(facts: &TraceFacts) -> Vec<(String, u32)> {
    facts.types.iter().map(|found| found.name.clone()).zip(10..).collect()
}

fn replayed(replay: Replay) -> Vec<Arrival> {
    let market = scenario(SimTime::from_seconds(1_000_000));
    arrivals(&market, &segment(ArrivalProcess::Replay(replay)), 1)
}

fn requested(description: &Description) -> &Requested {
    match &description.content {
        Content::Requests(requested) => requested,
        _ => panic!("requests are described as something else"),
    }
}

fn fleet(description: &Description) -> &FleetDescription {
    match &description.content {
        Content::Fleet(fleet) => fleet,
        _ => panic!("a fleet is described as something else"),
    }
}

/// The figures were counted apart from this code, by a script over the same file.
#[test]
fn the_sample_of_pods_is_described() {
    let description = describe(&sample("openb_pods_sample.csv")).unwrap();
    let kind = FileKind::Known(TraceFormat::OpenbPods);
    assert_eq!((&description.kind, description.rows), (&kind, 367));
    assert!(!description.compressed);
    let found = requested(&description);
    assert_eq!((found.whole, found.shares, found.without_gpu), (219, 109, 39));
    assert_eq!((found.never_placed, found.endless), (35, 0));
    let phases: Vec<_> = found.phases.iter().map(|(name, n)| (name.as_str(), *n)).collect();
    assert_eq!(phases, [("Failed", 40), ("Pending", 35), ("Running", 86), ("Succeeded", 206)]);
    assert_eq!(found.first_arrival, SimTime::from_seconds(2_561));
    assert_eq!(found.last_end, SimTime::from_seconds(259_198));
    assert_eq!(found.per_day.iter().sum::<u64>(), 367);
    assert_eq!(found.per_day.len(), 2);
    let hours = |time: GpuTime| time.as_gpu_seconds_f64() / 3_600.0;
    assert!((hours(found.load.gpu_time) - 1_774.357_891_666).abs() < 1e-6);
    assert!((hours(found.load.whole_gpu_time) - 2_008.011_666_666).abs() < 1e-6);
    assert!((found.load.mean_busy - 24.889_974_594).abs() < 1e-6);
    assert!((found.load.mean_whole - 28.167_575_213).abs() < 1e-6);
    assert!((found.load.peak_busy - 56.86).abs() < 1e-9);
    assert_eq!(found.load.peak_whole, 63);
    assert_eq!(found.load.peak_at, SimTime::from_seconds(131_568));
    let of_types: Vec<_> =
        found.by_type.iter().map(|(name, load)| (name.as_str(), load.requests)).collect();
    let expected = [("", 234), ("G2", 22), ("P100|T4", 14), ("T4", 21), ("V100M16|V100M32", 37)];
    assert_eq!(of_types, expected);
}

#[test]
fn the_sample_of_nodes_is_described_and_sets_the_oversubscription() {
    let description = describe(&sample("openb_nodes_sample.csv")).unwrap();
    let kind = FileKind::Known(TraceFormat::OpenbNodes);
    assert_eq!((&description.kind, description.rows), (&kind, 14));
    let fleet = fleet(&description);
    assert_eq!((fleet.hosts, fleet.without_gpu, fleet.gpus), (11, 3, 44));
    let models: Vec<_> = fleet.models.iter().map(|m| (m.name.as_str(), m.hosts, m.gpus)).collect();
    let expected =
        [("G2", 2, 16), ("P100", 2, 4), ("T4", 4, 8), ("V100M16", 2, 8), ("V100M32", 1, 8)];
    assert_eq!(models, expected);
    let pods = describe(&sample("openb_pods_sample.csv")).unwrap();
    let rows = requested(&pods).oversubscription(fleet);
    let able: Vec<_> = rows.iter().map(|row| (row.name.as_str(), row.gpus)).collect();
    let expected =
        [("*", 44), ("", 44), ("G2", 16), ("P100|T4", 12), ("T4", 8), ("V100M16|V100M32", 16)];
    assert_eq!(able, expected);
    assert!((rows[0].mean - 24.889_974_594 / 44.0).abs() < 1e-9);
    assert!((rows[0].peak - 56.86 / 44.0).abs() < 1e-9);
}

#[test]
fn the_sample_of_nodes_becomes_hosts() {
    let nodes = read_nodes(&sample("openb_nodes_sample.csv")).unwrap();
    let first = &nodes.nodes[0];
    assert_eq!((first.name.as_str(), first.model.as_str()), ("sample-node-00", "T4"));
    // 524,288 MiB are 549.755 GB of 10^9 bytes; a host has what it has, rounded down.
    assert_eq!((first.gpus, first.vcpus, first.memory), (2, 104, Gb::new(549)));
}

/// Every pod with a GPU comes once, at its time, with its types and its duration.
#[test]
fn the_sample_of_pods_is_replayed() {
    let all = replayed(pods());
    assert_eq!(all.len(), 328);
    let first = &all[0];
    assert_eq!(first.at, SimTime::from_seconds(2_561));
    assert_eq!(first.work, Some(GpuTime::new(1, Span::from_seconds(65_822 - 2_591))));
    assert_eq!((first.demand.types, first.demand.gpus), (10, 1));
    // 30,517 MiB are 31.9994 GB: a demand is rounded up.
    assert_eq!((first.demand.min_vcpus, first.demand.min_memory), (8, Gb::new(32)));
    assert_eq!(all[1].demand.types, 11, "an empty name is a name, too");
    let work: u128 = all.iter().map(|a| a.work.unwrap().gpu_micros()).sum();
    assert_eq!(work, 7_228_842_000_000, "2,008.01 GPU-hours");
    assert!(all.windows(2).all(|pair| pair[0].at <= pair[1].at));
}

#[test]
fn options_say_what_becomes_of_shares_of_a_gpu_and_of_pods_without() {
    let skip_shares = Replay { gpu_shares: GpuShares::Skip, ..pods() };
    assert_eq!(replayed(skip_shares.clone()).len(), 219);
    assert_eq!(facts(&skip_shares).requests, 219);
    let zero_gpu = Replay { no_gpu: NoGpu::ZeroGpu, ..pods() };
    let all = replayed(zero_gpu.clone());
    assert_eq!(all.len(), 367);
    let without: Vec<_> = all.iter().filter(|a| a.demand.gpus == 0).collect();
    assert_eq!(without.len(), 39);
    for pod in without {
        assert_eq!((pod.work, pod.buying), (None, Buying::OnDemand));
        assert!(pod.stay.is_some());
        assert_eq!((pod.demand.min_vcpus, pod.demand.min_memory), (0, Gb::ZERO));
    }
    assert_eq!(facts(&zero_gpu).zero_gpu, 39);
    let bare = replayed(Replay { cpu_memory: CpuMemory::Ignored, ..pods() });
    assert!(bare.iter().all(|a| (a.demand.min_vcpus, a.demand.min_memory) == (0, Gb::ZERO)));
}

#[test]
fn a_replay_may_begin_later_and_stop_earlier() {
    let from = SimTime::from_seconds(86_400);
    let late = Replay { from, ..pods() };
    let mut customers = segment(ArrivalProcess::Replay(late.clone()));
    customers.from = SimTime::from_seconds(500);
    customers.until = SimTime::from_seconds(500 + 3_600);
    let shifted = arrivals(&scenario(SimTime::from_seconds(86_400)), &customers, 1);
    let whole = replayed(pods());
    let hour: Vec<_> = whole
        .iter()
        .filter(|a| from <= a.at && a.at < from + Span::HOUR)
        .map(|a| (a.at - from, a.demand, a.work))
        .collect();
    let found: Vec<_> = shifted.iter().map(|a| (a.at - customers.from, a.demand, a.work)).collect();
    assert!(!hour.is_empty());
    assert_eq!(found, hour);
    let facts = check_trace(&late, Span::HOUR).unwrap();
    assert_eq!((facts.requests, facts.rows), (u64::try_from(hour.len()).unwrap(), 367));
}

/// What a row leaves open is the segment's; what it states holds.
#[test]
fn the_plain_sample_is_replayed() {
    let facts = facts(&plain());
    assert_eq!((facts.rows, facts.accounts), (134, 4));
    assert!(facts.endless > 0 && facts.shares > 0 && facts.spot_without_bid.is_none());
    let mut customers = segment(ArrivalProcess::Replay(plain()));
    customers.first_account = AccountId::from_index(20);
    customers.population = 3;
    customers.patience = Some(Distribution::Constant(60.0));
    customers.buying = Buying::Spot(BidRule::Fixed(Money::from_dollars(9)));
    let all = arrivals(&scenario(SimTime::from_seconds(86_400)), &customers, 1);
    let (first, third) = (&all[0], &all[2]);
    assert_eq!(first.at, SimTime::from_micros(214_573_000));
    assert_eq!(first.work, Some(GpuTime::new(4, Span::from_micros(1_117_700_000))));
    assert_eq!(first.value, Some(Money::parse("2.20").unwrap()));
    assert_eq!((first.demand.container_disk, first.demand.volume), (Gb::new(20), Gb::new(20)));
    assert_eq!((first.buying, first.patience), (Buying::OnDemand, Span::MINUTE));
    assert_eq!(third.buying, customers.buying, "neither kind nor bid are stated");
    assert_eq!(third.patience, Span::from_micros(7_200_500_000));
    // dana, boris, chen, ada in this order; there are three accounts.
    let accounts: Vec<_> = all.iter().map(|a| a.account.index()).collect();
    assert_eq!(accounts[..3], [20, 21, 21]);
    assert!(accounts.iter().all(|account| (20..23).contains(account)));
}

/// SPOT-01: a trace's bid is per GPU, also where the market's bids are for whole pods.
#[test]
fn a_bid_per_gpu_becomes_a_bid_per_pod_where_bids_are_per_pod() {
    let bids = |bid_per| {
        let mut market = scenario(SimTime::from_seconds(86_400));
        market.rules.bid_per = bid_per;
        let all = arrivals(&market, &segment(ArrivalProcess::Replay(plain())), 1);
        all.into_iter().filter_map(|arrival| match arrival.buying {
            Buying::Spot(BidRule::Fixed(bid)) => Some((arrival.demand.gpus, bid)),
            _ => None,
        })
    };
    let both: Vec<_> = bids(BidPer::Gpu).zip(bids(BidPer::Pod)).collect();
    assert!(both.iter().any(|((gpus, _), _)| 1 < *gpus));
    assert!(both.iter().all(|((gpus, per_gpu), (_, per_pod))| per_gpu.times(*gpus) == *per_pod));
}

/// A second segment with an attribute of its own leaves the rows' draws where they were.
#[test]
fn draws_for_what_rows_leave_open_belong_to_the_row() {
    let mut customers = segment(ArrivalProcess::Replay(pods()));
    customers.value = Some(Distribution::Exponential { mean: 5.0 });
    let market = scenario(SimTime::from_seconds(1_000_000));
    let before = arrivals(&market, &customers, 1);
    customers.patience = Some(Distribution::Exponential { mean: 5.0 });
    let after = arrivals(&market, &customers, 1);
    let values = |all: &[Arrival]| all.iter().map(|a| a.value).collect::<Vec<_>>();
    assert_eq!(values(&before), values(&after));
    assert_ne!(values(&before), values(&arrivals(&market, &customers, 2)));
}

#[test]
fn a_column_of_numbers_becomes_an_empirical_distribution() {
    let path = sample("openb_pods_sample.csv");
    let thousandths = numbers(&path, "gpu_milli").unwrap();
    assert_eq!(thousandths.len(), 367);
    let empirical = Distribution::empirical(thousandths).unwrap();
    assert_eq!(empirical.bounds(), (0.0, 1_000.0));
    assert_eq!(digest(&path).unwrap(), facts(&pods()).digest);
}
