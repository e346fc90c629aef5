//! What a choice costs under each policy, from 1,000 to 100,000 hosts (POD-05).
//!
//! A fleet of hosts with 8 GPUs and 64 vCPUs is kept 90 % full. Pods of 1, 2, 4 or 8 GPUs ask, and the
//! policy chooses among all hosts; one choice in [`CHOICES`] is taken: the pod is placed, the indexes
//! are brought up to date, and the oldest pods are released until the fleet is at 90 % again. So what is
//! timed is the choice, on a fleet that moves. Each size of fleet is timed in turn with the smallest
//! one; so the growth means something on any machine. The logarithm grows by 1.67 × from the first to
//! the last. Two policies look at every candidate where vCPUs are requested exactly: that is the
//! price of their rules, and it is shown.

#[expect(dead_code, reason = "the tests need more of it")]
#[path = "../tests/walras/build.rs"]
mod build;
mod common;

use common::Duel;
use criterion::Criterion;
use std::collections::VecDeque;
use std::hint::black_box;
use walras::ids::{ClassId, HostId, Id, ScopeId};
use walras::journal::fact::Kind;
use walras::policy::Registry;
use walras::policy::placement::{Placement, placement};
use walras::rng::{Purpose, Stream};
use walras::scenario::Scenario;
use walras::scenario::demand::Demand;
use walras::scenario::model::PlacementChoice;
use walras::scenario::rules::VcpuMemory;
use walras::units::{Bundle, SimTime};
use walras::world::World;
use walras::world::view::Candidates;

const HOSTS: [u32; 3] = [1_000, 10_000, 100_000];
const GPUS: u32 = 8;
/// So many choices for one that is taken.
const CHOICES: u32 = 16;
/// Sizes of pods: six in ten want one GPU.
const SIZES: [u32; 10] = [1, 1, 1, 1, 1, 1, 2, 2, 4, 8];

/// A fleet at work under a policy.
struct Market {
    scenario: Scenario,
    world: World,
    classes: Vec<ClassId>,
    policy: Box<dyn Placement>,
    stream: Stream,
    /// The pods: where, and what they hold.
    pods: VecDeque<(HostId, Bundle)>,
    /// Their GPUs, host by host.
    sizes: Vec<Vec<u32>>,
    held: u32,
    target: u32,
}

