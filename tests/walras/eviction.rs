//! The eviction policies: who gives way on the host that the lowest bids have chosen (SPOT-05, SPOT-06).
//!
//! Markets in which nobody was displaced before, so that all four policies meet the same state: the
//! victims are held against a choice made by hand, literally as the rule says it.

use crate::build;
use crate::stage::Case;
use crate::storm::{Act, Ask, Storm, config};
use proptest::prelude::*;
use proptest::sample::select;
use std::cmp::Reverse;
use std::collections::BTreeMap;
use walras::ids::{HostId, Id, PodId};
use walras::journal::Fact;
use walras::journal::fact::PodName;
use walras::scenario::load::from_text;
use walras::scenario::model::{Cloud, EvictionChoice, PlacementChoice};
use walras::scenario::rules::Rules;

#[test]
fn the_four_policies_go_as_they_were_solved_by_hand() {
    Case::check_all(&Case::read(include_str!("spot/evicted.txt")));
}

/// A spot pod that is there: GPUs, bid in cents, whether it has work to do.
type Incumbent = (u32, u32, bool);

/// Pods come every so many seconds; containers take five of them.
const EVERY: u64 = 3;
const START: u64 = 5;

/// Incumbents come one after another, as long as there is room for them; then a newcomer.
#[derive(Clone, Debug)]
struct Market {
    machines: Vec<u32>,
    incumbents: Vec<Incumbent>,
    newcomer: (u32, Option<u32>),
}

fn markets() -> impl Strategy<Value = Market> {
    let incumbent = (1..=4_u32, 50..56_u32, any::<bool>());
    (
        proptest::collection::vec(select(vec![2, 4, 8]), 1..=3),
        proptest::collection::vec(incumbent, 1..=12),
        (1..=8_u32, proptest::option::weighted(0.7, 50..58_u32)),
    )
        .prop_map(|(machines, incumbents, newcomer)| {
            let incumbents = those_who_fit(&machines, incumbents);
            Market { machines, incumbents, newcomer }
        })
}

/// Those who find free GPUs, each on the host with the fewest left: so that none displaces another.
fn those_who_fit(machines: &[u32], mut incumbents: Vec<Incumbent>) -> Vec<Incumbent> {
    let mut free = machines.to_vec();
    incumbents.retain(|(gpus, ..)| {
        let host = free.iter_mut().filter(|free| gpus <= *free).min_by_key(|free| **free);
        host.map(|free| *free -= gpus).is_some()
    });
    incumbents
}

fn ask(gpus: u32, bid: Option<u32>, works: bool) -> Ask {
    Ask { bid, work: works.then_some(100_000), ..Ask::of_gpus(gpus) }
}

/// What the newcomer did: its host and victims in order, of those who were there.
struct Told {
    host: HostId,
    victims: Vec<usize>,
    there: BTreeMap<usize, HostId>,
}

impl Market {
    fn asked_at(index: usize) -> u64 {
        EVERY * u64::try_from(index).unwrap()
    }
    /// Runs it under a policy; none if the newcomer displaced nobody.
    fn play(&self, eviction: EvictionChoice) -> Option<Told> {
        let newcomer = self.incumbents.len();
        let mut acts: Vec<(u64, Act)> = Vec::new();
        for (index, &(gpus, bid, works)) in self.incumbents.iter().enumerate() {
            let act = Act::Create(index, ask(gpus, Some(bid), works));
            acts.push((Self::asked_at(index) * 1_000_000, act));
        }
        let (gpus, bid) = self.newcomer;
        let act = Act::Create(newcomer, ask(gpus, bid, false));
        acts.push((Self::asked_at(newcomer) * 1_000_000, act));
        let storm = Storm {
            rules: Rules::default(),
            placement: PlacementChoice::BestFit,
            eviction,
            machines: self.machines.iter().map(|gpus| (*gpus, 0, Cloud::Secure, None)).collect(),
            balances: vec![100_000_000; 3],
            acts,
            later: 0,
            failures: None,
            lure: None,
            crew: Default::default(),
            pulls: Default::default(),
        };
        let mut names: BTreeMap<PodId, usize> = BTreeMap::new();
        let (mut there, mut victims, mut host) = (BTreeMap::new(), Vec::new(), None);
        for (_, fact) in build::run_audited(&storm.scenario(), 0) {
            match fact {
                Fact::PodRequested(asked) => {
                    let PodName::Given(name) = asked.name else { unreachable!("all have names") };
                    names.insert(asked.pod, name.index());
                }
                Fact::PodDisplaced { pod, .. } => victims.push(names[&pod]),
                Fact::PodPromised { host: on, .. } => host = Some(on),
                Fact::PodPlaced { pod, host, .. } if names[&pod] != newcomer => {
                    there.insert(names[&pod], host);
                }
                _ => {}
            }
        }
        Some(Told { host: host?, victims, there })
    }
    /// SPOT-05, literally: whom the newcomer displaces on `host`; none if it cannot.
    fn expected(&self, told: &Told, host: HostId, eviction: EvictionChoice) -> Option<Vec<usize>> {
        let (need, own) = self.newcomer;
        let now = Self::asked_at(self.incumbents.len());
        let on: Vec<usize> =
            told.there.iter().filter(|(_, at)| **at == host).map(|(name, _)| *name).collect();
        let gpus = |pods: &[usize]| pods.iter().map(|pod| self.incumbents[*pod].0).sum::<u32>();
        let free = self.machines[host.index()] - gpus(&on);
        let mut order = on;
        order.retain(|pod| own.is_none_or(|own| self.incumbents[*pod].1 < own));
        order.sort_by_key(|pod| {
            let (gpus, bid, works) = self.incumbents[*pod];
            let up = Self::asked_at(*pod) + START;
            let unsaved = if works { u64::from(gpus) * now.saturating_sub(up) } else { 0 };
            let key = match eviction {
                EvictionChoice::LowestBid => i64::from(bid),
                EvictionChoice::Youngest => 0,
                EvictionChoice::LeastWorkLost => i64::try_from(unsaved).unwrap(),
                EvictionChoice::FewestPods => -i64::from(gpus),
                EvictionChoice::Own(_) => unreachable!("only built-in ones are asked"),
            };
            (key, Reverse(*pod))
        });
        let mut taken = Vec::new();
        for pod in order {
            if free + gpus(&taken) < need {
                taken.push(pod);
            }
        }
        for pod in taken.clone().into_iter().rev() {
            let spared: Vec<usize> = taken.iter().copied().filter(|other| *other != pod).collect();
            if need <= free + gpus(&spared) {
                taken = spared;
            }
        }
        (need <= free + gpus(&taken)).then_some(taken)
    }
    /// SPOT-06. The host whose lowest bids give way: highest bid, sum of bid × GPUs, id.
    fn host(&self, told: &Told) -> Option<HostId> {
        let hosts = (0..self.machines.len()).map(HostId::from_index);
        let ranked = hosts.filter_map(|host| {
            let victims = self.expected(told, host, EvictionChoice::LowestBid)?;
            let bids = victims.iter().map(|pod| self.incumbents[*pod]);
            let highest = bids.clone().map(|(_, bid, _)| bid).max()?;
            Some((highest, bids.map(|(gpus, bid, _)| gpus * bid).sum::<u32>(), host))
        });
        ranked.min().map(|(.., host)| host)
    }
}

