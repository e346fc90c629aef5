//! A policy of the program's own, held to what lets the clock go on.
//!
//! The market asks again after each worker that comes or goes. A policy that wakes workers and sends them away in one
//! breath would be asked for ever: in an instant in which it has added any, none is taken back, and it is not asked
//! again *at whatever happens* before the instant is over. What it wants beyond the endpoint's bounds is cut by the
//! market (SLS-32).

use super::{Load, Scaling};
use crate::units::{SimTime, Span};

/// The policy, and when it last added a worker.
pub(super) struct Own {
    policy: Box<dyn Scaling>,
    added: Option<SimTime>,
}

impl Own {
    pub(super) fn new(policy: Box<dyn Scaling>) -> Self {
        Self { policy, added: None }
    }
    fn has_added(&self, load: &Load) -> bool {
        self.added == Some(load.now)
    }
}

impl Scaling for Own {
    fn desired(&mut self, load: &Load) -> u32 {
        self.policy.desired(load)
    }
    fn add(&mut self, load: &Load) -> u32 {
        let add = self.policy.add(load);
        if 0 < add {
            self.added = Some(load.now);
        }
        add
    }
    fn floor(&mut self, load: &Load) -> u32 {
        let floor = self.policy.floor(load);
        if self.has_added(load) { floor.max(load.workers) } else { floor }
    }
    fn withdraws(&mut self, load: &Load) -> bool {
        self.policy.withdraws(load) && !self.has_added(load)
    }
    fn stops_at_once(&self) -> bool {
        self.policy.stops_at_once()
    }
    fn look_again(&mut self, load: &Load) -> Option<SimTime> {
        self.policy.look_again(load).filter(|at| load.now < *at)
    }
    fn lateness(&self) -> Option<Span> {
        self.policy.lateness()
    }
    fn follows_ends(&self) -> bool {
        self.policy.follows_ends()
    }
}
