//! Quantities are types.
//!
//! An instant plus an instant, a price plus a balance, gigabytes handed where GPUs were asked: none
//! of these compiles. Every quantity is a whole number in one stated unit, read from text and printed
//! to text in one place, so that a unit is never guessed (GEN-01, GEN-03, GEN-04).

pub mod money;
pub mod size;
pub mod time;

pub use money::{Money, Price, Share};
pub use size::{Bundle, Gb, GpuTime, Speed};
pub use time::{SimTime, Span};

/// What could not be read as a quantity: the expectation, in words fit for an error message.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected {expected}")]
pub struct Unreadable {
    /// What a valid text would look like.
    pub expected: &'static str,
}
