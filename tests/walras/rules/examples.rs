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
