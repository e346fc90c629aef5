//! Runs that straddle the end of the warm-up: of each the time since counts, and of its busy time the part that
//! falls to its ready time since (SLS-50).

use super::play::{Play, at};
use walras::engine::{RunId, run_audited};
use walras::journal::Journal;
use walras::metrics::summary::Value;
use walras::metrics::{Metrics, Subject, Summary};

/// S01, watched from `warm_up` on for 100 s: s1 0/3/13, busy from 3 to 8.
fn figures(play: &Play, warm_up: &str) -> Summary {
    let mut scenario = play.scenario();
    scenario.warm_up = at(warm_up);
    scenario.horizon = at(warm_up) + walras::units::Span::from_seconds(100);
    let mut metrics = Metrics::new(&scenario);
    let mut journal = Journal::new(vec![&mut metrics]);
    run_audited(&scenario, RunId { seed: 1, replication: 0 }, &mut journal).expect("a sound run");
    metrics.summary()
}

/// Seconds of starting, busy and idle workers.
fn spent(summary: &Summary) -> [f64; 3] {
    let names = ["workers_starting_mean", "workers_busy_mean", "workers_idle_mean"];
    names.map(|name| {
        let Value::Number(mean) = summary.value(name, Subject::Market) else { panic!("{name}") };
        (mean * 100.0 * 1e6).round() / 1e6
    })
}

#[test]
fn sls_50_a_run_counts_from_the_end_of_the_warm_up_on() {
    let play = Play::new("").jobs("0 5s");
    let cases = [
        // Before it was woken it does not count at all; without a warm-up all of it does.
        ("0", [3.0, 5.0, 5.0]),
        ("2", [1.0, 5.0, 5.0]),
        ("3", [0.0, 5.0, 5.0]),
        // Half of its ten ready seconds were busy: so are half of the nine and of the four that are left.
        ("4", [0.0, 4.5, 4.5]),
        ("9", [0.0, 2.0, 2.0]),
        ("13", [0.0, 0.0, 0.0]),
        ("20", [0.0, 0.0, 0.0]),
    ];
    for (warm_up, expected) in cases {
        let summary = figures(&play, warm_up);
        assert_eq!(spent(&summary), expected, "from {warm_up} on");
        let requests = Value::Count(u64::from(warm_up == "0"));
        assert_eq!(summary.value("endpoint_requests", Subject::Market), requests);
        let share = summary.value("worker_busy_share", Subject::Market);
        let awake: f64 = expected.iter().sum();
        let busy = Value::Number(expected[1] / awake);
        assert_eq!(share, if awake == 0.0 { Value::Undefined } else { busy }, "from {warm_up} on");
    }
}

/// A run that the horizon finds awake is counted in the same way.
#[test]
fn sls_50_a_run_that_outlives_both_ends() {
    // Busy from 3 to 203, at work when the warm-up ends and when the run does.
    let play = Play::new("").jobs("0 200s");
    assert_eq!(spent(&figures(&play, "50")), [0.0, 100.0, 0.0]);
    // An active worker, ready from 3 on, has one job of 40 s, 30 of them after the warm-up; 97 of 147 ready seconds
    // would be 26.4 to the even share.
    let play = Play::new("workers_min: 1").jobs("40 40s");
    let [starting, busy, idle] = spent(&figures(&play, "50"));
    assert_eq!((starting, busy, idle), (0.0, 27.210884, 72.789116));
}
