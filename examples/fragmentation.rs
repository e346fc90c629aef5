//! How much of a fleet each placement policy gets to fill: the experiment of Weng et al., "Beware of
//! Fragmentation", USENIX ATC 2023, on Alibaba's openb trace of 2023, with whole GPUs.
//!
//! The pods of the trace, and as many more drawn from it at random as it takes, are shuffled and asked
//! for one by one until 130 % of the fleet's GPUs have been asked for. None ever ends; one that does not
//! fit is refused and does not come back. What counts is the share of all GPUs that is held in the end:
//! ten seeds, each with the same pods in the same order for every policy, and 95 % intervals from
//! Student's t.
//!
//! vCPUs and memory are held to what each pod asks for, and reckoned in the trace's own thousandths of a
//! vCPU and MiB, so that nothing is rounded: eight pods fill a host to the last MiB there.
//!
//! ```sh
//! cargo run --release --example fragmentation -- openb_node_list_all_node.csv openb_pod_list_default.csv
//! ```
//!
//! Without paths it runs on the small samples of `scenarios/traces`.

#![expect(clippy::print_stdout, reason = "the table is what the example is for")]

use serde::Deserialize;
use serde::de::DeserializeOwned;
use statrs::distribution::{ContinuousCDF, StudentsT};
use std::error::Error;
use std::path::{Path, PathBuf};
use walras::engine::{self, RunId};
use walras::ids::{AccountId, GpuTypeId, Id, PodNameId};
use walras::journal::fact::Refusal;
use walras::journal::{Fact, Journal, Sink};
use walras::rng::{Purpose, Stream};
use walras::scenario::Scenario;
use walras::scenario::demand::{Demand, OnDone};
use walras::scenario::load::from_text;
use walras::scenario::model::{Action, ActionKind, Command, CreatePod, Image, PlacementChoice};
use walras::units::{Gb, SimTime, Span};

/// How much is asked for, in per cent of the fleet's GPUs.
const ASKED_PERCENT: u32 = 130;
const SEEDS: u64 = 10;

/// One GPU type for all hosts, for the pods of the trace name none: every host is a candidate, and the
/// policy alone decides among them (POD-05 would put the order of types before it).
const MARKET: &str = r#"(
    horizon: "10d",
    sample_every: None,
    rules: (vcpu_memory: requested, container_start: "0s"),
    gpu_types: [(id: "any", memory_gb: 16, secure: (price: 1))],
    datacenters: ["OPENB"],
    fleet: [(gpu_type: "any", datacenter: "OPENB")],
    accounts: [(name: "cluster", balance: 1000000000)],
)"#;

/// A machine, as the trace states it.
#[derive(Clone, Debug, Deserialize)]
struct Node {
    sn: String,
    cpu_milli: u32,
    memory_mib: u32,
    gpu: u32,
}

/// A pod, as the trace states it.
#[derive(Clone, Copy, Debug, Deserialize)]
struct Ask {
    cpu_milli: u32,
    memory_mib: u32,
    num_gpu: u32,
    gpu_milli: u32,
}

/// The rows of a file.
fn read<Row: DeserializeOwned>(path: &Path) -> Result<Vec<Row>, Box<dyn Error>> {
    let rows = csv::Reader::from_path(path)?.into_deserialize().collect::<Result<_, _>>();
    rows.map_err(|fault| format!("{}: {fault}", path.display()).into())
}

/// A number below `bound`, each equally likely.
fn below(bound: usize, stream: &mut Stream) -> usize {
    let drawn = stream.below(u64::try_from(bound).expect("64 bits"));
    usize::try_from(drawn).expect("below a bound of this size")
}

fn shuffle<T>(items: &mut [T], stream: &mut Stream) {
    for last in (1..items.len()).rev() {
        items.swap(last, below(last + 1, stream));
    }
}

/// The pods of one seed: the trace, filled up by drawing from it, in random order, up to the limit.
fn sequence(trace: &[Ask], gpus: u32, stream: &mut Stream) -> Vec<Ask> {
    let limit = gpus * ASKED_PERCENT / 100;
    let total = |pods: &[Ask]| pods.iter().map(|pod| pod.num_gpu).sum::<u32>();
    let mut pods = trace.to_vec();
    while total(&pods) < limit {
        pods.push(trace[below(trace.len(), stream)]);
    }
    shuffle(&mut pods, stream);
    let mut asked = 0;
    let within = |pod: &Ask| {
        let more = asked < limit;
        asked += pod.num_gpu;
        more
    };
    pods.into_iter().take_while(within).collect()
}

/// The market of one seed: hosts in random order, a pod each second.
fn scenario(nodes: &[Node], trace: &[Ask], seed: u64) -> Scenario {
    let mut stream = Stream::open(seed, 0, Purpose::Arrivals, 0);
    let mut scenario = from_text("fragmentation", MARKET).expect("a sound scenario");
    let mut nodes = nodes.to_vec();
    shuffle(&mut nodes, &mut stream);
    let pattern = scenario.hosts.remove(0);
    scenario.hosts.extend(nodes.iter().map(|node| {
        let mut host = pattern.clone();
        host.name.clone_from(&node.sn);
        (host.gpus, host.vcpus, host.memory) = (node.gpu, node.cpu_milli, Gb::new(node.memory_mib));
        host
    }));
    scenario.type_lists = vec![vec![GpuTypeId::from_index(0)]];
    let gpus = nodes.iter().map(|node| node.gpu).sum();
    for (index, pod) in sequence(trace, gpus, &mut stream).into_iter().enumerate() {
        scenario.pod_names.push(format!("pod-{index}"));
        let create = CreatePod {
            name: PodNameId::from_index(index),
            bid: None,
            demand: Demand {
                min_vcpus: pod.cpu_milli,
                min_memory: Gb::new(pod.memory_mib),
                ..Demand::of_gpus(0, pod.num_gpu)
            },
            image: Image::EVERYWHERE,
            template: None,
            command: Command::Ok,
            container: None,
            patience: Span::ZERO,
            work: None,
            on_done: OnDone::Terminate,
            checkpoint: None,
            network_volume: None,
            is_amiss: false,
        };
        scenario.script.push(Action {
            at: SimTime::from_seconds(u64::try_from(index).expect("64 bits") + 1),
            account: Some(AccountId::from_index(0)),
            member: None,
            kind: ActionKind::CreatePod(Box::new(create)),
        });
    }
    scenario
}

