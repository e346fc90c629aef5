//! A plan's capacity curve, of `capacity.csv`.

use super::table::Row;
use super::{ChartError, Drawn, Manifest, or_nothing, quantity};
use crate::chart::ChartKind;
use crate::chart::capacity::{CapacityCurve, CapacityPoint};

pub(super) fn drawing(manifest: &Manifest, rows: &[Row]) -> Result<Drawn, ChartError> {
    let (column, cost) = cost(rows)?;
    let mut points = Vec::new();
    for row in rows {
        points.extend(point(row, column)?);
    }
    let (quantity, _) = quantity(manifest.text("metric")?, manifest.text("unit")?);
    let target = manifest.value["bound"].as_f64().ok_or_else(|| manifest.missing("bound"))?;
    let at_least = manifest.value["at_least"].as_bool();
    let curve = CapacityCurve {
        subtitle: manifest.title().to_owned(),
        capacity: manifest.text("vary")?.to_owned(),
        attained: manifest.text("about")?.to_owned(),
        quantity,
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

/// What stands behind the number is a unit.
fn value(text: &str) -> Option<f64> {
    let is_number = |c: char| c.is_ascii_digit() || c == '.' || c == '-';
    text.split(|c| !is_number(c)).next()?.parse().ok()
}

/// A value that was tried, if what is asked for is defined there.
fn point(row: &Row, cost: &str) -> Result<Option<CapacityPoint>, ChartError> {
    let (capacity, attained) = (value(row.text("value")?), row.number("attained")?);
    let (Some(capacity), Some(attained)) = (capacity, attained) else { return Ok(None) };
    Ok(Some(CapacityPoint {
        capacity,
        attained,
        interval: row.interval(["low_95", "high_95"])?,
        utilization: row.number("utilization")?,
        cost: row.number(cost)?,
    }))
}
