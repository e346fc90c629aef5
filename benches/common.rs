//! What the benches share: pairs timed in turn, so that what disturbs one disturbs the other.

use std::time::Instant;

/// Whether figures are wanted (`cargo bench`), not just a check that the bench runs (`cargo test`).
pub(crate) fn measuring() -> bool {
    std::env::args().any(|argument| argument == "--bench")
}

/// What timing two ways of doing the same came to.
pub(crate) struct Duel {
    /// Median nanoseconds of one of our steps.
    pub(crate) ours: f64,
    /// Median nanoseconds of one of the other's steps.
    pub(crate) other: f64,
    /// The median over the rounds of other / ours: above 1, ours is faster.
    pub(crate) ratio: f64,
    /// The same of the least time that each of them took: what neighbours leave of it, for they only ever add.
    #[allow(dead_code, reason = "not every bench tells it")]
    pub(crate) least: f64,
}

/// Times `ours` and `other`, each told how many steps to take, in turn; the first round is not
/// counted.
pub(crate) fn duel(
    rounds: usize,
    (our_steps, mut ours): (u32, impl FnMut(u32)),
    (other_steps, mut other): (u32, impl FnMut(u32)),
) -> Duel {
    let round = |_| (nanos(our_steps, &mut ours), nanos(other_steps, &mut other));
    let times: Vec<(f64, f64)> = (0..=rounds).map(round).skip(1).collect();
    Duel {
        ours: median(times.iter().map(|(ours, _)| *ours)),
        other: median(times.iter().map(|(_, other)| *other)),
        ratio: median(times.iter().map(|(ours, other)| other / ours)),
        least: least(times.iter().map(|(_, other)| *other))
            / least(times.iter().map(|(ours, _)| *ours)),
    }
}

/// How long one of `steps` steps takes.
#[expect(clippy::disallowed_methods, reason = "a bench reads the clock")]
fn nanos(steps: u32, work: &mut impl FnMut(u32)) -> f64 {
    let start = Instant::now();
    work(steps);
    start.elapsed().as_secs_f64() * 1e9 / f64::from(steps)
}

fn least(figures: impl Iterator<Item = f64>) -> f64 {
    figures.fold(f64::INFINITY, f64::min)
}

/// The median of some figures.
pub(crate) fn median(figures: impl Iterator<Item = f64>) -> f64 {
    let mut figures: Vec<f64> = figures.collect();
    figures.sort_unstable_by(f64::total_cmp);
    figures[figures.len() / 2]
}
