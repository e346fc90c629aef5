//! The normal distribution: its quantile, and the curve kept between two bounds.
//!
//! The quantile is Wichura's AS 241 (Applied Statistics 37, 1988), accurate to about one part in
//! 10¹⁶. It takes one uniform number, never rejects, and needs a logarithm only in the tails (15 % of
//! the draws), so it is both cheaper and better to pair than Box and Muller's method.

use super::{BadDistribution, require, require_finite, require_positive};

/// Two polynomials, lowest power first, of which the quotient is taken.
type Rational = ([f64; 8], [f64; 8]);

#[expect(clippy::excessive_precision, reason = "the constants stand as they were published")]
const CENTRE: Rational = (
    [
        3.387_132_872_796_366_608_0,
        1.331_416_678_917_843_774_5e2,
        1.971_590_950_306_551_442_7e3,
        1.373_169_376_550_946_112_5e4,
        4.592_195_393_154_987_145_7e4,
        6.726_577_092_700_870_085_3e4,
        3.343_057_558_358_812_810_5e4,
        2.509_080_928_730_122_672_7e3,
    ],
    [
        1.0,
        4.231_333_070_160_091_125_2e1,
        6.871_870_074_920_579_083_0e2,
        5.394_196_021_424_751_107_7e3,
        2.121_379_430_158_659_586_7e4,
        3.930_789_580_009_271_061_0e4,
        2.872_908_573_572_194_267_4e4,
        5.226_495_278_852_854_561_0e3,
    ],
);
#[expect(clippy::excessive_precision, reason = "the constants stand as they were published")]
const TAIL: Rational = (
    [
        1.423_437_110_749_683_577_34,
        4.630_337_846_156_545_295_90,
        5.769_497_221_460_691_405_50,
        3.647_848_324_763_204_605_04,
        1.270_458_252_452_368_382_58,
        2.417_807_251_774_506_117_70e-1,
        2.272_384_498_926_918_458_33e-2,
        7.745_450_142_783_414_076_40e-4,
    ],
    [
        1.0,
        2.053_191_626_637_758_821_87,
        1.676_384_830_183_803_849_40,
        6.897_673_349_851_000_045_50e-1,
        1.481_039_764_274_800_745_90e-1,
        1.519_866_656_361_645_719_66e-2,
        5.475_938_084_995_344_946_00e-4,
        1.050_750_071_644_416_843_24e-9,
    ],
);
#[expect(clippy::excessive_precision, reason = "the constants stand as they were published")]
const FAR_TAIL: Rational = (
    [
        6.657_904_643_501_103_777_20,
        5.463_784_911_164_114_369_90,
        1.784_826_539_917_291_335_80,
        2.965_605_718_285_048_912_30e-1,
        2.653_218_952_657_612_309_30e-2,
        1.242_660_947_388_078_438_60e-3,
        2.711_555_568_743_487_578_15e-5,
        2.010_334_399_292_288_132_65e-7,
    ],
    [
        1.0,
        5.998_322_065_558_879_376_90e-1,
        1.369_298_809_227_358_053_10e-1,
        1.487_536_129_085_061_485_25e-2,
        7.868_691_311_456_132_591_00e-4,
        1.846_318_317_510_054_681_80e-5,
        1.421_511_758_316_445_888_70e-7,
        2.044_263_103_389_939_785_64e-15,
    ],
);

#[inline]
fn quotient((numerator, denominator): &Rational, x: f64) -> f64 {
    let at = |powers: &[f64; 8]| powers.iter().rev().fold(0.0, |sum, power| sum * x + power);
    at(numerator) / at(denominator)
}

/// The standard normal number below which a share `p` lies; `p` is above 0 and below 1.
#[inline]
pub fn quantile(p: f64) -> f64 {
    let off_centre = p - 0.5;
    if off_centre.abs() <= 0.425 {
        return off_centre * quotient(&CENTRE, 0.180_625 - off_centre * off_centre);
    }
    let nearer_tail = if off_centre < 0.0 { p } else { 1.0 - p };
    let r = (-libm::log(nearer_tail)).sqrt();
    let size = if r <= 5.0 { quotient(&TAIL, r - 1.6) } else { quotient(&FAR_TAIL, r - 5.0) };
    if off_centre < 0.0 { -size } else { size }
}

/// The share of the standard normal distribution below `x`, accurate in the lower tail.
pub fn below(x: f64) -> f64 {
    libm::erfc(-x * std::f64::consts::FRAC_1_SQRT_2) / 2.0
}

/// The standard normal density at `x`.
fn density(x: f64) -> f64 {
    libm::exp(-x * x / 2.0) / (2.0 * std::f64::consts::PI).sqrt()
}

/// The least share of the curve that the bounds may hold: below it the quantile loses its digits.
const LEAST_SHARE: f64 = 1e-9;

/// The greatest number below 1: a sum that rounds up to 1 has no quantile.
const LARGEST_SHARE: f64 = 1.0 - f64::EPSILON / 2.0;

/// A normal distribution kept between two bounds, drawn by its quantile.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TruncatedNormal {
    mean: f64,
    deviation: f64,
    low: f64,
    high: f64,
    /// 1, or −1 where the curve is mirrored, so that the bounds lie in its accurate lower tail.
    side: f64,
    /// The share of the (mirrored) curve below the bounds.
    below: f64,
    /// The share between them.
    between: f64,
}

impl TruncatedNormal {
    /// See [`super::Distribution::truncated_normal`].
    pub(super) fn new(
        mean: f64,
        deviation: f64,
        (low, high): (f64, f64),
    ) -> Result<Self, BadDistribution> {
        require_finite("mean", mean)?;
        require_positive("deviation", deviation)?;
        require(!low.is_nan() && low < f64::INFINITY, "low", low, "a number")?;
        require(low < high, "high", high, "a number above low")?;
        let (a, b) = ((low - mean) / deviation, (high - mean) / deviation);
        let (side, a, b) = if 0.0 < a + b { (-1.0, -b, -a) } else { (1.0, a, b) };
        let (share_below, between) = (below(a), below(b) - below(a));
        let expected = "bounds that hold at least a billionth of the curve";
        require(
            LEAST_SHARE <= between,
            "the share of the curve between low and high",
            between,
            expected,
        )?;
        Ok(Self { mean, deviation, low, high, side, below: share_below, between })
    }
    /// The value at probability `u`, which is above 0 and below 1.
    #[inline]
    pub(super) fn at(&self, u: f64) -> f64 {
        let u = if self.side < 0.0 { 1.0 - u } else { u };
        let share = (self.below + self.between * u).min(LARGEST_SHARE);
        let standard = self.side * quantile(share);
        (self.mean + self.deviation * standard).clamp(self.low, self.high)
    }
    /// The mean: `μ + σ (φ(a) − φ(b)) / (Φ(b) − Φ(a))`, with a and b the standardised bounds.
    pub(super) fn mean(&self) -> f64 {
        let at = |bound: f64| {
            if bound.is_finite() { density((bound - self.mean) / self.deviation) } else { 0.0 }
        };
        self.mean + self.deviation * (at(self.low) - at(self.high)) / self.between
    }
    /// The bounds.
    pub(super) const fn bounds(&self) -> (f64, f64) {
        (self.low, self.high)
    }
}
