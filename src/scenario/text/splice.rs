//! Overrides of single values: `--set path=value` spliced into the scenario's text.
//!
//! The text is changed before it is read, so an overridden value is read, checked and reported as any
//! other; what is wrong with it is shown on the command line's argument. A path is a chain of field
//! names and list items, `customers[0].arrivals.per_hour`; an item may be called by its `name` or
//! `id`, too: `accounts[ada].balance`. Fields that are not stated yet are added.

use super::index::{self, Content, Node};
use super::place::Step;
use super::ron_error::options;
use std::ops::Range;

/// A change of a text: `text` takes the place of the bytes `at`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Splice {
    /// The bytes that are replaced.
    pub(crate) at: Range<usize>,
    /// What stands there instead.
    pub(crate) text: String,
    /// The bytes of the new value in `text`.
    pub(crate) value: Range<usize>,
}

/// Why a path leads nowhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct NoSuchPlace {
    /// What is wrong, in one sentence without its end.
    pub(crate) message: String,
    /// What should stand there.
    pub(crate) expected: String,
    /// The name that a list was searched for, and the names in it.
    pub(crate) names: Option<(String, Vec<String>)>,
}

impl NoSuchPlace {
    fn new(message: String, expected: impl Into<String>) -> Self {
        Self { message, expected: expected.into(), names: None }
    }
}

/// A step of a path as a person writes it.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Word {
    Field(String),
    Index(usize),
    Named(String),
}

/// The change of `text` that gives the field at `path` the value `value`.
///
/// # Errors
/// A path that is malformed, or leads into something that has no such part.
pub(crate) fn splice(text: &str, path: &str, value: &str) -> Result<Splice, NoSuchPlace> {
    let words = words(path)?;
    let root = index::index(text).ok_or_else(|| {
        NoSuchPlace::new("the scenario is no RON".to_owned(), "a scenario of named fields")
    })?;
    let mut node = &root;
    let mut walked = String::new();
    for (count, word) in words.iter().enumerate() {
        match part(node, word, text) {
            Some(part) => node = part,
            None => return add(node, &words[count..], (text, &walked), value),
        }
        show(&mut walked, word);
    }
    let value = as_ron(value, Some(&text[node.range.clone()]));
    Ok(Splice { at: node.range.clone(), value: 0..value.len(), text: value })
}

fn show(path: &mut String, word: &Word) {
    match word {
        Word::Field(name) if path.is_empty() => path.push_str(name),
        Word::Field(name) => path.extend([".", name]),
        Word::Index(index) => path.push_str(&format!("[{index}]")),
        Word::Named(name) => path.extend(["[", name, "]"]),
    }
}

/// Splits `a.b[2][name]` into its words.
fn words(path: &str) -> Result<Vec<Word>, NoSuchPlace> {
    let malformed = || {
        let message = format!("`{path}` is not the path of a field");
        NoSuchPlace::new(message, "a path such as `rules.grace` or `customers[0].patience`")
    };
    let mut words = Vec::new();
    let mut rest = path;
    while !rest.is_empty() {
        if let Some(bracket) = rest.strip_prefix('[') {
            let (item, after) = bracket.split_once(']').ok_or_else(malformed)?;
            let name = item.trim_matches('"').to_owned();
            words.push(item.parse().map_or(Word::Named(name), Word::Index));
            rest = after;
            continue;
        }
        let name = if words.is_empty() { Some(rest) } else { rest.strip_prefix('.') };
        let name = name.ok_or_else(malformed)?;
        let end = name.find(['.', '[']).unwrap_or(name.len());
        let is_name = |c: char| c.is_alphanumeric() || c == '_';
        if end == 0 || !name[..end].chars().all(is_name) {
            return Err(malformed());
        }
        words.push(Word::Field(name[..end].to_owned()));
        rest = &name[end..];
    }
    match words.first() {
        Some(Word::Field(_)) => Ok(words),
        _ => Err(malformed()),
    }
}

/// The list, its item and the way on from there to which a path leads first: `customers`, `labs` and
/// `.patience` of `customers[labs].patience`.
pub(crate) fn item(path: &str) -> Option<(&str, &str, &str)> {
    let (list, rest) = path.split_once('[')?;
    let (item, rest) = rest.split_once(']')?;
    (!list.contains('.')).then_some((list, item.trim_matches('"'), rest))
}

