//! What is owed, when, and to whom: numbers in, numbers out.
//!
//! - `clock`: units of time since an anchor, and what holds them (GEN-07, GEN-10, BILL-12 to BILL-15).
//! - [`stretch`]: units of one price, what they owe and what was posted (GEN-05, GEN-08, GEN-09).
//! - [`meter`]: the two together (BILL-05, BILL-17, HOST-12, STOR-04).
//! - [`cover`]: what hosts earn for GPUs that a savings plan covers (PLAN-08).
//! - [`line`]: the straight line below an account's balance that says when to look (BILL-09, BILL-12,
//!   ACCT-05), so that no event is needed for a minute that passes.
//! - [`ledger`]: the double entry (GEN-12).
//!
//! Nothing here knows of pods, hosts or events, so a property test can call it without a world.

mod clock;
pub mod cover;
pub mod ledger;
pub mod line;
pub mod meter;
pub mod stretch;

pub use ledger::Ledger;
pub use line::Line;
pub use meter::{Meter, Terms};
pub use stretch::Row;

/// From where within an instant units are counted (GEN-10).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// Units that began (completed: ended) before the instant, and those of it that are posted.
    Before,
    /// Class Limit: units that began before it (completed: ended by it).
    Limit,
    /// Class Charge and later: units that began (completed: ended) by it.
    After,
}
