//! Scripted savings plans (PLAN-01, PLAN-04).

use super::{Known, pods};
use crate::scenario::check::market::scope_of;
use crate::scenario::model::{ActionKind, Cloud};
use crate::scenario::schema::script::BuySavingsPlanText;
use crate::scenario::text::{Place, Reader};
use crate::units::Span;

/// BuySavingsPlan. A term that there is not, or GPUs that nobody offers, are refused in the run.
pub(super) fn buy(
    reader: &mut Reader,
    place: &Place,
    text: &BuySavingsPlanText,
    known: &mut Known<'_>,
) -> Option<ActionKind> {
    let cloud: Option<Cloud> = reader.required(place, ("cloudType", text.cloudType));
    let gpus: u32 = reader.or(place, ("gpuCount", text.gpuCount), 1);
    let term: Option<Span> = reader.required(place, ("term", text.term));
    let gpu_type = if text.gpuTypeId.is_stated() {
        known.types.find(reader, &place.field("gpuTypeId"))
    } else {
        reader.missing(place, "gpuTypeId");
        None
    };
    let pod = if text.podId.is_stated() {
        Some(pods::pod(reader, place, text.podId, known)?)
    } else {
        None
    };
    let scope = scope_of(gpu_type?, cloud?);
    Some(ActionKind::BuySavingsPlan { scope, gpus, term: term?, pod })
}
