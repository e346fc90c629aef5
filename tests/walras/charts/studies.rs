//! Charts of studies, and pictures as pixels.

use super::legible;
use expect_test::{Expect, expect};
use walras::chart::capacity::{CapacityCurve, CapacityPoint, Judged, Measured};
use walras::chart::forest::{Forest, ForestMetric, ForestRow, Verdict};
use walras::chart::heat_map::{Cell, DesignPoint, HeatMap, MapMetric, PointMap, Sweep};
use walras::chart::{Drawing, Format, Quantity};

fn forest() -> Forest {
    let row = |label: &str, [low, difference, high]: [f64; 3], verdict| ForestRow {
        label: label.to_owned(),
        difference,
        low,
        high,
        is_exact: false,
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
        adjusted: Some((9, "Holm".to_owned())),
        selected: Some("pack".to_owned()),
        metrics: vec![
            metric("utilization", Quantity::Share, "", 1.0),
            metric("revenue", Quantity::Dollars, "USD", 90_000.0),
            metric("wait_mean", Quantity::Duration, "s", 300.0),
        ],
    }
}

fn capacity_point(n: u32) -> CapacityPoint {
    CapacityPoint {
        capacity: f64::from(n),
        attained: Measured {
            mean: 1.0 - 0.6 / f64::from(n * n),
            interval: Some((0.97 - 0.6 / f64::from(n * n), 1.03 - 0.5 / f64::from(n * n))),
        },
        judged: if n < 4 { Judged::Fails } else { Judged::Meets },
        utilization: Some(Measured {
            mean: 1.0 / f64::from(n),
            interval: Some((0.9 / f64::from(n), 1.1 / f64::from(n))),
        }),
        cost: Some(Measured { mean: 812.0 * f64::from(n), interval: None }),
    }
}

fn capacity() -> CapacityCurve {
    CapacityCurve {
        subtitle: "hosts of EU-RO-1".to_owned(),
        capacity: "hosts".to_owned(),
        attained: "requests placed within 5 minutes".to_owned(),
        capacity_unit: String::new(),
        quantity: Quantity::Share,
        unit: String::new(),
        target: 0.95,
        less_is_better: false,
        cost: "USD a month".to_owned(),
        points: (1..=8).map(capacity_point).collect(),
        answer: Some(4.0),
    }
}

fn sweep() -> Sweep {
    Sweep {
        title: "Grace".to_owned(),
        size: "five replications each".to_owned(),
        across: "fleet[ro].count".to_owned(),
        down: "rules.grace".to_owned(),
    }
}

fn waits() -> MapMetric {
    MapMetric {
        name: "wait_p95".to_owned(),
        quantity: Quantity::Duration,
        unit: String::new(),
        given: String::new(),
    }
}

fn heat_map() -> HeatMap {
    let cell = |row: u32, column: u32| {
        let value = f64::from(row * column * 700);
        (row + column != 3).then_some(Cell { value, half_width: Some(value / 10.0) })
    };
    HeatMap {
        metric: waits(),
        columns: ["2", "4", "6"].map(String::from).to_vec(),
        rows: ["5s", "30s", "2m"].map(String::from).to_vec(),
        cells: (0..3).map(|row| (0..3).map(|column| cell(row, column)).collect()).collect(),
    }
}

fn drawings() -> [Drawing; 3] {
    [forest().drawing(), capacity().drawing(), sweep().heat_maps(&[heat_map()])].map(Option::unwrap)
}

#[test]
fn charts_of_studies_are_legible() {
    drawings().iter().for_each(legible);
    let titles = drawings().map(|drawing| drawing.title);
    assert!(titles[1].starts_with("hosts = 4 meets the target"), "{}", titles[1]);
    let svg = drawings()[0].svg();
    for shown in [
        "+1.20  (−0.20 to +2.60)",
        "−$4,590  (−$5,580 to −$3,600)",
        "may be chance",
        "…",
        "pack (selected)",
        "Selected: pack. Each interval is of 95 % by itself; verdicts (colours) hold for all 9",
    ] {
        assert!(svg.contains(shown), "{shown}");
    }
    let svg = drawings()[2].svg();
    for shown in [
        "46.7 min",
        "± 4.7 min",
        "no value",
        "Grace: five replications each",
        "± is half of the width",
    ] {
        assert!(svg.contains(shown), "{shown}");
    }
}

