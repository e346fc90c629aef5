//! A round that leaves out who is set aside for want of money decides as one that tries all (POD-06).
//!
//! Each market is run twice: as it is, and with nobody set aside, so that every request is tried whenever
//! something comes free that it names. Accounts have about as much as an hour costs in one cloud or the
//! other, and it goes up and down: pods run and end, deposits come, prices change.

use crate::build::{self, Heard};
use crate::storm::{Weather, config, storms};
use proptest::prelude::*;
use proptest::sample::select;
use std::fmt::Write;
use walras::engine::{Engine, RunId};
use walras::journal::{Fact, Journal};
use walras::scenario::Scenario;
use walras::scenario::load::from_text;
use walras::units::SimTime;

/// All that happens, and how many were set aside at most.
fn history(scenario: &Scenario, off: bool) -> (Vec<(SimTime, Fact)>, usize) {
    let mut heard = Heard::default();
    let mut journal = Journal::new(vec![&mut heard]);
    let run = RunId { seed: scenario.seed, replication: 0 };
    let mut engine = Engine::begin(scenario, run, &mut journal).unwrap();
    engine.turn.world.aside.off = off;
    let mut most = 0;
    while engine.step() {
        most = most.max(engine.turn.world.aside.by_account.len());
    }
    drop(engine);
    drop(journal);
    (heard.0, most)
}

fn check(scenario: &Scenario) -> Result<(), TestCaseError> {
    let ((aside, _), (all, most)) = (history(scenario, false), history(scenario, true));
    let first = aside.iter().zip(&all).find(|(one, other)| one != other);
    prop_assert!(first.is_none(), "set aside and tried: {first:?}");
    prop_assert_eq!((aside.len(), 0), (all.len(), most));
    Ok(())
}

/// A request: the minute, the account, GPUs, types and cloud, cents bid per GPU, GB of disk, minutes of
/// work.
type Ask = (u64, usize, u32, (&'static str, &'static str), Option<u32>, u32, u64);

fn asks() -> impl Strategy<Value = Ask> {
    (
        0..120_u64,
        0..8_usize,
        select(vec![1, 1, 1, 2]),
        (
            select(vec!["\"A\"", "\"A\"", "[\"A\", \"B\"]", "[\"B\", \"A\"]"]),
            select(CLOUDS.to_vec()),
        ),
        select(vec![None, None, None, None, Some(49), Some(60)]),
        select(vec![0, 0, 0, 30]),
        select(vec![1, 5, 20, 20, 60]),
    )
}

/// ACCT-07. Limits of one cheap GPU, then of two, then of three.
const GROWING: &str = r#"(age: "0s", paid: 0, limit: 0.75), (age: "40m", paid: 0.9, limit: 1.5),
    (age: "80m", paid: 0, limit: 2.3)"#;

/// Mostly, either.
const CLOUDS: [&str; 5] = ["ALL", "ALL", "ALL", "SECURE", "COMMUNITY"];

/// Something else that happens in a minute.
fn others() -> impl Strategy<Value = (u64, String)> {
    let cents = |cents: u32| format!("{}.{:02}", cents / 100, cents % 100);
    let deposit = (0..8_usize, 1..40_u32).prop_map(move |(account, amount)| {
        format!("account: \"a{account}\", do: Deposit(amount: {})", cents(amount))
    });
    let adjust = (0..8_usize, 1..40_u32).prop_map(move |(account, amount)| {
        format!("account: \"a{account}\", do: Adjust(amount: -{})", cents(amount))
    });
    let price = (select(vec!["A", "B"]), select(CLOUDS.to_vec()), 60..90_u32);
    let price = price.prop_map(move |(gpu_type, cloud, price)| {
        let price = cents(price);
        format!("do: SetPrice(gpuTypeId: \"{gpu_type}\", cloudType: {cloud}, price: {price})")
    });
    (0..140_u64, prop_oneof![3 => deposit, 1 => adjust, 1 => price])
}

