//! Where requests to endpoints come from (JOB-01, JOB-10, AIE-01).

use super::{Endpoints, Scene};
use crate::ids::{AccountId, EndpointId, Id};
use crate::rng::draw::Distribution;
use crate::scenario::check::customers::{arrivals, window};
use crate::scenario::check::distribution::{self, Quantity};
use crate::scenario::check::trace;
use crate::scenario::load::{Files, Gathered};
use crate::scenario::model::serverless::{
    RequestArrivals, RequestSource, RequestTrace, RequestTraceFormat, ServiceTime,
};
use crate::scenario::problem::Fault;
use crate::scenario::schema::demand::ArrivalsText;
use crate::scenario::schema::jobs::{
    RequestArrivalsText, RequestTraceText, RequestsText, ServiceText,
};
use crate::scenario::text::scalar::serverless::Operation;
use crate::scenario::text::scalar::{NotNegative, Part, Scalar};
use crate::scenario::text::{Field, Named, Place, Reader};
use crate::units::{Share, SimTime};

/// Reads all sources; files that they name are remembered.
pub(crate) fn read(
    reader: &mut Reader,
    gathered: &Gathered,
    (endpoints, files, horizon): (&mut Endpoints, &mut Files, SimTime),
    scene: &mut Scene<'_>,
) -> Vec<RequestSource> {
    let mut sources = Vec::new();
    for place in &gathered.requests {
        let Some(text) = reader.shape::<RequestsText>(place) else { continue };
        let of = named(reader, (place, text.endpoint), endpoints, scene);
        let account = account(reader, (place, text.account), (&of, endpoints), scene);
        let source = source(reader, (place, &text), (&of, endpoints), (files, horizon));
        let (Some(source), Some(account)) = (source, account) else { continue };
        sources.extend(of.into_iter().map(|endpoint| RequestSource {
            endpoint,
            account,
            ..source.clone()
        }));
    }
    sources
}

/// The endpoints that the field names: one, or several alike.
fn named(
    reader: &mut Reader,
    (place, field): (&Place, Field),
    endpoints: &mut Endpoints,
    scene: &mut Scene<'_>,
) -> Vec<EndpointId> {
    if !field.is_stated() {
        reader.missing(place, "endpoint");
        return Vec::new();
    }
    let at = place.field("endpoint");
    let name = String::read(reader.sources.text(&at)).unwrap_or_default();
    if let Some(group) = endpoints.groups.get(&name) {
        return group.clone();
    }
    endpoints.find(reader, &at, scene).into_iter().collect()
}

/// Who calls: the owner, or anybody where the platform owns it.
fn account(
    reader: &mut Reader,
    (place, field): (&Place, Field),
    (of, endpoints): (&[EndpointId], &Endpoints),
    scene: &Scene<'_>,
) -> Option<AccountId> {
    let at = place.field("account");
    let stated = if field.is_stated() {
        Some(AccountId::from_index(scene.accounts.names.find(reader, &at)?))
    } else {
        None
    };
    let endpoint = &endpoints.specs[of.first()?.index()];
    let is_platforms = endpoint.model.is_some();
    match stated {
        Some(account) if !is_platforms && account != endpoint.account => {
            let owner = scene.accounts.specs.get(endpoint.account.index());
            let owner = owner.map_or("", |owner| owner.name.as_str());
            let expected = format!("its owner, {owner}, or no `account`: others have no key");
            reader.report(&at, Fault::new("calls of another's endpoint (JOB-02)", expected));
            None
        }
        None if is_platforms => {
            reader.missing(place, "account");
            None
        }
        stated => Some(stated.unwrap_or(endpoint.account)),
    }
}

/// What the source at `place` says, whoever calls whatever.
fn source(
    reader: &mut Reader,
    (place, text): (&Place, &RequestsText),
    (of, endpoints): (&[EndpointId], &Endpoints),
    (files, horizon): (&mut Files, SimTime),
) -> Option<RequestSource> {
    let (from, until) = window(reader, place, (text.from, text.until), horizon);
    let arrivals = arrivals_at(reader, (place, text.arrivals), files);
    let is_trace = matches!(arrivals, Some(RequestArrivals::Trace(_)));
    let service = service(reader, (place, text), (of, endpoints, is_trace), files);
    let operation = reader.or(place, ("operation", text.operation), Operation::Run);
    let none = Part(Share::from_billionths(0));
    let mut bytes = |reader: &mut Reader, (name, field): Named<'_>| {
        let at = field.is_stated().then(|| place.field(name))?;
        distribution::read(reader, files, &at, Quantity::Number)
    };
    Some(RequestSource {
        endpoint: EndpointId::from_index(0),
        account: AccountId::from_index(0),
        input_bytes: bytes(reader, ("input_bytes", text.input_bytes)),
        output_bytes: bytes(reader, ("output_bytes", text.output_bytes)),
        output_units: bytes(reader, ("output_units", text.output_units)),
        from,
        until,
        sync: operation == Operation::RunSync,
        low_priority: reader.or(place, ("low_priority", text.low_priority), none).0.as_f64(),
        handler_error: reader.or(place, ("handler_error", text.handler_error), none).0.as_f64(),
        execution_timeout: limit(reader, place, ("execution_timeout", text.execution_timeout)),
        ttl: limit(reader, place, ("ttl", text.ttl)),
        webhook: reader.or(place, ("webhook", text.webhook), false),
        arrivals: arrivals?,
        service: service?,
    })
}

