//! The charts of a study, made of the tables that it has written: a comparison's forest plot, a plan's capacity
//! curve, a sweep's heat map.
//!
//! Tables are held against the manifest before anything is drawn of them, and read by the names of their columns.

mod capacity;
mod forest;
mod heat_map;
mod table;

use super::super::MANIFEST;
use crate::chart::{ChartKind, Drawing, Quantity};
use crate::experiment::checked::TableError;
use crate::metrics::summary::is_share;
use serde_json::Value;
use std::path::{Path, PathBuf};
use table::rows;

/// What can be drawn of a study.
#[derive(Debug)]
pub struct StudyChart {
    /// The kind of chart that studies like this one have.
    pub kind: ChartKind,
    /// The chart, or why there is none.
    pub drawing: Result<Drawing, String>,
}

/// Why nothing can be drawn of a study, though there is one.
#[derive(Debug, thiserror::Error)]
pub enum ChartError {
    /// A table is gone, or was changed.
    #[error(transparent)]
    Table(#[from] TableError),
    /// The manifest does not say what it says of such a study.
    #[error("{0} has no `{1}`: run it again")]
    Manifest(PathBuf, &'static str),
    /// A table lacks a column.
    #[error("{0} has no column `{1}`: run it again")]
    Column(PathBuf, String),
    /// A row cannot be read.
    #[error("{0}:{1}: {2}")]
    Row(PathBuf, u64, csv::Error),
    /// A number is none.
    #[error("{table}:{line}: expected a number as `{column}`, found `{found}`", table = .table.display())]
    Number {
        /// The table.
        table: PathBuf,
        /// The line in it.
        line: u64,
        /// The column.
        column: String,
        /// What stands there.
        found: String,
    },
}

/// The chart of the study in `directory`; none if it holds no study.
///
/// # Errors
/// A table that is gone, was changed, or lacks what the chart is made of.
pub fn of_study(directory: &Path) -> Result<Option<StudyChart>, ChartError> {
    let path = directory.join(MANIFEST);
    // What is no run, either, is told by whoever looks for one.
    let Ok(text) = std::fs::read_to_string(&path) else { return Ok(None) };
    let value: Value = serde_json::from_str(&text).unwrap_or_default();
    let manifest = Manifest { path, value };
    let rows = |name| rows(directory, name, &manifest.value);
    let (kind, drawing) = match manifest.value["study"].as_str() {
        Some("compare") => {
            (ChartKind::Forest, forest::drawing(&manifest, &rows("comparison.csv")?)?)
        }
        Some("plan") => {
            (ChartKind::Capacity, capacity::drawing(&manifest, &rows("capacity.csv")?)?)
        }
        Some("sweep") => (ChartKind::HeatMap, heat_map::drawing(&manifest, &rows("points.csv")?)?),
        _ => return Ok(None),
    };
    Ok(Some(StudyChart { kind, drawing }))
}

/// A drawing, or why there is none.
type Drawn = Result<Drawing, String>;

/// What is said where a chart has nothing to show.
fn or_nothing(drawing: Option<Drawing>, kind: ChartKind) -> Drawn {
    drawing.ok_or_else(|| kind.nothing().to_owned())
}

/// What a study says of itself.
struct Manifest {
    path: PathBuf,
    value: Value,
}

impl Manifest {
    fn missing(&self, field: &'static str) -> ChartError {
        ChartError::Manifest(self.path.clone(), field)
    }
    fn text(&self, field: &'static str) -> Result<&str, ChartError> {
        self.value[field].as_str().ok_or_else(|| self.missing(field))
    }
    fn list(&self, field: &'static str) -> Result<&[Value], ChartError> {
        let list = self.value[field].as_array().ok_or_else(|| self.missing(field))?;
        Ok(list)
    }
    fn title(&self) -> &str {
        self.value["title"].as_str().unwrap_or_default()
    }
}

/// What values of this metric are, and their unit in words where that does not say it.
fn quantity(metric: &str, unit: &str) -> (Quantity, String) {
    match unit {
        "USD" => (Quantity::Dollars, String::new()),
        "s" => (Quantity::Duration, "s".to_owned()),
        "1" if is_share(metric, unit) => (Quantity::Share, String::new()),
        "1" => (Quantity::Number, String::new()),
        unit => (Quantity::Number, unit.to_owned()),
    }
}
