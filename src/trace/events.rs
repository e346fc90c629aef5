//! `events.csv`: one row per fact, but for pure bookkeeping.
//!
//! `occupied`, `sampled`, `endpoint_sampled` and `host_scored` make no row: they say again, host by host and at fixed
//! intervals, what other facts have said. What has no column of its own stands in `detail` as `key=value`, several
//! joined by `; `. `output/README.md` lists for every event which columns and keys it fills.

mod hosts;
mod images;
mod jobs;
mod money;
mod moves;
mod plans;
mod serverless;
mod teams;
mod volumes;

use super::column::Column;
use super::file::TableFile;
use super::row::{Row, quoted};
use super::{Known, Table};
use crate::ids::{AccountId, EndpointId, GpuTypeId, HostId, Id, PodId, RequestNameId, ScopeId};
use crate::journal::Fact;
use crate::journal::fact::{
    CpuAsked, Item, Kind, Named, NetworkVolumeName, PriceSet, Quote, RequestId, Requested, WorkerId,
};
use crate::units::{Money, Price, SimTime};
use std::fmt::{Display, Write};

pub(super) const COLUMNS: &[Column] = &[
    Column::micros("time_s"),
    Column::named("event"),
    Column::named("account"),
    Column::named("pod"),
    Column::named("host"),
    Column::named("gpu_type"),
    Column::named("endpoint"),
    Column::named("worker"),
    Column::named("request"),
    Column::named("volume"),
    Column::count("gpus"),
    Column::money("amount_usd"),
    Column::text("detail"),
];

/// The columns that an event fills. What a pod's event leaves open is filled from its rental.
#[derive(Clone, Copy, Debug, Default)]
struct Line {
    account: Option<AccountId>,
    pod: Option<PodId>,
    /// Its name, where no rental of it is known.
    name: Option<Named>,
    volume: Option<NetworkVolumeName>,
    endpoint: Option<EndpointId>,
    worker: Option<WorkerId>,
    request: Option<(RequestId, Option<RequestNameId>)>,
    host: Option<HostId>,
    gpu_type: Option<GpuTypeId>,
    gpus: Option<u32>,
    amount: Option<Money>,
}

impl Line {
    fn of_account(account: AccountId) -> Self {
        Self { account: Some(account), ..Self::default() }
    }
    fn of_pod(pod: PodId) -> Self {
        Self { pod: Some(pod), ..Self::default() }
    }
    fn of_host(host: HostId) -> Self {
        Self { host: Some(host), ..Self::default() }
    }
    fn of_worker(worker: WorkerId) -> Self {
        Self { worker: Some(worker), endpoint: Some(worker.endpoint), ..Self::default() }
    }
}

/// `key=value` pairs, in one text that is used again for every row.
#[derive(Default)]
struct Detail(String);

impl Detail {
    fn add(&mut self, key: &str, value: impl Display) -> &mut Self {
        let separator = if self.0.is_empty() { "" } else { "; " };
        write!(self.0, "{separator}{key}={value}").expect("memory takes every write");
        self
    }
    fn maybe(&mut self, key: &str, value: Option<impl Display>) -> &mut Self {
        match value {
            Some(value) => self.add(key, value),
            None => self,
        }
    }
    fn meter(&mut self, item: Item, price: Price, quantity: u32) {
        self.add("item", item.word())
            .add("price_usd", price.amount())
            .add("period_s", price.period())
            .add("quantity", quantity);
    }
    fn requested(&mut self, asked: &Requested) {
        self.add("rental", asked.rental).add("kind", asked.kind.word());
        if let Kind::Spot { bid } = asked.kind {
            self.add("bid_usd_per_hour", bid);
        }
        self.maybe("work_gpu_s", asked.work).maybe("value_usd", asked.value);
    }
    fn quote(&mut self, quote: &Quote) {
        self.add("on_demand_usd_per_hour", quote.on_demand)
            .add("spot_floor_usd_per_hour", quote.spot_floor)
            .maybe("spot_price_usd_per_hour", quote.spot_price)
            .maybe("min_winning_bid_usd_per_hour", quote.min_winning_bid);
    }
}

