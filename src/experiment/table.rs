//! A table that a study has come to, written as CSV and, where that is asked for, as Parquet beside it.
//!
//! CSV is always there: charts, reports and `walras merge` read it. Parquet is made of its text, by the types of the
//! columns, so that both say the same, and shards that are merged end with the bytes of the whole in both.

use super::interval::{LEVEL, Sample};
use super::output;
use crate::metrics::summary::csv_text;
use crate::trace::{Column, DiskError, FileRecord, Format, Kind, write_parquet};
use std::path::Path;

/// A finished table.
pub(super) struct Table {
    stem: &'static str,
    columns: Vec<Column>,
    csv: String,
    rows: u64,
}

impl Table {
    /// The table that is called `stem`, of rows with a field for each column.
    pub(super) fn new<R>(
        stem: &'static str,
        columns: Vec<Column>,
        rows: impl Iterator<Item = R>,
    ) -> Self
    where
        R: IntoIterator<Item: AsRef<[u8]>>,
    {
        let mut count = 0;
        let counted = rows.inspect(|_| count += 1);
        let csv = csv_text(columns.iter().map(|column| column.name.as_bytes()), counted);
        Self { stem, columns, csv, rows: count }
    }
    /// Writes it as CSV, and as Parquet, too, if that is the format.
    pub(super) fn write(
        &self,
        directory: &Path,
        format: Format,
    ) -> Result<Vec<FileRecord>, DiskError> {
        let file = |format: Format| format!("{}.{}", self.stem, format.word());
        let name = file(Format::Csv);
        let mut files = vec![output::write(directory, &name, &self.csv, Some(self.rows))?];
        if format == Format::Parquet {
            let path = directory.join(file(Format::Parquet));
            files.push(write_parquet(&path, &self.columns, (&self.csv, self.rows))?);
        }
        Ok(files)
    }
}

/// The column of a field that is varied over these values: of numbers, if all of them are; of names, if not.
pub(super) fn varied(name: &str, mut values: impl Iterator<Item: AsRef<str>>) -> Column {
    let are_numbers = values.all(|value| is_plain_number(value.as_ref()));
    let kind = if are_numbers { Kind::Number } else { Kind::Name };
    Column { name: name.to_owned().into(), kind }
}

/// Whether a text is a decimal number that a double keeps as it is: not `5s`, `inf` or the name `007`, nor a seed of
/// twenty digits.
fn is_plain_number(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let (whole, rest) = digits.split_once('.').unwrap_or((digits, "0"));
    let are_digits =
        |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    let is_padded = whole.starts_with('0') && whole != "0";
    are_digits(whole) && are_digits(rest) && !is_padded && digits.len() <= MOST_DIGITS
}

/// Digits, and a point, of which a double keeps every one.
const MOST_DIGITS: usize = 15;

/// The columns of a measure's mean, with its interval and how many replications define it.
pub(super) const MEAN: [Column; 8] = [
    Column::named("metric"),
    Column::named("subject"),
    Column::number("value"),
    Column::named("unit"),
    Column::number("low_95"),
    Column::number("high_95"),
    Column::number("deviation"),
    Column::count("replications"),
];

/// The fields of [`MEAN`].
pub(super) fn mean([metric, subject, unit]: [&str; 3], sample: &Sample) -> [String; 8] {
    let bounds = sample.bounds(LEVEL);
    [
        metric.to_owned(),
        subject.to_owned(),
        text_of(sample.mean()),
        unit.to_owned(),
        text_of(bounds.map(|(low, _)| low)),
        text_of(bounds.map(|(_, high)| high)),
        text_of(sample.deviation()),
        sample.count().to_string(),
    ]
}

/// A number with the fewest digits that give it back; an empty field for one that is not defined.
pub(super) fn text_of(number: Option<f64>) -> String {
    number.map(|number| number.to_string()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_varied_is_a_number_only_where_nothing_is_lost_by_it() {
        let kind = |values: &[&str]| varied("x", values.iter()).kind;
        for values in [&["0", "-2.50", "123456789012345"][..], &["0.1", "16"], &["1"]] {
            assert_eq!(kind(values), Kind::Number, "{values:?}");
        }
        let names =
            ["5s", "inf", "nan", "007", "1.", ".5", "+1", "1e3", "", "-", "1234567890123456"];
        for name in names {
            assert_eq!(kind(&["1", name]), Kind::Name, "{name}");
        }
    }
}
