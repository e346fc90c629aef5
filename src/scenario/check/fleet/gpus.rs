//! How many GPUs hosts have (HOST-01).

use crate::scenario::problem::Fault;
use crate::scenario::schema::fleet::GroupText;
use crate::scenario::text::{Place, Reader};

/// GPUs per host, to be taken in turn, at least one count; and whether these are what is meant.
pub(super) fn gpu_counts(reader: &mut Reader, place: &Place, text: &GroupText) -> (Vec<u32>, bool) {
    const DEFAULT: u32 = 8;
    const POSSIBLE: std::ops::RangeInclusive<u32> = 1..=16;
    if !text.gpus.is_stated() {
        return (vec![DEFAULT], true);
    }
    let mut counts = Vec::new();
    let items = reader.one_or_more(&place.field("gpus"), "number of GPUs");
    for item in &items {
        match reader.scalar(item) {
            Some(count) if POSSIBLE.contains(&count) => counts.push(count),
            Some(_) => {
                let fault = Fault::new("GPUs out of range", "1 to 16 GPUs a host (HOST-01)");
                reader.report(item, fault);
            }
            None => {}
        }
    }
    let is_certain = !items.is_empty() && counts.len() == items.len();
    (if is_certain { counts } else { vec![DEFAULT] }, is_certain)
}
