//! Hosts' lives: heartbeats and reliability, listing, maintenance, departures, arrivals (HOST-02,
//! HOST-05 to HOST-11, CLD-04).

mod beats;
mod by_cloud;
mod losses;
mod replay;

use crate::stage::Case;

#[test]
fn hosts_live_as_it_was_solved_by_hand() {
    Case::check_all(&Case::read(include_str!("hosts/solved.txt")));
}
