//! The seam of checkpointing: how much work an owner lets pass between two checkpoints (POD-20).
//!
//! The interval is decided once, when customers are expected or a script asks for a pod. All else is the
//! market's: a checkpoint takes its time, in which no work proceeds; what it holds is on the volume once
//! it is whole; what no whole checkpoint holds is lost with memory.

pub mod daly;
pub mod interval;
pub mod never;
pub mod young;

use super::registry::Own;
use crate::scenario::checkpointing::{CheckpointChoice, Checkpointing};
use crate::units::Span;

/// How often checkpoints are written.
pub trait Checkpoint {
    /// Work, in time on the pod's GPUs, from the end of a checkpoint or the start to the next checkpoint;
    /// at least a microsecond. None: no checkpoint but on SIGTERM.
    fn interval(&self, terms: &Checkpointing) -> Option<Span>;
}

/// What the policy of these terms answers; one of the program's own is among `own`. An interval is never
/// empty.
pub fn interval(terms: &Checkpointing, own: &Own<dyn Checkpoint>) -> Option<Span> {
    match terms.policy {
        CheckpointChoice::Never => never::Never.interval(terms),
        CheckpointChoice::Interval(length) => interval::Interval(length).interval(terms),
        CheckpointChoice::Young => young::Young.interval(terms),
        CheckpointChoice::Daly => daly::Daly.interval(terms),
        CheckpointChoice::Own(policy) => {
            own.get(policy).interval(terms).map(|interval| interval.max(LEAST))
        }
    }
}

const LEAST: Span = Span::from_micros(1);

/// So many seconds, rounded to the microsecond once; at least one, since an interval is never empty.
fn rounded(seconds: f64) -> Span {
    Span::from_seconds_f64(seconds).max(LEAST)
}
