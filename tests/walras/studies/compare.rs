//! Comparisons: paired, the same on any number of threads, and honest about what is not known.

use super::{Bench, files, rows, timing};
use walras::experiment::compare::{Certainty, Compared, compare, compare_to_directory};
use walras::experiment::comparison::{Contrast, Verdict};
use walras::experiment::interval::LEVEL;
use walras::experiment::study::StudyError;

const BEST: &str = r#"Comparison(
    scenario: "queue.ron",
    variants: [
        (name: "8", set: {"fleet[0].count": 8}),
        (name: "9", set: {"fleet[0].count": 9}),
        (name: "8 again"),
        (name: "7", set: {"fleet[0].count": 7}),
    ],
    metrics: [Smallest("wait_mean"), Largest("revenue"), "utilization"],
    replications: 8,
    SELECT
)"#;

fn fixed() -> String {
    BEST.replace("SELECT", "")
}

fn run(bench: &Bench) -> Compared {
    bench.with(|setting| compare(setting, &|_| true)).unwrap()
}

fn contrast(compared: &Compared, variant: &str, metric: &str) -> Contrast {
    let name = |contrast: &Contrast| compared.cases[contrast.variant].name == variant;
    let of = |contrast: &Contrast| compared.measures[contrast.measure].metric == metric;
    compared.contrasts().into_iter().find(|one| name(one) && of(one)).unwrap()
}

#[test]
fn variants_are_told_apart_and_equal_ones_are_not() {
    let compared = run(&Bench::new(&fixed()));
    assert_eq!(contrast(&compared, "9", "wait_mean").verdict, Verdict::Better);
    assert_eq!(contrast(&compared, "7", "wait_mean").verdict, Verdict::Worse);
    assert_eq!(contrast(&compared, "7", "utilization").verdict, Verdict::Higher);
    for metric in ["wait_mean", "revenue", "utilization"] {
        let same = contrast(&compared, "8 again", metric);
        assert_eq!(same.verdict, Verdict::NoDifference);
        assert_eq!(same.verdict.words(), "no difference detected");
        let difference = same.paired.difference;
        assert_eq!((difference.mean(), difference.half_width()), (Some(0.0), Some(0.0)));
        assert_eq!(same.p_adjusted, Some(1.0));
    }
}

/// A fleet of nine has one GPU more than one of eight in every replication. Where customers come at random, two replications
/// show that no better than a coin would, and nine do; where nothing is random, it just is so.
#[test]
fn a_difference_that_does_not_vary_is_exact_only_where_nothing_is_random() {
    let compared = |set: &str, replications: u32| {
        let set = format!(r#"{{"horizon": "1d"{set}}}"#);
        run(&Bench::new(&format!(
            r#"Comparison(scenario: "queue.ron", set: {set}, replications: {replications},
                metrics: [Largest("gpus_total"), "requests"],
                variants: [(name: "8"), (name: "9", set: {{"fleet[0].count": 9}})])"#
        )))
    };
    let few = contrast(&compared("", 2), "9", "gpus_total");
    assert_eq!((few.p_value, few.is_exact, few.verdict), (Some(0.5), false, Verdict::NoDifference));
    let more = contrast(&compared("", 9), "9", "gpus_total");
    assert_eq!((more.p_value, more.verdict), (Some(1.0 / 256.0), Verdict::Better));
    let nobody = compared(r#", "customers": []"#, 2);
    assert_eq!(nobody.alike, [true, true]);
    let exact = contrast(&nobody, "9", "gpus_total");
    assert_eq!((exact.p_value, exact.is_exact, exact.verdict), (None, true, Verdict::Better));
    assert_eq!(exact.paired.difference.mean(), Some(1.0));
    assert_eq!(contrast(&nobody, "9", "requests").verdict, Verdict::NoDifference);
}

/// The same customers come under every variant, so what they pay and how long they wait go together.
#[test]
fn pairing_makes_intervals_narrower_than_independent_runs_would() {
    let compared = run(&Bench::new(&fixed()));
    for variant in ["9", "7"] {
        for metric in ["wait_mean", "revenue", "utilization"] {
            let paired = contrast(&compared, variant, metric).paired;
            let width =
                |sample: &walras::experiment::interval::Sample| sample.half_width().unwrap();
            let apart = width(&paired.first).hypot(width(&paired.second));
            assert!(width(&paired.difference) < apart, "{variant} {metric}");
            assert!(0.0 < paired.variance_saved().unwrap());
        }
    }
}

#[test]
fn a_comparison_is_the_same_bytes_on_any_number_of_threads() {
    let select = r#"select: (difference: 400, most: 60)"#;
    let bench = Bench::new(&BEST.replace("SELECT", select).replace("8,\n", "4,\n"));
    let on = |threads: usize| {
        let out = bench.path(&format!("on-{threads}"));
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| {
            bench
                .with(|setting| compare_to_directory(setting, &out, &|_| true, &mut { timing }))
                .unwrap();
        });
        files(&out)
    };
    let alone = on(1);
    let names: Vec<&str> = alone.keys().map(String::as_str).collect();
    assert_eq!(names, ["comparison.csv", "manifest.json", "runs.csv", "variants.csv"]);
    for threads in [2, 3, 7] {
        assert!(on(threads) == alone, "{threads} threads");
    }
}

