//! How numbers are spread: their mean and some quantiles.

/// Mean, extremes and quantiles of some numbers.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Spread {
    /// How many.
    pub count: u64,
    /// Their mean.
    pub mean: f64,
    /// The least.
    pub least: f64,
    /// Half of them are not above it.
    pub median: f64,
    /// 90 % of them are not above it.
    pub p90: f64,
    /// 99 % of them are not above it.
    pub p99: f64,
    /// The most.
    pub most: f64,
}

impl Spread {
    /// Of these numbers; none of none.
    #[expect(clippy::cast_precision_loss, reason = "fewer than 2^53 numbers")]
    pub fn of(mut numbers: Vec<f64>) -> Option<Self> {
        numbers.sort_unstable_by(f64::total_cmp);
        let (least, most) = (*numbers.first()?, *numbers.last()?);
        // The least number that so many of a hundred do not exceed.
        let quantile = |percent: usize| numbers[(numbers.len() * percent).div_ceil(100) - 1];
        Some(Self {
            count: u64::try_from(numbers.len()).expect("a length fits in 64 bits"),
            mean: numbers.iter().sum::<f64>() / numbers.len() as f64,
            least,
            median: quantile(50),
            p90: quantile(90),
            p99: quantile(99),
            most,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quantile_is_the_least_that_so_many_do_not_exceed() {
        let hundred = Spread::of((1..=100).rev().map(f64::from).collect()).unwrap();
        assert_eq!((hundred.least, hundred.median, hundred.most), (1.0, 50.0, 100.0));
        assert_eq!((hundred.p90, hundred.p99, hundred.mean), (90.0, 99.0, 50.5));
        let one = Spread::of(vec![3.0]).unwrap();
        assert_eq!((one.count, one.least, one.p99, one.most), (1, 3.0, 3.0, 3.0));
        assert_eq!(Spread::of(Vec::new()), None);
    }
}
