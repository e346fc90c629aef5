//! HOST-08 to HOST-10. Heartbeats in closed form against a naive count, beat by beat; cases 45 and 46.

use proptest::prelude::*;
use walras::scenario::rules::HostRules;
use walras::units::{Share, SimTime, Span};
use walras::world::heartbeats::{Heartbeats, Reliability};

/// A host that is away in these times, in microseconds, one after another.
#[derive(Clone, Debug)]
struct Life {
    joined: u64,
    outages: Vec<(u64, u64)>,
}

impl Life {
    /// HOST-08. Whether beat `k` is received: the host is there at the end of its instant.
    fn received(&self, k: u64, rules: &HostRules) -> bool {
        let due = self.joined + k * rules.heartbeat_interval.micros();
        !self.outages.iter().any(|(from, to)| (*from..*to).contains(&due))
    }
    /// HOST-09, as it stands there: every beat is looked at.
    fn naive(&self, at: u64, rules: &HostRules) -> Reliability {
        let (interval, window) =
            (rules.heartbeat_interval.micros(), rules.reliability_window.micros());
        let (mut due, mut missed) = (0_u64, 0_u64);
        for k in 1.. {
            let instant = self.joined + k * interval;
            if at < instant {
                break;
            }
            if at < instant + window {
                due += 1;
                missed += u64::from(!self.received(k, rules));
            }
        }
        let good = (due + rules.forgiven_beats()).saturating_sub(missed).min(due);
        Reliability { good, due }
    }
    /// The same host, told of what happens up to `at`.
    fn told(&self, at: u64, rules: &HostRules) -> Heartbeats {
        let mut beats = Heartbeats::begin(SimTime::from_micros(self.joined));
        for (from, to) in self.outages.iter().filter(|(from, _)| *from <= at) {
            beats.miss(SimTime::from_micros(*from), true, rules);
            if *to <= at {
                beats.miss(SimTime::from_micros(*to), false, rules);
            }
        }
        beats
    }
}

prop_compose! {
    fn lives()(
        joined in 0..500_u64,
        spans in proptest::collection::vec((0..400_u64, 0..300_u64), 0..12),
    ) -> Life {
        let mut now = joined;
        let outages = spans.into_iter().map(|(up, away)| {
            let from = now + up;
            now = from + away;
            (from, now)
        });
        Life { joined, outages: outages.collect() }
    }
}
prop_compose! {
    fn rules()(
        interval in 1..60_u64,
        window in 1..1_500_u64,
        forgiven in 0..6_u64,
        minimum in 0..=1_000_i128,
    ) -> HostRules {
        HostRules {
            heartbeat_interval: Span::from_micros(interval),
            reliability_window: Span::from_micros(window),
            reliability_buffer: Span::from_micros(interval * forgiven),
            listing_minimum: Share::from_billionths(minimum * 1_000_000),
            ..HostRules::default()
        }
    }
}

proptest! {
    /// HOST-09. At any instant, up or away, the score is the naive count's.
    #[test]
    fn host_09_the_score_is_that_of_a_count_beat_by_beat(
        life in lives(), rules in rules(), later in 0..4_000_u64,
    ) {
        let at = life.joined + later;
        let closed = life.told(at, &rules).reliability(SimTime::from_micros(at), &rules);
        prop_assert_eq!(closed, life.naive(at, &rules));
    }

    /// HOST-10. From a return on, the first beat at which a naive count reaches the minimum.
    #[test]
    fn host_10_relisting_is_at_the_first_beat_that_reaches_the_minimum(
        life in lives(), rules in rules(), later in 0..200_u64,
    ) {
        let returned = life.outages.last().map_or(life.joined, |(_, to)| *to) + later;
        let now = life.naive(returned, &rules);
        prop_assume!(!now.reaches(rules.listing_minimum));
        let beats = life.told(returned, &rules);
        let found = beats.relisting(SimTime::from_micros(returned), &rules);
        let interval = rules.heartbeat_interval.micros();
        let next = (returned - life.joined) / interval + 1;
        let mut naive = (next..).map(|k| life.joined + k * interval);
        let first = naive.find(|at| life.naive(*at, &rules).reaches(rules.listing_minimum));
        prop_assert_eq!(Some(found.micros()), first);
    }
}

fn seconds(seconds: u64) -> u64 {
    seconds * 1_000_000
}

/// Case 45. How many beats an outage misses.
#[test]
fn host_08_case_45_beats_missed() {
    let rules = HostRules::default();
    for (from, to, missed) in [(90, 400, 5), (120, 300, 3), (121, 180, 0)] {
        let life = Life { joined: 0, outages: vec![(seconds(from), seconds(to))] };
        let at = SimTime::from_seconds(100 * 60);
        let strict = HostRules { reliability_buffer: Span::ZERO, ..rules };
        let score = life.told(at.micros(), &strict).reliability(at, &strict);
        assert_eq!(score, Reliability { good: 100 - missed, due: 100 });
    }
}

/// Case 45. Scores in a full window, and of a young host, which is listed again at beat 1000.
#[test]
fn host_09_case_45_scores() {
    let rules = HostRules::default();
    let day = 24 * 60;
    for (missed, millionths, listed) in
        [(30, 999_537, true), (874, 980_000, true), (875, 979_976, false)]
    {
        let from = seconds(60 * (40 * day)) + 1;
        let life = Life { joined: 0, outages: vec![(from, from + seconds(60 * missed))] };
        let at = SimTime::from_seconds(60 * 45 * day);
        let score = life.told(at.micros(), &rules).reliability(at, &rules);
        assert_eq!((score.due, score.millionths()), (43_200, millionths));
        assert_eq!(score.reaches(rules.listing_minimum), listed);
    }
    let life = Life { joined: 0, outages: vec![(seconds(1), seconds(60 * 30 + 1))] };
    let at = SimTime::from_seconds(60 * 60);
    let beats = life.told(at.micros(), &rules);
    assert_eq!(beats.reliability(at, &rules).millionths(), 666_666);
    assert_eq!(beats.relisting(at, &rules), SimTime::from_seconds(60_000));
}

/// Case 46. A day short of the window's end, missed beats leave it one after another.
#[test]
fn host_10_case_46_missed_beats_leave_the_window() {
    let rules = HostRules::default();
    let (from, to) = (8_640_000, 8_712_000);
    let life = Life { joined: 0, outages: vec![(seconds(from), seconds(to))] };
    let at = SimTime::from_seconds(to);
    let beats = life.told(at.micros(), &rules);
    assert_eq!(beats.reliability(at, &rules).millionths(), 972_453);
    assert_eq!(beats.relisting(at, &rules), SimTime::from_seconds(11_251_500));
}

/// HOST-09. 1 where no beat was due yet.
#[test]
fn host_09_a_host_without_beats_is_fully_reliable() {
    let rules = HostRules::default();
    let beats = Heartbeats::begin(SimTime::from_seconds(7));
    let score = beats.reliability(SimTime::from_seconds(66), &rules);
    assert_eq!((score, score.millionths()), (Reliability::FULL, 1_000_000));
    assert!(score.reaches(Share::ONE));
}
