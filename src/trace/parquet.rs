//! Tables as Apache Parquet: the fields of finished rows, read by the types of their columns.
//!
//! A row is text first, whatever the format: so both say the same, and the way of CSV, which is that of most runs, has
//! nothing to ask. Times are decimals of seconds with six places, stored as whole microseconds; money has nine, stored as
//! whole nano-dollars; names are dictionary-encoded; numbers
//! of any unit are doubles. Rows come in groups of a fixed number, one of which is in memory; the
//! bytes hang on the rows alone.

use super::column::{Column, Kind};
use super::file::Digested;
use ::parquet::basic::{Compression, LogicalType, Repetition, Type as Physical};
use ::parquet::data_type::{
    BoolType, ByteArray, ByteArrayType, DoubleType, FixedLenByteArray, FixedLenByteArrayType,
    Int64Type,
};
use ::parquet::errors::ParquetError;
use ::parquet::file::properties::WriterProperties;
use ::parquet::file::writer::{SerializedColumnWriter, SerializedFileWriter};
use ::parquet::schema::types::Type;
use std::borrow::Cow;
use std::io;
use std::sync::Arc;

/// Rows of a group.
const GROUP: usize = 64 * 1024;
/// Bytes of an amount of money.
const WIDE: usize = 16;

/// The values of one column in the present group, nulls left out.
enum Values {
    Whole(Vec<i64>),
    Numbers(Vec<f64>),
    /// Big-endian, one after another.
    Wide(Vec<u8>),
    Flags(Vec<bool>),
    /// All texts, and where each ends.
    Texts(Vec<u8>, Vec<usize>),
}

/// A column of the present group.
struct Group {
    column: Column,
    /// For each row 1 if it has a value, 0 if not.
    present: Vec<i16>,
    values: Values,
}

impl Group {
    fn new(column: Column) -> Self {
        let values = match column.kind {
            Kind::Micros | Kind::Count => Values::Whole(Vec::new()),
            Kind::Number => Values::Numbers(Vec::new()),
            Kind::Money => Values::Wide(Vec::new()),
            Kind::Flag => Values::Flags(Vec::new()),
            Kind::Name | Kind::Text => Values::Texts(Vec::new(), Vec::new()),
        };
        Self { column, present: Vec::new(), values }
    }

    /// Takes in a field; none: it does not apply.
    fn push(&mut self, field: Option<&[u8]>) -> io::Result<()> {
        self.present.push(i16::from(field.is_some()));
        let Some(field) = field else { return Ok(()) };
        let places = match self.column.kind {
            Kind::Micros => 6,
            Kind::Money => 9,
            Kind::Count | Kind::Number | Kind::Flag | Kind::Name | Kind::Text => 0,
        };
        let number = || scaled(field, places).ok_or_else(|| unfit(&self.column, field));
        match &mut self.values {
            Values::Whole(all) => {
                let number = number()?;
                all.push(i64::try_from(number).map_err(|_| unfit(&self.column, field))?);
            }
            Values::Numbers(all) => {
                all.push(double(field).ok_or_else(|| unfit(&self.column, field))?);
            }
            Values::Wide(all) => all.extend_from_slice(&number()?.to_be_bytes()),
            Values::Flags(all) => all.push(field == b"true"),
            Values::Texts(all, ends) => {
                all.extend_from_slice(field);
                ends.push(all.len());
            }
        }
        Ok(())
    }

