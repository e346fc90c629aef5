//! The savings plans that the accounts of a segment keep (PLAN-01).

use super::Scene;
use crate::scenario::check::rules::plans::check_term;
use crate::scenario::demand::PlanKept;
use crate::scenario::problem::Fault;
use crate::scenario::schema::demand::{KindText, SegmentText};
use crate::scenario::text::{Place, Reader};
use crate::units::Span;

/// The plan of `kind: savings(…)`, if that is how the segment buys.
pub(super) fn kept(
    reader: &mut Reader,
    (place, text): (&Place, &SegmentText),
    scene: &Scene<'_>,
) -> Option<PlanKept> {
    let place = place.field("kind");
    if !text.kind.is_stated() || !reader.sources.text(&place).starts_with("savings") {
        return None;
    }
    // What is wrong with its shape has been told.
    let KindText::Savings(savings) = reader.shape(&place)? else { return None };
    let term: Option<Span> = reader.required(&place, ("term", savings.term));
    let gpus: u32 = reader.or(&place, ("gpus", savings.gpus), 1);
    if gpus == 0 {
        let fault = Fault::new("a savings plan for no GPU", "at least 1 GPU (PLAN-01)");
        reader.report(&place.field("gpus"), fault);
    }
    let term = term?;
    check_term(reader, &place.field("term"), term, scene.rules);
    Some(PlanKept { term, gpus })
}