/// Where nothing is random there is no interval, and nothing is chance.
#[test]
fn exact_differences_have_no_interval() {
    let row = |label: &str, difference: f64, verdict| ForestRow {
        label: label.to_owned(),
        difference,
        low: difference,
        high: difference,
        is_exact: true,
        verdict,
    };
    let rows = [row("less", -0.555, Verdict::Better), row("none", 0.0, Verdict::Same)];
    let metrics = |more: Vec<ForestRow>| {
        let [first, ..] = &forest().metrics[..] else { unreachable!("there are three") };
        vec![ForestMetric { rows: rows.iter().cloned().chain(more).collect(), ..first.clone() }]
    };
    let texts = |more| {
        let drawing = Forest { metrics: metrics(more), ..forest() }.drawing().unwrap();
        legible(&drawing);
        super::labels(&drawing).into_iter().map(|label| label.text).collect::<Vec<_>>()
    };
    let exact = texts(Vec::new());
    assert_eq!(exact[0], "Differences from best_fit, exact");
    for shown in ["−55.5", "0.0", "better", "the same"] {
        assert!(exact.iter().any(|text| text == shown), "{shown}: {exact:?}");
    }
    assert!(!exact.iter().any(|text| text.contains(" to ") || text == "may be chance"));
    let mixed = texts(vec![forest().metrics[0].rows[0].clone()]);
    assert_eq!(mixed[0], "Differences from best_fit, with 95 % intervals where they are not exact");
}

/// Lengths of time are in the unit that suits the largest.
#[test]
fn differences_of_waits_are_in_hours_where_they_are_long() {
    let long = |seconds: f64| {
        let scale = |row: ForestRow| ForestRow {
            difference: row.difference * seconds,
            low: row.low * seconds,
            high: row.high * seconds,
            ..row
        };
        let metric = forest().metrics[2].clone();
        let rows = metric.rows.into_iter().map(scale).collect();
        Forest { metrics: vec![ForestMetric { rows, ..metric }], ..forest() }.drawing().unwrap()
    };
    for (seconds, title, value) in [
        (1.0, "wait_mean, s", "+9.0  (+6.0 to +12.0)"),
        (700.0, "wait_mean, h", "+1.75  (+1.17 to +2.33)"),
        (10.0, "wait_mean, min", "+1.50  (+1.00 to +2.00)"),
        (0.01, "wait_mean, ms", "+90  (+60 to +120)"),
    ] {
        let svg = long(seconds).svg();
        let texts: Vec<String> =
            super::labels(&long(seconds)).into_iter().map(|label| label.text).collect();
        assert!(svg.contains(title) && svg.contains(value), "{seconds}: {texts:?}");
    }
}

#[test]
fn a_study_without_results_has_no_chart() {
    assert!(Forest { metrics: Vec::new(), ..forest() }.drawing().is_none());
    assert!(CapacityCurve { points: Vec::new(), ..capacity() }.drawing().is_none());
    let empty = HeatMap { cells: vec![vec![None; 3]; 3], ..heat_map() };
    assert!(sweep().heat_maps(&[empty]).is_none() && sweep().heat_maps(&[]).is_none());
    let none =
        PointMap { metric: waits(), units: [const { String::new() }; 2], points: Vec::new() };
    assert!(sweep().point_maps(&[none]).is_none());
}

fn labels_of(axis: &walras::chart::Axis) -> Vec<&str> {
    axis.ticks.iter().map(|tick| tick.label.as_str()).collect()
}

