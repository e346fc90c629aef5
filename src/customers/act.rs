//! What customers do for their jobs: ask, resume, give up, pay in, leave (POD-04, POD-11, POD-17, ACCT-02).

use super::job::{Act, Job, Jobs, Owned, conduct};
use super::{asked, bid, budget, hear, network_volume, switch};
use crate::agenda::{Class, Event};
use crate::ids::{Id, JobId, PodId};
use crate::journal::Fact;
use crate::journal::fact::{JobAsked, JobEnd, Kind, PodName};
use crate::market::{bid as market_bid, funds, rent, stop};
use crate::scenario::demand::conduct::{Late, Progress};
use crate::scenario::demand::{Buying, WhenFull};
use crate::scenario::rules::BidPer;
use crate::turn::Turn;
use crate::units::{Money, SimTime, Span};
use crate::world::pod::Watch;

/// Decides to do something at an instant; what was decided before is superseded.
pub(super) fn plan(turn: &mut Turn<'_, '_>, job: &mut Job, at: SimTime, act: Act) {
    job.plan = Some(act);
    job.decision += 1;
    let class = match (act, job.wish.buying) {
        (Act::Ask | Act::Resume { .. }, Buying::OnDemand) => Class::AskJoins,
        (Act::Ask | Act::Resume { .. }, Buying::Spot(_)) => Class::BidJoins,
        (Act::GiveUp | Act::End, _) => Class::TerminatePod,
        (Act::Stop, _) => Class::StopPod,
        (Act::ChangeBid { .. }, _) => Class::ChangeBid,
        (Act::Deposit { .. }, _) => Class::Deposit,
    };
    let event = Event::JobActs { job: job.id, decision: job.decision };
    turn.schedule(at, class, event);
}

/// Does what was decided, if nothing was decided since.
pub(super) fn act(turn: &mut Turn<'_, '_>, jobs: &mut Jobs, id: JobId, decision: u32) {
    let Some(job) = jobs.rows.get_mut(&id).filter(|job| job.decision == decision) else { return };
    let Some(act) = job.plan.take() else { return };
    match act {
        Act::Ask if job.pod.is_some() => plan(turn, job, turn.now, Act::GiveUp),
        Act::Ask => ask(turn, jobs, id),
        Act::Resume { patience, moves } => {
            match job.pod.filter(|pod| switch::is_stopped(turn, *pod)) {
                Some(pod) => resume(turn, jobs, id, (pod, when_full(patience, moves))),
                // Removed meanwhile (BILL-13), or about to be.
                None => plan(turn, job, turn.now, Act::Ask),
            }
        }
        Act::GiveUp => {
            if let Some(pod) = job.pod {
                job.left = switch::left_anew(turn, job);
                job.pod = None;
                stop::terminate(turn, pod);
            }
            plan(turn, job, turn.now, Act::Ask);
        }
        Act::Stop => {
            if let Some(pod) = job.pod {
                stop::stop(turn, pod);
            }
            let next = switch::resume(turn, job).unwrap_or(Act::Ask);
            plan(turn, job, turn.now, next);
        }
        Act::ChangeBid { bid } => change_bid(turn, job, bid),
        Act::Deposit { amount } => {
            let next = match job.pod {
                Some(_) => Act::Resume { patience: Span::ZERO, moves: false },
                None => Act::Ask,
            };
            funds::deposit(turn, job.account(), amount);
            plan(turn, job, turn.now, next);
        }
        Act::End => end(turn, jobs, id),
    }
}

/// How the job rents now, at a bid made now.
fn kind(turn: &mut Turn<'_, '_>, job: &mut Job) -> Kind {
    let Buying::Spot(rule) = job.wish.buying else { return Kind::OnDemand };
    let bid = match job.raised {
        Some(raised) => raised,
        None => bid::bid(turn, rule, &job.wish, Some(job)),
    };
    job.last_bid = Some(bid);
    Kind::Spot { bid }
}

/// POD-04. A request for a new pod.
pub(super) fn ask(turn: &mut Turn<'_, '_>, jobs: &mut Jobs, id: JobId) {
    let Some(job) = jobs.rows.get_mut(&id) else { return };
    let conduct = conduct(turn, job.segment);
    let by_deadline = conduct.switching.runs_by_deadline();
    let kind = kind(turn, job);
    let allowed = rent::allows(turn, kind, &job.wish.demand);
    let row = &turn.scenario.segments[job.segment.index()];
    let Some(network_volume) = network_volume(turn, row, &job.wish) else {
        job.ending = job.ending.or(Some(JobEnd::Left));
        plan(turn, job, turn.now, Act::End);
        return;
    };
    job.asked = job.left;
    turn.world.generated += 1;
    let Some(asked) = asked::asked(turn, &job.wish) else {
        job.ending = Some(JobEnd::Left);
        plan(turn, job, turn.now, Act::End);
        return;
    };
    let new = rent::NewPod {
        name: PodName::Generated(turn.world.generated),
        account: job.account(),
        segment: Some(job.segment),
        kind,
        demand: asked.demand,
        image: asked.image,
        command: asked.command,
        patience: if by_deadline { Span::FOREVER } else { job.wish.patience },
        work: job.left,
        stay: job.wish.stay,
        value: None,
        on_done: turn.scenario.segments[job.segment.index()].on_done,
        checkpoint: jobs.plans[job.segment.index()].as_ref(),
        watch: Watch {
            told: true,
            decides: conduct.decides_when_displaced(),
            keeps_work: conduct.progress == Progress::Kept,
        },
        network_volume,
        origin: asked.origin,
    };
    let pod = turn.world.pods.next_id();
    rent::create(turn, new);
    if !allowed {
        hear::not_allowed(turn, jobs, id);
        return;
    }
    job.pod = Some(pod);
    job.asked_at = turn.now;
    job.requests += 1;
    jobs.pods.insert(pod, Owned { job: id, volume_before: None });
    turn.state(Fact::JobAsked(JobAsked { job: id, pod }));
    switch::look(turn, jobs, id);
}

