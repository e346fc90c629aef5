//! Quantities over time, kept in columns of time as wide as a pixel: as much memory for a month as for a day.

use super::plot::Point;
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

/// A value that moves in steps, and at times there is none of: each step while there are few, and of each column
/// the first, the least, the greatest and the last once there are many.
#[derive(Clone, Debug)]
pub(super) struct Trail {
    columns: Columns,
    steps: Vec<(SimTime, Option<f64>)>,
}

/// So many steps for each column are kept before only the most telling are.
const MANY: usize = 8;

impl Trail {
    pub(super) const fn new(columns: Columns) -> Self {
        Self { columns, steps: Vec::new() }
    }
    /// The value is this from now on, or there is none.
    pub(super) fn set(&mut self, at: SimTime, value: Option<f64>) {
        match self.steps.last_mut() {
            Some(last) if last.1 == value => {}
            Some(last) if last.0 == at => last.1 = value,
            _ => self.mark(at, value),
        }
    }
    /// The value is this now, whatever it was and will be: of what moves in straight lines.
    pub(super) fn mark(&mut self, at: SimTime, value: Option<f64>) {
        self.steps.push((at, value));
        if MANY * self.columns.count as usize <= self.steps.len() {
            self.thin_out();
        }
    }
    fn thin_out(&mut self) {
        let mut kept = Vec::with_capacity(self.steps.len() / 2);
        let columns = self.columns;
        for steps in self.steps.chunk_by(|one, other| columns.at(one.0) == columns.at(other.0)) {
            let places = || (0..steps.len()).filter(|place| steps[*place].1.is_some());
            let by = |one: &usize, other: &usize| {
                let value = |place: usize| steps[place].1.unwrap_or_default();
                value(*one).total_cmp(&value(*other))
            };
            let extremes = [places().min_by(by), places().max_by(by)];
            let ends = [Some(0), Some(steps.len() - 1)];
            let mut of_column: Vec<usize> = extremes.into_iter().chain(ends).flatten().collect();
            of_column.sort_unstable();
            of_column.dedup();
            kept.extend(of_column.into_iter().map(|place| steps[place]));
        }
        self.steps = kept;
    }
    /// How often it moved, as far as that is remembered.
    pub(super) fn moves(&self) -> usize {
        self.steps.len()
    }
    /// The least and the greatest value.
    pub(super) fn extremes(&self) -> Option<(f64, f64)> {
        let values = || self.steps.iter().filter_map(|(_, value)| *value);
        Some((values().min_by(f64::total_cmp)?, values().max_by(f64::total_cmp)?))
    }
    /// The stretches of time in which there is a value, each as points up to its end, in seconds.
    pub(super) fn stretches(&self, until: SimTime) -> Vec<Vec<Point>> {
        let mut thin = self.clone();
        thin.thin_out();
        let (mut stretches, mut open): (Vec<Vec<Point>>, Vec<Point>) = (Vec::new(), Vec::new());
        let end = (until, None);
        for (at, value) in thin.steps.into_iter().chain([end]) {
            match value {
                Some(value) => open.push((seconds(at), value)),
                None if open.is_empty() => {}
                None => {
                    let (_, last) = open[open.len() - 1];
                    open.push((seconds(at), last));
                    stretches.push(std::mem::take(&mut open));
                }
            }
        }
        stretches
    }
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

    /// However many steps there are, the extremes and the last value stay.
    #[test]
    fn a_long_trail_keeps_its_extremes() {
        let mut trail = Trail::new(Columns::of(at(1_000_000)));
        for micros in 0..100_000_u32 {
            let value = f64::from(micros.wrapping_mul(2_654_435_761) % 1_000);
            trail.set(at(u64::from(micros) * 10), Some(value));
        }
        trail.set(at(777_777), Some(5_000.0));
        assert!(trail.moves() < MANY * 720);
        assert_eq!(trail.extremes(), Some((0.0, 5_000.0)));
        let stretches = trail.stretches(at(1_000_000));
        assert_eq!(stretches.len(), 1);
        assert_eq!(stretches[0].last(), Some(&(1.0, 5_000.0)));
        trail.set(at(900_000), None);
        assert_eq!(trail.stretches(at(1_000_000))[0].last(), Some(&(0.9, 5_000.0)));
    }
}