impl Market {
    /// A fleet that has been 90 % full for a while.
    fn new(hosts: u32, policy: PlacementChoice, rule: VcpuMemory) -> Self {
        let mut scenario = build::market(hosts, GPUS, SimTime::from_seconds(1));
        scenario.rules.vcpu_memory = rule;
        scenario.policies.placement = policy;
        scenario.hosts.iter_mut().for_each(|host| host.vcpus = 8 * GPUS);
        let world = World::new(&scenario, 0, 0);
        let classes = world.fleet.scopes[ScopeId::from_index(0)].classes.clone();
        let mut market = Self {
            scenario,
            world,
            classes,
            policy: placement(policy, &Registry::new()).expect("built in"),
            stream: Stream::open(1, 0, Purpose::Placement, 0),
            pods: VecDeque::new(),
            sizes: vec![Vec::new(); hosts as usize],
            held: 0,
            target: hosts * GPUS / 10 * 9,
        };
        market.fill();
        market.run(100);
        market
    }
    /// Pods side by side, without a policy that may look at all hosts for each.
    fn fill(&mut self) {
        let hosts: Vec<HostId> = self.world.fleet.hosts.ids().collect();
        for host in hosts.into_iter().cycle() {
            if self.target <= self.held {
                return;
            }
            let need = self.next_need();
            if self.world.fleet.hosts[host].free.covers(&need) {
                self.place(host, need);
            }
        }
    }
    /// What the next pod takes.
    fn next_need(&mut self) -> Bundle {
        let gpus = SIZES[usize::try_from(self.stream.below(10)).expect("below ten")];
        let per_gpu = 4 + u32::try_from(self.stream.below(8)).expect("below eight");
        let min_vcpus = if self.world.fleet.by_share { 0 } else { gpus * per_gpu.min(8) };
        self.world.typical.note(&Demand { min_vcpus, ..Demand::of_gpus(0, gpus) });
        Bundle { gpus, vcpus: min_vcpus, ..Bundle::NONE }
    }
    fn place(&mut self, host: HostId, need: Bundle) {
        self.world.fleet.hosts[host].take(need, Kind::OnDemand);
        self.pods.push_back((host, need));
        self.sizes[host.index()].push(need.gpus);
        self.held += need.gpus;
        self.settle(host);
    }
    fn release_oldest(&mut self) {
        let (host, need) = self.pods.pop_front().expect("held GPUs are some pod's");
        self.world.fleet.hosts[host].give(need, Kind::OnDemand);
        let there = &mut self.sizes[host.index()];
        let place = there.iter().position(|gpus| *gpus == need.gpus).expect("it ran there");
        there.swap_remove(place);
        self.held -= need.gpus;
        self.settle(host);
    }
    fn settle(&mut self, host: HostId) {
        if self.world.fleet.by_sizes {
            self.world.fleet.hosts[host].sizes = self.sizes[host.index()].iter().copied().collect();
        }
        self.world.fleet.refresh(host, &self.scenario.rules);
    }
    fn run(&mut self, choices: u32) {
        for choice in 0..choices {
            let need = self.next_need();
            let candidates = Candidates::free(&self.world, &self.classes, need, None);
            let chosen = self.policy.choose(&candidates, &mut self.stream);
            if choice % CHOICES != 0 {
                black_box(chosen);
                continue;
            }
            if let Some(host) = chosen {
                self.place(host, need);
            }
            while self.target < self.held {
                self.release_oldest();
            }
        }
    }
}

/// The rows of the table: by share, and where it matters as requested.
fn rows() -> Vec<(PlacementChoice, VcpuMemory)> {
    let by_share = PlacementChoice::ALL.map(|policy| (policy, VcpuMemory::Proportional));
    let exact = [PlacementChoice::DotProduct, PlacementChoice::FragmentationAware];
    let exact = exact.map(|policy| (policy, VcpuMemory::Requested));
    by_share.into_iter().chain(exact).collect()
}

#[expect(clippy::print_stdout, reason = "the table is what the bench is for")]
fn table() {
    println!(
        "\n{:>20} {:>13} {:>8} {:>12} {:>12} {:>10}",
        "policy", "vCPUs", "hosts", "ns", "of 1,000", "growth"
    );
    for (policy, rule) in rows() {
        for hosts in HOSTS {
            let looks_at_all = rule == VcpuMemory::Requested;
            let (rounds, steps) = if looks_at_all { (3, 200) } else { (9, 200_000) };
            let market = |hosts: u32| {
                let mut market = Market::new(hosts, policy, rule);
                if !looks_at_all {
                    market.run(4 * hosts);
                }
                market
            };
            let (mut ours, mut least) = (market(hosts), market(HOSTS[0]));
            let Duel { ours, other, ratio, .. } = common::duel(
                rounds,
                (steps, |steps| ours.run(steps)),
                (steps, |steps| least.run(steps)),
            );
            let (policy, rule) = (format!("{policy:?}"), format!("{rule:?}"));
            let growth = 1.0 / ratio;
            println!(
                "{policy:>20} {rule:>13} {hosts:>8} {ours:>12.1} {other:>12.1} {growth:>8.2} x"
            );
        }
    }
}

fn criterion_figures(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("placement, 10,000 hosts");
    for (policy, rule) in rows() {
        let mut market = Market::new(10_000, policy, rule);
        let name = format!("{policy:?}, vCPUs {rule:?}");
        group.bench_function(name, |b| b.iter(|| market.run(1)));
    }
    group.finish();
}

fn main() {
    if common::measuring() {
        table();
    }
    let mut criterion = Criterion::default().configure_from_args();
    criterion_figures(&mut criterion);
    criterion.final_summary();
}