prop_compose! {
    fn markets()(
        (secure, community, other) in (2..=4_u32, 2..=3_u32, 2..=3_u32),
        balances in prop::collection::vec(select(vec![69, 70, 72, 75, 79, 80, 90, 150, 200, 90_000]), 8),
        asks in prop::collection::vec(asks(), 1..120),
        others in prop::collection::vec(others(), 0..30),
        rounding in select(vec!["started", "completed"]),
        scope in select(vec!["pod", "account"]),
        interrupted in select(vec!["charged", "waived"]),
        paid_by in select(vec!["victim", "nobody"]),
        displaced in select(vec!["stop", "resume", "terminate"]),
        placement in select(vec!["best_fit", "random"]),
        low_reserve in select(vec!["10m", "2h"]),
        limits in select(vec!["", "", GROWING]),
        seed in 0..1_000_u64,
    ) -> String {
        let mut script: Vec<(u64, String)> = others;
        for (pod, (minute, account, gpus, (types, cloud), bid, disk, work)) in asks.iter().enumerate() {
            let (verb, bid) = match bid {
                None => ("CreatePod", String::new()),
                Some(bid) => ("CreateSpotPod", format!(", bidPerGpu: 0.{bid}")),
            };
            script.push((*minute, format!(
                "account: \"a{account}\", do: {verb}(name: \"p{pod}\", gpuTypeId: {types}, \
                 cloudType: {cloud}, gpuCount: {gpus}, containerDiskInGb: {disk}, patience: \"2h\", \
                 work: \"{work}m\"{bid})"
            )));
        }
        script.sort_by_key(|(minute, _)| *minute);
        let mut text = format!(
            r#"(horizon: "4h", seed: {seed}, sample_every: None, policies: (placement: {placement}),
            rules: (minute_rounding: {rounding}, rent_reserve_scope: {scope}, minimum_deposit: 0.01,
                interrupted_unit: {interrupted}, grace_paid_by: {paid_by}, displaced: {displaced},
                low_funds_reserve: "{low_reserve}", spending_limit_steps: [{limits}]),
            gpu_types: [
                (id: "A", memory_gb: 48, secure: (price: 0.79, min_bid: 0.4),
                    community: (price: 0.69, min_bid: 0.4)),
                (id: "B", memory_gb: 24, community: (price: 0.74, min_bid: 0.4)),
            ],
            fleet: [
                (gpu_type: "A", datacenter: "EU-RO-1", count: 2, gpus: {secure}, disk_gb: 50),
                (gpu_type: "A", cloud: COMMUNITY, count: 2, gpus: {community}, disk_gb: 50),
                (gpu_type: "B", cloud: COMMUNITY, gpus: {other}),
            ],
            accounts: ["#
        );
        for (account, cents) in balances.into_iter().enumerate() {
            let (dollars, cents) = (cents / 100, cents % 100);
            write!(text, "(name: \"a{account}\", balance: {dollars}.{cents:02}),").unwrap();
        }
        text.push_str("], script: [");
        for (minute, action) in script {
            writeln!(text, "(at: \"{minute}m\", {action}),").unwrap();
        }
        text.push_str("])");
        text
    }
}

fn market(text: &str) -> Scenario {
    from_text("means.ron", text).unwrap_or_else(|problems| panic!("{problems}\n{text}"))
}

proptest! {
    #![proptest_config(config(200))]

    #[test]
    fn pod_06_a_round_that_sets_requests_aside_decides_as_one_that_tries_all(text in markets()) {
        let scenario = market(&text);
        check(&scenario)?;
        build::run_audited(&scenario, 0);
    }

    #[test]
    fn pod_06_a_round_that_sets_requests_aside_decides_as_one_that_tries_all_in_odd_storms(
        storm in storms(Weather::ODD),
    ) {
        check(&storm.scenario())?;
    }
}

/// Twenty customers afford the community cloud alone, which is full. Each is tried once, and then set
/// aside; as pods there end, they go there one by one, in the order of their requests.
#[test]
fn pod_06_who_finds_gpus_too_dear_is_set_aside() {
    let mut accounts = String::from("(name: \"rich\", balance: 1000),");
    let mut script = String::new();
    for pod in 0..2 {
        script.push_str(&format!(
            "(at: \"0s\", account: \"rich\", do: CreatePod(name: \"r{pod}\", gpuTypeId: \"A\",
                cloudType: COMMUNITY, work: \"{}m\")),",
            10 + pod
        ));
    }
    for pod in 0..20 {
        accounts.push_str(&format!("(name: \"a{pod}\", balance: 0.75),"));
        script.push_str(&format!(
            "(at: \"1m\", account: \"a{pod}\", do: CreatePod(name: \"p{pod}\", gpuTypeId: \"A\",
                work: \"5m\", patience: \"9h\")),"
        ));
    }
    let scenario = market(&format!(
        r#"(horizon: "4h", sample_every: None,
        gpu_types: [(id: "A", memory_gb: 48, secure: (price: 0.79, min_bid: 0.4),
            community: (price: 0.69, min_bid: 0.4))],
        fleet: [(gpu_type: "A", datacenter: "EU-RO-1"), (gpu_type: "A", cloud: COMMUNITY, gpus: 2)],
        accounts: [{accounts}], script: [{script}])"#
    ));
    let (facts, most) = history(&scenario, false);
    assert_eq!(most, 19, "all but the one who takes what came free first");
    let placed = facts.iter().filter(|(_, fact)| matches!(fact, Fact::PodPlaced { .. })).count();
    assert_eq!(placed, 22);
    check(&scenario).unwrap();
}
