//! Placement through the indexes against a scan of all hosts (POD-05, SPOT-06).
//!
//! A fleet of hosts with 8 GPUs is kept 90 % full: each step places a pod of 1, 2, 4 or 8 GPUs and
//! releases the oldest pods until the fleet is at 90 % again. The cost of a placement is that of the
//! whole step. A displacement step puts new bids on one host and asks for the best host to displace
//! on. Index and scan must choose the same hosts before they are timed; the table shows how the cost
//! grows from 1,000 to 100,000 hosts, the logarithm by a factor of 1.67.

mod common;

use common::Duel;
use criterion::{BenchmarkId, Criterion};
use std::collections::VecDeque;
use std::hint::black_box;
use walras::units::Money;
use walras::world::index::{BidIndex, FreeIndex, Key};

const HOSTS: [u32; 3] = [1_000, 10_000, 100_000];
const GPUS: u32 = 8;
/// Sizes of pods: six in ten want one GPU.
const SIZES: [u32; 10] = [1, 1, 1, 1, 1, 1, 2, 2, 4, 8];

#[derive(Clone, Copy, Debug)]
enum Policy {
    BestFit,
    FirstFit,
    Random,
}

/// A linear congruential generator: the bench is not about randomness.
struct Bits(u64);

impl Bits {
    fn below(&mut self, bound: u32) -> u32 {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        u32::try_from(((self.0 >> 32) * u64::from(bound)) >> 32).expect("below a bound of 32 bits")
    }
}

/// Free GPUs by host.
trait Fleet {
    fn new(hosts: u32) -> Self;
    fn free(&self, host: u32) -> u32;
    fn set(&mut self, host: u32, free: u32);
    fn find(&self, policy: Policy, gpus: u32, bits: &mut Bits) -> Option<u32>;
}

impl Fleet for FreeIndex {
    fn new(hosts: u32) -> Self {
        let mut index = Self::new(hosts, GPUS);
        for host in 0..hosts {
            index.set(host, Some(GPUS));
        }
        index
    }
    fn free(&self, host: u32) -> u32 {
        self.get(host).expect("every host is offered")
    }
    fn set(&mut self, host: u32, free: u32) {
        self.set(host, Some(free));
    }
    fn find(&self, policy: Policy, gpus: u32, bits: &mut Bits) -> Option<u32> {
        match policy {
            Policy::BestFit => self.tightest(gpus).next().map(|(_, host)| host),
            Policy::FirstFit => self.lowest(gpus).next(),
            Policy::Random => self.nth(gpus, bits.below(self.count(gpus).max(1))),
        }
    }
}

/// The plain way: look at every host.
struct Scan(Vec<u32>);

impl Fleet for Scan {
    fn new(hosts: u32) -> Self {
        Self((0..hosts).map(|_| GPUS).collect())
    }
    fn free(&self, host: u32) -> u32 {
        self.0[host as usize]
    }
    fn set(&mut self, host: u32, free: u32) {
        self.0[host as usize] = free;
    }
    fn find(&self, policy: Policy, gpus: u32, bits: &mut Bits) -> Option<u32> {
        let mut fitting = (0..).zip(&self.0).filter(|(_, free)| gpus <= **free);
        match policy {
            Policy::BestFit => fitting.min_by_key(|(_, free)| **free).map(|(host, _)| host),
            Policy::FirstFit => fitting.next().map(|(host, _)| host),
            Policy::Random => {
                let mut counts = [0; GPUS as usize + 1];
                fitting.for_each(|(_, free)| counts[*free as usize] += 1);
                let mut left = bits.below(counts.iter().sum::<u32>().max(1));
                let free = (0..).zip(counts).find_map(|(free, count)| {
                    let here = left < count;
                    left -= if here { 0 } else { count };
                    here.then_some(free)
                })?;
                let mut alike = (0..).zip(&self.0).filter(|(_, other)| **other == free);
                alike.nth(left as usize).map(|(host, _)| host)
            }
        }
    }
}

