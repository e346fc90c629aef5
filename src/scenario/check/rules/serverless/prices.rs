//! Prices of classes of workers (SLS-41).

use crate::scenario::check::names::unknown;
use crate::scenario::problem::Fault;
use crate::scenario::rules::serverless::{ServerlessRules, WorkerClass};
use crate::scenario::schema::RulesText;
use crate::scenario::schema::models::WorkerClassText;
use crate::scenario::text::scalar::{Amount, Scalar};
use crate::scenario::text::{Place, Reader};

/// Sets the prices that are stated; classes that are not known by name say their types.
pub(super) fn set(
    reader: &mut Reader,
    place: &Place,
    text: &RulesText,
    rules: &mut ServerlessRules,
) {
    let place = place.field("serverless_prices");
    let Some(entries) = reader.entries(&place, text.serverless_prices) else { return };
    let mut stated: Vec<String> = Vec::new();
    for (key, entry) in entries {
        let source = &reader.sources.get(place.file).text[key.clone()];
        let name = match String::read(source) {
            Ok(name) => name,
            Err(fault) => {
                reader.report_key(key, &entry, fault);
                continue;
            }
        };
        if stated.contains(&name) {
            reader.report_key(
                key.clone(),
                &entry,
                Fault::new("class named twice", "each class once"),
            );
        }
        stated.push(name.clone());
        let known = rules.classes.iter().position(|class| class.name == name);
        let is_pair = reader.sources.count_inside(&entry) == 2;
        match known {
            Some(known) if is_pair => {
                let (flex, active) = (reader.scalar(&entry.item(0)), reader.scalar(&entry.item(1)));
                if let (Some(Amount(flex)), Some(Amount(active))) = (flex, active) {
                    (rules.classes[known].flex, rules.classes[known].active) = (flex, active);
                }
            }
            None if is_pair => {
                let names = rules.classes.iter().map(|class| class.name.as_str());
                let mut fault = unknown("class of workers", &name, names);
                fault.expected += ", or the `types`, `flex` and `active` of one of your own";
                reader.report_key(key, &entry, fault);
            }
            Some(_) if !reader.sources.text(&entry).contains(':') => {
                let what = "USD per GPU and second of a flex and of an active worker";
                drop(reader.pair(&entry, what));
            }
            _ => {
                let Some(class) = class(reader, &entry, name) else { continue };
                match known {
                    Some(known) => rules.classes[known] = class,
                    None => rules.classes.push(class),
                }
            }
        }
    }
    check_types(reader, &place, rules);
}

fn class(reader: &mut Reader, place: &Place, name: String) -> Option<WorkerClass> {
    let text: WorkerClassText = reader.shape(place)?;
    if !text.types.is_stated() {
        reader.missing(place, "types");
    }
    let at = place.field("types");
    let types =
        if text.types.is_stated() { reader.one_or_more(&at, "GPU type") } else { Vec::new() };
    let types: Vec<String> = types.iter().filter_map(|item| reader.scalar(item)).collect();
    let flex: Option<Amount> = reader.required(place, ("flex", text.flex));
    let active: Option<Amount> = reader.required(place, ("active", text.active));
    Some(WorkerClass { name, types, flex: flex?.0, active: active?.0 })
}

/// A worker pays by the class of its type, so a type is of one.
fn check_types(reader: &mut Reader, place: &Place, rules: &ServerlessRules) {
    let mut seen: Vec<&str> = Vec::new();
    for name in rules.classes.iter().flat_map(|class| &class.types) {
        if seen.contains(&name.as_str()) {
            let fault = Fault::new(format!("`{name}` is in two classes"), "each type in one class");
            reader.report(place, fault);
        }
        seen.push(name);
    }
}
