//! `trace`: the price is a recorded one (SPOT-13); whatever is bid does not move it.
//!
//! Rows are read ahead of the run (`spot_prices` of a scenario), so there is nothing to decide here. Before
//! the first row its price holds. Recorded at 0.40, at 300 s 0.43 and at 600 s 0.40 again, a pod that bids
//! 0.42 gives way at 300 s, and who waits at that bid gets GPUs at 600 s (SPOT-14).

use super::Clearing;

/// The member.
pub struct Trace;

impl Clearing for Trace {
    fn is_posted(&self) -> bool {
        true
    }
}
