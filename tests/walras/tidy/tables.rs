//! The tables of the pages are whole: no row of another, no paragraph glued to the last row.

use std::collections::BTreeSet;

const PAGES: [(&str, &str); 7] = [
    ("ARCHITECTURE.md", include_str!("../../../ARCHITECTURE.md")),
    ("README.md", include_str!("../../../README.md")),
    ("benches/README.md", include_str!("../../../benches/README.md")),
    ("output/README.md", include_str!("../../../output/README.md")),
    ("scenarios/README.md", include_str!("../../../scenarios/README.md")),
    ("scenarios/experiments/README.md", include_str!("../../../scenarios/experiments/README.md")),
    ("scenarios/traces/README.md", include_str!("../../../scenarios/traces/README.md")),
];

fn is_row(line: &str) -> bool {
    line.starts_with('|')
}

/// How many cells a row has: a bar within back quotes is text.
fn cells(row: &str) -> usize {
    let outside: String = row.split('`').step_by(2).collect();
    outside.matches('|').count() - 1
}

/// What is wrong with a page's tables, each with its line, counted from 1.
fn faults(page: &str) -> Vec<(usize, &'static str)> {
    let lines: Vec<&str> = page.lines().collect();
    let mut faults = Vec::new();
    let mut firsts = BTreeSet::new();
    let mut head = 0;
    for (index, line) in lines.iter().enumerate() {
        let above = index.checked_sub(1).map_or("", |above| lines[above]);
        let below = lines.get(index + 1).copied().unwrap_or_default();
        let mut report = |is_wrong: bool, what| is_wrong.then(|| faults.push((index + 1, what)));
        if !is_row(line) {
            report(is_row(above) && !line.is_empty(), "no blank line after a table");
            continue;
        }
        if !is_row(above) {
            report(!above.is_empty(), "no blank line before a table");
            report(!below.starts_with("|--"), "a table without a head");
            (head, firsts) = (cells(line), BTreeSet::new());
        }
        report(cells(line) != head, "not as many cells as the head");
        // What is no name, such as a number of a report, may well come twice.
        let is_new = !line.starts_with("| `") || firsts.insert(line.split('`').nth(1));
        report(!is_new, "a row that stands there already");
    }
    faults
}

#[test]
fn each_table_of_a_page_is_whole() {
    for (name, page) in PAGES {
        assert!(faults(page).is_empty(), "{name}: {:?}", faults(page));
    }
}

#[test]
fn what_merges_do_to_tables_is_found() {
    let table = "Text.\n\n| a | b |\n|---|---|\n| `x|y` | 1 |\n";
    assert_eq!(faults(&format!("{table}\nText.\n")), []);
    let found = |more: &str| faults(&format!("{table}{more}"));
    assert_eq!(found("Text.\n"), [(6, "no blank line after a table")]);
    assert_eq!(found("| z | 1 | 2 |\n"), [(6, "not as many cells as the head")]);
    assert_eq!(found("| `x|y` | 2 |\n"), [(6, "a row that stands there already")]);
    assert_eq!(found("\n| z | 2 |\n"), [(7, "a table without a head")]);
    assert_eq!(faults(table.trim_start_matches("Text.\n\n")), []);
    assert_eq!(faults(&table.replacen("\n\n", "\n", 1)), [(2, "no blank line before a table")]);
}
