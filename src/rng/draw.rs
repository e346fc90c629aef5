//! Portable draws: distributions made of a stream's bits with `libm` called by name.
//!
//! `rand_distr` changes its bits with the features of unrelated crates, and the platform's `ln` and
//! `exp` differ from one machine to the next; these never do. Tests hold each distribution against
//! `rand_distr` and against its moments.

use super::Stream;

/// A distribution of a real number; the field that holds it says the unit.
#[derive(Clone, Debug, PartialEq)]
pub enum Distribution {
    /// Always the same.
    Constant(f64),
}

impl Distribution {
    /// Draws one value.
    pub fn draw(&self, _stream: &mut Stream) -> f64 {
        match self {
            Self::Constant(value) => *value,
        }
    }
}
