//! `young`: the interval √(2 δ M), of checkpoints that cost δ and a mean time M to preemption.
//!
//! J. W. Young, *A first order approximation to the optimum checkpoint interval*, Communications of the
//! ACM 17(9), 1974. Half an interval is lost at each preemption and a checkpoint is paid in each interval
//! τ: δ/τ + τ/(2 M) is least there. It leaves out that checkpoints and restarts are preempted, too, so it
//! is good where δ is much less than M.
//!
//! With δ = 5 min and M = 24 h: √(2 · 5 · 1440) min = 120 min. The root is rounded to the microsecond.

use super::{Checkpoint, rounded};
use crate::scenario::checkpointing::Checkpointing;
use crate::units::Span;

/// The member.
pub struct Young;

impl Checkpoint for Young {
    fn interval(&self, terms: &Checkpointing) -> Option<Span> {
        let cost = terms.cost.as_seconds_f64();
        let mean = terms.mean_time_to_preemption.as_seconds_f64();
        Some(rounded(libm::sqrt(2.0 * cost * mean)))
    }
}
