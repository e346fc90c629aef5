//! Random scripts that crowd a few GPUs: on demand and spot with bids close together, so that pods are
//! displaced, promises made, taken over and lost, and all that ends a pod comes within its grace.

use super::biller::bill_in_order;
use super::random::{
    ACCOUNTS, HORIZON, SECOND, account, amounts, create, create_volumes, decided, either, instants,
    rules, spans, volume_act, volume_names,
};
use super::script::{Act, Create, DISK, Host, Resume, STORAGE, Script, VCPUS};
use proptest::prelude::*;
use proptest::sample::select;
use walras::scenario::demand::WhenFull;
use walras::scenario::model::EvictionChoice;
use walras::scenario::rules::{
    Displaced, GracePaidBy, InterruptedUnit, Rules, VcpuMemory, WaitingOrder,
};
use walras::units::Span;

const HOSTS: usize = 3;
const PODS: usize = 8;
/// Pods that only aimed actions create.
const AIMED_PODS: usize = 3;
/// USD 50, in nano-dollars: few run out of it.
const ENOUGH: i128 = 50_000_000_000;
/// Within so long all is asked for, so that pods meet.
const CROWDED: u64 = 1_200 * SECOND;

prop_compose! {
    fn crowded_rules()(
        rules in rules(),
        grace in spans(&[5, 5, 30, 60, 90, 300, 300, 0]),
        displaced in select(vec![Displaced::Stop, Displaced::Resume, Displaced::Terminate]),
        grace_paid_by in either(GracePaidBy::Victim, GracePaidBy::Nobody),
        waiting_order in either(WaitingOrder::Skip, WaitingOrder::Block),
        vcpu_memory in either(VcpuMemory::Proportional, VcpuMemory::Requested),
        interrupted_unit in select(vec![
            InterruptedUnit::Charged,
            InterruptedUnit::Waived,
            InterruptedUnit::FreeWithin(Span::from_seconds(300)),
        ]),
    ) -> Rules {
        Rules {
            grace,
            displaced,
            grace_paid_by,
            interrupted_unit,
            waiting_order,
            vcpu_memory,
            spot: true,
            ..rules
        }
    }
}

/// Prices per GPU-hour, close together, each a possible bid.
fn bids() -> impl Strategy<Value = i128> {
    select(vec![
        600_000_000,
        600_000_001,
        790_000_000,
        1_200_000_000,
        1_200_000_000,
        1_199_999_999,
        12_345_678_901,
    ])
}

prop_compose! {
    /// Small; some of them may be alike.
    fn host(index: usize)(
        gpus in select(vec![1, 2, 3, 4, 4]),
        price in bids(),
        floor in select(vec![0, 0, 600_000_000, 700_000_000]),
        disk in select(vec![DISK, DISK, 43_280, 50_000, 86_400]),
        vcpus in select(vec![VCPUS, 4, 8]),
        slots in select(vec![0, 2, 5]),
        download in 1..4_u32,
        upload in 1..4_u32,
        center in select(vec![0, 1, 1]),
    ) -> Host {
        Host {
            name: format!("h{index}"),
            kind: index,
            gpus,
            price,
            floor,
            disk,
            vcpus,
            slots,
            download,
            upload,
            center,
        }
    }
}

/// A request early on, mostly on the first host, on demand or at a bid.
fn crowded_create(pod: usize) -> impl Strategy<Value = (u64, Act)> {
    let sizes = (vec![0, 0, 0, 0, 1, 2], vec![1, 1, 1, 2, 2, 3, 4, 0]);
    create(pod, CROWDED, sizes, proptest::option::weighted(0.7, bids()).boxed())
}

