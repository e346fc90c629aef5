//! The market rules, held against the simulator.

mod answers;
mod examples;
mod market;
mod waiting;
mod worked;
