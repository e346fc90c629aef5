//! A spot pod that may have to give way, as an eviction policy sees it (SPOT-05).
//!
//! Nothing is worked out before it is asked for.

use super::World;
use crate::units::{GpuTime, Money, SimTime};
use crate::world::pod::{Pod, PodState};
use crate::world::victims::Victim;

/// One who may be displaced on the host that a newcomer takes.
#[derive(Clone, Copy)]
pub struct Evictable<'a> {
    pod: &'a Pod,
    victim: &'a Victim,
    now: SimTime,
}

impl<'a> Evictable<'a> {
    /// Of `victim`, at the present instant.
    pub fn new(world: &'a World, victim: &'a Victim, now: SimTime) -> Self {
        Self { pod: &world.pods[victim.pod], victim, now }
    }
    /// What it bids per GPU-hour.
    pub fn bid(&self) -> Money {
        self.victim.bid
    }
    /// The GPUs that it holds, or is promised.
    pub fn gpus(&self) -> u32 {
        self.victim.bundle.gpus
    }
    /// When its GPUs were handed over; none: it is Reserved, and yet to get them.
    pub fn placed_at(&self) -> Option<SimTime> {
        let reserved = matches!(self.pod.state, PodState::Reserved { .. });
        self.pod.rental().placed_at.filter(|_| !reserved)
    }
    /// The work that it would lose if it were killed now.
    pub fn unsaved_work(&self) -> GpuTime {
        self.pod.unsaved(self.now)
    }
}
