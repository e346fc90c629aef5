//! Reading values at their places and gathering every problem on the way.
//!
//! A list is read item by item, a struct as a whole. What cannot be read is reported and replaced by
//! a default, so that the check goes on; with a problem reported no scenario is handed over.

use super::index::{Content, Entry, Node};
use super::ron_error::{fault, options};
use super::scalar::Scalar;
use super::source::{Argument, Origin};
use super::splice::{NoSuchPlace, splice};
use super::{Place, Source, Sources};
use crate::scenario::problem::{Fault, Problem, Problems};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer};
use std::ops::Range;

/// A field of the schema: what stands there is read later, at its place.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Field {
    /// The text does not have it.
    #[default]
    Absent,
    /// It is there, whatever it is.
    Stated,
}

impl Field {
    /// Whether the text has it.
    pub(crate) fn is_stated(self) -> bool {
        self == Self::Stated
    }
}

impl<'de> Deserialize<'de> for Field {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        serde::de::IgnoredAny::deserialize(deserializer).map(|_| Self::Stated)
    }
}

/// An override as it is stated: on the command line, or somewhere in a file.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Stated<'a> {
    /// The path of the field.
    pub(crate) path: &'a str,
    /// Its new value.
    pub(crate) value: &'a str,
    /// Where in a file that stands.
    pub(crate) origin: Option<&'a Origin>,
}

/// Reads values of sources and remembers what was wrong.
#[derive(Debug, Default)]
pub(crate) struct Reader {
    /// The files.
    pub(crate) sources: Sources,
    problems: Vec<Problem>,
}

impl Reader {
    /// What `read` finds, whose problems have been told already.
    pub(crate) fn quietly<T>(&mut self, read: impl FnOnce(&mut Self) -> T) -> T {
        let told = self.problems.len();
        let found = read(self);
        self.problems.truncate(told);
        found
    }
    /// Adds a file; none, with its problem reported, if it is no text or its text is no RON at all.
    pub(crate) fn open(&mut self, name: &str, bytes: &[u8]) -> Option<Place> {
        let bytes = bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(bytes);
        let text = String::from_utf8_lossy(bytes).into_owned();
        let file = self.sources.add(Source::new(name, text));
        let place = Place::root(file);
        if let Err(error) = std::str::from_utf8(bytes) {
            let at = error.valid_up_to();
            let fault = Fault::new("bytes that are no text", "text in UTF-8");
            self.problems.push(Problem::over(at..at, &place, fault, &self.sources));
            return None;
        }
        let text = &self.sources.get(file).text;
        match options().from_str::<serde::de::IgnoredAny>(text) {
            Ok(_) => Some(place),
            Err(error) => {
                let text = text.clone();
                self.report_ron(&place, 0, &text, &error);
                None
            }
        }
    }
    /// Gives the field at `path` of a file the value that the override `stated` asks for; its
    /// path as it was stated may lead there from another file.
    pub(crate) fn set(
        &mut self,
        file: usize,
        path: &str,
        stated: &Stated<'_>,
    ) -> Result<(), NoSuchPlace> {
        let change = splice(&self.sources.get(file).text, path, stated.value)?;
        let argument = self.argument(stated);
        self.sources.splice(file, &change, argument);
        Ok(())
    }
    /// Adds the text in which an override is stated.
    fn argument(&mut self, stated: &Stated<'_>) -> Argument {
        if let Some(Origin { file, path, value }) = stated.origin {
            let source = self.sources.add(Source::shown(&file.0, file.1.clone()));
            return Argument { source, path: path.clone(), value: value.clone(), is_file: true };
        }
        let text = format!("{}={}", stated.path, stated.value);
        let (path, whole) = (stated.path.len(), text.len());
        let source = self.sources.add(Source::new("--set", text));
        Argument { source, path: 0..path, value: path + 1..whole, is_file: false }
    }
    /// Reports that the override `stated` leads nowhere.
    pub(crate) fn refuse_set(&mut self, stated: &Stated<'_>, reason: NoSuchPlace) {
        let NoSuchPlace { message, expected, names } = reason;
        let argument = self.argument(stated);
        let mut fault = Fault::new(message, expected).found(stated.path);
        if let Some((name, names)) = names {
            fault = fault.near(&name, names.iter().map(String::as_str));
        }
        let place = Place::root(argument.source);
        self.problems.push(Problem::over(argument.path, &place, fault, &self.sources));
    }
    /// Reports `fault` at `place`.
    pub(crate) fn report(&mut self, place: &Place, fault: Fault) {
        self.problems.push(Problem::at(place, fault, &self.sources));
    }
    fn report_ron(
        &mut self,
        place: &Place,
        base: usize,
        text: &str,
        error: &ron::error::SpannedError,
    ) {
        let (range, place, fault) = fault(&self.sources, place, (base, text), error);
        self.problems.push(Problem::over(range, &place, fault, &self.sources));
    }
    /// Hands over `value` if nothing was wrong.
    pub(crate) fn finish<T>(self, value: Option<T>) -> Result<T, Problems> {
        match value {
            Some(value) if self.problems.is_empty() => Ok(value),
            _ => Err(Problems::new(self.problems, self.sources)),
        }
    }

