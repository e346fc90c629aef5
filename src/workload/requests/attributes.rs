//! What a request is like: execution or tokens, low priority, handler error, bytes, units.
//!
//! What never varies stands in a template and costs no random number; what varies is drawn over it.

use crate::rng::Stream;
use crate::rng::draw::{Distribution, Sampler};
use crate::scenario::model::serverless::{RequestSource, ServiceTime, Submission, Work};
use crate::units::Span;
use crate::workload::arrivals::whole;
use crate::workload::attributes::{constant, varying};

/// Numbers of the streams of [`crate::rng::Purpose::Requests`], beyond those of arrival processes; append,
/// never renumber.
pub(super) mod part {
    pub(super) const EXECUTION: u64 = 16;
    pub(super) const PROMPT: u64 = 17;
    pub(super) const ANSWER: u64 = 18;
    pub(super) const LOW_PRIORITY: u64 = 19;
    pub(super) const HANDLER_ERROR: u64 = 20;
    pub(super) const INPUT_BYTES: u64 = 21;
    pub(super) const OUTPUT_BYTES: u64 = 22;
    pub(super) const OUTPUT_UNITS: u64 = 23;
    /// Where in its minute an invocation of Azure Functions 2019 comes.
    pub(in crate::workload::requests) const PLACES: u64 = 24;
    /// Which function it is of.
    pub(in crate::workload::requests) const FUNCTIONS: u64 = 25;
    /// How long it takes.
    pub(in crate::workload::requests) const RUN_TIMES: u64 = 26;
}

/// What the requests of one source are like.
#[derive(Debug)]
pub(super) struct Attributes {
    template: Submission,
    service: Service,
    rest: Option<Box<Rest>>,
}

/// How long they take.
#[derive(Debug)]
#[expect(clippy::large_enum_variant, reason = "one a source, and a draw follows no pointer")]
enum Service {
    /// As the template or the trace says.
    Alike,
    Takes(Sampler),
    /// Tokens of prompt and answer, each drawn unless the template has it.
    Tokens(Box<[Option<Sampler>; 2]>),
}

/// Whether something is so, with a certain probability.
#[derive(Debug)]
struct Chance {
    share: f64,
    stream: Stream,
}

impl Chance {
    /// Nothing for what is never or always so, which the template holds.
    fn open(share: f64, stream: impl FnOnce() -> Stream) -> Option<Self> {
        (0.0 < share && share < 1.0).then(|| Self { share, stream: stream() })
    }
    fn draw(&mut self) -> bool {
        self.stream.uniform() < self.share
    }
}

/// What is rarely configured.
#[derive(Debug)]
struct Rest {
    low_priority: Option<Chance>,
    handler_error: Option<Chance>,
    input_bytes: Option<Sampler>,
    output_bytes: Option<Sampler>,
    output_units: Option<Sampler>,
}

impl Rest {
    fn draw(&mut self, job: &mut Submission) {
        if let Some(chance) = &mut self.low_priority {
            job.low_priority = chance.draw();
        }
        if let Some(chance) = &mut self.handler_error {
            job.handler_error = chance.draw();
        }
        if let Some(bytes) = &mut self.input_bytes {
            job.input_bytes = nearest(bytes.draw());
        }
        if let Some(bytes) = &mut self.output_bytes {
            job.output_bytes = nearest(bytes.draw());
        }
        if let Some(units) = &mut self.output_units {
            job.output_units = millionths(units.draw());
        }
    }
    fn is_empty(&self) -> bool {
        let Self { low_priority, handler_error, input_bytes, output_bytes, output_units } = self;
        let numbers = [input_bytes, output_bytes, output_units];
        let chances = [low_priority, handler_error];
        numbers.iter().all(|drawn| drawn.is_none()) && chances.iter().all(|drawn| drawn.is_none())
    }
}

/// The nearest whole number; 0 for what is below.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "saturation is meant")]
fn nearest(drawn: f64) -> u64 {
    libm::round(drawn) as u64
}

/// AIE-04. Units of output in millionths.
fn millionths(units: f64) -> u64 {
    nearest(units * 1e6)
}

impl Attributes {
    /// The attributes of `source`'s requests; `stream` gives a stream by part.
    pub(super) fn new(source: &RequestSource, stream: impl Fn(u64) -> Stream) -> Self {
        let open = |distribution: &Distribution, part| varying(distribution, || stream(part));
        let some = |distribution: Option<&Distribution>, part| open(distribution?, part);
        let (execution, service) = match &source.service {
            ServiceTime::Traced => (Work::Takes(Span::ZERO), Service::Alike),
            ServiceTime::Drawn(length) => {
                let drawn = open(length, part::EXECUTION);
                let alike = Work::Takes(Span::from_seconds_f64(constant(length)));
                (alike, drawn.map_or(Service::Alike, Service::Takes))
            }
            ServiceTime::Tokens { prompt, answer } => {
                let drawn = [open(prompt, part::PROMPT), open(answer, part::ANSWER)];
                let alike = Work::Tokens(whole(constant(prompt)), whole(constant(answer)));
                let varies = drawn.iter().any(Option::is_some);
                (alike, if varies { Service::Tokens(Box::new(drawn)) } else { Service::Alike })
            }
        };
        let size = |bytes: Option<&Distribution>| bytes.map_or(0.0, constant);
        let (input, output) = (source.input_bytes.as_ref(), source.output_bytes.as_ref());
        let units = source.output_units.as_ref();
        let rest = Rest {
            low_priority: Chance::open(source.low_priority, || stream(part::LOW_PRIORITY)),
            handler_error: Chance::open(source.handler_error, || stream(part::HANDLER_ERROR)),
            input_bytes: some(input, part::INPUT_BYTES),
            output_bytes: some(output, part::OUTPUT_BYTES),
            output_units: some(units, part::OUTPUT_UNITS),
        };
        let template = Submission {
            sync: source.sync,
            execution,
            low_priority: 1.0 <= source.low_priority,
            execution_timeout: source.execution_timeout,
            ttl: source.ttl,
            handler_error: 1.0 <= source.handler_error,
            has_input: true,
            input_bytes: nearest(size(input)),
            output_bytes: nearest(size(output)),
            output_units: millionths(size(units)),
            sync_wait: None,
            webhook: source.webhook,
        };
        Self { template, service, rest: (!rest.is_empty()).then(|| Box::new(rest)) }
    }
    /// What all requests have in common.
    pub(super) const fn template(&self) -> Submission {
        self.template
    }
    /// Draws the next request over the one before, of the same source: what never varies is there.
    #[inline(always)] // on the way of every request
    pub(super) fn draw(&mut self, job: &mut Submission) {
        match &mut self.service {
            Service::Alike => {}
            Service::Takes(length) => {
                job.execution = Work::Takes(Span::from_seconds_f64(length.draw()));
            }
            Service::Tokens(tokens) => job.execution = draw_tokens(job.execution, tokens),
        }
        if let Some(rest) = &mut self.rest {
            rest.draw(job);
        }
    }
}

/// The tokens of a request, where they vary.
fn draw_tokens(alike: Work, [prompt, answer]: &mut [Option<Sampler>; 2]) -> Work {
    let Work::Tokens(prompt_alike, answer_alike) = alike else { return alike };
    let draw = |drawn: &mut Option<Sampler>, alike| {
        drawn.as_mut().map_or(alike, |tokens| whole(tokens.draw()))
    };
    Work::Tokens(draw(prompt, prompt_alike), draw(answer, answer_alike))
}
