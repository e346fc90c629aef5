//! What must hold of endpoints after every event (SLS-16, SLS-49).

use super::{Fault, ensure};
use crate::ids::EndpointId;
use crate::journal::fact::WorkerKind;
use crate::world::World;
use crate::world::endpoint::jobs::Place;
use crate::world::endpoint::slots::{Slot, SlotState};
use crate::world::endpoint::{Endpoint, Workers};
use crate::world::pod::PodState;
use std::collections::BTreeSet;

/// Checks all of it.
pub(super) fn check(world: &World) -> Result<(), Fault> {
    let mut rented = 0;
    for (id, own) in world.endpoints.iter() {
        check_tally(id, own)?;
        check_workers(id, own)?;
        check_queue(id, own)?;
        for (row, slot) in own.slots.with_rows() {
            check_slot(world, id, (row, slot))?;
            rented += usize::from(slot.run.is_some());
        }
    }
    ensure(rented == world.workers.rented.len(), "each worker's rental is a slot's", String::new)
}

/// SLS-49. Every request is somewhere, and in one place alone.
fn check_tally(id: EndpointId, own: &Endpoint) -> Result<(), Fault> {
    let whom = || format!("{id:?}");
    let tally = own.tally;
    let there = own.jobs.len() as u64;
    let ended = tally.completed + tally.failed + tally.cancelled + tally.timed_out;
    ensure(tally.accepted == ended + there, "requests are there or have ended (SLS-49)", whom)?;
    let counts = own.counts();
    let sum = counts.in_queue + counts.in_progress;
    ensure(sum == there, "requests are in the queue or in hand (SLS-49)", whom)
}

/// SLS-32. The sums over the slots.
fn check_workers(id: EndpointId, own: &Endpoint) -> Result<(), Fault> {
    let whom = || format!("{id:?}: {:?}", own.workers);
    let mut sums = Workers::default();
    for slot in own.slots.iter().filter(|slot| slot.state.is_live()) {
        let run = slot.run();
        let jobs = u32::try_from(run.jobs.len()).unwrap_or(u32::MAX);
        sums.live += 1;
        if run.marks.any() {
            sums.draining += 1;
            sums.in_hand_draining += jobs;
            continue;
        }
        sums.in_hand += jobs;
        sums.coming += u32::from(!slot.state.is_ready());
        sums.throttled += u32::from(slot.state == SlotState::Throttled);
        sums.active += u32::from(run.now == WorkerKind::Active);
    }
    ensure(sums == own.workers, "workers are counted as their slots are (SLS-32)", whom)?;
    let most = own.live.workers_max;
    ensure(own.workers.undrained() <= most, "no more workers than there may be (SLS-49)", whom)?;
    let ready: BTreeSet<u32> = own.ready.rows().collect();
    let with_room = own.slots.with_rows().filter(|(_, slot)| {
        slot.state.is_ready()
            && !slot.drains()
            && slot.run().jobs.len() < slot.run().concurrency as usize
    });
    let with_room: BTreeSet<u32> = with_room.map(|(row, _)| row).collect();
    ensure(ready == with_room, "who is ready and has room takes the next job (SLS-29)", whom)?;
    let waits = !own.waiting.normal.is_empty() || !own.waiting.low.is_empty();
    let idle = waits && !ready.is_empty();
    ensure(!idle, "no job waits while a ready worker has room (SLS-49)", whom)
}

fn check_queue(id: EndpointId, own: &Endpoint) -> Result<(), Fault> {
    let whom = || format!("{id:?}");
    let (mut queued, mut bound, mut late) = (0, 0, 0);
    for row in own.jobs.rows() {
        let job = own.jobs.get(row);
        match job.place {
            Place::Queued => queued += 1,
            Place::Bound(_) => bound += 1,
            Place::InHand(slot) => {
                let held = own.slots.find(slot).and_then(|slot| slot.run.as_ref());
                let has = held.is_some_and(|run| run.jobs.contains(&row));
                ensure(has, "a job in hand is in its worker's hands", whom)?;
            }
            Place::Missed | Place::Nowhere(_) => {}
        }
        if matches!(job.place, Place::Queued | Place::Bound(_)) {
            let looked_at = own.due.expiry.is_some_and(|at| at <= job.expires);
            ensure(looked_at, "a time to live is looked at when it ends (JOB-13)", whom)?;
        }
        let waits = matches!(job.place, Place::Queued);
        late += u32::from(waits && job.traits.late);
        ensure(waits || !job.traits.late, "only who waits is late (SLS-33)", whom)?;
    }
    let waiting = own.waiting.normal.len() + own.waiting.low.len();
    ensure(queued == waiting, "who waits stands in the queue", whom)?;
    ensure(bound == own.waiting.bound, "who waits for its own worker is counted (SLS-31)", whom)?;
    ensure(late == own.waiting.late, "who is late is counted (SLS-33)", whom)
}

/// SLS-16, SLS-49. A slot has a run iff it is live, with a rental of its own in the state that this asks for.
fn check_slot(world: &World, id: EndpointId, (row, slot): (u32, &Slot)) -> Result<(), Fault> {
    let whom = || format!("{id:?} s{} {:?}", slot.number, slot.state);
    ensure(slot.run.is_some() == slot.state.is_live(), "a slot is live, or has no run", whom)?;
    let standby = slot.state != SlotState::Standby || slot.image_here;
    ensure(standby, "a slot on standby has its image (SLS-16)", whom)?;
    let Some(run) = &slot.run else { return Ok(()) };
    let rented = world.workers.rented.get(&run.pod);
    let its = rented.is_some_and(|rented| {
        rented.worker.endpoint == id && rented.worker.run == run.number && rented.slot == row
    });
    ensure(its, "a run has a rental of its own", whom)?;
    let alike = rented.is_some_and(|rented| rented.kind == run.now);
    ensure(alike, "a rental is of the kind that its run is of (SLS-21)", whom)?;
    let state = world.pods[run.pod].state;
    let fits = match slot.state {
        SlotState::Throttled => state == PodState::Waiting,
        SlotState::Reserved => {
            matches!(state, PodState::Reserved { .. } | PodState::Initializing { .. })
        }
        SlotState::Starting | SlotState::Idle | SlotState::Busy => {
            matches!(state, PodState::Running { .. })
        }
        SlotState::Preparing | SlotState::Standby | SlotState::Unhealthy => false,
    };
    ensure(fits, "a worker's GPUs are as its state says (SLS-16)", whom)?;
    let busy = slot.state == SlotState::Busy;
    ensure(busy != run.jobs.is_empty(), "a worker is busy iff it has a job (SLS-16)", whom)?;
    let room = run.jobs.len() <= run.concurrency as usize;
    ensure(room, "a worker holds no more jobs than it can (SLS-30)", whom)
}
