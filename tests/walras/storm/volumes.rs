//! What happens to network volumes in storms.

use super::{ACCOUNTS, Act, Weather, instants};
use proptest::prelude::*;
use proptest::sample::select;

/// Network volumes come early, grow and go.
pub(super) fn acts_on_volumes(weather: Weather) -> BoxedStrategy<Vec<(u64, Act)>> {
    if !weather.disks {
        return Just(Vec::new()).boxed();
    }
    let size = || select(vec![1, 500, 1_001, 2_000]);
    let create = (0..ACCOUNTS, size()).prop_map(|(of, size)| (0, Act::CreateVolume(of, size)));
    let later = prop_oneof![
        (0..ACCOUNTS, size()).prop_map(|(of, size)| Act::ResizeVolume(of, size)),
        (0..ACCOUNTS).prop_map(Act::DeleteVolume),
    ];
    let later = proptest::collection::vec((instants(weather), later), 0..4);
    let both = (proptest::collection::vec(create, 0..4), later);
    both.prop_map(|(created, later)| created.into_iter().chain(later).collect()).boxed()
}
