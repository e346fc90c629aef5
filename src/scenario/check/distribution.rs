//! Distributions: a single value, or a named family with its parameters in the field's own unit.
//!
//! Nothing that a scenario draws can be negative, so neither can a parameter that is a value.

use super::trace;
use crate::rng::draw::{BadDistribution, Distribution};
use crate::scenario::load::Files;
use crate::scenario::problem::Fault;
use crate::scenario::schema::demand::{
    DistributionText, EmpiricalText, LogNormalText, ShapeText, TruncatedNormalText,
};
use crate::scenario::text::reader::Named;
use crate::scenario::text::scalar::{Amount, NotNegative, Scalar};
use crate::scenario::text::{Field, Place, Reader};
use crate::units::Span;
use crate::workload::import::{TraceError, numbers};

/// What the values of a distribution are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Quantity {
    /// Durations, written as text; drawn in seconds.
    Duration,
    /// USD.
    Dollars,
    /// GPU-seconds.
    GpuSeconds,
    /// GPUs.
    Gpus,
    /// A bare number.
    Number,
}

impl Quantity {
    /// Reads one value.
    fn read(self, text: &str) -> Result<f64, Fault> {
        match self {
            Self::Duration => Span::read(text).map(Span::as_seconds_f64),
            Self::Dollars => Amount::read(text).map(|Amount(money)| money.as_dollars_f64()),
            Self::Gpus => u32::read(text).map(f64::from),
            Self::Number => NotNegative::read(text).map(|NotNegative(number)| number),
            Self::GpuSeconds => NotNegative::read(text)
                .map(|NotNegative(number)| number)
                .map_err(|fault| Fault { expected: GPU_SECONDS.to_owned(), ..fault }),
        }
    }
}

const GPU_SECONDS: &str = "a number of GPU-seconds; how long a pod runs is its `duration`";

/// The distribution of `quantity` at `place`; none, with its problem reported, if it makes no sense.
pub(crate) fn read(
    reader: &mut Reader,
    files: &mut Files,
    place: &Place,
    quantity: Quantity,
) -> Option<Distribution> {
    let text = reader.sources.text(place);
    if !text.starts_with(|c: char| c.is_alphabetic() || c == '_') {
        return match quantity.read(text) {
            Ok(value) => Some(Distribution::Constant(value)),
            Err(mut fault) => {
                fault.expected.push_str(", or a distribution");
                reader.report(place, fault);
                None
            }
        };
    }
    let text: DistributionText = reader.shape(place)?;
    let made = family(reader, files, (place, quantity), &text)?;
    let made = made.and_then(|distribution| distribution.validate().map(|()| distribution));
    match made {
        Ok(distribution) => not_negative(reader, place, distribution),
        Err(bad) => {
            report_bad(reader, place, &bad);
            None
        }
    }
}

/// A duration of which some passes, at `place`; none, with its problem reported, if it makes no sense.
pub(crate) fn some_time(
    reader: &mut Reader,
    files: &mut Files,
    place: &Place,
) -> Option<Distribution> {
    let drawn = read(reader, files, place, Quantity::Duration)?;
    if drawn.bounds().1 <= 0.0 {
        let fault = Fault::new("no time at all", "a duration above 0, or a distribution");
        reader.report(place, fault);
        return None;
    }
    Some(drawn)
}

/// Reports a parameter that makes no sense, at its own place if it has one.
fn report_bad(reader: &mut Reader, place: &Place, bad: &BadDistribution) {
    let is_parameter = !bad.field.contains(' ');
    if is_parameter {
        let fault = Fault::new(format!("`{}` is out of range", bad.field), bad.expected);
        reader.report(&place.field(bad.field), fault);
    } else {
        let fault = Fault::new(format!("{} is out of range", bad.field), bad.expected);
        reader.report(place, fault.found(&bad.found));
    }
}

