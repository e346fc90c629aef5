//! A plan's capacity curve, of `capacity.csv`.

use super::table::Row;
use super::{ChartError, Drawn, Manifest, or_nothing, quantity};
use crate::chart::capacity::{CapacityCurve, CapacityPoint, Judged, Measured};
use crate::chart::{ChartKind, Quantity};

pub(super) fn drawing(manifest: &Manifest, rows: &[Row]) -> Result<Drawn, ChartError> {
    let (column, cost) = cost(rows)?;
    let mut points = Vec::new();
    for row in rows {
        points.extend(point(row, column)?);
    }
    let (quantity, unit) = quantity(manifest.text("metric")?, manifest.text("unit")?);
    let target = manifest.value["bound"].as_f64().ok_or_else(|| manifest.missing("bound"))?;
    let at_least = manifest.value["at_least"].as_bool();
    let first = rows.first().map(|row| row.text("value")).transpose()?;
    let curve = CapacityCurve {
        subtitle: manifest.title().to_owned(),
        capacity: manifest.text("vary")?.to_owned(),
        capacity_unit: first.map(unit_of).unwrap_or_default().to_owned(),
        attained: manifest.text("about")?.to_owned(),
        quantity,
        unit: if quantity == Quantity::Duration { String::new() } else { unit },
        target,
        less_is_better: !at_least.ok_or_else(|| manifest.missing("at_least"))?,
        cost: cost.to_owned(),
        points,
        answer: manifest.value["answer"].as_str().and_then(value),
    };
    Ok(or_nothing(curve.drawing(), ChartKind::Capacity))
}

/// Which column says what a value costs: where the fleet is the same at every value, it is what customers pay that
/// varies.
fn cost(rows: &[Row]) -> Result<(&'static str, &'static str), ChartError> {
    let mut fleet = Vec::new();
    for row in rows {
        fleet.push(row.number_if_there("fleet_usd_per_month")?);
    }
    if fleet.windows(2).any(|pair| pair[0] != pair[1]) {
        return Ok(("fleet_usd_per_month", "fleet at list prices, USD a month"));
    }
    Ok(("revenue", "paid by customers, USD"))
}

/// The number of a value, and the unit that stands behind it.
fn parted(text: &str) -> (&str, &str) {
    let is_number = |c: char| c.is_ascii_digit() || c == '.' || c == '-';
    text.split_at(text.find(|c| !is_number(c)).unwrap_or(text.len()))
}

fn value(text: &str) -> Option<f64> {
    parted(text).0.parse().ok()
}

fn unit_of(text: &str) -> &str {
    parted(text).1
}

/// A value that was tried, if what is asked for is defined there.
fn point(row: &Row, cost: &str) -> Result<Option<CapacityPoint>, ChartError> {
    let (capacity, attained) = (value(row.text("value")?), row.number("attained")?);
    let (Some(capacity), Some(mean)) = (capacity, attained) else { return Ok(None) };
    let interval = row.interval(["low_95", "high_95"])?;
    let judged = match row.text("verdict")? {
        "meets" => Judged::Meets,
        "fails" => Judged::Fails,
        _ => Judged::Unsure,
    };
    Ok(Some(CapacityPoint {
        capacity,
        attained: Measured { mean, interval },
        judged,
        utilization: measured(row, "utilization")?,
        cost: measured(row, cost)?,
    }))
}

/// A mean, with its interval where the table has that.
fn measured(row: &Row, column: &str) -> Result<Option<Measured>, ChartError> {
    let interval = row.interval([&format!("{column}_low_95"), &format!("{column}_high_95")])?;
    Ok(row.number(column)?.map(|mean| Measured { mean, interval }))
}
