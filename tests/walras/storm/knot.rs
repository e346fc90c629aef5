//! Knots: a displacement under way, and something else within its grace.
//!
//! Left to chance, few markets have a promise that is taken over, or that is void with its host: a
//! newcomer has to be promised what a victim holds, and then something has to happen in its five
//! seconds. A knot does all that on the GPUs of one host, where the rest of the market lets it.

use super::{ASKED, Act, Ask, Weather};
use proptest::prelude::*;
use proptest::sample::select;
use walras::scenario::demand::WhenFull;

const SECOND: u64 = 1_000_000;
/// The victim-to-be, the newcomer, and a third.
const VICTIM: usize = ASKED;
const NEWCOMER: usize = ASKED + 1;
const THIRD: usize = ASKED + 2;

fn ask(gpus: u32, bid: Option<u32>, patience: u64) -> Ask {
    Ask { bid, patience, ..Ask::of_gpus(gpus) }
}

/// What happens within the grace.
fn within(weather: Weather) -> BoxedStrategy<Act> {
    let host = || 0..2_usize;
    let stronger = (select(vec![1, 1, 2, 4]), select(vec![None, Some(80)]), select(vec![0, 120]));
    let pods = prop_oneof![
        6 => stronger.prop_map(|(gpus, bid, wait)| Act::Create(THIRD, ask(gpus, bid, wait))),
        1 => select(vec![Act::Terminate(NEWCOMER), Act::Stop(NEWCOMER), Act::Stop(VICTIM)]),
    ];
    if !weather.outages {
        return pods.boxed();
    }
    prop_oneof![
        3 => pods,
        1 => host().prop_map(Act::NetworkDown),
        1 => host().prop_map(Act::HostDown),
    ]
    .boxed()
}

prop_compose! {
    /// A knot of this weather: a new request, or a resume, displaces.
    pub(super) fn knots(weather: Weather)(
        minute in select(vec![0, 0, 0, 1, 4, 8_u64]),
        gpus in select(vec![1, 2, 4, 4]),
        bid in select(vec![None, Some(60), Some(60)]),
        patience in select(vec![0, 120, 100_000]),
        resumes in any::<bool>(),
        late in select(vec![12 * SECOND, 14 * SECOND, 15 * SECOND - 1, 15 * SECOND]),
        act in within(weather),
        image in if weather.disks { select(vec![0, 5]).boxed() } else { Just(0).boxed() },
    ) -> Vec<(u64, Act)> {
        let at = |offset: u64| minute * 60 * SECOND + offset;
        let pulls = |ask: Ask| Ask { sizes: (0, 0, image), ..ask };
        let newcomer = pulls(ask(gpus, bid, patience));
        let victim = Act::Create(VICTIM, pulls(ask(gpus, Some(55), 0)));
        let mut acts = if resumes {
            let resume = Act::Resume {
                pod: NEWCOMER, gpus: None, bid, when_full: WhenFull::Wait, patience,
            };
            vec![
                (at(0), Act::Create(NEWCOMER, newcomer)),
                (at(5 * SECOND), Act::Stop(NEWCOMER)),
                (at(6 * SECOND), victim),
                (at(10 * SECOND), resume),
            ]
        } else {
            vec![(at(0), victim), (at(10 * SECOND), Act::Create(NEWCOMER, newcomer))]
        };
        let returns = act.undone();
        acts.push((at(late), act));
        acts.extend(returns.map(|act| (at(40 * SECOND), act)));
        acts
    }
}
