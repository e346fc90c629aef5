//! A recorded journal is the journal: replayed facts, their digest, and what damage does.

use proptest::prelude::*;
use proptest::strategy::ValueTree;
use std::io::{self, Write};
use walras::ids::{AccountId, HostId, Id, PodId, ScopeId};
use walras::journal::digest::Digest;
use walras::journal::fact::{
    Book, EndReason, Fact, Item, Occupancy, Posting, Quote, RentalEnd, Usage,
};
use walras::journal::record::{Recorder, ReplayError, Replayed, replay};
use walras::journal::{Journal, Sink};
use walras::units::{GpuTime, Money, SimTime, Span};

type Told = Vec<(SimTime, Fact)>;

/// Keeps what it hears.
#[derive(Default)]
struct Memory(Told);

impl Sink for Memory {
    fn hear(&mut self, at: SimTime, fact: &Fact) {
        self.0.push((at, *fact));
    }
}

fn amounts() -> impl Strategy<Value = Money> {
    prop_oneof![
        any::<i64>().prop_map(i128::from),
        any::<i128>(),
        Just(i128::MIN),
        Just(i128::MAX),
        Just(0),
    ]
    .prop_map(Money::from_nanos)
}

fn pods() -> impl Strategy<Value = PodId> {
    (any::<u32>(), any::<u32>()).prop_map(|(number, slot)| PodId { number, slot })
}

fn hosts() -> impl Strategy<Value = HostId> {
    any::<u32>().prop_map(|index| HostId::from_index(index as usize))
}

prop_compose! {
    fn postings()(
        pod in pods(),
        host in hosts(),
        account in any::<u32>(),
        numbers in (any::<u32>(), any::<u64>(), any::<i64>()),
        amount in amounts(),
        balance in prop::option::of(amounts()),
    ) -> Fact {
        let (quantity, unit, periods) = numbers;
        let account = AccountId::from_index(account as usize);
        Fact::Posted(Posting {
            account: Some(account),
            item: Item::Compute,
            usage: Some(Usage { subject: pod.into(), quantity, unit: Span::from_micros(unit), periods }),
            debit: Book::Customer(account),
            credit: Book::Host(host),
            amount,
            balance,
        })
    }
}

prop_compose! {
    fn rental_ends()(
        pod in pods(),
        compute in amounts(),
        storage in amounts(),
        times in (any::<u128>(), any::<u128>()),
        preemptions in any::<u32>(),
    ) -> Fact {
        Fact::RentalEnded(RentalEnd {
            pod,
            reason: EndReason::Completed,
            compute,
            storage,
            useful: GpuTime::from_gpu_micros(times.0),
            lost: GpuTime::from_gpu_micros(times.1),
            preemptions,
        })
    }
}

fn facts() -> impl Strategy<Value = Fact> {
    let quote = (amounts(), prop::option::of(amounts()), any::<u32>()).prop_map(
        |(on_demand, spot_price, scope)| Fact::PricePublished {
            scope: ScopeId::from_index(scope as usize),
            quote: Quote { on_demand, spot_floor: on_demand, spot_price, min_winning_bid: None },
        },
    );
    let occupied =
        (hosts(), any::<bool>(), any::<[u8; 5]>()).prop_map(|(host, available, gpus)| {
            let [on_demand, spot, grace, free, serverless] = gpus;
            Fact::Occupied {
                host,
                available,
                occupancy: Occupancy { on_demand, spot, grace, free, serverless },
            }
        });
    prop_oneof![
        postings(),
        rental_ends(),
        quote,
        occupied,
        hosts().prop_map(|host| Fact::HostDown { host }),
        pods().prop_map(|pod| Fact::PodKilled { pod }),
        Just(Fact::WarmUpEnded),
        Just(Fact::RunEnded),
    ]
}

/// Facts at instants that do not decrease.
fn histories(length: usize) -> impl Strategy<Value = Told> {
    prop::collection::vec((0..u64::MAX / 10_000, facts()), 0..length).prop_map(|steps| {
        let mut now = SimTime::ZERO;
        let mut step = |(wait, fact)| {
            now = now + Span::from_micros(wait);
            (now, fact)
        };
        steps.into_iter().map(&mut step).collect()
    })
}

/// The recording of a history, and its digest.
fn recorded(history: &Told) -> (Vec<u8>, String) {
    let mut recorder = Recorder::new(Vec::new());
    let mut digest = Digest::new();
    let mut journal = Journal::new(vec![&mut recorder, &mut digest]);
    for (at, fact) in history {
        journal.state(*at, fact);
    }
    (recorder.finish().unwrap(), digest.finish())
}