/// The table, with its scratch text.
#[derive(Default)]
pub(super) struct Events {
    detail: Detail,
}

impl Table for Events {
    fn hear(&mut self, at: SimTime, fact: &Fact, known: &Known<'_>, out: &mut TableFile) {
        self.detail.0.clear();
        let Some(line) = line(fact, known, &mut self.detail) else { return };
        let mut line = completed(line, known);
        if let Fact::Posted(posting) = fact {
            line.account = posting.account; // a payout is nobody's spending
        }
        let names = &known.names;
        let row = out.row().time(at).word(fact.word());
        let row = row.optional(line.account, |row, account| row.name(names.account(account)));
        let rental = line.pod.and_then(|pod| known.rentals.find(pod));
        let given = line.name.and_then(Named::pod);
        let name = rental.map(|rental| rental.asked.name).or(given);
        let row = row.optional(name, |row, name| names.pod(row, name));
        let row = row
            .optional(line.host, |row, host| row.name(names.host(host)))
            .optional(line.gpu_type, |row, gpu_type| row.name(names.gpu_type(gpu_type)))
            .optional(line.endpoint, |row, endpoint| row.name(names.endpoint(endpoint)))
            .optional(line.worker, |row, worker| names.worker(row, worker))
            .optional(line.request, |row, request| names.request(row, request))
            .optional(line.volume, |row, volume| names.network_volume(row, volume))
            .optional(line.gpus, |row, gpus| row.count(u64::from(gpus)))
            .optional(line.amount, Row::money);
        let row =
            if self.detail.0.is_empty() { row.empty() } else { row.name(&quoted(&self.detail.0)) };
        row.end();
    }
}

/// Fills account, host, GPU type and GPUs of a pod's event from its rental, and of a worker's from what is
/// known of it; and a host's GPU type.
fn completed(mut line: Line, known: &Known<'_>) -> Line {
    let names = &known.names;
    let mut pool = None;
    if let Some(rental) = line.pod.and_then(|pod| known.rentals.find(pod)) {
        line.account = line.account.or(Some(rental.asked.account));
        line.host = line.host.or(rental.back_on).or(rental.host);
        line.gpus = line.gpus.or(Some(rental.gpus));
        pool = Some(rental.asked.pool);
    }
    if let Some(worker) = line.worker.and_then(|worker| known.workers.find(worker)) {
        line.host = line.host.or(worker.host);
        line.gpus = line.gpus.or(Some(worker.gpus));
    }
    if let Some(endpoint) = line.endpoint {
        line.account = line.account.or(names.owner(endpoint));
    }
    let pool = line.host.map(|host| names.pool_of(host)).or(pool);
    line.gpu_type = line.gpu_type.or(pool.map(|pool| names.type_of(names.scope_of(pool))));
    line
}

