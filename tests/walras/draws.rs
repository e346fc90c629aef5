//! Portable draws: against `rand_distr` by distribution, against their own means, and bit by bit
//! against what they have always been.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;
use rand_distr::Distribution as _;
use walras::rng::draw::{Distribution, normal};
use walras::rng::{Purpose, Stream};

fn stream(entity: u64) -> Stream {
    Stream::open(20_261_125, 0, Purpose::Attributes, entity)
}

const DRAWS: usize = 40_000;

fn ours(distribution: &Distribution) -> Vec<f64> {
    let mut stream = stream(1);
    (0..DRAWS).map(|_| distribution.draw(&mut stream)).collect()
}

fn reference(distribution: impl rand_distr::Distribution<f64>) -> Vec<f64> {
    distribution.sample_iter(ChaCha8Rng::seed_from_u64(99)).take(DRAWS).collect()
}

/// The greatest distance between two samples' distribution functions (Kolmogorov and Smirnov).
fn distance(mut a: Vec<f64>, mut b: Vec<f64>) -> f64 {
    a.sort_by(f64::total_cmp);
    b.sort_by(f64::total_cmp);
    let (mut i, mut j, mut greatest) = (0, 0, 0.0_f64);
    while i < a.len() && j < b.len() {
        if a[i] <= b[j] {
            i += 1;
        } else {
            j += 1;
        }
        let gap = i as f64 / a.len() as f64 - j as f64 / b.len() as f64;
        greatest = greatest.max(gap.abs());
    }
    greatest
}

/// Two samples of one distribution are farther apart with probability 0.001.
fn limit() -> f64 {
    1.95 * (2.0 / DRAWS as f64).sqrt()
}

fn assert_alike(name: &str, ours: Vec<f64>, reference: Vec<f64>) {
    let found = distance(ours, reference);
    assert!(found < limit(), "{name}: {found} apart, the limit is {}", limit());
}

#[test]
fn draws_are_distributed_as_those_of_rand_distr() {
    let check = |name, distribution: Distribution, reference| {
        assert_alike(name, ours(&distribution), reference);
    };
    check(
        "uniform",
        Distribution::Uniform { low: -2.0, high: 5.0 },
        reference(rand_distr::Uniform::new(-2.0, 5.0).unwrap()),
    );
    check(
        "exponential",
        Distribution::Exponential { mean: 4.0 },
        reference(rand_distr::Exp::new(0.25).unwrap()),
    );
    check(
        "log-normal",
        Distribution::LogNormal { mu: 1.5, sigma: 0.8 },
        reference(rand_distr::LogNormal::new(1.5, 0.8).unwrap()),
    );
    for shape in [0.2, 0.9, 1.0, 2.5, 40.0] {
        check(
            "gamma",
            Distribution::Gamma { shape, scale: 3.0 },
            reference(rand_distr::Gamma::new(shape, 3.0).unwrap()),
        );
    }
    for shape in [0.5, 1.0, 3.0] {
        check(
            "weibull",
            Distribution::Weibull { shape, scale: 2.0 },
            reference(rand_distr::Weibull::new(2.0, shape).unwrap()),
        );
        check(
            "pareto",
            Distribution::Pareto { shape, scale: 2.0 },
            reference(rand_distr::Pareto::new(2.0, shape).unwrap()),
        );
    }
}

/// The comparison itself can fail: a mean 5 % off is seen.
#[test]
fn a_wrong_parameter_is_seen_by_the_comparison() {
    let ours = ours(&Distribution::Exponential { mean: 4.2 });
    let reference = reference(rand_distr::Exp::new(0.25).unwrap());
    assert!(limit() < distance(ours, reference));
}

