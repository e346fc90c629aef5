//! Two endpoints and what happens on them, told as facts by hand: one of alice's, one of the platform's.

use crate::story::{self, ALICE, LABS, usd};
use walras::ids::{AccountId, HostId, Id, RequestNameId, WorkerClassId};
use walras::journal::fact::*;
use walras::journal::{Fact, Sink};
use walras::scenario::Scenario;
use walras::scenario::model::serverless::{EndpointAction, EndpointSpec, Submission, Work};
use walras::scenario::model::{Action, ActionKind};
use walras::units::{Money, SimTime, Span};

pub(crate) const LLM: usize = 0;
pub(crate) const PAINT: usize = 1;

pub(crate) fn at(second: u64) -> SimTime {
    SimTime::from_seconds(second)
}
fn id<T: Id>(index: usize) -> T {
    T::from_index(index)
}
fn worker(endpoint: usize, run: u32) -> WorkerId {
    WorkerId { endpoint: id(endpoint), run }
}
const JOB: Option<usize> = Some(0);
fn named(name: Option<usize>) -> Option<RequestNameId> {
    name.map(id)
}

/// The market of the story, with two endpoints.
pub(crate) fn scenario() -> Scenario {
    let endpoint = |name: &str, model| EndpointSpec {
        name: name.into(),
        account: id(ALICE),
        model,
        at_start: None,
    };
    Scenario {
        endpoints: vec![endpoint("llm, big", None), endpoint("paint", Some(0))],
        request_names: vec!["job".into()],
        ..story::scenario()
    }
}

fn host() -> HostId {
    id(0)
}
fn submitted(request: u64, name: Option<usize>, account: usize, endpoint: usize) -> Fact {
    let (request, name) = (RequestId(request), named(name));
    let (account, endpoint) = (id(account), id(endpoint));
    Fact::RequestSubmitted(RequestSubmitted { request, name, account, endpoint })
}
fn handled(request: u64, name: Option<usize>, worker: WorkerId) -> RequestHandled {
    RequestHandled { request: RequestId(request), name: named(name), worker }
}
/// The end of a request without a name, that completed or failed on a worker, or was never taken.
pub(crate) fn ended(
    (request, endpoint): (u64, usize),
    (submitted, started): (SimTime, Option<SimTime>),
    status: RequestStatus,
    cold_start: bool,
) -> RequestEnded {
    RequestEnded {
        request: RequestId(request),
        name: None,
        endpoint: id(endpoint),
        submitted,
        started,
        status,
        cause: RequestCause::None,
        cold_start,
        worker: started.map(|_| worker(endpoint, 1)),
        attempts: u32::from(started.is_some()),
    }
}
fn asked(worker: WorkerId, slot: u32, kind: WorkerKind) -> Fact {
    Fact::WorkerAsked(WorkerAsked { worker, slot, kind, gpus: 2 })
}
fn woken(worker: WorkerId, charged: bool) -> Fact {
    let (price, disk_price) = (usd("0.00034"), usd("0.1"));
    Fact::WorkerWoken(WorkerWoken { worker, host: host(), price, disk_price, charged })
}
fn ready(worker: WorkerId, seconds: u64) -> Fact {
    Fact::WorkerReady(WorkerReady { worker, cold_start: Span::from_seconds(seconds) })
}
/// A run that was never woken.
fn unwoken(worker: WorkerId, asked: u64, reason: StopReason) -> WorkerStopped {
    WorkerStopped {
        worker,
        slot: 1,
        host: None,
        gpus: 2,
        kind: WorkerKind::Flex,
        asked: at(asked),
        woken: None,
        ready: None,
        requests: 0,
        busy: Span::ZERO,
        billed: 0,
        compute: None,
        disk: None,
        reason,
    }
}
fn used(worker: WorkerId, item: Item, periods: i64, [amount, payout]: [&str; 2]) -> [Fact; 2] {
    let unit = Span::from_seconds(if item == Item::ServerlessCompute { 1 } else { 300 });
    let usage = Some(Usage { subject: Subject::Worker(worker), quantity: 2, unit, periods });
    let posting = |account: Option<AccountId>, item, (debit, credit), amount: &str| {
        let balance = account.map(|_| Money::ZERO);
        let amount = usd(amount);
        Fact::Posted(Posting { account, item, usage, debit, credit, amount, balance })
    };
    let customer = (Book::Customer(id(ALICE)), Book::Revenue);
    [
        posting(Some(id(ALICE)), item, customer, amount),
        posting(None, Item::HostPayout, (Book::Revenue, Book::Host(host())), payout),
    ]
}
fn rejected(name: Named, operation: Operation, reason: Refusal) -> Fact {
    let account = Some(id(ALICE));
    Fact::Rejected { account, operation, pod: None, name: Some(name), host: None, reason }
}
fn occupied(serverless: u8) -> Fact {
    let occupancy = Occupancy { serverless, free: 4 - serverless, ..Occupancy::default() };
    Fact::Occupied { host: host(), available: true, occupancy }
}
fn sampled(endpoint: usize, counts: EndpointCounts) -> Fact {
    Fact::EndpointSampled(EndpointSampled { endpoint: id(endpoint), counts })
}

