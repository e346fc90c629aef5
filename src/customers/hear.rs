//! What customers hear of their pods, and what they decide then (SPOT-03, SPOT-09, POD-04, POD-12, BILL-10).
//!
//! Outcomes are heard once their event is over; what is decided is done in an event of its own, in the class
//! of what is done (GEN-11), at the present instant or later.

use super::act::plan;
use super::job::{Act, Job, Jobs, Owned, conduct};
use super::{bid, budget, switch};
use crate::ids::{Id, JobId, PodId};
use crate::journal::Fact;
use crate::journal::fact::{Decided, Decision, EndReason, JobEnd, Refusal, RentalEnd};
use crate::market::charge::ending;
use crate::scenario::demand::Buying;
use crate::scenario::demand::conduct::{Cause, Progress, Reaction};
use crate::scenario::rules::{BidChange, WorkSpeed};
use crate::turn::{Outcome, Turn};
use crate::units::{GpuTime, Money, Share};

/// Hears what became of pods in the event that is over.
pub(super) fn hear(turn: &mut Turn<'_, '_>, jobs: &mut Jobs) {
    let mut outcomes = std::mem::take(&mut turn.outcomes);
    for outcome in outcomes.drain(..) {
        match outcome {
            Outcome::Refused { pod, reason } => {
                if let Some(job) = jobs.of(pod) {
                    job.refusal = Some(reason);
                }
            }
            Outcome::Moved(pod) => moved(turn, jobs, pod),
            Outcome::Ended { end, work, done, .. } => ended(turn, jobs, &end, (work, done)),
            Outcome::Gone { pod, volume, .. } => gone(turn, jobs, pod, volume),
            Outcome::PromiseLost(pod) => promise_lost(turn, jobs, pod),
        }
    }
    turn.outcomes = outcomes; // its room is kept
}

/// It got GPUs, its container is up, or it costs something else.
fn moved(turn: &mut Turn<'_, '_>, jobs: &mut Jobs, pod: PodId) {
    let Some(row) = turn.world.pods.get(pod) else { return };
    let placed = row.rental.as_ref().filter(|rental| rental.placed_at.is_some());
    let volume = placed.map(|rental| rental.volume_owed_before);
    let Some(owned) = jobs.pods.get_mut(&pod) else { return };
    let Some(job) = jobs.rows.get_mut(&owned.job) else { return };
    if let Some(volume) = volume
        && let Some(before) = owned.volume_before.take()
    {
        job.paid += volume - before;
    }
    if job.pod == Some(pod) {
        let job = job.id;
        budget::plan(turn, jobs, job);
        switch::look(turn, jobs, job);
    }
}

/// A rental ended: it is paid for, and answered.
fn ended(
    turn: &mut Turn<'_, '_>,
    jobs: &mut Jobs,
    end: &RentalEnd,
    (work, done): (Option<GpuTime>, GpuTime),
) {
    let pod = end.pod;
    let stays = turn.world.pods.get(pod).is_some_and(|row| row.home().is_some());
    let Jobs { rows, pods, .. } = jobs;
    let Some(owned) = pods.get_mut(&pod) else { return };
    let job = rows.get_mut(&owned.job);
    if stays && end.reason != EndReason::Alive {
        let owed = ending::volume_owed(turn, pod, false);
        owned.volume_before.get_or_insert(owed);
    } else if !stays {
        pods.remove(&pod);
    }
    let Some(job) = job else { return };
    job.paid += end.paid();
    let refusal = job.refusal.take();
    if job.pod != Some(pod) || end.reason == EndReason::Alive {
        return;
    }
    let placed =
        !matches!(end.reason, EndReason::Abandoned | EndReason::Rejected) && refusal.is_none();
    let kept = placed && conduct(turn, job.segment).progress == Progress::Kept;
    if let (Some(asked), Some(work), true) = (job.asked, work, kept) {
        job.left = Some(of_whole(asked, work.saturating_sub(done), work));
    }
    if !stays {
        job.pod = None;
    }
    let id = job.id;
    match (end.reason, job.ending) {
        (EndReason::Completed, _) => {
            let in_time = job.deadline.is_none_or(|deadline| turn.now <= deadline);
            jobs.end(turn, id, if in_time { JobEnd::InTime } else { JobEnd::Late });
        }
        (_, Some(ending)) if !stays => jobs.end(turn, id, ending),
        (_, Some(_)) => {}
        (reason, None) => {
            if let Some(cause) = cause(reason, refusal) {
                decide(turn, jobs, id, (cause, reason, refusal));
            }
            budget::plan(turn, jobs, id);
        }
    }
}

