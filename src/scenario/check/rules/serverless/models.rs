//! Quick deploys, and models of the platform's own (SLS-09, AIE-01 to AIE-04).

use crate::scenario::check::names::{is_blank, unknown};
use crate::scenario::model::serverless::{Basis, QuickDeploy};
use crate::scenario::problem::Fault;
use crate::scenario::rules::serverless::{AiModel, ServerlessRules};
use crate::scenario::schema::RulesText;
use crate::scenario::schema::models::{AiDefaultsText, AiModelText, BasisText, QuickDeployText};
use crate::scenario::text::scalar::serverless::Units;
use crate::scenario::text::scalar::{Amount, Scalar};
use crate::scenario::text::{Field, Place, Reader};
use crate::units::{Gb, Span};

/// Sets what is stated: each map is all that there is.
pub(super) fn set(
    reader: &mut Reader,
    place: &Place,
    text: &RulesText,
    rules: &mut ServerlessRules,
) {
    if text.quick_deploys.is_stated() {
        let at = place.field("quick_deploys");
        rules.quick_deploys = named(reader, (&at, text.quick_deploys), |reader, entry, _| {
            let text: QuickDeployText = reader.shape(entry)?;
            let sizes = [
                ("image_gb", text.image_gb),
                ("model_gb", text.model_gb),
                ("container_disk_gb", text.container_disk_gb),
            ];
            let sizes = sizes.map(|size| reader.required::<Gb>(entry, size));
            deploy(sizes, reader.required(entry, ("execution", text.execution)))
        });
    }
    if text.ai_models.is_stated() {
        let at = place.field("ai_models");
        let known = &*rules;
        let models = named(reader, (&at, text.ai_models), |reader, entry, name| {
            model(reader, (entry, name), known)
        });
        rules.ai_models = models.into_iter().map(|(_, model)| model).collect();
    }
    let at = place.field("ai_defaults");
    if text.ai_defaults.is_stated()
        && let Some(text) = reader.shape::<AiDefaultsText>(&at)
    {
        let (least, most, flashboot) = &mut rules.ai_defaults;
        *least = reader.or(&at, ("workers_min", text.workers_min), *least);
        *most = reader.or(&at, ("workers_max", text.workers_max), *most);
        *flashboot = reader.or(&at, ("flashboot", text.flashboot), *flashboot);
    }
}

fn deploy(sizes: [Option<Gb>; 3], execution: Option<Span>) -> Option<QuickDeploy> {
    let [image, model, container_disk] = sizes;
    Some(QuickDeploy {
        image: image?,
        model: model?,
        container_disk: container_disk?,
        execution: execution?,
    })
}

/// The entries of a map from names, each read by `value`.
fn named<T>(
    reader: &mut Reader,
    (place, field): (&Place, Field),
    mut value: impl FnMut(&mut Reader, &Place, &str) -> Option<T>,
) -> Vec<(String, T)> {
    let mut all: Vec<(String, T)> = Vec::new();
    for (key, entry) in reader.entries(place, field).unwrap_or_default() {
        let name = match String::read(&reader.sources.get(place.file).text[key.clone()]) {
            Ok(name) => name,
            Err(fault) => {
                reader.report_key(key, &entry, fault);
                continue;
            }
        };
        if is_blank(reader, "model", &name, &entry) {
            continue;
        }
        if all.iter().any(|(known, _)| *known == name) {
            let fault = Fault::new(format!("`{name}` is named twice"), "each name once");
            reader.report_key(key, &entry, fault);
        }
        if let Some(value) = value(reader, &entry, &name) {
            all.push((name, value));
        }
    }
    all
}

fn model(
    reader: &mut Reader,
    (place, name): (&Place, &str),
    rules: &ServerlessRules,
) -> Option<AiModel> {
    let text: AiModelText = reader.shape(place)?;
    let kind: Option<String> = reader.required(place, ("kind", text.kind));
    let class: Option<String> = reader.required(place, ("class", text.class));
    let classes = || rules.classes.iter().map(|class| class.name.as_str());
    if let Some(class) = class.as_deref().filter(|class| classes().all(|known| known != *class)) {
        reader.report(&place.field("class"), unknown("class of workers", class, classes()));
    }
    let preset: Option<String> = reader.optional(place, ("preset", text.preset));
    let found = preset.as_ref().and_then(|preset| {
        rules.quick_deploys.iter().find(|(known, _)| known == preset).map(|(_, deploy)| *deploy)
    });
    if let Some(preset) = preset.as_ref().filter(|_| found.is_none()) {
        let names = rules.quick_deploys.iter().map(|(name, _)| name.as_str());
        reader.report(&place.field("preset"), unknown("quick deploy", preset, names));
    }
    let sizes = [
        ("image_gb", text.image_gb, found.map(|found| found.image)),
        ("model_gb", text.model_gb, found.map(|found| found.model)),
        ("container_disk_gb", text.container_disk_gb, found.map(|found| found.container_disk)),
    ];
    let is_preset = text.preset.is_stated();
    let sizes = sizes.map(|(name, field, preset)| {
        if is_preset && !field.is_stated() {
            preset
        } else {
            reader.required::<Gb>(place, (name, field))
        }
    });
    let execution = if is_preset && !text.execution.is_stated() {
        found.map(|found| found.execution)
    } else {
        reader.required(place, ("execution", text.execution))
    };
    let price: Option<Amount> = reader.optional(place, ("price_per_second", text.price_per_second));
    let basis = if text.basis.is_stated() {
        basis(reader, &place.field("basis"))?
    } else {
        Basis::Execution
    };
    Some(AiModel {
        name: name.to_owned(),
        kind: kind?,
        class: class?,
        deploy: deploy(sizes, execution)?,
        execution_timeout: reader.optional(place, ("execution_timeout", text.execution_timeout)),
        price_per_second: price.map(|amount| amount.0),
        basis,
    })
}

fn basis(reader: &mut Reader, place: &Place) -> Option<Basis> {
    match reader.shape(place)? {
        BasisText::Execution => Some(Basis::Execution),
        BasisText::Request(stated) => {
            assert!(stated.is_stated(), "a variant that is there holds something");
            let at = reader.inside(place);
            reader.scalar(&at).map(|Amount(amount)| Basis::Request(amount))
        }
        BasisText::Output(text) => {
            const ONE: Units = Units(1_000_000);
            let price: Option<Amount> = reader.required(place, ("price", text.price));
            let Units(per) = reader.or(place, ("per", text.per), ONE);
            if per == 0 {
                reader.report(&place.field("per"), Fault::new("`per` is zero", "a number above 0"));
            }
            Some(Basis::Output { price: price?.0, per })
        }
    }
}
