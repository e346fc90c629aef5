//! The market rules, held against the simulator.

mod examples;
mod worked;