prop_compose! {
    fn resume()(
        pod in 0..PODS,
        gpus in proptest::option::weighted(0.5, select(vec![0, 1, 2, 4])),
        bid in proptest::option::weighted(0.7, bids()),
        when_full in
            select(vec![
                WhenFull::Refuse, WhenFull::Wait, WhenFull::ZeroGpu, WhenFull::ZeroGpu,
                WhenFull::ZeroGpu, WhenFull::Move,
            ]),
        elsewhere in proptest::bool::weighted(0.15),
        patience in select(vec![60 * SECOND, 600 * SECOND, 7_200 * SECOND]),
    ) -> Act {
        let patience = if when_full == WhenFull::Wait { patience } else { 0 };
        let when_full = if elsewhere { WhenFull::Refuse } else { when_full };
        let patience = if elsewhere { 0 } else { patience };
        Act::Resume(Resume { pod, gpus, bid, when_full, elsewhere, patience })
    }
}

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        1 => volume_act(),
        5 => resume(),
        3 => (0..PODS, bids()).prop_map(|(pod, bid)| Act::ChangeBid(pod, bid)),
        4 => (0..PODS).prop_map(Act::Stop),
        2 => (0..PODS).prop_map(Act::Terminate),
        1 => (0..PODS).prop_map(Act::Reset),
        4 => (0..ACCOUNTS, amounts(0..200)).prop_map(|(to, amount)| Act::Deposit(to, amount)),
        2 => (0..ACCOUNTS, amounts(0..100)).prop_map(|(of, amount)| Act::Adjust(of, -amount)),
        2 => (0..HOSTS, bids()).prop_map(|(host, price)| Act::Price(host, price)),
        2 => (0..HOSTS, select(vec![0, 600_000_000, 700_000_000]))
            .prop_map(|(host, floor)| Act::Floor(host, floor)),
        1 => (0..HOSTS).prop_map(Act::HostDown),
        2 => (0..HOSTS).prop_map(Act::HostUp),
        1 => (0..HOSTS).prop_map(Act::NetworkDown),
        2 => (0..HOSTS).prop_map(Act::NetworkUp),
    ]
}

/// POD-12, POD-16. Pods that are stopped and ask again at once: for another host, if theirs is full or whatever is free
/// there, or to do without GPUs.
fn moves() -> impl Strategy<Value = Vec<(u64, Act)>> {
    let outage = proptest::option::weighted(0.6, (0..HOSTS, any::<bool>()));
    let again = proptest::option::weighted(0.4, select(vec![SECOND, 30 * SECOND, 60 * SECOND]));
    let ways = select(vec![WhenFull::Refuse, WhenFull::Move, WhenFull::ZeroGpu]);
    let one = (instants(HORIZON / 2), resume(), ways, (outage, again));
    let one = one.prop_map(|(at, act, when_full, (outage, again))| {
        let Act::Resume(resume) = act else { unreachable!("a resume") };
        let elsewhere = when_full == WhenFull::Refuse;
        let stop = (at, Act::Stop(resume.pod));
        let goes = Act::Resume(Resume { when_full, elsewhere, patience: 0, ..resume });
        let mut acts = vec![stop, (at, goes)];
        acts.extend(again.map(|after| (at + after, Act::Stop(resume.pod))));
        if let Some((host, of_power)) = outage {
            let (down, up) = if of_power {
                (Act::HostDown(host), Act::HostUp(host))
            } else {
                (Act::NetworkDown(host), Act::NetworkUp(host))
            };
            acts.extend([(at + 40 * SECOND, down), (at + 70 * SECOND, up)]);
        }
        acts
    });
    proptest::collection::vec(one, 0..4).prop_map(|pairs| pairs.into_iter().flatten().collect())
}

/// What is aimed at a turn of contention: at the pod whose turn it is, its account, its host.
#[derive(Clone, Debug)]
enum Aim {
    Stop,
    Terminate,
    /// All money goes.
    Adjust,
    ChangeBid(i128),
    Resume(Act),
    /// A new request for the same host.
    Create(Act),
    HostDown,
    NetworkDown,
    Any(Act),
}

fn aim(pod: usize) -> impl Strategy<Value = Aim> {
    prop_oneof![
        Just(Aim::Stop),
        Just(Aim::Terminate),
        Just(Aim::Adjust),
        bids().prop_map(Aim::ChangeBid),
        resume().prop_map(Aim::Resume),
        crowded_create(pod).prop_map(|(_, act)| Aim::Create(act)),
        crowded_create(pod).prop_map(|(_, act)| Aim::Create(act)),
        Just(Aim::HostDown),
        Just(Aim::NetworkDown),
        act().prop_map(Aim::Any),
    ]
}

