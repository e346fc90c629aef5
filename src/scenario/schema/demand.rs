//! What a scenario may say about customers: segments, arrivals, distributions, traces.

use crate::scenario::text::Field;
use serde::Deserialize;

/// A segment: customers who behave alike. Where it says *distribution* of something, a single value
/// stands for one that never varies, and [`DistributionText`] says what else may stand there.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct SegmentText {
    /// Text. Mandatory.
    pub(crate) name: Field,
    /// Whole number of accounts, named `<name>-1`, `<name>-2`, …; each arrival belongs to one of them,
    /// all alike likely. Default: 1, or as many as the replayed trace names.
    pub(crate) accounts: Field,
    /// Distribution of USD: what each account opens with. Mandatory.
    pub(crate) balance: Field,
    /// [`DepositsText`]: what each account pays in later. Default: nothing.
    pub(crate) deposits: Field,
    /// [`super::AutoPayText`] of each account (ACCT-05). Default: none.
    pub(crate) auto_pay: Field,
    /// USD: tell the owner when the balance falls below (ACCT-08). Default: never.
    pub(crate) low_balance: Field,
    /// USD (ACCT-10). Default: the rules' `credit_line`.
    pub(crate) credit_line: Field,
    /// USD per hour that each account may burn, or `None`: no limit (ACCT-06). Default: by the rules'
    /// `spending_limit_steps`.
    pub(crate) spending_limit: Field,
    /// Duration: how old the accounts are at time 0 (ACCT-07). Default: `"0s"`, new.
    pub(crate) account_age: Field,
    /// [`ArrivalsText`]. Mandatory.
    pub(crate) arrivals: Field,
    /// Distribution of numbers, rounded to whole ones: how many arrive together. Default: 1.
    pub(crate) batch: Field,
    /// Duration since the start at which arrivals begin. Default: `"0s"`.
    pub(crate) from: Field,
    /// Duration since the start at which arrivals end. Default: the horizon.
    pub(crate) until: Field,
    /// Text, or a list of texts, preferred first: acceptable GPU types. Mandatory, but where a trace
    /// names them in each of its rows.
    pub(crate) gpu_type: Field,
    /// `SECURE`, `COMMUNITY` or `ALL`. Default: `ALL`.
    pub(crate) cloud: Field,
    /// Text: the data center that its pods demand (CLD-05). Default: anywhere.
    pub(crate) datacenter: Field,
    /// Text: the code of the country that its pods demand (CLD-05). Default: anywhere.
    pub(crate) country: Field,
    /// `true` or `false`: whether its pods demand a public IP (CLD-05). Default: `false`.
    pub(crate) public_ip: Field,
    /// Whole Mbit/s: the least download speed that its pods demand (CLD-05). Default: 0.
    pub(crate) min_download_mbps: Field,
    /// Whole Mbit/s: the same of upload. Default: 0.
    pub(crate) min_upload_mbps: Field,
    /// Whole GB: each account makes a network volume of this size in `datacenter` when it first asks for a
    /// pod, and all of its pods have it (NVOL-05). Default: none.
    pub(crate) network_volume_gb: Field,
    /// Distribution of whole numbers: GPUs of a pod. Default: 1. A trace says its own.
    pub(crate) gpus: Field,
    /// Whole number, with `gpus: 0`: vCPUs of CPU pods (POD-14). Default: 0, none.
    pub(crate) vcpus: Field,
    /// Whole number: least vCPUs (POD-02). Default: 0.
    pub(crate) min_vcpus: Field,
    /// Whole GB: least memory (POD-02). Default: 0.
    pub(crate) min_memory_gb: Field,
    /// Text: the id of a template of the scenario that everybody may use (TMPL-02). Default: none.
    pub(crate) template: Field,
    /// Whole GB. Default: the template's, or 10.
    pub(crate) container_disk_gb: Field,
    /// Whole GB. Default: the template's, or 0.
    pub(crate) volume_gb: Field,
    /// Text: an image that hosts keep for others (TMPL-05). Default: the template's, or one of each pod's own.
    pub(crate) image_name: Field,
    /// Whole GB of the image to pull. Default: the template's; or 0, the image is on every host; or what
    /// is said of a named image elsewhere.
    pub(crate) image_gb: Field,
    /// USD per hour: a ceiling on the compute price (API-02). Default: none.
    pub(crate) deploy_cost: Field,
    /// Distribution of durations on the GPUs asked for, or `None`: until something else ends the pod.
    /// This or `work` is mandatory. A trace says its own.
    pub(crate) duration: Field,
    /// Distribution of GPU-seconds: work to do, instead of `duration` (POD-20).
    pub(crate) work: Field,
    /// Distribution of USD: what the work is worth. Default: not stated.
    pub(crate) value: Field,
    /// Distribution of durations that a request waits for GPUs, or `None`: for ever. Default: `"0s"`,
    /// not at all.
    pub(crate) patience: Field,
    /// [`KindText`]. Default: `on_demand`.
    pub(crate) kind: Field,
    /// [`super::conduct::ConductText`]: what its customers decide for themselves. Default: nothing, each
    /// asks once.
    pub(crate) conduct: Field,
    /// [`super::conduct::ChurnText`]: when its customers turn away. Default: never.
    pub(crate) churn: Field,
    /// `terminate` or `stop` when the work is done. Default: `terminate`.
    pub(crate) on_done: Field,
    /// [`CheckpointText`]. Default: no checkpoints, restarts that take no time.
    pub(crate) checkpoint: Field,
}

