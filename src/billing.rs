//! What is owed, when, and to whom: numbers in, numbers out.
//!
//! - [`meter`]: units of time, stretches of one price, what they owe and what was posted (GEN-05 to
//!   GEN-09, BILL-05, BILL-15, BILL-17, STOR-04).
//! - [`line`]: the straight line below an account's balance that says when to look (BILL-09, BILL-12,
//!   ACCT-05), so that no event is needed for a minute that passes.
//! - [`ledger`]: the double entry (GEN-12).
//!
//! Nothing here knows of pods, hosts or events, so a property test can call it without a world.

pub mod ledger;
pub mod line;
pub mod meter;

pub use ledger::Ledger;
pub use line::Line;
pub use meter::{Meter, Side, Terms};
