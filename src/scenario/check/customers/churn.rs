//! Customers who turn away when treated badly.

use super::Scene;
use crate::scenario::check::distribution::{self, Quantity};
use crate::scenario::demand::{Churn, Treatment};
use crate::scenario::problem::Fault;
use crate::scenario::schema::conduct::ChurnText;
use crate::scenario::schema::demand::SegmentText;
use crate::scenario::text::{Place, Reader};

/// When the segment's customers turn away, if they ever do.
pub(super) fn read(
    reader: &mut Reader,
    (place, text): (&Place, &SegmentText),
    scene: &mut Scene<'_>,
) -> Option<Box<Churn>> {
    if !text.churn.is_stated() {
        return None;
    }
    let place = place.field("churn");
    let text: ChurnText = reader.shape(&place)?;
    if !text.tolerance.is_stated() {
        reader.missing(&place, "tolerance");
        return None;
    }
    let at = place.field("tolerance");
    let tolerance = distribution::read(reader, scene.files, &at, Quantity::Number)?;
    if tolerance.bounds().1 < 1.0 {
        let fault = Fault::new("who tolerates nothing never comes", "at least 1");
        reader.report(&at, fault);
    }
    let counts = if text.counts.is_stated() {
        let items = reader.one_or_more(&place.field("counts"), "kind of bad treatment");
        items.iter().filter_map(|item| reader.scalar(item)).collect()
    } else {
        Treatment::ALL.to_vec()
    };
    let returns_after = if text.returns_after.is_stated() {
        let at = place.field("returns_after");
        distribution::read(reader, scene.files, &at, Quantity::Duration)
    } else {
        None
    };
    Some(Box::new(Churn { tolerance, counts, returns_after }))
}
