//! GEN-11: events are taken by (time, class, sequence), whatever crowd is pending.
//!
//! The agenda is held against a list that is kept sorted, on patterns of delay that strain a queue in
//! different ways, while the pending set grows, holds its size and drains.

use proptest::prelude::*;
use walras::agenda::{Agenda, Class, Event, Round};
use walras::ids::{AccountId, Id};
use walras::units::{SimTime, Span};

const CLASSES: [Class; 6] = [
    Class::HostDown,
    Class::WorkDone,
    Class::AskJoins,
    Class::BidJoins,
    Class::Drain,
    Class::Horizon,
];

/// How long after the present an event is scheduled.
#[derive(Clone, Copy, Debug)]
enum Delay {
    /// Up to a second, evenly.
    Even,
    /// To one of the next four whole minutes: many ties.
    WholeMinutes,
    /// Nine in ten within a second, the others within ten days.
    SecondsAndDays,
    /// 99 in 100 within a millisecond, the others within three months.
    MillisecondsAndMonths,
    /// A heavy tail: Pareto with exponent 1.1.
    Pareto,
    /// Always five seconds.
    Constant,
    /// At the present instant, or a microsecond later.
    Now,
    /// Up to the end of representable time, and often at it.
    Never,
}

/// The delays with which time does not run out.
const LASTING: [Delay; 7] = [
    Delay::Even,
    Delay::WholeMinutes,
    Delay::SecondsAndDays,
    Delay::MillisecondsAndMonths,
    Delay::Pareto,
    Delay::Constant,
    Delay::Now,
];

/// A small generator of our own (SplitMix64), so that a failing case is one seed.
struct Bits(u64);

impl Bits {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        let scaled = u128::from(mixed ^ (mixed >> 31)) * u128::from(bound);
        u64::try_from(scaled >> 64).unwrap()
    }
    fn up_to(&mut self, span: Span) -> Span {
        Span::from_micros(self.below(span.micros()))
    }
    /// A number within (0, 1].
    fn share(&mut self) -> f64 {
        f64::from(u32::try_from(self.below(1 << 31)).unwrap() + 1) / f64::from(1_u32 << 31)
    }
    fn due(&mut self, now: SimTime, delay: Delay) -> SimTime {
        let wait = match delay {
            Delay::Even => self.up_to(Span::SECOND),
            Delay::WholeMinutes => {
                let past = now.micros() % Span::MINUTE.micros();
                Span::from_micros(Span::MINUTE.micros() * (1 + self.below(4)) - past)
            }
            Delay::SecondsAndDays if self.below(10) < 9 => self.up_to(Span::SECOND),
            Delay::SecondsAndDays => self.up_to(Span::DAY * 10),
            Delay::MillisecondsAndMonths if self.below(100) < 99 => {
                Span::from_micros(self.below(1_000))
            }
            Delay::MillisecondsAndMonths => self.up_to(Span::DAY * 90),
            Delay::Pareto => Span::from_seconds_f64(libm::pow(self.share(), -1.0 / 1.1)),
            Delay::Constant => Span::SECOND * 5,
            Delay::Now => Span::from_micros(self.below(2)),
            Delay::Never => Span::from_micros(self.below(u64::MAX)),
        };
        now.saturating_add(wait)
    }
}

/// The agenda beside a plain list of all that is due, kept sorted, the next at the end.
struct Pair {
    agenda: Agenda,
    list: Vec<(SimTime, Class, usize)>,
    scheduled: usize,
    now: SimTime,
}

