//! What RON's own reader refuses, in the words of a [`Fault`] and at its place.

use super::index::Content;
use super::{Place, Sources};
use crate::scenario::problem::Fault;
use ron::error::{Error, SpannedError};
use ron::extensions::Extensions;
use std::ops::Range;

/// How every scenario is read: `Some` need not be written, nor a second pair of brackets inside a
/// variant.
pub(crate) fn options() -> ron::Options {
    ron::Options::default()
        .with_default_extension(Extensions::IMPLICIT_SOME)
        .with_default_extension(Extensions::UNWRAP_VARIANT_NEWTYPES)
}

/// What `error` means, met while reading `text`, which stands `base` bytes into the file of `place`:
/// the bytes to show, the innermost place around them, and the fault.
pub(crate) fn fault(
    sources: &Sources,
    place: &Place,
    (base, text): (usize, &str),
    error: &SpannedError,
) -> (Range<usize>, Place, Fault) {
    let source = sources.get(place.file);
    let part = super::Source::new("", text.to_owned());
    let byte = |position: &ron::error::Position| base + part.byte_at(position.line, position.col);
    let (start, end) = (byte(&error.span.start), byte(&error.span.end));
    let last = end.saturating_sub(1).max(start).min(source.text.len().saturating_sub(1));
    let Some(root) = source.root() else {
        let at = floor_boundary(&source.text, last);
        return (at..at, place.clone(), meaning(&error.code));
    };
    let steps = root.steps_to(last, &source.text);
    let mut here = Place { file: place.file, steps };
    let mut range = sources.range(&here);
    if let Error::NoSuchStructField { found, .. } | Error::NoSuchEnumVariant { found, .. } =
        &error.code
    {
        range = name_range(sources, &here, found).unwrap_or(range);
    }
    if let Error::MissingStructField { .. } = &error.code {
        here = place.clone();
        range = sources.range(place);
    }
    (range, here, meaning(&error.code))
}

/// The byte where the character around `at` begins.
fn floor_boundary(text: &str, at: usize) -> usize {
    (0..=at).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0)
}

/// Where the name `found` itself stands: a field's key, or a variant's name.
fn name_range(sources: &Sources, here: &Place, found: &str) -> Option<Range<usize>> {
    let source = sources.get(here.file);
    let mut steps = here.steps.clone();
    loop {
        let node = source.root()?.nearest(&steps, &source.text);
        if source.text[node.range.clone()].starts_with(found) {
            return Some(node.range.start..node.range.start + found.len());
        }
        if let Content::Fields(entries) = &node.content
            && let Some(entry) =
                entries.iter().find(|entry| source.text[entry.key.clone()] == *found)
        {
            return Some(entry.key.clone());
        }
        steps.pop()?;
    }
}

/// The fault in words.
fn meaning(error: &Error) -> Fault {
    match error {
        Error::NoSuchStructField { expected, found, .. } => {
            Fault::new(format!("unknown field `{found}`"), one_of(expected))
                .found(found)
                .near(found, expected.iter().copied())
        }
        Error::NoSuchEnumVariant { expected, found, .. } => {
            Fault::new(format!("unknown variant `{found}`"), one_of(expected))
                .found(found)
                .near(found, expected.iter().copied())
        }
        Error::MissingStructField { field, .. } => {
            Fault::new(format!("missing field `{field}`"), format!("a field `{field}` in here"))
        }
        Error::DuplicateStructField { field, .. } => {
            Fault::new(format!("field `{field}` stands here twice"), "each field once")
        }
        Error::InvalidValueForType { expected, found } => {
            Fault::new("value of another type", expected.clone()).found(found)
        }
        Error::Eof => Fault::new("the text ends too early", "the closing brackets"),
        other => Fault::new("not readable as RON", other.to_string().replacen("Expected ", "", 1)),
    }
}

fn one_of(names: &[&str]) -> String {
    match names {
        [] => "no field at all".to_owned(),
        [name] => format!("`{name}`"),
        names => format!("one of {}", names.join(", ")),
    }
}
