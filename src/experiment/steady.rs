//! A market in its steady state: where that begins, and what one long run says of it.
//!
//! A *terminating* study asks what happens from a given start to a given end; its replications need no warm-up. A
//! *steady-state* study asks what a market comes to in the long run, whatever it started from: what the start has left its mark
//! on is cut off, by a stated `warm_up` or where [`mser5`] finds its end, and the rest is replicated, or cut into
//! [`BatchMeans`].

use super::interval::{LEVEL, Sample};
use super::output;
use super::table::text_of;
use super::{RunError, begins};
use crate::engine::{self, Progress, RunId};
use crate::journal::Journal;
use crate::metrics::batches::{Batch, Batches, MEASURES};
use crate::metrics::summary::csv_text;
use crate::policy::Registry;
use crate::scenario::Scenario;
use crate::trace::{DiskError, FileRecord};
use crate::units::SimTime;
use rayon::prelude::*;
use std::path::Path;

/// The files of batches.
pub(super) const TABLES: [&str; 2] = ["batches.csv", "batch_means.csv"];

/// How many observations make a mean in MSER-5.
const FIVE: usize = 5;

/// How many of these observations, taken at equal distances from the start, are to be cut off; none if what is left
/// would be less than half: then no steady state is in sight.
///
/// Of the means of five in a row each, the first `d` are cut for which `Σ (Y(i) − Y)² / (n − d)²` over the rest is
/// least: the squared half-width of an interval around the rest, but for a factor (White, "An Effective Truncation
/// Heuristic for Bias Reduction in Simulation Output", Simulation 69, 1997; White, Cobb and Spratt, "A
/// Comparison of Five Steady-State Truncation Heuristics for Simulation", Winter Simulation Conference 2000).
pub fn mser5(observations: &[f64]) -> Option<usize> {
    let mean = |five: &[f64]| five.iter().sum::<f64>() / 5.0;
    let means: Vec<f64> = observations.chunks_exact(FIVE).map(mean).collect();
    let mut rest = Tail::default();
    let mut best: Option<(f64, usize)> = None;
    for (cut, value) in means.iter().enumerate().rev() {
        rest.add(*value);
        // A few equal values at the end would pass for the best rest there is.
        let is_candidate = FIVE <= means.len() - cut;
        let score = rest.score();
        if is_candidate && best.is_none_or(|(least, _)| score <= least) {
            best = Some((score, cut));
        }
    }
    let (_, cut) = best?;
    (2 * cut <= means.len()).then_some(FIVE * cut)
}

/// The values from the end up to some place.
#[derive(Default)]
struct Tail {
    count: f64,
    mean: f64,
    squares: f64,
}

impl Tail {
    /// Welford's recurrence.
    fn add(&mut self, value: f64) {
        self.count += 1.0;
        let before = value - self.mean;
        self.mean += before / self.count;
        self.squares += before * (value - self.mean);
    }
    fn score(&self) -> f64 {
        self.squares / (self.count * self.count)
    }
}

/// What the batches of one run say of a mean.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BatchMeans {
    /// The means of the batches in which there is one.
    pub sample: Sample,
    /// How much one batch tells of the next: the correlation of neighbours. Near 0, batches are long enough for the
    /// interval of the sample to be true; none of fewer than three batches, or of equal ones.
    pub lag_1: Option<f64>,
}

impl BatchMeans {
    /// By [`MEASURES`].
    pub fn of(batches: &[Batch]) -> [Self; MEASURES.len()] {
        std::array::from_fn(|measure| {
            let values: Vec<f64> =
                batches.iter().filter_map(|batch| batch.values[measure]).collect();
            let sample: Sample = values.iter().copied().collect();
            Self { sample, lag_1: lag_1(&values, &sample) }
        })
    }
    /// Whether batches are too short for their interval to be believed.
    pub fn is_correlated(&self) -> bool {
        self.lag_1.is_some_and(|lag_1| most_correlated(self.sample.count()) < lag_1)
    }
}

/// The most that neighbours of so many batches may tell of one another: independent ones exceed it one time in twenty
/// (1.645 / √n).
pub fn most_correlated(batches: u32) -> f64 {
    1.645 / f64::from(batches.max(1)).sqrt()
}

fn lag_1(values: &[f64], sample: &Sample) -> Option<f64> {
    let mean = sample.mean()?;
    let squares: f64 = values.iter().map(|value| (value - mean) * (value - mean)).sum();
    let pairs = values.windows(2).map(|pair| (pair[0] - mean) * (pair[1] - mean));
    (3 <= values.len() && 0.0 < squares).then(|| pairs.sum::<f64>() / squares)
}