/// How pods keep their work (POD-20).
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct CheckpointText {
    /// `never`, `interval("30m")`, `young` or `daly`: how much work passes between two checkpoints.
    /// Default: `never`.
    pub(crate) policy: Field,
    /// Duration: what a checkpoint takes; no work proceeds meanwhile. Default: `"0s"`.
    pub(crate) cost: Field,
    /// Duration that passes before work goes on each time that the container is up again. Default: `"0s"`.
    pub(crate) restart: Field,
    /// `true` or `false`: whether a checkpoint is begun at SIGTERM, if it is whole by SIGKILL.
    /// Default: `false`.
    pub(crate) on_sigterm: Field,
    /// Duration: the mean time to preemption that `young` and `daly` reckon with. Mandatory for them.
    pub(crate) mean_time_to_preemption: Field,
}

/// Later deposits of each account, the first of them one gap after the start.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct DepositsText {
    /// Distribution of durations between deposits. Mandatory.
    pub(crate) every: Field,
    /// Distribution of USD. Mandatory.
    pub(crate) amount: Field,
}

/// How customers buy.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "snake_case")]
pub(crate) enum KindText {
    /// On demand.
    OnDemand,
    /// At a bid.
    Spot(SpotText),
    /// On demand, with savings plans.
    Savings(SavingsText),
}

/// The savings plan that each account keeps (PLAN-01): bought at its first request, and at the next one
/// after it has ended, if the account has the money.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct SavingsText {
    /// Duration: one of the terms of the rules' `plan_discounts`. Mandatory.
    pub(crate) term: Field,
    /// Whole number of GPUs that it covers. Default: 1.
    pub(crate) gpus: Field,
}

/// A bid: `escalating` goes with `bid` or `share`, of the others one is stated.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct SpotText {
    /// USD per GPU-hour, or per pod-hour under `bid_per: pod` (SPOT-01).
    pub(crate) bid: Field,
    /// Number: this share of the on-demand price in force, of the first GPU type and cheapest cloud
    /// that the request names.
    pub(crate) share: Field,
    /// USD per GPU-hour: so much more than the least bid that would win now (SPOT-11).
    pub(crate) minimum_winning: Field,
    /// Number: this share of what the work that is left is worth per GPU-hour.
    pub(crate) value_share: Field,
    /// [`EscalatingText`]: more after each loss. Default: always the same.
    pub(crate) escalating: Field,
    /// Name of a policy that the program has registered.
    pub(crate) policy: Field,
}

/// How a bid grows with each loss: a displacement, a refusal, a wait in vain.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct EscalatingText {
    /// Number above 1 by which each loss multiplies it. Mandatory.
    pub(crate) times: Field,
    /// Number: the most, as a share of the on-demand price in force. Default: 1.
    pub(crate) cap: Field,
}

/// When customers arrive.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) enum ArrivalsText {
    /// Independently of each other.
    Poisson(PoissonText),
    /// After independent gaps of one distribution.
    Renewal(RenewalText),
    /// In bursts: a Poisson process whose rate goes round through its states.
    Bursts(BurstsText),
    /// Independently of each other, at the rates that a table counted.
    Counts(CountsText),
    /// As the rows of a trace say.
    Replay(ReplayText),
}

/// Poisson arrivals.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct PoissonText {
    /// Rate: the mean number of arrivals, such as `"12/h"`. Mandatory.
    pub(crate) rate: Field,
    /// [`RateProfileText`]: how the rate moves over the day or week. Default: not at all.
    pub(crate) profile: Field,
}

/// How a rate moves: it is multiplied by this, continuously in time (UTC).
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) enum RateProfileText {
    /// By a cosine over the day.
    Daily(DailyText),
    /// List of numbers, equally spaced over the day from midnight, joined by straight lines.
    Day(Field),
    /// List of numbers, equally spaced over the week from Monday, joined by straight lines.
    Week(Field),
}

/// A cosine over the day: `1 + amplitude × cos(2π (hour − peak_hour) / 24)`.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct DailyText {
    /// Number from 0 to 1. Mandatory.
    pub(crate) amplitude: Field,
    /// Number from 0 to below 24: the hour (UTC) of the peak. Mandatory.
    pub(crate) peak_hour: Field,
}

/// Arrivals after independent gaps.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct RenewalText {
    /// Distribution of durations. Mandatory.
    pub(crate) gap: Field,
}

/// Arrivals in bursts.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct BurstsText {
    /// List of [`StateText`], taken round in turn from the first. Mandatory.
    pub(crate) states: Field,
}

/// A state of a process that arrives in bursts.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct StateText {
    /// Rate of arrivals in this state, such as `"60/h"`. Mandatory.
    pub(crate) rate: Field,
    /// Duration: the mean of the exponential stay in this state. Mandatory.
    pub(crate) stay: Field,
}

