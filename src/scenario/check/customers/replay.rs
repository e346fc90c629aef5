//! A segment that replays a trace: the file is checked whole, and its GPU types get their meaning.

use super::Scene;
use super::asked::Asked;
use super::oversized;
use crate::ids::GpuTypeId;
use crate::scenario::check::trace::{self, Meanings};
use crate::scenario::demand::{
    ArrivalProcess, CpuMemory, GpuShares, Larger, NoGpu, Oversized, Replay, TraceFormat,
};
use crate::scenario::problem::Fault;
use crate::scenario::schema::demand::{ReplayText, SegmentText};
use crate::scenario::text::{Place, Reader};
use crate::units::{SimTime, Span};
use crate::workload::import::{TraceFacts, TypeFacts, check_trace};

const NOTHING: &str = "nothing here: each row of the trace says it";

/// Reports what the segment states although its trace says it.
pub(super) fn refuse_what_the_trace_says(
    reader: &mut Reader,
    (place, text): (&Place, &SegmentText),
) {
    let said = [
        ("gpus", text.gpus),
        ("duration", text.duration),
        ("work", text.work),
        ("batch", text.batch),
    ];
    for (name, field) in said {
        if field.is_stated() {
            let fault = Fault::new(format!("`{name}` beside a replay"), NOTHING);
            reader.report(&place.field(name), fault);
        }
    }
}

/// The trace at `at`, to be replayed by a segment in its window of time.
pub(super) fn read(
    reader: &mut Reader,
    (at, text): (&Place, &ReplayText),
    (asked, (begin, end)): (&Asked, (SimTime, SimTime)),
    scene: &mut Scene<'_>,
) -> Option<(ArrivalProcess, TraceFacts)> {
    let mut meanings = Meanings::read(reader, at, (scene.types, text.types), true);
    let format = reader.or(at, ("format", text.format), TraceFormat::Plain);
    if !format.has_requests() {
        let expected = "plain, openb_pods, philly_jobs or dlrm_instances";
        let fault = Fault::new("a trace of another kind where requests are wanted", expected);
        reader.report(&at.field("format"), fault);
        return None;
    }
    let from: Span = reader.or(at, ("from", text.from), Span::ZERO);
    let gpu_shares = reader.or(at, ("gpu_shares", text.gpu_shares), GpuShares::default());
    let no_gpu = reader.or(at, ("no_gpu", text.no_gpu), NoGpu::default());
    let cpu_memory = reader.or(at, ("cpu_memory", text.cpu_memory), CpuMemory::default());
    let (largest_pod, larger) = largest_pod(reader, (at, text));
    let oversized = reader.or(at, ("oversized", text.oversized), Oversized::default());
    let name: String = reader.required(at, ("path", text.path))?;
    let named = at.field("path");
    let mut replay = Replay {
        path: scene.files.path(&named, &name),
        format,
        from: SimTime::from_micros(from.micros()),
        gpu_shares,
        no_gpu,
        largest_pod,
        larger,
        cpu_memory,
        types: Vec::new(),
    };
    let facts = match check_trace(&replay, end.saturating_since(begin)) {
        Ok(facts) => facts,
        Err(error) => {
            trace::report(reader, &named, &error);
            return None;
        }
    };
    scene.files.add_table(&replay.path, facts.digest.clone());
    for found in &facts.types {
        if found.name.is_empty() && !meanings.has("") {
            any_type(reader, &named, asked, found);
            continue;
        }
        let types = resolve(reader, &mut meanings, scene, &found.name);
        let list = scene.types.list(types);
        replay.types.push((found.name.clone(), list));
    }
    if oversized == Oversized::Problem {
        let window = end.saturating_since(begin);
        oversized::check(reader, (&named, &replay), (&asked.demand, window), scene);
    }
    Some((ArrivalProcess::Replay(replay), facts))
}

/// HOST-01. The most GPUs of one pod, and what becomes of requests for more.
fn largest_pod(reader: &mut Reader, (at, text): (&Place, &ReplayText)) -> (Option<u32>, Larger) {
    const POSSIBLE: std::ops::RangeInclusive<u32> = 1..=16;
    let largest: Option<u32> = reader.optional(at, ("largest_pod", text.largest_pod));
    if largest.is_some_and(|gpus| !POSSIBLE.contains(&gpus)) {
        let fault = Fault::new("GPUs out of range", "1 to 16 GPUs a host (HOST-01)");
        reader.report(&at.field("largest_pod"), fault);
    }
    if text.larger.is_stated() && !text.largest_pod.is_stated() {
        let fault = Fault::new("`larger` without `largest_pod`", "a `largest_pod` beside it");
        reader.report(&at.field("larger"), fault);
    }
    let larger = reader.or(at, ("larger", text.larger), Larger::default());
    (largest.map(|gpus| gpus.clamp(1, 16)), larger)
}

/// The types that a trace's name means: the whole name, or those that it joins by `|`.
fn resolve(
    reader: &mut Reader,
    meanings: &mut Meanings,
    scene: &mut Scene<'_>,
    name: &str,
) -> Vec<GpuTypeId> {
    if meanings.has(name) {
        return meanings.of(reader, scene.types, name);
    }
    let mut types = Vec::new();
    for part in name.split('|').map(str::trim) {
        for gpu_type in meanings.of(reader, scene.types, part) {
            if !types.contains(&gpu_type) {
                types.push(gpu_type);
            }
        }
    }
    types
}

/// Rows that name no type take the segment's, which has to be stated then.
fn any_type(reader: &mut Reader, named: &Place, asked: &Asked, found: &TypeFacts) {
    if asked.types.is_empty() {
        let message = format!("{} of the trace's requests name no GPU type", found.requests);
        let expected = "the types that these accept, as `gpu_type` of the segment";
        reader.report(named, Fault::new(message, expected));
    }
}
