//! What a few independent values say of their mean: Student's t.
//!
//! Replications are independent and alike, so the mean of one figure over them is asymptotically normal
//! and its deviation unknown: the interval is `mean ± t(n − 1, 0.975) × s / √n` (Law, "Simulation Modeling
//! and Analysis", 5th edition 2015, section 9.4.1). Sums are taken in order of the values, so the digits
//! hang on nothing but them.

use statrs::distribution::{ContinuousCDF, StudentsT};

/// The level of every interval.
pub const LEVEL: f64 = 0.95;

/// A sample of independent values, with what it says of their mean.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Sample {
    count: u32,
    mean: f64,
    /// The sum of squared differences from the mean.
    squares: f64,
}

impl Sample {
    /// Takes in one value (Welford's recurrence: equal values have a deviation of exactly zero).
    pub fn add(&mut self, value: f64) {
        self.count += 1;
        let before = value - self.mean;
        self.mean += before / f64::from(self.count);
        self.squares += before * (value - self.mean);
    }
    /// How many values it has.
    pub const fn count(&self) -> u32 {
        self.count
    }
    /// Their mean; none of no values.
    pub fn mean(&self) -> Option<f64> {
        (0 < self.count).then_some(self.mean)
    }
    /// Their standard deviation (n − 1); none of fewer than two.
    pub fn deviation(&self) -> Option<f64> {
        (1 < self.count).then(|| (self.squares / f64::from(self.count - 1)).sqrt())
    }
    /// Half the width of the interval that covers the true mean with probability [`LEVEL`]; none of fewer
    /// than two values.
    pub fn half_width(&self) -> Option<f64> {
        self.half_width_at(LEVEL)
    }
    /// As [`half_width`](Self::half_width), for another level.
    pub fn half_width_at(&self, level: f64) -> Option<f64> {
        let quantile = quantile_of_t(self.count.checked_sub(1)?.max(1), 0.5 + level / 2.0);
        Some(quantile * self.error()?)
    }
    /// The standard error of the mean.
    fn error(&self) -> Option<f64> {
        Some(self.deviation()? / f64::from(self.count).sqrt())
    }
    /// The bounds of the interval of this level.
    pub fn bounds(&self, level: f64) -> Option<(f64, f64)> {
        let (mean, half_width) = (self.mean()?, self.half_width_at(level)?);
        Some((mean - half_width, mean + half_width))
    }
    /// The probability that a sample of true mean 0 has a mean as far from 0 as this one's (two-sided t test); 1 for
    /// a mean of exactly 0, and none of fewer than two values. Where all values are the same, nothing is known of how they
    /// vary, and t is not defined: then it is the sign test's, the probability that as many values are all on one
    /// side of 0 if either side is as likely, 2^(1 − n).
    pub fn p_value(&self) -> Option<f64> {
        let error = self.error()?;
        if self.mean == 0.0 {
            return Some(1.0);
        }
        if error == 0.0 {
            let exponent = i32::try_from(self.count).unwrap_or(i32::MAX);
            return Some(libm::ldexp(1.0, 1 - exponent));
        }
        let t = students_t(self.count - 1);
        Some(to_six_digits(2.0 * t.cdf(-(self.mean / error).abs())))
    }
    /// Whether so many values can say something of their mean with an error of no more than this on the one side. Where
    /// all are the same, nothing is known of how they vary: that they lie where they do has the probability 2^(−n) then,
    /// if they as well might not.
    pub fn tells(&self, error: f64) -> bool {
        let exponent = i32::try_from(self.count).unwrap_or(i32::MAX);
        self.deviation() != Some(0.0) || libm::ldexp(1.0, -exponent) <= error
    }
    /// Whether all values are the same and not 0, so that what is said of them goes by their sign alone.
    pub fn is_constant(&self) -> bool {
        self.mean != 0.0 && self.deviation() == Some(0.0)
    }
    /// Whether the half-width is no more than this share of the mean, which is not 0; equal values have to be enough to
    /// tell that much.
    pub fn is_within(&self, share: f64) -> bool {
        let most = share * self.mean.abs();
        let is_narrow = |half_width| half_width <= most && 0.0 < most;
        self.half_width().is_some_and(is_narrow) && self.tells((1.0 - LEVEL) / 2.0)
    }
}

impl Extend<f64> for Sample {
    fn extend<T: IntoIterator<Item = f64>>(&mut self, values: T) {
        values.into_iter().for_each(|value| self.add(value));
    }
}

