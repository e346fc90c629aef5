//! Quantiles of a sample, with intervals by order statistics.
//!
//! Of `n` values in order, the true quantile of share `q` lies between the `l`-th and the `u`-th with probability
//! `P(l ≤ B < u)`, where `B` is binomial (n, q), whatever the distribution, if that is continuous (David and Nagaraja,
//! "Order Statistics", 3rd edition 2003, section 7.1). Of the pairs that reach the level the one is taken that leaves at most half of
//! the error at each end.

use super::interval::LEVEL;
use statrs::distribution::{Binomial, DiscreteCDF};

/// A quantile of a sample.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Quantile {
    /// The value: that of the sample, between two neighbours by the share of the way.
    pub value: f64,
    /// The bounds of an interval that covers the true quantile with probability [`LEVEL`] or more; none where
    /// there are too few values.
    pub bounds: Option<(f64, f64)>,
}

impl Quantile {
    /// The quantile of this share, between 0 and 1, of some values in any order; none of no values.
    pub fn of(values: &[f64], share: f64) -> Option<Self> {
        let mut sorted = values.to_vec();
        sorted.sort_by(f64::total_cmp);
        let last = u32::try_from(sorted.len().checked_sub(1)?).ok()?;
        // Type 7 of Hyndman and Fan, the usual one.
        let place = f64::from(last) * share;
        let below = index(place.floor(), sorted.len());
        let above = index(place.ceil(), sorted.len());
        let value = sorted[below] + (sorted[above] - sorted[below]) * (place - place.floor());
        Some(Self { value, bounds: bounds(&sorted, share) })
    }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a place in a sample")]
fn index(place: f64, count: usize) -> usize {
    (place.max(0.0) as usize).min(count - 1)
}

fn bounds(sorted: &[f64], share: f64) -> Option<(f64, f64)> {
    let count = sorted.len() as u64;
    let binomial = Binomial::new(share, count).ok()?;
    let half = (1.0 - LEVEL) / 2.0;
    // The greatest l, from 1, with P(B < l) at most half of the error; the least u with P(u ≤ B) at most that.
    let low = (1..=count).rev().find(|low| binomial.cdf(low - 1) <= half)?;
    let high = (low + 1..=count).find(|high| 1.0 - binomial.cdf(high - 1) <= half)?;
    let at = |place: u64| sorted[usize::try_from(place - 1).unwrap_or_default()];
    Some((at(low), at(high)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::{Purpose, Stream};

    /// The printed tables of intervals for the median: of 10 values the 2nd and the 9th, of 20 the 6th and the 15th; of
    /// fewer than 6 none.
    #[test]
    fn bounds_are_those_of_the_tables() {
        let of = |count: u32, share| {
            let values: Vec<f64> = (1..=count).map(f64::from).rev().collect();
            Quantile::of(&values, share).unwrap()
        };
        assert_eq!(of(10, 0.5), Quantile { value: 5.5, bounds: Some((2.0, 9.0)) });
        assert_eq!(of(20, 0.5).bounds, Some((6.0, 15.0)));
        assert_eq!(of(6, 0.5).bounds, Some((1.0, 6.0)));
        assert_eq!(of(5, 0.5), Quantile { value: 3.0, bounds: None });
        assert_eq!(Some(of(11, 0.9).value), Some(10.0));
        assert_eq!((of(35, 0.9).bounds, of(36, 0.9).bounds.is_some()), (None, true));
        assert_eq!(Quantile::of(&[], 0.5), None);
    }
    #[test]
    fn intervals_cover_the_true_quantile_as_often_as_they_say() {
        const EXPERIMENTS: u32 = 3_000;
        let mut stream = Stream::open(20_261_130, 1, Purpose::Attributes, 0);
        for (share, truth) in [(0.5, libm::log(2.0)), (0.9, libm::log(10.0))] {
            let covers = |_: &u32| {
                let values: Vec<f64> = (0..60).map(|_| stream.exponential(1.0)).collect();
                let (low, high) = Quantile::of(&values, share).unwrap().bounds.unwrap();
                low <= truth && truth < high
            };
            let covered = (0..EXPERIMENTS).filter(covers).count();
            let covered = f64::from(u32::try_from(covered).unwrap()) / f64::from(EXPERIMENTS);
            let band = 3.0 * (0.95 * 0.05 / f64::from(EXPERIMENTS)).sqrt();
            assert!((LEVEL - band..0.99).contains(&covered), "{share}: {covered}");
        }
    }
}
