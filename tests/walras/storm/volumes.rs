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

/// A network volume that comes and grows, if its account has none and can pay for it.
pub(super) fn growths(weather: Weather) -> BoxedStrategy<Vec<(u64, Act)>> {
    if !weather.disks {
        return Just(Vec::new()).boxed();
    }
    let growth = (instants(weather), 0..ACCOUNTS, select(vec![2, 1_001]));
    let growth = growth.prop_map(|(at, of, size)| {
        vec![(at, Act::CreateVolume(of, 1)), (at, Act::ResizeVolume(of, size))]
    });
    proptest::option::weighted(0.3, growth).prop_map(Option::unwrap_or_default).boxed()
}
