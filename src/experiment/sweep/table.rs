//! What a sweep says: every run's figures in one tidy table, and each point's means with their intervals.

use super::Of;
use super::progress::AllDone;
use crate::experiment::comparison::text_of;
use crate::experiment::interval::{LEVEL, Sample};
use crate::metrics::summary::csv_text;

/// The tables of a sweep.
#[derive(Clone, Debug, PartialEq)]
pub struct Table {
    /// `sweep.csv`: the header.
    header: Vec<String>,
    /// `sweep.csv`: a row per point, replication and measure.
    rows: Vec<Vec<String>>,
    /// Means by point and measure.
    pub points: Vec<Mean>,
    /// What the axes are called.
    pub axes: Vec<String>,
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

impl Table {
    pub(super) fn new((sweep, measures, metrics): Of<'_>, first: u64, done: &AllDone) -> Self {
        let before = ["point", "replication"].map(str::to_owned);
        let after = ["metric", "subject", "value", "unit"].map(str::to_owned);
        let header = before.into_iter().chain(sweep.axes.clone()).chain(after).collect();
        let mut table =
            Self { header, rows: Vec::new(), points: Vec::new(), axes: sweep.axes.clone() };
        for ((point, replication), run) in done {
            let at = &sweep.points[*point].shown;
            if table.points.last().is_none_or(|mean| mean.point != *point) {
                table.points.extend(measures.iter().zip(metrics).map(|(measure, metric)| Mean {
                    point: *point,
                    at: at.clone(),
                    metric: measure.metric.clone(),
                    subject: measure.subject.clone(),
                    unit: metric.unit.to_owned(),
                    sample: Sample::default(),
                }));
            }
            let means = table.points.len() - measures.len();
            for (mean, value) in table.points[means..].iter_mut().zip(&run.values) {
                let replication = first + u64::from(*replication);
                let mut row = vec![point.to_string(), replication.to_string()];
                row.extend(at.clone());
                let [metric, subject] = [&mean.metric, &mean.subject].map(String::clone);
                row.extend([metric, subject, value.clone(), mean.unit.clone()]);
                table.rows.push(row);
                mean.sample.extend(value.parse::<f64>());
            }
        }
        table
    }
    /// The files, each with its text and its rows.
    pub(super) fn files(&self) -> [(&'static str, (String, u64)); 2] {
        let runs = csv_text(&self.header, self.rows.iter());
        let before = std::iter::once("point".to_owned());
        let after = [
            "metric",
            "subject",
            "value",
            "unit",
            "low_95",
            "high_95",
            "deviation",
            "replications",
        ];
        let header = before.chain(self.axes.clone()).chain(after.map(str::to_owned));
        let row = |mean: &Mean| {
            let bounds = mean.sample.bounds(LEVEL);
            let mut row = vec![mean.point.to_string()];
            row.extend(mean.at.clone());
            row.extend([
                mean.metric.clone(),
                mean.subject.clone(),
                text_of(mean.sample.mean()),
                mean.unit.clone(),
                text_of(bounds.map(|(low, _)| low)),
                text_of(bounds.map(|(_, high)| high)),
                text_of(mean.sample.deviation()),
                mean.sample.count().to_string(),
            ]);
            row
        };
        let points = csv_text(header, self.points.iter().map(row));
        let counts = (self.rows.len() as u64, self.points.len() as u64);
        [("sweep.csv", (runs, counts.0)), ("points.csv", (points, counts.1))]
    }
}
