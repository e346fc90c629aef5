//! Whether pods that start find their image on their host, and what hosts pull (TMPL-04, TMPL-05).
//!
//! Starts count that come after the warm-up: placements, resumes and restarts after a power loss. Images
//! without a name are each pod's own, and are left out.

use super::subject::Breakdown::{Market, Rental};
use super::summary::{Reading, Value};
use crate::units::Gb;

/// What was gathered about one subject.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Images {
    cached: u64,
    pulls: u64,
    pulled: u64,
    shared: u64,
    evicted: u64,
}

impl Images {
    /// A pod starts and finds its image.
    pub(super) fn find(&mut self) {
        self.cached += 1;
    }
    /// A pod starts, and its host pulls so much for it; so much is on its way for another.
    pub(super) fn pull(&mut self, gb: Gb, shared: Gb) {
        self.pulls += 1;
        self.pulled += u64::from(gb.get());
        self.shared += u64::from(shared.get());
    }
    /// A host keeps a layer no longer.
    pub(super) fn evict(&mut self) {
        self.evicted += 1;
    }
}

#[expect(clippy::cast_precision_loss, reason = "statistics need no more than 53 bits")]
fn cached_share(images: &Images) -> Value {
    Value::ratio(images.cached as f64, (images.cached + images.pulls) as f64)
}

/// The metrics of images, in the order of the summary.
pub(super) const READINGS: &[Reading<Images>] = &[
    Reading::new("image_starts", "1", Rental, |i| Value::Count(i.cached + i.pulls)),
    Reading::new("image_starts_cached", "1", Rental, |i| Value::Count(i.cached)),
    Reading::new("image_starts_cached_share", "1", Rental, cached_share),
    Reading::new("image_pulled", "GB", Rental, |i| Value::Count(i.pulled)),
    Reading::new("image_shared_pulls", "GB", Rental, |i| Value::Count(i.shared)),
    Reading::new("image_layers_evicted", "1", Market, |i| Value::Count(i.evicted)),
];
