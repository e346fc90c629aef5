//! Samples of lengths of time, and their distribution: which share is no longer than what.
//!
//! Any number of them in a few kilobytes, to 1 % of themselves (HdrHistogram with two significant digits), like the
//! quantiles of the figures.

use super::columns::number;
use super::plot::Point;
use crate::units::Span;
use hdrhistogram::Histogram;

/// A sample.
#[derive(Clone, Debug)]
pub(super) struct Sample {
    /// Those that are nothing.
    zeros: u64,
    longer: Histogram<u64>,
}

impl Default for Sample {
    fn default() -> Self {
        let longer = Histogram::new(2).expect("two significant digits are allowed");
        Self { zeros: 0, longer }
    }
}

impl Sample {
    /// Takes in one.
    pub(super) fn record(&mut self, span: Span) {
        match span.micros() {
            0 => self.zeros += 1,
            micros => self.longer.record(micros).expect("it grows as it must"),
        }
    }
    /// How many there are.
    pub(super) fn count(&self) -> u64 {
        self.zeros + self.longer.len()
    }
    /// From where to where the share of all that are no longer rises, in seconds; the first two hundredths left
    /// out, which would stretch the axis for next to nothing.
    pub(super) fn range(&self) -> Option<(f64, f64)> {
        let seconds = |micros: u64| Span::from_micros(micros).as_seconds_f64();
        let any = !self.longer.is_empty();
        let first = self.longer.value_at_quantile(0.02);
        any.then(|| (seconds(first), seconds(self.longer.max())))
    }
    /// The share of all that are no longer than each length, in seconds; from `from` to `to` on the axis.
    pub(super) fn shares(&self, (from, to): (f64, f64)) -> Vec<Point> {
        let count = number(self.count().max(1));
        let mut seen = self.zeros;
        let mut points = vec![(from, number(seen) / count)];
        for bucket in self.longer.iter_recorded() {
            seen += bucket.count_since_last_iteration();
            let at = Span::from_micros(self.longer.median_equivalent(bucket.value_iterated_to()));
            let point = (at.as_seconds_f64().max(from), number(seen) / count);
            // A point for each thousandth is enough for the eye.
            match points.last_mut() {
                Some(last) if last.0 * 1.004 > point.0 && point.1 < last.1 + 0.001 => *last = point,
                _ => points.push(point),
            }
        }
        if let Some(&(at, share)) = points.last()
            && at < to
        {
            points.push((to, share));
        }
        points
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_those_of_the_sorted_sample() {
        let mut sample = Sample::default();
        let mut all: Vec<u64> = (0..2_000_u64).map(|n| (n * 7_919) % 1_000 * 1_000_000).collect();
        all.iter().for_each(|micros| sample.record(Span::from_micros(*micros)));
        all.sort_unstable();
        assert_eq!(sample.count(), 2_000);
        let points = sample.shares((1e-3, 1e4));
        assert!((points[0].1 - 0.001).abs() < 1e-12, "two of them are nothing");
        for (at, share) in points {
            let least = at * 0.99 * 1e6;
            let most = at * 1.01 * 1e6;
            let below = |limit: f64| {
                let count = all.iter().filter(|micros| number(**micros) <= limit);
                number(count.count() as u64) / 2_000.0
            };
            assert!(below(least) - 0.0011 <= share && share <= below(most) + 1e-9, "{at}: {share}");
        }
    }
}
