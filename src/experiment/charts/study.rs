//! The charts of a study, made of the tables that it has written.

use super::super::MANIFEST;
use crate::chart::capacity::{CapacityCurve, CapacityPoint};
use crate::chart::forest::{Forest, ForestMetric, ForestRow, Verdict};
use crate::chart::heat_map::HeatMap;
use crate::chart::{Drawing, Quantity};
use crate::experiment::interval::LEVEL;
use crate::metrics::summary::is_share;
use crate::trace::DiskError;
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::Path;

/// The charts of the study in `directory`: a comparison's forest plot, a plan's capacity curve, a sweep's heat map; none
/// if it holds no study.
///
/// # Errors
/// A disk that refuses.
pub fn of_study(directory: &Path) -> Result<Option<Vec<Drawing>>, DiskError> {
    let path = directory.join(MANIFEST);
    let text = std::fs::read_to_string(&path).map_err(DiskError::during("read", &path))?;
    let manifest: Value = serde_json::from_str(&text).unwrap_or_default();
    let drawing = match manifest["study"].as_str() {
        Some("compare") => forest(&manifest, &rows(directory, "comparison.csv")?),
        Some("plan") => capacity(&manifest, &rows(directory, "capacity.csv")?),
        Some("sweep") => heat_map(&manifest, &rows(directory, "points.csv")?),
        _ => return Ok(None),
    };
    Ok(Some(drawing.into_iter().collect()))
}

type Row = BTreeMap<String, String>;

fn rows(directory: &Path, name: &str) -> Result<Vec<Row>, DiskError> {
    let path = directory.join(name);
    let refuse = |error: csv::Error| DiskError::during("read", &path)(error.into());
    let mut reader = csv::Reader::from_path(&path).map_err(refuse)?;
    let mut rows = Vec::new();
    for row in reader.deserialize() {
        rows.push(row.map_err(refuse)?);
    }
    Ok(rows)
}

fn number(row: &Row, column: &str) -> Option<f64> {
    row.get(column)?.parse().ok()
}

fn title(manifest: &Value) -> String {
    manifest["title"].as_str().unwrap_or_default().to_owned()
}

