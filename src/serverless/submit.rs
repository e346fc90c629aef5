//! A request is submitted: refused, or accepted and taken or queued (JOB-01 to JOB-06, SLS-28 to SLS-31).

use super::{expiry, jobs, may_act, scale, wake};
use crate::ids::{AccountId, EndpointId, RequestNameId};
use crate::journal::Fact;
use crate::journal::fact::{Named, Operation, Refusal, RequestId, RequestSubmitted};
use crate::scenario::model::serverless::Submission;
use crate::scenario::rules::serverless::{Binding, RateGrowth, ServerlessRules};
use crate::turn::Turn;
use crate::units::{Money, Span};
use crate::world::endpoint::jobs::{Job, Place, Traits};
use crate::world::endpoint::rates::Call;
use crate::world::endpoint::requests::NamedRequest;

/// Class 7: a submission.
pub(super) fn submit(
    turn: &mut Turn<'_, '_>,
    (endpoint, account, name): (EndpointId, AccountId, Option<RequestNameId>),
    asked: &Submission,
) {
    turn.world.requests.submitted += 1;
    let request = RequestId(turn.world.requests.submitted);
    if let Err(reason) = accepts(turn, (endpoint, account, name), asked) {
        let whom = name.map_or(Named::Endpoint(endpoint), Named::Request);
        turn.reject_named(account, Operation::SubmitJob, whom, reason);
        return;
    }
    let now = turn.now;
    let row = &mut turn.world.endpoints[endpoint];
    row.arrivals += 1;
    row.tally.accepted += 1;
    let (_, output) = sizes(&turn.scenario.rules.serverless, asked.sync);
    let live = row.live;
    let job = row.jobs.insert(|epoch| Job {
        request,
        place: Place::Queued,
        epoch,
        last_run: 0,
        attempts: 0,
        max_attempts: live.max_attempts,
        submitted: now,
        joined: now,
        taken: now,
        work: asked.execution,
        limit: asked.execution_timeout.unwrap_or(live.execution_timeout),
        expires: now.saturating_add(asked.ttl.unwrap_or(live.ttl)),
        output_units: asked.output_units,
        account,
        name,
        traits: Traits {
            sync: asked.sync,
            low_priority: asked.low_priority,
            handler_error: asked.handler_error,
            too_large: output < asked.output_bytes,
            webhook: asked.webhook,
            late: false,
            cold: false,
        },
    });
    if let Some(name) = name {
        turn.world.requests.named[crate::ids::Id::index(name)] = NamedRequest::Alive(endpoint, job);
        if asked.sync {
            let wait = asked.sync_wait.unwrap_or(turn.scenario.rules.serverless.sync_wait);
            turn.world.requests.answered_by.insert(name, now.saturating_add(wait));
        }
    }
    turn.state(Fact::RequestSubmitted(RequestSubmitted { request, name, account, endpoint }));
    if !turn.world.endpoints[endpoint].keeps_plainly {
        turn.policies.endpoints[crate::ids::Id::index(endpoint)].keep_alive.note_arrival(now);
    }
    find_room(turn, endpoint, job);
}

/// SLS-28, SLS-29. A job that joins the queue finds a worker with room, or waits; the scaler looks.
fn find_room(turn: &mut Turn<'_, '_>, endpoint: EndpointId, job: u32) {
    if let Some(slot) = turn.world.endpoints[endpoint].ready.best() {
        jobs::take(turn, endpoint, (slot, job));
        if turn.world.endpoints[endpoint].follows_ends {
            scale::look(turn, endpoint);
        }
        return;
    }
    // JOB-10. A job of low priority wakes nobody, under early binding either.
    let low = turn.world.endpoints[endpoint].jobs.get(job).traits.low_priority;
    let wakes = turn.rules().serverless.binding == Binding::Early && !low;
    if !(wakes && wake::wake_for(turn, endpoint, job)) {
        expiry::join(turn, endpoint, job);
    }
    scale::look(turn, endpoint);
}

