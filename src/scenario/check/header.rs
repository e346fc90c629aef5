//! Title, seed, times and policies.

use crate::scenario::check::names::is_blank;
use crate::scenario::load::Gathered;
use crate::scenario::model::{EvictionChoice, PlacementChoice, Policies, Scenario};
use crate::scenario::own::{self, OwnPolicy};
use crate::scenario::problem::Fault;
use crate::scenario::schema::PoliciesText;
use crate::scenario::text::reader::Named;
use crate::scenario::text::scalar::{Maybe, Scalar};
use crate::scenario::text::{Place, Reader};
use crate::units::{SimTime, Span};

/// The checked head of a scenario.
#[derive(Debug)]
pub(crate) struct Header {
    /// Its title, if stated.
    pub(crate) title: Option<String>,
    /// The seed.
    pub(crate) seed: u64,
    /// When the run ends.
    pub(crate) horizon: SimTime,
    /// When statistics begin.
    pub(crate) warm_up: SimTime,
    /// How often utilisation is sampled.
    pub(crate) sample_every: Option<Span>,
    /// Seconds of time 0 since 1970 (UTC).
    pub(crate) start_unix_s: i64,
    /// The policies.
    pub(crate) policies: Policies,
}

/// 2024-01-01, a Monday: weekly profiles begin with their first value.
const DEFAULT_START: i64 = Scenario::DEFAULT_START_UNIX_S;

/// Reads the head of the scenario.
pub(crate) fn read(reader: &mut Reader, gathered: &Gathered) -> Header {
    let (place, text) = (&gathered.place, &gathered.text);
    let title: Option<String> = reader.optional(place, ("title", text.title));
    if let Some(title) = &title {
        is_blank(reader, "scenario", title, &place.field("title"));
    }
    let seed = reader.or(place, ("seed", text.seed), 0);
    let horizon = horizon(reader, gathered);
    let warm_up: Span = reader.or(place, ("warm_up", text.warm_up), Span::ZERO);
    let sample_every: Option<Maybe<Span>> =
        reader.optional(place, ("sample_every", text.sample_every));
    let sample_every = sample_every.map_or(Some(Span::MINUTE * 10), |stated| stated.0);
    if !warm_up.is_zero() && horizon <= warm_up {
        let expected = "a duration below the horizon, so that something is left to measure";
        let fault = Fault::new("warm-up past the horizon", expected);
        reader.report(&place.field("warm_up"), fault);
    }
    if sample_every == Some(Span::ZERO) {
        let fault = Fault::new("empty sampling interval", "a positive duration, or None");
        reader.report(&place.field("sample_every"), fault);
    }
    let start_unix_s =
        if text.start.is_stated() { start(reader, &place.field("start")) } else { DEFAULT_START };
    let policies = policies(reader, gathered);
    let instant = |span: Span| SimTime::from_micros(span.micros());
    Header {
        title,
        seed,
        horizon: instant(horizon),
        warm_up: instant(warm_up),
        sample_every,
        start_unix_s,
        policies,
    }
}

/// How long the run is; without end where that is not well said, so that nothing else is found to lie
/// past it.
fn horizon(reader: &mut Reader, gathered: &Gathered) -> Span {
    let (place, text) = (&gathered.place, &gathered.text);
    let stated: Option<Span> = reader.required(place, ("horizon", text.horizon));
    if stated.is_some_and(Span::is_zero) {
        reader.report(&place.field("horizon"), Fault::new("empty horizon", "a positive duration"));
    }
    stated.filter(|horizon| !horizon.is_zero()).unwrap_or(Span::FOREVER)
}

/// Reads `"2024-03-01"` or `"2024-03-01T12:00"`, in UTC.
fn start(reader: &mut Reader, place: &Place) -> i64 {
    let Some(text) = reader.scalar::<String>(place) else { return DEFAULT_START };
    let Ok(date) = text.parse::<jiff::civil::DateTime>() else {
        let expected =
            "a date such as \"2024-03-01\", or a date and time such as \"2024-03-01T12:00\"";
        reader.report(place, Fault::new("unreadable date", expected));
        return DEFAULT_START;
    };
    // The calendar ends a day before the year 10000 does, lest a time zone lead beyond it.
    let Ok(instant) = date.to_zoned(jiff::tz::TimeZone::UTC) else {
        let expected = "a day from \"-9999-01-03\" to \"9999-12-30\"";
        reader.report(place, Fault::new("date out of range", expected));
        return DEFAULT_START;
    };
    instant.timestamp().as_second()
}

/// The choice in the field `name` of `place`, built in or one of `own`, if it is stated and readable.
pub(super) fn policy<Choice: Scalar>(
    reader: &mut Reader,
    place: &Place,
    (name, field): Named,
    own: &[OwnPolicy],
    choose: fn(OwnPolicy) -> Choice,
) -> Option<Choice> {
    let place = field.is_stated().then(|| place.field(name))?;
    match own::read(reader.sources.text(&place), own, choose) {
        Ok(choice) => Some(choice),
        Err(fault) => {
            reader.report(&place, fault);
            None
        }
    }
}

fn policies(reader: &mut Reader, gathered: &Gathered) -> Policies {
    let mut policies = Policies::default();
    let place = gathered.place.field("policies");
    if gathered.text.policies.is_stated()
        && let Some(text) = reader.shape::<PoliciesText>(&place)
    {
        let own = &gathered.own;
        let named = ("placement", text.placement);
        let choice = policy(reader, &place, named, &own.placement, PlacementChoice::Own);
        policies.placement = choice.unwrap_or_default();
        let named = ("eviction", text.eviction);
        let choice = policy(reader, &place, named, &own.eviction, EvictionChoice::Own);
        policies.eviction = choice.unwrap_or_default();
    }
    policies
}
