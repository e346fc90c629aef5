//! The agenda against a textbook 4-ary heap: the hold model.
//!
//! A hold takes the next entry and schedules another, so that as many are pending as before. The
//! textbook heap keeps entries of the same size and is written as one would write it at a first go:
//! it sifts down by comparing four children one after another. Both must give the same digest before
//! they are timed. Criterion times each by itself; the table at the end times them in turn.

mod common;

use common::Duel;
use criterion::{BenchmarkId, Criterion, Throughput};
use std::hint::black_box;
use walras::agenda::{Agenda, Class, Event};
use walras::ids::PodId;
use walras::units::{SimTime, Span};

const PENDING: [u32; 5] = [100, 1_000, 10_000, 100_000, 1_000_000];

/// A queue of events.
trait Queue {
    fn schedule(&mut self, at: SimTime, event: Event);
    fn pop(&mut self) -> Option<(SimTime, Event)>;
}

impl Queue for Agenda {
    fn schedule(&mut self, at: SimTime, event: Event) {
        Self::schedule(self, at, Class::WorkDone, event);
    }
    fn pop(&mut self) -> Option<(SimTime, Event)> {
        Self::pop(self).map(|(at, _, event)| (at, event))
    }
}

/// An entry as large as the agenda's.
#[derive(Clone, Copy)]
struct Entry {
    at: u64,
    rank: u64,
    event: Event,
}

impl Entry {
    fn key(&self) -> (u64, u64) {
        (self.at, self.rank)
    }
}

/// The textbook: children of i at 4i + 1 to 4i + 4.
#[derive(Default)]
struct Textbook {
    entries: Vec<Entry>,
    scheduled: u64,
}

impl Queue for Textbook {
    fn schedule(&mut self, at: SimTime, event: Event) {
        let rank = (Class::WorkDone as u64) << 56 | self.scheduled;
        self.scheduled += 1;
        let mut place = self.entries.len();
        self.entries.push(Entry { at: at.micros(), rank, event });
        while 0 < place {
            let parent = (place - 1) / 4;
            if self.entries[parent].key() <= self.entries[place].key() {
                break;
            }
            self.entries.swap(parent, place);
            place = parent;
        }
    }
    fn pop(&mut self) -> Option<(SimTime, Event)> {
        if self.entries.is_empty() {
            return None;
        }
        let first = self.entries.swap_remove(0);
        let mut place = 0;
        loop {
            let mut least = place;
            for child in 4 * place + 1..(4 * place + 5).min(self.entries.len()) {
                if self.entries[child].key() < self.entries[least].key() {
                    least = child;
                }
            }
            if least == place {
                return Some((SimTime::from_micros(first.at), first.event));
            }
            self.entries.swap(least, place);
            place = least;
        }
    }
}

/// Exponential delays with a mean of a thousand seconds, drawn beforehand.
fn delays() -> Vec<Span> {
    let mut state = 1_u64;
    let mut uniform = || {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        f64::from(u32::try_from(state >> 33).expect("31 bits") + 1) / f64::from(1_u32 << 31)
    };
    (0..1 << 14).map(|_| Span::from_seconds_f64(-1_000.0 * libm::log(uniform()))).collect()
}

/// A queue in the midst of holding.
struct Hold<'a, Q> {
    queue: Q,
    delays: std::iter::Cycle<std::slice::Iter<'a, Span>>,
    digest: u64,
}

impl<'a, Q: Queue> Hold<'a, Q> {
    /// `pending` entries, held long enough that the start is forgotten.
    fn new(mut queue: Q, pending: u32, delays: &'a [Span]) -> Self {
        let mut cycle = delays.iter().cycle();
        for number in 0..pending {
            let event = Event::WorkDone { pod: PodId { number, slot: 0 }, epoch: 0 };
            let delay = *cycle.next().expect("a cycle has no end");
            queue.schedule(SimTime::ZERO + delay, event);
        }
        let mut hold = Self { queue, delays: cycle, digest: 0 };
        hold.run(3 * pending);
        hold
    }
    fn run(&mut self, holds: u32) {
        for _ in 0..holds {
            let (at, event) = self.queue.pop().expect("as many are pending as before");
            if let Event::WorkDone { pod, .. } = event {
                self.digest = self.digest.rotate_left(5) ^ at.micros() ^ u64::from(pod.number);
            }
            let delay = *self.delays.next().expect("a cycle has no end");
            self.queue.schedule(at + delay, event);
        }
    }
}

fn criterion_figures(criterion: &mut Criterion, delays: &[Span]) {
    const HOLDS: u32 = 1_000;
    let mut group = criterion.benchmark_group("hold");
    group.throughput(Throughput::Elements(u64::from(HOLDS)));
    for pending in PENDING {
        let mut agenda = Hold::new(Agenda::new(), pending, delays);
        let mut textbook = Hold::new(Textbook::default(), pending, delays);
        assert_eq!(agenda.digest, textbook.digest, "both take the same events in the same order");
        group.bench_function(BenchmarkId::new("agenda", pending), |b| b.iter(|| agenda.run(HOLDS)));
        let id = BenchmarkId::new("textbook 4-ary heap", pending);
        group.bench_function(id, |b| b.iter(|| textbook.run(HOLDS)));
        black_box((agenda.digest, textbook.digest));
    }
    group.finish();
}

#[expect(clippy::print_stdout, reason = "the table is what the bench is for")]
fn ratios(delays: &[Span]) {
    const HOLDS: u32 = 200_000;
    println!("\npending    agenda ns   textbook ns   agenda is faster by");
    for pending in PENDING {
        let mut agenda = Hold::new(Agenda::new(), pending, delays);
        let mut textbook = Hold::new(Textbook::default(), pending, delays);
        let ours = (HOLDS, |holds| agenda.run(holds));
        let duel = common::duel(15, ours, (HOLDS, |holds| textbook.run(holds)));
        assert_eq!(agenda.digest, textbook.digest, "both took the same events in the same order");
        let Duel { ours, other, ratio, .. } = duel;
        println!("{pending:>9} {ours:>10.1} {other:>13.1} {ratio:>19.2} x");
    }
}

fn main() {
    let delays = delays();
    if common::measuring() {
        ratios(&delays);
    }
    let mut criterion = Criterion::default().configure_from_args();
    criterion_figures(&mut criterion, &delays);
    criterion.final_summary();
}