/// A fleet at work.
struct Market<F> {
    fleet: F,
    policy: Policy,
    bits: Bits,
    pods: VecDeque<(u32, u32)>,
    held: u32,
    target: u32,
    digest: u64,
}

impl<F: Fleet> Market<F> {
    /// A fleet that has been 90 % full for a while.
    fn new(hosts: u32, policy: Policy, warm_up: u32) -> Self {
        let mut market = Self {
            fleet: F::new(hosts),
            policy,
            bits: Bits(1),
            pods: VecDeque::new(),
            held: 0,
            target: hosts * GPUS / 10 * 9,
            digest: 0,
        };
        market.run(warm_up);
        market
    }
    fn run(&mut self, placements: u32) {
        for _ in 0..placements {
            let gpus = SIZES[self.bits.below(10) as usize];
            if let Some(host) = self.fleet.find(self.policy, gpus, &mut self.bits) {
                self.fleet.set(host, self.fleet.free(host) - gpus);
                self.pods.push_back((host, gpus));
                self.held += gpus;
                self.digest = self.digest.rotate_left(5) ^ u64::from(host);
            }
            while self.target < self.held {
                let (host, gpus) = self.pods.pop_front().expect("held GPUs are some pod's");
                self.fleet.set(host, self.fleet.free(host) + gpus);
                self.held -= gpus;
            }
        }
    }
}

/// What displacing costs by host, for 1 to 8 GPUs.
trait Bids {
    fn new(hosts: u32) -> Self;
    fn set(&mut self, host: u32, entries: &[Option<Key>]);
    fn best(&self, gpus: u32) -> Option<u32>;
}

impl Bids for BidIndex {
    fn new(hosts: u32) -> Self {
        Self::new(hosts, GPUS)
    }
    fn set(&mut self, host: u32, entries: &[Option<Key>]) {
        self.set(host, entries);
    }
    fn best(&self, gpus: u32) -> Option<u32> {
        self.best(gpus).next().map(|(_, host)| host)
    }
}

/// The plain way: compare every host.
struct BidScan(Vec<[Option<Key>; GPUS as usize + 1]>);

impl Bids for BidScan {
    fn new(hosts: u32) -> Self {
        Self((0..hosts).map(|_| [None; GPUS as usize + 1]).collect())
    }
    fn set(&mut self, host: u32, entries: &[Option<Key>]) {
        self.0[host as usize].copy_from_slice(entries);
    }
    fn best(&self, gpus: u32) -> Option<u32> {
        let hosts = (0..).zip(&self.0);
        hosts
            .filter_map(|(host, keys)| Some((keys[gpus as usize]?, host)))
            .min()
            .map(|(_, host)| host)
    }
}

/// Hosts whose bids come and go: half of the changes are on the host that was just chosen.
struct Displacement<B> {
    bids: B,
    hosts: u32,
    bits: Bits,
    last: Option<u32>,
    digest: u64,
}

impl<B: Bids> Displacement<B> {
    fn new(hosts: u32) -> Self {
        let mut bits = Bits(1);
        let mut bids = B::new(hosts);
        for host in 0..hosts {
            bids.set(host, &keys(&mut bits));
        }
        Self { bids, hosts, bits, last: None, digest: 0 }
    }
    fn run(&mut self, steps: u32) {
        for _ in 0..steps {
            let any = self.bits.below(self.hosts);
            let host = self.last.filter(|_| self.bits.below(2) == 0).unwrap_or(any);
            self.bids.set(host, &keys(&mut self.bits));
            self.last = self.bids.best(1 + self.bits.below(GPUS));
            self.digest = self.digest.rotate_left(5) ^ self.last.map_or(0, u64::from);
        }
    }
}

