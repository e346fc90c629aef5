//! A value that moves in steps, over the time of a run, in as much memory for many steps as for few.

use super::{Columns, number, seconds};
use crate::chart::plot::Point;
use crate::units::SimTime;

/// A value that moves in steps, and at times there is none of: each step while there are few, and of each column
/// the first, the least, the greatest and the last once there are many.
#[derive(Clone, Debug)]
pub(in crate::chart) struct Trail {
    columns: Columns,
    steps: Vec<(SimTime, Option<f64>)>,
    /// How often it was set to another value.
    changes: u64,
    held: Vec<Held>,
    now: Option<f64>,
    since: u64,
}

/// What a value was like over one column.
#[derive(Clone, Copy, Debug, Default)]
struct Held {
    /// Value × microseconds.
    sum: f64,
    /// For how many of them there was one.
    micros: u64,
    range: Option<(f64, f64)>,
}

/// What a value was like over a column in which there was one.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(in crate::chart) struct Band {
    /// Where the column begins, in seconds.
    pub(in crate::chart) at: f64,
    pub(in crate::chart) mean: f64,
    pub(in crate::chart) least: f64,
    pub(in crate::chart) most: f64,
}

/// So many steps for each column are kept before only the most telling are.
const MANY: usize = 8;

impl Trail {
    pub(in crate::chart) fn new(columns: Columns) -> Self {
        let held = vec![Held::default(); columns.count as usize];
        Self { columns, steps: Vec::new(), changes: 0, held, now: None, since: 0 }
    }
    /// The value is this from now on, or there is none.
    pub(in crate::chart) fn set(&mut self, at: SimTime, value: Option<f64>) {
        self.pass(at);
        self.changes += u64::from(self.now != value);
        self.now = value;
        match self.steps.last_mut() {
            Some(last) if last.1 == value => {}
            Some(last) if last.0 == at => last.1 = value,
            _ => self.mark(at, value),
        }
    }
    /// The value is this now, whatever it was and will be: of what moves in straight lines.
    pub(in crate::chart) fn mark(&mut self, at: SimTime, value: Option<f64>) {
        match &mut self.steps[..] {
            // What it was like within an instant is of no interest: only before and after it.
            [.., first, last] if first.0 == at && last.0 == at => last.1 = value,
            _ => self.steps.push((at, value)),
        }
        if MANY * self.columns.count as usize <= self.steps.len() {
            self.thin_out();
        }
    }
    /// Time passes until this instant.
    fn pass(&mut self, at: SimTime) {
        let until = at.micros().min(self.columns.horizon);
        while self.since < until {
            let column = self.columns.at(SimTime::from_micros(self.since));
            let end = self.columns.start(column + 1).min(until);
            if let Some(value) = self.now {
                let held = &mut self.held[column as usize];
                let past = end - self.since;
                held.sum += value * number(past);
                held.micros += past;
                let (least, most) = held.range.unwrap_or((value, value));
                held.range = Some((least.min(value), most.max(value)));
            }
            self.since = end;
        }
    }
    /// Whether it moved so often that its steps could not be told apart.
    pub(in crate::chart) fn is_dense(&self) -> bool {
        u64::from(self.columns.count) < self.changes
    }
    /// The columns in which there is a value, one after the other; each row of them ends with where it ends.
    pub(in crate::chart) fn bands(&self, until: SimTime) -> Vec<Vec<Band>> {
        let mut whole = self.clone();
        whole.pass(until);
        let (mut rows, mut row): (Vec<Vec<Band>>, Vec<Band>) = (Vec::new(), Vec::new());
        for column in 0..=whole.columns.count {
            let at = whole.columns.seconds(column);
            let held = whole.held.get(column as usize).and_then(|held| Some((held, held.range?)));
            match held {
                Some((held, (least, most))) => {
                    let mean = held.sum / number(held.micros);
                    row.push(Band { at, mean, least, most });
                }
                None if row.is_empty() => {}
                None => {
                    let last = row[row.len() - 1];
                    row.push(Band { at, ..last });
                    rows.push(std::mem::take(&mut row));
                }
            }
        }
        rows
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
    pub(in crate::chart) fn moves(&self) -> usize {
        self.steps.len()
    }
    /// The least and the greatest value.
    pub(in crate::chart) fn extremes(&self) -> Option<(f64, f64)> {
        let values = || self.steps.iter().filter_map(|(_, value)| *value);
        Some((values().min_by(f64::total_cmp)?, values().max_by(f64::total_cmp)?))
    }
    /// The stretches of time in which there is a value, each as points up to its end, in seconds.
    pub(in crate::chart) fn stretches(&self, until: SimTime) -> Vec<Vec<Point>> {
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

    /// A line that jumps has a value before and one after.
    #[test]
    fn an_instant_has_two_values_at_most() {
        let mut trail = Trail::new(Columns::of(at(1_000)));
        trail.mark(at(0), Some(5.0));
        for value in [3.0, 9.0, 1.0, 2.0] {
            trail.mark(at(500), Some(value));
        }
        let expected = [(0.0, 5.0), (500e-6, 3.0), (500e-6, 2.0), (1_000e-6, 2.0)];
        assert_eq!(trail.stretches(at(1_000)), [expected]);
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
        assert!(trail.is_dense());
        let bands = &trail.bands(at(1_000_000))[0];
        assert_eq!(bands.len(), 721);
        let most = bands.iter().map(|band| band.most).fold(0.0, f64::max);
        assert!((most - 5_000.0).abs() < 1e-9);
        let within = |band: &Band| band.least <= band.mean && band.mean <= band.most;
        assert!(bands.iter().all(within) && (bands[100].mean - 500.0).abs() < 100.0);
        trail.set(at(900_000), None);
        assert_eq!(trail.stretches(at(1_000_000))[0].last(), Some(&(0.9, 5_000.0)));
    }
}
