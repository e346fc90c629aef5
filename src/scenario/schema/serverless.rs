//! What a scenario may say of serverless endpoints (SLS-02).

use crate::scenario::text::Field;
use serde::Deserialize;

/// What an endpoint says of itself beside its name. What is left out is as `endpoint_defaults` of the rules
/// have it; of UpdateEndpoint, as before.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct SettingsText {
    /// Whole number: active workers.
    pub(crate) workers_min: Field,
    /// Whole number: the most workers.
    pub(crate) workers_max: Field,
    /// Text, or a list of texts, best first: GPU types, or classes such as `"AMPERE_24"`.
    pub(crate) gpus: Field,
    /// Whole number from 1 to 8.
    pub(crate) gpus_per_worker: Field,
    /// Duration from 1 s to 1 h.
    pub(crate) idle_timeout: Field,
    /// [`ScalerText`].
    pub(crate) scaler: Field,
    /// [`KeepAliveText`].
    pub(crate) keep_alive: Field,
    /// `true` or `false`: whether stops leave snapshots (SLS-27).
    pub(crate) flashboot: Field,
    /// Text, or a list of texts: data centers.
    pub(crate) data_centers: Field,
    /// Text: the name of a network volume of the script.
    pub(crate) network_volume: Field,
    /// Text: the id of a template of the scenario, which says image and container disk.
    pub(crate) template: Field,
    /// Text: an image that hosts keep for others (TMPL-05).
    pub(crate) image_name: Field,
    /// Whole GB of the image.
    pub(crate) image_gb: Field,
    /// Whole GB of the model.
    pub(crate) model_gb: Field,
    /// `Image`, `HostCache`, `NetworkVolume` or `Download`.
    pub(crate) model_source: Field,
    /// Whole GB from 1 on.
    pub(crate) container_disk_gb: Field,
    /// Whole number from 1 on: jobs that a worker holds at a time.
    pub(crate) concurrency: Field,
    /// Duration from 5 s to 12 h.
    pub(crate) execution_timeout: Field,
    /// Duration from 10 s to 7 d.
    pub(crate) ttl: Field,
    /// Whole number from 1 on.
    pub(crate) max_attempts: Field,
    /// Duration from one chunk of a stream to the next, or `None`: no stream (JOB-20).
    pub(crate) stream_interval: Field,
    /// `true` or `false`: whether the output of a stream stands in its status (JOB-20).
    pub(crate) aggregate: Field,
    /// Map from GPU types to pairs of tokens per second: of the prompt, of the answer.
    pub(crate) token_rates: Field,
}

