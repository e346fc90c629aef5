//! What replications of a value say of the target.

use crate::experiment::interval::Sample;
use crate::scenario::study::Target;

/// Whether a value meets the target.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Judgement {
    /// It does, with the confidence asked for.
    Meets,
    /// It does not, likewise.
    Fails,
    /// These replications do not tell.
    Unsure,
}

impl Judgement {
    /// In a word.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Meets => "meets",
            Self::Fails => "fails",
            Self::Unsure => "unsure",
        }
    }
    /// What so many replications say, which may be looked at up to `looks` times: by the one-sided interval of the mean, each
    /// look with its share of the error.
    pub(super) fn by(attained: &Sample, (target, confidence): (&Target, f64), looks: u32) -> Self {
        let error = (1.0 - confidence) / f64::from(looks);
        let bounds = attained.bounds(1.0 - 2.0 * error).filter(|_| attained.tells(error));
        let Some((low, high)) = bounds else { return Self::Unsure };
        let (meets, fails) = if target.at_least {
            (target.bound <= low, high < target.bound)
        } else {
            (high <= target.bound, target.bound < low)
        };
        match (meets, fails) {
            (true, _) => Self::Meets,
            (_, true) => Self::Fails,
            _ => Self::Unsure,
        }
    }
}

/// How often a value may be looked at: after `least` replications, then twice as many, up to `most`.
pub(super) fn looks(least: u32, most: u32) -> u32 {
    let mut looks = 1;
    let mut run = least;
    while run < most {
        run = run.saturating_mul(2);
        looks += 1;
    }
    looks
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::study::TargetKind;
    use crate::units::Span;

    #[test]
    fn a_value_is_looked_at_as_often_as_replications_double() {
        assert_eq!(looks(10, 10), 1);
        assert_eq!(looks(10, 20), 2);
        assert_eq!(looks(10, 160), 5);
        assert_eq!(looks(10, 161), 6);
    }
    #[test]
    fn replications_that_are_alike_have_to_be_enough_to_tell() {
        // With one look, 1/16 is more than the error of 5 %, 1/32 is not.
        let target = Target {
            kind: TargetKind::StartedWithin(Span::ZERO, String::new()),
            at_least: true,
            bound: 0.9,
            line: 0,
        };
        let alike = |count| std::iter::repeat_n(1.0, count).collect::<Sample>();
        assert_eq!(Judgement::by(&alike(4), (&target, 0.95), 1), Judgement::Unsure);
        assert_eq!(Judgement::by(&alike(5), (&target, 0.95), 1), Judgement::Meets);
        assert_eq!(Judgement::by(&alike(5), (&target, 0.95), 2), Judgement::Unsure);
    }
}
