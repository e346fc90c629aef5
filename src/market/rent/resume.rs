//! Stopped pods that ask for GPUs again: of their own host, or of another (POD-11, POD-12, POD-14, POD-16).

use super::{bundle, next_place, operation, queue, rental, state_request, state_slots};
use crate::agenda::Round;
use crate::journal::fact::{Kind, Operation, Refusal};
use crate::market::bid;
use crate::scenario::demand::Demand;
use crate::scenario::rules::PodMove;
use crate::turn::Turn;
use crate::world::Joined;
use crate::world::pod::{Errand, Pod, PodChange, PodState, Rental, Rented};
use crate::world::waiting::Resume;
use std::cmp::Reverse;

/// POD-11. A stopped pod asks for GPUs of its host: on demand now, after all who wait; spot in its turn
/// among the bids (GEN-11), and only then is it looked at.
pub fn resume(turn: &mut Turn<'_, '_>, resume: Resume) {
    match resume.kind {
        Kind::OnDemand | Kind::Serverless => resume_now(turn, resume),
        Kind::Spot { bid } => {
            let place = next_place(turn);
            let world = &mut turn.world;
            if world.new_bids.is_empty() {
                // Those of before have had their turn.
                world.new_resumes.clear();
            }
            let joins = Joined::Resume(world.new_resumes.len());
            world.new_bids.push(Reverse(((Reverse(bid), place), joins)));
            world.new_resumes.push((place, resume));
            turn.agenda.raise(Round::Bid);
        }
    }
}

/// POD-11. A pod asks for GPUs of its host and joins the queue, if its state allows it.
pub fn resume_now(turn: &mut Turn<'_, '_>, resume: Resume) {
    let place = next_place(turn);
    if begin_resume(turn, &resume, place, true) {
        queue::join(turn, resume.pod);
    }
}

/// SPOT-09. A victim's resume, for which nobody asks: no floor refuses it, nor a cap.
pub fn resume_by_itself(turn: &mut Turn<'_, '_>, resume: Resume) {
    let place = next_place(turn);
    if begin_resume(turn, &resume, place, false) {
        turn.world.pods[resume.pod].rental_mut().by_itself = true;
        queue::join(turn, resume.pod);
    }
}

/// POD-14. Whether the pod would take CPU slots, for which nobody bids.
fn takes_slots(turn: &Turn<'_, '_>, resume: &Resume) -> bool {
    turn.world.pods.get(resume.pod).is_some_and(|row| {
        let demand = &turn.world.shapes.get(row.shape).demand;
        0 < demand.vcpus && resume.gpus.unwrap_or(row.gpus) == 0
    })
}

/// SPOT-02, `bid_cap`. Whether a resume bids more than may be bid on its host; what asks for any host of its
/// demand is looked at like a new request.
fn bids_too_high(turn: &Turn<'_, '_>, kind: Kind, row: &Pod, elsewhere: bool) -> bool {
    match row.tied.filter(|_| !elsewhere) {
        Some(host) => bid::is_above_cap_of(turn, kind, host),
        None => {
            let demand = &turn.world.shapes.get(row.shape).demand;
            bid::is_above_every_cap(turn, kind, demand)
        }
    }
}

/// A new rental of a stopped pod begins with its request, whose demand keeps all but the GPUs; or the
/// request is refused, as nobody stopped it, or its end is recorded, or its bid is too high where somebody
/// `asked`.
pub(super) fn begin_resume(
    turn: &mut Turn<'_, '_>,
    resume: &Resume,
    place: u64,
    asked: bool,
) -> bool {
    let Resume { pod, account, kind, when_full, elsewhere, patience, .. } = *resume;
    let row = turn.world.pods.get(pod);
    let stopped = row
        .is_some_and(|row| row.recorded.is_none() && matches!(row.state, PodState::Stopped { .. }));
    let refusal = if !stopped {
        Some(Refusal::IllegalState)
    } else if kind != Kind::OnDemand && (!turn.rules().spot || takes_slots(turn, resume))
        || asked && row.is_some_and(|row| bids_too_high(turn, kind, row, elsewhere))
        || elsewhere && turn.rules().pod_move == PodMove::Refused
    {
        Some(Refusal::BadArgument)
    } else {
        None
    };
    if let Some(reason) = refusal {
        let known = row.map(|_| pod);
        let operation = if elsewhere { Operation::MovePod } else { operation(kind, true) };
        turn.reject(Some(account), operation, known, reason);
        return false;
    }
    let row = &turn.world.pods[pod];
    let (number, gpus) = (row.rentals + 1, resume.gpus.unwrap_or(row.gpus));
    let host = row.tied;
    let errand = if elsewhere { Errand::Elsewhere } else { Errand::None };
    let rental = Rental { errand, ..rental(turn.now, (number, place), patience, when_full) };
    let world = &mut turn.world;
    let demand = Demand { gpus, ..world.shapes.get(world.pods[pod].shape).demand };
    let shape = world.shapes.intern(demand, None, turn.scenario);
    let bundle = bundle(turn, &demand, gpus);
    turn.change(pod, PodChange::Resume);
    let row = &mut turn.world.pods[pod];
    let before = Rented {
        kind: row.kind,
        shape: row.shape,
        gpus: row.gpus,
        bundle: row.bundle,
        slots: row.slots,
    };
    row.before_resume = Some(Box::new(before));
    row.kind = kind;
    row.gpus = gpus;
    row.shape = shape;
    row.bundle = bundle;
    row.slots = demand.slots();
    row.rentals = number;
    row.rental = Some(rental);
    let world = &mut turn.world;
    let pool = match host.filter(|_| !elsewhere) {
        Some(host) => Some(world.fleet.hosts[host].pool),
        None => {
            world.shapes.prepare(shape, turn.scenario, &world.fleet);
            world.shapes.get(shape).first_pool
        }
    };
    state_request(turn, pod, pool, None);
    state_slots(turn, pod);
    true
}
