//! The built-in profile against the defaults that are documented, and each rule against its name.

use super::{Files, read, reference};
use std::collections::{BTreeMap, BTreeSet};
use walras::scenario::rules::Rules;

const PROFILE: &str = include_str!("../../../scenarios/profiles/runpod-2024-03.ron");

/// The rules that a profile's text states, each with its value as written.
fn stated() -> Vec<(&'static str, &'static str)> {
    let rules = &PROFILE[PROFILE.find("\n    rules: (").unwrap() + "\n    rules: (".len()..];
    let lines = rules.lines().map(|line| line.split("//").next().unwrap().trim());
    lines.filter_map(|line| line.strip_suffix(',')?.split_once(": ")).collect()
}

fn with_rule(name: &str, value: &str) -> Rules {
    read(&format!("(horizon: \"1d\", rules: ({name}: {value}))")).rules
}

#[test]
fn the_profile_says_the_documented_defaults() {
    let documented: Vec<_> =
        reference::rows("RulesText").into_iter().map(|row| (row[0], row[2])).collect();
    assert_eq!(stated(), documented, "in their order, as they are written");
}

#[test]
fn the_profile_is_the_default_whichever_way_it_is_named() {
    let files = Files::new([
        ("mine.ron", PROFILE),
        ("file.ron", r#"(horizon: "1d", profile: "./mine.ron")"#),
        ("name.ron", r#"(horizon: "1d", profile: "runpod-2024-03")"#),
        ("none.ron", r#"(horizon: "1d")"#),
    ]);
    for name in ["file.ron", "name.ron", "none.ron"] {
        let scenario = files.read(name);
        assert_eq!(scenario.rules, Rules::default(), "{name}");
        assert_eq!(scenario.profile.name, "runpod-2024-03");
    }
    for (name, value) in stated() {
        assert_eq!(with_rule(name, value), Rules::default(), "{name}");
    }
}

/// The fields of some rules, as their debug output shows them.
fn fields(rules: &Rules) -> BTreeMap<String, String> {
    let text = format!("{rules:#?}");
    let mut fields: BTreeMap<String, String> = BTreeMap::new();
    let mut name = String::new();
    // Rules that are kept together stand a step further in.
    let mut depth = 4;
    for line in text.lines().filter(|line| line.starts_with("    ")) {
        if depth == 8 && line.trim_end() == "    }," {
            depth = 4;
            continue;
        }
        let own = line.get(depth..).unwrap_or_default();
        if let Some((field, value)) = own.split_once(": ").filter(|(field, _)| is_name(field)) {
            if depth == 4 && value.ends_with(" {") {
                depth = 8;
                continue;
            }
            name = field.to_owned();
        }
        fields.entry(name.clone()).or_default().push_str(line);
    }
    fields
}

fn is_name(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_')
}

/// A rule of another value changes the field of its name, and no other.
#[test]
fn each_rule_is_read_under_its_own_name() {
    let defaults = fields(&Rules::default());
    let known: BTreeSet<_> = stated().into_iter().map(|(name, _)| field_of(name)).collect();
    let all: BTreeSet<_> = defaults.keys().map(String::as_str).collect();
    assert_eq!(known, all, "the profile states every rule");
    for (name, value) in stated() {
        let changed = fields(&with_rule(name, other(name, value)));
        let differ: Vec<_> =
            defaults.keys().filter(|field| defaults[*field] != changed[*field]).collect();
        assert_eq!(differ, [field_of(name)]);
    }
}

/// The field that keeps a rule.
fn field_of(name: &str) -> &str {
    match name {
        "serverless_prices" => "classes",
        "input_run" | "input_runsync" => "input",
        "output_run" | "output_runsync" => "output",
        "retention_run" | "retention_runsync" => "retention",
        _ => name.trim_end_matches("_gb"),
    }
}

/// A value of the rule `name` that is not its default: of what serverless endpoints go by.
fn other_of_endpoints(name: &str, value: &str) -> Option<&'static str> {
    Some(match (name, value) {
        ("endpoint_defaults", _) => "(ttl: \"1h\")",
        ("serverless_clouds", _) => "[COMMUNITY]",
        ("worker_quota", _) => "None",
        ("serverless_prices", _) => "{\"ADA_24\": (0.1, 0.2)}",
        ("ai_defaults", _) => "(workers_min: 2)",
        ("ai_unit", _) => "\"100ms\"",
        ("workers_displace_spot", _) => "[flex]",
        ("queue_limit", _) => "(50, 500)",
        ("rate_other", _) => "7",
        ("crash_probability" | "webhook_failure", _) => "0.25",
        ("rollout", _) => "lazy",
        ("worker_price_change", _) => "new_runs",
        (_, "drain") => "stop",
        (_, "ready") => "standby",
        (_, "bound_first") => "anywhere",
        (_, "linear") => "chance",
        (_, "most_recently_idle") => "newest",
        (_, "late") => "early",
        (_, "idle_timeout") => "at_once",
        (_, "by_time") => "pods_first",
        (_, "always") => "not_working",
        (_, "fixed_window") => "sliding",
        (_, "none") => "add(3)",
        (_, "never") => "after(\"1h\")",
        (_, "stop_worker") => "keep_worker",
        (_, "queue") => "life",
        (_, "false") => "true",
        _ => return None,
    })
}

/// A value of the rule `name` that is not its default.
fn other(name: &str, value: &str) -> &'static str {
    if let Some(other) = other_of_endpoints(name, value) {
        return other;
    }
    match value {
        "started" => "completed",
        "refused" => "allowed",
        "allowed" => "refused",
        "platform" => "host",
        "new_rentals" => "running",
        "proportional" => "requested",
        "skip" => "block",
        "gpu" => "pod",
        "true" => "false",
        "stop" if name == "displaced" => "resume",
        "stop" => "terminate_without_network_volume",
        "invited" => "open",
        "stated" => "by_cloud",
        _ if name == "tier_downtime" => "(T4: \"2h\")",
        "placed" => "running",
        "victim" => "nobody",
        "charged" => "free_within(\"1h\")",
        "pod" => "account",
        "free" if name == "outage_storage" => "charged",
        "free" => "debt",
        "pay_as_bid" => "posted",
        "spot_floor" => "amount(0.4)",
        "kept" => "forfeited",
        "equal" => "relative",
        "marginal" => "whole",
        "catalogue" => "share",
        "spares" => "interrupts",
        "None" if name == "bid_cap" || name == "debt_limit_days" => "7",
        "None" => "\"1d\"",
        "30" => "31",
        text if text.starts_with('"') => "\"2m\"",
        text if text.starts_with('[') => "[]",
        text if text.starts_with('{') => "{}",
        "800000" | "500000" => "7",
        _ if name.ends_with("_share") || name.starts_with("host_share") => "0.25",
        _ if name == "payment_failure" || name == "listing_minimum" => "0.25",
        _ => "3",
    }
}

/// What a profile is the state of, and by whose word, has to be said.
#[test]
fn a_profile_has_a_name_a_day_and_a_source() {
    let files = Files::new([
        ("a.ron", r#"(horizon: "1d", profile: "./mine.ron")"#),
        ("mine.ron", r#"(name: " ", date: "2025-13-01", source: "")"#),
    ]);
    expect_test::expect![[r#"
        error: profile without a name
         --> ./mine.ron:1:8
          |
        1 | (name: " ", date: "2025-13-01", source: "")
          |        ^^^ expected a name that is not blank
          |
          = note: field: name

        error: unreadable date
         --> ./mine.ron:1:19
          |
        1 | (name: " ", date: "2025-13-01", source: "")
          |                   ^^^^^^^^^^^^ expected a day such as "2024-03-01"
          |
          = note: field: date

        error: profile without a source
         --> ./mine.ron:1:41
          |
        1 | (name: " ", date: "2025-13-01", source: "")
          |                                         ^^ expected where its rules come from
          |
          = note: field: source
    "#]]
    .assert_eq(&files.refused("a.ron"));
    for (date, is_good) in [
        ("2024-02-29", true),
        ("2025-02-29", false),
        ("yesterday", false),
        ("", false),
        ("2025-1-1", false),
        ("20250101", false),
        ("2025-01-01T12:00", false),
    ] {
        let text = format!(r#"(name: "mine", date: "{date}", source: "a talk")"#);
        std::fs::write(files.path("mine.ron"), text).unwrap();
        assert_eq!(walras::scenario::load(&files.path("a.ron"), &[]).is_ok(), is_good, "{date}");
    }
}
