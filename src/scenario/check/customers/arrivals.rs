//! When the customers of a segment come.

use super::asked::{self, Asked};
use super::{Scene, counts, replay};
use crate::rng::draw::{BadDistribution, Distribution};
use crate::scenario::check::distribution::{self, Quantity};
use crate::scenario::demand::{ArrivalProcess, RateProfile};
use crate::scenario::load::Files;
use crate::scenario::problem::Fault;
use crate::scenario::schema::demand::{
    ArrivalsText, BurstsText, PoissonText, RateProfileText, RenewalText, SegmentText, StateText,
};
use crate::scenario::text::reader::Named;
use crate::scenario::text::scalar::{NotNegative, Rate};
use crate::scenario::text::{Field, Place, Reader};
use crate::units::{SimTime, Span};
use crate::workload::arrivals::validate;
use crate::workload::import::TraceFacts;

/// The arrivals of a segment.
#[derive(Debug)]
pub(super) struct Arrivals {
    /// The process; none if it cannot be made sense of.
    pub(super) process: Option<ArrivalProcess>,
    /// Whether a trace says it, readable or not.
    pub(super) is_replay: bool,
    /// What the trace comes to.
    pub(super) facts: Option<TraceFacts>,
}

/// Reads the arrivals, and checks that hosts can hold what they bring.
pub(super) fn read(
    reader: &mut Reader,
    (place, text): (&Place, &SegmentText),
    (asked, window): (&Asked, (SimTime, SimTime)),
    scene: &mut Scene<'_>,
) -> Arrivals {
    let mut arrivals = Arrivals { process: None, is_replay: false, facts: None };
    if !text.arrivals.is_stated() {
        reader.missing(place, "arrivals");
        return arrivals;
    }
    let at = place.field("arrivals");
    let Some(process) = reader.shape::<ArrivalsText>(&at) else { return arrivals };
    if let ArrivalsText::Replay(trace) = &process {
        arrivals.is_replay = true;
        replay::refuse_what_the_trace_says(reader, (place, text));
        let read = replay::read(reader, (&at, trace), (asked, window), scene);
        (arrivals.process, arrivals.facts) = read.unzip();
        return arrivals;
    }
    asked::check_size(reader, (place, text), asked, scene);
    arrivals.process = self::process(reader, (&at, &process), scene.files);
    arrivals
}

/// The process that `text` describes, unless it is a replay.
pub(in crate::scenario::check) fn process(
    reader: &mut Reader,
    (at, text): (&Place, &ArrivalsText),
    files: &mut Files,
) -> Option<ArrivalProcess> {
    match text {
        ArrivalsText::Poisson(text) => poisson(reader, at, text),
        ArrivalsText::Renewal(text) => renewal(reader, at, text, files),
        ArrivalsText::Bursts(text) => bursts(reader, at, text),
        ArrivalsText::Counts(text) => counts::read(reader, (at, text), files)
            .and_then(|process| validated(reader, at, "times", process)),
        ArrivalsText::Replay(_) => None,
    }
}

/// The process, if it makes sense; what does not is reported in the field `name` of `place`.
fn validated(
    reader: &mut Reader,
    place: &Place,
    name: &str,
    process: ArrivalProcess,
) -> Option<ArrivalProcess> {
    let Err(bad) = validate(&process) else { return Some(process) };
    let at = place.field(if bad.field == "per_second" { "rate" } else { name });
    report_bad(reader, &at, bad);
    None
}

/// Reports a parameter that makes no sense.
fn report_bad(reader: &mut Reader, at: &Place, bad: BadDistribution) {
    let what = match bad.field {
        "per_second" => "`rate`".to_owned(),
        "amplitude" | "peak_hour" | "states" | "profile" | "times" => format!("`{}`", bad.field),
        other => other.to_owned(),
    };
    let fault = Fault::new(format!("{what} is out of range"), bad.expected);
    reader.report(at, fault.found(bad.found));
}

fn poisson(reader: &mut Reader, place: &Place, text: &PoissonText) -> Option<ArrivalProcess> {
    let rate: Option<Rate> = reader.required(place, ("rate", text.rate));
    let profile = if text.profile.is_stated() {
        Some(profile(reader, &place.field("profile"))?)
    } else {
        None
    };
    let Rate(per_second) = rate?;
    validated(reader, place, "profile", ArrivalProcess::Poisson { per_second, profile })
}

