//! Traceability: each rule that is implemented is named where it is implemented, and where it is tested.
//!
//! `rules/ids.txt` lists the rules. Each must be named in a doc comment of `src` and in a test: its
//! comment, its name (`gen_12_…`), or its text of cases. No other rule may be named anywhere. A range,
//! `POD-17 to POD-22`, names all that lie in it.

use super::{Source, is_for_tests, lines, sources};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use syn::visit::{self, Visit};

/// The areas of the market rules.
const AREAS: [&str; 17] = [
    "GEN", "CLD", "HOST", "GPU", "POD", "SPOT", "BILL", "ACCT", "STOR", "NVOL", "PLAN", "TEAM",
    "TMPL", "API", "SLS", "JOB", "AIE",
];

/// The rules that a text names, ranges spelled out.
fn named(text: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    // Where the last id ended, to know a range by the word between two.
    let mut before: Option<(&str, u32, usize)> = None;
    for (at, _) in text.match_indices(['-', '_']) {
        let Some((area, number)) = id_around(text, at) else { continue };
        if let Some((same, first, end)) = before
            && same == area
            && text.get(end..at - area.len()).is_some_and(|between| between.trim() == "to")
        {
            found.extend((first..number).map(|number| format!("{area}-{number:02}")));
        }
        found.insert(format!("{area}-{number:02}"));
        before = Some((area, number, at + 3));
    }
    found
}

/// The id whose hyphen stands at `at`: `GEN-12`, or in a name `gen_12`.
fn id_around(text: &str, at: usize) -> Option<(&'static str, u32)> {
    let (left, right) = (&text[..at], &text[at + 1..]);
    let digits = right.get(..2).filter(|two| two.bytes().all(|byte| byte.is_ascii_digit()))?;
    if right.as_bytes().get(2).is_some_and(u8::is_ascii_digit) {
        return None;
    }
    let in_name = text.as_bytes()[at] == b'_';
    let fits = |area: &&str| {
        let word = if in_name { area.to_lowercase() } else { (**area).to_owned() };
        let start = left.strip_suffix(word.as_str());
        start.is_some_and(|rest| !rest.ends_with(|letter: char| letter.is_ascii_alphanumeric()))
    };
    let area = AREAS.iter().find(|area| fits(area))?;
    Some((area, digits.parse().expect("two digits")))
}

/// Lines of modules that are compiled for tests alone.
#[derive(Default)]
struct InlineTests(Vec<(usize, usize)>);

impl<'ast> Visit<'ast> for InlineTests {
    fn visit_item_mod(&mut self, module: &'ast syn::ItemMod) {
        if is_for_tests(&module.attrs) {
            self.0.push(lines(module));
        } else {
            visit::visit_item_mod(self, module);
        }
    }
}

/// The doc comments of a source, and its inline tests.
fn docs_and_tests(source: &Source) -> (String, String) {
    let mut tests = InlineTests::default();
    tests.visit_file(&source.syntax);
    let (mut docs, mut rest) = (String::new(), String::new());
    for (number, line) in (1..).zip(source.text.lines()) {
        let in_tests = tests.0.iter().any(|(first, last)| (*first..=*last).contains(&number));
        let text = line.trim_start();
        if in_tests {
            rest += line;
            rest.push('\n');
        } else if let Some(doc) = text.strip_prefix("//!").or(text.strip_prefix("///")) {
            docs += doc.trim();
            docs.push(' '); // A range may begin on one line and end on the next.
        }
    }
    (docs, rest)
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// All files of these kinds under a folder, this one and the list of ids left out.
fn texts(folder: &str, kinds: &[&str]) -> Vec<(PathBuf, String)> {
    fn walk(folder: &Path, files: &mut Vec<PathBuf>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() { walk(&path, files) } else { files.push(path) }
        }
    }
    let mut files = Vec::new();
    walk(&root().join(folder), &mut files);
    let wanted = |path: &PathBuf| {
        let kind = path.extension().and_then(|kind| kind.to_str()).unwrap_or_default();
        kinds.contains(&kind) && !path.ends_with("tidy/rule_ids.rs") && !path.ends_with("ids.txt")
    };
    files.retain(wanted);
    files.sort();
    let read = |path: PathBuf| (path.clone(), std::fs::read_to_string(path).unwrap());
    files.into_iter().map(read).collect()
}

/// The list: rules that hold, those that are still missing, and neighbours that may be named.
struct Listed {
    rules: BTreeSet<String>,
    missing: BTreeSet<String>,
    neighbours: BTreeSet<String>,
}

fn listed() -> Listed {
    let mut list =
        Listed { rules: BTreeSet::new(), missing: BTreeSet::new(), neighbours: BTreeSet::new() };
    let text = std::fs::read_to_string(root().join("tests/walras/rules/ids.txt")).unwrap();
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        match line.split_once(' ') {
            None => list.rules.extend(named(line)),
            Some((id, "missing")) => list.missing.extend(named(id)),
            Some((id, "neighbour")) => list.neighbours.extend(named(id)),
            Some(_) => panic!("`{line}`: an id, or an id and `missing` or `neighbour`"),
        }
    }
    list
}

/// What all of `src` says in its docs, and what all tests say.
fn said() -> (BTreeSet<String>, BTreeSet<String>) {
    let (mut docs, mut tests) = (BTreeSet::new(), BTreeSet::new());
    for source in sources("src") {
        let (doc, test) = docs_and_tests(&source);
        docs.extend(named(&doc));
        tests.extend(named(&test));
    }
    for (_, text) in texts("tests", &["rs", "txt"]) {
        tests.extend(named(&text));
    }
    (docs, tests)
}

#[test]
fn each_rule_is_named_where_it_is_implemented_and_where_it_is_tested() {
    let Listed { rules, missing, .. } = listed();
    let (docs, tests) = said();
    let silent: Vec<_> = rules.difference(&docs).collect();
    assert!(silent.is_empty(), "no doc comment of src names {silent:?}");
    let untested: Vec<_> = rules.difference(&tests).collect();
    assert!(untested.is_empty(), "no test names {untested:?}");
    let done: Vec<_> = missing.intersection(&docs).collect();
    assert!(done.is_empty(), "no longer missing: {done:?}");
}

#[test]
fn no_rule_is_named_that_is_not_listed() {
    let Listed { rules, missing, neighbours } = listed();
    let mut all = texts("src", &["rs"]);
    for (folder, kind) in
        [("tests", "rs"), ("tests", "txt"), ("benches", "rs"), ("scenarios", "ron")]
    {
        all.extend(texts(folder, &[kind]));
    }
    for page in ["README.md", "ARCHITECTURE.md"] {
        all.push((PathBuf::from(page), std::fs::read_to_string(root().join(page)).unwrap()));
    }
    let known = |id: &String| rules.contains(id) || missing.contains(id) || neighbours.contains(id);
    let strange = all.iter().flat_map(|(path, text)| {
        let ids = named(text).into_iter().filter(|id| !known(id));
        ids.map(move |id| format!("{}: {id}", path.display()))
    });
    let strange: Vec<_> = strange.collect();
    assert!(strange.is_empty(), "these rules are not listed: {strange:#?}");
}

#[test]
fn ids_are_found_in_prose_in_ranges_and_in_names() {
    let text =
        "(POD-09, SPOT-04 to SPOT-06), PCIE-40 fn gen_12_books() XPOD-01 POD-123 stor_7 STOR-07.";
    let found: Vec<_> = named(text).into_iter().collect();
    assert_eq!(found, ["GEN-12", "POD-09", "SPOT-04", "SPOT-05", "SPOT-06", "STOR-07"]);
}
