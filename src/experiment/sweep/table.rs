//! What a sweep says: every run's figures in one tidy table, and each point's means with their intervals.

use super::Of;
use super::progress::AllDone;
use crate::experiment::interval::Sample;
use crate::experiment::table::{MEAN, Table, mean, varied};
use crate::trace::Column;

/// What a sweep has come to.
#[derive(Clone, Debug, PartialEq)]
pub struct Findings {
    /// A row per point, replication and measure.
    rows: Vec<Vec<String>>,
    /// Means by point and measure.
    pub points: Vec<Mean>,
    /// The axes, as all points of the sweep have them.
    axes: Vec<Column>,
}

/// A measure at a point.
#[derive(Clone, Debug, PartialEq)]
pub struct Mean {
    /// The point.
    pub point: usize,
    /// The values of the axes there.
    pub at: Vec<String>,
    /// The metric.
    pub metric: String,
    /// What it is about.
    pub subject: String,
    /// Its unit.
    pub unit: String,
    /// Its values in those replications in which it is defined.
    pub sample: Sample,
}

impl Findings {
    pub(super) fn new((sweep, measures, metrics): Of<'_>, first: u64, done: &AllDone) -> Self {
        let points = |axis: usize| sweep.points.iter().map(move |point| &point.shown[axis]);
        let axes = axes(&sweep.axes, points);
        let mut found = Self { rows: Vec::new(), points: Vec::new(), axes };
        for ((point, replication), run) in done {
            let at = &sweep.points[*point].shown;
            if found.points.last().is_none_or(|mean| mean.point != *point) {
                found.points.extend(measures.iter().zip(metrics).map(|(measure, metric)| Mean {
                    point: *point,
                    at: at.clone(),
                    metric: measure.metric.clone(),
                    subject: measure.subject.clone(),
                    unit: metric.unit.to_owned(),
                    sample: Sample::default(),
                }));
            }
            let means = found.points.len() - measures.len();
            for (mean, value) in found.points[means..].iter_mut().zip(&run.values) {
                let replication = first + u64::from(*replication);
                let mut row = vec![point.to_string(), replication.to_string()];
                row.extend(at.clone());
                let [metric, subject] = [&mean.metric, &mean.subject].map(String::clone);
                row.extend([metric, subject, value.clone(), mean.unit.clone()]);
                found.rows.push(row);
                mean.sample.extend(value.parse::<f64>());
            }
        }
        found
    }
    /// What the axes are called.
    pub fn axes(&self) -> impl Iterator<Item = &str> {
        self.axes.iter().map(|axis| &*axis.name)
    }
    /// The tables to write.
    pub(super) fn tables(&self) -> [Table; 2] {
        let row = |of: &Mean| {
            let mut row = vec![of.point.to_string()];
            row.extend(of.at.clone());
            row.extend(mean([&of.metric, &of.subject, &of.unit], &of.sample));
            row
        };
        let [runs, points] = columns(&self.axes);
        [
            Table::new(RUNS, runs, self.rows.iter()),
            Table::new(POINTS, points, self.points.iter().map(row)),
        ]
    }
}

/// A row per point, replication and measure.
pub(super) const RUNS: &str = "sweep";
/// A row per point and measure.
pub(super) const POINTS: &str = "points";

/// The columns of these axes, whose values, at every point, `points` tells by the axis's index.
pub(super) fn axes<P>(names: &[String], points: impl Fn(usize) -> P) -> Vec<Column>
where
    P: Iterator<Item: AsRef<str>>,
{
    names.iter().enumerate().map(|(axis, name)| varied(name, points(axis))).collect()
}

/// The columns of both tables.
pub(super) fn columns(axes: &[Column]) -> [Vec<Column>; 2] {
    let point = || std::iter::once(Column::count("point"));
    let runs = point().chain([Column::count("replication")]).chain(axes.to_vec());
    let value = ["metric", "subject"].map(Column::named);
    let runs = runs.chain(value).chain([Column::number("value"), Column::named("unit")]);
    [runs.collect(), point().chain(axes.to_vec()).chain(MEAN).collect()]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::study::TAKEN;

    #[test]
    fn an_axis_can_be_called_like_no_other_column() {
        let mut found: Vec<_> = columns(&[]).concat().into_iter().map(|own| own.name).collect();
        found.sort();
        found.dedup();
        let mut taken = TAKEN;
        taken.sort_unstable();
        assert_eq!(found, taken);
    }
}
