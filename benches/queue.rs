//! M/M/c in a straight loop, what an engineer writes in an hour: a binary heap, an enum, a match. Whoever includes it
//! says of how many servers, at which load, and how long the work takes on average.

use super::{LOAD, MEAN_WORK_S, SERVERS};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use std::cmp::Reverse;
use std::collections::{BinaryHeap, VecDeque};

const PER_SECOND: f64 = LOAD * SERVERS as f64 / MEAN_WORK_S;

/// What the straight loop waits for.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Due {
    Arrival,
    Departure,
}

/// The straight loop: M/M/c with a binary heap.
pub(super) struct Straight {
    heap: BinaryHeap<Reverse<(u64, u64, Due)>>,
    scheduled: u64,
    bits: ChaCha8Rng,
    free: u32,
    waiting: VecDeque<(u64, u64)>,
    placed: u32,
    /// Microseconds that all of them waited.
    pub(super) waited: u64,
}

impl Straight {
    pub(super) fn new(seed: u64) -> Self {
        let mut straight = Self {
            heap: BinaryHeap::new(),
            scheduled: 0,
            bits: ChaCha8Rng::seed_from_u64(seed),
            free: SERVERS,
            waiting: VecDeque::new(),
            placed: 0,
            waited: 0,
        };
        let gap = straight.exponential(1.0 / PER_SECOND);
        straight.schedule(gap, Due::Arrival);
        straight
    }
    /// An exponential number of microseconds.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a short time")]
    #[expect(clippy::cast_precision_loss, reason = "53 bits are kept")]
    fn exponential(&mut self, mean_s: f64) -> u64 {
        let uniform = ((self.bits.next_u64() >> 11) + 1) as f64 / (1_u64 << 53) as f64;
        (-libm::log(uniform) * mean_s * 1e6) as u64
    }
    fn schedule(&mut self, at: u64, due: Due) {
        self.heap.push(Reverse((at, self.scheduled, due)));
        self.scheduled += 1;
    }
    pub(super) fn run(&mut self, customers: u32) {
        let end = self.placed + customers;
        while self.placed < end {
            let Reverse((now, _, due)) = self.heap.pop().expect("an arrival is always due");
            match due {
                Due::Arrival => {
                    let gap = self.exponential(1.0 / PER_SECOND);
                    self.schedule(now + gap, Due::Arrival);
                    let work = self.exponential(MEAN_WORK_S);
                    if self.free == 0 {
                        self.waiting.push_back((now, work));
                    } else {
                        self.free -= 1;
                        self.place(now, now, work);
                    }
                }
                Due::Departure => match self.waiting.pop_front() {
                    None => self.free += 1,
                    Some((asked_at, work)) => self.place(now, asked_at, work),
                },
            }
        }
    }
    fn place(&mut self, now: u64, asked_at: u64, work: u64) {
        self.placed += 1;
        self.waited += now - asked_at;
        self.schedule(now + work, Due::Departure);
    }
    #[expect(clippy::cast_precision_loss, reason = "a mean needs no more than 53 bits")]
    pub(super) fn mean_wait_s(&self) -> f64 {
        self.waited as f64 / f64::from(self.placed) / 1e6
    }
}

/// Erlang C: the mean wait in seconds.
pub(super) fn erlang_c() -> f64 {
    let offered = LOAD * f64::from(SERVERS);
    let b = (1..=SERVERS).fold(1.0, |b, k| offered * b / (f64::from(k) + offered * b));
    let waits = b / (1.0 - LOAD * (1.0 - b));
    waits * MEAN_WORK_S / (f64::from(SERVERS) * (1.0 - LOAD))
}
