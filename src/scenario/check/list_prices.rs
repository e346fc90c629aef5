//! What moves the list prices of scopes.

use super::fleet::Fleet;
use super::market::scope_of;
use super::prices::{path, scopes};
use super::types::Types;
use crate::ids::ScopeId;
use crate::scenario::load::{Files, Gathered};
use crate::scenario::own::{self, OwnPolicy};
use crate::scenario::prices::{DayFactors, ListPriceChoice, UtilizationRule, UtilizationTerms};
use crate::scenario::problem::Fault;
use crate::scenario::schema::PoliciesText;
use crate::scenario::schema::prices::{
    ListPriceText, ScopeListPriceText, TimeOfDayText, UtilizationText,
};
use crate::scenario::text::scalar::{Factor, Millionths, Scalar};
use crate::scenario::text::{Place, Reader};
use crate::units::{Money, Share, Span};
use std::collections::BTreeMap;

/// What the choices are read with.
pub(crate) struct Surroundings<'a> {
    /// GPU types.
    pub(crate) types: &'a mut Types,
    /// Hosts.
    pub(crate) fleet: &'a Fleet,
    /// Files.
    pub(crate) files: &'a mut Files,
    /// Seconds of time 0 since 1970 (UTC).
    pub(crate) start_unix_s: i64,
}

impl<'a> Surroundings<'a> {
    /// Them, for files of a scenario that starts at this second since 1970 (UTC).
    pub(crate) fn of(
        (types, fleet): (&'a mut Types, &'a Fleet),
        files: &'a mut Files,
        start_unix_s: i64,
    ) -> Self {
        Self { types, fleet, files, start_unix_s }
    }
}

/// The choice of each scope that has hosts, where one is stated for all or for this one.
pub(crate) fn read(
    reader: &mut Reader,
    gathered: &Gathered,
    mut around: Surroundings<'_>,
) -> Vec<(ScopeId, ListPriceChoice)> {
    let place = gathered.place.field("policies");
    if !gathered.text.policies.is_stated() {
        return Vec::new();
    }
    let Some(text) = reader.shape::<PoliciesText>(&place) else { return Vec::new() };
    let own = &gathered.own.list_price;
    let mut chosen: BTreeMap<ScopeId, ListPriceChoice> = BTreeMap::new();
    if text.list_price.is_stated()
        && let Some(choice) = choice(reader, &place.field("list_price"), (&mut around, own))
    {
        let all = around.fleet.drafts.iter().map(|host| scope_of(host.gpu_type, host.cloud));
        chosen.extend(all.map(|scope| (scope, choice.clone())));
    }
    let mut named: BTreeMap<ScopeId, ()> = BTreeMap::new();
    for place in reader.items(&place.field("list_prices"), text.list_prices) {
        let Some(text) = reader.shape::<ScopeListPriceText>(&place) else { continue };
        let (types, fleet) = (&mut *around.types, around.fleet);
        let scopes = scopes(reader, &place, (text.gpu_type, text.cloud), (types, fleet));
        if !text.list_price.is_stated() {
            reader.missing(&place, "list_price");
            continue;
        }
        let choice = choice(reader, &place.field("list_price"), (&mut around, own));
        let choice = choice.unwrap_or_default();
        for scope in scopes {
            if named.insert(scope, ()).is_some() {
                let expected = "each GPU type once in each cloud";
                let fault = Fault::new("two list prices of one GPU type in one cloud", expected);
                reader.report(&place.field("gpu_type"), fault);
            }
            chosen.insert(scope, choice.clone());
        }
    }
    chosen.into_iter().collect()
}