fn not_negative(
    reader: &mut Reader,
    place: &Place,
    distribution: Distribution,
) -> Option<Distribution> {
    let (least, _) = distribution.bounds();
    if least < 0.0 {
        let fault = Fault::new("negative values", "values of at least 0");
        reader.report(place, fault.found(least));
        return None;
    }
    Some(distribution)
}

type Made = Result<Distribution, BadDistribution>;

/// The distribution that `text`, which stands at `place`, describes.
fn family(
    reader: &mut Reader,
    files: &mut Files,
    (place, quantity): (&Place, Quantity),
    text: &DistributionText,
) -> Option<Made> {
    let mut value = |named: Named<'_>| parameter(reader, place, named, quantity);
    Some(Ok(match text {
        DistributionText::Constant(stated) => {
            assert!(stated.is_stated(), "a variant that is there holds something");
            let at = reader.inside(place);
            Distribution::Constant(number(reader, &at, quantity)?)
        }
        DistributionText::Uniform(text) => {
            let (low, high) = (value(("low", text.low)), value(("high", text.high)));
            Distribution::Uniform { low: low?, high: high? }
        }
        DistributionText::Exponential(text) => {
            Distribution::Exponential { mean: value(("mean", text.mean))? }
        }
        DistributionText::LogNormal(text) => {
            return log_normal(reader, (place, quantity), text);
        }
        DistributionText::Gamma(text) => {
            let (shape, scale) = shape_and_scale(reader, (place, quantity), text)?;
            Distribution::Gamma { shape, scale }
        }
        DistributionText::Weibull(text) => {
            let (shape, scale) = shape_and_scale(reader, (place, quantity), text)?;
            Distribution::Weibull { shape, scale }
        }
        DistributionText::Pareto(text) => {
            let (shape, scale) = shape_and_scale(reader, (place, quantity), text)?;
            Distribution::Pareto { shape, scale }
        }
        DistributionText::TruncatedNormal(text) => {
            return truncated_normal(reader, (place, quantity), text);
        }
        DistributionText::Choice(stated) => {
            return choice(reader, (&place.inside(), *stated), quantity);
        }
        DistributionText::Empirical(text) => return empirical(reader, files, place, text),
    }))
}

/// One value at `place`.
fn number(reader: &mut Reader, place: &Place, quantity: Quantity) -> Option<f64> {
    match quantity.read(reader.sources.text(place)) {
        Ok(value) => Some(value),
        Err(fault) => {
            reader.report(place, fault);
            None
        }
    }
}

/// A parameter that is a value, and has to be stated.
fn parameter(
    reader: &mut Reader,
    place: &Place,
    (name, field): Named<'_>,
    quantity: Quantity,
) -> Option<f64> {
    if !field.is_stated() {
        reader.missing(place, name);
        return None;
    }
    number(reader, &place.field(name), quantity)
}

fn log_normal(
    reader: &mut Reader,
    (place, quantity): (&Place, Quantity),
    text: &LogNormalText,
) -> Option<Made> {
    let by_median = text.median.is_stated() || text.p95.is_stated();
    if by_median && (text.mu.is_stated() || text.sigma.is_stated()) {
        let expected = "`median` and `p95`, or `mu` and `sigma`";
        reader.report(place, Fault::new("log-normal described in two ways", expected));
        return None;
    }
    if by_median {
        let median = parameter(reader, place, ("median", text.median), quantity);
        let p95 = parameter(reader, place, ("p95", text.p95), quantity);
        return Some(Distribution::log_normal_by_median(median?, p95?));
    }
    let mu: Option<f64> = reader.required(place, ("mu", text.mu));
    let sigma: Option<f64> = reader.required(place, ("sigma", text.sigma));
    Some(Ok(Distribution::LogNormal { mu: mu?, sigma: sigma? }))
}

