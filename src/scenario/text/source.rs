//! The files that a scenario is read from.

use super::Place;
use super::index::{self, Content, Entry, Node};
use super::splice::Splice;
use std::ops::Range;
use std::sync::Arc;

/// A file's text and its index.
#[derive(Clone, Debug)]
pub(crate) struct Source {
    /// Its path, as the scenario or the command line names it.
    pub(crate) name: String,
    /// Its text, overrides applied.
    pub(crate) text: String,
    /// Where each value stands; none if the text is no RON.
    root: Option<Node>,
    /// What overrides have put into the text, the newest last.
    spliced: Vec<Spliced>,
}

/// What an override has put into a text.
#[derive(Clone, Debug)]
struct Spliced {
    /// All that it put there.
    range: Range<usize>,
    /// The value alone.
    value: Range<usize>,
    /// Where the override is stated.
    argument: Argument,
}

/// Where an override is stated, among the sources.
#[derive(Clone, Debug)]
pub(crate) struct Argument {
    /// The source: the argument as the command line gave it, or a file.
    pub(crate) source: usize,
    /// The bytes of the path in it.
    pub(crate) path: Range<usize>,
    /// Those of the value, or of what makes it.
    pub(crate) value: Range<usize>,
    /// Whether it is a file, of whose value parts are shown.
    pub(crate) is_file: bool,
}

/// Where in a file an override is stated, if not on the command line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Origin {
    /// The file's name and its text.
    pub(crate) file: Arc<(String, String)>,
    /// The bytes of the path in it.
    pub(crate) path: Range<usize>,
    /// Those of the value, or of what makes it.
    pub(crate) value: Range<usize>,
}

impl Spliced {
    /// Moves with the text when `splice` is made; none if it overlaps with what changes.
    fn after(mut self, splice: &Splice) -> Option<Self> {
        if splice.at.start < self.range.end && self.range.start < splice.at.end {
            return None;
        }
        if splice.at.end <= self.range.start {
            let moved = |at: usize| at - splice.at.len() + splice.text.len();
            self.range = moved(self.range.start)..moved(self.range.end);
            self.value = moved(self.value.start)..moved(self.value.end);
        }
        Some(self)
    }
}

impl Source {
    /// A text, indexed if it is RON.
    pub(crate) fn new(name: &str, text: String) -> Self {
        let root = index::index(&text);
        Self { name: name.to_owned(), text, root, spliced: Vec::new() }
    }
    /// The index, if the text is RON.
    pub(crate) fn root(&self) -> Option<&Node> {
        self.root.as_ref()
    }
    /// A text that is shown, and not read.
    pub(crate) fn shown(name: &str, text: String) -> Self {
        Self { name: name.to_owned(), text, root: None, spliced: Vec::new() }
    }
    /// Makes the change that the override stated at `argument` asks for.
    fn splice(&mut self, splice: &Splice, argument: Argument) {
        let start = splice.at.start;
        self.text.replace_range(splice.at.clone(), &splice.text);
        self.root = index::index(&self.text);
        let earlier = std::mem::take(&mut self.spliced);
        self.spliced = earlier.into_iter().filter_map(|one| one.after(splice)).collect();
        self.spliced.push(Spliced {
            range: start..start + splice.text.len(),
            value: start + splice.value.start..start + splice.value.end,
            argument,
        });
    }
    /// Line and column of a byte, both from 1; columns count characters.
    pub(crate) fn line_and_column(&self, at: usize) -> (usize, usize) {
        let before = &self.text[..at.min(self.text.len())];
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        (before.matches('\n').count() + 1, before[line_start..].chars().count() + 1)
    }
    /// The byte at a line and column, both from 1.
    pub(crate) fn byte_at(&self, line: usize, column: usize) -> usize {
        let line_start = match line {
            0 | 1 => 0,
            _ => self
                .text
                .match_indices('\n')
                .nth(line - 2)
                .map_or(self.text.len(), |(at, _)| at + 1),
        };
        let line_text = &self.text[line_start..];
        let offset = line_text.char_indices().nth(column.saturating_sub(1));
        line_start + offset.map_or(line_text.len(), |(at, _)| at)
    }
}

