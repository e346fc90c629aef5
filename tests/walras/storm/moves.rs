//! Pods that are stopped and go elsewhere (POD-16).

use super::{Act, PODS, Weather, bids, instants};
use proptest::prelude::*;
use proptest::sample::select;
use walras::scenario::demand::WhenFull;

/// A pod is stopped, and at once or later moved, or resumed so that it moves from a full host; some are
/// stopped again while their volume is on its way.
pub(super) fn moves(weather: Weather) -> impl Strategy<Value = Vec<(u64, Act)>> {
    let gpus = || proptest::option::of(0..=4_u32);
    let goes = prop_oneof![
        3 => (gpus(), bids()).prop_map(|(gpus, bid)| Goes::Moved(gpus, bid)),
        1 => (gpus(), bids()).prop_map(|(gpus, bid)| Goes::FromFull(gpus, bid)),
    ];
    let later = || select(vec![0, 1, 2_000_000, 30_000_000, 60_000_000]);
    let again = proptest::option::weighted(0.5, later());
    let one = (instants(weather), 0..PODS, goes, later(), again);
    proptest::collection::vec(one, 0..12).prop_map(|all| {
        let acts = all.into_iter().flat_map(|(at, pod, goes, later, again)| {
            let act = match goes {
                Goes::Moved(gpus, bid) => Act::Move(pod, gpus, bid),
                Goes::FromFull(gpus, bid) => {
                    Act::Resume { pod, gpus, bid, when_full: WhenFull::Move, patience: 0 }
                }
            };
            let stop = again.map(|again| (at + later + again, Act::Stop(pod)));
            [(at, Act::Stop(pod)), (at + later, act)].into_iter().chain(stop)
        });
        acts.collect()
    })
}

/// How it goes: GPUs and cents.
#[derive(Clone, Copy, Debug)]
enum Goes {
    Moved(Option<u32>, Option<u32>),
    FromFull(Option<u32>, Option<u32>),
}
