//! Plans: the smallest fleet, against Erlang C.

use super::{Bench, files, rows, timing};
use walras::experiment::plan::{Judgement, Planned, plan, plan_to_directory};
use walras::experiment::study::StudyError;
use walras::units::Money;

const PLAN: &str = r#"Plan(
    scenario: "queue.ron",
    set: {"horizon": "20d", "warm_up": "2d"},
    vary: (path: "fleet[0].count", from: 4, to: 24),
    target: (started_within: "WITHIN", at_least: 0.9),
    least: 6,
    curve: 3,
)"#;

/// The share of requests of M/M/c that wait no longer than `wait_h`, at an offered load of `offered` erlangs with a mean
/// work of one hour (Erlang C).
fn attained(servers: u32, offered: f64, wait_h: f64) -> f64 {
    let c = f64::from(servers);
    if c <= offered {
        return 0.0;
    }
    let b = (1..=servers).fold(1.0, |b, k| offered * b / (f64::from(k) + offered * b));
    let waits = b / (1.0 - offered / c * (1.0 - b));
    1.0 - waits * (-(c - offered) * wait_h).exp()
}

fn run(text: &str) -> Planned {
    Bench::new(text).with(|setting| plan(setting, &|_| true)).unwrap()
}

#[test]
fn the_answer_is_that_of_erlang_c() {
    for (within, hours, rate) in [("60s", 1.0 / 60.0, 4.0), ("15m", 0.25, 4.0), ("30m", 0.5, 8.0)] {
        let expected = (1..).find(|servers| 0.9 <= attained(*servers, rate, hours)).unwrap();
        // The case tells the neighbours apart, too.
        assert!(
            attained(expected - 1, rate, hours) < 0.885 && 0.915 < attained(expected, rate, hours)
        );
        let text = PLAN.replace("WITHIN", within).replace(
            "\"warm_up\": \"2d\"",
            &format!("\"warm_up\": \"2d\", \"customers[all].arrivals.rate\": \"{rate}/h\""),
        );
        let planned = run(&text);
        let answer = planned.answer.map(|index| planned.plan.scale.shown(index));
        assert_eq!(answer, Some(expected.to_string()), "{within} at {rate}/h");
        // Each value's interval covers what theory says of it, or nearly.
        for (index, judged) in &planned.judged {
            let servers: u32 = planned.plan.scale.shown(*index).parse().unwrap();
            let truth = attained(servers, rate, hours);
            if 0.0 < truth && truth < 0.9999 {
                let (low, high) = judged.attained.bounds(0.999).unwrap();
                assert!(low <= truth && truth <= high, "{servers}: {low} to {high}, not {truth}");
            }
        }
        assert!(planned.contradictions().is_empty());
    }
}

#[test]
fn the_largest_value_is_found_likewise() {
    let text = r#"Plan(
        scenario: "queue.ron",
        set: {"horizon": "10d", "warm_up": "2d"},
        vary: (path: "customers[all].arrivals.rate", from: 1, to: 9, step: 0.5, unit: "/h", seek: largest),
        target: (metric: "wait_mean", at_most: 600),
        least: 6,
        curve: 0,
    )"#;
    // Erlang C: the mean wait with 8 servers is C / (8 − a) hours.
    let mean_wait_s = |offered: f64| {
        let waits = 1.0 - attained(8, offered, 0.0);
        3_600.0 * waits / (8.0 - offered)
    };
    let planned = run(text);
    let answer = planned.answer.unwrap();
    assert_eq!(planned.plan.scale.stated(answer), "\"5.5/h\"");
    assert!(mean_wait_s(5.5) < 450.0 && 620.0 < mean_wait_s(6.0));
}