#[test]
fn a_truncated_normal_is_the_normal_numbers_between_its_bounds() {
    for (low, high) in [(-1.0, 2.0), (3.0, 9.0), (-9.0, 2.5), (1.9, f64::INFINITY)] {
        let truncated = Distribution::truncated_normal(2.0, 1.5, (low, high)).unwrap();
        let all = rand_distr::Normal::new(2.0, 1.5)
            .unwrap()
            .sample_iter(ChaCha8Rng::seed_from_u64(3))
            .filter(|x| (low..=high).contains(x));
        assert_alike("truncated normal", ours(&truncated), all.take(DRAWS).collect());
    }
}

/// Far in the tail: 6 to 6.5 deviations above the mean, where rejection would draw a billion times.
#[test]
fn a_truncated_normal_keeps_its_digits_in_the_upper_tail() {
    let far = Distribution::truncated_normal(0.0, 1.0, (5.9, 6.5)).unwrap();
    let near = Distribution::truncated_normal(0.0, 1.0, (-6.5, -5.9)).unwrap();
    let (far, near) = (ours(&far), ours(&near));
    assert!(far.iter().all(|x| (5.9..=6.5).contains(x)));
    assert_alike("mirrored", far, near.into_iter().map(|x| -x).collect());
}

/// The quantile inverts the distribution function of another library.
#[test]
fn the_normal_quantile_is_exact_to_fourteen_digits() {
    for (p, z) in [
        (0.5, 0.0),
        (0.75, 0.674_489_750_196_081_7),
        (0.95, 1.644_853_626_951_472_2),
        (0.975, 1.959_963_984_540_054),
        (0.999, 3.090_232_306_167_813_5),
        (1e-10, -6.361_340_902_404_056),
        (1e-20, -9.262_340_089_798_409),
    ] {
        let found = normal::quantile(p);
        assert!((found - z).abs() <= 1e-14 * z.abs().max(1.0), "{p}: {found}, not {z}");
        let back = normal::below(found);
        assert!((back - p).abs() <= 1e-13 * p.max(1e-30), "{p}: back at {back}");
    }
}

/// Each mean's closed form lies within four standard errors of the mean of the draws.
#[test]
fn means_are_those_of_the_draws() {
    let cases = [
        Distribution::Uniform { low: 1.0, high: 4.0 },
        Distribution::Exponential { mean: 300.0 },
        Distribution::log_normal_by_median(60.0, 400.0).unwrap(),
        Distribution::Gamma { shape: 0.7, scale: 10.0 },
        Distribution::Weibull { shape: 1.4, scale: 10.0 },
        Distribution::Pareto { shape: 4.5, scale: 10.0 },
        Distribution::truncated_normal(10.0, 20.0, (0.0, 25.0)).unwrap(),
        Distribution::truncated_normal(-5.0, 2.0, (0.0, f64::INFINITY)).unwrap(),
        Distribution::discrete(&[(1.0, 0.6), (2.0, 0.25), (8.0, 0.15)]).unwrap(),
        Distribution::empirical(vec![3.0, 1.0, 4.0, 1.0, 5.0]).unwrap(),
    ];
    for distribution in cases {
        distribution.validate().unwrap();
        let draws = ours(&distribution);
        let (n, expected) = (draws.len() as f64, distribution.mean());
        let mean = draws.iter().sum::<f64>() / n;
        let variance = draws.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>() / (n - 1.0);
        let error = (variance / n).sqrt();
        assert!((mean - expected).abs() < 4.0 * error, "{distribution:?}: {mean}, not {expected}");
        let (low, high) = distribution.bounds();
        assert!(draws.iter().all(|x| (low..=high).contains(x)), "{distribution:?} out of bounds");
    }
    assert_eq!(Distribution::Pareto { shape: 1.0, scale: 1.0 }.mean(), f64::INFINITY);
    assert_eq!(Distribution::Constant(7.25).mean(), 7.25);
}

#[test]
fn a_log_normal_is_made_from_its_median_and_its_95th_percentile() {
    let mut draws = ours(&Distribution::log_normal_by_median(60.0, 400.0).unwrap());
    draws.sort_by(f64::total_cmp);
    let share_below =
        |bound: f64| draws.partition_point(|x| *x < bound) as f64 / draws.len() as f64;
    assert!((share_below(60.0) - 0.5).abs() < 0.01);
    assert!((share_below(400.0) - 0.95).abs() < 0.005);
}

