//! Serverless endpoints as a scenario states them: settings, requests, scripted actions (SLS, JOB, AIE).

mod requests;

pub use requests::{
    RequestArrivals, RequestSource, RequestTrace, RequestTraceFormat, ServiceTime, Submission, Work,
};

use crate::ids::{
    AccountId, DataCenterId, EndpointId, GpuTypeId, Id, ImageId, NetworkVolumeNameId, RequestNameId,
};
use crate::scenario::own::OwnPolicy;
use crate::units::{Gb, Money, Span};
use std::sync::Arc;

/// SLS-02. Where a model comes from when a worker starts (SLS-26).
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Deserialize)]
pub enum ModelSource {
    /// It is in the image.
    Image,
    /// It is kept on the host beside the image.
    HostCache,
    /// It is read from the endpoint's network volume.
    NetworkVolume,
    /// It is downloaded at each start.
    Download,
}

/// How many workers an endpoint wants (SLS-32 to SLS-35): its scaling policy.
#[derive(Clone, Debug, PartialEq)]
pub enum ScalerChoice {
    /// SLS-33. A worker for each job that has waited so long.
    QueueDelay(Span),
    /// SLS-34. A worker for so many jobs.
    RequestCount(u32),
    /// Knative's: a worker for so many jobs at a time on average, with a panic window.
    Concurrency(ConcurrencyTarget),
    /// By the rate of arrivals, with a safety factor.
    Predictive(Predictive),
    /// Always so many.
    Fixed(u32),
    /// So many from these instants of each day on, ascending; before the first those of the last.
    Scheduled(Arc<[(Span, u32)]>),
    /// A policy of the program's own.
    Own(OwnPolicy),
}

impl ScalerChoice {
    /// The names of the built-in members.
    pub const NAMES: [&'static str; 6] =
        ["QueueDelay", "RequestCount", "Concurrency", "Predictive", "Fixed", "Scheduled"];
    /// The policy of the program's own that it is, if it is one.
    pub const fn own(&self) -> Option<OwnPolicy> {
        if let Self::Own(policy) = self { Some(*policy) } else { None }
    }
}

/// The terms of a concurrency target.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ConcurrencyTarget {
    /// Jobs in hand and in the queue, per worker.
    pub target: f64,
    /// Over which they are averaged.
    pub window: Span,
    /// The same in a panic.
    pub panic_window: Span,
    /// Panic begins where the short average asks for so many times the workers that are ready.
    pub panic_threshold: f64,
}

/// The terms of a prediction.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Predictive {
    /// Over which arrivals are counted.
    pub window: Span,
    /// So many times the workers that the rate needs.
    pub safety: f64,
}

/// How long an idle worker is kept: its keep-alive policy.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum KeepAliveChoice {
    /// SLS-23. For the idle timeout.
    IdleTimeout,
    /// Shahrad et al., ATC'20: by a histogram of the times without a request.
    Hybrid(Hybrid),
    /// So many times the mean time between requests, within bounds.
    Adaptive(Adaptive),
    /// A policy of the program's own.
    Own(OwnPolicy),
}

impl KeepAliveChoice {
    /// The names of the built-in members.
    pub const NAMES: [&'static str; 3] = ["idle_timeout", "hybrid", "adaptive"];
    /// The policy of the program's own that it is, if it is one.
    pub const fn own(&self) -> Option<OwnPolicy> {
        if let Self::Own(policy) = self { Some(*policy) } else { None }
    }
}

/// The terms of the hybrid histogram.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Hybrid {
    /// The range of the histogram.
    pub range: Span,
    /// The width of a cell.
    pub cell: Span,
    /// The share of idle times that are shorter than that until which a worker is kept.
    pub tail: f64,
    /// The same of that after which a worker is woken ahead; zero: none ever is.
    pub head: f64,
    /// The part by which the first is later and the second earlier.
    pub margin: f64,
}

/// The terms of an adaptive timeout.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Adaptive {
    /// So many times the mean.
    pub factor: f64,
    /// The least.
    pub least: Span,
    /// The most.
    pub most: Span,
}

