//! The scenario: what a run is made from, read from RON and checked as a whole.
//!
//! Text is indexed and read (`text`) as the plain structs of `schema` say; the check resolves
//! names, puts the market's rules over the profile's, and gathers every problem before one is told.
//! What comes out is a [`Scenario`] that cannot be wrong.

pub mod catalogue;
mod check;
pub mod checkpointing;
pub mod demand;
pub mod load;
pub mod model;
pub mod outages;
pub mod own;
pub mod prices;
pub mod problem;
pub mod rules;
mod schema;
pub mod study;
mod text;

pub use load::{Override, from_text, from_text_with, load, load_with};
pub use model::Scenario;
pub use problem::{Problem, Problems};
