//! `RequestCount`: a worker for so many jobs, in the queue or in hand (SLS-34).
//!
//! ```text
//! desired = ceil((|Q| + P) / n), at least workers_min and at most workers_max; add = desired − W
//! ```

use super::{Load, Scaling};

/// The policy.
pub(super) struct RequestCount {
    pub(super) jobs: u32,
}

impl Scaling for RequestCount {
    fn desired(&mut self, load: &Load) -> u32 {
        load.clamp((load.queued + load.in_hand).div_ceil(self.jobs))
    }
    fn stops_at_once(&self) -> bool {
        true
    }
}
