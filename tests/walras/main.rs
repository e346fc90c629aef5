//! The integration tests: one binary, so that it links once; a module per chapter.
#![allow(
    clippy::unwrap_used,
    clippy::float_cmp,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    clippy::disallowed_methods,
    clippy::wildcard_enum_match_arm,
    reason = "a test that panics has failed, statistics need no portability, and a test \
              looks at the facts that it is about"
)]

mod agenda;
mod build;
mod charts;
mod checkpoint;
mod clearing;
mod command;
mod common_random;
mod costs;
mod customers;
mod digest;
mod draws;
mod endpoints;
mod eviction;
mod explain;
mod failures;
mod grid;
mod harness;
mod hosts;
mod indexes;
mod invariants;
mod journal;
mod list_prices;
mod metrics;
mod moves;
mod network_volumes;
mod oracle;
mod outcome;
mod outputs;
mod own_policy;
mod parquet;
mod placement;
mod places;
mod profiles;
mod replications;
mod report;
mod rules;
mod scaling;
mod scenario;
mod serverless;
mod spot;
mod stage;
mod storm;
mod story;
mod studies;
mod supply;
mod theory;
mod tidy;
mod trace;
mod witness;
mod workload;