/// Intervals reach beyond the whole, axes do not; and of whole capacities, ticks are whole.
#[test]
fn a_capacity_curve_shows_nothing_that_there_is_not() {
    let drawing = capacity().drawing().unwrap();
    assert_eq!(labels_of(&drawing.panels[0].y).last(), Some(&"100 %"));
    assert!((drawing.panels[0].y.to - 1.0).abs() < 1e-9 && 0.0 <= drawing.panels[0].y.from);
    let ends = |n| [3.0, 6.0].map(|capacity| CapacityPoint { capacity, ..capacity_point(n) });
    let few = CapacityCurve { points: ends(2).to_vec(), ..capacity() }.drawing().unwrap();
    assert_eq!(labels_of(&few.panels[0].x), ["3", "4", "5", "6"]);
    let whole = Measured { mean: 1.0, interval: Some((0.99, 1.01)) };
    let all = capacity().points.into_iter().map(|at| CapacityPoint { attained: whole, ..at });
    let all = CapacityCurve { points: all.collect(), target: 0.99, ..capacity() };
    let y = &all.drawing().unwrap().panels[0].y;
    assert!(y.from < 0.99 && (y.to - 1.0).abs() < 1e-9, "{y:?}");
}

/// A share of few in a thousand fills the plot, and is told with its digits; a title that long has two lines, the last
/// with the bound.
#[test]
fn a_capacity_curve_of_a_small_share_is_seen() {
    let at = |capacity: f64, mean: f64| CapacityPoint {
        capacity,
        attained: Measured { mean, interval: Some((mean * 0.8, mean * 1.2)) },
        ..capacity_point(2)
    };
    let curve = CapacityCurve {
        attained:
            "rejected_share of everything that was asked for in all of the datacenters there are"
                .to_owned(),
        target: 0.0005,
        less_is_better: true,
        points: vec![at(4.0, 0.004), at(6.0, 0.001), at(8.0, 0.0004), at(10.0, 0.0)],
        answer: Some(8.0),
        ..capacity()
    };
    let drawing = curve.drawing().unwrap();
    legible(&drawing);
    let y = &drawing.panels[0].y;
    assert_eq!(labels_of(y), ["0 %", "0.1 %", "0.2 %", "0.3 %", "0.4 %", "0.5 %"]);
    assert!((y.to - 0.005).abs() < 1e-9, "{}", y.to);
    let texts = super::labels(&drawing);
    assert!(texts.iter().any(|label| label.text == "target, 0.05 %"));
    assert!(texts[1].text.ends_with("at most 0.05 %"), "{}", texts[1].text);
}

/// The note of the answer does not lie on the line of the target, however near that is.
#[test]
fn the_answer_is_told_off_the_target() {
    for (attained, target) in [(0.988, 0.98), (0.96, 0.95), (0.951, 0.95), (0.93, 0.95)] {
        let points = capacity().points.into_iter().map(|at| CapacityPoint {
            attained: Measured {
                mean: if at.capacity < 4.0 { 0.8 } else { attained },
                interval: None,
            },
            ..at
        });
        let curve = CapacityCurve { points: points.collect(), target, ..capacity() };
        let drawing = curve.drawing().unwrap();
        let panel = &drawing.panels[0];
        let height = panel.area.bottom - panel.area.top;
        let share = (target - panel.y.from) / (panel.y.to - panel.y.from);
        let line = panel.area.bottom - height * share;
        let note = Quantity::Share.written(attained);
        let told = super::labels(&drawing);
        let told = told.iter().find(|label| label.text == note).expect("what the answer attains");
        let (top, bottom) = (told.baseline - told.size * 0.75, told.baseline + 1.0);
        assert!(line < top || bottom < line, "{attained}: {line} on {top} to {bottom}");
    }
}

#[test]
fn a_capacity_curve_says_what_meets_its_target() {
    let title = |curve: CapacityCurve| curve.drawing().unwrap().title;
    let at_some = CapacityCurve { answer: None, ..capacity() };
    let met = "hosts meets the target at 4, 5, 6 and 2 more, but not from some value on: ";
    assert!(title(at_some.clone()).starts_with(met), "{}", title(at_some));
    let judged = |judged| {
        let points = capacity().points.into_iter().map(|at| CapacityPoint { judged, ..at });
        CapacityCurve { answer: None, points: points.collect(), ..capacity() }
    };
    let none = title(judged(Judged::Fails));
    assert!(none.starts_with("No value of hosts that was tried meets the target: "), "{none}");
    let none = title(judged(Judged::Unsure));
    assert!(none.starts_with("No value of hosts that was tried is known to meet"), "{none}");
}

