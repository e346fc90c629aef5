//! GPU types of endpoints: by name, or by class (SLS-05, SLS-06, SLS-41).

use super::Scene;
use super::draft::Draft;
use super::settings::Sayer;
use crate::ids::GpuTypeId;
use crate::scenario::check::names;
use crate::scenario::check::types::Types;
use crate::scenario::problem::Fault;
use crate::scenario::rules::Rules;
use crate::scenario::text::Named;

/// Reads the types that are stated, best first.
pub(super) fn read(
    sayer: &mut Sayer<'_>,
    (name, field): Named<'_>,
    draft: &mut Draft,
    scene: &mut Scene<'_>,
) {
    if !field.is_stated() {
        return;
    }
    draft.settings.gpus.clear();
    draft.types.clear();
    for item in sayer.reader.one_or_more(&sayer.place.field(name), "GPU type or class") {
        let Some(name) = sayer.reader.scalar::<String>(&item) else { continue };
        match meant(&name, scene.types, scene.rules) {
            Some(types) => {
                for gpu_type in types {
                    if draft.types.contains(&gpu_type) {
                        let fault = Fault::new("type named twice", "each type once");
                        sayer.reader.report(&item, fault);
                    } else if class_of(gpu_type, scene.types, scene.rules).is_none() {
                        let fault = Fault::new(
                            format!("no serverless price of `{name}` is known (SLS-41)"),
                            "a type of one of the classes, to which `serverless_prices` may add",
                        );
                        sayer.reader.report(&item, fault);
                    }
                    draft.types.push(gpu_type);
                }
            }
            None => sayer.reader.report(&item, unknown_type(&name, scene)),
        }
        draft.settings.gpus.push(name);
    }
}

/// The types that `name` means: those of a class, as far as they are known, or one.
pub(super) fn meant(name: &str, types: &mut Types, rules: &Rules) -> Option<Vec<GpuTypeId>> {
    let class = rules.serverless.classes.iter().find(|class| class.name == name);
    if let Some(class) = class {
        return Some(class.types.iter().filter_map(|name| types.called(name)).collect());
    }
    types.called(name).map(|gpu_type| vec![gpu_type])
}

/// SLS-41. The name of the class that a type is of.
pub(super) fn class_of<'r>(
    gpu_type: GpuTypeId,
    types: &Types,
    rules: &'r Rules,
) -> Option<&'r str> {
    let known = types.known(gpu_type);
    let has = |name: &String| *name == known.display_name || *name == known.id;
    let class = rules.serverless.classes.iter().find(|class| class.types.iter().any(has));
    class.map(|class| class.name.as_str())
}

/// The fault of naming a type, or a class, that is not there.
pub(super) fn unknown_type(name: &str, scene: &Scene<'_>) -> Fault {
    let classes = scene.rules.serverless.classes.iter().map(|class| class.name.as_str());
    let known: Vec<&str> =
        scene.types.display_names().chain(scene.types.names()).chain(classes).collect();
    let fault = names::unknown("GPU type", name, known);
    let expected = "a GPU type of the catalogue or of `gpu_types`, or a class such as AMPERE_24";
    Fault { expected: expected.to_owned(), ..fault }
}
