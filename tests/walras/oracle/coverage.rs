//! What random scripts reach: a corner that none of them comes to is not tested by their agreement.

use super::biller::bill_in_order;
use super::crowd::crowds;
use super::random::scripts;
use super::script::{Act, Script};
use crate::outcome::{Notice, Outcome};
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::{Config, RngSeed, TestRunner};
use std::collections::{BTreeMap, BTreeSet};
use walras::journal::fact::{Item, NoticeKind};

const SCRIPTS: usize = 2_000;
/// In so many scripts of these at least.
const LEAST: usize = 10;

/// What has to be reached: actions, refusals, notices, ends of rentals, and drainings under each rule
/// that changes what they do.
const REACHED: &[&str] = &[
    "Create",
    "Resume",
    "ChangeBid",
    "CreateVolume",
    "ResizeVolume",
    "DeleteVolume",
    "pod with a network volume",
    "network volume in two stretches",
    "network volume lost",
    "network volume drained, Started, Free",
    "network volume drained, Started, Debt",
    "network volume drained, Completed, Free",
    "network volume drained, Completed, Debt",
    "Stop",
    "Terminate",
    "Reset",
    "Deposit",
    "Adjust",
    "AutoPay",
    "Price",
    "Buy",
    "covered",
    "named",
    "plan over",
    "HostDown",
    "HostUp",
    "NetworkDown",
    "NetworkUp",
    "bid",
    "wait",
    "zero_gpu",
    "refused NoFunds",
    "refused NoCapacity",
    "refused TooLarge",
    "refused SpendingLimit",
    "refused BidBelowFloor",
    "refused IllegalState",
    "refused BadArgument",
    "refused Unknown",
    "told StoppedForFunds",
    "told Drained",
    "told Removed",
    "told AutoPaid",
    "told PaymentFailed",
    "told LowBalance",
    "ended Completed",
    "ended Stopped",
    "ended Terminated",
    "ended NoFunds",
    "ended SpendingLimit",
    "ended Abandoned",
    "ended Rejected",
    "ended Alive",
    "drained Started Free",
    "drained Started Debt",
    "drained Completed Free",
    "drained Completed Debt",
    "drained by Terminate",
    "drained in an outage",
    "drained again",
    "two rentals",
    "two stretches",
    "statement",
    "minimum billed",
];

fn reached(script: &Script) -> BTreeSet<String> {
    let bill = bill_in_order(script, false);
    let out = bill.outcome;
    let mut reached: BTreeSet<String> =
        bill.turns.iter().map(|turn| turn.what.to_owned()).collect();
    for (_, act) in &script.actions {
        let text = format!("{act:?}");
        let name = text.split(['(', ' ']).next().unwrap_or_default();
        reached.insert(name.to_owned());
        if let Act::Create(create) = act {
            reached.extend(create.bid.map(|_| "bid".to_owned()));
        }
        for word in ["ZeroGpu", "Wait"].iter().filter(|word| text.contains(**word)) {
            reached.insert(if *word == "Wait" { "wait" } else { "zero_gpu" }.to_owned());
        }
    }
    reached.extend(out.rejections.iter().map(|refused| format!("refused {:?}", refused.reason)));
    reached.extend(out.notices.iter().map(|notice| format!("told {:?}", notice.kind)));
    reached.extend(out.rentals.iter().map(|rental| format!("ended {:?}", rental.reason)));
    let rules = &script.rules;
    let drained: Vec<_> =
        out.notices.iter().filter(|notice| notice.kind == NoticeKind::Drained).collect();
    for notice in &drained {
        let (rounding, storage) = (rules.minute_rounding, rules.drained_storage);
        reached.insert(format!("drained {rounding:?} {storage:?}"));
        let action = format!("{:?}", rules.low_funds_action);
        reached.extend(action.starts_with("Terminate").then(|| "drained by Terminate".to_owned()));
        let fails = |act: &Act| matches!(act, Act::HostDown(_) | Act::NetworkDown(_));
        let outage = script.actions.iter().any(|(at, act)| *at == notice.at && fails(act));
        reached.extend(outage.then(|| "drained in an outage".to_owned()));
        let again = drained.iter().filter(|other| other.account == notice.account).count();
        reached.extend((again > 1).then(|| "drained again".to_owned()));
    }
    reached.extend(of_network_volumes(script, &out));
    let placed = |rental: &&crate::outcome::Rental| rental.placed.is_some() && rental.rental > 1;
    reached.extend(out.rentals.iter().find(placed).map(|_| "two rentals".to_owned()));
    let same = |pair: &[crate::outcome::Row]| {
        let of = |row: &crate::outcome::Row| (row.at, row.item, row.subject.clone());
        pair[0].quantity.is_some() && of(&pair[0]) == of(&pair[1])
    };
    let usage: Vec<_> = out.rows.iter().filter(|row| !row.account.is_empty()).cloned().collect();
    reached.extend(usage.windows(2).any(same).then(|| "two stretches".to_owned()));
    reached.extend(rules.statement_every.map(|_| "statement".to_owned()));
    reached.extend((!rules.minimum_billed.is_zero()).then(|| "minimum billed".to_owned()));
    reached
}