#[test]
fn the_race_goes_on_with_those_who_may_be_the_best_alone() {
    let select = r#"select: (difference: 60, most: 200)"#;
    let bench = Bench::new(&BEST.replace("SELECT", select));
    let compared = run(&bench);
    let selected = compared.selected.unwrap();
    assert_eq!(compared.cases[selected.variant].name, "9");
    assert_eq!(selected.standing, Certainty::Resolved);
    let counts: Vec<usize> = compared.values.iter().map(Vec::len).collect();
    assert!(counts.iter().all(|count| 8 <= *count), "{counts:?}");
    assert_eq!(counts[0], counts[2], "equal ones leave together");
    // Two that are the same tie as soon as nothing could tell them apart, also if that is at the end of the first stage.
    let equal = r#"Comparison(scenario: "queue.ron", metrics: [Largest("revenue")],
        variants: [(name: "a"), (name: "b")], replications: 3, select: (difference: 1))"#;
    let compared = run(&Bench::new(equal));
    let selected = compared.selected.unwrap();
    assert_eq!((selected.variant, selected.standing), (0, Certainty::Tie));
    assert_eq!(compared.values[0].len(), 3);
    let spent = BEST.replace("SELECT", "select: (difference: 0.001, most: 9)");
    let spent = run(&Bench::new(&spent.replace("(name: \"8 again\"),", "")));
    assert_eq!(spent.values.iter().map(Vec::len).max(), Some(9));
    assert_eq!(spent.selected.unwrap().standing, Certainty::Spent);
}

/// The tables say what the values come to.
#[test]
fn tables_hold_what_was_measured() {
    let bench = Bench::new(&fixed());
    let out = bench.path("out");
    let compared = bench
        .with(|setting| compare_to_directory(setting, &out, &|_| true, &mut { timing }))
        .unwrap();
    let files = files(&out);
    let runs = rows(&files["runs.csv"]);
    assert_eq!(runs.len(), 4 * 8 * 3);
    let value = |variant: &str, metric: &str, replication: &str| -> f64 {
        let is_it = |row: &&std::collections::BTreeMap<String, String>| {
            row["variant"] == variant
                && row["metric"] == metric
                && row["replication"] == replication
        };
        runs.iter().find(is_it).unwrap()["value"].parse().unwrap()
    };
    let mean: f64 = (0..8)
        .map(|replication| replication.to_string())
        .map(|replication| {
            value("9", "revenue", &replication) - value("8", "revenue", &replication)
        })
        .sum::<f64>()
        / 8.0;
    let contrasts = rows(&files["comparison.csv"]);
    assert_eq!(contrasts.len(), 9);
    let row =
        contrasts.iter().find(|row| row["variant"] == "9" && row["metric"] == "revenue").unwrap();
    let number = |column: &str| -> f64 { row[column].parse().unwrap() };
    assert!((number("difference") - mean).abs() < 1e-6);
    assert!(
        number("low_joint_95") < number("low_95") && number("high_95") < number("high_joint_95")
    );
    assert!(number("p_value") <= number("p_adjusted"));
    let bounds = contrast(&compared, "9", "revenue").paired.difference.bounds(LEVEL).unwrap();
    assert_eq!((number("low_95"), number("high_95")), bounds);
    let variants = rows(&files["variants.csv"]);
    assert_eq!(variants.len(), 12);
    assert!(variants.iter().all(|row| row["replications"] == "8"));
}

#[test]
fn what_cannot_be_compared_is_told_and_nothing_is_left() {
    let bench = Bench::new(&fixed().replace("\"utilization\"", "\"wait_mean/segment/al\""));
    let refused = |bench: &Bench| {
        let out = bench.path("out");
        bench
            .with(|setting| compare_to_directory(setting, &out, &|_| true, &mut { timing }))
            .unwrap_err()
    };
    let told = refused(&bench).to_string();
    assert!(told.contains("study.ron:9: `wait_mean/segment/al`"), "{told}");
    assert!(told.contains("did you mean `wait_mean/segment/all`?"), "{told}");
    let wrong = Bench::new(&fixed().replace("fleet[0].count\": 7", "fleet[0].cuont\": 7"));
    match refused(&wrong) {
        StudyError::Scenario(case, problems) => {
            assert_eq!(case, "7");
            assert!(problems.render(false).contains("cuont"));
        }
        other => panic!("{other}"),
    }
    let undefined = fixed().replace("Smallest(\"wait_mean\"), ", "");
    let undefined = undefined
        .replace("replications: 8,", "replications: 8, select: (measure: 2, difference: 1),")
        .replace("\"utilization\"", "\"utilization\", Smallest(\"wait_mean/kind/spot\")");
    assert!(matches!(refused(&Bench::new(&undefined)), StudyError::Undefined(..)));
    for bench in [bench, wrong] {
        assert!(bench.left().is_empty(), "{:?}", bench.left());
    }
}