/// JOB-02. Whether a submission is accepted; else why not, in the rule's order.
fn accepts(
    turn: &mut Turn<'_, '_>,
    (endpoint, account, name): (EndpointId, AccountId, Option<RequestNameId>),
    asked: &Submission,
) -> Result<(), Refusal> {
    may_act(turn, account, (endpoint, true))?;
    let call = if asked.sync { Call::RunSync } else { Call::Run };
    within_rate(turn, (endpoint, account), call)?;
    let named = name.map(|name| turn.world.requests.named[crate::ids::Id::index(name)]);
    let is_new = named.is_none_or(|named| named == NamedRequest::Unknown);
    let rules = &turn.scenario.rules.serverless;
    let in_range = |span: Option<Span>, least: Span, most: Span| {
        span.is_none_or(|span| least <= span && span <= most)
    };
    let policy = in_range(asked.execution_timeout, EXECUTION.0, EXECUTION.1)
        && in_range(asked.ttl, TTL.0, TTL.1)
        && in_range(asked.sync_wait, SYNC_WAIT.0, SYNC_WAIT.1);
    if !asked.has_input || !policy || !is_new {
        return Err(Refusal::BadArgument);
    }
    if sizes(rules, asked.sync).0 < asked.input_bytes {
        return Err(Refusal::TooLarge);
    }
    if let Some((floor, each)) = rules.queue_limit {
        let row = &turn.world.endpoints[endpoint];
        let most = u64::from(each) * u64::from(row.live.workers_max);
        if u64::from(floor).max(most) < row.waiting.len() {
            return Err(Refusal::QueueFull);
        }
    }
    if has_credit(turn, account) { Ok(()) } else { Err(Refusal::NoFunds) }
}

/// SLS-02. The ranges of what a job may carry.
const EXECUTION: (Span, Span) = (Span::from_seconds(5), Span::from_seconds(12 * 3600));
const TTL: (Span, Span) = (Span::from_seconds(10), Span::from_seconds(7 * 24 * 3600));
/// JOB-19.
const SYNC_WAIT: (Span, Span) = (Span::from_seconds(1), Span::from_seconds(300));

/// JOB-05, JOB-06. The largest input and output.
fn sizes(rules: &ServerlessRules, sync: bool) -> (u64, u64) {
    if sync { (rules.input.1, rules.output.1) } else { (rules.input.0, rules.output.0) }
}

/// JOB-02, AIE-07. Whether the balance is above 0: of nearly every account it surely is.
#[inline(always)] // likewise
fn has_credit(turn: &Turn<'_, '_>, account: AccountId) -> bool {
    let row = &turn.world.accounts[account];
    if row.secure && !row.touched && turn.dues.is_empty() {
        debug_assert!(
            Money::ZERO < turn.balance(account, turn.paying_side()),
            "what may lower a balance touches its account"
        );
        return true;
    }
    let balance = turn.world.ledger.balance(account);
    let least = Money::from_nanos(1);
    turn.dues.is_empty() && row.line.surely_covers(turn.now, balance, least, turn.month())
        || Money::ZERO < turn.balance(account, turn.paying_side())
}

/// JOB-03, JOB-04. Whether the rate of calls allows one more; then it is counted.
#[inline(always)] // on the way of every request, and mostly without a limit
pub(super) fn within_rate(
    turn: &mut Turn<'_, '_>,
    (endpoint, account): (EndpointId, AccountId),
    call: Call,
) -> Result<(), Refusal> {
    let rules = &turn.scenario.rules.serverless;
    let base = match call {
        Call::Run => rules.rate_run,
        Call::RunSync => rules.rate_runsync,
        Call::Cancel | Call::Purge => rules.rate_other,
    };
    let Some(base) = base else { return Ok(()) };
    within(turn, (endpoint, account, call), base)
}

/// The same where the rate is limited.
#[cold]
fn within(
    turn: &mut Turn<'_, '_>,
    (endpoint, account, call): (EndpointId, AccountId, Call),
    base: u32,
) -> Result<(), Refusal> {
    let rules = &turn.scenario.rules.serverless;
    let running = || turn.world.endpoints[endpoint].counts().running;
    let limit = match rules.rate_growth {
        RateGrowth::None => base,
        RateGrowth::Add(each) => base.saturating_add(each.saturating_mul(running())),
        RateGrowth::Max(each) => base.max(each.saturating_mul(running())),
    };
    let (now, terms) = (turn.now, (rules.rate_law, rules.rate_window, limit));
    let rates = &mut turn.world.requests.rates;
    if rates.allow((endpoint, account, call), now, terms) {
        Ok(())
    } else {
        Err(Refusal::RateLimited)
    }
}