fn part<'a>(node: &'a Node, word: &Word, text: &str) -> Option<&'a Node> {
    match word {
        Word::Field(name) => node.part(&Step::Field(name.clone()), text),
        Word::Index(index) => node.part(&Step::Item(*index), text),
        Word::Named(name) => {
            let Content::Items(items) = &node.content else { return None };
            items.iter().find(|item| names(item, text).any(|other| other == name))
        }
    }
}

/// What a list's item is called: its `name` or `id`.
pub(crate) fn names<'a>(item: &'a Node, text: &'a str) -> impl Iterator<Item = &'a str> {
    ["name", "id"].into_iter().filter_map(move |field| {
        let step = Step::Field(field.to_owned());
        item.part(&step, text).map(|part| text[part.range.clone()].trim_matches('"'))
    })
}

/// Adds the fields `words` to `node`, which stands at the path `walked`.
fn add(
    node: &Node,
    words: &[Word],
    (text, walked): (&str, &str),
    value: &str,
) -> Result<Splice, NoSuchPlace> {
    let fields: Option<Vec<&str>> = words.iter().map(field_name).collect();
    let (Some(fields), Some((at, has_others))) = (fields, opening(node, text)) else {
        return Err(no_such_part(node, words, (text, walked)));
    };
    let value = as_ron(value, None);
    let mut added = fields.join(": (");
    added.push_str(": ");
    let start = added.len();
    added.push_str(&value);
    added.push_str(&")".repeat(fields.len() - 1));
    if has_others {
        added.push_str(", ");
    }
    Ok(Splice { at: at..at, value: start..start + value.len(), text: added })
}

fn field_name(word: &Word) -> Option<&str> {
    match word {
        Word::Field(name) => Some(name),
        Word::Index(_) | Word::Named(_) => None,
    }
}

/// Where a field of `node` can be added, just after its bracket, and whether it has others.
fn opening(node: &Node, text: &str) -> Option<(usize, bool)> {
    match &node.content {
        Content::Fields(fields) => {
            let bracket = text[node.range.clone()].find('(')?;
            Some((node.range.start + bracket + 1, !fields.is_empty()))
        }
        Content::Inside(inside) if inside.len() == 1 => opening(&inside[0], text),
        Content::Leaf | Content::Items(_) | Content::Inside(_) | Content::Map(_) => None,
    }
}

fn no_such_part(node: &Node, words: &[Word], (text, walked): (&str, &str)) -> NoSuchPlace {
    let here = if walked.is_empty() { "the scenario".to_owned() } else { format!("`{walked}`") };
    match (&node.content, &words[0]) {
        (Content::Items(items), Word::Index(index)) => no_item(&here, *index, items.len()),
        (Content::Items(items), Word::Named(name)) => {
            let known = items.iter().flat_map(|item| names(item, text).map(str::to_owned));
            no_item_called(&here, name, known.collect())
        }
        (Content::Items(_), Word::Field(_)) => {
            NoSuchPlace::new(format!("{here} is a list"), format!("an item, as in `{walked}[0]`"))
        }
        (_, Word::Index(_) | Word::Named(_)) => {
            NoSuchPlace::new(format!("{here} is no list in this file"), "a field's name")
        }
        (_, Word::Field(name)) => {
            let rest = words.iter().skip(1).any(|word| field_name(word).is_none());
            let message = if rest {
                format!("{here} does not state `{name}`, so that has no items")
            } else {
                format!("{here} has no fields")
            };
            NoSuchPlace::new(message, "the path of a field")
        }
    }
}

/// The list `here` has `count` items, and none of this index.
pub(crate) fn no_item(here: &str, index: usize, count: usize) -> NoSuchPlace {
    let expected = match count.checked_sub(1) {
        None => "an item; the list is empty".to_owned(),
        Some(last) => format!("an item from 0 to {last}"),
    };
    NoSuchPlace::new(format!("{here} has no item {index}"), expected)
}