#[test]
fn a_target_that_no_value_meets_is_refused_with_the_best_there_is() {
    let planned = run(&PLAN.replace("WITHIN", "60s").replace("to: 24", "to: 7"));
    assert_eq!(planned.answer, None);
    assert_eq!(planned.judged[&3].verdict, Judgement::Fails, "of 7, the most there is");
    // One that all values meet is met by the least.
    let planned = run(&PLAN.replace("WITHIN", "60s").replace("from: 4", "from: 20"));
    assert_eq!(planned.answer, Some(0));
    assert!(planned.judged.len() <= 5, "nothing is halved");
}

#[test]
fn the_curve_is_written_and_the_same_on_any_number_of_threads() {
    let bench = Bench::new(&PLAN.replace("WITHIN", "60s").replace("20d", "4d"));
    let on = |threads: usize| {
        let out = bench.path(&format!("on-{threads}"));
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| {
            bench
                .with(|setting| plan_to_directory(setting, &out, &|_| true, &mut { timing }))
                .unwrap();
        });
        files(&out)
    };
    let alone = on(1);
    assert!(on(3) == alone);
    let curve = rows(&alone["capacity.csv"]);
    let values: Vec<u32> = curve.iter().map(|row| row["value"].parse().unwrap()).collect();
    assert!(values.is_sorted() && values[0] == 4 && values[values.len() - 1] == 24);
    let falls: Vec<f64> = curve.iter().map(|row| row["utilization"].parse().unwrap()).collect();
    assert!(falls.is_sorted_by(|one, next| next <= one), "{falls:?}");
    for row in &curve {
        let number = |column: &str| -> f64 { row[column].parse().unwrap() };
        for metric in ["utilization", "revenue"] {
            let (low, high) =
                (number(&format!("{metric}_low_95")), number(&format!("{metric}_high_95")));
            assert!(low <= number(metric) && number(metric) <= high, "{metric}: {low} to {high}");
        }
        // Four GPUs are never free.
        assert!(row["value"] == "4" || number("revenue_low_95") < number("revenue"));
    }
    // GEN-02: 30 days of a GPU at 0.79 USD an hour.
    for row in &curve {
        let fleet = Money::parse(&row["fleet_usd_per_month"]).unwrap();
        let gpus: u32 = row["value"].parse().unwrap();
        assert_eq!(fleet, Money::parse("0.79").unwrap().times(gpus * 24 * 30));
    }
}

#[test]
fn requests_that_are_not_there_are_told() {
    let bench = Bench::new(&PLAN.replace("\"WITHIN\"", "\"60s\", of: \"segment/al\""));
    let refused = bench.with(|setting| plan(setting, &|_| true)).unwrap_err();
    assert!(refused.to_string().contains("did you mean `segment/all`?"), "{refused}");
    assert!(refused.to_string().contains("study.ron:5: `segment/al`"), "{refused}");
    let bench = Bench::new(&PLAN.replace("\"WITHIN\"", "\"60s\", of: \"kind/spot\""));
    let refused = bench.with(|setting| plan(setting, &|_| true)).unwrap_err();
    assert!(matches!(refused, StudyError::Undefined(..)), "{refused}");
}

/// Utilization falls with the fleet: what more of it is said to help is met by the least.
#[test]
fn a_target_that_more_does_not_help_is_told_by_the_values_that_meet_it() {
    let text = r#"Plan(
        scenario: "queue.ron",
        vary: (path: "fleet[0].count", from: 4, to: 20, seek: SEEK),
        target: (metric: "utilization", at_least: 0.5),
        least: 5, most: 5, curve: 5,
    )"#;
    let planned = run(&text.replace("SEEK", "smallest"));
    assert_eq!(planned.answer, None, "the search begins at 20");
    assert_eq!(planned.meeting(), [0, 4], "of 4, 8, 12, 16 and 20");
    let mut planned = run(&text.replace("SEEK", "largest"));
    assert!(planned.answer.is_some_and(|answer| 4 < answer && answer < 8));
    assert!(planned.contradictions().is_empty());
    planned.answer = Some(0);
    assert!(
        planned.contradictions().contains(&4),
        "8 meets the target, above the largest that does"
    );
}