/// Poisson arrivals at recorded rates: as many on average as each row of a table counts.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct CountsText {
    /// Text: the CSV file, plain or gzipped. Mandatory.
    pub(crate) path: Field,
    /// `helios_throughput`. Default: that, the only table of arrivals known.
    pub(crate) format: Field,
    /// Text: the column that counts. Default: `"submit_gpu_job"`.
    pub(crate) column: Field,
    /// Duration since the first row: this instant becomes the segment's `from`. Default: `"0s"`.
    pub(crate) from: Field,
    /// Number by which each count is multiplied. Default: 1.
    pub(crate) times: Field,
}

/// A trace, replayed: what a row states holds, the segment says the rest.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct ReplayText {
    /// Text: the CSV file, plain or gzipped. Mandatory.
    pub(crate) path: Field,
    /// `plain`, `openb_pods`, `philly_jobs` or `dlrm_instances`. Default: `plain`.
    pub(crate) format: Field,
    /// Duration since the trace's zero: this instant becomes the segment's `from`, requests before it
    /// are left out. Default: `"0s"`.
    pub(crate) from: Field,
    /// `whole` or `skip`: what becomes of requests for a share of one GPU. Default: `whole`.
    pub(crate) gpu_shares: Field,
    /// `skip` or `zero_gpu`: what becomes of requests without a GPU. Default: `skip`.
    pub(crate) no_gpu: Field,
    /// Whole number from 1 to 16: the most GPUs of one pod. Default: as many as a row asks for.
    pub(crate) largest_pod: Field,
    /// `split` or `skip`: what becomes of requests for more. Default: `split`.
    pub(crate) larger: Field,
    /// `asked` or `ignored`: what becomes of the vCPUs and memory that rows ask for. Default: `asked`.
    pub(crate) cpu_memory: Field,
    /// `problem` or `refused`: what becomes of requests that no host could ever hold. Default: `problem`.
    pub(crate) oversized: Field,
    /// Map from the trace's GPU type names to ids, or lists of ids: `{"G1": "NVIDIA A100 80GB PCIe"}`.
    /// Default: the names are ids.
    pub(crate) types: Field,
}

/// A distribution of durations, USD, GPU-seconds or numbers, as the field says that holds it. Bounds,
/// means, medians, scales and values are written in that unit; shapes and `sigma` are numbers.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) enum DistributionText {
    /// Always the same; the value alone means that, too.
    Constant(Field),
    /// Equally likely everywhere between two bounds.
    Uniform(UniformText),
    /// Exponential.
    Exponential(ExponentialText),
    /// Log-normal.
    LogNormal(LogNormalText),
    /// Gamma, of mean `shape × scale`.
    Gamma(ShapeText),
    /// Weibull.
    Weibull(ShapeText),
    /// Pareto, whose least value is the scale; its mean is infinite for shapes up to 1.
    Pareto(ShapeText),
    /// Normal, kept between two bounds.
    TruncatedNormal(TruncatedNormalText),
    /// Map from values to probabilities, which add up to 1: `Choice({1: 0.7, 8: 0.3})`.
    Choice(Field),
    /// Measured values from a column of a CSV file, all alike likely.
    Empirical(EmpiricalText),
}

/// Parameters of `Uniform`.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct UniformText {
    /// The least value. Mandatory.
    pub(crate) low: Field,
    /// The greatest value. Mandatory.
    pub(crate) high: Field,
}

/// Parameters of `Exponential`.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct ExponentialText {
    /// The mean. Mandatory.
    pub(crate) mean: Field,
}

/// Parameters of `LogNormal`: `median` and `p95`, or `mu` and `sigma`.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct LogNormalText {
    /// Half of the values are below it.
    pub(crate) median: Field,
    /// 95 % of the values are below it.
    pub(crate) p95: Field,
    /// Number: the mean of the logarithm of the value (in seconds, USD, …).
    pub(crate) mu: Field,
    /// Number: the deviation of the logarithm.
    pub(crate) sigma: Field,
}

/// Parameters of `Gamma`, `Weibull` and `Pareto`.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct ShapeText {
    /// Number above 0. Mandatory.
    pub(crate) shape: Field,
    /// The scale. Mandatory.
    pub(crate) scale: Field,
}

/// Parameters of `TruncatedNormal`.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct TruncatedNormalText {
    /// The mean of the whole curve. Mandatory.
    pub(crate) mean: Field,
    /// The standard deviation of the whole curve. Mandatory.
    pub(crate) deviation: Field,
    /// The least value. Default: 0.
    pub(crate) low: Field,
    /// The greatest value. Default: none.
    pub(crate) high: Field,
}

/// Parameters of `Empirical`.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct EmpiricalText {
    /// Text: the CSV file, plain or gzipped. Mandatory.
    pub(crate) path: Field,
    /// Text: the name of the column. Mandatory.
    pub(crate) column: Field,
    /// Number by which each value is multiplied to become seconds, USD, …: 3600 for a column of hours.
    /// Default: 1.
    pub(crate) times: Field,
}
