//! Walras: a deterministic discrete-event simulator of a GPU cloud marketplace.
//!
//! Arrows go down only: nothing below knows what is above (see `ARCHITECTURE.md`).

pub mod agenda;
pub mod billing;
pub mod cli;
pub mod customers;
pub mod engine;
pub mod experiment;
pub mod hosts;
pub mod ids;
pub mod journal;
pub mod market;
pub mod metrics;
pub mod policy;
pub mod rng;
pub mod scenario;
pub mod script;
pub mod trace;
pub mod turn;
pub mod units;
pub mod workload;
pub mod world;
