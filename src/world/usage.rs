//! How much of each scope's GPUs is in use, summed over time, where a policy asks for it (GEN-13).
//!
//! A GPU of a host that is powered and online is up; it is *held* where a pod has it or, free so far, was
//! promised it. One in grace is up and not held: its victim is on the way out. The sums are exact and
//! cost a few additions where a host's occupancy changes, whatever the size of the fleet.
//!
//! Whoever asks keeps the sums of when it asked last, and looks at what came in between: two that ask
//! in different rhythms do not disturb one another.

use super::fleet::Fleet;
use super::table::Table;
use crate::ids::{HostId, ScopeId};
use crate::journal::fact::Occupancy;
use crate::scenario::Scenario;
use crate::units::{GpuTime, SimTime};
use std::collections::BTreeMap;
use std::ops::{AddAssign, SubAssign};

/// GPUs in use at an instant.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct GpusInUse {
    /// Held by pods, or free and promised to them.
    pub held: u32,
    /// Of hosts that are powered and online.
    pub up: u32,
}

impl GpusInUse {
    /// Those of a host of which this was stated; of one of which nothing was, none.
    pub fn of(stated: Option<(bool, Occupancy)>) -> Self {
        let Some((true, used)) = stated else { return Self::default() };
        let held = used.held() - u32::from(used.grace);
        Self { held, up: held + u32::from(used.grace) + u32::from(used.free) }
    }
}
impl AddAssign for GpusInUse {
    fn add_assign(&mut self, other: Self) {
        self.held += other.held;
        self.up += other.up;
    }
}
impl SubAssign for GpusInUse {
    fn sub_assign(&mut self, other: Self) {
        self.held -= other.held;
        self.up -= other.up;
    }
}

/// GPU-time since the start.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TimeInUse {
    /// For which GPUs were held.
    pub held: GpuTime,
    /// For which GPUs were up.
    pub up: GpuTime,
}

impl TimeInUse {
    /// The part of the GPU-time up since `earlier` that was held, in millionths, rounded down; the whole,
    /// if none was up (SPOT-13).
    pub fn utilization_since(self, earlier: Self) -> u32 {
        const WHOLE: u32 = 1_000_000;
        self.share_since(earlier).unwrap_or(WHOLE)
    }
    /// The same; none, if none was up.
    pub fn share_since(self, earlier: Self) -> Option<u32> {
        const WHOLE: u128 = 1_000_000;
        let held = (self.held - earlier.held).gpu_micros();
        let up = (self.up - earlier.up).gpu_micros();
        let millionths = (held * WHOLE).checked_div(up)?;
        Some(u32::try_from(millionths).expect("no more GPUs are held than are up"))
    }
}

/// The use of one scope.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Usage {
    /// At the last change.
    gpus: GpusInUse,
    /// Up to the last change.
    time: TimeInUse,
    /// The last change.
    since: SimTime,
}

impl Usage {
    /// GPUs in use now.
    pub const fn gpus(&self) -> GpusInUse {
        self.gpus
    }
    /// GPU-time from the start until `now`.
    pub fn until(&self, now: SimTime) -> TimeInUse {
        let span = now - self.since;
        TimeInUse {
            held: self.time.held + GpuTime::new(self.gpus.held, span),
            up: self.time.up + GpuTime::new(self.gpus.up, span),
        }
    }
    /// A host that was in use as `before` is so as `after` from `now` on.
    pub fn change(&mut self, now: SimTime, before: GpusInUse, after: GpusInUse) {
        self.time = self.until(now);
        self.since = now;
        self.gpus -= before;
        self.gpus += after;
    }
}

/// The use of every scope, if anybody asks for it, and of the hosts of providers.
#[derive(Clone, Debug, Default)]
pub struct Usages {
    scopes: Table<ScopeId, Usage>,
    hosts: BTreeMap<HostId, Usage>,
}

impl Usages {
    /// Those of a scenario at its start, no host of which has been counted yet.
    pub fn new(scenario: &Scenario) -> Self {
        let scopes = if scenario.asks_for_usage() { scenario.scopes.len() } else { 0 };
        Self { scopes: (0..scopes).map(|_| Usage::default()).collect(), hosts: BTreeMap::new() }
    }
    /// Whether anybody asks: else nothing is counted.
    pub fn are_counted(&self) -> bool {
        !self.scopes.is_empty()
    }
    /// The use of a scope.
    pub fn of(&self, scope: ScopeId) -> &Usage {
        &self.scopes[scope]
    }
    /// The use of this host is counted from now on, of which nothing has been stated yet.
    pub fn watch(&mut self, host: HostId) {
        self.hosts.insert(host, Usage::default());
    }
    /// It is counted no longer.
    pub fn forget(&mut self, host: HostId) {
        self.hosts.remove(&host);
    }
    /// The use of a host that is watched; none, if it is not.
    pub fn of_host(&self, host: HostId) -> Usage {
        self.hosts.get(&host).copied().unwrap_or_default()
    }
    /// A host is in use as was last stated of it, from `now` on, and no longer as `before`.
    #[cold] // few policies ask
    pub fn count(
        &mut self,
        fleet: &Fleet,
        host: HostId,
        (now, before): (SimTime, Option<(bool, Occupancy)>),
    ) {
        let row = &fleet.hosts[host];
        let (before, after) = (GpusInUse::of(before), GpusInUse::of(row.stated));
        self.scopes[row.scope].change(now, before, after);
        if let Some(usage) = self.hosts.get_mut(&host) {
            usage.change(now, before, after);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::units::Span;

    const fn gpus(held: u32, up: u32) -> GpusInUse {
        GpusInUse { held, up }
    }

    #[test]
    fn gen_13_counts_what_is_held_of_what_is_up() {
        let used = Occupancy { on_demand: 2, spot: 3, grace: 1, free: 2, serverless: 0 };
        assert_eq!(GpusInUse::of(Some((true, used))), gpus(5, 8));
        assert_eq!(GpusInUse::of(Some((false, used))), gpus(0, 0), "a host that is down");
        assert_eq!(GpusInUse::of(None), gpus(0, 0));
    }

    #[test]
    fn time_in_use_is_summed_exactly_between_any_two_questions() {
        let at = SimTime::from_seconds;
        let mut usage = Usage::default();
        usage.change(at(0), gpus(0, 0), gpus(0, 8));
        usage.change(at(10), gpus(0, 8), gpus(6, 8));
        usage.change(at(10), gpus(6, 8), gpus(4, 8));
        usage.change(at(40), gpus(4, 8), gpus(0, 0));
        let time = |held, up| TimeInUse {
            held: GpuTime::new(held, Span::from_seconds(1)),
            up: GpuTime::new(up, Span::from_seconds(1)),
        };
        assert_eq!(usage.until(at(40)), time(120, 320));
        assert_eq!(usage.until(at(99)), time(120, 320));
        assert_eq!(usage.until(at(99)).utilization_since(time(0, 0)), 375_000);
        assert_eq!(usage.until(at(99)).utilization_since(time(110, 290)), 333_333, "rounded down");
        assert_eq!(usage.until(at(99)).utilization_since(time(120, 320)), 1_000_000, "none up");
    }
}
