//! `pay_as_bid`: each pod pays its own bid for its whole rental (SPOT-10).
//!
//! The default of the market rules. Bids make no common price: what is published as the spot price is the
//! lowest of those that hold GPUs. Four GPUs held at 0.90, 0.80, 0.70 and 0.60 bring 3.00 an hour, whoever
//! waits; who knew that would bid no more than it takes to stay.

use super::Clearing;

/// The member.
pub struct PayAsBid;

impl Clearing for PayAsBid {}