/// The columns and details of one fact; none for a fact without a row.
#[rustfmt::skip] // what belongs together may stand in one line
fn line(fact: &Fact, known: &Known<'_>, detail: &mut Detail) -> Option<Line> {
    match *fact {
        Fact::Occupied { .. } | Fact::Sampled | Fact::EndpointSampled(_) | Fact::HostScored { .. } => None,
        Fact::WarmUpEnded | Fact::RunEnded => Some(Line::default()),
        Fact::Posted(posting) => Some(money::posted(&posting, known, detail)),
        Fact::NetworkVolumeCreated(_)
        | Fact::NetworkVolumeResized { .. }
        | Fact::NetworkVolumeRemoved(_)
        | Fact::NetworkVolumeAttached { .. } => volumes::line(fact, known, detail),
        Fact::PlanBought(_) | Fact::PlanCovers(_) | Fact::PlanLeft(_) | Fact::PlanEnded(_) => {
            plans::line(fact, known, detail)
        }
        Fact::Notice { .. }
        | Fact::AccountDrained { .. }
        | Fact::Churn(..)
        | Fact::HoldEnded { .. }
        | Fact::AccountRemoved { .. }
        | Fact::AutoPaySet(_) => money::account_line(fact, detail),
        Fact::MemberActs(_)
        | Fact::ConvertedToTeam(_)
        | Fact::MemberSet(_)
        | Fact::TemplateSaved(_) => teams::line(fact, known, detail),
        Fact::ImageCached { .. } | Fact::ImagePullBegun(_) | Fact::ImageEvicted { .. } => {
            images::line(fact, known, detail)
        }
        Fact::PodMoves(_) | Fact::DataCopied(_) | Fact::MoveUndone(_) => moves::line(fact),
        Fact::Rejected { .. } => rejected(fact, known, detail),
        Fact::HostDown { host } | Fact::HostUp { host } => Some(Line::of_host(host)),
        Fact::NetworkDown { host } | Fact::NetworkUp { host } => Some(Line::of_host(host)),
        Fact::HostListed(_)
        | Fact::HostDelisted { .. }
        | Fact::MaintenanceAnnounced(_)
        | Fact::MaintenanceBegan(_)
        | Fact::MaintenanceEnded(_)
        | Fact::DepartureAnnounced(_)
        | Fact::HostJoined(_)
        | Fact::HostLeft(_) => hosts::line(fact, detail),
        Fact::HostSupplied(_) | Fact::ProviderDeclined(_) | Fact::ProviderLeaves(..) => {
            hosts::of_provider(fact, known, detail)
        }
        Fact::PriceSet(_) | Fact::PricePublished { .. } => price_line(fact, known, detail),
        Fact::JobBegun(_) | Fact::JobAsked(_) | Fact::Decided(_) | Fact::JobEnded(_) => {
            jobs::line(fact, detail)
        }
        Fact::MeterOpened(_)
        | Fact::MeterRepriced(_)
        | Fact::MeterPaused(_)
        | Fact::MeterResumed(_)
        | Fact::MeterClosed(_) => money::meter_line(fact, detail),
        Fact::EndpointCreated(_) | Fact::EndpointUpdated(_) | Fact::EndpointDeleted(_)
        | Fact::WorkerAsked(_) | Fact::WorkerRefused(_) | Fact::WorkerThrottled(_)
        | Fact::WorkerWithdrawn(_) | Fact::WorkerReserved(_) | Fact::WorkerWoken(_)
        | Fact::WorkerReady(_) | Fact::WorkerRepriced(_) | Fact::WorkerDrains(_)
        | Fact::WorkerStopped(_) | Fact::WorkerDisplaces(_) | Fact::WorkerPriceSet(_)
        | Fact::RequestSubmitted(_) | Fact::RequestStarted(_) | Fact::RequestRequeued(_)
        | Fact::RequestEnded(_) | Fact::WebhookCalled(_) => serverless::line(fact, known, detail),
        Fact::PodRequested(_) | Fact::PodWaits { .. } | Fact::CpuAsked(_) | Fact::BidChanged { .. }
        | Fact::PodPromised { .. } | Fact::PromiseLost { .. } | Fact::PodPlaced { .. }
        | Fact::ImagePulled { .. } | Fact::PodRunning { .. }
        | Fact::PodDisplaced { .. } | Fact::PodKilled { .. }
        | Fact::PodStopped { .. } | Fact::PodReset { .. } | Fact::ActionRecorded { .. }
        | Fact::PodDown { .. } | Fact::PodRestarted { .. }
        | Fact::CheckpointBegun { .. } | Fact::CheckpointOverhead { .. }
        | Fact::RentalEnded(_) | Fact::PodTerminated { .. } => pod_line(fact, known, detail),
    }
}

/// A refusal, of whatever was named.
fn rejected(fact: &Fact, known: &Known<'_>, detail: &mut Detail) -> Option<Line> {
    let Fact::Rejected { account, operation, pod, name, host, reason } = *fact else { return None };
    let templates = &known.names.scenario().templates;
    let template = name.and_then(Named::template).map(|id| &templates[id.index()].id);
    detail.add("reason", reason.word()).add("operation", operation.word());
    detail.maybe("template", template);
    let volume = name.and_then(Named::network_volume);
    let mut line = Line { account, pod, name, host, volume, ..Line::default() };
    if let Some(Named::Endpoint(endpoint)) = name {
        line.endpoint = Some(endpoint);
    }
    if let Some(Named::Request(name)) = name {
        line.request = Some((RequestId(0), Some(name))); // it is told by its name alone
    }
    Some(line)
}