/// `part / whole` of `asked`: work of the type that was asked for, of a pod that counts it in another's.
pub(super) fn of_whole(asked: GpuTime, part: GpuTime, whole: GpuTime) -> GpuTime {
    if asked == whole {
        return part;
    }
    let (asked, part, whole) = (asked.gpu_micros(), part.gpu_micros(), whole.gpu_micros().max(1));
    GpuTime::from_gpu_micros(asked.saturating_mul(part).div_ceil(whole))
}

/// SPOT-08, SPOT-16. Its promise is a stronger bid's, and its request waits again, at a bid that lives: where
/// that can be changed, and its next answer to being outbid is to bid more, it does so at once.
fn promise_lost(turn: &mut Turn<'_, '_>, jobs: &mut Jobs, pod: PodId) {
    let Some(job) = jobs.of(pod) else { return };
    let waits = turn.world.pods.get(pod).is_some_and(|row| row.state.waits());
    let busy = job.pod != Some(pod) || job.plan.is_some() || job.ending.is_some();
    if !waits || busy || turn.rules().bid_change == BidChange::Refused {
        return;
    }
    let Some((list, steps)) = conduct(turn, job.segment).reactions(Cause::Outbid) else { return };
    let step = steps.get(job.used[list].at);
    let Some(Reaction::RaiseBid { times, cap }) = step else { return };
    if let Some(bid) = raised(turn, job, *times, *cap) {
        job.used[list].times = job.used[list].times.saturating_add(1);
        job.raised = Some(bid);
        state_look(turn, job, Decision::RaiseBid);
        plan(turn, job, turn.now, Act::ChangeBid { bid });
    }
}

/// The bid after the last one, if that was not the cap.
fn raised(turn: &Turn<'_, '_>, job: &Job, times: Share, cap: Share) -> Option<Money> {
    let last = job.last_bid.filter(|_| job.buys_spot())?;
    let tick = turn.rules().bid_tick;
    let cap = turn.rules().to_tick(cap.of(bid::on_demand(turn, &job.wish.demand)));
    let next = turn.rules().to_tick(times.of(last)).max(last + tick).min(cap);
    (last < next).then_some(next)
}

/// What a customer answers, of a rental that ended so; none for what it did itself.
fn cause(reason: EndReason, refusal: Option<Refusal>) -> Option<Cause> {
    match (reason, refusal) {
        (EndReason::NoFunds, Some(_)) => Some(Cause::NoFunds),
        (EndReason::NoFunds, None) => Some(Cause::Stopped),
        (EndReason::SpendingLimit, _) => Some(Cause::SpendingLimit),
        (EndReason::Abandoned, _) => Some(Cause::Abandoned),
        (EndReason::Rejected, Some(Refusal::BidBelowFloor)) => Some(Cause::BidBelowFloor),
        (EndReason::Rejected, Some(Refusal::TooLarge)) => Some(Cause::TooLarge),
        (EndReason::Rejected, _) => Some(Cause::NoCapacity),
        (EndReason::Outbid | EndReason::DisplacedByOnDemand | EndReason::HostDown, _) => {
            Some(Cause::Outbid)
        }
        (
            EndReason::Completed | EndReason::Stopped | EndReason::Terminated | EndReason::Alive,
            _,
        ) => None,
    }
}

