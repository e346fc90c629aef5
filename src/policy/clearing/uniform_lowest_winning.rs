//! `uniform_lowest_winning`: all pay the lowest winning bid (SPOT-12).
//!
//! The k-th price of k GPUs: the first price at which no more is asked for than there is. The reserve is
//! below it, unless it has risen since, and then nobody pays more than its bid.
//!
//! Four GPUs held at 0.90, 0.80, 0.70 and 0.60: all pay 0.60, whoever waits (case 39). Unlike under the
//! highest losing bid the one at 0.60 makes its own price, and would gain by bidding less.

use super::{Bids, Clearing};
use crate::units::Money;

/// The member.
pub struct UniformLowestWinning;

impl Clearing for UniformLowestWinning {
    fn of_bids(&self, bids: &Bids) -> Option<Money> {
        Some(bids.lowest_winning)
    }
}
