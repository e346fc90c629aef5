//! The audit and the witness find fault where there is one: each kind of invariant, broken by hand.

use crate::build;
use crate::witness::Witness;
use walras::engine::{Engine, RunId};
use walras::ids::{AccountId, HostId, Id, PodId, ShapeId};
use walras::journal::fact::Book;
use walras::journal::{Fact, Journal, Sink};
use walras::rng::draw::Distribution;
use walras::scenario::Scenario;
use walras::scenario::demand::{BidRule, Buying};
use walras::units::{Bundle, Money, SimTime};
use walras::world::World;
use walras::world::audit;
use walras::world::fleet::Counts;
use walras::world::pod::PodState;
use walras::world::standing::Bar;
use walras::world::waiting::Shape;
use walras::world::waiting::lanes::Queues;

/// A market in which, by and by, pods run, wait, and are in grace.
fn scenario() -> Scenario {
    let mut scenario = build::market(2, 4, SimTime::from_seconds(100_000));
    let work = Distribution::Exponential { mean: 7_200.0 };
    for cents in [50, 55] {
        let bid = Money::from_nanos(cents * 10_000_000);
        let buying = Buying::Spot(BidRule::Fixed(bid));
        build::add_segment(&mut scenario, 0.002, work.clone(), None, buying);
    }
    build::add_segment(&mut scenario, 0.001, work, None, Buying::OnDemand);
    scenario
}

/// The world of that market, at the first moment at which a pod is in grace and another waits.
fn busy_world() -> World {
    let scenario = scenario();
    let mut journal = Journal::default();
    let run = RunId { seed: scenario.seed, replication: 0 };
    let mut engine = Engine::begin(&scenario, run, &mut journal).unwrap();
    while engine.step() {
        let world = &engine.turn.world;
        let any = |is: fn(PodState) -> bool| world.pods.ids().any(|pod| is(world.pods[pod].state));
        let grace = any(|state| matches!(state, PodState::Grace { .. }));
        if grace && any(|state| state == PodState::Waiting) {
            return world.clone();
        }
    }
    panic!("nobody is ever in grace");
}

/// What the audit says once `damage` is done.
fn says(damage: impl FnOnce(&mut World)) -> String {
    let mut world = busy_world();
    assert_eq!(audit::check(&world), Ok(()), "sound before");
    damage(&mut world);
    audit::check(&world).err().map_or_else(|| "nothing".to_owned(), |fault| fault.to_string())
}

fn runs(world: &World, pod: PodId) -> bool {
    matches!(world.pods[pod].state, PodState::Running { .. })
}
fn first_running(world: &World) -> PodId {
    world.pods.ids().find(|pod| runs(world, *pod)).unwrap()
}
fn listed_shape(world: &World) -> ShapeId {
    let listed = |(id, shape): (ShapeId, &Shape)| (shape.listed != (None, None)).then_some(id);
    world.shapes.iter().find_map(listed).unwrap()
}
fn host() -> HostId {
    HostId::from_index(0)
}

#[test]
fn gen_12_the_audit_finds_books_that_do_not_balance() {
    let nano = Money::from_nanos(1);
    let customer = Book::Customer(AccountId::from_index(0));
    let broken = says(|world| world.ledger.post(Book::Revenue, customer, nano));
    assert!(broken.contains("paid in less spent is the balance"), "{broken}");
    let broken = says(|world| world.accounts[AccountId::from_index(1)].spent += nano);
    assert!(broken.contains("paid in less spent is the balance"), "{broken}");
}

