//! `uniform_lowest_winning`: all pay the lowest winning bid (SPOT-12).
//!
//! The k-th price of k GPUs: the first price at which no more is asked for than there is. The reserve is
//! below it, unless it has risen since, and then nobody pays more than its bid.

use super::{Bids, Clearing};
use crate::units::Money;

/// The member.
pub struct UniformLowestWinning;

impl Clearing for UniformLowestWinning {
    fn of_bids(&self, bids: &Bids) -> Option<Money> {
        Some(bids.lowest_winning)
    }
}
