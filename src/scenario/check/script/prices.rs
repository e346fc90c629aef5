//! SetPrice: of scopes, of a host, of a class of serverless workers (GPU-03, HOST-13, SLS-41).

use super::Known;
use crate::ids::{HostId, Id, WorkerClassId};
use crate::scenario::check::market::{CLOUDS, scope_of};
use crate::scenario::check::names::unknown;
use crate::scenario::demand::Clouds;
use crate::scenario::model::ActionKind;
use crate::scenario::model::serverless::EndpointAction;
use crate::scenario::problem::Fault;
use crate::scenario::schema::script::hosts::SetPriceText;
use crate::scenario::text::scalar::Amount;
use crate::scenario::text::{Place, Reader};

/// HOST-13, GPU-03. Prices of the scopes named, or one host's own.
pub(super) fn set_price(
    reader: &mut Reader,
    place: &Place,
    text: &SetPriceText,
    known: &mut Known<'_>,
) -> Option<ActionKind> {
    if text.workerClass.is_stated() {
        return set_class_price(reader, place, text, known);
    }
    for (name, field) in [("flex", text.flex), ("active", text.active)] {
        if field.is_stated() {
            let fault = Fault::new("a price of no class", "`workerClass` beside it (SLS-41)");
            reader.report(&place.field(name), fault);
        }
    }
    let price: Option<Amount> = reader.optional(place, ("price", text.price));
    let min_bid: Option<Amount> = reader.optional(place, ("minimumBid", text.minimumBid));
    if !text.price.is_stated() && !text.minimumBid.is_stated() {
        let fault = Fault::new("no price is set", "`price`, `minimumBid`, or both");
        reader.report(place, fault);
    }
    let (scopes, host) = if text.host.is_stated() {
        for (name, field) in [("gpuTypeId", text.gpuTypeId), ("cloudType", text.cloudType)] {
            if field.is_stated() {
                let fault = Fault::new("a host and a scope are named", "either of them");
                reader.report(&place.field(name), fault);
            }
        }
        let host = known.fleet.names.find(reader, &place.field("host"));
        (Vec::new(), Some(HostId::from_index(host?)))
    } else if text.gpuTypeId.is_stated() {
        let clouds = reader.or(place, ("cloudType", text.cloudType), Clouds::All);
        let types = known.types.find_all(reader, &place.field("gpuTypeId"));
        let scopes = types.into_iter().flat_map(|gpu_type| {
            let named = CLOUDS.into_iter().filter(move |cloud| clouds.include(*cloud));
            named.map(move |cloud| scope_of(gpu_type, cloud))
        });
        (scopes.collect(), None)
    } else {
        reader
            .report(place, Fault::new("nothing is priced", "`gpuTypeId`, `host` or `workerClass`"));
        return None;
    };
    let (price, min_bid) = (price.map(|amount| amount.0), min_bid.map(|amount| amount.0));
    Some(ActionKind::SetPrice { scopes, host, price, min_bid })
}

/// SLS-41. Prices of a class.
fn set_class_price(
    reader: &mut Reader,
    place: &Place,
    text: &SetPriceText,
    known: &Known<'_>,
) -> Option<ActionKind> {
    let others = [
        ("gpuTypeId", text.gpuTypeId),
        ("cloudType", text.cloudType),
        ("host", text.host),
        ("price", text.price),
        ("minimumBid", text.minimumBid),
    ];
    for (name, field) in others {
        if field.is_stated() {
            let fault = Fault::new("not of a class of workers", "`flex` and `active` alone");
            reader.report(&place.field(name), fault);
        }
    }
    if !text.flex.is_stated() && !text.active.is_stated() {
        reader.report(place, Fault::new("no price is set", "`flex`, `active`, or both"));
    }
    let flex: Option<Amount> = reader.optional(place, ("flex", text.flex));
    let active: Option<Amount> = reader.optional(place, ("active", text.active));
    let at = place.field("workerClass");
    let name: String = reader.scalar(&at)?;
    let classes = &known.rules.serverless.classes;
    let Some(class) = classes.iter().position(|class| class.name == name) else {
        let names = classes.iter().map(|class| class.name.as_str());
        reader.report(&at, unknown("class of workers", &name, names));
        return None;
    };
    let class = WorkerClassId::from_index(class);
    let (flex, active) = (flex.map(|amount| amount.0), active.map(|amount| amount.0));
    Some(ActionKind::Endpoint(Box::new(EndpointAction::SetPrice(class, flex, active))))
}
