//! Charts of studies are drawn of tables that are what the manifest says, or it is said what is wrong with them.

use serde_json::{Value, json};
use std::path::Path;
use tempfile::TempDir;
use walras::chart::ChartKind;
use walras::experiment::charts::{StudyChart, of_study};

/// A directory with one table, and a manifest that knows its digest.
fn study(mut manifest: Value, name: &str, table: &str) -> TempDir {
    let home = tempfile::tempdir().unwrap();
    std::fs::write(home.path().join(name), table).unwrap();
    let digest = blake3::hash(table.as_bytes()).to_hex().to_string();
    manifest["files"] = json!([{ "name": name, "digest": digest }]);
    std::fs::write(home.path().join("manifest.json"), manifest.to_string()).unwrap();
    home
}

const CONTRASTS: &str = "metric,subject,unit,variant,difference,low_95,high_95,p_adjusted,verdict\n\
    revenue,market,USD,b,5,1,9,0.01,better\n\
    utilization,market,1,b,0.1,-0.1,0.3,0.4,no difference detected\n";
const CAPACITIES: &str = "value,attained,low_95,high_95,verdict,utilization,utilization_low_95,utilization_high_95,revenue\n\
    4,0.5,0.4,0.6,fails,0.9,0.8,1,10\n5,0.97,0.96,1.01,meets,0.7,0.6,0.8,11\n";

fn comparison() -> Value {
    json!({
        "study": "compare", "title": "Two", "baseline": "a",
        "variants": [{ "name": "a", "replications": 7 }, { "name": "b", "replications": 9 }],
        "selected": { "variant": "b" },
    })
}

fn plan() -> Value {
    json!({
        "study": "plan", "title": "Enough", "vary": "fleet[0].count", "about": "placed", "metric": "placed_share",
        "unit": "1", "bound": 0.95, "at_least": true, "answer": "5",
    })
}

fn chart(home: &TempDir) -> StudyChart {
    of_study(home.path()).unwrap().unwrap()
}

fn refusal(home: &TempDir) -> String {
    let text = of_study(home.path()).unwrap_err().to_string();
    text.replace(&home.path().display().to_string(), "").replace(['/', '\\'], "")
}

#[test]
fn tables_as_they_were_written_are_drawn() {
    let forest = chart(&study(comparison(), "comparison.csv", CONTRASTS));
    assert_eq!(forest.kind, ChartKind::Forest);
    let svg = forest.drawing.unwrap().svg();
    for shown in
        ["2 variants, 7 to 9 replications", "b (selected)", "all 2 comparisons at once (Holm)"]
    {
        assert!(svg.contains(shown), "{shown}");
    }
    let curve = chart(&study(plan(), "capacity.csv", CAPACITIES)).drawing.unwrap();
    assert!(curve.title.starts_with("fleet[0].count = 5 meets the target"), "{}", curve.title);
    assert_eq!(curve.panels.len(), 3);
}

/// Of variants in which nothing is random, a difference is what it is.
#[test]
fn differences_are_exact_where_both_variants_are() {
    let of = |alike: [bool; 2]| {
        let mut manifest = comparison();
        for (variant, alike) in alike.into_iter().enumerate() {
            manifest["variants"][variant]["alike"] = alike.into();
        }
        chart(&study(manifest, "comparison.csv", CONTRASTS)).drawing.unwrap()
    };
    let exact = of([true, true]);
    assert!(exact.title.starts_with("Differences from a, exact"), "{}", exact.title);
    assert!(!exact.svg().contains("may be chance"));
    for alike in [[true, false], [false, true], [false, false]] {
        let title = of(alike).title;
        assert!(title.starts_with("Differences from a, with 95 % intervals. "), "{title}");
    }
}

#[test]
fn what_was_edited_or_is_gone_is_not_drawn() {
    for (manifest, name, table) in
        [(comparison(), "comparison.csv", CONTRASTS), (plan(), "capacity.csv", CAPACITIES)]
    {
        let home = study(manifest, name, table);
        let path = home.path().join(name);
        std::fs::write(&path, table.replace("better", "worse").replace("meets", "fails")).unwrap();
        assert_eq!(
            refusal(&home),
            format!("{name} is not what manifest.json says of it: run it again")
        );
        std::fs::write(&path, "").unwrap();
        assert_eq!(
            refusal(&home),
            format!("{name} is not what manifest.json says of it: run it again")
        );
        std::fs::remove_file(&path).unwrap();
        assert!(
            refusal(&home).starts_with(&format!("cannot read `{name}`: ")),
            "{}",
            refusal(&home)
        );
    }
}

