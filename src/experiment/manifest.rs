//! `manifest.json`: what a run was made from and what it wrote, with digests.
//!
//! All but the `timing` block is a function of scenario, seed, replication and version.

use crate::engine::{Outcome, RunId};
use crate::scenario::Scenario;
use crate::scenario::model::InputFile;
use crate::trace::FileRecord;
use serde_json::{Value, json};

/// How long it took: the only part that may differ between two equal runs.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Timing {
    /// Wall-clock seconds.
    pub wall_s: f64,
    /// Events per second.
    pub events_per_s: f64,
    /// The most memory that the process has held, in bytes, where the system tells.
    pub peak_memory_bytes: Option<u64>,
}

/// The text of the manifest of a run, or of so many replications from that one on; `timing`: where it was
/// taken.
pub fn text(
    (scenario, run, replications): (&Scenario, RunId, Option<u32>),
    outcome: Outcome,
    files: &[FileRecord],
    timing: Option<Timing>,
) -> String {
    let input = |file: &InputFile| json!({ "path": file.path, "digest": file.digest });
    let output = |file: &FileRecord| json!({ "name": file.name, "rows": file.rows, "bytes": file.bytes, "digest": file.digest });
    let mut manifest: Value = json!({
        "version": env!("CARGO_PKG_VERSION"),
        "scenario": input(&scenario.source),
        "set": scenario.overrides,
        "inputs": scenario.inputs.iter().map(input).collect::<Vec<_>>(),
        "seed": run.seed,
        "replication": run.replication,
        "horizon_s": scenario.horizon.to_string(),
        "events": outcome.events,
        "files": files.iter().map(output).collect::<Vec<_>>(),
    });
    if let Some(timing) = timing {
        manifest["timing"] = json!({
            "wall_s": timing.wall_s,
            "events_per_s": timing.events_per_s,
            "peak_memory_bytes": timing.peak_memory_bytes,
        });
    }
    if let Some(count) = replications {
        manifest["replications"] = json!(count);
    }
    // Who wants to run it again needs the program that has them.
    let mut own: Vec<&str> = Vec::new();
    for policy in scenario.own_policies() {
        if !own.contains(&policy.name) {
            own.push(policy.name);
        }
    }
    if !own.is_empty() {
        manifest["own_policies"] = json!(own);
    }
    format!("{manifest:#}\n")
}
