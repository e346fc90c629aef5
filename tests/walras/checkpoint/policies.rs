//! The members of the policy: each decides differently from all others, and as its source says.

use walras::policy::checkpoint;
use walras::policy::registry::Own;
use walras::scenario::checkpointing::{CheckpointChoice, Checkpointing};
use walras::units::Span;

fn interval(policy: CheckpointChoice, cost: Span, mean_time_to_preemption: Span) -> Option<Span> {
    let (restart, on_sigterm) = (Span::from_seconds(600), false);
    let terms = Checkpointing { policy, cost, restart, on_sigterm, mean_time_to_preemption };
    checkpoint::interval(&terms, &Own::default())
}

const MINUTE: Span = Span::MINUTE;

#[test]
fn each_member_decides_differently_from_every_other() {
    let found = CheckpointChoice::ALL.map(|choice| interval(choice, MINUTE * 5, Span::DAY));
    let expected =
        [None, Some(Span::HOUR), Some(MINUTE * 120), Some(Span::from_micros(7_001_388_889))];
    assert_eq!(found, expected);
}

/// The cases of figures 3 to 5 of Daly's paper (2006), with Young's interval beside.
#[test]
fn young_and_daly_as_published() {
    let in_minutes = |policy, mean: u64| {
        interval(policy, MINUTE * 5, MINUTE * mean).unwrap().as_seconds_f64() / 60.0
    };
    for (mean, young, daly) in [(1_440, 120.0, 117.0), (360, 60.0, 57.0), (15, 12.2, 9.1)] {
        let found = in_minutes(CheckpointChoice::Young, mean);
        assert!((found - young).abs() < 0.05, "M = {mean} min: {found}");
        let found = in_minutes(CheckpointChoice::Daly, mean);
        let precision = if mean == 15 { 0.05 } else { 0.5 };
        assert!((found - daly).abs() < precision, "M = {mean} min: {found}");
    }
}

/// What a checkpoint costs that is as dear as two mean times to preemption, or dearer.
#[test]
fn daly_gives_the_mean_time_where_checkpoints_are_too_dear() {
    let (daly, mean) = (CheckpointChoice::Daly, Span::HOUR);
    assert_eq!(interval(daly, mean * 2, mean), Some(mean));
    assert_eq!(interval(daly, mean * 9, mean), Some(mean));
    let just_below = interval(daly, Span::from_micros(7_199_999_999), mean).unwrap();
    // √(2 · 2) · (1 + 1/3 + 1/9) − 2 of M.
    assert!((just_below.as_seconds_f64() / 3_600.0 - 8.0 / 9.0).abs() < 1e-6, "{just_below}");
}

/// Of the least times that can be stated, too: an interval is never empty, for cycles would have no end.
#[test]
fn no_interval_is_empty() {
    let least = Span::from_micros(1);
    for policy in [CheckpointChoice::Young, CheckpointChoice::Daly] {
        for (cost, mean) in [(least, least), (least, Span::FOREVER), (Span::FOREVER, least)] {
            assert!(interval(policy, cost, mean) >= Some(least), "{policy:?} {cost} {mean}");
        }
    }
}

/// Daly's interval takes less time than Young's, and less than those about it, where a checkpoint is dear.
#[test]
fn daly_is_nearer_to_the_least_expected_time_than_young() {
    let (cost, mean) = (MINUTE * 5, MINUTE * 15);
    let expected = |interval: f64| {
        let (cost, mean) = (cost.as_seconds_f64(), mean.as_seconds_f64());
        ((interval + cost) / mean).exp_m1() / interval
    };
    let seconds = |policy| interval(policy, cost, mean).unwrap().as_seconds_f64();
    let (young, daly) = (seconds(CheckpointChoice::Young), seconds(CheckpointChoice::Daly));
    let least = (60..3_600).map(|at| expected(f64::from(at))).fold(f64::INFINITY, f64::min);
    assert!(expected(daly) < expected(young));
    assert!(expected(daly) < 1.001 * least, "{} {least}", expected(daly));
}
