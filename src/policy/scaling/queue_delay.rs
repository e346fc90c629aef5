//! `QueueDelay`: a worker for each job that has waited for so long (SLS-33).
//!
//! ```text
//! add = max(0, ceil(late / c) − coming), and at least 1 if Q is not empty and W = 0
//! ```
//!
//! With `count_coming: false`, the jobs that become late in an instant add `ceil(their number / c)`, whatever is on
//! its way. Idle workers may stop down to `workers_min`; a throttled demand is withdrawn while there are more on
//! their way than the queue needs.

use super::{Load, Scaling};
use crate::units::Span;

/// The policy.
pub(super) struct QueueDelay {
    pub(super) delay: Span,
    pub(super) count_coming: bool,
}

impl Scaling for QueueDelay {
    /// Beside what it adds, no more than there must be.
    fn desired(&mut self, load: &Load) -> u32 {
        load.workers_min
    }
    fn add(&mut self, load: &Load) -> u32 {
        let add = if self.count_coming {
            load.late.div_ceil(load.concurrency).saturating_sub(load.coming)
        } else {
            load.newly_late.div_ceil(load.concurrency)
        };
        if 0 < load.queued && load.workers == 0 { add.max(1) } else { add }
    }
    fn withdraws(&mut self, load: &Load) -> bool {
        load.queued.div_ceil(load.concurrency) < load.coming
    }
    fn lateness(&self) -> Option<Span> {
        Some(self.delay)
    }
    fn follows_ends(&self) -> bool {
        false
    }
}