/// Counts the GPUs that are given out.
#[derive(Default)]
struct Held(u32);

impl Sink for Held {
    fn hear(&mut self, _: SimTime, fact: &Fact) {
        if let Fact::PodPlaced { gpus, .. } = fact {
            self.0 += gpus;
        }
        if let Fact::Rejected { reason, .. } = fact {
            assert!(matches!(reason, Refusal::NoCapacity), "refused: {reason:?}");
        }
    }
}

/// The share of GPUs held in the end, in per cent.
fn held_share(scenario: &Scenario, seed: u64) -> f64 {
    let mut held = Held::default();
    let mut journal = Journal::new(vec![&mut held]);
    let run = RunId { seed, replication: 0 };
    engine::run(scenario, run, &mut journal, &mut |_| {}).expect("a sound run");
    let all: u32 = scenario.hosts.iter().map(|host| host.gpus).sum();
    100.0 * f64::from(held.0) / f64::from(all)
}

/// The mean, and half of its 95 % interval.
fn interval(figures: &[f64]) -> (f64, f64) {
    let count = f64::from(u32::try_from(figures.len()).expect("a few seeds"));
    let mean = figures.iter().sum::<f64>() / count;
    let squares: f64 = figures.iter().map(|figure| (figure - mean) * (figure - mean)).sum();
    let deviation = (squares / (count - 1.0)).sqrt();
    let student = StudentsT::new(0.0, 1.0, count - 1.0).expect("more than one seed");
    (mean, student.inverse_cdf(0.975) * deviation / count.sqrt())
}

/// The table of one way to read the trace: pods with less than `least` thousandths of a GPU left out.
/// The policy's mean share of GPUs held, and half of its interval.
fn table(
    nodes: &[Node],
    pods: &[Ask],
    (least, title): (u32, &str),
) -> Vec<(PlacementChoice, f64, f64)> {
    let trace: Vec<Ask> = pods.iter().copied().filter(|pod| least <= pod.gpu_milli).collect();
    let gpus: u32 = nodes.iter().map(|node| node.gpu).sum();
    println!("\n{} hosts, {gpus} GPUs; {} pods; {title}", nodes.len(), trace.len());
    println!("{:>20}   GPUs held, %", "policy");
    let mut scenarios: Vec<Scenario> =
        (0..SEEDS).map(|seed| scenario(nodes, &trace, seed)).collect();
    let row = |policy| {
        let shares = scenarios.iter_mut().zip(0..).map(|(scenario, seed)| {
            scenario.policies.placement = policy;
            held_share(scenario, seed)
        });
        let (mean, half) = interval(&shares.collect::<Vec<f64>>());
        println!("{:>20}   {mean:.2} ± {half:.2}", format!("{policy:?}"));
        (policy, mean, half)
    };
    PlacementChoice::ALL.into_iter().map(row).collect()
}

/// Machines and pods with GPUs, of these files or of the samples.
fn read_trace(
    mut paths: impl Iterator<Item = PathBuf>,
) -> Result<(Vec<Node>, Vec<Ask>), Box<dyn Error>> {
    let sample =
        |file: &str| Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/traces").join(file);
    let nodes = paths.next().unwrap_or_else(|| sample("openb_nodes_sample.csv"));
    let pods = paths.next().unwrap_or_else(|| sample("openb_pods_sample.csv"));
    let mut nodes: Vec<Node> = read(&nodes)?;
    nodes.retain(|node| 0 < node.gpu);
    let mut pods: Vec<Ask> = read(&pods)?;
    pods.retain(|pod| 0 < pod.num_gpu);
    Ok((nodes, pods))
}

fn main() -> Result<(), Box<dyn Error>> {
    let (nodes, pods) = read_trace(std::env::args_os().skip(1).map(PathBuf::from))?;
    table(&nodes, &pods, (0, "a share of a GPU becomes a whole one"));
    table(&nodes, &pods, (1_000, "pods with a share of a GPU are left out"));
    Ok(())
}

#[test]
fn the_samples_fill_their_fleet_and_cheapest_is_first_fit_on_demand() {
    let (nodes, pods) = read_trace(std::iter::empty()).expect("the samples are there");
    let rows = table(&nodes, &pods, (1_000, "whole GPUs"));
    for (policy, mean, half) in &rows {
        assert!(75.0 < mean + half && *mean <= 100.0, "{policy:?} holds {mean} %");
    }
    let of = |choice: PlacementChoice| {
        rows.iter().find(|(policy, ..)| *policy == choice).map(|(_, mean, half)| (mean, half))
    };
    assert_eq!(of(PlacementChoice::Cheapest), of(PlacementChoice::FirstFit));
    assert!(of(PlacementChoice::WorstFit) < of(PlacementChoice::BestFit));
}
