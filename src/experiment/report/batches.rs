//! What the batches of one long run say.

use crate::experiment::interval::LEVEL;
use crate::experiment::steady::most_correlated;
use crate::figures::in_column;
use crate::figures::written::{number, percent};
use crate::report::{Cell, Column, Table};
use std::path::Path;

/// A row of `batch_means.csv`.
#[derive(serde::Deserialize)]
struct Row {
    metric: String,
    value: Option<f64>,
    unit: String,
    low_95: Option<f64>,
    high_95: Option<f64>,
    batches: u32,
    lag_1: Option<f64>,
}

/// The means over batches, if the run in this directory was cut into any; without a warm-up, its start is in them.
pub(super) fn table(directory: &Path, warms_up: bool) -> Option<Table> {
    let mut reader = csv::Reader::from_path(directory.join("batch_means.csv")).ok()?;
    let rows: Vec<Row> = reader.deserialize().collect::<Result<_, _>>().ok()?;
    let columns = vec![
        Column::words("metric"),
        Column::numbers("mean", ""),
        Column::numbers("95 % from", ""),
        Column::numbers("to", ""),
        Column::numbers("batches", ""),
        Column::numbers("neighbours' correlation", ""),
    ];
    let cells = |row: &Row| {
        let cell = |value: Option<f64>| {
            let text = |value: f64| {
                let (text, unit) = in_column(&row.metric, &row.unit, value);
                if unit.is_empty() { text } else { format!("{text} {unit}") }
            };
            Cell::number(value, value.map(text).unwrap_or_default())
        };
        let correlated = row.lag_1.is_some_and(|lag_1| most_correlated(row.batches) < lag_1);
        let lag_1 = row.lag_1.map(|lag_1| number(lag_1, 2)).unwrap_or_default();
        let batches = f64::from(row.batches);
        vec![
            Cell::words(row.metric.as_str()),
            cell(row.value),
            cell(row.low_95),
            cell(row.high_95),
            Cell::number(Some(batches), number(batches, 0)),
            Cell { tone: if correlated { "bad" } else { "" }, ..Cell::number(row.lag_1, lag_1) },
        ]
    };
    let most = rows.first().map_or(0.0, |row| most_correlated(row.batches));
    let rows: Vec<Vec<Cell>> = rows.iter().map(cells).collect();
    let of = if warms_up {
        "after its warm-up"
    } else {
        "from its start on (without a warm-up, a start from empty is in them)"
    };
    let note = format!(
        "Means over batches of this one run {of}, with {} intervals (Student's t). Where neighbours \
         correlate by more than {}, batches are too short and intervals too narrow.",
        percent(LEVEL),
        number(most, 2)
    );
    let title = if warms_up { "In the steady state, by batches" } else { "By batches" }.to_owned();
    Some(Table { title, note, columns, rows, filters: false })
}
