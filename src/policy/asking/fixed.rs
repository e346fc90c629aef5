//! `fixed`: what was stated, or drawn for this provider when it came, and nothing else ever.

use super::{Asking, Provider};
use crate::units::Money;

/// The member.
pub struct Fixed;

impl Asking for Fixed {
    fn ask(&self, provider: &Provider) -> Money {
        provider.drawn
    }
}
