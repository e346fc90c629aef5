//! SimFaaS's model in a straight loop: what an engineer writes in an hour.

use super::{COLD_START_S, EXECUTION_S, IDLE_S, RATE};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use std::cmp::Reverse;
use std::collections::{BTreeSet, BinaryHeap};

/// An exponential number of microseconds.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a short time")]
#[expect(clippy::cast_precision_loss, reason = "53 bits are kept")]
fn exponential(bits: &mut ChaCha8Rng, mean_s: f64) -> u64 {
    let uniform = ((bits.next_u64() >> 11) + 1) as f64 / (1_u64 << 53) as f64;
    (-libm::log(uniform) * mean_s * 1e6) as u64
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a short time")]
fn micros(seconds: f64) -> u64 {
    (seconds * 1e6) as u64
}

/// What endpoints wait for.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Due {
    Arrival { endpoint: u32 },
    Done { endpoint: u32, worker: u32 },
    Expiry { endpoint: u32, worker: u32, idle: u32 },
}

/// A worker: how often it has been idle, and whether it is.
#[derive(Clone, Copy, Default)]
struct Worker {
    idle: u32,
    is_idle: bool,
}

struct Endpoint {
    bits: ChaCha8Rng,
    workers: Vec<Worker>,
    idle: BTreeSet<u32>,
}

/// Endpoints of SimFaaS's model: a timer an idle period.
pub(super) struct Endpoints {
    heap: BinaryHeap<Reverse<(u64, u64, Due)>>,
    scheduled: u64,
    endpoints: Vec<Endpoint>,
    pub(super) served: u32,
    pub(super) cold: u32,
    alive: u64,
}

impl Endpoints {
    pub(super) fn new(endpoints: u32, seed: u64) -> Self {
        let open = |number: u32| Endpoint {
            bits: ChaCha8Rng::seed_from_u64(seed * 1_000_003 + u64::from(number)),
            workers: Vec::new(),
            idle: BTreeSet::new(),
        };
        let mut all = Self {
            heap: BinaryHeap::new(),
            scheduled: 0,
            endpoints: (0..endpoints).map(open).collect(),
            served: 0,
            cold: 0,
            alive: 0,
        };
        for endpoint in 0..endpoints {
            let gap = exponential(&mut all.endpoints[endpoint as usize].bits, 1.0 / RATE);
            all.schedule(gap, Due::Arrival { endpoint });
        }
        all
    }
    fn schedule(&mut self, at: u64, due: Due) {
        self.heap.push(Reverse((at, self.scheduled, due)));
        self.scheduled += 1;
    }
    pub(super) fn run(&mut self, requests: u32) {
        while self.served < requests {
            let Reverse((now, _, due)) = self.heap.pop().expect("an arrival is always due");
            match due {
                Due::Arrival { endpoint } => self.arrive(now, endpoint),
                Due::Done { endpoint, worker } => {
                    let own = &mut self.endpoints[endpoint as usize];
                    let row = &mut own.workers[worker as usize];
                    row.is_idle = true;
                    row.idle += 1;
                    let idle = row.idle;
                    own.idle.insert(worker);
                    self.schedule(now + micros(IDLE_S), Due::Expiry { endpoint, worker, idle });
                }
                Due::Expiry { endpoint, worker, idle } => {
                    let own = &mut self.endpoints[endpoint as usize];
                    let row = &mut own.workers[worker as usize];
                    if row.is_idle && row.idle == idle {
                        row.is_idle = false;
                        own.idle.remove(&worker);
                        self.alive -= 1;
                    }
                }
            }
        }
    }
    fn arrive(&mut self, now: u64, endpoint: u32) {
        let own = &mut self.endpoints[endpoint as usize];
        let gap = exponential(&mut own.bits, 1.0 / RATE);
        let takes = exponential(&mut own.bits, EXECUTION_S);
        let (worker, start) = match own.idle.pop_last() {
            Some(worker) => {
                own.workers[worker as usize].is_idle = false;
                (worker, 0)
            }
            None => {
                own.workers.push(Worker::default());
                self.cold += 1;
                self.alive += 1;
                (u32::try_from(own.workers.len() - 1).expect("few workers"), micros(COLD_START_S))
            }
        };
        self.served += 1;
        self.schedule(now + gap, Due::Arrival { endpoint });
        self.schedule(now + start + takes, Due::Done { endpoint, worker });
    }
}
