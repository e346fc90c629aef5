//! When customers come: counts and gaps against the closed forms, with fixed seeds.

use super::{arrivals, scenario, segment};
use walras::rng::draw::Distribution;
use walras::scenario::demand::{ArrivalProcess, RateProfile};
use walras::units::{SimTime, Span};
use walras::workload::arrivals::{mean_rate, validate};

const fn days(days: u64) -> SimTime {
    SimTime::from_seconds(days * 86_400)
}

fn poisson(per_second: f64, profile: Option<RateProfile>) -> ArrivalProcess {
    ArrivalProcess::Poisson { per_second, profile }
}

/// Seconds between one arrival and the next.
fn gaps(process: ArrivalProcess, horizon: SimTime) -> Vec<f64> {
    let all = arrivals(&scenario(horizon), &segment(process), 11);
    all.windows(2).map(|pair| (pair[1].at - pair[0].at).as_seconds_f64()).collect()
}

fn moments(values: &[f64]) -> (f64, f64) {
    let mean = values.iter().sum::<f64>() / values.len() as f64;
    let squares = values.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>();
    (mean, squares / (values.len() - 1) as f64)
}

#[test]
fn poisson_gaps_are_exponential() {
    let gaps = gaps(poisson(0.1, None), days(10));
    let (mean, variance) = moments(&gaps);
    let error = 10.0 / (gaps.len() as f64).sqrt();
    assert!((mean - 10.0).abs() < 3.0 * error, "mean gap {mean} s over {} gaps", gaps.len());
    assert!((variance.sqrt() / mean - 1.0).abs() < 0.02, "deviation {}", variance.sqrt());
    let beyond_mean = gaps.iter().filter(|gap| 10.0 < **gap).count() as f64 / gaps.len() as f64;
    assert!((beyond_mean - (-1.0_f64).exp()).abs() < 0.005, "{beyond_mean} are beyond the mean");
}

#[test]
fn arrivals_stop_at_the_segment_s_end_and_at_the_horizon() {
    let mut customers = segment(poisson(1.0, None));
    customers.from = SimTime::from_seconds(1_000);
    customers.until = SimTime::from_seconds(2_000);
    let within = |horizon| {
        let all = arrivals(&scenario(SimTime::from_seconds(horizon)), &customers, 5);
        assert!(all.iter().all(|arrival| customers.from <= arrival.at));
        all
    };
    let (long, short) = (within(9_000), within(1_500));
    assert!(long.iter().all(|arrival| arrival.at < customers.until));
    assert!(900 < long.len() && long.len() < 1_100, "{}", long.len());
    assert_eq!(short[..], long[..short.len()], "a shorter horizon cuts, and changes nothing");
    assert!(long[short.len()].at >= SimTime::from_seconds(1_500));
    // Constant gaps: the arrival that falls on the end is left out.
    let mut clockwork = segment(ArrivalProcess::Renewal { gap: Distribution::Constant(10.0) });
    clockwork.until = SimTime::from_seconds(100);
    let all = arrivals(&scenario(days(1)), &clockwork, 5);
    assert_eq!(all.len(), 9);
    assert_eq!(all[8].at, SimTime::from_seconds(90));
}

/// Counts of each bin of the day against the integral of the profile over it, as a chi-square.
fn chi_square_of_thinning(profile: RateProfile, bins: u64, start_unix_s: i64) -> (f64, f64) {
    const DAYS: u64 = 70;
    let per_second = 0.05;
    let mut market = scenario(days(DAYS));
    market.start_unix_s = start_unix_s;
    let all = arrivals(&market, &segment(poisson(per_second, Some(profile.clone()))), 23);
    let width = Span::from_seconds(86_400 / bins);
    let mut counts = vec![0.0; usize::try_from(bins).unwrap()];
    for arrival in &all {
        let bin = arrival.at.micros() % Span::DAY.micros() / width.micros();
        counts[usize::try_from(bin).unwrap()] += 1.0;
    }
    // Simpson's rule, fine enough to be exact for straight lines between its nodes.
    let integral = |bin: u64| {
        const PARTS: u64 = 240;
        let step = width.micros() / PARTS;
        let at = |part: u64| {
            profile.at(SimTime::from_micros(bin * width.micros() + part * step), start_unix_s)
        };
        let sum: f64 = (0..PARTS / 2)
            .map(|pair| at(2 * pair) + 4.0 * at(2 * pair + 1) + at(2 * pair + 2))
            .sum();
        sum * step as f64 / 1e6 / 3.0
    };
    let chi = (0..bins)
        .map(|bin| {
            let expected = integral(bin) * per_second * DAYS as f64;
            let off = counts[usize::try_from(bin).unwrap()] - expected;
            off * off / expected
        })
        .sum();
    let expected_total = per_second * profile.mean() * (DAYS * 86_400) as f64;
    (chi, (all.len() as f64 - expected_total) / expected_total.sqrt())
}