#[test]
fn tables_of_another_form_are_told() {
    let without = |column: &str| CONTRASTS.replacen(column, "other", 1);
    for column in ["metric", "difference", "verdict", "p_adjusted"] {
        let home = study(comparison(), "comparison.csv", &without(column));
        assert_eq!(
            refusal(&home),
            format!("comparison.csv has no column `{column}`: run it again")
        );
    }
    let home = study(comparison(), "comparison.csv", &CONTRASTS.replace("0.3", "much"));
    assert_eq!(refusal(&home), "comparison.csv:3: expected a number as `high_95`, found `much`");
    let home = study(comparison(), "comparison.csv", &CONTRASTS.replace(",better", ""));
    assert!(refusal(&home).starts_with("comparison.csv:2: "), "{}", refusal(&home));
    let mut nameless = plan();
    nameless.as_object_mut().unwrap().remove("vary");
    let home = study(nameless, "capacity.csv", CAPACITIES);
    assert_eq!(refusal(&home), "manifest.json has no `vary`: run it again");
}

#[test]
fn what_is_no_study_has_no_chart() {
    assert!(of_study(Path::new("nowhere")).unwrap().is_none());
    assert!(of_study(study(json!({ "seed": 1 }), "summary.csv", "").path()).unwrap().is_none());
}

/// Points at each pair of values, in the order in which a design may have drawn them.
fn sweep(axes: &[&str], points: &[&str]) -> TempDir {
    let header = "metric,subject,value,unit,low_95,high_95";
    let row = |(n, point): (usize, &&str)| format!("{point},wait_mean,market,{n},s,0,{}\n", 2 * n);
    let rows: String = points.iter().enumerate().map(row).collect();
    let manifest = json!({
        "study": "sweep", "title": "Points", "axes": axes, "points": points.len(), "replications": 3,
    });
    study(manifest, "points.csv", &format!("{},{header}\n{rows}", axes.join(",")))
}

#[test]
fn rows_and_columns_stand_in_order_and_cells_say_how_sure_they_are() {
    let map = chart(&sweep(&["rate", "GPUs"], &["10/h,4", "10/h,2", "9.5/h,4", "9.5/h,2"]));
    let drawing = map.drawing.unwrap();
    let labels = |axis: &walras::chart::Axis| -> Vec<String> {
        axis.ticks.iter().map(|tick| tick.label.clone()).collect()
    };
    let panel = &drawing.panels[0];
    assert_eq!(
        (labels(&panel.y), labels(&panel.x)),
        (vec!["9.5/h".into(), "10/h".into()], vec!["2".into(), "4".into()])
    );
    let svg = drawing.svg();
    assert!(svg.contains("± 3.0 s") && svg.contains("4 points, 3 replications each"));
}

#[test]
fn a_hypercube_is_drawn_as_points() {
    let points = ["2.08/h,5", "6.76/h,10", "3/h,7", "2.87/h,11", "5/h,6"];
    let drawing = chart(&sweep(&["rate", "GPUs"], &points)).drawing.unwrap();
    assert_eq!(drawing.panels[0].series[0].points.len(), 5);
    assert_eq!(drawing.panels[0].x.label, "GPUs");
    assert!(drawing.panels[0].y.label.ends_with(", /h"), "{}", drawing.panels[0].y.label);
    // Over values that are no numbers there is a table.
    let drawing =
        chart(&sweep(&["policy", "GPUs"], &["a,1", "b,2", "c,3", "d,4", "e,5"])).drawing.unwrap();
    assert!(drawing.svg().contains("no value"));
}

#[test]
fn three_axes_have_a_map_for_each_value_of_the_first_if_these_are_few() {
    let drawing =
        chart(&sweep(&["x", "y", "z"], &["1,1,1", "1,1,2", "2,1,1", "2,1,2"])).drawing.unwrap();
    assert_eq!(drawing.panels.len(), 2);
    assert!(drawing.panels[1].y.label.contains("x = 2"), "{}", drawing.panels[1].y.label);
    let many: Vec<String> = (0..7).map(|n| format!("{n},1,1")).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    let why = chart(&sweep(&["x", "y", "z"], &many)).drawing.unwrap_err();
    assert!(why.starts_with("the sweep is over 3 axes, the first with 7 values"), "{why}");
    let why = chart(&sweep(&["x", "y", "z", "w"], &["1,1,1,1"])).drawing.unwrap_err();
    assert!(why.starts_with("the sweep is over 4 axes"), "{why}");
}
