//! How an arrival rate moves over the day or the week, as a function continuous in time.
//!
//! A profile multiplies the mean rate. It is asked at exact instants, never per step, so arrivals
//! thinned by it have exactly this intensity (Lewis and Shedler, 1979).

use crate::rng::draw::BadDistribution;
use crate::scenario::demand::RateProfile;
use crate::units::{SimTime, Span};

/// Monday, 1970-01-05 00:00 UTC, in seconds since 1970: where weeks begin.
const FIRST_MONDAY: i64 = 4 * 86_400;

/// How far `at` is into its `period`, from 0 to below 1; periods begin at `origin_unix_s`.
fn phase(at: SimTime, start_unix_s: i64, origin_unix_s: i64, period: Span) -> f64 {
    let micros = i128::from(at.micros()) + i128::from(start_unix_s - origin_unix_s) * 1_000_000;
    let into = micros.rem_euclid(i128::from(period.micros()));
    #[expect(clippy::cast_precision_loss, reason = "the microseconds of a week fit in 53 bits")]
    let share = into as f64 / period.micros() as f64;
    share
}

/// The multiplier `phase` into a period of equally spaced points, joined by straight lines; the last
/// is joined to the first.
#[expect(clippy::cast_precision_loss, reason = "a profile has few points")]
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 <= place < count")]
fn between_points(points: &[f64], phase: f64) -> f64 {
    let place = phase * points.len() as f64;
    let index = (libm::floor(place) as usize).min(points.len() - 1);
    let (left, right) = (points[index], points[(index + 1) % points.len()]);
    left + (right - left) * (place - index as f64)
}

impl RateProfile {
    /// The multiplier at `at`, where time 0 is `start_unix_s` seconds after 1970 (UTC).
    pub fn at(&self, at: SimTime, start_unix_s: i64) -> f64 {
        match self {
            Self::Daily { amplitude, peak_hour } => {
                let turns = phase(at, start_unix_s, 0, Span::DAY) - peak_hour / 24.0;
                1.0 + amplitude * libm::cos(2.0 * std::f64::consts::PI * turns)
            }
            Self::Day(points) => between_points(points, phase(at, start_unix_s, 0, Span::DAY)),
            Self::Week(points) => {
                between_points(points, phase(at, start_unix_s, FIRST_MONDAY, Span::DAY * 7))
            }
        }
    }
    /// The greatest multiplier: straight lines and the cosine have theirs at a point.
    pub fn peak(&self) -> f64 {
        match self {
            Self::Daily { amplitude, .. } => 1.0 + amplitude,
            Self::Day(points) | Self::Week(points) => points.iter().copied().fold(0.0, f64::max),
        }
    }
    /// The mean multiplier over a whole period.
    pub fn mean(&self) -> f64 {
        match self {
            Self::Daily { .. } => 1.0,
            #[expect(clippy::cast_precision_loss, reason = "a profile has few points")]
            Self::Day(points) | Self::Week(points) => {
                points.iter().sum::<f64>() / points.len() as f64
            }
        }
    }
    /// Whether the rate is never negative and not always 0.
    ///
    /// # Errors
    /// The parameter that makes it so.
    pub fn validate(&self) -> Result<(), BadDistribution> {
        match self {
            Self::Daily { amplitude, peak_hour } => {
                let found = amplitude.to_string();
                if !(0.0..=1.0).contains(amplitude) {
                    let (field, expected) = ("amplitude", "a number from 0 to 1");
                    return Err(BadDistribution { field, found, expected });
                }
                if !(0.0..24.0).contains(peak_hour) {
                    let (field, expected) = ("peak_hour", "an hour of the day, 0 to below 24");
                    return Err(BadDistribution { field, found: peak_hour.to_string(), expected });
                }
                Ok(())
            }
            Self::Day(points) | Self::Week(points) => {
                let good = |point: &f64| 0.0 <= *point && point.is_finite();
                let bad = points.iter().find(|point| !good(point));
                if bad.is_none() && 0.0 < self.peak() {
                    return Ok(());
                }
                let found = match bad {
                    Some(point) => point.to_string(),
                    None if points.is_empty() => "empty".to_owned(),
                    None => "0 throughout".to_owned(),
                };
                let expected = "numbers not below 0, at least one of them above";
                Err(BadDistribution { field: "profile", found, expected })
            }
        }
    }
}

#[cfg(test)]
#[expect(clippy::float_cmp, reason = "the values are exact in binary")]
mod tests {
    use super::*;

    const HOUR: fn(u64) -> SimTime = |hours| SimTime::from_seconds(3_600 * hours);

    #[test]
    fn points_are_joined_by_straight_lines_round_the_clock() {
        let day = RateProfile::Day(vec![1.0, 3.0, 2.0]);
        let at = |hours| day.at(HOUR(hours), 0);
        let found = [0, 4, 8, 12, 16, 20, 24].map(at);
        assert_eq!(found, [1.0, 2.0, 3.0, 2.5, 2.0, 1.5, 1.0]);
        assert_eq!((day.mean(), day.peak()), (2.0, 3.0));
    }

    #[test]
    fn the_start_date_sets_the_hour_and_the_weekday() {
        // 2024-02-29 was a Thursday; 18:00 UTC.
        let start = 1_709_229_600;
        let peak = RateProfile::Daily { amplitude: 0.5, peak_hour: 20.0 };
        assert_eq!(peak.at(HOUR(2), start), 1.5);
        assert_eq!(peak.at(HOUR(14), start), 0.5);
        let week = RateProfile::Week(vec![0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0]);
        assert_eq!(week.at(HOUR(6), start), 4.0, "Friday 00:00");
        assert_eq!(week.at(HOUR(78), start), 0.0, "Monday 00:00");
        assert_eq!(week.at(HOUR(66), start), 3.0, "Sunday noon, half-way down to Monday");
    }

    #[test]
    fn an_impossible_profile_is_refused() {
        for bad in [
            RateProfile::Daily { amplitude: 1.5, peak_hour: 1.0 },
            RateProfile::Daily { amplitude: 0.5, peak_hour: 24.0 },
            RateProfile::Day(vec![]),
            RateProfile::Day(vec![0.0, 0.0]),
            RateProfile::Week(vec![1.0, -1.0]),
            RateProfile::Week(vec![1.0, f64::NAN]),
        ] {
            assert!(bad.validate().is_err(), "{bad:?}");
        }
        assert!(RateProfile::Day(vec![0.0, 1.0]).validate().is_ok());
    }
}
