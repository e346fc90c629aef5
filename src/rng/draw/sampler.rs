//! Numbers of one distribution, from a stream that gives nothing else.
//!
//! A logarithm is a chain of steps of which each waits for the one before. Several chains side by side take little
//! longer than one: so some numbers are drawn at a time, and given one by one. What they are is no different.

use super::Distribution;
use crate::rng::Stream;

/// How many are drawn at a time.
const BLOCK: usize = 16;

/// What a stream gives for a distribution, number by number.
#[derive(Clone, Debug)]
pub struct Sampler {
    distribution: Distribution,
    stream: Stream,
    /// Those from `next` on are still to be given.
    drawn: [f64; BLOCK],
    next: usize,
}

impl Sampler {
    /// All that `stream` will give for `distribution`.
    pub fn new(distribution: Distribution, stream: Stream) -> Self {
        Self { distribution, stream, drawn: [0.0; BLOCK], next: BLOCK }
    }
    /// Exponential numbers of this mean.
    pub fn exponential(mean: f64, stream: Stream) -> Self {
        Self::new(Distribution::Exponential { mean }, stream)
    }
    /// The next number.
    #[inline]
    pub fn draw(&mut self) -> f64 {
        if let Some(&number) = self.drawn.get(self.next) {
            self.next += 1;
            return number;
        }
        self.draw_ahead()
    }
    /// The next number, and some after it.
    #[inline(never)]
    fn draw_ahead(&mut self) -> f64 {
        for number in &mut self.drawn {
            *number = self.distribution.draw(&mut self.stream);
        }
        self.next = 1;
        self.drawn[0]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::Purpose;

    /// Whatever the distribution takes of its stream: the gamma distribution takes more or less each time.
    #[test]
    fn a_sampler_gives_what_its_stream_gives() {
        let stream = || Stream::open(7, 1, Purpose::Attributes, 3);
        let distributions = [
            Distribution::Constant(2.0),
            Distribution::Exponential { mean: 3.0 },
            Distribution::Gamma { shape: 0.4, scale: 2.0 },
            Distribution::LogNormal { mu: 1.0, sigma: 0.5 },
        ];
        for distribution in distributions {
            let mut sampler = Sampler::new(distribution.clone(), stream());
            let mut plain = stream();
            for _ in 0..5 * BLOCK {
                let expected = distribution.draw(&mut plain);
                assert_eq!(sampler.draw().to_bits(), expected.to_bits(), "{distribution:?}");
            }
        }
    }
}