#[test]
fn a_choice_has_its_probabilities_and_measured_values_are_equally_likely() {
    let share = |draws: &[f64], value: f64| {
        draws.iter().filter(|x| (**x - value).abs() < 1e-12).count() as f64 / draws.len() as f64
    };
    let choice = Distribution::discrete(&[(8.0, 0.1), (1.0, 0.7), (2.0, 0.2), (3.0, 0.0)]).unwrap();
    let draws = ours(&choice);
    for (value, probability) in [(1.0, 0.7), (2.0, 0.2), (3.0, 0.0), (8.0, 0.1)] {
        assert!((share(&draws, value) - probability).abs() < 0.01, "{value}");
    }
    let draws = ours(&Distribution::empirical(vec![3.0, 1.0, 4.0, 1.0, 5.0]).unwrap());
    for (value, probability) in [(1.0, 0.4), (3.0, 0.2), (4.0, 0.2), (5.0, 0.2)] {
        assert!((share(&draws, value) - probability).abs() < 0.01, "{value}");
    }
}

#[test]
fn uniform_numbers_are_never_0_or_1_and_whole_ones_are_unbiased() {
    let mut stream = stream(2);
    assert!((0..100_000).map(|_| stream.uniform()).all(|u| 0.0 < u && u < 1.0));
    // A range of three quarters of 2^64: a plain product would favour every third value by half.
    let range = 3 << 62;
    let thirds = (0..30_000).fold([0_u32; 3], |mut counts, _| {
        counts[usize::try_from(stream.below(range) % 3).unwrap()] += 1;
        counts
    });
    assert!(thirds.iter().all(|count| count.abs_diff(10_000) < 330), "{thirds:?}");
    assert!((0..1_000).all(|_| stream.below(1) == 0));
}

#[test]
fn constants_cost_no_random_number() {
    let (mut used, mut fresh) = (stream(3), stream(3));
    for _ in 0..10 {
        assert_eq!(Distribution::Constant(4.0).draw(&mut used), 4.0);
    }
    assert_eq!(used.bits(), fresh.bits());
}

/// One number a draw, whatever the parameters: twice the mean gives the same customers, twice as long.
#[test]
fn a_scaled_distribution_scales_every_draw() {
    let pairs = [
        (Distribution::Exponential { mean: 3.0 }, Distribution::Exponential { mean: 6.0 }),
        (
            Distribution::Weibull { shape: 1.5, scale: 3.0 },
            Distribution::Weibull { shape: 1.5, scale: 6.0 },
        ),
        (
            Distribution::Pareto { shape: 1.5, scale: 3.0 },
            Distribution::Pareto { shape: 1.5, scale: 6.0 },
        ),
    ];
    for (one, two) in pairs {
        let both = ours(&one).into_iter().zip(ours(&two));
        assert!(both.into_iter().all(|(one, two)| two == 2.0 * one), "{one:?}");
    }
}