fn profile(reader: &mut Reader, place: &Place) -> Option<RateProfile> {
    match reader.shape::<RateProfileText>(place)? {
        RateProfileText::Daily(text) => {
            let amplitude: Option<f64> = reader.required(place, ("amplitude", text.amplitude));
            let peak_hour: Option<f64> = reader.required(place, ("peak_hour", text.peak_hour));
            // Each by itself, beside a neighbour that is good.
            for (amplitude, peak_hour) in [(amplitude, Some(0.0)), (Some(0.0), peak_hour)] {
                if let (Some(amplitude), Some(peak_hour)) = (amplitude, peak_hour)
                    && let Err(bad) = (RateProfile::Daily { amplitude, peak_hour }).validate()
                {
                    report_bad(reader, &place.field(bad.field), bad);
                }
            }
            let daily = RateProfile::Daily { amplitude: amplitude?, peak_hour: peak_hour? };
            daily.validate().is_ok().then_some(daily)
        }
        RateProfileText::Day(points) => {
            let at = reader.inside(place);
            multipliers(reader, &at, points).map(RateProfile::Day)
        }
        RateProfileText::Week(points) => {
            let at = reader.inside(place);
            multipliers(reader, &at, points).map(RateProfile::Week)
        }
    }
}

fn multipliers(reader: &mut Reader, place: &Place, field: Field) -> Option<Vec<f64>> {
    let items = reader.items(place, field);
    let points: Vec<Option<NotNegative>> = items.iter().map(|item| reader.scalar(item)).collect();
    points.into_iter().map(|point| point.map(|point| point.0)).collect()
}

fn renewal(
    reader: &mut Reader,
    place: &Place,
    text: &RenewalText,
    files: &mut Files,
) -> Option<ArrivalProcess> {
    if !text.gap.is_stated() {
        reader.missing(place, "gap");
        return None;
    }
    let gap = place.field("gap");
    let gap = distribution::read(reader, files, &gap, Quantity::Duration)?;
    validated(reader, place, "gap", ArrivalProcess::Renewal { gap })
}

fn bursts(reader: &mut Reader, place: &Place, text: &BurstsText) -> Option<ArrivalProcess> {
    if !text.states.is_stated() {
        reader.missing(place, "states");
        return None;
    }
    let mut states = Vec::new();
    let mut complete = true;
    for item in reader.items(&place.field("states"), text.states) {
        let state = state(reader, &item);
        complete &= state.is_some();
        states.extend(state);
    }
    if !complete {
        return None;
    }
    validated(reader, place, "states", ArrivalProcess::Bursts { states })
}

fn state(reader: &mut Reader, place: &Place) -> Option<(f64, f64)> {
    let text: StateText = reader.shape(place)?;
    let rate: Option<Rate> = reader.required(place, ("rate", text.rate));
    let stay: Option<Span> = reader.required(place, ("stay", text.stay));
    let state = (rate?.0, stay?.as_seconds_f64());
    let alone = ArrivalProcess::Bursts { states: vec![state] };
    validated(reader, place, "stay", alone).map(|_| state)
}

/// How many arrive together.
pub(super) fn batch(
    reader: &mut Reader,
    (place, text): (&Place, &SegmentText),
    scene: &mut Scene<'_>,
) -> Option<Distribution> {
    const LEAST: f64 = 0.5;
    /// All of a batch wait at once; a slip of digits is more likely than a study of more.
    const MOST: f64 = 1e6;
    let (name, field): Named<'_> = ("batch", text.batch);
    if !field.is_stated() {
        return None;
    }
    let at = place.field(name);
    let batch = distribution::read(reader, scene.files, &at, Quantity::Number)?;
    let (least, most) = batch.bounds();
    if most < LEAST {
        reader.report(&at, Fault::new("empty batches", "sizes that are not all below 1"));
    } else if MOST < least {
        reader.report(&at, Fault::new("batches too large", "at most 1000000 who arrive together"));
    }
    Some(batch)
}
