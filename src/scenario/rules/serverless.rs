//! The rules of serverless endpoints (SLS, JOB, AIE).

mod choices;

pub use choices::{
    ActivePriceWhen, Binding, Dispatch, FlashLaw, HealthIdle, JobSpeed, LowPriorityEscalates,
    OnExecutionTimeout, RateGrowth, RateLaw, Rollout, ScaleDown, TtlCovers, WakePlacement,
    WorkerPriceChange, WorkerRank, WorkersAtLine,
};

use crate::rng::draw::Distribution;
use crate::scenario::demand::Clouds;
use crate::scenario::model::serverless::{Basis, QuickDeploy, Settings};
use crate::scenario::rules::Rounding;
use crate::units::{Gb, Money, Share, Span};

/// A class of GPU types with its prices per GPU-second (SLS-41).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WorkerClass {
    /// Its name, such as `AMPERE_16`.
    pub name: String,
    /// Display names of its types, best first (SLS-05).
    pub types: Vec<String>,
    /// Price of a flex worker per GPU and second.
    pub flex: Money,
    /// Price of an active worker per GPU and second.
    pub active: Money,
}

/// A model of the platform's own (AIE-01, AIE-04).
#[derive(Clone, Debug, PartialEq)]
pub struct AiModel {
    /// Its name, which is that of its endpoint.
    pub name: String,
    /// What it does, in words.
    pub kind: String,
    /// The class of GPUs that its workers run on.
    pub class: String,
    /// Image, model, disk and execution time.
    pub deploy: QuickDeploy,
    /// The limit of its executions; none: the default.
    pub execution_timeout: Option<Span>,
    /// AIE-03. Its price per second of execution; none: by the mark-up.
    pub price_per_second: Option<Money>,
    /// AIE-04. What is paid for.
    pub basis: Basis,
}