/// Half-hours, finer than the profile's points: a step approximation would fail, as the next test
/// shows. 48 bins: the 99.9th percentile of chi-square with 48 degrees is 84.0.
#[test]
fn thinning_follows_the_integral_of_the_profile() {
    let start = 1_709_229_600; // 2024-02-29 18:00 UTC
    let hours = [0.2, 0.2, 0.4, 1.8, 2.0, 1.4];
    for profile in
        [RateProfile::Daily { amplitude: 0.9, peak_hour: 14.5 }, RateProfile::Day(hours.to_vec())]
    {
        let (chi, total) = chi_square_of_thinning(profile.clone(), 48, start);
        assert!(chi < 84.0, "{profile:?}: chi-square {chi}");
        assert!(total.abs() < 3.3, "{profile:?}: the total is {total} deviations off");
    }
}

/// The chi-square test is sharp enough: a profile of four-hour steps does not pass for its lines.
#[test]
fn steps_would_not_pass_for_lines() {
    let lines = RateProfile::Day(vec![0.2, 0.2, 0.4, 1.8, 2.0, 1.4]);
    // Each level held for its four hours, by points five minutes apart.
    let RateProfile::Day(levels) = &lines else { unreachable!() };
    let steps = RateProfile::Day(levels.iter().flat_map(|level| [*level; 48]).collect());
    let market = scenario(days(70));
    let all = arrivals(&market, &segment(poisson(0.05, Some(steps))), 23);
    let chi: f64 = (0..48_u64)
        .map(|bin| {
            let middle = SimTime::from_seconds(bin * 1_800 + 900);
            let expected = lines.at(middle, 0) * 0.05 * 1_800.0 * 70.0;
            let is_in = |at: SimTime| at.micros() % Span::DAY.micros() / 1_800_000_000 == bin;
            let count = all.iter().filter(|arrival| is_in(arrival.at)).count() as f64;
            (count - expected) * (count - expected) / expected
        })
        .sum();
    assert!(10.0 * 84.0 < chi, "chi-square {chi}");
}

#[test]
fn a_week_s_profile_knows_its_days() {
    // From 1970-01-01, a Thursday: nobody comes at the weekend but on its edges.
    let week = RateProfile::Week(vec![1.0, 1.0, 1.0, 1.0, 1.0, 0.0, 0.0]);
    let all = arrivals(&scenario(days(70)), &segment(poisson(0.02, Some(week))), 3);
    let mut counts = [0_u32; 7];
    for arrival in &all {
        counts[usize::try_from((arrival.at.micros() / Span::DAY.micros() + 3) % 7).unwrap()] += 1;
    }
    // Monday to Thursday whole, Friday falling, Saturday none, Sunday rising.
    for (day, expected) in [17_280, 17_280, 17_280, 17_280, 8_640, 0, 8_640].iter().enumerate() {
        let deviation = f64::from(counts[day].abs_diff(*expected));
        assert!(deviation <= 4.0 * f64::from(*expected).sqrt(), "day {day}: {counts:?}");
    }
}

