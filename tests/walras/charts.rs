//! Charts show what the tables say, whole and legibly, and the same bytes whenever they are drawn.

mod studies;
mod tables;

use ab_glyph::{Font, FontRef};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::LazyLock;
use tempfile::TempDir;
use walras::chart::{ChartKind, Drawing, Format, Gathering, Panel, Series};
use walras::engine::{self, RunId};
use walras::experiment::charts::{self, Asked};
use walras::experiment::manifest::Timing;
use walras::experiment::reopen::reopen;
use walras::experiment::{Options, RunReport, run_to_directory};
use walras::journal::Journal;
use walras::journal::record::{Recorder, replay};
use walras::metrics::Subject;
use walras::policy::Registry;
use walras::scenario::Scenario;
use walras::scenario::load::{Override, load};
use walras::trace::TableName;

fn scenario(name: &str, sets: &[(&str, &str)]) -> Scenario {
    let set = |(path, value): &(&str, &str)| Override::new(*path, *value);
    let sets: Vec<Override> = sets.iter().map(set).collect();
    load(Path::new(&format!("scenarios/{name}.ron")), &sets).unwrap()
}

const RUN: RunId = RunId { seed: 0, replication: 0 };

/// A run of a market that has something to show of every kind, with tables and charts in its directory.
struct Done {
    home: TempDir,
    report: RunReport,
    drawings: Vec<Drawing>,
}

static DONE: LazyLock<Done> = LazyLock::new(|| {
    let scenario = scenario("mixed_market", &[]);
    let home = tempfile::tempdir().unwrap();
    let options = Options {
        tables: vec![TableName::Pods, TableName::Ledger],
        charts: Some(Asked::all(Format::Svg)),
        ..Options::to(home.path().join("run"))
    };
    let mut timing = |_| Timing { wall_s: 0.0, events_per_s: 0.0, peak_memory_bytes: None };
    let report = run_to_directory(&scenario, RUN, &options, &mut |_| true, &mut timing).unwrap();
    let reopened = reopen(&options.out, None, &Registry::new()).unwrap();
    let drawings =
        charts::draw(&reopened, &ChartKind::OF_RUN, &Registry::new(), &mut |_| true).unwrap();
    Done { home, report, drawings }
});

fn drawing(kind: ChartKind) -> &'static Drawing {
    DONE.drawings.iter().find(|drawing| drawing.name == kind.word()).unwrap()
}

fn series<'a>(panel: &'a Panel, name: &str) -> &'a Series {
    panel.series.iter().find(|series| series.name == name).unwrap()
}

fn rows(table: &str) -> Vec<BTreeMap<String, String>> {
    let path = DONE.home.path().join("run").join(table);
    csv::Reader::from_path(path).unwrap().deserialize().map(Result::unwrap).collect()
}

fn number(row: &BTreeMap<String, String>, column: &str) -> Option<f64> {
    row[column].parse().ok()
}

#[test]
fn a_market_of_pods_and_endpoints_has_every_chart_of_a_run() {
    let names: Vec<&str> = DONE.drawings.iter().map(|drawing| drawing.name).collect();
    assert_eq!(names, ChartKind::OF_RUN.map(ChartKind::word));
    let written: BTreeSet<&str> = DONE.report.files.iter().map(|file| file.name.as_str()).collect();
    for name in names {
        assert!(written.contains(format!("charts/{name}.svg").as_str()), "{name}");
    }
}

/// The charts of a run, those of the same run made again from its directory, and those of its journal.
#[test]
fn charts_are_the_same_bytes_live_again_and_replayed() {
    for drawing in &DONE.drawings {
        let path = DONE.home.path().join(format!("run/charts/{}.svg", drawing.name));
        assert!(std::fs::read(path).unwrap() == drawing.bytes(Format::Svg), "{}", drawing.name);
    }
    let scenario = scenario("quickstart", &[("horizon", "1d")]);
    let kinds = ChartKind::OF_RUN;
    let mut live = Gathering::new(&scenario, &kinds, (0, 0));
    let mut recorder = Recorder::new(Vec::new());
    engine::run(&scenario, RUN, &mut Journal::new(vec![&mut live, &mut recorder]), &mut |_| {})
        .unwrap();
    let mut again = Gathering::new(&scenario, &kinds, (0, 0));
    let record = recorder.finish().unwrap();
    replay(record.as_slice(), &mut Journal::new(vec![&mut again])).unwrap();
    assert!(live.drawings() == again.drawings());
    assert!(4 < live.drawings().len());
}

