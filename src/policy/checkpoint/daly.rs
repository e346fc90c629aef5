//! `daly`: Daly's higher-order interval, of checkpoints that cost δ and a mean time M to preemption:
//! √(2 δ M) · [1 + ⅓ √(δ / 2M) + ⅑ (δ / 2M)] − δ where δ < 2 M, else M.
//!
//! J. T. Daly, *A higher order estimate of the optimum checkpoint interval for restart dumps*, Future
//! Generation Computer Systems 22(3), 2006. It approximates the least of the expected time
//! M e^(R/M) (e^((τ + δ)/M) − 1) T/τ that work T takes with restarts R under exponential preemption, and
//! that least does not hang on R.
//!
//! The paper's own cases, of δ = 5 min: 117 min for M = 24 h, where Young says 120; 57 min for M = 6 h,
//! where Young says 60; 9.1 min for M = 15 min, where Young says 12.2. Rounded to the microsecond, once.

use super::{Checkpoint, rounded};
use crate::scenario::checkpointing::Checkpointing;
use crate::units::Span;

/// The member.
pub struct Daly;

impl Checkpoint for Daly {
    fn interval(&self, terms: &Checkpointing) -> Option<Span> {
        let cost = terms.cost.as_seconds_f64();
        let mean = terms.mean_time_to_preemption.as_seconds_f64();
        let ratio = cost / (2.0 * mean);
        if 1.0 <= ratio {
            return Some(terms.mean_time_to_preemption);
        }
        let series = 1.0 + libm::sqrt(ratio) / 3.0 + ratio / 9.0;
        Some(rounded(libm::sqrt(2.0 * cost * mean) * series - cost))
    }
}
