//! How many workers an endpoint wants, and how long it keeps them (SLS-23, SLS-33 to SLS-35).

use super::draft::Draft;
use super::settings::Sayer;
use crate::scenario::model::serverless::{
    Adaptive, ConcurrencyTarget, Hybrid, KeepAliveChoice, Predictive, ScalerChoice,
};
use crate::scenario::own::{self, OwnPolicy};
use crate::scenario::problem::Fault;
use crate::scenario::schema::serverless::{
    AdaptiveText, ConcurrencyText, HybridText, KeepAliveText, PredictiveText, ScalerText,
    SettingsText,
};
use crate::scenario::text::scalar::{NotNegative, Part, Scalar};
use crate::scenario::text::{Field, Place, Reader};
use crate::units::{Share, Span};

/// SLS-34. Jobs per worker where none are stated.
const JOBS: u32 = 4;
/// SLS-02. A job's wait where none is stated.
const DELAY: Span = Span::from_seconds(4);
const LEAST_DELAY: Span = Span::from_micros(500_000);

/// Reads both choices, as far as they are stated.
pub(super) fn read(sayer: &mut Sayer<'_>, text: &SettingsText, draft: &mut Draft) {
    if text.scaler.is_stated()
        && let Some(scaler) = scaler(sayer.reader, &sayer.place.field("scaler"), &sayer.own.scaling)
    {
        if matches!(scaler, ScalerChoice::QueueDelay(delay) if delay < LEAST_DELAY) {
            let why = ("delay out of range", "a duration from 0.5 s on (SLS-02)");
            sayer.refuse(draft, "scaler", why);
        } else if scaler == ScalerChoice::RequestCount(0) {
            let why = ("no job per worker", "a whole number from 1 on (SLS-02)");
            sayer.refuse(draft, "scaler", why);
        }
        draft.settings.scaler = scaler;
    }
    if text.keep_alive.is_stated()
        && let Some(kept) =
            keep_alive(sayer.reader, &sayer.place.field("keep_alive"), &sayer.own.keep_alive)
    {
        draft.settings.keep_alive = kept;
    }
}

fn scaler(reader: &mut Reader, place: &Place, own: &[OwnPolicy]) -> Option<ScalerChoice> {
    if let Some(found) = of_own(reader, place, (own, &ScalerChoice::NAMES)) {
        return found.map(ScalerChoice::Own);
    }
    match reader.sources.text(place).trim_matches('"') {
        "RequestCount" | "RequestCount()" => return Some(ScalerChoice::RequestCount(JOBS)),
        "QueueDelay" | "QueueDelay()" => return Some(ScalerChoice::QueueDelay(DELAY)),
        _ => {}
    }
    match reader.shape::<ScalerText>(place)? {
        ScalerText::QueueDelay(field) => held(reader, place, field).map(ScalerChoice::QueueDelay),
        ScalerText::RequestCount(field) => {
            held(reader, place, field).map(ScalerChoice::RequestCount)
        }
        ScalerText::Fixed(field) => held(reader, place, field).map(ScalerChoice::Fixed),
        ScalerText::Concurrency(text) => {
            concurrency(reader, place, &text).map(ScalerChoice::Concurrency)
        }
        ScalerText::Predictive(text) => {
            predictive(reader, place, &text).map(ScalerChoice::Predictive)
        }
        ScalerText::Scheduled(field) => {
            let at = reader.inside(place);
            scheduled(reader, &at, field)
        }
    }
}

