//! What customers want: common random numbers, whatever else changes.

use super::{arrivals, scenario, segment};
use walras::ids::{AccountId, Id, SegmentId};
use walras::rng::draw::Distribution;
use walras::scenario::Scenario;
use walras::scenario::demand::{Arrival, ArrivalProcess, Segment, WorkLength};
use walras::units::{GpuTime, Money, SimTime, Span};

fn day() -> Scenario {
    scenario(SimTime::from_seconds(86_400))
}

fn rich() -> Segment {
    let mut customers = segment(ArrivalProcess::Poisson { per_second: 0.05, profile: None });
    customers.first_account = AccountId::from_index(10);
    customers.population = 7;
    customers.gpus = Distribution::discrete(&[(1.0, 0.5), (2.0, 0.3), (8.0, 0.2)]).unwrap();
    customers.work = WorkLength::Duration(Distribution::log_normal_by_median(60.0, 900.0).unwrap());
    customers.value = Some(Distribution::Gamma { shape: 0.5, scale: 9.0 });
    customers.patience = Some(Distribution::Exponential { mean: 120.0 });
    customers
}

fn each<T>(arrivals: &[Arrival], what: impl Fn(&Arrival) -> T) -> Vec<T> {
    arrivals.iter().map(what).collect()
}

#[test]
fn arrivals_are_a_function_of_seed_replication_and_segment() {
    let first = arrivals(&day(), &rich(), 1);
    assert_eq!(first, arrivals(&day(), &rich(), 1));
    assert_ne!(each(&first, |a| a.at), each(&arrivals(&day(), &rich(), 2), |a| a.at));
    let mut second_segment = rich();
    second_segment.id = SegmentId::from_index(1);
    assert_ne!(each(&first, |a| a.at), each(&arrivals(&day(), &second_segment, 1), |a| a.at));
}

/// A study that changes one thing about a segment keeps the rest of every customer.
#[test]
fn each_attribute_is_independent_of_the_others() {
    let before = arrivals(&day(), &rich(), 1);
    let mut changed = rich();
    changed.value = None;
    changed.gpus = Distribution::Constant(4.0);
    changed.patience = Some(Distribution::Constant(5.0));
    changed.population = 1;
    changed.work = WorkLength::GpuSeconds(Distribution::log_normal_by_median(60.0, 900.0).unwrap());
    let after = arrivals(&day(), &changed, 1);
    assert_eq!(each(&before, |a| a.at), each(&after, |a| a.at));
    let seconds = |a: &Arrival| a.work.unwrap().time_on(a.demand.gpus).micros();
    let gpu_seconds = |a: &Arrival| u64::try_from(a.work.unwrap().gpu_micros()).unwrap();
    assert_eq!(each(&before, seconds), each(&after, gpu_seconds));
    let mut only_value = segment(rich().arrivals);
    only_value.value = rich().value;
    let only_value = arrivals(&day(), &only_value, 1);
    assert_eq!(each(&before, |a| a.value), each(&only_value, |a| a.value));
}

/// The rate changes, the customers don't: the k-th wants what the k-th wanted.
#[test]
fn attributes_are_independent_of_the_arrivals() {
    let before = arrivals(&day(), &rich(), 1);
    let mut busy = rich();
    busy.arrivals = ArrivalProcess::Renewal { gap: Distribution::Constant(2.0) };
    let after = arrivals(&day(), &busy, 1);
    let wants = |a: &Arrival| Arrival { at: SimTime::ZERO, ..*a };
    assert_eq!(each(&before, wants)[..], each(&after, wants)[..before.len()]);
}

#[test]
fn attributes_are_what_the_segment_says() {
    let all = arrivals(&day(), &rich(), 1);
    let mut counts = [0_u32; 7];
    for arrival in &all {
        counts[arrival.account.index() - 10] += 1;
        assert!([1, 2, 8].contains(&arrival.demand.gpus));
        assert!(Money::ZERO <= arrival.value.unwrap());
        assert!(arrival.patience < Span::DAY);
        assert_eq!((arrival.image, arrival.stay), (rich().image, None));
    }
    let expected = all.len() as f64 / 7.0;
    assert!(counts.iter().all(|n| (f64::from(*n) - expected).abs() < 4.0 * expected.sqrt()));
    let plain = arrivals(&day(), &segment(rich().arrivals), 1);
    let work = Some(GpuTime::new(1, Span::HOUR));
    let is_plain = |a: &Arrival| {
        (a.work, a.value, a.patience, a.account.index()) == (work, None, Span::FOREVER, 0)
    };
    assert!(plain.iter().all(is_plain));
}

/// POD-13: without a GPU no work can be done, so the pod stays for its duration instead.
#[test]
fn a_pod_without_gpus_stays_for_its_duration() {
    let mut customers = segment(rich().arrivals);
    customers.gpus = Distribution::Constant(0.0);
    let all = arrivals(&day(), &customers, 1);
    assert!(all.iter().all(|a| (a.work, a.stay) == (None, Some(Span::HOUR))));
    customers.work = WorkLength::Endless;
    let all = arrivals(&day(), &customers, 1);
    assert!(all.iter().all(|a| (a.work, a.stay) == (None, None)));
}
