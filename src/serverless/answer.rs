//! What an endpoint's read operations answer (JOB-01, JOB-11, JOB-18 to JOB-20, SLS-48).

use crate::ids::{EndpointId, Id, RequestNameId};
use crate::journal::fact::RequestStatus;
use crate::scenario::rules::serverless::HealthIdle;
use crate::turn::Turn;
use crate::units::SimTime;
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

/// JOB-18. The status of a scripted request; none: it is unknown, or its result is gone.
pub fn status(turn: &Turn<'_, '_>, request: RequestNameId) -> Option<RequestStatus> {
    match turn.world.requests.named[request.index()] {
        NamedRequest::Unknown => None,
        NamedRequest::Ended { gone, status } => (turn.now < gone).then_some(status),
        NamedRequest::Alive(endpoint, job) => {
            Some(match turn.world.endpoints[endpoint].jobs.get(job).place {
                Place::InHand(_) | Place::Missed => RequestStatus::InProgress,
                Place::Queued | Place::Bound(_) | Place::Nowhere => RequestStatus::InQueue,
            })
        }
    }
}

/// JOB-20. How many chunks a job in hand has put out by now; none: its handler does not stream.
pub fn chunks(turn: &Turn<'_, '_>, (endpoint, taken): (EndpointId, SimTime)) -> Option<u64> {
    let interval = turn.world.endpoints[endpoint].of.settings.stream_interval?;
    Some((turn.now - taken).micros() / interval.micros().max(1))
}
