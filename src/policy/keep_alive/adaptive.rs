//! `adaptive`: so many times the mean time between jobs, as an exponential average over the last ones (weight 1/8 for
//! the newest). Before two jobs have come, the endpoint's idle timeout. Both within bounds.

#![expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    reason = "times are far below 2^53 microseconds"
)]

use super::KeepAlive;
use crate::scenario::model::serverless;
use crate::units::{SimTime, Span};

const WEIGHT: f64 = 0.125;

/// The policy.
pub(super) struct Adaptive {
    terms: serverless::Adaptive,
    last: Option<SimTime>,
    /// The mean gap, in microseconds.
    mean: Option<f64>,
}

impl Adaptive {
    pub(super) fn new(terms: serverless::Adaptive) -> Self {
        Self { terms, last: None, mean: None }
    }
}

impl KeepAlive for Adaptive {
    fn timeout(&mut self, _now: SimTime, stated: Span) -> Span {
        let kept = |mean: f64| Span::from_micros((mean * self.terms.factor) as u64);
        self.mean.map_or(stated, kept).max(self.terms.least).min(self.terms.most)
    }
    fn note_arrival(&mut self, now: SimTime) {
        if let Some(last) = self.last.replace(now) {
            let gap = (now - last).micros() as f64;
            self.mean = Some(self.mean.map_or(gap, |mean| mean + WEIGHT * (gap - mean)));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const STATED: Span = Span::from_seconds(5);

    /// What is kept after jobs at these seconds: three times the mean gap, from 2 s to 60 s.
    fn kept(jobs: &[u64], stated: Span) -> Span {
        let (least, most) = (Span::from_seconds(2), Span::from_seconds(60));
        let mut policy = Adaptive::new(serverless::Adaptive { factor: 3.0, least, most });
        for job in jobs {
            policy.note_arrival(SimTime::from_seconds(*job));
        }
        policy.timeout(SimTime::from_seconds(10_000), stated)
    }

    #[test]
    fn sls_23_before_two_jobs_the_stated_timeout_holds_within_the_bounds() {
        for jobs in [&[][..], &[100]] {
            assert_eq!(kept(jobs, STATED), STATED);
            assert_eq!(kept(jobs, Span::from_seconds(1)), Span::from_seconds(2));
            assert_eq!(kept(jobs, Span::HOUR), Span::MINUTE);
        }
    }

    #[test]
    fn sls_23_so_many_times_the_mean_gap_within_the_bounds() {
        assert_eq!(kept(&[100, 107], STATED), Span::from_seconds(21));
        assert_eq!(kept(&[100, 120], STATED), Span::MINUTE, "the most itself");
        assert_eq!(kept(&[100, 121], STATED), Span::MINUTE, "63 s is more than the most");
        assert_eq!(kept(&[100, 100], STATED), Span::from_seconds(2), "0 s is less than the least");
    }

    /// 8 s, then 16 s: the mean is 8 + (16 − 8) / 8 = 9. Then 1 s: 9 + (1 − 9) / 8 = 8.
    #[test]
    fn sls_23_the_newest_gap_weighs_an_eighth() {
        assert_eq!(kept(&[0, 8, 24], STATED), Span::from_seconds(27));
        assert_eq!(kept(&[0, 8, 24, 25], STATED), Span::from_seconds(24));
    }

    /// The mean knows no bound: 80 s twice over the most, then gaps of 0 s bring it down by an eighth each.
    #[test]
    fn sls_23_the_bounds_cut_what_is_kept_not_the_mean() {
        assert_eq!(kept(&[0, 80, 80, 80, 80], STATED), Span::MINUTE, "3 × 80 × (7/8)³ = 160.78");
        let many = [0, 80, 80, 80, 80, 80, 80, 80, 80, 80, 80, 80, 80];
        // 80 × (7/8)^11 = 18.4152… s; three times that is 55.2458… s.
        let micros = kept(&many, STATED).micros();
        assert_eq!(micros / 1_000, 55_245);
    }
}
