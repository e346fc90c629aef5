//! `Fixed`: always so many workers, within the endpoint's bounds.

use super::{Load, Scaling};

/// The policy.
pub(super) struct Fixed {
    pub(super) workers: u32,
}

impl Scaling for Fixed {
    fn add(&mut self, load: &Load) -> u32 {
        load.clamp(self.workers).saturating_sub(load.workers)
    }
    fn floor(&mut self, load: &Load) -> u32 {
        load.clamp(self.workers)
    }
    fn withdraws(&mut self, load: &Load) -> bool {
        load.clamp(self.workers) < load.workers
    }
    fn follows_ends(&self) -> bool {
        false
    }
}