/// The policy of `own` that is named; one of neither `own` nor `built_in` is reported, and none then. Nothing at all
/// where it may be one that is built in.
fn of_own(
    reader: &mut Reader,
    place: &Place,
    (own, built_in): (&[OwnPolicy], &[&'static str]),
) -> Option<Option<OwnPolicy>> {
    match own::named(reader.sources.text(place), own, built_in) {
        Ok(found) => found.map(Some),
        Err(fault) => {
            reader.report(place, fault);
            Some(None)
        }
    }
}

/// The one value that a choice holds.
fn held<T: Scalar>(reader: &mut Reader, place: &Place, field: Field) -> Option<T> {
    assert!(field.is_stated(), "a variant that is there holds something");
    let at = reader.inside(place);
    reader.scalar(&at)
}

/// A number above 0.
fn positive(reader: &mut Reader, place: &Place, (name, field): (&str, Field), usual: f64) -> f64 {
    let NotNegative(number) = reader.or(place, (name, field), NotNegative(usual));
    if number <= 0.0 {
        let fault = Fault::new(format!("`{name}` is zero"), "a number above 0");
        reader.report(&place.field(name), fault);
    }
    number
}

/// A duration above 0.
fn some_time(
    reader: &mut Reader,
    place: &Place,
    (name, field): (&str, Field),
    usual: Span,
) -> Span {
    let span = reader.or(place, (name, field), usual);
    if span.is_zero() {
        let fault = Fault::new(format!("`{name}` is zero"), "a positive duration");
        reader.report(&place.field(name), fault);
    }
    span
}

fn concurrency(
    reader: &mut Reader,
    place: &Place,
    text: &ConcurrencyText,
) -> Option<ConcurrencyTarget> {
    let target = positive(reader, place, ("target", text.target), 1.0);
    let window = some_time(reader, place, ("window", text.window), Span::from_seconds(60));
    // Knative's `panic-window-percentage`: 10.
    let usual = (window / 10).max(Span::from_micros(1));
    let panic_window = some_time(reader, place, ("panic_window", text.panic_window), usual);
    let panic_threshold = ("panic_threshold", text.panic_threshold);
    let panic_threshold = reader.or(place, panic_threshold, NotNegative(2.0)).0;
    if window < panic_window && !window.is_zero() {
        let fault = Fault::new("a panic window above the window", "at most `window`");
        reader.report(&place.field("panic_window"), fault);
    }
    if panic_threshold < 1.0 {
        let fault = Fault::new("threshold out of range", "a number from 1 on");
        reader.report(&place.field("panic_threshold"), fault);
    }
    Some(ConcurrencyTarget { target, window, panic_window, panic_threshold })
}

fn predictive(reader: &mut Reader, place: &Place, text: &PredictiveText) -> Option<Predictive> {
    let window = some_time(reader, place, ("window", text.window), Span::MINUTE * 5);
    let safety = positive(reader, place, ("safety", text.safety), 1.2);
    Some(Predictive { window, safety })
}

/// Pairs of an instant of the day and a number of workers.
fn scheduled(reader: &mut Reader, place: &Place, field: Field) -> Option<ScalerChoice> {
    let mut times: Vec<(Span, u32)> = Vec::new();
    let items = reader.items(place, field);
    if items.is_empty() {
        reader.report(place, Fault::new("an empty schedule", "pairs such as (\"8h\", 5)"));
    }
    for item in items {
        let what = "a duration since midnight, and a number of workers";
        let Some((from, count)) = reader.pair(&item, what) else { continue };
        let at: Option<Span> = reader.scalar(&from);
        let count: Option<u32> = reader.scalar(&count);
        let (Some(at), Some(count)) = (at, count) else { continue };
        if Span::DAY <= at {
            reader.report(&from, Fault::new("past the end of the day", "a duration below 24 h"));
        } else if times.last().is_some_and(|(last, _)| at <= *last) {
            reader.report(&from, Fault::new("unsorted schedule", "a duration after the last one"));
        }
        times.push((at, count));
    }
    (!times.is_empty()).then(|| ScalerChoice::Scheduled(times.into()))
}

fn keep_alive(reader: &mut Reader, place: &Place, own: &[OwnPolicy]) -> Option<KeepAliveChoice> {
    if let Some(found) = of_own(reader, place, (own, &KeepAliveChoice::NAMES)) {
        return found.map(KeepAliveChoice::Own);
    }
    if matches!(reader.sources.text(place).trim_matches('"'), "hybrid" | "hybrid()") {
        return hybrid(reader, place, &HybridText::default()).map(KeepAliveChoice::Hybrid);
    }
    match reader.shape::<KeepAliveText>(place)? {
        KeepAliveText::IdleTimeout => Some(KeepAliveChoice::IdleTimeout),
        KeepAliveText::Hybrid(text) => hybrid(reader, place, &text).map(KeepAliveChoice::Hybrid),
        KeepAliveText::Adaptive(text) => {
            adaptive(reader, place, &text).map(KeepAliveChoice::Adaptive)
        }
    }
}

/// Shahrad et al., ATC'20, with the figures of their evaluation.
fn hybrid(reader: &mut Reader, place: &Place, text: &HybridText) -> Option<Hybrid> {
    let range = some_time(reader, place, ("range", text.range), Span::HOUR * 4);
    let cell = some_time(reader, place, ("cell", text.cell), Span::MINUTE);
    if !cell.is_zero() && range.whole_multiple_of(cell).is_none_or(|cells| cells == 0) {
        let name = if text.range.is_stated() { "range" } else { "cell" };
        let fault = Fault::new("a range of no whole number of cells", "a multiple of `cell`");
        reader.report(&place.field(name), fault);
    }
    let percent = |percent: i128| Part(Share::from_billionths(percent * 10_000_000));
    let Part(head) = reader.or(place, ("head", text.head), percent(5));
    let Part(tail) = reader.or(place, ("tail", text.tail), percent(99));
    let Part(margin) = reader.or(place, ("margin", text.margin), percent(10));
    if tail <= head {
        let name = if text.tail.is_stated() { "tail" } else { "head" };
        let fault = Fault::new("the tail begins before the head ends", "a `tail` above the `head`");
        reader.report(&place.field(name), fault);
    }
    let (head, tail, margin) = (head.as_f64(), tail.as_f64(), margin.as_f64());
    Some(Hybrid { range, cell, tail, head, margin })
}

fn adaptive(reader: &mut Reader, place: &Place, text: &AdaptiveText) -> Option<Adaptive> {
    if !text.factor.is_stated() {
        reader.missing(place, "factor");
    }
    let factor = positive(reader, place, ("factor", text.factor), 1.0);
    let least = reader.or(place, ("least", text.least), Span::from_seconds(1));
    let most = reader.or(place, ("most", text.most), Span::HOUR);
    if most < least {
        let name = if text.most.is_stated() { "most" } else { "least" };
        let fault = Fault::new("the most is below the least", "a `most` of at least the `least`");
        reader.report(&place.field(name), fault);
    }
    Some(Adaptive { factor, least, most })
}