#[test]
fn renewal_gaps_have_the_distribution_that_is_asked_for() {
    let gap = Distribution::Weibull { shape: 0.7, scale: 60.0 };
    let expected = gap.mean();
    let found = gaps(ArrivalProcess::Renewal { gap: gap.clone() }, days(40));
    let (mean, variance) = moments(&found);
    let error = (variance / found.len() as f64).sqrt();
    assert!((mean - expected).abs() < 4.0 * error, "{mean}, not {expected}");
    // The coefficient of variation of this shape, from gamma functions: 1.4624.
    assert!((variance.sqrt() / mean - 1.4624).abs() < 0.04, "{}", variance.sqrt() / mean);
}

#[test]
fn bursts_have_their_long_run_rate_and_more_than_poisson_variance() {
    let states = vec![(0.01, 3_000.0), (0.5, 600.0), (0.0, 400.0)];
    let process = ArrivalProcess::Bursts { states };
    let rate = mean_rate(&process).unwrap();
    assert!((rate - 330.0 / 4_000.0).abs() < 1e-12);
    let all = arrivals(&scenario(days(400)), &segment(process), 4);
    let seconds = 400.0 * 86_400.0;
    // The variance of a count is dominated by that of the bursts: 8,640 cycles of 300 each.
    let found = all.len() as f64 / seconds;
    assert!((found / rate - 1.0).abs() < 0.04, "{found} a second, not {rate}");
    let mut hours = vec![0.0; 400 * 24];
    for arrival in &all {
        hours[usize::try_from(arrival.at.micros() / Span::HOUR.micros()).unwrap()] += 1.0;
    }
    let (mean, variance) = moments(&hours);
    assert!(20.0 < variance / mean, "index of dispersion {}", variance / mean);
}

#[test]
fn bursts_of_equal_states_are_a_poisson_process() {
    let states = vec![(0.1, 50.0), (0.1, 5.0)];
    let gaps = gaps(ArrivalProcess::Bursts { states }, days(10));
    let (mean, variance) = moments(&gaps);
    assert!((mean - 10.0).abs() < 0.1 && (variance.sqrt() - 10.0).abs() < 0.2, "{mean}");
}

#[test]
fn silent_bursts_end_with_the_run() {
    let process = ArrivalProcess::Bursts { states: vec![(0.0, 60.0), (0.0, 1.0)] };
    assert!(arrivals(&scenario(days(1)), &segment(process), 4).is_empty());
    assert!(arrivals(&scenario(days(1)), &segment(poisson(0.0, None)), 4).is_empty());
}

#[test]
fn a_batch_comes_together_and_each_of_it_draws_for_itself() {
    let mut customers = segment(poisson(0.01, None));
    customers.batch = Some(Distribution::discrete(&[(0.0, 0.2), (1.0, 0.3), (4.0, 0.5)]).unwrap());
    customers.value = Some(Distribution::Exponential { mean: 10.0 });
    let all = arrivals(&scenario(days(20)), &customers, 8);
    let mut sizes = [0_u32; 5];
    for together in all.chunk_by(|a, b| a.at == b.at) {
        sizes[together.len()] += 1;
        assert!(together.windows(2).all(|pair| pair[0].value != pair[1].value));
    }
    let instants = 20.0 * 86_400.0 * 0.01;
    assert!((f64::from(sizes[1]) - 0.3 * instants).abs() < 4.0 * (0.3 * instants).sqrt());
    assert!((f64::from(sizes[4]) - 0.5 * instants).abs() < 4.0 * (0.5 * instants).sqrt());
    assert_eq!((sizes[2], sizes[3]), (0, 0));
}

#[test]
fn senseless_processes_are_refused() {
    for bad in [
        poisson(-1.0, None),
        poisson(f64::NAN, None),
        poisson(1.0, Some(RateProfile::Day(vec![]))),
        ArrivalProcess::Renewal { gap: Distribution::Constant(0.0) },
        ArrivalProcess::Renewal { gap: Distribution::Uniform { low: -1.0, high: 3.0 } },
        ArrivalProcess::Bursts { states: vec![] },
        ArrivalProcess::Bursts { states: vec![(1.0, 0.0)] },
        ArrivalProcess::Bursts { states: vec![(-1.0, 5.0)] },
    ] {
        assert!(validate(&bad).is_err(), "{bad:?}");
    }
    assert!(validate(&poisson(0.0, None)).is_ok());
}
