//! What the columns of tables hold: a name and a type each, by which both formats are written.
//!
//! CSV needs the names alone, for a row is text as it is made. Parquet reads each field of that text by the column's type
//! (`parquet`), so that what both say is the same by construction.

use std::borrow::Cow;

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Seconds since the start, a length of time in seconds, GPU-seconds, or a share: six places, so that a time is a
    /// whole number of microseconds.
    Micros,
    /// USD, or USD per something: nine places, a whole number of nano-dollars.
    Money,
    /// A whole number: of things, GPUs, GB.
    Count,
    /// A figure or what statistics make of figures, in any unit: a double.
    Number,
    /// `true` or `false`.
    Flag,
    /// A name or a word, one of few or of many.
    Name,
    /// Text that is hardly ever the same twice.
    Text,
}

/// A column of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    /// Its name.
    pub name: Cow<'static, str>,
    /// What it holds.
    pub kind: Kind,
}

impl Column {
    const fn new(name: &'static str, kind: Kind) -> Self {
        Self { name: Cow::Borrowed(name), kind }
    }
    /// Seconds, GPU-seconds, a share.
    pub(super) const fn micros(name: &'static str) -> Self {
        Self::new(name, Kind::Micros)
    }
    /// An amount or a price.
    pub const fn money(name: &'static str) -> Self {
        Self::new(name, Kind::Money)
    }
    /// A whole number.
    pub const fn count(name: &'static str) -> Self {
        Self::new(name, Kind::Count)
    }
    /// A figure of any unit, a mean, a bound.
    pub const fn number(name: &'static str) -> Self {
        Self::new(name, Kind::Number)
    }
    /// Yes or no.
    pub(super) const fn flag(name: &'static str) -> Self {
        Self::new(name, Kind::Flag)
    }
    /// A name or a word.
    pub const fn named(name: &'static str) -> Self {
        Self::new(name, Kind::Name)
    }
    /// Text.
    pub(super) const fn text(name: &'static str) -> Self {
        Self::new(name, Kind::Text)
    }
}
