//! `pay_as_bid`: each pod pays its own bid for its whole rental (SPOT-10).

use super::Clearing;

/// The member.
pub struct PayAsBid;

impl Clearing for PayAsBid {}
