//! What the platform's read operations answer, at one instant of a market (GPU-06, API-03 to API-05).

use crate::stage;
use walras::engine::{Engine, RunId};
use walras::ids::{AccountId, DataCenterId, GpuTypeId, Id};
use walras::journal::Journal;
use walras::market::answer::{self, DesiredStatus, LowestPrice, Wanted};
use walras::scenario::demand::Clouds;
use walras::turn::Turn;
use walras::units::{Gb, Money, SimTime, Span};

/// Asks a market at an instant, once all that happens in it has happened.
fn ask<T>(script: &str, seconds: u64, question: impl FnOnce(&Turn<'_, '_>) -> T) -> T {
    let mut scenario = stage::scenario(script);
    scenario.horizon = SimTime::from_seconds(seconds);
    let mut journal = Journal::default();
    let mut engine =
        Engine::begin(&scenario, RunId { seed: 0, replication: 0 }, &mut journal).unwrap();
    while engine.step() {}
    question(&engine.turn)
}

fn usd(text: &str) -> Option<Money> {
    Some(Money::parse(text).unwrap())
}

fn lowest(script: &str, gpus: u32) -> LowestPrice {
    ask(script, 10, |turn| {
        answer::lowest_price(turn, Wanted::anywhere(GpuTypeId::from_index(0), Clouds::All, gpus))
    })
}

const FULL_OF_SPOT: &str =
    "0 create a gpus=1 bid=0.50\n0 create b gpus=4 bid=0.55\n0 create c gpus=3 bid=0.60\n";

/// Case 37.
#[test]
fn gpu_06_spot_11_the_least_bid_that_would_win() {
    let bid = |script: &str, gpus| lowest(script, gpus).minimum_bid;
    assert_eq!(bid(FULL_OF_SPOT, 1), usd("0.500000001"));
    assert_eq!(bid(FULL_OF_SPOT, 4), usd("0.550000001"));
    assert_eq!(bid(FULL_OF_SPOT, 8), usd("0.600000001"));
    assert_eq!(bid(FULL_OF_SPOT, 9), None);
    let one_free = format!("{FULL_OF_SPOT}5 stop a\n");
    assert_eq!(bid(&one_free, 1), usd("0.49"));
    assert_eq!(bid(&one_free, 2), usd("0.550000001"));
    assert_eq!(lowest("0 create d gpus=8\n", 1), LowestPrice::default());
}

/// On demand may displace spot, so a host full of spot pods can be had at its list price.
#[test]
fn gpu_06_the_lowest_on_demand_price() {
    assert_eq!(lowest(FULL_OF_SPOT, 8).uninterruptable, usd("0.79"));
    let two = "host s\nhost c gpus=2 cloud=COMMUNITY price=0.69 floor=0.30\n";
    assert_eq!(lowest(two, 2).uninterruptable, usd("0.69"));
    assert_eq!(lowest(two, 2).minimum_bid, usd("0.30"));
    assert_eq!(lowest(two, 3).uninterruptable, usd("0.79"));
    let down = format!("{two}5 host_down c\n");
    assert_eq!(lowest(&down, 2).uninterruptable, usd("0.79"));
}

/// What a host would give decides, and where it stands; without spot no bid wins.
#[test]
fn gpu_06_minima_data_centers_and_a_market_without_spot() {
    let wanted = Wanted::anywhere(GpuTypeId::from_index(0), Clouds::All, 1);
    let price = |script: &str, wanted| ask(script, 10, |turn| answer::lowest_price(turn, wanted));
    // 256 vCPUs and 8 GPUs on s, 2 on c: an eighth, and a half of them.
    let two = "host s\nhost c gpus=2 cloud=COMMUNITY price=0.89 floor=0.30\n";
    let of = |min_vcpus| price(two, Wanted { min_vcpus, ..wanted }).uninterruptable;
    assert_eq!([of(32), of(33), of(128), of(129)], [usd("0.79"), usd("0.89"), usd("0.89"), None]);
    let memory = Wanted { min_memory: Gb::new(1_000_000), ..wanted };
    assert_eq!(price(two, memory), LowestPrice::default());
    let secure = Wanted { datacenter: Some(DataCenterId::from_index(0)), ..wanted };
    assert_eq!(price(two, wanted).minimum_bid, usd("0.30"));
    assert_eq!(price(two, secure).minimum_bid, usd("0.49"));
    let without = format!("set spot false\n{two}");
    let without = price(&without, wanted);
    assert_eq!((without.uninterruptable, without.minimum_bid), (usd("0.79"), None));
}

