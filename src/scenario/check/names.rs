//! Names that have to be unique, and references to them.

use crate::scenario::problem::Fault;
use crate::scenario::text::{Place, Reader};
use std::collections::BTreeMap;

/// Names of one kind, each with an index.
#[derive(Debug)]
pub(crate) struct Names {
    /// What they name, such as `account`.
    kind: &'static str,
    known: BTreeMap<String, (usize, Option<Place>)>,
}

impl Names {
    /// No names yet of this `kind`.
    pub(crate) fn of(kind: &'static str) -> Self {
        Self { kind, known: BTreeMap::new() }
    }
    /// Adds `name`, stated at `place` or generated for what stands there. A blank one, and a second one
    /// of the same name, is reported.
    pub(crate) fn add(&mut self, reader: &mut Reader, name: &str, index: usize, place: &Place) {
        if is_blank(reader, self.kind, name, place) {
            return;
        }
        if let Some((_, first)) = self.known.get(name) {
            let where_else = first.as_ref().map_or_else(String::new, |first| {
                let source = reader.sources.get(first.file);
                let (line, _) = source.line_and_column(reader.sources.range(first).start);
                format!("; `{first}` in line {line} of {} has it", source.name)
            });
            let fault = Fault::new(
                format!("duplicate {} `{name}`", self.kind),
                format!("a name of its own{where_else}"),
            );
            reader.report(place, fault.found(name));
            return;
        }
        self.known.insert(name.to_owned(), (index, Some(place.clone())));
    }
    /// Adds a name that is known to be new.
    pub(crate) fn insert(&mut self, name: &str, index: usize) {
        self.known.insert(name.to_owned(), (index, None));
    }
    /// How many there are.
    pub(crate) fn count(&self) -> usize {
        self.known.len()
    }
    /// The index of `name`, if known.
    pub(crate) fn get(&self, name: &str) -> Option<usize> {
        self.known.get(name).map(|(index, _)| *index)
    }
    /// All names.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &str> {
        self.known.keys().map(String::as_str)
    }
    /// The index of the name that stands at `place`; an unknown one is reported.
    pub(crate) fn find(&self, reader: &mut Reader, place: &Place) -> Option<usize> {
        let name: String = reader.scalar(place)?;
        let index = self.get(&name);
        if index.is_none() {
            let fault = unknown(self.kind, &name, self.iter());
            reader.report(place, fault);
        }
        index
    }
}

/// Whether `name`, which stands at `place`, names nothing: then that is reported.
pub(crate) fn is_blank(reader: &mut Reader, kind: &str, name: &str, place: &Place) -> bool {
    let is_blank = name.trim().is_empty();
    if is_blank {
        let fault = Fault::new(format!("{kind} without a name"), "a name that is not blank");
        reader.report(place, fault.found(name));
    }
    is_blank
}

/// The fault of naming something that does not exist.
pub(crate) fn unknown<'a>(
    kind: &str,
    name: &str,
    names: impl IntoIterator<Item = &'a str>,
) -> Fault {
    let names: Vec<&str> = names.into_iter().collect();
    let list = match names.len() {
        0 => format!("no {kind} at all: the scenario has none"),
        1..=6 => format!("one of {}", names.join(", ")),
        many => format!("one of the scenario's {many} names of this kind ({kind})"),
    };
    Fault::new(format!("unknown {kind} `{name}`"), list).found(name).near(name, names)
}
