//! Quantiles of any number of durations, to 1 % of themselves, in a few kilobytes.
//!
//! Whole microseconds in a histogram whose buckets widen with the value (HdrHistogram, two significant
//! digits): whole-number arithmetic, so the same on every machine; it grows with the range of the values,
//! never with their number; and two sketches add up to the one of both samples. A quantile is the middle
//! of the bucket in which it lies, kept within the exact extremes. A bucket counts up to 2^32 − 1.

use crate::units::Span;
use hdrhistogram::Histogram;

/// The quantiles that are told of every sample, in order.
pub(super) const SHARES: [f64; 6] = [0.50, 0.70, 0.90, 0.95, 0.98, 0.99];

/// Those quantiles; none of an empty sample.
pub(super) type Quantiles = [Option<Span>; SHARES.len()];

/// A sample of durations.
#[derive(Clone, Debug, Default)]
pub(super) struct Sketch(Option<Sample>);

#[derive(Clone, Debug)]
struct Sample {
    least: u64,
    most: u64,
    histogram: Histogram<u32>,
}

impl Sample {
    #[cold] // once a sketch
    fn empty() -> Self {
        let histogram = Histogram::new(2).expect("two significant digits are allowed");
        Self { least: u64::MAX, most: 0, histogram }
    }
}

impl Sketch {
    /// Takes in one duration.
    #[inline]
    pub(super) fn record(&mut self, span: Span) {
        self.record_many(span, 1);
    }
    /// Takes in the same duration so many times.
    #[inline]
    pub(super) fn record_many(&mut self, span: Span, times: u32) {
        let micros = span.micros();
        let sample = self.0.get_or_insert_with(Sample::empty);
        sample.least = sample.least.min(micros);
        sample.most = sample.most.max(micros);
        sample.histogram.record_n(micros, times).expect("it grows as it must");
    }
    /// Takes in another sample.
    pub(super) fn add(&mut self, other: &Self) {
        let Some(theirs) = &other.0 else { return };
        let ours = self.0.get_or_insert_with(Sample::empty);
        ours.least = ours.least.min(theirs.least);
        ours.most = ours.most.max(theirs.most);
        ours.histogram.add(&theirs.histogram).expect("it grows as it must");
    }
    /// The least duration that at least this share of the sample don't exceed.
    #[expect(clippy::cast_precision_loss, reason = "a rank needs no more than 53 bits")]
    pub(super) fn quantile(&self, share: f64) -> Option<Span> {
        let Sample { least, most, histogram } = self.0.as_ref()?;
        let count = histogram.len() as f64;
        let rank = (share * count).ceil().max(1.0);
        // The middle of a rank, so that rounding cannot lead to the next.
        let value = histogram.value_at_quantile((rank - 0.5) / count);
        Some(Span::from_micros(histogram.median_equivalent(value).clamp(*least, *most)))
    }
    /// All quantiles that are told.
    pub(super) fn quantiles(&self) -> Quantiles {
        SHARES.map(|share| self.quantile(share))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Durations from nothing to months, of every magnitude.
    fn durations() -> impl Strategy<Value = Vec<u64>> {
        let one = (0_u32..44, any::<u64>()).prop_map(|(bits, value)| value % (1 << bits));
        proptest::collection::vec(one, 1..400)
    }
    fn sketch(durations: &[u64]) -> Sketch {
        let mut sketch = Sketch::default();
        durations.iter().for_each(|micros| sketch.record(Span::from_micros(*micros)));
        sketch
    }

    proptest! {
        /// Against the sorted sample: the stated error, at every quantile.
        #[test]
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss, reason = "a place in a sample")]
        fn quantiles_are_within_a_hundredth_of_the_sorted_sample(mut sample in durations()) {
            let sketch = sketch(&sample);
            sample.sort_unstable();
            for share in SHARES.into_iter().chain([0.0, 0.001, 1.0]) {
                let rank = ((share * sample.len() as f64).ceil() as usize).max(1);
                let exact = sample[rank - 1];
                let read = sketch.quantile(share).unwrap().micros();
                prop_assert!(read.abs_diff(exact) <= exact / 100, "{share}: {read} for {exact}");
            }
        }
        /// Samples that are added are read like one, in whatever order.
        #[test]
        fn samples_add_up(one in durations(), two in durations()) {
            let whole = sketch(&[one.clone(), two.clone()].concat());
            let (one, two) = (sketch(&one), sketch(&two));
            for (first, second) in [(&one, &two), (&two, &one)] {
                let mut sum = first.clone();
                sum.add(second);
                prop_assert_eq!(sum.quantiles(), whole.quantiles());
            }
        }
    }

    #[test]
    fn equal_durations_are_read_exactly_and_none_are_no_quantile() {
        let mut sketch = Sketch::default();
        assert_eq!(sketch.quantiles(), [None; 6]);
        sketch.add(&Sketch::default());
        sketch.record_many(Span::from_micros(40_123_457), 9);
        assert_eq!(sketch.quantiles(), [Some(Span::from_micros(40_123_457)); 6]);
    }
}