/// The rules of serverless endpoints.
#[derive(Clone, Debug, PartialEq)]
pub struct ServerlessRules {
    /// SLS-01. The clouds that workers run in.
    pub serverless_clouds: Clouds,
    /// SLS-02. What an endpoint is that does not say otherwise.
    pub endpoint_defaults: Settings,
    /// SLS-03. The most workers of an endpoint.
    pub workers_limit: u32,
    /// SLS-04. The most workers of an account's endpoints, by its balance, ascending; none: no quota.
    pub worker_quota: Option<Vec<(Money, u32)>>,
    /// SLS-06. The classes that workers of several GPUs may be of.
    pub multi_gpu_classes: Vec<String>,
    /// SLS-08. Whether an image and a model have to fit.
    pub fit_check: bool,
    /// SLS-09. Quick deploys, by name.
    pub quick_deploys: Vec<(String, QuickDeploy)>,
    /// SLS-11.
    pub rollout: Rollout,
    /// SLS-11. The share of workers_max that is replaced at a time.
    pub rollout_share: Share,
    /// SLS-15. Slots beyond workers_max.
    pub extra_workers: u32,
    /// SLS-16.
    pub health_idle: HealthIdle,
    /// SLS-18. Whether endpoints of the scenario itself begin prepared.
    pub declared_prepared: bool,
    /// SLS-18. Whether slots asleep are bound to a host and pull.
    pub prewarm: bool,
    /// SLS-22.
    pub wake_placement: WakePlacement,
    /// SLS-24. Seconds from woken to container up.
    pub worker_container_start: Distribution,
    /// SLS-25. Probability of a crash on becoming ready.
    pub crash_probability: Share,
    /// SLS-25. When a start takes too long.
    pub init_timeout: Span,
    /// SLS-25. The first wait of an unhealthy worker; it doubles.
    pub unhealthy_retry: Span,
    /// SLS-25. The sum of such waits after which its slot is replaced.
    pub unhealthy_for: Span,
    /// SLS-26. GB of a model loaded per second.
    pub model_load_gb_per_s: u32,
    /// SLS-27. The least cold start by FlashBoot.
    pub flash_restore: Span,
    /// SLS-27. Until when after a stop it is the least.
    pub flash_hold: Span,
    /// SLS-27. When nothing is left of it.
    pub flash_expiry: Span,
    /// SLS-27.
    pub flash_law: FlashLaw,
    /// SLS-29.
    pub dispatch: Dispatch,
    /// SLS-31.
    pub binding: Binding,
    /// SLS-32. How often the scaler looks; zero: at every change.
    pub scaler_period: Span,
    /// SLS-33. Whether a worker on its way answers for late jobs.
    pub count_coming: bool,
    /// SLS-35.
    pub scale_down: ScaleDown,
    /// SLS-36. Whether active and flex workers displace spot pods.
    pub workers_displace_spot: (bool, bool),
    /// SLS-37.
    pub worker_rank: WorkerRank,
    /// SLS-38. How long the loss of a worker is not noticed.
    pub worker_loss_detection: Span,
    /// SLS-40. The billed slice of a run.
    pub serverless_unit: Span,
    /// SLS-40. Its rounding.
    pub serverless_rounding: Rounding,
    /// SLS-41. Classes, with their prices at the start.
    pub classes: Vec<WorkerClass>,
    /// SLS-41.
    pub active_price_when: ActivePriceWhen,
    /// SLS-42.
    pub worker_price_change: WorkerPriceChange,
    /// SLS-43. The billed slice of container disk.
    pub serverless_disk_unit: Span,
    /// SLS-43. Container disk of a run, per GB-month.
    pub serverless_disk_price: Money,
    /// SLS-46.
    pub workers_at_line: WorkersAtLine,
    /// JOB-03. Calls of run per window; none: no limit.
    pub rate_run: Option<u32>,
    /// JOB-03. The same of runsync.
    pub rate_runsync: Option<u32>,
    /// JOB-03. The same of every other operation.
    pub rate_other: Option<u32>,
    /// JOB-03. The window.
    pub rate_window: Span,
    /// JOB-03.
    pub rate_law: RateLaw,
    /// JOB-04.
    pub rate_growth: RateGrowth,
    /// JOB-04. The longest queue: more than the first, and than the second for each of workers_max, is full.
    pub queue_limit: Option<(u32, u32)>,
    /// JOB-05. Largest input of run and of runsync, in bytes.
    pub input: (u64, u64),
    /// JOB-06. Largest output of run and of runsync, in bytes.
    pub output: (u64, u64),
    /// JOB-08.
    pub job_speed: JobSpeed,
    /// JOB-10.
    pub low_priority_escalates: LowPriorityEscalates,
    /// JOB-12.
    pub on_execution_timeout: OnExecutionTimeout,
    /// JOB-13.
    pub ttl_covers: TtlCovers,
    /// JOB-15. Whether a job whose handler failed is tried again.
    pub retry_handler_error: bool,
    /// JOB-16. Whether cancelling a job in progress stops its worker.
    pub cancel_stops_worker: bool,
    /// JOB-18. How long results of run and of runsync can be had.
    pub retention: (Span, Span),
    /// JOB-19. How long a call of runsync waits.
    pub sync_wait: Span,
    /// JOB-21. Probability that a webhook is not answered.
    pub webhook_failure: Share,
    /// JOB-21. From one call to the next.
    pub webhook_gap: Span,
    /// JOB-21. Calls after the first.
    pub webhook_retries: u32,
    /// AIE-01. The platform's own models.
    pub ai_models: Vec<AiModel>,
    /// AIE-02. What their endpoints are.
    pub ai_defaults: (u32, u32, bool),
    /// AIE-03. The slice of an execution that is paid for.
    pub ai_unit: Span,
    /// AIE-03. The price of a second, as so many times its class's flex price.
    pub ai_markup: u32,
    /// AIE-05. Whether unfinished jobs are paid for.
    pub ai_charge_unfinished: bool,
}

fn class(name: &str, types: &[&str], flex: i128, active: i128) -> WorkerClass {
    // In units of 0.00001 USD.
    let price = |units: i128| Money::from_nanos(units * 10_000);
    let types = types.iter().map(|name| (*name).to_owned()).collect();
    WorkerClass { name: name.to_owned(), types, flex: price(flex), active: price(active) }
}

fn default_classes() -> Vec<WorkerClass> {
    vec![
        class("AMPERE_16", &["RTX A4000", "RTX A4500", "RTX 4000 Ada"], 16, 11),
        class("AMPERE_24", &["L4", "RTX A5000", "RTX 3090"], 19, 13),
        class("ADA_24", &["RTX 4090"], 31, 21),
        class("AMPERE_48", &["RTX A6000", "A40"], 34, 24),
        class("ADA_48_PRO", &["L40", "L40S", "RTX 6000 Ada"], 53, 37),
        class("AMPERE_80", &["A100 PCIe", "A100 SXM"], 76, 60),
        class("ADA_80_PRO", &["H100 PCIe", "H100 SXM"], 116, 93),
        class("HOPPER_141", &["H200"], 155, 124),
    ]
}