/// Units stand at values and axes; a target far below the worst is seen all the same.
#[test]
fn a_capacity_curve_has_units() {
    let waits = |most: f64| {
        let at = |capacity: f64, mean: f64| CapacityPoint {
            capacity,
            attained: Measured { mean, interval: Some((mean - 60.0, mean + 60.0)) },
            judged: if mean < 600.0 { Judged::Meets } else { Judged::Fails },
            utilization: None,
            cost: None,
        };
        CapacityCurve {
            capacity: "rate".to_owned(),
            capacity_unit: "/h".to_owned(),
            attained: "wait_mean".to_owned(),
            quantity: Quantity::Duration,
            target: 600.0,
            less_is_better: true,
            points: vec![at(1.0, 30.0), at(5.5, 400.0), at(9.0, most)],
            answer: Some(5.5),
            ..capacity()
        }
    };
    let near = waits(1_500.0).drawing().unwrap();
    legible(&near);
    assert!(near.title.starts_with("rate = 5.5/h meets the target: wait_mean at most 10 min"));
    assert_eq!(labels_of(&near.panels[0].y), ["0 s", "10 min", "20 min", "30 min"]);
    assert_eq!(near.panels[0].x.label, "rate, /h");
    let far = waits(58_000.0).drawing().unwrap();
    legible(&far);
    assert_eq!(labels_of(&far.panels[0].y), ["10 s", "1 min", "10 min", "1 h", "6 h"]);
    let per_hour =
        CapacityCurve { quantity: Quantity::Number, unit: "USD/h".to_owned(), ..waits(1_500.0) };
    let per_hour = per_hour.drawing().unwrap();
    assert!(per_hour.svg().contains("target, 600 USD/h"));
    assert_eq!(per_hour.panels[0].y.label, "wait_mean, USD/h");
}

/// The value at an answer stands in the plot, wherever that is.
#[test]
fn the_answer_is_told_beside_its_point() {
    for answer in [1.0, 4.0, 8.0] {
        let drawing = CapacityCurve { answer: Some(answer), ..capacity() }.drawing().unwrap();
        legible(&drawing);
        let right = drawing.panels[0].area.right;
        let cost = Quantity::Dollars.written(812.0 * answer);
        let told = super::labels(&drawing);
        let told = told.iter().find(|label| label.text == cost).expect("what the answer costs");
        assert!(told.right <= right, "{answer}");
    }
}

/// Each point where its values are, with its number.
#[test]
fn points_of_a_hypercube_lie_where_their_values_are() {
    let point = |n: u32| DesignPoint {
        across: f64::from(n * 7 % 12) / 2.0,
        up: f64::from(n),
        value: f64::from(n * n),
    };
    let map = PointMap {
        metric: waits(),
        units: ["/h", ""].map(String::from),
        points: (0..12).map(point).collect(),
    };
    let drawing = sweep().point_maps(&[map]).unwrap();
    legible(&drawing);
    assert_eq!(labels_of(&drawing.panels[0].y), ["0", "2", "4", "6", "8", "10", "12"]);
    let points = &drawing.panels[0].series[0].points;
    assert!(points.windows(2).all(|pair| pair[0].0 < pair[1].0));
    assert!(drawing.svg().contains(">121 s<") || drawing.svg().contains(">2 min<"));
}

/// Twice the size of the SVG, and the same on every machine and in every build.
#[test]
fn pixels_and_text_are_the_same_bytes_everywhere() {
    let drawing = sweep().heat_maps(&[heat_map()]).unwrap();
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
    check(&pixels, &expect!["590c9cf1f0d25366"]);
    check(drawing.svg_without_font().as_bytes(), &expect!["daea814be1337e80"]);
}
