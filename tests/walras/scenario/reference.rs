//! `scenarios/README.md` describes every field that a scenario may state, and no other; so does
//! `scenarios/experiments/README.md` of experiments.
//!
//! A table of fields stands below a comment that names the structs and enums of the schema that it
//! describes; the schema is read from its sources.

use std::collections::BTreeSet;

const PAGE: &str = include_str!("../../../scenarios/README.md");
const SCHEMA: [&str; 12] = [
    include_str!("../../../src/scenario/schema.rs"),
    include_str!("../../../src/scenario/schema/conduct.rs"),
    include_str!("../../../src/scenario/schema/demand.rs"),
    include_str!("../../../src/scenario/schema/fleet.rs"),
    include_str!("../../../src/scenario/schema/jobs.rs"),
    include_str!("../../../src/scenario/schema/models.rs"),
    include_str!("../../../src/scenario/schema/prices.rs"),
    include_str!("../../../src/scenario/schema/script.rs"),
    include_str!("../../../src/scenario/schema/script/hosts.rs"),
    include_str!("../../../src/scenario/schema/serverless.rs"),
    include_str!("../../../src/scenario/schema/supply.rs"),
    include_str!("../../../src/scenario/schema/templates.rs"),
];

const EXPERIMENTS: &str = include_str!("../../../scenarios/experiments/README.md");
const STUDY: [&str; 4] = [
    include_str!("../../../src/scenario/study/comparison.rs"),
    include_str!("../../../src/scenario/study/design.rs"),
    include_str!("../../../src/scenario/study/plan.rs"),
    include_str!("../../../src/scenario/study/sweep.rs"),
];

/// The tables of a page: the names of what each describes, and its text.
fn tables(page: &'static str) -> Vec<(Vec<&'static str>, &'static str)> {
    let parts = page.split("<!-- schema: ").skip(1);
    let table = |part: &'static str| {
        let (names, text) = part.split_once(" -->").unwrap();
        (names.split(' ').collect(), &text[..text.find("\n#").unwrap_or(text.len())])
    };
    parts.map(table).collect()
}

/// The cells of each row of the table that describes `name`, back quotes left out.
pub(super) fn rows(name: &str) -> Vec<Vec<&'static str>> {
    let (_, text) = tables(PAGE).into_iter().find(|(names, _)| names.contains(&name)).unwrap();
    cells(text)
}

fn cells(text: &'static str) -> Vec<Vec<&'static str>> {
    let rows = text.lines().filter(|line| line.starts_with("| `"));
    let cell = |cell: &'static str| cell.trim().trim_matches('`');
    rows.map(|row| row.trim_matches('|').split(" | ").map(cell).collect()).collect()
}

/// `on_demand` for `OnDemand`.
fn snake_case(name: &str) -> String {
    let mut text = String::new();
    for c in name.chars() {
        if c.is_uppercase() && !text.is_empty() {
            text.push('_');
        }
        text.extend(c.to_lowercase());
    }
    text
}

/// A schema's structs and enums, each with its fields or variants as a file writes them.
fn schema(sources: &[&str]) -> Vec<(String, BTreeSet<String>)> {
    let mut found = Vec::new();
    for text in sources {
        for item in syn::parse_file(text).unwrap().items {
            match item {
                syn::Item::Struct(item) => {
                    let name = |field: &syn::Field| {
                        let name = field.ident.as_ref().unwrap().to_string();
                        name.trim_start_matches("r#").to_owned()
                    };
                    found.push((item.ident.to_string(), item.fields.iter().map(name).collect()));
                }
                syn::Item::Enum(item) => {
                    let is_snake = item.attrs.iter().any(|attribute| {
                        let syn::Meta::List(list) = &attribute.meta else { return false };
                        list.tokens.to_string().contains("snake_case")
                    });
                    let name = |variant: &syn::Variant| {
                        let name = variant.ident.to_string();
                        if is_snake { snake_case(&name) } else { name }
                    };
                    found.push((item.ident.to_string(), item.variants.iter().map(name).collect()));
                }
                syn::Item::Macro(item) if item.mac.path.is_ident("rules_text") => {
                    let names = item.mac.tokens.to_string();
                    let names = names.split(',').map(|name| name.trim().to_owned());
                    let names = names.filter(|name| !name.is_empty()).collect();
                    found.push(("RulesText".to_owned(), names));
                }
                syn::Item::Macro(item) if item.mac.path.is_ident("with_settings") => {
                    found.extend(item.mac.parse_body_with(with_settings).unwrap());
                }
                _ => {}
            }
        }
    }
    found
}

/// Structs of fields of their own, whose settings are in a table of theirs: `Name { field, field }`, documented.
fn with_settings(
    input: syn::parse::ParseStream<'_>,
) -> syn::Result<Vec<(String, BTreeSet<String>)>> {
    let mut found = Vec::new();
    while !input.is_empty() {
        syn::Attribute::parse_outer(input)?;
        let name: syn::Ident = input.parse()?;
        let inside;
        syn::braced!(inside in input);
        let mut fields = BTreeSet::new();
        while !inside.is_empty() {
            syn::Attribute::parse_outer(&inside)?;
            fields.insert(inside.parse::<syn::Ident>()?.to_string());
            inside.parse::<Option<syn::Token![,]>>()?;
        }
        found.push((name.to_string(), fields));
    }
    Ok(found)
}

#[test]
fn every_field_of_a_scenario_is_described() {
    describes(PAGE, &schema(&SCHEMA));
}

#[test]
fn every_field_of_an_experiment_is_described() {
    let mut study = schema(&STUDY);
    study.retain(|(name, _)| name.ends_with("Text"));
    assert_eq!(study.len(), 9);
    describes(EXPERIMENTS, &study);
}

/// Whether the tables of a page and a schema have the same fields.
fn describes(page: &'static str, schema: &[(String, BTreeSet<String>)]) {
    let mut described = BTreeSet::new();
    for (names, text) in tables(page) {
        let fields: BTreeSet<String> =
            cells(text).into_iter().map(|row| row[0].to_owned()).collect();
        let mut expected = BTreeSet::new();
        for name in &names {
            let known = schema.iter().find(|(known, _)| known == name);
            let (_, fields) = known.unwrap_or_else(|| panic!("the schema has no {name}"));
            expected.extend(fields.iter().cloned());
            described.insert((*name).to_owned());
        }
        assert_eq!(fields, expected, "the table of {names:?}");
    }
    let all: BTreeSet<String> = schema.iter().map(|(name, _)| name.clone()).collect();
    assert_eq!(described, all, "each struct and enum has a table");
}

/// The scenarios that the page shows can be read.
#[test]
fn the_examples_of_the_page_make_sense() {
    let examples: Vec<&str> = PAGE
        .split("```ron\n")
        .skip(1)
        .map(|part| part.split("```").next().unwrap())
        .filter(|text| text.contains("horizon"))
        .collect();
    assert!(!examples.is_empty());
    for example in examples {
        super::read(example);
    }
}
