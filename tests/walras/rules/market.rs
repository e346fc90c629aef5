//! Requests, resumes and hosts, solved by hand.

use crate::stage::Case;

#[test]
fn the_market_goes_as_it_was_solved_by_hand() {
    Case::check_all(&Case::read(include_str!("market.txt")));
}
