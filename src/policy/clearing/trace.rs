//! `trace`: the price is a recorded one (SPOT-13); whatever is bid does not move it.

use super::Clearing;

/// The member.
pub struct Trace;

impl Clearing for Trace {
    fn is_posted(&self) -> bool {
        true
    }
}
