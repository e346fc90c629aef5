//! What random scripts reach: a corner that none of them comes to is not tested by their agreement.

use super::bill;
use super::random::scripts;
use super::script::{Act, Script};
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::{Config, RngSeed, TestRunner};
use std::collections::{BTreeMap, BTreeSet};
use walras::journal::fact::NoticeKind;

const SCRIPTS: usize = 1_500;
/// In so many scripts of these at least.
const LEAST: usize = 10;

/// What has to be reached: actions, refusals, notices, ends of rentals, and drainings under each rule
/// that changes what they do.
const REACHED: &[&str] = &[
    "Create",
    "Resume",
    "Stop",
    "Terminate",
    "Reset",
    "Deposit",
    "Adjust",
    "AutoPay",
    "Price",
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
    let out = bill(script);
    let mut reached = BTreeSet::new();
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

#[test]
fn random_scripts_reach_every_corner_that_they_are_for() {
    let config = Config { rng_seed: RngSeed::Fixed(1), ..Config::default() };
    let mut runner = TestRunner::new(config);
    let strategy = scripts();
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for _ in 0..SCRIPTS {
        let script = strategy.new_tree(&mut runner).expect("nothing is rejected").current();
        for corner in reached(&script) {
            *counts.entry(corner).or_default() += 1;
        }
    }
    let count = |corner: &&str| counts.get(*corner).copied().unwrap_or(0);
    let missed: Vec<_> = REACHED.iter().filter(|corner| count(corner) < LEAST).collect();
    assert!(missed.is_empty(), "hardly ever reached: {missed:?}, of {counts:?}");
}