#[expect(clippy::wildcard_enum_match_arm, reason = "only called for facts about prices")]
fn price_line(fact: &Fact, known: &Known<'_>, detail: &mut Detail) -> Option<Line> {
    let of_scope = |scope: ScopeId, detail: &mut Detail| {
        detail.add("cloud", known.names.cloud_of(scope).word());
        Line { gpu_type: Some(known.names.type_of(scope)), ..Line::default() }
    };
    match *fact {
        Fact::PriceSet(PriceSet { scope, host, on_demand, min_bid }) => {
            let line = of_scope(scope, detail);
            detail
                .maybe("on_demand_usd_per_hour", on_demand)
                .maybe("min_bid_usd_per_hour", min_bid);
            Some(Line { host, ..line })
        }
        Fact::PricePublished { scope, quote } => {
            let line = of_scope(scope, detail);
            detail.quote(&quote);
            Some(line)
        }
        _ => None,
    }
}

#[expect(clippy::wildcard_enum_match_arm, reason = "only called for facts about pods")]
fn pod_line(fact: &Fact, known: &Known<'_>, detail: &mut Detail) -> Option<Line> {
    let name = |pod: PodId| known.names.pod_text(known.rentals.of(pod).asked.name);
    match *fact {
        Fact::PodRequested(ref asked) => {
            detail.requested(asked);
            Some(Line::of_pod(asked.pod))
        }
        Fact::PodPromised { pod, host, step, due } => {
            detail.add("step", step.word()).add("due_s", due);
            Some(Line { host: Some(host), ..Line::of_pod(pod) })
        }
        Fact::PromiseLost { pod, by } => {
            detail.maybe("by", by.map(name));
            Some(Line::of_pod(pod))
        }
        Fact::PodPlaced { pod, host, step, gpus, price } => {
            detail.add("step", step.word()).add("price_usd_per_hour", price);
            Some(Line { host: Some(host), gpus: Some(gpus), ..Line::of_pod(pod) })
        }
        Fact::PodDisplaced { pod, by, reason, kill_at } => {
            detail.add("reason", reason.word());
            if let Some(by) = by {
                detail.add("by", name(by));
            }
            detail.add("kill_at_s", kill_at);
            Some(Line::of_pod(pod))
        }
        Fact::ActionRecorded { pod, operation } => {
            let word = operation.map_or("work_done", |operation| operation.word());
            detail.add("operation", word);
            Some(Line::of_pod(pod))
        }
        Fact::CheckpointBegun { pod, due, work } => {
            detail.add("work_gpu_s", work).add("due_s", due);
            Some(Line::of_pod(pod))
        }
        Fact::CheckpointOverhead { pod, overhead } => {
            detail.add("overhead_gpu_s", overhead);
            Some(Line::of_pod(pod))
        }
        Fact::BidChanged { pod, bid } => {
            detail.add("bid_usd_per_hour", bid);
            Some(Line::of_pod(pod))
        }
        Fact::CpuAsked(CpuAsked { pod, vcpus }) => {
            detail.add("vcpus", vcpus);
            Some(Line::of_pod(pod))
        }
        Fact::RentalEnded(ref end) => {
            detail.add("reason", end.reason.word());
            Some(Line { amount: Some(end.paid()), ..Line::of_pod(end.pod) })
        }
        Fact::PodWaits { pod }
        | Fact::ImagePulled { pod }
        | Fact::PodRunning { pod }
        | Fact::PodKilled { pod }
        | Fact::PodStopped { pod }
        | Fact::PodReset { pod }
        | Fact::PodDown { pod }
        | Fact::PodRestarted { pod }
        | Fact::PodTerminated { pod } => Some(Line::of_pod(pod)),
        _ => None,
    }
}
