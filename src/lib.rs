//! Walras: a deterministic discrete-event simulator of a GPU cloud marketplace.

pub mod agenda;
pub mod billing;
pub mod engine;
pub mod ids;
pub mod journal;
pub mod metrics;
pub mod rng;
pub mod scenario;
pub mod trace;
pub mod units;
pub mod workload;
