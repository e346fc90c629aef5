//! When a customer goes from spot to on demand, and back: its policy is asked, and what it answers planned.

use super::act::plan;
use super::hear;
use super::job::{Act, Job, Jobs, conduct};
use crate::agenda::{Class, Event};
use crate::ids::{JobId, PodId};
use crate::journal::fact::Decision;
use crate::policy::buying::switching::{self, Move, Standing};
use crate::scenario::demand::Buying;
use crate::scenario::demand::conduct::Progress;
use crate::turn::Turn;
use crate::units::{GpuTime, SimTime, Span};
use crate::world::pod::{Pod, PodState};

/// Whether a pod is Stopped, and nothing of it is to come yet.
pub(super) fn is_stopped(turn: &Turn<'_, '_>, pod: PodId) -> bool {
    let row = turn.world.pods.get(pod);
    row.is_some_and(|row| matches!(row.state, PodState::Stopped { .. }) && row.recorded.is_none())
}

/// What would be left for a new pod, if the job gave up its present one now.
pub(super) fn left_anew(turn: &Turn<'_, '_>, job: &Job) -> Option<GpuTime> {
    let row = job.pod.and_then(|pod| turn.world.pods.get(pod));
    let keeps = |row: &&Pod| row.watch.keeps_work && row.rental.is_some();
    rest(job, row.filter(keeps).map(|row| (row, row.done_by(turn.now))))
}

/// What would be left, if the job lost its GPUs now: of work that nothing keeps elsewhere, what checkpoints
/// have not put on its pod's volume.
pub(super) fn left(turn: &Turn<'_, '_>, job: &Job) -> Option<GpuTime> {
    match saved(turn, job) {
        Some(pod) => {
            let row = &turn.world.pods[pod];
            rest(job, Some((row, row.saved(turn.now))))
        }
        None => left_anew(turn, job),
    }
}

/// What is left of the job's work, of which its pod has `done` so much.
fn rest(job: &Job, done: Option<(&Pod, GpuTime)>) -> Option<GpuTime> {
    let Some((row, done)) = done else { return job.left };
    let Some(work) = row.work else { return job.left };
    Some(hear::of_whole(job.asked?, work.saturating_sub(done), work))
}

/// Its pod, if that keeps work on a volume within reach and nothing keeps it elsewhere: to stop and resume
/// it costs less than to begin anew.
pub(super) fn saved(turn: &Turn<'_, '_>, job: &Job) -> Option<PodId> {
    let pod = job.pod?;
    let row = turn.world.pods.get(pod)?;
    let host = row.tied?;
    let within_reach = turn.world.fleet.hosts[host].available() && row.recorded.is_none();
    let keeps = !row.watch.keeps_work && GpuTime::ZERO < row.saved(turn.now);
    (within_reach && keeps).then_some(pod)
}

/// What its stopped pod asks for, if work is saved there: spot GPUs without end of patience, or to go on at
/// once on demand.
pub(super) fn resume(turn: &Turn<'_, '_>, job: &Job) -> Option<Act> {
    let pod = saved(turn, job)?;
    let patience = if job.buys_spot() { Span::FOREVER } else { Span::ZERO };
    is_stopped(turn, pod).then_some(Act::Resume { patience, moves: false })
}

/// How the job changes what it stands on: it stops and resumes a pod that keeps work, and gives up another.
fn change(turn: &Turn<'_, '_>, job: &Job) -> Act {
    match saved(turn, job) {
        Some(pod) if is_stopped(turn, pod) => resume(turn, job).unwrap_or(Act::Ask),
        Some(_) => Act::Stop,
        None => Act::Ask,
    }
}

/// Its host has no room for it on demand: it begins anew elsewhere, if all of the work can still be done in
/// time there, and else waits where the rest is.
pub(super) fn after_full_host(turn: &Turn<'_, '_>, job: &Job) -> (Decision, Act) {
    let done_at = turn.now.saturating_add(time(job, job.left));
    if job.deadline.is_none_or(|deadline| done_at <= deadline) {
        return (Decision::OnDemand, Act::Ask);
    }
    (Decision::Resume, Act::Resume { patience: Span::FOREVER, moves: false })
}

/// How long so much work takes on the GPUs asked for, with its checkpoints.
fn time(job: &Job, work: Option<GpuTime>) -> Span {
    let work = work.map_or(Span::FOREVER, |work| work.time_on(job.wish.demand.gpus));
    job.saving.map_or(work, |plan| plan.time(work))
}

/// Whether a customer that is no longer to bid buys on demand from now on.
pub(super) fn gives_up_spot(turn: &Turn<'_, '_>, job: &Job) -> bool {
    let choice = conduct(turn, job.segment).switching;
    let answer = switching::next(choice, &turn.policies.own_switching, &view(turn, job));
    matches!(answer.go, Move::OnDemand { .. })
}

/// The job as a policy sees it.
fn view(turn: &Turn<'_, '_>, job: &Job) -> switching::Job {
    let row = job.pod.and_then(|pod| turn.world.pods.get(pod));
    let saves_at = row.filter(|row| row.works_since.is_some()).and_then(|row| {
        let checkpoints = row.checkpoints.as_ref().filter(|_| !row.watch.keeps_work)?;
        checkpoints.next_whole(turn.now)
    });
    switching::Job {
        now: turn.now,
        begun: job.wish.at,
        deadline: job.deadline,
        whole: time(job, job.wish.work),
        left: time(job, left(turn, job)),
        kept: conduct(turn, job.segment).progress == Progress::Kept,
        saves_at,
        on: standing(turn, job),
        losses: job.losses,
    }
}

