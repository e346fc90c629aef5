//! The integration tests: one binary, so that it links once; a module per chapter.

mod agenda;
mod build;
mod invariants;
mod metrics;
mod scenario;
mod story;
mod theory;
mod trace;
