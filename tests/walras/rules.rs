//! The market rules, held against the simulator.

mod answers;
mod examples;
mod lanes;
mod market;
mod means;
mod teams;
mod waiting;
mod worked;
