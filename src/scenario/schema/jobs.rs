//! What a scenario may say of requests to serverless endpoints (JOB), at random, recorded or scripted.

use super::demand::{BurstsText, CountsText, PoissonText, RenewalText};
use crate::scenario::text::Field;
use serde::Deserialize;

/// Requests of one kind to an endpoint.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct RequestsText {
    /// Text: the name of an endpoint, of one of the rules' `ai_models`, or of several endpoints alike, each of
    /// which gets as many. Mandatory.
    pub(crate) endpoint: Field,
    /// Text: the account that calls: the endpoint's owner, or anybody where the platform owns it. Default: the
    /// owner; mandatory where that is the platform.
    pub(crate) account: Field,
    /// [`RequestArrivalsText`]. Mandatory.
    pub(crate) arrivals: Field,
    /// Duration since the start at which they begin. Default: `"0s"`.
    pub(crate) from: Field,
    /// Duration since the start at which they end. Default: the horizon.
    pub(crate) until: Field,
    /// Distribution of durations, or [`ServiceText`]. Default: as the trace has it, or the endpoint's quick
    /// deploy; else mandatory.
    pub(crate) execution: Field,
    /// `run` or `runsync`. Default: `run`.
    pub(crate) operation: Field,
    /// Share of low-priority ones (JOB-10). Default: 0.
    pub(crate) low_priority: Field,
    /// Share whose handler fails (JOB-15). Default: 0.
    pub(crate) handler_error: Field,
    /// Distribution of bytes (JOB-05). Default: few.
    pub(crate) input_bytes: Field,
    /// Distribution of bytes (JOB-06). Default: few.
    pub(crate) output_bytes: Field,
    /// Distribution of units of output: megapixels, images, seconds, characters, tokens (AIE-04). Default: none.
    pub(crate) output_units: Field,
    /// Duration: their execution timeout (JOB-12). Default: the endpoint's.
    pub(crate) execution_timeout: Field,
    /// Duration: their time to live (JOB-13). Default: the endpoint's.
    pub(crate) ttl: Field,
    /// `true` or `false`: whether a webhook is called at their end (JOB-21). Default: `false`.
    pub(crate) webhook: Field,
}

/// When requests come.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) enum RequestArrivalsText {
    /// Independently of each other.
    Poisson(PoissonText),
    /// After independent gaps of one distribution.
    Renewal(RenewalText),
    /// In bursts: a Poisson process whose rate goes round through its states.
    Bursts(BurstsText),
    /// Independently of each other, at the rates that a table counted.
    Counts(CountsText),
    /// As a trace of requests has them.
    Trace(RequestTraceText),
}

/// A trace of requests.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct RequestTraceText {
    /// Text: the CSV file, plain or gzipped. Mandatory.
    pub(crate) file: Field,
    /// `plain`, `azure_llm_2023`, `azure_functions_2019`, `azure_functions_2021` or `alibaba_genai_2026`.
    /// Default: `plain`.
    pub(crate) format: Field,
    /// Text: only rows of this application, function or service. Default: all.
    pub(crate) only: Field,
    /// Number above 0: times are so many times as far apart. Default: 1.
    pub(crate) stretch: Field,
}

/// How long requests take, where that is no duration.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) enum ServiceText {
    /// By their tokens, at the endpoint's `token_rates`.
    Tokens(TokensText),
}

/// Tokens of a request.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct TokensText {
    /// Distribution of numbers, rounded to whole ones. Mandatory.
    pub(crate) prompt: Field,
    /// Distribution of numbers, rounded to whole ones. Mandatory.
    pub(crate) answer: Field,
}

/// Jobs that the script submits.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[expect(non_snake_case, reason = "arguments bear the platform's names (API-01)")]
pub(crate) struct SubmitJobText {
    /// Text: the endpoint's name. Mandatory.
    pub(crate) endpoint: Field,
    /// Simulator: text, an id of its own, by which CancelJob knows it. Default: none.
    pub(crate) id: Field,
    /// Simulator: whole number from 1 on: so many alike. Default: 1.
    pub(crate) count: Field,
    /// `run` or `runsync`. Default: `run`.
    pub(crate) operation: Field,
    /// Simulator: duration on the endpoint's first GPU type. Default: the endpoint's quick deploy; else this or
    /// `tokens` is mandatory.
    pub(crate) execution: Field,
    /// Simulator: pair of whole numbers, instead of `execution`: tokens of prompt and answer.
    pub(crate) tokens: Field,
    /// `true` or `false` (JOB-10). Default: `false`.
    pub(crate) lowPriority: Field,
    /// Duration from 5 s to 12 h (JOB-12). Default: the endpoint's.
    pub(crate) executionTimeout: Field,
    /// Duration from 10 s to 7 d (JOB-13). Default: the endpoint's.
    pub(crate) ttl: Field,
    /// Simulator: `true` or `false`: whether it has an input (JOB-02). Default: `true`.
    pub(crate) input: Field,
    /// Simulator: whole number (JOB-05). Default: 0.
    pub(crate) input_bytes: Field,
    /// Simulator: whole number (JOB-06). Default: 0.
    pub(crate) output_bytes: Field,
    /// Simulator: number with at most six decimals (AIE-04). Default: 0.
    pub(crate) output_units: Field,
    /// Simulator: `true` or `false`: whether its handler fails (JOB-15). Default: `false`.
    pub(crate) handler_error: Field,
    /// Duration that a call of `runsync` waits (JOB-19). Default: the rules'.
    pub(crate) sync_wait: Field,
    /// `true` or `false`: whether a webhook is called at its end (JOB-21). Default: `false`.
    pub(crate) webhook: Field,
}

/// A job that is cancelled.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct CancelJobText {
    /// Text: the endpoint's name. Mandatory.
    pub(crate) endpoint: Field,
    /// Text: the job's id. Mandatory.
    pub(crate) id: Field,
}

/// An endpoint.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct OfEndpointText {
    /// Text: the endpoint's name. Mandatory.
    pub(crate) endpoint: Field,
}