    /// Writes the column of a group, and forgets it.
    fn write(&mut self, out: &mut SerializedColumnWriter<'_>) -> Result<(), ParquetError> {
        let present = Some(&self.present[..]);
        match &mut self.values {
            Values::Whole(all) => {
                out.typed::<Int64Type>().write_batch(all, present, None)?;
                all.clear();
            }
            Values::Numbers(all) => {
                out.typed::<DoubleType>().write_batch(all, present, None)?;
                all.clear();
            }
            Values::Wide(all) => {
                let bytes = ByteArray::from(std::mem::take(all));
                let wide = |at| FixedLenByteArray::from(bytes.slice(at, WIDE));
                let all: Vec<_> = (0..bytes.len()).step_by(WIDE).map(wide).collect();
                out.typed::<FixedLenByteArrayType>().write_batch(&all, present, None)?;
            }
            Values::Flags(all) => {
                out.typed::<BoolType>().write_batch(all, present, None)?;
                all.clear();
            }
            Values::Texts(all, ends) => {
                let bytes = ByteArray::from(std::mem::take(all));
                let mut from = 0;
                let text = |end| {
                    let begin = std::mem::replace(&mut from, end);
                    bytes.slice(begin, end - begin)
                };
                let all: Vec<ByteArray> = ends.drain(..).map(text).collect();
                out.typed::<ByteArrayType>().write_batch(&all, present, None)?;
            }
        }
        self.present.clear();
        Ok(())
    }
}

/// A table on its way to its file.
pub(super) struct Columns {
    writer: SerializedFileWriter<Digested>,
    groups: Vec<Group>,
    rows: usize,
}

impl Columns {
    /// Begins a file with these columns.
    pub(super) fn begin(file: Digested, columns: &[Column]) -> io::Result<Self> {
        let fields: Result<Vec<_>, _> = columns.iter().map(field_of).collect();
        let schema = Type::group_type_builder("table").with_fields(fields.map_err(failed)?);
        let schema = Arc::new(schema.build().map_err(failed)?);
        let properties = WriterProperties::builder()
            .set_created_by(format!("walras {}", env!("CARGO_PKG_VERSION")))
            .set_compression(Compression::SNAPPY)
            .build();
        let writer = SerializedFileWriter::new(file, schema, Arc::new(properties));
        let groups = columns.iter().cloned().map(Group::new).collect();
        Ok(Self { writer: writer.map_err(failed)?, groups, rows: 0 })
    }

    /// Takes in finished rows, as CSV.
    pub(super) fn take(&mut self, mut rows: &[u8]) -> io::Result<()> {
        while !rows.is_empty() {
            for group in &mut self.groups {
                let (field, rest) = next_field(rows);
                group.push(field.as_deref())?;
                rows = rest;
            }
            self.rows += 1;
            if self.rows == GROUP {
                self.write_group()?;
            }
        }
        Ok(())
    }

    fn write_group(&mut self) -> io::Result<()> {
        self.rows = 0;
        let mut out = self.writer.next_row_group().map_err(failed)?;
        for group in &mut self.groups {
            let mut column = out.next_column().map_err(failed)?.expect("a column for each group");
            group.write(&mut column).map_err(failed)?;
            column.close().map_err(failed)?;
        }
        out.close().map_err(failed)?;
        Ok(())
    }

    /// Writes what is left, and the file's own end.
    pub(super) fn finish(mut self) -> io::Result<Digested> {
        if 0 < self.rows {
            self.write_group()?;
        }
        self.writer.into_inner().map_err(failed)
    }
}

/// A column as the schema has it: every field may be empty.
fn field_of(column: &Column) -> Result<Arc<Type>, ParquetError> {
    let of = |physical| {
        Type::primitive_type_builder(&column.name, physical).with_repetition(Repetition::OPTIONAL)
    };
    let decimal = |physical, precision: i32, scale: i32| {
        let logical = LogicalType::decimal(scale, precision);
        of(physical).with_logical_type(Some(logical)).with_precision(precision).with_scale(scale)
    };
    let built = match column.kind {
        Kind::Micros => decimal(Physical::INT64, 18, 6),
        Kind::Money => decimal(Physical::FIXED_LEN_BYTE_ARRAY, 38, 9).with_length(16),
        Kind::Count => of(Physical::INT64),
        Kind::Number => of(Physical::DOUBLE),
        Kind::Flag => of(Physical::BOOLEAN),
        Kind::Name | Kind::Text => {
            of(Physical::BYTE_ARRAY).with_logical_type(Some(LogicalType::String))
        }
    };
    built.build().map(Arc::new)
}