/// `wait_mean, segment/labs`; `revenue` of the whole market.
fn named(row: &Row) -> String {
    match row["subject"].as_str() {
        "market" => row["metric"].clone(),
        subject => format!("{}, {subject}", row["metric"]),
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

fn forest(manifest: &Value, rows: &[Row]) -> Option<Drawing> {
    let mut metrics: Vec<ForestMetric> = Vec::new();
    for row in rows {
        let name = named(row);
        if metrics.last().is_none_or(|metric| metric.name != name) {
            let (quantity, unit) = quantity(&row["metric"], &row["unit"]);
            metrics.push(ForestMetric { name, quantity, unit, rows: Vec::new() });
        }
        let (Some(difference), Some(low), Some(high)) =
            (number(row, "difference"), number(row, "low_95"), number(row, "high_95"))
        else {
            continue;
        };
        let verdict = match row["verdict"].as_str() {
            "better" => Verdict::Better,
            "worse" => Verdict::Worse,
            "higher" | "lower" => Verdict::Different,
            _ => Verdict::Unclear,
        };
        let label = row["variant"].clone();
        let row = ForestRow { label, difference, low, high, verdict };
        metrics.last_mut()?.rows.push(row);
    }
    let variants = manifest["variants"].as_array()?;
    let runs = variants.iter().filter_map(|variant| variant["replications"].as_u64()).max()?;
    let forest = Forest {
        subtitle: format!("{}: {} variants, {runs} replications", title(manifest), variants.len()),
        baseline: manifest["baseline"].as_str()?.to_owned(),
        confidence: LEVEL,
        metrics,
    };
    forest.drawing()
}

fn capacity(manifest: &Value, rows: &[Row]) -> Option<Drawing> {
    // What stands behind the number is a unit.
    let value = |text: &str| -> Option<f64> {
        let is_number = |c: char| c.is_ascii_digit() || c == '.' || c == '-';
        text.split(|c| !is_number(c)).next()?.parse().ok()
    };
    // Where the fleet is the same at every value, it is what customers pay that varies.
    let fleet = |row: &Row| row.get("fleet_usd_per_month").cloned();
    let (column, cost) = if rows.windows(2).any(|pair| fleet(&pair[0]) != fleet(&pair[1])) {
        ("fleet_usd_per_month", "fleet at list prices, USD a month")
    } else {
        ("revenue", "paid by customers, USD")
    };
    let point = |row: &Row| {
        Some(CapacityPoint {
            capacity: value(&row["value"])?,
            attained: number(row, "attained")?,
            interval: number(row, "low_95").zip(number(row, "high_95")),
            utilization: number(row, "utilization"),
            cost: number(row, column),
        })
    };
    let (metric, unit) = (manifest["metric"].as_str()?, manifest["unit"].as_str()?);
    let (quantity, _) = quantity(metric, unit);
    let curve = CapacityCurve {
        subtitle: title(manifest),
        capacity: manifest["vary"].as_str()?.to_owned(),
        attained: manifest["about"].as_str()?.to_owned(),
        quantity,
        target: manifest["bound"].as_f64()?,
        less_is_better: !manifest["at_least"].as_bool()?,
        cost: cost.to_owned(),
        points: rows.iter().filter_map(point).collect(),
        answer: manifest["answer"].as_str().and_then(value),
    };
    curve.drawing()
}

/// Of every metric, over two axes; over one, it is a single row.
fn heat_map(manifest: &Value, rows: &[Row]) -> Option<Drawing> {
    let axes: Vec<&str> = manifest["axes"].as_array()?.iter().filter_map(Value::as_str).collect();
    let axes = match axes[..] {
        [across] => (None, across),
        [down, across] => (Some(down), across),
        _ => return None,
    };
    let mut metrics: Vec<(&str, &str)> = Vec::new();
    for row in rows {
        let metric = (row["metric"].as_str(), row["subject"].as_str());
        if !metrics.contains(&metric) {
            metrics.push(metric);
        }
    }
    let map = |metric: &(&str, &str)| {
        let is_it = |row: &&Row| (row["metric"].as_str(), row["subject"].as_str()) == *metric;
        map_of(&title(manifest), axes, &rows.iter().filter(is_it).collect::<Vec<_>>())
    };
    let maps: Vec<HeatMap> = metrics.iter().filter_map(map).collect();
    HeatMap::drawing_of(&maps)
}

/// The map of one metric: its rows.
fn map_of(title: &str, (down, across): (Option<&str>, &str), rows: &[&Row]) -> Option<HeatMap> {
    let first = rows.first()?;
    let at =
        |row: &Row| (down.map_or(String::new(), |axis| row[axis].clone()), row[across].clone());
    let (mut row_values, mut column_values) = (Vec::new(), Vec::new());
    let mut values: BTreeMap<(String, String), Option<f64>> = BTreeMap::new();
    for row in rows {
        let place = at(row);
        for (known, value) in [(&mut row_values, &place.0), (&mut column_values, &place.1)] {
            if !known.contains(value) {
                known.push(value.clone());
            }
        }
        values.insert(place, number(row, "value"));
    }
    let cell = |down: &String, across: &String| {
        values.get(&(down.clone(), across.clone())).copied().flatten()
    };
    let cells = row_values
        .iter()
        .map(|down| column_values.iter().map(|across| cell(down, across)).collect())
        .collect();
    let (quantity, unit) = quantity(&first["metric"], &first["unit"]);
    Some(HeatMap {
        subtitle: title.to_owned(),
        metric: named(first),
        quantity,
        unit: if quantity == Quantity::Duration { String::new() } else { unit },
        columns: (across.to_owned(), column_values),
        rows: (down.unwrap_or_default().to_owned(), row_values),
        cells,
    })
}