/// A cold start, a request that need not wait, one that is cancelled; the worker stops when idle.
fn warm() -> Vec<(u64, Fact)> {
    let w = worker(LLM, 1);
    let first = ended((1, LLM), (at(10), Some(at(15))), RequestStatus::Completed, true);
    let second = ended((2, LLM), (at(30), Some(at(30))), RequestStatus::Completed, false);
    let third = ended((3, LLM), (at(40), None), RequestStatus::Cancelled, false);
    let workers = (0, 3);
    let created = EndpointCreated { endpoint: id(LLM), account: id(ALICE), workers };
    let [compute, payout] = used(w, Item::ServerlessCompute, 33, ["0.02244", "0.0170544"]);
    let [disk, disk_payout] = used(w, Item::ServerlessDisk, 1, ["0.00001157", "0.00000879"]);
    let stop = WorkerStopped {
        host: Some(host()),
        woken: Some(at(12)),
        ready: Some(at(15)),
        requests: 2,
        busy: Span::from_seconds(9),
        billed: 33,
        compute: Some(usd("0.02244")),
        disk: Some(usd("0.00001157")),
        ..unwoken(w, 10, StopReason::IdleTimeout)
    };
    vec![
        (0, occupied(0)),
        (0, Fact::EndpointCreated(created)),
        (10, submitted(1, None, ALICE, LLM)),
        (10, asked(w, 1, WorkerKind::Flex)),
        (10, Fact::WorkerReserved(WorkerAt { worker: w, host: host() })),
        (10, occupied(2)),
        (12, woken(w, true)),
        (15, ready(w, 3)),
        (15, Fact::RequestStarted(handled(1, None, w))),
        (20, Fact::RequestEnded(first)),
        (30, submitted(2, JOB, ALICE, LLM)),
        (30, Fact::RequestStarted(handled(2, JOB, w))),
        (34, Fact::RequestEnded(RequestEnded { name: named(JOB), ..second })),
        (40, submitted(3, None, ALICE, LLM)),
        (41, Fact::RequestEnded(RequestEnded { cause: RequestCause::CancelJob, ..third })),
        (45, compute),
        (45, payout),
        (45, disk),
        (45, disk_payout),
        (45, Fact::WorkerStopped(stop)),
        (45, occupied(0)),
    ]
}

/// What goes wrong: no GPUs, a lost host, refusals; and what is set and told beside.
fn scarce() -> Vec<(u64, Fact)> {
    let (second, paint) = (worker(LLM, 2), worker(PAINT, 1));
    let (request, name) = (RequestId(4), None);
    let class = WorkerPriceSet { class: id::<WorkerClassId>(3), flex: None, active: None };
    let calls = |answered| WebhookCalled { request, name, endpoint: id(PAINT), answered };
    let usage = Usage {
        subject: Subject::Endpoint(id(PAINT)),
        quantity: 1,
        unit: Span::from_micros(1_000),
        periods: 1_500,
    };
    let stop = WorkerStopped {
        host: Some(host()),
        woken: Some(at(62)),
        ready: Some(at(64)),
        requests: 1,
        busy: Span::from_seconds(6),
        billed: 8,
        ..unwoken(paint, 60, StopReason::HostDown)
    };
    vec![
        (50, asked(second, 2, WorkerKind::Flex)),
        (50, Fact::WorkerThrottled(second)),
        (60, Fact::WorkerWithdrawn(second)),
        (60, Fact::WorkerStopped(unwoken(second, 50, StopReason::NoFunds))),
        (60, submitted(4, None, LABS, PAINT)),
        (60, asked(paint, 1, WorkerKind::Flex)),
        (62, woken(paint, false)),
        (64, ready(paint, 2)),
        (64, Fact::RequestStarted(handled(4, None, paint))),
        (70, Fact::RequestRequeued(handled(4, None, paint))),
        (70, Fact::WorkerStopped(stop)),
        (
            80,
            Fact::WorkerRefused(walras::journal::fact::WorkerRefused {
                endpoint: id(LLM),
                reason: Refusal::NoFunds,
            }),
        ),
        (81, rejected(Named::Endpoint(id(LLM)), Operation::SubmitJob, Refusal::QueueFull)),
        (82, rejected(Named::Request(id(0)), Operation::CancelJob, Refusal::IllegalState)),
        (83, Fact::WorkerPriceSet(WorkerPriceSet { flex: Some(usd("0.0005")), ..class })),
        (84, Fact::WebhookCalled(calls(false))),
        (94, Fact::WebhookCalled(calls(true))),
        (
            95,
            Fact::Posted(Posting {
                account: Some(id(LABS)),
                item: Item::PublicEndpoint,
                usage: Some(usage),
                debit: Book::Customer(id(LABS)),
                credit: Book::Revenue,
                amount: usd("0.0015"),
                balance: Some(Money::ZERO),
            }),
        ),
        (500, sampled(LLM, EndpointCounts { completed: 2, cancelled: 1, ..Default::default() })),
        (500, sampled(PAINT, EndpointCounts { in_queue: 1, retried: 1, ..Default::default() })),
        (500, Fact::Sampled),
    ]
}