fn replayed(recording: &[u8]) -> (Result<Replayed, ReplayError>, Told) {
    let mut memory = Memory::default();
    let result = replay(recording, &mut Journal::new(vec![&mut memory]));
    (result, memory.0)
}

/// A recording of several blocks.
fn long_history() -> Told {
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let history = prop::collection::vec(facts(), 10_000).new_tree(&mut runner).unwrap().current();
    (0..).map(SimTime::from_seconds).zip(history).collect()
}

proptest! {
    #[test]
    fn a_replayed_journal_tells_the_same_facts(history in histories(60)) {
        let (recording, digest) = recorded(&history);
        let (result, told) = replayed(&recording);
        let replayed = result.unwrap();
        prop_assert_eq!(&told, &history);
        prop_assert_eq!(replayed.facts, history.len() as u64);
        prop_assert_eq!(&replayed.digest, &digest);
        prop_assert_eq!(recorded(&told), (recording, digest));
    }

    /// The digest tells histories apart that differ in one fact or one instant.
    #[test]
    fn another_history_has_another_digest(
        history in histories(20),
        place in any::<prop::sample::Index>(),
        other in facts(),
    ) {
        let (_, digest) = recorded(&history);
        let mut longer = history.clone();
        longer.push((SimTime::NEVER, other));
        prop_assert_ne!(&recorded(&longer).1, &digest);
        if !history.is_empty() {
            let mut moved = history.clone();
            let place = place.index(history.len());
            moved[place].0 = moved[place].0.saturating_add(Span::from_micros(1));
            prop_assert_ne!(&recorded(&moved).1, &digest);
            moved[place].1 = other;
            prop_assert_ne!(&recorded(&moved).1, &digest);
        }
    }

    /// Whatever bit flips: an error with its position, and only true facts before it.
    #[test]
    fn a_damaged_recording_tells_a_true_beginning(
        history in histories(30),
        place in any::<prop::sample::Index>(),
        bit in 0..8_u32,
    ) {
        let (mut recording, _) = recorded(&history);
        let place = place.index(recording.len());
        recording[place] ^= 1 << bit;
        let (result, told) = replayed(&recording);
        prop_assert!(history.starts_with(&told));
        match result.unwrap_err() {
            ReplayError::NotARecording => prop_assert!(told.is_empty()),
            ReplayError::Truncated { position } | ReplayError::Corrupt { position } => {
                prop_assert!(position <= place as u64);
            }
            error @ ReplayError::Unreadable { .. } => prop_assert!(false, "{error}"),
        }
    }

    /// Bytes that nobody recorded are refused, never fatal.
    #[test]
    fn any_bytes_are_refused(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let (recording, _) = recorded(&Vec::new());
        prop_assert!(replayed(&bytes).0.is_err());
        let mut followed = recording;
        let end = followed.len();
        followed.extend(&bytes);
        prop_assert_eq!(replayed(&followed).0.is_ok(), bytes.is_empty());
        followed.drain(end - 36..end);
        prop_assert!(replayed(&followed).0.is_err());
    }
}

#[test]
fn a_recording_that_breaks_off_is_refused_wherever_it_does() {
    let history = long_history();
    let (recording, _) = recorded(&history);
    assert!(2 << 16 < recording.len(), "several blocks");
    assert_eq!(replayed(&recording).1, history);
    let near_the_end = recording.len() - 100..recording.len();
    let cuts = (0..100).chain((100..recording.len()).step_by(9_973)).chain(near_the_end);
    for cut in cuts {
        let (result, told) = replayed(&recording[..cut]);
        let error = result.unwrap_err();
        assert!(
            matches!(error, ReplayError::NotARecording | ReplayError::Truncated { .. }),
            "{cut}: {error}"
        );
        assert!(history.starts_with(&told), "{cut}");
    }
}

/// A disk that has room for so many bytes.
struct SmallDisk(usize);

impl Write for SmallDisk {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0 = self.0.checked_sub(bytes.len()).ok_or(io::ErrorKind::StorageFull)?;
        Ok(bytes.len())
    }
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_full_disk_is_told_at_the_end() {
    for room in [0, 40, 100_000] {
        let mut recorder = Recorder::new(SmallDisk(room));
        for (at, fact) in &long_history() {
            recorder.hear(*at, fact);
        }
        let error = recorder.finish().map(|_| ()).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::StorageFull, "{room}");
    }
}
