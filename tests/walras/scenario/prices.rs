//! The scenarios that replay recorded prices: what becomes of their samples, and that the path of the
//! trace's file is all that has to be set.

use std::path::{Path, PathBuf};
use walras::ids::{Id, ScopeId};
use walras::scenario::load;
use walras::scenario::load::Override;
use walras::scenario::model::Scenario;
use walras::scenario::prices::{ListPriceChoice, PricePath};
use walras::units::{Money, SimTime};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios")
}

fn scenario(name: &str, overrides: &[(&str, &str)]) -> Scenario {
    let set = |(path, value): &(&str, &str)| Override::new(*path, *value);
    let overrides: Vec<_> = overrides.iter().map(set).collect();
    load(&folder().join(name), &overrides).unwrap_or_else(|problems| panic!("\n{problems}"))
}

/// The recorded price of the first scope that has one: a list price, or else a spot price.
fn path(scenario: &Scenario) -> &PricePath {
    let replayed = scenario.list_prices.iter().find_map(|(_, choice)| match choice {
        ListPriceChoice::Replayed(path) => Some(path),
        _ => None,
    });
    let spot = scenario.spot_prices.first().map(|(_, path)| path);
    replayed.or(spot).expect("a price is replayed")
}

/// Figures counted apart from this code, by a script over the same files.
#[test]
fn the_samples_of_prices_are_replayed() {
    let usd = |text: &str| Money::parse(text).unwrap();
    for (name, rows, first, last) in [
        ("aws_spot_2015.ron", 183, "0.07", "0.064"),
        ("aws_spot_2020.ron", 21, "0.918", "0.92137"),
        ("azure_spot_2020.ron", 10, "0.41", "0.27"),
        ("list_prices.ron", 44, "1.3", "2.4"),
    ] {
        let scenario = scenario(name, &[]);
        let found = path(&scenario);
        assert_eq!(found.rows[0], (SimTime::ZERO, usd(first)), "{name}");
        assert_eq!((found.rows.len(), found.at(SimTime::NEVER)), (rows, usd(last)), "{name}");
        assert!(found.rows.windows(2).all(|pair| pair[0].0 < pair[1].0 && pair[0].1 != pair[1].1));
        assert_eq!(scenario.inputs.len(), 1, "{name}");
    }
}

#[test]
fn the_path_of_recorded_prices_is_set_from_outside() {
    let directory = tempfile::tempdir().unwrap();
    for (name, sample) in [
        ("aws_spot_2015.ron", "aws_spot_2015_sample.csv"),
        ("aws_spot_2020.ron", "aws_spot_2020_sample.csv"),
        ("azure_spot_2020.ron", "azure_spot_2020_sample.csv"),
    ] {
        let text = std::fs::read_to_string(folder().join("traces").join(sample)).unwrap();
        let file = directory.path().join(sample);
        // The head of the sample, as another file.
        let head: Vec<&str> = text.lines().take(12).collect();
        std::fs::write(&file, head.join("\n")).unwrap();
        let file = file.display().to_string();
        let changed = scenario(name, &[("spot_prices[0].recorded.path", &file)]);
        assert_eq!(changed.inputs[0].path, file);
        assert!(path(&changed).rows.len() < path(&scenario(name, &[])).rows.len(), "{name}");
    }
    // Another market of the file, at its own price per GPU.
    let larger = [
        ("spot_prices[0].recorded.instance", "p3.8xlarge"),
        ("spot_prices[0].recorded.gpus", "4"),
        ("spot_prices[0].recorded.times", "0.5"),
    ];
    let larger = scenario("aws_spot_2020.ron", &larger);
    assert_eq!(path(&larger).rows[0].1.to_string(), "0.459");
}

/// Each GPU type of `list_prices.ron` has its own policy.
#[test]
fn list_prices_of_each_kind_are_shown() {
    let scenario = scenario("list_prices.ron", &[]);
    let names: Vec<&str> = scenario.list_prices.iter().map(|(_, choice)| choice.name()).collect();
    assert_eq!(names, ListPriceChoice::ALL);
    let scopes: Vec<ScopeId> = scenario.list_prices.iter().map(|(scope, _)| *scope).collect();
    let hosts = scenario.pools.iter().map(|pool| pool.scope);
    assert!(hosts.eq(scopes.iter().copied()), "each GPU type stands in one cloud");
    assert!(scopes.iter().all(|scope| scope.index() < scenario.scopes.len()));
}
