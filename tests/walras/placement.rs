//! The placement policies: each decides as its page says, and differently from every other (POD-05).

mod scan;

use crate::build;
use walras::ids::{ClassId, HostId, Id, PoolId, ScopeId};
use walras::policy::Registry;
use walras::policy::placement::placement;
use walras::rng::{Purpose, Stream};
use walras::scenario::demand::Demand;
use walras::scenario::model::{HostSpec, PlacementChoice};
use walras::scenario::rules::VcpuMemory;
use walras::units::{Bundle, Gb, Money, SimTime};
use walras::world::World;
use walras::world::heartbeats::Reliability;
use walras::world::view::Candidates;

/// A host of a market at one moment.
struct Machine<'a> {
    gpus: u32,
    vcpus: u32,
    /// Its own floor in cents; none: the scope's 49.
    floor: Option<i128>,
    /// The pods there: GPUs, vCPUs.
    pods: &'a [(u32, u32)],
}

/// A market at one moment.
struct Moment {
    world: World,
    classes: Vec<ClassId>,
}

impl Moment {
    /// These machines after requests for so many (GPUs, vCPUs); vCPUs as requested, or by share.
    fn new(rule: VcpuMemory, machines: &[Machine<'_>], asked: &[(u32, u32)]) -> Self {
        let mut scenario = build::market(0, 1, SimTime::from_seconds(1));
        scenario.rules.vcpu_memory = rule;
        // So that hosts are indexed by the sizes of their pods.
        scenario.policies.placement = PlacementChoice::GpuClustering;
        for (index, machine) in machines.iter().enumerate() {
            scenario.hosts.push(HostSpec {
                name: format!("host-{index}"),
                pool: PoolId::from_index(0),
                gpus: machine.gpus,
                vcpus: machine.vcpus,
                memory: Gb::new(1_000),
                disk: Gb::new(1_000),
                cpu_slots: 0,
                download: 1_000_000_000,
                upload: 1_000_000_000,
                min_bid: machine.floor.map(|cents| Money::from_nanos(cents * 10_000_000)),
                price: None,
                joins_later: false,
                country: None,
                public_ip: true,
            });
        }
        let mut world = World::new(&scenario, 0, 0);
        for (index, machine) in machines.iter().enumerate() {
            let host = HostId::from_index(index);
            let row = &mut world.fleet.hosts[host];
            for &(gpus, vcpus) in machine.pods {
                let vcpus = if rule == VcpuMemory::Requested { vcpus } else { 0 };
                row.free -= Bundle { gpus, vcpus, ..Bundle::NONE };
            }
            row.sizes = machine.pods.iter().map(|(gpus, _)| *gpus).collect();
            world.fleet.refresh(host, &scenario.rules);
        }
        world.typical.kept = true;
        for &(gpus, min_vcpus) in asked {
            world.typical.note(&Demand { min_vcpus, ..Demand::of_gpus(0, gpus) });
        }
        let classes = world.fleet.scopes[ScopeId::from_index(0)].classes.clone();
        Self { world, classes }
    }
    /// HOST-09. So many of a hundred beats were good at a host's last return.
    fn scores(&mut self, host: usize, good: u64) {
        self.world.records[HostId::from_index(host)].score = Reliability { good, due: 100 };
    }
    /// The host that a policy chooses for so many GPUs and vCPUs, at a bid in cents.
    fn choice(
        &self,
        policy: PlacementChoice,
        (gpus, vcpus): (u32, u32),
        bid: Option<i128>,
    ) -> Option<usize> {
        let need = Bundle { gpus, vcpus, ..Bundle::NONE };
        let bid = bid.map(|cents| Money::from_nanos(cents * 10_000_000));
        let candidates = Candidates::free(&self.world, &self.classes, need, bid);
        let mut stream = Stream::open(1, 0, Purpose::Placement, 0);
        let policy = placement(policy, &Registry::new()).expect("built in");
        policy.choose(&candidates, &mut stream).map(Id::index)
    }
}

/// Twelve hosts, of which each policy would give a request for 2 GPUs and 16 vCPUs another.
const TWELVE: [Machine<'_>; 12] = [
    Machine { gpus: 6, vcpus: 40, floor: Some(45), pods: &[] },
    Machine { gpus: 8, vcpus: 64, floor: Some(45), pods: &[(1, 24), (1, 0)] },
    Machine { gpus: 8, vcpus: 128, floor: Some(45), pods: &[] },
    Machine { gpus: 8, vcpus: 64, floor: Some(45), pods: &[(2, 48)] },
    Machine { gpus: 4, vcpus: 64, floor: Some(45), pods: &[] },
    Machine { gpus: 4, vcpus: 32, floor: None, pods: &[] },
    Machine { gpus: 8, vcpus: 128, floor: None, pods: &[(1, 8), (2, 48)] },
    Machine { gpus: 8, vcpus: 128, floor: None, pods: &[(1, 16)] },
    Machine { gpus: 8, vcpus: 128, floor: Some(45), pods: &[] },
    Machine { gpus: 8, vcpus: 64, floor: Some(45), pods: &[] },
    Machine { gpus: 8, vcpus: 128, floor: Some(40), pods: &[(2, 0), (1, 0)] },
    Machine { gpus: 8, vcpus: 128, floor: None, pods: &[] },
];
/// What was asked for before.
const ASKED: [(u32, u32); 6] = [(1, 8), (1, 8), (2, 16), (2, 16), (4, 32), (8, 64)];

/// POD-05: eleven policies, eleven hosts.
#[test]
fn each_policy_decides_differently_from_every_other() {
    let mut moment = Moment::new(VcpuMemory::Requested, &TWELVE, &ASKED);
    for host in (0..TWELVE.len()).filter(|host| *host != 9) {
        moment.scores(host, 99);
    }
    let choice = |policy| (policy, moment.choice(policy, (2, 16), Some(50)).unwrap());
    let expected = [
        // The fewest free GPUs: a whole host of 4.
        (PlacementChoice::BestFit, 4),
        (PlacementChoice::FirstFit, 0),
        // The first of those with 8 free.
        (PlacementChoice::WorstFit, 2),
        (PlacementChoice::Random, 8),
        // A bid of 0.50 where only 0.40 is asked.
        (PlacementChoice::Cheapest, 10),
        // In use, and with 5 free the fullest of those.
        (PlacementChoice::PackByGpuCount, 6),
        // What is free there is lost on requests for 8 GPUs, and still takes all others after.
        (PlacementChoice::FragmentationAware, 7),
        // The fewest free GPUs with the fewest free vCPUs.
        (PlacementChoice::DotProduct, 5),
        // The first in use.
        (PlacementChoice::GpuPacking, 1),
        // It runs one pod, of 2 GPUs.
        (PlacementChoice::GpuClustering, 3),
        // It alone has missed no beat.
        (PlacementChoice::MostReliable, 9),
    ];
    assert_eq!(PlacementChoice::ALL.map(choice), expected);
}

/// The worked examples of the policies' pages: hosts of 8 GPUs with 8 vCPUs each, by their pods.
#[test]
fn each_page_s_example_comes_out() {
    let eight = |pods| Machine { gpus: 8, vcpus: 64, floor: None, pods };
    let by_free = [eight(&[(7, 0)]), eight(&[(5, 0)]), eight(&[])];
    let moment = Moment::new(VcpuMemory::Proportional, &by_free, &[]);
    assert_eq!(moment.choice(PlacementChoice::BestFit, (1, 0), None), Some(0));
    assert_eq!(moment.choice(PlacementChoice::WorstFit, (1, 0), None), Some(2));
    let others = [eight(&[(5, 0)]), eight(&[(7, 0)]), eight(&[])];
    let moment = Moment::new(VcpuMemory::Proportional, &others, &[]);
    assert_eq!(moment.choice(PlacementChoice::FirstFit, (1, 0), None), Some(0));

    let floors = [40, 30, 35].map(|cents| Machine { floor: Some(cents), ..eight(&[]) });
    let moment = Moment::new(VcpuMemory::Proportional, &floors, &[]);
    assert_eq!(moment.choice(PlacementChoice::Cheapest, (1, 0), Some(50)), Some(1));
    assert_eq!(moment.choice(PlacementChoice::Cheapest, (1, 0), None), Some(0));

    let mixed = [eight(&[(3, 0)]), Machine { gpus: 4, vcpus: 32, floor: None, pods: &[] }];
    let moment = Moment::new(VcpuMemory::Proportional, &mixed, &[]);
    assert_eq!(moment.choice(PlacementChoice::PackByGpuCount, (3, 0), None), Some(0));
    assert_eq!(moment.choice(PlacementChoice::BestFit, (3, 0), None), Some(1));
    assert_eq!(moment.choice(PlacementChoice::PackByGpuCount, (4, 0), None), Some(1));

    let packing = [eight(&[]), eight(&[(3, 0)]), eight(&[(7, 0)])];
    let moment = Moment::new(VcpuMemory::Proportional, &packing, &[]);
    assert_eq!(moment.choice(PlacementChoice::GpuPacking, (1, 0), None), Some(1));

    let clusters = [eight(&[(4, 0)]), eight(&[(1, 0), (1, 0), (1, 0)]), eight(&[])];
    let moment = Moment::new(VcpuMemory::Proportional, &clusters, &[]);
    assert_eq!(moment.choice(PlacementChoice::GpuClustering, (2, 0), None), Some(2));
    assert_eq!(moment.choice(PlacementChoice::GpuClustering, (4, 0), None), Some(0));
    assert_eq!(moment.choice(PlacementChoice::GpuClustering, (1, 0), None), Some(1));
    let mut moment = Moment::new(VcpuMemory::Proportional, &by_free, &[]);
    for (host, good) in [(0, 99), (1, 100), (2, 98)] {
        moment.scores(host, good);
    }
    assert_eq!(moment.choice(PlacementChoice::MostReliable, (1, 0), None), Some(1));

    let unlike = [eight(&[(6, 4)]), eight(&[(4, 54)])];
    let moment = Moment::new(VcpuMemory::Requested, &unlike, &[]);
    assert_eq!(moment.choice(PlacementChoice::DotProduct, (1, 8), None), Some(1));
    assert_eq!(moment.choice(PlacementChoice::BestFit, (1, 8), None), Some(0));

    let holes = [eight(&[]), eight(&[(5, 0)]), eight(&[(7, 0)])];
    let moment = Moment::new(VcpuMemory::Proportional, &holes, &[(1, 0), (8, 0)]);
    assert_eq!(moment.choice(PlacementChoice::FragmentationAware, (1, 0), None), Some(1));
}

/// `fragmentation_aware` keeps what was asked for more often than one in 256, whatever else was.
#[test]
fn what_is_asked_for_often_stays_among_the_typical_shapes() {
    let often: Vec<(u32, u32)> = (1..600).flat_map(|odd| [(1, 1_000 + odd), (8, 3)]).collect();
    let world = Moment::new(VcpuMemory::Requested, &[], &often).world;
    let shapes: Vec<_> = world.typical.shapes(Id::from_index(0)).collect();
    assert_eq!(shapes.len(), walras::world::typical::MOST);
    let eight = Bundle { gpus: 8, vcpus: 3, ..Bundle::NONE };
    assert!(shapes.contains(&(eight, 599)));
    // None of the rest is lost: the counts add up to all that asked.
    assert_eq!(shapes.iter().map(|(_, count)| count).sum::<u64>(), 1_198);
    let gpus = |moment: Moment| moment.world.typical.shapes(Id::from_index(0)).count();
    assert_eq!(gpus(Moment::new(VcpuMemory::Proportional, &[], &[(1, 4), (1, 8), (0, 0)])), 1);
}
