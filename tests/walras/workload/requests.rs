//! Sources of requests to endpoints: the same whatever else is drawn, in order of time, at their rates.

mod errors;
mod real;
mod samples;

use proptest::prelude::*;
use walras::ids::{AccountId, EndpointId, Id};
use walras::rng::draw::Distribution;
use walras::scenario::demand::{ArrivalProcess, RateProfile};
use walras::scenario::model::serverless::{
    RequestArrivals, RequestSource, RequestTrace, ServiceTime, Submission, Work,
};
use walras::units::{SimTime, Span};
use walras::workload::requests::Requests;

type Submitted = Vec<(SimTime, Submission)>;

/// A source of `arrivals` that take an exponential time of mean 5 s.
fn source(arrivals: RequestArrivals) -> RequestSource {
    RequestSource {
        endpoint: EndpointId::from_index(0),
        account: AccountId::from_index(0),
        arrivals,
        from: SimTime::ZERO,
        until: SimTime::NEVER,
        service: ServiceTime::Drawn(Distribution::Exponential { mean: 5.0 }),
        sync: false,
        low_priority: 0.0,
        handler_error: 0.0,
        input_bytes: None,
        output_bytes: None,
        output_units: None,
        execution_timeout: None,
        ttl: None,
        webhook: false,
    }
}

fn poisson(per_second: f64) -> RequestSource {
    source(RequestArrivals::Process(ArrivalProcess::Poisson { per_second, profile: None }))
}

/// The rows of a trace as they are.
fn traced(trace: RequestTrace) -> RequestSource {
    RequestSource { service: ServiceTime::Traced, ..source(RequestArrivals::Trace(trace)) }
}

fn open(source: &RequestSource, index: usize, seed: u64, horizon: SimTime) -> Requests {
    Requests::open(source, index, (seed, 0), (0, horizon)).unwrap()
}

fn all_of(requests: &mut Requests) -> Submitted {
    std::iter::from_fn(|| requests.next().map(|(at, job)| (at, *job))).collect()
}

fn submitted(source: &RequestSource, seed: u64, horizon: u64) -> Submitted {
    let mut requests = open(source, 3, seed, SimTime::from_seconds(horizon));
    let all = all_of(&mut requests);
    assert!(requests.take_failure().is_none(), "the source fails");
    assert!(requests.next().is_none(), "what has ended stays ended");
    all
}

fn seconds(job: &Submission) -> f64 {
    match job.execution {
        Work::Takes(span) => span.as_seconds_f64(),
        Work::Tokens(..) => panic!("a request of tokens"),
    }
}

fn instants(all: &Submitted) -> Vec<SimTime> {
    all.iter().map(|(at, _)| *at).collect()
}

/// Everything that a source can draw.
fn rich() -> RequestSource {
    RequestSource {
        sync: true,
        low_priority: 0.25,
        handler_error: 0.1,
        input_bytes: Some(Distribution::Exponential { mean: 1e6 }),
        output_bytes: Some(Distribution::Constant(2_000.4)),
        output_units: Some(Distribution::Uniform { low: 0.5, high: 1.5 }),
        ttl: Some(Span::HOUR),
        ..poisson(2.0)
    }
}

#[test]
fn a_source_is_the_same_whatever_is_drawn_elsewhere() {
    let (one, two) = (rich(), poisson(3.0));
    let horizon = SimTime::from_seconds(500);
    let alone = submitted(&one, 7, 500);
    // Drawn in turns with another source, and by twos.
    let mut mine = open(&one, 3, 7, horizon);
    let mut other = open(&two, 4, 7, horizon);
    let mut found = Vec::new();
    while let Some((at, job)) = mine.next() {
        found.push((at, *job));
        let _ = (other.next().is_some(), other.next().is_some());
    }
    assert_eq!(found, alone);
    let differs = |seed, index| {
        let mut other = open(&one, index, seed, horizon);
        all_of(&mut other) != alone
    };
    assert!(differs(8, 3) && differs(7, 4) && !differs(7, 3));
}

