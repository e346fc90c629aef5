//! Reading an experiment file: what all of them have in common.

use super::comparison::{self, ComparisonText};
use super::plan::{self, PlanText};
use super::sweep::{self, SweepText};
use super::{Goal, Measure, Study, StudyKind};
use crate::scenario::load::{Override, scenario_near};
use crate::scenario::model::InputFile;
use crate::scenario::problem::{Fault, Problems};
use crate::scenario::text::{Field, Place, Reader, Source};
use std::ops::Range;
use std::path::{Path, PathBuf};

/// Fields that every experiment has.
pub(super) struct Common {
    pub(super) title: Field,
    pub(super) scenario: Field,
    pub(super) set: Field,
    pub(super) seed: Field,
    pub(super) metrics: Field,
}

pub(super) fn load(path: &Path, metrics: &[&str]) -> Result<Study, Problems> {
    let mut reader = Reader::default();
    let name = path.display().to_string();
    let bytes = match std::fs::read(path) {
        Ok(bytes) => bytes,
        Err(error) => {
            let file = reader.sources.add(Source::new(&name, String::new()));
            let fault = Fault::new(format!("cannot read `{name}`"), "an experiment file");
            reader.report(&Place::root(file), fault.found(error));
            return reader.finish(None);
        }
    };
    let digest = blake3::hash(&bytes).to_hex().to_string();
    let source = InputFile { path: name.clone(), digest };
    let place = reader.open(&name, &bytes);
    let study = place.and_then(|place| study(&mut reader, &place, (path, source), metrics));
    reader.finish(study)
}

/// The study at `place`, by the name before its bracket.
fn study(
    reader: &mut Reader,
    place: &Place,
    (path, source): (&Path, InputFile),
    metrics: &[&str],
) -> Option<Study> {
    let head: String =
        reader.sources.text(place).chars().take_while(|c| c.is_alphanumeric()).collect();
    let (common, kind) = match head.as_str() {
        "Comparison" => {
            let text: ComparisonText = reader.shape(place)?;
            (text.common(), StudyKind::Comparison(comparison::read(reader, place, &text)))
        }
        "Sweep" => {
            let text: SweepText = reader.shape(place)?;
            (text.common(), StudyKind::Sweep(sweep::read(reader, place, &text)))
        }
        "Plan" => {
            let text: PlanText = reader.shape(place)?;
            (text.common(), StudyKind::Plan(plan::read(reader, place, &text, metrics)))
        }
        _ => {
            let fault = Fault::new("no experiment", "`Comparison(…)`, `Sweep(…)` or `Plan(…)`");
            let found = if head.is_empty() { "a value without a name" } else { &head };
            reader.report(place, fault.found(found).near(&head, ["Comparison", "Sweep", "Plan"]));
            return None;
        }
    };
    let stem = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    let scenario: Option<String> = reader.required(place, ("scenario", common.scenario));
    let scenario = scenario.unwrap_or_default();
    if !scenario.is_empty() && !beside(path, &scenario).is_file() {
        let message = format!("there is no file `{scenario}`");
        let mut fault = Fault::new(message, "a scenario file, by its path from this one");
        fault.nearest = near(path, &scenario);
        reader.report(&place.field("scenario"), fault);
    }
    let (measured, stated) = measures(reader, place, common.metrics, metrics);
    if stated == 0 && !matches!(kind, StudyKind::Plan(_)) {
        let expected = "the figures that matter, such as `metrics: [\"revenue\"]`";
        reader.report(place, Fault::new("nothing is measured", expected));
    }
    Some(Study {
        title: reader.or(place, ("title", common.title), stem),
        source,
        text: reader.sources.get(place.file).text.clone(),
        scenario: beside(path, &scenario),
        set: overrides(reader, &place.field("set"), common.set),
        seed: reader.optional(place, ("seed", common.seed)),
        metrics: measured,
        kind,
    })
}

/// The path that `named` leads to, from the file at `path`; if there is nothing, from the working directory.
pub(super) fn beside(path: &Path, named: &str) -> PathBuf {
    let beside = path.parent().unwrap_or(Path::new("")).join(named);
    if beside.exists() { beside } else { PathBuf::from(named) }
}

/// The scenario that may have been meant by `named`, by its path from the file at `path`.
fn near(path: &Path, named: &str) -> Option<String> {
    let directory = path.parent().unwrap_or(Path::new(""));
    let found = PathBuf::from(scenario_near(&directory.join(named))?);
    Some(found.strip_prefix(directory).unwrap_or(&found).display().to_string())
}