    /// Reads a struct or an enum of the schema.
    pub(crate) fn shape<T: DeserializeOwned>(&mut self, place: &Place) -> Option<T> {
        let range = self.sources.range(place);
        let text = self.sources.get(place.file).text[range.clone()].to_owned();
        match options().from_str(&text) {
            Ok(shape) => Some(shape),
            Err(error) => {
                self.report_ron(place, range.start, &text, &error);
                None
            }
        }
    }
    /// The place of the one value that the variant at `place` holds; more are reported.
    pub(crate) fn inside(&mut self, place: &Place) -> Place {
        let count = self.sources.count_inside(place);
        if 1 < count {
            let fault = Fault::new(format!("{count} values where one is wanted"), "a single value");
            self.report(place, fault);
        }
        place.inside()
    }
    /// The places of a list's items; nothing if the field is absent.
    pub(crate) fn items(&mut self, place: &Place, field: Field) -> Vec<Place> {
        if !field.is_stated() {
            return Vec::new();
        }
        let items: Option<Vec<Field>> = self.shape(place);
        (0..items.unwrap_or_default().len()).map(|index| place.item(index)).collect()
    }
    /// The places of a list's items, or the place itself if no list stands there. A list without any
    /// `item` is reported.
    pub(crate) fn one_or_more(&mut self, place: &Place, item: &str) -> Vec<Place> {
        if !self.sources.text(place).starts_with('[') {
            return vec![place.clone()];
        }
        let Some(items) = self.shape::<Vec<Field>>(place) else { return Vec::new() };
        if items.is_empty() {
            self.report(place, Fault::new("empty list", format!("at least one {item}")));
        }
        (0..items.len()).map(|index| place.item(index)).collect()
    }
    /// The places of the two values of the pair at `place`, which is `(a, b)`, perhaps after a variant's name;
    /// what is no pair is reported, as lacking `what`.
    pub(crate) fn pair(&mut self, place: &Place, what: &str) -> Option<(Place, Place)> {
        if self.sources.count_inside(place) == 2 {
            return Some((place.item(0), place.item(1)));
        }
        self.report(place, Fault::new("no pair", format!("a pair in brackets: {what}")));
        None
    }
    /// The entries of the map at `place`: the bytes of each key, and the place of its value; no entry
    /// if the field is absent, and none at all if no map stands there.
    pub(crate) fn entries(
        &mut self,
        place: &Place,
        field: Field,
    ) -> Option<Vec<(Range<usize>, Place)>> {
        if !field.is_stated() {
            return Some(Vec::new());
        }
        let source = self.sources.get(place.file);
        let node = source.root().map(|root| root.nearest(&place.steps, &source.text));
        if let Some(Node { content: Content::Map(entries), .. }) = node {
            let entry = |entry: &Entry| {
                let key = entry.key.clone();
                let value = place.key(&source.text[key.clone()]);
                (key, value)
            };
            return Some(entries.iter().map(entry).collect());
        }
        self.report(place, Fault::new("no map", "a map in curly brackets, {key: value, …}"));
        None
    }
    /// Reports `fault` at the bytes `key` of the key of the entry at `place`.
    pub(crate) fn report_key(&mut self, key: Range<usize>, place: &Place, fault: Fault) {
        self.problems.push(Problem::over(key, place, fault, &self.sources));
    }
    /// Reads the single value at `place`.
    pub(crate) fn scalar<T: Scalar>(&mut self, place: &Place) -> Option<T> {
        match T::read(self.sources.text(place)) {
            Ok(value) => Some(value),
            Err(fault) => {
                self.report(place, fault);
                None
            }
        }
    }
    /// Reads the field `name` of `place`, if it is stated and readable.
    pub(crate) fn optional<T: Scalar>(&mut self, place: &Place, (name, field): Named) -> Option<T> {
        if field.is_stated() { self.scalar(&place.field(name)) } else { None }
    }
    /// Reads the field `name` of `place`, or takes `default`.
    pub(crate) fn or<T: Scalar>(&mut self, place: &Place, named: Named, default: T) -> T {
        self.optional(place, named).unwrap_or(default)
    }
    /// Reads the field `name` of `place`, which has to be stated.
    pub(crate) fn required<T: Scalar>(&mut self, place: &Place, (name, field): Named) -> Option<T> {
        if !field.is_stated() {
            self.missing(place, name);
        }
        self.optional(place, (name, field))
    }
    /// Reports that `place` lacks the field `name`.
    pub(crate) fn missing(&mut self, place: &Place, name: &str) {
        let fault =
            Fault::new(format!("missing field `{name}`"), format!("a field `{name}` in here"));
        self.report(place, fault);
    }
}

/// A field of the schema and its name.
pub(crate) type Named<'a> = (&'a str, Field);
