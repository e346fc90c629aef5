//! A host's heartbeats and its reliability, in closed form: no event per beat (HOST-08, HOST-09).
//!
//! Beat k = 1, 2, … of a host that joined at J is due at J + k·h, and is received iff the host is
//! available at the end of that instant, or under announced maintenance. So what is kept is ranges of
//! missed beats, each with how many were missed before it, and any question is answered by bisection.

use crate::scenario::rules::HostRules;
use crate::units::{Share, SimTime, Span};
use std::cmp::Ordering;
use std::collections::VecDeque;

/// HOST-09. `min(1, (D − M + B)/D)`, a fraction; 1 where no beat was due.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Reliability {
    /// Beats received or forgiven, at most those due.
    pub good: u64,
    /// Beats due.
    pub due: u64,
}

impl Reliability {
    /// Of a host that has had nothing to prove yet.
    pub const FULL: Self = Self { good: 0, due: 0 };

    /// Whether it reaches `minimum`: equal is enough.
    pub fn reaches(self, minimum: Share) -> bool {
        minimum.billionths() * i128::from(self.due)
            <= Share::ONE.billionths() * i128::from(self.good)
    }
    /// Which of two is higher, whatever they rest on.
    pub fn compare(self, other: Self) -> Ordering {
        let part = |score: Self| match score.due {
            0 => (1, 1),
            due => (u128::from(score.good), u128::from(due)),
        };
        let ((good, due), (others_good, others_due)) = (part(self), part(other));
        (good * others_due).cmp(&(others_good * due))
    }
    /// In millionths, rounded down.
    pub fn millionths(self) -> u32 {
        const WHOLE: u32 = 1_000_000;
        if self.due == 0 {
            return WHOLE;
        }
        let share = u128::from(WHOLE) * u128::from(self.good) / u128::from(self.due);
        u32::try_from(share).expect("no more is good than is due")
    }
}

/// Missed beats `from..to`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Missed {
    from: u64,
    to: u64,
    /// Missed before it, ever.
    before: u64,
}

/// One host's record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Heartbeats {
    joined: SimTime,
    /// Ranges of missed beats, the oldest first; those that no window reaches any more are dropped.
    missed: VecDeque<Missed>,
    /// Missed in all by outages that are over.
    total: u64,
    /// Since when it misses beats, if it does.
    missing_since: Option<SimTime>,
    /// How often it began to miss beats.
    outages: u32,
}

impl Heartbeats {
    /// Of a host that joins now.
    pub fn begin(joined: SimTime) -> Self {
        Self { joined, missed: VecDeque::new(), total: 0, missing_since: None, outages: 0 }
    }
    /// How often it has begun to miss beats: what was expected of it before holds no longer.
    pub fn outages(&self) -> u32 {
        self.outages
    }
    /// It misses beats from now on, or no longer. Nothing changes if it does so already.
    pub fn miss(&mut self, now: SimTime, misses: bool, rules: &HostRules) {
        match (self.missing_since, misses) {
            (None, true) => {
                self.missing_since = Some(now);
                self.outages += 1;
            }
            (Some(since), false) => {
                self.missing_since = None;
                self.book(since, now, rules);
            }
            (None, false) | (Some(_), true) => {}
        }
    }
    /// HOST-08. The outage [since, now) misses its beats.
    fn book(&mut self, since: SimTime, now: SimTime, rules: &HostRules) {
        let from = self.first_beat_from(since, rules);
        let to = self.first_beat_from(now, rules);
        if to <= from {
            return;
        }
        self.missed.push_back(Missed { from, to, before: self.total });
        self.total += to - from;
        let oldest = self.last_beat_before_window(now, rules);
        while self.missed.front().is_some_and(|range| range.to <= oldest) {
            self.missed.pop_front();
        }
    }
    /// The first beat due at `at` or later.
    fn first_beat_from(&self, at: SimTime, rules: &HostRules) -> u64 {
        at.saturating_since(self.joined).micros().div_ceil(rules.heartbeat_interval.micros()).max(1)
    }
    /// The last beat due by `at`; 0: none.
    fn last_beat_by(&self, at: SimTime, rules: &HostRules) -> u64 {
        at.saturating_since(self.joined).micros() / rules.heartbeat_interval.micros()
    }
    /// The last beat too old for the window that ends at `at`; 0: none.
    fn last_beat_before_window(&self, at: SimTime, rules: &HostRules) -> u64 {
        let opened = at.micros().saturating_sub(rules.reliability_window.micros());
        self.last_beat_by(SimTime::from_micros(opened), rules)
    }
    /// Of the beats up to `beat`, how many were missed; none of those counts that were dropped.
    fn missed_by(&self, beat: u64) -> u64 {
        let ranges = self.missed.partition_point(|range| range.from <= beat);
        let Some(last) = ranges.checked_sub(1).and_then(|index| self.missed.get(index)) else {
            return self.missed.front().map_or(self.total, |first| first.before);
        };
        last.before + (beat + 1).min(last.to) - last.from
    }
    /// HOST-09. The score at `at`, which is no earlier than what was noted last.
    pub fn reliability(&self, at: SimTime, rules: &HostRules) -> Reliability {
        let (old, last) = (self.last_beat_before_window(at, rules), self.last_beat_by(at, rules));
        let missing = self.missing_since.map_or(0, |since| {
            let from = self.first_beat_from(since, rules).max(old + 1);
            (last + 1).saturating_sub(from)
        });
        let due = last - old;
        let missed = self.missed_by(last) - self.missed_by(old) + missing;
        Reliability { good: (due + rules.forgiven_beats()).saturating_sub(missed).min(due), due }
    }
    /// HOST-10. The beat after `now` at which a host that is below the minimum, and available from now
    /// on, reaches it: while it is up, beats due never grow fewer, nor missed ones more.
    pub fn relisting(&self, now: SimTime, rules: &HostRules) -> SimTime {
        let beats_in_window =
            rules.reliability_window.micros().div_ceil(rules.heartbeat_interval.micros());
        let mut below = self.last_beat_by(now, rules);
        let mut reaches = below + beats_in_window + 1;
        while below + 1 < reaches {
            let middle = below + (reaches - below) / 2;
            if self.reliability(self.due_at(middle, rules), rules).reaches(rules.listing_minimum) {
                reaches = middle;
            } else {
                below = middle;
            }
        }
        self.due_at(reaches, rules)
    }
    fn due_at(&self, beat: u64, rules: &HostRules) -> SimTime {
        let after = beat.saturating_mul(rules.heartbeat_interval.micros());
        self.joined.saturating_add(Span::from_micros(after))
    }
}
