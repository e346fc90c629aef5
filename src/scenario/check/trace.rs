//! Tables that a scenario names: what their GPU types mean, and what is wrong with one, said at the
//! place that names it.

use super::names;
use super::types::Types;
use crate::ids::GpuTypeId;
use crate::scenario::load::Files;
use crate::scenario::problem::{Aside, Fault};
use crate::scenario::text::scalar::Scalar;
use crate::scenario::text::{Field, Place, Reader};
use crate::workload::import::{self, TraceError, digest};
use std::collections::BTreeMap;
use std::path::Path;

/// Remembers the file at `path` among the scenario's inputs.
///
/// # Errors
/// A file that cannot be read.
pub(crate) fn remember(files: &mut Files, path: &Path) -> Result<(), TraceError> {
    files.add_table(path, digest(path)?);
    Ok(())
}

/// Reports `error` of the file that the text at `place` names.
pub(crate) fn report(reader: &mut Reader, place: &Place, error: &TraceError) {
    let aside = aside(error);
    reader.report(place, Fault { aside, ..fault(error) });
}

/// The line of the file that `error` is about.
fn aside(error: &TraceError) -> Option<Box<Aside>> {
    let (TraceError::Malformed { path, line, found, .. }
    | TraceError::Unsorted { path, line, found, .. }) = error
    else {
        return None;
    };
    cell(path, *line, found)
}

/// The line of a trace, its field `found` marked; the whole line if no field is that one.
pub(crate) fn cell(path: &Path, line: u64, found: &str) -> Option<Box<Aside>> {
    let text = import::line(path, line)?;
    let mut at = 0;
    let fields = text.split(',').map(|field| {
        let range = at..at + field.len();
        at = range.end + 1;
        (field.trim() == found, range)
    });
    let like_it: Vec<_> = fields.filter(|(is_it, _)| *is_it).map(|(_, range)| range).collect();
    let marked = match &like_it[..] {
        [only] => only.clone(),
        _ => 0..text.len(),
    };
    let line = usize::try_from(line).ok()?;
    Some(Box::new(Aside { path: path.display().to_string(), line, text, marked }))
}

fn fault(error: &TraceError) -> Fault {
    match error {
        TraceError::Missing { path, source } => {
            let message = format!("cannot open `{}`: {source}", path.display());
            Fault::new(message, "a CSV file, plain or gzipped, relative to this file")
        }
        TraceError::Unreadable { path, rows, source } => {
            let message = format!("cannot read `{}` beyond row {rows}: {source}", path.display());
            Fault::new(message, "a whole CSV file")
        }
        TraceError::OtherKind { path, found, expected } => {
            let message = format!("`{}` is a file of another kind", path.display());
            Fault::new(message, expected.as_str()).found(found)
        }
        TraceError::Column { path, column, problem } => {
            let message = format!("in `{}` column `{column}` {problem}", path.display());
            Fault::new(
                message,
                "a column that file and format have: see scenarios/traces/README.md",
            )
        }
        TraceError::Market { path, problem } => {
            let message = format!("the price wanted of `{}` {problem}", path.display());
            Fault::new(message, "one market of the file, and an instant at which it has a price")
        }
        TraceError::Malformed { path, row, line, column, found, expected } => {
            let message = format!(
                "`{}` is malformed in row {row} (line {line}), column `{column}`",
                path.display()
            );
            let found = if found.is_empty() { "an empty field" } else { found };
            Fault::new(message, format!("{expected} there")).found(found)
        }
        TraceError::Unsorted { path, row, line, column, found, previous } => {
            let message = format!("`{}` is unsorted in row {row} (line {line})", path.display());
            let expected = format!("rows sorted by `{column}`");
            Fault::new(message, expected)
                .found(format!("an arrival at {found} s below one at {previous} s"))
        }
    }
}

/// The GPU types that a trace's names mean, as the map `types` of a place says.
#[derive(Debug)]
pub(crate) struct Meanings {
    /// Where the meaning of a name is missing: the map, or the trace's path.
    place: Place,
    stated: BTreeMap<String, Vec<GpuTypeId>>,
}

impl Meanings {
    /// Reads the map `types` of `place`; each name means one type, or several if `many`.
    pub(crate) fn read(
        reader: &mut Reader,
        place: &Place,
        (types, field): (&mut Types, Field),
        many: bool,
    ) -> Self {
        let name = if field.is_stated() { "types" } else { "path" };
        let mut meanings = Self { place: place.field(name), stated: BTreeMap::new() };
        let place = place.field("types");
        for (key, entry) in reader.entries(&place, field).unwrap_or_default() {
            let name = String::read(&reader.sources.get(place.file).text[key.clone()]);
            let means = if many {
                types.find_all(reader, &entry)
            } else {
                types.find(reader, &entry).into_iter().collect()
            };
            match name {
                Err(fault) => reader.report_key(key, &entry, fault),
                Ok(name) if meanings.stated.contains_key(&name) => {
                    let fault = Fault::new(format!("`{name}` is named twice"), "each name once");
                    reader.report_key(key, &entry, fault);
                }
                Ok(name) => {
                    meanings.stated.insert(name, means);
                }
            }
        }
        meanings
    }
    /// The types that `name` means: those stated, or the type of that id. What means nothing is
    /// reported, once.
    pub(crate) fn of(
        &mut self,
        reader: &mut Reader,
        types: &mut Types,
        name: &str,
    ) -> Vec<GpuTypeId> {
        if let Some(means) = self.stated.get(name) {
            return means.clone();
        }
        let means: Vec<GpuTypeId> = types.mention(name).into_iter().collect();
        if means.is_empty() {
            let mut fault = names::unknown("GPU type", name, types.names());
            fault.message = format!("no meaning for the trace's GPU type `{name}`");
            fault.expected =
                format!("its meaning in `types: {{\"{name}\": …}}`, or such a type in `gpu_types`");
            reader.report(&self.place, fault);
        }
        self.stated.insert(name.to_owned(), means.clone());
        means
    }
    /// Whether `name` is stated.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.stated.contains_key(name)
    }
}
