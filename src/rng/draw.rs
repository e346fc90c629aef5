//! Portable draws: distributions made of a stream's bits with `libm` called by name.
//!
//! `rand_distr` changes its bits with the features of unrelated crates, and the platform's `ln` and
//! `exp` differ from one machine to the next; these never do. Only the four operations, the square
//! root and `libm` are used, and pinned values in the tests keep the bits as they are.
//!
//! Wherever it can be, a draw is the distribution's quantile of one uniform number. So it costs one
//! number however the parameters are set, and a study that doubles a mean gets the same customers,
//! each with twice the length. Only the gamma distribution rejects and may take more.

pub mod discrete;
pub mod normal;
pub mod sampler;

use super::Stream;
use std::sync::Arc;

pub use discrete::Discrete;
pub use normal::TruncatedNormal;
pub use sampler::Sampler;

/// A distribution of a real number; the field that holds it says the unit.
///
/// [`Distribution::validate`] says whether the parameters make sense; draws from a distribution that
/// it refuses are without meaning.
#[derive(Clone, Debug, PartialEq)]
pub enum Distribution {
    /// Always the same. Costs no random number.
    Constant(f64),
    /// Equally likely everywhere between two bounds.
    Uniform {
        /// The lower bound.
        low: f64,
        /// The upper bound.
        high: f64,
    },
    /// Exponential: without memory.
    Exponential {
        /// Its mean.
        mean: f64,
    },
    /// The exponential of a normal number.
    LogNormal {
        /// Mean of the logarithm; the median is `exp(mu)`.
        mu: f64,
        /// Standard deviation of the logarithm.
        sigma: f64,
    },
    /// Gamma, with mean `shape × scale`.
    Gamma {
        /// Shape.
        shape: f64,
        /// Scale.
        scale: f64,
    },
    /// Weibull: `scale × (−ln u)^(1/shape)`.
    Weibull {
        /// Shape.
        shape: f64,
        /// Scale.
        scale: f64,
    },
    /// Pareto of the first kind: `scale × u^(−1/shape)`.
    Pareto {
        /// Tail index; the mean is infinite up to 1.
        shape: f64,
        /// The least value.
        scale: f64,
    },
    /// Normal, kept between two bounds.
    TruncatedNormal(TruncatedNormal),
    /// One of some values, each with its probability.
    Discrete(Discrete),
    /// Measured values in ascending order, each equally likely.
    Empirical(Arc<[f64]>),
}

/// What is wrong with a distribution.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("{field} is {found}, expected {expected}")]
pub struct BadDistribution {
    /// The parameter at fault.
    pub field: &'static str,
    /// What it is.
    pub found: String,
    /// What it has to be.
    pub expected: &'static str,
}

fn require(
    holds: bool,
    field: &'static str,
    found: f64,
    expected: &'static str,
) -> Result<(), BadDistribution> {
    if holds { Ok(()) } else { Err(BadDistribution { field, found: found.to_string(), expected }) }
}

fn require_finite(field: &'static str, value: f64) -> Result<(), BadDistribution> {
    require(value.is_finite(), field, value, "a finite number")
}

fn require_positive(field: &'static str, value: f64) -> Result<(), BadDistribution> {
    require(0.0 < value && value.is_finite(), field, value, "a positive number")
}

impl Distribution {
    /// The log-normal distribution with this median and this 95th percentile.
    ///
    /// # Errors
    /// A median that is not positive, or a percentile below it.
    pub fn log_normal_by_median(median: f64, p95: f64) -> Result<Self, BadDistribution> {
        require_positive("median", median)?;
        require(median <= p95 && p95.is_finite(), "p95", p95, "a number not below the median")?;
        let sigma = libm::log(p95 / median) / normal::quantile(0.95);
        Ok(Self::LogNormal { mu: libm::log(median), sigma })
    }
    /// The normal distribution with this mean and standard deviation (of the whole, untruncated
    /// curve), kept between `low` and `high`.
    ///
    /// # Errors
    /// A deviation that is not positive, bounds out of order, or bounds that hold next to nothing of
    /// the curve.
    pub fn truncated_normal(
        mean: f64,
        deviation: f64,
        (low, high): (f64, f64),
    ) -> Result<Self, BadDistribution> {
        TruncatedNormal::new(mean, deviation, (low, high)).map(Self::TruncatedNormal)
    }
    /// One of these values, each with its probability.
    ///
    /// # Errors
    /// No value at all, a value that is not finite, a negative probability, or probabilities that do
    /// not add up to 1 (a deviation of a billionth is forgiven).
    pub fn discrete(values: &[(f64, f64)]) -> Result<Self, BadDistribution> {
        Discrete::new(values).map(Self::Discrete)
    }
    /// These measured values, each equally likely.
    ///
    /// # Errors
    /// No value at all, or one that is not finite.
    pub fn empirical(mut values: Vec<f64>) -> Result<Self, BadDistribution> {
        values.sort_unstable_by(f64::total_cmp);
        let distribution = Self::Empirical(values.into());
        distribution.validate().map(|()| distribution)
    }

