//! What is wrong with a scenario, shown under the offending line as a compiler would.
//!
//! A problem says where (file, line, column, field), what was found, what was expected, and the
//! nearest valid name if a name was meant. Checking gathers all problems before anything is said.

use super::text::{Place, Sources};
use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{AnnotationKind, Group, Level, Origin, Renderer, Snippet};
use std::fmt;
use std::ops::Range;

/// One problem.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The file, as the scenario or the command line names it.
    pub file: String,
    /// The line, from 1.
    pub line: usize,
    /// The column in characters, from 1.
    pub column: usize,
    /// The path of the field, such as `customers[2].arrivals.rate`; empty for the whole file.
    pub field: String,
    /// What is wrong, in one sentence without its end.
    pub message: String,
    /// What stands there.
    pub found: String,
    /// What should stand there.
    pub expected: String,
    /// The nearest valid name, if a name was meant.
    pub nearest: Option<String>,
    source: usize,
    range: Range<usize>,
    aside: Option<Box<Aside>>,
}

/// A line of another file that a problem is about: one of a trace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Aside {
    /// The file.
    pub(crate) path: String,
    /// The line, from 1.
    pub(crate) line: usize,
    /// Its text.
    pub(crate) text: String,
    /// The bytes of it to underline.
    pub(crate) marked: Range<usize>,
}

/// What is wrong, before it is known where that stands in the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Fault {
    /// What is wrong.
    pub(crate) message: String,
    /// What should stand there.
    pub(crate) expected: String,
    /// What stands there; none: the text of the place.
    pub(crate) found: Option<String>,
    /// The nearest valid name.
    pub(crate) nearest: Option<String>,
    /// A line of another file that it is about.
    pub(crate) aside: Option<Box<Aside>>,
}

impl Fault {
    /// A fault of this description.
    pub(crate) fn new(message: impl Into<String>, expected: impl Into<String>) -> Self {
        let (message, expected) = (message.into(), expected.into());
        Self { message, expected, found: None, nearest: None, aside: None }
    }
    /// The same, with what was found.
    pub(crate) fn found(mut self, found: impl fmt::Display) -> Self {
        self.found = Some(found.to_string());
        self
    }
    /// The same, with the valid name nearest to `name`.
    pub(crate) fn near<'a>(mut self, name: &str, names: impl IntoIterator<Item = &'a str>) -> Self {
        self.nearest = nearest(name, names).map(str::to_owned);
        self
    }
}

/// The name among `names` that `name` may have been meant to be.
pub(crate) fn nearest<'a>(name: &str, names: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    const LEAST_LIKENESS: f64 = 0.7;
    let likeness = |other: &str| strsim::jaro_winkler(&name.to_lowercase(), &other.to_lowercase());
    let mut best: Option<(f64, &str)> = None;
    for other in names {
        let here = likeness(other);
        if LEAST_LIKENESS <= here && best.is_none_or(|(most, _)| most < here) {
            best = Some((here, other));
        }
    }
    best.map(|(_, name)| name)
}

/// At most this many characters of what was found are repeated.
const LONGEST_FOUND: usize = 60;

fn shortened(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.chars().count() <= LONGEST_FOUND {
        return line;
    }
    line.chars().take(LONGEST_FOUND).chain(['…']).collect()
}

impl Problem {
    /// The problem of `fault` at `place`.
    pub(crate) fn at(place: &Place, fault: Fault, sources: &Sources) -> Self {
        Self::over(sources.range(place), place, fault, sources)
    }
    /// The problem of `fault` at the bytes `range`, which belong to `place`.
    pub(crate) fn over(
        range: Range<usize>,
        place: &Place,
        fault: Fault,
        sources: &Sources,
    ) -> Self {
        let text = sources.get(place.file).text.get(range.clone()).unwrap_or_default();
        let found = shortened(&fault.found.unwrap_or_else(|| text.to_owned()));
        let (file, range) = sources.origin(place.file, range);
        let source = sources.get(file);
        let (line, column) = source.line_and_column(range.start);
        Self {
            file: source.name.clone(),
            line,
            column,
            field: place.to_string(),
            message: fault.message,
            found,
            expected: fault.expected,
            nearest: fault.nearest,
            source: file,
            range,
            aside: fault.aside,
        }
    }

    /// The bytes to underline: a part that spans lines is shown by its first line alone.
    fn underlined(&self, text: &str) -> Range<usize> {
        let shown = text.get(self.range.clone()).unwrap_or_default();
        let first_line = shown.lines().next().unwrap_or_default().trim_end();
        self.range.start..self.range.start + first_line.len()
    }

    /// Whether what was found is what stands in the underlined line.
    fn shows_what_was_found(&self, text: &str) -> bool {
        let there = text.get(self.range.clone()).unwrap_or_default();
        there.trim_matches('"').starts_with(&self.found) || shortened(there) == self.found
    }

    fn render(&self, sources: &Sources, renderer: &Renderer) -> String {
        let text = &sources.get(self.source).text;
        let expectation = format!("expected {}", self.expected);
        let snippet = Snippet::source(text.as_str()).path(&self.file).annotation(
            AnnotationKind::Primary.span(self.underlined(text)).label(expectation.as_str()),
        );
        let title = Group::with_title(Level::ERROR.primary_title(&self.message));
        let mut group = if text.is_empty() {
            let note = Level::NOTE.message(expectation.as_str());
            title.element(Origin::path(&self.file)).element(note)
        } else {
            title.element(snippet)
        };
        if let Some(aside) = &self.aside {
            let Aside { path, line, text, marked } = &**aside;
            let mark = AnnotationKind::Context.span(marked.clone()).label("found here");
            let line = Snippet::source(text.as_str()).line_start(*line).path(path);
            group = group.element(line.annotation(mark));
        }
        let field = format!("field: {}", self.field);
        let found = format!("found: {}", self.found);
        let nearest = self.nearest.as_ref().map(|name| format!("did you mean `{name}`?"));
        if !self.field.is_empty() {
            group = group.element(Level::NOTE.message(field.as_str()));
        }
        if !self.shows_what_was_found(text) {
            group = group.element(Level::NOTE.message(found.as_str()));
        }
        if let Some(nearest) = &nearest {
            group = group.element(Level::HELP.message(nearest.as_str()));
        }
        renderer.render(&[group])
    }
}

/// All problems of a scenario, in the order of files and lines. Never empty.
#[derive(Clone, Debug)]
pub struct Problems {
    problems: Vec<Problem>,
    sources: Sources,
}

impl Problems {
    /// Problems of these sources, put into their order.
    pub(crate) fn new(mut problems: Vec<Problem>, sources: Sources) -> Self {
        problems.sort_by_key(|problem| (problem.source, problem.range.start));
        problems.dedup();
        Self { problems, sources }
    }
    /// One by one.
    pub fn iter(&self) -> impl Iterator<Item = &Problem> {
        self.problems.iter()
    }
    /// As a compiler would show them, with colours if `colour`.
    pub fn render(&self, colour: bool) -> String {
        let renderer = if colour { Renderer::styled() } else { Renderer::plain() };
        let renderer = renderer.decor_style(DecorStyle::Ascii);
        let shown: Vec<String> =
            self.problems.iter().map(|problem| problem.render(&self.sources, &renderer)).collect();
        shown.join("\n\n")
    }
}

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.render(false))
    }
}

impl std::error::Error for Problems {}