#[test]
fn the_area_below_occupancy_is_what_was_sold() {
    let sold = DONE.report.summary.value("gpus_sold_mean", Subject::Market).as_f64().unwrap();
    let seconds = 3.0 * 86_400.0;
    let mut area = 0.0;
    for panel in &drawing(ChartKind::Occupancy).panels {
        for name in ["on demand", "serverless", "spot", "in grace"] {
            let points = &series(panel, name).points;
            area += points.windows(2).map(|pair| (pair[1].0 - pair[0].0) * pair[0].1).sum::<f64>();
        }
    }
    assert!((area / seconds / sold - 1.0).abs() < 1e-9, "{area} {sold}");
}

#[test]
fn balances_are_the_ledgers_where_it_posts_and_fall_in_between() {
    let ledger = rows("ledger.csv");
    let panel = &drawing(ChartKind::Balance).panels[0];
    assert_eq!(panel.title, "studio");
    let mut balances: BTreeMap<u64, f64> = BTreeMap::new();
    for row in ledger.iter().filter(|row| row["account"] == "studio") {
        let at = (number(row, "time_s").unwrap() * 1e6).round() as u64;
        balances.insert(at, number(row, "balance_usd").unwrap());
    }
    let posted = series(panel, "balance on the ledger");
    assert!(50 < posted.points.len() && posted.steps);
    let last = posted.points.len() - 1;
    for (at, balance) in &posted.points[..last] {
        let expected = balances[&((at * 1e6).round() as u64)];
        assert!((expected - balance).abs() < 1e-9, "{at}: {balance}, not {expected}");
    }
    let left = series(panel, "left, open meters counted");
    assert!(!left.steps);
    let of_ledger = |at: f64| {
        let after = posted.points.partition_point(|point| point.0 <= at);
        posted.points[after.saturating_sub(1)].1
    };
    let gap = |(at, left): (f64, f64)| of_ledger(at) - left;
    // A worker bills by the second, so that what is drawn is never off by more than a second's price.
    assert!(left.points.iter().all(|point| -0.05 < gap(*point)));
    let widest = left.points.iter().map(|point| gap(*point)).fold(0.0, f64::max);
    assert!(20.0 < widest, "its active worker posts at the end alone: {widest}");
    let end = left.points.last().unwrap();
    assert!(gap(*end).abs() < 1e-6, "at the end all is settled");
}

#[test]
fn waits_are_those_of_the_rows_of_pods() {
    let panel = &drawing(ChartKind::Waits).panels[0];
    let rows = rows("pods.csv");
    assert!(1 < panel.series.len());
    for group in &panel.series {
        let of_group = rows.iter().filter(|row| row["segment"] == group.name);
        let waits =
            of_group.filter_map(|row| Some(number(row, "placed_s")? - number(row, "requested_s")?));
        let waits: Vec<f64> = waits.collect();
        assert!(!waits.is_empty(), "{}", group.name);
        let share = |most: f64| {
            waits.iter().filter(|wait| **wait <= most).count() as f64 / waits.len() as f64
        };
        for (at, drawn) in &group.points {
            let (least, most) = (share(at * 0.985) - 0.001, share(at * 1.015) + 0.001);
            assert!(least <= *drawn && *drawn <= most, "{} at {at}: {drawn}", group.name);
        }
    }
}

#[test]
fn preemptions_and_revenue_add_up_to_the_summarys() {
    let of = |name: &str| DONE.report.summary.value(name, Subject::Market).as_f64().unwrap();
    let panel = &drawing(ChartKind::Preemptions).panels[0];
    let drawn: f64 = panel.series.iter().flat_map(|series| &series.points).map(|bar| bar.1).sum();
    assert_eq!(drawn, of("preemptions"));
    let panel = &drawing(ChartKind::Revenue).panels[0];
    let bar = |name: &str| {
        let points = &series(panel, name).points;
        points[1].0 - points[0].0
    };
    assert!((bar("revenue") - of("revenue")).abs() < 1e-6);
    assert!((bar("to hosts") + of("host_earnings")).abs() < 1e-6);
    let sources = ["pods on demand", "spot pods", "serverless", "pods' storage"];
    let sum: f64 = sources.into_iter().map(bar).sum();
    assert!((sum - of("revenue")).abs() < 1e-6);
}

