//! A sweep's heat maps, of `points.csv`: of every metric, over two axes; over one, a map is a single row; over three,
//! there is a map for each value of the first. A design that leaves most cells empty is drawn as points.

mod values;

use super::table::Row;
use super::{ChartError, Drawn, Manifest, or_nothing, quantity};
use crate::chart::heat_map::{Cell, DesignPoint, HeatMap, MapMetric, PointMap, Sweep};
use crate::chart::{ChartKind, Quantity};
use serde_json::Value;
use std::collections::BTreeMap;
use values::{in_order, number, unit};

/// So many values may the first of three axes have.
const FEW: usize = 6;
/// So many maps make a chart at most.
const MOST: usize = 24;

pub(super) fn drawing(manifest: &Manifest, rows: &[Row]) -> Result<Drawn, ChartError> {
    let axes: Vec<&str> = manifest.list("axes")?.iter().filter_map(Value::as_str).collect();
    let (given, down, across) = match axes[..] {
        [across] => (None, None, across),
        [down, across] => (None, Some(down), across),
        [given, down, across] => (Some(given), Some(down), across),
        _ => return Ok(Err(format!("the sweep is over {} axes: {ENOUGH}", axes.len()))),
    };
    let maps = parts(given, rows)?;
    let values = given.map(|axis| distinct(axis, rows)).transpose()?.map_or(0, |all| all.len());
    if FEW < values || MOST < maps.len() {
        return Ok(Err(format!(
            "the sweep is over 3 axes, the first with {values} values, and has {} maps: {ENOUGH}",
            maps.len()
        )));
    }
    let sweep = Sweep {
        title: manifest.title().to_owned(),
        size: size(manifest)?,
        across: across.to_owned(),
        down: down.unwrap_or_default().to_owned(),
    };
    Ok(or_nothing(map_all(&sweep, &maps)?, ChartKind::HeatMap))
}

const ENOUGH: &str = "heat maps are of one or two, or of three where the first has 6 values at most and there are 24 maps at most";

/// `12 points, 2 replications each`.
fn size(manifest: &Manifest) -> Result<String, ChartError> {
    let counted = |field: &'static str| -> Result<String, ChartError> {
        let count = manifest.value[field].as_u64().ok_or_else(|| manifest.missing(field))?;
        let word = if count == 1 { field.trim_end_matches('s') } else { field };
        Ok(format!("{count} {word}"))
    };
    Ok(format!("{}, {} each", counted("points")?, counted("replications")?))
}

/// The rows of one map.
struct Part<'a> {
    metric: MapMetric,
    rows: Vec<&'a Row>,
}

/// The rows by metric, and by the value of the axis that is `given`.
fn parts<'a>(given: Option<&str>, rows: &'a [Row]) -> Result<Vec<Part<'a>>, ChartError> {
    let mut parts: Vec<Part<'_>> = Vec::new();
    for row in rows {
        let name = row.measure()?;
        let given = match given {
            Some(axis) => format!("{axis} = {}", row.text(axis)?),
            None => String::new(),
        };
        let is_it = |part: &&mut Part<'_>| part.metric.name == name && part.metric.given == given;
        if let Some(part) = parts.iter_mut().find(is_it) {
            part.rows.push(row);
            continue;
        }
        let (quantity, unit) = quantity(row.text("metric")?, row.text("unit")?);
        let unit = if quantity == Quantity::Duration { String::new() } else { unit };
        let metric = MapMetric { name, quantity, unit, given };
        parts.push(Part { metric, rows: vec![row] });
    }
    Ok(parts)
}

/// The values of an axis, in order.
fn distinct(axis: &str, rows: &[Row]) -> Result<Vec<String>, ChartError> {
    let mut values: Vec<String> = Vec::new();
    for row in rows {
        let value = row.text(axis)?;
        if values.iter().all(|known| known != value) {
            values.push(value.to_owned());
        }
    }
    Ok(in_order(values))
}

fn map_all(sweep: &Sweep, parts: &[Part<'_>]) -> Result<Option<crate::chart::Drawing>, ChartError> {
    let mut points = Vec::new();
    for part in parts {
        points.extend(point_map(sweep, part)?);
    }
    if points.len() == parts.len() {
        return Ok(sweep.point_maps(&points));
    }
    let maps: Result<Vec<HeatMap>, ChartError> =
        parts.iter().map(|part| heat_map(sweep, part)).collect();
    Ok(sweep.heat_maps(&maps?))
}

/// Where a row stands: its value of the field along the left edge, and along the lower one.
fn place(sweep: &Sweep, row: &Row) -> Result<(String, String), ChartError> {
    let down = if sweep.down.is_empty() { "" } else { row.text(&sweep.down)? };
    Ok((down.to_owned(), row.text(&sweep.across)?.to_owned()))
}

/// The points of a design over two numbers that would leave most cells of a table empty.
fn point_map(sweep: &Sweep, part: &Part<'_>) -> Result<Option<PointMap>, ChartError> {
    let (mut downs, mut acrosses) = (Vec::new(), Vec::new());
    let mut points = Vec::new();
    for row in &part.rows {
        let (down, across) = place(sweep, row)?;
        let (Some(up), Some(along)) = (number(&down), number(&across)) else { return Ok(None) };
        if let Some(value) = row.number("value")? {
            points.push(DesignPoint { across: along, up, value });
        }
        for (known, value) in [(&mut downs, down), (&mut acrosses, across)] {
            if !known.contains(&value) {
                known.push(value);
            }
        }
    }
    let is_sparse = 2 * part.rows.len() < downs.len() * acrosses.len();
    let (Some(across_unit), Some(up_unit)) = (unit(&acrosses), unit(&downs)) else {
        return Ok(None);
    };
    let units = [across_unit, up_unit].map(str::to_owned);
    Ok(is_sparse.then(|| PointMap { metric: part.metric.clone(), units, points }))
}

/// The map of one metric.
fn heat_map(sweep: &Sweep, part: &Part<'_>) -> Result<HeatMap, ChartError> {
    let (mut downs, mut acrosses) = (Vec::new(), Vec::new());
    let mut cells: BTreeMap<(String, String), Option<Cell>> = BTreeMap::new();
    for row in &part.rows {
        let place = place(sweep, row)?;
        for (known, value) in [(&mut downs, &place.0), (&mut acrosses, &place.1)] {
            if !known.contains(value) {
                known.push(value.clone());
            }
        }
        let half_width = row.interval(["low_95", "high_95"])?.map(|(low, high)| (high - low) / 2.0);
        cells.insert(place, row.number("value")?.map(|value| Cell { value, half_width }));
    }
    let (rows, columns) = (in_order(downs), in_order(acrosses));
    let cell = |down: &String, across: &String| {
        cells.get(&(down.clone(), across.clone())).copied().flatten()
    };
    let row = |down: &String| columns.iter().map(|across| cell(down, across)).collect();
    let cells = rows.iter().map(row).collect();
    Ok(HeatMap { metric: part.metric.clone(), columns, rows, cells })
}
