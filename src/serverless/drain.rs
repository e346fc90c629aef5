//! Busy workers drain: they end what they have in hand, and take no more (SLS-11, SLS-13, SLS-16, SLS-46).

use super::jobs;
use crate::ids::EndpointId;
use crate::journal::Fact;
use crate::journal::fact::{StopReason, WorkerDrains, WorkerId, WorkerKind};
use crate::turn::Turn;

/// SLS-16. A busy worker takes no more jobs, or has another reason not to.
pub(super) fn begin(
    turn: &mut Turn<'_, '_>,
    endpoint: EndpointId,
    (row, reason): (u32, StopReason),
) {
    jobs::leave_ready(turn, endpoint, row);
    let own = &mut turn.world.endpoints[endpoint];
    let run = own.slots.get_mut(row).run_mut();
    let drained = run.marks.any();
    run.marks.add(reason);
    if drained {
        return;
    }
    let jobs = u32::try_from(run.jobs.len()).unwrap_or(u32::MAX);
    let worker = WorkerId { endpoint, run: run.number };
    let active = run.now == WorkerKind::Active;
    own.workers.draining += 1;
    own.workers.in_hand -= jobs;
    own.workers.in_hand_draining += jobs;
    own.workers.active -= u32::from(active);
    turn.state(Fact::WorkerDrains(WorkerDrains { worker, reason }));
}

/// SLS-13, SLS-46. A reason is there no longer: without another a worker [takes jobs again](take_up), unless it gets
/// another before.
pub(super) fn revoke(
    turn: &mut Turn<'_, '_>,
    endpoint: EndpointId,
    (row, reason): (u32, StopReason),
) {
    let own = &mut turn.world.endpoints[endpoint];
    let run = own.slots.get_mut(row).run_mut();
    run.marks.revoke(reason);
    if run.marks.any() {
        return;
    }
    let jobs = u32::try_from(run.jobs.len()).unwrap_or(u32::MAX);
    let active = run.now == WorkerKind::Active;
    own.workers.draining -= 1;
    own.workers.in_hand += jobs;
    own.workers.in_hand_draining -= jobs;
    own.workers.active += u32::from(active);
}

/// Those of these workers that do not drain any more take jobs again.
pub(super) fn take_up(turn: &mut Turn<'_, '_>, endpoint: EndpointId, rows: &[u32]) {
    for &row in rows {
        if !turn.world.endpoints[endpoint].slots.get(row).drains() {
            jobs::fill(turn, endpoint, row);
            jobs::leave_ready(turn, endpoint, row);
            jobs::enter_ready(turn, endpoint, row);
        }
    }
}