/// A pod is gone with its volume; what that cost while it held no GPUs is the job's.
fn gone(turn: &mut Turn<'_, '_>, jobs: &mut Jobs, pod: PodId, volume: Money) {
    let Jobs { rows, pods, .. } = jobs;
    let Some(Owned { job, volume_before: Some(before) }) = pods.get(&pod).copied() else { return };
    pods.remove(&pod);
    let Some(job) = rows.get_mut(&job) else { return };
    job.paid += volume - before;
    if job.pod != Some(pod) {
        return;
    }
    job.pod = None;
    let (id, idle) = (job.id, job.plan.is_none());
    match job.ending {
        Some(ending) => jobs.end(turn, id, ending),
        // Removed after the hold of its account (BILL-13), and nothing was to come.
        None if idle => jobs.end(turn, id, JobEnd::Left),
        None => {}
    }
}

/// The horizon: volumes that hold no GPUs are paid for up to it.
pub(super) fn settle_volumes(turn: &Turn<'_, '_>, jobs: &mut Jobs) {
    let Jobs { rows, pods, .. } = jobs;
    for (pod, owned) in pods {
        let stopped = owned.volume_before.filter(|_| turn.world.pods.get(*pod).is_some());
        if let (Some(before), Some(job)) = (stopped, rows.get_mut(&owned.job)) {
            job.paid += ending::volume_owed(turn, *pod, true) - before;
        }
    }
}

/// SPOT-01, SPOT-02. What it asked for is nothing that the rules allow: it answers as any refusal.
pub(super) fn not_allowed(turn: &mut Turn<'_, '_>, jobs: &mut Jobs, id: JobId) {
    let why = (Cause::NotAllowed, EndReason::Rejected, Some(Refusal::BadArgument));
    decide(turn, jobs, id, why);
}

/// Why a customer decides.
type Why = (Cause, EndReason, Option<Refusal>);

/// The customer answers the end of a rental.
fn decide(turn: &mut Turn<'_, '_>, jobs: &mut Jobs, id: JobId, why: Why) {
    let (cause, ..) = why;
    let Some(job) = jobs.rows.get_mut(&id) else { return };
    let conduct = conduct(turn, job.segment);
    let in_vain = matches!(
        cause,
        Cause::NoCapacity | Cause::BidBelowFloor | Cause::Abandoned | Cause::Outbid
    );
    if job.buys_spot() && in_vain {
        job.losses += 1;
    }
    let by_deadline = conduct.switching.runs_by_deadline();
    if by_deadline && cause == Cause::NoCapacity && switch::saved(turn, job).is_some() {
        let (decision, act) = switch::after_full_host(turn, job);
        state(turn, job, why, decision);
        plan(turn, job, turn.now, act);
        return;
    }
    if by_deadline && cause == Cause::Outbid && !job.to_the_end {
        switch::look(turn, jobs, id);
        return;
    }
    if !by_deadline && job.buys_spot() && switch::gives_up_spot(turn, job) {
        job.to_the_end = true;
        job.wish.buying = Buying::OnDemand;
        state(turn, job, why, Decision::OnDemand);
        plan(turn, job, turn.now, Act::Ask);
        return;
    }
    let Some((list, steps)) = conduct.reactions(cause) else {
        // SPOT-09. Without an answer of its own the rule `displaced` holds.
        if cause != Cause::Outbid || job.pod.is_none() {
            leave(turn, job, why);
        }
        return;
    };
    take_step(turn, jobs, (id, list), steps, why);
}

/// Takes the first step that is not used up.
fn take_step(
    turn: &mut Turn<'_, '_>,
    jobs: &mut Jobs,
    (id, list): (JobId, usize),
    steps: &[Reaction],
    why: Why,
) {
    loop {
        let Some(job) = jobs.rows.get_mut(&id) else { return };
        let Some(step) = steps.get(job.used[list].at) else {
            leave(turn, job, why);
            return;
        };
        let used = &mut job.used[list];
        used.times = used.times.saturating_add(1);
        let taken = used.times;
        if let Some((decision, act)) = step_of(turn, job, step, taken) {
            state(turn, job, why, decision);
            let delay = jobs.delay(id, step);
            let at = turn.now.saturating_add(delay);
            if let Some(job) = jobs.rows.get_mut(&id) {
                plan(turn, job, at, act);
            }
            return;
        }
        job.used[list].at += 1;
        job.used[list].times = 0;
    }
}