#[test]
fn gen_13_the_audit_finds_a_gpu_that_is_held_twice_or_lost() {
    let gpu = Bundle { gpus: 1, ..Bundle::NONE };
    let broken = says(|world| {
        let pod = first_running(world);
        world.pods[pod].bundle += gpu;
    });
    assert!(broken.contains("resources are conserved"), "{broken}");
    let broken = says(|world| world.fleet.hosts[host()].free += gpu);
    assert!(broken.contains("resources are conserved"), "{broken}");
    let broken = says(|world| world.fleet.hosts[host()].free += Bundle { disk: 1, ..Bundle::NONE });
    assert!(broken.contains("resources are conserved"), "{broken}");
    let broken = says(|world| {
        let occupancy = &mut world.fleet.hosts[host()].occupancy;
        occupancy.on_demand += 1;
    });
    assert!(broken.contains("each in one use"), "{broken}");
    let broken = says(|world| {
        let busy = |id: &HostId| !world.fleet.hosts[*id].graces.is_empty();
        let id = world.fleet.hosts.ids().find(busy).unwrap();
        world.fleet.hosts[id].graces[0].open += gpu;
    });
    assert!(broken.contains("a grace is open or promised"), "{broken}");
}

#[test]
fn bill_15_the_audit_finds_a_meter_that_runs_during_an_outage() {
    let broken = says(|world| {
        let pod = first_running(world);
        let host = world.pods[pod].tied.unwrap();
        world.fleet.hosts[host].standing.set(Bar::Network, true);
    });
    assert!(broken.contains("during an outage") || broken.contains("index"), "{broken}");
}

#[test]
fn pod_21_the_audit_finds_a_state_that_its_tables_deny() {
    let broken = says(|world| {
        let pod = first_running(world);
        let host = world.pods[pod].tied.unwrap();
        world.pods[pod].state = PodState::Stopped { host };
    });
    assert!(broken.contains("conserved") || broken.contains("metered"), "{broken}");
    let broken = says(|world| {
        let pod = first_running(world);
        world.pods[pod].state = PodState::Terminated;
    });
    assert!(broken.contains("conserved") || broken.contains("ended"), "{broken}");
}

