//! How pods write checkpoints: of a segment's customers, or of a scripted pod (POD-20, STOR-07).

use crate::scenario::checkpointing::{CheckpointChoice, Checkpointing};
use crate::scenario::own::{self, OwnPolicy};
use crate::scenario::problem::Fault;
use crate::scenario::schema::demand::CheckpointText;
use crate::scenario::text::reader::Named;
use crate::scenario::text::scalar::Scalar;
use crate::scenario::text::{Field, Place, Reader};
use crate::units::{Gb, Span};

/// What stands in the field `checkpoint` of `place`. `volume`: the field that says how large the volume
/// is, unless that is said pod by pod; `own`: policies of the program's own.
pub(crate) fn read(
    reader: &mut Reader,
    (place, field): (&Place, Field),
    (volume, own): (Option<Named<'_>>, &[OwnPolicy]),
) -> Option<Checkpointing> {
    if !field.is_stated() {
        return None;
    }
    let at = place.field("checkpoint");
    let text: CheckpointText = reader.shape(&at)?;
    let on_sigterm = reader.or(&at, ("on_sigterm", text.on_sigterm), false);
    let cost: Span = reader.or(&at, ("cost", text.cost), Span::ZERO);
    let restart = reader.or(&at, ("restart", text.restart), Span::ZERO);
    let mean: Option<Span> =
        reader.optional(&at, ("mean_time_to_preemption", text.mean_time_to_preemption));
    if mean.is_some_and(Span::is_zero) {
        let fault = Fault::new("preempted without end", "a mean time above 0");
        reader.report(&at.field("mean_time_to_preemption"), fault);
    }
    let policy = policy(reader, &at, text.policy, own);
    if policy.is_computed() {
        if !text.mean_time_to_preemption.is_stated() {
            reader.missing(&at, "mean_time_to_preemption");
        }
        if cost.is_zero() {
            let expected = "a `cost` above 0, on which the interval hangs";
            let fault = Fault::new("checkpoints that take no time", expected);
            let cost = at.field("cost");
            reader.report(if text.cost.is_stated() { &cost } else { &at }, fault);
        }
    }
    if policy != CheckpointChoice::Never || on_sigterm {
        check_volume(reader, (place, &at), volume);
    }
    let mean_time_to_preemption = mean.unwrap_or(Span::FOREVER);
    Some(Checkpointing { policy, cost, restart, on_sigterm, mean_time_to_preemption })
}

/// The policy in the field `policy` of `place`; that which writes none where nothing readable is stated.
fn policy(reader: &mut Reader, place: &Place, field: Field, own: &[OwnPolicy]) -> CheckpointChoice {
    if !field.is_stated() {
        return CheckpointChoice::default();
    }
    let place = place.field("policy");
    own::read(reader.sources.text(&place), own, CheckpointChoice::Own).unwrap_or_else(|fault| {
        reader.report(&place, fault);
        CheckpointChoice::default()
    })
}

/// STOR-07. Reports checkpoints that nothing would keep.
fn check_volume(reader: &mut Reader, (place, at): (&Place, &Place), volume: Option<Named<'_>>) {
    let Some((name, field)) = volume else { return };
    let stated = place.field(name);
    if field.is_stated() && Gb::read(reader.sources.text(&stated)) != Ok(Gb::ZERO) {
        return;
    }
    let expected = format!("a `{name}` of at least 1: only what is on a volume is kept (STOR-07)");
    let fault = Fault::new("checkpoints without a volume", expected);
    reader.report(if field.is_stated() { &stated } else { at }, fault);
}
