//! Arrows between modules go down only, as ARCHITECTURE.md says.
//!
//! Each file of `src` is parsed; every path in it that begins at the crate's root, by `crate::` or by
//! enough `super::`, is held against [`MAY_SEE`], grouped imports and the insides of macros included.
//! Inline tests may see all.

use super::{Source, is_for_tests, sources};
use proc_macro2::{TokenStream, TokenTree};
use std::collections::BTreeSet;
use syn::visit::{self, Visit};

/// What each module of the crate may see besides itself, from the ground upwards: modules, or parts
/// of them.
const MAY_SEE: &[(&str, &[&str])] = &[
    // Ground: knows nothing of the market.
    ("units", &[]),
    ("ids", &["units"]),
    ("rng", &["units", "ids"]),
    ("agenda", &["units", "ids"]),
    ("journal", &["units", "ids"]),
    // Input.
    ("scenario", &["units", "ids", "rng"]),
    ("workload", &["units", "ids", "rng", "*scenario"]),
    // The reader of scenarios checks the traces that a scenario names.
    ("scenario::check", &["units", "ids", "rng", "workload"]),
    ("scenario::load", &["units", "ids", "rng", "workload"]),
    // Arithmetic: numbers in, numbers out; the vocabulary of facts and of rules, no scenario.
    ("billing", &["units", "ids", "journal::fact", "scenario::rules"]),
    // State.
    ("world", &["units", "ids", "rng", "journal", "scenario", "billing"]),
    // Choice: sees the world through its read-only face alone.
    ("policy", &["units", "ids", "rng", "scenario", "world::view"]),
    // Conduct: customers, endpoints and hosts may call the market, never each other.
    ("turn", &["units", "ids", "agenda", "journal", "scenario", "billing", "world", "policy"]),
    ("market", CONDUCT),
    ("hosts", CONDUCT),
    ("customers", CONDUCT),
    ("serverless", CONDUCT),
    ("script", &["hosts", "customers", "serverless", "*conduct"]),
    // Motion.
    ("engine", &["script", "hosts", "customers", "serverless", "*conduct"]),
    // Readings and views: facts and the scenario's names, never the world.
    ("metrics", &["units", "ids", "journal", "scenario"]),
    ("trace", &["units", "ids", "journal", "scenario", "metrics"]),
    ("chart", &["units", "ids", "journal", "metrics", "trace", "*scenario"]),
    ("explain", &["units", "ids", "rng", "journal", "scenario"]),
    ("figures", &["units", "ids", "metrics", "*scenario"]),
    ("report", &["units", "ids", "journal", "metrics", "trace", "chart", "figures", "*scenario"]),
    // Studies and faces.
    // They hand a program's own policies on to the engine.
    ("experiment", &["*views", "engine", "policy::Registry"]),
    ("cli", &["*views", "engine", "experiment", "workload", "policy::Registry"]),
];

/// The checked scenario, without its reader.
const CHECKED: &[&str] = &[
    "scenario::Scenario",
    "scenario::checkpointing",
    "scenario::model",
    "scenario::demand",
    "scenario::outages",
    "scenario::prices",
    "scenario::rules",
];
/// What every handler may see.
const CONDUCT: &[&str] = &[
    "units", "ids", "rng", "agenda", "journal", "scenario", "workload", "billing", "world",
    "policy", "turn", "market",
];
/// What whoever runs the engine may see of what lies beneath: facts, readings, tables.
const VIEWS: &[&str] = &[
    "units", "ids", "journal", "scenario", "metrics", "trace", "chart", "explain", "figures",
    "report",
];

/// The row of the table that speaks of what stands at `path`: the one that names it most exactly.
fn row_of(path: &[String]) -> Option<usize> {
    let rows = MAY_SEE.iter().enumerate().filter(|(_, (name, _))| lies_in(path, name));
    rows.max_by_key(|(_, (name, _))| name.len()).map(|(row, _)| row)
}

/// What the module of this row may see, groups spelled out.
fn may_see(row: usize) -> Vec<&'static str> {
    let (_, list) = MAY_SEE[row];
    let spelled = list.iter().flat_map(|word| match *word {
        "*conduct" => CONDUCT.to_vec(),
        "*views" => VIEWS.to_vec(),
        "*scenario" => CHECKED.to_vec(),
        other => vec![other],
    });
    spelled.collect()
}

/// Whether `path` is `part` or lies in it.
fn lies_in(path: &[String], part: &str) -> bool {
    let mut names = path.iter();
    part.split("::").all(|name| names.next().is_some_and(|found| found == name))
}

/// A path in a source, from the crate's root.
type Seen = Vec<String>;

/// Collects what a file sees.
struct Eyes {
    /// Where in the crate it stands, inline modules included.
    place: Vec<String>,
    seen: BTreeSet<Seen>,
}

impl Eyes {
    /// What `source` sees of the crate.
    fn of(source: &Source) -> (Vec<String>, BTreeSet<Seen>) {
        let inner = source.path.trim_start_matches("src/").trim_end_matches(".rs");
        let place: Vec<String> = match inner {
            "lib" | "main" => Vec::new(),
            _ => inner.split('/').map(str::to_owned).collect(),
        };
        let mut eyes = Self { place: place.clone(), seen: BTreeSet::new() };
        eyes.visit_file(&source.syntax);
        (place, eyes.seen)
    }