/// POD-12. What a resume does on a full host, and how long it waits there.
fn when_full(patience: Span, moves: bool) -> (WhenFull, Span) {
    let when_full = match (moves, patience.is_zero()) {
        (true, _) => WhenFull::Move,
        (false, true) => WhenFull::Refuse,
        (false, false) => WhenFull::Wait,
    };
    (when_full, patience)
}

/// POD-11, POD-12. Its stopped pod asks for GPUs of its own host.
fn resume(
    turn: &mut Turn<'_, '_>,
    jobs: &mut Jobs,
    id: JobId,
    (pod, (when_full, patience)): (PodId, (WhenFull, Span)),
) {
    let Some(job) = jobs.rows.get_mut(&id) else { return };
    let kind = kind(turn, job);
    let host = turn.world.pods.get(pod).and_then(|row| row.tied);
    let too_high = host.is_some_and(|host| market_bid::is_above_cap_of(turn, kind, host));
    if too_high || !rent::allows(turn, kind, &job.wish.demand) {
        hear::not_allowed(turn, jobs, id);
        return;
    }
    let (account, gpus) = (job.account(), Some(job.wish.demand.gpus));
    job.asked_at = turn.now;
    job.requests += 1;
    turn.state(Fact::JobAsked(JobAsked { job: id, pod }));
    let elsewhere = false;
    let resume = rent::Resume { pod, account, kind, gpus, when_full, elsewhere, patience };
    rent::resume(turn, resume);
    if let Kind::Spot { .. } = kind {
        job.resumed_at = Some(turn.now);
        switch::look(turn, jobs, id);
    }
}

/// SPOT-16. Its request, which lost a promise and waits, bids more.
fn change_bid(turn: &mut Turn<'_, '_>, job: &mut Job, per_gpu: Money) {
    let Some(pod) = job.pod.filter(|pod| turn.world.pods.get(*pod).is_some()) else { return };
    let stated = match turn.rules().bid_per {
        BidPer::Gpu => per_gpu,
        BidPer::Pod => per_gpu.times(job.wish.demand.gpus),
    };
    job.last_bid = Some(per_gpu);
    market_bid::change(turn, pod, stated);
}

/// The customer leaves: its pod is terminated, and when that has happened the job ends.
fn end(turn: &mut Turn<'_, '_>, jobs: &mut Jobs, id: JobId) {
    let Some(job) = jobs.rows.get_mut(&id) else { return };
    let Some(ending) = job.ending else { return };
    let Some(pod) = job.pod else {
        jobs.end(turn, id, ending);
        return;
    };
    stop::terminate(turn, pod);
    // HOST-04. Cut off, it ends later: what it costs until then is not the customer's doing any more, but it
    // is the job's. A stopped one costs its volume alone.
    let stays = turn.world.pods.get(pod).is_some();
    if stays && turn.world.pods[pod].rental.is_none() {
        jobs.end(turn, id, ending);
    }
}

/// Class 4: the job's deadline has come, and its value is gone.
pub(super) fn deadline(turn: &mut Turn<'_, '_>, jobs: &mut Jobs, id: JobId) {
    let Some(job) = jobs.rows.get_mut(&id) else { return };
    if conduct(turn, job.segment).late == Late::Leave {
        depart(turn, jobs, id, JobEnd::DeadlinePassed);
    }
}

/// Class 4: the next unit would exceed the job's budget.
pub(super) fn budget_spent(turn: &mut Turn<'_, '_>, jobs: &mut Jobs, id: JobId) {
    if budget::is_spent(turn, jobs, id) {
        depart(turn, jobs, id, JobEnd::BudgetSpent);
    }
}

/// The customer leaves now.
fn depart(turn: &mut Turn<'_, '_>, jobs: &mut Jobs, id: JobId, ending: JobEnd) {
    let Some(job) = jobs.rows.get_mut(&id) else { return };
    if job.ending.is_none() {
        job.ending = Some(ending);
        hear::state_departure(turn, job);
        job.plan = None;
        end(turn, jobs, id);
    }
}
