//! The seam of checkpointing: how much work an owner lets pass between two checkpoints (POD-20).
//!
//! The interval is decided once, when customers are expected or a script asks for a pod. All else is the
//! market's: a checkpoint takes its time, in which no work proceeds; what it holds is on the volume once
//! it is whole; what no whole checkpoint holds is lost with memory.

pub mod daly;
pub mod interval;
pub mod never;
pub mod young;

use crate::scenario::checkpointing::{CheckpointChoice, Checkpointing};
use crate::units::Span;

/// How often checkpoints are written.
pub trait Checkpoint {
    /// Work, in time on the pod's GPUs, from the end of a checkpoint or the start to the next checkpoint;
    /// above zero. None: no checkpoint but on SIGTERM.
    fn interval(&self, terms: &Checkpointing) -> Option<Span>;
}

/// The member of that name.
pub fn checkpoint(choice: CheckpointChoice) -> Box<dyn Checkpoint> {
    match choice {
        CheckpointChoice::Never => Box::new(never::Never),
        CheckpointChoice::Interval(length) => Box::new(interval::Interval(length)),
        CheckpointChoice::Young => Box::new(young::Young),
        CheckpointChoice::Daly => Box::new(daly::Daly),
    }
}

/// So many seconds, rounded to the microsecond once; at least one, since an interval is never empty.
fn rounded(seconds: f64) -> Span {
    Span::from_seconds_f64(seconds).max(Span::from_micros(1))
}