/// Whether its stopped pod asked for its host at a bid in this instant, and is yet to be tried.
fn is_to_be_tried(turn: &Turn<'_, '_>, job: &Job) -> bool {
    job.resumed_at == Some(turn.now) && turn.class < Class::BidRound
}

fn standing(turn: &Turn<'_, '_>, job: &Job) -> Standing {
    let tried = job.asked_at < turn.now || Class::BidRound < turn.class;
    let Some(row) = job.pod.and_then(|pod| turn.world.pods.get(pod)) else {
        return Standing::Idle { tried: false };
    };
    let spot = row.bid().is_some();
    match row.state {
        // HOST-03. What it did is kept elsewhere, out of reach or lost: it does not wait for its host.
        PodState::Down { .. }
        | PodState::Stopped { .. }
        | PodState::Terminated
        | PodState::Refused => Standing::Idle { tried: false },
        PodState::Waiting | PodState::Resuming { .. } if spot => Standing::Idle { tried },
        PodState::Reserved { .. }
        | PodState::Initializing { .. }
        | PodState::Running { .. }
        | PodState::Grace { .. }
            if spot =>
        {
            Standing::Spot
        }
        PodState::Running { .. } | PodState::Grace { .. } => Standing::OnDemand { works: true },
        PodState::Waiting
        | PodState::Resuming { .. }
        | PodState::Reserved { .. }
        | PodState::Initializing { .. } => Standing::OnDemand { works: false },
    }
}

/// Whether it stands in the queue at a bid.
fn bids(turn: &Turn<'_, '_>, job: &Job) -> bool {
    is_to_be_tried(turn, job)
        || job.pod.is_some_and(|pod| {
            turn.world.pods.get(pod).is_some_and(|row| row.state.waits() && row.bid().is_some())
        })
}

/// Asks the policy about a job, where it runs by its deadline, and plans what it answers.
pub(super) fn look(turn: &mut Turn<'_, '_>, jobs: &mut Jobs, id: JobId) {
    let Some(job) = jobs.rows.get_mut(&id) else { return };
    let choice = conduct(turn, job.segment).switching;
    let busy = job.plan.is_some() || job.ending.is_some();
    if !choice.runs_by_deadline() || busy {
        return;
    }
    job.look += 1;
    if job.to_the_end {
        if let Some(pod) = job.pod
            && matches!(turn.world.pods.get(pod).map(|row| row.state), Some(PodState::Down { .. }))
        {
            // On another host.
            plan(turn, job, turn.now, Act::Ask);
        }
        return;
    }
    let job_view = view(turn, job);
    let answer = switching::next(choice, &turn.policies.own_switching, &job_view);
    let waits = matches!(job_view.on, Standing::Idle { .. }) && bids(turn, job);
    let stands = waits && answer.go == Move::Spot;
    let go = if stands { Move::Stay } else { restrained(turn.now, job, &job_view, answer.go) };
    match go {
        Move::OnDemand { to_the_end } => {
            job.to_the_end = to_the_end;
            job.wish.buying = Buying::OnDemand;
            hear::state_look(turn, job, Decision::OnDemand);
            let act = change(turn, job);
            plan(turn, job, turn.now, act);
        }
        Move::Spot => {
            job.wish.buying = job.first;
            if 0 < job.requests {
                hear::state_look(turn, job, Decision::Spot);
            }
            let act = change(turn, job);
            plan(turn, job, turn.now, act);
        }
        Move::Stay => {
            // One that would be asked again in this class of this instant would be so for ever.
            let is_later = |at: &SimTime| turn.now < *at || turn.class < Class::PatienceOver;
            if let Some(at) = answer.again.filter(is_later) {
                let event = Event::JobLooks { job: id, look: job.look };
                turn.schedule(at, Class::PatienceOver, event);
            }
        }
    }
}

/// What comes of a move: none to where it stands, and only so many in an instant, lest a policy hold the
/// clock.
fn restrained(now: SimTime, job: &mut Job, seen: &switching::Job, go: Move) -> Move {
    const MOST: u32 = 4;
    match (go, seen.on) {
        (Move::OnDemand { to_the_end }, Standing::OnDemand { .. }) => {
            job.to_the_end |= to_the_end;
            return Move::Stay;
        }
        (Move::Stay, _) | (Move::Spot, Standing::Spot) => return Move::Stay,
        (Move::Spot | Move::OnDemand { .. }, _) => {}
    }
    let (at, moves) = job.moves;
    let moves = if at == now { moves + 1 } else { 1 };
    if MOST < moves {
        return Move::Stay;
    }
    job.moves = (now, moves);
    go
}

/// Class 9: it is time to ask the policy anew.
pub(super) fn looks(turn: &mut Turn<'_, '_>, jobs: &mut Jobs, id: JobId, look: u32) {
    if jobs.rows.get(&id).is_some_and(|job| job.look == look) {
        self::look(turn, jobs, id);
    }
}
