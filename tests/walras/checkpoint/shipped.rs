//! The scenario that ships shows what checkpoints are worth.

use super::read;
use crate::build;
use std::collections::BTreeMap;
use walras::ids::Id;
use walras::journal::Fact;
use walras::units::Span;

/// In the scenario that ships, per GPU-hour held: who writes no checkpoints loses most, then who writes
/// few; Young's and Daly's owners lose half as much as these, and pay more in checkpoints; the checkpoint
/// of SIGTERM saves nearly all, where the grace is long enough for it, and else nothing.
#[test]
fn the_scenario_shows_what_checkpoints_are_worth() {
    let text = include_str!("../../../scenarios/checkpointing.ron");
    let shares = |grace: u64| {
        let mut scenario = read(text);
        scenario.rules.grace = Span::from_seconds(grace);
        let mut heard = build::Heard::default();
        build::run(&scenario, 0, &mut heard);
        let (mut segments, mut sums) = (BTreeMap::new(), BTreeMap::<&str, (f64, f64)>::new());
        for (_, fact) in &heard.0 {
            match fact {
                Fact::PodRequested(asked) => {
                    segments.insert(asked.pod, asked.segment.expect("random demand").index());
                }
                Fact::RentalEnded(end) => {
                    let sums = sums.entry(&scenario.segments[segments[&end.pod]].name).or_default();
                    sums.0 += end.lost.as_gpu_seconds_f64();
                    sums.1 += (end.useful + end.lost).as_gpu_seconds_f64();
                }
                _ => {}
            }
        }
        let names = ["never", "two_hours", "young", "daly", "on_sigterm"];
        names.map(|name| sums[name].0 / sums[name].1)
    };
    let [never, two_hours, young, daly, on_sigterm] = shares(120);
    assert!(2.0 * two_hours < never, "{never} {two_hours}");
    for optimal in [young, daly] {
        assert!(1.8 * optimal < two_hours && 20.0 * on_sigterm < optimal, "{optimal}");
    }
    let [never, .., on_sigterm] = shares(5);
    assert!(0.8 * never < on_sigterm, "{never} {on_sigterm}");
}
