//! SIGTERM, grace, SIGKILL, and promises taken over (SPOT-04 to SPOT-09, BILL-04).
//!
//! A displacement once begun is not taken back: victims die even if the newcomer withdraws. A Reserved
//! victim loses its promise at once and without grace; the stronger one takes what it needs of it.

use crate::agenda::{Class, Event};
use crate::ids::{HostId, PodId};
use crate::journal::Fact;
use crate::journal::fact::{EndReason, Kind, Refusal};
use crate::market::{charge, checkpoint, image, leave, rent, stop, worker};
use crate::scenario::demand::WhenFull;
use crate::scenario::rules::{Displaced, GracePaidBy};
use crate::turn::{News, Outcome, Turn};
use crate::units::{SimTime, Span};
use crate::world::pod::{PodChange, PodState, Recorded, Stage};

/// `victim` gives way to `newcomer`: SIGTERM and the grace, or the loss of its promise.
pub fn signal(turn: &mut Turn<'_, '_>, victim: PodId, newcomer: PodId) {
    match turn.world.pods[victim].state {
        PodState::Reserved { .. } => lose_promise(turn, victim, Some(newcomer)),
        PodState::Initializing { host, .. } | PodState::Running { host } => {
            let reason = match turn.world.pods[newcomer].kind {
                Kind::OnDemand | Kind::Serverless => EndReason::DisplacedByOnDemand,
                Kind::Spot { .. } => EndReason::Outbid,
            };
            let worker = worker::worker_of(turn, newcomer);
            let by = Some(newcomer).filter(|_| worker.is_none());
            begin_grace(turn, (victim, host), reason, by);
            if let Some(worker) = worker {
                turn.state(Fact::WorkerDisplaces(crate::journal::fact::WorkerDisplaces {
                    worker,
                    pod: victim,
                }));
            }
        }
        PodState::Waiting
        | PodState::Grace { .. }
        | PodState::Stopped { .. }
        | PodState::Resuming { .. }
        | PodState::Down { .. }
        | PodState::Terminated
        | PodState::Refused => unreachable!("victims are in I, R or V"),
    }
}

/// SPOT-07. SIGTERM: from now on the victim's GPUs are in grace.
pub fn begin_grace(
    turn: &mut Turn<'_, '_>,
    (victim, host): (PodId, HostId),
    reason: EndReason,
    by: Option<PodId>,
) {
    let kill_at = turn.now + turn.rules().grace;
    let worked = turn.world.pods[victim].state.works();
    charge::keep_price(turn, victim);
    turn.world.uncount_bid(victim, host);
    leave::pause_work(turn, victim);
    if let PodState::Initializing { stage: Stage::Fetching, .. } = turn.world.pods[victim].state {
        image::quit(turn, victim, host);
    }
    turn.change(victim, PodChange::Displace);
    let now = turn.now;
    let row = &mut turn.world.pods[victim];
    let rental = row.rental.as_mut().expect("a pod on GPUs is a rental");
    rental.preemptions += 1;
    rental.cause = Some(reason);
    rental.signalled_at = Some(now);
    let (held, kind) = (row.bundle, row.kind);
    let on = &mut turn.world.fleet.hosts[host];
    on.begin_grace(victim, held, kind, kill_at);
    turn.state(Fact::PodDisplaced { pod: victim, by, reason, kill_at });
    schedule_end(turn, victim, kill_at, worked);
    if turn.rules().grace_paid_by == GracePaidBy::Nobody {
        let container = charge::close_at_signal(turn, victim);
        turn.world.pods[victim].closed_early = Some(Box::new(container));
    }
    turn.recount(victim);
    turn.settle_host(host);
}

/// POD-24. Class 4: a spot pod has held its GPUs for `longest_run` since its hand-over. Where its host
/// has no power there is nothing to signal; the limit is looked at again when it starts anew.
pub fn longest_run(turn: &mut Turn<'_, '_>, pod: PodId, rental: u32) {
    let Some(row) = turn.world.pods.get(pod).filter(|row| row.rentals == rental) else { return };
    if let PodState::Initializing { host, .. } | PodState::Running { host } = row.state {
        begin_grace(turn, (pod, host), EndReason::Outbid, None);
        turn.freed(host);
    }
}

