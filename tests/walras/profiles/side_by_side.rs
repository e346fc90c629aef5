//! `scenarios/README.md` shows the profiles side by side: the rules in which any of them differs from the
//! default, as the files state them.

use super::{names, stated, text};

const PAGE: &str = include_str!("../../../scenarios/README.md");
const FIRST: &str = "runpod-2024-03";

/// The table as the files have it, in the order in which the page describes them: an empty cell is the default's.
fn table() -> String {
    let (_, described) = PAGE.split_once("### The profiles that come with the program").unwrap();
    let rows = described.lines().filter_map(|line| line.strip_prefix("| `")?.split_once('`'));
    let others: Vec<&str> = rows.map(|(name, _)| name).take(names().len()).skip(1).collect();
    let texts: Vec<String> = others.iter().map(|name| text(name)).collect();
    let files: Vec<_> = texts.iter().map(|text| stated(text)).collect();
    let head = others.iter().map(|name| format!(" `{name}` |")).collect::<String>();
    let mut table =
        format!("| rule | `{FIRST}` |{head}\n|---|---|{}\n", "---|".repeat(others.len()));
    for (rule, usual, _) in stated(&text(FIRST)) {
        let values: Vec<_> = files
            .iter()
            .map(|file| file.iter().find(|(known, ..)| *known == rule).map(|(_, value, _)| *value))
            .collect();
        if values.iter().any(Option::is_some) {
            let cells = values.into_iter().map(|value| match value {
                Some(value) => format!(" `{value}` |"),
                None => " |".to_owned(),
            });
            table += &format!("| `{rule}` | `{usual}` |{}\n", cells.collect::<String>());
        }
    }
    table
}

#[test]
fn the_page_shows_the_profiles_side_by_side() {
    let (_, part) = PAGE.split_once("<!-- profiles -->\n\n").expect("a table of the profiles");
    let shown: String = part
        .lines()
        .take_while(|line| line.starts_with('|'))
        .map(|line| line.to_owned() + "\n")
        .collect();
    assert!(shown == table(), "the page should show\n\n{}", table());
}