/// What becomes of network volumes, and of the pods that have them.
fn of_network_volumes(script: &Script, out: &Outcome) -> BTreeSet<String> {
    let mut reached = BTreeSet::new();
    let with_volume: BTreeSet<&String> = script
        .actions
        .iter()
        .filter_map(|(_, act)| match act {
            Act::Create(create) => create.network.map(|_| &script.pods[create.pod]),
            _ => None,
        })
        .collect();
    let placed = out.rentals.iter().filter(|rental| rental.placed.is_some());
    let mut placed = placed.filter(|rental| with_volume.contains(&rental.pod));
    if placed.next().is_some() {
        reached.insert("pod with a network volume".to_owned());
    }
    let mut sizes: BTreeMap<&String, BTreeSet<Option<u32>>> = BTreeMap::new();
    let rows = out.rows.iter().filter(|row| row.item == Item::NetworkVolume);
    for row in rows {
        sizes.entry(&row.subject).or_default().insert(row.quantity);
        let told = |kind: NoticeKind| {
            let same = |notice: &&Notice| notice.kind == kind && notice.account == row.account;
            out.notices.iter().any(|notice| same(&notice))
        };
        if told(NoticeKind::Drained) {
            let (rounding, storage) = (script.rules.hour_rounding, script.rules.drained_storage);
            reached.insert(format!("network volume drained, {rounding:?}, {storage:?}"));
        }
        reached.extend(told(NoticeKind::Removed).then(|| "network volume lost".to_owned()));
    }
    let grown = sizes.values().any(|sizes| 1 < sizes.len());
    reached.extend(grown.then(|| "network volume in two stretches".to_owned()));
    reached
}

/// What has to be reached where GPUs are few: turns of contention, and how they are billed.
const REACHED_IN_CROWDS: &[&str] = &[
    "outbid",
    "displaced by on demand",
    "displaced before it ran",
    "promised",
    "promised in parts",
    "promised what is in grace",
    "promise taken over",
    "promise lost to an outage",
    "promise withdrawn",
    "waits on",
    "handed over",
    "killed",
    "killed by an outage",
    "killed out of reach",
    "asks again",
    "completed in grace",
    "stopped in grace",
    "terminated in grace",
    "ran dry in grace",
    "a unit begins in grace",
    "killed, Victim, Charged",
    "killed, Victim, Waived",
    "killed, Victim, FreeWithin",
    "killed, Nobody, Charged",
    "killed, Nobody, Waived",
    "killed, Nobody, FreeWithin",
    "killed, Started, Stop",
    "killed, Started, Resume",
    "killed, Started, Terminate",
    "killed, Completed, Stop",
    "killed, Completed, Resume",
    "killed, Completed, Terminate",
    "Floor",
    "posted back",
    "zero_gpu of a full host",
    "goes to another host",
    "displaces where it harms least",
    "gets another type than its first",
    "waits for a price",
    "waits behind another",
    "bids anew for GPUs",
    "bids anew and waits",
    "bids anew in grace",
    "image pulled",
    "a pull pauses",
    "takes CPU slots",
    "moves",
    "moves from a full host",
    "moved in vain",
    "data copied",
    "a copy pauses or goes on",
];

fn reached_in_crowd(script: &Script) -> BTreeSet<String> {
    let bill = bill_in_order(script, false);
    let mut reached: BTreeSet<String> =
        bill.turns.iter().map(|turn| turn.what.to_owned()).collect();
    if reached.contains("killed") {
        let rules = &script.rules;
        let interrupted = format!("{:?}", rules.interrupted_unit);
        let interrupted = interrupted.split('(').next().unwrap_or_default();
        reached.insert(format!("killed, {:?}, {interrupted}", rules.grace_paid_by));
        reached.insert(format!("killed, {:?}, {:?}", rules.minute_rounding, rules.displaced));
    }
    let floor = script.actions.iter().any(|(_, act)| matches!(act, Act::Floor(..)));
    reached.extend(floor.then(|| "Floor".to_owned()));
    let back = bill.outcome.rows.iter().any(|row| row.amount < 0);
    reached.extend(back.then(|| "posted back".to_owned()));
    reached
}

/// In how many of so many scripts each corner is reached.
fn count(
    (strategy, scripts): (impl Strategy<Value = Script>, usize),
    reached: impl Fn(&Script) -> BTreeSet<String>,
) -> BTreeMap<String, usize> {
    let config = Config { rng_seed: RngSeed::Fixed(1), ..Config::default() };
    let mut runner = TestRunner::new(config);
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for _ in 0..scripts {
        let script = strategy.new_tree(&mut runner).expect("nothing is rejected").current();
        for corner in reached(&script) {
            *counts.entry(corner).or_default() += 1;
        }
    }
    counts
}

fn missed<'a>(corners: &[&'a str], counts: &BTreeMap<String, usize>) -> Vec<&'a str> {
    let count = |corner: &str| counts.get(corner).copied().unwrap_or(0);
    corners.iter().copied().filter(|corner| count(corner) < LEAST).collect()
}

#[test]
fn random_scripts_reach_every_corner_that_they_are_for() {
    let counts = count((scripts(), SCRIPTS), reached);
    let missed = missed(REACHED, &counts);
    assert!(missed.is_empty(), "hardly ever reached: {missed:?}, of {counts:?}");
}

#[test]
fn crowded_scripts_reach_every_turn_of_contention() {
    let counts = count((crowds(), 3 * SCRIPTS), reached_in_crowd);
    let missed = missed(REACHED_IN_CROWDS, &counts);
    assert!(missed.is_empty(), "hardly ever reached: {missed:?}, of {counts:?}");
}
