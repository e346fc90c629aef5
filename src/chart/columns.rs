//! Quantities over time, kept in columns of time as wide as a pixel: as much memory for a month as for a day.

pub(super) mod trail;

use crate::units::{SimTime, Span};

/// So many columns, about as many as a plot is wide in pixels.
pub(super) const COLUMNS: u32 = 720;

/// The columns of a run's time.
#[derive(Clone, Copy, Debug)]
pub(super) struct Columns {
    horizon: u64,
    count: u32,
}

impl Columns {
    /// Those of a run of this length.
    pub(super) fn of(horizon: SimTime) -> Self {
        Self::few(horizon, COLUMNS)
    }
    /// Fewer of them.
    pub(super) fn few(horizon: SimTime, count: u32) -> Self {
        let horizon = horizon.micros().max(1);
        Self { horizon, count: u32::try_from(horizon).map_or(count, |all| all.min(count)) }
    }
    /// Where a column begins, or, of one more than the last, where the last ends: in microseconds.
    pub(super) fn start(self, column: u32) -> u64 {
        let start = u128::from(self.horizon) * u128::from(column) / u128::from(self.count);
        u64::try_from(start).expect("no later than the horizon")
    }
    /// The column in which an instant lies; of the horizon, the last.
    pub(super) fn at(self, at: SimTime) -> u32 {
        let micros = at.micros().min(self.horizon - 1);
        let column = (u128::from(micros) * u128::from(self.count)) / u128::from(self.horizon);
        let column = u32::try_from(column).expect("one of the columns");
        if micros < self.start(column + 1) { column } else { column + 1 }
    }
    /// Where a column begins, in seconds.
    pub(super) fn seconds(self, column: u32) -> f64 {
        Span::from_micros(self.start(column)).as_seconds_f64()
    }
}

/// Several whole numbers that move in steps, and for each column of time their exact integrals over it.
#[derive(Clone, Debug)]
pub(super) struct Means<const N: usize> {
    columns: Columns,
    /// Number × microseconds.
    sums: Vec<[u64; N]>,
    now: [u32; N],
    since: u64,
}

impl<const N: usize> Means<N> {
    pub(super) fn new(columns: Columns) -> Self {
        let sums = vec![[0; N]; columns.count as usize];
        Self { columns, sums, now: [0; N], since: 0 }
    }
    /// The numbers as they are, to be changed at this instant.
    pub(super) fn at(&mut self, at: SimTime) -> &mut [u32; N] {
        self.pass(at);
        &mut self.now
    }
    /// The numbers as they are.
    pub(super) const fn now(&self) -> &[u32; N] {
        &self.now
    }
    /// Time passes until this instant.
    pub(super) fn pass(&mut self, at: SimTime) {
        let until = at.micros().min(self.columns.horizon);
        if until <= self.since {
            return;
        }
        let mut column = self.columns.at(SimTime::from_micros(self.since));
        while self.since < until {
            let end = self.columns.start(column + 1).min(until);
            let past = end - self.since;
            for (sum, now) in self.sums[column as usize].iter_mut().zip(self.now) {
                *sum += u64::from(now) * past;
            }
            self.since = end;
            column += 1;
        }
    }
    /// The mean of each number in each column, from the start up to the horizon.
    pub(super) fn means(&self) -> Vec<(f64, [f64; N])> {
        let mean = |column: u32| {
            let long = self.columns.start(column + 1) - self.columns.start(column);
            let of = |sum: u64| number(sum) / number(long.max(1));
            (self.columns.seconds(column), self.sums[column as usize].map(of))
        };
        let mut means: Vec<_> = (0..self.columns.count).map(mean).collect();
        if let Some(&(_, last)) = means.last() {
            // So that the last column has its width.
            means.push((self.columns.seconds(self.columns.count), last));
        }
        means
    }
    /// The integrals over the whole run, in number × microseconds.
    pub(super) fn totals(&self) -> [u128; N] {
        let mut totals = [0; N];
        for sums in &self.sums {
            for (total, sum) in totals.iter_mut().zip(sums) {
                *total += u128::from(*sum);
            }
        }
        totals
    }
}

/// As a chart reckons with it.
#[expect(clippy::cast_precision_loss, reason = "a place in a picture needs no more than 53 bits")]
pub(super) const fn number(count: u64) -> f64 {
    count as f64
}

/// An instant on the axis of time.
pub(super) fn seconds(at: SimTime) -> f64 {
    at.saturating_since(SimTime::ZERO).as_seconds_f64()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(micros: u64) -> SimTime {
        SimTime::from_micros(micros)
    }

    #[test]
    fn columns_hold_each_instant_once() {
        for horizon in [1, 7, 719, 721, 1_000, 999_983] {
            let columns = Columns::of(at(horizon));
            for micros in (0..horizon).step_by(usize::try_from(horizon / 500 + 1).unwrap()) {
                let column = columns.at(at(micros));
                assert!(columns.start(column) <= micros && micros < columns.start(column + 1));
            }
            assert_eq!(columns.start(columns.count), horizon);
        }
    }

    #[test]
    fn means_add_up_to_the_integral() {
        let mut means = Means::<2>::new(Columns::of(at(1_000)));
        *means.at(at(100)) = [3, 0];
        *means.at(at(901)) = [1, 5];
        means.pass(at(1_000));
        assert_eq!(means.totals(), [3 * 801 + 99, 5 * 99]);
        let means = means.means();
        assert_eq!(means.len(), 721);
        let width: f64 = 1_000e-6 / 720.0;
        let integral: f64 = means[..720].iter().map(|(_, [one, _])| one * width).sum();
        assert!((integral * 1e6 - 2_502.0).abs() < 30.0, "{integral}");
    }
}
