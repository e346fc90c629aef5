//! The house is tidy: arrows between modules, lengths of files and functions, opening stories, rule ids.
//!
//! These tests read the sources as text and as syntax; they know nothing of what the sources do.

mod arrows;
mod lengths;
mod rule_ids;
mod tables;

use std::path::{Path, PathBuf};
use syn::spanned::Spanned;

/// A source file.
pub(crate) struct Source {
    /// From the package's root, with `/`: `src/world/pod.rs`.
    pub(crate) path: String,
    pub(crate) text: String,
    pub(crate) syntax: syn::File,
}

/// All Rust sources under `folder` of the package, in order of path.
pub(crate) fn sources(folder: &str) -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files = Vec::new();
    collect(&root.join(folder), &mut files);
    files.sort();
    let read = |file: PathBuf| {
        let text = std::fs::read_to_string(&file).unwrap();
        let syntax = syn::parse_file(&text).unwrap();
        let inner = file.strip_prefix(root).unwrap();
        let parts: Vec<_> = inner.iter().map(|part| part.to_str().unwrap()).collect();
        Source { path: parts.join("/"), text, syntax }
    };
    files.into_iter().map(read).collect()
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
}

/// Whether an item is compiled for tests alone.
pub(crate) fn is_for_tests(attributes: &[syn::Attribute]) -> bool {
    let says_test = |attribute: &syn::Attribute| {
        attribute.path().is_ident("cfg")
            && attribute.parse_args::<syn::Ident>().is_ok_and(|word| word == "test")
    };
    attributes.iter().any(says_test)
}

/// First and last line of a piece of syntax, counted from 1.
pub(crate) fn lines(piece: &impl Spanned) -> (usize, usize) {
    let span = piece.span();
    (span.start().line, span.end().line)
}

#[test]
fn every_file_opens_with_its_story() {
    let all = ["src", "tests", "benches"].into_iter().flat_map(sources);
    let silent: Vec<_> =
        all.filter(|source| !source.text.starts_with("//! ")).map(|source| source.path).collect();
    assert!(silent.is_empty(), "these do not open with `//!`: {silent:#?}");
}

#[test]
fn a_module_stands_beside_its_folder() {
    let all = ["src", "tests"].into_iter().flat_map(sources);
    let named: Vec<_> =
        all.map(|source| source.path).filter(|path| path.ends_with("/mod.rs")).collect();
    assert!(named.is_empty(), "x.rs beside x/, no mod.rs: {named:#?}");
}