#[test]
fn senseless_parameters_are_refused() {
    let nan = f64::NAN;
    let bad = [
        Distribution::Constant(f64::INFINITY),
        Distribution::Uniform { low: 2.0, high: 1.0 },
        Distribution::Uniform { low: nan, high: 1.0 },
        Distribution::Exponential { mean: 0.0 },
        Distribution::Exponential { mean: -1.0 },
        Distribution::LogNormal { mu: 0.0, sigma: -0.1 },
        Distribution::Gamma { shape: 0.0, scale: 1.0 },
        Distribution::Weibull { shape: 1.0, scale: nan },
        Distribution::Pareto { shape: f64::INFINITY, scale: 1.0 },
        Distribution::Empirical(Vec::new().into()),
    ];
    for distribution in bad {
        assert!(distribution.validate().is_err(), "{distribution:?}");
    }
    assert!(Distribution::log_normal_by_median(10.0, 9.0).is_err());
    assert!(Distribution::log_normal_by_median(0.0, 9.0).is_err());
    assert!(Distribution::truncated_normal(0.0, 1.0, (2.0, 2.0)).is_err());
    assert!(Distribution::truncated_normal(0.0, 1.0, (7.0, 9.0)).is_err(), "next to nothing");
    assert!(Distribution::truncated_normal(0.0, 0.0, (0.0, 1.0)).is_err());
    assert!(Distribution::empirical(vec![1.0, nan]).is_err());
    assert!(Distribution::discrete(&[]).is_err());
    assert!(Distribution::discrete(&[(1.0, -0.5), (2.0, 1.5)]).is_err());
    let sum = Distribution::discrete(&[(1.0, 0.5), (2.0, 0.4)]).unwrap_err();
    assert_eq!(sum.to_string(), "the sum of the probabilities is 0.9, expected 1");
    assert!(Distribution::discrete(&[(1.0, 0.1); 10]).is_ok(), "ten times 0.1 is 1");
}

/// The bits of the first draws of each distribution. They never change: outputs are a function of
/// scenario, traces, seed and version, on every platform.
#[test]
fn bits_never_change() {
    let mut found = String::new();
    let cases = [
        ("uniform", Distribution::Uniform { low: 0.0, high: 1.0 }),
        ("exponential", Distribution::Exponential { mean: 1.0 }),
        ("log_normal", Distribution::LogNormal { mu: 0.0, sigma: 1.0 }),
        ("gamma", Distribution::Gamma { shape: 2.5, scale: 1.0 }),
        ("gamma below 1", Distribution::Gamma { shape: 0.5, scale: 1.0 }),
        ("weibull", Distribution::Weibull { shape: 1.5, scale: 1.0 }),
        ("pareto", Distribution::Pareto { shape: 1.5, scale: 1.0 }),
        ("truncated", Distribution::truncated_normal(0.0, 1.0, (-0.5, 3.0)).unwrap()),
        ("discrete", Distribution::discrete(&[(1.0, 0.5), (4.0, 0.3), (8.0, 0.2)]).unwrap()),
        ("empirical", Distribution::empirical(vec![0.5, 1.5, 2.5, 3.5, 4.5]).unwrap()),
    ];
    for (name, distribution) in cases {
        let mut stream = Stream::open(1, 2, Purpose::Attributes, 3);
        let bits = [(); 4].map(|()| format!("{:016x}", distribution.draw(&mut stream).to_bits()));
        found.push_str(&format!("{name}: {}\n", bits.join(" ")));
    }
    expect_test::expect![[r#"
        uniform: 3fdac9e76a91b6be 3fcbd396c78b4814 3fb77f3499cb0b38 3fe2b77d5acf3497
        exponential: 3febde70cd4fa5f8 3ff86aa9b767ab0e 40031b41cd54e2a2 3fe12981a93e7e73
        log_normal: 3fea0df4b3e81dd4 3fdd4ed98f6c9ead 3fd0edde84a98f0a 3ff3d3a3a3446451
        gamma: 3ffe0c31e356e6b1 3fe7aa0d847c47c5 400c25637151271b 40111a5e9ffd2ffb
        gamma below 1: 3fb6e099f3ddb797 3fe84aec906bec69 4001ce3765850bdf 3fdd0965b9f0665d
        weibull: 3fed2ed93bcc2d2a 3ff5353818bc8d12 3ffc96785972d1ed 3fe51f9855db7bfd
        pareto: 3ffc98054b20580a 40062088193f5416 4013a8875d0ff4a8 3ff6e084ce56ae9c
        truncated: 3fcf915bd4df6d96 bfbaa31a35de4de7 bfd4eb99d1beb591 3fe1e9aca25561ca
        discrete: 3ff0000000000000 3ff0000000000000 3ff0000000000000 4010000000000000
        empirical: 4004000000000000 3ff8000000000000 3fe0000000000000 4004000000000000
    "#]]
    .assert_eq(&found);
}