/// The rows of a finished table, behind its header of so many names.
pub(super) fn rows_of(csv: &str, columns: usize) -> &[u8] {
    (0..columns).fold(csv.as_bytes(), |rest, _| next_field(rest).1)
}

/// The next field of `rows`, none if it is empty, and what comes after it.
fn next_field(rows: &[u8]) -> (Option<Cow<'_, [u8]>>, &[u8]) {
    if rows.first() == Some(&b'"') {
        return quoted_field(&rows[1..]);
    }
    let end = rows.iter().position(|byte| matches!(byte, b',' | b'\n'));
    let end = end.expect("rows end with a line feed");
    let field = (0 < end).then(|| Cow::Borrowed(&rows[..end]));
    (field, &rows[end + 1..])
}

/// The same behind an opening quote: a quote inside stands twice.
fn quoted_field(rows: &[u8]) -> (Option<Cow<'_, [u8]>>, &[u8]) {
    let mut field = Vec::new();
    let mut at = 0;
    loop {
        let quote = rows[at..].iter().position(|byte| *byte == b'"');
        let quote = at + quote.expect("what is quoted ends");
        field.extend_from_slice(&rows[at..quote]);
        if rows.get(quote + 1) != Some(&b'"') {
            return (Some(Cow::Owned(field)), &rows[quote + 2..]);
        }
        field.push(b'"');
        at = quote + 2;
    }
}

/// A decimal number as a whole one, `places` digits behind the point.
fn scaled(field: &[u8], places: usize) -> Option<i128> {
    let (negative, digits) = match field.strip_prefix(b"-") {
        Some(digits) => (true, digits),
        None => (false, field),
    };
    let mut number: i128 = 0;
    let mut behind = None;
    for &byte in digits {
        match byte {
            b'.' if behind.is_none() => behind = Some(0),
            b'0'..=b'9' => {
                number = number.checked_mul(10)?.checked_add(i128::from(byte - b'0'))?;
                behind = behind.map(|digits: usize| digits + 1);
            }
            _ => return None,
        }
    }
    let missing = places.checked_sub(behind.unwrap_or(0))?;
    let number = number.checked_mul(10_i128.checked_pow(u32::try_from(missing).ok()?)?)?;
    Some(if negative { -number } else { number })
}

fn double(field: &[u8]) -> Option<f64> {
    std::str::from_utf8(field).ok()?.parse().ok()
}

fn failed(error: ParquetError) -> io::Error {
    io::Error::other(error)
}

fn unfit(column: &Column, field: &[u8]) -> io::Error {
    let field = String::from_utf8_lossy(field);
    io::Error::other(format!("`{field}` does not fit column {} of a Parquet file", column.name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_read_as_they_are_written() {
        let mut rows = &b"a,,\"b,\"\"c\"\"\",\"\"\n1,2,3,4\n"[..];
        let mut fields = Vec::new();
        while !rows.is_empty() {
            let (field, rest) = next_field(rows);
            fields.push(field.map(|field| String::from_utf8(field.into_owned()).unwrap()));
            rows = rest;
        }
        let some = |text: &str| Some(text.to_owned());
        let first = [some("a"), None, some("b,\"c\""), some("")];
        assert_eq!(fields[..4], first);
        assert_eq!(fields[4..], ["1", "2", "3", "4"].map(some));
    }

    #[test]
    fn numbers_are_scaled_exactly() {
        assert_eq!(scaled(b"90.5", 6), Some(90_500_000));
        assert_eq!(scaled(b"-0.000000001", 9), Some(-1));
        assert_eq!(scaled(b"12", 0), Some(12));
        assert_eq!(scaled(b"1.5", 0), None);
        assert_eq!(scaled(b"x", 0), None);
    }
}
