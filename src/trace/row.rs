//! One row of a table, field by field, exact to the last digit.
//!
//! Times, amounts and counts need no quoting, and names are quoted once for the whole run
//! ([`quoted`], by the `csv` crate), so a row is a plain joining of bytes: about a third of the cost
//! of a general CSV writer. The digits are those of the units' own `Display`; a test compares them.

use super::file::TableFile;
use crate::units::{GpuTime, Money, SimTime, Span};
use std::borrow::Cow;

/// A name as a CSV field (RFC 4180), quoted only where it must be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Field<'a>(Cow<'a, str>);

impl Field<'_> {
    /// The same field, of a text that nobody else keeps.
    pub(super) fn into_owned<'a>(self) -> Field<'a> {
        Field(Cow::Owned(self.0.into_owned()))
    }
}

/// Makes a CSV field of `text`.
pub(super) fn quoted(text: &str) -> Field<'_> {
    let special = |byte: u8| matches!(byte, b',' | b'"' | b'\n' | b'\r');
    if !text.is_empty() && !text.bytes().any(special) {
        return Field(Cow::Borrowed(text));
    }
    let mut writer = csv::WriterBuilder::new().from_writer(Vec::new());
    writer.write_record([text]).expect("memory takes every write");
    let bytes = writer.into_inner().expect("memory takes every write");
    let line = String::from_utf8(bytes).expect("quoting keeps text valid");
    Field(Cow::Owned(line.trim_end_matches('\n').to_owned()))
}

/// A row being written. Each call adds one field; [`Row::end`] ends it.
pub(super) struct Row<'a> {
    table: &'a mut TableFile,
}

impl<'a> Row<'a> {
    pub(super) fn new(table: &'a mut TableFile) -> Self {
        Self { table }
    }
    fn bytes(self, bytes: &[u8]) -> Self {
        self.table.buffer.extend_from_slice(bytes);
        self.table.buffer.push(b',');
        self
    }
    /// A field that does not apply.
    pub(super) fn empty(self) -> Self {
        self.bytes(b"")
    }
    /// One of our own words, which never needs quoting.
    pub(super) fn word(self, word: &'static str) -> Self {
        self.bytes(word.as_bytes())
    }
    /// A name.
    pub(super) fn name(self, name: &Field<'_>) -> Self {
        self.bytes(name.0.as_bytes())
    }
    /// A name behind a fixed `prefix`, such as `pod-` or `customer/`.
    pub(super) fn prefixed(self, prefix: &'static str, name: &Field<'_>) -> Self {
        let name = name.0.as_ref();
        if let Some(inner) = name.strip_prefix('"') {
            self.table.buffer.push(b'"');
            self.table.buffer.extend_from_slice(prefix.as_bytes());
            return self.bytes(inner.as_bytes());
        }
        self.table.buffer.extend_from_slice(prefix.as_bytes());
        self.bytes(name.as_bytes())
    }
    /// A generated name: `prefix` and a number.
    pub(super) fn numbered(self, prefix: &'static str, number: impl Into<u64>) -> Self {
        self.table.buffer.extend_from_slice(prefix.as_bytes());
        self.count(number.into())
    }
    /// A generated name behind another: that name, `infix` and a number.
    pub(super) fn suffixed(self, name: &Field<'_>, infix: &'static str, number: u32) -> Self {
        let name = name.0.as_ref();
        let (name, end) = match name.strip_suffix('"') {
            Some(inner) => (inner, &b"\""[..]),
            None => (name, &b""[..]),
        };
        self.table.buffer.extend_from_slice(name.as_bytes());
        self.table.buffer.extend_from_slice(infix.as_bytes());
        whole(&mut self.table.buffer, u64::from(number));
        self.bytes(end)
    }
    /// A count.
    pub(super) fn count(self, count: u64) -> Self {
        whole(&mut self.table.buffer, count);
        self.bytes(b"")
    }
    /// A count that can be negative.
    pub(super) fn signed(self, count: i64) -> Self {
        if count < 0 {
            self.table.buffer.push(b'-');
        }
        self.count(count.unsigned_abs())
    }
    /// Seconds since the start.
    pub(super) fn time(self, time: SimTime) -> Self {
        decimal::<MICROS>(&mut self.table.buffer, u128::from(time.micros()));
        self.bytes(b"")
    }
    /// A length of time in seconds.
    pub(super) fn span(self, span: Span) -> Self {
        self.time(SimTime::from_micros(span.micros()))
    }
    /// A length of time in seconds, with its unit: `60 s`.
    pub(super) fn span_with_unit(self, span: Span) -> Self {
        decimal::<MICROS>(&mut self.table.buffer, u128::from(span.micros()));
        self.bytes(b" s")
    }
    /// GPU-seconds.
    pub(super) fn gpu_time(self, time: GpuTime) -> Self {
        decimal::<MICROS>(&mut self.table.buffer, time.gpu_micros());
        self.bytes(b"")
    }
    /// A share, given in millionths.
    pub(super) fn millionths(self, share: u32) -> Self {
        decimal::<MICROS>(&mut self.table.buffer, share.into());
        self.bytes(b"")
    }
    /// USD.
    pub(super) fn money(self, money: Money) -> Self {
        if money.is_negative() {
            self.table.buffer.push(b'-');
        }
        decimal::<NANOS>(&mut self.table.buffer, money.nanos().unsigned_abs());
        self.bytes(b"")
    }
    /// What `write` adds for a value that is there, an empty field for one that is not.
    pub(super) fn optional<T>(self, value: Option<T>, write: impl FnOnce(Self, T) -> Self) -> Self {
        match value {
            Some(value) => write(self, value),
            None => self.empty(),
        }
    }
    /// Ends the row.
    pub(super) fn end(self) {
        let last = self.table.buffer.last_mut().expect("a row has fields");
        *last = b'\n';
        self.table.end_row();
    }
}

