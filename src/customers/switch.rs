//! When a customer goes from spot to on demand, and back: its policy is asked, and what it answers planned.

use super::act::plan;
use super::hear;
use super::job::{Act, Job, Jobs, conduct};
use crate::agenda::{Class, Event};
use crate::ids::{JobId, PodId};
use crate::journal::fact::Decision;
use crate::market::start;
use crate::policy::buying::switching::{self, Move, Standing};
use crate::scenario::demand::Buying;
use crate::scenario::demand::conduct::Progress;
use crate::turn::Turn;
use crate::units::{GpuTime, Span};
use crate::world::pod::PodState;

/// Whether a pod is Stopped, and nothing of it is to come yet.
pub(super) fn is_stopped(turn: &Turn<'_, '_>, pod: PodId) -> bool {
    let row = turn.world.pods.get(pod);
    row.is_some_and(|row| matches!(row.state, PodState::Stopped { .. }) && row.recorded.is_none())
}

/// What would be left for a new pod, if the job lost its present one now.
pub(super) fn left(turn: &Turn<'_, '_>, job: &Job) -> Option<GpuTime> {
    let row = job.pod.and_then(|pod| turn.world.pods.get(pod));
    let Some((row, work)) = row.and_then(|row| Some((row, row.work?))) else { return job.left };
    if !row.watch.keeps_work || row.rental.is_none() {
        return job.left;
    }
    let done = row.done + start::worked(turn.now, row.works_since, row.gpus);
    Some(hear::of_whole(job.asked?, work.saturating_sub(done), work))
}

/// Whether a customer that is no longer to bid buys on demand from now on.
pub(super) fn gives_up_spot(turn: &Turn<'_, '_>, job: &Job) -> bool {
    let choice = conduct(turn, job.segment).switching;
    let answer = switching::next(choice, &view(turn, job));
    matches!(answer.go, Move::OnDemand { .. })
}

/// The job as a policy sees it.
fn view(turn: &Turn<'_, '_>, job: &Job) -> switching::Job {
    let gpus = job.wish.demand.gpus;
    let span = |work: Option<GpuTime>| work.map_or(Span::FOREVER, |work| work.time_on(gpus));
    let whole = job.wish.work;
    switching::Job {
        now: turn.now,
        begun: job.wish.at,
        deadline: job.deadline,
        whole: span(whole),
        left: span(left(turn, job)),
        kept: conduct(turn, job.segment).progress == Progress::Kept,
        on: standing(turn, job),
        losses: job.losses,
    }
}

fn standing(turn: &Turn<'_, '_>, job: &Job) -> Standing {
    let tried = job.asked_at < turn.now || Class::BidRound < turn.class;
    let Some(row) = job.pod.and_then(|pod| turn.world.pods.get(pod)) else {
        return Standing::Idle { tried: false };
    };
    let spot = row.bid().is_some();
    match row.state {
        // HOST-03. What it did is kept elsewhere or lost: there is no need to wait for its host.
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
    let answer = switching::next(choice, &job_view);
    let waits = matches!(job_view.on, Standing::Idle { .. })
        && job.pod.is_some_and(|pod| {
            turn.world.pods.get(pod).is_some_and(|row| row.state.waits() && row.bid().is_some())
        });
    match answer.go {
        Move::OnDemand { to_the_end } => {
            job.to_the_end = to_the_end;
            job.wish.buying = Buying::OnDemand;
            hear::state_look(turn, job, Decision::OnDemand);
            plan(turn, job, turn.now, Act::Ask);
        }
        Move::Spot if !waits => {
            job.wish.buying = job.first;
            if 0 < job.requests {
                hear::state_look(turn, job, Decision::Spot);
            }
            plan(turn, job, turn.now, Act::Ask);
        }
        Move::Spot | Move::Stay => {
            if let Some(at) = answer.again {
                let event = Event::JobLooks { job: id, look: job.look };
                turn.schedule(at, Class::PatienceOver, event);
            }
        }
    }
}

/// Class 9: it is time to ask the policy anew.
pub(super) fn looks(turn: &mut Turn<'_, '_>, jobs: &mut Jobs, id: JobId, look: u32) {
    if jobs.rows.get(&id).is_some_and(|job| job.look == look) {
        self::look(turn, jobs, id);
    }
}