/// The list `here` has items of these names, and none that is called `name`.
pub(crate) fn no_item_called(here: &str, name: &str, known: Vec<String>) -> NoSuchPlace {
    let expected = match known.len() {
        1..=6 => format!("the index of an item, or one of {}", known.join(", ")),
        _ => "the name or the index of an item".to_owned(),
    };
    let fault = NoSuchPlace::new(format!("{here} has no item called `{name}`"), expected);
    NoSuchPlace { names: Some((name.to_owned(), known)), ..fault }
}

/// `value` as RON: as it is, or in quotation marks where it is no RON or replaces a text by a word.
fn as_ron(value: &str, replaced: Option<&str>) -> String {
    // A comment at its end would swallow what follows it.
    let is_whole = index::index(value).is_some_and(|root| root.range == (0..value.len()));
    let is_ron = is_whole && options().from_str::<serde::de::IgnoredAny>(value).is_ok();
    let is_word = value.chars().all(|c| c.is_alphanumeric() || c == '_')
        && !value.starts_with(|c: char| c.is_ascii_digit())
        && value != "None";
    let replaces_text = replaced.is_some_and(|text| text.starts_with('"'));
    if is_ron && !(is_word && replaces_text) { value.to_owned() } else { format!("{value:?}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spliced(text: &str, path: &str, value: &str) -> String {
        let splice = splice(text, path, value).expect(path);
        assert!(splice.text[splice.value.clone()].contains(value.trim_matches('"')));
        let (before, after) = (&text[..splice.at.start], &text[splice.at.end..]);
        format!("{before}{}{after}", splice.text)
    }

    #[test]
    fn a_value_is_replaced_or_added_where_the_path_leads() {
        let cases = [
            ("(seed: 1)", "seed", "7", "(seed: 7)"),
            ("(horizon: \"1d\")", "horizon", "2d", "(horizon: \"2d\")"),
            ("(title: \"x\")", "title", "busy", "(title: \"busy\")"),
            ("(every: \"10m\")", "every", "None", "(every: None)"),
            ("(p: best_fit)", "p", "first_fit", "(p: first_fit)"),
            ("()", "seed", "7", "(seed: 7)"),
            ("(a: 1)", "rules.grace", "10s", "(rules: (grace: \"10s\"), a: 1)"),
            ("(c: [(k: Spot(bid: 1))])", "c[0].k.bid", "2", "(c: [(k: Spot(bid: 2))])"),
            ("(c: [(k: Spot(bid: 1))])", "c[0].k.top", "2", "(c: [(k: Spot(top: 2, bid: 1))])"),
            ("(c: [(k: Some((x: 1)))])", "c[0].k.x", "2", "(c: [(k: Some((x: 2)))])"),
            (
                "(a: [(name: \"ada\", b: 1), (name: \"bob\", b: 1)])",
                "a[bob].b",
                "2.5",
                "(a: [(name: \"ada\", b: 1), (name: \"bob\", b: 2.5)])",
            ),
            ("(a: 1)", "a", "2 // two", "(a: \"2 // two\")"),
            ("(path: \"a.csv\")", "path", "/data/b c.csv", "(path: \"/data/b c.csv\")"),
        ];
        for (text, path, value, expected) in cases {
            assert_eq!(spliced(text, path, value), expected, "{path}");
        }
    }

    #[test]
    fn a_path_that_leads_nowhere_is_told() {
        let cases = [
            ("(a: [1])", "a[3]", "`a` has no item 3"),
            ("(a: [])", "a[bob]", "`a` has no item called `bob`"),
            ("(a: [(b: 1)])", "a.b", "`a` is a list"),
            ("(a: 1)", "a.b", "`a` has no fields"),
            ("(a: 1)", "c[0].b", "the scenario does not state `c`, so that has no items"),
            ("(a: 1)", "a[0]", "`a` is no list in this file"),
            ("(a: 1)", "", "`` is not the path of a field"),
            ("(a: 1)", "a..b", "`a..b` is not the path of a field"),
            ("(a: 1)", "[0]", "`[0]` is not the path of a field"),
            ("(a: 1)", "a[0", "`a[0` is not the path of a field"),
        ];
        for (text, path, expected) in cases {
            assert_eq!(
                splice(text, path, "1").map_err(|fault| fault.message),
                Err(expected.into())
            );
        }
    }
}
