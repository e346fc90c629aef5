//! A table of a study as its chart reads it: by the names of its columns, each value of which may be missing.

use super::ChartError;
use crate::experiment::checked;
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// A row of a table.
#[derive(Clone, Debug)]
pub(super) struct Row {
    table: PathBuf,
    line: u64,
    cells: BTreeMap<String, String>,
}

/// The rows of the table `name` in `directory`, of which the manifest knows.
pub(super) fn rows(directory: &Path, name: &str, manifest: &Value) -> Result<Vec<Row>, ChartError> {
    let table = directory.join(name);
    let bytes = checked::bytes(directory, name, manifest)?;
    let mut reader = csv::Reader::from_reader(bytes.as_slice());
    let mut rows = Vec::new();
    for cells in reader.deserialize() {
        let line = rows.len() as u64 + 2;
        let cells = cells.map_err(|error| ChartError::Row(table.clone(), line, error))?;
        rows.push(Row { table: table.clone(), line, cells });
    }
    Ok(rows)
}

impl Row {
    /// What stands in a column.
    pub(super) fn text(&self, column: &str) -> Result<&str, ChartError> {
        let cell = self.cells.get(column).map(String::as_str);
        cell.ok_or_else(|| ChartError::Column(self.table.clone(), column.to_owned()))
    }
    /// The number in a column; none where nothing stands.
    pub(super) fn number(&self, column: &str) -> Result<Option<f64>, ChartError> {
        let text = self.text(column)?;
        if text.is_empty() {
            return Ok(None);
        }
        let number = text.parse().ok().filter(|number: &f64| number.is_finite());
        let refused = || ChartError::Number {
            table: self.table.clone(),
            line: self.line,
            column: column.to_owned(),
            found: text.to_owned(),
        };
        number.map(Some).ok_or_else(refused)
    }
    /// The same of a column that not every table has.
    pub(super) fn number_if_there(&self, column: &str) -> Result<Option<f64>, ChartError> {
        if self.cells.contains_key(column) { self.number(column) } else { Ok(None) }
    }
    /// The interval whose ends two columns hold.
    pub(super) fn interval(
        &self,
        [low, high]: [&str; 2],
    ) -> Result<Option<(f64, f64)>, ChartError> {
        Ok(self.number_if_there(low)?.zip(self.number_if_there(high)?))
    }
    /// `wait_mean, segment/labs`; `revenue` of the whole market.
    pub(super) fn measure(&self) -> Result<String, ChartError> {
        let metric = self.text("metric")?;
        Ok(match self.text("subject")? {
            "market" => metric.to_owned(),
            subject => format!("{metric}, {subject}"),
        })
    }
}
