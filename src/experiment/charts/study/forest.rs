//! A comparison's forest plot, of `comparison.csv`.

use super::table::Row;
use super::{ChartError, Drawn, Manifest, or_nothing, quantity};
use crate::chart::ChartKind;
use crate::chart::forest::{Forest, ForestMetric, ForestRow, Verdict};
use crate::experiment::interval::LEVEL;
use serde_json::Value;

pub(super) fn drawing(manifest: &Manifest, rows: &[Row]) -> Result<Drawn, ChartError> {
    let (variants, baseline) = (manifest.list("variants")?, manifest.text("baseline")?);
    let alike = variants.iter().filter(|variant| variant["alike"] == true);
    let alike: Vec<&str> = alike.filter_map(|variant| variant["name"].as_str()).collect();
    // Those with which the baseline makes an exact difference.
    let alike = if alike.contains(&baseline) { alike } else { Vec::new() };
    let mut metrics: Vec<ForestMetric> = Vec::new();
    for row in rows {
        let name = row.measure()?;
        if metrics.last().is_none_or(|metric| metric.name != name) {
            let (quantity, unit) = quantity(row.text("metric")?, row.text("unit")?);
            metrics.push(ForestMetric { name, quantity, unit, rows: Vec::new() });
        }
        if let (Some(last), Some(row)) = (metrics.last_mut(), contrast(row, &alike)?) {
            last.rows.push(row);
        }
    }
    let mut compared = 0;
    for row in rows {
        compared += u64::from(row.number("p_adjusted")?.is_some());
    }
    let (many, runs) = (variants.len(), replications(variants));
    let runs = runs.ok_or_else(|| manifest.missing("variants"))?;
    let forest = Forest {
        subtitle: format!("{}: {many} variants, {runs} replications", manifest.title()),
        adjusted: (1 < compared).then(|| (compared, "Holm".to_owned())),
        selected: manifest.value["selected"]["variant"].as_str().map(str::to_owned),
        baseline: baseline.to_owned(),
        confidence: LEVEL,
        metrics,
    };
    Ok(or_nothing(forest.drawing(), ChartKind::Forest))
}

/// How many of each variant: after a race, not as many of all.
fn replications(variants: &[Value]) -> Option<String> {
    let runs = || variants.iter().filter_map(|variant| variant["replications"].as_u64());
    let (least, most) = (runs().min()?, runs().max()?);
    Some(if least < most { format!("{least} to {most}") } else { most.to_string() })
}

/// A row, if its difference has an interval; that of a variant among `exact` is exact.
fn contrast(row: &Row, exact: &[&str]) -> Result<Option<ForestRow>, ChartError> {
    let difference = row.number("difference")?;
    let (low, high) = (row.number("low_95")?, row.number("high_95")?);
    let (Some(difference), Some(low), Some(high)) = (difference, low, high) else {
        return Ok(None);
    };
    let label = row.text("variant")?.to_owned();
    let is_exact = exact.contains(&&*label);
    let verdict = match row.text("verdict")? {
        "better" => Verdict::Better,
        "worse" => Verdict::Worse,
        "higher" | "lower" => Verdict::Different,
        _ if is_exact => Verdict::Same,
        _ => Verdict::Unclear,
    };
    Ok(Some(ForestRow { label, difference, low, high, is_exact, verdict }))
}
