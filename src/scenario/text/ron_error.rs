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
    if let Error::DuplicateStructField { field, .. } = &error.code
        && let Some(second) = second_key(sources, &here, field)
    {
        range = second;
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

/// Where the field `name` stands for the second time, in what holds the place `here`.
fn second_key(sources: &Sources, here: &Place, name: &str) -> Option<Range<usize>> {
    let source = sources.get(here.file);
    let around = here.steps.split_last().map_or(&[][..], |(_, around)| around);
    let Content::Fields(entries) = &source.root()?.nearest(around, &source.text).content else {
        return None;
    };
    let keys = entries.iter().map(|entry| entry.key.clone());
    keys.filter(|key| source.text[key.clone()] == *name).nth(1)
}

/// The fault in words.
#[expect(clippy::wildcard_enum_match_arm, reason = "the parser's own enum, which may grow")]
fn meaning(error: &Error) -> Fault {
    match error {
        Error::NoSuchStructField { expected, found, .. } => {
            Fault::new(format!("unknown field `{found}`"), one_of(expected))
                .found(found)
                .near(found, expected.iter().copied())
        }
        Error::NoSuchEnumVariant { expected, found, outer } => {
            let kind = outer.as_deref().map_or("choice", what_varies);
            Fault::new(format!("unknown {kind} `{found}`"), one_of(expected))
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
        Error::ExpectedArray => Fault::new("no list", "a list in square brackets, [...]"),
        Error::ExpectedStructLike | Error::ExpectedNamedStructLike(_) => {
            Fault::new("no group of fields", "fields in brackets, (name: value, ...)")
        }
        Error::ExpectedDifferentStructName { found, .. } => match command_of(found) {
            Some(command) => Fault::new(
                format!("`{found}(…)` is an experiment, no scenario"),
                format!("a scenario; `walras {command}` runs this file"),
            ),
            None => Fault::new(
                format!("`{found}` is no group of fields"),
                "fields in brackets, (name: value, ...)",
            ),
        },
        Error::SuggestRawIdentifier(found) | Error::InvalidIdentifier(found) => {
            let expected =
                "the name of a choice, or of a field before its value: (name: value, ...)";
            Fault::new(format!("`{found}` is no name"), expected)
        }
        Error::ExpectedIdentifier => Fault::new("no name", "a bare name, without quotation marks"),
        Error::UnexpectedChar(char) => {
            let expected = "another value, or the bracket that is still open to be closed";
            Fault::new(format!("`{char}` does not belong here"), expected)
        }
        Error::Eof => {
            Fault::new("the text ends too early", "a whole scenario in brackets, ( ... )")
        }
        Error::ExceededRecursionLimit => {
            Fault::new("brackets nested too deep", "at most some sixty within one another")
        }
        other => Fault::new("not readable as RON", other.to_string().replacen("Expected ", "", 1)),
    }
}

/// The command that runs an experiment of this name.
fn command_of(experiment: &str) -> Option<&'static str> {
    match experiment {
        "Comparison" => Some("compare"),
        "Sweep" => Some("sweep"),
        "Plan" => Some("plan"),
        _ => None,
    }
}

/// What an enum of the schema is a choice of, as people call it.
fn what_varies(schema: &str) -> &'static str {
    match schema {
        "DoText" => "action",
        "ArrivalsText" => "arrival process",
        "DistributionText" => "distribution",
        "KindText" => "way of buying",
        "RateProfileText" => "profile of the rate",
        _ => "choice",
    }
}

fn one_of(names: &[&str]) -> String {
    const SHOWN: usize = 12;
    match names {
        [first @ .., _] if SHOWN < first.len() => {
            let more = names.len() - SHOWN;
            let shown = names[..SHOWN].join(", ");
            format!("one of {shown}, or one of {more} more: see scenarios/README.md")
        }
        [] => "no field at all".to_owned(),
        [name] => format!("`{name}`"),
        names => format!("one of {}", names.join(", ")),
    }
}
