//! A round that leaves a lane where no GPUs are left decides as one that tries everybody (POD-06).
//!
//! Requests share a lane if they name the same GPUs. Here each market is run twice: as it is, and with
//! a list of GPU types of its own for each demand, all alike. Then every lane holds one demand, none
//! is ever left before its end, and every head is tried.

use crate::build::{self, Heard};
use crate::storm::{Weather, config, storms};
use proptest::prelude::*;
use proptest::sample::select;
use walras::engine::{self, RunId};
use walras::ids::{AccountId, Id, PodNameId};
use walras::journal::{Fact, Journal};
use walras::scenario::Scenario;
use walras::scenario::demand::{Demand, OnDone};
use walras::scenario::model::{
    AccountSpec, Action, ActionKind, Command, CreatePod, Image, PlacementChoice, SpendingLimit,
};
use walras::scenario::rules::{Displaced, Rules, VcpuMemory, WaitingOrder};
use walras::units::{Gb, GpuTime, Money, SimTime, Span};

/// The demands of a scenario.
fn demands(scenario: &mut Scenario) -> Vec<&mut Demand> {
    let asked = scenario.script.iter_mut().filter_map(|action| match &mut action.kind {
        ActionKind::CreatePod(create) => Some(&mut create.demand),
        _ => None,
    });
    asked.collect()
}

/// Ceilings that nothing reaches (API-02): no two demands of the scenario are equal.
fn distinct(mut scenario: Scenario) -> Scenario {
    for (demand, dollars) in demands(&mut scenario).into_iter().zip(1_000_000..) {
        demand.deploy_cost = Some(Money::from_dollars(dollars));
    }
    scenario
}

/// No two of them in one lane.
fn apart(scenario: &Scenario) -> Scenario {
    let mut scenario = scenario.clone();
    let mut lists = scenario.type_lists.clone();
    for demand in demands(&mut scenario) {
        lists.push(lists[demand.types as usize].clone());
        demand.types = u32::try_from(lists.len() - 1).unwrap();
    }
    scenario.type_lists = lists;
    scenario
}

fn history(scenario: &Scenario) -> Vec<(SimTime, Fact)> {
    let mut heard = Heard::default();
    let mut journal = Journal::new(vec![&mut heard]);
    let run = RunId { seed: scenario.seed, replication: 0 };
    engine::run(scenario, run, &mut journal, &mut |_| {}).unwrap();
    heard.0
}

fn check(scenario: &Scenario) -> Result<(), TestCaseError> {
    let (together, apart) = (history(scenario), history(&apart(scenario)));
    let first = together.iter().zip(&apart).find(|(one, other)| one != other);
    prop_assert!(first.is_none(), "in one lane and apart: {first:?}");
    prop_assert_eq!(together.len(), apart.len());
    Ok(())
}

/// A request: the minute, the account, GPUs, cents bid per GPU, GB of disk, vCPUs, minutes of work.
type Ask = (u64, usize, u32, Option<u32>, u32, u32, u64);

fn asks() -> impl Strategy<Value = Ask> {
    (
        0..90_u64,
        0..3_usize,
        select(vec![0, 1, 1, 1, 2, 3, 4]),
        select(vec![None, Some(49), Some(50), Some(55), Some(55), Some(60), Some(80)]),
        select(vec![0, 0, 0, 30, 70]),
        select(vec![0, 0, 8, 24]),
        select(vec![1, 5, 20, 20, 60]),
    )
}

prop_compose! {
    /// A few hosts and many requests for more than they have, so that most wait.
    fn crowds()(
        (hosts, gpus) in (1..=3_u32, select(vec![2, 4, 8])),
        asks in prop::collection::vec(asks(), 1..250),
        balances in select(vec![[2, 10, 100_000], [100_000; 3]]),
        placement in select(vec![PlacementChoice::BestFit, PlacementChoice::Random]),
        waiting_order in select(vec![WaitingOrder::Skip, WaitingOrder::Skip, WaitingOrder::Block]),
        vcpu_memory in select(vec![VcpuMemory::Proportional, VcpuMemory::Requested]),
        displaced in select(vec![Displaced::Stop, Displaced::Resume, Displaced::Terminate]),
        grace in select(vec![0, 5, 300]),
        floor in select(vec![None, None, Some(52)]),
        seed in any::<u64>(),
    ) -> Scenario {
        let mut scenario = build::market(hosts, gpus, SimTime::from_seconds(20_000));
        (scenario.seed, scenario.policies.placement) = (seed, placement);
        let grace = Span::from_seconds(grace);
        scenario.rules =
            Rules { waiting_order, vcpu_memory, displaced, grace, ..scenario.rules.clone() };
        scenario.hosts[0].min_bid = floor.map(cents);
        scenario.hosts.iter_mut().for_each(|host| host.disk = Gb::new(200));
        scenario.accounts = balances.map(account).to_vec();
        scenario.pod_names = (0..asks.len()).map(|pod| format!("p{pod}")).collect();
        scenario.script = asks.into_iter().enumerate().map(create).collect();
        scenario
    }
}

fn cents(cents: u32) -> Money {
    Money::from_nanos(i128::from(cents) * 10_000_000)
}

fn account(dollars: u32) -> AccountSpec {
    AccountSpec {
        name: format!("with {dollars}"),
        segment: None,
        balance: Some(cents(100).times(dollars)),
        auto_pay: None,
        low_balance: None,
        credit_line: Money::ZERO,
        spending_limit: SpendingLimit::Own(None),
        age: Span::ZERO,
    }
}

fn create((pod, ask): (usize, Ask)) -> Action {
    let (minute, account, gpus, bid, disk, vcpus, work) = ask;
    let demand =
        Demand { min_vcpus: vcpus, container_disk: Gb::new(disk), ..Demand::of_gpus(0, gpus) };
    let create = CreatePod {
        name: PodNameId::from_index(pod),
        bid: bid.filter(|_| 0 < gpus).map(cents),
        demand,
        image: Image::EVERYWHERE,
        template: None,
        command: Command::Ok,
        container: None,
        patience: Span::from_seconds(7_200),
        work: (0 < gpus).then(|| GpuTime::new(gpus, Span::from_seconds(60 * work))),
        on_done: OnDone::Terminate,
        checkpoint: None,
        network_volume: None,
        is_amiss: false,
    };
    Action {
        at: SimTime::from_seconds(60 * minute),
        account: Some(AccountId::from_index(account)),
        member: None,
        kind: ActionKind::CreatePod(Box::new(create)),
    }
}

proptest! {
    #![proptest_config(config(200))]

    #[test]
    fn pod_06_a_round_that_leaves_a_lane_decides_as_one_that_tries_all(scenario in crowds()) {
        check(&distinct(scenario))?;
    }

    #[test]
    fn pod_06_a_round_that_leaves_a_lane_decides_as_one_that_tries_all_in_a_gale(
        storm in storms(Weather::GALE),
    ) {
        check(&distinct(storm.scenario()))?;
    }

    #[test]
    fn pod_06_a_round_that_leaves_a_lane_decides_as_one_that_tries_all_in_odd_markets(
        storm in storms(Weather::ODD),
    ) {
        check(&distinct(storm.scenario()))?;
    }
}
