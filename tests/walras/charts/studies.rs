//! Charts of studies, and pictures as pixels.

use super::legible;
use expect_test::{Expect, expect};
use walras::chart::capacity::{CapacityCurve, CapacityPoint};
use walras::chart::forest::{Forest, ForestMetric, ForestRow, Verdict};
use walras::chart::heat_map::HeatMap;
use walras::chart::{Drawing, Format, Quantity};

fn forest() -> Forest {
    let row = |label: &str, [low, difference, high]: [f64; 3], verdict| ForestRow {
        label: label.to_owned(),
        difference,
        low,
        high,
        verdict,
    };
    let metric = |name: &str, quantity, unit: &str, factor: f64| ForestMetric {
        name: name.to_owned(),
        quantity,
        unit: unit.to_owned(),
        rows: vec![
            row("first_fit", [-0.002, 0.012, 0.026].map(|n| n * factor), Verdict::Unclear),
            row(
                "a name that is too long to be shown as a whole",
                [-0.062, -0.051, -0.04].map(|n| n * factor),
                Verdict::Worse,
            ),
            row("pack", [0.02, 0.03, 0.04].map(|n| n * factor), Verdict::Better),
        ],
    };
    Forest {
        subtitle: "three placements".to_owned(),
        baseline: "best_fit".to_owned(),
        confidence: 0.95,
        metrics: vec![
            metric("utilization", Quantity::Share, "", 1.0),
            metric("revenue", Quantity::Dollars, "USD", 90_000.0),
            metric("wait_mean", Quantity::Duration, "s", 300.0),
        ],
    }
}

fn capacity() -> CapacityCurve {
    let point = |n: u32| CapacityPoint {
        capacity: f64::from(n),
        attained: 1.0 - 0.6 / f64::from(n * n),
        interval: Some((0.97 - 0.6 / f64::from(n * n), 1.0 - 0.5 / f64::from(n * n))),
        utilization: Some(1.0 / f64::from(n)),
        cost: Some(812.0 * f64::from(n)),
    };
    CapacityCurve {
        subtitle: "hosts of EU-RO-1".to_owned(),
        capacity: "hosts".to_owned(),
        attained: "requests placed within 5 minutes".to_owned(),
        quantity: Quantity::Share,
        target: 0.95,
        less_is_better: false,
        cost: "USD a month".to_owned(),
        points: (1..=8).map(point).collect(),
        answer: Some(4.0),
    }
}

fn heat_map() -> HeatMap {
    let cell = |row: u32, column: u32| (row + column != 3).then(|| f64::from(row * column * 700));
    HeatMap {
        subtitle: "five replications a cell".to_owned(),
        metric: "wait_p95".to_owned(),
        quantity: Quantity::Duration,
        unit: String::new(),
        columns: ("fleet[ro].count".to_owned(), ["2", "4", "6"].map(String::from).to_vec()),
        rows: ("rules.grace".to_owned(), ["5s", "30s", "2m"].map(String::from).to_vec()),
        cells: (0..3).map(|row| (0..3).map(|column| cell(row, column)).collect()).collect(),
    }
}

fn drawings() -> [Drawing; 3] {
    [forest().drawing(), capacity().drawing(), heat_map().drawing()].map(Option::unwrap)
}

#[test]
fn charts_of_studies_are_legible() {
    drawings().iter().for_each(legible);
    let titles = drawings().map(|drawing| drawing.title);
    assert!(titles[1].starts_with("hosts = 4 meets the target"), "{}", titles[1]);
    let svg = drawings()[0].svg();
    for shown in ["+1.20  (−0.20 to +2.60)", "−$4,590  (−$5,580 to −$3,600)", "may be chance", "…"]
    {
        assert!(svg.contains(shown), "{shown}");
    }
    let svg = drawings()[2].svg();
    assert!(svg.contains("23.3 min") && svg.contains("no value"));
}

#[test]
fn a_study_without_results_has_no_chart() {
    assert!(Forest { metrics: Vec::new(), ..forest() }.drawing().is_none());
    assert!(CapacityCurve { points: Vec::new(), ..capacity() }.drawing().is_none());
    assert!(HeatMap { cells: vec![vec![None; 3]; 3], ..heat_map() }.drawing().is_none());
    let none = CapacityCurve { answer: None, ..capacity() }.drawing().unwrap();
    assert!(none.title.starts_with("No number of hosts that was tried meets the target"));
}

/// Twice the size of the SVG, and the same on every machine and in every build.
#[test]
fn pixels_and_text_are_the_same_bytes_everywhere() {
    let drawing = heat_map().drawing().unwrap();
    let bytes = drawing.bytes(Format::Png);
    let decoder = png::Decoder::new(std::io::Cursor::new(bytes.as_slice()));
    let mut reader = decoder.read_info().unwrap();
    let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
    let info = reader.next_frame(&mut pixels).unwrap();
    let (width, height) = drawing.size();
    assert_eq!((info.width, info.height), (2 * width, 2 * height));
    let check = |bytes: &[u8], expected: &Expect| {
        expected.assert_eq(&blake3::hash(bytes).to_hex()[..16]);
    };
    check(&pixels, &expect!["c0d627946cf79a42"]);
    check(drawing.svg_without_font().as_bytes(), &expect!["f06a1a678a794e94"]);
}
