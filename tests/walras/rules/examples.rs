//! The worked examples of the market rules' appendix.

use crate::harness;
use crate::oracle::cases::Case;
use crate::oracle::scenario;

/// Those that need no contention, the same as the oracle is held against.
#[test]
fn the_simulator_reproduces_the_worked_examples() {
    Case::check_all(&Case::examples(), |case| harness::run(&scenario(&case.script())));
}

/// Corners that random scripts found.
#[test]
fn the_simulator_goes_by_the_rules_in_corners() {
    Case::check_all(&Case::corners(), |case| harness::run(&scenario(&case.script())));
}

/// PLAN-01, PLAN-02, PLAN-03, PLAN-04, PLAN-05, PLAN-06, PLAN-07, PLAN-08: cases 51 and 64, and what else was
/// worked by hand.
#[test]
fn savings_plans_go_as_they_were_worked_by_hand() {
    Case::check_all(&Case::plans(), |case| harness::run(&scenario(&case.script())));
}