/// Structs of fields of their own and of all settings.
macro_rules! with_settings {
    ($($(#[$doc:meta])* $name:ident { $($(#[$field_doc:meta])* $field:ident),* $(,)? })*) => {$(
        $(#[$doc])*
        #[derive(Debug, Default, Deserialize)]
        #[serde(default, deny_unknown_fields)]
        pub(crate) struct $name {
            $($(#[$field_doc])* pub(crate) $field: Field,)*
            workers_min: Field, workers_max: Field, gpus: Field, gpus_per_worker: Field,
            idle_timeout: Field, scaler: Field, keep_alive: Field, flashboot: Field,
            data_centers: Field, network_volume: Field, template: Field, image_name: Field,
            image_gb: Field, model_gb: Field, model_source: Field, container_disk_gb: Field,
            concurrency: Field, execution_timeout: Field, ttl: Field, max_attempts: Field,
            stream_interval: Field, aggregate: Field, token_rates: Field,
        }

        impl $name {
            /// The settings among its fields.
            pub(crate) fn settings(&self) -> SettingsText {
                SettingsText {
                    workers_min: self.workers_min,
                    workers_max: self.workers_max,
                    gpus: self.gpus,
                    gpus_per_worker: self.gpus_per_worker,
                    idle_timeout: self.idle_timeout,
                    scaler: self.scaler,
                    keep_alive: self.keep_alive,
                    flashboot: self.flashboot,
                    data_centers: self.data_centers,
                    network_volume: self.network_volume,
                    template: self.template,
                    image_name: self.image_name,
                    image_gb: self.image_gb,
                    model_gb: self.model_gb,
                    model_source: self.model_source,
                    container_disk_gb: self.container_disk_gb,
                    concurrency: self.concurrency,
                    execution_timeout: self.execution_timeout,
                    ttl: self.ttl,
                    max_attempts: self.max_attempts,
                    stream_interval: self.stream_interval,
                    aggregate: self.aggregate,
                    token_rates: self.token_rates,
                }
            }
        }
    )*};
}

with_settings! {
    /// An endpoint that is there at the start.
    EndpointText {
        /// Text. Mandatory.
        name,
        /// Text: the account that owns it. Mandatory.
        account,
        /// Whole number: so many alike, called `name-1`, `name-2`, …. Default: one, called `name`.
        count,
        /// Text: one of the rules' `quick_deploys` (SLS-09). Default: none.
        quick_deploy,
    }
    /// A new endpoint.
    CreateEndpointText {
        /// Text. Without it, it is refused.
        name,
        /// Text: one of the rules' `quick_deploys` (SLS-09). Default: none.
        quick_deploy,
    }
    /// An endpoint that is changed.
    UpdateEndpointText {
        /// Text: the endpoint's name. Mandatory.
        endpoint,
        /// A new name, which is not to be had: outputs show one.
        name,
    }
}

/// How many workers an endpoint wants (SLS-32 to SLS-35).
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) enum ScalerText {
    /// A worker for each job that has waited so long: a duration from 0.5 s on.
    QueueDelay(Field),
    /// A worker for so many jobs: a whole number from 1 on; without one, 4.
    RequestCount(Field),
    /// As Knative does.
    Concurrency(ConcurrencyText),
    /// By the rate of arrivals.
    Predictive(PredictiveText),
    /// Always so many: a whole number.
    Fixed(Field),
    /// List of pairs: a duration since midnight (UTC), and how many from then on.
    Scheduled(Field),
}

/// Workers for so many jobs at a time.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct ConcurrencyText {
    /// Number above 0: jobs in hand and in the queue, per worker. Default: 1.
    pub(crate) target: Field,
    /// Duration over which they are averaged. Default: `"60s"`.
    pub(crate) window: Field,
    /// The same in a panic, at most `window`. Default: a tenth of it.
    pub(crate) panic_window: Field,
    /// Number from 1 on: panic begins where the short average asks for so many times the workers that are
    /// ready. Default: 2.
    pub(crate) panic_threshold: Field,
}

/// Workers for the rate of arrivals.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct PredictiveText {
    /// Duration over which arrivals are counted. Default: `"5m"`.
    pub(crate) window: Field,
    /// Number above 0: so many times the workers that the rate needs. Default: 1.2.
    pub(crate) safety: Field,
}

/// How long an idle worker is kept.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "snake_case")]
pub(crate) enum KeepAliveText {
    /// For the idle timeout.
    IdleTimeout,
    /// By a histogram of the times without a request (Shahrad et al., ATC'20).
    Hybrid(HybridText),
    /// By the mean time between requests.
    Adaptive(AdaptiveText),
}

/// A histogram of idle times: from the end of a job to the next request.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct HybridText {
    /// Duration: its range. Default: `"4h"`.
    pub(crate) range: Field,
    /// Duration: the width of a cell. Default: `"1m"`.
    pub(crate) cell: Field,
    /// Share of the times shorter than that after which a worker is woken ahead; 0: none ever is. Default: 0.05.
    pub(crate) head: Field,
    /// The same of that until which it is kept. Default: 0.99.
    pub(crate) tail: Field,
    /// Share by which the first is earlier and the second later. Default: 0.1.
    pub(crate) margin: Field,
}

/// So many times the mean time between requests.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct AdaptiveText {
    /// Number above 0. Mandatory.
    pub(crate) factor: Field,
    /// Duration: the least. Default: `"1s"`.
    pub(crate) least: Field,
    /// Duration: the most. Default: `"1h"`.
    pub(crate) most: Field,
}
