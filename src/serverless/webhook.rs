//! Webhooks: who is told of a job's end (JOB-21).

use crate::agenda::{Class, Event};
use crate::ids::{EndpointId, RequestNameId};
use crate::journal::Fact;
use crate::journal::fact::{RequestId, WebhookCalled};
use crate::rng::{Purpose, Stream};
use crate::turn::Turn;
use crate::world::endpoint::requests::Webhook;

/// A job has ended: its webhook is called now.
pub(super) fn begin(
    turn: &mut Turn<'_, '_>,
    endpoint: EndpointId,
    (request, name): (RequestId, Option<RequestNameId>),
) {
    let number = turn.world.requests.number();
    turn.world.requests.webhooks.insert(number, Webhook { request, name, endpoint, calls: 0 });
    call(turn, number);
}

/// A webhook is called; if it is not answered, again later, but not for ever.
pub(super) fn call(turn: &mut Turn<'_, '_>, number: u32) {
    let rules = &turn.scenario.rules.serverless;
    let Some(webhook) = turn.world.requests.webhooks.get_mut(&number) else { return };
    webhook.calls += 1;
    let Webhook { request, name, endpoint, calls } = *webhook;
    let answered = !fails(turn, (request, calls));
    turn.state(Fact::WebhookCalled(WebhookCalled { request, name, endpoint, answered }));
    if answered || rules.webhook_retries < calls {
        turn.world.requests.webhooks.remove(&number);
    } else {
        let at = turn.now.saturating_add(rules.webhook_gap);
        turn.schedule(at, Class::WorkerRetry, Event::Webhook(number));
    }
}

/// Whether the k-th call of a request's webhook fails: it depends on that alone.
fn fails(turn: &Turn<'_, '_>, (request, calls): (RequestId, u32)) -> bool {
    let share = turn.rules().serverless.webhook_failure.as_f64();
    if share <= 0.0 || 1.0 <= share {
        return 1.0 <= share;
    }
    let (seed, replication) = turn.world.seeds;
    let entity = request.0 << 8 | u64::from(calls.min(255));
    Stream::open(seed, replication, Purpose::Webhook, entity).uniform() < share
}