impl Pair {
    fn new() -> Self {
        Self { agenda: Agenda::new(), list: Vec::new(), scheduled: 0, now: SimTime::ZERO }
    }
    /// Schedules an event that carries its own sequence.
    fn schedule(&mut self, at: SimTime, class: Class) {
        let event = Event::Drain(AccountId::from_index(self.scheduled));
        if self.scheduled.is_multiple_of(3) {
            self.agenda.schedule_arrival(at, class, event);
        } else {
            self.agenda.schedule(at, class, event);
        }
        let entry = (at, class, self.scheduled);
        let place = self.list.partition_point(|other| entry < *other);
        self.list.insert(place, entry);
        self.scheduled += 1;
    }
    /// Takes the next of both and compares.
    fn pop(&mut self) -> Result<(), TestCaseError> {
        let expected = self.list.pop().map(|(at, class, sequence)| {
            (at, class, Event::Drain(AccountId::from_index(sequence)))
        });
        let taken = self.agenda.pop();
        prop_assert_eq!(taken, expected);
        prop_assert_eq!(self.agenda.pending(), self.list.len());
        if let Some((at, _, _)) = taken {
            self.now = at;
        }
        Ok(())
    }
}

fn class(bits: &mut Bits) -> Class {
    CLASSES[usize::try_from(bits.below(6)).unwrap()]
}

fn delays() -> impl Strategy<Value = Delay> {
    prop_oneof![
        20 => prop::sample::select(&LASTING[..]),
        1 => Just(Delay::Never),
    ]
}

proptest! {
    #[test]
    fn gen_11_the_agenda_agrees_with_a_sorted_list(
        seed in any::<u64>(),
        phases in prop::collection::vec((delays(), 0..=10_u64, 1..900_u32), 1..6),
    ) {
        let mut bits = Bits(seed);
        let mut pair = Pair::new();
        for (delay, pushes_in_ten, steps) in phases {
            for _ in 0..steps {
                if bits.below(10) < pushes_in_ten {
                    let at = bits.due(pair.now, delay);
                    pair.schedule(at, class(&mut bits));
                } else {
                    pair.pop()?;
                }
            }
        }
        for _ in 0..=pair.list.len() {
            pair.pop()?;
        }
    }

    /// The hold model: as many as before are pending after each step.
    #[test]
    fn gen_11_the_order_holds_while_the_pending_set_does(
        seed in any::<u64>(),
        delay in prop::sample::select(&LASTING[..]),
        pending in 1..1_500_u32,
    ) {
        let mut bits = Bits(seed);
        let mut pair = Pair::new();
        for _ in 0..pending {
            let at = bits.due(pair.now, delay);
            pair.schedule(at, Class::WorkDone);
        }
        for _ in 0..3 * pending {
            pair.pop()?;
            let at = bits.due(pair.now, delay);
            pair.schedule(at, class(&mut bits));
        }
    }

    /// A raised round is taken once: after the entries of its instant that precede it in class, before
    /// all others.
    #[test]
    fn gen_11_a_raised_round_is_taken_in_its_class(
        seed in any::<u64>(),
        steps in prop::collection::vec((0..10_u32, 0..3_usize), 1..400),
    ) {
        const ROUNDS: [(Round, Class, Event); 3] = [
            (Round::Ask, Class::AskRound, Event::AskRound),
            (Round::Bid, Class::BidRound, Event::BidRound),
            (Round::Publish, Class::Publish, Event::Publish),
        ];
        let mut bits = Bits(seed);
        let mut pair = Pair::new();
        let mut raised = [false; 3];
        for (step, round) in steps {
            if step < 4 {
                let at = bits.due(pair.now, Delay::Now);
                pair.schedule(at, class(&mut bits));
                continue;
            }
            if step < 6 {
                pair.agenda.raise(ROUNDS[round].0);
                raised[round] = true;
                continue;
            }
            let next = pair.list.last().map(|(at, class, _)| (*at, *class));
            let due = (0..3).find(|round| raised[*round]).filter(|round| {
                next.is_none_or(|next| (pair.now, ROUNDS[*round].1) < next)
            });
            let Some(round) = due else {
                pair.pop()?;
                continue;
            };
            let (_, class, event) = ROUNDS[round];
            prop_assert_eq!(pair.agenda.pop(), Some((pair.now, class, event)));
            raised[round] = false;
        }
    }
}
