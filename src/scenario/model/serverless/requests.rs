//! Requests to endpoints as a scenario states them: where they come from, and what each is (JOB, AIE).

use crate::ids::{AccountId, EndpointId};
use crate::rng::draw::Distribution;
use crate::scenario::demand::ArrivalProcess;
use crate::units::{SimTime, Span};

/// How long the requests of a source take.
#[derive(Clone, Debug, PartialEq)]
pub enum ServiceTime {
    /// Seconds.
    Drawn(Distribution),
    /// By the tokens of prompt and answer (whole numbers), at the rates of the GPU type that serves them.
    Tokens {
        /// Of the prompt.
        prompt: Distribution,
        /// Of the answer.
        answer: Distribution,
    },
    /// As the trace has it.
    Traced,
}

/// When the requests of a source come.
#[derive(Clone, Debug, PartialEq)]
pub enum RequestArrivals {
    /// At random, or recorded as counts: as customers do.
    Process(ArrivalProcess),
    /// A trace of requests.
    Trace(RequestTrace),
}

/// A trace of requests (a file of `workload::requests`).
#[derive(Clone, Debug, PartialEq)]
pub struct RequestTrace {
    /// The file.
    pub path: std::path::PathBuf,
    /// What kind of file it is.
    pub format: RequestTraceFormat,
    /// Only rows of this application, function or service, where the file knows several.
    pub only: Option<String>,
    /// Times are so many times as far apart.
    pub stretch: f64,
}

/// What a trace of requests looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RequestTraceFormat {
    /// Our own: `arrival_s, execution_s` and more.
    Plain,
    /// Azure LLM inference 2023: tokens of prompt and answer.
    #[serde(rename = "azure_llm_2023")]
    AzureLlm2023,
    /// Azure Functions 2019: invocations per minute, with durations.
    #[serde(rename = "azure_functions_2019")]
    AzureFunctions2019,
    /// Azure Functions 2021: an invocation a row.
    #[serde(rename = "azure_functions_2021")]
    AzureFunctions2021,
    /// Alibaba GenAI 2026: requests of diffusion models with their service times.
    #[serde(rename = "alibaba_genai_2026")]
    AlibabaGenai2026,
}

impl RequestTraceFormat {
    /// All that are known.
    pub const ALL: [Self; 5] = [
        Self::Plain,
        Self::AzureLlm2023,
        Self::AzureFunctions2019,
        Self::AzureFunctions2021,
        Self::AlibabaGenai2026,
    ];
}

/// Where requests to an endpoint come from.
#[derive(Clone, Debug, PartialEq)]
pub struct RequestSource {
    /// The endpoint.
    pub endpoint: EndpointId,
    /// Whose calls they are.
    pub account: AccountId,
    /// When they come.
    pub arrivals: RequestArrivals,
    /// They begin at this instant.
    pub from: SimTime,
    /// None comes at or after this instant.
    pub until: SimTime,
    /// How long they take.
    pub service: ServiceTime,
    /// JOB-01. Whether they are made by runsync.
    pub sync: bool,
    /// JOB-10. The share of low-priority ones.
    pub low_priority: f64,
    /// JOB-15. The share whose handler fails.
    pub handler_error: f64,
    /// JOB-05. Bytes of input; none: few.
    pub input_bytes: Option<Distribution>,
    /// JOB-06. Bytes of output; none: few.
    pub output_bytes: Option<Distribution>,
    /// AIE-04. Units of output: megapixels, images, seconds, characters, tokens.
    pub output_units: Option<Distribution>,
    /// JOB-10, JOB-12. A limit of their own.
    pub execution_timeout: Option<Span>,
    /// JOB-10, JOB-13. A time to live of their own.
    pub ttl: Option<Span>,
    /// JOB-21. Whether a webhook is called at their end.
    pub webhook: bool,
}

/// One request, as it is submitted.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Submission {
    /// JOB-01. Whether by runsync.
    pub sync: bool,
    /// How long it takes on the first GPU type of its endpoint.
    pub execution: Work,
    /// JOB-10.
    pub low_priority: bool,
    /// JOB-10, JOB-12.
    pub execution_timeout: Option<Span>,
    /// JOB-10, JOB-13.
    pub ttl: Option<Span>,
    /// JOB-15.
    pub handler_error: bool,
    /// JOB-02. Whether it has an input.
    pub has_input: bool,
    /// JOB-05.
    pub input_bytes: u64,
    /// JOB-06.
    pub output_bytes: u64,
    /// AIE-04. Millionths of a unit.
    pub output_units: u64,
    /// JOB-19. How long a call of runsync waits, if not by the rule.
    pub sync_wait: Option<Span>,
    /// JOB-21.
    pub webhook: bool,
}

/// What a request comes to.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Work {
    /// So long.
    Takes(Span),
    /// So many tokens of prompt and of answer.
    Tokens(u32, u32),
}
