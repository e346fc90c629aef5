//! What rules may say of serverless workers and of the platform's own models (SLS-09, SLS-41, AIE-01 to AIE-04).

use crate::scenario::text::Field;
use serde::Deserialize;

/// A class of GPU types, beyond those that the rules have (SLS-41).
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct WorkerClassText {
    /// List of texts: display names of its types, best first. Mandatory.
    pub(crate) types: Field,
    /// USD per GPU and second of a flex worker. Mandatory.
    pub(crate) flex: Field,
    /// The same of an active worker. Mandatory.
    pub(crate) active: Field,
}

/// A quick deploy (SLS-09).
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct QuickDeployText {
    /// Whole GB. Mandatory.
    pub(crate) image_gb: Field,
    /// Whole GB. Mandatory.
    pub(crate) model_gb: Field,
    /// Whole GB. Mandatory.
    pub(crate) container_disk_gb: Field,
    /// Duration: the execution time of its jobs. Mandatory.
    pub(crate) execution: Field,
}

/// A model of the platform's own (AIE-01).
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct AiModelText {
    /// Text: what it does. Mandatory.
    pub(crate) kind: Field,
    /// Text: the class of GPUs that its workers run on. Mandatory.
    pub(crate) class: Field,
    /// Text: one of the rules' `quick_deploys`, which says the next four. Default: they are stated.
    pub(crate) preset: Field,
    /// As in a quick deploy. Mandatory without `preset`.
    pub(crate) image_gb: Field,
    /// As in a quick deploy. Mandatory without `preset`.
    pub(crate) model_gb: Field,
    /// As in a quick deploy. Mandatory without `preset`.
    pub(crate) container_disk_gb: Field,
    /// As in a quick deploy. Mandatory without `preset`.
    pub(crate) execution: Field,
    /// Duration. Default: that of `endpoint_defaults`.
    pub(crate) execution_timeout: Field,
    /// USD per second of execution (AIE-03). Default: `ai_markup` times the flex price of its class.
    pub(crate) price_per_second: Field,
    /// [`BasisText`]. Default: `execution`.
    pub(crate) basis: Field,
}

/// What a job on a prebuilt endpoint is paid for (AIE-04).
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "snake_case")]
pub(crate) enum BasisText {
    /// Its execution.
    Execution,
    /// Itself: USD.
    Request(Field),
    /// What it puts out.
    Output(OutputText),
}

/// A price of output.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct OutputText {
    /// USD. Mandatory.
    pub(crate) price: Field,
    /// Number with at most six decimals: of so many units. Default: 1.
    pub(crate) per: Field,
}

/// What the endpoints of the platform's own models are (AIE-02).
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct AiDefaultsText {
    /// Whole number. Default: the profile's.
    pub(crate) workers_min: Field,
    /// Whole number. Default: the profile's.
    pub(crate) workers_max: Field,
    /// `true` or `false`. Default: the profile's.
    pub(crate) flashboot: Field,
}
