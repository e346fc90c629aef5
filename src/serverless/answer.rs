//! What an endpoint's read operations answer (JOB-01, JOB-11, JOB-18 to JOB-20, SLS-27, SLS-48).

use crate::ids::{EndpointId, Id, RequestNameId};
use crate::journal::fact::{Refusal, RequestStatus};
use crate::scenario::rules::serverless::{HealthIdle, ServerlessRules};
use crate::turn::Turn;
use crate::units::{SimTime, Span};
use crate::world::endpoint::jobs::Place;
use crate::world::endpoint::requests::NamedRequest;

/// SLS-48. `/health`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Health {
    /// Jobs completed since creation.
    pub completed: u64,
    /// Jobs failed since creation, those timed out included.
    pub failed: u64,
    /// Jobs in hand.
    pub in_progress: u64,
    /// Jobs in the queue.
    pub in_queue: u64,
    /// Jobs put back since creation.
    pub retried: u64,
    /// Workers idle (SLS-16, `health_idle`).
    pub idle: u32,
    /// Workers running.
    pub running: u32,
    /// Workers initializing.
    pub initializing: u32,
    /// Workers throttled.
    pub throttled: u32,
}

/// SLS-48. How an endpoint is.
pub fn health(turn: &Turn<'_, '_>, endpoint: EndpointId) -> Option<Health> {
    let own = &turn.world.endpoints[endpoint];
    let counts = own.counts();
    let idle = match turn.rules().serverless.health_idle {
        HealthIdle::Ready => counts.idle,
        HealthIdle::Standby => counts.standby,
    };
    own.exists.then_some(Health {
        completed: counts.completed,
        failed: counts.failed + counts.timed_out,
        in_progress: counts.in_progress,
        in_queue: counts.in_queue,
        retried: counts.retried,
        idle,
        running: counts.running,
        initializing: counts.initializing,
        throttled: counts.throttled,
    })
}

/// JOB-11, JOB-18. What status answers of a job.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Status {
    /// Where it stands.
    pub status: RequestStatus,
    /// JOB-20. Whether its output stands there: of a handler that streams only if it is to.
    pub output: bool,
    /// `delayTime`: from submission to its last taking, in whole ms, rounded down.
    pub delay_ms: Option<u64>,
    /// `executionTime`: from there to its end, the same.
    pub execution_ms: Option<u64>,
}

fn whole_ms(from: SimTime, to: SimTime) -> u64 {
    (to - from).micros() / 1000
}

/// JOB-18. How a scripted request stands; none: it is unknown, or its result is gone.
pub fn status(turn: &Turn<'_, '_>, request: RequestNameId) -> Option<Status> {
    match turn.world.requests.named[request.index()] {
        NamedRequest::Unknown => None,
        NamedRequest::Ended { endpoint, gone, status, life, started, .. } => {
            let (submitted, ended) = life;
            let settings = &turn.world.endpoints[endpoint].of.settings;
            let kept = settings.stream_interval.is_none() || settings.aggregate;
            (turn.now < gone).then(|| Status {
                status,
                output: kept && status == RequestStatus::Completed,
                delay_ms: started.map(|started| whole_ms(submitted, started)),
                execution_ms: started.map(|started| whole_ms(started, ended)),
            })
        }
        NamedRequest::Alive(endpoint, job) => {
            let job = turn.world.endpoints[endpoint].jobs.get(job);
            let (status, started) = match job.place {
                Place::InHand(_) | Place::Missed => (RequestStatus::InProgress, Some(job.taken)),
                Place::Queued | Place::Bound(_) | Place::Nowhere(_) => {
                    (RequestStatus::InQueue, None)
                }
            };
            let delay_ms = started.map(|started| whole_ms(job.submitted, started));
            Some(Status { status, output: false, delay_ms, execution_ms: None })
        }
    }
}

/// JOB-19. How a call of runsync stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SyncAnswer {
    /// There was none.
    Unknown,
    /// It waits for the job's end.
    Waits,
    /// It was answered then: with what the job came to, or with its state of then.
    Answered(SimTime),
}

/// JOB-19. runsync answers at the job's end, or when it has waited for long enough; the job goes on.
pub fn sync(turn: &Turn<'_, '_>, request: RequestNameId) -> SyncAnswer {
    let Some(&latest) = turn.world.requests.answered_by.get(&request) else {
        return SyncAnswer::Unknown;
    };
    let at = match turn.world.requests.named[request.index()] {
        NamedRequest::Ended { life: (_, ended), .. } => ended.min(latest),
        NamedRequest::Alive(..) | NamedRequest::Unknown => latest,
    };
    if turn.now < at { SyncAnswer::Waits } else { SyncAnswer::Answered(at) }
}

/// SLS-27. What FlashBoot leaves of a cold start `whole`, so long after the last stop and by this chance.
pub fn flash(rules: &ServerlessRules, whole: Span, since: (Span, f64)) -> Span {
    super::cold_start::flash(rules, whole, since)
}

/// JOB-20. What stream answers of a scripted request: how many chunks there are so far, all of them at its end.
///
/// # Errors
/// Its handler does not stream, or it is unknown.
pub fn stream(turn: &Turn<'_, '_>, request: RequestNameId) -> Result<u64, Refusal> {
    let known = status(turn, request).ok_or(Refusal::Unknown)?;
    let (endpoint, span) = match turn.world.requests.named[request.index()] {
        NamedRequest::Unknown => return Err(Refusal::Unknown),
        NamedRequest::Ended { endpoint, life: (_, ended), started, .. } => {
            (endpoint, started.map(|started| ended - started))
        }
        NamedRequest::Alive(endpoint, job) => {
            let taken = turn.world.endpoints[endpoint].jobs.get(job).taken;
            let in_hand = known.status == RequestStatus::InProgress;
            (endpoint, in_hand.then(|| turn.now - taken))
        }
    };
    let interval = turn.world.endpoints[endpoint].of.settings.stream_interval;
    let interval = interval.ok_or(Refusal::BadArgument)?.micros().max(1);
    Ok(span.map_or(0, |span| span.micros() / interval))
}