fn shape_and_scale(
    reader: &mut Reader,
    (place, quantity): (&Place, Quantity),
    text: &ShapeText,
) -> Option<(f64, f64)> {
    let shape: Option<f64> = reader.required(place, ("shape", text.shape));
    let scale = parameter(reader, place, ("scale", text.scale), quantity);
    let (shape, scale) = (shape?, scale?);
    // The family's own check names the first at fault; a scale beside a bad shape is told here.
    let scale_alone = Distribution::Gamma { shape: 1.0, scale }.validate();
    if let (Err(bad), true) = (scale_alone, shape <= 0.0) {
        report_bad(reader, place, &bad);
    }
    Some((shape, scale))
}

fn truncated_normal(
    reader: &mut Reader,
    (place, quantity): (&Place, Quantity),
    text: &TruncatedNormalText,
) -> Option<Made> {
    let mean = parameter(reader, place, ("mean", text.mean), quantity);
    let deviation = parameter(reader, place, ("deviation", text.deviation), quantity);
    let mut bound = |name, field: Field, default| {
        if field.is_stated() { number(reader, &place.field(name), quantity) } else { Some(default) }
    };
    let (low, high) = (bound("low", text.low, 0.0), bound("high", text.high, f64::INFINITY));
    Some(Distribution::truncated_normal(mean?, deviation?, (low?, high?)))
}

/// A map from values to probabilities at `place`.
fn choice(
    reader: &mut Reader,
    (place, field): (&Place, Field),
    quantity: Quantity,
) -> Option<Made> {
    let mut values: Vec<(f64, f64)> = Vec::new();
    let mut complete = true;
    for (key, entry) in reader.entries(place, field)? {
        let text = reader.sources.get(place.file).text[key.clone()].to_owned();
        let value = match quantity.read(&text) {
            Ok(value) if values.iter().any(|(other, _)| other.total_cmp(&value).is_eq()) => {
                Err(Fault::new("value named twice", "each value once"))
            }
            other => other,
        };
        let probability: Option<NotNegative> = reader.scalar(&entry);
        match (value, probability) {
            (Ok(value), Some(NotNegative(probability))) => values.push((value, probability)),
            (Err(fault), _) => {
                reader.report_key(key, &entry, fault);
                complete = false;
            }
            (Ok(_), None) => complete = false,
        }
    }
    if !complete {
        return None;
    }
    if values.is_empty() {
        let expected = "at least one value with its probability, such as {1: 0.7, 8: 0.3}";
        reader.report(place, Fault::new("empty distribution", expected));
        return None;
    }
    match Distribution::discrete(&values) {
        Ok(distribution) => Some(Ok(distribution)),
        Err(_) => {
            let total: f64 = values.iter().map(|(_, probability)| probability).sum();
            let message = format!("the probabilities add up to {}", rounded(total));
            reader.report(place, Fault::new(message, "probabilities that add up to 1"));
            None
        }
    }
}

/// A sum without the noise of its last digits.
fn rounded(sum: f64) -> String {
    let text = format!("{sum:.9}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// The column of a CSV file.
fn empirical(
    reader: &mut Reader,
    files: &mut Files,
    place: &Place,
    text: &EmpiricalText,
) -> Option<Made> {
    let name: Option<String> = reader.required(place, ("path", text.path));
    let column: Option<String> = reader.required(place, ("column", text.column));
    let NotNegative(times) = reader.or(place, ("times", text.times), NotNegative(1.0));
    let (name, column) = (name?, column?);
    let at = place.field("path");
    let path = files.path(&at, &name);
    let values = numbers(&path, &column).and_then(|values| {
        trace::remember(files, &path)?;
        Ok(values)
    });
    match values {
        Ok(values) if values.is_empty() => {
            let fault = Fault::new("empty distribution", "a column with at least one value");
            reader.report(&at, fault);
            None
        }
        Ok(values) => {
            Some(Distribution::empirical(values.into_iter().map(|value| value * times).collect()))
        }
        Err(error) => {
            let is_column = matches!(error, TraceError::Column { .. });
            let at = if is_column { place.field("column") } else { at };
            trace::report(reader, &at, &error);
            None
        }
    }
}
