//! What must hold of any market, and of none that has no checkpoints.

use crate::build;
use crate::storm::{Weather, config, storms};
use proptest::prelude::*;
use std::collections::BTreeMap;
use walras::journal::Fact;
use walras::rng::draw::Distribution;
use walras::scenario::Scenario;
use walras::scenario::checkpointing::{CheckpointChoice, Checkpointing};
use walras::scenario::demand::{BidRule, Buying};
use walras::scenario::model::ActionKind;
use walras::units::{Gb, Money, SimTime, Span};

fn terms(policy: CheckpointChoice, cost: u64, restart: u64, on_sigterm: bool) -> Checkpointing {
    let (cost, restart) = (Span::from_seconds(cost), Span::from_seconds(restart));
    let mean_time_to_preemption = Span::from_seconds(500);
    Checkpointing { policy, cost, restart, on_sigterm, mean_time_to_preemption }
}

/// The same market, in which all pods do this.
fn with(scenario: &Scenario, terms: Checkpointing) -> Scenario {
    let mut scenario = scenario.clone();
    for action in &mut scenario.script {
        if let ActionKind::CreatePod(create) = &mut action.kind {
            create.checkpoint = Some(terms);
        }
    }
    scenario
}

proptest! {
    #![proptest_config(config(150))]

    /// POD-20. What pods do that neither write checkpoints nor need time to start again is what pods do
    /// without all that.
    #[test]
    fn pod_20_to_write_no_checkpoints_is_to_have_none(storm in storms(Weather::ODD)) {
        let plain = storm.scenario();
        let never = with(&plain, terms(CheckpointChoice::Never, 5, 0, false));
        prop_assert_eq!(build::run_audited(&never, 0), build::run_audited(&plain, 0));
    }

    /// POD-20. No more is lost than was held, overhead is never lost work, and free checkpoints that come
    /// at once lose next to nothing.
    #[test]
    fn pod_20_whatever_happens_work_is_accounted_for(
        storm in storms(Weather::GALE),
        choice in 0..4_usize,
        (cost, restart, on_sigterm) in (1..40_u64, 0..40_u64, any::<bool>()),
    ) {
        let policy = match CheckpointChoice::ALL[choice] {
            CheckpointChoice::Interval(_) => CheckpointChoice::Interval(Span::from_seconds(45)),
            other => other,
        };
        let scenario = with(&storm.scenario(), terms(policy, cost, restart, on_sigterm));
        // What ends in one event is told together: each pod's overhead is its own.
        let mut overhead = BTreeMap::new();
        for (_, fact) in build::run_audited(&scenario, 0) {
            match fact {
                Fact::CheckpointOverhead { pod, overhead: spent } => {
                    overhead.insert(pod, spent);
                }
                Fact::RentalEnded(end) => {
                    let spent = overhead.remove(&end.pod).unwrap_or_default();
                    prop_assert!(spent <= end.useful, "{end:?}, overhead {spent}");
                }
                _ => {}
            }
        }
    }
}

/// On demand and spot, so that spot pods are displaced again and again, some hours of work each.
fn pressed(hours: f64, policy: Option<CheckpointChoice>) -> Scenario {
    let mut scenario = build::market(1, 8, SimTime::from_seconds(2_000 * 86_400));
    let work = Distribution::Constant(hours * 3_600.0);
    let buying = Buying::Spot(BidRule::Fixed(Money::from_nanos(550_000_000)));
    build::add_segment(&mut scenario, 1e-7, work, None, buying);
    for segment in &mut scenario.segments {
        segment.demand.volume = Gb::new(20);
        segment.checkpoint = policy.map(|policy| terms(policy, 10, 10, true));
    }
    scenario
}

/// POD-20. A pod's checkpoints are no events: a pod of ten thousand of them costs as many as one of ten,
/// and as one that writes none.
#[test]
fn pod_20_a_pod_costs_as_many_events_however_many_checkpoints_it_writes() {
    let cost = |hours: f64, policy: Option<CheckpointChoice>| {
        let mut heard = build::Heard::default();
        let events = build::run(&pressed(hours, policy), 0, &mut heard);
        let count = |kind: fn(&Fact) -> bool| heard.0.iter().filter(|(_, fact)| kind(fact)).count();
        let placed = count(|fact| matches!(fact, Fact::PodPlaced { .. }));
        let done = count(|fact| matches!(fact, Fact::PodTerminated { .. }));
        assert!(10 < placed && placed == done, "{placed} placed, {done} done");
        events
    };
    let interval = |minutes| Some(CheckpointChoice::Interval(Span::MINUTE * minutes));
    let few = cost(1.0, interval(6));
    assert_eq!(few, cost(100.0, interval(6)), "a thousand checkpoints a pod");
    assert_eq!(few, cost(100.0, None), "none");
    assert_eq!(few, cost(1.0, interval(1_000)), "none, for want of work");
}
