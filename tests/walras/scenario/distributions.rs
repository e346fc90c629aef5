//! Distributions as a scenario writes them.

use super::{Files, poisson, read};
use walras::rng::draw::Distribution;
use walras::scenario::demand::WorkLength;

/// The distribution that `text` means as a duration.
fn duration(text: &str) -> Distribution {
    let scenario = read(&poisson(&format!("duration: {text},")));
    let WorkLength::Duration(duration) = scenario.segments[0].work.clone() else {
        panic!("a duration")
    };
    duration
}

#[test]
fn every_family_is_read_in_seconds() {
    let cases = [
        (r#""90s""#, Distribution::Constant(90.0)),
        (r#"Constant("1m30s")"#, Distribution::Constant(90.0)),
        (r#"Uniform(low: "1s", high: "1h")"#, Distribution::Uniform { low: 1.0, high: 3_600.0 }),
        (r#"Exponential(mean: "250ms")"#, Distribution::Exponential { mean: 0.25 }),
        ("LogNormal(mu: 8.5, sigma: 1)", Distribution::LogNormal { mu: 8.5, sigma: 1.0 }),
        (r#"Gamma(shape: 2, scale: "1m")"#, Distribution::Gamma { shape: 2.0, scale: 60.0 }),
        (r#"Weibull(shape: 2, scale: "1m")"#, Distribution::Weibull { shape: 2.0, scale: 60.0 }),
        (r#"Pareto(shape: 1.5, scale: "1m")"#, Distribution::Pareto { shape: 1.5, scale: 60.0 }),
        (
            r#"TruncatedNormal(mean: "2m", deviation: "1m", low: "30s", high: "5m")"#,
            Distribution::truncated_normal(120.0, 60.0, (30.0, 300.0)).unwrap(),
        ),
        (
            r#"TruncatedNormal(mean: "2m", deviation: "1m")"#,
            Distribution::truncated_normal(120.0, 60.0, (0.0, f64::INFINITY)).unwrap(),
        ),
        (
            r#"Choice({"1m": 0.25, "2m": 0.75})"#,
            Distribution::discrete(&[(60.0, 0.25), (120.0, 0.75)]).unwrap(),
        ),
    ];
    for (text, expected) in cases {
        assert_eq!(duration(text), expected, "{text}");
    }
}

/// The median of a log-normal is exp(mu); its 95th percentile lies 1.6448536 sigma above in the
/// logarithm.
#[test]
fn a_log_normal_is_described_by_median_and_p95() {
    let Distribution::LogNormal { mu, sigma } = duration(r#"LogNormal(median: "1h", p95: "10h")"#)
    else {
        panic!("a log-normal")
    };
    assert!((mu - 3_600.0_f64.ln()).abs() < 1e-12);
    assert!((sigma - 10.0_f64.ln() / 1.644_853_626_951_472_2).abs() < 1e-12);
}

#[test]
fn measured_values_come_from_a_column() {
    let scenario = poisson(
        r#"duration: Empirical(path: "jobs.csv", column: "hours", times: 3600),
        gpus: Empirical(path: "jobs.csv", column: "gpus"),"#,
    );
    let files = Files::new([
        ("jobs.csv", "job,hours,gpus\na,2,4\nb,0.5,1\nc,1,1\n"),
        ("scenario.ron", scenario.as_str()),
    ]);
    let scenario = files.read("scenario.ron");
    let hours = Distribution::empirical(vec![1_800.0, 3_600.0, 7_200.0]).unwrap();
    assert_eq!(scenario.segments[0].work, WorkLength::Duration(hours));
    assert_eq!(scenario.segments[0].gpus, Distribution::empirical(vec![1.0, 1.0, 4.0]).unwrap());
    let inputs: Vec<_> = scenario.inputs.iter().map(|input| &input.path).collect();
    assert_eq!(inputs, [&files.path("jobs.csv").display().to_string()], "named once");
    let digest = blake3::hash(&std::fs::read(files.path("jobs.csv")).unwrap());
    assert_eq!(scenario.inputs[0].digest, digest.to_hex().to_string());
}