/// Writes `batches.csv` and `batch_means.csv`, if there are any batches.
pub(super) fn write(directory: &Path, batches: &[Batch]) -> Result<Vec<FileRecord>, DiskError> {
    if batches.is_empty() {
        return Ok(Vec::new());
    }
    let rows = batches.iter().enumerate().flat_map(|(index, batch)| {
        batch.values.iter().zip(MEASURES).map(move |(value, (metric, unit))| {
            [
                index.to_string(),
                batch.from.to_string(),
                batch.until.to_string(),
                metric.to_owned(),
                text_of(*value),
                unit.to_owned(),
            ]
        })
    });
    let count = Some((batches.len() * MEASURES.len()) as u64);
    let each = csv_text(["batch", "from_s", "until_s", "metric", "value", "unit"], rows);
    let mean = |(means, (metric, unit)): (&BatchMeans, (&str, &str))| {
        let bounds = means.sample.bounds(LEVEL);
        [
            metric.to_owned(),
            text_of(means.sample.mean()),
            unit.to_owned(),
            text_of(bounds.map(|(low, _)| low)),
            text_of(bounds.map(|(_, high)| high)),
            text_of(means.sample.deviation()),
            means.sample.count().to_string(),
            text_of(means.lag_1),
        ]
    };
    let header = ["metric", "value", "unit", "low_95", "high_95", "deviation", "batches", "lag_1"];
    let means = BatchMeans::of(batches);
    let means = csv_text(header, means.iter().zip(MEASURES).map(mean));
    Ok(vec![
        output::write(directory, "batches.csv", &each, count)?,
        output::write(directory, "batch_means.csv", &means, Some(MEASURES.len() as u64))?,
    ])
}

/// How many pilots are run to find the end of the start.
const PILOTS: u64 = 5;
/// How many observations of each.
const OBSERVATIONS: u32 = 1_000;

/// Why no warm-up was found.
#[derive(Debug, thiserror::Error)]
pub enum WarmUpError {
    /// It does not end in time.
    #[error(
        "no steady state is in sight: by MSER-5 more than half of the run would be its start. Let it run longer \
         (--set horizon=…), or state a warm_up"
    )]
    NotInSight,
    /// A pilot failed.
    #[error(transparent)]
    Run(#[from] RunError),
}

/// When the start of a scenario has left no mark any more: by MSER-5 of the mean over five pilots of its utilization,
/// and of the requests that wait, the later of both.
///
/// # Errors
/// No end in sight, a pilot that fails or is not to go on.
pub fn warm_up(
    (scenario, first): (&Scenario, RunId),
    policies: &Registry,
    goes_on: &(dyn Fn(Progress) -> bool + Sync),
) -> Result<SimTime, WarmUpError> {
    let pilot = |index: u64| -> Result<Vec<Batch>, RunError> {
        let run = RunId { replication: first.replication + index, ..first };
        let mut tell = |progress| goes_on(progress);
        begins(&mut tell)?;
        let mut batches = Batches::new(scenario, SimTime::ZERO, OBSERVATIONS);
        let mut journal = Journal::new(vec![&mut batches]);
        engine::run_with(scenario, run, policies, &mut journal, &mut tell)?;
        Ok(batches.finish(scenario.horizon))
    };
    let pilots: Vec<Result<Vec<Batch>, RunError>> =
        (0..PILOTS).into_par_iter().map(pilot).collect();
    let pilots: Vec<Vec<Batch>> = pilots.into_iter().collect::<Result<_, _>>()?;
    let mut latest = 0;
    for measure in LEVELS {
        let mean = |index: usize| {
            let values = pilots.iter().filter_map(|pilot| pilot[index].values[measure]);
            values.collect::<Sample>().mean().unwrap_or_default()
        };
        let means: Vec<f64> = (0..OBSERVATIONS as usize).map(mean).collect();
        latest = latest.max(mser5(&means).ok_or(WarmUpError::NotInSight)?);
    }
    Ok(pilots[0].get(latest).map_or(SimTime::ZERO, |batch| batch.from))
}

/// Of [`MEASURES`]: utilization, and requests waiting.
const LEVELS: [usize; 2] = [0, 1];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::{Purpose, Stream};

    #[test]
    fn a_start_that_decays_is_cut_off_where_it_ends() {
        let mut stream = Stream::open(20_261_130, 0, Purpose::Attributes, 0);
        let decaying = |stream: &mut Stream, index: u32| {
            10.0 * libm::exp(-f64::from(index) / 40.0) + stream.normal()
        };
        let values: Vec<f64> = (0..1_000).map(|index| decaying(&mut stream, index)).collect();
        let cut = mser5(&values).unwrap();
        assert!((60..=250).contains(&cut) && cut.is_multiple_of(5), "{cut}");
        let steady: Vec<f64> = (0..1_000).map(|_| stream.normal()).collect();
        assert!(mser5(&steady).unwrap() <= 500);
        assert_eq!(mser5(&[1.0; 100]), Some(0), "of equal values all are kept");
    }
    #[test]
    fn where_nothing_is_steady_nothing_is_cut() {
        let rising: Vec<f64> = (0..500).map(f64::from).collect();
        assert_eq!(mser5(&rising), None);
        assert_eq!(mser5(&[1.0, 2.0]), None, "too few to tell");
    }
    #[test]
    fn neighbours_that_go_together_are_told() {
        let of = |values: &[f64]| {
            let batch = |value: &f64| Batch {
                from: SimTime::ZERO,
                until: SimTime::ZERO,
                values: [Some(*value), None, None, None, None],
            };
            BatchMeans::of(&values.iter().map(batch).collect::<Vec<_>>())[0]
        };
        let slow = of(&[1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0, 10.0, 11.0, 12.0]);
        assert!(slow.is_correlated(), "{slow:?}");
        let alternating = of(&[1.0, 2.0, 1.0, 2.0, 1.0, 2.0]);
        assert!(!alternating.is_correlated() && alternating.lag_1 < Some(-0.5));
        assert_eq!(of(&[1.0, 1.0, 1.0]).lag_1, None);
    }
}