/// A limit of their own, which the endpoint would take.
fn limit(reader: &mut Reader, place: &Place, named: Named<'_>) -> Option<crate::units::Span> {
    use super::settings::{EXECUTION_TIMEOUT, TTL};
    let (range, expected) = if named.0 == "ttl" { TTL } else { EXECUTION_TIMEOUT };
    let span = reader.optional(place, named)?;
    if !range.contains(&span) {
        let fault = Fault::new(format!("`{}` is out of range", named.0), expected);
        reader.report(&place.field(named.0), fault);
    }
    Some(span)
}

fn arrivals_at(
    reader: &mut Reader,
    (place, field): (&Place, Field),
    files: &mut Files,
) -> Option<RequestArrivals> {
    if !field.is_stated() {
        reader.missing(place, "arrivals");
        return None;
    }
    let at = place.field("arrivals");
    let process = match reader.shape::<RequestArrivalsText>(&at)? {
        RequestArrivalsText::Poisson(text) => ArrivalsText::Poisson(text),
        RequestArrivalsText::Renewal(text) => ArrivalsText::Renewal(text),
        RequestArrivalsText::Bursts(text) => ArrivalsText::Bursts(text),
        RequestArrivalsText::Counts(text) => ArrivalsText::Counts(text),
        RequestArrivalsText::Trace(text) => return recorded(reader, (&at, &text), files),
    };
    arrivals::process(reader, (&at, &process), files).map(RequestArrivals::Process)
}

/// A trace of requests, which is read when it is replayed.
fn recorded(
    reader: &mut Reader,
    (place, text): (&Place, &RequestTraceText),
    files: &mut Files,
) -> Option<RequestArrivals> {
    let format = reader.or(place, ("format", text.format), RequestTraceFormat::Plain);
    let only: Option<String> = reader.optional(place, ("only", text.only));
    let NotNegative(stretch) = reader.or(place, ("stretch", text.stretch), NotNegative(1.0));
    if stretch <= 0.0 {
        let fault = Fault::new("all requests at once", "a number above 0");
        reader.report(&place.field("stretch"), fault);
    }
    let name: String = reader.required(place, ("file", text.file))?;
    let at = place.field("file");
    let path = files.path(&at, &name);
    if let Err(error) = trace::remember(files, &path) {
        trace::report(reader, &at, &error);
        return None;
    }
    Some(RequestArrivals::Trace(RequestTrace { path, format, only, stretch }))
}

/// How long the requests take.
fn service(
    reader: &mut Reader,
    (place, text): (&Place, &RequestsText),
    (of, endpoints, is_trace): (&[EndpointId], &Endpoints, bool),
    files: &mut Files,
) -> Option<ServiceTime> {
    let at = place.field("execution");
    if !text.execution.is_stated() {
        if is_trace {
            return Some(ServiceTime::Traced);
        }
        let usual = endpoints.states[of.first()?.index()].execution;
        if usual.is_none() {
            let expected = "`execution`, as the endpoint has no quick deploy";
            reader.report(place, Fault::new("requests of no length", expected));
        }
        return usual.map(|span| ServiceTime::Drawn(Distribution::Constant(span.as_seconds_f64())));
    }
    if !reader.sources.text(&at).starts_with("Tokens") {
        return distribution::read(reader, files, &at, Quantity::Duration).map(ServiceTime::Drawn);
    }
    let ServiceText::Tokens(tokens) = reader.shape(&at)?;
    let mut tokens_of = |(name, field): Named<'_>| {
        if !field.is_stated() {
            reader.missing(&at, name);
            return None;
        }
        distribution::read(reader, files, &at.field(name), Quantity::Number)
    };
    let prompt = tokens_of(("prompt", tokens.prompt));
    let answer = tokens_of(("answer", tokens.answer));
    let lacks = |id: &EndpointId| endpoints.states[id.index()].lacks_rates();
    if of.iter().any(lacks) {
        let expected = "a distribution of durations, or an endpoint with `token_rates`";
        reader.report(&at, Fault::new("tokens that nothing works off", expected));
    }
    Some(ServiceTime::Tokens { prompt: prompt?, answer: answer? })
}
