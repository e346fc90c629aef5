//! Places: which value of which file is meant.

use super::index::{Content, Entry, Node};
use std::fmt;

/// One step from a value into a part of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// To the field of this name.
    Field(String),
    /// To the item of this index.
    Item(usize),
    /// To the value under this key of a map, as the text writes it.
    Key(String),
    /// Into what a variant holds: `Duration(…)`. Paths do not show it.
    Inside,
}

/// A value of a file, named by the path that leads to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    /// Index of the file among the sources.
    pub(crate) file: usize,
    /// The steps from the file's root.
    pub(crate) steps: Vec<Step>,
}

impl Place {
    /// The whole file.
    pub(crate) fn root(file: usize) -> Self {
        Self { file, steps: Vec::new() }
    }
    fn step(&self, step: Step) -> Self {
        let mut steps = self.steps.clone();
        steps.push(step);
        Self { file: self.file, steps }
    }
    /// The field `name` of this.
    pub(crate) fn field(&self, name: &str) -> Self {
        self.step(Step::Field(name.to_owned()))
    }
    /// The item `index` of this.
    pub(crate) fn item(&self, index: usize) -> Self {
        self.step(Step::Item(index))
    }
    /// The value under `key` of this.
    pub(crate) fn key(&self, key: &str) -> Self {
        self.step(Step::Key(key.to_owned()))
    }
    /// What this variant holds.
    pub(crate) fn inside(&self) -> Self {
        self.step(Step::Inside)
    }
}

impl fmt::Display for Place {
    /// The path as a person writes it: `customers[2].arrivals.rate`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut first = true;
        for step in &self.steps {
            match step {
                Step::Field(name) if first => write!(f, "{name}")?,
                Step::Field(name) => write!(f, ".{name}")?,
                Step::Item(index) => write!(f, "[{index}]")?,
                Step::Key(key) => write!(f, "{{{key}}}")?,
                Step::Inside => continue,
            }
            first = false;
        }
        Ok(())
    }
}

fn entry<'a>(entries: &'a [Entry], key: &str, text: &str) -> Option<&'a Entry> {
    entries.iter().find(|entry| text[entry.key.clone()].trim_start_matches("r#") == key)
}

impl Node {
    /// The part of this one step away. A field is looked for through variants, too, so that a path
    /// need not say them.
    pub(crate) fn part(&self, step: &Step, text: &str) -> Option<&Self> {
        match (step, &self.content) {
            (Step::Field(name), Content::Fields(fields)) => {
                entry(fields, name, text).map(|entry| &entry.value)
            }
            (Step::Key(key), Content::Map(entries)) => {
                entry(entries, key, text).map(|entry| &entry.value)
            }
            (Step::Item(index), Content::Items(items)) => items.get(*index),
            (Step::Item(index), Content::Inside(inside)) if 1 < inside.len() => inside.get(*index),
            (Step::Inside, Content::Inside(inside)) => inside.first(),
            (Step::Inside, Content::Fields(_)) => Some(self),
            (_, Content::Inside(inside)) if inside.len() == 1 => inside[0].part(step, text),
            _ => None,
        }
    }
    /// The part at the end of `steps`, or the last part on the way there that exists.
    pub(crate) fn nearest(&self, steps: &[Step], text: &str) -> &Self {
        let mut node = self;
        for step in steps {
            match node.part(step, text) {
                Some(part) => node = part,
                None => return node,
            }
        }
        node
    }
    /// The steps to the innermost part that holds the byte `at`.
    pub(crate) fn steps_to(&self, at: usize, text: &str) -> Vec<Step> {
        let holds = |node: &Self| node.range.start <= at && at < node.range.end;
        let mut steps = Vec::new();
        let mut node = self;
        loop {
            let next = match &node.content {
                Content::Leaf => None,
                Content::Fields(entries) | Content::Map(entries) => {
                    let hit = entries
                        .iter()
                        .find(|entry| entry.key.start <= at && at < entry.value.range.end);
                    hit.map(|entry| {
                        let key = text[entry.key.clone()].to_owned();
                        let is_map = matches!(node.content, Content::Map(_));
                        (if is_map { Step::Key(key) } else { Step::Field(key) }, &entry.value)
                    })
                }
                Content::Items(items) => {
                    let hit = items.iter().enumerate().find(|(_, item)| holds(item));
                    hit.map(|(index, item)| (Step::Item(index), item))
                }
                Content::Inside(inside) => {
                    inside.iter().find(|part| holds(part)).map(|part| (Step::Inside, part))
                }
            };
            let Some((step, part)) = next else { return steps };
            steps.push(step);
            node = part;
        }
    }
}
