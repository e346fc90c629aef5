//! Choice among values, each with its probability, by bisection of the cumulative probabilities.

use super::{BadDistribution, require, require_finite};

/// Values in ascending order, each with the probability of all up to it.
#[derive(Clone, Debug, PartialEq)]
pub struct Discrete {
    values: Vec<f64>,
    /// Of each value: the probability of drawing it or a lesser one. The last is 1.
    cumulative: Vec<f64>,
    mean: f64,
}

/// How far the probabilities of a choice may miss 1, as decimals such as 0.1 have no exact float.
const FORGIVEN: f64 = 1e-9;

impl Discrete {
    /// See [`super::Distribution::discrete`]. A value of probability 0 is left out: it is never drawn, and
    /// counts neither among the values nor in their bounds.
    pub(super) fn new(values: &[(f64, f64)]) -> Result<Self, BadDistribution> {
        let mut pairs = values.to_vec();
        pairs.sort_by(|a, b| a.0.total_cmp(&b.0));
        let mut total = 0.0;
        let mut cumulative = Vec::with_capacity(pairs.len());
        for &(value, probability) in &pairs {
            require_finite("value", value)?;
            let good = (0.0..=1.0 + FORGIVEN).contains(&probability);
            require(good, "probability", probability, "a number from 0 to 1")?;
            total += probability;
            cumulative.push(total);
        }
        if pairs.is_empty() {
            return Err(BadDistribution {
                field: "values",
                found: "empty".to_owned(),
                expected: "at least one value with its probability",
            });
        }
        let sums_up = (total - 1.0).abs() <= FORGIVEN;
        require(sums_up, "the sum of the probabilities", total, "1")?;
        let mean =
            pairs.iter().map(|(value, probability)| value * probability).sum::<f64>() / total;
        let can_be = |pair: &((f64, f64), f64)| 0.0 < pair.0.1;
        let drawn = pairs.into_iter().zip(cumulative).filter(can_be);
        let drawn = drawn.map(|((value, _), share)| (value, share / total));
        let (values, cumulative) = drawn.unzip();
        Ok(Self { values, cumulative, mean })
    }
    /// The value at probability `u`, which is above 0 and below 1.
    #[inline]
    pub(super) fn at(&self, u: f64) -> f64 {
        let index = self.cumulative.partition_point(|share| *share <= u);
        self.values[index.min(self.values.len() - 1)]
    }
    /// The mean.
    pub(super) const fn mean(&self) -> f64 {
        self.mean
    }
    /// The values in ascending order.
    pub fn values(&self) -> &[f64] {
        &self.values
    }
    /// The least and the greatest value.
    pub(super) fn bounds(&self) -> (f64, f64) {
        (self.values[0], self.values[self.values.len() - 1])
    }
}