/// A host full of single spot GPUs: the keys rise with the GPUs that are wanted.
fn keys(bits: &mut Bits) -> [Option<Key>; GPUS as usize + 1] {
    let (mut highest, mut sum) = (400_000_000 + i128::from(bits.below(100_000_000)), 0);
    let mut keys = [None; GPUS as usize + 1];
    for key in &mut keys[1..] {
        highest += i128::from(bits.below(20_000_000));
        sum += highest;
        *key = Some(Key { highest: Money::from_nanos(highest), sum: Money::from_nanos(sum) });
    }
    keys
}

/// A fleet of each kind after the same steps, which must have led to the same choices.
fn markets(hosts: u32, policy: Policy) -> (Market<FreeIndex>, Market<Scan>) {
    let mut ours = Market::<FreeIndex>::new(hosts, policy, 3_000);
    let scan = Market::<Scan>::new(hosts, policy, 3_000);
    assert_eq!(ours.digest, scan.digest, "index and scan choose the same hosts");
    ours.run(10 * hosts);
    (ours, scan)
}

fn displacements(hosts: u32) -> (Displacement<BidIndex>, Displacement<BidScan>) {
    let (mut ours, mut scan) = (Displacement::new(hosts), Displacement::new(hosts));
    ours.run(300);
    scan.run(300);
    assert_eq!(ours.digest, scan.digest, "index and scan choose the same hosts");
    (ours, scan)
}

fn criterion_figures(criterion: &mut Criterion) {
    for policy in [Policy::BestFit, Policy::FirstFit, Policy::Random] {
        let mut group = criterion.benchmark_group(format!("{policy:?}"));
        for hosts in HOSTS {
            let (mut ours, _) = markets(hosts, policy);
            group.bench_function(BenchmarkId::new("index", hosts), |b| b.iter(|| ours.run(1)));
            black_box(ours.digest);
        }
        group.finish();
    }
    let mut group = criterion.benchmark_group("displacement");
    for hosts in HOSTS {
        let (mut ours, _) = displacements(hosts);
        group.bench_function(BenchmarkId::new("index", hosts), |b| b.iter(|| ours.run(1)));
        black_box(ours.digest);
    }
    group.finish();
}

/// One row of the table for each size of fleet.
#[expect(clippy::print_stdout, reason = "the table is what the bench is for")]
fn rows(name: &str, duel: impl Fn(u32) -> Duel) {
    let mut at_first = None;
    for hosts in HOSTS {
        let Duel { ours, other, ratio, .. } = duel(hosts);
        let growth = ours / *at_first.get_or_insert(ours);
        println!(
            "{name:>12} {hosts:>8} {ours:>10.1} {growth:>8.2} x {other:>10.1} {ratio:>11.1} x"
        );
    }
}

#[expect(clippy::print_stdout, reason = "the table is what the bench is for")]
fn ratios() {
    const STEPS: u32 = 200_000;
    println!("\n      policy    hosts   index ns     growth    scan ns   index faster by");
    for policy in [Policy::BestFit, Policy::FirstFit, Policy::Random] {
        rows(&format!("{policy:?}"), |hosts| {
            let (mut ours, mut scan) = markets(hosts, policy);
            // The scan is warmed up by the same steps, taken through the index.
            scan = Market {
                fleet: Scan(ours.free()),
                pods: ours.pods.clone(),
                held: ours.held,
                ..scan
            };
            let scans = (20_000_000 / hosts, |n| scan.run(n));
            common::duel(9, (STEPS, |n| ours.run(n)), scans)
        });
    }
    rows("displacement", |hosts| {
        let (mut ours, mut scan) = displacements(hosts);
        let scans = (5_000_000 / hosts, |n| scan.run(n));
        common::duel(9, (STEPS, |n| ours.run(n)), scans)
    });
}

impl Market<FreeIndex> {
    /// Free GPUs by host.
    fn free(&self) -> Vec<u32> {
        let hosts = self.target / 9 * 10 / GPUS;
        (0..hosts).map(|host| self.fleet.free(host)).collect()
    }
}

fn main() {
    if common::measuring() {
        ratios();
    }
    let mut criterion = Criterion::default().configure_from_args();
    criterion_figures(&mut criterion);
    criterion.final_summary();
}
