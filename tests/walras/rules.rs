//! The market rules, held against the simulator.

mod answers;
mod examples;
mod images;
mod lanes;
mod limits;
mod market;
mod means;
mod plans;
mod teams;
mod templates;
mod told;
mod waiting;
mod worked;
