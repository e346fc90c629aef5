//! Checkpoints of pods: who writes them, at SIGTERM too, and what they cost (POD-20, SPOT-07, STOR-07).
//!
//! How far work has come beside them is [`Checkpoints`]' arithmetic; here it meets the market. What few
//! pods have stands apart from the way of all.

use crate::ids::PodId;
use crate::journal::Fact;
use crate::market::{leave, stop};
use crate::policy::checkpoint;
use crate::scenario::checkpointing::Checkpointing;
use crate::turn::Turn;
use crate::units::{Gb, GpuTime, SimTime, Span};
use crate::world::pod::checkpoints::{Checkpoints, Plan};

/// What an owner does who states these terms: the policy says how often checkpoints are written.
pub fn plan(turn: &Turn<'_, '_>, terms: &Checkpointing) -> Plan {
    Plan::new(terms, checkpoint::interval(terms, &turn.policies.own_checkpoint))
}

/// What a new pod of this plan keeps. STOR-07: without a volume it keeps nothing.
#[cold]
#[inline(never)]
pub fn of_new_pod(plan: &Plan, has_volume: bool) -> Box<Checkpoints> {
    Box::new(Checkpoints::new(if has_volume { *plan } else { plan.without_volume() }))
}

/// SPOT-09, `hibernate`: what a new pod with work and a volume keeps whose owner writes no checkpoints.
#[cold]
#[inline(never)]
pub fn of_hibernating() -> Box<Checkpoints> {
    let nothing = Plan { interval: None, cost: Span::ZERO, restart: Span::ZERO, on_sigterm: false };
    Box::new(Checkpoints::new(nothing))
}

/// SPOT-09, `hibernate`. At SIGKILL memory is written to the volume, if there is one: the work that was
/// done so far is on it, as if by a checkpoint. Where the host loses power in the grace, nothing is. Who has a network
/// volume and cannot stop is terminated instead (NVOL-07): there is nothing to come back to.
#[cold]
#[inline(never)]
pub fn hibernate(turn: &mut Turn<'_, '_>, pod: PodId) {
    leave::pause_work(turn, pod);
    let ends = stop::terminates(turn, pod);
    let row = &mut turn.world.pods[pod];
    let keeps = Gb::ZERO < row.volume || row.network_volume && !ends;
    if let Some(checkpoints) = row.checkpoints.as_mut().filter(|_| keeps) {
        checkpoints.keep_all(row.done);
    }
}

/// The container is up, and work goes on.
#[cold]
#[inline(never)]
pub fn begin(turn: &mut Turn<'_, '_>, pod: PodId) {
    let now = turn.now;
    let row = &mut turn.world.pods[pod];
    if let (Some(checkpoints), Some(work)) = (&mut row.checkpoints, row.work) {
        checkpoints.begin(now, row.gpus, (row.done, work));
    }
}

/// Work stops here; `held` is the GPU-time since it was last looked at.
#[cold]
#[inline(never)]
pub fn pause(turn: &mut Turn<'_, '_>, pod: PodId, held: GpuTime) {
    let now = turn.now;
    let row = &mut turn.world.pods[pod];
    if let Some(checkpoints) = &mut row.checkpoints {
        row.done = checkpoints.pause(now, held, row.done);
    }
}

/// SPOT-07. SIGTERM came to a pod that works: it may have time for a checkpoint.
#[cold]
#[inline(never)]
pub fn signal(turn: &mut Turn<'_, '_>, pod: PodId, kill_at: SimTime) {
    let now = turn.now;
    let row = &mut turn.world.pods[pod];
    let begun = row.checkpoints.as_mut().and_then(|own| own.signal(now, kill_at));
    if let Some((due, work)) = begun {
        turn.state(Fact::CheckpointBegun { pod, due, work });
    }
}

/// Its rental's end: of work that is done the result is kept, with the volume goes what is on it.
#[cold]
#[inline(never)]
pub fn keep(turn: &mut Turn<'_, '_>, pod: PodId, (completed, terminated): (bool, bool)) {
    let row = &mut turn.world.pods[pod];
    let Some(checkpoints) = &mut row.checkpoints else { return };
    if completed {
        checkpoints.keep_all(row.done);
    } else if terminated {
        checkpoints.lose_volume();
    }
}

/// States what went into checkpoints and restarts in a rental that ends, or that the horizon finds alive.
#[cold]
#[inline(never)]
pub fn state_overhead(turn: &mut Turn<'_, '_>, pod: PodId, ends: bool) {
    let Some(checkpoints) = &mut turn.world.pods[pod].checkpoints else { return };
    let overhead = if ends { checkpoints.end_rental() } else { checkpoints.overhead() };
    if GpuTime::ZERO < overhead {
        turn.state(Fact::CheckpointOverhead { pod, overhead });
    }
}
