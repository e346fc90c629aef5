//! Walras: a deterministic discrete-event simulator of a GPU cloud marketplace.
//!
//! A scenario is read ([`scenario`]), turned into a world of plain tables ([`world`]) and run
//! ([`engine`]): the earliest event goes to the one handler that owns it ([`market`], [`customers`],
//! [`hosts`], [`script`]), which changes the world, asks policies ([`policy`]) and states facts
//! ([`journal`]). All that anyone reads is made of facts ([`trace`], [`metrics`], [`chart`], [`explain`], [`report`]).
//!
//! ```
//! use walras::engine::{self, RunId};
//! use walras::journal::Journal;
//! use walras::metrics::{Metrics, Subject};
//!
//! let text = r#"(
//!     horizon: "1d",
//!     fleet: [(prefix: "ro", gpu_type: "NVIDIA RTX A6000", datacenter: "EU-RO-1", gpus: 8)],
//!     customers: [(
//!         name: "labs",
//!         balance: 1000,
//!         gpu_type: "NVIDIA RTX A6000",
//!         arrivals: Poisson(rate: "2/h"),
//!         duration: Exponential(mean: "90m"),
//!     )],
//! )"#;
//! let scenario = walras::scenario::from_text("doc.ron", text)?;
//! let mut metrics = Metrics::new(&scenario);
//! let run = RunId { seed: 1, replication: 0 };
//! engine::run(&scenario, run, &mut Journal::new(vec![&mut metrics]), &mut |_| {})?;
//! let revenue = metrics.summary().value("revenue", Subject::Market).as_f64();
//! assert!(revenue.is_some_and(|usd| 10.0 < usd && usd < 100.0));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! The modules, from the ground upwards; none sees what stands above it (`ARCHITECTURE.md`).

// Ground: quantities, names, chance, the future and the past.
pub mod agenda;
pub mod ids;
pub mod journal;
pub mod rng;
pub mod units;

// Input: what is to be run, and who comes.
pub mod scenario;
pub mod workload;

// Arithmetic: meters, lines, books.
pub mod billing;

// State: tables, and the transitions that keep them whole.
pub mod world;

// Choice: what a scenario can have decided differently.
pub mod policy;

// Conduct: what happens when.
pub mod customers;
pub mod hosts;
pub mod market;
pub mod script;
pub mod serverless;
pub mod turn;

// Motion.
pub mod engine;

// Readings and views: from facts alone.
pub mod chart;
pub mod explain;
pub mod figures;
pub mod metrics;
pub mod report;
pub mod trace;

// Studies and faces.
pub mod cli;
pub mod experiment;