/// SLS-02. All that an endpoint may say of itself, beside its name.
#[derive(Clone, Debug, PartialEq)]
pub struct Settings {
    /// Active workers.
    pub workers_min: u32,
    /// The most workers.
    pub workers_max: u32,
    /// GPU types and classes as stated, best first: names of the catalogue or of a class.
    pub gpus: Vec<String>,
    /// GPUs of a worker.
    pub gpus_per_worker: u32,
    /// How long a worker may be idle.
    pub idle_timeout: Span,
    /// How many workers it wants.
    pub scaler: ScalerChoice,
    /// How long idle ones are kept.
    pub keep_alive: KeepAliveChoice,
    /// Whether stops leave snapshots (SLS-27).
    pub flashboot: bool,
    /// Data centers; empty: all.
    pub data_centers: Vec<DataCenterId>,
    /// The network volume in every worker.
    pub network_volume: Option<NetworkVolumeNameId>,
    /// Size of the image.
    pub image_gb: Gb,
    /// Size of the model.
    pub model_gb: Gb,
    /// Where the model comes from.
    pub model_source: ModelSource,
    /// Container disk.
    pub container_disk: Gb,
    /// Jobs that a worker holds at a time.
    pub concurrency: u32,
    /// JOB-12.
    pub execution_timeout: Span,
    /// JOB-13.
    pub ttl: Span,
    /// JOB-14.
    pub max_attempts: u32,
    /// JOB-20. From one chunk of a stream to the next.
    pub stream_interval: Option<Span>,
    /// JOB-20. Whether the output of a stream stands in its status.
    pub aggregate: bool,
}

impl Default for Settings {
    /// SLS-02.
    fn default() -> Self {
        let gpus = ["RTX 4090", "RTX A4000", "RTX A4500"];
        Self {
            workers_min: 0,
            workers_max: 3,
            gpus: gpus.map(str::to_owned).to_vec(),
            gpus_per_worker: 1,
            idle_timeout: Span::from_seconds(5),
            scaler: ScalerChoice::QueueDelay(Span::from_seconds(4)),
            keep_alive: KeepAliveChoice::IdleTimeout,
            flashboot: false,
            data_centers: Vec::new(),
            network_volume: None,
            image_gb: Gb::new(5),
            model_gb: Gb::new(4),
            model_source: ModelSource::Image,
            container_disk: Gb::new(5),
            concurrency: 1,
            execution_timeout: Span::from_seconds(600),
            ttl: Span::DAY,
            max_attempts: 3,
            stream_interval: None,
            aggregate: false,
        }
    }
}

/// Settings with their names resolved: what a revision of an endpoint runs on.
#[derive(Clone, Debug, PartialEq)]
pub struct Resolved {
    /// What was stated.
    pub settings: Settings,
    /// Index into [`super::Scenario::type_lists`]: its GPU types, best first (SLS-05).
    pub types: u32,
    /// CLD-05. Index into [`super::Scenario::sites`]: its data centers.
    pub site: u32,
    /// Its image, with the model where that is kept beside it: hosts keep it like any that has a name.
    pub image: ImageId,
    /// SLS-06, SLS-08. Why it is refused whatever the market is like, if it is.
    pub amiss: Option<Amiss>,
    /// SLS-09, JOB-08. The execution time of a job that states none.
    pub execution: Span,
    /// Prefill and decode rates of GPU types, for requests that are made of tokens.
    pub token_rates: Vec<TokenRate>,
    /// Which of all that the endpoint may come to by its script: what an update makes of it hangs on that.
    pub standing: u32,
}

impl Resolved {
    /// SLS-10. Whether both are alike but for what needs no new revision.
    pub fn is_same_revision(&self, other: &Self) -> bool {
        let live = &other.settings;
        let settings = Settings {
            workers_min: live.workers_min,
            workers_max: live.workers_max,
            idle_timeout: live.idle_timeout,
            scaler: live.scaler.clone(),
            keep_alive: live.keep_alive,
            execution_timeout: live.execution_timeout,
            ttl: live.ttl,
            max_attempts: live.max_attempts,
            ..self.settings.clone()
        };
        Self { settings, standing: other.standing, ..self.clone() } == *other
    }
}

impl Default for Resolved {
    /// What an endpoint is that is not there.
    fn default() -> Self {
        Self {
            settings: Settings::default(),
            types: 0,
            site: 0,
            image: ImageId::from_index(0),
            amiss: None,
            execution: Span::ZERO,
            token_rates: Vec::new(),
            standing: 0,
        }
    }
}

