//! Where each value of a RON text stands: a tree of byte ranges.
//!
//! What is no RON is told by RON's own reader, so the index need not explain faults: what
//! it does not understand becomes a leaf. It knows just enough of RON's grammar to walk it: comments,
//! strings, brackets, names.

use std::ops::Range;

/// One value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Node {
    /// Its bytes, a variant's name included.
    pub(crate) range: Range<usize>,
    /// What it holds.
    pub(crate) content: Content,
}

/// What a value holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Content {
    /// Nothing that has a name: a number, a text, a bare name, `()`.
    Leaf,
    /// `(name: value, …)`, perhaps after a variant's name.
    Fields(Vec<Entry>),
    /// `[value, …]`.
    Items(Vec<Node>),
    /// `(value, …)`, perhaps after a variant's name.
    Inside(Vec<Node>),
    /// `{key: value, …}`.
    Map(Vec<Entry>),
}

/// A named value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Entry {
    /// The bytes of the name or key.
    pub(crate) key: Range<usize>,
    /// The value.
    pub(crate) value: Node,
}

/// The index of `text`; none if the text is no RON.
pub(crate) fn index(text: &str) -> Option<Node> {
    let mut walker = Walker { text, at: 0, depth: 0 };
    walker.skip_attributes();
    let root = walker.value()?;
    walker.skip_space();
    (walker.at == text.len()).then_some(root)
}

/// How deep values may be nested: as deep as RON's own reader goes.
const DEEPEST: usize = 128;

struct Walker<'a> {
    text: &'a str,
    at: usize,
    /// How many values are open around this place.
    depth: usize,
}

fn begins_name(c: char) -> bool {
    c.is_alphabetic() || c == '_'
}