/// SIGKILL comes at the end of the grace; work that ends sooner still completes (case 66).
fn schedule_end(turn: &mut Turn<'_, '_>, victim: PodId, kill_at: SimTime, worked: bool) {
    let now = turn.now;
    if worked && turn.world.pods[victim].checkpoints.is_some() {
        checkpoint::signal(turn, victim, kill_at);
    }
    let row = &mut turn.world.pods[victim];
    let epoch = row.epoch;
    let left = row.time_left(now);
    if worked {
        row.works_since = Some(now);
    }
    if let Some(left) = left.filter(|left| worked && *left < Span::FOREVER) {
        let done = now.saturating_add(left);
        turn.schedule(done, Class::WorkDone, Event::WorkDone { pod: victim, epoch });
    }
    turn.schedule(kill_at, Class::GraceOver, Event::GraceOver { pod: victim, epoch });
}

/// SPOT-08. A Reserved pod loses its promise, to a stronger one or because its host went away.
pub fn lose_promise(turn: &mut Turn<'_, '_>, pod: PodId, by: Option<PodId>) {
    leave::void_promise(turn, pod);
    turn.state_of(pod, Fact::PromiseLost { pod, by });
    if worker::is_worker(turn, pod) {
        turn.news.push(News::PromiseLost(pod));
    }
    let row = &turn.world.pods[pod];
    let waits = turn.now < row.rental().patience_until;
    if !waits {
        rent::refuse(turn, pod, Refusal::NoCapacity);
        return;
    }
    turn.change(pod, PodChange::LosePromise { waits });
    turn.recount(pod);
    rent::wait(turn, pod);
    if by.is_some() && turn.world.pods[pod].watch.told {
        turn.outcomes.push(Outcome::PromiseLost(pod));
    }
    // Meanwhile other hosts may have come free for it.
    turn.try_again(pod);
}

/// Class 4: SIGKILL. The victim is Stopped, waits for its host again, or is terminated (SPOT-09).
pub fn grace_over(turn: &mut Turn<'_, '_>, pod: PodId, epoch: u32) {
    if !turn.holds(pod, epoch) {
        return;
    }
    turn.state(Fact::PodKilled { pod });
    if turn.rules().displaced == Displaced::Hibernate {
        checkpoint::hibernate(turn, pod);
    }
    kill(turn, pod);
}

/// The end of a pod in grace: by SIGKILL, or because its host lost power.
pub fn kill(turn: &mut Turn<'_, '_>, pod: PodId) {
    let reason = turn.world.pods[pod].rental().cause.unwrap_or(EndReason::Outbid);
    match turn.rules().displaced {
        // NVOL-07. It cannot stop, nor resume.
        _ if stop::terminates(turn, pod) => {
            leave::leave(turn, pod, PodChange::Terminate, reason);
        }
        Displaced::Stop => {
            leave::leave(turn, pod, PodChange::GraceOver { resume: false }, reason);
        }
        Displaced::Terminate => leave::leave(turn, pod, PodChange::Terminate, reason),
        Displaced::Resume | Displaced::Hibernate if turn.world.pods[pod].watch.decides => {
            leave::leave(turn, pod, PodChange::GraceOver { resume: false }, reason);
        }
        Displaced::Resume | Displaced::Hibernate => {
            // HOST-04. Whose stop is recorded does not ask again, though the grace ends sooner.
            let ends = matches!(
                turn.world.pods[pod].recorded,
                Some(Recorded::Stop(_) | Recorded::Terminate(_))
            );
            leave::leave(turn, pod, PodChange::GraceOver { resume: false }, reason);
            if !ends {
                ask_again(turn, pod);
            }
        }
    }
}

/// SPOT-09, `resume` and `hibernate`. The victim waits for its host with its old bid and no end of patience, also where
/// the floor has risen above that bid meanwhile: it may fall again (POD-06). A drained account's stays
/// Stopped, for nothing may be rented for it (BILL-06).
fn ask_again(turn: &mut Turn<'_, '_>, pod: PodId) {
    let row = &turn.world.pods[pod];
    let (account, kind, gpus) = (row.account, row.kind, Some(row.gpus));
    if turn.world.accounts[account].is_drained() {
        return;
    }
    let (when_full, patience) = (WhenFull::Wait, Span::FOREVER);
    let elsewhere = false;
    let resume = rent::Resume { pod, account, kind, gpus, when_full, elsewhere, patience };
    rent::resume_by_itself(turn, resume);
}
