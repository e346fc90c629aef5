//! The storms are not idle: what the tests that use them are about does happen in them.

use super::{Act, Storm, Weather, storms};
use crate::build;
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::TestRunner;
use std::collections::{BTreeMap, BTreeSet};
use walras::ids::{Id, PodId};
use walras::journal::Fact;
use walras::journal::fact::{Kind, Operation, PodName, PriceSet, Refusal, Requested};
use walras::scenario::rules::{CommunityPricing, Displaced, Rules, VcpuMemory, WaitingOrder};
use walras::units::{Money, SimTime};

/// How often something was met.
#[derive(Default)]
struct Reached(BTreeMap<&'static str, usize>);

impl Reached {
    fn note(&mut self, what: &'static str) {
        *self.0.entry(what).or_default() += 1;
    }
    fn ensure(&self, all: &[&str]) {
        for what in all {
            let times = self.0.get(what).copied().unwrap_or(0);
            assert!(2 <= times, "{what}: {times} times only, of {:?}", self.0);
        }
    }
}

/// Runs so many markets of a weather, and looks at each.
fn look(
    runner: &mut TestRunner,
    (weather, markets): (Weather, usize),
    mut at: impl FnMut(&Storm, &[(SimTime, Fact)]),
) {
    for _ in 0..markets {
        let storm = storms(weather).new_tree(runner).unwrap().current();
        at(&storm, &build::run_audited(&storm.scenario(), 0));
    }
}

#[test]
fn storms_reach_what_they_are_for() {
    let mut runner = TestRunner::deterministic();
    let mut heard = Reached::default();
    for markets in [(Weather::CALM, 100), (Weather::GALE, 700)] {
        look(&mut runner, markets, |_, facts| {
            facts.iter().for_each(|(_, fact)| heard.note(fact.word()));
        });
    }
    heard.ensure(&[
        "account_drained",
        "account_removed",
        "network_volume_created",
        "network_volume_resized",
        "network_volume_removed",
        "network_volume_attached",
        "bid_changed",
        "host_supplied",
        "provider_declined",
        "provider_leaves",
        "converted_to_team",
        "member_set",
        "plan_bought",
        "plan_covers",
        "plan_ended",
        "plan_left",
        "data_copied",
        "move_undone",
        "pod_moves",
        "action_recorded",
        "departure_announced",
        "host_delisted",
        "host_joined",
        "host_left",
        "host_listed",
        "image_cached",
        "image_evicted",
        "image_pull_begun",
        "image_pulled",
        "maintenance_announced",
        "maintenance_began",
        "maintenance_ended",
        "pod_displaced",
        "pod_killed",
        "pod_reset",
        "pod_restarted",
        "pod_waits",
        "promise_lost",
    ]);
}

#[test]
fn odd_storms_reach_what_they_are_for() {
    let mut runner = TestRunner::deterministic();
    let mut reached = Reached::default();
    look(&mut runner, (Weather::ODD, 1_500), |storm, facts| {
        Look::new(storm, &mut reached).through(facts);
    });
    reached.ensure(&[
        "a CPU pod that is placed",
        "a bid refused where there is no spot",
        "a host that prices",
        "a host that prices too soon",
        "a network that fails during an image pull",
        "a promise taken over by on demand",
        "a promise taken over by spot",
        "a promise void with its host",
        "a resume whose promise is void with its host",
        "a victim that resumes",
        "a victim that is terminated",
        "an on-demand pod at the price of its host",
    ]);
}

/// POD-02. Where vCPUs are taken as requested, they run out before the GPUs do.
#[test]
fn odd_storms_run_out_of_vcpus() {
    let mut runner = TestRunner::deterministic();
    let mut reached = Reached::default();
    let plain = Weather { odd: true, ..Weather::CALM };
    look(&mut runner, (plain, 2_400), |storm, facts| {
        let Rules { vcpu_memory, waiting_order, .. } = storm.rules;
        if vcpu_memory == VcpuMemory::Requested && waiting_order == WaitingOrder::Skip {
            look_for_want_of_vcpus(storm, facts, &mut reached);
        }
    });
    reached.ensure(&["a request that waits beside free GPUs"]);
}

/// Notes requests on demand that wait though a host has GPUs enough.
fn look_for_want_of_vcpus(storm: &Storm, facts: &[(SimTime, Fact)], reached: &mut Reached) {
    let mut free = BTreeMap::new();
    let mut asking: BTreeMap<PodId, u32> = BTreeMap::new();
    let ask_of = |pod: usize| {
        storm.acts.iter().find_map(|(_, act)| match act {
            Act::Create(name, ask) if *name == pod => Some(*ask),
            _ => None,
        })
    };
    for (_, fact) in facts {
        match *fact {
            Fact::Occupied { host, available, occupancy } => {
                free.insert(host, if available { u32::from(occupancy.free) } else { 0 });
            }
            Fact::PodRequested(Requested {
                pod, name: PodName::Given(name), host: None, ..
            }) => {
                let ask = ask_of(name.index()).expect("the script asks for it");
                if ask.bid.is_none() {
                    asking.insert(pod, ask.gpus);
                }
            }
            Fact::PodWaits { pod } => {
                let gpus = asking.get(&pod).copied().unwrap_or(u32::MAX);
                if free.values().any(|free| gpus <= *free) {
                    reached.note("a request that waits beside free GPUs");
                }
            }
            _ => {}
        }
    }
}

/// What is known of the run that is looked at.
struct Look<'a> {
    storm: &'a Storm,
    reached: &'a mut Reached,
    /// Pods that pull an image, and those that have been promised GPUs for a resume.
    pulling: BTreeSet<PodId>,
    resuming: BTreeSet<PodId>,
    on_demand: BTreeSet<PodId>,
    killed: Option<(SimTime, PodId)>,
}

