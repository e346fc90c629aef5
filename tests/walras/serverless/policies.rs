//! The policies of endpoints: each scaler and each keep-alive decides otherwise than every other, on one state worked
//! by hand and in one small market (SLS-23, SLS-32 to SLS-35).

use super::play::Play;
use std::collections::BTreeMap;
use walras::policy::keep_alive::keep_alive;
use walras::policy::scaling::scaling;
use walras::policy::{Load, Registry};
use walras::scenario::model::serverless::{
    Adaptive, ConcurrencyTarget, Hybrid, KeepAliveChoice, Predictive, ScalerChoice,
};
use walras::units::{SimTime, Span};

const fn s(seconds: u64) -> Span {
    Span::from_seconds(seconds)
}

/// Twelve jobs wait, five of them for too long; three workers, of which one is coming, hold two jobs each and have
/// four. So it has been from time 0 on. A job comes each second; each took 21 s.
fn load(now: u64) -> Load {
    Load {
        now: SimTime::from_seconds(now),
        queued: 12,
        late: 5,
        newly_late: 1,
        in_hand: 4,
        workers: 3,
        coming: 1,
        concurrency: 2,
        workers_min: 0,
        workers_max: 20,
        arrivals: now,
        served: (100, 2_100_000_000),
    }
}

#[test]
fn sls_32_each_scaler_adds_differently_from_every_other() {
    let panic_window = s(6);
    let target =
        ConcurrencyTarget { target: 1.0, window: s(60), panic_window, panic_threshold: 2.0 };
    let predictive = Predictive { window: s(300), safety: 1.2 };
    let expected = [
        // Three for the five that are late, less the one on its way.
        (ScalerChoice::QueueDelay(s(4)), 2),
        // A worker for four of sixteen.
        (ScalerChoice::RequestCount(4), 1),
        // Sixteen at a time in the last six seconds: a panic, as that is more than twice the two that are ready.
        (ScalerChoice::Concurrency(target), 13),
        // 1.2 × one a second × 21 s / 2, rounded up: 13.
        (ScalerChoice::Predictive(predictive), 10),
        (ScalerChoice::Fixed(7), 4),
        // Three until eight o'clock.
        (ScalerChoice::Scheduled([(s(0), 3), (s(28_800), 9)].into()), 0),
    ];
    assert_eq!(expected.len(), ScalerChoice::NAMES.len(), "every member");
    for (choice, add) in expected {
        let mut policy = scaling(&choice, (true, 0), &Registry::new()).expect("built in");
        for now in (0..600).step_by(10) {
            policy.add(&load(now));
        }
        assert_eq!(policy.add(&load(600)), add, "{choice:?}");
    }
}

/// Ten jobs of 8 s came, one every ten minutes. The last has ended, the endpoint's timeout is 5 s: how long the worker
/// is kept, when the next is woken if it stops, and how long that is kept if it is ready 500 s after that end.
#[test]
fn sls_23_each_keep_alive_decides_differently_from_every_other() {
    let hybrid = Hybrid { range: s(14_400), cell: s(60), tail: 0.99, head: 0.05, margin: 0.1 };
    let adaptive = Adaptive { factor: 2.0, least: s(1), most: s(3_600) };
    let end = 5_408;
    let expected = [
        (KeepAliveChoice::IdleTimeout, (s(5), None, s(5))),
        // All idle times, 592 s, lie between 9 and 10 min: it goes, one is woken after 9 min × 0.9, and is kept until
        // 10 min × 1.1 are over.
        (KeepAliveChoice::Hybrid(hybrid), (s(0), Some(end + 486), s(660 - 500))),
        // Twice the mean gap.
        (KeepAliveChoice::Adaptive(adaptive), (s(1_200), None, s(1_200))),
    ];
    assert_eq!(expected.len(), KeepAliveChoice::NAMES.len(), "every member");
    for (choice, (timeout, ahead, then)) in expected {
        let mut policy = keep_alive(&choice, &Registry::new()).expect("built in");
        for job in 0..10 {
            policy.note_arrival(SimTime::from_seconds(job * 600));
            policy.note_idle(SimTime::from_seconds(job * 600 + 8));
        }
        let (gone, ready) = (SimTime::from_seconds(end), SimTime::from_seconds(end + 500));
        assert_eq!(policy.timeout(gone, s(5)), timeout, "{choice:?}");
        assert_eq!(policy.wake_ahead(gone), ahead.map(SimTime::from_seconds), "{choice:?}");
        assert_eq!(policy.timeout(ready, s(5)), then, "{choice:?}");
    }
}

/// Of each setting the runs that it makes of one market, no two alike.
fn all_differ(settings: &[&str], names: &[&str], jobs: &str) {
    let mut seen: BTreeMap<String, &str> = BTreeMap::new();
    assert_eq!(settings.len(), names.len(), "every member");
    for (setting, name) in settings.iter().zip(names) {
        assert!(setting.contains(name), "{name} is tried");
        let told = Play::new(setting).jobs(jobs).horizon("3h").told();
        assert_eq!(told.ended.len(), told.accepted);
        if let Some(other) = seen.insert(format!("{:?}", told.stopped), setting) {
            panic!("{setting} is like {other}");
        }
    }
}

#[test]
fn sls_32_each_scaler_makes_another_market() {
    let settings = [
        r#"scaler: QueueDelay("4s")"#,
        "scaler: RequestCount(2)",
        r#"scaler: Concurrency(target: 2, window: "20s")"#,
        r#"scaler: Predictive(window: "20s")"#,
        "scaler: Fixed(2)",
        r#"scaler: Scheduled([("0s", 1), ("30s", 2)])"#,
    ];
    let jobs = "0 9s; 1 9s; 2 9s; 2 9s; 3 9s; 40 3s; 41 3s; 42 20s; 43 3s; 90 1s";
    all_differ(&settings, &ScalerChoice::NAMES, jobs);
}

#[test]
fn sls_23_each_keep_alive_makes_another_market() {
    let settings =
        ["keep_alive: idle_timeout", "keep_alive: hybrid", "keep_alive: adaptive(factor: 2)"];
    let jobs: Vec<String> = (0..12).map(|job| format!("{} 5s", job * 600)).collect();
    all_differ(&settings, &KeepAliveChoice::NAMES, &jobs.join("; "));
}