    /// Whether the parameters make sense.
    ///
    /// # Errors
    /// The first parameter that does not, with what it is and what it has to be.
    pub fn validate(&self) -> Result<(), BadDistribution> {
        match self {
            Self::Constant(value) => require_finite("value", *value),
            Self::Uniform { low, high } => {
                require_finite("low", *low)?;
                require(low <= high && high.is_finite(), "high", *high, "a number not below low")
            }
            Self::Exponential { mean } => require_positive("mean", *mean),
            Self::LogNormal { mu, sigma } => {
                require_finite("mu", *mu)?;
                let good = 0.0 <= *sigma && sigma.is_finite();
                require(good, "sigma", *sigma, "a number not below 0")
            }
            Self::Gamma { shape, scale }
            | Self::Weibull { shape, scale }
            | Self::Pareto { shape, scale } => {
                require_positive("shape", *shape)?;
                require_positive("scale", *scale)
            }
            // These two can only be made by constructors that check.
            Self::TruncatedNormal(_) | Self::Discrete(_) => Ok(()),
            Self::Empirical(values) => match values.iter().find(|value| !value.is_finite()) {
                Some(value) => require_finite("values", *value),
                None if values.is_empty() => Err(BadDistribution {
                    field: "values",
                    found: "empty".to_owned(),
                    expected: "at least one value",
                }),
                None => Ok(()),
            },
        }
    }

    /// Draws one value.
    #[inline]
    pub fn draw(&self, stream: &mut Stream) -> f64 {
        match self {
            Self::Constant(value) => *value,
            Self::Exponential { mean } => stream.exponential(*mean),
            Self::Uniform { low, high } => low + (high - low) * stream.uniform(),
            Self::LogNormal { mu, sigma } => libm::exp(mu + sigma * stream.normal()),
            Self::Gamma { shape, scale } => scale * gamma(*shape, stream),
            Self::Weibull { shape, scale } => {
                scale * libm::pow(-libm::log(stream.uniform()), 1.0 / shape)
            }
            Self::Pareto { shape, scale } => scale * libm::pow(stream.uniform(), -1.0 / shape),
            Self::TruncatedNormal(normal) => normal.at(stream.uniform()),
            Self::Discrete(discrete) => discrete.at(stream.uniform()),
            Self::Empirical(values) => values[stream.below_index(values.len())],
        }
    }

    /// The mean, in closed form; infinite where the distribution has none.
    pub fn mean(&self) -> f64 {
        match self {
            Self::Constant(value) => *value,
            Self::Uniform { low, high } => low + (high - low) / 2.0,
            Self::Exponential { mean } => *mean,
            Self::LogNormal { mu, sigma } => libm::exp(mu + sigma * sigma / 2.0),
            Self::Gamma { shape, scale } => shape * scale,
            Self::Weibull { shape, scale } => scale * libm::tgamma(1.0 + 1.0 / shape),
            Self::Pareto { shape, .. } if *shape <= 1.0 => f64::INFINITY,
            Self::Pareto { shape, scale } => scale * shape / (shape - 1.0),
            Self::TruncatedNormal(normal) => normal.mean(),
            Self::Discrete(discrete) => discrete.mean(),
            Self::Empirical(values) => {
                #[expect(clippy::cast_precision_loss, reason = "fewer than 2^53 values")]
                let count = values.len() as f64;
                values.iter().sum::<f64>() / count
            }
        }
    }