const fn deploy(image: u32, model: u32, disk: u32, seconds: u64) -> QuickDeploy {
    QuickDeploy {
        image: Gb::new(image),
        model: Gb::new(model),
        container_disk: Gb::new(disk),
        execution: Span::from_seconds(seconds),
    }
}
const STABLE_DIFFUSION: QuickDeploy = deploy(5, 4, 5, 5);
const WHISPER: QuickDeploy = deploy(8, 6, 10, 8);

fn default_models() -> Vec<AiModel> {
    let model = |name: &str, kind: &str, class: &str, deploy: QuickDeploy| AiModel {
        name: name.to_owned(),
        kind: kind.to_owned(),
        class: class.to_owned(),
        deploy,
        execution_timeout: None,
        price_per_second: None,
        basis: Basis::Execution,
    };
    let tuning = model("dreambooth", "tuning", "AMPERE_48", deploy(5, 4, 5, 1200));
    vec![
        model("stable-diffusion-v1", "text to image", "AMPERE_24", STABLE_DIFFUSION),
        model("faster-whisper", "speech", "AMPERE_24", WHISPER),
        model("llama2-13b-chat", "language", "AMPERE_80", deploy(30, 26, 30, 6)),
        AiModel { execution_timeout: Some(Span::HOUR), ..tuning },
    ]
}

impl Default for ServerlessRules {
    #[rustfmt::skip] // what belongs together may stand in one line
    fn default() -> Self {
        let quota = [(0, 5), (100, 10), (200, 20), (300, 30), (500, 40), (700, 50), (900, 60)];
        let deploys = [
            ("stable_diffusion", STABLE_DIFFUSION), ("whisper", WHISPER), ("llm_7b", deploy(16, 14, 20, 6)),
        ];
        Self {
            serverless_clouds: Clouds::Secure,
            endpoint_defaults: Settings::default(),
            workers_limit: 100,
            worker_quota: Some(quota.map(|(usd, workers)| (Money::from_dollars(usd), workers)).to_vec()),
            multi_gpu_classes: vec!["AMPERE_48".to_owned(), "ADA_48_PRO".to_owned()],
            fit_check: true,
            quick_deploys: deploys.map(|(name, deploy)| (name.to_owned(), deploy)).to_vec(),
            rollout: Rollout::Drain, rollout_share: Share::from_billionths(100_000_000),
            extra_workers: 2,
            health_idle: HealthIdle::Ready,
            declared_prepared: true, prewarm: true,
            wake_placement: WakePlacement::BoundFirst,
            worker_container_start: Distribution::Constant(1.0),
            crash_probability: Share::from_billionths(0),
            init_timeout: Span::MINUTE * 7,
            unhealthy_retry: Span::HOUR, unhealthy_for: Span::DAY * 7,
            model_load_gb_per_s: 2,
            flash_restore: Span::from_micros(500_000), flash_hold: Span::MINUTE, flash_expiry: Span::HOUR,
            flash_law: FlashLaw::Linear,
            dispatch: Dispatch::MostRecentlyIdle,
            binding: Binding::Late,
            scaler_period: Span::ZERO,
            count_coming: true,
            scale_down: ScaleDown::IdleTimeout,
            workers_displace_spot: (true, true),
            worker_rank: WorkerRank::ByTime,
            worker_loss_detection: Span::ZERO,
            serverless_unit: Span::from_seconds(1), serverless_rounding: Rounding::Started,
            classes: default_classes(),
            active_price_when: ActivePriceWhen::Always,
            worker_price_change: WorkerPriceChange::Running,
            serverless_disk_unit: Span::from_seconds(300),
            serverless_disk_price: Money::from_nanos(100_000_000),
            workers_at_line: WorkersAtLine::Drain,
            rate_run: Some(1000), rate_runsync: Some(2000), rate_other: None,
            rate_window: Span::from_seconds(10), rate_law: RateLaw::FixedWindow,
            rate_growth: RateGrowth::None, queue_limit: None,
            input: (10_000_000, 20_000_000), output: (10_000_000, 20_000_000),
            job_speed: JobSpeed::Equal,
            low_priority_escalates: LowPriorityEscalates::Never,
            on_execution_timeout: OnExecutionTimeout::StopWorker,
            ttl_covers: TtlCovers::Queue,
            retry_handler_error: false, cancel_stops_worker: false,
            retention: (Span::MINUTE * 30, Span::MINUTE),
            sync_wait: Span::from_seconds(90),
            webhook_failure: Share::from_billionths(0),
            webhook_gap: Span::from_seconds(10), webhook_retries: 2,
            ai_models: default_models(),
            ai_defaults: (1, 100, true),
            ai_unit: Span::from_micros(1000), ai_markup: 2,
            ai_charge_unfinished: false,
        }
    }
}
