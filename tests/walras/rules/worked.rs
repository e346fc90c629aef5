//! The worked cases of the market rules as scenario files that a person reads, and all that they say of
//! what happens, held against a run.
//!
//! In `scenarios/billing_examples.ron` and the files beside it a line `//=` states what happens; a run
//! has to bring exactly the lines of its file, but for closing balances, which are told where they
//! teach something, and payouts, which one file tells.

use crate::harness;
use crate::outcome::{Outcome, Rental, snake};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use walras::engine::{Engine, RunId};
use walras::journal::Journal;
use walras::journal::fact::Item;
use walras::market::answer;
use walras::scenario::Scenario;
use walras::scenario::demand::Clouds;
use walras::units::{Money, SimTime};

const MARK: &str = "//= ";

fn examples() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/billing_examples.ron")
}
fn load(path: &Path) -> Scenario {
    walras::scenario::load::load(path, &[])
        .unwrap_or_else(|problems| panic!("{}: {problems:?}", path.display()))
}

/// What the file says.
fn said(text: &str) -> Vec<String> {
    let marked = text.lines().filter_map(|line| line.trim_start().strip_prefix(MARK));
    marked.map(str::to_owned).collect()
}

/// What a run comes to, in the file's words.
fn told(out: &Outcome, payouts: bool) -> Vec<String> {
    let unplaced = |rental: &&Rental| rental.placed.is_none();
    // A refusal says already that the request ended.
    let refused: BTreeSet<_> = out.rentals.iter().filter(unplaced).map(brief_end).collect();
    let brief = out.brief();
    let lines = brief.lines().filter(|line| {
        let ends = out.rentals.iter().any(|rental| brief_end(rental) == **line);
        !ends
            || (refused.contains(*line)
                && !line.ends_with("no_funds")
                && !line.ends_with("rejected"))
    });
    let placed = out.rentals.iter().filter(|rental| rental.placed.is_some()).map(end_of_placed);
    let rows = out.rows.iter().filter(|row| payouts && row.item == Item::HostPayout);
    let payouts = rows.map(|row| {
        let (at, amount) = (SimTime::from_micros(row.at), Money::from_nanos(row.amount));
        let (gpus, units) = (row.quantity.unwrap_or(0), row.periods.unwrap_or(0));
        format!("{at} host_payout {} {gpus} × {units} {amount}", row.subject)
    });
    lines.map(str::to_owned).chain(placed).chain(payouts).collect()
}

/// As [`Outcome::brief`] tells an end.
fn brief_end(rental: &Rental) -> String {
    format!("{} {} {}", SimTime::from_micros(rental.ended), rental.pod, snake(rental.reason))
}

fn end_of_placed(rental: &Rental) -> String {
    let placed = rental.placed.expect("it was placed");
    let running = match rental.running {
        Some(running) if running == placed => String::new(),
        Some(running) => format!(", running {}", SimTime::from_micros(running)),
        None => ", never running".to_owned(),
    };
    format!("{}, placed {}{running}", brief_end(rental), SimTime::from_micros(placed))
}

/// What differs between the file and its run, one line each.
fn differences(path: &Path) -> Vec<String> {
    let text = std::fs::read_to_string(path).expect("a file of the project");
    let said = said(&text);
    assert!(!said.is_empty(), "{} says nothing", path.display());
    let payouts = said.iter().any(|line| line.contains(" host_payout "));
    let mut told = told(&harness::run(&load(path)), payouts);
    let mut differences = Vec::new();
    for line in said {
        match told.iter().position(|other| *other == line) {
            Some(found) => drop(told.swap_remove(found)),
            None => differences.push(format!("said, but did not happen: {line}")),
        }
    }
    told.retain(|line| !line.contains(" has "));
    differences.extend(told.into_iter().map(|line| format!("happened, but is not said: {line}")));
    differences
}

fn check(path: &Path) {
    let differences = differences(path);
    assert!(differences.is_empty(), "{}:\n{}", path.display(), differences.join("\n"));
}

#[test]
fn billing_examples_come_to_the_worked_numbers() {
    check(&examples());
}

/// Among them cases 11 to 14, 25, 49 and 56: network volumes (NVOL-01 to NVOL-08, NVOL-10).
#[test]
fn billing_examples_under_other_rules_come_to_the_worked_numbers() {
    let folder = examples().with_extension("");
    let files = std::fs::read_dir(&folder).expect("a folder of the project");
    let mut files: Vec<PathBuf> = files.map(|file| file.expect("a file").path()).collect();
    files.sort();
    assert!(10 < files.len(), "the sets of rules that the worked cases need");
    for file in files {
        check(&file);
    }
}

/// Case 37: the minimum winning bids for 1, 4 and 8 GPUs, as its comment says them (SPOT-11, GPU-06).
#[test]
fn spot_11_case_37_minimum_winning_bids() {
    let scenario = load(&examples());
    let gpu_type = scenario.gpu_types.iter().position(|one| one.name == "case 37").expect("there");
    let mut journal = Journal::new(Vec::new());
    let id = RunId { seed: 0, replication: 0 };
    let mut engine = Engine::begin(&scenario, id, &mut journal).expect("no trace to open");
    for (after, bids, buys) in [
        (150, ["0.500000001", "0.550000001", "0.600000001"], "0.79"),
        (250, ["0.49", "0.550000001", "0.600000001"], "0.79"),
        (350, ["none", "none", "none"], "none"),
    ] {
        while engine.turn.now < SimTime::from_seconds(after) {
            assert!(engine.step(), "the case lies before the horizon");
        }
        let text = |price: Option<Money>| price.map_or("none".to_owned(), |one| one.to_string());
        let answers = [1, 4, 8].map(|gpus| {
            use walras::ids::Id;
            let of = walras::ids::GpuTypeId::from_index(gpu_type);
            answer::lowest_price(&engine.turn, answer::Wanted::anywhere(of, Clouds::All, gpus))
        });
        assert_eq!(answers.map(|answer| text(answer.minimum_bid)), bids, "from {after} on");
        assert_eq!(
            answers.map(|answer| text(answer.uninterruptable)),
            [buys; 3],
            "from {after} on"
        );
    }
}
