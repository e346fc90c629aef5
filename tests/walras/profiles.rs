//! The market profiles that come with the program: each is read, says whence it is, and goes as was worked
//! out by hand.

mod side_by_side;
mod without_spot;

use crate::stage::Case;
use std::collections::BTreeSet;
use std::path::PathBuf;
use walras::scenario::Scenario;
use walras::scenario::load::from_text;
use walras::units::{Money, Span};

const WORKED: &str = include_str!("profiles/worked.txt");

/// The names of the profiles, by their files, in order.
fn names() -> Vec<String> {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("scenarios/profiles");
    let files = std::fs::read_dir(root).unwrap().map(|entry| entry.unwrap().path());
    let mut names: Vec<String> =
        files.map(|path| path.file_stem().unwrap().to_str().unwrap().to_owned()).collect();
    names.sort();
    names
}

/// The text of a profile's file.
fn text(name: &str) -> String {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("scenarios/profiles");
    std::fs::read_to_string(root.join(format!("{name}.ron"))).unwrap()
}

/// The rules that a profile states: name, value, and whether a comment stands at it or right above.
fn stated(text: &str) -> Vec<(&str, &str, bool)> {
    let rules = &text[text.find("\n    rules: (").unwrap() + "\n    rules: (".len()..];
    let mut above = false;
    let mut found = Vec::new();
    for line in rules.lines().map(str::trim) {
        let (code, comment) = line.split_once("//").map_or((line, false), |(code, _)| (code, true));
        if let Some((name, value)) =
            code.trim().strip_suffix(',').and_then(|it| it.split_once(": "))
        {
            found.push((name, value, comment || above));
        }
        above = line.starts_with("//");
    }
    found
}

fn market(profile: &str, fields: &str) -> Scenario {
    let text = format!(
        r#"(horizon: "1d", profile: "{profile}", {fields}
            fleet: [(gpu_type: "NVIDIA RTX A6000", datacenter: "EU-RO-1")])"#
    );
    from_text("market.ron", &text).unwrap_or_else(|problems| panic!("{problems}"))
}

#[test]
fn each_profile_goes_as_it_was_worked_out_by_hand() {
    let named = WORKED.lines().filter_map(|line| line.strip_prefix("profile "));
    let named: BTreeSet<_> = named.map(str::to_owned).collect();
    assert_eq!(named, names().into_iter().collect(), "each has a case");
    Case::check_all(&Case::read(WORKED));
}

/// Whoever reads a run finds what its rules are the state of, and by whose word.
#[test]
fn each_profile_is_known_by_its_file_s_name_with_its_day_and_source() {
    for name in names() {
        let profile = market(&name, "").profile;
        assert_eq!(profile.name, name);
        let text = text(&name);
        assert!(text.contains(&format!("date: \"{}\"", profile.date)), "{name}");
        assert!(text.contains(&format!("source: \"{}\"", profile.source)), "{name}");
        assert!(name.ends_with("2024-03") || "2014-01-01" < profile.date.as_str(), "{name}");
    }
    let none = from_text("none.ron", r#"(horizon: "1d")"#).unwrap();
    assert_eq!(none.profile, market("runpod-2024-03", "").profile);
}

/// A profile states what differs from the default, each with its evidence.
#[test]
fn each_rule_that_a_profile_states_differs_from_the_default_and_says_why() {
    let default = text("runpod-2024-03");
    let default = stated(&default);
    for name in names().into_iter().filter(|name| name != "runpod-2024-03") {
        let text = text(&name);
        let stated = stated(&text);
        assert!(2 < stated.len(), "{name} states something");
        for (rule, value, why) in stated {
            let usual = default.iter().find(|(known, ..)| *known == rule);
            let (_, usual, _) = usual.unwrap_or_else(|| panic!("{name}: no rule {rule}"));
            assert_ne!(value, *usual, "{name}: {rule}");
            assert!(why, "{name}: {rule} has no evidence");
        }
    }
}

/// GPU-04. The catalogue has a floor of 0.49 for an A6000 at 0.79; under `share` that is another market's,
/// and a floor that the scenario states, for the type or for a host, stands.
#[test]
fn gpu_04_the_catalogue_s_floors_hold_where_a_profile_wants_them() {
    let floor = |profile: &str, fields: &str| {
        let scopes = market(profile, fields).scopes;
        scopes.iter().find(|scope| scope.has_hosts).unwrap().min_bid.to_string()
    };
    assert_eq!(floor("runpod-2024-03", ""), "0.49");
    assert_eq!(floor("aws-posted-2018", ""), "0.237");
    assert_eq!(floor("rackspace-spot", ""), "0");
    let own = r#"gpu_types: [(id: "NVIDIA RTX A6000", secure: (min_bid: 0.31))],"#;
    assert_eq!(floor("aws-posted-2018", own), "0.31");
    let priced = r#"gpu_types: [(id: "NVIDIA RTX A6000", secure: (price: 1))],"#;
    assert_eq!(floor("aws-posted-2018", priced), "0.3");
}

/// PLAN-01. Markets that sell no plan have no terms of one, and a customer who wants one is told so.
#[test]
fn plan_01_each_market_has_terms_of_its_own() {
    let terms = |profile: &str| {
        let plans = market(profile, "").rules.plan_discounts;
        let days = plans.iter().map(|(term, discount)| {
            let price = discount.rest().of(Money::from_dollars(1));
            (term.micros() / Span::DAY.micros(), price.to_string())
        });
        days.collect::<Vec<_>>()
    };
    let plan = |days: u64, price: &str| (days, price.to_owned());
    for name in ["runpod-2025-10", "runpod-2026"] {
        assert_eq!(terms(name), [plan(90, "0.85"), plan(180, "0.8")], "{name}");
    }
    assert_eq!(terms("vast-2026"), [plan(30, "0.8"), plan(90, "0.7")]);
    for name in ["rackspace-spot", "aws-auction-2009-2017", "aws-posted-2018", "gcp-preemptible"] {
        assert_eq!(terms(name), [], "{name}");
        let saver = format!(
            r#"(horizon: "1d", profile: "{name}",
                fleet: [(gpu_type: "NVIDIA RTX A6000", datacenter: "EU-RO-1")],
                customers: [(
                    name: "savers", balance: 1000, arrivals: Poisson(rate: "1/d"),
                    gpu_type: "NVIDIA RTX A6000", duration: "1h", kind: savings(term: "30d", gpus: 1),
                )])"#
        );
        let problems = from_text("saver.ron", &saver).expect_err(name).to_string();
        assert!(problems.contains("no plans, as the rules have no `plan_discounts`"), "{problems}");
    }
}

/// SPOT-17. A reserve stated in shares is a share of each type's own price.
#[test]
fn spot_17_the_auction_s_reserve_is_a_share_of_the_price() {
    use walras::scenario::rules::{Level, SpotReserve};
    let SpotReserve::Walk(walk) = market("aws-auction-2009-2017", "").rules.spot_reserve else {
        panic!("it wanders")
    };
    assert!(matches!(walk.start, Level::Share(_)));
    assert_eq!(walk.start.of(Money::from_dollars(1)).to_string(), "0.32");
    assert_eq!(walk.ceiling.of(Money::from_dollars(2)).to_string(), "0.7");
}