fn choice(
    reader: &mut Reader,
    place: &Place,
    (around, own): (&mut Surroundings<'_>, &[OwnPolicy]),
) -> Option<ListPriceChoice> {
    match own::named(reader.sources.text(place), own, &ListPriceChoice::ALL) {
        Ok(Some(policy)) => return Some(ListPriceChoice::Own(policy)),
        Ok(None) => {}
        Err(fault) => {
            reader.report(place, fault);
            return None;
        }
    }
    match reader.shape::<ListPriceText>(place)? {
        ListPriceText::Fixed => Some(ListPriceChoice::Fixed),
        ListPriceText::TimeOfDay(text) => {
            let from = time_of_day(reader, place, &text)?;
            const DAY: i64 = 86_400;
            let seconds = around.start_unix_s.rem_euclid(DAY).unsigned_abs();
            let clock = Span::from_seconds(seconds);
            Some(ListPriceChoice::TimeOfDay(DayFactors { clock, from }))
        }
        ListPriceText::Utilization(text) => {
            utilization(reader, place, &text).map(ListPriceChoice::Utilization)
        }
        ListPriceText::Replayed(text) => {
            path(reader, (place, &text), around.files).map(ListPriceChoice::Replayed)
        }
    }
}

/// The factors by the time from which each holds, in order.
fn time_of_day(
    reader: &mut Reader,
    place: &Place,
    text: &TimeOfDayText,
) -> Option<Vec<(Span, Share)>> {
    if !text.factors.is_stated() {
        reader.missing(place, "factors");
        return None;
    }
    let at = place.field("factors");
    let mut from: BTreeMap<Span, Share> = BTreeMap::new();
    for (key, entry) in reader.entries(&at, text.factors)? {
        let factor: Option<Factor> = reader.scalar(&entry);
        let hour = hour(&reader.sources.get(at.file).text[key.clone()]);
        match (hour, factor) {
            (Err(fault), _) => reader.report_key(key, &entry, fault),
            (Ok(hour), _) if from.contains_key(&hour) => {
                reader.report_key(key, &entry, Fault::new("hour named twice", "each hour once"));
            }
            (Ok(hour), Some(Factor(factor))) => drop(from.insert(hour, factor)),
            (Ok(_), None) => {}
        }
    }
    if from.is_empty() {
        let expected = "at least one hour with its factor, such as {8: 1.25, 20: 0.8}";
        reader.report(&at, Fault::new("no factor", expected));
        return None;
    }
    Some(from.into_iter().collect())
}

/// An hour of the day as the time since midnight.
fn hour(text: &str) -> Result<Span, Fault> {
    const MICROS: i128 = 3_600_000_000;
    const WHOLE: i128 = 1_000_000_000;
    const HOURS: i128 = 24;
    let fault = || {
        let expected = "an hour (UTC) from 0 to below 24, such as 8 or 17.5, in whole microseconds";
        Fault::new("unreadable hour", expected)
    };
    let hours = Money::read(text).map_err(|_| fault())?.nanos();
    if !(0..HOURS * WHOLE).contains(&hours) || (hours * MICROS) % WHOLE != 0 {
        return Err(fault());
    }
    let micros = u64::try_from((hours * MICROS).div_euclid(WHOLE)).map_err(|_| fault())?;
    Ok(Span::from_micros(micros))
}

/// A price that utilisation moves.
pub(crate) fn utilization(
    reader: &mut Reader,
    place: &Place,
    text: &UtilizationText,
) -> Option<UtilizationTerms> {
    const WHOLE: u32 = 1_000_000;
    let usual = UtilizationRule::DEFAULT;
    let interval: Span = reader.or(place, ("interval", text.interval), usual.interval);
    if interval.is_zero() {
        let fault = Fault::new("empty interval", "a positive duration");
        reader.report(&place.field("interval"), fault);
    }
    let Millionths(target) = reader.or(place, ("target", text.target), Millionths(usual.target));
    if WHOLE < target {
        let fault = Fault::new("share out of range", "a share from 0 to 1");
        reader.report(&place.field("target"), fault);
    }
    let Millionths(gain) = reader.or(place, ("gain", text.gain), Millionths(usual.gain));
    let half = Share::from_billionths(500_000_000);
    let twice = Share::from_billionths(2_000_000_000);
    let Factor(floor) = reader.or(place, ("floor_share", text.floor_share), Factor(half));
    let Factor(cap) = reader.or(place, ("cap_share", text.cap_share), Factor(twice));
    if cap < floor {
        let name = if text.cap_share.is_stated() { "cap_share" } else { "floor_share" };
        let expected = format!("a `cap_share` of at least the `floor_share`, which is {floor}");
        let fault = Fault::new("the cap is below the floor", expected);
        reader.report(&place.field(name), fault.found(cap));
    }
    (!interval.is_zero()).then_some(UtilizationTerms {
        rule: UtilizationRule { interval, target, gain },
        floor,
        cap,
    })
}