/// The map at `place` of paths and values: `{"rules.grace": "10s"}`.
pub(super) fn overrides(reader: &mut Reader, place: &Place, field: Field) -> Vec<Override> {
    let mut all = Vec::new();
    for (key, value) in reader.entries(place, field).unwrap_or_default() {
        let quoted = reader.sources.get(place.file).text[key.clone()].to_owned();
        let Some(path) = path_of(reader, (&quoted, key.clone()), &value) else { continue };
        all.push(stated(reader, path, (key, &value)));
    }
    all
}

/// The override that gives the field at `path` the value at that place, stated there and at the bytes `key`.
pub(super) fn stated(
    reader: &Reader,
    path: impl Into<String>,
    (key, value): (Range<usize>, &Place),
) -> Override {
    let origin = reader.sources.stated(key, value);
    Override::new(path, reader.sources.text(value)).stated_at(origin)
}

fn path_of(
    reader: &mut Reader,
    (quoted, key): (&str, Range<usize>),
    value: &Place,
) -> Option<String> {
    let path: Option<String> = ron::from_str(quoted).ok();
    if path.is_none() {
        let expected = "the path of a field in quotation marks, such as \"rules.grace\"";
        reader.report_key(key, value, Fault::new("no path", expected).found(quoted));
    }
    path
}

/// Refuses the seed as what differs: cases are compared on the same random numbers.
pub(super) fn refuse_seed(reader: &mut Reader, place: &Place, path: &str) {
    if path == "seed" {
        let expected = "the experiment's own `seed`, and `replications` for other random numbers";
        reader.report(place, Fault::new("the seed is one for all that is compared", expected));
    }
}

/// The list of measures at `place`, and how many are stated there, readable or not.
fn measures(
    reader: &mut Reader,
    place: &Place,
    field: Field,
    names: &[&str],
) -> (Vec<Measure>, usize) {
    let items = reader.items(&place.field("metrics"), field);
    let mut measures: Vec<Measure> = Vec::new();
    for item in &items {
        let Some(measure) = measure(reader, item, names) else { continue };
        if measures.iter().any(|other| other.to_string() == measure.to_string()) {
            let message = format!("`{measure}` is measured twice");
            reader.report(item, Fault::new(message, "each metric once"));
        }
        measures.push(measure);
    }
    (measures, items.len())
}

/// A measure: `"revenue"`, `Largest("revenue")`, `Smallest("wait_mean/segment/labs")`.
pub(super) fn measure(reader: &mut Reader, place: &Place, names: &[&str]) -> Option<Measure> {
    let text = reader.sources.text(place).trim();
    let goal = [("Largest", Goal::Largest), ("Smallest", Goal::Smallest)]
        .into_iter()
        .find(|(name, _)| {
            text.strip_prefix(name).is_some_and(|rest| rest.trim_start().starts_with('('))
        })
        .map(|(_, goal)| goal);
    let at = if goal.is_some() { reader.inside(place) } else { place.clone() };
    let stated: String = match ron::from_str(reader.sources.text(&at)) {
        Ok(stated) => stated,
        Err(_) => {
            let expected = "a metric, as in \"revenue\", Largest(\"revenue\") or \
                            Smallest(\"wait_mean/segment/labs\")";
            reader.report(place, Fault::new("no metric", expected));
            return None;
        }
    };
    let (metric, subject) = stated.split_once('/').unwrap_or((&stated, "market"));
    if !names.contains(&metric) {
        let fault =
            Fault::new(format!("unknown metric `{metric}`"), "a metric of output/README.md");
        reader.report(&at, fault.near(metric, names.iter().copied()));
        return None;
    }
    let line = reader.sources.line(&at);
    Some(Measure { metric: metric.to_owned(), subject: subject.to_owned(), goal, line })
}

/// A count of replications, of at least `least`.
pub(super) fn at_least(
    reader: &mut Reader,
    place: &Place,
    (name, field): (&str, Field),
    (least, default): (u32, u32),
) -> u32 {
    let count = reader.or(place, (name, field), default);
    if count < least {
        let fault = Fault::new("too few", format!("at least {least}"));
        reader.report(&place.field(name), fault);
    }
    count.max(least)
}

/// A probability above one half and below one.
pub(super) fn level(
    reader: &mut Reader,
    place: &Place,
    (name, field): (&str, Field),
    default: f64,
) -> f64 {
    let level: f64 = reader.or(place, (name, field), default);
    if 0.5 < level && level < 1.0 {
        return level;
    }
    let fault = Fault::new("no level of confidence", "a probability between 0.5 and 1, as 0.95");
    reader.report(&place.field(name), fault);
    default
}