/// What the horizon finds: a busy worker that drains, a request in hand and one in the queue.
fn alive() -> Vec<(u64, Fact)> {
    let w = worker(LLM, 3);
    let status = RequestStatus::InProgress;
    let in_hand = ended((5, LLM), (at(598), Some(at(602))), status, false);
    let waiting = ended((4, PAINT), (at(60), None), RequestStatus::InQueue, false);
    let waiting = RequestEnded { worker: Some(worker(PAINT, 1)), attempts: 1, ..waiting };
    let updated = EndpointUpdated { endpoint: id(LLM), revision: 2, workers: (1, 3) };
    let [compute, payout] = used(w, Item::ServerlessCompute, 400, ["0.272", "0.20672"]);
    let stop = WorkerStopped {
        slot: 3,
        kind: WorkerKind::Active,
        host: Some(host()),
        woken: Some(at(600)),
        ready: Some(at(602)),
        requests: 1,
        busy: Span::from_seconds(398),
        billed: 400,
        compute: Some(usd("0.272")),
        disk: Some(Money::ZERO),
        ..unwoken(w, 598, StopReason::Alive)
    };
    vec![
        (598, Fact::EndpointUpdated(updated)),
        (598, submitted(5, None, ALICE, LLM)),
        (598, asked(w, 3, WorkerKind::Active)),
        (600, woken(w, true)),
        (600, occupied(2)),
        (602, ready(w, 2)),
        (602, Fact::RequestStarted(handled(5, None, w))),
        (700, Fact::WorkerRepriced(WorkerRepriced { worker: w, price: usd("0.00024") })),
        (
            800,
            Fact::WorkerDrains(walras::journal::fact::WorkerDrains {
                worker: w,
                reason: StopReason::MaxLowered,
            }),
        ),
        (900, Fact::EndpointDeleted(id(PAINT))),
        (1_000, Fact::Sampled),
        (1_000, compute),
        (1_000, payout),
        (1_000, Fact::RequestEnded(waiting)),
        (1_000, Fact::RequestEnded(RequestEnded { worker: Some(w), ..in_hand })),
        (1_000, Fact::WorkerStopped(stop)),
        (1_000, Fact::RunEnded),
    ]
}

/// A request of the script whose end is told to a webhook.
pub(crate) fn submission_with_a_webhook() -> Action {
    let job = Submission {
        sync: false,
        execution: Work::Takes(Span::SECOND),
        low_priority: false,
        execution_timeout: None,
        ttl: None,
        handler_error: false,
        has_input: true,
        input_bytes: 0,
        output_bytes: 0,
        output_units: 0,
        sync_wait: None,
        webhook: true,
    };
    let submit = EndpointAction::Submit { endpoint: id(PAINT), name: None, count: 1, job };
    let kind = ActionKind::Endpoint(Box::new(submit));
    Action { at: at(60), account: Some(id(LABS)), member: None, kind }
}

/// Tells all of it to `sink`; the warm-up, if any, ends after the facts of that second.
pub(crate) fn tell(sink: &mut dyn Sink, warm_up_ends: Option<u64>) {
    let mut pending = warm_up_ends;
    for (second, fact) in [warm(), scarce(), alive()].concat() {
        if let Some(end) = pending.filter(|&end| end < second) {
            sink.hear(at(end), &Fact::WarmUpEnded);
            pending = None;
        }
        sink.hear(at(second), &fact);
    }
}
