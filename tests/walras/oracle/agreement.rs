//! The simulator and the oracle on the same random scripts: the same ledger, row by row.
//!
//! What the rules leave open is left open here: in which order two accounts are dealt with at one
//! instant. Everything of one account is compared in its order.

use super::cases::Case;
use super::crowd::crowds;
use super::random::scripts;
use super::{Script, bill_in_order, scenario};
use crate::harness;
use crate::outcome::{Outcome, Rejection, Row};
use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use walras::journal::fact::Refusal;
use walras::scenario::Scenario;
use walras::units::SimTime;

/// So many scripts that it takes some ten seconds on two cores; `WALRAS_SCRIPTS` asks for more,
/// `WALRAS_SEED` for others.
pub(super) fn config(scripts: u64) -> ProptestConfig {
    let number = |name: &str, default: u64| {
        std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(default)
    };
    ProptestConfig {
        cases: u32::try_from(number("WALRAS_SCRIPTS", scripts)).expect("fewer than 2^32 scripts"),
        rng_seed: RngSeed::Fixed(number("WALRAS_SEED", 1)),
        failure_persistence: None,
        max_shrink_iters: 200_000,
        ..ProptestConfig::default()
    }
}

proptest! {
    #![proptest_config(config(5_000))]

    #[test]
    fn the_simulator_agrees_with_the_oracle(script in scripts()) {
        if let Some(difference) = difference(&script) {
            return Err(TestCaseError::fail(format!("{difference}\n{script}")));
        }
    }
}

proptest! {
    #![proptest_config(config(2_500))]

    #[test]
    fn the_simulator_agrees_with_the_oracle_where_gpus_are_few(script in crowds()) {
        if let Some(difference) = difference(&script) {
            return Err(TestCaseError::fail(format!("{difference}\n{script}")));
        }
    }
}

/// The same of every script that is kept as text.
#[test]
fn the_simulator_agrees_with_the_oracle_on_the_examples() {
    let cases = Case::examples().into_iter().chain(Case::corners());
    let differs = |case: Case<'_>| {
        difference(&case.script()).map(|difference| format!("=== {}\n{difference}\n", case.name))
    };
    let differences: Vec<_> = cases.filter_map(differs).collect();
    assert!(differences.is_empty(), "{}", differences.join("\n"));
}

/// Where the two differ, in words; nothing if they agree. No rule tells which of two accounts is dealt
/// with first, and with it who gets a GPU: the simulator may take either order.
pub(crate) fn difference(script: &Script) -> Option<String> {
    difference_of(&scenario(script), script)
}

/// The same of a scenario that means what the script says.
pub(super) fn difference_of(scenario: &Scenario, script: &Script) -> Option<String> {
    let theirs = in_order(harness::run(scenario)).to_string();
    let differs = |last_first| {
        let bill = bill_in_order(script, last_first);
        let ours = in_order(bill.outcome).to_string();
        (ours != theirs).then_some((same_lines(&ours, &theirs), ours, bill.turns))
    };
    let (same, ours, turns) = differs(false)?.max(differs(true)?);
    let rest = |text: &str| {
        let lines: Vec<_> = text.lines().skip(same.saturating_sub(3)).take(12).collect();
        lines.join("\n  ")
    };
    let turns = turns
        .iter()
        .map(|turn| format!("{} p{} {}", SimTime::from_micros(turn.at), turn.pod, turn.what));
    let turns = turns.collect::<Vec<_>>().join(", ");
    let (ours, theirs) = (rest(&ours), rest(&theirs));
    Some(format!("the oracle:\n  {ours}\nthe simulator:\n  {theirs}\nturns: {turns}"))
}

/// How many lines two texts begin with that are the same.
fn same_lines(first: &str, second: &str) -> usize {
    first.lines().zip(second.lines()).take_while(|(first, second)| first == second).count()
}

/// The same, by account, and within an account as it came.
fn in_order(out: Outcome) -> Outcome {
    let mut rows: Vec<(String, Row)> = Vec::new();
    for row in out.rows {
        // A payout follows its usage.
        let account = match rows.last() {
            Some((account, _)) if row.account.is_empty() => account.clone(),
            _ => row.account.clone(),
        };
        rows.push((account, row));
    }
    rows.sort_by(|(first, _), (second, _)| first.cmp(second));
    let mut sorted = Outcome { rows: rows.into_iter().map(|(_, row)| row).collect(), ..out };
    sorted.notices.sort();
    for rejection in &mut sorted.rejections {
        // A pod that is unknown, has ended or is none need not be named.
        if rejection.reason <= Refusal::BadArgument {
            rejection.subject = "nobody".to_owned();
        }
    }
    sorted.rejections.sort_by_key(Rejection::clone);
    sorted.rentals.sort();
    sorted
}
