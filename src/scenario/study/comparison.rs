//! `Comparison(…)`: variants of one scenario, held against one another.

use super::Goal;
use super::file::{Common, at_least, level, overrides, refuse_seed, stated};
use crate::scenario::load::Override;
use crate::scenario::problem::Fault;
use crate::scenario::text::{Field, Place, Reader};
use serde::Deserialize;

/// Variants, and how often each is run.
#[derive(Clone, Debug, PartialEq)]
pub struct Comparison {
    /// At least two, each with a name of its own.
    pub variants: Vec<Variant>,
    /// Which of them the others are held against.
    pub baseline: usize,
    /// How often each is run, the same random numbers for all of them.
    pub replications: u32,
    /// Whether to go on until the best is known.
    pub select: Option<Selection>,
}

/// One way of the scenario.
#[derive(Clone, Debug, PartialEq)]
pub struct Variant {
    /// What it is called.
    pub name: String,
    /// What differs from the scenario.
    pub set: Vec<Override>,
}

/// Replications are added until the best variant is known (see `experiment::select`).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Selection {
    /// The measure that says what is best: its place among the metrics.
    pub measure: usize,
    /// Which way is better.
    pub goal: Goal,
    /// The probability that the best is chosen, if it is better than the next by `difference`.
    pub probability: f64,
    /// The least difference that matters, in the metric's unit.
    pub difference: f64,
    /// The most replications of any variant.
    pub most: u32,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields, rename = "Comparison")]
pub(super) struct ComparisonText {
    /// Text. Default: the file's name.
    title: Field,
    /// The path of the scenario, from this file. Mandatory.
    scenario: Field,
    /// Map of paths and values: what is set in the scenario for all variants. Default: none.
    set: Field,
    /// Whole number. Default: the scenario's.
    seed: Field,
    /// List of metrics. Mandatory.
    metrics: Field,
    /// List of [`VariantText`]. Mandatory, at least two.
    variants: Field,
    /// The name of a variant. Default: the first.
    baseline: Field,
    /// Whole number, at least 2. Default: 20; with `select`, 10, the least.
    replications: Field,
    /// [`SelectionText`]. Default: none.
    select: Field,
}

/// A variant of a comparison.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct VariantText {
    /// Text. Mandatory.
    name: Field,
    /// A profile, as in a scenario. Default: the scenario's.
    profile: Field,
    /// Policies that differ, as in a scenario.
    policies: Field,
    /// Rules that differ, as in a scenario.
    rules: Field,
    /// Map of paths and values: whatever else differs.
    set: Field,
}

/// Run until the best is known.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct SelectionText {
    /// One of the metrics, by its place among them from 0. Default: 0, the first. It has a goal.
    measure: Field,
    /// Between 0.5 and 1. Default: 0.95.
    probability: Field,
    /// Number above 0, in the metric's unit: the least difference that matters. Mandatory.
    difference: Field,
    /// Whole number. Default: 500.
    most: Field,
}

impl ComparisonText {
    pub(super) const fn common(&self) -> Common {
        let Self { title, scenario, set, seed, metrics, .. } = *self;
        Common { title, scenario, set, seed, metrics }
    }
}

pub(super) fn read(reader: &mut Reader, place: &Place, text: &ComparisonText) -> Comparison {
    let mut variants: Vec<Variant> = Vec::new();
    let items = reader.items(&place.field("variants"), text.variants);
    let stated = items.len();
    for item in items {
        let Some(variant) = variant(reader, &item) else { continue };
        if variants.iter().any(|other| other.name == variant.name) {
            let message = format!("two variants are called `{}`", variant.name);
            reader.report(&item.field("name"), Fault::new(message, "a name of its own"));
        }
        variants.push(variant);
    }
    if stated < 2 {
        reader.report(place, Fault::new("too few variants", "at least two `variants`"));
    }
    let baseline = baseline(reader, place, text.baseline, &variants);
    let default = if text.select.is_stated() { 10 } else { 20 };
    let named = ("replications", text.replications);
    let replications = at_least(reader, place, named, (2, default));
    let select = text.select.is_stated().then(|| selection(reader, place, replications)).flatten();
    Comparison { variants, baseline, replications, select }
}

fn baseline(reader: &mut Reader, place: &Place, field: Field, variants: &[Variant]) -> usize {
    let Some(name) = reader.optional::<String>(place, ("baseline", field)) else { return 0 };
    let index = variants.iter().position(|variant| variant.name == name);
    if index.is_none() {
        let fault = Fault::new(format!("no variant is called `{name}`"), "the name of a variant");
        let names = variants.iter().map(|variant| variant.name.as_str());
        reader.report(&place.field("baseline"), fault.near(&name, names));
    }
    index.unwrap_or_default()
}

fn variant(reader: &mut Reader, place: &Place) -> Option<Variant> {
    let text: VariantText = reader.shape(place)?;
    let name: Option<String> = reader.required(place, ("name", text.name));
    if name.as_ref().is_some_and(|name| name.trim().is_empty()) {
        reader.report(&place.field("name"), Fault::new("an empty name", "a name to tell it by"));
    }
    let mut set = Vec::new();
    if text.profile.is_stated() {
        let key = reader.sources.key(place, "profile");
        set.push(stated(reader, "profile", (key, &place.field("profile"))));
    }
    for (part, field) in [("policies", text.policies), ("rules", text.rules)] {
        if field.is_stated() {
            set.extend(overlay(reader, &place.field(part), part));
        }
    }
    for own in overrides(reader, &place.field("set"), text.set) {
        refuse_seed(reader, &place.field("set"), &own.path);
        set.push(own);
    }
    Some(Variant { name: name?, set })
}

/// The fields of the struct at `place`, each as an override of that part of the scenario.
fn overlay(reader: &mut Reader, place: &Place, part: &str) -> Vec<Override> {
    let Some(fields) = reader.sources.fields(place) else {
        let expected = format!("the {part} that differ, in brackets");
        reader.report(place, Fault::new(format!("no {part}"), expected));
        return Vec::new();
    };
    let one = |field: String| {
        let key = reader.sources.key(place, &field);
        stated(reader, format!("{part}.{field}"), (key, &place.field(&field)))
    };
    fields.into_iter().map(one).collect()
}

fn selection(reader: &mut Reader, place: &Place, least: u32) -> Option<Selection> {
    let at = place.field("select");
    let text: SelectionText = reader.shape(&at)?;
    let measure: u32 = reader.or(&at, ("measure", text.measure), 0);
    let difference: Option<f64> = reader.required(&at, ("difference", text.difference));
    if difference.is_some_and(|difference| difference <= 0.0) {
        let fault = Fault::new("no difference", "a number above 0, in the metric's unit");
        reader.report(&at.field("difference"), fault);
    }
    let metrics = reader.items(&place.field("metrics"), Field::Stated);
    let goal = metrics.get(measure as usize).and_then(|metric| {
        let text = reader.sources.text(metric).trim();
        match text {
            _ if text.starts_with("Largest") => Some(Goal::Largest),
            _ if text.starts_with("Smallest") => Some(Goal::Smallest),
            _ => None,
        }
    });
    let Some(goal) = goal else {
        let expected = "the place, from 0, of a metric with Largest(…) or Smallest(…)";
        reader.report(&at, Fault::new("nothing says what is best", expected));
        return None;
    };
    Some(Selection {
        measure: measure as usize,
        goal,
        probability: level(reader, &at, ("probability", text.probability), 0.95),
        difference: difference?,
        most: at_least(reader, &at, ("most", text.most), (least, 500.max(least))),
    })
}
