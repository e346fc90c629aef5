//! The best of several variants, with a probability that was asked for: the procedure of Kim and Nelson.
//!
//! After a first stage of `n` replications, the variances `S²(i, l)` of the paired differences are known, and one
//! replication after the other is added to those variants that are still in the race. Before each, a variant leaves if
//! its mean is behind another's by more than
//!
//! ```text
//! W(i, l; r) = max(0, δ/2r (h² S²(i, l)/δ² − r)),   h² = 2η(n − 1),   η = ½((2α/(k − 1))^(−2/(n − 1)) − 1)
//! ```
//!
//! after `r` replications. The race is over when one is left; that is the best with probability at least `1 − α` if the
//! best is better than the next by at least the difference `δ` that matters. Common random numbers are
//! allowed, and make it shorter. (Kim and Nelson, "A Fully Sequential Procedure for Indifference-Zone Selection in
//! Simulation", ACM Transactions on Modeling and Computer Simulation 11, 2001; with `c = 1`.)

use super::interval::Sample;

/// A race of variants, the larger the better.
#[derive(Clone, Debug)]
pub struct Race {
    /// The least difference that matters.
    difference: f64,
    h_squared: f64,
    /// Values by variant and replication, those of who left up to then.
    values: Vec<Vec<f64>>,
    /// `S²(i, l)`, once the first stage is over.
    variances: Vec<Vec<f64>>,
    /// Who is left, in order.
    racing: Vec<usize>,
    first_stage: usize,
}

/// How a race stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// More replications are needed.
    Undecided,
    /// One is left.
    Best(usize),
    /// Several are left, and none is behind another by as much as matters: the first of those ahead.
    Tie(usize),
}

impl Race {
    /// A race of `variants`, at least two, with a first stage of so many replications, at least two.
    pub fn new((variants, first_stage): (usize, u32), probability: f64, difference: f64) -> Self {
        let others = f64::from(u32::try_from(variants - 1).unwrap_or(u32::MAX));
        let freedom = f64::from(first_stage - 1);
        let eta = 0.5 * (libm::pow(2.0 * (1.0 - probability) / others, -2.0 / freedom) - 1.0);
        Self {
            difference,
            h_squared: 2.0 * eta * freedom,
            values: vec![Vec::new(); variants],
            variances: Vec::new(),
            racing: (0..variants).collect(),
            first_stage: first_stage as usize,
        }
    }
    /// Who is left, in order.
    pub fn racing(&self) -> &[usize] {
        &self.racing
    }
    /// How many replications of a variant counted.
    pub fn count(&self, variant: usize) -> usize {
        self.values[variant].len()
    }
    /// Takes in one more replication of all who are left, by variant in their order, and tells how the race stands then.
    pub fn add(&mut self, values: &[f64]) -> Standing {
        for (variant, value) in self.racing.iter().zip(values) {
            self.values[*variant].push(*value);
        }
        let so_far = self.values[self.racing[0]].len();
        if so_far < self.first_stage {
            return Standing::Undecided;
        }
        if so_far == self.first_stage {
            self.measure();
        }
        self.screen(so_far)
    }
    fn measure(&mut self) {
        let variance = |one: &Vec<f64>, other: &Vec<f64>| {
            let difference: Sample =
                one.iter().zip(other).map(|(one, other)| one - other).collect();
            difference.deviation().map_or(0.0, |deviation| deviation * deviation)
        };
        let row = |one| self.values.iter().map(|other| variance(one, other)).collect();
        self.variances = self.values.iter().map(row).collect();
    }
    /// Lets those leave who are too far behind after so many replications.
    fn screen(&mut self, so_far: usize) -> Standing {
        let r = f64::from(u32::try_from(so_far).unwrap_or(u32::MAX));
        let means: Vec<f64> =
            self.values.iter().map(|values| values.iter().sum::<f64>() / r).collect();
        let slack = |one: usize, other: usize| {
            let squares = self.h_squared * self.variances[one][other];
            (self.difference / (2.0 * r) * (squares / (self.difference * self.difference) - r))
                .max(0.0)
        };
        let others = |one: usize| self.racing.iter().filter(move |other| **other != one);
        let stays = |one: &usize| {
            others(*one).all(|other| means[*other] - slack(*one, *other) <= means[*one])
        };
        let left: Vec<usize> = self.racing.iter().filter(|one| stays(one)).copied().collect();
        let is_over = |one: &usize| others(*one).all(|other| slack(*one, *other) == 0.0);
        let is_tie = left.iter().all(is_over);
        self.racing = left;
        match self.racing[..] {
            [best] => Standing::Best(best),
            [first, ..] if is_tie => Standing::Tie(first),
            _ => Standing::Undecided,
        }
    }
    /// Who is ahead among those who are left: the first of the greatest means.
    pub fn leader(&self) -> usize {
        let mean = |variant: usize| self.values[variant].iter().copied().collect::<Sample>().mean();
        let ahead = |best: usize, variant: &usize| {
            if mean(best) < mean(*variant) { *variant } else { best }
        };
        self.racing[1..].iter().fold(self.racing[0], ahead)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::{Purpose, Stream};

    /// Runs a race to its end; tells who won, and after how many replications.
    fn race(stream: &mut Stream, means: &[f64], common: f64) -> (usize, usize) {
        let mut race = Race::new((means.len(), 10), 0.95, 1.0);
        loop {
            let shared = common * stream.normal();
            let values: Vec<f64> = race
                .racing()
                .iter()
                .map(|variant| means[*variant] + shared + 2.0 * stream.normal())
                .collect();
            match race.add(&values) {
                Standing::Undecided => {}
                Standing::Best(best) | Standing::Tie(best) => return (best, race.count(best)),
            }
        }
    }
    /// The hardest case that is promised anything of: all others are behind the best by just what matters.
    #[test]
    fn the_best_is_chosen_at_least_as_often_as_promised() {
        const RACES: u32 = 1_000;
        let mut stream = Stream::open(20_261_129, 2, Purpose::Attributes, 0);
        for (common, best, means) in [(0.0, 2, vec![0.0, 0.0, 1.0, 0.0]), (5.0, 0, vec![3.0, 2.0])]
        {
            let is_right = |_: &u32| race(&mut stream, &means, common).0 == best;
            let right = u32::try_from((0..RACES).filter(is_right).count()).unwrap();
            assert!(95 * RACES <= 100 * right, "{right} of {RACES}");
        }
    }
    #[test]
    fn a_plain_case_is_decided_soon_and_common_numbers_make_no_race_longer() {
        let mut stream = Stream::open(20_261_129, 3, Purpose::Attributes, 0);
        let (best, after) = race(&mut stream, &[0.0, 50.0, 1.0], 100.0);
        assert_eq!((best, after), (1, 10), "at the end of the first stage");
    }
    #[test]
    fn equal_variants_tie() {
        let mut race = Race::new((2, 2), 0.95, 0.5);
        assert_eq!(race.add(&[1.0, 1.0]), Standing::Undecided);
        assert_eq!(race.add(&[4.0, 4.0]), Standing::Tie(0));
        assert_eq!((race.leader(), race.count(1)), (0, 2));
    }
}
