//! `output/README.md` says what the program writes: every column, event and figure, and nothing else.

use std::collections::BTreeSet;
use walras::chart::ChartKind;
use walras::experiment::other_tables;
use walras::journal::Fact;
use walras::journal::fact::{
    EndReason, Item, NoticeKind, Refusal, RequestCause, RequestStatus, Step, StopReason, WorkerKind,
};
use walras::metrics;
use walras::trace::TableName;

const PAGE: &str = include_str!("../../output/README.md");

/// The text below a heading, up to the next of any kind.
fn section(heading: &str) -> &'static str {
    let start = PAGE.find(&format!("\n{heading}\n")).unwrap_or_else(|| panic!("no {heading}"));
    let body = &PAGE[start + heading.len() + 2..];
    &body[..body.find("\n#").unwrap_or(body.len())]
}

/// The cells of each row of the tables in a text, headers left out.
fn rows(text: &str) -> Vec<Vec<&str>> {
    let rows = text.lines().filter(|line| line.starts_with("| `"));
    rows.map(|row| row.trim_matches('|').split(" | ").map(str::trim).collect()).collect()
}

/// The words in back quotes of a text.
fn quoted(text: &str) -> impl Iterator<Item = &str> {
    text.split('`').skip(1).step_by(2)
}

fn first_cells(text: &str) -> Vec<&str> {
    rows(text).into_iter().map(|row| row[0].trim_matches('`')).collect()
}

#[test]
fn every_column_is_described_in_its_order() {
    for table in TableName::ALL {
        let page = first_cells(section(&format!("### `{}.csv`", table.word())));
        let columns: Vec<&str> = table.columns().iter().map(|column| &*column.name).collect();
        assert_eq!(page, columns, "{}", table.word());
    }
    let files: BTreeSet<String> = rows(section("## Files"))
        .iter()
        .flat_map(|row| quoted(row[0]))
        .map(str::to_owned)
        .collect();
    let tables = TableName::ALL.iter().map(|table| format!("{}.csv", table.word()));
    let others = ["manifest.json", "summary.csv", "summary.json", "replications.csv"];
    let others = others.into_iter().map(str::to_owned).chain(other_tables());
    let written: BTreeSet<String> = tables.chain(others).collect();
    assert_eq!(files, written);
}

#[test]
fn every_chart_is_described() {
    let page = first_cells(section("## Charts"));
    assert_eq!(page, ChartKind::ALL.map(ChartKind::word));
}

/// Facts without a row in `events.csv`.
const SILENT: [&str; 4] = ["occupied", "sampled", "endpoint_sampled", "host_scored"];

#[test]
fn every_event_is_described() {
    let text = section("## Events");
    let page: BTreeSet<&str> = first_cells(text).into_iter().chain(SILENT).collect();
    assert_eq!(page, Fact::WORDS.iter().copied().collect());
    let words: BTreeSet<&str> = quoted(text).chain(quoted(section("### `pods.csv`"))).collect();
    let of_table = |heading| -> BTreeSet<&str> { quoted(section(heading)).collect() };
    for (heading, all) in [
        ("### `requests.csv`", RequestStatus::WORDS),
        ("### `workers.csv`", StopReason::WORDS),
        ("### `workers.csv`", WorkerKind::WORDS),
        ("## Events", &RequestCause::WORDS[1..]), // the first says that there is none
    ] {
        let described = of_table(heading);
        for word in all {
            assert!(described.contains(word), "`{word}` is not described in {heading}");
        }
    }
    let ledger: BTreeSet<&str> = quoted(section("### `ledger.csv`")).collect();
    for word in
        NoticeKind::WORDS.iter().chain(Refusal::WORDS).chain(Step::WORDS).chain(EndReason::WORDS)
    {
        assert!(words.contains(word), "`{word}` is not described");
    }
    for word in Item::WORDS {
        assert!(ledger.contains(word), "`{word}` is not described");
    }
}

#[test]
fn every_metric_is_described_with_its_unit() {
    let page: Vec<(String, String)> = rows(section("## Figures"))
        .into_iter()
        .map(|row| (row[0].trim_matches('`').to_owned(), row[1].to_owned()))
        .collect();
    let metrics: Vec<(String, String)> = metrics::catalogue()
        .into_iter()
        .map(|metric| (metric.name.to_owned(), metric.unit.to_owned()))
        .collect();
    assert_eq!(page, metrics);
}