/// A container that is not up has no uptime, whatever ran before it on the same pod (API-03).
#[test]
fn api_03_a_victim_that_was_starting_has_no_uptime() {
    let script = "set container_start 5\nhost h gpus=1\n\
        0 create v bid=0.50\n60 stop v\n100 resume v bid=0.50\n103 create d\n";
    let uptime = |seconds| {
        ask(script, seconds, |turn| {
            answer::pod(turn, turn.world.named[0].expect("it lives")).uptime
        })
    };
    assert_eq!(uptime(59), Some(Span::from_seconds(54)));
    assert_eq!(uptime(104), None, "in grace, and never up");
}

/// A start answers RUNNING at once, while Initializing, and while Reserved (API-05).
#[test]
fn api_03_api_05_what_a_pod_answers() {
    let script = "set container_start 5\nhost h gpus=2\n\
        0 create d\n0 create v bid=0.50\n0 create w patience=1000\n\
        100 create n bid=0.60\n200 stop d\n300 terminate n\n";
    let status = |seconds, name: usize| {
        ask(script, seconds, |turn| {
            let pod = turn.world.named[name]?;
            Some(answer::pod(turn, pod))
        })
    };
    let (d, v, w, n) = (0, 1, 2, 3);
    // On demand goes first: w displaces nobody in its own instant, for v is not there yet.
    let desired = |seconds, name| status(seconds, name).and_then(|pod| pod.desired_status);
    assert_eq!(desired(3, d), Some(DesiredStatus::Running), "Initializing");
    assert_eq!(status(3, d).unwrap().uptime, None);
    assert_eq!(status(65, d).unwrap().uptime, Some(Span::MINUTE));
    assert_eq!(desired(200, d), Some(DesiredStatus::Exited), "Stopped");
    assert_eq!(desired(3, v), None, "Waiting, or refused");
    assert_eq!(desired(3, w), Some(DesiredStatus::Running));
    assert_eq!(desired(100, n), None);
}

/// A Reserved pod is wanted to run; one that is gone answers TERMINATED.
#[test]
fn api_05_a_reserved_pod_answers_running() {
    let script = "host h gpus=1\n0 create v bid=0.50\n100 create n bid=0.60\n";
    ask(script, 102, |turn| {
        let pods = answer::my_pods(turn, AccountId::from_index(0));
        let statuses: Vec<_> = pods.iter().map(|pod| pod.desired_status).collect();
        assert_eq!(statuses, [Some(DesiredStatus::Running); 2], "in grace, and Reserved");
        assert!(pods[0].pod.number < pods[1].pod.number, "in order of creation");
        assert_eq!((pods[0].machine.is_some(), pods[1].machine.is_some()), (true, false));
    });
    let gone = format!("{script}110 terminate n\n");
    let id = ask(&gone, 109, |turn| turn.world.named[1].unwrap());
    let answer = ask(&gone, 110, |turn| answer::pod(turn, id));
    assert_eq!(answer.desired_status, Some(DesiredStatus::Terminated));
}

#[test]
fn api_04_gpu_01_what_gpu_types_answer() {
    let types = ask("host s\n", 1, answer::gpu_types);
    let only = &types[0];
    assert_eq!((types.len(), only.memory_in_gb), (1, 48));
    assert_eq!((only.secure_cloud, only.community_cloud), (true, false));
}
