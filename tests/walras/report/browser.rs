//! The report in a real browser without a network: its script runs without a fault, tables sort and filter, values stand beside
//! the pointer, charts zoom and come back.
//!
//! `drive.js` does with a copy of the page what a reader does, and leaves what it found in the page, which the browser prints.
//! `.ci/run` installs a browser; where there is none, and `CI` is not set, there is nothing to test.

use super::{ALL, directory, raw};
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

const NAMES: [&str; 5] =
    ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"];

/// The browser, named by the variable `WALRAS_BROWSER` or found where programs are.
fn browser() -> Option<PathBuf> {
    if let Some(named) = std::env::var_os("WALRAS_BROWSER") {
        return Some(named.into());
    }
    let places = std::env::var_os("PATH").unwrap_or_default();
    let found = std::env::split_paths(&places)
        .flat_map(|place| NAMES.map(|name| place.join(name)))
        .find(|path| path.is_file());
    assert!(
        found.is_some() || std::env::var_os("CI").is_none(),
        "there is no browser to test with"
    );
    found
}

fn ended(child: &mut Child) -> bool {
    // Two minutes at most.
    for _ in 0..1_200 {
        if child.try_wait().unwrap().is_some() {
            return true;
        }
        std::thread::sleep(Duration::from_millis(100));
    }
    let _ = child.kill();
    false
}

/// Opens a page in a window of this width; what the browser prints of it, and what it complains of.
fn open(browser: &Path, (home, page): (&Path, &str), width: u32) -> (String, String) {
    let file = home.join("driven.html");
    std::fs::write(&file, page).unwrap();
    let (out, told) = (home.join("out"), home.join("told"));
    let to = |path: &Path| Stdio::from(std::fs::File::create(path).unwrap());
    let mut child = Command::new(browser)
        .args([
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-dev-shm-usage",
            "--dump-dom",
        ])
        .args(["--host-resolver-rules=MAP * ~NOTFOUND", "--enable-logging=stderr"])
        .args(["--virtual-time-budget=5000", "--lang=en-US"])
        .arg(format!("--window-size={width},900"))
        .arg(format!("--user-data-dir={}", home.join("profile").display()))
        .arg(format!("file://{}", file.display()))
        .stdout(to(&out))
        .stderr(to(&told))
        .spawn()
        .unwrap();
    assert!(ended(&mut child), "the browser does not come to an end");
    let read = |path: &Path| String::from_utf8_lossy(&std::fs::read(path).unwrap()).into_owned();
    (read(&out), read(&told))
}

/// What the drive found.
fn drive(browser: &Path, report: &str, width: u32) -> Value {
    let script = format!("<script>{}</script>", include_str!("drive.js"));
    let end = report.rfind("</body>").unwrap();
    let driven = format!("{}{script}{}", &report[..end], &report[end..]);
    let home = tempfile::tempdir().unwrap();
    let (dom, told) = open(browser, (home.path(), &driven), width);
    let complaints: Vec<&str> = told.lines().filter(|line| line.contains("CONSOLE")).collect();
    assert!(complaints.is_empty(), "{complaints:?}");
    let Some((_, found)) = dom.split_once("data-driven=\"") else { panic!("no drive: {told}") };
    let found = found.split('"').next().unwrap();
    let found = found.replace("&quot;", "\"").replace("&lt;", "<").replace("&gt;", ">");
    serde_json::from_str(&found.replace("&amp;", "&")).unwrap()
}

fn numbers(value: &Value) -> Vec<Option<f64>> {
    let texts = value.as_array().unwrap().iter().map(|text| text.as_str().unwrap());
    texts.map(|text| text.parse().ok()).collect()
}

fn tables_sort_and_filter(name: &str, found: &Value) {
    let sort = &found["sort"];
    let (before, once, twice) = (&sort["before"], &sort["once"], &sort["twice"]);
    let mut falling: Vec<f64> = numbers(before).into_iter().flatten().collect();
    // These two have one GPU type, so there is nothing to sort in them.
    let has_one = ["replications", "mixed_market"].contains(&name);
    assert!(1 < falling.len() || has_one, "{name}: {before}");
    falling.sort_by(|one, other| other.total_cmp(one));
    let of = |value: &Value| numbers(value).into_iter().flatten().collect::<Vec<f64>>();
    assert_eq!(of(once), falling, "{name}");
    falling.reverse();
    assert_eq!(of(twice), falling, "{name}");
    assert_eq!(sort["thrice"], *before, "{name}");
    assert_eq!(sort["sorted"], "descending");
    assert_eq!(found["sticky"], "sticky");
    if name == "comparison" {
        return;
    }
    let shown = found["filter"]["shown"].as_array().unwrap();
    assert!(!shown.is_empty());
    for metric in shown {
        assert!(metric.as_str().unwrap().contains("wait"), "{name}: {metric}");
    }
    assert_eq!(found["filter"]["all"], found["filter"]["again"]);
}