    /// Notes a path if it leads through the crate's root.
    fn note(&mut self, names: &[String]) {
        let mut base = match names.first().map(String::as_str) {
            Some("crate" | "walras") => Vec::new(),
            Some("self" | "super") => self.place.clone(),
            _ => return,
        };
        for name in names {
            match name.as_str() {
                "crate" | "walras" | "self" => {}
                "super" => drop(base.pop()),
                other => base.push(other.to_owned()),
            }
        }
        if !base.is_empty() {
            self.seen.insert(base);
        }
    }

    fn note_use(&mut self, tree: &syn::UseTree, before: &[String]) {
        let with = |name: &syn::Ident| [before, &[name.to_string()]].concat();
        match tree {
            syn::UseTree::Path(path) => self.note_use(&path.tree, &with(&path.ident)),
            syn::UseTree::Name(name) => self.note(&with(&name.ident)),
            syn::UseTree::Rename(rename) => self.note(&with(&rename.ident)),
            syn::UseTree::Glob(_) => self.note(before),
            syn::UseTree::Group(group) => {
                group.items.iter().for_each(|item| self.note_use(item, before));
            }
        }
    }

    /// Notes the paths among the tokens of a macro.
    fn note_tokens(&mut self, tokens: TokenStream) {
        let mut names: Vec<String> = Vec::new();
        let mut colons = 0;
        for token in tokens {
            match token {
                TokenTree::Ident(ident) => {
                    if colons != 2 {
                        self.note(&std::mem::take(&mut names));
                    }
                    names.push(ident.to_string());
                    colons = 0;
                }
                TokenTree::Punct(punct) if punct.as_char() == ':' => colons += 1,
                TokenTree::Group(group) => {
                    self.note(&std::mem::take(&mut names));
                    self.note_tokens(group.stream());
                }
                TokenTree::Punct(_) | TokenTree::Literal(_) => colons = 0,
            }
        }
        self.note(&names);
    }
}

impl<'ast> Visit<'ast> for Eyes {
    fn visit_item_mod(&mut self, module: &'ast syn::ItemMod) {
        if !is_for_tests(&module.attrs) {
            self.place.push(module.ident.to_string());
            visit::visit_item_mod(self, module);
            self.place.pop();
        }
    }
    fn visit_item_use(&mut self, item: &'ast syn::ItemUse) {
        self.note_use(&item.tree, &[]);
    }
    fn visit_path(&mut self, path: &'ast syn::Path) {
        let names: Vec<String> =
            path.segments.iter().map(|segment| segment.ident.to_string()).collect();
        self.note(&names);
        visit::visit_path(self, path);
    }
    fn visit_macro(&mut self, call: &'ast syn::Macro) {
        self.note_tokens(call.tokens.clone());
        visit::visit_macro(self, call);
    }
}

/// What `source` sees and may not, in words.
fn forbidden(source: &Source) -> Vec<String> {
    let (place, seen) = Eyes::of(source);
    let Some(own) = place.first() else {
        return Vec::new(); // lib.rs declares, main.rs calls the face.
    };
    let Some(allowed) = row_of(&place).map(may_see) else {
        return vec![format!("{}: module {own} has no place in the table of arrows", source.path)];
    };
    let stranger = |path: &&Seen| {
        path[0] != *own && !allowed.iter().any(|part| lies_in(path.as_slice(), part))
    };
    seen.iter()
        .filter(stranger)
        .map(|path| format!("{} -> {}", source.path, path.join("::")))
        .collect()
}

#[test]
fn arrows_between_modules_go_down_only() {
    let up: Vec<_> = sources("src").iter().flat_map(forbidden).collect();
    assert!(up.is_empty(), "these look where they may not: {up:#?}");
}

/// The table itself goes down only: what a row names stands in an earlier row.
#[test]
fn the_table_of_arrows_has_no_cycle() {
    let at = |name: &str| {
        let path: Vec<String> = name.split("::").map(str::to_owned).collect();
        row_of(&path).unwrap_or_else(|| panic!("{name} is no module"))
    };
    for (row, (module, _)) in MAY_SEE.iter().enumerate() {
        for part in may_see(row) {
            // Conduct's list is common to its members; a member that names itself names no other.
            let is_common = part == *module || CONDUCT.contains(&part);
            assert!(at(part) < row || is_common, "{module} -> {part}");
        }
    }
    for view in ["metrics", "trace", "chart", "explain", "figures", "report"] {
        let sees = may_see(at(view));
        assert!(sees.iter().all(|part| !part.starts_with("world")), "{view} never sees the world");
    }
}

/// A text search would miss most of these.
#[test]
fn paths_are_found_however_they_are_written() {
    let text = "//! X.\n\
        use crate::{units::Money, world::{self, pod::Pod as P}};\n\
        use super::super::journal::*;\n\
        pub(crate) fn f(x: crate::ids::PodId) { vec![super::file::g(crate::rng::Stream)]; }\n\
        mod inner { use super::super::names::N; }\n\
        #[cfg(test)] mod tests { use crate::cli; }\n";
    let syntax = syn::parse_file(text).unwrap();
    let source = Source { path: "src/trace/pods.rs".into(), text: text.into(), syntax };
    let (_, seen) = Eyes::of(&source);
    let seen: Vec<_> = seen.iter().map(|path| path.join("::")).collect();
    let all = [
        "ids::PodId",
        "journal",
        "rng::Stream",
        "trace::file::g",
        "trace::names::N",
        "units::Money",
        "world",
        "world::pod::Pod",
    ];
    assert_eq!(seen, all);
    let up = ["src/trace/pods.rs -> rng::Stream", "src/trace/pods.rs -> world::pod::Pod"];
    assert!(up.iter().all(|line| forbidden(&source).contains(&(*line).to_owned())));
}
