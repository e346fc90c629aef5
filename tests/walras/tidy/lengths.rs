//! No source file over 400 lines, no function over 70; inline tests do not count.

use super::{Source, is_for_tests, lines, sources};
use syn::visit::{self, Visit};

const LONGEST_FILE: usize = 400;
const LONGEST_FUNCTION: usize = 70;

/// Files that are still too long. The list may only shrink: one that has become short must leave it.
const STILL_TOO_LONG: &[&str] = &[];

/// Lines of a file, its inline tests left out.
fn length(source: &Source) -> usize {
    let mut finder = InlineTests(0);
    finder.visit_file(&source.syntax);
    source.text.lines().count() - finder.0
}

/// Counts the lines of modules that are compiled for tests alone.
struct InlineTests(usize);

impl<'ast> Visit<'ast> for InlineTests {
    fn visit_item_mod(&mut self, module: &'ast syn::ItemMod) {
        if is_for_tests(&module.attrs) {
            let (first, last) = lines(module);
            self.0 += last + 1 - first;
        } else {
            visit::visit_item_mod(self, module);
        }
    }
}

#[test]
fn no_source_file_is_too_long() {
    let all = ["src", "tests", "benches", "examples"].into_iter().flat_map(sources);
    let long: Vec<_> = all
        .map(|source| (length(&source), source.path))
        .filter(|(length, _)| LONGEST_FILE < *length)
        .collect();
    let new: Vec<_> =
        long.iter().filter(|(_, path)| !STILL_TOO_LONG.contains(&path.as_str())).collect();
    assert!(new.is_empty(), "longer than {LONGEST_FILE} lines: {new:#?}");
    let is_long = |path: &&&str| long.iter().any(|(_, file)| file == **path);
    let shortened: Vec<_> = STILL_TOO_LONG.iter().filter(|path| !is_long(path)).collect();
    assert!(shortened.is_empty(), "no longer too long, take them off the list: {shortened:#?}");
}

/// Collects functions, each with its name and the lines from `fn` to the closing brace.
#[derive(Default)]
struct Functions(Vec<(usize, String)>);

impl Functions {
    fn note(&mut self, signature: &syn::Signature, block: &syn::Block) {
        let (first, last) = (signature.fn_token.span.start().line, lines(block).1);
        self.0.push((last + 1 - first, signature.ident.to_string()));
    }
}

impl<'ast> Visit<'ast> for Functions {
    fn visit_item_mod(&mut self, module: &'ast syn::ItemMod) {
        if !is_for_tests(&module.attrs) {
            visit::visit_item_mod(self, module);
        }
    }
    fn visit_item_fn(&mut self, function: &'ast syn::ItemFn) {
        self.note(&function.sig, &function.block);
        visit::visit_item_fn(self, function);
    }
    fn visit_impl_item_fn(&mut self, function: &'ast syn::ImplItemFn) {
        self.note(&function.sig, &function.block);
        visit::visit_impl_item_fn(self, function);
    }
    fn visit_trait_item_fn(&mut self, function: &'ast syn::TraitItemFn) {
        if let Some(block) = &function.default {
            self.note(&function.sig, block);
        }
        visit::visit_trait_item_fn(self, function);
    }
}

#[test]
fn no_function_is_too_long() {
    let mut long = Vec::new();
    for source in ["src", "tests", "benches", "examples"].into_iter().flat_map(sources) {
        let mut functions = Functions::default();
        functions.visit_file(&source.syntax);
        let over = functions.0.into_iter().filter(|(length, _)| LONGEST_FUNCTION < *length);
        long.extend(over.map(|(length, name)| format!("{}: {name}, {length}", source.path)));
    }
    assert!(long.is_empty(), "longer than {LONGEST_FUNCTION} lines: {long:#?}");
}

/// The rulers themselves measure right.
#[test]
fn lengths_leave_inline_tests_out() {
    let text =
        "//! Story.\n\nfn f() {\n    g();\n}\n\n#[cfg(test)]\nmod tests {\n    fn long() {}\n}\n";
    let syntax = syn::parse_file(text).unwrap();
    let source = Source { path: "x.rs".into(), text: text.into(), syntax };
    assert_eq!(length(&source), 6);
    let mut functions = Functions::default();
    functions.visit_file(&source.syntax);
    assert_eq!(functions.0, [(3, "f".to_owned())]);
}
