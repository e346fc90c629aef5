//! The scenario: what a run is made from, read from RON and checked as a whole.

pub mod demand;
pub mod model;
pub mod rules;

pub use model::Scenario;
