//! How long requests wait: mean and extremes exact, quantiles to 0.1 %.
//!
//! Quantiles come from a histogram whose buckets widen with the value (HdrHistogram, three
//! significant digits): fixed memory, whole-number arithmetic, so the same on every machine, and two
//! of them add up to the one of both samples. A quantile is the middle of the bucket in which it
//! lies, kept within the exact extremes: off by at most 0.1 % of itself.

use crate::units::{SimTime, Span};
use hdrhistogram::Histogram;

/// A sample of waits.
#[derive(Clone, Debug, Default)]
pub(super) struct Waits {
    /// Of those longer than nothing: most requests need not wait, and are counted alone.
    histogram: Option<Box<Histogram<u32>>>,
    sum: u128,
    count: u64,
    positive: u64,
    least: u64,
    most: u64,
}

impl Waits {
    /// Takes in one wait; none is longer than `horizon`.
    pub(super) fn record(&mut self, wait: Span, horizon: SimTime) {
        let micros = wait.micros();
        if 0 < micros {
            let fresh = || {
                let longest = horizon.micros().max(2);
                let histogram = Histogram::new_with_bounds(1, longest, 3);
                Box::new(histogram.expect("one to three digits and a range above one are allowed"))
            };
            self.histogram.get_or_insert_with(fresh).saturating_record(micros);
        }
        self.least = if self.count == 0 { micros } else { self.least.min(micros) };
        self.most = self.most.max(micros);
        self.sum += u128::from(micros);
        self.count += 1;
        self.positive += u64::from(0 < micros);
    }
    /// Takes in another sample, of the same run.
    pub(super) fn add(&mut self, other: &Self) {
        if other.count == 0 {
            return;
        }
        match (&mut self.histogram, &other.histogram) {
            (_, None) => {}
            (ours @ None, Some(theirs)) => *ours = Some(theirs.clone()),
            (Some(ours), Some(theirs)) => {
                ours.add(theirs.as_ref()).expect("histograms of one run have one range");
            }
        }
        self.least = if self.count == 0 { other.least } else { self.least.min(other.least) };
        self.most = self.most.max(other.most);
        self.sum += other.sum;
        self.count += other.count;
        self.positive += other.positive;
    }
    /// How many waits were taken in.
    pub(super) const fn count(&self) -> u64 {
        self.count
    }
    /// How many of them were longer than nothing.
    pub(super) const fn positive(&self) -> u64 {
        self.positive
    }
    /// Their sum in microseconds.
    pub(super) const fn sum_micros(&self) -> u128 {
        self.sum
    }
    /// The longest.
    pub(super) fn longest(&self) -> Option<Span> {
        (0 < self.count).then(|| Span::from_micros(self.most))
    }
    /// The least wait that at least this share of the waits don't exceed.
    #[expect(clippy::cast_precision_loss, reason = "a rank needs no more than 53 bits")]
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a rank is a count"
    )]
    pub(super) fn quantile(&self, share: f64) -> Option<Span> {
        let zeros = self.count - self.positive;
        let rank = ((share * self.count as f64).ceil() as u64).max(1);
        let Some(histogram) = self.histogram.as_ref().filter(|_| zeros < rank) else {
            return (0 < zeros).then_some(Span::ZERO);
        };
        // The middle of a rank, so that rounding cannot lead to the next.
        let among_positive = ((rank - zeros) as f64 - 0.5) / self.positive as f64;
        let middle = histogram.median_equivalent(histogram.value_at_quantile(among_positive));
        Some(Span::from_micros(middle.clamp(self.least, self.most)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Against the sorted sample: the stated error, at every quantile.
    #[test]
    fn quantiles_are_within_a_thousandth_of_the_sorted_sample() {
        let horizon = SimTime::from_seconds(86_400 * 365);
        let mut waits = Waits::default();
        let mut sample: Vec<u64> = (1..=5_000_u64)
            .map(|i| (i.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 20) >> (i % 40))
            .collect();
        for &micros in &sample {
            waits.record(Span::from_micros(micros), horizon);
        }
        sample.sort_unstable();
        for (share, rank) in [(0.5, 2_500), (0.95, 4_750), (0.99, 4_950), (1.0, 5_000)] {
            let exact = sample[rank - 1];
            let read = waits.quantile(share).unwrap().micros();
            assert!(read.abs_diff(exact) <= exact / 1_000, "{share}: {read} for {exact}");
        }
    }

    /// Two samples that are added are read like one.
    #[test]
    fn samples_add_up() {
        let horizon = SimTime::from_seconds(86_400);
        let (mut all, mut parts) = (Waits::default(), [Waits::default(), Waits::default()]);
        for i in 0..1_000_u64 {
            let wait = Span::from_micros(i * i * 997 % 5_000_000_000);
            all.record(wait, horizon);
            parts[usize::from(i % 3 == 0)].record(wait, horizon);
        }
        let mut sum = Waits::default();
        parts.iter().for_each(|part| sum.add(part));
        let read = |waits: &Waits| {
            let quantiles = [0.0, 0.3, 0.5, 0.95, 1.0].map(|share| waits.quantile(share));
            (quantiles, waits.count(), waits.positive(), waits.sum_micros(), waits.longest())
        };
        assert_eq!(read(&sum), read(&all));
    }

    #[test]
    fn equal_waits_are_read_exactly() {
        let mut waits = Waits::default();
        for _ in 0..9 {
            waits.record(Span::from_micros(40_123_457), SimTime::from_seconds(1_000));
        }
        assert_eq!(waits.quantile(0.99), Some(Span::from_micros(40_123_457)));
    }
}