/// Every sum and every index that the audit derives from the tables.
#[test]
fn the_audit_finds_an_index_that_disagrees() {
    type Damage = (&'static str, fn(&mut World));
    let damages: [Damage; 15] = [
        ("sums", |world| world.accounts[AccountId::from_index(0)].reserve += Money::from_nanos(1)),
        ("sums", |world| world.accounts[AccountId::from_index(0)].hour += Money::from_nanos(1)),
        ("sums", |world| world.accounts[AccountId::from_index(0)].burn += Money::from_nanos(1)),
        ("free GPUs", |world| {
            let row = &world.fleet.hosts[host()];
            let (class, member) = (row.class, row.member);
            world.fleet.classes[class].free.set(member, None);
        }),
        ("index of bids", |world| {
            let bids = |pod: &PodId| world.pods[*pod].bid().is_some() && runs(world, *pod);
            let pod = world.pods.ids().find(bids).unwrap();
            let row = &world.fleet.hosts[world.pods[pod].tied.unwrap()];
            let (class, member) = (row.class, row.member);
            world.fleet.classes[class].stale.remove(member);
            world.fleet.classes[class].bids.remove(member);
        }),
        ("open", |world| {
            let class = world.fleet.hosts[host()].class;
            for id in world.fleet.hosts.ids().collect::<Vec<_>>() {
                let entry = (1, id);
                if !world.fleet.classes[class].open.remove(&entry) {
                    world.fleet.classes[class].open.insert(entry);
                }
            }
        }),
        ("bids that hold", |world| {
            let scope = world.fleet.hosts[host()].scope;
            world.fleet.scopes[scope].add_bid(Money::from_nanos(1));
        }),
        ("floors", |world| {
            let scope = world.fleet.hosts[host()].scope;
            world.fleet.scopes[scope].floors = Counts::default();
        }),
        ("lowest floor", |world| {
            let scope = world.fleet.hosts[host()].scope;
            world.fleet.scopes[scope].lowest_floor = None;
        }),
        ("a demand counts", |world| {
            let pod = world.pods.ids().next().unwrap();
            let shape = world.pods[pod].shape;
            world.shapes.get_mut(shape).pods += 1;
        }),
        ("heads of queues", |world| {
            let shape = listed_shape(world);
            let row = world.shapes.get_mut(shape);
            (row.listed, row.stale) = ((None, None), false);
        }),
        ("lists its shapes", |world| {
            let shape = listed_shape(world);
            let row = world.shapes.get_mut(shape);
            (row.listed, row.stale) = ((None, None), true);
        }),
        ("who waits for them", |world| world.shapes.lanes.by_scope.clear()),
        ("wait", |world| world.waiting_asks += 1),
        ("queue", |world| {
            let wait = |pod: &PodId| world.pods[*pod].state == PodState::Waiting;
            let pod = world.pods.ids().find(wait).unwrap();
            let shape = world.pods[pod].shape;
            world.shapes.get_mut(shape).queues = Queues::default();
        }),
    ];
    for (what, damage) in damages {
        let broken = says(damage);
        assert!(broken.contains(what), "{what}: {broken}");
    }
}

/// What a witness says of a true history in which `change` was made to the first fact that it takes.
fn witnessed(change: impl Fn(SimTime, &Fact) -> Option<Vec<(SimTime, Fact)>>) -> String {
    let scenario = scenario();
    let facts = build::run_audited(&scenario, 0);
    let mut witness = Witness::new(&scenario, true);
    let mut changed = false;
    for (at, fact) in facts {
        match change(at, &fact).filter(|_| !changed) {
            None => witness.hear(at, &fact),
            Some(others) => {
                changed = true;
                others.iter().for_each(|(at, fact)| witness.hear(*at, fact));
            }
        }
        if !witness.faults.is_empty() {
            break; // What follows from a fault may be anything.
        }
    }
    assert!(changed, "there was such a fact");
    witness.faults.first().cloned().unwrap_or_else(|| witness.finish().expect_err("a fault"))
}

#[test]
fn the_witness_finds_each_kind_of_fault() {
    let late = SimTime::from_seconds(1_000);
    let broken = witnessed(|at, fact| {
        (late < at).then(|| vec![(at, *fact), (SimTime::from_seconds(999), *fact)])
    });
    assert!(broken.contains("backwards"), "{broken}");
    let broken = witnessed(|at, fact| {
        matches!(fact, Fact::PodRunning { .. }).then(|| vec![(at, *fact), (at, *fact)])
    });
    assert!(broken.contains("illegal"), "{broken}");
    let broken = witnessed(|at, fact| match *fact {
        Fact::PodPlaced { pod, host, step, price, .. } => {
            Some(vec![(at, Fact::PodPlaced { pod, host, step, gpus: 5, price })])
        }
        _ => None,
    });
    assert!(broken.contains("5 of 4 GPUs"), "{broken}");
    let broken = witnessed(|at, fact| match *fact {
        Fact::Posted(mut posting) if posting.usage.is_some() => {
            posting.amount += Money::from_nanos(1);
            Some(vec![(at, Fact::Posted(posting))])
        }
        _ => None,
    });
    assert!(broken.contains("GEN-12"), "{broken}");
    let broken = witnessed(|at, fact| match *fact {
        Fact::PodDisplaced { pod, by, reason, kill_at } => {
            let fact = Fact::PodDisplaced { pod: by?, by: Some(pod), reason, kill_at };
            Some(vec![(at, fact)])
        }
        _ => None,
    });
    assert!(broken.contains("SPOT-0"), "{broken}");
    let broken = witnessed(|at, fact| match *fact {
        Fact::PricePublished { scope, mut quote } if late < at => {
            quote.min_winning_bid = quote.min_winning_bid.map(|bid| bid + Money::from_nanos(1));
            Some(vec![(at, Fact::PricePublished { scope, quote })])
        }
        _ => None,
    });
    assert!(broken.contains("GPU-05"), "{broken}");
    let broken = witnessed(|at, fact| match *fact {
        Fact::Posted(posting) if posting.usage.is_some() && late < at => {
            let host = HostId::from_index(0);
            let before = at.micros() - 1;
            let hosts = [host, HostId::from_index(1)];
            let downs = hosts.map(|host| (SimTime::from_micros(before), Fact::HostDown { host }));
            Some([downs.to_vec(), vec![(at, *fact)]].concat())
        }
        _ => None,
    });
    assert!(broken.contains("BILL-15") || broken.contains("backwards"), "{broken}");
}