impl FromIterator<f64> for Sample {
    fn from_iter<T: IntoIterator<Item = f64>>(values: T) -> Self {
        let mut sample = Self::default();
        sample.extend(values);
        sample
    }
}

/// The quantile of Student's t with so many degrees of freedom, at least one, to nine decimals: the library goes by
/// the platform's logarithm, whose last bits differ from one to the next, and what a run writes does not.
fn quantile_of_t(freedom: u32, share: f64) -> f64 {
    rounded(students_t(freedom).inverse_cdf(share))
}

fn students_t(freedom: u32) -> StudentsT {
    StudentsT::new(0.0, 1.0, f64::from(freedom)).expect("a freedom of at least one")
}

/// For probabilities, which may be tiny and are no less than they are for that.
fn to_six_digits(number: f64) -> f64 {
    format!("{number:.5e}").parse().expect("a number that was just written")
}

fn rounded(number: f64) -> f64 {
    (number * 1e9).round() / 1e9
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::{Purpose, Stream};

    /// The printed table of the distribution.
    #[test]
    fn quantiles_are_those_of_the_table() {
        let table = [
            (1, 12.706_2),
            (2, 4.302_65),
            (4, 2.776_45),
            (9, 2.262_16),
            (30, 2.042_27),
            (999, 1.962_34),
        ];
        for (freedom, expected) in table {
            let found = quantile_of_t(freedom, 0.975);
            assert!((found - expected).abs() < 5e-5, "{found} for {expected}");
        }
    }
    /// Worked by hand: 2, 4, 9 have mean 5 and deviation √13.
    #[test]
    fn a_small_sample_is_worked_by_hand() {
        let sample: Sample = [2.0, 4.0, 9.0].into_iter().collect();
        assert_eq!((sample.count(), sample.mean()), (3, Some(5.0)));
        let deviation = sample.deviation().unwrap();
        assert!((deviation - 13.0_f64.sqrt()).abs() < 1e-12);
        let half_width = sample.half_width().unwrap();
        assert!((half_width - 4.302_652_73 * (13.0_f64 / 3.0).sqrt()).abs() < 1e-6, "{half_width}");
        assert!(sample.is_within(1.8) && !sample.is_within(1.7));
    }
    #[test]
    fn equal_values_have_no_deviation_and_fewer_than_two_no_interval() {
        let equal: Sample = std::iter::repeat_n(0.1, 7).collect();
        assert_eq!((equal.mean(), equal.half_width()), (Some(0.1), Some(0.0)));
        let one: Sample = std::iter::once(3.0).collect();
        assert_eq!((one.mean(), one.deviation(), one.half_width()), (Some(3.0), None, None));
        assert_eq!(Sample::default().mean(), None);
        assert!(!one.is_within(1e9) && equal.is_within(0.01));
        let zeros: Sample = std::iter::repeat_n(0.0, 7).collect();
        assert!(!zeros.is_within(0.01), "nothing is known of a share of 0");
        let five: Sample = std::iter::repeat_n(0.1, 5).collect();
        assert!(!five.is_within(0.01), "1/32 is more than 2.5 %: so few may be alike by chance");
    }
    /// 4,000 experiments of ten exponential values' means of 50, and of ten normal ones: the share that covers the
    /// true mean is 95 %, within three standard deviations of so many trials for normal values, and not less
    /// than 94 % for those means, which are skewed a little.
    #[test]
    fn intervals_cover_the_true_mean_as_often_as_they_say() {
        const EXPERIMENTS: u32 = 4_000;
        let mut stream = Stream::open(20_261_129, 0, Purpose::Attributes, 0);
        let mut covered = |draw: &mut dyn FnMut(&mut Stream) -> f64, truth: f64| {
            let covers = |_: &u32| {
                let sample: Sample = (0..10).map(|_| draw(&mut stream)).collect();
                (sample.mean - truth).abs() <= sample.half_width().unwrap()
            };
            let count = (0..EXPERIMENTS).filter(covers).count();
            f64::from(u32::try_from(count).unwrap()) / f64::from(EXPERIMENTS)
        };
        let band = 3.0 * (0.95 * 0.05 / f64::from(EXPERIMENTS)).sqrt();
        let normal = covered(&mut |stream| 7.0 + 3.0 * stream.normal(), 7.0);
        assert!((normal - LEVEL).abs() <= band, "{normal}");
        let mean_of =
            |stream: &mut Stream| (0..50).map(|_| stream.exponential(2.0)).sum::<f64>() / 50.0;
        let skewed = covered(&mut { mean_of }, 2.0);
        assert!((0.94..=LEVEL + band).contains(&skewed), "{skewed}");
    }
}