impl<'a> Walker<'a> {
    fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }
    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }
    fn take(&mut self, prefix: &str) -> bool {
        let there = self.rest().starts_with(prefix);
        if there {
            self.at += prefix.len();
        }
        there
    }
    fn take_while(&mut self, holds: impl Fn(char) -> bool) -> Range<usize> {
        let start = self.at;
        let length = self.rest().find(|c| !holds(c)).unwrap_or(self.rest().len());
        self.at += length;
        start..self.at
    }

    /// White space and comments; block comments nest.
    fn skip_space(&mut self) {
        loop {
            self.take_while(char::is_whitespace);
            if self.take("//") {
                self.take_while(|c| c != '\n');
            } else if self.take("/*") {
                self.skip_block_comment();
            } else {
                return;
            }
        }
    }
    fn skip_block_comment(&mut self) {
        let mut depth = 1;
        while 0 < depth && self.at < self.text.len() {
            if self.take("/*") {
                depth += 1;
            } else if self.take("*/") {
                depth -= 1;
            } else {
                self.at += self.peek().map_or(0, char::len_utf8);
            }
        }
    }
    /// `#![enable(…)]` at the head of a file.
    fn skip_attributes(&mut self) {
        self.skip_space();
        while self.take("#") {
            self.take_while(|c| c != ']');
            self.take("]");
            self.skip_space();
        }
    }

    fn value(&mut self) -> Option<Node> {
        self.skip_space();
        if self.depth == DEEPEST {
            return None;
        }
        self.depth += 1;
        let start = self.at;
        let content = match self.peek()? {
            '[' => self.items()?,
            '{' => self.map()?,
            '(' => self.parenthesis()?,
            '"' | '\'' => self.quoted()?,
            c if begins_name(c) && self.is_prefixed_string() => self.quoted()?,
            c if begins_name(c) => self.named()?,
            _ => {
                let token = self.take_while(|c| !c.is_whitespace() && !",()[]{}:/".contains(c));
                (!token.is_empty()).then_some(Content::Leaf)?
            }
        };
        self.depth -= 1;
        Some(Node { range: start..self.at, content })
    }

    /// A bare name, or a variant with what it holds.
    fn named(&mut self) -> Option<Content> {
        self.name();
        let end = self.at;
        self.skip_space();
        if self.peek() == Some('(') {
            return self.parenthesis();
        }
        self.at = end;
        Some(Content::Leaf)
    }
    fn name(&mut self) -> Range<usize> {
        let start = self.at;
        self.take("r#");
        self.take_while(|c| c.is_alphanumeric() || c == '_');
        start..self.at
    }

    fn is_prefixed_string(&self) -> bool {
        let rest = self.rest();
        let bare = rest.strip_prefix('b').unwrap_or(rest);
        let bare = bare.strip_prefix('r').unwrap_or(bare).trim_start_matches('#');
        bare.starts_with('"') || rest.starts_with("b'")
    }
    fn quoted(&mut self) -> Option<Content> {
        self.take("b");
        if self.take("r") {
            let hashes = self.take_while(|c| c == '#').len();
            let end = format!("\"{}", "#".repeat(hashes));
            self.take("\"");
            self.at += self.rest().find(&end)? + end.len();
            return Some(Content::Leaf);
        }
        let quote = self.peek()?;
        self.at += 1;
        while let Some(c) = self.peek() {
            self.at += c.len_utf8();
            if c == '\\' {
                self.at += self.peek()?.len_utf8();
            } else if c == quote {
                return Some(Content::Leaf);
            }
        }
        None
    }

    fn items(&mut self) -> Option<Content> {
        self.take("[");
        self.list("]", Self::value).map(Content::Items)
    }
    fn map(&mut self) -> Option<Content> {
        self.take("{");
        self.list("}", |walker| {
            let key = walker.value()?.range;
            walker.entry(key)
        })
        .map(Content::Map)
    }
    fn parenthesis(&mut self) -> Option<Content> {
        self.take("(");
        if self.begins_field() {
            return self
                .list(")", |walker| {
                    walker.skip_space();
                    let key = walker.name();
                    walker.entry(key)
                })
                .map(Content::Fields);
        }
        let inside = self.list(")", Self::value)?;
        Some(if inside.is_empty() { Content::Fields(Vec::new()) } else { Content::Inside(inside) })
    }
    /// Whether a name and a colon come next.
    fn begins_field(&self) -> bool {
        let mut ahead = Walker { text: self.text, at: self.at, depth: self.depth };
        ahead.skip_space();
        let named = ahead.peek().is_some_and(begins_name);
        ahead.name();
        ahead.skip_space();
        named && ahead.peek() == Some(':')
    }
    fn entry(&mut self, key: Range<usize>) -> Option<Entry> {
        self.skip_space();
        self.take(":").then_some(())?;
        Some(Entry { key, value: self.value()? })
    }
    /// Elements up to `close`, separated by commas.
    fn list<T>(
        &mut self,
        close: &str,
        mut element: impl FnMut(&mut Self) -> Option<T>,
    ) -> Option<Vec<T>> {
        let mut elements = Vec::new();
        loop {
            self.skip_space();
            if self.take(close) {
                return Some(elements);
            }
            elements.push(element(self)?);
            self.skip_space();
            if !self.take(",") && self.peek() != close.chars().next() {
                return None;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outline(text: &str, node: &Node) -> String {
        let entries = |entries: &[Entry]| -> String {
            let each = |entry: &Entry| {
                format!("{}={}", &text[entry.key.clone()], outline(text, &entry.value))
            };
            entries.iter().map(each).collect::<Vec<_>>().join(" ")
        };
        let nodes = |nodes: &[Node]| -> String {
            nodes.iter().map(|node| outline(text, node)).collect::<Vec<_>>().join(" ")
        };
        match &node.content {
            Content::Leaf => text[node.range.clone()].to_owned(),
            Content::Fields(fields) => format!("({})", entries(fields)),
            Content::Map(fields) => format!("{{{}}}", entries(fields)),
            Content::Items(items) => format!("[{}]", nodes(items)),
            Content::Inside(inside) => format!("<{}>", nodes(inside)),
        }
    }

    #[test]
    fn every_value_is_found_where_it_stands() {
        let cases = [
            ("(a: 1, b: \"x, (y)\",)", "(a=1 b=\"x, (y)\")"),
            ("#![enable(implicit_some)]\n/* a /* b */ */ (a: -0.5 // c, )\n)", "(a=-0.5)"),
            ("Poisson(per_hour: 3, p: Day([1, 2]))", "(per_hour=3 p=<[1 2]>)"),
            ("[(x, y), (), Endless, S()]", "[<x y> () Endless ()]"),
            ("{1: 0.5, \"k\": Some(2)}", "{1=0.5 \"k\"=<2>}"),
            (
                r###"(a: r#"raw " text"#, b: b"\"", c: '\'', r#do: 'x')"###,
                r###"(a=r#"raw " text"# b=b"\"" c='\'' r#do='x')"###,
            ),
            ("(bold: raw, b: 1_000, r: inf)", "(bold=raw b=1_000 r=inf)"),
        ];
        for (text, expected) in cases {
            let root = index(text).expect(text);
            assert_eq!(outline(text, &root), expected, "{text}");
        }
        for text in ["", "(a: 1", "(a 1)", "\"open", "[1 2]", "(a: 1) x"] {
            assert_eq!(index(text), None, "{text}");
        }
    }
}