/// Digits behind the point of seconds.
const MICROS: usize = 6;
/// Digits behind the point of dollars.
const NANOS: usize = 9;

fn whole(out: &mut Vec<u8>, number: u64) {
    out.extend_from_slice(itoa::Buffer::new().format(number).as_bytes());
}

/// Writes `scaled / 10^PLACES` without trailing zeros.
fn decimal<const PLACES: usize>(out: &mut Vec<u8>, scaled: u128) {
    let mut buffer = itoa::Buffer::new();
    let digits = match u64::try_from(scaled) {
        Ok(scaled) => buffer.format(scaled),
        Err(_) => buffer.format(scaled),
    };
    let mut fraction = [b'0'; PLACES];
    match digits.as_bytes().split_last_chunk() {
        Some((integer, last)) if !integer.is_empty() => {
            out.extend_from_slice(integer);
            fraction = *last;
        }
        _ => {
            out.push(b'0');
            fraction[PLACES - digits.len()..].copy_from_slice(digits.as_bytes());
        }
    }
    // All places at once, for their number is known, and the zeros taken off again.
    let zeros = fraction.iter().rev().take_while(|digit| **digit == b'0').count();
    if zeros < PLACES {
        out.push(b'.');
        out.extend_from_slice(&fraction);
        out.truncate(out.len() - zeros);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_are_those_of_display() {
        let mut samples: Vec<u64> =
            vec![0, 1, 10, 999_999, 999_000, 1_000_000, 90_500_000, u64::MAX - 1];
        samples
            .extend((0..2_000).map(|i: u64| i.wrapping_mul(6_364_136_223_846_793_005) >> (i % 60)));
        for sample in samples {
            let mut out = Vec::new();
            decimal::<MICROS>(&mut out, u128::from(sample));
            assert_eq!(String::from_utf8(out).unwrap(), SimTime::from_micros(sample).to_string());
            let mut out = Vec::new();
            let large = u128::from(sample) * 10_000_000_000_000_000;
            decimal::<NANOS>(&mut out, large);
            let money = Money::from_nanos(i128::try_from(large).unwrap());
            assert_eq!(String::from_utf8(out).unwrap(), money.to_string());
        }
    }

    #[test]
    fn names_are_quoted_only_where_they_must_be() {
        let cases = [
            ("plain name", "plain name"),
            ("a,b", "\"a,b\""),
            ("say \"hi\"", "\"say \"\"hi\"\"\""),
            ("two\nlines", "\"two\nlines\""),
        ];
        for (text, field) in cases {
            assert_eq!(quoted(text).0, field);
        }
    }
}
