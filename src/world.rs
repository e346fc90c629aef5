//! The state of the market: plain tables, the indexes over them, and the transitions that keep both
//! consistent.

pub mod bits;
pub mod index;
