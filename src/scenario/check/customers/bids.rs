//! How the customers of a segment buy, and what they bid (SPOT-01, SPOT-11).

use super::asked::Asked;
use crate::scenario::demand::{BidRule, Buying, FirstBid};
use crate::scenario::own::{self, OwnPolicy};
use crate::scenario::problem::Fault;
use crate::scenario::schema::demand::{EscalatingText, KindText, SegmentText, SpotText};
use crate::scenario::text::scalar::Amount;
use crate::scenario::text::{Place, Reader};
use crate::units::Share;
use crate::workload::import::TraceFacts;

/// What a bid may hang on, beside its market.
#[derive(Clone, Copy, Debug)]
pub(super) struct Worth<'a> {
    /// Whether the work has a value, for each or as a trace says.
    pub(super) is_stated: bool,
    /// Whether the work ends.
    pub(super) ends: bool,
    /// Policies of the program's own.
    pub(super) own: &'a [OwnPolicy],
}

/// SPOT-01. How the segment buys.
pub(super) fn buying(
    reader: &mut Reader,
    (place, text): (&Place, &SegmentText),
    (asked, worth): (&Asked, Worth<'_>),
    facts: Option<&TraceFacts>,
) -> Buying {
    let at = place.field("kind");
    let kind = if text.kind.is_stated() {
        reader.shape(&at).unwrap_or(KindText::OnDemand)
    } else {
        KindText::OnDemand
    };
    let KindText::Spot(spot) = kind else {
        if let Some(row) = facts.and_then(|facts| facts.spot_without_bid) {
            let message = format!("row {row} of the trace buys spot and states no bid");
            let expected = "the bid of such rows, as `kind: spot(…)` of the segment";
            let trace = place.field("arrivals").field("path");
            reader.report(&trace, Fault::new(message, expected));
        }
        return Buying::OnDemand;
    };
    if facts.is_none() && asked.may_lack_gpus() {
        let expected = "on_demand, as there is no compute to bid for (POD-13)";
        reader.report(&at, Fault::new("a bid without a GPU", expected));
    }
    rule(reader, &at, &spot, worth).map_or(Buying::OnDemand, Buying::Spot)
}

/// The bid that `text` at `place` states.
pub(super) fn rule(
    reader: &mut Reader,
    place: &Place,
    text: &SpotText,
    worth: Worth<'_>,
) -> Option<BidRule> {
    let stated = [text.bid, text.share, text.minimum_winning, text.value_share, text.policy];
    if stated.iter().filter(|field| field.is_stated()).count() != 1 {
        let expected = "one of `bid` in USD, `share` of the on-demand price, `minimum_winning` and \
                        a margin in USD, `value_share`, or the `policy` of one's program";
        reader.report(place, Fault::new("a bid is one amount", expected));
        return None;
    }
    if text.policy.is_stated() {
        return own_rule(reader, (place, text), worth.own);
    }
    let first = if text.bid.is_stated() {
        let Amount(bid) = reader.or(place, ("bid", text.bid), Amount::default());
        Some(FirstBid::Fixed(bid))
    } else if text.share.is_stated() {
        Some(FirstBid::ShareOfOnDemand(share(reader, &place.field("share"))))
    } else {
        None
    };
    if text.escalating.is_stated() {
        return escalating(reader, &place.field("escalating"), first);
    }
    Some(match first {
        Some(FirstBid::Fixed(bid)) => BidRule::Fixed(bid),
        Some(FirstBid::ShareOfOnDemand(share)) => BidRule::ShareOfOnDemand(share),
        None if text.value_share.is_stated() => {
            let at = place.field("value_share");
            if !worth.is_stated || !worth.ends {
                let expected = "a `value` of the segment, and work that ends";
                reader.report(&at, Fault::new("a bid by the value of the work", expected));
            }
            BidRule::ValueBased(share(reader, &at))
        }
        None => {
            let Amount(margin) =
                reader.or(place, ("minimum_winning", text.minimum_winning), Amount::default());
            BidRule::MinimumWinning { margin }
        }
    })
}

/// A policy that the program has registered.
fn own_rule(
    reader: &mut Reader,
    (place, text): (&Place, &SpotText),
    own: &[OwnPolicy],
) -> Option<BidRule> {
    if text.escalating.is_stated() {
        let expected = "`escalating` beside `bid` or `share`";
        let fault = Fault::new("a policy of one's own escalates by itself", expected);
        reader.report(&place.field("escalating"), fault);
    }
    let at = place.field("policy");
    let name = reader.sources.text(&at).trim_matches('"').to_owned();
    let found = own::find(&name, own);
    if found.is_none() {
        let expected = "the name of a bidding policy that the program has registered";
        let fault = Fault::new(format!("unknown choice `{name}`"), expected);
        reader.report(&at, own::with_names(fault, &name, own));
    }
    found.map(BidRule::Own)
}

fn escalating(reader: &mut Reader, place: &Place, first: Option<FirstBid>) -> Option<BidRule> {
    let text: EscalatingText = reader.shape(place)?;
    let times = if text.times.is_stated() {
        factor(reader, &place.field("times"))
    } else {
        reader.missing(place, "times");
        None
    };
    let cap = cap(reader, place, text.cap);
    let Some(first) = first else {
        let expected = "`escalating` beside `bid` or `share`";
        reader.report(place, Fault::new("a bid that follows the market escalates", expected));
        return None;
    };
    Some(BidRule::Escalating { first, times: times?, cap })
}

/// A factor by which a bid grows.
pub(super) fn factor(reader: &mut Reader, place: &Place) -> Option<Share> {
    let factor: Share = reader.scalar(place)?;
    if factor <= Share::ONE {
        reader.report(place, Fault::new("a bid that does not grow", "a factor above 1"));
    }
    Some(factor)
}

/// The most that is bid, as a share of the on-demand price.
pub(super) fn cap(
    reader: &mut Reader,
    place: &Place,
    field: crate::scenario::text::Field,
) -> Share {
    if field.is_stated() { share(reader, &place.field("cap")) } else { Share::ONE }
}

fn share(reader: &mut Reader, place: &Place) -> Share {
    let share: Share = reader.scalar(place).unwrap_or_default();
    if share < Share::default() {
        reader.report(place, Fault::new("negative share", "a share of at least 0"));
    }
    share
}
