//! Two ways of one market, held against one another on the same random numbers.
//!
//! Replication `k` of both meets the same customers, failures and requests, so their figures go together, and the
//! difference within a replication varies less than either: `Var(X − Y) = Var X + Var Y − 2 Cov(X, Y)`. What is tested is
//! the mean of those differences, by the paired t test (Law, "Simulation Modeling and Analysis", 5th edition 2015,
//! sections 10.2.1 and 11.2). Where many differences are tested at once, some seem to be there by chance:
//! [`holm`] lifts their p values so that the probability of even one false alarm among all stays below the level
//! (Holm, "A Simple Sequentially Rejective Multiple Test Procedure", Scandinavian Journal of Statistics 6, 1979).

use super::interval::Sample;

/// Values of two variants in the same replications.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Paired {
    /// Of the one.
    pub first: Sample,
    /// Of the other.
    pub second: Sample,
    /// The first less the second, within each replication.
    pub difference: Sample,
}

impl Paired {
    /// Takes in a replication.
    pub fn add(&mut self, first: f64, second: f64) {
        self.first.add(first);
        self.second.add(second);
        self.difference.add(first - second);
    }
    /// The share of the variance of a difference that pairing has saved, against independent runs; below zero
    /// where it has cost some. None where nothing varies.
    pub fn variance_saved(&self) -> Option<f64> {
        let variance = |sample: &Sample| sample.deviation().map(|deviation| deviation * deviation);
        let independent = variance(&self.first)? + variance(&self.second)?;
        (0.0 < independent).then_some(1.0 - variance(&self.difference)? / independent)
    }
    /// Whether both are the same in every replication.
    pub fn is_the_same(&self) -> bool {
        self.difference.mean() == Some(0.0) && self.difference.deviation() == Some(0.0)
    }
}

impl FromIterator<(f64, f64)> for Paired {
    fn from_iter<T: IntoIterator<Item = (f64, f64)>>(pairs: T) -> Self {
        let mut paired = Self::default();
        pairs.into_iter().for_each(|(first, second)| paired.add(first, second));
        paired
    }
}

/// Holm's adjusted p values: of `m` sorted ones the k-th becomes the greatest of `(m − j + 1) p(j)` over `j ≤ k`, at most 1.
pub fn holm(p_values: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..p_values.len()).collect();
    order.sort_by(|a, b| p_values[*a].total_cmp(&p_values[*b]).then(a.cmp(b)));
    let mut adjusted = vec![1.0; p_values.len()];
    let mut greatest = 0.0_f64;
    let mut left = p_values.len();
    for index in order {
        let factor = f64::from(u32::try_from(left).unwrap_or(u32::MAX));
        greatest = greatest.max((factor * p_values[index]).min(1.0));
        adjusted[index] = greatest;
        left -= 1;
    }
    adjusted
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::interval::LEVEL;
    use crate::rng::{Purpose, Stream};

    /// The example of R's `p.adjust(c(0.01, 0.02, 0.03, 0.04, 0.05), "holm")`, in another order.
    #[test]
    fn p_values_are_lifted_as_by_the_reference() {
        let adjusted = holm(&[0.05, 0.01, 0.04, 0.02, 0.03]);
        for (found, expected) in adjusted.iter().zip([0.09, 0.05, 0.09, 0.08, 0.09]) {
            assert!((found - expected).abs() < 1e-12, "{adjusted:?}");
        }
        assert_eq!(holm(&[0.9, 0.8]), [1.0, 1.0]);
        assert!(holm(&[]).is_empty());
    }
    /// Sleep of ten patients under two drugs (Student, "The Probable Error of a Mean", Biometrika 6, 1908): t is
    /// 4.0621 with nine degrees of freedom, p 0.002833 (R, `t.test(extra ~ group, sleep, paired = TRUE)`).
    #[test]
    fn the_paired_test_is_that_of_the_textbook() {
        let first = [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4];
        let second = [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0];
        let paired: Paired = first.into_iter().zip(second).collect();
        let p = paired.difference.p_value().unwrap();
        assert!((p - 0.002_833).abs() < 5e-7, "{p}");
        let (low, high) = paired.difference.bounds(LEVEL).unwrap();
        assert!((low - 0.700_1).abs() < 1e-4 && (high - 2.459_9).abs() < 1e-4, "{low} to {high}");
    }
    #[test]
    fn what_is_the_same_differs_by_exactly_nothing() {
        let paired: Paired = [0.1, 0.7, 0.3].into_iter().map(|value| (value, value)).collect();
        assert_eq!(
            (paired.difference.mean(), paired.difference.half_width()),
            (Some(0.0), Some(0.0))
        );
        assert_eq!(paired.difference.p_value(), Some(1.0));
        assert_eq!(paired.variance_saved(), Some(1.0));
        let constant: Paired = [(2.0, 1.0), (2.0, 1.0)].into_iter().collect();
        assert_eq!(constant.difference.p_value(), Some(0.5), "two on one side of 0");
        assert!(constant.difference.is_constant() && !paired.difference.is_constant());
        let twenty: Paired = std::iter::repeat_n((2.0, 1.0), 20).collect();
        assert_eq!(twenty.difference.p_value(), Some(1.0 / 524_288.0));
        assert_eq!(constant.variance_saved(), None);
    }
    /// 2,000 experiments of twelve replications, whose two variants share most of what varies: the paired interval covers
    /// the true difference as often as it says, and is a third as wide as that of independent runs would be.
    #[test]
    fn paired_intervals_are_narrower_and_cover_as_often() {
        const EXPERIMENTS: u32 = 2_000;
        let mut stream = Stream::open(20_261_129, 1, Purpose::Attributes, 0);
        let (mut covered, mut narrower) = (0_u32, 0_u32);
        let mut saved = Sample::default();
        for _ in 0..EXPERIMENTS {
            let pair = |stream: &mut Stream| {
                let common = 3.0 * stream.normal();
                (10.0 + common + stream.normal(), 9.5 + common + stream.normal())
            };
            let paired: Paired = (0..12).map(|_| pair(&mut stream)).collect();
            let (low, high) = paired.difference.bounds(LEVEL).unwrap();
            covered += u32::from(low <= 0.5 && 0.5 <= high);
            let width = |sample: &Sample| sample.half_width().unwrap();
            let apart = libm::hypot(width(&paired.first), width(&paired.second));
            narrower += u32::from(width(&paired.difference) < apart);
            saved.add(paired.variance_saved().unwrap());
        }
        let share = f64::from(covered) / f64::from(EXPERIMENTS);
        let band = 3.0 * (0.95 * 0.05 / f64::from(EXPERIMENTS)).sqrt();
        assert!((share - LEVEL).abs() <= band, "{share}");
        assert!(EXPERIMENTS - 10 < narrower, "{narrower}");
        assert!(
            (saved.mean().unwrap() - 0.9).abs() < 0.02,
            "nine tenths of the variance is common"
        );
    }
}