/// What is added to a source leaves all else of it as it was.
#[test]
fn an_attribute_more_moves_no_other() {
    let (bare, full) = (submitted(&poisson(2.0), 7, 500), submitted(&rich(), 7, 500));
    assert_eq!(instants(&bare), instants(&full));
    for ((_, bare), (_, full)) in bare.iter().zip(&full) {
        assert_eq!(bare.execution, full.execution);
        let template = (full.sync, full.ttl, full.output_bytes, full.has_input);
        assert_eq!(template, (true, Some(Span::HOUR), 2_000, true));
        assert!((500_000..=1_500_000).contains(&full.output_units));
        assert_eq!((bare.input_bytes, bare.output_bytes, bare.output_units), (0, 0, 0));
        assert!(!bare.low_priority && !bare.handler_error);
    }
    // A longer horizon only adds.
    let longer = submitted(&rich(), 7, 900);
    assert_eq!(longer[..full.len()], full[..]);
}

/// The numbers of purpose and parts are part of what a seed means: append, never renumber.
#[test]
fn a_seed_means_what_it_has_always_meant() {
    let found = submitted(&rich(), 7, 4);
    let found: Vec<_> = found
        .iter()
        .take(3)
        .map(|(at, job)| (at.micros(), job.execution, job.input_bytes, job.output_units))
        .collect();
    let takes = |micros| Work::Takes(Span::from_micros(micros));
    let expected = [
        (802_173, takes(2_839_419), 651_782, 1_473_824),
        (887_870, takes(6_305_034), 2_973_719, 755_484),
        (2_459_342, takes(65_147), 14_133, 1_150_054),
    ];
    assert_eq!(found, expected);
}

#[test]
fn what_is_always_or_never_so_is_not_drawn() {
    let always = RequestSource { low_priority: 1.0, handler_error: 0.0, ..poisson(1.0) };
    let all = submitted(&always, 1, 300);
    assert!(all.iter().all(|(_, job)| job.low_priority && !job.handler_error));
}

/// The deviation of a normal number beyond which 1 % lie, on both sides together.
const Z99: f64 = 2.575_829_303_548_901;