/// The action that is aimed at the pod's turn; none if nobody ever asks for the pod.
fn aimed(script: &Script, pod: usize, aim: Aim) -> Option<Act> {
    let (account, host) = script.actions.iter().find_map(|(_, act)| match act {
        Act::Create(create) if create.pod == pod => Some((create.account, create.host)),
        _ => None,
    })?;
    Some(match aim {
        Aim::Stop => Act::Stop(pod),
        Aim::Terminate => Act::Terminate(pod),
        Aim::Adjust => Act::Adjust(account, -1_000_000_000_000),
        Aim::ChangeBid(bid) => Act::ChangeBid(pod, bid),
        Aim::Resume(Act::Resume(resume)) => Act::Resume(Resume { pod, ..resume }),
        Aim::Create(Act::Create(create)) => Act::Create(Create { host, ..create }),
        Aim::HostDown => Act::HostDown(host),
        Aim::NetworkDown => Act::NetworkDown(host),
        Aim::Any(act) | Aim::Create(act) | Aim::Resume(act) => act,
    })
}

/// Instants of turns, a microsecond off them, and within the grace before and after them.
fn offsets() -> impl Strategy<Value = i64> {
    let second = 1_000_000;
    select(vec![0, 0, -1, 1, 2 * second, 30 * second, 60 * second - 1, -2 * second, -30 * second])
}

/// A script. In most of them up to three actions are aimed at turns of contention, each at one that the
/// aims before it have left.
pub(super) fn crowds() -> impl Strategy<Value = Script> {
    let aim = |index| (any::<u16>(), offsets(), aim(PODS + index)).boxed();
    let aims: Vec<_> = (0..AIMED_PODS).map(aim).collect();
    (plain(), aims, 0..=AIMED_PODS).prop_map(|(mut script, aims, count)| {
        for (which, off, aim) in aims.into_iter().take(count) {
            let turns = bill_in_order(&script, false).turns;
            let turn = turns.get(usize::from(which) % turns.len().max(1));
            let Some((turn, act)) =
                turn.and_then(|turn| Some((turn, aimed(&script, turn.pod, aim)?)))
            else {
                continue;
            };
            script.actions.push((turn.at.saturating_add_signed(off), act));
            script.actions.sort_by_key(|(at, _)| *at);
        }
        script.actions = decided(script.actions);
        script
    })
}

prop_compose! {
    fn plain()(
        rules in crowded_rules(),
        eviction in select(EvictionChoice::ALL.to_vec()),
        horizon in instants(HORIZON),
        warm_up in select(vec![0, 0, 60 * SECOND, 90 * SECOND]),
        hosts in (0..HOSTS).map(host).collect::<Vec<_>>(),
        alike in select(vec![0, 0, 0, 1, 2]),
        accounts in (0..ACCOUNTS).map(account).collect::<Vec<_>>(),
        rich in select(vec![0, 0, 3_000_000_000, ENOUGH]),
        creates in (0..PODS).map(crowded_create).collect::<Vec<_>>(),
        volumes in create_volumes(),
        acts in proptest::collection::vec((instants(HORIZON / 2), act()), 0..20),
        moves in moves(),
    ) -> Script {
        let mut actions = creates;
        actions.extend(volumes);
        actions.extend(acts);
        actions.extend(moves);
        actions.sort_by_key(|(at, _)| *at);
        let mut hosts = hosts;
        let (first, others) = hosts.split_first_mut().expect("three hosts");
        for other in others.iter_mut().take(alike) {
            let Host { name, gpus, .. } = other.clone();
            *other = Host { name, gpus, ..first.clone() };
        }
        let mut accounts = accounts;
        accounts.iter_mut().for_each(|account| account.balance += rich);
        Script {
            rules,
            eviction,
            horizon: HORIZON / 2 + horizon / 2,
            warm_up,
            hosts,
            accounts,
            pods: (0..PODS + AIMED_PODS).map(|pod| format!("p{pod}")).collect(),
            volumes: volume_names(),
            storage: STORAGE,
            actions: decided(actions),
        }
    }
}