/// What comes of a step that is taken for the `taken`-th time; none if it is used up.
fn step_of(
    turn: &Turn<'_, '_>,
    job: &mut Job,
    step: &Reaction,
    taken: u32,
) -> Option<(Decision, Act)> {
    let left = |times: Option<u32>| times.is_none_or(|times| taken <= times);
    let once = taken <= 1;
    let stopped = job.pod.filter(|pod| switch::is_stopped(turn, *pod));
    match *step {
        Reaction::Retry { times, .. } => left(times).then_some((Decision::Retry, Act::Ask)),
        Reaction::RaiseBid { times, cap } => raised(turn, job, times, cap).map(|next| {
            job.raised = Some(next);
            // SPOT-03. Who has work on a volume bids for that pod's host again.
            let saved = switch::saved(turn, job).is_some() && stopped.is_some();
            let patience = job.wish.patience;
            (
                Decision::RaiseBid,
                if saved { Act::Resume { patience, moves: false } } else { Act::Ask },
            )
        }),
        Reaction::FewerGpus => (1 < job.wish.demand.gpus).then(|| {
            job.wish.demand.gpus /= 2;
            (Decision::FewerGpus, Act::Ask)
        }),
        Reaction::OtherType(types) => once.then(|| {
            change_types(turn, job, types);
            (Decision::OtherType, Act::Ask)
        }),
        Reaction::OnDemand => (once && job.buys_spot()).then(|| {
            job.wish.buying = Buying::OnDemand;
            (Decision::OnDemand, Act::Ask)
        }),
        Reaction::Spot(rule) => (once && 0 < job.wish.demand.gpus).then(|| {
            (job.wish.buying, job.raised) = (Buying::Spot(rule), None);
            (Decision::Spot, Act::Ask)
        }),
        Reaction::Resume { patience, moves, times, .. } => (left(times) && stopped.is_some())
            .then_some((Decision::Resume, Act::Resume { patience, moves })),
        Reaction::Deposit { amount, times } => {
            left(Some(times)).then_some((Decision::Deposit, Act::Deposit { amount }))
        }
        Reaction::Leave => {
            job.ending = Some(JobEnd::Left);
            Some((Decision::Leave, Act::End))
        }
    }
}

/// POD-25. Work is counted in GPU-time of the first type that is asked for.
fn change_types(turn: &Turn<'_, '_>, job: &mut Job, types: u32) {
    let scenario = turn.scenario;
    let speed = |list: u32| {
        let first = scenario.type_lists[list as usize].first()?;
        scenario.gpu_types[first.index()].relative_speed
    };
    if turn.rules().work_speed == WorkSpeed::Relative
        && let (Some(before), Some(now)) = (speed(job.wish.demand.types), speed(types))
    {
        job.left = job.left.map(|left| now.needs(left, before));
    }
    job.wish.demand.types = types;
}

fn leave(turn: &mut Turn<'_, '_>, job: &mut Job, why: Why) {
    job.ending = Some(JobEnd::Left);
    state(turn, job, why, Decision::Leave);
    plan(turn, job, turn.now, Act::End);
}

fn state(turn: &mut Turn<'_, '_>, job: &Job, (_, after, refusal): Why, step: Decision) {
    let (after, account) = (Some(after), job.account());
    turn.state(Fact::Decided(Decided { job: job.id, account, after, refusal, step }));
}

/// A customer leaves at its deadline, or with its budget spent.
pub(super) fn state_departure(turn: &mut Turn<'_, '_>, job: &Job) {
    state_look(turn, job, Decision::Leave);
}

/// A customer decides as the time has come.
pub(super) fn state_look(turn: &mut Turn<'_, '_>, job: &Job, step: Decision) {
    let (job, account) = (job.id, job.account());
    turn.state(Fact::Decided(Decided { job, account, after: None, refusal: None, step }));
}
