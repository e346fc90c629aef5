//! What the benches share: pairs timed in turn, so that what disturbs one disturbs the other.

use std::time::{Duration, Instant};

/// Whether figures are wanted (`cargo bench`), not just a check that the bench runs (`cargo test`).
pub(crate) fn measuring() -> bool {
    std::env::args().any(|argument| argument == "--bench")
}

/// How long `work` takes.
#[expect(clippy::disallowed_methods, reason = "a bench reads the clock")]
pub(crate) fn time(work: &mut impl FnMut()) -> Duration {
    let start = Instant::now();
    work();
    start.elapsed()
}

/// The median times of `ours` and `other`, and the median over the rounds of other / ours: above 1,
/// ours is faster. Each round times both, one after the other.
pub(crate) struct Duel {
    pub(crate) ours: Duration,
    pub(crate) other: Duration,
    pub(crate) ratio: f64,
}

/// Times `ours` and `other` in turn, after a round that is not counted.
pub(crate) fn duel(rounds: usize, mut ours: impl FnMut(), mut other: impl FnMut()) -> Duel {
    let mut times = Vec::new();
    for _ in 0..=rounds {
        times.push((time(&mut ours), time(&mut other)));
    }
    times.remove(0);
    Duel {
        ours: median(times.iter().map(|(ours, _)| ours.as_secs_f64()), Duration::from_secs_f64),
        other: median(times.iter().map(|(_, other)| other.as_secs_f64()), Duration::from_secs_f64),
        ratio: median(
            times.iter().map(|(ours, other)| other.as_secs_f64() / ours.as_secs_f64()),
            |r| r,
        ),
    }
}

/// The median of some figures.
fn median<T>(figures: impl Iterator<Item = f64>, into: impl Fn(f64) -> T) -> T {
    let mut figures: Vec<f64> = figures.collect();
    figures.sort_unstable_by(f64::total_cmp);
    into(figures[figures.len() / 2])
}

/// Nanoseconds per step.
pub(crate) fn nanos_per(step: u32, time: Duration) -> f64 {
    time.as_secs_f64() * 1e9 / f64::from(step)
}
