//! `Fixed`: always so many workers, within the endpoint's bounds.

use super::{Load, Scaling};

/// The policy.
pub(super) struct Fixed {
    pub(super) workers: u32,
}

impl Scaling for Fixed {
    fn desired(&mut self, load: &Load) -> u32 {
        load.clamp(self.workers)
    }
    fn follows_ends(&self) -> bool {
        false
    }
}