/// How far the figures of a run lie from what they should be, each as a part of its 99 % interval: above 1 it
/// lies outside.
fn misses(seed: u64, horizon: u64) -> [(&'static str, f64); 6] {
    let all = submitted(&rich(), seed, horizon);
    let count = all.len() as f64;
    let expected = 2.0 * horizon as f64;
    let mean =
        |of: &dyn Fn(&Submission) -> f64| all.iter().map(|(_, job)| of(job)).sum::<f64>() / count;
    let share = |of: &dyn Fn(&Submission) -> bool| mean(&|job| f64::from(u8::from(of(job))));
    let off = |found: f64, expected: f64, deviation: f64| {
        (found - expected).abs() / (Z99 * deviation / count.sqrt())
    };
    [
        ("requests", (count - expected).abs() / (Z99 * expected.sqrt())),
        ("execution", off(mean(&seconds), 5.0, 5.0)),
        ("low priority", off(share(&|job| job.low_priority), 0.25, 0.1875_f64.sqrt())),
        ("handler error", off(share(&|job| job.handler_error), 0.1, 0.3)),
        ("input", off(mean(&|job| job.input_bytes as f64), 1e6, 1e6)),
        ("units", off(mean(&|job| job.output_units as f64), 1e6, 1e6 / 12_f64.sqrt())),
    ]
}

#[test]
fn rates_means_and_shares_lie_within_their_99_percent_intervals() {
    for (name, off) in misses(1, 50_000) {
        assert!(off < 1.0, "{name}: {off} of its interval");
    }
}

/// The intervals hold what they promise: of 200 seeds about 2 lie outside, for each figure alike. More than
/// 8 for one figure, or other than 2 to 24 of all 1,200, would come by chance less than once in a thousand.
#[test]
fn of_a_hundred_seeds_about_one_lies_outside_its_interval() {
    let mut outside = [0_u32; 6];
    for seed in 0..200 {
        for (outside, (_, off)) in outside.iter_mut().zip(misses(seed, 500)) {
            *outside += u32::from(1.0 < off);
        }
    }
    assert!(outside.iter().all(|count| *count <= 8), "{outside:?}");
    assert!((2..=24).contains(&outside.iter().sum::<u32>()), "{outside:?}");
}

#[test]
fn tokens_are_whole_numbers_and_have_their_means() {
    let service = ServiceTime::Tokens {
        prompt: Distribution::Constant(512.0),
        answer: Distribution::Exponential { mean: 200.0 },
    };
    let all = submitted(&RequestSource { service, ..poisson(1.0) }, 1, 40_000);
    let answers = all.iter().map(|(_, job)| match job.execution {
        Work::Tokens(512, answer) => f64::from(answer),
        other => panic!("{other:?}"),
    });
    let (count, mean) = (all.len() as f64, answers.sum::<f64>() / all.len() as f64);
    assert!((mean - 200.0).abs() < Z99 * 200.0 / count.sqrt(), "{mean}");
}

/// Customers' processes: a profile of the day is followed here, too.
#[test]
fn a_profile_moves_the_rate_and_keeps_its_mean() {
    let profile = Some(RateProfile::Daily { amplitude: 0.8, peak_hour: 12.0 });
    let process = ArrivalProcess::Poisson { per_second: 0.5, profile };
    let all = submitted(&source(RequestArrivals::Process(process)), 5, 86_400);
    let expected = 0.5 * 86_400.0_f64;
    assert!((all.len() as f64 - expected).abs() < Z99 * expected.sqrt());
    let noon = |at: &SimTime| (21_600..64_800).contains(&(at.micros() / 1_000_000));
    let at_noon = instants(&all).iter().filter(|at| noon(at)).count() as f64;
    // The cosine over the half about its peak: 1/2 + 0.8/π of all.
    let expected = expected * (0.5 + 0.8 / std::f64::consts::PI);
    assert!((at_noon - expected).abs() < Z99 * expected.sqrt(), "{at_noon} of {expected}");
}

fn processes() -> impl Strategy<Value = ArrivalProcess> {
    prop_oneof![
        (0.01..50.0_f64)
            .prop_map(|per_second| ArrivalProcess::Poisson { per_second, profile: None }),
        (0.01..5.0_f64, 0.0..=1.0_f64).prop_map(|(per_second, amplitude)| {
            let profile = Some(RateProfile::Daily { amplitude, peak_hour: 6.0 });
            ArrivalProcess::Poisson { per_second, profile }
        }),
        (0.1..30.0_f64)
            .prop_map(|mean| ArrivalProcess::Renewal { gap: Distribution::Exponential { mean } }),
        (0.1..20.0_f64)
            .prop_map(|rate| ArrivalProcess::Bursts { states: vec![(rate, 20.0), (0.0, 60.0)] }),
    ]
}

proptest! {
    /// In order of time, none before `from`, none at or after `until` and the horizon.
    #[test]
    fn requests_keep_their_order_and_their_bounds(
        process in processes(),
        (from, length, horizon) in (0..500_u64, 0..500_u64, 1..1_000_u64),
        seed in 0..1_000_u64,
    ) {
        let from_until = [from, from + length].map(SimTime::from_seconds);
        let [from, until] = from_until;
        let source = RequestSource { from, until, ..source(RequestArrivals::Process(process)) };
        let all = submitted(&source, seed, horizon);
        prop_assert!(all.windows(2).all(|pair| pair[0].0 <= pair[1].0));
        let end = until.min(SimTime::from_seconds(horizon));
        prop_assert!(all.iter().all(|(at, _)| from <= *at && *at < end));
    }
}
