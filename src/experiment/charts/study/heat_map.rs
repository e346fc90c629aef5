//! A sweep's heat maps, of `points.csv`: of every metric, over two axes; over one, a map is a single row.

use super::table::Row;
use super::{ChartError, Drawn, Manifest, or_nothing, quantity};
use crate::chart::heat_map::HeatMap;
use crate::chart::{ChartKind, Quantity};
use serde_json::Value;
use std::collections::BTreeMap;

pub(super) fn drawing(manifest: &Manifest, rows: &[Row]) -> Result<Drawn, ChartError> {
    let axes: Vec<&str> = manifest.list("axes")?.iter().filter_map(Value::as_str).collect();
    let axes = match axes[..] {
        [across] => (None, across),
        [down, across] => (Some(down), across),
        _ => {
            return Ok(Err(format!(
                "a heat map is of one or two axes, and there are {}",
                axes.len()
            )));
        }
    };
    let mut of_metrics: Vec<(String, Vec<&Row>)> = Vec::new();
    for row in rows {
        let name = row.measure()?;
        match of_metrics.iter_mut().find(|(known, _)| *known == name) {
            Some((_, rows)) => rows.push(row),
            None => of_metrics.push((name, vec![row])),
        }
    }
    let mut maps = Vec::new();
    for (name, rows) in of_metrics {
        maps.extend(map_of((manifest.title(), name), axes, &rows)?);
    }
    Ok(or_nothing(HeatMap::drawing_of(&maps), ChartKind::HeatMap))
}

/// The map of one metric: its rows.
fn map_of(
    (title, metric): (&str, String),
    (down, across): (Option<&str>, &str),
    rows: &[&Row],
) -> Result<Option<HeatMap>, ChartError> {
    let Some(first) = rows.first() else { return Ok(None) };
    let (mut row_values, mut column_values) = (Vec::new(), Vec::new());
    let mut values: BTreeMap<(String, String), Option<f64>> = BTreeMap::new();
    for row in rows {
        let down = down.map_or(Ok(""), |axis| row.text(axis))?;
        let place = (down.to_owned(), row.text(across)?.to_owned());
        for (known, value) in [(&mut row_values, &place.0), (&mut column_values, &place.1)] {
            if !known.contains(value) {
                known.push(value.clone());
            }
        }
        values.insert(place, row.number("value")?);
    }
    let cell = |down: &String, across: &String| {
        values.get(&(down.clone(), across.clone())).copied().flatten()
    };
    let cells = row_values
        .iter()
        .map(|down| column_values.iter().map(|across| cell(down, across)).collect())
        .collect();
    let (quantity, unit) = quantity(first.text("metric")?, first.text("unit")?);
    Ok(Some(HeatMap {
        subtitle: title.to_owned(),
        metric,
        quantity,
        unit: if quantity == Quantity::Duration { String::new() } else { unit },
        columns: (across.to_owned(), column_values),
        rows: (down.unwrap_or_default().to_owned(), row_values),
        cells,
    }))
}