/// Why settings are refused whatever the market is like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Amiss {
    /// `bad_argument`: a value out of range (SLS-02), several GPUs of a class that has none (SLS-06), or a data
    /// center that its network volume is not in (SLS-07).
    BadArgument,
    /// `too_large`: image or model do not fit (SLS-08).
    TooLarge,
}

/// Tokens per second that a GPU type works off.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TokenRate {
    /// The type.
    pub gpu_type: GpuTypeId,
    /// Of the prompt.
    pub prefill: f64,
    /// Of the answer.
    pub decode: f64,
}

/// SLS-09. A quick deploy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct QuickDeploy {
    /// Image.
    pub image: Gb,
    /// Model.
    pub model: Gb,
    /// Container disk.
    pub container_disk: Gb,
    /// The execution time of its jobs.
    pub execution: Span,
}

/// AIE-04. What a job on a prebuilt endpoint is paid for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Basis {
    /// Its execution.
    Execution,
    /// Itself, at so much.
    Request(Money),
    /// What it puts out: so much for so many units.
    Output {
        /// The price.
        price: Money,
        /// Of how many millionths of a unit.
        per: u64,
    },
}

/// An endpoint of a scenario: one of its own, one that its script makes, or one of the platform's.
#[derive(Clone, Debug, PartialEq)]
pub struct EndpointSpec {
    /// Its name in outputs.
    pub name: String,
    /// Who owns it: for one of the platform's, an account that is nobody's.
    pub account: AccountId,
    /// AIE-01. Its place among the rules' `ai_models`, if it is the platform's.
    pub model: Option<usize>,
    /// What it is at the start; none: the script makes it.
    pub at_start: Option<Arc<Resolved>>,
}

/// What a scripted action does to endpoints (API-01).
#[derive(Clone, Debug, PartialEq)]
pub enum EndpointAction {
    /// CreateEndpoint. None: it lacks what SLS-02 asks for, which is refused.
    Create(EndpointId, Option<Arc<Resolved>>),
    /// UpdateEndpoint: what this action says anew.
    Update(EndpointId, Box<Change>),
    /// DeleteEndpoint.
    Delete(EndpointId),
    /// SubmitJob: so many alike; only one has a name.
    Submit {
        /// Where.
        endpoint: EndpointId,
        /// Its name.
        name: Option<RequestNameId>,
        /// How many.
        count: u32,
        /// What.
        job: Submission,
    },
    /// CancelJob.
    Cancel(EndpointId, RequestNameId),
    /// PurgeQueue.
    Purge(EndpointId),
    /// SetPrice of a class, per GPU-second: flex, active.
    SetPrice(crate::ids::WorkerClassId, Option<Money>, Option<Money>),
}

/// SLS-10. What an UpdateEndpoint says anew; none: as before.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Change {
    /// Active workers.
    pub workers_min: Option<u32>,
    /// The most workers.
    pub workers_max: Option<u32>,
    /// How long a worker may be idle.
    pub idle_timeout: Option<Span>,
    /// How many workers it wants.
    pub scaler: Option<ScalerChoice>,
    /// How long idle ones are kept.
    pub keep_alive: Option<KeepAliveChoice>,
    /// JOB-12.
    pub execution_timeout: Option<Span>,
    /// JOB-13.
    pub ttl: Option<Span>,
    /// JOB-14.
    pub max_attempts: Option<u32>,
    /// All that makes a new revision: the whole of it, as it is after this action, by the standing that the
    /// endpoint has before, as some of what was said earlier may have been refused. The live fields in it are not
    /// looked at. Empty: no new revision.
    pub revisions: Vec<(u32, Arc<Resolved>)>,
    /// SLS-02. Why it is refused whatever the market is like: a value out of range. What is amiss of its revision
    /// stands there.
    pub amiss: Option<Amiss>,
}

impl Change {
    /// The new revision of an endpoint of this standing, if the update makes one.
    pub fn revision(&self, standing: u32) -> Option<&Arc<Resolved>> {
        let of = |(before, _): &&(u32, Arc<Resolved>)| *before == standing;
        let found = self.revisions.iter().find(of).map(|(_, revision)| revision);
        let known = self.revisions.is_empty() || found.is_some();
        assert!(known, "the check of a scenario knows all that its endpoints may come to");
        found
    }
}