proptest! {
    #![proptest_config(config(1_000))]

    /// SPOT-04, SPOT-05, SPOT-06: whatever the policy, the host is the same, nobody gives way to a bid
    /// that is not higher, nobody who need not, and those who do are the first in the policy's order.
    #[test]
    fn each_policy_evicts_as_its_page_says_on_the_same_host(market in markets()) {
        let told = EvictionChoice::ALL.map(|eviction| market.play(eviction));
        let displaces = told.iter().filter(|told| told.is_some()).count();
        prop_assert!(displaces == 0 || displaces == told.len(), "under {displaces} policies");
        for (eviction, told) in EvictionChoice::ALL.iter().zip(told.iter().flatten()) {
            prop_assert_eq!(Some(told.host), market.host(told), "{:?}", eviction);
            let bids = || told.victims.iter().map(|pod| market.incumbents[*pod].1);
            let own = market.newcomer.1;
            prop_assert!(bids().all(|bid| own.is_none_or(|own| bid < own)), "{eviction:?}");
            let expected = market.expected(told, told.host, *eviction);
            prop_assert_eq!(Some(&told.victims), expected.as_ref(), "{:?}", eviction);
        }
    }
}

/// The markets above are no idle ones: the policies differ in them.
#[test]
fn the_policies_differ_in_these_markets() {
    use proptest::strategy::ValueTree;
    use proptest::test_runner::TestRunner;
    let mut runner = TestRunner::deterministic();
    let mut differ = [[0; 4]; 4];
    for _ in 0..600 {
        let market = markets().new_tree(&mut runner).unwrap().current();
        let told = EvictionChoice::ALL.map(|eviction| market.play(eviction));
        let victims: Vec<_> = told.iter().flatten().map(|told| &told.victims).collect();
        for (one, others) in victims.iter().zip(&mut differ) {
            for (other, count) in victims.iter().zip(others) {
                *count += usize::from(one != other);
            }
        }
    }
    // Each from every other.
    let pairs = differ.iter().enumerate().flat_map(|(one, counts)| {
        counts.iter().enumerate().filter(move |(other, _)| *other != one).map(|(_, count)| *count)
    });
    assert!(pairs.min().is_some_and(|times| 10 <= times), "{differ:?}");
}

/// A scenario says which by name.
#[test]
fn a_scenario_chooses_its_eviction() {
    let text = |policies: &str| {
        format!(
            r#"(horizon: "1m", {policies}
                fleet: [(gpu_type: "NVIDIA RTX A6000", datacenter: "EU-RO-1")])"#
        )
    };
    let chosen = |policies: &str| {
        let scenario =
            from_text("e.ron", &text(policies)).unwrap_or_else(|found| panic!("{found}"));
        scenario.policies.eviction
    };
    assert_eq!(chosen(""), EvictionChoice::LowestBid);
    let names = ["lowest_bid", "youngest", "least_work_lost", "fewest_pods"];
    for (name, choice) in names.iter().zip(EvictionChoice::ALL) {
        assert_eq!(chosen(&format!("policies: (eviction: {name}),")), choice);
    }
    let told = from_text("e.ron", &text("policies: (eviction: oldest),")).unwrap_err().to_string();
    assert!(told.contains("unknown choice `oldest`"), "{told}");
    assert!(told.contains("lowest_bid, youngest, least_work_lost, fewest_pods"), "{told}");
}