/// All files read so far; a [`Place`] names one by its index.
#[derive(Clone, Debug, Default)]
pub(crate) struct Sources(Vec<Source>);

impl Sources {
    /// Adds a file and tells its index.
    pub(crate) fn add(&mut self, source: Source) -> usize {
        self.0.push(source);
        self.0.len() - 1
    }
    /// The file of this index.
    pub(crate) fn get(&self, file: usize) -> &Source {
        &self.0[file]
    }
    /// The bytes of a place, or of the last part on the way there that exists.
    pub(crate) fn range(&self, place: &Place) -> Range<usize> {
        let source = self.get(place.file);
        source.root().map_or(0..0, |root| root.nearest(&place.steps, &source.text).range.clone())
    }
    /// How many values stand in the brackets of the variant at `place`.
    pub(crate) fn count_inside(&self, place: &Place) -> usize {
        let source = self.get(place.file);
        let node = source.root().map(|root| root.nearest(&place.steps, &source.text));
        match node.map(|node| &node.content) {
            Some(Content::Inside(inside)) => inside.len(),
            _ => 1,
        }
    }
    /// The names of the fields at `place`, in their order; none if no struct stands there.
    pub(crate) fn fields(&self, place: &Place) -> Option<Vec<String>> {
        let source = self.get(place.file);
        let node = source.root().map(|root| root.nearest(&place.steps, &source.text))?;
        let Content::Fields(entries) = &node.content else { return None };
        let name = |entry: &Entry| source.text[entry.key.clone()].to_owned();
        Some(entries.iter().map(name).collect())
    }
    /// The bytes of the name of the field `name` in the struct at `place`; of the struct, if it has none.
    pub(crate) fn key(&self, place: &Place, name: &str) -> Range<usize> {
        let source = self.get(place.file);
        let node = source.root().map(|root| root.nearest(&place.steps, &source.text));
        let key = node.and_then(|node| match &node.content {
            Content::Fields(entries) => {
                let mut keys = entries.iter().map(|entry| entry.key.clone());
                keys.find(|key| source.text[key.clone()] == *name)
            }
            Content::Leaf | Content::Items(_) | Content::Inside(_) | Content::Map(_) => None,
        });
        key.unwrap_or_else(|| self.range(place))
    }
    /// Where in the file of `value` an override is stated: its path at the bytes `path`, its value at that place.
    pub(crate) fn stated(&self, path: Range<usize>, value: &Place) -> Origin {
        let source = self.get(value.file);
        let file = Arc::new((source.name.clone(), source.text.clone()));
        Origin { file, path, value: self.range(value) }
    }
    /// Makes in `file` the change that the override stated at `argument` asks for.
    pub(crate) fn splice(&mut self, file: usize, splice: &Splice, argument: Argument) {
        self.0[file].splice(splice, argument);
    }
    /// Where the bytes of a file come from: where an override is stated, if one has put them there.
    pub(crate) fn origin(&self, file: usize, range: Range<usize>) -> (usize, Range<usize>) {
        let source = self.get(file);
        let put = |one: &&Spliced| one.range.start <= range.start && range.end <= one.range.end;
        let Some(spliced) = source.spliced.iter().rev().find(put) else { return (file, range) };
        let Argument { source: stated, path, value, is_file } = spliced.argument.clone();
        if range.start < spliced.value.start {
            return (stated, path);
        }
        let is_as_stated = is_file
            && range.end <= spliced.value.end
            && self.get(stated).text[value.clone()] == source.text[spliced.value.clone()];
        if is_as_stated {
            let moved = |at: usize| at - spliced.value.start + value.start;
            return (stated, moved(range.start)..moved(range.end));
        }
        (stated, value)
    }
    /// The line on which a place begins, from 1.
    pub(crate) fn line(&self, place: &Place) -> usize {
        self.get(place.file).line_and_column(self.range(place).start).0
    }
    /// The text of a place.
    pub(crate) fn text(&self, place: &Place) -> &str {
        &self.get(place.file).text[self.range(place)]
    }
}
