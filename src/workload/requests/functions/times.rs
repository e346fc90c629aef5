//! How long a function runs, told by percentiles: a quantile function that joins them by straight lines.

use crate::units::Span;
use crate::workload::import::TraceError;
use crate::workload::import::cell;
use crate::workload::import::error::Cell;
use crate::workload::import::table::Table;
use csv::StringRecord;

/// The percentiles that are told, as shares, and their columns.
const TOLD: [(f64, &str); 7] = [
    (0.0, "percentile_Average_0"),
    (0.01, "percentile_Average_1"),
    (0.25, "percentile_Average_25"),
    (0.5, "percentile_Average_50"),
    (0.75, "percentile_Average_75"),
    (0.99, "percentile_Average_99"),
    (1.0, "percentile_Average_100"),
];

/// The run times of a function, in milliseconds at the percentiles that are told.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RunTimes([f64; TOLD.len()]);

impl RunTimes {
    /// The run time at `share`, 0 to 1.
    pub fn at(&self, share: f64) -> Span {
        let above = TOLD.iter().position(|(told, _)| share < *told).unwrap_or(TOLD.len() - 1);
        let (left, right) = (TOLD[above - 1].0, TOLD[above].0);
        let (low, high) = (self.0[above - 1], self.0[above]);
        let milliseconds = low + (high - low) * ((share - left) / (right - left));
        Span::from_seconds_f64(milliseconds / 1_000.0)
    }
    /// Their mean in seconds.
    pub fn mean(&self) -> f64 {
        let pieces = TOLD.windows(2).zip(self.0.windows(2));
        let sum: f64 = pieces
            .map(|(told, values)| (told[1].0 - told[0].0) * (values[0] + values[1]) / 2.0)
            .sum();
        sum / 1_000.0
    }
    /// The share of run times that are not longer than `seconds`.
    pub fn share_up_to(&self, seconds: f64) -> f64 {
        let value = seconds * 1_000.0;
        let Some(above) = self.0.iter().position(|told| value < *told) else { return 1.0 };
        let Some(below) = above.checked_sub(1) else { return 0.0 };
        let (low, high) = (self.0[below], self.0[above]);
        let (left, right) = (TOLD[below].0, TOLD[above].0);
        left + (right - left) * ((value - low) / (high - low))
    }
    /// The longest in seconds.
    pub const fn longest(&self) -> f64 {
        self.0[TOLD.len() - 1] / 1_000.0
    }
}

/// Where the columns stand.
pub(super) struct Columns([usize; TOLD.len()]);

impl Columns {
    pub(super) fn find(table: &Table) -> Result<Self, TraceError> {
        let mut places = [0; TOLD.len()];
        for (place, (_, column)) in places.iter_mut().zip(TOLD) {
            *place = table.column(column)?;
        }
        Ok(Self(places))
    }
    pub(super) fn row(&self, record: &StringRecord) -> Result<RunTimes, Cell> {
        let mut times = [0.0; TOLD.len()];
        let mut least = 0.0;
        for ((time, place), (_, column)) in times.iter_mut().zip(self.0).zip(TOLD) {
            let text = record.get(place).unwrap_or_default();
            *time = cell::number(column, text)?;
            if *time < least {
                return cell::bad(column, text, "no less than the percentile below");
            }
            least = *time;
        }
        Ok(RunTimes(times))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TIMES: RunTimes = RunTimes([0.0, 10.0, 20.0, 30.0, 50.0, 100.0, 200.0]);

    #[test]
    fn percentiles_are_joined_by_straight_lines() {
        for (share, micros) in [
            (0.0, 0),
            (0.01, 10_000),
            (0.13, 15_000),
            (0.25, 20_000),
            (0.375, 25_000),
            (0.75, 50_000),
            (0.995, 150_000),
            (1.0, 200_000),
        ] {
            assert_eq!(TIMES.at(share), Span::from_micros(micros), "{share}");
            let back = TIMES.share_up_to(Span::from_micros(micros).as_seconds_f64());
            assert!((back - share).abs() < 1e-9, "{share}");
        }
        // 0.01 × 5 + 0.24 × 15 + 0.25 × 25 + 0.25 × 40 + 0.24 × 75 + 0.01 × 150.
        assert!((TIMES.mean() - 0.0394).abs() < 1e-12);
    }

    #[test]
    fn a_run_time_that_never_varies_is_always_the_same() {
        let alike = RunTimes([100.0; 7]);
        assert_eq!([0.0, 0.3, 0.999].map(|share| alike.at(share)), [Span::from_micros(100_000); 3]);
        assert!(alike.share_up_to(0.099) <= 0.0 && 1.0 <= alike.share_up_to(0.1));
    }
}