/// What is drawn over time begins with the warm-up, which figures leave out: so its title says.
#[test]
fn charts_say_whether_the_warm_up_is_in_them() {
    for (warm_up, whole, counted) in
        [("0s", "3 days", "3 days"), ("1d", "3 days, warm-up included", "2 days after the warm-up")]
    {
        let scenario = scenario("mixed_market", &[("horizon", "3d"), ("warm_up", warm_up)]);
        let mut gathering = Gathering::new(&scenario, &ChartKind::OF_RUN, (0, 0));
        engine::run(&scenario, RUN, &mut Journal::new(vec![&mut gathering]), &mut |_| {}).unwrap();
        for drawing in gathering.drawings() {
            let counts = ["waits", "latency", "revenue"].contains(&drawing.name);
            let length = if counts { counted } else { whole };
            let title = drawing.title.split(". ").next().unwrap();
            assert!(title.ends_with(&format!(", {length}")), "{title}");
            if drawing.name == ChartKind::Occupancy.word() {
                let says = drawing.panels[0].title.ends_with("average, warm-up included");
                assert_eq!(says, warm_up != "0s", "{}", drawing.panels[0].title);
            }
        }
    }
}

/// How many preemptions the chart of a run has, by cause.
fn preemptions(scenario: &Scenario) -> BTreeMap<String, f64> {
    let mut gathering = Gathering::new(scenario, &[ChartKind::Preemptions], (0, 0));
    engine::run(scenario, RUN, &mut Journal::new(vec![&mut gathering]), &mut |_| {}).unwrap();
    let drawings = gathering.drawings();
    let sum = |series: &Series| series.points.iter().map(|bar| bar.1).sum();
    let causes = drawings.iter().flat_map(|drawing| &drawing.panels[0].series);
    causes.map(|series| (series.name.clone(), sum(series))).collect()
}

/// Who gives way to a price gives way to nobody, as does who has held its GPUs as long as it may.
#[test]
fn preemptions_have_the_cause_that_they_had() {
    let replayed = preemptions(&scenario("aws_spot_2015", &[]));
    assert_eq!(replayed.keys().collect::<Vec<_>>(), ["price above its bid"]);
    assert!(50.0 < replayed["price above its bid"]);
    let both = preemptions(&scenario("aws_spot_2015", &[("rules.longest_run", "6h")]));
    assert_eq!(both.keys().collect::<Vec<_>>(), ["after its longest run", "price above its bid"]);
    let bids = preemptions(&scenario("auction", &[]));
    assert!(!bids.contains_key("price above its bid") && 0.0 < bids["by a higher bid"], "{bids:?}");
    let workers = preemptions(&scenario("mixed_market", &[]));
    assert!(0.0 < workers["by a serverless worker"], "{workers:?}");
    assert!(!workers.contains_key("after its longest run"), "{workers:?}");
}

/// A text of an SVG: its ends, its baseline, its size.
struct Label {
    text: String,
    left: f64,
    right: f64,
    baseline: f64,
    size: f64,
}

fn labels(drawing: &Drawing) -> Vec<Label> {
    let svg = drawing.svg();
    let document = roxmltree::Document::parse(&svg).unwrap();
    let font = FontRef::try_from_slice(include_bytes!("../../src/chart/font/inter.otf")).unwrap();
    let texts = document.descendants().filter(|node| node.has_tag_name("text"));
    let label = |node: roxmltree::Node<'_, '_>| {
        let tenths = |name| node.attribute(name).unwrap().parse::<f64>().unwrap() / 10.0;
        let (x, size, text) = (tenths("x"), tenths("font-size"), node.text().unwrap().to_owned());
        let advance = |c| f64::from(font.h_advance_unscaled(font.glyph_id(c)));
        let em = f64::from(font.units_per_em().unwrap());
        let width = text.chars().map(advance).sum::<f64>() / em * size;
        let before = match node.attribute("text-anchor").unwrap() {
            "start" => 0.0,
            "middle" => width / 2.0,
            _ => width,
        };
        Label { text, left: x - before, right: x - before + width, baseline: tenths("y"), size }
    };
    texts.map(label).collect()
}

