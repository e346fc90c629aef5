//! Prices of scopes: which scopes are meant, and recorded prices that they follow (SPOT-13).

use super::fleet::Fleet;
use super::market::{CLOUDS, scope_of};
use super::trace;
use super::types::Types;
use crate::ids::ScopeId;
use crate::scenario::demand::{Clouds, TraceFormat};
use crate::scenario::load::Files;
use crate::scenario::prices::PricePath;
use crate::scenario::problem::Fault;
use crate::scenario::schema::prices::PriceReplayText;
use crate::scenario::text::scalar::Factor;
use crate::scenario::text::{Field, Place, Reader};
use crate::units::{Share, Span};
use crate::workload::calendar::Moment;
use crate::workload::prices::{PriceSeries, PriceTrace};

/// The scopes with hosts of the GPU types and the cloud that `place` names; that there are none is
/// reported.
pub(crate) fn scopes(
    reader: &mut Reader,
    place: &Place,
    (gpu_type, cloud): (Field, Field),
    (types, fleet): (&mut Types, &Fleet),
) -> Vec<ScopeId> {
    if !gpu_type.is_stated() {
        reader.missing(place, "gpu_type");
        return Vec::new();
    }
    let clouds = reader.or(place, ("cloud", cloud), Clouds::All);
    let at = place.field("gpu_type");
    let has_hosts = |scope: &ScopeId| {
        fleet.drafts.iter().any(|host| scope_of(host.gpu_type, host.cloud) == *scope)
    };
    let mut found = Vec::new();
    for gpu_type in types.find_all(reader, &at) {
        let named = CLOUDS.into_iter().filter(|cloud| clouds.include(*cloud));
        let scopes: Vec<ScopeId> =
            named.map(|cloud| scope_of(gpu_type, cloud)).filter(has_hosts).collect();
        if scopes.is_empty() {
            let message = format!("no host of `{}` is there", types.known(gpu_type).id);
            let expected = "a GPU type that hosts have in a cloud named";
            reader.report(&at, Fault::new(message, expected));
        }
        found.extend(scopes);
    }
    found
}

/// The path of the recorded prices at `at`.
pub(crate) fn path(
    reader: &mut Reader,
    (at, text): (&Place, &PriceReplayText),
    files: &mut Files,
) -> Option<PricePath> {
    let format = reader.or(at, ("format", text.format), TraceFormat::PlainPrices);
    if !format.has_prices() {
        let expected = "plain_prices, aws_spot_2015, aws_spot_2020 or azure_spot_2020";
        let fault = Fault::new("a trace of another kind where prices are wanted", expected);
        reader.report(&at.field("format"), fault);
        return None;
    }
    let zone: Option<String> = reader.optional(at, ("zone", text.zone));
    let instance: Option<String> = reader.optional(at, ("instance", text.instance));
    let gpus: u32 = reader.or(at, ("gpus", text.gpus), 1);
    if gpus == 0 {
        let fault = Fault::new("an instance without a GPU", "at least 1 GPU");
        reader.report(&at.field("gpus"), fault);
    }
    let Factor(times) = reader.or(at, ("times", text.times), Factor(Share::ONE));
    let start = start(reader, (at, text), format);
    let from: Span = reader.or(at, ("from", text.from), Span::ZERO);
    let name: String = reader.required(at, ("path", text.path))?;
    let named = at.field("path");
    let path = files.path(&named, &name);
    let wanted =
        PriceTrace { path: path.clone(), format, zone, instance, gpus, times, start, from };
    match PriceSeries::read(&wanted) {
        Ok(series) => {
            files.add_table(&path, series.digest);
            Some(series.path)
        }
        Err(error) => {
            trace::report(reader, &named, &error);
            None
        }
    }
}

/// The instant of the trace from which time 0 is counted, if it is stated.
fn start(
    reader: &mut Reader,
    (at, text): (&Place, &PriceReplayText),
    format: TraceFormat,
) -> Option<Moment> {
    let stated: String = reader.optional(at, ("start", text.start))?;
    let place = at.field("start");
    if format == TraceFormat::PlainPrices {
        let fault = Fault::new("a date in a trace that has none", "`from` alone");
        reader.report(&place, fault);
        return None;
    }
    let start = Moment::parse(&stated);
    if start.is_none() {
        let expected =
            "a date such as \"2020-01-06\", or a date and time such as \"2020-01-06 12:00:00\"";
        reader.report(&place, Fault::new("unreadable date", expected));
    }
    start
}
