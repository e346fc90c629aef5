//! `youngest`: the latest placement gives way first; a Reserved pod, not placed yet, before all.
//!
//! Last in, first out (SPOT-05): who has been there for long has the most to lose, and stays. With a pod
//! placed at 0 s at a bid of 0.50 and one placed at 10 s at 0.60, the second goes (case 59). All keys are
//! equal, for the order among equals is this one.

use super::Eviction;
use crate::world::view::Evictable;

/// The member.
pub struct Youngest;

impl Eviction for Youngest {
    fn key(&self, _: &Evictable<'_>) -> i128 {
        0
    }
}
