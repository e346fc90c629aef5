//! `manifest.json`: what a run was made from and what it wrote, with digests.
//!
//! All but the `timing` block is a function of scenario, seed, replication and version.

use super::compare::Compared;
use super::plan::Planned;
use super::study::{Case, Setting};
use super::sweep::Shard;
use crate::engine::{Outcome, RunId};
use crate::scenario::Scenario;
use crate::scenario::model::InputFile;
use crate::scenario::study::{Study, Sweep};
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
    if let Some(count) = replications {
        manifest["replications"] = json!(count);
    }
    own_policies(&mut manifest, std::iter::once(scenario));
    finished(manifest, timing)
}

fn input(file: &InputFile) -> Value {
    json!({ "path": file.path, "digest": file.digest })
}

pub(super) fn output(file: &FileRecord) -> Value {
    json!({ "name": file.name, "rows": file.rows, "bytes": file.bytes, "digest": file.digest })
}

/// Who wants to run it again needs the program that has them.
fn own_policies<'a>(manifest: &mut Value, scenarios: impl Iterator<Item = &'a Scenario>) {
    let mut own: Vec<&str> = Vec::new();
    for policy in scenarios.flat_map(Scenario::own_policies) {
        if !own.contains(&policy.name) {
            own.push(policy.name);
        }
    }
    if !own.is_empty() {
        manifest["own_policies"] = json!(own);
    }
}

fn finished(mut manifest: Value, timing: Option<Timing>) -> String {
    if let Some(timing) = timing {
        manifest["timing"] = json!({
            "wall_s": timing.wall_s,
            "events_per_s": timing.events_per_s,
            "peak_memory_bytes": timing.peak_memory_bytes,
        });
    }
    format!("{manifest:#}\n")
}

/// The text of the manifest of a study; `about`: what is said of a study of its kind.
pub(super) fn of_study(
    setting: &Setting<'_>,
    about: Value,
    (outcome, files): (Outcome, &[FileRecord]),
    timing: Option<Timing>,
) -> String {
    let study = setting.study;
    let mut manifest = json!({
        "version": env!("CARGO_PKG_VERSION"),
        "study": study.kind.command(),
        "title": study.title,
        "experiment": input(&study.source),
        "set": setting.given.iter().map(ToString::to_string).collect::<Vec<_>>(),
        "events": outcome.events,
    });
    if let (Value::Object(manifest), Value::Object(about)) = (&mut manifest, about) {
        manifest.extend(about);
    }
    manifest["files"] = json!(files.iter().map(output).collect::<Vec<_>>());
    finished(manifest, timing)
}

/// A case: its name, and what its scenario is made from.
pub(super) fn case(case: &Case) -> Value {
    let scenario = &case.scenario;
    json!({
        "name": case.name,
        "scenario": input(&scenario.source),
        "set": scenario.overrides,
        "inputs": scenario.inputs.iter().map(input).collect::<Vec<_>>(),
    })
}

/// What is said of a comparison.
pub(super) fn of_comparison(compared: &Compared) -> Value {
    let one = |((case, runs), alike): ((&Case, &Vec<Vec<_>>), &bool)| {
        let mut about = self::case(case);
        about["replications"] = json!(runs.len());
        about["alike"] = json!(*alike && 1 < runs.len());
        about
    };
    let mut about = json!({
        "seed": compared.first.seed,
        "replication": compared.first.replication,
        "baseline": compared.cases[compared.baseline].name,
        "variants": compared.cases.iter().zip(&compared.values).zip(&compared.alike).map(one).collect::<Vec<_>>(),
    });
    if let Some(selected) = &compared.selected {
        about["selected"] = json!({
            "variant": compared.cases[selected.variant].name,
            "by": compared.measures[selected.terms.measure].to_string(),
            "certainty": selected.standing.word(),
            "probability": selected.terms.probability,
            "difference": selected.terms.difference,
            "most": selected.terms.most,
        });
    }
    own_policies(&mut about, compared.cases.iter().map(|case| &case.scenario));
    about
}

/// What is said of a sweep, or a shard of it with so many points and the digest of what they are made from.
pub(super) fn of_sweep(
    (base, first): (&Case, RunId),
    sweep: &Sweep,
    (shard, points, digest): (Shard, usize, &str),
) -> Value {
    let scenario = &base.scenario;
    let mut about = json!({
        "scenario": input(&scenario.source),
        "inputs": scenario.inputs.iter().map(input).collect::<Vec<_>>(),
        "seed": first.seed,
        "replication": first.replication,
        "axes": sweep.axes,
        "points": points,
        "replications": sweep.replications,
        "runs": points as u64 * u64::from(sweep.replications),
        "digest": digest,
    });
    if shard != Shard::WHOLE {
        about["shard"] = json!(format!("{}/{}", shard.index, shard.count));
    }
    own_policies(&mut about, std::iter::once(scenario));
    about
}

/// What is said of a plan.
pub(super) fn of_plan(planned: &Planned, study: &Study) -> Value {
    let plan = &planned.plan;
    let (metric, unit) = plan.target.kind.metric();
    let unit = unit.or_else(|| {
        let all = crate::metrics::catalogue();
        all.iter().find(|known| known.name == metric).map(|known| known.unit)
    });
    json!({
        "scenario": study.scenario.display().to_string(),
        "seed": planned.first.seed,
        "replication": planned.first.replication,
        "vary": plan.path,
        "seek": plan.seek.word(),
        "target": plan.target.to_string(),
        "about": plan.target.kind.to_string(),
        "metric": metric,
        "unit": unit,
        "at_least": plan.target.at_least,
        "bound": plan.target.bound,
        "confidence": plan.confidence,
        "answer": planned.answer.map(|index| plan.scale.shown(index)),
    })
}