    /// The least and the greatest value that can be drawn, or what they approach.
    pub fn bounds(&self) -> (f64, f64) {
        match self {
            Self::Constant(value) => (*value, *value),
            Self::Uniform { low, high } => (*low, *high),
            Self::LogNormal { mu, sigma } if *sigma <= 0.0 => (libm::exp(*mu), libm::exp(*mu)),
            Self::Exponential { .. }
            | Self::LogNormal { .. }
            | Self::Gamma { .. }
            | Self::Weibull { .. } => (0.0, f64::INFINITY),
            Self::Pareto { scale, .. } => (*scale, f64::INFINITY),
            Self::TruncatedNormal(normal) => normal.bounds(),
            Self::Discrete(discrete) => discrete.bounds(),
            Self::Empirical(values) => (
                values.first().copied().unwrap_or(f64::NAN),
                values.last().copied().unwrap_or(f64::NAN),
            ),
        }
    }

    /// All values that can be drawn, in ascending order, where they are finitely many.
    pub fn points(&self) -> Option<&[f64]> {
        match self {
            Self::Constant(value) => Some(std::slice::from_ref(value)),
            Self::Discrete(discrete) => Some(discrete.values()),
            Self::Empirical(values) => Some(values),
            Self::Uniform { .. }
            | Self::Exponential { .. }
            | Self::LogNormal { .. }
            | Self::Gamma { .. }
            | Self::Weibull { .. }
            | Self::Pareto { .. }
            | Self::TruncatedNormal(_) => None,
        }
    }
}

/// The standard gamma distribution by Marsaglia and Tsang's rejection (ACM TOMS 26, 2000); shapes
/// below 1 by their own reduction, `gamma(shape) = gamma(shape + 1) × u^(1/shape)`.
fn gamma(shape: f64, stream: &mut Stream) -> f64 {
    if shape < 1.0 {
        let shrink = libm::pow(stream.uniform(), 1.0 / shape);
        return shrink * gamma(shape + 1.0, stream);
    }
    let d = shape - 1.0 / 3.0;
    let c = 1.0 / (9.0 * d).sqrt();
    loop {
        let x = stream.normal();
        let root = 1.0 + c * x;
        let u = stream.uniform();
        if root <= 0.0 {
            continue;
        }
        let v = root * root * root;
        let quickly = u < 1.0 - 0.0331 * (x * x) * (x * x);
        if quickly || libm::log(u) < 0.5 * x * x + d * (1.0 - v + libm::log(v)) {
            return d * v;
        }
    }
}

impl Stream {
    /// A number in (0, 1): an odd multiple of 2⁻⁵³. Never 0 or 1, and as often `u` as `1 − u`.
    #[inline]
    #[expect(clippy::cast_precision_loss, reason = "53 bits fit exactly")]
    pub fn uniform(&mut self) -> f64 {
        ((self.bits() >> 11) | 1) as f64 * (0.5 / (1_u64 << 52) as f64)
    }
    /// A whole number below `n`, each equally likely (Lemire, ACM TOMACS 29, 2019). `n` is positive.
    #[inline]
    pub fn below(&mut self, n: u64) -> u64 {
        debug_assert!(0 < n, "there is something to draw from");
        loop {
            let product = u128::from(self.bits()) * u128::from(n);
            let [low, high] = [product, product >> 64].map(low_word);
            // The low word tells the few surplus draws, 2^64 mod n of them; the remainder is rarely
            // needed to see that this is none.
            if n <= low || n.wrapping_neg() % n <= low {
                return high;
            }
        }
    }
    /// An index below `length`, each equally likely. `length` is positive.
    #[inline]
    pub fn below_index(&mut self, length: usize) -> usize {
        let index = self.below(u64::try_from(length).expect("a length fits in 64 bits"));
        usize::try_from(index).expect("an index below a length is an index")
    }
    /// An exponential number of this mean.
    #[inline]
    pub fn exponential(&mut self, mean: f64) -> f64 {
        -mean * libm::log(self.uniform())
    }
    /// A normal number of mean 0 and deviation 1.
    #[inline]
    pub fn normal(&mut self) -> f64 {
        normal::quantile(self.uniform())
    }
}

#[expect(clippy::cast_possible_truncation, reason = "the low word is meant")]
const fn low_word(wide: u128) -> u64 {
    wide as u64
}