impl<'a> Look<'a> {
    fn new(storm: &'a Storm, reached: &'a mut Reached) -> Self {
        let (pulling, resuming, on_demand) = Default::default();
        Self { storm, reached, pulling, resuming, on_demand, killed: None }
    }
    fn through(&mut self, facts: &[(SimTime, Fact)]) {
        for (at, fact) in facts {
            self.hear(*at, fact);
        }
    }
    fn hear(&mut self, at: SimTime, fact: &Fact) {
        let rules = &self.storm.rules;
        match *fact {
            Fact::PodRequested(asked) => {
                if self.killed == Some((at, asked.pod))
                    && matches!(rules.displaced, Displaced::Resume | Displaced::Hibernate)
                {
                    self.reached.note("a victim that resumes");
                }
                if asked.host.is_some() {
                    self.resuming.insert(asked.pod);
                }
                if matches!(asked.kind, Kind::OnDemand) {
                    self.on_demand.insert(asked.pod);
                } else {
                    self.on_demand.remove(&asked.pod);
                }
            }
            Fact::PodPlaced { pod, gpus, price, .. } => {
                self.pulling.insert(pod);
                if gpus == 0 && price == rules.cpu_price {
                    self.reached.note("a CPU pod that is placed");
                }
                let own = [59, 99].map(|cents| Money::from_nanos(cents * 10_000_000));
                if self.on_demand.contains(&pod) && own.contains(&price) {
                    self.reached.note("an on-demand pod at the price of its host");
                }
            }
            Fact::PodRunning { pod } | Fact::ImagePulled { pod } | Fact::PodTerminated { pod } => {
                self.terminated(at, pod, fact);
                self.pulling.remove(&pod);
            }
            Fact::NetworkDown { .. } if !self.pulling.is_empty() => {
                self.reached.note("a network that fails during an image pull");
            }
            Fact::PodKilled { pod } => self.killed = Some((at, pod)),
            Fact::PromiseLost { pod, by } => self.lost(pod, by),
            Fact::PriceSet(PriceSet { host: Some(_), on_demand: Some(_), .. }) => {
                assert_eq!(rules.community_pricing, CommunityPricing::Host);
                self.reached.note("a host that prices");
            }
            Fact::Rejected { operation, reason, .. } => self.rejected(operation, reason),
            _ => {}
        }
    }
    fn terminated(&mut self, at: SimTime, pod: PodId, fact: &Fact) {
        let ends = matches!(fact, Fact::PodTerminated { .. });
        if ends && self.killed == Some((at, pod)) {
            self.reached.note("a victim that is terminated");
        }
    }
    fn lost(&mut self, pod: PodId, by: Option<PodId>) {
        self.reached.note(match by {
            Some(by) if self.on_demand.contains(&by) => "a promise taken over by on demand",
            Some(_) => "a promise taken over by spot",
            None if self.resuming.contains(&pod) => "a resume whose promise is void with its host",
            None => "a promise void with its host",
        });
    }
    fn rejected(&mut self, operation: Operation, reason: Refusal) {
        match (operation, reason) {
            (Operation::SetPrice, Refusal::IllegalState) => {
                self.reached.note("a host that prices too soon");
            }
            (Operation::CreateSpotPod, Refusal::BadArgument) => {
                self.reached.note("a bid refused where there is no spot");
            }
            _ => {}
        }
    }
}
