//! `fixed`: the price that was stated, and no other.
//!
//! The market never asks it, so what is not moved costs nothing.

use super::{ListPrice, Priced};
use crate::units::{Money, SimTime};

/// The member.
pub struct Fixed;

impl ListPrice for Fixed {
    fn due(&self, _: Option<SimTime>) -> Option<SimTime> {
        None
    }
    fn price(&self, scope: &Priced) -> Money {
        scope.stated
    }
}