/// Every text lies in the picture, and none on another.
fn legible(drawing: &Drawing) {
    let (width, height) = drawing.size();
    let labels = labels(drawing);
    assert!(3 < labels.len());
    for (index, one) in labels.iter().enumerate() {
        let (top, bottom) = (one.baseline - one.size * 0.75, one.baseline + one.size * 0.2);
        let inside = 0.0 <= one.left && one.right <= f64::from(width);
        assert!(
            inside && 0.0 <= top && bottom <= f64::from(height),
            "{}: {}",
            drawing.name,
            one.text
        );
        for other in &labels[..index] {
            let beside = one.right <= other.left || other.right <= one.left;
            let apart = (one.size + other.size) * 0.4 <= (one.baseline - other.baseline).abs();
            let both = format!("{}: {} on {}", drawing.name, one.text, other.text);
            assert!(beside || apart, "{both}");
        }
    }
}

#[test]
fn texts_lie_in_the_picture_and_beside_one_another() {
    DONE.drawings.iter().for_each(legible);
    for (name, sets) in [
        (
            "quickstart",
            &[
                ("horizon", "36h"),
                (
                    "title",
                    "\"<Quick> & \\\"long\\\": a title that goes on and on and on and on and on and on and on and on, до конца\"",
                ),
            ][..],
        ),
        ("auction", &[]),
        ("failures", &[("horizon", "5d")]),
        ("billing_examples", &[]),
        ("chat_tokens", &[("horizon", "2h")]),
        ("supply", &[("warm_up", "0s"), ("horizon", "20d")]),
    ] {
        let scenario = scenario(name, sets);
        let mut gathering = Gathering::new(&scenario, &ChartKind::OF_RUN, (0, 0));
        engine::run(&scenario, RUN, &mut Journal::new(vec![&mut gathering]), &mut |_| {}).unwrap();
        let drawings = gathering.drawings();
        assert!(2 < drawings.len(), "{name}");
        drawings.iter().for_each(legible);
    }
}

/// Three hosts are a lower plot than its legend is long.
#[test]
fn a_long_legend_stands_beside_the_last_label() {
    let drawing = drawing(ChartKind::Hosts);
    let labels = labels(drawing);
    let last = labels.iter().find(|label| label.text == "7 Mar").unwrap();
    let legend = labels.iter().find(|label| label.text == "on demand").unwrap();
    let key = legend.left - 30.0;
    assert!(last.right + 2.0 <= key, "{} and {key}", last.right);
}

/// What differs between names stands at their ends, as does the run in the line below the title.
#[test]
fn long_names_keep_their_ends() {
    let long = "host-with-a-name-that-is-far-too-long-for-a-row";
    let title = format!("\"{}\"", "A title that goes on ".repeat(12));
    let scenario = scenario(
        "quickstart",
        &[("horizon", "2h"), ("title", &title), ("fleet[0].prefix", &format!("\"{long}\""))],
    );
    let mut gathering = Gathering::new(&scenario, &[ChartKind::Hosts], (0, 3));
    engine::run(&scenario, RUN, &mut Journal::new(vec![&mut gathering]), &mut |_| {}).unwrap();
    let labels = labels(&gathering.drawings()[0]);
    let of = |end: &str| {
        labels.iter().any(|label| label.text.contains('…') && label.text.ends_with(end))
    };
    assert!(of("-1 × 8") && of("-2 × 8"), "rows");
    assert!(of("seed 0, replication 3"), "the run");
}

#[test]
fn the_font_is_inside_an_svg_unless_the_page_has_it() {
    let drawing = drawing(ChartKind::Occupancy);
    let (with, without) = (drawing.svg(), drawing.svg_without_font());
    assert!(with.contains("url(data:font/woff2;base64,d09GMk9UVE8"));
    assert!(with.contains(&walras::chart::style_sheet()) && !without.contains("@font-face"));
    assert!(without.contains("font-family=\"Walras Inter,"));
}

/// What a page shows beside the pointer lies where the picture has it.
#[test]
fn points_of_series_lie_between_the_axes() {
    for drawing in &DONE.drawings {
        let (width, height) = drawing.size();
        for panel in &drawing.panels {
            let area = panel.area;
            assert!(0.0 < area.left && area.left < area.right && area.right < f64::from(width));
            assert!(0.0 < area.top && area.top < area.bottom && area.bottom < f64::from(height));
            let (from, to) = (panel.x.from, panel.x.to);
            for series in &panel.series {
                let within = |x: f64| (from - 1e-9..=to * (1.0 + 1e-9)).contains(&x);
                assert!(series.points.iter().all(|point| within(point.0)), "{}", series.name);
            }
        }
    }
}
