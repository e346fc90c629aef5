//! What a report is made of: plain data, every text as it is to be read.

use crate::chart::Drawing;
use serde::Serialize;

/// A section, with a heading that the list at the head of the page leads to.
#[derive(Clone, Debug, Serialize)]
pub struct Section {
    /// Its anchor.
    pub id: &'static str,
    /// Its heading.
    pub title: &'static str,
    /// What is said below the heading, a paragraph each.
    pub about: Vec<String>,
    /// What stands in it.
    pub parts: Vec<Part>,
}

/// A part of a section.
#[derive(Clone, Debug, Serialize)]
#[serde(tag = "is", content = "of", rename_all = "snake_case")]
pub enum Part {
    /// Groups of figures, beside one another.
    Groups(Vec<Group>),
    /// Facts, below one another.
    Facts(Vec<Fact>),
    /// A table.
    Table(Table),
    /// A chart.
    Chart(Box<Chart>),
    /// A file's text, folded.
    Text(FileText),
    /// Sentences, a paragraph each.
    Words(Vec<String>),
}

/// Figures that belong together.
#[derive(Clone, Debug, Serialize)]
pub struct Group {
    /// What they are about.
    pub title: String,
    /// The figures.
    pub lines: Vec<Line>,
}

/// A figure among others.
#[derive(Clone, Debug, Serialize)]
pub struct Line {
    /// What it is called; indented where it is a part of the one above.
    pub label: String,
    /// Its value, with its unit.
    pub value: String,
    /// Half of the width of its interval, if it has one.
    pub width: String,
    /// What share of something it is, if that is said.
    pub share: String,
    /// Half of the width of the share's interval.
    pub share_width: String,
}

/// A fact about how something was made.
#[derive(Clone, Debug, Serialize)]
pub struct Fact {
    /// What it is about.
    pub label: String,
    /// What is so.
    pub text: String,
    /// Whether it is a path, a command or a digest.
    pub is_code: bool,
}

impl Fact {
    /// In words.
    pub fn words(label: &str, text: impl Into<String>) -> Self {
        Self { label: label.to_owned(), text: text.into(), is_code: false }
    }
    /// A path, a command, a digest.
    pub fn code(label: &str, text: impl Into<String>) -> Self {
        Self { label: label.to_owned(), text: text.into(), is_code: true }
    }
}

/// A table that can be sorted by each of its columns.
#[derive(Clone, Debug, Serialize)]
pub struct Table {
    /// What it is called.
    pub title: String,
    /// What is said below it; may be empty.
    pub note: String,
    /// Its columns.
    pub columns: Vec<Column>,
    /// Its rows, a cell per column.
    pub rows: Vec<Vec<Cell>>,
    /// Whether there is a field to filter its rows by.
    pub filters: bool,
}

/// A column.
#[derive(Clone, Debug, Serialize)]
pub struct Column {
    /// What it is called.
    pub name: String,
    /// Its unit, if the cells leave it out.
    pub unit: String,
    /// Whether numbers stand in it.
    pub is_number: bool,
}

impl Column {
    /// A column of words.
    pub fn words(name: &str) -> Self {
        Self { name: name.to_owned(), unit: String::new(), is_number: false }
    }
    /// A column of numbers.
    pub fn numbers(name: &str, unit: &str) -> Self {
        Self { name: name.to_owned(), unit: unit.to_owned(), is_number: true }
    }
}

/// A cell.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Cell {
    /// What is read in it.
    pub text: String,
    /// What stands behind it in a paler ink, such as half of an interval's width.
    pub beside: String,
    /// By what it is sorted, if not by its text.
    pub key: Option<f64>,
    /// Whether it says that something is `good` or `bad`; empty: neither.
    pub tone: &'static str,
}

impl Cell {
    /// Words.
    pub fn words(text: impl Into<String>) -> Self {
        Self { text: text.into(), ..Self::default() }
    }
    /// A number, and how it is written.
    pub fn number(key: Option<f64>, text: impl Into<String>) -> Self {
        Self { text: text.into(), key, ..Self::default() }
    }
    /// The same with something beside it.
    #[must_use]
    pub fn beside(mut self, text: impl Into<String>) -> Self {
        self.beside = text.into();
        self
    }
}

/// A chart.
#[derive(Clone, Debug, Serialize)]
pub struct Chart {
    /// Its name.
    pub name: &'static str,
    /// What it shows, in a sentence.
    pub title: String,
    /// Its picture.
    pub svg: String,
    /// Its plots, as data for the script.
    pub panels: String,
}

impl From<&Drawing> for Chart {
    fn from(drawing: &Drawing) -> Self {
        let panels = super::page::panels(&drawing.panels);
        let (name, title) = (drawing.name, drawing.title.clone());
        Self { name, title, svg: drawing.svg_in_groups(), panels }
    }
}

/// A file's text.
#[derive(Clone, Debug, Serialize)]
pub struct FileText {
    /// Its path.
    pub path: String,
    /// What it is.
    pub what: String,
    /// Its text.
    pub text: String,
}