fn charts_tell_and_zoom(name: &str, found: &Value) {
    let charts = found["charts"].as_array().unwrap();
    assert!(!charts.is_empty());
    for chart in charts {
        let which = format!("{name}, {}", chart["name"]);
        for step in ["left", "whole", "escaped", "restored"] {
            assert_eq!(chart[step], true, "{which}: {step}");
        }
        for step in ["zoomed", "moved", "wheeled", "keyed"] {
            assert_eq!(chart[step], true, "{which}: {step}");
        }
        assert_ne!(chart["labels"], chart["zoomedLabels"], "{which}");
        let hover = chart["hover"].as_str().unwrap();
        assert!(hover.contains(|c: char| c.is_ascii_digit()), "{which}: {hover}");
        assert!(chart["aloud"].as_str().is_some_and(|text| !text.is_empty()), "{which}");
    }
}

fn figures_stay_in_their_cells(name: &str, found: &Value) {
    assert_eq!(found["spilled"], serde_json::json!([]), "{name}");
    assert!(name == "comparison" || 20 < found["figures"].as_u64().unwrap(), "{name}");
}

#[test]
fn a_report_is_at_work_in_a_browser() {
    let Some(browser) = browser() else { return };
    for name in ALL {
        let found = drive(&browser, &raw(name), 1_280);
        assert_eq!((&found["error"], &found["fault"]), (&Value::Null, &"".into()), "{name}");
        assert!(found["ready"].as_str().unwrap().ends_with("charts"), "{name}");
        assert_eq!(found["fetched"], serde_json::json!([]), "{name}");
        assert_eq!(found["fonts"], serde_json::json!([]), "{name}");
        assert_eq!(found["overflow"], 0, "{name}");
        figures_stay_in_their_cells(name, &found);
        tables_sort_and_filter(name, &found);
        charts_tell_and_zoom(name, &found);
    }
}

/// How many sheets a page has on paper.
fn sheets(browser: &Path, page: &str) -> usize {
    let home = tempfile::tempdir().unwrap();
    let (file, out) = (home.path().join("page.html"), home.path().join("page.pdf"));
    std::fs::write(&file, page).unwrap();
    let mut child = Command::new(browser)
        .args(["--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"])
        .arg(format!("--user-data-dir={}", home.path().join("profile").display()))
        .arg(format!("--print-to-pdf={}", out.display()))
        .arg(format!("file://{}", file.display()))
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    assert!(ended(&mut child), "the browser does not come to an end");
    let pdf = std::fs::read(&out).unwrap();
    let sheet = b"/Type /Page\n";
    pdf.windows(sheet.len()).filter(|bytes| bytes == sheet).count()
}

/// Scenario, profile and manifest are folded on a screen; on paper nobody can open them.
#[test]
fn what_is_folded_on_a_screen_is_open_on_paper() {
    let Some(browser) = browser() else { return };
    let page = raw("replications");
    let folded = sheets(&browser, &page);
    let open = sheets(&browser, &page.replace("<details class", "<details open class"));
    let without = sheets(&browser, &page.replace("<details class", "<details hidden class"));
    assert_eq!(folded, open);
    assert!(without < folded, "{without} {folded}");
}

/// On a telephone, tables and charts scroll within their frames, not the page.
#[test]
fn a_narrow_window_shows_the_page_whole() {
    let Some(browser) = browser() else { return };
    for name in ["quickstart", "replications", "comparison"] {
        let found = drive(&browser, &raw(name), 400);
        assert_eq!(found["overflow"], 0, "{name}");
        figures_stay_in_their_cells(name, &found);
        assert_eq!(found["error"], Value::Null, "{name}");
    }
}

/// The values beside the pointer are those of the tables.
#[test]
fn what_stands_beside_the_pointer_is_what_was_sold() {
    let Some(browser) = browser() else { return };
    let found = drive(&browser, &raw("quickstart"), 1_280);
    let charts = found["charts"].as_array().unwrap();
    let occupancy = charts.iter().find(|chart| chart["name"] == "chart-occupancy").unwrap();
    let hover = occupancy["hover"].as_str().unwrap();
    // The middle of the week, told by the calendar; all that is up is sold or free.
    assert!(hover.starts_with("7 Mar 12:00"), "{hover}");
    assert!(hover.contains("on demand") && hover.contains("free"), "{hover}");
    assert!(directory("quickstart").join("manifest.json").exists());
}
